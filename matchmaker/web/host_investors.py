"""The investors that suit a host's district, and the marks of its team, set and taken back in the list."""

from typing import Any

from flask import Blueprint, Flask, abort, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from matchmaker.domain.interest import Level
from matchmaker.domain.roles import Role
from matchmaker.domain.rules import RuleBroken
from matchmaker.phrases import profile_words
from matchmaker.services.editions import now_in
from matchmaker.services.inbox import district_of, edition_of
from matchmaker.services.interests import Marked, mark_investor, must_meets_marked, targets_of
from matchmaker.services.marks import UNMARKED, InvestorFilters, investors_for
from matchmaker.web.access import requires
from matchmaker.web.input import row_id
from matchmaker.web.level_answers import Told, answer_level, answer_refused_level, said_about, still_there
from matchmaker.web.reader import reader

blueprint = Blueprint("host_investors", __name__, url_prefix="/host/investors")

_FILTERS = ("chain", "mark", "text")
_LONGEST_TEXT = 100


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("")
@requires(Role.HOST)
def investors() -> str:
    """Who suits the district, as far as its host may see; `chain`, `mark` and `text` filter the list."""
    actor, filters = reader(), filters_of(request.args)
    return render_template(
        "host/investors.html",
        district=district_of(actor),
        page=investors_for(actor, filters=filters, page=request.args.get("page", 1, int), words_of=profile_words),
        filters=filters,
        kept={name: request.args[name] for name in _FILTERS if request.args.get(name)},
        chains=targets_of(edition_of(actor))[0],
        marks=[*Level, UNMARKED],
        counter=counter_words(),
        now=now_in(edition_of(actor)),
    )


@blueprint.post("")
@requires(Role.HOST)
def mark() -> Response:
    """Set a mark, change it, or with an empty level take it back; doing so twice changes nothing."""
    actor, code = reader(), request.form.get("code", "")
    try:
        investor_id, asked = row_id(code), request.form["level"]
        level = Level(asked) if asked else None
    except ValueError:
        abort(400)
    try:
        marked = mark_investor(actor, investor_id, level, now=now_in(edition_of(actor)))
    except RuleBroken as error:
        return answer_refused_level(error, counter=counter_words(), home="host_investors.investors")
    return answer_level(
        Told(said_about(level, _noted()), level, marked.before, _still_there(marked)),
        counter=counter_words(),
        home="host_investors.investors",
        endpoint="host_investors.mark",
        about={"code": code},
    )


def filters_of(asked: Any) -> InvestorFilters:
    """What the address asks for; what makes no sense in it is left out."""
    mark = asked.get("mark", "")
    text = "".join(character for character in asked.get("text", "") if character.isprintable())
    return InvestorFilters(
        chain=asked.get("chain", ""),
        mark=mark if mark in {*Level, UNMARKED} else "",
        text=text.strip()[:_LONGEST_TEXT],
    )


def counter_words() -> str:
    """How many of the few *must meet* the district has given: 1 of at most 3 investors."""
    actor = reader()
    return str(
        _("%(used)s of at most %(limit)s investors", used=must_meets_marked(actor), limit=edition_of(actor).must_meet_limit)
    )


def _noted() -> dict[Level, str]:
    return {
        Level.MUST_MEET: _("Noted: must meet. It counts where the investor wants to meet you too; it is no promise."),
        Level.WOULD_LIKE: _("Noted: would like. It counts where the investor wants to meet you too."),
    }


def _still_there(marked: Marked) -> dict[str, str] | None:
    return still_there(marked.unwanted, one=("host.meeting", _("Look at the meeting")), several=("host.diary", _("To the diary")))
