"""Lets proposals and offers lapse that nobody answered in time: a step of the night, taken as it publishes."""

from datetime import datetime

from sqlalchemy import select

from matchmaker.db import db
from matchmaker.domain.meeting import UNANSWERED, Action
from matchmaker.models import Edition, Meeting
from matchmaker.services.actors import NIGHT
from matchmaker.services.meetings import change_status, lock_diary


def lapse_overdue(edition: Edition, *, now: datetime) -> int:
    """End proposals and offers that nobody answered in time; answers how many.

    Runs in the caller's transaction and does not commit.
    """
    lock_diary(edition.id)
    query = select(Meeting).where(Meeting.edition_id == edition.id, Meeting.status.in_(UNANSWERED), Meeting.deadline_at <= now)
    overdue = list(db.session.scalars(query.order_by(Meeting.id)))
    for meeting in overdue:
        change_status(meeting, Action.LAPSE, NIGHT, now=now)
    return len(overdue)
