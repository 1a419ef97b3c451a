"""The same CP-SAT model of the whole, with the schedule of greedy by weight as a hint for every Boolean.

Source: as `cpsat`; the hint is what the guides of OR-Tools advise where a first schedule is known (for a next night it is
what people were told, filled up greedily).
"""

from __future__ import annotations

from benchmarks.peers.cpsat import solve
from benchmarks.peers.greedy import start_plan
from benchmarks.peers.problem import Problem
from benchmarks.peers.telling import Teller, Unsupported


def run(problem: Problem, teller: Teller, workers: int) -> None:
    try:
        plan = start_plan(problem)
    except Unsupported:
        solve(problem, teller, workers, hint=None)
        return
    teller.found(plan.slot_of)
    solve(problem, teller, workers, hint=plan.slot_of)
