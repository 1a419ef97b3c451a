"""What live meetings hold: exactly their parties, tables and interpreters, nobody twice, nothing beyond what there is."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Row

from matchmaker.services.doctor.faults import Fault, Wrong
from matchmaker.services.doctor.rows import HOLDING, Rows

Owner = tuple[str, int]
"""A kind of resource, and whose it is."""


def occupancy_is_exact(rows: Rows) -> Iterator[Fault]:
    """Every live meeting has one investor, one lead, one table and, if it needs one, an interpreter in each of its slots."""
    there: dict[int, list[tuple[Owner, int, int]]] = defaultdict(list)
    for row in rows.occupancy:
        there[row.meeting_id].append((_owner_of(rows, row.resource_id), row.slot_id, row.resource_id))
    for meeting in rows.holding():
        wanted = Counter(
            (owner, slot.id) for stretch in rows.stretches(meeting) for slot in stretch.slots for owner in _owners_needed(meeting)
        )
        for owner, slot_id, resource_id in there.get(meeting.id, []):
            wanted[owner, slot_id] -= 1
            if wanted[owner, slot_id] < 0:
                facts = {"meeting": meeting.id, "resource": resource_id, "kind": owner[0], "slot": slot_id}
                yield Fault(Wrong.HELD_TOO_MUCH, facts)
        for (owner, slot_id), missing in wanted.items():
            if missing > 0:
                facts = {"meeting": meeting.id, "status": meeting.status.value, "kind": owner[0], "slot": slot_id}
                yield Fault(Wrong.HELD_TOO_LITTLE, facts)


def _owner_of(rows: Rows, resource_id: int) -> Owner:
    resource = rows.resources[resource_id]
    return resource.kind.value, resource.investor_id or resource.project_id or resource.venue_id or resource.pool_id


def _owners_needed(meeting: Row[Any]) -> list[Owner]:
    owners = [("investor", meeting.investor_id), ("lead", meeting.project_id), ("table", meeting.venue_id)]
    return owners + ([("interpreter", meeting.pool_id)] if meeting.pool_id is not None else [])


def ended_meetings_hold_nothing(rows: Rows) -> Iterator[Fault]:
    for meeting_id, count in Counter(row.meeting_id for row in rows.occupancy).items():
        meeting = rows.meetings[meeting_id]
        if meeting.status not in HOLDING:
            yield Fault(Wrong.HELD_AFTER_THE_END, {"meeting": meeting_id, "status": meeting.status.value, "rows": count})


def nothing_is_taken_twice(rows: Rows) -> Iterator[Fault]:
    """What the unique constraint keeps, counted as if it were not there."""
    holders: dict[tuple[int, int], list[int]] = defaultdict(list)
    for row in rows.occupancy:
        holders[row.resource_id, row.slot_id].append(row.meeting_id)
    for (resource_id, slot_id), meetings in holders.items():
        if len(meetings) > 1:
            kind = rows.resources[resource_id].kind.value
            yield Fault(Wrong.TAKEN_TWICE, {"resource": resource_id, "kind": kind, "slot": slot_id, "meetings": meetings})


def capacity_is_kept(rows: Rows) -> Iterator[Fault]:
    """Counted from the meetings themselves, whatever the occupancy rows say."""
    load = Counter(
        (owner, slot.id)
        for meeting in rows.holding()
        for stretch in rows.stretches(meeting)
        for slot in stretch.slots
        for owner in _owners_needed(meeting)
    )
    capacity = _capacity(rows)
    for (owner, slot_id), meetings in load.items():
        if meetings > capacity[owner]:
            facts = {"kind": owner[0], "owner": owner[1], "slot": slot_id, "meetings": meetings, "capacity": capacity[owner]}
            yield Fault(Wrong.OVER_CAPACITY, facts)


def _capacity(rows: Rows) -> dict[Owner, int]:
    capacity = {("investor", investor_id): 1 for investor_id in rows.investors}
    capacity |= {("lead", project.id): project.leads for project in rows.projects.values()}
    capacity |= {("table", venue.id): venue.tables for venue in rows.venues.values()}
    return capacity | {("interpreter", pool.id): pool.capacity for pool in rows.pools.values()}


def resources_are_numbered(rows: Rows) -> Iterator[Fault]:
    """Every party, venue and pool has the resources 1 to its capacity; an investor without approval may have none yet."""
    numbers: dict[Owner, list[int]] = defaultdict(list)
    for resource_id, resource in rows.resources.items():
        numbers[_owner_of(rows, resource_id)].append(resource.number)
    for owner, capacity in _capacity(rows).items():
        found = sorted(numbers[owner])
        waits = owner[0] == "investor" and not found and rows.investors[owner[1]].vetting != "approved"
        if found != list(range(1, capacity + 1)) and not waits:
            facts = {"kind": owner[0], "owner": owner[1], "numbers": found, "capacity": capacity}
            yield Fault(Wrong.RESOURCES_MISCOUNTED, facts)


def slots_follow_on(rows: Rows) -> Iterator[Fault]:
    for meeting in rows.holding():
        for stretch in rows.stretches(meeting):
            ends = [slot.ends_at for slot in stretch.slots[:-1]]
            starts = [slot.starts_at for slot in stretch.slots[1:]]
            if len(stretch.slots) != meeting.length or ends != starts:
                facts = {"meeting": meeting.id, "length": meeting.length, "slot": stretch.slots[0].id}
                yield Fault(Wrong.SLOTS_APART, facts)


def meetings_are_at_home(rows: Rows) -> Iterator[Fault]:
    """A meeting is in the venue of its project's district, and everything it names belongs to one edition."""
    for meeting in rows.meetings.values():
        if rows.venues[meeting.venue_id].district_id != rows.district_of(meeting):
            yield Fault(Wrong.ELSEWHERE, {"meeting": meeting.id, "venue": meeting.venue_id})
        pool = [rows.pools[meeting.pool_id]] if meeting.pool_id is not None else []
        named = [rows.investors[meeting.investor_id], rows.projects[meeting.project_id], rows.slots[meeting.slot_id], *pool]
        if {meeting.edition_id} != {each.edition_id for each in named}:
            yield Fault(Wrong.EDITIONS_MIXED, {"meeting": meeting.id})


CHECKS = (
    occupancy_is_exact,
    ended_meetings_hold_nothing,
    nothing_is_taken_twice,
    capacity_is_kept,
    resources_are_numbered,
    slots_follow_on,
    meetings_are_at_home,
)
