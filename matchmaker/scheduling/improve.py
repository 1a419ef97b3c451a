"""Large-neighbourhood search: a part of the plan at a time is set free and solved anew by CP-SAT."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from random import Random

from matchmaker.scheduling.deadline import SHORTEST, Deadline
from matchmaker.scheduling.exact import Limits, Mode, PartAnswer, solve_part
from matchmaker.scheduling.neighbourhoods import NEIGHBOURHOODS, Neighbourhood
from matchmaker.scheduling.part import Part, build_part
from matchmaker.scheduling.plan import Plan
from matchmaker.scheduling.polish import refill, tighten

BATCH = 4
SMALLEST, LARGEST = 12, 1500
WORK_PER_STEP = 0.2
LEAST_WORK_OF_A_STEP = 0.01
FORGETTING = 0.8


@dataclass
class Way:
    """One way to search: whom to set free, in which mode, how many at once; and how well that went."""

    neighbourhood: Neighbourhood
    mode: Mode
    size: float
    promise: float = field(default=float("inf"))

    def learn(self, gain: int, work: float, finished: bool) -> None:
        """Remember what a step gained for its work, and fit the size to what can be finished."""
        seen = gain / (work + 0.02)
        fresh = self.promise == float("inf")
        self.promise = seen if fresh else FORGETTING * self.promise + (1 - FORGETTING) * seen
        if finished and work < WORK_PER_STEP / 4:
            self.size = min(LARGEST, self.size * 1.1)
        elif not finished:
            self.size = max(SMALLEST, self.size * 0.8)


def ways_to_search(plan: Plan) -> list[Way]:
    """Large steps that leave idle time out and, where it has a price, small ones that count it."""
    prices = plan.problem.penalties
    ways = [Way(each, Mode.COARSE, 80) for each in NEIGHBOURHOODS]
    if prices.idle_slot or prices.idle_period:
        ways += [Way(each, Mode.SEARCH, 25) for each in NEIGHBOURHOODS]
    return ways


@dataclass(frozen=True)
class Step:
    """One part to solve, and how it came about."""

    way: Way
    free: Sequence[int]
    part: Part
    seed: int


def improve(
    plan: Plan,
    deadline: Deadline,
    seed: int,
    *,
    executor: Executor | None = None,
    weight_needed: int | None = None,
    enough: int | None = None,
    on_better: Callable[[Plan, int], None] = lambda plan, steps: None,
) -> tuple[Plan, int]:
    """The best plan found from this one on, and the steps it took; never a worse one.

    Steps come in batches of fixed size and are merged in a fixed order, so that the answer does not depend
    on how many workers there are. `enough` is a value that cannot be surpassed.
    """
    rng, steps = Random(seed), 0
    plan, ways = plan.copy(), ways_to_search(plan)
    idle = 0
    while not deadline.over and (enough is None or plan.value() < enough) and plan.problem.candidates:
        batch = [_next_step(plan, rng, ways, weight_needed) for _ in range(BATCH)]
        gained = False
        for step, answer in zip(batch, _solved(batch, deadline, executor), strict=False):
            deadline.worked += max(answer.work, LEAST_WORK_OF_A_STEP)
            gain = _merge(plan, step, answer, weight_needed)
            step.way.learn(gain, answer.work, answer.finished)
            gained = gained or gain > 0
            steps += 1
        idle = 0 if gained else idle + 1
        if gained:
            on_better(plan, steps)
        elif deadline.at is None and deadline.work is None and idle > 50:
            break
    return plan, steps


def _next_step(plan: Plan, rng: Random, ways: Sequence[Way], weight_needed: int | None) -> Step:
    """A step in a way drawn by promise; one in four in any way, so that none is forgotten."""
    fresh = [way for way in ways if way.promise == float("inf")]
    if fresh or rng.random() < 0.25:
        way = rng.choice(fresh or ways)
    else:
        way = rng.choices(ways, weights=[1e-6 + way.promise for way in ways])[0]
    free = way.neighbourhood(plan, rng, int(way.size))
    part = build_part(plan, free, weight_needed=weight_needed)
    return Step(way, free, part, rng.randrange(2**31))


def _solved(batch: Sequence[Step], deadline: Deadline, executor: Executor | None) -> Sequence[PartAnswer]:
    """The answers in the order of the batch; without an executor one after the other."""
    work = min(WORK_PER_STEP, max(1e-3, deadline.work_left))
    tasks = [(step.part, step.way.mode, work, deadline.at, step.seed) for step in batch]
    if executor is None:
        return [solve_step(*task) for task in tasks]
    return [future.result() for future in [executor.submit(solve_step, *task) for task in tasks]]


def solve_step(part: Part, mode: Mode, work: float, end: float | None, seed: int) -> PartAnswer:
    """Solve a part until the counted work is done or the clock shows the end; runs in any process."""
    left = None if end is None else end - time.time()
    if left is not None and left <= SHORTEST:
        return PartAnswer(None, None, None, False, 0.0)
    return solve_part(part, Limits(seconds=left, work=work), seed, mode=mode)


def _merge(plan: Plan, step: Step, answer: PartAnswer, weight_needed: int | None) -> int:
    """Put the answer into the plan if all of it still fits and the whole gains; tells the gain."""
    slots = answer.slots
    now = {c: plan.slot_of[c] for c in step.free if c in plan.slot_of}
    if slots is None or slots == now:
        return 0
    before = plan.value()
    old = dict(plan.slot_of)
    for c in now:
        plan.take_out(c)
    fits = _all_placed(plan, slots)
    if fits:
        tighten(plan, step.free)
        refill(plan, step.free)
    gain = plan.value() - before
    heavy = weight_needed is None or plan.weight() >= weight_needed
    if fits and gain > 0 and heavy and plan.holds_all_it_must() and plan.keeps_idle_even():
        return gain
    _put_back(plan, step.free, old)
    return 0


def _all_placed(plan: Plan, slots: dict[int, int]) -> bool:
    """Place all of these, in order of time; tells whether each was open."""
    for c, slot in sorted(slots.items(), key=lambda pair: (pair[1], pair[0])):
        if not plan.open_starts(c) >> slot & 1:
            return False
        plan.place(c, slot)
    return True


def _put_back(plan: Plan, free: Sequence[int], old: dict[int, int]) -> None:
    for c in free:
        if c in plan.slot_of:
            plan.take_out(c)
    for c in free:
        if c in old:
            plan.place(c, old[c])
