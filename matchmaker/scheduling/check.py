"""What a feasible schedule is and what it is worth: the one definition, which no solver takes part in."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import combinations, pairwise
from typing import Any

from matchmaker.scheduling.problem import Problem
from matchmaker.scheduling.schedule import Placement


class Rule(StrEnum):
    """The hard rules, by code."""

    UNKNOWN_CANDIDATE = "unknown_candidate"
    UNKNOWN_SLOT = "unknown_slot"
    BOOKED_TWICE = "booked_twice"
    SLOT_NOT_ALLOWED = "slot_not_allowed"
    SLOTS_DO_NOT_FOLLOW_ON = "slots_do_not_follow_on"
    NOT_AVAILABLE = "not_available"
    PARTICIPANT_FULL = "participant_full"
    VENUE_FULL = "venue_full"
    POOL_FULL = "pool_full"
    TOO_MANY_MEETINGS = "too_many_meetings"
    TOO_MANY_ON_A_DAY = "too_many_on_a_day"
    TOO_FAR = "too_far"
    IDLE_UNEQUAL = "idle_unequal"
    REQUIRED_MISSING = "required_missing"
    PIN_BROKEN = "pin_broken"
    NOT_AFTER = "not_after"


@dataclass(frozen=True)
class Violation:
    """A hard rule that a schedule breaks, with the facts."""

    rule: Rule
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Term:
    """One term of the objective: how much of it there is, and what that adds."""

    amount: int
    adds: int


@dataclass(frozen=True)
class Contributions:
    """What each term adds to the objective."""

    weight: Term
    shortfall: Term
    drop: Term
    move: Term
    idle_slot: Term
    idle_period: Term

    @property
    def total(self) -> int:
        terms = (self.weight, self.shortfall, self.drop, self.move, self.idle_slot, self.idle_period)
        return sum(term.adds for term in terms)


@dataclass(frozen=True)
class Meeting:
    """A placement in numbers: the candidate's position, the slots that it takes, and where."""

    candidate: int
    slots: tuple[int, ...]
    venue: int

    @property
    def first(self) -> int:
        return self.slots[0]

    @property
    def last(self) -> int:
        return self.slots[-1]


class Book:
    """A schedule opened beside its problem: who meets when and where."""

    def __init__(self, problem: Problem, meetings: Iterable[Placement]) -> None:
        self.problem = problem
        self.known: list[Placement] = []
        self.unknown: list[Placement] = []
        for placement in meetings:
            known = placement.candidate in problem.candidate_index
            in_time = 0 <= placement.slot < len(problem.slots)
            (self.known if known and in_time else self.unknown).append(placement)
        self.times_booked = Counter(placement.candidate for placement in self.known)
        self.slot_of = {p.candidate: p.slot for p in reversed(self.known)}

    @cached_property
    def meetings(self) -> list[Meeting]:
        """The meetings, each candidate once; one that does not fit into its day takes its first slot."""
        found = []
        for name, slot in self.slot_of.items():
            c = self.problem.candidate_index[name]
            slots = tuple(self.problem.covered(c, slot)) or (slot,)
            found.append(Meeting(c, slots, self.problem.venue_of[c]))
        return found

    @cached_property
    def meeting_of(self) -> dict[int, Meeting]:
        return {meeting.candidate: meeting for meeting in self.meetings}

    @cached_property
    def meetings_of(self) -> dict[int, list[Meeting]]:
        """For each participant its meetings, in order of time."""
        found: dict[int, list[Meeting]] = defaultdict(list)
        for meeting in self.meetings:
            for who in self.problem.parties_of[meeting.candidate]:
                found[who].append(meeting)
        for meetings in found.values():
            meetings.sort(key=lambda meeting: (meeting.slots, meeting.candidate))
        return found

    def days_of(self, who: int) -> dict[int, list[Meeting]]:
        """The meetings of one participant by day."""
        days: dict[int, list[Meeting]] = defaultdict(list)
        for meeting in self.meetings_of.get(who, ()):
            days[self.problem.day_of[meeting.first]].append(meeting)
        return days

    @cached_property
    def idle_of(self) -> dict[int, tuple[int, int]]:
        """For each compact participant its idle slots and its idle periods."""
        return {who: self._idle(who) for who, each in enumerate(self.problem.participants) if each.compact}

    def _idle(self, who: int) -> tuple[int, int]:
        slots = periods = 0
        for day, meetings in self.days_of(who).items():
            used = {slot for meeting in meetings for slot in meeting.slots}
            places = [k for k, slot in enumerate(self.problem.day_slots[day]) if slot in used]
            gaps = [later - earlier - 1 for earlier, later in pairwise(places)]
            slots += sum(gaps)
            periods += sum(1 for gap in gaps if gap)
        return slots, periods


