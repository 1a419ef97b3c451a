"""What a night reads: everything the problem is built from, read once, as plain look-ups."""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload

from matchmaker.db import db
from matchmaker.domain.calendar import too_close
from matchmaker.domain.interest import Level
from matchmaker.domain.meeting import LIVE, PastMeeting, Status, is_open, may_still_be_proposed
from matchmaker.models import (
    Activity,
    ActivitySignup,
    Availability,
    Edition,
    Interest,
    InterpreterPool,
    Investor,
    LeadAbsence,
    Meeting,
    Project,
    Slot,
    TravelTime,
    Venue,
)
from matchmaker.services.editions import zone_of
from matchmaker.services.suits import Pair, Pairing, load_sides


@dataclass(frozen=True)
class Facts:
    """One edition as it stands at `now`. Slots are positions in `slots`; people and places are ids."""

    edition: Edition
    now: datetime
    slots: list[Slot]
    venues: list[Venue]
    travel: dict[tuple[int, int], int]
    pools: list[InterpreterPool]
    investors: dict[int, Investor]
    projects: dict[int, Project]
    pairing: Pairing
    interests: list[Interest]
    """Those that ask for a meeting."""
    available: dict[int, set[int]]
    absent: dict[int, set[int]]
    attended: dict[int, list[Activity]]
    live: list[Meeting]
    past: dict[Pair, list[PastMeeting]]
    proposable: set[int]
    """Slots for which an answer could still come in time."""

    def venue_of(self, project_id: int) -> Venue:
        return self._venue_of_district[self.projects[project_id].district_id]

    @cached_property
    def _venue_of_district(self) -> dict[int | None, Venue]:
        return {venue.district_id: venue for venue in self.venues}

    @cached_property
    def live_pairs(self) -> set[Pair]:
        return {(meeting.investor_id, meeting.project_id) for meeting in self.live}

    @cached_property
    def held_pairs(self) -> set[Pair]:
        """Pairs that have met already."""
        return {pair for pair, past in self.past.items() if any(meeting.status is Status.HELD for meeting in past)}

    @cached_property
    def held_by(self) -> Counter[int]:
        """How many meetings each investor has had already."""
        return Counter(investor_id for investor_id, _ in self.held_pairs)

    def is_open(self, pair: Pair) -> bool:
        return pair not in self.past or is_open(self.past[pair])

    def pool_for(self, pair: Pair) -> InterpreterPool | None:
        """The interpreters a meeting of this pair takes one of; None where both share a language."""
        investor_id, project_id = pair
        if not self.pairing.needs_interpreter(investor_id, project_id):
            return None
        ours, theirs = self.investors[investor_id].languages, self.projects[project_id].languages
        paired = self.edition.interpreters_paired_with
        offered = [
            pool
            for pool in self.pools
            if (pool.language in ours and paired in theirs) or (paired in ours and pool.language in theirs)
        ]
        return max(offered, key=lambda pool: pool.capacity, default=None)

    def has_language_bridge(self, pair: Pair) -> bool:
        """Whether the pair can talk at all: a common language, or an interpreter pool for it."""
        return not self.pairing.needs_interpreter(*pair) or self.pool_for(pair) is not None

    def blocked(self, investor_id: int, venue_id: int) -> set[int]:
        """Slots in which an attended programme item, or the way to or from it, keeps the investor from this venue."""
        return {position for each in self.attended.get(investor_id, ()) for position in self.blocked_by(each, venue_id)}

    def blocked_by(self, activity: Activity, venue_id: int) -> set[int]:
        """Slots in which the item, or the way to or from it, keeps those who attend it from this venue."""
        key = activity.id, venue_id
        if key not in self._blocked:
            self._blocked[key] = {
                slot.position
                for slot in self.slots
                if too_close(
                    activity.starts_at,
                    activity.ends_at,
                    slot.starts_at,
                    slot.ends_at,
                    travel_minutes=self.minutes_between(activity.venue_id, venue_id),
                )
            }
        return self._blocked[key]

    @cached_property
    def _blocked(self) -> dict[tuple[int, int], set[int]]:
        return {}

    def minutes_between(self, origin_id: int, destination_id: int) -> int:
        return 0 if origin_id == destination_id else self.travel[origin_id, destination_id]


