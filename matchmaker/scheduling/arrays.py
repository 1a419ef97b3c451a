"""A problem as arrays, which compiled code reads and which travel to other processes and machines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matchmaker.scheduling.plan import Plan, starts_beside_pins
from matchmaker.scheduling.problem import Problem

Whole = NDArray[np.int64]
Small = NDArray[np.int32]
Masks = NDArray[np.uint64]
Numbers = NDArray[np.float64]

MOST_SLOTS_A_DAY = 62
MOST_SLOTS = 4096
UNLIMITED = 1 << 30
NOWHERE = -1
LARGEST_TOTAL = 1 << 48
SMALL = 2000


class Arrays(NamedTuple):
    """Positions are those of the problem's tuples; a mask holds the slots of one day, its first slot in bit 0.

    `day`, `within` (slots): the day by its rank, and the place within it. `first`, `last` (days): the first slot and
    the one after the last. `before`, `after` (venues × venues × slots): masks of the same day, the slots in which
    nobody can still be at the second venue who is at the first one from the slot on, or until the slot's end.
    Lists of different lengths stand one after the other (`party`, `has`), with where each begins (`party_at`, `has_at`).
    `starts` (candidates × days): masks of the first slots. `told`: the slot that people were told, or −1; `base` is what
    a candidate is worth elsewhere and `stay` what is added there. `fixed`: may not be moved by compiled code.
    `mover`: the rank among those with candidates at several venues, or −1.
    """

    day: Small
    within: Small
    first: Small
    last: Small
    before: Masks
    after: Masks
    venue: Small
    pool: Small
    length: Small
    base: Whole
    stay: Whole
    weight: Whole
    told: Small
    fixed: Small
    starts: Masks
    party_at: Small
    party: Small
    has_at: Small
    has: Small
    available: Masks
    capacity: Small
    least: Small
    most: Small
    most_a_day: Small
    compact: Small
    mover: Small
    tables: Small
    pool_room: Small
    prices: Whole


def fits_arrays(problem: Problem) -> bool:
    """Whether compiled code can search this problem.

    Days of more than 62 slots, events of more than 4,096, candidates that name someone twice or were told two slots, and
    idle periods that have to be shared evenly stay with the search in plain Python.
    """
    return (
        bool(problem.candidates and problem.slots)
        and len(problem.slots) <= MOST_SLOTS
        and largest_total(problem) < LARGEST_TOTAL
        and problem.idle_spread is None
        and max(len(slots) for slots in problem.day_slots.values()) <= MOST_SLOTS_A_DAY
        and all(parties and len(set(parties)) == len(parties) for parties in problem.parties_of)
        and all(len(slots) == 1 for slots in (*problem.told.values(), *problem.pinned.values()))
    )


def largest_total(problem: Problem) -> int:
    """No objective of this problem is further from zero: all weights, shortfalls, broken promises and idle time."""
    prices, people = problem.penalties, problem.participants
    idle = (prices.idle_slot + prices.idle_period) * (1 + len(problem.slots) * sum(person.compact for person in people))
    broken = (prices.drop + prices.move) * (1 + len(problem.told))
    short = prices.shortfall * (1 + sum(person.min_meetings for person in people))
    return sum(abs(candidate.weight) for candidate in problem.candidates) + short + broken + idle


def is_annealed(problem: Problem) -> bool:
    """Whether compiled code searches this problem: it fits, and is not so small that CP-SAT is done with it sooner."""
    return fits_arrays(problem) and sum(mask.bit_count() for mask in problem.start_masks) > SMALL


def build_arrays(problem: Problem) -> Arrays:
    """The arrays of a problem that fits (`fits_arrays`)."""
    days = sorted(problem.day_slots)
    return Arrays(
        **_times(problem, days),
        **_travel(problem),
        **_candidates(problem, days),
        **_lists("party", problem.parties_of),
        **_lists("has", problem.candidates_of),
        **_people(problem, days),
        tables=_small(UNLIMITED if venue.tables is None else venue.tables for venue in problem.venues),
        pool_room=_pool_room(problem),
        prices=np.array(
            [
                problem.penalties.shortfall,
                problem.penalties.idle_slot,
                problem.penalties.idle_period,
            ],
            dtype=np.int64,
        ),
    )


def _small(values: Iterable[int]) -> Small:
    return np.array([min(value, UNLIMITED) for value in values], dtype=np.int32)


def _times(problem: Problem, days: Sequence[int]) -> dict[str, Any]:
    rank = {day: k for k, day in enumerate(days)}
    first = [problem.day_slots[day][0] for day in days]
    last = [problem.day_slots[day][-1] + 1 for day in days]
    day = [rank[each] for each in problem.day_of]
    within = [s - first[d] for s, d in enumerate(day)]
    return {"day": _small(day), "within": _small(within), "first": _small(first), "last": _small(last)}


def _travel(problem: Problem) -> dict[str, Any]:
    """Venue by venue and slot by slot what is too near in time; the slot itself belongs to both."""
    count = len(problem.venues)
    starts, ends = np.array(problem.starts), np.array(problem.ends)
    day = np.array(problem.day_of)
    minutes = np.array(problem.travel_minutes, dtype=float).reshape(count, count).copy()
    np.fill_diagonal(minutes, 0.0)
    before = np.zeros((count, count, len(problem.slots)), dtype=np.uint64)
    after = np.zeros_like(before)
    for s in range(len(problem.slots)):
        same = np.flatnonzero(day == day[s])
        for place, other in enumerate(same):
            bit = np.uint64(1 << place)
            if other <= s:
                gap = (starts[s] - ends[other]) / 60
                before[:, :, s] |= np.where((gap < minutes.T) | (other == s), bit, np.uint64(0))
            if other >= s:
                gap = (starts[other] - ends[s]) / 60
                after[:, :, s] |= np.where((minutes > gap) | (other == s), bit, np.uint64(0))
    return {"before": before, "after": after}


def _candidates(problem: Problem, days: Sequence[int]) -> dict[str, Any]:
    prices, told = problem.penalties, problem.told
    alike = [told.get(c, (NOWHERE,))[0] for c in range(len(problem.candidates))]
    alike = [slot if 0 <= slot < len(problem.slots) else NOWHERE for slot in alike]  # days may have gone since it was told
    extra = [prices.drop - prices.move if c in told else 0 for c in range(len(problem.candidates))]
    bound_to_others = [c for c in range(len(problem.candidates)) if problem.before[c] or problem.followers[c]]
    fixed = np.zeros(len(problem.candidates), dtype=np.int32)
    fixed[[*problem.must, *bound_to_others]] = 1
    weights = [candidate.weight for candidate in problem.candidates]
    return {
        "venue": _small(problem.venue_of),
        "pool": _small(NOWHERE if pool is None else pool for pool in problem.pool_of),
        "length": _small(candidate.length for candidate in problem.candidates),
        "weight": np.array(weights, dtype=np.int64),
        "base": np.array(weights, dtype=np.int64) + np.array(extra, dtype=np.int64),
        "stay": np.array([prices.move if c in told else 0 for c in range(len(problem.candidates))], dtype=np.int64),
        "told": _small(alike),
        "fixed": fixed,
        "starts": _by_day([starts_beside_pins(problem, c) for c in range(len(problem.candidates))], problem, days),
    }


def _by_day(masks: Sequence[int], problem: Problem, days: Sequence[int]) -> Masks:
    """Sets of slots of the whole event, cut into masks of each day."""
    slots = len(problem.slots)
    width = -(-slots // 8)
    raw = np.frombuffer(b"".join(mask.to_bytes(width, "little") for mask in masks), dtype=np.uint8).reshape(-1, width)
    bits = np.unpackbits(raw, axis=1, count=slots, bitorder="little")
    found = np.zeros((len(masks), len(days)), dtype=np.uint64)
    for k, day in enumerate(days):
        for place, slot in enumerate(problem.day_slots[day]):
            found[:, k] |= bits[:, slot].astype(np.uint64) << np.uint64(place)
    return found


def _lists(name: str, lists: Sequence[Sequence[int]]) -> dict[str, Any]:
    sizes = np.cumsum([0, *(len(each) for each in lists)])
    flat = [item for each in lists for item in each]
    return {f"{name}_at": sizes.astype(np.int32), name: _small(flat)}


def _people(problem: Problem, days: Sequence[int]) -> dict[str, Any]:
    people = problem.participants
    venues = [{problem.venue_of[c] for c in mine} for mine in problem.candidates_of]
    movers = {who: k for k, who in enumerate(who for who, seen in enumerate(venues) if len(seen) > 1)}
    return {
        "available": _by_day(problem.available_masks, problem, days),
        "capacity": _small(person.capacity for person in people),
        "least": _small(person.min_meetings for person in people),
        "most": _small(UNLIMITED if p.max_meetings is None else p.max_meetings for p in people),
        "most_a_day": _small(UNLIMITED if p.max_per_day is None else p.max_per_day for p in people),
        "compact": _small(int(person.compact) for person in people),
        "mover": _small(movers.get(who, NOWHERE) for who in range(len(people))),
    }


def _pool_room(problem: Problem) -> Small:
    room = np.zeros((max(1, len(problem.pools)), len(problem.slots)), dtype=np.int32)
    for k, pool in enumerate(problem.pools):
        room[k] = [min(UNLIMITED, pool.capacity_in(s)) for s in range(len(problem.slots))]
    return room


def has_linked(problem: Problem) -> bool:
    """Whether there are candidates that compiled code leaves alone, and that are not pinned either."""
    linked = (c for c in range(len(problem.candidates)) if problem.before[c] or problem.followers[c])
    return any(c not in problem.pinned for c in (*problem.must, *linked))


def slots_of(plan: Plan) -> Small:
    """The first slot of each candidate, or −1."""
    slots = np.full(len(plan.problem.candidates), NOWHERE, dtype=np.int32)
    for candidate, slot in plan.slot_of.items():
        slots[candidate] = slot
    return slots
