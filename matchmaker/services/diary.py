"""What one person's days look like: meetings and programme items in order, and the way between them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload, selectinload

from matchmaker.db import db
from matchmaker.domain.diary import Appointment, Leg, diary_entries
from matchmaker.domain.meeting import LIVE, UNANSWERED, Action, Status, Step, steps_open_to
from matchmaker.domain.roles import Role
from matchmaker.domain.scoring import Reason, Scored
from matchmaker.models import (
    Activity,
    Edition,
    EditionDay,
    Investor,
    Meeting,
    MeetingChange,
    Project,
    Slot,
    Venue,
)
from matchmaker.services.actors import Actor, Missing
from matchmaker.services.editions import zone_of
from matchmaker.services.investors import activities_of
from matchmaker.services.meetings import deadline_of_own_slot, get_meeting_for
from matchmaker.services.occupancy import tables_of
from matchmaker.services.reasons import NamedReason, name_reasons
from matchmaker.services.travel import ways_between
from matchmaker.services.visible import AGREED, VisibleInvestor, viewer_of, visible_investor

TIGHT = 15
"""A way with fewer spare minutes than this is marked."""


@dataclass(frozen=True, slots=True)
class MeetingView:
    """A meeting as one reader sees it. `investor` is None for the investor itself."""

    meeting: Meeting
    role: Role
    project: Project
    venue: Venue
    starts_at: datetime
    ends_at: datetime
    offered: tuple[datetime, datetime] | None
    status: Status
    investor: VisibleInvestor | None
    reasons: tuple[NamedReason, ...]
    table: int | None
    interpreter: str | None
    """The language that an interpreter translates, where the two sides share none."""
    changed_at: datetime
    asked: str | None = None
    """What the investor wrote when it asked for another time, while the host has not answered; None: it has not asked."""

    @property
    def agreed(self) -> bool:
        """Whether the reader's side has said yes."""
        by_reader = {Role.INVESTOR: self.meeting.investor_agreed_at, Role.HOST: self.meeting.host_agreed_at}
        return by_reader.get(self.role) is not None

    @property
    def other_side_agreed(self) -> bool:
        by_other = {Role.INVESTOR: self.meeting.host_agreed_at, Role.HOST: self.meeting.investor_agreed_at}
        return by_other.get(self.role) is not None

    @property
    def awaited(self) -> frozenset[Role]:
        """Who has still to answer."""
        if self.status is Status.COUNTERED:
            return frozenset({Role.INVESTOR})
        agreed = {Role.INVESTOR: self.meeting.investor_agreed_at, Role.HOST: self.meeting.host_agreed_at}
        return frozenset(role for role, at in agreed.items() if at is None and self.status in UNANSWERED)

    def has_expired(self, now: datetime) -> bool:
        return self.meeting.has_expired(now)

    def steps(self, now: datetime) -> tuple[Step, ...]:
        """What the reader may do now: nobody answers or asks twice or too late, nor records a meeting before it began."""
        hidden = {Action.AGREE, Action.ACCEPT} if self.agreed else set()
        if self.asked is not None:
            hidden |= {Action.ASK}
        if self.has_expired(now):
            answers = {Action.AGREE, Action.ACCEPT, Action.DECLINE, Action.OFFER}
            hidden |= answers | {Action.ASK, Action.TAKE, Action.WITHDRAW}  # it lapses by itself
        if self.status is Status.COUNTERED and now >= deadline_of_own_slot(self.meeting):
            hidden |= {Action.KEEP}
        hidden |= {Action.RECORD_HELD, Action.RECORD_MISSED} if now < self.starts_at else {Action.CANCEL}
        return tuple(step for step in steps_open_to(self.role, self.status) if step.action not in hidden)


@dataclass(frozen=True, slots=True)
class Way:
    """The way to an entry from the one before it. `spare`: minutes left over, below zero where it cannot be done."""

    origin: Venue
    destination: Venue
    minutes: int
    spare: int
    how: str

    @property
    def tight(self) -> bool:
        return self.spare < TIGHT


@dataclass(frozen=True, slots=True)
class DiaryEntry:
    """One line of a diary: a meeting or a programme item."""

    starts_at: datetime
    ends_at: datetime
    venue: Venue
    way: Way | None
    meeting: MeetingView | None = None
    activity: Activity | None = None
    expired: bool = False
    """A proposal that nobody answered in time, though no night has let it lapse yet."""

    @property
    def stands(self) -> bool:
        """Whether somebody has still to be there: it has neither expired nor been recorded."""
        return not self.expired and (self.meeting is None or self.meeting.status in LIVE)

    @property
    def is_agreed(self) -> bool:
        """Whether it waits for nobody: a programme item, or a meeting that both sides have agreed to."""
        return self.meeting is None or self.meeting.status in AGREED

    def goes_on_at(self, now: datetime) -> bool:
        return self.stands and self.starts_at <= now < self.ends_at

    def begins_with(self, other: "DiaryEntry") -> bool:
        """Whether somebody has to be there at the time at which the other one begins: a district has several meetings at once."""
        return self.stands and self.starts_at == other.starts_at


