"""The hard rules and the objective as CP-SAT constraints, one function for each.

The names are those of docs/scheduling-model.md. What they allow is tested against check.py, with which
they share the problem's plain look-ups and the code of no rule.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise

from ortools.sat.python import cp_model

from matchmaker.scheduling import diaries
from matchmaker.scheduling.part import Choice, Part, Room
from matchmaker.scheduling.plan import idle_in

Literal = cp_model.IntVar
Expression = int | cp_model.LinearExpr


class Model:
    """A CP-SAT model of a part: one Boolean per candidate and first slot, and the objective's terms.

    With `proving`, idle time is written in the form that is larger and proves more.
    """

    def __init__(self, part: Part, *, proving: bool = False) -> None:
        self.part = part
        self.proving = proving
        self.cp = cp_model.CpModel()
        self.x: dict[int, dict[int, Literal]] = {}
        self._now: dict[int, int] = {}
        self.choice = {choice.candidate: choice for choice in part.choices}
        self.terms: list[Expression] = []
        for choice in part.choices:
            self.x[choice.candidate] = {slot: self.bool(hint=slot == choice.now) for slot in choice.worth}
        self._idle: dict[int, tuple[Expression, Expression]] = {}
        self._busy: dict[int, dict[int, Literal]] = {}

    def bool(self, *, hint: object) -> Literal:
        """A new Boolean, and what it is in the plan as it stands."""
        return self.whole(0, 1, hint=int(bool(hint)))

    def whole(self, least: int, most: int, *, hint: int) -> Literal:
        """A new whole number, and what it is in the plan as it stands."""
        found = self.cp.new_int_var(least, most, "")
        self._now[found.index] = hint
        self.cp.add_hint(found, hint)
        return found

    def now(self, expression: int | Literal) -> int:
        """What a variable is in the plan as it stands."""
        return expression if isinstance(expression, int) else self._now[expression.index]

    def booked(self, candidate: int) -> list[Literal]:
        """At most one of these is true; one is where the candidate is booked."""
        return list(self.x[candidate].values()) if candidate in self.x else []

    @cached_property
    def choices_of(self) -> dict[int, list[Choice]]:
        """For each participant its choices (one that names it twice stands there twice)."""
        found: dict[int, list[Choice]] = defaultdict(list)
        for choice in self.part.choices:
            for who in choice.parties:
                found[who].append(choice)
        return found

    @cached_property
    def in_slot(self) -> dict[int, dict[int, dict[int, list[Literal]]]]:
        """For each participant and slot, by venue, the placements that take the slot."""
        found: dict[int, dict[int, dict[int, list[Literal]]]] = {}
        for who, choices in self.choices_of.items():
            slots: dict[int, dict[int, list[Literal]]] = defaultdict(lambda: defaultdict(list))
            for choice in choices:
                for first, literal in self.x[choice.candidate].items():
                    for slot in choice.covering(first):
                        slots[slot][choice.venue].append(literal)
            found[who] = slots
        return found

    def busy(self, who: int) -> dict[int, Literal]:
        """For each slot that the choices of a participant could take, whether one of them does."""
        if who not in self._busy:
            single, slots = self.part.rooms[who].single, sorted(self.in_slot[who].items())
            self._busy[who] = {
                slot: _any_of(self, [x for here in by_venue.values() for x in here], single=single) for slot, by_venue in slots
            }
        return self._busy[who]

    def idle(self, who: int) -> tuple[Expression, Expression]:
        """The idle slots and the idle periods of one participant."""
        whole = self.proving and not self.part.penalties.idle_slot
        if who not in self._idle and whole and diaries.has_whole_diary(self.part, who):
            self._idle[who] = 0, diaries.periods_in_whole_diary(self, who)
        if who not in self._idle:
            days = [_idle_on(self, who, day) for day in sorted(set(self.part.calendar.day_of))]
            self._idle[who] = sum(slots for slots, _ in days), sum(periods for _, periods in days)
        return self._idle[who]

    def at_most(self, literals: list[Literal], room: int) -> None:
        """No more of them than there is room; nothing is said where that cannot fail."""
        if len(literals) > room:
            if room == 1:
                self.cp.add_at_most_one(literals)
            else:
                self.cp.add(sum(literals) <= room)


# Hard rules.


def one_first_slot_per_candidate(model: Model) -> None:
    for candidate in model.x:
        model.at_most(model.booked(candidate), 1)


def one_meeting_per_party_and_slot(model: Model) -> None:
    """One, or as many as the participant can take at once."""
    for who, slots in model.in_slot.items():
        room = model.part.rooms[who]
        for slot, by_venue in slots.items():
            literals = [literal for here in by_venue.values() for literal in here]
            model.at_most(literals, room.capacity[slot])


def no_more_meetings_than_tables(model: Model) -> None:
    taking: dict[tuple[int, int], list[Literal]] = defaultdict(list)
    for choice in model.part.choices:
        if choice.venue in model.part.tables:
            for first, literal in model.x[choice.candidate].items():
                for slot in choice.covering(first):
                    taking[choice.venue, slot].append(literal)
    for (venue, slot), literals in taking.items():
        model.at_most(literals, model.part.tables[venue][slot])


def no_more_meetings_than_the_pool_serves(model: Model) -> None:
    taking: dict[tuple[int, int], list[Literal]] = defaultdict(list)
    for choice in model.part.choices:
        if choice.pool is not None:
            for first, literal in model.x[choice.candidate].items():
                for slot in choice.covering(first):
                    taking[choice.pool, slot].append(literal)
    for (pool, slot), literals in taking.items():
        model.at_most(literals, model.part.pools[pool][slot])


def no_more_meetings_than_wanted(model: Model) -> None:
    for who, choices in model.choices_of.items():
        most = model.part.rooms[who].meetings
        if most is not None:
            model.at_most([x for choice in choices for x in model.booked(choice.candidate)], most)


def no_more_meetings_than_wanted_on_a_day(model: Model) -> None:
    for who, choices in model.choices_of.items():
        on_day = model.part.rooms[who].on_day
        if on_day is None:
            continue
        today: dict[int, list[Literal]] = defaultdict(list)
        for choice in choices:
            for first, literal in model.x[choice.candidate].items():
                today[model.part.calendar.day_of[first]].append(literal)
        for day, literals in today.items():
            model.at_most(literals, on_day[day])


def time_to_travel(model: Model) -> None:
    """Nobody is at two venues with less time between them than the way takes.

    Of one participant's presences at venues, those that rule each other out form cliques: one in a slot,
    together with all those in one other slot that are too far from it.
    """
    for who, slots in model.in_slot.items():
        if len({venue for by_venue in slots.values() for venue in by_venue}) > 1:
            _time_to_travel_for(model, model.part.rooms[who], slots)


def _time_to_travel_for(model: Model, room: Room, slots: dict[int, dict[int, list[Literal]]]) -> None:
    present = {
        slot: {venue: _any_of(model, xs, single=room.single) for venue, xs in by_venue.items()}
        for slot, by_venue in slots.items()
    }
    for here in present.values():
        model.at_most(list(here.values()), 1)
    for earlier, later in _pairs_on_a_day(model.part, sorted(present)):
        minutes = (model.part.calendar.starts[later] - model.part.calendar.ends[earlier]) / 60
        _far_apart(model, present[earlier], present[later], minutes)


def _far_apart(model: Model, before: dict[int, Literal], after: dict[int, Literal], minutes: float) -> None:
    travel = model.part.calendar.travel_minutes
    for here, literal in before.items():
        far = [there for there in after if there != here and travel[here][there] > minutes]
        if far:
            model.cp.add_at_most_one([literal, *(after[there] for there in far)])


def _pairs_on_a_day(part: Part, slots: list[int]) -> Iterator[tuple[int, int]]:
    """The slots of one day, two by two, that are closer than the longest way."""
    calendar = part.calendar
    longest = max((max(row) for row in calendar.travel_minutes), default=0)
    for k, earlier in enumerate(slots):
        for later in slots[k + 1 :]:
            if calendar.day_of[later] != calendar.day_of[earlier]:
                break
            if (calendar.starts[later] - calendar.ends[earlier]) / 60 >= longest:
                break
            yield earlier, later


def _any_of(model: Model, literals: list[Literal], *, single: bool) -> Literal:
    """A literal that is true where one of these is."""
    if len(literals) == 1:
        return literals[0]
    found = model.bool(hint=any(model.now(literal) for literal in literals))
    if single:
        model.cp.add(sum(literals) == found)
    else:
        model.cp.add_max_equality(found, literals)
    return found


def needed_ones_are_booked(model: Model) -> None:
    for candidate in sorted(model.part.needed):
        model.cp.add_at_least_one(model.booked(candidate))


def only_after_what_comes_before(model: Model) -> None:
    for later, earlier in model.part.order:
        ends = {first + model.choice[earlier].length: literal for first, literal in model.x.get(earlier, {}).items()}
        for first, literal in model.x.get(later, {}).items():
            in_time = [each for end, each in ends.items() if end <= first]
            model.cp.add(sum(in_time) >= literal)


def idle_periods_are_shared_evenly(model: Model) -> None:
    spread = model.part.spread
    if spread is None:
        return
    longest = len(model.part.calendar.starts)
    fewest = model.whole(0, longest, hint=0)
    if spread.fewest_elsewhere is not None and spread.most_elsewhere is not None:
        model.cp.add(fewest <= spread.fewest_elsewhere)
        model.cp.add(fewest + spread.most >= spread.most_elsewhere)
    for who in model.choices_of:
        if model.part.rooms[who].compact:
            _, periods = model.idle(who)
            model.cp.add(periods >= fewest)
            model.cp.add(periods <= fewest + spread.most)


def enough_weight(model: Model) -> None:
    """The candidates booked weigh no less than those of greedy by weight, where that is asked for."""
    if model.part.weight_needed is not None:
        booked = [choice.weight * literal for choice in model.part.choices for literal in model.booked(choice.candidate)]
        model.cp.add(sum(booked) >= model.part.weight_needed)


# Terms of the objective.


def worth_of_what_is_booked(model: Model) -> None:
    """Weights, and the prices of drops and moves: both hang on a placement alone."""
    for choice in model.part.choices:
        for slot, literal in model.x[choice.candidate].items():
            model.terms.append(choice.worth[slot] * literal)


def price_of_shortfall(model: Model) -> None:
    price = model.part.penalties.shortfall
    for who, choices in model.choices_of.items():
        missing = model.part.rooms[who].missing
        if price and missing:
            held = [x for choice in choices for x in model.booked(choice.candidate)]
            now = sum(model.now(literal) for literal in held)
            short = model.whole(0, missing, hint=max(0, missing - now))
            model.cp.add(short + sum(held) >= missing)
            model.terms.append(-price * short)


def price_of_idle_time(model: Model) -> None:
    prices = model.part.penalties
    if not prices.idle_slot and not prices.idle_period:
        return
    for who in model.choices_of:
        if model.part.rooms[who].compact:
            slots, periods = model.idle(who)
            model.terms.append(-prices.idle_slot * slots - prices.idle_period * periods)


def _idle_on(model: Model, who: int, day: int) -> tuple[Expression, Expression]:
    """The idle slots and periods of one participant on one day."""
    fixed, open_slots = model.part.rooms[who].busy, model.in_slot[who]
    today = [s for s, its_day in enumerate(model.part.calendar.day_of) if its_day == day]
    if not any(s in open_slots for s in today):
        return idle_in(sum(1 << s for s in today if fixed >> s & 1))
    used = [s for s in today if s in open_slots or fixed >> s & 1]
    window = range(used[0], used[-1] + 1)
    busy: list[int | Literal] = []
    for s in window:
        literals = [x for here in open_slots.get(s, {}).values() for x in here]
        if fixed >> s & 1 or not literals:
            busy.append(fixed >> s & 1)
        else:
            busy.append(_any_of(model, literals, single=model.part.rooms[who].single))
    there = _there_at_all(model, busy)
    return _idle_slots(model, busy, there), _idle_periods(model, busy, there)


def _there_at_all(model: Model, busy: list[int | Literal]) -> int | Literal:
    """Whether the participant has any meeting on the day."""
    if any(isinstance(each, int) and each for each in busy):
        return 1
    there = model.bool(hint=any(model.now(each) for each in busy))
    model.cp.add(there <= sum(busy))
    if model.part.spread is not None:
        for each in busy:
            model.cp.add(there >= each)
    return there


def _idle_slots(model: Model, busy: list[int | Literal], there: int | Literal) -> Expression:
    """Slots from the first to the last meeting, less those with one.

    A slot lies in between where the day's meetings have begun and not all are over. That no slot is used
    outside is said slot by slot, which keeps the linear relaxation tight.
    """
    if not model.part.penalties.idle_slot:
        return 0
    begun = _so_far(model, busy, there)
    to_come = _so_far(model, busy[::-1], there)[::-1]
    total: Expression = 0
    for used, before, after in zip(busy, begun, to_come, strict=True):
        idle = before + after - there - used
        model.cp.add(idle >= 0)
        total += idle
    return total


def _so_far(model: Model, busy: list[int | Literal], there: int | Literal) -> list[int | Literal]:
    """For each slot whether it or one before it is used; in the end that is being there at all."""
    found: list[int | Literal] = []
    for used in busy[:-1]:
        passed = model.bool(hint=model.now(used) or (found and model.now(found[-1])))
        model.cp.add(passed >= used)
        if found:
            model.cp.add(passed >= found[-1])
        model.cp.add(passed <= there)
        found.append(passed)
    model.cp.add(there >= busy[-1])
    return [*found, there]


def _idle_periods(model: Model, busy: list[int | Literal], there: int | Literal) -> Expression:
    """Runs of meetings on the day, less one where there is any."""
    if not model.part.penalties.idle_period and model.part.spread is None:
        return 0
    runs: Expression = busy[0]
    for before, now in pairwise(busy):
        rise = model.bool(hint=model.now(now) > model.now(before))
        model.cp.add(rise >= now - before)
        if model.part.spread is not None:
            model.cp.add(rise <= now)
            model.cp.add(rise <= 1 - before)
        runs += rise
    return runs - there
