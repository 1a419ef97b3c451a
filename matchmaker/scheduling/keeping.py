"""Keeps of a schedule what the problem still allows: for the moment between solving and publishing."""

from __future__ import annotations

from collections.abc import Iterable

from matchmaker.scheduling.greedy import fill, place_pins
from matchmaker.scheduling.plan import Plan
from matchmaker.scheduling.problem import Problem
from matchmaker.scheduling.schedule import Placement, placements


def keep_possible(problem: Problem, wanted: Iterable[Placement], *, first: Iterable[Placement] = ()) -> tuple[Placement, ...]:
    """The pinned bookings and every wanted placement that still fits; nothing new is looked for.

    Each goes into its own slot, or where that is gone into the one that people were told before. Those in `first` go
    before the others; then come placements that were told to people before, then the rest by falling weight.
    """
    plan = Plan(problem)
    place_pins(plan)
    for group in (first, wanted):
        _keep(plan, group)
    return placements({problem.candidates[c].id: slot for c, slot in plan.slot_of.items()})


def fitting_beside_pins(problem: Problem, wanted: Iterable[Placement]) -> list[Placement]:
    """Those placements that the pinned bookings leave room for, each taken alone."""
    plan = Plan(problem)
    place_pins(plan)
    return [each for each in wanted if plan.open_starts(problem.candidate_index[each.candidate]) >> each.slot & 1]


def fitting_beside(problem: Problem, schedule: Iterable[Placement], wanted: Iterable[Placement]) -> list[Placement]:
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


def _keep(plan: Plan, wanted: Iterable[Placement]) -> None:
    problem, index = plan.problem, plan.problem.candidate_index
    slots = {index[each.candidate]: each.slot for each in wanted if each.candidate in index}

    def wanted_or_told(_plan: Plan, candidate: int, open_starts: int) -> int:
        possible = (slots[candidate], *problem.told.get(candidate, ()))
        return next((slot for slot in possible if open_starts >> slot & 1), -1)

    fill(plan, _in_order(problem, slots), wanted_or_told, gaining=False)


def _in_order(problem: Problem, slots: dict[int, int]) -> list[int]:
    return sorted(
        slots, key=lambda c: (slots[c] not in problem.told.get(c, ()), -problem.candidates[c].weight, problem.candidates[c].id)
    )