@dataclass(frozen=True, slots=True)
class DiaryDay:
    day: date
    calendar: EditionDay | None
    """What the edition's calendar says about the day; None: it is outside."""
    entries: tuple[DiaryEntry, ...]

    @property
    def route(self) -> tuple[DiaryEntry, ...]:
        """Where the day leads: all but what has expired."""
        return tuple(entry for entry in self.entries if not entry.expired)


@dataclass(frozen=True, slots=True)
class Diary:
    days: tuple[DiaryDay, ...]

    @property
    def entries(self) -> list[DiaryEntry]:
        return [entry for day in self.days for entry in day.entries]

    @property
    def meetings(self) -> list[MeetingView]:
        return [entry.meeting for entry in self.entries if entry.meeting]

    def offers(self, now: datetime) -> list[MeetingView]:
        """The meetings that hold an offered time besides their own, in the order of these times."""
        open_ones = [(view.offered, view) for view in self.meetings if view.offered and not view.has_expired(now)]
        return [view for _times, view in sorted(open_ones, key=lambda each: each[0])]

    @property
    def agreed(self) -> "Diary":
        """The same without what waits for an answer."""
        days = [replace(day, entries=tuple(each for each in day.entries if each.is_agreed)) for day in self.days]
        return Diary(tuple(day for day in days if day.entries))

    def opening_day(self, today: date) -> date | None:
        """Which day a reader wants to see first: today, or before the first and after the last day with entries the nearest one.

        That is no day with nothing but what has expired, where there are others.
        """
        if self.days and self.days[0].day <= today <= self.days[-1].day:
            return today
        days = [each.day for each in self.days if each.route] or [each.day for each in self.days]
        return min(max(today, days[0]), days[-1]) if days else None

    def nearest_day(self, day: date) -> date | None:
        """The day with entries that is nearest to this one; of two the later."""
        return min((each.day for each in self.days), key=lambda each: (abs(each - day), each < day), default=None)

    def coming(self, now: datetime) -> list[DiaryEntry]:
        """What goes on at `now` or is to come."""
        return [entry for entry in self.entries if entry.stands and entry.ends_at > now]

    def on_top(self, now: datetime) -> list[DiaryEntry]:
        """What a reader wants to see first: what goes on at `now`, and what comes after it."""
        coming = self.coming(now)
        return [
            *(entry for entry in coming if entry.goes_on_at(now)),
            *[entry for entry in coming if not entry.goes_on_at(now)][:1],
        ]

    def next_after(self, now: datetime) -> DiaryEntry | None:
        """What goes on at `now` or comes next."""
        return next(iter(self.coming(now)), None)


def diary_of(actor: Actor, edition: Edition, *, now: datetime) -> Diary:
    """An investor's meetings and programme items, or the meetings of a host's district, by day: live and recorded ones."""
    meetings = view_meetings(actor, load_meetings(edition, concerns(actor), Meeting.status.in_(LIVE | AGREED)))
    activities = [signup.activity for signup in activities_of(actor)] if actor.role is Role.INVESTOR else []
    entries = _entries(meetings, activities, edition, now)
    zone = zone_of(edition)
    known = {day.day: day for day in edition.days}
    by_day = groupby(entries, key=lambda entry: entry.starts_at.astimezone(zone).date())
    return Diary(tuple(DiaryDay(day, known.get(day), tuple(of_day)) for day, of_day in by_day))


def meetings_ever_of(actor: Actor, edition: Edition) -> list[MeetingView]:
    """Every meeting of the actor that was ever shown to it, ended ones too, in the order they were made."""
    return view_meetings(actor, load_meetings(edition, concerns(actor)))


def meeting_view_for(actor: Actor, meeting_id: int) -> MeetingView:
    """One meeting as the actor may see it. Raises Missing where it may not know of it."""
    return view_meetings(actor, [get_meeting_for(actor, meeting_id)])[0]


def view_meetings(actor: Actor, meetings: Sequence[Meeting]) -> list[MeetingView]:
    """The meetings as the actor may see them; a handful of queries, however many they are."""
    if not meetings:
        return []
    ids = [meeting.id for meeting in meetings]
    tables, last = tables_of(meetings), _last_changes(ids)
    ends = _ends(meetings)
    reasons = _named_reasons(meetings)
    return [
        MeetingView(
            meeting=meeting,
            role=actor.role,
            project=meeting.project,
            venue=meeting.venue,
            starts_at=meeting.slot.starts_at,
            ends_at=ends[meeting.slot.position + meeting.length - 1],
            offered=_offered(meeting, ends),
            status=meeting.status,
            investor=_other_side(actor, meeting),
            reasons=reasons[meeting.id],
            table=tables.get(meeting.id),
            interpreter=meeting.pool.language if meeting.pool else None,
            changed_at=_changed_at(meeting, last.get(meeting.id)),
            asked=_asked(last.get(meeting.id)),
        )
        for meeting in meetings
    ]


