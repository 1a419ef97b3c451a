"""Why a meeting is not in a schedule, and the one change with which it could be, proven by a schedule that has it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from itertools import groupby

from matchmaker.scheduling.changes import NOTHING, Change, changed, kept_free
from matchmaker.scheduling.check import value, violations
from matchmaker.scheduling.deadline import Deadline
from matchmaker.scheduling.exchange import Exchange, opened
from matchmaker.scheduling.plan import plan_of
from matchmaker.scheduling.problem import Problem
from matchmaker.scheduling.prospects import Prospects
from matchmaker.scheduling.reasons import ScheduleIndex, Unmet
from matchmaker.scheduling.schedule import Placement, placements
from matchmaker.scheduling.surviving import survivor_of

MOST_MOVES = 3
ROUNDS = ((0, 1), (1, 80), (MOST_MOVES, 300))
"""How many others may move, and the steps of the search with that: first none, then one, then all three."""
STEPS_IN_ALL = 1500
CHUNK = 250


@dataclass(frozen=True)
class WhyNot:
    """Why a candidate is not booked, and what would have brought it in.

    With `change` there is a feasible schedule of the changed problem that has the candidate in `slot`, holds all the
    others, `moved` of them elsewhere, and is worth `gain` more than the one asked about, never less. `Easing.NOTHING`
    says that this is so for the problem as it is. Without a change nothing is proven, neither way; `looked` tells
    whether one was looked for.
    """

    candidate: str
    reason: Unmet
    change: Change | None = None
    slot: int | None = None
    moved: tuple[Placement, ...] = ()
    gain: int = 0
    looked: bool = True


def explain(
    problem: Problem,
    meetings: Iterable[Placement],
    wanted: Sequence[str],
    *,
    executor: Executor | None = None,
    seconds: float | None = None,
) -> list[WhyNot]:
    """Why each of these candidates is not booked, in their order, and the cheapest change that is proven for it.

    The answers are the same with any executor. A limit of seconds leaves those without a change that time did not reach.
    Raises ValueError for a candidate that is booked. Nothing is claimed about a schedule that breaks a rule itself.
    """
    meetings = tuple(meetings)
    chunks = [tuple(wanted[at : at + CHUNK]) for at in range(0, len(wanted), CHUNK)]
    deadline = Deadline(None if seconds is None else time.time() + seconds)
    if violations(problem, meetings):
        index = ScheduleIndex(problem, meetings)
        return [WhyNot(name, index.unmet_reason(name), looked=False) for name in wanted]
    if executor is None or len(chunks) < 2:
        bench = _Bench(problem, meetings)
        return [bench.why_not(name, looks=not deadline.over) for name in wanted]
    plain = replace(problem)  # without the look-ups, which the worker makes for itself
    workers = survivor_of(executor)
    tasks = [workers.submit(_explain_chunk, plain, meetings, chunk, deadline) for chunk in chunks]
    return [each for task in tasks for each in task.result()]


def _explain_chunk(problem: Problem, meetings: tuple[Placement, ...], names: Sequence[str], deadline: Deadline) -> list[WhyNot]:
    bench = _Bench(problem, meetings)
    return [bench.why_not(name, looks=not deadline.over) for name in names]


class _Bench:
    """A feasible schedule opened for trials, each undone before the next."""

    def __init__(self, problem: Problem, meetings: tuple[Placement, ...]) -> None:
        self.problem = problem
        self.index = ScheduleIndex(problem, meetings)
        self.exchange = Exchange(plan_of(problem, meetings))
        self.before = dict(self.exchange.plan.slot_of)
        self.prospects = Prospects(problem, self.exchange.plan)
        self.decides_locally = problem.idle_spread is None and not any(problem.before)

    def why_not(self, name: str, *, looks: bool) -> WhyNot:
        """The reason, and the cheapest change where it is looked for."""
        plain = WhyNot(name, self.index.unmet_reason(name), looked=looks)
        return (self._cheapest(plain, self.problem.candidate_index[name]) if looks else None) or plain

    def _cheapest(self, plain: WhyNot, candidate: int) -> WhyNot | None:
        """The first change that is proven: by kind the cheapest first, within a kind with the fewest moves."""
        left = STEPS_IN_ALL
        for _, group in groupby(self.prospects.of(candidate), key=lambda change: change.kind):
            changes = list(group)
            for moves, steps in ROUNDS:
                for change in changes:
                    if left <= 0:
                        return None
                    found, spent = self._try(plain, candidate, change, (moves, min(steps, left)))
                    left -= spent
                    if found is not None:
                        return found
        return None

    def _try(self, plain: WhyNot, candidate: int, change: Change, limits: tuple[int, int]) -> tuple[WhyNot | None, int]:
        """One change within so many moves and steps: what it proves, and the steps that were taken."""
        exchange, answer = self.exchange, None
        with opened(exchange.plan, change):
            if exchange.force(candidate, *limits):
                answer = self._proven(plain, candidate, change)
                self._restore()
        return answer, limits[1] - exchange.steps_left

    def _restore(self) -> None:
        """Put back what the last trial moved."""
        plan = self.exchange.plan
        now = [c for c in self.exchange.touched if self.before.get(c) != plan.slot_of.get(c)]
        for c in now:
            self.exchange.take_out(c)
        for c in now:
            if c in self.before:
                self.exchange.place(c, self.before[c])

    # The proof.

    def _proven(self, plain: WhyNot, candidate: int, change: Change) -> WhyNot | None:
        """The claim as the checker accepts it; where it holds without the change too, that is what is said."""
        plan, before = self.exchange.plan, self.before
        moved = sorted(c for c in self.exchange.touched if c in before and plan.slot_of[c] != before[c])
        after = {c: plan.slot_of[c] for c in (candidate, *moved)}
        for claimed in dict.fromkeys((NOTHING, change)):
            gain = self._gain_as_checked(claimed, after)
            if gain is not None and gain >= 0:
                names = {self.problem.candidates[c].id: after[c] for c in moved}
                return replace(plain, change=claimed, slot=after[candidate], moved=placements(names), gain=gain)
        return None

    def _gain_as_checked(self, change: Change, after: dict[int, int]) -> int | None:
        """What the schedule with these placements is worth more in the changed problem; None where it breaks a rule."""
        plan = self.exchange.plan
        kept = _around(self.exchange, self.before, after) if self.decides_locally else None
        part = self.problem if kept is None else part_of(self.problem, kept)
        held = plan.slot_of if kept is None else {c: plan.slot_of[c] for c in kept}
        told = self.before if kept is None else {c: self.before[c] for c in kept if c in self.before}
        return gain_as_checked(self.problem, part, change, told, held)


def gain_as_checked(problem: Problem, part: Problem, change: Change, before: dict[int, int], after: dict[int, int]) -> int | None:
    """What `after` is worth in the changed part more than `before` is in the part; None where it breaks a rule there.

    Slots by candidate position in the whole problem.
    """
    now = (*_named(problem, after), *kept_free(part, change))
    then = changed(part, change)
    if violations(then, now):
        return None
    return value(then, now) - value(part, _named(problem, before))


def part_of(problem: Problem, kept: Iterable[int]) -> Problem:
    """The problem with these candidates only, and only their participants."""
    candidates = tuple(problem.candidates[c] for c in sorted(kept))
    names = {each.id for each in candidates}
    people = sorted({who for c in kept for who in problem.parties_of[c]})
    return replace(
        problem,
        participants=tuple(problem.participants[who] for who in people),
        candidates=candidates,
        booked=tuple(each for each in problem.booked if each.candidate in names),
    )


def _around(exchange: Exchange, before: dict[int, int], after: dict[int, int]) -> set[int]:
    """The booked candidates that decide whether a feasible schedule stays so when these are placed anew.

    Every rule speaks of one candidate, of one participant, of the holders of a venue or pool in one slot, of the order
    of two candidates, or of the idle time of all. The last two are asked of the whole schedule. The others can only be
    broken where a candidate changed its place: at its participants, whose meetings are all kept; and at its venue and
    pool in the slots it takes now, whose holders are all kept. Everything else is as it was in a feasible schedule of a
    problem that allowed no more, and participants of whom only some meetings are kept have the same ones before and
    after, so that their terms cancel in the difference of the values.
    """
    plan, problem, kept = exchange.plan, exchange.plan.problem, set(after)
    for c, slot in after.items():
        venue, pool = problem.venue_of[c], problem.pool_of[c]
        for who in problem.parties_of[c]:
            kept |= set(plan.meetings_of[who])
        for s in problem.covered(c, slot):
            kept |= exchange.at_venue[venue][s]
            if pool is not None:
                kept |= exchange.at_pool[pool][s]
    return kept


def _named(problem: Problem, slots: dict[int, int]) -> tuple[Placement, ...]:
    return placements({problem.candidates[c].id: slot for c, slot in slots.items()})
