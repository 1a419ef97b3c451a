"""Loading a catalogue: the real one, bad ones, and what a second load leaves alone."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from matchmaker.db import db
from matchmaker.domain.roles import Role
from matchmaker.models import (
    Activity,
    Chain,
    ChainRelease,
    District,
    Edition,
    EditionDay,
    Interest,
    InterpreterPool,
    Occupancy,
    Partner,
    Policy,
    Project,
    Resource,
    ResourceKind,
    Slot,
    TravelTime,
    Venue,
)
from matchmaker.services.actors import actor_of
from matchmaker.services.catalogue import Counts, Fault, load_catalogue
from matchmaker.services.editions import set_clock
from matchmaker.services.offering import change_project, content_of, draft_project, withdraw_project
from matchmaker.services.resources import store_resources
from tests.builders import make_account, make_interest, make_investor, make_meeting
from tests.services.catalogue_copy import NOW, ROWS, SHANGHAI_2024, by_code, copy_catalogue, count, drop_row, edit, faults_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copy_catalogue(tmp_path)


# -- the real catalogue --------------------------------------------------------------------------------------------------


def test_the_real_catalogue_is_stored_whole(app: Flask) -> None:
    loaded = load_catalogue(SHANGHAI_2024)

    assert loaded.edition == "SGIPC-2024"
    assert loaded.files == {name: Counts(new=rows) for name, rows in ROWS.items()}
    stored = {
        model.__name__: count(model)
        for model in (District, Venue, Chain, ChainRelease, Project, Activity, Partner, Policy, TravelTime, EditionDay, Slot)
    }
    assert stored == {
        "District": 17,
        "Venue": 18,
        "Chain": 104,
        "ChainRelease": 10,
        "Project": 165,
        "Activity": 30,
        "Partner": 22,
        "Policy": 24,
        "TravelTime": 289 + 2 * 17 + 1,
        "EditionDay": 15,
        "Slot": 126,
    }


def test_the_edition_has_its_clock_days_and_defaults(app: Flask) -> None:
    load_catalogue(SHANGHAI_2024)

    edition = by_code(Edition, "SGIPC-2024")

    assert edition.clock_at == datetime(2024, 3, 22, 12, tzinfo=UTC)
    assert [day.day for day in edition.days if day.has_meetings] == [date(2024, 4, n) for n in (1, 2, 3, 7, 8, 9, 10, 11, 12)]
    assert (edition.slots[0].starts_at, edition.slots[0].ends_at) == (
        datetime(2024, 4, 1, 1, tzinfo=UTC),
        datetime(2024, 4, 1, 1, 30, tzinfo=UTC),
    )
    assert edition.penalties == {"shortfall": 2000, "drop": 1500, "move": 400, "idle_slot": 5, "idle_period": 0}
    assert (edition.default_min_meetings, edition.default_max_meetings, edition.default_max_per_day) == (2, 10, 5)


def test_the_main_hall_is_where_hongkou_is(app: Flask) -> None:
    load_catalogue(SHANGHAI_2024)
    hall, hongkou, pudong = (by_code(Venue, code) for code in ("MAIN", "HK", "PD"))

    def minutes(origin: Venue, destination: Venue) -> int:
        way = db.session.get(TravelTime, (origin.id, destination.id))
        assert way is not None
        return way.minutes

    assert (minutes(hall, hongkou), minutes(hongkou, hall), minutes(hall, hall)) == (0, 0, 0)
    assert minutes(hall, pudong) == minutes(hongkou, pudong) == minutes(pudong, hall) == 40
    assert (hall.tables, hongkou.tables) == (12, 5)
    assert by_code(Activity, "ACT-01").venue == hall
    assert by_code(Activity, "ACT-19").venue.code == "SJ"


def test_every_lead_table_and_interpreter_becomes_a_resource(app: Flask) -> None:
    load_catalogue(SHANGHAI_2024)

    kinds = Counter(db.session.scalars(select(Resource.kind)))

    tables = db.session.scalar(select(func.sum(Venue.tables)))
    interpreters = db.session.scalar(select(func.sum(InterpreterPool.capacity)))
    assert kinds == {ResourceKind.LEAD: 165, ResourceKind.TABLE: tables, ResourceKind.INTERPRETER: interpreters}


def test_a_language_that_is_not_listed_has_its_interpreter_too(app: Flask) -> None:
    load_catalogue(SHANGHAI_2024)

    pools = {pool.language: pool.capacity for pool in db.session.scalars(select(InterpreterPool))}

    assert (pools["en"], pools["no"], pools["es"]) == (12, 1, 1)
    assert "zh" not in pools


def test_a_month_counts_from_its_first_day(app: Flask) -> None:
    load_catalogue(SHANGHAI_2024)

    assert by_code(Policy, "POL-18").published_on == date(2024, 5, 1)
    assert by_code(Policy, "POL-24").published_on == date(2024, 4, 7)
    assert by_code(Policy, "POL-01").published_on is None


@pytest.mark.any_database
def test_a_second_load_changes_nothing(app: Flask) -> None:
    load_catalogue(SHANGHAI_2024)
    ids = dict(db.session.execute(select(Project.code, Project.id)).all())

    loaded = load_catalogue(SHANGHAI_2024)

    assert loaded.files == {name: Counts(unchanged=rows) for name, rows in ROWS.items()}
    assert dict(db.session.execute(select(Project.code, Project.id)).all()) == ids


# -- loading again -------------------------------------------------------------------------------------------------------


def test_a_changed_cell_changes_its_row_and_keeps_its_interests(app: Flask, folder: Path) -> None:
    load_catalogue(folder)
    project = by_code(Project, "PD-01")
    before = project.id
    interest = make_interest(make_investor(by_code(Edition, "SGIPC-2024"), chains=()), project)
    edit(folder, "projects.csv", "Shared test laboratory for full-size humanoid robots", "Humanoid robot test lab")

    loaded = load_catalogue(folder)

    assert loaded.files["projects.csv"] == Counts(changed=1, unchanged=164)
    assert by_code(Project, "PD-01").title_en == "Humanoid robot test lab"
    assert (by_code(Project, "PD-01").id, db.session.get_one(Interest, interest.id).project_id) == (before, before)


def test_the_clock_and_the_weights_belong_to_people_after_the_first_load(app: Flask, folder: Path) -> None:
    load_catalogue(folder)
    moved = datetime(2024, 4, 2, 1, tzinfo=UTC)
    set_clock("SGIPC-2024", moved)
    by_code(Edition, "SGIPC-2024").weights = {"must_meet": 400}
    db.session.commit()

    load_catalogue(folder)

    edition = by_code(Edition, "SGIPC-2024")
    assert (edition.clock_at, edition.weights) == (moved, {"must_meet": 400})


def test_a_project_that_vanished_is_withdrawn_and_offered_again_when_it_is_back(app: Flask, folder: Path) -> None:
    load_catalogue(folder)
    drop_row(folder, "projects.csv", "PD-01,")

    gone = load_catalogue(folder)

    assert gone.files["projects.csv"] == Counts(unchanged=164, gone=1)
    assert by_code(Project, "PD-01").withdrawn_at == NOW
    assert load_catalogue(folder).files["projects.csv"] == Counts(unchanged=164)

    back = load_catalogue(SHANGHAI_2024)

    assert back.files["projects.csv"] == Counts(changed=1, unchanged=164)
    assert by_code(Project, "PD-01").withdrawn_at is None


def test_what_hosts_added_changed_or_withdrew_stays_theirs_and_is_named(app: Flask, folder: Path) -> None:
    load_catalogue(folder)
    hao = actor_of(make_account(Role.HOST, district=by_code(District, "PD")))
    changed, withdrawn, same = (by_code(Project, code) for code in ("PD-01", "PD-02", "PD-03"))
    added = draft_project(hao, replace(content_of(changed), title_en="Ours"))
    change_project(hao, changed.id, replace(content_of(changed), title_en="Ours"), seen=0, now=NOW)
    change_project(hao, same.id, content_of(same), seen=0, now=NOW)
    withdraw_project(hao, withdrawn.id, now=NOW)

    loaded = load_catalogue(folder)

    assert (loaded.kept, loaded.files["projects.csv"]) == (["PD-01", "PD-02"], Counts(unchanged=165))
    assert by_code(Project, "PD-01").title_en == "Ours"
    assert by_code(Project, "PD-02").withdrawn_at == NOW
    assert db.session.get_one(Project, added).withdrawn_at is None


def test_rows_that_nothing_refers_to_are_deleted(app: Flask, folder: Path) -> None:
    load_catalogue(folder)
    drop_row(folder, "partners.csv", "PAR-22,")
    drop_row(folder, "policies.csv", "POL-24,")
    drop_row(folder, "activities.csv", "ACT-30,")
    drop_row(folder, "chains.csv", "FE-NUC,")

    loaded = load_catalogue(folder)

    gone = {name: counts.gone for name, counts in loaded.files.items() if counts.gone}
    assert gone == {"partners.csv": 1, "policies.csv": 1, "activities.csv": 1, "chains.csv": 1}
    assert (count(Partner), count(Policy), count(Activity), count(Chain)) == (21, 23, 29, 103)


def test_a_changed_programme_item_grows_in_calendars_and_one_that_stays_does_not(app: Flask, folder: Path) -> None:
    load_catalogue(folder)
    set_clock("SGIPC-2024", NOW)
    again = NOW + timedelta(days=1)
    for old, new in (
        (",2024-03-29,09:30,11:30,", ",2024-03-29,09:00,11:30,"),
        ("世界会客厅,500,yes,partly reported: item", "中心,500,yes,partly reported: item"),
    ):
        edit(folder, "activities.csv", old, new)
    load_catalogue(folder)
    set_clock("SGIPC-2024", again)
    edit(folder, "activities.csv", "Release of ten industrial-chain opportunities", "Ten opportunities")
    edit(
        folder,
        "activities.csv",
        '10:10,10:35,"The Grand Halls, North Bund",北外滩世界会客厅,500',
        '10:10,10:35,"The Grand Halls, North Bund",北外滩世界会客厅,600',
    )
    load_catalogue(folder)
    load_catalogue(folder)

    told = [
        (by_code(Activity, code).sequence, by_code(Activity, code).changed_at)
        for code in ("ACT-01", "ACT-02", "ACT-03", "ACT-04")
    ]

    assert told == [(1, NOW), (1, NOW), (1, again), (0, None)]


def test_another_name_of_a_venue_grows_in_the_calendars_of_its_meetings(app: Flask, folder: Path) -> None:
    load_catalogue(folder)
    edition = by_code(Edition, "SGIPC-2024")
    set_clock("SGIPC-2024", NOW)
    investor = make_investor(edition, chains=())
    here = make_meeting(investor, by_code(Project, "PD-01"), edition.slots[0])
    elsewhere = make_meeting(investor, by_code(Project, "LG-01"), edition.slots[20])
    edit(folder, "districts.csv", "张江科学会堂", "张江会堂")

    load_catalogue(folder)
    load_catalogue(folder)

    assert [(each.place_changes, each.place_changed_at) for each in (here, elsewhere)] == [(1, NOW), (0, None)]
    assert [each.sequence for each in (here, elsewhere)] == [1, 1]


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("projects.csv", "全尺寸人形机器人联合测试实验室", "人形机器人测试实验室"),
        ("districts.csv", "浦东新区", "新浦东"),
    ],
)
def test_another_title_or_name_grows_in_the_calendars_too(app: Flask, folder: Path, file: str, old: str, new: str) -> None:
    load_catalogue(folder)
    edition = by_code(Edition, "SGIPC-2024")
    set_clock("SGIPC-2024", NOW)
    investor = make_investor(edition, chains=())
    here = make_meeting(investor, by_code(Project, "PD-01"), edition.slots[0])
    elsewhere = make_meeting(investor, by_code(Project, "LG-01"), edition.slots[20])
    edit(folder, file, old, new)

    load_catalogue(folder)
    load_catalogue(folder)

    assert [(each.place_changes, each.place_changed_at) for each in (here, elsewhere)] == [(1, NOW), (0, None)]


def test_a_district_goes_with_its_venue_its_tables_and_the_ways_there(app: Flask, folder: Path) -> None:
    new_district(folder)
    load_catalogue(folder)
    assert (count(District), count(Venue)) == (18, 19)

    loaded = load_catalogue(SHANGHAI_2024)

    assert loaded.files["districts.csv"] == Counts(unchanged=17, gone=1)
    assert (count(District), count(Venue), count(TravelTime)) == (17, 18, 324)


def new_district(folder: Path) -> None:
    """Add a district ZZ that has nothing but ways and tables."""
    codes = [line.split(",")[0] for line in (folder / "districts.csv").read_text(encoding="utf-8").splitlines()[1:]]
    row = "ZZ,New District,新区,,district,,Hall,会场,31.1,121.4,robots,机器人,illustrative,\n"
    ways = "".join(f"ZZ,{code},50,direct estimate\n{code},ZZ,50,direct estimate\n" for code in codes)
    with (folder / "districts.csv").open("a", encoding="utf-8") as file:
        file.write(row)
    with (folder / "travel_minutes.csv").open("a", encoding="utf-8") as file:
        file.write(f"{ways}ZZ,ZZ,0,direct estimate\n")
    edit(folder, "event.yaml", "  LG: 12\n", "  LG: 12\n  ZZ: 2\n")


def test_a_vanished_chain_that_somebody_wants_is_a_fault(app: Flask, folder: Path) -> None:
    load_catalogue(folder)
    make_interest(make_investor(by_code(Edition, "SGIPC-2024"), chains=()), by_code(Chain, "FE-NUC"))
    drop_row(folder, "chains.csv", "FE-NUC,")
    drop_row(folder, "partners.csv", "PAR-22,")

    faults = faults_of(folder)

    reason = "FE-NUC is no longer in the file, and these still refer to it: interest (1). Put the row back."
    assert faults == [Fault("chains.csv", None, "code", reason)]
    assert (count(Chain), count(Partner)) == (104, 22)


def test_the_grid_does_not_change_under_what_people_have_said(app: Flask, folder: Path) -> None:
    load_catalogue(folder)
    edition = by_code(Edition, "SGIPC-2024")
    make_investor(edition, chains=(), available=edition.slots[:1])
    edit(folder, "event.yaml", "grid_minutes: 30", "grid_minutes: 60")

    faults = faults_of(folder)

    reason = (
        "The slots would change, and these refer to the old ones: availability (1). Keep the days, hours and grid as they were."
    )
    assert faults == [Fault("event.yaml", 35, "slots", reason)]
    assert (by_code(Edition, "SGIPC-2024").grid_minutes, count(Slot)) == (30, 126)


def test_another_grid_before_anybody_said_anything_is_made_anew(app: Flask, folder: Path) -> None:
    load_catalogue(folder)
    edit(folder, "event.yaml", "grid_minutes: 30", "grid_minutes: 60")

    loaded = load_catalogue(folder)

    assert loaded.files["event.yaml"] == Counts(changed=1)
    assert count(Slot) == 9 * 7


def test_nobody_meets_in_blocked_hours(app: Flask, folder: Path) -> None:
    edit(folder, "event.yaml", '  - date: 2024-03-29\n    start: "09:00"', '  - date: 2024-04-01\n    start: "09:00"')

    load_catalogue(folder)

    first = db.session.scalars(select(Slot).order_by(Slot.position)).first()
    assert first is not None
    assert first.starts_at == datetime(2024, 4, 1, 5, 30, tzinfo=UTC)


def test_tables_that_meetings_occupy_are_kept(app: Flask, folder: Path) -> None:
    load_catalogue(folder)
    edition, project = by_code(Edition, "SGIPC-2024"), by_code(Project, "XH-01")
    for slot in edition.slots[:2]:
        make_meeting(make_investor(edition, chains=(), available=()), project, slot)
    edit(folder, "event.yaml", "  XH: 7\n", "  XH: 6\n")
    occupy_last_table(project)

    faults = faults_of(folder)

    reason = "Meetings occupy more of these (table) than there would be. Keep the number, or move those meetings first."
    assert faults == [Fault("event.yaml", 51, "tables.XH", reason)]
    assert by_code(Venue, "XH").tables == 7


def occupy_last_table(project: Project) -> None:
    tables = select(Resource).where(Resource.venue_id == project.district.venue.id)
    last = db.session.scalars(tables.where(Resource.number == project.district.venue.tables)).one()
    held = select(Occupancy).join(Resource).where(Resource.kind == ResourceKind.TABLE)
    db.session.scalars(held).first().resource_id = last.id  # type: ignore[union-attr]
    db.session.commit()


def test_more_leads_than_before_get_their_resources(app: Flask) -> None:
    load_catalogue(SHANGHAI_2024)
    project = by_code(Project, "PD-01")
    project.leads = 3
    db.session.flush()

    store_resources(db.session(), by_code(Edition, "SGIPC-2024"))

    numbers = select(Resource.number).where(Resource.project_id == project.id).order_by(Resource.number)
    assert list(db.session.scalars(numbers)) == [1, 2, 3]
