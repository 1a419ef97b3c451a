"""Greedy by weight: the heaviest meeting first, into the first slot where it fits.

Source: the list rule of R. L. Graham, "Bounds on Multiprocessing Timing Anomalies", SIAM J. Appl. Math. 17 (1969), with
the weight as priority; what most products describe as "ordered by priority". It returns once and proves nothing.
"""

from __future__ import annotations

from benchmarks.peers.plan import Plan
from benchmarks.peers.problem import Problem
from benchmarks.peers.telling import Teller


def run(problem: Problem, teller: Teller, workers: int) -> None:
    plan = greedy_plan(problem)
    teller.found(plan.slot_of)
    teller.end()


def greedy_plan(problem: Problem) -> Plan:
    plan = Plan(problem)
    plan.place_all(problem.by_weight())
    return plan


def start_plan(problem: Problem) -> Plan:
    """Where a search begins: what people were told, as far as it is still possible, and the rest by weight."""
    plan = Plan(problem)
    for candidate in problem.by_weight():
        for slot in problem.told.get(candidate, [])[:1]:
            if candidate not in plan.slot_of and slot in problem.candidates[candidate].starts and plan.fits(candidate, slot):
                plan.place(candidate, slot)
    plan.place_all(problem.by_weight())
    return plan
