"""What is answered to somebody who taps a level: a page with a way back, or the same in short for a script."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import flash, jsonify, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from matchmaker.domain.interest import Level
from matchmaker.domain.rules import RuleBroken
from matchmaker.i18n import is_chinese
from matchmaker.phrases import phrase
from matchmaker.services.interests import Unwanted
from matchmaker.web.reader import back_to, say_refused, say_with_link


@dataclass(frozen=True, slots=True)
class Told:
    """What was stored, in words: `level` and what it was before, None: nothing; `warning`: said, url and link."""

    said: str
    level: Level | None
    before: Level | None
    warning: dict[str, str] | None = None


def said_about(level: Level | None, noted: Mapping[Level, str]) -> str:
    """What is told of the level that is stored now; `noted`: the words for those that each side gives in its own way."""
    if level is None:
        return str(_("Taken back. The next night no longer counts it."))
    if level is Level.NO_THANKS:
        return str(_("Noted: no thanks. You will not be proposed to each other."))
    return noted[level]


def still_there(unwanted: Unwanted, *, one: tuple[str, str], several: tuple[str, str]) -> dict[str, str] | None:
    """What becomes of meetings after a *no thanks*, and the way to where they can be ended: an endpoint and its link's words."""
    meeting_ids = unwanted.answered + unwanted.proposals
    if not meeting_ids:
        return None
    told = ("" if is_chinese() else " ").join(
        each for each in (_said_about_answered(unwanted), _said_about_proposals(unwanted)) if each
    )
    if len(meeting_ids) == 1:
        return {"said": told, "url": url_for(one[0], meeting_id=meeting_ids[0]), "link": one[1]}
    return {"said": told, "url": url_for(several[0]), "link": several[1]}


def _said_about_answered(unwanted: Unwanted) -> str:
    if not unwanted.answered:
        return ""
    return str(
        ngettext(
            "%(num)d meeting with this has been answered and goes on until it is cancelled or withdrawn.",
            "%(num)d meetings with this have been answered and go on until they are cancelled or withdrawn.",
            len(unwanted.answered),
        )
    )


def _said_about_proposals(unwanted: Unwanted) -> str:
    if not unwanted.proposals:
        return ""
    return str(
        ngettext(
            "%(num)d proposal with this has no answer yet: the next night leaves it out, unless it is accepted before.",
            "%(num)d proposals with this have no answer yet: the next night leaves them out, unless they are accepted before.",
            len(unwanted.proposals),
        )
    )


def answer_level(told: Told, *, counter: str, home: str, endpoint: str, about: dict[str, str]) -> Response:
    """Back to where the reader was, else to `home`; what `endpoint` stored `about` something can be restored in one tap."""
    if _asks_in_short():
        stored = {"level": told.level or "", "before": told.before or "", "changed": told.level is not told.before}
        return jsonify({"said": told.said, "warning": told.warning, "counter": counter} | stored)
    if told.level is told.before:
        flash(told.said, "success")
    else:
        undo = about | {"level": told.before or "", "next": request.form.get("next", "")}
        _flash_with_undo(told.said, url_for(endpoint), undo)
    if told.warning:
        say_with_link(**told.warning, tone="warning")
    return back_to(home)


def answer_refused_level(error: RuleBroken, *, counter: str, home: str, way_out: dict[str, str] | None = None) -> Response:
    """Say which rule stood in the way, and the `way_out`: said, url and link."""
    if _asks_in_short():
        answer: Response = jsonify({"said": phrase(error.code, **error.facts), "warning": way_out, "counter": counter})
        answer.status_code = 409
        return answer
    say_refused(error)
    if way_out:
        say_with_link(**way_out, tone="info")
    return back_to(home)


def _asks_in_short() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _flash_with_undo(said: str, url: str, values: dict[str, str]) -> None:
    message: Any = {"said": said, "url": url, "form": values}
    flash(message, "success")
