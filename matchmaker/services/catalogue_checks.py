"""What must hold between the rows and files of a catalogue, beyond the shape of each row."""

from collections.abc import Collection, Iterator
from typing import Any

from matchmaker.domain.catalogue import DistrictKind
from matchmaker.services.catalogue_event import faults_of_event
from matchmaker.services.catalogue_files import RELEASES, Fault, Files, Line, RowType, Sheet
from matchmaker.services.catalogue_rows import ActivityRow, Event


def faults_between(files: Files) -> list[Fault]:
    """Everything that is wrong between rows and files. Rows of unsound shape were told of already, and are passed over."""
    return [
        *faults_of_event(files),
        *_districts(files),
        *_chains(files),
        *_releases(files),
        *_projects(files),
        *_activities(files),
        *_twice(files.partners, "code"),
        *_twice(files.policies, "code"),
        *_travel(files),
    ]


# -- for every file ------------------------------------------------------------------------------------------------------


def _twice(sheet: Sheet[RowType], *columns: str) -> Iterator[Fault]:
    """A key that an earlier row has."""
    first: dict[tuple[str, ...], int] = {}
    for line in sheet.lines:
        key = tuple(getattr(line.row, column) for column in columns)
        if key in first:
            reason = f"{' to '.join(key)} is there twice, first in row {first[key]}."
            yield Fault(sheet.file, line.number, columns[-1], reason)
        first.setdefault(key, line.number)


def _unknown(sheet: Sheet[RowType], column: str, known: Collection[str], thing: str) -> Iterator[Fault]:
    """A code that names no row of the other file; where that file could not be read at all, this is no fault of its own."""
    for line in sheet.lines:
        code = getattr(line.row, column)
        if known and code is not None and code not in known:
            yield Fault(sheet.file, line.number, column, f"There is no {thing} {code}.")


def _unequal(sheet: Sheet[RowType], *pairs: tuple[str, str]) -> Iterator[Fault]:
    """Lists in two languages that do not have the same number of entries."""
    for line in sheet.lines:
        for one, other in pairs:
            ours, theirs = len(getattr(line.row, one)), len(getattr(line.row, other))
            if ours != theirs:
                yield Fault(sheet.file, line.number, other, f"This names {theirs}, and {one} names {ours}.")


def _cycles(sheet: Sheet[Any]) -> Iterator[Fault]:
    """Rows from which the way up never ends."""
    parents = {line.row.code: line.row.parent_code for line in sheet.lines}
    for line in sheet.lines:
        code, steps = line.row.parent_code, 0
        while code is not None and code != line.row.code and steps <= len(parents):
            code, steps = parents.get(code), steps + 1
        if code == line.row.code:
            yield Fault(sheet.file, line.number, "parent_code", f"{code} lies below itself.")


# -- file by file --------------------------------------------------------------------------------------------------------


def _districts(files: Files) -> Iterator[Fault]:
    sheet = files.districts
    yield from _twice(sheet, "code")
    yield from _unknown(sheet, "parent_code", sheet.codes, "district")
    yield from _cycles(sheet)
    yield from _unequal(sheet, ("leading_industries_en", "leading_industries_zh"))
    for line in sheet.lines:
        if (line.row.kind is DistrictKind.SUB_AREA) != (line.row.parent_code is not None):
            reason = "A sub-area names the district that it belongs to, and a district names none."
            yield Fault(sheet.file, line.number, "parent_code", reason)


def _chains(files: Files) -> Iterator[Fault]:
    sheet = files.chains
    yield from _twice(sheet, "code")
    yield from _unknown(sheet, "parent_code", sheet.codes, "chain")
    yield from _cycles(sheet)
    levels = {line.row.code: line.row.level for line in sheet.lines}
    for line in sheet.lines:
        above = line.row.parent_code
        expected = 0 if above is None else levels.get(above, line.row.level - 1) + 1
        if line.row.level != expected:
            yield Fault(sheet.file, line.number, "level", f"By its parent_code this is level {expected}.")


