"""The base rows that the doctor looks at, read once and counted by hand: no query of the code that it checks."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import LargeBinary, Row, select

from matchmaker.db import db
from matchmaker.models import (
    Account,
    Activity,
    ActivitySignup,
    Availability,
    Base,
    Chain,
    District,
    Edition,
    HostMark,
    Interest,
    InterpreterPool,
    Investor,
    LeadAbsence,
    Meeting,
    MeetingChange,
    Notice,
    Occupancy,
    Outcome,
    Project,
    Resource,
    Run,
    RunChange,
    Slot,
    TravelTime,
    UnmetInterest,
    Venue,
)

HOLDING = ("proposed", "countered", "accepted")
"""The statuses of a meeting that holds its slots."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Slots in a row that a meeting should hold: its own, or those that are offered."""

    meeting: Row[Any]
    slots: tuple[Row[Any], ...]
    offered: bool

    @property
    def day(self) -> date:
        day: date = self.slots[0].day
        return day


@dataclass(frozen=True, slots=True)
class Rows:
    editions: dict[int, Row[Any]]
    slots: dict[int, Row[Any]]
    slot_at: dict[tuple[int, int], Row[Any]]
    investors: dict[int, Row[Any]]
    projects: dict[int, Row[Any]]
    districts: dict[int, Row[Any]]
    venues: dict[int, Row[Any]]
    pools: dict[int, Row[Any]]
    chains: dict[int, Row[Any]]
    accounts: list[Row[Any]]
    resources: dict[int, Row[Any]]
    meetings: dict[int, Row[Any]]
    changes: dict[int, list[Row[Any]]]
    occupancy: list[Row[Any]]
    outcomes: list[Row[Any]]
    available: dict[int, set[int]]
    absent: dict[int, set[int]]
    minutes: dict[tuple[int, int], int]
    activities: dict[int, Row[Any]]
    signups: list[Row[Any]]
    interests: list[Row[Any]]
    marks: list[Row[Any]]
    notices: list[Row[Any]]
    runs: list[Row[Any]]
    run_changes: dict[int, list[Row[Any]]]
    unmet: set[tuple[int, int]]

    def holding(self) -> list[Row[Any]]:
        return [meeting for meeting in self.meetings.values() if meeting.status in HOLDING]

    def stretches(self, meeting: Row[Any]) -> list[Stretch]:
        """What a meeting that holds its slots should hold. Slots that the grid does not have are left out."""
        firsts = [(meeting.slot_id, False)] + ([(meeting.offered_slot_id, True)] if meeting.offered_slot_id else [])
        return [Stretch(meeting, self.slots_from(first, meeting.length), offered) for first, offered in firsts]

    def slots_from(self, first_id: int, length: int) -> tuple[Row[Any], ...]:
        first = self.slots[first_id]
        places = range(first.position, first.position + length)
        found = [self.slot_at.get((first.edition_id, place)) for place in places]
        return tuple(slot for slot in found if slot is not None)

    def district_of(self, meeting: Row[Any]) -> int:
        district: int = self.projects[meeting.project_id].district_id
        return district

    def last_published(self, edition_id: int) -> Row[Any] | None:
        published = [run for run in self.runs if run.edition_id == edition_id and run.state == "published"]
        return max(published, key=lambda run: (run.published_at, run.id), default=None)


def read_rows() -> Rows:
    """Everything, as it stands in one transaction."""
    return Rows(
        editions=_by_id(Edition),
        slots=_by_id(Slot),
        slot_at={(slot.edition_id, slot.position): slot for slot in _all(Slot)},
        investors=_by_id(Investor),
        projects=_by_id(Project),
        districts=_by_id(District),
        venues=_by_id(Venue),
        pools=_by_id(InterpreterPool),
        chains=_by_id(Chain),
        accounts=_all(Account),
        resources=_by_id(Resource),
        meetings=_by_id(Meeting),
        changes=_grouped(_all(MeetingChange, MeetingChange.id), "meeting_id"),
        occupancy=_all(Occupancy, Occupancy.id),
        outcomes=_all(Outcome, Outcome.id),
        available=_pairs(_all(Availability), "investor_id", "slot_id"),
        absent=_pairs(_all(LeadAbsence), "project_id", "slot_id"),
        minutes={(way.origin_id, way.destination_id): way.minutes for way in _all(TravelTime)},
        activities=_by_id(Activity),
        signups=_all(ActivitySignup, ActivitySignup.id),
        interests=_all(Interest, Interest.id),
        marks=_all(HostMark, HostMark.id),
        notices=_all(Notice, Notice.id),
        runs=_all(Run, Run.id),
        run_changes=_grouped(_all(RunChange, RunChange.id), "run_id"),
        unmet={(row.run_id, row.interest_id) for row in _all(UnmetInterest)},
    )


def _all(kind: type[Base], *order: Any) -> list[Row[Any]]:
    columns = [column for column in kind.__table__.columns if not isinstance(column.type, LargeBinary)]
    return list(db.session.execute(select(*columns).order_by(*order)).all())


def _by_id(kind: Any) -> dict[int, Row[Any]]:
    return {row.id: row for row in _all(kind, kind.id)}


def _grouped(rows: Iterable[Row[Any]], key: str) -> dict[int, list[Row[Any]]]:
    groups: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        groups[getattr(row, key)].append(row)
    return groups


def _pairs(rows: Iterable[Row[Any]], key: str, value: str) -> dict[int, set[int]]:
    groups: dict[int, set[int]] = defaultdict(set)
    for row in rows:
        groups[getattr(row, key)].add(getattr(row, value))
    return groups
