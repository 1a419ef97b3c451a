"""Whether everything required and pinned can hold together, and what cannot, down to an irreducible set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from matchmaker.scheduling.deadline import Deadline
from matchmaker.scheduling.exact import Limits, Mode, PartAnswer, solve_part
from matchmaker.scheduling.part import build_part
from matchmaker.scheduling.plan import Plan
from matchmaker.scheduling.problem import Problem

SECONDS_PER_TEST = 5.0
WORK_PER_TEST = 2.0


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


def answer_demands(problem: Problem, limits: Limits, seed: int) -> PartAnswer:
    """Meetings in which all demands hold, or the proof that there are none."""
    # Meetings that nobody demands can only be in the way, unless they even out idle periods.
    free = range(len(problem.candidates)) if problem.idle_spread is not None else sorted(problem.must)
    return solve_part(build_part(Plan(problem), free), limits, seed, mode=Mode.FEASIBLE)


def causes_of_conflict(problem: Problem, deadline: Deadline, seed: int) -> tuple[Cause, ...]:
    """Of demands that cannot hold together a set that still cannot; irreducible, if time allows.

    Ever smaller groups of demands are left out; those without which the rest holds are kept.
    """
    core = demands(problem)
    size = max(1, len(core) // 2)
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


def _impossible(problem: Problem, wanted: Sequence[Cause], deadline: Deadline, seed: int) -> bool:
    """Whether it is proven that these demands cannot hold together."""
    seconds = None if deadline.at is None else min(SECONDS_PER_TEST, deadline.seconds_left)
    limits = Limits(seconds=seconds, work=min(WORK_PER_TEST, deadline.work_left))
    answer = answer_demands(_with_demands(problem, wanted), limits, seed)
    deadline.worked += answer.work
    return answer.impossible


def _with_demands(problem: Problem, wanted: Sequence[Cause]) -> Problem:
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
