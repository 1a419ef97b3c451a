"""What an investor's pages and the parts it sees on catalogue pages are made of."""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from flask import Flask, g
from flask_babel import gettext as _
from flask_login import current_user

from matchmaker.domain import calendar
from matchmaker.domain.calendar import Half
from matchmaker.domain.interest import Level, Target
from matchmaker.domain.meeting import Action
from matchmaker.domain.reasons import WhyNot
from matchmaker.domain.roles import Role, Vetting
from matchmaker.models import Activity, ActivitySignup, Chain, District, Edition, EditionDay, Interest, Investor, Project, Slot
from matchmaker.phrases import language_name
from matchmaker.services.diary import MeetingView
from matchmaker.services.interests import levels_of
from matchmaker.services.investors import activities_of, places_taken
from matchmaker.services.reasons import NamedReason, name_reasons
from matchmaker.services.suits import load_pairing
from matchmaker.web import unmet_words
from matchmaker.web.investor_answers import counter_words
from matchmaker.web.navigation import here
from matchmaker.web.reader import own_edition, own_now, reader

MOST_REASONS = 3
"""So many reasons stand on a card."""


@dataclass(frozen=True, slots=True)
class Suit:
    """How well a project suits the investor who looks at it."""

    value: int
    suggested: bool
    refused: bool
    level: Level | None
    """What it states about the project, by itself or by a chain or district that covers it."""
    reasons: tuple[NamedReason, ...]
    values_if: dict[Level, int]
    """The score that each level of interest would give."""


@dataclass(frozen=True, slots=True)
class Attendance:
    """How the investor who looks stands to a programme item."""

    attends: bool
    over: bool
    places_left: int


@dataclass(frozen=True, slots=True)
class AvailabilityDay:
    day: date
    calendar: EditionDay | None
    halves: tuple[tuple[Half, tuple[Slot, ...]], ...]


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(
        suits_you=suits_you,
        may_state_interest=may_state_interest,
        my_interest=my_interest,
        my_attendance=my_attendance,
        suits_because=suits_because,
        must_meet_counter=counter_words,
        this_page=here,
    )
    unmet_words.init_app(app)


def suits_you(project: Project) -> Suit | None:
    """How well the project suits the reader; None for everybody but investors of its edition."""
    if not _reads_as_investor(project.edition_id) or not project.is_offered:
        return None
    investor_id, edition = current_user.investor_id, own_edition()
    pairing = load_pairing(edition, investor_ids=[investor_id], project_ids=[project.id])
    score = pairing.score(investor_id, project.id)
    stated = (Level.MUST_MEET, Level.WOULD_LIKE)
    return Suit(
        value=score.value,
        suggested=score.suggested,
        refused=pairing.wish_level(investor_id, project.id) is Level.NO_THANKS,
        level=pairing.wish_level(investor_id, project.id),
        reasons=name_reasons(edition.id, [score.reasons])[0],
        values_if={level: pairing.score_if(investor_id, project.id, level).value for level in stated},
    )


def suits_because(project: Project) -> tuple[NamedReason, ...]:
    """The strongest facts that speak for the project, for its card; what the reader stated itself is none of them."""
    if not may_state_interest(project):
        return ()
    if "because" not in g:
        g.because = _strongest_reasons()
    found: tuple[NamedReason, ...] = g.because.get(project.id, ())
    return found


def _strongest_reasons() -> dict[int, tuple[NamedReason, ...]]:
    """By project id, for all of the edition at once: a page of cards asks no more than a page with one."""
    investor_id, edition = current_user.investor_id, own_edition()
    pairing = load_pairing(edition, investor_ids=[investor_id])
    scores = {project_id: pairing.score_if(investor_id, project_id, None).reasons for project_id in pairing.openings}
    named = name_reasons(edition.id, [reasons[:MOST_REASONS] for reasons in scores.values()])
    return dict(zip(scores, named, strict=True))


def may_state_interest(thing: Project | Chain | District) -> bool:
    """Whether the reader is an investor who can want this."""
    is_offered = not isinstance(thing, Project) or thing.is_offered
    return _reads_as_investor(thing.edition_id) and is_offered


