"""Which edition is meant, and what time it is there."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from matchmaker.db import db, transaction
from matchmaker.domain.rules import Broken, RuleBroken
from matchmaker.models import Edition


def find_edition(code: str | None = None) -> Edition | None:
    """The edition of this code, or the newest; None where there is none."""
    query = select(Edition).order_by(Edition.year.desc(), Edition.id.desc())
    if code:
        query = query.where(Edition.code == code)
    return db.session.scalars(query).first()


def get_edition(code: str | None = None) -> Edition:
    """The edition of this code, or the newest. Raises RuleBroken(NO_EDITION)."""
    edition = find_edition(code)
    if edition is None:
        raise RuleBroken(Broken.NO_EDITION, given=code or "")
    return edition


def now_in(edition: Edition) -> datetime:
    """The time by the edition's clock: where it was set to stand, else real time."""
    return edition.clock_at or datetime.now(UTC)


def meetings_are_over(edition: Edition, *, now: datetime) -> bool:
    """Whether the last slot has begun, so that no night plans anything more."""
    return bool(edition.slots) and all(slot.starts_at <= now for slot in edition.slots)


def zone_of(edition: Edition) -> ZoneInfo:
    return ZoneInfo(edition.timezone)


def set_clock(edition_code: str | None, moment: datetime | None) -> None:
    """Let the edition's clock stand at `moment`, or run in real time again (None)."""
    with transaction():
        get_edition(edition_code).clock_at = moment
