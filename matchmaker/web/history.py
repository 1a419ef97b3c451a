"""What happened to a meeting, in words: the steps of its history for the people it concerns."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from flask import Flask
from flask_babel import lazy_gettext as _l

from matchmaker.domain.meeting import Action, Status
from matchmaker.domain.reasons import CancelReason, DeclineReason, MoveReason
from matchmaker.models import MeetingChange
from matchmaker.phrases import phrase

_SHANGHAI = ZoneInfo("Asia/Shanghai")
_HAPPENED = {
    Action.PROPOSE: _l("proposed it"),
    Action.ACCEPT: _l("accepted"),
    Action.AGREE: _l("said yes"),
    Action.DECLINE: _l("declined"),
    Action.ASK: _l("asked for another time"),
    Action.OFFER: _l("offered another time"),
    Action.TAKE: _l("took the offered time"),
    Action.KEEP: _l("kept the first time"),
    Action.WITHDRAW: _l("withdrew"),
    Action.LAPSE: _l("let it lapse without an answer"),
    Action.LEAVE_OUT: _l("left it out of a later schedule"),
    Action.MOVE: _l("moved it to another time"),
    Action.CANCEL: _l("cancelled"),
    Action.RECORD_HELD: _l("recorded that it took place"),
    Action.RECORD_MISSED: _l("recorded that it did not take place"),
    Action.REOPEN: _l("allowed another proposal"),
}
_REASONS: Mapping[Action, type[StrEnum]] = {
    Action.DECLINE: DeclineReason,
    Action.CANCEL: CancelReason,
    Action.MOVE: MoveReason,
    Action.LEAVE_OUT: MoveReason,
}


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update(conference_day=conference_day, happened=happened, reason_given=reason_given)


def conference_day(moment: datetime) -> date:
    """The day on which something happens, in conference time: `entry.starts_at|conference_day|short_day`."""
    return moment.astimezone(_SHANGHAI).date()


def happened(change: MeetingChange) -> str:
    """What somebody did: accepted, withdrew; accepting a suggestion is a yes until the other side agrees as well."""
    half = change.action is Action.ACCEPT and change.to_status is Status.PROPOSED
    return str(_HAPPENED[Action.AGREE if half else change.action])


def reason_given(change: MeetingChange) -> str:
    """The reason of a step in words; empty where none was given."""
    reasons = _REASONS.get(change.action)
    return phrase(reasons(change.reason)) if reasons and change.reason in set(reasons) else ""
