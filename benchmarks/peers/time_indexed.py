"""The time-indexed model: one Boolean for every candidate and first slot, and every rule as a row over them.

Source: J. P. Sousa and L. A. Wolsey, "A time indexed formulation of non-preemptive single machine scheduling problems",
Mathematical Programming 54 (1992); travel as cliques of meetings that exclude one another, which is far tighter than
pairs. The same rows are given to CP-SAT and to HiGHS.

Travel: for slots s < t of a day and a venue v, whoever ends a meeting at v in s cannot begin in t at a venue further away
than the time between; all those Booleans of one participant together are at most one.

Idle time: the idle slots of a day are its span less its meetings; an idle period begins wherever meetings begin again. These
rows make the model many times harder for a general solver: with the small price of an idle slot in the synthetic instances,
the search does far better without them (100 investors: the optimum in seconds, instead of nothing useful). So that the
comparison is fair, `idle=False` leaves them out where `idle_matters` says that it can; a schedule then still pays for its
idle time when it is valued, and a bound without a cost is still a bound.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from benchmarks.peers.problem import UNLIMITED, Person, Problem

FREE = float("inf")


def idle_matters(problem: Problem) -> bool:
    """Whether idle time is more than a small correction: it is bounded, or a slot costs over a hundredth of a usual weight."""
    weights = sorted(candidate.weight for candidate in problem.candidates)
    usual = weights[len(weights) // 2] if weights else 0
    price = max(problem.price["idle_slot"], problem.price["idle_period"])
    return problem.idle_spread is not None or 100 * price > usual


@dataclass
class Rows:
    """A model of whole numbers: variables with bounds and gains, and rows low ≤ Σ coefficient · variable ≤ high."""

    lows: list[int] = field(default_factory=list)
    highs: list[int] = field(default_factory=list)
    gains: list[int] = field(default_factory=list)
    constant: int = 0
    at_most_one: list[list[int]] = field(default_factory=list)
    linear: list[tuple[list[int], list[int], float, float]] = field(default_factory=list)

    def variable(self, high: int = 1, gain: int = 0) -> int:
        self.lows.append(0)
        self.highs.append(high)
        self.gains.append(gain)
        return len(self.gains) - 1

    def one_at_most(self, variables: Sequence[int]) -> None:
        if len(variables) > 1:
            self.at_most_one.append(list(variables))

    def row(self, terms: Iterable[tuple[int, int]], low: float, high: float) -> None:
        """Terms are (coefficient, variable); a variable comes once."""
        terms = list(terms)
        self.linear.append(([variable for _, variable in terms], [factor for factor, _ in terms], low, high))

    def at_most(self, variables: Sequence[int], most: int) -> None:
        if len(variables) <= most:
            return
        if most == 1:
            self.one_at_most(variables)
        else:
            self.row(((1, variable) for variable in variables), -FREE, most)


class TimeIndexed:
    """The rows of a problem, and which Boolean is which meeting. `tick` is called now and then and may raise."""

    def __init__(self, problem: Problem, tick: Callable[[], None], *, idle: bool = True) -> None:
        self.problem = problem
        self.rows = Rows(constant=problem.price_of_nothing)
        self._tick = tick
        self.booking: list[tuple[int, int]] = []
        """For each Boolean of a meeting: its candidate and first slot; these variables come first."""
        self.of_candidate: list[list[int]] = []
        self._of_person: list[list[int]] = [[] for _ in problem.people]
        self._in_slot: list[dict[int, list[int]]] = [defaultdict(list) for _ in problem.people]
        self._one_variable_per_booking()
        self._tables_and_pools()
        for p, person in enumerate(problem.people):
            self._limits(p, person)
            self._travel(p, person)
            tick()
        self._shortfall()
        if idle:
            self._idle_time()
        self._after()

    def _one_variable_per_booking(self) -> None:
        problem = self.problem
        for c, candidate in enumerate(problem.candidates):
            starts = [s for s in candidate.starts if c not in problem.pinned or s == problem.pinned[c]]
            variables = []
            for start in starts:
                variable = self.rows.variable(gain=problem.worth(c, start))
                self.booking.append((c, start))
                variables.append(variable)
                for p in candidate.people:
                    self._of_person[p].append(variable)
                    for slot in candidate.covers(start):
                        self._in_slot[p][slot].append(variable)
            self.of_candidate.append(variables)
            if candidate.required or c in problem.pinned:
                self.rows.row(((1, variable) for variable in variables), 1, 1)
            else:
                self.rows.one_at_most(variables)
        self._tick()

    def _tables_and_pools(self) -> None:
        problem = self.problem
        at_venue: dict[tuple[int, int], list[int]] = defaultdict(list)
        in_pool: dict[tuple[int, int], list[int]] = defaultdict(list)
        for variable, (c, start) in enumerate(self.booking):
            candidate = problem.candidates[c]
            for slot in candidate.covers(start):
                at_venue[candidate.venue, slot].append(variable)
                if candidate.pool >= 0:
                    in_pool[candidate.pool, slot].append(variable)
        for (venue, _), variables in at_venue.items():
            self.rows.at_most(variables, problem.tables[venue])
        for (pool, slot), variables in in_pool.items():
            self.rows.at_most(variables, problem.serves[pool][slot])

    def _limits(self, p: int, person: Person) -> None:
        for variables in self._in_slot[p].values():
            self.rows.at_most(variables, person.capacity)
        if person.most < UNLIMITED:
            self.rows.at_most(self._of_person[p], person.most)
        if person.daily < UNLIMITED:
            days: dict[int, list[int]] = defaultdict(list)
            for variable in self._of_person[p]:
                days[self.problem.day[self.booking[variable][1]]].append(variable)
            for variables in days.values():
                self.rows.at_most(variables, person.daily)

    def _travel(self, p: int, person: Person) -> None:
        problem = self.problem
        ending: dict[tuple[int, int], list[int]] = defaultdict(list)
        beginning: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
        for variable in self._of_person[p]:
            c, start = self.booking[variable]
            candidate = problem.candidates[c]
            ending[start + candidate.length - 1, candidate.venue].append(variable)
            beginning[start][candidate.venue].append(variable)
        if len({venue for _, venue in ending}) < 2:
            return
        if person.capacity > 1:
            ending, beginning = self._places_at_once(p)
        for (slot, venue), first in ending.items():
            day, left, travel = problem.day[slot], problem.ends[slot], problem.travel[venue]
            for later in range(slot + 1, len(problem.day)):
                if problem.day[later] != day:
                    break
                time = problem.begins[later] - left
                venues = beginning.get(later)
                if venues is None:
                    continue
                second = [x for there, each in venues.items() if there != venue and travel[there] > time for x in each]
                if second:
                    self.rows.one_at_most(first + second)

    def _places_at_once(self, p: int) -> tuple[dict[tuple[int, int], list[int]], dict[int, dict[int, list[int]]]]:
        """For a participant who may be in several meetings at once: a Boolean for being at a venue in a slot."""
        at: dict[tuple[int, int], int] = {}
        beginning: dict[int, dict[int, list[int]]] = defaultdict(dict)
        for slot, variables in self._in_slot[p].items():
            for variable in variables:
                venue = self.problem.candidates[self.booking[variable][0]].venue
                place = at.get((slot, venue))
                if place is None:
                    place = at[slot, venue] = self.rows.variable()
                    beginning[slot][venue] = [place]
                self.rows.row([(1, place), (-1, variable)], 0, FREE)
        for venues in beginning.values():
            self.rows.one_at_most([place for places in venues.values() for place in places])
        return {key: [place] for key, place in at.items()}, beginning

    def _shortfall(self) -> None:
        price = self.problem.price["shortfall"]
        for p, person in enumerate(self.problem.people):
            if person.least and price:
                missing = self.rows.variable(high=person.least, gain=-price)
                self.rows.row([(1, missing), *((1, x) for x in self._of_person[p])], person.least, FREE)

    def _idle_time(self) -> None:
        problem, spread = self.problem, self.problem.idle_spread
        if not (problem.price["idle_slot"] or problem.price["idle_period"] or spread is not None):
            return
        least = self.rows.variable(high=len(problem.day)) if spread is not None else None
        for p, person in enumerate(problem.people):
            if not person.compact:
                continue
            terms = [term for slots in problem.slots_of_day.values() for term in self._idle_day(p, person, slots)]
            if least is not None and spread is not None:
                self.rows.row([*terms, (-1, least)], 0, spread)
            self._tick()

    def _idle_day(self, p: int, person: Person, day: Sequence[int]) -> list[tuple[int, int]]:
        """The rows of one participant's day; gives the terms whose sum is its idle periods."""
        used = [k for k, slot in enumerate(day) if self._in_slot[p].get(slot)]
        if len(used) < 2:
            return []
        day = day[used[0] : used[-1] + 1]
        busy = [self._busy(p, person, slot) for slot in day]
        if self.problem.price["idle_slot"]:
            self._idle_slots(busy)
        if not self.problem.price["idle_period"] and self.problem.idle_spread is None:
            return []
        there = self.rows.variable()
        self.rows.row([(-1, there), *_summed(term for terms in busy for term in terms)], 0, FREE)
        return self._idle_periods(busy, there)

    def _busy(self, p: int, person: Person, slot: int) -> list[tuple[int, int]]:
        """Terms whose sum is one where the participant is in a meeting in the slot."""
        variables = self._in_slot[p].get(slot, [])
        if person.capacity == 1 or len(variables) < 2:
            return [(1, variable) for variable in variables]
        busy = self.rows.variable()
        for variable in variables:
            self.rows.row([(1, busy), (-1, variable)], 0, FREE)
        self.rows.row([(-1, busy), *((1, variable) for variable in variables)], 0, FREE)
        return [(1, busy)]

    def _idle_slots(self, busy: Sequence[list[tuple[int, int]]]) -> None:
        """Idle slots are the span from the first meeting to the last, less the slots in meetings."""
        rows, slots = self.rows, len(busy)
        first, last = rows.variable(high=slots), rows.variable(high=slots)
        idle = rows.variable(high=slots, gain=-self.problem.price["idle_slot"])
        for k, terms in enumerate(busy):
            rows.row([(1, last), *((-(k + 1) * factor, x) for factor, x in terms)], 0, FREE)
            rows.row([(1, first), *(((slots - k) * factor, x) for factor, x in terms)], -FREE, slots)
        rows.row(_summed([(1, idle), (-1, last), (1, first), *(term for terms in busy for term in terms)]), 0, FREE)

    def _idle_periods(self, busy: Sequence[list[tuple[int, int]]], there: int) -> list[tuple[int, int]]:
        rows, price, exact = self.rows, self.problem.price["idle_period"], self.problem.idle_spread is not None
        rises = [rows.variable(gain=-price) for _ in busy]
        rows.gains[there] += price
        for k, terms in enumerate(busy):
            minus = [(-factor, variable) for factor, variable in terms]
            before = busy[k - 1] if k else []
            rows.row(_summed([(1, rises[k]), *minus, *before]), 0, FREE)
            rows.row([(1, there), *minus], 0, FREE)
            if exact:
                rows.row([(1, rises[k]), *minus], -FREE, 0)
                rows.row([(1, rises[k]), *before], -FREE, 1)
        return [*((1, rise) for rise in rises), (-1, there)]

    def _after(self) -> None:
        problem = self.problem
        for c, candidate in enumerate(problem.candidates):
            for variable in self.of_candidate[c]:
                start = self.booking[variable][1]
                for earlier in candidate.after:
                    length = problem.candidates[earlier].length
                    before = [x for x in self.of_candidate[earlier] if self.booking[x][1] + length <= start]
                    self.rows.row([(-1, variable), *((1, x) for x in before)], 0, FREE)

    def placed(self, is_held: Callable[[int], bool]) -> dict[int, int]:
        """The meetings of a solution: `is_held` tells of a variable whether it is one."""
        return {c: start for variable, (c, start) in enumerate(self.booking) if is_held(variable)}


def _summed(terms: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same sum with every variable once."""
    factors: dict[int, int] = defaultdict(int)
    for factor, variable in terms:
        factors[variable] += factor
    return [(factor, variable) for variable, factor in factors.items() if factor]
