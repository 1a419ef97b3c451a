"""What is answered to an investor that states an interest: a page with a way back, or the same in short for a script."""

from typing import Any

from flask import flash, jsonify, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup
from werkzeug.wrappers import Response

from matchmaker.domain.interest import Level, Target
from matchmaker.domain.rules import RuleBroken
from matchmaker.phrases import phrase
from matchmaker.services.interests import must_meets_of
from matchmaker.web.reader import back_to, own_edition, reader, say_refused


def answer_stated(
    target: Target, code: str, level: Level | None, before: Level | None, going_on: tuple[int, ...] = ()
) -> Response:
    """The interest is stored as `level`, None: taken back. What it was before can be restored in one tap."""
    said, warning = _said_about(level), _offer_to_withdraw(going_on) if going_on else None
    if _asks_in_short():
        told = {"said": said, "warning": warning, "level": level or "", "before": before or ""}
        return jsonify(told | {"changed": level is not before} | _counter())
    if level is before:
        flash(said, "success")
    else:
        undo = {"target": target.value, "code": code, "level": before or "", "next": request.form.get("next", "")}
        _flash_with_undo(said, url_for("investor.state_interest"), undo)
    if warning:
        flash(Markup('{said} <a href="{url}">{link}</a>').format(**warning), "warning")
    return back_to("investor.interests")


def answer_refused(error: RuleBroken) -> Response:
    if _asks_in_short():
        answer: Response = jsonify({"said": phrase(error.code, **error.facts)} | _counter())
        answer.status_code = 409
        return answer
    say_refused(error)
    return back_to("investor.interests")


def counter_words() -> str:
    """How many of the few *must meet* the reader has given: 1 of 3."""
    return str(_("%(used)s of %(limit)s", used=must_meets_of(reader()), limit=own_edition().must_meet_limit))


def _counter() -> dict[str, str]:
    return {"counter": counter_words()}


def _asks_in_short() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _flash_with_undo(said: str, url: str, values: dict[str, str]) -> None:
    message: Any = {"said": said, "url": url, "form": values}
    flash(message, "success")


def _said_about(level: Level | None) -> str:
    if level is None:
        return str(_("Taken back. The next night no longer counts it."))
    told = {
        Level.MUST_MEET: _("Noted: must meet. It counts most in the next night; it is no promise."),
        Level.WOULD_LIKE: _("Noted: would like. The next night counts it."),
        Level.NO_THANKS: _("Noted: no thanks. You will not be proposed to each other."),
    }
    return str(told[level])


def _offer_to_withdraw(meeting_ids: tuple[int, ...]) -> dict[str, str]:
    """A *no thanks* ends no meeting; this says so and leads to where it can be withdrawn."""
    told = ngettext(
        "%(num)d meeting with this goes on: saying no does not end it.",
        "%(num)d meetings with this go on: saying no does not end them.",
        len(meeting_ids),
    )
    if len(meeting_ids) == 1:
        url, link = url_for("meetings.show", meeting_id=meeting_ids[0]), _("To the meeting, to withdraw it")
    else:
        url, link = url_for("investor.diary"), _("To the diary, to withdraw them")
    return {"said": told, "url": url, "link": link}
