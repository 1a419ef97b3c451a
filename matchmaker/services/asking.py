"""An investor asks for another time: the proposal stays as it is, and the host may offer another slot."""

from datetime import datetime

from matchmaker.db import transaction
from matchmaker.domain.meeting import Action
from matchmaker.domain.rules import Broken, RuleBroken
from matchmaker.services.actors import Actor
from matchmaker.services.meetings import change_status, locked_meeting, require_in_time


def ask_for_another_time(actor: Actor, meeting_id: int, note: str = "", *, seen: int | None = None, now: datetime) -> None:
    """Ask the host of a proposal for another time, once until it answers; what is held stays held.

    Raises Missing, RuleBroken: NOT_POSSIBLE_NOW, DEADLINE_PASSED, TOO_LONG, SOMEBODY_WAS_QUICKER.
    """
    with transaction():
        meeting = locked_meeting(actor, meeting_id, seen, now=now)
        if meeting.changes[-1:] and meeting.changes[-1].action is Action.ASK:
            raise RuleBroken(Broken.NOT_POSSIBLE_NOW, status=meeting.standing(now), action=Action.ASK.value)
        require_in_time(meeting, now)
        change_status(meeting, Action.ASK, actor, now=now, note=note)
