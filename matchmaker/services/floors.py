"""The floor of a night: what is reported about the smallest number of meetings, and a floor that goes first."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from matchmaker.scheduling.check import violations
from matchmaker.scheduling.floor import Floor, Guests, guests_of, level_of, meetings_of_guests, with_floor
from matchmaker.scheduling.greedy import by_weight, fill
from matchmaker.scheduling.plan import plan_of
from matchmaker.scheduling.problem import Problem, problem_as_data
from matchmaker.scheduling.schedule import Placement
from matchmaker.services.facts import Facts
from matchmaker.services.problems import Built, investor_name
from matchmaker.services.solving import START_UP_SECONDS, Ended, ended_child

DEARER = 20
"""By so much dearer a missing meeting becomes where the first price was not enough."""


@dataclass(frozen=True)
class FloorAnswer:
    """What a child found out about the floor (none: nothing that could be used), how it ended, and facts as in Answer."""

    floor: Floor | None
    ended: Ended
    facts: dict[str, Any]
    rejected: bool = False

    @property
    def went_wrong(self) -> bool:
        return self.floor is None or self.rejected or self.ended is not Ended.DONE


@dataclass(frozen=True)
class FloorFigures:
    """What a run says about its floor.

    `smallest` is the smallest number of meetings among the `counted` investors for whom any is possible; `possible` is
    a smallest number that some schedule is known to reach, and none exceeds `most`. `uncounted` approved investors can
    have no meeting at all; `held_down` of those who count cannot have more than the smallest number, whatever the others do.
    `level` is the floor that was to go first, `level_most` one that is proven to be the highest there can be, and `reached`
    the one that the schedule has: everybody has so many meetings, or as many as possible for it alone.
    """

    smallest: int
    possible: int
    most: int
    counted: int
    uncounted: int
    held_down: int
    level: int | None
    level_most: int | None
    reached: int

    @property
    def is_proven(self) -> bool:
        return self.smallest >= self.most


def had_before(facts: Facts, built: Built) -> dict[str, int]:
    """By the names of the problem: meetings that investors have had; a slot that a host offers instead is taken off."""
    had = {investor_name(investor_id): facts.held_by[investor_id] for investor_id in facts.investors}
    for meeting in built.meeting_of.values():
        if meeting.offered_slot is not None:
            had[investor_name(meeting.investor_id)] -= 1
    return had


def find_floor(
    problem: Problem,
    *,
    had: dict[str, int],
    known: Iterable[Placement] = (),
    highest: int | None = None,
    seconds: float,
    seed: int,
    memory_limit: int,
    start_up_seconds: float = START_UP_SECONDS,
) -> FloorAnswer:
    """The highest floor that a child process finds and proves; what it says is checked as far as it can be."""
    guests, known = guests_of(problem, had), tuple(known)
    question = {
        "instance": problem_as_data(problem),
        "had": had,
        "known": [asdict(each) for each in known],
        "highest": highest,
    }
    with ended_child(
        "matchmaker.scheduling.floor_process",
        question,
        ["--seed", str(seed)],
        seconds=seconds,
        memory_limit=memory_limit,
        start_up_seconds=start_up_seconds,
    ) as left:
        if not left.out.exists():
            return FloorAnswer(None, left.ended, left.facts)
        floor = _checked(problem, guests, left.out)
    return FloorAnswer(floor, left.ended, left.facts, rejected=floor is None)


def _checked(problem: Problem, guests: Guests, path: Path) -> Floor | None:
    """The floor in the file with a level that its schedule has; none where the schedule breaks a rule or contradicts it."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        meetings = tuple(Placement(each["candidate"], each["slot"]) for each in said["meetings"])
        most = int(said["proven_most"])
        if violations(problem, meetings):
            return None
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    level = level_of(guests, meetings_of_guests(problem, guests, meetings))
    reached = min(level, int(said["reached"]))
    return Floor(reached, most, meetings) if most >= reached else None


def floor_problem(problem: Problem, guests: Guests, level: int, *, dearer: int = 1) -> Problem:
    """The problem in which a meeting that lacks to the floor costs more than any meeting brings."""
    dearest = max((candidate.weight for candidate in problem.candidates), default=0) + problem.penalties.drop
    price = max(problem.penalties.shortfall, 2 * dearest + 1)
    return with_floor(problem, guests, level, price * dearer)


def has_level(problem: Problem, guests: Guests, meetings: Iterable[Placement], level: int) -> bool:
    return level_of(guests, meetings_of_guests(problem, guests, meetings)) >= level


def filled_up(problem: Problem, meetings: Iterable[Placement]) -> tuple[Placement, ...]:
    """A schedule with every other candidate that fits and gains, by falling weight: nobody loses a meeting by it."""
    plan = plan_of(problem, meetings)
    fill(plan, by_weight(problem))
    filled = plan.meetings()
    return tuple(meetings) if violations(problem, filled) else filled


def floor_figures(
    problem: Problem, guests: Guests, meetings: Iterable[Placement], *, approved: int, floor: Floor | None, level: int | None
) -> FloorFigures:
    """What is known of the floor of a schedule; `floor` is what a search proved, if there was one."""
    counts = meetings_of_guests(problem, guests, meetings)
    smallest, highest = min(counts.values(), default=0), guests.smallest_most
    possible = max(smallest, min(highest, floor.reached)) if floor else smallest
    return FloorFigures(
        smallest=smallest,
        possible=possible,
        most=max(possible, min(highest, floor.proven_most)) if floor else highest,
        counted=len(counts),
        uncounted=max(0, approved - len(counts)),
        held_down=sum(most <= smallest for most in guests.most.values()),
        level=level,
        level_most=floor.proven_most if floor and level is not None else None,
        reached=level_of(guests, counts),
    )


def with_problem(built: Built, problem: Problem) -> Built:
    return replace(built, problem=problem)
