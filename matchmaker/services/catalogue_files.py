"""Reads the files of a catalogue into checked rows, and collects everything that is wrong with them."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, Protocol, TypeVar

import yaml
from pydantic import ValidationError

from matchmaker.services.catalogue_rows import (
    ActivityRow,
    ChainRow,
    DistrictRow,
    Event,
    PartnerRow,
    PolicyRow,
    ProjectRow,
    ReleaseRow,
    Row,
    TravelRow,
)

EVENT = "event.yaml"
DISTRICTS = "districts.csv"
CHAINS = "chains.csv"
RELEASES = "chain_releases.csv"
PROJECTS = "projects.csv"
ACTIVITIES = "activities.csv"
PARTNERS = "partners.csv"
POLICIES = "policies.csv"
TRAVEL = "travel_minutes.csv"
FILES = (EVENT, DISTRICTS, CHAINS, RELEASES, PROJECTS, ACTIVITIES, PARTNERS, POLICIES, TRAVEL)

LARGEST_FILE = 1_000_000

RowType = TypeVar("RowType", bound=Row)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong: the file, the line that an editor shows, the column (or key) and the reason."""

    file: str
    row: int | None
    column: str
    reason: str

    def __str__(self) -> str:
        place = [self.file, f"row {self.row}" if self.row else "", self.column]
        return f"{', '.join(part for part in place if part)}: {self.reason}"


class CatalogueFaults(Exception):
    """The catalogue was refused; nothing was stored. Carries every fault that was found."""

    def __init__(self, faults: list[Fault]) -> None:
        order = {name: position for position, name in enumerate(FILES)}
        self.faults = sorted(set(faults), key=lambda each: (order.get(each.file, -1), each.row or 0, each.column, each.reason))
        super().__init__("\n".join(str(fault) for fault in self.faults))


@dataclass(frozen=True)
class Line(Generic[RowType]):
    """A sound row and where it stands."""

    number: int
    row: RowType


@dataclass
class Sheet(Generic[RowType]):
    """A file as far as it could be read. `codes` has the keys of unsound rows too, so that others may refer to them."""

    file: str
    lines: list[Line[RowType]] = field(default_factory=list)
    codes: set[str] = field(default_factory=set)


