"""What is answered to an investor that states an interest."""

from flask import url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from matchmaker.domain.interest import Level, Target
from matchmaker.domain.rules import Broken, RuleBroken
from matchmaker.i18n import local
from matchmaker.models import Interest
from matchmaker.services.interests import Unwanted, interests_of, must_meets_of, ruled_out
from matchmaker.web.level_answers import Told, answer_level, answer_refused_level, said_about, still_there
from matchmaker.web.reader import own_edition, reader


def answer_stated(
    target: Target, code: str, level: Level | None, before: Level | None, unwanted: Unwanted | None = None
) -> Response:
    """The interest is stored as `level`, None: taken back. What it was before can be restored in one tap."""
    said, contradiction = said_about(level, _noted()), _contradiction(target, code, level)
    if contradiction and level is not Level.NO_THANKS:
        said = _("Noted, but as things stand nothing is planned from it.")
    return answer_level(
        Told(said, level, before, _offer_to_withdraw(unwanted or Unwanted()) or contradiction),
        counter=counter_words(),
        home="investor.interests",
        endpoint="investor.state_interest",
        about={"target": target.value, "code": code},
    )


def answer_refused(error: RuleBroken) -> Response:
    way_out = _must_meets() if error.code is Broken.TOO_MANY_MUST_MEET else None
    return answer_refused_level(error, counter=counter_words(), home="investor.interests", way_out=way_out)


def _must_meets() -> dict[str, str]:
    """What is marked *must meet* already, and where it can be lowered."""
    names = _(", ").join(_name(each) for each in interests_of(reader()) if each.level is Level.MUST_MEET)
    told = _("“Must meet” is stated for: %(names)s.", names=names)
    return {"said": told, "url": url_for("investor.interests", _anchor="must_meet"), "link": _("Change your interests")}


def counter_words() -> str:
    """How many of the few *must meet* the reader has given: 1 of 3."""
    return str(_("%(used)s of %(limit)s", used=must_meets_of(reader()), limit=own_edition().must_meet_limit))


def _noted() -> dict[Level, str]:
    return {
        Level.MUST_MEET: _("Noted: must meet. It counts most in the next night; it is no promise."),
        Level.WOULD_LIKE: _("Noted: would like. The next night counts it."),
    }


def _contradiction(target: Target, code: str, level: Level | None) -> dict[str, str] | None:
    """Which own *no thanks* covers what is stated; or what else was stated that this one covers."""
    stated = interests_of(reader())
    refused = ruled_out(own_edition(), stated)
    this = next((each for each in stated if each.target is target and each.thing.code == code), None)
    if this is None or level is None:
        return None
    way_out = {"url": url_for("investor.interests", _anchor="no_thanks"), "link": _("Change your interests")}
    if this.id in refused:
        told = _("Your “no thanks” to “%(name)s” covers this too.", name=_name(refused[this.id]))
        return way_out | {"said": told}
    covered = [_name(each) for each in stated if refused.get(each.id) is this]
    if not covered:
        return None
    return way_out | {"said": _("It also rules out what you stated about: %(names)s.", names=_(", ").join(covered))}


def _name(interest: Interest) -> str:
    return local(interest.thing, "title" if interest.project else "name")


def _offer_to_withdraw(unwanted: Unwanted) -> dict[str, str] | None:
    return still_there(
        unwanted,
        one=("meetings.show", _("To the meeting, to end it now")),
        several=("investor.diary", _("To the diary, to end them now")),
    )
