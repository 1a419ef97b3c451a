"""Alphabetical round robin: who asks takes turns in the order of the alphabet, and gets the next of its wishes that fits.

Source: the rotation that vendors of one-to-one meeting software document (each delegate in turn, the list sorted by
name, requests by priority); the same as the round robin of J. Nagle, "On Packet Switches with Infinite Storage",
RFC 970 (1985). A turn that finds no slot goes on to the next wish. It returns once and proves nothing.
"""

from __future__ import annotations

from collections import defaultdict, deque

from benchmarks.peers.plan import Plan
from benchmarks.peers.problem import Problem
from benchmarks.peers.telling import Teller


def run(problem: Problem, teller: Teller, workers: int) -> None:
    plan = Plan(problem)
    wishes: dict[int, deque[int]] = defaultdict(deque)
    for candidate in problem.by_weight():
        if problem.candidates[candidate].weight > 0 and candidate not in plan.slot_of:
            wishes[problem.party(candidate)].append(candidate)
    waiting = sorted(wishes, key=lambda p: problem.people[p].id)
    while waiting:
        for party in waiting:
            while wishes[party] and not plan.place_first(wishes[party].popleft()):
                pass
        waiting = [party for party in waiting if wishes[party]]
    teller.found(plan.slot_of)
    teller.end()
