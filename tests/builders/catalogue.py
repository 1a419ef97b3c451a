"""Editions, districts, chains, projects and programme items to test with."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from matchmaker.db import db
from matchmaker.domain.calendar import grid
from matchmaker.models import (
    Activity,
    Chain,
    District,
    Edition,
    EditionDay,
    InterpreterPool,
    Project,
    ResourceKind,
    Slot,
    TravelTime,
    Venue,
)
from tests.builders.base import DAYS, NOW, OPENINGS, PENALTIES, SHANGHAI, count, get_chain, resources_of, save


def make_empty_edition(
    *, code: str = "SGIPC-2024", year: int = 2024, meeting_days: Sequence[date] = DAYS, grid_minutes: int = 30, **fields: Any
) -> Edition:
    """An edition with its days and slots (09:00, 09:30, 13:30, 14:00 on each meeting day) and nothing else."""
    days = [date(2024, 3, 29) + timedelta(days=ahead) for ahead in range(5)]
    values: dict[str, Any] = {
        "name_en": f"Shanghai Global Investment Promotion Conference {year}",
        "name_zh": f"{year}上海全球投资促进大会",
        "theme_en": "Connecting the world, creating the future",
        "theme_zh": "沪链世界，共创未来",
        "timezone": "Asia/Shanghai",
        "main_conference_date": days[0],
        "start_date": days[0],
        "end_date": days[-1],
        "clock_at": NOW,
        "answer_deadline_hours": 48,
        "must_meet_limit": 3,
        "default_min_meetings": 2,
        "default_max_meetings": 10,
        "default_max_per_day": 5,
        "interpreters_paired_with": "zh",
        "penalties": PENALTIES,
        "weights": {},
        "illustrative": ["tables", "interpreters"],
        "sources": {},
    }
    edition = Edition(code=code, year=year, grid_minutes=grid_minutes, **(values | fields))
    for day in sorted({*days, *meeting_days}):
        working = day.weekday() < 5 or day in meeting_days
        kind = "working_day" if working else "weekend"
        edition.days.append(EditionDay(day=day, working=working, has_meetings=day in meeting_days, kind=kind))
    for position, slot in enumerate(grid(meeting_days, OPENINGS, minutes=grid_minutes, zone=SHANGHAI)):
        edition.slots.append(
            Slot(position=position, day=slot.day, half=slot.half, starts_at=slot.starts_at, ends_at=slot.ends_at)
        )
    save(edition)
    return edition


def make_edition(**fields: Any) -> Edition:
    """The small edition: Pudong, Xuhui and Lin-gang, a main hall, seven chains, two pools of interpreters, and a project
    in each district (PD-01 and PD-02 robots, XH-01 large models, LG-01 chips).
    """
    edition = make_empty_edition(**fields)
    groups = make_chain(edition, "F5", name="Five future industries"), make_chain(edition, "L3", name="Three leading industries")
    intelligence = make_chain(edition, "FI", parent=groups[0], name="Future intelligence")
    make_chain(edition, "FI-ROB", parent=intelligence, name="Intelligent robots", released=True)
    make_chain(edition, "AI-LLM", parent=intelligence, name="Large models", released=True)
    circuits = make_chain(edition, "IC", parent=groups[1], name="Integrated circuits")
    make_chain(edition, "IC-DES", parent=circuits, name="Chip design")
    pudong = make_district(edition, "PD", name="Pudong", name_zh="浦东新区", tables=2)
    xuhui = make_district(edition, "XH", name="Xuhui", name_zh="徐汇区", tables=1)
    lingang = make_district(edition, "LG", name="Lin-gang", name_zh="临港新片区", tables=2)
    hall = make_venue(edition, "MAIN", name="Main hall", tables=2)
    make_travel(pudong.venue, xuhui.venue, 45)
    make_travel(pudong.venue, lingang.venue, 70)
    make_travel(xuhui.venue, lingang.venue, 90)
    for district, minutes in ((pudong, 20), (xuhui, 30), (lingang, 85)):
        make_travel(hall, district.venue, minutes)
    make_pool(edition, "ja", capacity=1)
    make_pool(edition, "de", capacity=2)
    make_project(pudong, chain="FI-ROB", title="Robot joints", title_zh="机器人关节")
    make_project(pudong, chain="FI-ROB", title="Robot hands", title_zh="灵巧手")
    make_project(xuhui, chain="AI-LLM", title="Model laboratory", title_zh="大模型实验室")
    make_project(lingang, chain="IC-DES", title="Chip park", title_zh="芯片园区")
    return edition


def make_chain(
    edition: Edition, code: str, *, parent: Chain | None = None, name: str | None = None, name_zh: str = "产业链", **fields: Any
) -> Chain:
    chain = Chain(
        edition_id=edition.id,
        code=code,
        parent=parent,
        level=parent.level + 1 if parent else 0,
        position=count(Chain),
        name_en=name or f"Chain {code}",
        name_zh=name_zh,
        source_url="illustrative",
        **({"released": False} | fields),
    )
    save(chain)
    return chain


def make_district(
    edition: Edition, code: str, *, name: str | None = None, name_zh: str = "某区", tables: int = 2, **fields: Any
) -> District:
    """A district with its venue and the tables there. No way leads to it yet: see make_travel."""
    values = {"kind": "district", "industries_en": [], "industries_zh": [], "source_url": "illustrative"}
    district = District(
        edition_id=edition.id, code=code, name_en=name or f"District {code}", name_zh=name_zh, **(values | fields)
    )
    save(district)
    make_venue(edition, code, district=district, name=f"{district.name_en} centre", tables=tables)
    return district


def make_venue(
    edition: Edition, code: str, *, district: District | None = None, name: str | None = None, tables: int = 2
) -> Venue:
    venue = Venue(
        edition_id=edition.id,
        code=code,
        district=district,
        name_en=name or f"Venue {code}",
        name_zh="会场",
        latitude=31.2,
        longitude=121.5,
        tables=tables,
    )
    save(venue)
    save(TravelTime(origin_id=venue.id, destination_id=venue.id, minutes=0, how="here"))
    save(*resources_of(ResourceKind.TABLE, tables, venue_id=venue.id))
    return venue


def make_travel(one: Venue, other: Venue, minutes: int) -> None:
    """The way between two venues, equally long there and back."""
    save(
        TravelTime(origin_id=one.id, destination_id=other.id, minutes=minutes, how="test"),
        TravelTime(origin_id=other.id, destination_id=one.id, minutes=minutes, how="test"),
    )


def make_pool(edition: Edition, language: str, *, capacity: int = 1) -> InterpreterPool:
    pool = InterpreterPool(edition_id=edition.id, language=language, capacity=capacity)
    save(pool)
    save(*resources_of(ResourceKind.INTERPRETER, capacity, pool_id=pool.id))
    return pool


def make_project(
    district: District,
    *,
    chain: str | Chain = "FI-ROB",
    code: str | None = None,
    title: str | None = None,
    title_zh: str = "项目",
    leads: int = 1,
    **fields: Any,
) -> Project:
    """A project of a district, in a chain given by its code or as a row. Speaks Chinese and English, 100 to 500 million."""
    found = chain if isinstance(chain, Chain) else get_chain(district.edition_id, chain)
    number = db.session.scalar(select(func.count()).where(Project.district_id == district.id)) or 0
    code = code or f"{district.code}-{number + 1:02d}"
    title = title or f"Project {code}"
    values: dict[str, Any] = {
        "park_en": "Test park",
        "park_zh": "园区",
        "summary_en": f"{title} in {district.name_en}.",
        "summary_zh": f"{title_zh}，{district.name_zh}。",
        "kind": "joint lab",
        "size_min": 100,
        "size_max": 500,
        "size_basis": "illustrative",
        "opportunity_basis": "illustrative",
        "stage": "pilot",
        "languages": ["zh", "en"],
        "source_url": "illustrative",
        "published_at": NOW - timedelta(days=30),
    }
    project = Project(
        edition_id=district.edition_id,
        district_id=district.id,
        chain_id=found.id,
        code=code,
        title_en=title,
        title_zh=title_zh,
        leads=leads,
        **(values | fields),
    )
    save(project)
    save(*resources_of(ResourceKind.LEAD, leads, project_id=project.id))
    return project


def make_activity(
    edition: Edition, *, venue: Venue, starts_at: datetime, minutes: int = 60, capacity: int = 100, **fields: Any
) -> Activity:
    number = count(Activity) + 1
    values: dict[str, Any] = {
        "code": f"ACT-{number:02d}",
        "title_en": f"Activity {number}",
        "title_zh": f"活动{number}",
        "kind": "district_promotion",
        "place_en": venue.name_en,
        "place_zh": venue.name_zh,
        "in_window": True,
        "basis": "illustrative",
        "basis_code": "illustrative",
        "source_url": "illustrative",
    }
    activity = Activity(
        edition_id=edition.id,
        venue_id=venue.id,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
        capacity=capacity,
        **(values | fields),
    )
    save(activity)
    return activity
