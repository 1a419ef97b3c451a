"""A part of a plan that is solved anew while the rest stays: plain data that travels to a worker."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from matchmaker.scheduling.bits import slots_in
from matchmaker.scheduling.plan import Plan
from matchmaker.scheduling.problem import Penalties, Problem


@dataclass(frozen=True)
class Calendar:
    """What the rules need to know about time and place."""

    starts: tuple[float, ...]
    ends: tuple[float, ...]
    day_of: tuple[int, ...]
    travel_minutes: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Choice:
    """A candidate that may be placed: where, what that is worth, and what it takes."""

    candidate: int
    length: int
    venue: int
    pool: int | None
    parties: tuple[int, ...]
    worth: dict[int, int]
    weight: int
    now: int | None

    def covering(self, first: int) -> range:
        return range(first, first + self.length)


@dataclass(frozen=True)
class Room:
    """What is left to one participant beside the meetings that stay."""

    capacity: tuple[int, ...]
    single: bool
    meetings: int | None
    on_day: dict[int, int] | None
    missing: int
    compact: bool
    busy: int


@dataclass(frozen=True)
class Spread:
    """How evenly idle periods must be shared, and what those who stay as they are have."""

    most: int
    fewest_elsewhere: int | None
    most_elsewhere: int | None


@dataclass(frozen=True)
class Part:
    """The choices that are open; positions of participants are those of the whole problem."""

    calendar: Calendar
    penalties: Penalties
    choices: tuple[Choice, ...]
    rooms: dict[int, Room]
    tables: dict[int, tuple[int, ...]]
    pools: dict[int, tuple[int, ...]]
    needed: frozenset[int]
    order: tuple[tuple[int, int], ...]
    spread: Spread | None
    weight_needed: int | None = None

    @property
    def size(self) -> int:
        return sum(len(choice.worth) for choice in self.choices)


def calendar_of(problem: Problem) -> Calendar:
    return Calendar(problem.starts, problem.ends, problem.day_of, problem.travel_minutes)


def build_part(
    plan: Plan,
    free: Collection[int],
    *,
    needed: Collection[int] | None = None,
    weight_needed: int | None = None,
) -> Part:
    """The part of the plan in which the free candidates are chosen and placed anew.

    `needed` are those that have to be booked; unless given, all that the problem wants.
    The plan is the same afterwards.
    """
    problem = plan.problem
    inside = dict.fromkeys(free)
    now = {c: plan.take_out(c) for c in inside if c in plan.slot_of}
    wanted = problem.must if needed is None else needed
    followed = {c for c in inside if any(f in plan.slot_of for f in problem.followers[c])}
    choices = []
    for c in inside:
        choice = _choice(plan, c, inside, now.get(c))
        if choice.worth or c in wanted or c in followed:
            choices.append(choice)
    people = dict.fromkeys(who for choice in choices for who in choice.parties)
    rest = None if weight_needed is None else weight_needed - plan.weight()
    part = Part(
        calendar=calendar_of(problem),
        penalties=problem.penalties,
        choices=tuple(choices),
        rooms={who: _room(plan, who) for who in people},
        tables=_tables(plan, choices),
        pools=_pools(plan, choices),
        needed=frozenset(c for c in inside if c in wanted or c in followed),
        order=tuple((c, e) for c in inside for e in problem.before[c] if e in inside),
        spread=_spread(plan, people),
        weight_needed=rest,
    )
    for c, slot in now.items():
        plan.place(c, slot)
    return part


def _choice(plan: Plan, c: int, inside: Collection[int], now: int | None) -> Choice:
    problem, candidate = plan.problem, plan.problem.candidates[c]
    return Choice(
        candidate=c,
        length=candidate.length,
        venue=problem.venue_of[c],
        pool=problem.pool_of[c],
        parties=problem.parties_of[c],
        worth={slot: problem.worth(c, slot) for slot in slots_in(plan.open_starts(c, inside))},
        weight=candidate.weight,
        now=now,
    )


def _room(plan: Plan, who: int) -> Room:
    person, count = plan.problem.participants[who], plan.count[who]
    on_day = None
    if person.max_per_day is not None:
        held = plan.day_count[who]
        on_day = {day: person.max_per_day - held.get(day, 0) for day in plan.problem.day_slots}
    return Room(
        capacity=tuple(person.capacity - load for load in plan.load[who]),
        single=person.capacity <= 1,
        meetings=None if person.max_meetings is None else person.max_meetings - count,
        on_day=on_day,
        missing=max(0, person.min_meetings - count),
        compact=person.compact,
        busy=plan.busy[who],
    )


def _tables(plan: Plan, choices: Collection[Choice]) -> dict[int, tuple[int, ...]]:
    left = {}
    for venue in dict.fromkeys(choice.venue for choice in choices):
        tables = plan.problem.venues[venue].tables
        if tables is not None:
            left[venue] = tuple(tables - load for load in plan.venue_load[venue])
    return left


def _pools(plan: Plan, choices: Collection[Choice]) -> dict[int, tuple[int, ...]]:
    left = {}
    for pool in dict.fromkeys(choice.pool for choice in choices):
        if pool is not None:
            loads = enumerate(plan.pool_load[pool])
            left[pool] = tuple(plan.problem.pools[pool].capacity_in(s) - load for s, load in loads)
    return left


def _spread(plan: Plan, people: Collection[int]) -> Spread | None:
    problem = plan.problem
    if problem.idle_spread is None:
        return None
    others = [plan.idle_periods(who) for who, person in enumerate(problem.participants) if person.compact and who not in people]
    return Spread(problem.idle_spread, min(others, default=None), max(others, default=None))
