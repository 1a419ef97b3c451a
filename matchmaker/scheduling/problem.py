"""What is to be scheduled: frozen, checked when it is built, with every derived look-up beside it."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from matchmaker.scheduling.bits import in_a_row, mask_of
from matchmaker.scheduling.faults import Fault as Fault
from matchmaker.scheduling.faults import Fields, faults_of
from matchmaker.scheduling.faults import ProblemError as ProblemError

FORMAT = "matchmaker-instance/1"


@dataclass(frozen=True)
class Slot:
    """A stretch of time in which meetings are held; its place in the list is its name."""

    day: int
    start: str
    end: str


@dataclass(frozen=True)
class Venue:
    """A place with tables; no number of tables means as many as are needed."""

    id: str
    tables: int | None = None


@dataclass(frozen=True)
class Pool:
    """A shared resource; its capacity is one number, or one for each slot."""

    id: str
    capacity: int | tuple[int, ...]

    def capacity_in(self, slot: int) -> int:
        return self.capacity if isinstance(self.capacity, int) else self.capacity[slot]


@dataclass(frozen=True)
class Participant:
    """Someone who meets: when it is there, and how much it can take."""

    id: str
    kind: str
    available: tuple[int, ...]
    capacity: int = 1
    min_meetings: int = 0
    max_meetings: int | None = None
    max_per_day: int | None = None
    compact: bool = False


@dataclass(frozen=True)
class Candidate:
    """A meeting that could be held; `slots` are its allowed first slots, none given means any."""

    id: str
    participants: tuple[str, ...]
    venue: str
    weight: int
    length: int = 1
    slots: tuple[int, ...] | None = None
    pool: str | None = None
    required: bool = False
    after: tuple[str, ...] = ()


@dataclass(frozen=True)
class Booking:
    """What people have been told; a pinned one may neither move nor vanish."""

    candidate: str
    slot: int
    pinned: bool = False


@dataclass(frozen=True)
class Penalties:
    """What each unit of trouble takes from the objective."""

    shortfall: int = 0
    drop: int = 0
    move: int = 0
    idle_slot: int = 0
    idle_period: int = 0


@dataclass(frozen=True)
class Problem:
    """One instance. Positions in its tuples are the numbers that the look-ups speak in."""

    name: str
    slots: tuple[Slot, ...]
    venues: tuple[Venue, ...]
    travel_minutes: tuple[tuple[float, ...], ...]
    participants: tuple[Participant, ...]
    candidates: tuple[Candidate, ...]
    pools: tuple[Pool, ...] = ()
    booked: tuple[Booking, ...] = ()
    penalties: Penalties = field(default_factory=Penalties)
    idle_spread: int | None = None

    def __post_init__(self) -> None:
        faults = list(faults_of(self))
        if faults:
            raise ProblemError(faults)

    # Names to positions.

    @cached_property
    def venue_index(self) -> dict[str, int]:
        return {venue.id: k for k, venue in enumerate(self.venues)}

    @cached_property
    def pool_index(self) -> dict[str, int]:
        return {pool.id: k for k, pool in enumerate(self.pools)}

    @cached_property
    def participant_index(self) -> dict[str, int]:
        return {participant.id: k for k, participant in enumerate(self.participants)}

    @cached_property
    def candidate_index(self) -> dict[str, int]:
        return {candidate.id: k for k, candidate in enumerate(self.candidates)}

    # Time.

    @cached_property
    def starts(self) -> tuple[float, ...]:
        """Each slot's start, in seconds since the first slot's."""
        times = [datetime.fromisoformat(slot.start) for slot in self.slots]
        return tuple((time - times[0]).total_seconds() for time in times)

    @cached_property
    def ends(self) -> tuple[float, ...]:
        """Each slot's end, in seconds since the first slot's start."""
        times = [datetime.fromisoformat(slot.end) for slot in self.slots]
        first = datetime.fromisoformat(self.slots[0].start) if self.slots else None
        return tuple((time - first).total_seconds() for time in times) if first else ()

    @cached_property
    def day_of(self) -> tuple[int, ...]:
        return tuple(slot.day for slot in self.slots)

    @cached_property
    def day_slots(self) -> dict[int, tuple[int, ...]]:
        days: dict[int, list[int]] = {}
        for s, slot in enumerate(self.slots):
            days.setdefault(slot.day, []).append(s)
        return {day: tuple(slots) for day, slots in days.items()}

    @cached_property
    def day_masks(self) -> dict[int, int]:
        return {day: mask_of(slots) for day, slots in self.day_slots.items()}

    @cached_property
    def runs(self) -> tuple[int, ...]:
        """For each slot, how many slots in a row follow on from it, itself included."""
        runs = [1] * len(self.slots)
        for s in range(len(self.slots) - 2, -1, -1):
            if self.day_of[s] == self.day_of[s + 1] and self.ends[s] == self.starts[s + 1]:
                runs[s] = runs[s + 1] + 1
        return tuple(runs)

    def minutes_between_slots(self, last: int, first: int) -> float:
        """The time from the end of one slot to the start of another."""
        return (self.starts[first] - self.ends[last]) / 60

    def travel(self, here: int, there: int) -> float:
        return 0 if here == there else self.travel_minutes[here][there]

    # Candidates.

    def covered(self, candidate: int, first: int) -> range:
        """The slots of a meeting from its first one on; none where they do not follow on."""
        length = self.candidates[candidate].length
        return range(first, first + length) if self.runs[first] >= length else range(0)

    @cached_property
    def venue_of(self) -> tuple[int, ...]:
        return tuple(self.venue_index[candidate.venue] for candidate in self.candidates)

    @cached_property
    def pool_of(self) -> tuple[int | None, ...]:
        return tuple(self.pool_index[c.pool] if c.pool else None for c in self.candidates)

    @cached_property
    def parties_of(self) -> tuple[tuple[int, ...], ...]:
        return tuple(tuple(self.participant_index[who] for who in c.participants) for c in self.candidates)

    @cached_property
    def uses_of(self) -> tuple[tuple[tuple[int, int], ...], ...]:
        """For each candidate whom it takes, and how many times over (once, in any sane problem)."""
        return tuple(tuple(Counter(parties).items()) for parties in self.parties_of)

    @cached_property
    def candidates_of(self) -> tuple[tuple[int, ...], ...]:
        """For each participant its candidates; one that names it twice stands there twice."""
        found: list[list[int]] = [[] for _ in self.participants]
        for c, parties in enumerate(self.parties_of):
            for who in parties:
                found[who].append(c)
        return tuple(tuple(each) for each in found)

    @cached_property
    def before(self) -> tuple[tuple[int, ...], ...]:
        """For each candidate those it may only come after."""
        return tuple(tuple(self.candidate_index[e] for e in c.after) for c in self.candidates)

    @cached_property
    def followers(self) -> tuple[tuple[int, ...], ...]:
        """For each candidate those that may only come after it."""
        found: list[list[int]] = [[] for _ in self.candidates]
        for c, earlier in enumerate(self.before):
            for e in dict.fromkeys(earlier):
                found[e].append(c)
        return tuple(tuple(each) for each in found)

    @cached_property
    def available_masks(self) -> tuple[int, ...]:
        return tuple(mask_of(participant.available) for participant in self.participants)

    @cached_property
    def fitting_masks(self) -> dict[int, int]:
        """For each length the first slots from which that many follow on."""
        lengths = {candidate.length for candidate in self.candidates}
        return {n: mask_of(s for s, run in enumerate(self.runs) if run >= n) for n in lengths}

    @cached_property
    def allowed_masks(self) -> tuple[int, ...]:
        """For each candidate its allowed first slots from which its slots follow on."""
        every = (1 << len(self.slots)) - 1
        masks = []
        for candidate in self.candidates:
            slots = candidate.slots
            allowed = every if slots is None else mask_of(s for s in slots if 0 <= s < len(self.slots))
            masks.append(allowed & self.fitting_masks[candidate.length])
        return tuple(masks)

    @cached_property
    def start_masks(self) -> tuple[int, ...]:
        """For each candidate the first slots that are left when nothing else is booked."""
        masks = []
        for candidate, allowed, parties in zip(self.candidates, self.allowed_masks, self.parties_of, strict=True):
            free = (1 << len(self.slots)) - 1
            for who in parties:
                free &= self.available_masks[who]
            masks.append(allowed & in_a_row(free, candidate.length))
        return tuple(masks)

    # Bookings and what a placement is worth.

    @cached_property
    def pinned(self) -> dict[int, tuple[int, ...]]:
        """For each pinned candidate the slots it is pinned to (two of them cannot both hold)."""
        found: dict[int, list[int]] = {}
        for booking in self.booked:
            if booking.pinned:
                found.setdefault(self.candidate_index[booking.candidate], []).append(booking.slot)
        return {c: tuple(dict.fromkeys(slots)) for c, slots in found.items()}

    @cached_property
    def told(self) -> dict[int, tuple[int, ...]]:
        """For each candidate with unpinned bookings the slots that people were told."""
        found: dict[int, list[int]] = {}
        for booking in self.booked:
            if not booking.pinned:
                found.setdefault(self.candidate_index[booking.candidate], []).append(booking.slot)
        return {c: tuple(slots) for c, slots in found.items()}

    @cached_property
    def must(self) -> frozenset[int]:
        """Required and pinned candidates, and all that have to come before them."""
        found = {c for c, candidate in enumerate(self.candidates) if candidate.required} | set(self.pinned)
        waiting = list(found)
        while waiting:
            for earlier in self.before[waiting.pop()]:
                if earlier not in found:
                    found.add(earlier)
                    waiting.append(earlier)
        return frozenset(found)

    def worth(self, candidate: int, slot: int) -> int:
        """What a placement adds to the objective, counted from a schedule that drops every booking."""
        worth = self.candidates[candidate].weight
        for told in self.told.get(candidate, ()):
            worth += self.penalties.drop - (self.penalties.move if told != slot else 0)
        return worth

    @cached_property
    def price_of_dropping_all(self) -> int:
        return self.penalties.drop * sum(len(slots) for slots in self.told.values())


def read_problem(data: object) -> Problem:
    """The problem that an instance file holds. Raises ProblemError with every fault."""
    faults: list[Fault] = []
    top = Fields(data, "instance", faults)
    if top.data.get("format") != FORMAT:
        top.wrong(f"the format is not {FORMAT}")
        raise ProblemError(faults)
    parts: dict[str, Any] = {
        "name": top.data.get("name", ""),
        "slots": tuple(Slot(f.whole("day"), f.text("start"), f.text("end")) for f in top.objects("slots")),
        "venues": tuple(Venue(f.text("id"), f.whole_or_none("tables")) for f in top.objects("venues")),
        "travel_minutes": top.rows("travel_minutes"),
        "pools": tuple(_read_pool(each) for each in top.objects("pools", needed=False)),
        "participants": tuple(_read_participant(each) for each in top.objects("participants")),
        "candidates": tuple(_read_candidate(each) for each in top.objects("candidates")),
        "booked": tuple(_read_booking(each) for each in top.objects("booked", needed=False)),
        "penalties": _read_penalties(Fields(top.data.get("penalties"), "penalties", faults)),
        "idle_spread": top.whole_or_none("idle_spread"),
    }
    if faults:
        raise ProblemError(faults)
    return Problem(**parts)


def _read_pool(one: Fields) -> Pool:
    listed = isinstance(one.data.get("capacity"), list)
    return Pool(one.text("id"), one.wholes("capacity") if listed else one.whole("capacity"))


def _read_participant(one: Fields) -> Participant:
    return Participant(
        id=one.text("id"),
        kind=one.text("kind"),
        available=one.wholes("available"),
        capacity=one.whole("capacity", 1),
        min_meetings=one.whole("min_meetings", 0),
        max_meetings=one.whole_or_none("max_meetings"),
        max_per_day=one.whole_or_none("max_per_day"),
        compact=one.flag("compact"),
    )


def _read_candidate(one: Fields) -> Candidate:
    return Candidate(
        id=one.text("id"),
        participants=one.texts("participants"),
        venue=one.text("venue"),
        weight=one.whole("weight"),
        length=one.whole("length", 1),
        slots=one.wholes("slots") if "slots" in one.data else None,
        pool=one.text_or_none("pool"),
        required=one.flag("required"),
        after=one.texts("after", needed=False),
    )


def _read_booking(one: Fields) -> Booking:
    return Booking(one.text("candidate"), one.whole("slot"), one.flag("pinned"))


def _read_penalties(prices: Fields) -> Penalties:
    return Penalties(**{name: prices.whole(name, 0) for name in asdict(Penalties())})


def problem_as_data(problem: Problem) -> dict[str, Any]:
    """The instance file of a problem; optional fields stand in it only where they say something."""
    data: dict[str, Any] = {
        "format": FORMAT,
        "name": problem.name,
        "slots": [asdict(slot) for slot in problem.slots],
        "venues": [asdict(venue) for venue in problem.venues],
        "travel_minutes": [list(row) for row in problem.travel_minutes],
        "pools": [_pool_as_data(pool) for pool in problem.pools],
        "participants": [_participant_as_data(participant) for participant in problem.participants],
        "candidates": [_candidate_as_data(candidate) for candidate in problem.candidates],
        "booked": [asdict(booking) for booking in problem.booked],
        "penalties": asdict(problem.penalties),
    }
    return data if problem.idle_spread is None else data | {"idle_spread": problem.idle_spread}


def _pool_as_data(pool: Pool) -> dict[str, Any]:
    capacity = list(pool.capacity) if isinstance(pool.capacity, tuple) else pool.capacity
    return {"id": pool.id, "capacity": capacity}


def _participant_as_data(participant: Participant) -> dict[str, Any]:
    data = asdict(participant) | {"available": list(participant.available)}
    silent: dict[str, Any] = {"min_meetings": 0, "max_meetings": None, "max_per_day": None, "compact": False}
    return {key: value for key, value in data.items() if key not in silent or value != silent[key]}


def _candidate_as_data(candidate: Candidate) -> dict[str, Any]:
    data = asdict(candidate) | {"participants": list(candidate.participants), "after": list(candidate.after)}
    data["slots"] = None if candidate.slots is None else list(candidate.slots)
    silent: dict[str, Any] = {"length": 1, "slots": None, "pool": None, "required": False, "after": []}
    return {key: value for key, value in data.items() if key not in silent or value != silent[key]}