def my_interest(target: str, thing: Project | Chain | District) -> Interest | None:
    """What the reader stated about exactly this; None where nothing, or where it is no investor."""
    if not _reads_as_investor(thing.edition_id):
        return None
    if "my_interests" not in g:
        g.my_interests = levels_of(reader())
    found: Interest | None = g.my_interests.get((Target(target), thing.id))
    return found


def my_attendance(activity: Activity) -> Attendance | None:
    """How the reader stands to a programme item; None where it is no investor of the edition."""
    if not _reads_as_investor(activity.edition_id):
        return None
    if "my_activities" not in g:
        g.my_activities = {signup.activity_id for signup in activities_of(reader())}
        g.places_taken = places_taken(activity.edition_id)
    return Attendance(
        attends=activity.id in g.my_activities,
        over=activity.ends_at <= own_now(),
        places_left=max(0, activity.capacity - g.places_taken.get(activity.id, 0)),
    )


def advice(investor: Investor) -> dict[WhyNot, tuple[str, str | None, str]]:
    """What an investor has said that a reason rests on: a sentence, and the page (with the words of its link) to change it.

    Nobody knows what a change would do, so nothing is promised.
    """
    in_town = (
        _("You have said when you can meet; you can widen that."),
        "investor.availability",
        _("Change your availability"),
    )
    limits = _("Your limits: %(max)s meetings, at most %(day)s a day.", max=investor.max_meetings, day=investor.max_per_day)
    spoken = _("Your languages: %(languages)s.", languages=_(", ").join(language_name(code) for code in investor.languages))
    ended = (_("It will not be proposed again in this edition."), None, "")
    return {
        WhyNot.NOT_YET_VETTED: (_vetting_words(investor.vetting), None, ""),
        WhyNot.NO_COMMON_SLOT: in_town,
        WhyNot.FULL: in_town,
        WhyNot.LIMITS: (limits, "investor_profile.show", _("Change your limits")),
        WhyNot.UNREACHABLE: in_town,
        WhyNot.NO_INTERPRETER: (spoken, "investor_profile.show", _("Change your languages")),
        WhyNot.WOULD_COST_MORE: (
            _("Scores follow from your profile and your interests."),
            "investor.interests",
            _("To your interests"),
        ),
        WhyNot.DECLINED: ended,
        WhyNot.WITHDRAWN: ended,
    }


def _vetting_words(vetting: Vetting) -> str:
    """What has become of the application since the night."""
    match vetting:
        case Vetting.APPROVED:
            return str(_("It has been approved since; the next night plans meetings for it."))
        case Vetting.REFUSED:
            return str(_("Your application was refused, so no meetings are planned for your organisation in this edition."))
        case _:
            return str(_("You need do nothing; we write to you once it is decided."))


def waits_for_investor(meeting: MeetingView, now: datetime) -> bool:
    """Whether the investor can answer something: an offer, or a suggestion it has not agreed to."""
    return not {Action.AGREE, Action.TAKE, Action.KEEP}.isdisjoint(step.action for step in meeting.steps(now))


def overlaps(slot: Slot, signup: ActivitySignup) -> bool:
    """Whether a programme item that the investor attends runs in this slot."""
    activity = signup.activity
    return calendar.overlaps(slot.starts_at, slot.ends_at, activity.starts_at, activity.ends_at)


def days_with_slots(edition: Edition) -> list[AvailabilityDay]:
    """The days of the edition in order; those without slots too, so that holidays are seen."""
    slots = {day: tuple(found) for day, found in groupby(edition.slots, key=lambda slot: slot.day)}
    known = {each.day: each for each in edition.days}
    return [
        AvailabilityDay(
            day,
            known.get(day),
            tuple((half, tuple(found)) for half, found in groupby(slots.get(day, ()), key=lambda slot: slot.half)),
        )
        for day in sorted({*slots, *known})
    ]


def _reads_as_investor(edition_id: int) -> bool:
    is_investor = current_user.is_authenticated and current_user.role is Role.INVESTOR
    return bool(is_investor and current_user.investor.edition_id == edition_id)