def concerns(actor: Actor) -> ColumnElement[bool]:
    """Which meetings are those of the investor, or of the host's district. Raises Missing."""
    match actor.role:
        case Role.INVESTOR:
            return Meeting.investor_id == actor.investor_id
        case Role.HOST:
            ours = select(Project.id).where(Project.district_id == actor.district_id)
            return Meeting.project_id.in_(ours)
        case _:
            raise Missing(f"a diary of {actor.role}")


def load_meetings(edition: Edition, *which: ColumnElement[bool], order: Any = Meeting.id) -> list[Meeting]:
    """The meetings with everything that a page shows of them; a handful of queries, however many they are."""
    query = (
        select(Meeting)
        .where(Meeting.edition_id == edition.id, *which)
        .order_by(order, Meeting.id)
        .options(
            joinedload(Meeting.slot),
            joinedload(Meeting.offered_slot),
            joinedload(Meeting.pool),
            joinedload(Meeting.venue),
            selectinload(Meeting.project).options(joinedload(Project.district), joinedload(Project.chain)),
            selectinload(Meeting.investor).options(
                selectinload(Investor.chains), selectinload(Investor.delegates), selectinload(Investor.accounts)
            ),
        )
    )
    return list(db.session.scalars(query))


def _other_side(actor: Actor, meeting: Meeting) -> VisibleInvestor | None:
    if actor.role is Role.INVESTOR:
        return None
    return visible_investor(meeting.investor, viewer_of(actor.role, meeting.status))


def _ends(meetings: Sequence[Meeting]) -> dict[int, datetime]:
    """When the slots of the meetings' edition end, by position."""
    editions = {meeting.edition_id for meeting in meetings}
    query = select(Slot.position, Slot.ends_at).where(Slot.edition_id.in_(editions))
    return dict(db.session.execute(query).all())


def _named_reasons(meetings: Sequence[Meeting]) -> dict[int, tuple[NamedReason, ...]]:
    """By meeting id: why it was proposed, as scored then. The meetings are of one edition."""
    if not meetings:
        return {}
    scored = [[Scored(Reason(each["reason"]), each["points"], each["fact"]) for each in m.reasons] for m in meetings]
    named = name_reasons(meetings[0].edition_id, scored)
    return {meeting.id: reasons for meeting, reasons in zip(meetings, named, strict=True)}


def _offered(meeting: Meeting, ends: dict[int, datetime]) -> tuple[datetime, datetime] | None:
    slot = meeting.offered_slot
    return (slot.starts_at, ends[slot.position + meeting.length - 1]) if slot else None


def _last_changes(meeting_ids: Sequence[int]) -> dict[int, MeetingChange]:
    latest = (
        select(func.max(MeetingChange.id)).where(MeetingChange.meeting_id.in_(meeting_ids)).group_by(MeetingChange.meeting_id)
    )
    return {each.meeting_id: each for each in db.session.scalars(select(MeetingChange).where(MeetingChange.id.in_(latest)))}


def _changed_at(meeting: Meeting, last: MeetingChange | None) -> datetime:
    """When something that a calendar shows became what it is: by its last step, or by another table or name."""
    step_at = last.at if last else meeting.published_at
    return max(step_at, meeting.place_changed_at or step_at)


def _asked(last: MeetingChange | None) -> str | None:
    return last.note if last and last.action is Action.ASK else None


def _entries(
    meetings: Sequence[MeetingView], activities: Iterable[Activity], edition: Edition, now: datetime
) -> list[DiaryEntry]:
    """Meetings and programme items in time order, each with the way to it; no way leads to or from what has expired."""
    expired = [
        DiaryEntry(each.starts_at, each.ends_at, each.venue, None, each, expired=True)
        for each in meetings
        if each.has_expired(now)
    ]
    things: list[MeetingView | Activity] = [*(each for each in meetings if not each.has_expired(now)), *activities]
    venues = {thing.venue.code: thing.venue for thing in things}
    ways = ways_between({venue.id for venue in venues.values()})
    zone = zone_of(edition)

    def way(leg: Leg | None) -> Way | None:
        if leg is None:
            return None
        origin, destination = venues[leg.origin], venues[leg.destination]
        return Way(origin, destination, leg.minutes, leg.spare, ways[origin.id, destination.id].how)

    entries = diary_entries(
        (Appointment(thing, thing.venue.code, thing.starts_at, thing.ends_at) for thing in things),
        travel_minutes=lambda origin, destination: ways[venues[origin].id, venues[destination].id].minutes,
        same_day=lambda one, other: one.astimezone(zone).date() == other.astimezone(zone).date(),
    )
    standing = [_entry(entry.appointment, way(entry.leg)) for entry in entries]
    return sorted([*standing, *expired], key=lambda each: (each.starts_at, each.ends_at, each.venue.code))


def _entry(appointment: Appointment, way: Way | None) -> DiaryEntry:
    thing = appointment.key
    assert isinstance(thing, MeetingView | Activity)
    return DiaryEntry(
        appointment.starts_at,
        appointment.ends_at,
        thing.venue,
        way,
        meeting=thing if isinstance(thing, MeetingView) else None,
        activity=thing if isinstance(thing, Activity) else None,
    )
