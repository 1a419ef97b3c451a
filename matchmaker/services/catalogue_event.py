"""What must hold inside `event.yaml`: its window, its days, its hours, its tables; and the grid that follows from them."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from matchmaker.domain.calendar import GridSlot, Half, Opening, grid, overlaps
from matchmaker.domain.catalogue import DayKind
from matchmaker.services.catalogue_files import EVENT, EventFile, Fault, Files, dotted
from matchmaker.services.catalogue_rows import Event

LONGEST_WINDOW = timedelta(days=60)

_WORKING = {DayKind.WORKING_DAY, DayKind.MAKEUP_WORKING_DAY}
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def slots_of(event: Event) -> list[GridSlot]:
    """The grid of the edition: its meeting days, without lunch and without the hours in which nobody meets."""
    hours, zone = event.opening_hours, ZoneInfo(event.timezone)
    openings = (Opening(Half.MORNING, hours.start, hours.lunch_start), Opening(Half.AFTERNOON, hours.lunch_end, hours.end))
    blocked = [
        (datetime.combine(each.date, each.start, tzinfo=zone), datetime.combine(each.date, each.end, tzinfo=zone))
        for each in event.blocked
    ]
    slots = grid(event.meeting_days, openings, minutes=event.slots.grid_minutes, zone=zone)
    return [slot for slot in slots if not any(overlaps(slot.starts_at, slot.ends_at, *hours) for hours in blocked)]


def faults_of_event(files: Files) -> Iterator[Fault]:
    file, event = files.event, files.event.content
    if event is None:
        return
    window_faults = list(_window(file, event))
    yield from window_faults
    if not window_faults:
        yield from _days(file, event)
        yield from _meeting_days(file, event)
    yield from _hours(file, event)
    yield from _limits(file, event)
    yield from _places(files, event)
    yield from _tables(files, event)


def _fault(file: EventFile, reason: str, *path: str | int) -> Fault:
    return Fault(EVENT, file.line(*path), dotted(path), reason)


def _window(file: EventFile, event: Event) -> Iterator[Fault]:
    if not event.start_date <= event.end_date <= event.start_date + LONGEST_WINDOW:
        reason = f"The edition must end on or after its first day, and last at most {LONGEST_WINDOW.days} days."
        yield _fault(file, reason, "end_date")
    elif not event.start_date <= event.main_conference_date <= event.end_date:
        yield _fault(file, "The main conference must lie between start_date and end_date.", "main_conference_date")
    if event.start_date.year != event.edition_year:
        yield _fault(file, f"The edition begins in {event.start_date.year}, not in this year.", "edition_year")


def _days(file: EventFile, event: Event) -> Iterator[Fault]:
    """Every day of the window is there once, with its weekday, and works as its kind says."""
    seen: set[date] = set()
    for position, day in enumerate(event.days):
        if day.date in seen:
            yield _fault(file, f"{day.date} is there twice.", "days", position, "date")
        if not event.start_date <= day.date <= event.end_date:
            yield _fault(file, f"{day.date} is not between start_date and end_date.", "days", position, "date")
        if day.weekday != _WEEKDAYS[day.date.weekday()]:
            yield _fault(file, f"{day.date} is a {_WEEKDAYS[day.date.weekday()]}.", "days", position, "weekday")
        if day.working != (day.kind in _WORKING):
            yield _fault(file, f"A {day.kind} cannot have this value.", "days", position, "working")
        seen.add(day.date)
    count = (event.end_date - event.start_date).days + 1
    missing = [str(each) for each in (event.start_date + timedelta(days=n) for n in range(count)) if each not in seen]
    if missing:
        yield _fault(file, f"Days of the window are missing: {', '.join(missing)}.", "days")
    working = sum(day.working for day in event.days)
    if working == 0:
        yield _fault(file, "The edition has no working day.", "days")
    elif working != event.working_day_count:
        yield _fault(file, f"{working} days are marked as working, not so many.", "working_day_count")


def _meeting_days(file: EventFile, event: Event) -> Iterator[Fault]:
    working = {day.date: day.working for day in event.days}
    if not event.meeting_days:
        yield _fault(file, "At least one day with meetings is needed.", "meeting_days")
    for position, day in enumerate(event.meeting_days):
        if day in event.meeting_days[:position]:
            yield _fault(file, f"{day} is there twice.", "meeting_days", position)
        elif not event.start_date <= day <= event.end_date:
            yield _fault(file, f"{day} is not between start_date and end_date.", "meeting_days", position)
        elif not working.get(day):
            yield _fault(file, f"{day} is not a working day.", "meeting_days", position)


def _hours(file: EventFile, event: Event) -> Iterator[Fault]:
    hours = event.opening_hours
    blocks = list(enumerate(event.blocked))
    if not hours.start < hours.lunch_start <= hours.lunch_end < hours.end:
        reason = "The hours must be in the order start, lunch_start, lunch_end, end."
        yield _fault(file, reason, "opening_hours")
    elif event.meeting_days and all(block.start < block.end for _, block in blocks) and not slots_of(event):
        yield _fault(file, "The opening hours leave room for no slot.", "slots", "grid_minutes")
    for position, block in blocks:
        if block.start >= block.end:
            yield _fault(file, "The end must be later than the start.", "blocked", position, "end")


def _limits(file: EventFile, event: Event) -> Iterator[Fault]:
    if event.defaults.min_meetings > event.defaults.max_meetings:
        yield _fault(file, "This must not be more than max_meetings.", "defaults", "min_meetings")
    if event.interpreters.paired_with in event.interpreters.per_half_day:
        language = event.interpreters.paired_with
        reason = "Every pool is paired with this language; it needs none of its own."
        yield _fault(file, reason, "interpreters", "per_half_day", language)
    for position, key in enumerate(event.illustrative):
        if tuple(key.split(".")) not in file.lines:
            yield _fault(file, f"The file has no key {key}.", "illustrative", position)


def _places(files: Files, event: Event) -> Iterator[Fault]:
    codes, hall = files.districts.codes, event.main_venue
    if hall.code in codes:
        yield _fault(files.event, "This is the code of a district; the main hall needs its own.", "main_venue", "code")
    for key, code in (("district_code", hall.district_code), ("travel_as", hall.travel_as)):
        if codes and code not in codes:
            yield _fault(files.event, f"There is no district {code}.", "main_venue", key)


def _tables(files: Files, event: Event) -> Iterator[Fault]:
    """Wherever there are projects there is a table."""
    codes = files.districts.codes
    for code in event.tables:
        if codes and code not in codes:
            yield _fault(files.event, f"There is no district {code}.", "tables", code)
    for code in sorted({line.row.district_code for line in files.projects.lines} & codes):
        if not event.tables.get(code):
            reason = f"District {code} has projects, so it needs at least one table."
            yield _fault(files.event, reason, "tables", code)
