"""What can be wrong with a problem, all of it at once and each with its place."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matchmaker.scheduling.problem import Problem


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with a problem, and where."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


class ProblemError(ValueError):
    """The problem cannot be used; carries every fault that was found."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(str(fault) for fault in faults))
        self.faults = tuple(faults)


def is_whole(value: object, least: int | None = None) -> bool:
    """Whether this is a whole number, and not below the least one."""
    return isinstance(value, int) and not isinstance(value, bool) and (least is None or value >= least)


def faults_of(problem: Problem) -> Iterator[Fault]:
    """Everything that is wrong with a problem."""
    yield from _faults_of_slots(problem)
    yield from _faults_of_names(problem)
    yield from _faults_of_travel(problem)
    yield from _faults_of_capacities(problem)
    yield from _faults_of_participants(problem)
    yield from _faults_of_candidates(problem)
    yield from _faults_of_bookings(problem)
    yield from _faults_of_prices(problem)


def _faults_of_slots(problem: Problem) -> Iterator[Fault]:
    before: tuple[datetime, int] | None = None
    for s, slot in enumerate(problem.slots):
        where = f"slots[{s}]"
        try:
            start, end = datetime.fromisoformat(slot.start), datetime.fromisoformat(slot.end)
            if end <= start:
                yield Fault(where, "ends before it starts")
            if before is not None and (start < before[0] or slot.day < before[1]):
                yield Fault(where, "is not in order of time")
            before = end, slot.day
        except (TypeError, ValueError):
            yield Fault(where, "start and end are not local times that can be compared")


def _faults_of_names(problem: Problem) -> Iterator[Fault]:
    for where in ("venues", "pools", "participants", "candidates"):
        seen: set[str] = set()
        for k, each in enumerate(getattr(problem, where)):
            if each.id in seen:
                yield Fault(f"{where}[{k}]", f"the name {each.id} is used before")
            seen.add(each.id)


def _faults_of_travel(problem: Problem) -> Iterator[Fault]:
    size = len(problem.venues)
    if len(problem.travel_minutes) != size or any(len(row) != size for row in problem.travel_minutes):
        yield Fault("travel_minutes", f"is not a square of {size} by {size}")
        return
    for here, row in enumerate(problem.travel_minutes):
        for there, minutes in enumerate(row):
            if here != there and not (_is_number(minutes) and minutes >= 0):
                yield Fault(f"travel_minutes[{here}][{there}]", "is not a number of minutes")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _faults_of_capacities(problem: Problem) -> Iterator[Fault]:
    for k, venue in enumerate(problem.venues):
        if venue.tables is not None and not is_whole(venue.tables, 0):
            yield Fault(f"venues[{k}] ({venue.id})", "tables is neither a whole number nor null")
    for k, pool in enumerate(problem.pools):
        where = f"pools[{k}] ({pool.id})"
        numbers = pool.capacity if isinstance(pool.capacity, tuple) else (pool.capacity,)
        if not all(is_whole(number, 0) for number in numbers):
            yield Fault(where, "capacity is not made of whole numbers")
        elif isinstance(pool.capacity, tuple) and len(numbers) < len(problem.slots):
            yield Fault(where, "capacity has fewer numbers than there are slots")


def _faults_of_participants(problem: Problem) -> Iterator[Fault]:
    last = len(problem.slots)
    for k, participant in enumerate(problem.participants):
        where = f"participants[{k}] ({participant.id})"
        if not all(is_whole(s, 0) and s < last for s in participant.available):
            yield Fault(where, "is available in a slot that does not exist")
        for name in ("capacity", "min_meetings"):
            if not is_whole(getattr(participant, name), 0):
                yield Fault(where, f"{name} is not a whole number")
        for name in ("max_meetings", "max_per_day"):
            value = getattr(participant, name)
            if value is not None and not is_whole(value, 0):
                yield Fault(where, f"{name} is not a whole number")


