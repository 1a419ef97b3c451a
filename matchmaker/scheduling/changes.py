"""What could be changed about a problem, one thing at a time, and the problem as it is then."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from typing import Any, TypeVar

from matchmaker.scheduling.problem import Booking, Candidate, Participant, Pool, Problem, Slot, Venue
from matchmaker.scheduling.schedule import Placement

NOON = 12
T = TypeVar("T")


class Easing(StrEnum):
    """What a change eases, cheapest first.

    First what needs nothing at all; then what the one who wants the meeting can give alone: its own time, then a
    meeting more than it meant to have; then what the organiser or the host's house has to find: a table, an
    interpreter, and last the half-day of a team, which asks other people for their time.
    """

    NOTHING = "nothing"
    INVESTOR_HALF_DAY = "investor_half_day"
    MEETING = "meeting"
    MEETING_A_DAY = "meeting_a_day"
    TABLE = "table"
    INTERPRETER = "interpreter"
    HOST_HALF_DAY = "host_half_day"


CHEAPEST_FIRST = {kind: rank for rank, kind in enumerate(Easing)}


@dataclass(frozen=True)
class Change:
    """One change: its kind, whose it is (the id of a participant, venue or pool), and the slots that it opens.

    A limit of meetings is one higher, `most` says how high; one for a day counts on every day, as limits are stated.
    """

    kind: Easing
    who: str = ""
    slots: tuple[int, ...] = ()
    most: int | None = None


NOTHING = Change(Easing.NOTHING)


def change_as_data(change: Change) -> dict[str, Any]:
    """A change as plain facts: of its slots the first one, which names the half-day."""
    data: dict[str, Any] = {"kind": change.kind.value, "who": change.who}
    if change.slots:
        data["slot"] = change.slots[0]
    return data if change.most is None else data | {"most": change.most}


@lru_cache(maxsize=8)
def half_days(slots: tuple[Slot, ...]) -> tuple[tuple[int, ...], ...]:
    """The slots by half-days, in order of time: a day's longest break parts it, or noon where it has none."""
    days: dict[int, list[int]] = {}
    for s, slot in enumerate(slots):
        days.setdefault(slot.day, []).append(s)
    return tuple(half for day in days.values() for half in _halves(slots, day))


def _halves(slots: tuple[Slot, ...], day: list[int]) -> list[tuple[int, ...]]:
    breaks = [(_moment(slots[b].start) - _moment(slots[a].end), -b) for a, b in pairwise(day)]
    longest, at = max(breaks, default=(timedelta(0), 0))
    broken = longest > timedelta(0)
    morning = [s for s in day if (s < -at if broken else _moment(slots[s].start).hour < NOON)]
    rest = day[len(morning) :]
    return [tuple(each) for each in (morning, rest) if each]


def _moment(time: str) -> datetime:
    return datetime.fromisoformat(time)


def changed(problem: Problem, change: Change) -> Problem:
    """The problem after the change. Whatever was feasible still is, with `kept_free` beside it, and worth the same."""
    match change.kind:
        case Easing.NOTHING:
            return problem
        case Easing.TABLE:
            return _with_a_table(problem, change)
        case Easing.INTERPRETER:
            pool = problem.pool_index[change.who]
            return replace(problem, pools=_replaced(problem.pools, pool, _served_by_one_more(problem, change)))
        case _:
            who = problem.participant_index[change.who]
            return replace(problem, participants=_replaced(problem.participants, who, eased(problem.participants[who], change)))


def kept_free(problem: Problem, change: Change) -> tuple[Placement, ...]:
    """What a schedule of the changed problem holds beside its meetings: a further table is none outside its half-day."""
    if change.kind is not Easing.TABLE or problem.venues[problem.venue_index[change.who]].tables is None:
        return ()
    opened = set(change.slots)
    closed = (s for s in range(len(problem.slots)) if s not in opened)
    return tuple(Placement(_closed_name(problem, change, s), s) for s in closed)


def _replaced(things: tuple[T, ...], at: int, thing: T) -> tuple[T, ...]:
    return (*things[:at], thing, *things[at + 1 :])


def eased(person: Participant, change: Change) -> Participant:
    match change.kind:
        case Easing.MEETING:
            return person if person.max_meetings is None else replace(person, max_meetings=person.max_meetings + 1)
        case Easing.MEETING_A_DAY:
            return person if person.max_per_day is None else replace(person, max_per_day=person.max_per_day + 1)
        case _:
            return replace(person, available=tuple(sorted({*person.available, *change.slots})))


def _served_by_one_more(problem: Problem, change: Change) -> Pool:
    pool, opened = problem.pools[problem.pool_index[change.who]], set(change.slots)
    return replace(pool, capacity=tuple(pool.capacity_in(s) + (s in opened) for s in range(len(problem.slots))))


def _with_a_table(problem: Problem, change: Change) -> Problem:
    """One table more, which something pinned keeps closed outside its half-day: tables have no times of their own."""
    at = problem.venue_index[change.who]
    venue = problem.venues[at]
    if venue.tables is None:
        return problem
    closed = kept_free(problem, change)
    keeper = Participant(_keeper_name(problem, change), "table", tuple(each.slot for each in closed))
    return replace(
        problem,
        venues=_replaced(problem.venues, at, Venue(venue.id, venue.tables + 1)),
        participants=(*problem.participants, keeper),
        candidates=(*problem.candidates, *(Candidate(each.candidate, (keeper.id,), venue.id, 0) for each in closed)),
        booked=(*problem.booked, *(Booking(each.candidate, each.slot, pinned=True) for each in closed)),
    )


def _keeper_name(problem: Problem, change: Change) -> str:
    name = f"closed table of {change.who}"
    while name in problem.participant_index or any(f"{name} {s}" in problem.candidate_index for s in range(len(problem.slots))):
        name += "'"
    return name


def _closed_name(problem: Problem, change: Change, slot: int) -> str:
    return f"{_keeper_name(problem, change)} {slot}"
