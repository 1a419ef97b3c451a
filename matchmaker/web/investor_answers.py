"""What is answered to an investor that states an interest."""

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from matchmaker.domain.interest import Level, Target
from matchmaker.domain.rules import RuleBroken
from matchmaker.services.interests import must_meets_of
from matchmaker.web.level_answers import Told, answer_level, answer_refused_level
from matchmaker.web.reader import own_edition, reader


def answer_stated(
    target: Target, code: str, level: Level | None, before: Level | None, going_on: tuple[int, ...] = ()
) -> Response:
    """The interest is stored as `level`, None: taken back. What it was before can be restored in one tap."""
    warning = _offer_to_withdraw(going_on) if going_on else None
    return answer_level(
        Told(_said_about(level), level, before, warning),
        counter=counter_words(),
        home="investor.interests",
        endpoint="investor.state_interest",
        about={"target": target.value, "code": code},
    )


def answer_refused(error: RuleBroken) -> Response:
    return answer_refused_level(error, counter=counter_words(), home="investor.interests")


def counter_words() -> str:
    """How many of the few *must meet* the reader has given: 1 of 3."""
    return str(_("%(used)s of %(limit)s", used=must_meets_of(reader()), limit=own_edition().must_meet_limit))


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
