"""Small and medium problems proven: slices of several solves that share what each finds, merged in a fixed order.

Core-guided search and probes at the bound prove, neighbourhood search finds schedules. Each slice is a solve of one
worker under a limit of counted work that doubles from round to round, so that the same seed and deterministic limit
give the same answer with any executor.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field

from matchmaker.scheduling.check import violations
from matchmaker.scheduling.deadline import Deadline
from matchmaker.scheduling.exact import Limits, Mode, PartAnswer, solve_part
from matchmaker.scheduling.part import Part, build_part
from matchmaker.scheduling.periods import can_be_outlined, solve_outline
from matchmaker.scheduling.plan import Plan
from matchmaker.scheduling.problem import Problem
from matchmaker.scheduling.surviving import survivor_of

SMALL = 6_000
SMALL_WHERE_ALL_ARE_HELD = 20_000
FIRST_SLICE = 0.5
GROWTH = 2.0
SHARE_OF_NEAR = 0.4
SEED_STEP = 7919
MOST_STEPS = 6


@dataclass(frozen=True)
class Proof:
    """What is known of the whole problem: first slots by candidate (none found: none), their value, and the bound."""

    slots: dict[int, int] | None
    value: int | None
    bound: int | None
    impossible: bool
    finished: bool
    work: float


@dataclass(frozen=True)
class Slice:
    """One solve of one worker: what it is after, and when it has to end (by time.time(), and by counted work)."""

    part: Part
    mode: Mode
    seed: int
    work: float
    until: float | None
    at_least: int | None = None
    step: int = 1

    def run(self) -> PartAnswer:
        """What it finds. A probe that fails tries again one step lower, as long as its work lasts."""
        if self.mode is Mode.OUTLINE:
            return solve_outline(self.part, self._limits(self.work), self.seed)
        if self.mode is not Mode.PROBE or self.at_least is None:
            return self._solve(self.at_least, self.work)
        target, worked = self.at_least, 0.0
        while True:
            answer = self._solve(target, self.work - worked)
            worked += answer.work
            if not answer.impossible or worked >= self.work or target < self.at_least - MOST_STEPS * self.step:
                break
            target -= self.step
        bound = target - self.step if answer.impossible else target
        return PartAnswer(answer.slots, None, bound, False, worked)

    def _solve(self, at_least: int | None, work: float) -> PartAnswer:
        return solve_part(self.part, self._limits(work), self.seed, mode=self.mode, at_least=at_least)

    def _limits(self, work: float) -> Limits:
        return Limits(None if self.until is None else self.until - time.time(), work)


def worth_proving(problem: Problem) -> bool:
    """Whether the problem is small enough to be solved as a whole; larger ones where all candidates are to be held."""
    size = sum(mask.bit_count() for mask in problem.start_masks)
    return size <= (SMALL_WHERE_ALL_ARE_HELD if _all_are_held(problem) else SMALL)


def prove(
    problem: Problem,
    plan: Plan | None,
    deadline: Deadline,
    seed: int,
    *,
    executor: Executor | None = None,
    bound: int | None = None,
    on_better: Callable[[dict[int, int], int], None] | None = None,
) -> Proof:
    """The best schedule of a whole problem and the proof of it, as far as the deadline allows.

    `plan` is a feasible plan to begin with, if there is one, `bound` what is already proven of the objective.
    The deadline's work is counted on. `on_better` is told first slots by candidate, and their value. Of two slices
    beside each other the second counts only where the first did not end the proof, with or without an executor.
    """
    return _Proving(problem, plan, deadline, seed, survivor_of(executor), bound, on_better).proof()


@dataclass
class _Proving:
    """One proof: what is known so far."""

    problem: Problem
    plan: Plan | None
    deadline: Deadline
    seed: int
    executor: Executor | None
    bound: int | None
    on_better: Callable[[dict[int, int], int], None] | None
    impossible: bool = False
    finished: bool = False
    worked: float = 0.0
    value: int | None = field(init=False)

    def __post_init__(self) -> None:
        self.value = None if self.plan is None else self.plan.value()
        part = self._part()
        outside = sum(p.min_meetings for who, p in enumerate(self.problem.participants) if who not in part.rooms)
        self.offset = -self.problem.price_of_dropping_all - self.problem.penalties.shortfall * outside
        self.step = _step(part)
        self.most = self.offset + _most(part)
        self._learn_bound(self.most)

    def proof(self) -> Proof:
        work, number = FIRST_SLICE, 0
        while not self._ended():
            for modes in self._batches(first=number == 0):
                if self._ended():
                    break
                slices = [self._slice(mode, number + k, work) for k, mode in enumerate(modes)]
                for one, answer in zip(slices, self._answers(slices), strict=False):
                    self.worked += answer.work
                    self.deadline.worked += answer.work
                    self._learn(one, answer)
                    if self._ended():
                        break
                number += len(modes)
            work *= GROWTH
        slots = None if self.plan is None else dict(self.plan.slot_of)
        return Proof(slots, self.value, None if self.impossible else self.bound, self.impossible, self.finished, self.worked)

    def _batches(self, *, first: bool) -> tuple[tuple[Mode, Mode], ...]:
        """What runs beside each other in a round: always one that proves and one that finds."""
        finding = Mode.FEASIBLE if self.plan is None else Mode.NEAR
        if self.step > 0 and first and can_be_outlined(self._part()):
            return (Mode.OUTLINE, finding), (Mode.PROBE, Mode.CORE)
        if self.step > 0:
            return (Mode.PROBE, finding), (Mode.PROBE, Mode.CORE)
        return ((Mode.CORE, Mode.SEARCH if self.plan is not None else Mode.FEASIBLE),)

    def _ended(self) -> bool:
        self.finished = self.impossible or (self.value is not None and self.bound is not None and self.value >= self.bound)
        return self.finished or self.deadline.over

    # Slices.

    def _part(self) -> Part:
        return build_part(self.plan or Plan(self.problem), range(len(self.problem.candidates)))

    def _slice(self, mode: Mode, number: int, work: float) -> Slice:
        at_least = None
        if mode is Mode.PROBE and self.bound is not None:
            at_least = self.bound - self.offset
        elif mode is Mode.CORE and self.value is not None:
            at_least = self.value - self.offset + 1
        left = min(work * (SHARE_OF_NEAR if mode is Mode.NEAR else 1), self.deadline.work_left)
        return Slice(self._part(), mode, self.seed + SEED_STEP * number, left, self.deadline.at, at_least, max(1, self.step))

    def _answers(self, slices: Sequence[Slice]) -> Iterator[PartAnswer]:
        if self.executor is None:
            yield from (one.run() for one in slices)
            return
        futures = [self.executor.submit(Slice.run, one) for one in slices]
        try:
            for future in futures:
                yield future.result()
        finally:
            for future in futures:
                future.cancel()

    # What is learnt.

    def _learn(self, one: Slice, answer: PartAnswer) -> None:
        if answer.slots is not None:
            self._keep(answer.slots)
        if answer.impossible and one.at_least is None:
            self.impossible = True
        elif answer.impossible and one.at_least is not None:
            self._learn_bound(self.offset + one.at_least - 1)
        elif answer.bound is not None:
            self._learn_bound(self.offset + answer.bound)

    def _learn_bound(self, bound: int) -> None:
        """Where objectives differ by whole steps from the highest, a bound between two of them is the lower one."""
        if self.step > 0:
            bound = self.most - self.step * max(0, -((bound - self.most) // self.step))
        self.bound = bound if self.bound is None else min(self.bound, bound)

    def _keep(self, slots: dict[int, int]) -> None:
        plan = Plan(self.problem)
        for candidate, slot in sorted(slots.items()):
            plan.place(candidate, slot)
        value = plan.value()
        if (self.value is None or value > self.value) and not violations(self.problem, plan.meetings()):
            self.plan, self.value = plan, value
            if self.on_better is not None:
                self.on_better(dict(plan.slot_of), value)


def _all_are_held(problem: Problem) -> bool:
    return len(problem.must) == len(problem.candidates)


def _only_idle_time_counts(part: Part) -> bool:
    """Whether all is held and worth the same wherever it is."""
    return len(part.needed) == len(part.choices) and all(len(set(choice.worth.values())) <= 1 for choice in part.choices)


def _step(part: Part) -> int:
    """By how much objectives differ at least, where idle time alone makes the difference; otherwise 0."""
    prices = part.penalties
    return math.gcd(prices.idle_slot, prices.idle_period) if _only_idle_time_counts(part) else 0


def _most(part: Part) -> int:
    """What the part is worth at most: each choice where it gains most, and the shortfall of those with too few choices.

    Where idle time alone makes a difference it is what a schedule without any is worth.
    """
    total = 0
    for choice in part.choices:
        best = max(choice.worth.values(), default=0)
        total += best if choice.candidate in part.needed else max(0, best)
    choices = Counter(who for choice in part.choices for who in choice.parties)
    short = sum(max(0, room.missing - choices[who]) for who, room in part.rooms.items())
    return total - part.penalties.shortfall * short
