"""Small steps that need no solver: take a meeting out, put it where it adds most, fill what is left."""

from __future__ import annotations

from collections.abc import Iterable

from matchmaker.scheduling.greedy import best_slot, fill
from matchmaker.scheduling.plan import Plan

MOST_ROUNDS = 5


def tighten(plan: Plan, candidates: Iterable[int]) -> None:
    """Move each of these that is booked to where it adds most, until nothing moves any more."""
    if not plan.problem.penalties.idle_slot and not plan.problem.penalties.idle_period:
        return
    booked = [c for c in candidates if c in plan.slot_of]
    for _ in range(MOST_ROUNDS):
        moved = [c for c in sorted(booked, key=lambda c: plan.slot_of[c]) if _moved(plan, c)]
        if not moved:
            return


def _moved(plan: Plan, candidate: int) -> bool:
    """Move the candidate to its best slot; tells whether that gained."""
    even = plan.keeps_idle_even()
    now = plan.take_out(candidate)
    slot = best_slot(plan, candidate, plan.open_starts(candidate) | 1 << now)
    if plan.gain(candidate, slot) <= plan.gain(candidate, now):
        slot = now
    plan.place(candidate, slot)
    if even and slot != now and not plan.keeps_idle_even():
        plan.take_out(candidate)
        plan.place(candidate, now)
        return False
    return slot != now


def refill(plan: Plan, candidates: Iterable[int]) -> None:
    """Place what was left out and fits now, heaviest first."""
    weigh = plan.problem.candidates
    left = [c for c in candidates if c not in plan.slot_of]
    fill(plan, sorted(left, key=lambda c: (-weigh[c].weight, weigh[c].id)))