def violations(problem: Problem, meetings: Iterable[Placement]) -> list[Violation]:
    """All that is wrong with a schedule; none where it is feasible."""
    book = Book(problem, meetings)
    return [violation for rule in HARD_RULES for violation in rule(book)]


def value(problem: Problem, meetings: Iterable[Placement]) -> int:
    """The objective of a schedule."""
    return contributions(problem, meetings).total


def contributions(problem: Problem, meetings: Iterable[Placement]) -> Contributions:
    """Each term of the objective: how much there is of it and what that adds."""
    book = Book(problem, meetings)
    prices = problem.penalties
    weight = sum(problem.candidates[meeting.candidate].weight for meeting in book.meetings)
    dropped, moved = _broken_promises(book)
    idle_slots = sum(slots for slots, _ in book.idle_of.values())
    idle_periods = sum(periods for _, periods in book.idle_of.values())
    missing = _missing_meetings(book)
    return Contributions(
        weight=Term(weight, weight),
        shortfall=Term(missing, -prices.shortfall * missing),
        drop=Term(dropped, -prices.drop * dropped),
        move=Term(moved, -prices.move * moved),
        idle_slot=Term(idle_slots, -prices.idle_slot * idle_slots),
        idle_period=Term(idle_periods, -prices.idle_period * idle_periods),
    )


def _missing_meetings(book: Book) -> int:
    return sum(
        max(0, participant.min_meetings - len(book.meetings_of.get(who, ())))
        for who, participant in enumerate(book.problem.participants)
    )


def _broken_promises(book: Book) -> tuple[int, int]:
    """The unpinned bookings that vanished and those that changed slot."""
    held = [book.slot_of.get(old.candidate) for old in book.problem.booked if not old.pinned]
    told = [old.slot for old in book.problem.booked if not old.pinned]
    dropped = sum(1 for slot in held if slot is None)
    moved = sum(1 for slot, before in zip(held, told, strict=True) if slot is not None and slot != before)
    return dropped, moved


# The hard rules, in the order of the problem's description.


def everything_is_known(book: Book) -> Iterator[Violation]:
    for placement in book.unknown:
        known = placement.candidate in book.problem.candidate_index
        rule = Rule.UNKNOWN_SLOT if known else Rule.UNKNOWN_CANDIDATE
        yield Violation(rule, {"candidate": placement.candidate, "slot": placement.slot})


def booked_at_most_once(book: Book) -> Iterator[Violation]:
    for name, times in book.times_booked.items():
        if times > 1:
            yield Violation(Rule.BOOKED_TWICE, {"candidate": name, "times": times})


def in_an_allowed_slot(book: Book) -> Iterator[Violation]:
    for name, slot in book.slot_of.items():
        candidate = book.problem.candidates[book.problem.candidate_index[name]]
        if candidate.slots is not None and slot not in candidate.slots:
            yield Violation(Rule.SLOT_NOT_ALLOWED, {"candidate": name, "slot": slot})


def slots_follow_on(book: Book) -> Iterator[Violation]:
    for name, slot in book.slot_of.items():
        if not book.problem.covered(book.problem.candidate_index[name], slot):
            yield Violation(Rule.SLOTS_DO_NOT_FOLLOW_ON, {"candidate": name, "slot": slot})


def everyone_is_available(book: Book) -> Iterator[Violation]:
    for who, meetings in book.meetings_of.items():
        participant = book.problem.participants[who]
        available = set(participant.available)
        for meeting in meetings:
            for slot in meeting.slots:
                if slot not in available:
                    name = book.problem.candidates[meeting.candidate].id
                    facts = {"participant": participant.id, "slot": slot, "candidate": name}
                    yield Violation(Rule.NOT_AVAILABLE, facts)


def nobody_is_over_capacity(book: Book) -> Iterator[Violation]:
    for who, meetings in book.meetings_of.items():
        participant = book.problem.participants[who]
        for slot, held in _held_in_each_slot(meetings):
            if held > participant.capacity:
                facts = {"participant": participant.id, "slot": slot, "held": held}
                yield Violation(Rule.PARTICIPANT_FULL, facts | {"capacity": participant.capacity})


