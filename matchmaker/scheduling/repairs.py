"""The cheapest ways out of a conflict of pins and required meetings, each found by solving the changed problem."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from matchmaker.scheduling.changes import Change, Easing, change_as_data, changed, half_days
from matchmaker.scheduling.check import violations
from matchmaker.scheduling.conflicts import answer_demands, causes_of_conflict
from matchmaker.scheduling.deadline import Deadline
from matchmaker.scheduling.demands import Cause, CauseKind, with_demands
from matchmaker.scheduling.exact import Limits
from matchmaker.scheduling.problem import Booking, Candidate, Problem
from matchmaker.scheduling.schedule import Placement

MOST_STEPS = 3
FOLLOWED = (8, 3, 1)
"""Of the steps that solve the causes found so far but not all, so many are followed further."""
OF_A_KIND = 2
"""Half-days that do equally well are not all told: so many for one thing."""
SECONDS_PER_TEST = 5.0
WORK_PER_TEST = 2.0


class Concession(StrEnum):
    """What can be given up of a demand."""

    MAY_MOVE = "may_move"
    NOT_REQUIRED = "not_required"
    MAY_VANISH = "may_vanish"


@dataclass(frozen=True)
class GiveUp:
    """One demand that is given up: a pinned meeting may move or vanish, a required one may be missing."""

    kind: Concession
    candidate: str
    slot: int | None = None


Step = Change | GiveUp

CHEAPEST_FIRST: dict[StrEnum, int] = {
    kind: rank
    for rank, kind in enumerate(
        (
            Easing.MEETING,
            Easing.MEETING_A_DAY,
            Easing.TABLE,
            Easing.INTERPRETER,
            Easing.INVESTOR_HALF_DAY,
            Easing.HOST_HALF_DAY,
            Concession.MAY_MOVE,
            Concession.NOT_REQUIRED,
            Concession.MAY_VANISH,
        )
    )
}
"""What breaks no promise comes before what does; a promise that is kept at another time before one that is not kept."""


TIME_OF = {"investor": Easing.INVESTOR_HALF_DAY, "host": Easing.HOST_HALF_DAY}
"""Whose time and limits can be asked for; other participants are no people."""


@dataclass(frozen=True)
class Repair:
    """Steps that together make the problem possible: a schedule of the changed problem was found and checked."""

    steps: tuple[Step, ...]

    @property
    def cost(self) -> tuple[int, ...]:
        return (len(self.steps), *sorted((CHEAPEST_FIRST[step.kind] for step in self.steps), reverse=True))


def repairs_of_conflict(
    problem: Problem, causes: Iterable[Cause] = (), *, seconds: float | None = None, seed: int = 1, most: int = 8
) -> list[Repair]:
    """The repairs with the fewest steps that were found in time, cheapest first.

    `causes` are demands that cannot hold together; without them they are looked for. Where one step is enough those are
    told; where several conflicts stand beside each other a step for each is needed, up to three. None where nothing was
    found, or where there is no conflict. Without a limit of seconds the answer repeats exactly.
    """
    deadline = Deadline(None if seconds is None else time.time() + seconds)
    search = _Search(problem, deadline, seed)
    level: list[tuple[tuple[Step, ...], Problem, tuple[Cause, ...]]] = [((), problem, tuple(causes))]
    for followed in FOLLOWED[:MOST_STEPS]:
        found: list[Repair] = []
        partial: list[tuple[tuple[Step, ...], Problem, tuple[Cause, ...]]] = []
        for steps, now, known in level:
            for step, then in search.steps_out_of(now, known or search.causes(now)):
                if search.is_possible(then):
                    found.append(Repair((*steps, step)))
                else:
                    partial.append(((*steps, step), then, ()))
        if found or deadline.over:
            return _told(found)[:most]
        level = sorted(partial, key=lambda each: Repair(each[0]).cost)[:followed]
    return []


def _told(found: Sequence[Repair]) -> list[Repair]:
    """The repairs by cost, of equal ones a few, each set of steps once."""
    told: list[Repair] = []
    alike: Counter[frozenset[tuple[str, str]]] = Counter()
    for repair in sorted(found, key=lambda each: each.cost):
        kinds = frozenset((step.kind.value, _whose(step)) for step in repair.steps)
        if alike[kinds] < OF_A_KIND and not any(set(repair.steps) == set(each.steps) for each in told):
            alike[kinds] += 1
            told.append(repair)
    return told


def _whose(step: Step) -> str:
    return step.who if isinstance(step, Change) else step.candidate


@dataclass
class _Search:
    """The problem as it was asked, and how long the search may go on."""

    asked: Problem
    deadline: Deadline
    seed: int

    def causes(self, problem: Problem) -> tuple[Cause, ...]:
        """An irreducible set of demands that cannot hold together; none where time is up or there is no conflict."""
        if self.deadline.over or self.is_possible(problem):
            return ()
        return causes_of_conflict(problem, self.deadline, self.seed)

    def steps_out_of(self, problem: Problem, causes: Sequence[Cause]) -> Iterator[tuple[Step, Problem]]:
        """The steps after which these causes alone can hold together, each with the problem after it."""
        enough: Counter[tuple[str, str]] = Counter()
        for step in self._steps(problem, causes) if causes else ():
            kind = (step.kind.value, _whose(step))
            if self.deadline.over or enough[kind] >= OF_A_KIND:
                continue
            if self.is_possible(after(with_demands(problem, causes), step)):
                enough[kind] += 1
                yield step, after(problem, step)

    def is_possible(self, problem: Problem) -> bool:
        """Whether a solve finds a schedule in which all demands hold, and the checker accepts it."""
        seconds = None if self.deadline.at is None else min(SECONDS_PER_TEST, self.deadline.seconds_left)
        answer = answer_demands(problem, Limits(seconds=seconds, work=WORK_PER_TEST), self.seed)
        if answer.slots is None:
            return False
        return not violations(problem, [Placement(problem.candidates[c].id, slot) for c, slot in answer.slots.items()])

    def _steps(self, problem: Problem, causes: Sequence[Cause]) -> list[Step]:
        """All that could be done about these causes, cheapest first."""
        known = [cause for cause in causes if cause.candidate in self.asked.candidate_index]
        found: dict[Step, None] = {}
        for cause in known:
            found |= dict.fromkeys(_changes_for(problem, cause))
            found |= dict.fromkeys(_concessions(cause))
        return sorted(found, key=lambda step: CHEAPEST_FIRST[step.kind])


def _concessions(cause: Cause) -> list[Step]:
    if cause.kind is CauseKind.REQUIRED:
        return [GiveUp(Concession.NOT_REQUIRED, cause.candidate)]
    return [GiveUp(kind, cause.candidate, cause.slot) for kind in (Concession.MAY_MOVE, Concession.MAY_VANISH)]


def _changes_for(problem: Problem, cause: Cause) -> Iterator[Change]:
    """Everything that could be eased for one meeting: limits, tables, interpreters, half-days."""
    c = problem.candidate_index[cause.candidate]
    candidate = problem.candidates[c]
    for who in dict.fromkeys(problem.parties_of[c]):
        person = problem.participants[who]
        if person.kind not in TIME_OF:
            continue
        if person.max_meetings is not None:
            yield Change(Easing.MEETING, person.id, most=person.max_meetings + 1)
        if person.max_per_day is not None:
            yield Change(Easing.MEETING_A_DAY, person.id, most=person.max_per_day + 1)
        kind = TIME_OF[person.kind]
        halves = (half for half in half_days(problem.slots) if not set(half) <= set(person.available))
        yield from (Change(kind, person.id, half) for half in halves if _concerns(problem, cause, half))
    for half in half_days(problem.slots):
        if _concerns(problem, cause, half):
            if problem.venues[problem.venue_of[c]].tables is not None:
                yield Change(Easing.TABLE, candidate.venue, half)
            if candidate.pool:
                yield Change(Easing.INTERPRETER, candidate.pool, half)


def _concerns(problem: Problem, cause: Cause, half: Sequence[int]) -> bool:
    """Whether the meeting could be in this half-day at all: a pinned one is in its own."""
    c = problem.candidate_index[cause.candidate]
    if cause.slot is not None:
        return not set(half).isdisjoint(problem.covered(c, cause.slot))
    return any(problem.allowed_masks[c] >> s & 1 for s in half)


def after(problem: Problem, step: Step) -> Problem:
    """The problem after one step. A pinned meeting that may move still has to be held."""
    if isinstance(step, Change):
        return changed(problem, step)
    candidates = tuple(_conceded(each, step) if each.id == step.candidate else each for each in problem.candidates)
    booked = tuple(_freed(problem, step)) if step.slot is not None else problem.booked
    return replace(problem, candidates=candidates, booked=booked)


def _conceded(candidate: Candidate, step: GiveUp) -> Candidate:
    match step.kind:
        case Concession.MAY_MOVE:
            return replace(candidate, required=True)
        case Concession.NOT_REQUIRED:
            return replace(candidate, required=False)
        case Concession.MAY_VANISH:
            return candidate


def _freed(problem: Problem, step: GiveUp) -> Iterator[Booking]:
    for booking in problem.booked:
        freed = booking.pinned and (booking.candidate, booking.slot) == (step.candidate, step.slot)
        yield replace(booking, pinned=False) if freed else booking


def step_as_data(step: Step) -> dict[str, Any]:
    """A step as plain facts: a change, or a demand that is given up with the slot of its pin."""
    if isinstance(step, Change):
        return change_as_data(step)
    data: dict[str, Any] = {"kind": step.kind.value, "candidate": step.candidate}
    return data if step.slot is None else data | {"slot": step.slot}
