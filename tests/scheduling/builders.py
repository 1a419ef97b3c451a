"""Small problems for the tests of the scheduler: plain ones, random ones, a conference in little."""

import itertools
import math
from collections.abc import Iterable, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future
from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matchmaker.scheduling.check import value, violations
from matchmaker.scheduling.problem import Booking, Candidate, Participant, Penalties, Pool, Problem, Slot, Venue
from matchmaker.scheduling.schedule import Placement


def build_slots(days: int = 1, per_day: int = 4, lunch_after: int | None = None) -> tuple[Slot, ...]:
    """Half-hours from nine o'clock on; an hour of lunch after so many of them."""
    slots = []
    for day in range(days):
        for k in range(per_day):
            start = 9 * 60 + 30 * k + (60 if lunch_after is not None and k >= lunch_after else 0)
            slots.append(Slot(day, _time(day, start), _time(day, start + 30)))
    return tuple(slots)


def short_slots(count: int) -> tuple[Slot, ...]:
    """So many five-minute slots in a row, from midnight on."""
    times = [_time(0, 5 * k) for k in range(count + 1)]
    return tuple(Slot(0, start, end) for start, end in itertools.pairwise(times))


def _time(day: int, minutes: int) -> str:
    return f"2024-04-{day + 1:02d}T{minutes // 60:02d}:{minutes % 60:02d}"


def ines(**changes: object) -> Participant:
    return replace(Participant("ines", "investor", (0, 1, 2, 3)), **changes)  # type: ignore[arg-type]


def hao(**changes: object) -> Participant:
    return replace(Participant("hao", "host", (0, 1, 2, 3)), **changes)  # type: ignore[arg-type]


def hana(**changes: object) -> Participant:
    return replace(Participant("hana", "host", (0, 1, 2, 3)), **changes)  # type: ignore[arg-type]


def meeting(name: str = "m", who: Sequence[str] = ("ines", "hao"), venue: str = "east", **changes: object) -> Candidate:
    return replace(Candidate(name, tuple(who), venue, 100), **changes)  # type: ignore[arg-type]


def build_problem(candidates: Iterable[Candidate] = (), **changes: object) -> Problem:
    """Ines meets Hao and Hana, at two venues three quarters of an hour apart, in four half-hours of one day."""
    usual: dict[str, Any] = {
        "name": "small",
        "slots": build_slots(),
        "venues": (Venue("east", 1), Venue("west", 1)),
        "travel_minutes": ((0, 45), (45, 0)),
        "participants": (ines(), hao(), hana()),
        "candidates": tuple(candidates) or (meeting(),),
        "pools": (Pool("interpreter", 1),),
    }
    return Problem(**usual | changes)


def held(**slots: int) -> list[Placement]:
    return [Placement(candidate, slot) for candidate, slot in slots.items()]


def random_problem(seed: int) -> Problem:
    """A tiny problem of any shape: every field of the format appears in some of them."""
    rng = Random(seed)
    slots = build_slots(rng.choice([1, 1, 2]), rng.choice([2, 3, 4]), rng.choice([None, 1, 2]))
    venues = tuple(Venue(f"v{k}", rng.choice([None, 0, 1, 1, 2])) for k in range(rng.randint(1, 3)))
    travel = tuple(tuple(0 if a is b else rng.choice([0, 20, 30, 45, 90.5]) for b in venues) for a in venues)
    participants = _random_participants(rng, len(slots))
    candidates = _random_candidates(rng, participants, venues, len(slots))
    return Problem(
        name=f"random-{seed}",
        slots=slots,
        venues=venues,
        travel_minutes=travel,
        participants=participants,
        candidates=candidates,
        pools=(Pool("p", rng.choice([1, 2, tuple(rng.randint(0, 2) for _ in slots)])),),
        booked=tuple(
            Booking(rng.choice(candidates).id, rng.randrange(len(slots)), rng.random() < 0.25)
            for _ in range(rng.choice([0, 0, 1, 2, 3]))
        ),
        penalties=Penalties(*(rng.choice([0, rng.randint(0, 30)]) for _ in range(5))),
        idle_spread=rng.choice([None, None, None, 0, 1]),
    )


def _random_participants(rng: Random, slots: int) -> tuple[Participant, ...]:
    count, one_kind = rng.randint(2, 5), rng.random() < 0.3
    return tuple(
        Participant(
            id=f"a{k}",
            kind="investor" if one_kind or k < count / 2 else "host",
            available=tuple(s for s in range(slots) if rng.random() < 0.8),
            capacity=rng.choice([1, 1, 1, 2]),
            min_meetings=rng.choice([0, 0, 1, 2, 3]),
            max_meetings=rng.choice([None, None, 1, 2, 3]),
            max_per_day=rng.choice([None, None, 1, 2]),
            compact=rng.random() < 0.5,
        )
        for k in range(count)
    )


def _random_candidates(rng: Random, people: Sequence[Participant], venues: Sequence[Venue], slots: int) -> tuple[Candidate, ...]:
    count = rng.randint(1, 5)
    return tuple(
        Candidate(
            id=f"c{k}",
            participants=tuple(who.id for who in rng.sample(people, min(rng.choice([1, 2, 2, 2, 3]), len(people)))),
            venue=rng.choice(venues).id,
            weight=rng.choice([rng.randint(0, 50), rng.randint(-20, 50)]),
            length=rng.choice([1, 1, 1, 2, 3]),
            slots=tuple(s for s in range(slots) if rng.random() < 0.7) if rng.random() < 0.4 else None,
            pool="p" if rng.random() < 0.3 else None,
            required=rng.random() < 0.12,
            after=(f"c{rng.randrange(count)}",) if rng.random() < 0.12 else (),
        )
        for k in range(count)
    )


