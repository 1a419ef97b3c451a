"""What one more table, interpreter or half-day would bring a whole night: counted in a schedule that has the meetings."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from matchmaker.scheduling.changes import CHEAPEST_FIRST, Change, Easing, changed, kept_free
from matchmaker.scheduling.check import value, violations
from matchmaker.scheduling.deadline import Deadline
from matchmaker.scheduling.exchange import Exchange, opened
from matchmaker.scheduling.greedy import by_weight
from matchmaker.scheduling.plan import plan_of
from matchmaker.scheduling.problem import Problem
from matchmaker.scheduling.prospects import Prospects
from matchmaker.scheduling.schedule import Placement

SHARED = (Easing.TABLE, Easing.INTERPRETER, Easing.HOST_HALF_DAY)
"""What an organiser or a host can add; limits and half-days of investors are their own."""
MOVES, STEPS = 2, 40
MOST_TRIED = 60
RANKING_SHARE = 0.4


@dataclass(frozen=True)
class Gain:
    """One change and a schedule that shows what it brings: all meetings of the old one, and these more.

    `meetings` is feasible for the changed problem (with `kept_free` beside it) and worth `value` more than the schedule
    asked about; `more` are the candidates in it that the same effort did not bring in without the change.
    """

    change: Change
    more: tuple[str, ...]
    meetings: tuple[Placement, ...]
    value: int


def best_changes(problem: Problem, meetings: Iterable[Placement], *, seconds: float, most: int = 5) -> list[Gain]:
    """The changes that bring in the most meetings, of those that were tried in time: for each thing its best half-day.

    First everything is put in that fits as it is, so that no change is praised for that. The changes that open a slot
    for the most candidates are then tried one by one: every candidate of the venue, pool or host that is left out is
    forced in, while at most two others move and nothing is lost in value, and the schedule is checked. Nothing is told
    of a schedule that breaks a rule.
    """
    meetings, deadline = tuple(meetings), Deadline(time.time() + seconds)
    if violations(problem, meetings):
        return []
    search = _Search(problem, meetings, deadline)
    ranked = search.ranked(Deadline(time.time() + RANKING_SHARE * deadline.seconds_left))
    found = [gain for change in ranked[:MOST_TRIED] if not deadline.over and (gain := search.gain_of(change)) and gain.more]
    found.sort(key=lambda gain: (-len(gain.more), CHEAPEST_FIRST[gain.change.kind], -gain.value))
    best = {(gain.change.kind, gain.change.who): gain for gain in reversed(found)}
    return [gain for gain in found if best[gain.change.kind, gain.change.who] is gain][:most]


class _Search:
    """The plan with all in it that fits, and the trials from there."""

    def __init__(self, problem: Problem, meetings: tuple[Placement, ...], deadline: Deadline) -> None:
        self.problem = problem
        self.deadline = deadline
        self.order = by_weight(problem)
        self.old = value(problem, meetings)
        self.exchange = Exchange(plan_of(problem, meetings))
        self._fill(self.order)
        self.base = dict(self.exchange.plan.slot_of)
        self.left = [c for c in self.order if c not in self.base]

    def _fill(self, candidates: Sequence[int]) -> None:
        """Force in what can be, in their order: first what needs no moves, then the rest."""
        for moves in (0, MOVES):
            for c in candidates:
                if c not in self.exchange.plan.slot_of and not self.deadline.over:
                    self.exchange.force(c, moves, STEPS if moves else 1)

    def ranked(self, deadline: Deadline) -> list[Change]:
        """The changes by how many candidates they open a slot for, most first."""
        plan, prospects = self.exchange.plan, Prospects(self.problem, self.exchange.plan)
        helped: Counter[Change] = Counter()
        for c in self.left:
            if deadline.over:
                break
            for change in prospects.of(c):
                if change.kind in SHARED:
                    with opened(plan, change):
                        helped[change] += bool(plan.open_starts(c))
        rank = {
            change: (-count, CHEAPEST_FIRST[change.kind], change.who, change.slots) for change, count in helped.items() if count
        }
        return sorted(rank, key=lambda change: rank[change])

    def gain_of(self, change: Change) -> Gain | None:
        """What the change brings, as the checker accepts it; afterwards the plan is as it was."""
        plan = self.exchange.plan
        with opened(plan, change):
            self._fill([c for c in self.left if self._concerns(change, c)])
            meetings = plan.meetings()
            more = tuple(self.problem.candidates[c].id for c in self.left if c in plan.slot_of)
            self._restore()
        then, now = changed(self.problem, change), (*meetings, *kept_free(self.problem, change))
        gained = value(then, now) - self.old
        return None if violations(then, now) or gained < 0 else Gain(change, more, meetings, gained)

    def _concerns(self, change: Change, c: int) -> bool:
        candidate = self.problem.candidates[c]
        return change.who in (candidate.venue, candidate.pool, *candidate.participants)

    def _restore(self) -> None:
        plan = self.exchange.plan
        moved = [c for c, slot in plan.slot_of.items() if self.base.get(c) != slot]
        for c in moved:
            self.exchange.take_out(c)
        for c in moved:
            if c in self.base:
                self.exchange.place(c, self.base[c])
