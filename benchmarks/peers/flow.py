"""Min-cost flow: which meetings would be chosen if nobody had to travel; a bound for every schedule, and no schedule.

Source: R. K. Ahuja, T. L. Magnanti and J. B. Orlin, "Network Flows" (1993), chapter 9; solved by the cost-scaling of
OR-Tools' SimpleMinCostFlow. Units are meetings: from who asks (at most as many as it may have, the first of them gaining
what a shortfall costs), through the candidate, to the slot of the other side, to the venue's tables in that slot. Travel,
daily limits, pools and idle time are left out, each of which only takes schedules or value away; a meeting of several slots
is counted in its first one. So its best value is at least that of every feasible schedule.
"""

from __future__ import annotations

from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from benchmarks.peers.problem import UNLIMITED, Problem
from benchmarks.peers.telling import Teller, Unsupported


class Network:
    """Nodes by name, arcs with a capacity and a gain."""

    def __init__(self) -> None:
        self.flow = SimpleMinCostFlow()
        self._nodes: dict[object, int] = {}

    def node(self, name: object) -> int:
        return self._nodes.setdefault(name, len(self._nodes))

    def arc(self, tail: object, head: object, capacity: int, gain: int = 0) -> None:
        if capacity > 0:
            self.flow.add_arc_with_capacity_and_unit_cost(self.node(tail), self.node(head), capacity, -gain)


def run(problem: Problem, teller: Teller, workers: int) -> None:
    teller.bound(flow_bound(problem))
    teller.end()


def flow_bound(problem: Problem) -> int:
    """A number that no feasible schedule's objective is above."""
    counted, extra = _who_counts(problem)
    network = Network()
    for p in counted:
        _limits_of(network, problem, p)
    for c, candidate in enumerate(problem.candidates):
        network.arc(("party", problem.party(c)), ("candidate", c), 1)
        other = problem.other(c)
        for start in candidate.starts:
            network.arc(("candidate", c), ("at", other, start, candidate.venue), 1, problem.worth(c, start))
    _slots_and_tables(network, problem)
    supply = sum(_most(problem, p) for p in counted)
    network.arc("source", "sink", supply)
    network.flow.set_node_supply(network.node("source"), supply)
    network.flow.set_node_supply(network.node("sink"), -supply)
    if network.flow.solve() != SimpleMinCostFlow.OPTIMAL:
        raise Unsupported("the flow found no optimum")
    return problem.price_of_nothing - _price_of_all_shortfall(problem) - int(network.flow.optimal_cost()) + extra


def _who_counts(problem: Problem) -> tuple[list[int], int]:
    """The parties that ask for candidates, and what the shortfall of all who are not counted there could bring at most.

    A party's shortfall is counted in its arc only where all its candidates name it as the one who asks.
    """
    asks = {problem.party(c) for c in range(len(problem.candidates))}
    extra = sum(
        problem.price["shortfall"] * min(person.least, _most(problem, p))
        for p, person in enumerate(problem.people)
        if p not in asks or not _asks_for_all(problem, p)
    )
    return sorted(asks), extra


def _asks_for_all(problem: Problem, person: int) -> bool:
    return all(problem.party(c) == person for c in problem.candidates_of[person])


def _most(problem: Problem, person: int) -> int:
    return min(problem.people[person].most, len(problem.candidates_of[person]))


def _price_of_all_shortfall(problem: Problem) -> int:
    return problem.price["shortfall"] * sum(person.least for person in problem.people)


def _limits_of(network: Network, problem: Problem, person: int) -> None:
    most = _most(problem, person)
    missed = min(problem.people[person].least, most) if _asks_for_all(problem, person) else 0
    network.arc("source", ("party", person), missed, problem.price["shortfall"])
    network.arc("source", ("party", person), most - missed)


def _slots_and_tables(network: Network, problem: Problem) -> None:
    """A slot of the other side holds as many meetings as its capacity, a venue as many as its tables."""
    places = {(problem.other(c), start, it.venue) for c, it in enumerate(problem.candidates) for start in it.starts}
    for other, start, venue in sorted(places):
        network.arc(("at", other, start, venue), ("tables", start, venue), problem.people[other].capacity)
    for start, venue in sorted({(start, venue) for _, start, venue in places}):
        tables = problem.tables[venue]
        network.arc(("tables", start, venue), "sink", len(problem.candidates) if tables == UNLIMITED else tables)
