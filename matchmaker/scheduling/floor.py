"""The floor of a schedule: how many meetings every investor has at least, and the problem that asks for more.

An investor counts if a meeting is possible for it at all. The *level* of a schedule is the largest number L such that
everybody who counts has L meetings, or as many as it could have if it were alone; so nobody who asks for one meeting
only keeps the others at one. Plain arithmetic: no solver is loaded here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from matchmaker.scheduling.bits import slots_in
from matchmaker.scheduling.problem import Participant, Penalties, Problem
from matchmaker.scheduling.schedule import Placement

FEW = 4
"""Where so few meetings are possible, the ways between them are looked at as well."""


@dataclass(frozen=True)
class Floor:
    """The highest level found with a schedule that has it (none: none was looked for), and a level that none exceeds."""

    reached: int
    proven_most: int
    meetings: tuple[Placement, ...] = ()


@dataclass(frozen=True)
class Guests:
    """The investors who count, by position: the most meetings that each could have, those it has had included.

    `had` are meetings outside the problem, by position; a negative number takes off what only looks like a meeting.
    """

    most: dict[int, int]
    had: dict[int, int]

    @property
    def smallest_most(self) -> int:
        """Nobody can raise the smallest number of meetings above this: what one of them could have at the most."""
        return min(self.most.values(), default=0)

    @property
    def highest(self) -> int:
        """At this level everybody has as many as possible."""
        return max(self.most.values(), default=0)

    def missing_to(self, level: int, who: int) -> int:
        """How many meetings of the problem someone needs for a level."""
        return max(0, min(level, self.most[who]) - self.had[who])


def guests_of(problem: Problem, had: Mapping[str, int] | None = None) -> Guests:
    """Who counts: investors for whom at least one meeting of the problem is possible. `had` is by name."""
    before = {who: (had or {}).get(person.id, 0) for who, person in enumerate(problem.participants)}
    possible = {who: _most_alone(problem, who) for who, person in enumerate(problem.participants) if person.kind == "investor"}
    return Guests({who: most + before[who] for who, most in possible.items() if most > 0}, before)


def meetings_of_guests(problem: Problem, guests: Guests, meetings: Iterable[Placement]) -> dict[int, int]:
    """How many meetings everybody who counts has."""
    counts: Counter[int] = Counter()
    for placement in meetings:
        counts.update(set(problem.parties_of[problem.candidate_index[placement.candidate]]))
    return {who: counts[who] + guests.had[who] for who in guests.most}


def level_of(guests: Guests, counts: Mapping[int, int]) -> int:
    """The level that these numbers of meetings have; 0 where nobody counts."""
    return min((counts[who] for who, most in guests.most.items() if counts[who] < most), default=guests.highest)


def with_floor(problem: Problem, guests: Guests, level: int, price: int) -> Problem:
    """The same problem, with the level among everybody's minimum and a price for each meeting that lacks to a minimum."""

    def raised(who: int, person: Participant) -> Participant:
        wanted = guests.missing_to(level, who) if who in guests.most else 0
        return replace(person, min_meetings=max(person.min_meetings, wanted))

    people = tuple(raised(who, person) for who, person in enumerate(problem.participants))
    return replace(problem, participants=people, penalties=replace(problem.penalties, shortfall=price))


def only_floor(problem: Problem, guests: Guests, level: int, among: Iterable[int] | None = None) -> Problem:
    """What is left of the problem where only the level counts: its value is minus the meetings that are missing to it.

    With `among`, only these have to reach the level, and all meetings that neither they nor anybody's demand needs are
    left out. Every schedule of the whole problem in which they reach it holds one of this problem, unless idle
    periods have to be even.
    """
    chosen = set(guests.most if among is None else among)
    kept = range(len(problem.candidates)) if among is None else sorted(_concerning(problem, chosen))
    names = {problem.candidates[c].id for c in kept}

    def target(who: int, person: Participant) -> Participant:
        return replace(person, min_meetings=guests.missing_to(level, who) if who in chosen else 0)

    return replace(
        problem,
        participants=tuple(target(who, person) for who, person in enumerate(problem.participants)),
        candidates=tuple(replace(problem.candidates[c], weight=0) for c in kept),
        booked=tuple(booking for booking in problem.booked if booking.candidate in names),
        penalties=Penalties(shortfall=1),
    )


def _concerning(problem: Problem, people: set[int]) -> set[int]:
    """The candidates of these people, those that somebody demands, and all that have to come before them."""
    found = set(problem.must) | {c for who in people for c in problem.candidates_of[who]}
    waiting = list(found)
    while waiting:
        earlier = [c for c in problem.before[waiting.pop()] if c not in found]
        found.update(earlier)
        waiting.extend(earlier)
    return found


def _most_alone(problem: Problem, who: int) -> int:
    """More meetings than this one participant can never have, whatever the others do."""
    person = problem.participants[who]
    starts = {c: _starts(problem, c) for c in problem.candidates_of[who]}
    limit = sum(mask > 0 for mask in starts.values())
    limit = limit if person.max_meetings is None else min(limit, person.max_meetings)
    every, days = 0, 0
    for mask in starts.values():
        every |= mask
    chained = person.capacity == 1 and limit <= FEW
    for mask in problem.day_masks.values():
        today = person.capacity * (every & mask).bit_count()
        if chained and today:
            today = min(today, _longest_chain(problem, {c: starts[c] & mask for c in starts}))
        days += today if person.max_per_day is None else min(today, person.max_per_day)
    return max(0, min(limit, days))


def _starts(problem: Problem, candidate: int) -> int:
    starts = problem.start_masks[candidate]
    for slot in problem.pinned.get(candidate, ()):
        starts &= 1 << slot if slot >= 0 else 0
    return starts


def _longest_chain(problem: Problem, starts: Mapping[int, int]) -> int:
    """The most meetings of one day, one after the other, with time for the way from each to the next."""
    options = {
        (slot, slot + problem.candidates[c].length - 1, problem.venue_of[c])
        for c, mask in starts.items()
        for slot in slots_in(mask)
    }
    longest: dict[tuple[int, int, int], int] = {}
    for first, last, venue in sorted(options):
        before = (
            length
            for (_, end, there), length in longest.items()
            if end < first and problem.minutes_between_slots(end, first) >= problem.travel(there, venue)
        )
        longest[first, last, venue] = 1 + max(before, default=0)
    return max(longest.values(), default=0)
