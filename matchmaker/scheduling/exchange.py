"""Forces one meeting into a plan while a few others move: a depth-first search that undoes every step it took.

The plan is the incremental one of the search, and a change of the problem is laid over its masks instead of building the
changed problem: `opened` says how. What is found is a claim that the caller has to check. Ejection chains of this kind
are described by F. Glover, *Ejection chains, reference structures and alternating path methods for traveling salesman
problems*, Discrete Applied Mathematics 65 (1996).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import replace
from functools import cached_property
from itertools import product
from typing import Any

from matchmaker.scheduling.bits import in_a_row, mask_of, slots_in
from matchmaker.scheduling.changes import Change, Easing, eased
from matchmaker.scheduling.plan import Plan
from matchmaker.scheduling.problem import Problem

WIDTH = 3
"""Of the slots for one meeting, and of the meetings that could make room, so many are tried."""


class Exchange:
    """A plan, and which meetings hold its tables and interpreters in each slot."""

    def __init__(self, plan: Plan) -> None:
        problem, slots = plan.problem, range(len(plan.problem.slots))
        for name, each in vars(Problem).items():
            if isinstance(each, cached_property):
                getattr(problem, name)  # every look-up is there before changes are laid over it, and shared by them
        self.plan = plan
        self.at_venue: list[list[set[int]]] = [[set() for _ in slots] for _ in problem.venues]
        self.at_pool: list[list[set[int]]] = [[set() for _ in slots] for _ in problem.pools]
        self.delta = 0
        self.touched: set[int] = set()
        self.steps_left = 0
        for candidate in list(plan.slot_of):
            self._note(candidate, plan.slot_of[candidate], holds=True)

    def place(self, candidate: int, slot: int) -> None:
        """Hold the candidate from this slot on, and count what that gains."""
        self.delta += self.plan.gain(candidate, slot)
        self.plan.place(candidate, slot)
        self._note(candidate, slot, holds=True)

    def take_out(self, candidate: int) -> int:
        """Hold the candidate no more, and count what that costs; tells where it was."""
        slot = self.plan.take_out(candidate)
        self.delta -= self.plan.gain(candidate, slot)
        self._note(candidate, slot, holds=False)
        return slot

    def _note(self, candidate: int, slot: int, *, holds: bool) -> None:
        problem = self.plan.problem
        venue, pool = problem.venue_of[candidate], problem.pool_of[candidate]
        for s in problem.covered(candidate, slot):
            for holders in (self.at_venue[venue][s], *(() if pool is None else (self.at_pool[pool][s],))):
                if holds:
                    holders.add(candidate)
                else:
                    holders.discard(candidate)

    def force(self, candidate: int, moves: int, steps: int) -> bool:
        """Place the candidate, moving at most so many others, such that all that was held is, and nothing is lost in value.

        Tells whether that was found within so many steps; the plan is as it was where it was not.
        """
        self.delta, self.touched, self.steps_left = 0, {candidate}, steps
        return self._house([candidate], moves)

    def _house(self, waiting: list[int], moves: int) -> bool:
        """Find a slot for each of those that wait, taking out at most so many more."""
        if not waiting:
            return self.delta >= 0 and self.plan.keeps_idle_even()
        candidate, rest = waiting[0], waiting[1:]
        for slot in self._best_slots(candidate, self.plan.open_starts(candidate)):
            if self._goes(candidate, slot, [], rest, moves):
                return True
        if moves:
            for slot, others in self._ways(candidate, moves):
                if self.steps_left <= 0:
                    return False
                if self._goes(candidate, slot, others, rest, moves - len(others)):
                    return True
        return False

    def _best_slots(self, candidate: int, open_starts: int) -> list[int]:
        slots = sorted(slots_in(open_starts), key=lambda slot: (-self.plan.gain(candidate, slot), slot))
        return slots[:WIDTH]

    def _goes(self, candidate: int, slot: int, others: list[int], rest: list[int], moves: int) -> bool:
        """Take the others out, place the candidate, and house the others; undone where that fails."""
        if self.steps_left <= 0:
            return False
        self.steps_left -= 1 + len(others)
        were = [(other, self.take_out(other)) for other in others]
        self.touched.update(others)
        if self.plan.open_starts(candidate) >> slot & 1:
            self.place(candidate, slot)
            if self._house([*others, *rest], moves):
                return True
            self.take_out(candidate)
        for other, was in reversed(were):
            self.place(other, was)
        self.touched.difference_update(others)
        return False

    def _ways(self, candidate: int, moves: int) -> list[tuple[int, list[int]]]:
        """The slots that a few others could make free, with those others; fewest first, then by gain."""
        found = []
        for slot in slots_in(self.plan.problem.start_masks[candidate]):
            for others in self._in_the_way(candidate, slot, moves):
                found.append((len(others), -self.plan.gain(candidate, slot), slot, others))
        return [(slot, others) for _, _, slot, others in sorted(found)]

    def _in_the_way(self, candidate: int, slot: int, moves: int) -> list[list[int]]:
        """The sets of others, each of at most so many, without which the candidate may fit here; none where nothing helps."""
        problem, plan = self.plan.problem, self.plan
        covered = problem.covered(candidate, slot)
        must_go: set[int] = set()
        for who, times in problem.uses_of[candidate]:
            if not plan.has_meetings_left(who, times):
                return []
            must_go |= self._barring(who, times, covered, problem.venue_of[candidate])
            if len(must_go) > moves:
                return []
        choices = self._choices(candidate, covered, must_go)
        if (not must_go and not choices) or len(must_go) + len(choices) > moves or not must_go.isdisjoint(self._stay):
            return []
        some = [self._movable(each) for each in choices]
        ways = (sorted(must_go.union(chosen)) for chosen in product(*some))
        return [list(each) for each in dict.fromkeys(map(tuple, ways))]

    @property
    def _stay(self) -> set[int]:
        """Those that may not be moved: the pinned ones, and those that were moved already."""
        return self.touched.union(self.plan.problem.pinned)

    def _barring(self, who: int, times: int, covered: range, venue: int) -> set[int]:
        """Someone's meetings that are too close elsewhere, or at the same time where it can have one only."""
        plan, found = self.plan, set()
        mask = mask_of(covered)
        single = plan.problem.participants[who].capacity <= times
        for other, (first, last, elsewhere) in plan.meetings_of[who].items():
            too_close = elsewhere != venue and plan.travel.too_close(elsewhere, venue, first, last) & mask
            if too_close or (single and first <= covered[-1] and last >= covered[0]):
                found.add(other)
        return found

    def _choices(self, candidate: int, covered: range, gone: set[int]) -> list[set[int]]:
        """Groups of which one has to go, once those that are gone are: for a time, a day, a table, an interpreter."""
        problem, plan = self.plan.problem, self.plan
        groups: list[tuple[set[int], int]] = []
        for who, times in problem.uses_of[candidate]:
            person, mine = problem.participants[who], plan.meetings_of[who]
            if person.capacity > times:
                for s in covered:
                    groups.append(({c for c, (first, last, _) in mine.items() if first <= s <= last}, person.capacity - times))
            if person.max_per_day is not None:
                day = problem.day_of[covered[0]]
                today = {c for c, (first, _, _) in mine.items() if problem.day_of[first] == day}
                groups.append((today, person.max_per_day - times))
        venue, pool = problem.venue_of[candidate], problem.pool_of[candidate]
        for s in covered:
            groups.append((self.at_venue[venue][s], self._free_below(plan.venue_closed[venue], s, self.at_venue[venue][s])))
            if pool is not None:
                groups.append((self.at_pool[pool][s], self._free_below(plan.pool_closed[pool], s, self.at_pool[pool][s])))
        found = [group - gone for group, most in groups if len(group - gone) > most]
        return [group for k, group in enumerate(found) if group not in found[:k]]

    def _free_below(self, closed: int, slot: int, holders: set[int]) -> int:
        """How many may hold it beside one more: one less than do now where it is full, else as many."""
        return len(holders) - (closed >> slot & 1)

    def _movable(self, group: set[int]) -> list[int]:
        """Of a group those that would have somewhere else to go; at most a few."""
        found: list[int] = []
        for other in sorted(group - self._stay):
            was = self.plan.take_out(other)
            if self.plan.open_starts(other) & ~(1 << was):
                found.append(other)
            self.plan.place(other, was)
            self.steps_left -= 1
            if len(found) == WIDTH or self.steps_left <= 0:
                break
        return found