def _releases(files: Files) -> Iterator[Fault]:
    sheet, chains = files.releases, files.chains
    yield from _twice(sheet, "chain_code")
    yield from _unknown(sheet, "chain_code", chains.codes, "chain")
    yield from _unequal(sheet, ("leader_en", "leader_zh"), ("parks", "parks_zh"))
    released = {line.row.code for line in chains.lines if line.row.track}
    unreleased = {line.row.code for line in chains.lines} - released
    for line in sheet.lines:
        if line.row.chain_code in unreleased:
            reason = f"Chain {line.row.chain_code} is not marked as a track of this edition in {chains.file}."
            yield Fault(sheet.file, line.number, "chain_code", reason)
    for chain in chains.lines:
        if chain.row.track and sheet.codes and chain.row.code not in sheet.codes:
            reason = f"Chain {chain.row.code} is a track of this edition and has no row in {RELEASES}."
            yield Fault(chains.file, chain.number, f"track_{files.event.year}", reason)


def _projects(files: Files) -> Iterator[Fault]:
    sheet = files.projects
    yield from _twice(sheet, "code")
    yield from _unknown(sheet, "district_code", files.districts.codes, "district")
    yield from _unknown(sheet, "chain_code", files.chains.codes, "chain")
    for line in sheet.lines:
        if line.row.size_min_mcny > line.row.size_max_mcny:
            yield Fault(sheet.file, line.number, "size_max_mcny", "This must not be less than size_min_mcny.")


def _activities(files: Files) -> Iterator[Fault]:
    sheet = files.activities
    yield from _twice(sheet, "code")
    yield from _unknown(sheet, "parent_code", sheet.codes, "programme item")
    yield from _cycles(sheet)
    yield from _unknown(sheet, "district_code", files.districts.codes, "district")
    yield from _unknown(sheet, "venue_district_code", files.districts.codes, "district")
    yield from _unknown(sheet, "chain_code", files.chains.codes, "chain")
    items = {line.row.code: line.row for line in sheet.lines}
    for line in sheet.lines:
        if line.row.start >= line.row.end:
            yield Fault(sheet.file, line.number, "end", "The end must be later than the start.")
        whole = items.get(line.row.parent_code or "")
        if whole and not _inside(line.row, whole):
            yield Fault(sheet.file, line.number, "parent_code", f"This is not within the time of {whole.code}.")
        if files.event.content:
            yield from _when(sheet.file, line, files.event.content)


def _inside(item: ActivityRow, whole: ActivityRow) -> bool:
    return item.date == whole.date and whole.start <= item.start and item.end <= whole.end


def _when(file: str, line: Line[ActivityRow], event: Event) -> Iterator[Fault]:
    if line.row.date.year != event.edition_year:
        yield Fault(file, line.number, "date", f"This is not in {event.edition_year}, the year of the edition.")
    elif line.row.in_event_window != (event.start_date <= line.row.date <= event.end_date):
        reason = f"By its date this must be {'no' if line.row.in_event_window else 'yes'}."
        yield Fault(file, line.number, "in_event_window", reason)


def _travel(files: Files) -> Iterator[Fault]:
    """From every district to every district there is one row."""
    sheet, codes = files.travel, files.districts.codes
    yield from _twice(sheet, "from_code", "to_code")
    yield from _unknown(sheet, "from_code", codes, "district")
    yield from _unknown(sheet, "to_code", codes, "district")
    for line in sheet.lines:
        if line.row.from_code == line.row.to_code and line.row.minutes != 0:
            yield Fault(sheet.file, line.number, "minutes", "From a place to itself it is 0 minutes.")
    if any(fault.file == sheet.file for fault in files.faults):
        return  # a row that could not be read is not missing
    there = {(line.row.from_code, line.row.to_code) for line in sheet.lines}
    for one, other in sorted({(one, other) for one in codes for other in codes} - there):
        yield Fault(sheet.file, None, "to_code", f"The way from {one} to {other} is missing.")
