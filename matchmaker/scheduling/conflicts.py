"""Whether everything required and pinned can hold together, and what cannot, down to an irreducible set."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from matchmaker.scheduling.bits import mask_of, slots_in
from matchmaker.scheduling.deadline import Deadline
from matchmaker.scheduling.demands import Cause, CauseKind, demands, with_demands, without_others
from matchmaker.scheduling.exact import Limits, Mode, PartAnswer, solve_part
from matchmaker.scheduling.part import build_part
from matchmaker.scheduling.plan import Plan
from matchmaker.scheduling.problem import Problem

SECONDS_PER_TEST = 5.0
WORK_PER_TEST = 2.0
SHARE_PER_TEST = 0.1


def answer_demands(problem: Problem, limits: Limits, seed: int) -> PartAnswer:
    """Meetings in which all demands hold, or the proof that there are none."""
    # Meetings that nobody demands can only be in the way, unless they even out idle periods.
    free = range(len(problem.candidates)) if problem.idle_spread is not None else sorted(problem.must)
    return solve_part(build_part(Plan(problem), free), limits, seed, mode=Mode.FEASIBLE)


def causes_of_conflict(problem: Problem, deadline: Deadline, seed: int) -> tuple[Cause, ...]:
    """Of demands that cannot hold together a set that still cannot; irreducible, if time allows.

    It begins with the smallest crowd, more meetings than someone, a venue or a pool has room for, if there is one.
    Then ever smaller groups of demands are left out; those without which the rest holds are kept.
    """
    core = demands(problem)
    crowd = min(_crowds(problem, core), key=len, default=None)
    core = core if crowd is None else crowd
    size = max(1, len(core) // 2) if crowd is None else 1
    while True:
        at = 0
        while at < len(core) and not deadline.over:
            rest = core[:at] + core[at + size :]
            if _impossible(problem, rest, deadline, seed):
                core = rest
            else:
                at += size
        if size == 1 or deadline.over:
            return tuple(core)
        size //= 2


def _crowds(problem: Problem, wanted: Sequence[Cause]) -> Iterator[list[Cause]]:
    """Demands that have less room between them than they take: with someone, within a limit, at a venue, or in a pool."""
    masks = {cause: _reach(problem, cause) for cause in wanted}
    at_people: dict[int, list[Cause]] = defaultdict(list)
    at_venues: dict[int, list[Cause]] = defaultdict(list)
    in_pools: dict[int, list[Cause]] = defaultdict(list)
    for cause in wanted:
        candidate = problem.candidate_index[cause.candidate]
        at_venues[problem.venue_of[candidate]].append(cause)
        pool = problem.pool_of[candidate]
        if pool is not None:
            in_pools[pool].append(cause)
        for who in dict.fromkeys(problem.parties_of[candidate]):
            at_people[who].append(cause)
    for who, mine in at_people.items():
        yield from _too_many(problem, mine, masks, [problem.participants[who].capacity] * len(problem.slots))
        yield from _beyond_limits(problem, who, _once(mine), masks)
    for venue, here in at_venues.items():
        tables = problem.venues[venue].tables
        if tables is not None:
            yield from _too_many(problem, here, masks, [tables] * len(problem.slots))
    for pool, served in in_pools.items():
        yield from _too_many(problem, served, masks, [problem.pools[pool].capacity_in(s) for s in range(len(problem.slots))])


def _reach(problem: Problem, cause: Cause) -> int:
    """The slots that a demand could take."""
    candidate = problem.candidate_index[cause.candidate]
    starts = problem.start_masks[candidate]
    if cause.slot is not None:
        starts &= 1 << cause.slot
    return mask_of(s for first in slots_in(starts) for s in problem.covered(candidate, first))


def _too_many(problem: Problem, mine: Sequence[Cause], masks: dict[Cause, int], room: Sequence[int]) -> Iterator[list[Cause]]:
    lengths = {each: problem.candidates[problem.candidate_index[each.candidate]].length for each in mine}
    once = _once(mine)
    every = 0
    for each in once:
        every |= masks[each]
    for where in dict.fromkeys([masks[each] for each in once] + [every]):
        inside = sorted((each for each in once if not masks[each] & ~where), key=lambda each: -lengths[each])
        taken, left = 0, sum(room[s] for s in slots_in(where))
        for k, each in enumerate(inside, 1):
            taken += lengths[each]
            if taken > left:
                yield inside[:k]
                break


def _once(mine: Sequence[Cause]) -> list[Cause]:
    """One demand for each candidate: where it is pinned as well as required the pin, which says more."""
    found: dict[str, Cause] = {}
    for each in mine:
        if each.candidate not in found or each.kind is CauseKind.PINNED:
            found[each.candidate] = each
    return list(found.values())


def _beyond_limits(problem: Problem, who: int, mine: Sequence[Cause], masks: dict[Cause, int]) -> Iterator[list[Cause]]:
    """Demands of someone that are more than its limits allow, in all or on a day that they cannot leave."""
    person = problem.participants[who]
    if person.max_meetings is not None and len(mine) > person.max_meetings:
        yield list(mine[: person.max_meetings + 1])
    if person.max_per_day is not None:
        for day in problem.day_masks.values():
            inside = [each for each in mine if not masks[each] & ~day]
            if len(inside) > person.max_per_day:
                yield inside[: person.max_per_day + 1]


def _impossible(problem: Problem, wanted: Sequence[Cause], deadline: Deadline, seed: int) -> bool:
    """Whether it is proven that these demands cannot hold together.

    Two cheap answers come first: without all other candidates they can, or they cannot even where idle periods
    need not be even.
    """
    if problem.idle_spread is not None:
        alone = without_others(with_demands(problem, wanted))
        if _answer(alone, deadline, seed).slots is not None:
            return False
        if _answer(replace(alone, idle_spread=None), deadline, seed).impossible:
            return True
    return _answer(with_demands(problem, wanted), deadline, seed).impossible


def _answer(problem: Problem, deadline: Deadline, seed: int) -> PartAnswer:
    seconds = None if deadline.at is None else min(SECONDS_PER_TEST, SHARE_PER_TEST * deadline.seconds_left)
    limits = Limits(seconds=seconds, work=min(WORK_PER_TEST, SHARE_PER_TEST * deadline.work_left))
    answer = answer_demands(problem, limits, seed)
    deadline.worked += answer.work
    return answer