@contextmanager
def opened(plan: Plan, change: Change) -> Iterator[None]:
    """The plan as if the problem were changed; the masks that the change reaches are restored afterwards."""
    problem = plan.problem
    saved = {name: list(getattr(plan, name)) for name in ("closed", "venue_closed", "pool_closed")}
    plan.problem = _overlaid(problem, change)
    closed_tables = _open_more(plan, problem, change)
    try:
        yield
    finally:
        plan.problem = problem
        for load, slots in closed_tables:
            for s in slots:
                load[s] -= 1
        for name, masks in saved.items():
            getattr(plan, name)[:] = masks


def _overlaid(problem: Problem, change: Change) -> Problem:
    """The changed problem with every look-up that stays shared with the old one; not built anew, so not checked anew."""
    twin = copy(problem)
    fields: dict[str, Any] = {}
    match change.kind:
        case Easing.NOTHING:
            pass
        case Easing.TABLE:
            venues = list(problem.venues)
            at = problem.venue_index[change.who]
            tables = venues[at].tables
            venues[at] = replace(venues[at], tables=None if tables is None else tables + 1)
            fields["venues"] = tuple(venues)
        case Easing.INTERPRETER:
            pools, at = list(problem.pools), problem.pool_index[change.who]
            extra = mask_of(change.slots)
            pools[at] = replace(
                pools[at], capacity=tuple(pools[at].capacity_in(s) + (extra >> s & 1) for s in range(len(problem.slots)))
            )
            fields["pools"] = tuple(pools)
        case _:
            fields = _eased_fields(problem, change)
    twin.__dict__.update(fields)
    return twin


