"""The starts of the search: greedily by weight, and from what people were told yesterday."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from matchmaker.scheduling.arrays import Arrays, slots_of
from matchmaker.scheduling.bits import slots_in
from matchmaker.scheduling.plan import Plan
from matchmaker.scheduling.problem import Problem

ChooseSlot = Callable[[Plan, int, int], int]


def greedy_by_weight(problem: Problem, arrays: Arrays | None = None) -> Plan:
    """Pins, then required ones, then the rest by falling weight, each into the first open slot.

    With the arrays of the problem the rest is placed by compiled code, with the same result.
    """
    return _greedily(problem, first_slot, arrays)


def greedy_by_gain(problem: Problem, arrays: Arrays | None = None) -> Plan:
    """As greedy by weight, but each into the slot where it adds most."""
    return _greedily(problem, best_slot, arrays)


def _greedily(problem: Problem, choose: ChooseSlot, arrays: Arrays | None) -> Plan:
    plan, order = Plan(problem), by_weight(problem)
    place_pins(plan)
    fill(plan, [c for c in order if c in problem.must], choose, gaining=False)
    if arrays is None or any(problem.before):
        fill(plan, order, choose)
    else:
        _fill_compiled(plan, arrays, order, best=choose is best_slot)
    return plan


def _fill_compiled(plan: Plan, arrays: Arrays, order: list[int], *, best: bool) -> None:
    from matchmaker.scheduling.board import board_with  # loads Numba
    from matchmaker.scheduling.filling import fill_board

    board = board_with(arrays, slots_of(plan))
    fill_board(arrays, board, np.array(order, dtype=np.int32), best)
    for candidate in np.flatnonzero(board.slot >= 0).tolist():
        if candidate not in plan.slot_of:
            plan.place(candidate, int(board.slot[candidate]))


def greedy_from_bookings(problem: Problem) -> Plan:
    """Yesterday's bookings without what became impossible, refilled by falling weight."""
    plan = Plan(problem)
    place_pins(plan)
    slots = {candidate: told[0] for candidate, told in problem.told.items()}
    told = [c for c in by_weight(problem) if c in slots and slots[c] >= 0]
    fill(plan, told, lambda plan, c, open_starts: slots[c] if open_starts >> slots[c] & 1 else -1)
    fill(plan, [c for c in by_weight(problem) if c in problem.must], best_slot, gaining=False)
    fill(plan, told, best_slot)
    fill(plan, by_weight(problem), best_slot)
    return plan


def bookings_as_they_were(problem: Problem) -> Plan:
    """Yesterday's bookings and nothing else, feasible or not."""
    plan = Plan(problem)
    for booking in problem.booked:
        candidate = problem.candidate_index[booking.candidate]
        if candidate not in plan.slot_of and 0 <= booking.slot < len(problem.slots):
            plan.place(candidate, booking.slot)
    return plan


def by_weight(problem: Problem) -> list[int]:
    """The candidates by falling weight, ties by name."""
    candidates = problem.candidates
    return sorted(range(len(candidates)), key=lambda c: (-candidates[c].weight, candidates[c].id))


def place_pins(plan: Plan) -> None:
    """Place the pinned bookings that can be placed; one may wait for another to come first."""
    fill(plan, plan.problem.pinned, first_slot, gaining=False)


def first_slot(plan: Plan, candidate: int, open_starts: int) -> int:
    return (open_starts & -open_starts).bit_length() - 1


def best_slot(plan: Plan, candidate: int, open_starts: int) -> int:
    return max(slots_in(open_starts), key=lambda slot: (plan.gain(candidate, slot), -slot))


def fill(plan: Plan, candidates: Iterable[int], choose: ChooseSlot = best_slot, *, gaining: bool = True) -> None:
    """Place each candidate that fits (and gains, unless it has to be there).

    A candidate that waits for another to come first is looked at again until nothing changes.
    """
    left = [c for c in candidates if c not in plan.slot_of]
    while left:
        before = len(left)
        left = [c for c in left if not _placed(plan, c, choose, gaining)]
        if len(left) == before or not any(plan.problem.before[c] for c in left):
            return


def _placed(plan: Plan, candidate: int, choose: ChooseSlot, gaining: bool) -> bool:
    """Place the candidate if it fits and gains; tells whether it is placed."""
    open_starts = plan.open_starts(candidate)
    if not open_starts:
        return False
    slot = choose(plan, candidate, open_starts)
    if slot < 0 or (gaining and plan.gain(candidate, slot) <= 0):
        return False
    even = plan.keeps_idle_even()
    plan.place(candidate, slot)
    if even and not plan.keeps_idle_even():
        plan.take_out(candidate)
        return False
    return True
