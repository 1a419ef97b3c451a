"""A schedule that grows meeting by meeting: tells whether one more fits, for the methods that go through a list once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from benchmarks.peers.problem import Problem
from benchmarks.peers.telling import Unsupported


class Plan:
    """Meetings placed so far; pinned bookings and then required candidates come first."""

    def __init__(self, problem: Problem) -> None:
        if problem.idle_spread is not None:
            raise Unsupported("it cannot keep idle periods even")
        self.problem = problem
        self.slot_of: dict[int, int] = {}
        self._at: Counter[tuple[int, int]] = Counter()
        self._tables: Counter[tuple[int, int]] = Counter()
        self._pool: Counter[tuple[int, int]] = Counter()
        self._held: Counter[int] = Counter()
        self._today: dict[tuple[int, int], list[tuple[int, int, int]]] = defaultdict(list)
        for candidate, slot in problem.pinned.items():
            if slot not in problem.candidates[candidate].starts or not self.fits(candidate, slot):
                raise Unsupported("it cannot hold all pinned bookings")
            self.place(candidate, slot)
        for candidate in problem.by_weight():
            if problem.candidates[candidate].required and candidate not in self.slot_of and not self.place_first(candidate):
                raise Unsupported("it found no schedule with all required meetings")

    def fits(self, candidate: int, start: int) -> bool:
        """Whether the meeting breaks no hard rule beside those that are placed."""
        problem, it = self.problem, self.problem.candidates[candidate]
        slots = it.covers(start)
        day = problem.day[start]
        for slot in slots:
            if self._tables[it.venue, slot] >= problem.tables[it.venue]:
                return False
            if it.pool >= 0 and self._pool[it.pool, slot] >= problem.serves[it.pool][slot]:
                return False
        for p in it.people:
            person = problem.people[p]
            today = self._today.get((p, day), ())
            if self._held[p] >= person.most or len(today) >= person.daily:
                return False
            if any(self._at[p, slot] >= person.capacity for slot in slots):
                return False
            if any(not self._can_travel(other, (start, slots[-1], it.venue)) for other in today if other[2] != it.venue):
                return False
        return all(e in self.slot_of and self.slot_of[e] + problem.candidates[e].length <= start for e in it.after)

    def _can_travel(self, one: tuple[int, int, int], two: tuple[int, int, int]) -> bool:
        first, second = (one, two) if one[0] <= two[0] else (two, one)
        problem = self.problem
        return problem.begins[second[0]] - problem.ends[first[1]] >= problem.travel[first[2]][second[2]]

    def place(self, candidate: int, start: int) -> None:
        it = self.problem.candidates[candidate]
        self.slot_of[candidate] = start
        slots = it.covers(start)
        for slot in slots:
            self._tables[it.venue, slot] += 1
            self._pool[it.pool, slot] += 1
        for p in it.people:
            self._held[p] += 1
            self._today[p, self.problem.day[start]].append((start, slots[-1], it.venue))
            for slot in slots:
                self._at[p, slot] += 1

    def place_first(self, candidate: int) -> bool:
        """Place the meeting into the first slot where it fits; tells whether there is one."""
        for start in self.problem.candidates[candidate].starts:
            if self.fits(candidate, start):
                self.place(candidate, start)
                return True
        return False

    def place_all(self, candidates: Iterable[int]) -> None:
        """Place each that fits and weighs something, in this order; those that wait for another are looked at again."""
        left = [c for c in candidates if c not in self.slot_of and self.problem.candidates[c].weight > 0]
        while left:
            waiting = [c for c in left if not self.place_first(c)]
            if len(waiting) == len(left) or not any(self.problem.candidates[c].after for c in waiting):
                return
            left = waiting
