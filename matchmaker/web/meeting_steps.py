"""What the pages of hosts and organisers share: forms of a meeting's steps, and clicks that come late or twice."""

from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from matchmaker.domain.calendar import Half
from matchmaker.domain.meeting import Action
from matchmaker.domain.reasons import CancelReason, DeclineReason
from matchmaker.models import Slot
from matchmaker.phrases import phrase
from matchmaker.services.actors import Actor
from matchmaker.services.answers import was_just_done
from matchmaker.services.meetings import LONGEST_NOTE, get_meeting_for
from matchmaker.web.input import number_seen, row_id


class ReasonForm(FlaskForm):
    """A reason out of a list, and a word to the other side."""

    reason = SelectField(_l("Reason"), validators=[InputRequired(_l("Please choose a reason; the other side will read it."))])
    note = TextAreaField(_l("A word to the other side"), validators=[Length(max=LONGEST_NOTE)])
    sequence = HiddenField()

    def __init__(self, kind: type[DeclineReason] | type[CancelReason], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.reason.choices = [("", _("Please choose")), *((each.value, phrase(each)) for each in kind)]


class SlotForm(FlaskForm):
    """One of the free slots; the template draws them by day."""

    slot = SelectField(_l("Time"), coerce=row_id, validate_choice=False, validators=[InputRequired(_l("Please choose a time."))])
    sequence = HiddenField()


def seen_sequence() -> int | None:
    """A button is about the meeting as its page showed it: the sequence that the form tells; None where it tells none."""
    seen = request.form.get("sequence")
    return seen if seen is None else number_seen(seen)


def was_done_just_now(
    actor: Actor, meeting_id: int, action: Action, slot_id: int | None = None, *, note: str | None = None
) -> bool:
    """A second click on the same button finds its wish fulfilled; with `slot_id` only where it was for that slot, with `note`
    only where it said the same.
    """
    return was_just_done(actor, get_meeting_for(actor, meeting_id), action, slot_id, note=note)


def by_half_day(slots: list[Slot]) -> list[tuple[date, list[tuple[Half, list[Slot]]]]]:
    """Slots in time order by day, and within the day by half."""
    return [
        (day, [(half, list(found)) for half, found in groupby(of_day, key=lambda slot: slot.half)])
        for day, of_day in groupby(slots, key=lambda slot: slot.day)
    ]


def time_left(deadline: datetime, now: datetime) -> str:
    """How long there is to answer, in words that stay in one line; the last minute is one until it is over."""
    left = max(timedelta(minutes=1), deadline - now) if now < deadline else timedelta(0)
    days, hours, minutes = left.days, left.seconds // 3600, left.seconds // 60 % 60
    parts = [
        ngettext("%(num)s day", "%(num)s days", days) if days else "",
        ngettext("%(num)s hour", "%(num)s hours", hours) if hours else "",
        ngettext("%(num)s minute", "%(num)s minutes", minutes) if minutes and not days else "",
    ]
    told = [part for part in parts if part]
    words = _("%(time)s left", time=" ".join(told)) if told else _("time is up")
    return str(words).replace(" ", "\u00a0")
