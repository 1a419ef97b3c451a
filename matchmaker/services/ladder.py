"""The ladder of a night's answer: proven, feasible, repaired, kept. Nothing that breaks a rule gets past here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from matchmaker.models import Rung
from matchmaker.scheduling.check import value, violations
from matchmaker.scheduling.floor import Floor, Guests, guests_of
from matchmaker.scheduling.greedy import bookings_as_they_were, greedy_from_bookings
from matchmaker.scheduling.keeping import keep_possible
from matchmaker.scheduling.problem import Problem
from matchmaker.scheduling.schedule import Placement, Schedule, Status
from matchmaker.services.floors import (
    DEARER,
    FloorAnswer,
    FloorFigures,
    filled_up,
    floor_figures,
    floor_problem,
    has_level,
)
from matchmaker.services.solving import Answer, Ended, Rejection

FLOOR_SHARE = 0.25
"""Of the time for solving, where the floor goes first; a second attempt at it gets as much again."""
REPORT_SHARE = 0.1
MOST_REPORT_SECONDS = 30.0


class Contradictory(Exception):
    """What is demanded cannot hold together; `causes` in words."""

    def __init__(self, causes: tuple[str, ...]) -> None:
        super().__init__(causes)
        self.causes = causes


@dataclass(frozen=True)
class Asked:
    """What an organiser asks of a night's answer. `gap` is in tenths of a per cent; `had` as for `guests_of`."""

    gap: int
    floor_first: bool
    seconds: float
    seed: int
    approved: int
    had: dict[str, int]


@dataclass(frozen=True)
class Children:
    """How a problem is solved and its floor is sought, each in a process of its own and within so many seconds."""

    solve: Callable[[Problem, float], Answer]
    find_floor: Callable[..., FloorAnswer]


@dataclass(frozen=True)
class Settled:
    """What a night settled on, for which problem, from which step of the ladder, and what went wrong on the way.

    No schedule: what is published stays as it is.
    """

    problem: Problem
    schedule: Schedule | None
    rung: Rung
    answer: Answer
    faults: list[dict[str, Any]]
    floor: FloorFigures | None = None


def climb(problem: Problem, asked: Asked, children: Children) -> Settled:
    """Solve, and settle on the best step that holds. Raises Contradictory."""
    guests = guests_of(problem, asked.had)
    if not (asked.floor_first and guests.most):
        settled = settle(problem, children.solve(problem, asked.seconds), asked)
        return _with_floor_reported(settled, guests, asked, children)
    share = FLOOR_SHARE * asked.seconds
    found = children.find_floor(problem, had=asked.had, seconds=share)
    if found.floor is None:
        settled = settle(problem, children.solve(problem, asked.seconds - share), asked)
        settled = _with_floor_reported(settled, guests, asked, children, search=False)
    else:
        settled = _raise_floor(problem, guests, found.floor, asked, children)
    return replace(settled, faults=[*_faults_of_floor(found), *settled.faults])


def settle(problem: Problem, answer: Answer, asked: Asked) -> Settled:
    """The schedule that a solver left, if it is worth at least what is still possible of yesterday's; else that, refilled.

    What was left by a solver that did not come to its end has to be worth as much as yesterday's refilled.
    """
    found = answer.schedule
    if found is not None and found.status is not Status.INFEASIBLE and (found.objective or 0) >= _least(problem):
        refilled = None if answer.ended is Ended.DONE else repaired(problem)
        if refilled is not None and value(problem, refilled) > (found.objective or 0):
            return Settled(problem, _unproven(problem, refilled, asked.seed), Rung.REPAIRED, answer, _faults_of(answer))
        rung = Rung.PROVEN if is_within_gap(found.objective or 0, found.bound, asked.gap) else Rung.FEASIBLE
        return Settled(problem, found, rung, answer, _faults_of(answer))
    meetings = repaired(problem)
    if found is not None and found.status is Status.INFEASIBLE:
        if meetings is None:
            raise Contradictory(found.causes)
        answer = replace(answer, schedule=None, rejected=(*answer.rejected, Rejection.FALSE_PROOF))
    elif found is not None:
        answer = replace(answer, schedule=None, rejected=(*answer.rejected, Rejection.BELOW_YESTERDAY))
    faults = _faults_of(answer)
    if meetings is None or set(meetings) == set(_told(problem)):
        return Settled(problem, None, Rung.KEPT, answer, faults)
    return Settled(problem, _unproven(problem, meetings, asked.seed), Rung.REPAIRED, answer, faults)


def is_within_gap(worth: int, bound: float | None, gap: int) -> bool:
    """Whether a value is proven to lie within so many tenths of a per cent of the best: (bound - value) / max(1, |bound|)."""
    return bound is not None and 1000 * (bound - worth) <= gap * max(1.0, abs(bound))


