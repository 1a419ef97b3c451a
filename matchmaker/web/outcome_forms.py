"""The form in which either side says what came of a meeting, and what its two buttons do."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, RadioField, StringField, TextAreaField
from wtforms.validators import Length, Optional, StopValidation

from matchmaker.domain.outcome import HIGHEST_AMOUNT, LONGEST_NOTE, LONGEST_OWNER, LONGEST_STEP, Appetite, Statement
from matchmaker.domain.rules import RuleBroken
from matchmaker.models import Outcome
from matchmaker.phrases import phrase
from matchmaker.services.outcomes import outcomes_for, record_outcome
from matchmaker.web.input import number_seen
from matchmaker.web.money_field import MoneyField
from matchmaker.web.reader import reader
from matchmaker.web.versions import VersionedForm, show_refused


class DayField(DateField):
    """A day; may be left empty."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        super().process_formdata([text.strip() for text in valuelist])


def _is_chosen(_form: object, field: Any) -> None:
    """Asked here and not by the browser: to say that a meeting took place, nothing else is needed."""
    if not field.raw_data:
        field.errors[:] = []
        raise StopValidation(_("Please choose how strong the interest is."))


class OutcomeForm(VersionedForm):
    """What came of a meeting. `seen` is the outcome that the page showed, so that nobody writes over a colleague's."""

    appetite = RadioField(
        _l("Interest after the meeting"), [_is_chosen], description=_l("Needed as soon as you fill in anything else here.")
    )
    amount = MoneyField(_l("Intended amount (RMB million)"), most=HIGHEST_AMOUNT)
    next_step = StringField(_l("Next step"), [Length(max=LONGEST_STEP)], render_kw={"maxlength": LONGEST_STEP})
    owner = StringField(_l("Who takes it"), [Length(max=LONGEST_OWNER)], render_kw={"maxlength": LONGEST_OWNER})
    due_on = DayField(_l("By when"), [Optional()])
    done = BooleanField(_l("The next step is done"))
    note = TextAreaField(_l("Note"), [Length(max=LONGEST_NOTE)], render_kw={"maxlength": LONGEST_NOTE})

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.appetite.choices = [(each.value, phrase(each)) for each in Appetite]

    @property
    def is_blank(self) -> bool:
        """Whether nothing was said but that the meeting took place."""
        said = (self.appetite, self.amount, self.next_step, self.owner, self.due_on, self.done, self.note)
        return not any(field.data or (field.raw_data and any(field.raw_data)) for field in said)

    def statement(self) -> Statement:
        return Statement(
            appetite=Appetite(self.appetite.data),
            amount=self.amount.data,
            next_step=self.next_step.data or "",
            owner=self.owner.data or "",
            due_on=self.due_on.data,
            done=self.done.data,
            note=self.note.data or "",
        )


def form_of(outcome: Outcome | None) -> OutcomeForm:
    """The form with what the side said last, for a page that shows it first."""
    return OutcomeForm(formdata=None, obj=outcome, seen=str(outcome.id if outcome else 0))


def asks_for_outcome() -> bool:
    """Whether the form that was sent says more than that the meeting took place or did not."""
    held = request.form.get("held")
    return held != "no" and not (held == "yes" and OutcomeForm().is_blank)


def store_outcome(form: OutcomeForm, meeting_id: int, *, now: datetime) -> int | None:
    """Store what the form says; else the status of the page that says why not, on the fields or with both versions."""
    if not form.validate_on_submit():
        return 200
    seen = number_seen(form.version or "0")
    try:
        record_outcome(reader(), meeting_id, form.statement(), seen=seen, now=now)
    except RuleBroken as error:
        return show_refused(form, error, lambda: form_of(own_outcome(meeting_id)))
    return None


def own_outcome(meeting_id: int) -> Outcome | None:
    """What the reader's side said last."""
    return next(iter(outcomes_for(reader(), meeting_id)[reader().role]), None)
