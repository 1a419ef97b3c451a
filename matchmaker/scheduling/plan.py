"""A schedule being made: what is placed, what is still open, kept up to date with every step."""

from __future__ import annotations

from collections.abc import Iterable

from matchmaker.scheduling.bits import in_a_row, slots_in
from matchmaker.scheduling.problem import Problem
from matchmaker.scheduling.schedule import Placement


class TravelMasks:
    """Which slots a meeting rules out at the other venues, because nobody could get there in time."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._found: dict[tuple[int, int, int, int], int] = {}

    def too_close(self, here: int, there: int, first: int, last: int) -> int:
        """The slots that cannot be used at `there` by those who meet `here` from first to last."""
        key = (here, there, first, last)
        mask = self._found.get(key)
        if mask is None:
            mask = self._found[key] = self._work_out(here, there, first, last)
        return mask

    def _work_out(self, here: int, there: int, first: int, last: int) -> int:
        problem, mask = self._problem, 0
        for slot in problem.day_slots[problem.day_of[first]]:
            to, fro = problem.travel(here, there), problem.travel(there, here)
            in_time = slot > last and problem.minutes_between_slots(last, slot) >= to
            before = slot < first and problem.minutes_between_slots(slot, first) >= fro
            if not in_time and not before:
                mask |= 1 << slot
        return mask


class Plan:
    """Meetings by candidate position, with the room that is left for everybody, slot by slot."""

    def __init__(self, problem: Problem, travel: TravelMasks | None = None) -> None:
        people, slots = problem.participants, len(problem.slots)
        self.problem = problem
        self.travel = travel or TravelMasks(problem)
        self.slot_of: dict[int, int] = {}
        self.meetings_of: list[dict[int, tuple[int, int, int]]] = [{} for _ in people]
        self.count = [0] * len(people)
        self.day_count: list[dict[int, int]] = [{} for _ in people]
        self.load = [[0] * slots for _ in people]
        self.busy = [0] * len(people)
        self.venue_load = [[0] * slots for _ in problem.venues]
        self.pool_load = [[0] * slots for _ in problem.pools]
        every = (1 << slots) - 1
        self.closed = [
            every & ~available if person.capacity > 0 else every
            for person, available in zip(people, problem.available_masks, strict=True)
        ]
        self.venue_closed = [every if venue.tables == 0 else 0 for venue in problem.venues]
        self.pool_closed = [sum(1 << s for s in range(slots) if pool.capacity_in(s) <= 0) for pool in problem.pools]
        self._barred: list[dict[int, int]] = [{} for _ in people]
        even = problem.idle_spread is not None
        self._idle_periods = {who: 0 for who, person in enumerate(people) if person.compact and even}
        """Kept up to date where idle periods have to be spread evenly: who is compact, and how many each has."""

    def copy(self) -> Plan:
        """A plan with the same meetings."""
        twin = Plan(self.problem, self.travel)
        for candidate, slot in self.slot_of.items():
            twin.place(candidate, slot)
        return twin

    # Steps.

    def place(self, candidate: int, slot: int) -> None:
        """Hold the candidate from this slot on, whether or not that is allowed."""
        self._step(candidate, slot, 1)
        self.slot_of[candidate] = slot

    def take_out(self, candidate: int) -> int:
        """Hold the candidate no more; tells where it was."""
        slot = self.slot_of.pop(candidate)
        self._step(candidate, slot, -1)
        return slot

    def _step(self, candidate: int, slot: int, way: int) -> None:
        problem = self.problem
        covered = problem.covered(candidate, slot) or range(slot, slot + 1)
        venue, pool = problem.venue_of[candidate], problem.pool_of[candidate]
        tables = problem.venues[venue].tables
        for s in covered:
            self.venue_load[venue][s] += way
            if tables is not None:
                self.venue_closed[venue] = _marked(self.venue_closed[venue], s, self.venue_load[venue][s] >= tables)
            if pool is not None:
                self.pool_load[pool][s] += way
                full = self.pool_load[pool][s] >= problem.pools[pool].capacity_in(s)
                self.pool_closed[pool] = _marked(self.pool_closed[pool], s, full)
        for who, times in problem.uses_of[candidate]:
            self._step_of_party(who, candidate, covered, venue, way * times)

    def _step_of_party(self, who: int, candidate: int, covered: range, venue: int, way: int) -> None:
        problem, load = self.problem, self.load[who]
        person, available = problem.participants[who], problem.available_masks[who]
        day = problem.day_of[covered[0]]
        idle_before = self._idle_periods_on(who, day) if who in self._idle_periods else 0
        for s in covered:
            load[s] += way
            closed = load[s] >= person.capacity or not available >> s & 1
            self.closed[who] = _marked(self.closed[who], s, closed)
            self.busy[who] = _marked(self.busy[who], s, load[s] > 0)
        self.count[who] += way
        if who in self._idle_periods:
            self._idle_periods[who] += self._idle_periods_on(who, day) - idle_before
        self.day_count[who][day] = self.day_count[who].get(day, 0) + way
        if way > 0:
            self.meetings_of[who][candidate] = (covered[0], covered[-1], venue)
        else:
            del self.meetings_of[who][candidate]
        self._barred[who].clear()

    # What is open.

    def barred(self, who: int, venue: int) -> int:
        """The slots in which someone cannot be at a venue because of meetings elsewhere."""
        mask = self._barred[who].get(venue)
        if mask is None:
            mask = 0
            for first, last, elsewhere in self.meetings_of[who].values():
                if elsewhere != venue:
                    mask |= self.travel.too_close(elsewhere, venue, first, last)
            self._barred[who][venue] = mask
        return mask

    def full_days(self, who: int, times: int = 1) -> int:
        """The slots of days on which someone may have no more meetings."""
        most, mask = self.problem.participants[who].max_per_day, 0
        if most is not None:
            if times > most:
                return -1
            for day, count in self.day_count[who].items():
                if count + times > most:
                    mask |= self.problem.day_masks[day]
        return mask

    def has_meetings_left(self, who: int, times: int = 1) -> bool:
        most = self.problem.participants[who].max_meetings
        return most is None or self.count[who] + times <= most

    def open_starts(self, candidate: int, apart_from: Iterable[int] = ()) -> int:
        """The first slots from which a candidate that is not placed could be.

        What has to come before or after it counts, except for the candidates given.
        """
        problem = self.problem
        starts = problem.start_masks[candidate]
        venue, pool = problem.venue_of[candidate], problem.pool_of[candidate]
        taken = self.venue_closed[venue]
        if pool is not None:
            taken |= self.pool_closed[pool]
        for who, times in problem.uses_of[candidate]:
            if not starts or not self.has_meetings_left(who, times):
                return 0
            taken |= self.closed[who] if times == 1 else self._closed_for(who, times)
            taken |= self.barred(who, venue)
            starts &= ~self.full_days(who, times)
        starts &= in_a_row(~taken, problem.candidates[candidate].length)
        if candidate in problem.pinned:
            for slot in problem.pinned[candidate]:
                starts &= 1 << slot if slot >= 0 else 0
        return self._in_order(candidate, starts, apart_from) if starts else 0

    def _closed_for(self, who: int, times: int) -> int:
        room = self.problem.participants[who].capacity - times
        return sum(1 << s for s, load in enumerate(self.load[who]) if load > room)

    def _in_order(self, candidate: int, starts: int, apart_from: Iterable[int]) -> int:
        problem = self.problem
        if not problem.before[candidate] and not problem.followers[candidate]:
            return starts
        for earlier in problem.before[candidate]:
            if earlier not in apart_from:
                slot = self.slot_of.get(earlier)
                if slot is None or earlier == candidate:
                    return 0
                starts &= -1 << (slot + problem.candidates[earlier].length)
        for later in problem.followers[candidate]:
            slot = self.slot_of.get(later) if later not in apart_from else None
            if slot is not None:
                latest = slot - problem.candidates[candidate].length
                starts &= (1 << (latest + 1)) - 1 if latest >= 0 else 0
        return starts

    # What it is worth.

    def gain(self, candidate: int, slot: int) -> int:
        """What placing the candidate there would add to the objective."""
        problem, prices = self.problem, self.problem.penalties
        gain = problem.worth(candidate, slot)
        covered = problem.covered(candidate, slot)
        mask = ((1 << len(covered)) - 1) << slot
        for who, times in problem.uses_of[candidate]:
            person = problem.participants[who]
            missing = person.min_meetings - self.count[who]
            if missing > 0:
                gain += prices.shortfall * min(missing, times)
            if person.compact and (prices.idle_slot or prices.idle_period):
                day = problem.day_masks[problem.day_of[slot]]
                before, after = self.busy[who] & day, (self.busy[who] | mask) & day
                gain -= self._price_of_idle(after) - self._price_of_idle(before)
        return gain

    def _price_of_idle(self, busy_that_day: int) -> int:
        slots, periods = idle_in(busy_that_day)
        return self.problem.penalties.idle_slot * slots + self.problem.penalties.idle_period * periods

    def idle_periods(self, who: int) -> int:
        return sum(self._idle_periods_on(who, day) for day in self.problem.day_masks)

    def _idle_periods_on(self, who: int, day: int) -> int:
        return idle_in(self.busy[who] & self.problem.day_masks[day])[1]

    def keeps_idle_even(self) -> bool:
        """Whether idle periods are spread over the compact participants as evenly as they must be."""
        most = self.problem.idle_spread
        if most is None:
            return True
        periods = self._idle_periods.values()
        return max(periods, default=0) - min(periods, default=0) <= most

    def weight(self) -> int:
        return sum(self.problem.candidates[candidate].weight for candidate in self.slot_of)

    def value(self) -> int:
        """The objective."""
        problem, prices = self.problem, self.problem.penalties
        total = sum(problem.worth(c, slot) for c, slot in self.slot_of.items())
        total -= problem.price_of_dropping_all
        for who, person in enumerate(problem.participants):
            if person.min_meetings > self.count[who]:
                total -= prices.shortfall * (person.min_meetings - self.count[who])
            if person.compact and self.busy[who] and (prices.idle_slot or prices.idle_period):
                days = {problem.day_of[s] for s in slots_in(self.busy[who])}
                total -= sum(self._price_of_idle(self.busy[who] & problem.day_masks[day]) for day in days)
        return total

    def holds_all_it_must(self) -> bool:
        pinned = all(slots == (self.slot_of.get(candidate),) for candidate, slots in self.problem.pinned.items())
        return pinned and all(candidate in self.slot_of for candidate in self.problem.must)

    def meetings(self) -> tuple[Placement, ...]:
        """The placements, in order of time and then of the candidates."""
        pairs = sorted((slot, candidate) for candidate, slot in self.slot_of.items())
        return tuple(Placement(self.problem.candidates[c].id, slot) for slot, c in pairs)


def starts_beside_pins(problem: Problem, candidate: int) -> int:
    """The first slots that a candidate could ever have: its own, and where it is pinned that one alone."""
    starts = problem.start_masks[candidate]
    for slot in problem.pinned.get(candidate, ()):
        starts &= 1 << slot if slot >= 0 else 0
    return starts


def plan_of(problem: Problem, meetings: Iterable[Placement]) -> Plan:
    """A plan that holds these meetings."""
    plan = Plan(problem)
    for placement in meetings:
        plan.place(problem.candidate_index[placement.candidate], placement.slot)
    return plan


def idle_in(busy: int) -> tuple[int, int]:
    """Idle slots and idle periods between the first and the last busy slot of one day."""
    if not busy:
        return 0, 0
    span = busy.bit_length() - (busy & -busy).bit_length() + 1
    return span - busy.bit_count(), (busy & ~(busy << 1)).bit_count() - 1


def _marked(mask: int, slot: int, mark: bool) -> int:
    return mask | 1 << slot if mark else mask & ~(1 << slot)
