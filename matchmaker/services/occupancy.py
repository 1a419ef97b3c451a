"""What a meeting holds: one row per party, table or interpreter and slot, which the database keeps unique."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from itertools import pairwise

from sqlalchemy import delete, insert, or_, select

from matchmaker.db import db
from matchmaker.domain.meeting import LIVE
from matchmaker.domain.rules import Broken, RuleBroken
from matchmaker.domain.seating import Need, NoSeat, seat
from matchmaker.models import Base, District, Edition, Meeting, Occupancy, Project, Resource, ResourceKind, Slot, Venue

Group = tuple[ResourceKind, int]
"""What the numbers of a resource count: the leads of a project, the tables of a venue, and so on."""


def slots_from(first: Slot, length: int) -> list[Slot]:
    """The slots of a meeting from its first one on. Raises RuleBroken(SLOT_NOT_FEASIBLE) where they do not follow on."""
    query = (
        select(Slot)
        .where(Slot.edition_id == first.edition_id, Slot.position >= first.position)
        .order_by(Slot.position)
        .limit(length)
    )
    slots = list(db.session.scalars(query))
    follow_on = all(one.ends_at == next_one.starts_at for one, next_one in pairwise(slots))
    if len(slots) < length or not follow_on:
        raise RuleBroken(Broken.SLOT_NOT_FEASIBLE, "slot")
    return slots


def groups_of(meeting: Meeting) -> list[Group]:
    groups = [
        (ResourceKind.INVESTOR, meeting.investor_id),
        (ResourceKind.LEAD, meeting.project_id),
        (ResourceKind.TABLE, meeting.venue_id),
    ]
    if meeting.pool_id is not None:
        groups.append((ResourceKind.INTERPRETER, meeting.pool_id))
    return groups


def release(meeting_ids: Collection[int]) -> None:
    """Give back everything that these meetings hold. Runs in the caller's transaction."""
    db.session.execute(delete(Occupancy).where(Occupancy.meeting_id.in_(meeting_ids)))


def occupy(meeting: Meeting, slots: Sequence[Slot]) -> None:
    """Take a resource of each group for all the slots. Runs in the caller's transaction.

    Where a group has none free its first one is taken all the same: the database then refuses the row, and the
    transaction ends as `RuleBroken(SLOT_TAKEN)`. There is no other guard against a double booking.
    """
    slot_ids = [slot.id for slot in slots]
    rows = []
    for group in groups_of(meeting):
        resource_id = _free_resource(group, slot_ids)
        rows += [{"resource_id": resource_id, "slot_id": slot_id, "meeting_id": meeting.id} for slot_id in slot_ids]
    db.session.execute(insert(Occupancy), sorted(rows, key=lambda row: (row["resource_id"], row["slot_id"])))


def _free_resource(group: Group, slot_ids: Collection[int]) -> int:
    taken = select(Occupancy.resource_id).where(Occupancy.slot_id.in_(slot_ids))
    resources = select(Resource.id).where(_belongs_to(group)).order_by(Resource.number)
    free = db.session.scalar(resources.where(Resource.id.not_in(taken)).limit(1))
    resource_id = free or db.session.scalar(resources.limit(1))
    if resource_id is None:
        raise RuleBroken(Broken.SLOT_TAKEN, "slot", what=group[0].value)
    return resource_id


def _belongs_to(group: Group):  # type: ignore[no-untyped-def]  # an SQL expression
    kind, owner = group
    column = {
        ResourceKind.INVESTOR: Resource.investor_id,
        ResourceKind.LEAD: Resource.project_id,
        ResourceKind.TABLE: Resource.venue_id,
        ResourceKind.INTERPRETER: Resource.pool_id,
    }[kind]
    return column == owner


def seat_everybody(edition: Edition, *, now: datetime) -> None:
    """Assign all tables, leads and interpreters of the edition's live meetings anew, keeping numbers where possible.

    Slot and venue are promised to people, numbers are not; but calendars show the table, so another one is noted. Runs in
    the caller's transaction. Raises RuleBroken(SLOT_TAKEN) where more meetings are at once than there are numbers.
    """
    meetings = list(
        db.session.scalars(select(Meeting).where(Meeting.edition_id == edition.id, Meeting.status.in_(LIVE)).order_by(Meeting.id))
    )
    before, sat_at = _numbers_now(edition), tables_of(meetings)
    resources = _resources(edition)
    capacity = {group: len(ids) for group, ids in resources.items()}
    slots_of = {meeting.id: _held_slots(meeting, edition.slots) for meeting in meetings}
    needs = [
        Need((meeting.id, stretch[0].id), group, tuple(slot.position for slot in stretch), before.get((meeting.id, group)))
        for meeting in meetings
        for stretch in slots_of[meeting.id]
        for group in groups_of(meeting)
    ]
    try:
        seats = seat(needs, defaultdict(int, capacity))
    except NoSeat as error:
        raise RuleBroken(Broken.SLOT_TAKEN, "slot", what=error.need.group[0].value) from error  # type: ignore[index]
    release([meeting.id for meeting in meetings])
    rows = [
        {"resource_id": resources[group][seats[(meeting.id, stretch[0].id), group]], "slot_id": slot.id, "meeting_id": meeting.id}
        for meeting in meetings
        for stretch in slots_of[meeting.id]
        for group in groups_of(meeting)
        for slot in stretch
    ]
    if rows:
        db.session.execute(insert(Occupancy), rows)
    sits_at = tables_of(meetings)
    for meeting in meetings:
        if sat_at.get(meeting.id, sits_at[meeting.id]) != sits_at[meeting.id]:
            meeting.place_changes, meeting.place_changed_at = meeting.place_changes + 1, now


