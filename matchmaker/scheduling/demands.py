"""What has to hold in a schedule: pins and required meetings; and whether some of them can hold together.

Lists and whole numbers alone: what is told about a contradiction can be doubted without the solver that found it.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from matchmaker.scheduling.bits import slots_in
from matchmaker.scheduling.check import violations
from matchmaker.scheduling.plan import Plan, starts_beside_pins
from matchmaker.scheduling.problem import Problem
from matchmaker.scheduling.schedule import Placement

MOST_TRIES = 50_000
MOST_SECONDS = 5.0


class CauseKind(StrEnum):
    REQUIRED = "required"
    PINNED = "pinned"


@dataclass(frozen=True)
class Cause:
    """One demand of a set that cannot hold together."""

    kind: CauseKind
    candidate: str
    slot: int | None = None

    def __str__(self) -> str:
        where = "" if self.slot is None else f" in slot {self.slot}"
        return f"{self.kind.value} {self.candidate}{where}"


def demands(problem: Problem) -> list[Cause]:
    """All that has to hold: pins, then required candidates."""
    pins = [Cause(CauseKind.PINNED, each.candidate, each.slot) for each in problem.booked if each.pinned]
    required = [Cause(CauseKind.REQUIRED, each.id) for each in problem.candidates if each.required]
    return pins + required


def with_demands(problem: Problem, wanted: Sequence[Cause]) -> Problem:
    """The problem with these demands only, and without candidates that no demand could bring in."""
    pins = {(cause.candidate, cause.slot) for cause in wanted if cause.kind is CauseKind.PINNED}
    required = {cause.candidate for cause in wanted if cause.kind is CauseKind.REQUIRED}
    kept = range(len(problem.candidates)) if problem.idle_spread is not None else sorted(problem.must)
    chosen = (problem.candidates[c] for c in kept)
    return replace(
        problem,
        candidates=tuple(replace(each, required=each.id in required) for each in chosen),
        booked=tuple(b for b in problem.booked if b.pinned and (b.candidate, b.slot) in pins),
    )


def are_refuted(problem: Problem, causes: Sequence[str]) -> bool:
    """Whether what is named as the causes of a contradiction is none: no demands of the problem, or such as can hold."""
    known = {str(demand): demand for demand in demands(problem)}
    if not known.keys() >= set(causes):
        return True
    return hold_together(problem, [known[cause] for cause in causes], most_seconds=MOST_SECONDS) is not None


def clash_of_pins(problem: Problem) -> tuple[Cause, ...]:
    """Of pins that break a rule where they stand, some that still do and of which none can be left out; none where all stand.

    Ever smaller groups are left out as long as the rest still breaks one.
    """
    core = [each for each in demands(problem) if each.kind is CauseKind.PINNED]
    if not _break_a_rule(problem, core):
        return ()
    size = max(1, len(core) // 2)
    while True:
        at = 0
        while at < len(core):
            rest = core[:at] + core[at + size :]
            if _break_a_rule(problem, rest):
                core = rest
            else:
                at += size
        if size == 1:
            return tuple(core)
        size //= 2


def _break_a_rule(problem: Problem, pins: Sequence[Cause]) -> bool:
    alone = with_demands(replace(problem, idle_spread=None), pins)
    return bool(violations(alone, [Placement(each.candidate, each.slot) for each in pins if each.slot is not None]))


def hold_together(
    problem: Problem, wanted: Sequence[Cause], *, most_tries: int = MOST_TRIES, most_seconds: float = float("inf")
) -> tuple[Placement, ...] | None:
    """Meetings in which these demands hold, found by backtracking; none where there are none, or none found in so many tries."""
    return _Backtracking(without_others(with_demands(problem, wanted)), most_tries, most_seconds).found()


def without_others(problem: Problem) -> Problem:
    """The problem with those candidates only that have to be held."""
    return replace(problem, candidates=tuple(problem.candidates[c] for c in sorted(problem.must)))


class _Backtracking:
    """Place what has to be held, one after the other: what comes before first, then what has the least choice."""

    def __init__(self, problem: Problem, most_tries: int, most_seconds: float) -> None:
        self._problem = problem
        self._plan = Plan(problem)
        depth = _depths(problem)
        self._order = sorted(problem.must, key=lambda c: (depth[c], starts_beside_pins(problem, c).bit_count(), c))
        self._tries_left = most_tries
        self._end = time.monotonic() + most_seconds

    def found(self) -> tuple[Placement, ...] | None:
        """The first schedule in which everything is placed and the checker accepts it."""
        choices: list[list[int]] = []
        while self._tries_left > 0 and time.monotonic() < self._end:
            if len(choices) == len(self._order):
                meetings = self._plan.meetings()
                if not violations(self._problem, meetings):
                    return meetings
            else:
                candidate = self._order[len(choices)]
                choices.append(sorted(slots_in(self._plan.open_starts(candidate)), reverse=True))
            if not self._step(choices):
                return None
        return None

    def _step(self, choices: list[list[int]]) -> bool:
        """Place the last one in its next slot; where it has none, go back to one that has. Tells whether there was one."""
        while choices:
            candidate = self._order[len(choices) - 1]
            if candidate in self._plan.slot_of:
                self._plan.take_out(candidate)
            self._tries_left -= 1
            if choices[-1]:
                self._plan.place(candidate, choices[-1].pop())
                return True
            choices.pop()
        return False


def _depths(problem: Problem) -> list[int]:
    """For each candidate how long the longest row of meetings before it is; those in a circle and behind it are all as deep."""
    depths, waits = [0] * len(problem.candidates), [len(set(before)) for before in problem.before]
    ready = deque(c for c, count in enumerate(waits) if not count)
    while ready:
        earlier = ready.popleft()
        for later in dict.fromkeys(problem.followers[earlier]):
            depths[later] = max(depths[later], depths[earlier] + 1)
            waits[later] -= 1
            if not waits[later]:
                ready.append(later)
    return depths