def _faults_of_candidates(problem: Problem) -> Iterator[Fault]:
    venues = {venue.id for venue in problem.venues}
    pools = {pool.id for pool in problem.pools}
    participants = {participant.id for participant in problem.participants}
    candidates = {candidate.id for candidate in problem.candidates}
    for k, candidate in enumerate(problem.candidates):
        where = f"candidates[{k}] ({candidate.id})"
        for who in candidate.participants:
            if who not in participants:
                yield Fault(where, f"names an unknown participant {who}")
        if candidate.venue not in venues:
            yield Fault(where, f"names an unknown venue {candidate.venue}")
        if candidate.pool and candidate.pool not in pools:
            yield Fault(where, f"names an unknown pool {candidate.pool}")
        for earlier in candidate.after:
            if earlier not in candidates:
                yield Fault(where, f"comes after an unknown candidate {earlier}")
        if not is_whole(candidate.weight):
            yield Fault(where, "weight is not a whole number")
        if not is_whole(candidate.length, 1):
            yield Fault(where, "length is not a whole number of slots")


def _faults_of_bookings(problem: Problem) -> Iterator[Fault]:
    candidates = {candidate.id for candidate in problem.candidates}
    for k, booking in enumerate(problem.booked):
        if booking.candidate not in candidates:
            yield Fault(f"booked[{k}]", f"names an unknown candidate {booking.candidate}")
        if not is_whole(booking.slot):
            yield Fault(f"booked[{k}] ({booking.candidate})", "slot is not a whole number")


def _faults_of_prices(problem: Problem) -> Iterator[Fault]:
    for price in fields(problem.penalties):
        if not is_whole(getattr(problem.penalties, price.name), 0):
            yield Fault(f"penalties.{price.name}", "is not a whole number from 0 on")
    if problem.idle_spread is not None and not is_whole(problem.idle_spread, 0):
        yield Fault("idle_spread", "is not a whole number from 0 on")


class Fields:
    """One JSON object that is being read: each field by its type, faults collected on the way."""

    def __init__(self, data: object, where: str, faults: list[Fault]) -> None:
        self.where = where
        self.faults = faults
        self.data: dict[str, Any] = data if isinstance(data, dict) else {}
        if not isinstance(data, dict):
            self.wrong("is not an object")

    def wrong(self, what: str) -> None:
        self.faults.append(Fault(self.where, what))

    def text(self, key: str) -> str:
        value = self.data.get(key)
        if not isinstance(value, str):
            self.wrong(f"{key} is not a text")
            return ""
        return value

    def text_or_none(self, key: str) -> str | None:
        return self.text(key) if self.data.get(key) else None

    def whole(self, key: str, otherwise: int | None = None) -> int:
        value = self.data.get(key, otherwise)
        if not is_whole(value):
            self.wrong(f"{key} is not a whole number")
            return 0
        return int(value)  # type: ignore[arg-type]

    def whole_or_none(self, key: str) -> int | None:
        return None if self.data.get(key) is None else self.whole(key)

    def flag(self, key: str) -> bool:
        return bool(self.data.get(key, False))

    def wholes(self, key: str) -> tuple[int, ...]:
        value = self.data.get(key)
        if not isinstance(value, list) or not all(is_whole(each) for each in value):
            self.wrong(f"{key} is not a list of whole numbers")
            return ()
        return tuple(value)

    def texts(self, key: str, *, needed: bool = True) -> tuple[str, ...]:
        value = self.data.get(key, None if needed else [])
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            self.wrong(f"{key} is not a list of texts")
            return ()
        return tuple(value)

    def rows(self, key: str) -> tuple[tuple[Any, ...], ...]:
        """A list of lists, of whatever."""
        value = self.data.get(key)
        if not isinstance(value, list) or not all(isinstance(row, list) for row in value):
            self.wrong(f"{key} is not a list of lists")
            return ()
        return tuple(tuple(row) for row in value)

    def objects(self, key: str, *, needed: bool = True) -> list[Fields]:
        """The objects of a list, each ready to be read."""
        value = self.data.get(key, None if needed else [])
        if not isinstance(value, list):
            self.wrong(f"{key} is not a list")
            return []
        return [Fields(each, f"{key}[{k}]", self.faults) for k, each in enumerate(value)]
