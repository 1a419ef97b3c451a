"""Day sheets: the meetings of one day at each table of a district's venue, to be printed and laid on the tables."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from matchmaker.domain.scoring import common_language
from matchmaker.models import Edition
from matchmaker.services.actors import Actor
from matchmaker.services.diary import MeetingView, diary_of
from matchmaker.services.editions import zone_of
from matchmaker.services.inbox import district_of


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One meeting. `language`: what both sides speak; None: an interpreter has to help."""

    view: MeetingView
    language: str | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """The meetings at one table, in order of time. None: those that have no table yet."""

    table: int | None
    rows: tuple[SheetRow, ...]


@dataclass(frozen=True, slots=True)
class DaySheets:
    """`days`: all that have meetings. `day`: the one in question; None: there is none."""

    days: tuple[date, ...]
    day: date | None
    sheets: tuple[Sheet, ...] = ()
    free_tables: tuple[int, ...] = ()


def sheets_of(actor: Actor, edition: Edition, day: date | None = None, *, now: datetime) -> DaySheets:
    """The sheets of a host's district for a day, or for the next day with live meetings, else the last. Raises Missing."""
    venue = district_of(actor).venue
    diary = diary_of(actor, edition, now=now)
    days = tuple(each.day for each in diary.days if any(entry.stands for entry in each.entries))
    if day is None:
        today = now.astimezone(zone_of(edition)).date()
        day = next((each for each in days if each >= today), days[-1] if days else None)
    by_table: dict[int | None, list[SheetRow]] = defaultdict(list)
    for entry in (entry for each in diary.days if each.day == day for entry in each.entries):
        if entry.meeting and entry.stands:
            by_table[entry.meeting.table].append(_row(entry.meeting))
    tables = sorted(by_table, key=lambda table: (table is None, table))
    return DaySheets(
        days=days,
        day=day,
        sheets=tuple(Sheet(table, tuple(by_table[table])) for table in tables),
        free_tables=tuple(number for number in range(1, venue.tables + 1) if number not in by_table),
    )


def _row(view: MeetingView) -> SheetRow:
    spoken = view.investor.languages if view.investor else None
    return SheetRow(view, common_language(spoken or (), tuple(view.project.languages)))