def note_new_names(renamed: Iterable[Base], *, now: datetime) -> None:
    """Note for each meeting that its project, its district or its venue has another name: calendars show them as well.

    Runs in the caller's transaction.
    """
    ids: dict[type[Base], set[int]] = {kind: set() for kind in (Project, District, Venue)}
    for thing in renamed:
        if isinstance(thing, Project | District | Venue):
            ids[type(thing)].add(thing.id)
    if not any(ids.values()):
        return
    projects = select(Project.id).where(or_(Project.id.in_(ids[Project]), Project.district_id.in_(ids[District])))
    shown = or_(Meeting.venue_id.in_(ids[Venue]), Meeting.project_id.in_(projects))
    for meeting in db.session.scalars(select(Meeting).where(shown)):
        meeting.place_changes, meeting.place_changed_at = meeting.place_changes + 1, now


def tables_of(meetings: Sequence[Meeting]) -> dict[int, int]:
    """By meeting id: the number of the table that it holds in its own slot."""
    query = (
        select(Occupancy.meeting_id, Resource.number)
        .join(Resource, Resource.id == Occupancy.resource_id)
        .join(Meeting, Meeting.id == Occupancy.meeting_id)
        .where(
            Meeting.id.in_([meeting.id for meeting in meetings]),
            Resource.kind == ResourceKind.TABLE,
            Occupancy.slot_id == Meeting.slot_id,
        )
    )
    return dict(db.session.execute(query).all())


def give_back_leads(project: Project, leads: int) -> None:
    """Put the meetings of the leads beyond this number to those below it. Runs in the caller's transaction.

    Raises RuleBroken(TEAM_BOOKED) where more meetings are at once.
    """
    ours = select(Resource).where(Resource.project_id == project.id)
    ids = {resource.number: resource.id for resource in db.session.scalars(ours)}
    query = select(Occupancy, Resource.number, Slot).join(Occupancy.resource).join(Slot, Slot.id == Occupancy.slot_id)
    rows = db.session.execute(query.where(Resource.project_id == project.id).order_by(Slot.position)).all()
    taken = {(number, slot.id) for _, number, slot in rows}
    for row, number, slot in rows:
        if number <= leads:
            continue
        free = next((each for each in range(1, leads + 1) if (each, slot.id) not in taken), None)
        if free is None:
            raise RuleBroken(Broken.TEAM_BOOKED, "leads", starts_at=slot.starts_at)
        taken.add((free, slot.id))
        row.resource_id = ids[free]
    db.session.flush()


def _held_slots(meeting: Meeting, slots: Sequence[Slot]) -> list[Sequence[Slot]]:
    """The stretches that a live meeting holds: its own, and the offered one where there is an offer."""
    position = {slot.id: slot.position for slot in slots}
    firsts = [meeting.slot_id] + ([meeting.offered_slot_id] if meeting.offered_slot_id else [])
    return [slots[position[first] : position[first] + meeting.length] for first in firsts]


def _resources(edition: Edition) -> dict[Group, dict[int, int]]:
    """For each group of the edition, the ids of its resources by number."""
    found: dict[Group, dict[int, int]] = defaultdict(dict)
    for resource in db.session.scalars(select(Resource)):
        owner = resource.investor_id or resource.project_id or resource.venue_id or resource.pool_id
        found[resource.kind, owner or 0][resource.number] = resource.id
    return found


def _numbers_now(edition: Edition) -> dict[tuple[int, Group], int]:
    query = (
        select(Occupancy.meeting_id, Resource)
        .join(Resource, Resource.id == Occupancy.resource_id)
        .join(Meeting, Meeting.id == Occupancy.meeting_id)
        .where(Meeting.edition_id == edition.id)
    )
    numbers: dict[tuple[int, Group], int] = {}
    for meeting_id, resource in db.session.execute(query):
        owner = resource.investor_id or resource.project_id or resource.venue_id or resource.pool_id
        numbers[meeting_id, (resource.kind, owner or 0)] = resource.number
    return numbers