def _eased_fields(problem: Problem, change: Change) -> dict[str, Any]:
    at = problem.participant_index[change.who]
    people = list(problem.participants)
    people[at] = eased(people[at], change)
    fields: dict[str, Any] = {"participants": tuple(people)}
    if change.slots:
        masks, starts = list(problem.available_masks), list(problem.start_masks)
        masks[at] |= mask_of(change.slots)
        for c in dict.fromkeys(problem.candidates_of[at]):
            free = -1
            for who in problem.parties_of[c]:
                free &= masks[who]
            starts[c] = problem.allowed_masks[c] & in_a_row(free, problem.candidates[c].length)
        fields |= {"available_masks": tuple(masks), "start_masks": tuple(starts)}
    return fields


def _open_more(plan: Plan, before: Problem, change: Change) -> list[tuple[list[int], list[int]]]:
    """Open what the change opens; a further table is held in every slot outside its half-day: tells which, to be given back."""
    problem = plan.problem
    match change.kind:
        case Easing.INVESTOR_HALF_DAY | Easing.HOST_HALF_DAY:
            who = problem.participant_index[change.who]
            if problem.participants[who].capacity > 0:
                plan.closed[who] &= before.available_masks[who] | ~problem.available_masks[who]
        case Easing.TABLE if problem.venues[problem.venue_index[change.who]].tables is not None:
            venue = problem.venue_index[change.who]
            load, inside = plan.venue_load[venue], set(change.slots)
            outside = [s for s in range(len(load)) if s not in inside]
            for s in outside:
                load[s] += 1
            plan.venue_closed[venue] &= ~mask_of(change.slots)
            return [(load, outside)]
        case Easing.INTERPRETER:
            plan.pool_closed[problem.pool_index[change.who]] &= ~mask_of(change.slots)
        case _:
            pass
    return []
