"""One meeting as its investor sees it, and the steps that an investor can take."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

from flask import Blueprint, Flask, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from matchmaker.domain.meeting import Action
from matchmaker.domain.reasons import CancelReason
from matchmaker.domain.roles import Role
from matchmaker.domain.rules import Broken, RuleBroken
from matchmaker.services.actors import Actor
from matchmaker.services.asking import ask_for_another_time
from matchmaker.services.diary import meeting_view_for
from matchmaker.services.inbox import history_for
from matchmaker.services.meetings import (
    agree_to_meeting,
    cancel_meeting,
    keep_slot,
    take_offer,
    withdraw_meeting,
)
from matchmaker.services.outcomes import record_meeting
from matchmaker.web.access import requires
from matchmaker.web.meeting_steps import seen_sequence, was_done_just_now
from matchmaker.web.outcome_forms import OutcomeForm, asks_for_outcome, form_of, own_outcome, store_outcome
from matchmaker.web.reader import back_to, own_now, reader, say_refused
from matchmaker.web.versions import CONFLICT

bp = Blueprint("meetings", __name__)

_DONE = {
    Action.AGREE: _l("Thank you. The meeting stands as soon as the host has said yes too."),
    Action.ASK: _l(
        "The host is asked for another time. Until it answers, and at most until the deadline, this time stays held for you."
    ),
    Action.TAKE: _l("The meeting is moved to the offered time and accepted."),
    Action.KEEP: _l("The first time is kept. The host is asked again."),
    Action.WITHDRAW: _l("The meeting is withdrawn. You will not be proposed to each other again."),
    Action.CANCEL: _l("The meeting is cancelled, and the host is told."),
    Action.RECORD_HELD: _l("Recorded: the meeting took place."),
    Action.RECORD_MISSED: _l("Recorded: the meeting did not take place."),
}

_WITH_MESSAGE = (Action.ASK, Action.WITHDRAW, Action.CANCEL)
_TOO_LATE = (Broken.NOT_POSSIBLE_NOW, Broken.SOMEBODY_WAS_QUICKER)


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)


@bp.get("/meetings/<int:meeting_id>")
@requires(Role.INVESTOR)
def show(meeting_id: int) -> str:
    """One meeting: when, where, why, what happened to it, and what can be done."""
    return _page_of(meeting_id)


def _page_of(meeting_id: int, outcome_form: OutcomeForm | None = None, typed: Mapping[str, str] | None = None) -> str:
    """`typed`: what was written into the form of a `step` that could not be taken, by the names of its fields."""
    view = meeting_view_for(reader(), meeting_id)
    outcome = own_outcome(meeting_id)
    return render_template(
        "investor/meeting.html",
        view=view,
        outcome=outcome,
        outcome_form=outcome_form or form_of(outcome),
        history=history_for(reader(), meeting_id),
        now=own_now(),
        cancel_reasons=list(CancelReason),
        typed=typed or {},
    )


@bp.post("/meetings/<int:meeting_id>/record")
@requires(Role.INVESTOR)
def record(meeting_id: int) -> Response | tuple[str, int]:
    """Say whether the meeting took place, and what came of it."""
    if asks_for_outcome():
        form = OutcomeForm()
        refused = store_outcome(form, meeting_id, now=own_now())
        if refused is not None:
            return _page_of(meeting_id, form), refused
        flash(_("Recorded. Your organisation and the organiser see what came of the meeting."), "success")
        return back_to("meetings.show", meeting_id=meeting_id)
    return _take(meeting_id, Action.RECORD_HELD if request.form.get("held") == "yes" else Action.RECORD_MISSED)


@bp.post("/meetings/<int:meeting_id>/<action>")
@requires(Role.INVESTOR)
def take_step(meeting_id: int, action: str) -> Response | tuple[str, int]:
    """Take a step of the meeting's life, unless the page that asked for it is out of date."""
    if action not in {step.value for step in _DONE}:
        abort(404)
    return _take(meeting_id, Action(action))


def _take(meeting_id: int, step: Action) -> Response | tuple[str, int]:
    note = request.form.get("note", "") if step in _WITH_MESSAGE else None
    try:
        _doing(step)(reader(), meeting_id, seen=seen_sequence(), now=own_now())
    except RuleBroken as error:
        if was_done_just_now(reader(), meeting_id, step, note=note):
            flash(str(_DONE[step]), "success")
        else:
            say_refused(error)
            if note and note.strip():
                typed = {"step": step.value, "note": note, "reason": request.form.get("reason", "")}
                return _page_of(meeting_id, typed=typed), CONFLICT if error.code in _TOO_LATE else 200
            if error.code is Broken.REASON_NEEDED:
                return redirect(url_for("meetings.show", meeting_id=meeting_id, _anchor="cancel"), code=303)
    else:
        flash(str(_DONE[step]), "success")
    return back_to("meetings.show", meeting_id=meeting_id)


def _doing(step: Action) -> Callable[..., None]:
    """The action behind a button, with what its form says."""
    note = request.form.get("note", "")
    doing: dict[Action, Callable[..., None]] = {
        Action.AGREE: agree_to_meeting,
        Action.ASK: partial(ask_for_another_time, note=note),
        Action.TAKE: take_offer,
        Action.KEEP: keep_slot,
        Action.WITHDRAW: partial(withdraw_meeting, note=note),
        Action.CANCEL: _cancel,
        Action.RECORD_HELD: partial(record_meeting, held=True),
        Action.RECORD_MISSED: partial(record_meeting, held=False),
    }
    return doing[step]


def _cancel(actor: Actor, meeting_id: int, *, seen: int | None, now: datetime) -> None:
    try:
        reason = CancelReason(request.form.get("reason", ""))
    except ValueError:
        raise RuleBroken(Broken.REASON_NEEDED, "reason") from None
    cancel_meeting(actor, meeting_id, reason, request.form.get("note", ""), seen=seen, now=now)
