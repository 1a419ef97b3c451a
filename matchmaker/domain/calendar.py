"""The edition's own calendar: which days have meetings, and the grid of slots on them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


class Half(StrEnum):
    MORNING = "morning"
    AFTERNOON = "afternoon"


@dataclass(frozen=True, slots=True)
class Opening:
    """Hours of one half-day, in conference time."""

    half: Half
    start: time
    end: time


@dataclass(frozen=True, slots=True)
class GridSlot:
    """One slot of the grid; `starts_at` and `ends_at` in UTC, `day` in conference time."""

    day: date
    half: Half
    starts_at: datetime
    ends_at: datetime


def grid(days: Iterable[date], openings: Sequence[Opening], *, minutes: int, zone: ZoneInfo) -> list[GridSlot]:
    """All slots of the meeting days in time order; a slot that would not end in its half-day is left out."""
    slots = []
    for day in sorted(days):
        for opening in openings:
            start = datetime.combine(day, opening.start, tzinfo=zone)
            closing = datetime.combine(day, opening.end, tzinfo=zone)
            while start + timedelta(minutes=minutes) <= closing:
                end = start + timedelta(minutes=minutes)
                slots.append(GridSlot(day, opening.half, start.astimezone(UTC), end.astimezone(UTC)))
                start = end
    return slots


def overlaps(start: datetime, end: datetime, other_start: datetime, other_end: datetime) -> bool:
    return start < other_end and other_start < end


def too_close(start: datetime, end: datetime, other_start: datetime, other_end: datetime, *, travel_minutes: int) -> bool:
    """Whether somebody cannot be at both: they overlap, or the time between them is shorter than the way."""
    way = timedelta(minutes=travel_minutes)
    return overlaps(start - way, end + way, other_start, other_end)
