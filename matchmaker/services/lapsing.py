"""Lets proposals and offers lapse that nobody answered in time: a step of the night, taken as it publishes."""

from datetime import datetime

from sqlalchemy import select

from matchmaker.db import db
from matchmaker.domain.meeting import Action
from matchmaker.models import Meeting, Run
from matchmaker.services.actors import NIGHT
from matchmaker.services.meeting_notices import NightChange, tell_about_night
from matchmaker.services.meetings import change_status, lock_diary
from matchmaker.services.occupancy import release


def lapse_overdue(run: Run, *, now: datetime) -> list[NightChange]:
    """End proposals and offers of the run's edition that nobody answered in time; answers them for the night's digests.

    Runs in the caller's transaction and does not commit. The caller tells the people, each once.
    """
    lock_diary(run.edition_id)
    late = (Meeting.edition_id == run.edition_id, Meeting.has_expired(now))
    overdue = list(db.session.scalars(select(Meeting).where(*late).order_by(Meeting.id)))
    for meeting in overdue:
        change_status(meeting, Action.LAPSE, NIGHT, now=now, run=run, alone=False)
    if overdue:
        release([meeting.id for meeting in overdue])
    return [NightChange(meeting, "lapsed") for meeting in overdue]


def lapse_and_tell(run: Run, *, now: datetime) -> int:
    """What a night does whose run is not published at once: overdue proposals lapse all the same; answers how many.

    Runs in the caller's transaction and does not commit.
    """
    lapsed = lapse_overdue(run, now=now)
    tell_about_night(run, lapsed, now=now)
    return len(lapsed)
