"""When an investor is in town, from arrival to departure, and which half-day more would bring interests within reach."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from matchmaker.db import db
from matchmaker.domain.calendar import Half, too_close
from matchmaker.domain.interest import Level
from matchmaker.domain.rules import Broken, RuleBroken
from matchmaker.models import Activity, Edition, LeadAbsence, Project, Slot
from matchmaker.scheduling.changes import Easing
from matchmaker.services.actors import Actor
from matchmaker.services.investors import activities_of, availability_of
from matchmaker.services.openings import openings_of
from matchmaker.services.suits import load_pairing
from matchmaker.services.travel import ways_between
from matchmaker.services.unmet import unmet_of

HalfDay = tuple[date, Half]
MOST_TOLD = 3


@dataclass(frozen=True, slots=True)
class Gain:
    """A half-day and how many more interests it would help. `proven`: tried with the schedule that was published."""

    half_day: HalfDay
    interests: int
    proven: bool


def slots_of_stay(slots: Iterable[Slot], arrival: HalfDay, departure: HalfDay) -> set[int]:
    """The ids of all slots from the half-day of arrival to that of departure. Raises RuleBroken(STAY_CONTRADICTS)."""
    if _order(departure) < _order(arrival):
        raise RuleBroken(Broken.STAY_CONTRADICTS, "departure")
    return {slot.id for slot in slots if _order(arrival) <= _order((slot.day, slot.half)) <= _order(departure)}


def stay_of(slots: Iterable[Slot], chosen: set[int]) -> tuple[HalfDay, HalfDay] | None:
    """The first and the last half-day with a chosen slot."""
    halves = sorted(((slot.day, slot.half) for slot in slots if slot.id in chosen), key=_order)
    return (halves[0], halves[-1]) if halves else None


def gains_of(actor: Actor, edition: Edition, *, now: datetime) -> list[Gain]:
    """The half-days that would help the most, the best first: proven by the last run, else by the hours of the hosts."""
    available = availability_of(actor)
    lacking = lacking_half_days(edition, available, now=now)
    proven = [each for each in _proven(actor, edition, now=now) if each.half_day in lacking]
    return proven[:MOST_TOLD] or gains_by_hours(actor, edition, available, now=now)


def lacking_half_days(edition: Edition, available: set[int], *, now: datetime) -> set[HalfDay]:
    """The half-days to come that are not given, or not all of them, where these slots are."""
    return {(slot.day, slot.half) for slot in edition.slots if slot.id not in available and slot.starts_at > now}


def gains_by_hours(actor: Actor, edition: Edition, available: set[int], *, now: datetime) -> list[Gain]:
    """The half-days in which hosts are there whom the investor cannot meet at any time it has given, the best first."""
    lacking = lacking_half_days(edition, available, now=now)
    found = _by_hours(actor, edition, available, now) if lacking else []
    return [gain for gain in found if gain.half_day in lacking][:MOST_TOLD]


def _proven(actor: Actor, edition: Edition, *, now: datetime) -> list[Gain]:
    changes = openings_of(unmet_of(actor, edition, now=now))
    return [
        Gain((date.fromisoformat(change["day"]), Half(change["half"])), count, proven=True)
        for change, count in changes
        if change["kind"] == Easing.INVESTOR_HALF_DAY
    ]


def _by_hours(actor: Actor, edition: Edition, available: set[int], now: datetime) -> list[Gain]:
    """Counts interests of which no project has an hour that the investor has too, and would have one in the half-day."""
    assert actor.investor_id is not None
    pairing = load_pairing(edition, investor_ids=[actor.investor_id])
    hours = _hours_of_projects(actor, edition, now)
    half_of = {slot.id: (slot.day, slot.half) for slot in edition.slots}
    counts: Counter[HalfDay] = Counter()
    for wish in pairing.wishes[actor.investor_id]:
        if wish.level is Level.NO_THANKS:
            continue
        covered = [each for each in pairing.covered_projects(wish) if not pairing.is_refused(actor.investor_id, each)]
        open_hours = {slot_id for each in covered for slot_id in hours.get(each, ())}
        if open_hours.isdisjoint(available):
            counts.update({half_of[slot_id] for slot_id in open_hours})
    best = sorted(counts.items(), key=lambda each: (-each[1], _order(each[0])))
    return [Gain(half_day, count, proven=False) for half_day, count in best]


def _hours_of_projects(actor: Actor, edition: Edition, now: datetime) -> dict[int, set[int]]:
    """By project that is offered: the slots to come in which its lead is there and no programme item is in the way."""
    attended = [signup.activity for signup in activities_of(actor)]
    offered = select(Project).where(Project.edition_id == edition.id, Project.is_offered)
    projects = list(db.session.scalars(offered.options(selectinload(Project.district))))
    venue_of = {each.id: each.district.venue.id for each in projects}
    free_at = _free_by_venue(edition, attended, set(venue_of.values()), now)
    absent: dict[int, set[int]] = defaultdict(set)
    absences = select(LeadAbsence.project_id, LeadAbsence.slot_id).where(LeadAbsence.project_id.in_(venue_of))
    for project_id, slot_id in db.session.execute(absences):
        absent[project_id].add(slot_id)
    return {project_id: free_at[venue_id] - absent[project_id] for project_id, venue_id in venue_of.items()}


def _free_by_venue(edition: Edition, attended: list[Activity], venues: set[int], now: datetime) -> dict[int, set[int]]:
    ways = ways_between(venues | {each.venue_id for each in attended})

    def is_free(slot: Slot, venue_id: int) -> bool:
        return not any(
            too_close(
                each.starts_at,
                each.ends_at,
                slot.starts_at,
                slot.ends_at,
                travel_minutes=ways[each.venue_id, venue_id].minutes,
            )
            for each in attended
        )

    coming = [slot for slot in edition.slots if slot.starts_at > now]
    return {venue_id: {slot.id for slot in coming if is_free(slot, venue_id)} for venue_id in venues}


def _order(half_day: HalfDay) -> tuple[date, int]:
    return half_day[0], list(Half).index(half_day[1])