@dataclass
class EventFile:
    """`event.yaml`: its content where it is sound, and the line of every key."""

    content: Event | None = None
    year: str = ""
    lines: dict[tuple[str | int, ...], int] = field(default_factory=dict)

    def line(self, *path: str | int) -> int | None:
        """The line of a key, or of the nearest one above it that is there."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path)


@dataclass
class Files:
    """All files of a catalogue, and what is wrong with them."""

    event: EventFile
    districts: Sheet[DistrictRow]
    chains: Sheet[ChainRow]
    releases: Sheet[ReleaseRow]
    projects: Sheet[ProjectRow]
    activities: Sheet[ActivityRow]
    partners: Sheet[PartnerRow]
    policies: Sheet[PolicyRow]
    travel: Sheet[TravelRow]
    faults: list[Fault]


def read_files(folder: Path) -> Files:
    """Read every file of the folder. What cannot be read becomes a fault."""
    faults: list[Fault] = []
    event = _read_event(folder, faults)
    return Files(
        event=event,
        districts=_read_sheet(folder, DISTRICTS, DistrictRow, faults),
        chains=_read_sheet(folder, CHAINS, ChainRow, faults, year=event.year),
        releases=_read_sheet(folder, RELEASES, ReleaseRow, faults, key="chain_code"),
        projects=_read_sheet(folder, PROJECTS, ProjectRow, faults),
        activities=_read_sheet(folder, ACTIVITIES, ActivityRow, faults),
        partners=_read_sheet(folder, PARTNERS, PartnerRow, faults),
        policies=_read_sheet(folder, POLICIES, PolicyRow, faults),
        travel=_read_sheet(folder, TRAVEL, TravelRow, faults, key=""),
        faults=faults,
    )


def _read_text(folder: Path, name: str, faults: list[Fault]) -> str | None:
    """The text of a file; None, and a fault, where it is missing, empty, too large or not UTF-8."""
    try:
        with (folder / name).open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        faults.append(Fault(name, None, "", "This file is missing."))
        return None
    except OSError as error:
        faults.append(Fault(name, None, "", f"This file cannot be read: {error.strerror}."))
        return None
    if len(content) > LARGEST_FILE:
        faults.append(Fault(name, None, "", f"This file is too large: at most {LARGEST_FILE:,} bytes are read."))
        return None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        faults.append(Fault(name, line, "", "This file is not in UTF-8 here. Save it with that encoding."))
        return None
    if not text.strip():
        faults.append(Fault(name, None, "", "This file is empty."))
        return None
    return text


# -- CSV -----------------------------------------------------------------------------------------------------------------


def _read_sheet(
    folder: Path,
    name: str,
    model: type[RowType],
    faults: list[Fault],
    *,
    key: str = "code",
    year: str = "",
) -> Sheet[RowType]:
    """Read a CSV file; `year` stands behind the names of some columns."""
    sheet: Sheet[RowType] = Sheet(name)
    text = _read_text(folder, name, faults)
    if text is None:
        return sheet
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        rows = list(_numbered_rows(reader))
    except csv.Error as error:
        faults.append(Fault(name, reader.line_num, "", f"From here on this is not a readable CSV file: {error}."))
        return sheet
    header = rows[0][1]
    ours = {_file_name(field, header, year): field for field in model.model_fields}
    header_faults = list(_faults_of_header(name, header, list(ours)))
    faults.extend(header_faults)
    if header_faults:
        return sheet
    if len(rows) == 1:
        faults.append(Fault(name, None, "", "This file has a header and no rows."))
    for number, cells in rows[1:]:
        if len(cells) != len(header):
            reason = f"This row has {len(cells)} cells and the header has {len(header)}. Texts with commas need quotes."
            faults.append(Fault(name, number, "", reason))
            continue
        values = {ours[column]: cell for column, cell in zip(header, cells, strict=True)}
        sheet.codes.add(values.get(key, ""))
        try:
            sheet.lines.append(Line(number, model.model_validate(values)))
        except ValidationError as error:
            names = {field: column for column, field in ours.items()}
            faults.extend(Fault(name, number, names[str(path[0])], reason) for path, reason in reasons_of(error))
    return sheet


class _Reader(Protocol):
    line_num: int

    def __iter__(self) -> Iterator[list[str]]: ...


def _numbered_rows(reader: _Reader) -> Iterator[tuple[int, list[str]]]:
    """The rows with the line on which each begins; blank lines are passed over."""
    begins = 1
    for cells in reader:
        if cells:
            yield begins, cells
        begins = reader.line_num + 1


def _file_name(field_name: str, header: list[str], year: str) -> str:
    """What a field is called in the file: some have the year of the edition behind their name."""
    if field_name not in ("track", "special_session"):
        return field_name
    named = (column for column in header if re.fullmatch(rf"{field_name}_\d{{4}}", column))
    return f"{field_name}_{year}" if year else next(named, field_name)


def _faults_of_header(name: str, header: list[str], expected: list[str]) -> Iterator[Fault]:
    for column in expected:
        if column not in header:
            yield Fault(name, 1, column, "This column is missing.")
    for column in header:
        if column not in expected:
            yield Fault(name, 1, column, f"This column is not known here. Known are: {', '.join(expected)}.")
    for column in sorted({column for column in header if header.count(column) > 1}):
        yield Fault(name, 1, column, "This column is there twice.")


# -- YAML ----------------------------------------------------------------------------------------------------------------


class _PlainLoader(yaml.BaseLoader):
    """Reads every value as text, and no references between keys: with them a small file could grow without end."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.MarkedYAMLError(problem="references are not read here", problem_mark=self.peek_event().start_mark)  # type: ignore[no-untyped-call]
        return super().compose_node(parent, index)


