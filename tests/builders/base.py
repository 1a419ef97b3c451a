"""What the builders share: the clock of the small edition, saving, and finding what is there."""

from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from matchmaker.db import db
from matchmaker.domain.calendar import Half, Opening
from matchmaker.models import (
    Chain,
    District,
    Edition,
    InterpreterPool,
    Project,
    Resource,
    ResourceKind,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2024, 3, 22, 20, tzinfo=SHANGHAI).astimezone(UTC)
"""Where the clock of the small edition stands."""

DAYS = (date(2024, 4, 1), date(2024, 4, 2))
OPENINGS = (Opening(Half.MORNING, time(9), time(10)), Opening(Half.AFTERNOON, time(13, 30), time(14, 30)))
PENALTIES = {"shortfall": 2000, "drop": 1500, "move": 400, "idle_slot": 5, "idle_period": 0}


def save(*things: Any) -> None:
    """Add and commit."""
    db.session.add_all(things)
    db.session.commit()


def count(kind: type[Any]) -> int:
    return db.session.scalar(select(func.count()).select_from(kind)) or 0


def resources_of(kind: ResourceKind, capacity: int, **owner: int) -> list[Resource]:
    return [Resource(kind=kind, number=number, **owner) for number in range(1, capacity + 1)]


def get_chain(edition_id: int, code: str) -> Chain:
    return db.session.scalars(select(Chain).where(Chain.edition_id == edition_id, Chain.code == code)).one()


def get_district(edition: Edition, code: str) -> District:
    return db.session.scalars(select(District).where(District.edition_id == edition.id, District.code == code)).one()


def get_project(edition: Edition, code: str) -> Project:
    return db.session.scalars(select(Project).where(Project.edition_id == edition.id, Project.code == code)).one()


def get_pool(edition: Edition, language: str) -> InterpreterPool:
    query = select(InterpreterPool).where(InterpreterPool.edition_id == edition.id, InterpreterPool.language == language)
    return db.session.scalars(query).one()
