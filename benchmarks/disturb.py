"""The morning after: what changes between one night and the next, and how much of the old schedule stays where it was.

Two in a hundred booked meetings are cancelled (the candidate is gone), two in a hundred new interests come in (pairs that
were no candidates), and one venue is closed for a half-day. What people were told becomes `booked`, unpinned.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from benchmarks.checker import Conference

CANCELLED = 0.02
NEW_INTERESTS = 0.02
NEW_WEIGHTS = (300, 1000)

Data = Mapping[str, Any]


def disturbed(instance: Data, schedule: Data, seed: int) -> dict[str, Any]:
    """The instance of the next night; the same arguments give the same instance."""
    rng = Random(f"next night {seed}")
    told = {meeting["candidate"]: meeting["slot"] for meeting in schedule["meetings"]}
    if not told:
        raise ValueError("a schedule without meetings cannot be disturbed")
    next_one = copy.deepcopy(dict(instance))
    cancelled = set(rng.sample(sorted(told), max(1, round(CANCELLED * len(told)))))
    next_one["candidates"] = [each for each in next_one["candidates"] if each["id"] not in cancelled]
    next_one["candidates"] += _new_interests(rng, instance, max(1, round(NEW_INTERESTS * len(instance["candidates"]))))
    venue, closed = _closed_half_day(rng, instance, told)
    _close(next_one, venue, closed)
    next_one["booked"] = [
        {"candidate": name, "slot": slot, "pinned": False} for name, slot in sorted(told.items()) if name not in cancelled
    ]
    next_one["name"] = f"{instance['name']}-next"
    return next_one


def without_bookings(instance: Data) -> dict[str, Any]:
    """The same night for people who were told nothing: what a fresh solve with the same prices is worth."""
    return {**instance, "booked": [], "name": f"{instance['name']}-fresh"}


def _new_interests(rng: Random, instance: Data, count: int) -> list[dict[str, Any]]:
    known = {frozenset(each["participants"]) for each in instance["candidates"]}
    venue_of = {who: each["venue"] for each in instance["candidates"] for who in each["participants"][1:]}
    needs_pool = {each["participants"][0]: each["pool"] for each in instance["candidates"] if each.get("pool")}
    investors = [person["id"] for person in instance["participants"] if person["kind"] == "investor"]
    hosts = sorted(venue_of)
    most = len(investors) * len(hosts) - len(known)
    found: list[dict[str, Any]] = []
    while len(found) < min(count, most):
        investor, host = rng.choice(investors), rng.choice(hosts)
        if frozenset((investor, host)) in known:
            continue
        known.add(frozenset((investor, host)))
        new = {
            "id": f"{investor}-{host}",
            "participants": [investor, host],
            "venue": venue_of[host],
            "weight": rng.randint(*NEW_WEIGHTS),
        }
        if investor in needs_pool:
            new["pool"] = needs_pool[investor]
        found.append(new)
    return found


def _closed_half_day(rng: Random, instance: Data, told: Mapping[str, int]) -> tuple[str, range]:
    """A venue and a half-day in which it has meetings, drawn evenly."""
    conference = Conference(instance)
    halves: list[range] = []
    for slot in range(len(conference.days)):
        if halves and conference.follow_on(range(slot - 1, slot + 1)):
            halves[-1] = range(halves[-1].start, slot + 1)
        else:
            halves.append(range(slot, slot + 1))
    half_of = {slot: half for half in halves for slot in half}
    used = sorted({(conference.candidates[name]["venue"], half_of[slot].start) for name, slot in told.items()})
    venue, first = rng.choice(used)
    return venue, half_of[first]


def _close(instance: dict[str, Any], venue: str, closed: range) -> None:
    """No meeting at the venue may take a closed slot."""
    slots = len(instance["slots"])
    for candidate in instance["candidates"]:
        if candidate["venue"] == venue:
            length = candidate.get("length", 1)
            allowed = candidate.get("slots", range(slots))
            candidate["slots"] = [s for s in allowed if s + length <= closed.start or s >= closed.stop]


@dataclass(frozen=True)
class Stayed:
    """How many bookings people were told, how many were still possible, and how many of these did not move.

    `unavoidable` is the least that anybody pays for the others: a move or a drop each, whichever is cheaper.
    """

    told: int
    possible: int
    unmoved: int
    unavoidable: int

    @property
    def share(self) -> float:
        return self.unmoved / self.possible if self.possible else math.nan


def stayed(instance: Data, schedule: Data) -> Stayed:
    """Old bookings that were still possible where they were (candidate, slot, participants, table), and those still there."""
    conference = Conference(instance)
    now = {meeting["candidate"]: meeting["slot"] for meeting in schedule["meetings"]}
    possible = [each for each in conference.booked if _is_possible(conference, each["candidate"], each["slot"])]
    told = len(conference.booked)
    return Stayed(
        told=told,
        possible=len(possible),
        unmoved=sum(now.get(each["candidate"]) == each["slot"] for each in possible),
        unavoidable=min(conference.prices["move"], conference.prices["drop"]) * (told - len(possible)),
    )


def _is_possible(conference: Conference, name: str, slot: int) -> bool:
    candidate = conference.candidates[name]
    slots = range(slot, slot + candidate.get("length", 1))
    allowed = candidate.get("slots")
    return (
        (allowed is None or slot in allowed)
        and conference.follow_on(slots)
        and all(each in conference.free[who] for who in candidate["participants"] for each in slots)
    )
