"""The highest floor: how many meetings everybody could have at least, found by search and bounded by a proof.

The bound is a maximum flow: source → investor (what it lacks to the level) → its candidates (1) → host in a slot →
venue in a slot → sink. Every schedule of that level sends such a flow that fills all arcs of the source, so a level
whose flow does not fill them is impossible. Travel, limits by day, pools and `after` are left out, which only adds flows.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from ortools.graph.python import max_flow

from matchmaker.scheduling.bits import slots_in
from matchmaker.scheduling.check import violations
from matchmaker.scheduling.floor import Floor, Guests, guests_of, level_of, meetings_of_guests, only_floor
from matchmaker.scheduling.plan import starts_beside_pins
from matchmaker.scheduling.problem import Problem
from matchmaker.scheduling.schedule import Placement, Status
from matchmaker.scheduling.solve import Result, solve

SHARE = 0.4
"""So much of what time is left goes into one attempt."""
PROVABLE = 6000
"""A proof by solving is tried where no more first slots than this are left."""
ROUNDS = 3

OnBetter = Callable[[Floor], None]


def highest_floor(
    problem: Problem,
    *,
    seconds: float | None = None,
    deterministic_limit: float | None = None,
    seed: int = 1,
    had: Mapping[str, int] | None = None,
    known: Iterable[Placement] = (),
    highest: int | None = None,
    on_better: OnBetter | None = None,
) -> Floor:
    """The highest level that some schedule reaches, as far as the limits let it be found and proven.

    `had` are meetings that an investor has outside the problem; `known` is a schedule to begin with; levels above
    `highest` are not looked for. With a deterministic limit and no seconds the answer repeats exactly.
    """
    search = _Search(problem, guests_of(problem, had), seconds, deterministic_limit, seed, on_better)
    return search.floor(tuple(known), highest)


@dataclass
class _Search:
    problem: Problem
    guests: Guests
    seconds: float | None
    work: float | None
    seed: int
    on_better: OnBetter | None
    began: float = field(default_factory=time.monotonic)
    best: Floor = field(default_factory=lambda: Floor(0, 0))

    def floor(self, known: tuple[Placement, ...], highest: int | None) -> Floor:
        most = self.guests.highest if highest is None else min(highest, self.guests.highest)
        self.best = Floor(0, most)
        self._keep(known)
        self._bound(highest_level_by_flow(self.problem, self.guests, most))
        step, failed = 1, self.best.proven_most + 1
        while self.best.reached < self.best.proven_most and not self._over():
            top = min(self.best.proven_most, failed - 1)
            if top <= self.best.reached:
                self._prove_impossible(self.best.reached + 1)
                break
            target = min(top, self.best.reached + step)
            if self._attempt(target):
                step *= 2
            else:
                step, failed = 1, target
        return self.best

    def _attempt(self, level: int) -> bool:
        """Look for a schedule of this level; keeps what is found or proven on the way."""
        result = self._solve(only_floor(self.problem, self.guests, level))
        if result.status in (Status.OPTIMAL, Status.FEASIBLE):
            self._keep(result.schedule.meetings)
        if _is_impossible(result):
            self._bound(level - 1)
        return self.best.reached >= level

    def _prove_impossible(self, level: int) -> None:
        """Ask only those who have too few now, then those who compete with them as well, whether they can reach the level."""
        if self.problem.idle_spread is not None:
            return
        counts = meetings_of_guests(self.problem, self.guests, self.best.meetings)
        people = {who for who, count in counts.items() if count < min(level, self.guests.most[who])}
        for _ in range(ROUNDS):
            part = only_floor(self.problem, self.guests, level, among=people)
            if self._over() or sum(mask.bit_count() for mask in part.start_masks) > PROVABLE:
                return
            if _is_impossible(self._solve(part)):
                self._bound(level - 1)
                return
            wider = people | _competitors(self.problem, self.guests, people)
            if wider == people:
                return
            people = wider

    def _solve(self, problem: Problem) -> Result:
        seconds = None if self.seconds is None else max(0.2, SHARE * self._left())
        work = None if self.work is None else SHARE * self.work
        return solve(problem, seconds=seconds, deterministic_limit=work, seed=self.seed)

    def _left(self) -> float:
        return max(0.0, (self.seconds or 0.0) - (time.monotonic() - self.began))

    def _over(self) -> bool:
        return self.seconds is not None and self._left() <= 0

    def _bound(self, most: int) -> None:
        if most < self.best.proven_most:
            self._tell(Floor(self.best.reached, max(most, self.best.reached), self.best.meetings))

    def _keep(self, meetings: tuple[Placement, ...]) -> None:
        """A schedule that the checker accepts is kept where its level is higher."""
        if violations(self.problem, meetings):
            return
        level = min(level_of(self.guests, meetings_of_guests(self.problem, self.guests, meetings)), self.best.proven_most)
        if level > self.best.reached or not self.best.meetings:
            self._tell(Floor(level, self.best.proven_most, meetings))

    def _tell(self, better: Floor) -> None:
        self.best = better
        if self.on_better:
            self.on_better(better)


def _is_impossible(result: Result) -> bool:
    """Whether somebody must lack a meeting: nothing is worth nought, or no schedule exists at all."""
    return result.status is Status.INFEASIBLE or (result.bound is not None and result.bound < 0)


def _competitors(problem: Problem, guests: Guests, people: set[int]) -> set[int]:
    """Those who count and share a party with one of these people's candidates."""
    parties = {other for who in people for c in problem.candidates_of[who] for other in problem.parties_of[c]}
    return {who for other in parties for c in problem.candidates_of[other] for who in problem.parties_of[c] if who in guests.most}


