"""What a proposal waits for, told by queries: whose answer, until when, and whether its investor asks for another time."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, true

from matchmaker.db import db
from matchmaker.domain.meeting import Action, Status
from matchmaker.models import Meeting, MeetingChange, Project


def waits_for_host() -> ColumnElement[bool]:
    """A proposal that the host has not said yes to; what it offered waits for the investor."""
    return (Meeting.status == Status.PROPOSED) & Meeting.host_agreed_at.is_(None)


def in_time(now: datetime | None) -> ColumnElement[bool]:
    """Whether it has not expired at `now`; None: nobody looks at the clock."""
    return ~Meeting.has_expired(now) if now else true()


def asks_for_another_time() -> ColumnElement[bool]:
    """The investor asked, and nothing has happened to the meeting since."""
    last = select(MeetingChange.action).where(MeetingChange.meeting_id == Meeting.id).order_by(MeetingChange.id.desc())
    return last.limit(1).scalar_subquery() == Action.ASK


def count_for_hosts(district_ids: Collection[int], *, now: datetime) -> dict[int, int]:
    """By district: how many proposals its hosts can answer at `now`; those without any are left out."""
    query = (
        select(Project.district_id, func.count())
        .join(Meeting, Meeting.project_id == Project.id)
        .where(Project.district_id.in_(district_ids), waits_for_host(), in_time(now))
        .group_by(Project.district_id)
    )
    return dict(db.session.execute(query).all())
