"""An instance as the peers read it: positions instead of names, whole minutes instead of dates, prices per first slot."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import pairwise
from typing import Any

UNLIMITED = 1 << 30


@dataclass(frozen=True)
class Person:
    """A participant: its name, whether it invests, when it is there, and its limits."""

    id: str
    invests: bool
    free: frozenset[int]
    capacity: int
    least: int
    most: int
    daily: int
    compact: bool


@dataclass(frozen=True)
class Candidate:
    """A meeting that could be held. `starts` are the first slots in which nothing but other meetings can be in its way."""

    id: str
    people: tuple[int, ...]
    venue: int
    weight: int
    length: int
    starts: tuple[int, ...]
    pool: int
    required: bool
    after: tuple[int, ...]

    def covers(self, start: int) -> range:
        return range(start, start + self.length)


class Problem:
    """The whole instance. Slots, venues, people, candidates and pools are numbered in the order of the file."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data = data
        self.name: str = data["name"]
        self.day = [slot["day"] for slot in data["slots"]]
        self.begins = [_minutes(slot["start"]) for slot in data["slots"]]
        self.ends = [_minutes(slot["end"]) for slot in data["slots"]]
        venue_of = {venue["id"]: v for v, venue in enumerate(data["venues"])}
        self.tables = [UNLIMITED if venue["tables"] is None else int(venue["tables"]) for venue in data["venues"]]
        self.travel: list[list[float]] = data["travel_minutes"]
        pools = data.get("pools", [])
        pool_of = {pool["id"]: q for q, pool in enumerate(pools)}
        slots = len(self.day)
        self.serves = [
            [pool["capacity"]] * slots if isinstance(pool["capacity"], int) else list(pool["capacity"]) for pool in pools
        ]
        self.people = [_person(each) for each in data["participants"]]
        person_of = {person.id: p for p, person in enumerate(self.people)}
        self.number = {candidate["id"]: c for c, candidate in enumerate(data["candidates"])}
        self.candidates = [self._candidate(each, venue_of, person_of, pool_of) for each in data["candidates"]]
        self.idle_spread: int | None = data.get("idle_spread")
        prices = data["penalties"]
        self.price = {name: int(prices.get(name, 0)) for name in ("shortfall", "drop", "move", "idle_slot", "idle_period")}
        self.pinned = {self.number[b["candidate"]]: int(b["slot"]) for b in data.get("booked", []) if b.get("pinned")}
        self.told: dict[int, list[int]] = defaultdict(list)
        for booking in data.get("booked", []):
            if not booking.get("pinned"):
                self.told[self.number[booking["candidate"]]].append(int(booking["slot"]))

    def _candidate(
        self, data: Mapping[str, Any], venues: Mapping[str, int], people: Mapping[str, int], pools: Mapping[str, int]
    ) -> Candidate:
        who = tuple(people[each] for each in data["participants"])
        length = int(data.get("length", 1))
        allowed = range(len(self.day)) if data.get("slots") is None else sorted(set(data["slots"]))
        common = frozenset.intersection(*(self.people[p].free for p in who))
        return Candidate(
            id=data["id"],
            people=who,
            venue=venues[data["venue"]],
            weight=int(data["weight"]),
            length=length,
            starts=tuple(s for s in allowed if s in common and self._fits(s, length, common)),
            pool=pools[data["pool"]] if data.get("pool") else -1,
            required=bool(data.get("required")),
            after=tuple(self.number[each] for each in data.get("after", ())),
        )

    def _fits(self, start: int, length: int, common: frozenset[int]) -> bool:
        slots = range(start, start + length)
        return slots.stop <= len(self.day) and all(
            b in common and self.day[a] == self.day[b] and self.ends[a] == self.begins[b] for a, b in pairwise(slots)
        )

    def worth(self, candidate: int, start: int) -> int:
        """What a booking adds to the objective: its weight, the drops it avoids, less the moves it makes."""
        told = self.told.get(candidate, ())
        return (
            self.candidates[candidate].weight
            + self.price["drop"] * len(told)
            - self.price["move"] * sum(slot != start for slot in told)
        )

    @property
    def price_of_nothing(self) -> int:
        """The drops of an empty schedule; they count against it, and `worth` gives them back."""
        return -self.price["drop"] * sum(len(slots) for slots in self.told.values())

    def party(self, candidate: int) -> int:
        """Who asks for the meeting: its first investor, otherwise its first participant."""
        who = self.candidates[candidate].people
        return next((p for p in who if self.people[p].invests), who[0])

    def other(self, candidate: int) -> int:
        """Whom the party asks for: the first participant that is not the party; itself where it is alone."""
        who, party = self.candidates[candidate].people, self.party(candidate)
        return next((p for p in who if p != party), party)

    @cached_property
    def candidates_of(self) -> list[list[int]]:
        """For each person, its candidates."""
        found: list[list[int]] = [[] for _ in self.people]
        for c, candidate in enumerate(self.candidates):
            for p in candidate.people:
                found[p].append(c)
        return found

    @cached_property
    def slots_of_day(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = defaultdict(list)
        for slot, day in enumerate(self.day):
            found[day].append(slot)
        return found

    def by_weight(self) -> list[int]:
        """All candidates by falling weight, ties by name."""
        return sorted(range(len(self.candidates)), key=lambda c: (-self.candidates[c].weight, self.candidates[c].id))


def _person(data: Mapping[str, Any]) -> Person:
    most, daily = data.get("max_meetings"), data.get("max_per_day")
    return Person(
        id=data["id"],
        invests=data.get("kind") == "investor",
        free=frozenset(data["available"]),
        capacity=int(data.get("capacity", 1)),
        least=int(data.get("min_meetings") or 0),
        most=UNLIMITED if most is None else int(most),
        daily=UNLIMITED if daily is None else int(daily),
        compact=bool(data.get("compact")),
    )


def _minutes(moment: str) -> int:
    return int(datetime.fromisoformat(moment).timestamp() // 60)