def _read_event(folder: Path, faults: list[Fault]) -> EventFile:
    """Read `event.yaml` as plain texts, so that `no` stays a language and a date is checked like any other."""
    event = EventFile()
    text = _read_text(folder, EVENT, faults)
    if text is None:
        return event
    try:
        content = _event_content(text, event, faults)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        faults.append(Fault(EVENT, mark.line + 1 if mark else None, "", f"This is not readable YAML: {error.problem}."))
        return event
    except (yaml.YAMLError, ValueError, RecursionError):
        faults.append(Fault(EVENT, None, "", "This is not readable YAML, or nested too deeply."))
        return event
    if not isinstance(content, dict):
        faults.append(Fault(EVENT, 1, "", "This file must consist of keys and values."))
        return event
    event.year = str(content.get("edition_year", ""))
    try:
        event.content = Event.model_validate(content)
    except ValidationError as error:
        faults.extend(Fault(EVENT, event.line(*path), dotted(path), reason) for path, reason in reasons_of(error))
    return event


def _event_content(text: str, event: EventFile, faults: list[Fault]) -> object:
    """The content as plain texts; notes the line of every key."""
    loader = _PlainLoader(text)
    node = loader.get_single_node()
    if node is None:
        return None
    for path, line in _lines_of(node):
        if path in event.lines:
            faults.append(Fault(EVENT, line, dotted(path), "This key is there twice."))
        event.lines[path] = line
    return loader.construct_document(node)


def _lines_of(node: yaml.Node, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], int]]:
    """Every key and list entry with its line, from 1."""
    if len(path) > 10:
        raise ValueError("nested too deeply")
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here = (*path, str(key.value))
            yield here, key.start_mark.line + 1
            yield from _lines_of(value, here)
    elif isinstance(node, yaml.SequenceNode):
        for position, value in enumerate(node.value):
            here = (*path, position)
            yield here, value.start_mark.line + 1
            yield from _lines_of(value, here)


def dotted(path: tuple[str | int, ...]) -> str:
    """A path in the words of the file: days[2].date"""
    return re.sub(r"\.\[", "[", ".".join(f"[{part}]" if isinstance(part, int) else part for part in path))


# -- reasons -------------------------------------------------------------------------------------------------------------

_REASONS = {
    "missing": "This key is missing.",
    "extra_forbidden": "This key is not known here.",
    "string_too_short": "This must not be empty.",
    "string_too_long": "This is too long: at most {max_length} characters.",
    "enum": "This must be one of {expected}.",
    "literal_error": "This must be {expected}.",
    "int_parsing": "This must be a whole number, digits only.",
    "float_parsing": "This must be a number.",
    "bool_parsing": "This must be true or false.",
    "greater_than_equal": "This must be at least {ge}.",
    "less_than_equal": "This must be at most {le}.",
    "too_short": "This must name at least {min_length}.",
    "too_long": "This may name at most {max_length}.",
    "dict_type": "This must consist of keys and values.",
    "model_type": "This must consist of keys and values.",
    "list_type": "This must be a list.",
    "string_type": "This must be a text.",
}


def reasons_of(error: ValidationError) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Where and why pydantic refused something, in sentences for the person who wrote the file."""
    for each in error.errors(include_url=False, include_input=False):
        facts = {name: f"{fact:g}" if isinstance(fact, float) else fact for name, fact in each.get("ctx", {}).items()}
        if each["type"] == "value_error":
            reason = str(facts["error"])
        else:
            reason = _REASONS.get(each["type"], f"{each['msg']}.").format(**facts)
        path = each["loc"][:-1] if each["loc"] and each["loc"][-1] == "[key]" else each["loc"]
        yield path, reason