def no_venue_is_over_its_tables(book: Book) -> Iterator[Violation]:
    for v, venue in enumerate(book.problem.venues):
        for slot, held in _held_in_each_slot(m for m in book.meetings if m.venue == v):
            if venue.tables is not None and held > venue.tables:
                facts = {"venue": venue.id, "slot": slot, "held": held, "tables": venue.tables}
                yield Violation(Rule.VENUE_FULL, facts)


def no_pool_is_over_its_capacity(book: Book) -> Iterator[Violation]:
    for p, pool in enumerate(book.problem.pools):
        served = (m for m in book.meetings if book.problem.pool_of[m.candidate] == p)
        for slot, held in _held_in_each_slot(served):
            if held > pool.capacity_in(slot):
                facts = {"pool": pool.id, "slot": slot, "held": held, "capacity": pool.capacity_in(slot)}
                yield Violation(Rule.POOL_FULL, facts)


def _held_in_each_slot(meetings: Iterable[Meeting]) -> Iterable[tuple[int, int]]:
    return sorted(Counter(slot for meeting in meetings for slot in meeting.slots).items())


def nobody_has_too_many_meetings(book: Book) -> Iterator[Violation]:
    for who, meetings in book.meetings_of.items():
        participant = book.problem.participants[who]
        if participant.max_meetings is not None and len(meetings) > participant.max_meetings:
            facts = {"participant": participant.id, "held": len(meetings), "most": participant.max_meetings}
            yield Violation(Rule.TOO_MANY_MEETINGS, facts)


def nobody_has_too_many_on_a_day(book: Book) -> Iterator[Violation]:
    for who in book.meetings_of:
        participant = book.problem.participants[who]
        for day, today in book.days_of(who).items():
            if participant.max_per_day is not None and len(today) > participant.max_per_day:
                facts = {"participant": participant.id, "day": day, "held": len(today)}
                yield Violation(Rule.TOO_MANY_ON_A_DAY, facts | {"most": participant.max_per_day})


def everyone_can_travel(book: Book) -> Iterator[Violation]:
    for who in book.meetings_of:
        for today in book.days_of(who).values():
            for earlier, later in combinations(today, 2):
                yield from _too_far(book.problem, who, earlier, later)


def _too_far(problem: Problem, who: int, earlier: Meeting, later: Meeting) -> Iterator[Violation]:
    if earlier.venue == later.venue:
        return
    minutes = problem.minutes_between_slots(earlier.last, later.first)
    needed = problem.travel(earlier.venue, later.venue)
    if minutes < needed:
        pair = [problem.candidates[each.candidate].id for each in (earlier, later)]
        facts = {"participant": problem.participants[who].id, "candidates": pair}
        yield Violation(Rule.TOO_FAR, facts | {"minutes": minutes, "needed": needed})


def idle_periods_are_shared_evenly(book: Book) -> Iterator[Violation]:
    periods = [periods for _, periods in book.idle_of.values()]
    spread = max(periods, default=0) - min(periods, default=0)
    if book.problem.idle_spread is not None and spread > book.problem.idle_spread:
        yield Violation(Rule.IDLE_UNEQUAL, {"spread": spread, "most": book.problem.idle_spread})


def required_ones_are_booked(book: Book) -> Iterator[Violation]:
    for candidate in book.problem.candidates:
        if candidate.required and candidate.id not in book.slot_of:
            yield Violation(Rule.REQUIRED_MISSING, {"candidate": candidate.id})


def pinned_ones_stay(book: Book) -> Iterator[Violation]:
    for old in book.problem.booked:
        if old.pinned and book.slot_of.get(old.candidate) != old.slot:
            yield Violation(Rule.PIN_BROKEN, {"candidate": old.candidate, "slot": old.slot})


def nothing_comes_before_what_it_follows(book: Book) -> Iterator[Violation]:
    for meeting in book.meetings:
        for before in book.problem.before[meeting.candidate]:
            earlier = book.meeting_of.get(before)
            if earlier is None or earlier.last >= meeting.first:
                names = [book.problem.candidates[c].id for c in (meeting.candidate, before)]
                yield Violation(Rule.NOT_AFTER, {"candidate": names[0], "after": names[1]})


HARD_RULES = (
    everything_is_known,
    booked_at_most_once,
    in_an_allowed_slot,
    slots_follow_on,
    everyone_is_available,
    nobody_is_over_capacity,
    no_venue_is_over_its_tables,
    no_pool_is_over_its_capacity,
    nobody_has_too_many_meetings,
    nobody_has_too_many_on_a_day,
    everyone_can_travel,
    idle_periods_are_shared_evenly,
    required_ones_are_booked,
    pinned_ones_stay,
    nothing_comes_before_what_it_follows,
)
