"""Stores what `event.yaml` and the travel table say: the edition, its days and grid, its venues, ways and interpreters."""

from typing import Any

from sqlalchemy import select

from matchmaker.db import db
from matchmaker.models import District, Edition, EditionDay, InterpreterPool, Slot, TravelTime, Venue
from matchmaker.services import catalogue_values as values_of
from matchmaker.services.catalogue_event import slots_of
from matchmaker.services.catalogue_files import EVENT, TRAVEL, Fault, Files
from matchmaker.services.catalogue_rows import Event, MainVenue
from matchmaker.services.catalogue_writing import Writer, references


def store_edition(writer: Writer, files: Files, event: Event) -> Edition:
    """The edition, its days, its grid and its interpreters. The clock, prices and weights are people's after the first load."""
    there = {each.code: each for each in db.session.scalars(select(Edition).where(Edition.code == event.code))}
    first = {} if there else values_of.first_values(event)
    edition = writer.edition = writer.put(Edition, there, event.code, values_of.edition_values(event) | first)
    db.session.flush()
    _store_days(writer, edition, event)
    _store_slots(writer, edition, event, files)
    _store_pools(writer, edition, event)
    return edition


def _store_days(writer: Writer, edition: Edition, event: Event) -> None:
    there = {day.day: day for day in edition.days}
    for row in event.days:
        writer.put(EditionDay, there, row.date, values_of.day_values(row, event) | writer.of_edition)
    for day in there.values():
        db.session.delete(day)
        writer.count(EVENT, "gone")
    db.session.flush()


def _store_slots(writer: Writer, edition: Edition, event: Event, files: Files) -> None:
    """The grid stays as it is, or is made anew; a fault where somebody has already said something about its slots."""
    wanted = slots_of(event)
    there = list(db.session.scalars(select(Slot).where(Slot.edition_id == edition.id).order_by(Slot.position)))
    if [(slot.day, slot.half, slot.starts_at, slot.ends_at) for slot in there] == [
        (slot.day, slot.half, slot.starts_at, slot.ends_at) for slot in wanted
    ]:
        return
    users = references(Slot.__table__, [slot.id for slot in there])
    if users:
        reason = f"The slots would change, and these refer to the old ones: {users}. Keep the days, hours and grid as they were."
        writer.faults.append(Fault(EVENT, files.event.line("slots"), "slots", reason))
        return
    for old in there:
        db.session.delete(old)
    db.session.flush()
    for position, slot in enumerate(wanted):
        moments = {"day": slot.day, "half": slot.half, "starts_at": slot.starts_at, "ends_at": slot.ends_at}
        db.session.add(Slot(edition_id=edition.id, position=position, **moments))
    writer.count(EVENT, "changed")


def _store_pools(writer: Writer, edition: Edition, event: Event) -> None:
    there = writer.rows(InterpreterPool, "language")
    for language, capacity in values_of.interpreters_of(event).items():
        if capacity or language in there:
            values = {"edition_id": edition.id, "language": language, "capacity": capacity}
            writer.put(InterpreterPool, there, language, values)
    db.session.flush()


def store_venues(
    writer: Writer, files: Files, event: Event, districts: dict[str, District], there: dict[str, Venue]
) -> dict[str, Venue]:
    """One venue for each district, and the main hall."""
    wanted = [values_of.main_venue_values(event) | {"district": None}]
    for line in files.districts.lines:
        wanted.append(values_of.venue_values(line.row, event) | {"district": districts[line.row.code]})
    stored = {values["code"]: writer.put(Venue, there, values["code"], values | writer.of_edition) for values in wanted}
    db.session.flush()
    return stored


def store_travel(writer: Writer, files: Files, event: Event, venues: dict[str, Venue]) -> None:
    """The way between any two venues; the main hall's is that of the district it stands in for."""
    ids = [venue.id for venue in venues.values()]
    query = select(TravelTime).where(TravelTime.origin_id.in_(ids))
    there = {(way.origin_id, way.destination_id): way for way in db.session.scalars(query)}
    rows = [line.row for line in files.travel.lines]
    ways = [(row.from_code, row.to_code, row.minutes, row.how, TRAVEL) for row in rows]
    table = {(row.from_code, row.to_code): row.minutes for row in rows}
    for origin, destination, minutes in _ways_of_hall(event.main_venue, table):
        ways.append((origin, destination, minutes, f"as {event.main_venue.travel_as}", EVENT))
    for origin, destination, minutes, how, file in ways:
        key = (venues[origin].id, venues[destination].id)
        values: dict[str, Any] = {"origin_id": key[0], "destination_id": key[1], "minutes": minutes, "how": how}
        writer.put(TravelTime, there, key, values, file)


def _ways_of_hall(hall: MainVenue, table: dict[tuple[str, str], int]) -> list[tuple[str, str, int]]:
    near, between = hall.travel_as, hall.minutes_to_hk
    ways = [(hall.code, hall.code, 0)]
    for (origin, destination), minutes in table.items():
        if origin == near:
            ways.append((hall.code, destination, between if destination == near else minutes))
        if destination == near:
            ways.append((origin, hall.code, between if origin == near else minutes))
    return ways