def read_facts(edition: Edition, *, now: datetime, live: ColumnElement[bool] | None = None, pair: Pair | None = None) -> Facts:
    """Read the edition for a night; or, with `pair`, only what concerns that pair and the meetings that `live` selects.

    For a night, what is overdue at `now` counts as lapsed already: publishing its run lets it lapse.
    """
    meetings = _meetings(edition, Meeting.status.in_(LIVE) if live is None else live & Meeting.status.in_(LIVE))
    overdue = {each.id for each in meetings if pair is None and each.has_expired(now)}
    investor_ids = None if pair is None else {pair[0]}
    project_ids = None if pair is None else {pair[1]}
    sides = load_sides(edition, investor_ids=investor_ids, project_ids=project_ids)
    slots = list(edition.slots)
    zone, hours = zone_of(edition), edition.answer_deadline_hours
    return Facts(
        edition=edition,
        now=now,
        slots=slots,
        venues=list(db.session.scalars(select(Venue).where(Venue.edition_id == edition.id).order_by(Venue.code))),
        travel=_travel(edition),
        pools=list(
            db.session.scalars(
                select(InterpreterPool).where(InterpreterPool.edition_id == edition.id).order_by(InterpreterPool.language)
            )
        ),
        investors={each.id: each for each in sides.investors},
        projects={each.id: each for each in sides.projects},
        pairing=sides.pairing,
        interests=[each for each in sides.interests if each.level is not Level.NO_THANKS],
        available=_positions(Availability.investor_id, Availability.slot_id, slots, investor_ids),
        absent=_positions(LeadAbsence.project_id, LeadAbsence.slot_id, slots, project_ids),
        attended=_attended(edition, investor_ids),
        live=[each for each in meetings if each.id not in overdue],
        past=_past(edition, investor_ids, overdue),
        proposable={slot.position for slot in slots if may_still_be_proposed(slot.starts_at, now, hours=hours, zone=zone)},
    )


def with_meetings_read_anew(facts: Facts) -> Facts:
    """The same facts with the meetings as they are stored now."""
    return replace(facts, live=_meetings(facts.edition, Meeting.status.in_(LIVE)), past=_past(facts.edition, None, ()))


def _meetings(edition: Edition, which: ColumnElement[bool]) -> list[Meeting]:
    query = (
        select(Meeting)
        .where(Meeting.edition_id == edition.id, which)
        .order_by(Meeting.id)
        .options(
            joinedload(Meeting.slot), joinedload(Meeting.offered_slot), joinedload(Meeting.project), joinedload(Meeting.pool)
        )
    )
    return list(db.session.scalars(query))


def _travel(edition: Edition) -> dict[tuple[int, int], int]:
    query = (
        select(TravelTime.origin_id, TravelTime.destination_id, TravelTime.minutes)
        .join(Venue, Venue.id == TravelTime.origin_id)
        .where(Venue.edition_id == edition.id)
    )
    return {(origin, destination): minutes for origin, destination, minutes in db.session.execute(query)}


def _positions(owner, slot_id, slots: list[Slot], ids: Collection[int] | None) -> dict[int, set[int]]:  # type: ignore[no-untyped-def]
    """Slot positions by owner, of a table that holds an owner and a slot per row."""
    position = {slot.id: slot.position for slot in slots}
    query = select(owner, slot_id) if ids is None else select(owner, slot_id).where(owner.in_(ids))
    found: dict[int, set[int]] = defaultdict(set)
    for owner_id, taken in db.session.execute(query):
        if taken in position:
            found[owner_id].add(position[taken])
    return found


def _attended(edition: Edition, ids: Collection[int] | None) -> dict[int, list[Activity]]:
    query = (
        select(ActivitySignup.investor_id, Activity)
        .join(Activity, Activity.id == ActivitySignup.activity_id)
        .where(Activity.edition_id == edition.id)
        .order_by(Activity.starts_at)
    )
    if ids is not None:
        query = query.where(ActivitySignup.investor_id.in_(ids))
    found: dict[int, list[Activity]] = defaultdict(list)
    for investor_id, activity in db.session.execute(query):
        found[investor_id].append(activity)
    return found


def _past(edition: Edition, ids: Collection[int] | None, overdue: Collection[int]) -> dict[Pair, list[PastMeeting]]:
    columns = (Meeting.id, Meeting.investor_id, Meeting.project_id, Meeting.status, Meeting.reopened_at)
    query = select(*columns).where(Meeting.edition_id == edition.id)
    if ids is not None:
        query = query.where(Meeting.investor_id.in_(ids))
    found: dict[Pair, list[PastMeeting]] = defaultdict(list)
    for meeting_id, investor_id, project_id, status, reopened_at in db.session.execute(query):
        now_is = Status.LAPSED if meeting_id in overdue else status
        found[investor_id, project_id].append(PastMeeting(now_is, reopened_at is not None))
    return found