def repaired(problem: Problem) -> tuple[Placement, ...] | None:
    """Yesterday's schedule, what became impossible taken out and refilled greedily; none where the checker accepts none.

    Whole numbers and lists alone: no solver is needed for it.
    """
    starts = (
        greedy_from_bookings(problem).meetings(),
        keep_possible(problem, _told(problem)),
        bookings_as_they_were(problem).meetings(),
    )
    return max((each for each in starts if not violations(problem, each)), key=lambda each: value(problem, each), default=None)


def _told(problem: Problem) -> tuple[Placement, ...]:
    return tuple(Placement(booking.candidate, booking.slot) for booking in problem.booked)


def _least(problem: Problem) -> float:
    """What is still possible of yesterday's schedule is worth so much: no answer below it is used."""
    possible = keep_possible(problem, _told(problem))
    return float("-inf") if violations(problem, possible) else value(problem, possible)


def _unproven(problem: Problem, meetings: tuple[Placement, ...], seed: int, bound: float | None = None) -> Schedule:
    return Schedule(problem.name, meetings, Status.FEASIBLE, value(problem, meetings), bound, seed=seed)


# -- the floor ---------------------------------------------------------------------------------------------------------


def _raise_floor(problem: Problem, guests: Guests, floor: Floor, asked: Asked, children: Children) -> Settled:
    """Solve with the floor among everybody's minimum: first at a high price, then at a higher one, then from its own schedule."""
    level, raised = floor.reached, floor_problem(problem, guests, floor.reached)
    settled = settle(raised, children.solve(raised, (1 - FLOOR_SHARE) * asked.seconds), asked)
    if settled.rung in (Rung.PROVEN, Rung.FEASIBLE) and not _reaches(settled, guests, level):
        settled = _insist(problem, guests, floor, settled, asked, children)
    if settled.schedule is None:
        return settled
    figures = floor_figures(problem, guests, settled.schedule.meetings, approved=asked.approved, floor=floor, level=level)
    return replace(settled, floor=figures)


def _insist(problem: Problem, guests: Guests, floor: Floor, first: Settled, asked: Asked, children: Children) -> Settled:
    """A schedule of the floor's level, from a solver or from the search for the floor."""
    dearer = floor_problem(problem, guests, floor.reached, dearer=DEARER)
    again = settle(dearer, children.solve(dearer, FLOOR_SHARE * asked.seconds), asked)
    if _reaches(again, guests, floor.reached):
        return replace(again, faults=[*first.faults, *again.faults])
    meetings = filled_up(first.problem, floor.meetings)
    bound = first.schedule.bound if first.schedule else None
    schedule = _unproven(first.problem, meetings, asked.seed, bound)
    rung = Rung.PROVEN if is_within_gap(schedule.objective or 0, bound, asked.gap) else Rung.FEASIBLE
    return replace(first, schedule=schedule, rung=rung, faults=[*first.faults, *again.faults])


def _reaches(settled: Settled, guests: Guests, level: int) -> bool:
    return settled.schedule is not None and has_level(settled.problem, guests, settled.schedule.meetings, level)


def _with_floor_reported(settled: Settled, guests: Guests, asked: Asked, children: Children, *, search: bool = True) -> Settled:
    """Say how many meetings everybody has at least, and find out whether more is possible where counting does not tell."""
    if settled.schedule is None:
        return settled
    meetings = settled.schedule.meetings
    figures = floor_figures(settled.problem, guests, meetings, approved=asked.approved, floor=None, level=None)
    if figures.is_proven or not search:
        return replace(settled, floor=figures)
    found = children.find_floor(
        settled.problem,
        had=asked.had,
        known=meetings,
        highest=guests.smallest_most,
        seconds=min(MOST_REPORT_SECONDS, REPORT_SHARE * asked.seconds),
    )
    figures = floor_figures(settled.problem, guests, meetings, approved=asked.approved, floor=found.floor, level=None)
    return replace(settled, floor=figures, faults=[*settled.faults, *_faults_of_floor(found)])


# -- what the record says of faults ------------------------------------------------------------------------------------

RECORDED = ("exit_code", "most_memory", "last_words", "faults")


def _faults_of(answer: Answer) -> list[dict[str, Any]]:
    """How a solver ended and what of its answer was not believed; nothing where all was in order."""
    if answer.ended is Ended.DONE and answer.schedule is not None and not answer.rejected:
        return []
    told = {name: answer.facts[name] for name in RECORDED if answer.facts.get(name)}
    return [{"code": answer.ended.value, "rejected": [each.value for each in answer.rejected], **told}]


def _faults_of_floor(found: FloorAnswer) -> list[dict[str, Any]]:
    if not found.went_wrong:
        return []
    told = {name: found.facts[name] for name in RECORDED if found.facts.get(name)}
    return [{"code": found.ended.value, "about": "floor", "rejected": ["floor"] if found.rejected else [], **told}]
