"""What one person's days look like: appointments in order, with the way between them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Appointment:
    """Something that happens at a place. `key` is whatever the caller knows it by."""

    key: object
    place: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Leg:
    """The way to an appointment from the one before on the same day. Times in minutes."""

    origin: str
    destination: str
    minutes: int
    spare: int


@dataclass(frozen=True, slots=True)
class Entry:
    appointment: Appointment
    leg: Leg | None


def diary_entries(
    appointments: Iterable[Appointment],
    *,
    travel_minutes: Callable[[str, str], int],
    same_day: Callable[[datetime, datetime], bool],
) -> list[Entry]:
    """Appointments in time order; a leg stands before each that is elsewhere than the one before it that day."""
    entries: list[Entry] = []
    before: Appointment | None = None
    for appointment in sorted(appointments, key=lambda each: (each.starts_at, each.ends_at, each.place)):
        leg = None
        if before and before.place != appointment.place and same_day(before.ends_at, appointment.starts_at):
            minutes = travel_minutes(before.place, appointment.place)
            gap = (appointment.starts_at - before.ends_at) // timedelta(minutes=1)
            leg = Leg(before.place, appointment.place, minutes, gap - minutes)
        entries.append(Entry(appointment, leg))
        before = appointment
    return entries