def highest_level_by_flow(problem: Problem, guests: Guests, most: int) -> int:
    """The highest level up to `most` whose flow fills all arcs of the source; no schedule has a higher one."""
    network = _Network(problem, guests)
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if network.carries(middle):
            low = middle
        else:
            high = middle - 1
    return low


class _Network:
    """The flow of a problem; only the arcs out of the source depend on the level."""

    def __init__(self, problem: Problem, guests: Guests) -> None:
        self._guests = guests
        self._nodes: dict[object, int] = {}
        self._arcs: list[tuple[int, int, int]] = []
        self._people = list(guests.most)
        for who in self._people:
            self._arc("source", ("guest", who), 0)
        for c, parties in enumerate(problem.parties_of):
            self._candidate(problem, c, [who for who in dict.fromkeys(parties) if who in guests.most])
        for v, venue in enumerate(problem.venues):
            for slot in range(len(problem.slots)):
                tables = len(problem.candidates) if venue.tables is None else venue.tables
                self._arc(("venue", v, slot), "sink", tables)

    def _node(self, name: object) -> int:
        return self._nodes.setdefault(name, len(self._nodes))

    def _arc(self, tail: object, head: object, capacity: int) -> None:
        self._arcs.append((self._node(tail), self._node(head), capacity))

    def _candidate(self, problem: Problem, c: int, guests: list[int]) -> None:
        starts = starts_beside_pins(problem, c)
        if not starts:
            return
        if len(guests) > 1:  # one meeting that counts for several: the room that it takes is left out
            for who in guests:
                self._arc(("guest", who), "sink", 1)
            return
        venue, others = problem.venue_of[c], [who for who in problem.parties_of[c] if who not in guests]
        for who in guests:
            self._arc(("guest", who), ("candidate", c), 1)
        for slot in slots_in(starts if guests else 0):
            if not others:
                self._arc(("candidate", c), ("venue", venue, slot), 1)
                continue
            host = others[-1]
            self._arc(("candidate", c), ("host", host, slot), 1)
            if ("met", host, slot) not in self._nodes:
                self._arc(("host", host, slot), ("met", host, slot), problem.participants[host].capacity)
            if ("met", host, slot, venue) not in self._nodes:
                self._node(("met", host, slot, venue))
                self._arc(("met", host, slot), ("venue", venue, slot), problem.participants[host].capacity)

    def carries(self, level: int) -> bool:
        """Whether everybody who counts can send as many units as the level needs."""
        tails, heads, capacities = np.array(self._arcs, dtype=np.int64).T
        wanted = [self._guests.missing_to(level, who) for who in self._people]
        capacities[: len(wanted)] = wanted
        solver = max_flow.SimpleMaxFlow()
        solver.add_arcs_with_capacity(tails, heads, capacities)
        if solver.solve(self._node("source"), self._node("sink")) != solver.OPTIMAL:
            return True  # nothing is known, so nothing is ruled out
        return bool(solver.optimal_flow() >= sum(wanted))
