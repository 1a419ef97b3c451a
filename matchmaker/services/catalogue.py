"""Loads the catalogue of an edition: everything is checked before anything is written, and a second load changes nothing."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from matchmaker.db import db, transaction
from matchmaker.domain.rules import RuleBroken
from matchmaker.models import (
    Activity,
    Chain,
    ChainRelease,
    District,
    Edition,
    Partner,
    Policy,
    Project,
    Resource,
    ResourceKind,
    TravelTime,
    Venue,
)
from matchmaker.services import catalogue_files as names
from matchmaker.services import catalogue_values as values_of
from matchmaker.services.catalogue_checks import faults_between
from matchmaker.services.catalogue_edition import store_edition, store_travel, store_venues
from matchmaker.services.catalogue_files import CatalogueFaults, Fault, Files, Line, read_files
from matchmaker.services.catalogue_rows import ActivityRow, ChainRow, Event
from matchmaker.services.catalogue_writing import Counts, Writer
from matchmaker.services.editions import now_in
from matchmaker.services.meetings import lock_diary
from matchmaker.services.occupancy import note_new_names
from matchmaker.services.resources import store_resources

__all__ = ["CatalogueFaults", "Counts", "Fault", "Loaded", "load_catalogue"]


_IN_CALENDARS = ("title_en", "title_zh", "place_en", "place_zh", "starts_at", "ends_at")
"""What calendars show of a programme item."""


@dataclass(frozen=True)
class Loaded:
    """The edition that was loaded, and what happened to the rows of each file."""

    edition: str
    files: dict[str, Counts]
    kept: list[str]
    """Codes of projects that stay as their hosts changed them, though the file says something else."""


def load_catalogue(folder: Path) -> Loaded:
    """Store the catalogue of a folder. Raises CatalogueFaults with everything that is wrong; nothing is stored then."""
    files = read_files(folder)
    faults = [*files.faults, *faults_between(files)]
    event = files.event.content
    if faults or event is None:
        raise CatalogueFaults(faults)
    writer = Writer()
    with transaction():
        _store(writer, files, event)
        if writer.faults:
            raise CatalogueFaults(writer.faults)
    return Loaded(event.code, writer.counts, writer.kept)


def _store(writer: Writer, files: Files, event: Event) -> None:
    known = db.session.scalar(select(Edition.id).where(Edition.code == event.code))
    is_new = known is None
    if known is not None:
        lock_diary(known)  # a withdrawn project or a lost table must not meet a run that is being published
    edition = store_edition(writer, files, event)
    # 1. Places.
    old_districts, old_venues = writer.rows(District), writer.rows(Venue)
    districts = _store_districts(writer, files, old_districts)
    venues = store_venues(writer, files, event, districts, old_venues)
    store_travel(writer, files, event, venues)
    # 2. What is shown.
    old_chains, old_activities = writer.rows(Chain), writer.rows(Activity)
    chains = _store_chains(writer, files, old_chains)
    _store_releases(writer, files, chains)
    _store_projects(writer, files, districts, chains)
    note_new_names(writer.renamed, now=now_in(edition))
    _store_activities(writer, files, event, old_activities, Places(districts, venues, chains))
    _store_plain(writer, Partner, names.PARTNERS, [values_of.partner_values(line.row) for line in files.partners.lines])
    _store_plain(writer, Policy, names.POLICIES, [values_of.policy_values(line.row) for line in files.policies.lines])
    # 3. What the files no longer have, children before parents.
    _remove(writer, names.ACTIVITIES, _children_first(old_activities))
    _remove(writer, names.CHAINS, _children_first(old_chains))
    _remove_places(writer, old_venues, old_districts)
    # 4. What meetings occupy.
    _store_resources(writer, files, edition)
    what = "new" if is_new else "changed" if writer.event_writes else "unchanged"
    setattr(writer.counts[names.EVENT], what, 1)


@dataclass(frozen=True)
class Places:
    """What rows refer to, by code."""

    districts: dict[str, District]
    venues: dict[str, Venue]
    chains: dict[str, Chain]


def _parents_first(lines: Sequence[Line[Any]]) -> list[Line[Any]]:
    """The same rows, every one after the row that it lies below. The checks saw to it that this ends."""
    parents = {line.row.code: line.row.parent_code for line in lines}

    def depth(code: str) -> int:
        above = parents[code]
        return 0 if above is None else depth(above) + 1

    return sorted(lines, key=lambda line: depth(line.row.code))


def _children_first(things: dict[str, Any]) -> list[Any]:
    """Rows that the files no longer have, every one before the row that it lies below."""

    def depth(thing: Any) -> int:
        return 0 if thing.parent is None else depth(thing.parent) + 1

    return sorted(things.values(), key=depth, reverse=True)


def _store_districts(writer: Writer, files: Files, there: dict[str, District]) -> dict[str, District]:
    stored: dict[str, District] = {}
    for line in _parents_first(files.districts.lines):
        values = values_of.district_values(line.row) | {"parent": stored.get(line.row.parent_code or "")}
        stored[line.row.code] = writer.put(District, there, line.row.code, values | writer.of_edition, names.DISTRICTS)
    db.session.flush()
    return stored


def _store_chains(writer: Writer, files: Files, there: dict[str, Chain]) -> dict[str, Chain]:
    """`position` is the order of the tree, each branch under its parent and in the order of the file."""
    position = {code: position for position, code in enumerate(_tree_order([line.row for line in files.chains.lines]))}
    stored: dict[str, Chain] = {}
    for line in _parents_first(files.chains.lines):
        own = {"parent": stored.get(line.row.parent_code or ""), "position": position[line.row.code]}
        values = values_of.chain_values(line.row) | own | writer.of_edition
        stored[line.row.code] = writer.put(Chain, there, line.row.code, values, names.CHAINS)
    return stored


def _tree_order(rows: Sequence[ChainRow], parent: str | None = None) -> Iterator[str]:
    for row in rows:
        if (row.parent_code or None) == parent:
            yield row.code
            yield from _tree_order(rows, row.code)


def _store_releases(writer: Writer, files: Files, chains: dict[str, Chain]) -> None:
    query = select(ChainRelease).join(Chain).where(Chain.edition_id == writer.get_edition().id)
    there = {release.chain.code: release for release in db.session.scalars(query)}
    for line in files.releases.lines:
        values = values_of.release_values(line.row) | {"chain": chains[line.row.chain_code]}
        writer.put(ChainRelease, there, line.row.chain_code, values, names.RELEASES)
    for code, release in there.items():
        if writer.remove(release, names.RELEASES, code):
            writer.count(names.RELEASES, "gone")


def _store_projects(writer: Writer, files: Files, districts: dict[str, District], chains: dict[str, Chain]) -> None:
    """A project that the file no longer has is withdrawn and keeps everything said about it; one that is back is offered.

    What a host has added or changed here belongs to it: no file changes it any more.
    """
    there = writer.rows(Project)
    of_hosts = {code: there.pop(code) for code, project in list(there.items()) if project.edits}
    for line in files.projects.lines:
        places = {"district": districts[line.row.district_code], "chain": chains[line.row.chain_code]}
        values = values_of.project_values(line.row) | places | writer.of_edition
        if line.row.code in of_hosts:
            writer.keep(of_hosts[line.row.code], values, names.PROJECTS)
            continue
        project = writer.put(Project, there, line.row.code, values, names.PROJECTS)
        project.published_at = project.published_at or now_in(writer.get_edition())
    for project in there.values():
        if project.withdrawn_at is None:
            project.withdrawn_at = now_in(writer.get_edition())
            writer.count(names.PROJECTS, "gone")


def _store_activities(writer: Writer, files: Files, event: Event, there: dict[str, Activity], places: Places) -> None:
    stored: dict[str, Activity] = {}
    for line in _parents_first(files.activities.lines):
        row = line.row
        links = {
            "parent": stored.get(row.parent_code or ""),
            "district": places.districts.get(row.district_code or ""),
            "venue": places.venues[_venue_code(row, event)],
            "chain": places.chains.get(row.chain_code or ""),
            "starts_at": _moment(row.date, row.start, event),
            "ends_at": _moment(row.date, row.end, event),
        }
        values = values_of.activity_values(row) | links | writer.of_edition
        known = there.get(row.code)
        if known is not None and any(getattr(known, name) != values[name] for name in _IN_CALENDARS):
            values |= {"sequence": known.sequence + 1, "changed_at": now_in(writer.get_edition())}
        stored[row.code] = writer.put(Activity, there, row.code, values, names.ACTIVITIES)


def _venue_code(row: ActivityRow, event: Event) -> str:
    """The file gives a place in the main hall the district that the hall stands in."""
    hall = event.main_venue
    in_hall = row.venue_district_code == hall.district_code and row.venue_en == hall.name_en
    return hall.code if in_hall else row.venue_district_code


def _moment(day: date, clock: time, event: Event) -> datetime:
    return datetime.combine(day, clock, tzinfo=ZoneInfo(event.timezone))


def _store_plain(writer: Writer, model: type[Partner] | type[Policy], file: str, rows: list[dict[str, Any]]) -> None:
    """Rows that nothing refers to and that refer to nothing."""
    there: dict[str, Any] = writer.rows(model)
    for values in rows:
        writer.put(model, there, values["code"], values | writer.of_edition, file)
    _remove(writer, file, there.values())


def _remove(writer: Writer, file: str, things: Iterable[Any]) -> None:
    for thing in things:
        if writer.remove(thing, file, thing.code):
            writer.count(file, "gone")


def _remove_places(writer: Writer, venues: dict[str, Venue], districts: dict[str, District]) -> None:
    """A district goes with its venue, the ways there and its tables."""
    ways_and_tables = (TravelTime.origin_id, TravelTime.destination_id, Resource.venue_id)
    for code, venue in venues.items():
        if not writer.remove(venue, names.DISTRICTS if code in districts else names.EVENT, code, owned=ways_and_tables):
            districts.pop(code, None)
    db.session.expire_all()
    _remove(writer, names.DISTRICTS, _children_first(districts))


def _store_resources(writer: Writer, files: Files, edition: Edition) -> None:
    paths = {ResourceKind.TABLE: ("tables",), ResourceKind.INTERPRETER: ("interpreters", "per_half_day")}
    try:
        store_resources(db.session(), edition)
    except RuleBroken as broken:
        for kind, code in broken.facts["held"]:  # type: ignore[attr-defined]
            path = (*paths.get(kind, ()), code)
            reason = f"Meetings occupy more of these ({kind}) than there would be. Keep the number, or move those meetings first."
            writer.faults.append(Fault(names.EVENT, files.event.line(*path), names.dotted(path), reason))
