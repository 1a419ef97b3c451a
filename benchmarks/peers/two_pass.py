"""Two-pass greedy over mutual marks: first the meetings that both sides marked, then those that one side marked.

Source: what vendors document: a pass over mutual requests by priority, then a pass that tops up (the multi-pass example of
MeetMax's automated scheduling, the auto scheduler of Pathable, the meeting generation of ExpoPlatform).

Our instances carry weights and no marks, so marks are read from the weights: an investor marks its heaviest candidates,
as many as it may meet (`max_meetings`; half of them where it has no limit); the other side marks the heavier half of the
candidates it is in. Mutual is what both marked. Within a pass the order is by weight, so this is greedy by weight with
mutual marks first; whatever nobody marked comes last, so that no meeting is withheld from the method.
It returns once and proves nothing.
"""

from __future__ import annotations

from benchmarks.peers.plan import Plan
from benchmarks.peers.problem import UNLIMITED, Problem
from benchmarks.peers.telling import Teller


def run(problem: Problem, teller: Teller, workers: int) -> None:
    plan = Plan(problem)
    order = problem.by_weight()
    marks = marks_of(problem, order)
    for wanted in (2, 1, 0):
        plan.place_all(c for c in order if marks[c] == wanted)
    teller.found(plan.slot_of)
    teller.end()


def marks_of(problem: Problem, order: list[int]) -> list[int]:
    """How many of the two sides marked each candidate: 2 is mutual."""
    marks = [0] * len(order)
    asked: dict[int, list[int]] = {}
    offered: dict[int, list[int]] = {}
    for candidate in order:
        asked.setdefault(problem.party(candidate), []).append(candidate)
        offered.setdefault(problem.other(candidate), []).append(candidate)
    for party, candidates in asked.items():
        most = problem.people[party].most
        for candidate in candidates[: _half(candidates) if most == UNLIMITED else most]:
            marks[candidate] += 1
    for candidates in offered.values():
        for candidate in candidates[: _half(candidates)]:
            marks[candidate] += 1
    return marks


def _half(candidates: list[int]) -> int:
    return (len(candidates) + 1) // 2
