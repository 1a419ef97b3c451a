"""A proven bound on the objective, by min-cost flow: travel, idle time and some limits are left out.

Why no feasible schedule can have a higher objective is written in docs/scheduling-model.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import lcm

import numpy as np
from ortools.graph.python import min_cost_flow

from matchmaker.scheduling.bits import slots_in
from matchmaker.scheduling.plan import starts_beside_pins
from matchmaker.scheduling.problem import Problem

LARGEST_TOTAL = 10**17
FINEST_SCALE = 5040


def flow_bound(problem: Problem) -> int:
    """No feasible schedule has a higher objective."""
    bounds = [sum_bound(problem), _flow_bound(problem, by_slot=False)]
    long_ones = sum(1 for candidate in problem.candidates if candidate.length > 1)
    if 2 * long_ones > len(problem.candidates):  # with fewer it has never been the smaller one
        bounds.append(_flow_bound(problem, by_slot=True))
    return min(bounds)


def sum_bound(problem: Problem) -> int:
    """Every candidate that gains is held in its best slot, and every shortfall that can be is made good."""
    best = (_most_worth(problem, c) for c in range(len(problem.candidates)))
    return sum(max(0, worth) for worth in best) + _constant(problem) + _relief(problem)


def _most_worth(problem: Problem, candidate: int) -> int:
    """What the candidate is worth in its best slot; nothing where there is none."""
    if candidate in problem.told:
        return max(_worths(problem, candidate).values(), default=0)
    return problem.candidates[candidate].weight if starts_beside_pins(problem, candidate) else 0


def _constant(problem: Problem) -> int:
    """The objective with nothing held: every booking dropped, every minimum missed."""
    missing = sum(person.min_meetings for person in problem.participants)
    return -problem.price_of_dropping_all - problem.penalties.shortfall * missing


def _relief(problem: Problem, apart_from: frozenset[int] = frozenset()) -> int:
    """The most shortfall that meetings can make good, summed over participants."""
    return problem.penalties.shortfall * sum(
        min(person.min_meetings, _most_meetings(problem, who))
        for who, person in enumerate(problem.participants)
        if who not in apart_from
    )


def _most_meetings(problem: Problem, who: int) -> int:
    """More meetings than this one participant can never have."""
    person, days = problem.participants[who], 0
    starts = 0
    for candidate in problem.candidates_of[who]:
        starts |= starts_beside_pins(problem, candidate)
    for mask in problem.day_masks.values():
        today = person.capacity * (starts & mask).bit_count()
        days += today if person.max_per_day is None else min(today, person.max_per_day)
    most = min(days, len(problem.candidates_of[who]))
    return most if person.max_meetings is None else min(most, person.max_meetings)


def _worths(problem: Problem, candidate: int) -> dict[int, int]:
    """What the candidate is worth in each first slot that it could ever have."""
    if candidate not in problem.told:
        weight = problem.candidates[candidate].weight
        return dict.fromkeys(slots_in(starts_beside_pins(problem, candidate)), weight)
    return {slot: problem.worth(candidate, slot) for slot in slots_in(starts_beside_pins(problem, candidate))}


# The flow: source, the party whose limits count, the candidate, the other party in a slot, the venue in
# a slot, sink. A unit is a meeting (in its first slot) or, `by_slot`, each slot of a meeting.


class _Network:
    """Arcs collected in lists, nodes by name."""

    def __init__(self) -> None:
        self.nodes: dict[object, int] = {}
        self.arcs: list[tuple[int, int, int, int]] = []

    def node(self, name: object) -> int:
        return self.nodes.setdefault(name, len(self.nodes))

    def arc(self, tail: object, head: object, capacity: int, gain: int = 0) -> None:
        if capacity > 0:
            self.arcs.append((self.node(tail), self.node(head), capacity, -gain))

    def most_gain(self) -> int | None:
        """The largest gain of any flow, or none where the solver cannot tell."""
        source, sink = self.node("source"), self.node("sink")
        supply = sum(capacity for tail, _, capacity, _ in self.arcs if tail == source)
        if not supply:
            return 0
        self.arc("source", "sink", supply)
        tails, heads, capacities, costs = np.array(self.arcs, dtype=np.int64).T
        if int(np.abs(costs).max()) * (len(self.nodes) + supply) > LARGEST_TOTAL:
            return None
        solver = min_cost_flow.SimpleMinCostFlow()
        solver.add_arcs_with_capacity_and_unit_cost(tails, heads, capacities, costs)
        solver.set_node_supply(source, supply)
        solver.set_node_supply(sink, -supply)
        return -solver.optimal_cost() if solver.solve() == solver.OPTIMAL else None


@dataclass(frozen=True)
class _Sides:
    """For each candidate the party whose limits count and the party whose slots count."""

    limited: tuple[int | None, ...]
    slotted: tuple[int | None, ...]


def _sides(problem: Problem) -> _Sides:
    limited, slotted = [], []
    for parties in problem.parties_of:
        ranked = sorted(parties, key=lambda who: problem.participants[who].kind != "investor")
        limited.append(ranked[0] if ranked else None)
        slotted.append(ranked[-1] if ranked else None)
    return _Sides(tuple(limited), tuple(slotted))


def _flow_bound(problem: Problem, *, by_slot: bool) -> int:
    sides = _sides(problem)
    lengths = {candidate.length for candidate in problem.candidates}
    scale = min(lcm(*lengths), FINEST_SCALE) if by_slot and lengths else 1
    network = _Network()
    counted = _limited_parties(problem, sides, network, scale, by_slot)
    for c in range(len(problem.candidates)):
        _candidate(problem, sides, network, c, scale, by_slot)
    _slots(problem, sides, network)
    gain = network.most_gain()
    if gain is None:
        return sum_bound(problem)
    return gain // scale + _constant(problem) + _relief(problem, apart_from=counted)


def _limited_parties(problem: Problem, sides: _Sides, network: _Network, scale: int, by_slot: bool) -> frozenset[int]:
    """Source to party; where all its meetings pass here, the first ones make good its shortfall."""
    counted = set()
    for who, person in enumerate(problem.participants):
        candidates = problem.candidates_of[who]
        mine = [c for c in dict.fromkeys(candidates) if sides.limited[c] == who]
        most = _most_meetings(problem, who)
        if by_slot:
            most = sum(sorted((problem.candidates[c].length for c in mine), reverse=True)[:most])
        relieved = 0
        if len(mine) == len(candidates) and person.min_meetings and problem.penalties.shortfall:
            counted.add(who)
            relieved = min(person.min_meetings, most)
            network.arc("source", ("party", who), relieved, problem.penalties.shortfall * scale)
        network.arc("source", ("party", who), most - relieved)
    return frozenset(counted)


def _candidate(problem: Problem, sides: _Sides, network: _Network, c: int, scale: int, by_slot: bool) -> None:
    """Party to candidate, candidate to the slots of the other party."""
    length = problem.candidates[c].length
    limited, slotted, venue = sides.limited[c], sides.slotted[c], problem.venue_of[c]
    tail = "source" if limited is None else ("party", limited)
    network.arc(tail, ("candidate", c), length if by_slot else 1)
    gains: dict[int, int] = {}
    for first, worth in _worths(problem, c).items():
        for slot in problem.covered(c, first) if by_slot else (first,):
            gains[slot] = max(gains.get(slot, worth), worth)
    for slot, worth in gains.items():
        gain = -(-worth * scale // length) if by_slot else worth * scale
        head = ("venue", venue, slot) if slotted is None else ("slot", slotted, slot)
        network.arc(("candidate", c), head, 1, gain)


def _slots(problem: Problem, sides: _Sides, network: _Network) -> None:
    """The other party in a slot to the venue in a slot, and that to the sink."""
    venues: dict[int, set[int]] = {}
    for c, who in enumerate(sides.slotted):
        if who is not None:
            venues.setdefault(who, set()).add(problem.venue_of[c])
    for who, person in enumerate(problem.participants):
        for slot in slots_in(problem.available_masks[who] if who in venues else 0):
            if ("slot", who, slot) in network.nodes:
                network.arc(("slot", who, slot), ("met", who, slot), person.capacity)
                for venue in sorted(venues[who]):
                    network.arc(("met", who, slot), ("venue", venue, slot), person.capacity)
    for v, venue_here in enumerate(problem.venues):
        tables = len(problem.candidates) if venue_here.tables is None else venue_here.tables
        for slot in range(len(problem.slots)):
            network.arc(("venue", v, slot), "sink", tables)
