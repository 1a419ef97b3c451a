"""Checks a schedule against its instance from the two files alone, sharing no code with any program that makes schedules.

`check` tells every rule that is broken, the objective reckoned anew, and whether what the schedule claims is true.
The rules are those of the formats matchmaker-instance/1 and matchmaker-schedule/1. Only the standard library is used.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import pairwise
from math import isfinite
from typing import Any, TypeGuard

Data = Mapping[str, Any]
MINUTE = 60.0
TINY = 1e-6


class Malformed(ValueError):
    """A file is not of the format; the message says where."""


@dataclass(frozen=True)
class Held:
    """A meeting of the schedule: its candidate, its slots in order, and where it takes place."""

    candidate: Data
    slots: range
    fits: bool

    @property
    def name(self) -> str:
        return str(self.candidate["id"])

    @property
    def venue(self) -> str:
        return str(self.candidate["venue"])


@dataclass(frozen=True)
class Verdict:
    """What the checker found: broken rules and false claims in words, the objective, and what it is made of."""

    violations: tuple[str, ...]
    false_claims: tuple[str, ...]
    objective: int | None
    meetings: int
    amounts: dict[str, int] = field(default_factory=dict)

    @property
    def accepted(self) -> bool:
        return not self.violations and not self.false_claims


class Conference:
    """An instance, looked up by name."""

    def __init__(self, data: Data) -> None:
        if not isinstance(data, Mapping) or data.get("format") != "matchmaker-instance/1":
            raise Malformed("the instance is not of the format matchmaker-instance/1")
        try:
            self._read(data)
        except (KeyError, TypeError, AttributeError, IndexError) as error:
            raise Malformed(f"a field of the instance is missing or of the wrong type: {error!r}") from error

    def _read(self, data: Data) -> None:
        self.name = data["name"]
        self.starts = [datetime.fromisoformat(slot["start"]) for slot in data["slots"]]
        self.ends = [datetime.fromisoformat(slot["end"]) for slot in data["slots"]]
        self.days = [int(slot["day"]) for slot in data["slots"]]
        self.tables = {venue["id"]: venue["tables"] for venue in data["venues"]}
        self.places = {venue["id"]: place for place, venue in enumerate(data["venues"])}
        self.travel = data["travel_minutes"]
        self.pools = {pool["id"]: pool["capacity"] for pool in data.get("pools", ())}
        self.people = {person["id"]: person for person in data["participants"]}
        self.free = {name: frozenset(person["available"]) for name, person in self.people.items()}
        self.candidates = {candidate["id"]: candidate for candidate in data["candidates"]}
        self.booked = list(data.get("booked", ()))
        self.prices = {
            name: int(data["penalties"].get(name, 0)) for name in ("shortfall", "drop", "move", "idle_slot", "idle_period")
        }
        self.idle_spread = data.get("idle_spread")
        if len(self.travel) != len(self.tables) or any(len(row) != len(self.tables) for row in self.travel):
            raise Malformed("travel_minutes is no square over the venues")
        for candidate in self.candidates.values():
            if candidate["venue"] not in self.tables or any(who not in self.people for who in candidate["participants"]):
                raise Malformed(f"{candidate['id']} names a venue or a participant that is not there")
        for booking in self.booked:
            if booking["candidate"] not in self.candidates:
                raise Malformed(f"booked names a candidate that is not there: {booking['candidate']}")

    @cached_property
    def place_in_day(self) -> list[int]:
        """For each slot, how many slots of its day come before it."""
        seen: Counter[int] = Counter()
        found = []
        for day in self.days:
            found.append(seen[day])
            seen[day] += 1
        return found

    def follow_on(self, slots: range) -> bool:
        """Whether the slots exist, are of one day, and each begins as the one before ends."""
        return slots.stop <= len(self.days) and all(
            self.days[a] == self.days[b] and self.ends[a] == self.starts[b] for a, b in pairwise(slots)
        )

    def minutes(self, here: str, there: str) -> float:
        return 0.0 if here == there else float(self.travel[self.places[here]][self.places[there]])


class Diary:
    """The meetings of a schedule: by candidate and by participant."""

    def __init__(self, conference: Conference, schedule: Data) -> None:
        if not isinstance(schedule, Mapping) or schedule.get("format") != "matchmaker-schedule/1":
            raise Malformed("the schedule is not of the format matchmaker-schedule/1")
        if schedule.get("instance") != conference.name:
            raise Malformed(f"the schedule is for {schedule.get('instance')}, not for {conference.name}")
        if not isinstance(schedule.get("meetings"), list):
            raise Malformed("the schedule has no list of meetings")
        self.conference = conference
        self.held = [self._held(meeting) for meeting in schedule["meetings"]]
        self.by_candidate = {meeting.name: meeting for meeting in self.held}
        self.of: dict[str, list[Held]] = {name: [] for name in conference.people}
        for meeting in sorted(self.held, key=lambda each: each.slots.start):
            for who in meeting.candidate["participants"]:
                self.of[who].append(meeting)

    def _held(self, meeting: Any) -> Held:
        conference = self.conference
        if not isinstance(meeting, Mapping) or meeting.get("candidate") not in conference.candidates:
            raise Malformed(f"no candidate of the instance: {meeting}")
        slot = meeting.get("slot")
        if type(slot) is not int or not 0 <= slot < len(conference.days):
            raise Malformed(f"no slot of the instance: {meeting}")
        candidate = conference.candidates[meeting["candidate"]]
        slots = range(slot, slot + int(candidate.get("length", 1)))
        fits = conference.follow_on(slots)
        return Held(candidate, slots if fits else range(slot, slot + 1), fits)

    def day_of(self, meeting: Held) -> int:
        return self.conference.days[meeting.slots.start]

    def idle(self, who: str) -> tuple[int, int]:
        """Idle slots and idle periods of one participant, all days together."""
        places: dict[int, set[int]] = defaultdict(set)
        for slot in (slot for meeting in self.of[who] for slot in meeting.slots):
            places[self.conference.days[slot]].add(self.conference.place_in_day[slot])
        gaps = [after - before - 1 for used in places.values() for before, after in pairwise(sorted(used))]
        slots, periods = sum(gaps), sum(gap > 0 for gap in gaps)
        return slots, periods

    @cached_property
    def idle_of_compact(self) -> dict[str, tuple[int, int]]:
        return {
            who: self.idle(who) if self.of[who] else (0, 0)
            for who, person in self.conference.people.items()
            if person.get("compact")
        }


# -- the hard rules: each tells in words where it is broken -----------------------------------------------------------


def at_most_once(diary: Diary) -> Iterator[str]:
    for name, times in Counter(meeting.name for meeting in diary.held).items():
        if times > 1:
            yield f"{name} is booked {times} times"


def in_allowed_slots_that_follow_on(diary: Diary) -> Iterator[str]:
    for meeting in diary.held:
        allowed = meeting.candidate.get("slots")
        if allowed is not None and meeting.slots.start not in allowed:
            yield f"{meeting.name} may not begin in slot {meeting.slots.start}"
        if not meeting.fits:
            yield f"the slots of {meeting.name} do not follow on from slot {meeting.slots.start}"


def everyone_is_there(diary: Diary) -> Iterator[str]:
    for who, meetings in diary.of.items():
        for meeting in meetings:
            for slot in meeting.slots:
                if slot not in diary.conference.free[who]:
                    yield f"{who} is away in slot {slot} ({meeting.name})"


def nobody_meets_too_many_at_once(diary: Diary) -> Iterator[str]:
    for who, meetings in diary.of.items():
        capacity = diary.conference.people[who].get("capacity", 1)
        for slot, count in Counter(slot for meeting in meetings for slot in meeting.slots).items():
            if count > capacity:
                yield f"{who} has {count} meetings in slot {slot}, and may have {capacity}"


def tables_and_pools_suffice(diary: Diary) -> Iterator[str]:
    conference = diary.conference
    at_tables = Counter((meeting.venue, slot) for meeting in diary.held for slot in meeting.slots)
    for (venue, slot), count in at_tables.items():
        if conference.tables[venue] is not None and count > conference.tables[venue]:
            yield f"{venue} has {count} meetings in slot {slot} and {conference.tables[venue]} tables"
    in_pool = Counter((m.candidate["pool"], slot) for m in diary.held if m.candidate.get("pool") for slot in m.slots)
    for (pool, slot), count in in_pool.items():
        capacity = conference.pools[pool]
        most = capacity if isinstance(capacity, int) else capacity[slot]
        if count > most:
            yield f"{pool} serves {count} meetings in slot {slot}, and can serve {most}"


def limits_are_kept(diary: Diary) -> Iterator[str]:
    for who, meetings in diary.of.items():
        person = diary.conference.people[who]
        most, daily = person.get("max_meetings"), person.get("max_per_day")
        if most is not None and len(meetings) > most:
            yield f"{who} has {len(meetings)} meetings, and wants {most} at most"
        for day, count in Counter(diary.day_of(meeting) for meeting in meetings).items():
            if daily is not None and count > daily:
                yield f"{who} has {count} meetings on day {day}, and wants {daily} at most"


def there_is_time_to_travel(diary: Diary) -> Iterator[str]:
    conference = diary.conference
    for who, meetings in diary.of.items():
        for k, first in enumerate(meetings):
            for second in meetings[k + 1 :]:
                if first.venue == second.venue or diary.day_of(first) != diary.day_of(second):
                    continue
                time = (conference.starts[second.slots.start] - conference.ends[first.slots[-1]]).total_seconds() / MINUTE
                if time < conference.minutes(first.venue, second.venue):
                    yield f"{who} has {time:.0f} minutes from {first.venue} ({first.name}) to {second.venue} ({second.name})"


def idle_periods_are_even(diary: Diary) -> Iterator[str]:
    spread = diary.conference.idle_spread
    periods = [each for _, each in diary.idle_of_compact.values()]
    if spread is not None and periods and max(periods) - min(periods) > spread:
        yield f"idle periods differ by {max(periods) - min(periods)}, and may by {spread}"


def what_must_be_is(diary: Diary) -> Iterator[str]:
    conference = diary.conference
    for name, candidate in conference.candidates.items():
        if candidate.get("required") and name not in diary.by_candidate:
            yield f"{name} is required and not booked"
    for booking in conference.booked:
        held = diary.by_candidate.get(booking["candidate"])
        if booking.get("pinned") and (held is None or held.slots.start != booking["slot"]):
            yield f"{booking['candidate']} is pinned to slot {booking['slot']} and not there"


def what_comes_before_does(diary: Diary) -> Iterator[str]:
    for meeting in diary.held:
        for earlier in meeting.candidate.get("after", ()):
            before = diary.by_candidate.get(earlier)
            if before is None or before.slots[-1] >= meeting.slots.start:
                yield f"{meeting.name} is not after {earlier}"


RULES: Sequence[Callable[[Diary], Iterator[str]]] = (
    at_most_once,
    in_allowed_slots_that_follow_on,
    everyone_is_there,
    nobody_meets_too_many_at_once,
    tables_and_pools_suffice,
    limits_are_kept,
    there_is_time_to_travel,
    idle_periods_are_even,
    what_must_be_is,
    what_comes_before_does,
)


# -- the objective and the claims -------------------------------------------------------------------------------------


def amounts_of(diary: Diary) -> dict[str, int]:
    """The weight that is booked, and how many of each thing that has a price."""
    conference = diary.conference
    unpinned = [booking for booking in conference.booked if not booking.get("pinned")]
    now = [(booking["slot"], diary.by_candidate.get(booking["candidate"])) for booking in unpinned]
    missing = (person.get("min_meetings") or 0 for person in conference.people.values())
    return {
        "weight": sum(meeting.candidate["weight"] for meeting in diary.by_candidate.values()),
        "shortfall": sum(max(0, least - len(diary.of[who])) for who, least in zip(conference.people, missing, strict=True)),
        "drop": sum(held is None for _, held in now),
        "move": sum(held is not None and held.slots.start != slot for slot, held in now),
        "idle_slot": sum(slots for slots, _ in diary.idle_of_compact.values()),
        "idle_period": sum(periods for _, periods in diary.idle_of_compact.values()),
    }


def false_claims(schedule: Data, objective: int) -> Iterator[str]:
    """What a feasible schedule says of itself and is not true."""
    status, claimed, bound = schedule.get("status"), schedule.get("objective"), schedule.get("bound")
    if status not in (None, "optimal", "feasible"):
        yield f"unknown status {status!r}"
    for name, number in (("objective", claimed), ("bound", bound)):
        if number is not None and not _is_number(number):
            yield f"the {name} is no finite number: {number!r}"
    if _is_number(claimed) and abs(claimed - objective) > TINY:
        yield f"claims an objective of {claimed} and has {objective}"
    if _is_number(bound) and bound < objective - TINY:
        yield f"claims a bound of {bound}, below its objective {objective}"
    if status == "optimal" and not (_is_number(bound) and bound < objective + 1 - TINY):
        yield "says optimal, and its bound does not prove it"


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and isfinite(value)


def check(instance: Data, schedule: Data) -> Verdict:
    """Every broken rule, the objective and every false claim; raises Malformed where a file is not of its format."""
    diary = Diary(Conference(instance), schedule)
    if schedule.get("status") == "infeasible":
        claims = ("says infeasible and lists meetings",) if diary.held else ()
        return Verdict((), claims, None, len(diary.held))
    violations = tuple(words for rule in RULES for words in rule(diary))
    amounts = amounts_of(diary)
    objective = amounts["weight"] - sum(price * amounts[name] for name, price in diary.conference.prices.items())
    return Verdict(violations, tuple(false_claims(schedule, objective)), objective, len(diary.by_candidate), amounts)
