"""Why a schedule has a meeting not at its time any more: what takes the room, if anything does."""

from collections.abc import Iterable
from dataclasses import dataclass

from matchmaker.domain.reasons import MoveReason
from matchmaker.models import ChangeKind
from matchmaker.scheduling.greedy import place_pins
from matchmaker.scheduling.keeping import fitting_beside_pins
from matchmaker.scheduling.plan import Plan
from matchmaker.scheduling.problem import Problem
from matchmaker.scheduling.schedule import Placement


@dataclass(frozen=True, slots=True)
class Room:
    """Of meetings whose time is given up: which could be there beside what is pinned, and which beside all others."""

    possible: set[str]
    free: set[str]

    @classmethod
    def left(cls, problem: Problem, schedule: Iterable[Placement], given_up: Iterable[Placement]) -> "Room":
        given_up = tuple(given_up)
        return cls(
            possible={each.candidate for each in fitting_beside_pins(problem, given_up)},
            free={each.candidate for each in _fitting_beside(problem, schedule, given_up)},
        )

    def reason(self, name: str, kind: ChangeKind) -> MoveReason:
        """Why the schedule has a meeting not, or elsewhere: it makes room only where something takes its time."""
        if name not in self.possible:
            return MoveReason.NO_LONGER_POSSIBLE
        if name not in self.free:
            return MoveReason.MAKES_ROOM
        return MoveReason.DONE_WITHOUT if kind is ChangeKind.LEFT_OUT else MoveReason.FOUND_ELSEWHERE


def _fitting_beside(problem: Problem, schedule: Iterable[Placement], wanted: Iterable[Placement]) -> list[Placement]:
    """Those placements that all other meetings of a schedule, and the pinned bookings, leave room for, each taken alone."""
    plan, index = Plan(problem), problem.candidate_index
    place_pins(plan)
    for each in schedule:
        if index[each.candidate] not in plan.slot_of:
            plan.place(index[each.candidate], each.slot)
    return [each for each in wanted if _has_room(plan, index[each.candidate], each.slot)]


def _has_room(plan: Plan, candidate: int, slot: int) -> bool:
    if candidate not in plan.slot_of:
        return bool(plan.open_starts(candidate) >> slot & 1)
    here = plan.take_out(candidate)
    has_room = bool(plan.open_starts(candidate) >> slot & 1)
    plan.place(candidate, here)
    return has_room