def conference(investors: int = 30, hosts: int = 12, seed: int = 1) -> Problem:
    """A conference in little: three days, four venues, interests that crowd on the first hosts."""
    rng = Random(seed)
    slots, venues = build_slots(3, 6, lunch_after=3), tuple(Venue(f"v{k}", 2) for k in range(4))
    travel = tuple(tuple(0 if a == b else 20 + 15 * abs(a - b) for b in range(4)) for a in range(4))
    there = tuple(range(len(slots)))
    guests = tuple(
        Participant(f"i{k}", "investor", there[: rng.choice((6, 12, 18))], 1, 2, 6, 3, compact=True) for k in range(investors)
    )
    receiving = tuple(Participant(f"h{k}", "host", there) for k in range(hosts))
    candidates = tuple(
        Candidate(f"{guest.id}-{host}", (guest.id, f"h{host}"), f"v{host % 4}", rng.randint(200, 900))
        for guest in guests
        for host in sorted({min(rng.randrange(hosts), rng.randrange(hosts)) for _ in range(8)})
    )
    prices = Penalties(shortfall=2000, drop=1500, move=400, idle_slot=5)
    return Problem(f"conference-{seed}", slots, venues, travel, guests + receiving, candidates, (), (), prices)


def is_tiny(problem: Problem, most: int = 3000) -> bool:
    """Whether all schedules can be tried."""
    return math.prod(1 + mask.bit_count() for mask in problem.start_masks) <= most


def best_by_trying_all(problem: Problem) -> int | None:
    """The highest objective of all feasible schedules; none where there is none."""
    every = [
        [None, *(s for s in range(len(problem.slots)) if problem.start_masks[c] >> s & 1)] for c in range(len(problem.candidates))
    ]
    best = None
    for slots in itertools.product(*every):
        meetings = [Placement(problem.candidates[c].id, s) for c, s in enumerate(slots) if s is not None]
        if not violations(problem, meetings):
            worth = value(problem, meetings)
            best = worth if best is None else max(best, worth)
    return best


def fitting(seed: int) -> Problem:
    """A tiny random problem that compiled code can search."""
    problem = random_problem(seed)
    first_of = {booking.candidate: booking for booking in reversed(problem.booked)}
    return replace(problem, idle_spread=None, booked=tuple(first_of.values()))


def crowd(seed: int, candidates: int = 14) -> Problem:
    """A random problem in which every rule binds and some meetings were told to people; none has to be held."""
    rng = Random(seed)
    days, per_day = rng.choice([(1, 8), (2, 5), (3, 4)])
    slots = build_slots(days, per_day, rng.choice([None, 2, 3]))
    venues = tuple(Venue(f"v{k}", rng.choice([None, 0, 1, 2, 3])) for k in range(rng.randint(1, 4)))
    travel = tuple(tuple(0 if a is b else rng.choice([0, 15, 30, 45, 61, 90.5]) for b in venues) for a in venues)
    people = tuple(
        Participant(
            id=f"a{k}",
            kind="investor" if k < 5 else "host",
            available=tuple(s for s in range(len(slots)) if rng.random() < 0.9),
            capacity=rng.choice([1, 1, 1, 2, 3, 0 if rng.random() < 0.2 else 1]),
            min_meetings=rng.choice([0, 0, 1, 2, 4]),
            max_meetings=rng.choice([None, None, 0, 2, 3, 5]),
            max_per_day=rng.choice([None, None, 1, 2]),
            compact=rng.random() < 0.5,
        )
        for k in range(8)
    )
    pools = (Pool("p", rng.choice([1, 2])), Pool("q", tuple(rng.randint(0, 2) for _ in slots)))
    wanted = tuple(
        Candidate(
            id=f"c{k}",
            participants=tuple(who.id for who in rng.sample(people, rng.choice([1, 2, 2, 2, 2, 3]))),
            venue=rng.choice(venues).id,
            weight=rng.choice([rng.randint(0, 90), rng.randint(-20, 90)]),
            length=rng.choice([1, 1, 1, 2, 3]),
            slots=tuple(s for s in range(len(slots)) if rng.random() < 0.7) if rng.random() < 0.3 else None,
            pool=rng.choice([None, None, "p", "q"]),
        )
        for k in range(candidates)
    )
    told = tuple(Booking(each.id, rng.randrange(-1, len(slots) + 2)) for each in wanted if rng.random() < 0.3)
    prices = Penalties(*(rng.choice([0, rng.randint(1, 30)]) for _ in range(5)))
    return Problem(f"crowd-{seed}", slots, venues, travel, people, wanted, pools, told, prices)


def investors_of(problem: Problem) -> NDArray[np.bool_]:
    """Which participants are investors, as the pricing asks for it."""
    return np.array([person.kind == "investor" for person in problem.participants])


def meetings_in(problem: Problem, slots: Iterable[int]) -> list[Placement]:
    """The schedule that an array of first slots stands for."""
    return [Placement(problem.candidates[c].id, int(s)) for c, s in enumerate(slots) if s >= 0]


class Broken(Executor):
    """An executor whose workers were killed: before anything was handed to it, or while it was at work."""

    def __init__(self, *, at_once: bool) -> None:
        self._at_once = at_once

    def submit(self, *_: object, **__: object) -> Future[Any]:
        if self._at_once:
            raise BrokenExecutor
        future: Future[Any] = Future()
        future.set_exception(BrokenExecutor())
        return future
