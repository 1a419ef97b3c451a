"""The organiser's pages about meetings: all of them with filters, one with its whole history, and booking by hand."""

from collections.abc import Callable
from datetime import date, datetime

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import HiddenField, TextAreaField
from wtforms.validators import DataRequired, Length

from matchmaker.domain.meeting import EXPIRED, Action, Status
from matchmaker.domain.reasons import CancelReason
from matchmaker.domain.roles import Role
from matchmaker.domain.rules import RuleBroken
from matchmaker.phrases import phrase
from matchmaker.services.booking import bookable, investors_to_book, projects_to_book
from matchmaker.services.diary import meeting_view_for
from matchmaker.services.editions import now_in
from matchmaker.services.meetings import LONGEST_NOTE, book_by_hand, cancel_meeting, reopen_pair
from matchmaker.services.outcomes import outcomes_for, record_meeting
from matchmaker.services.overview import MeetingFilters, count_meetings, count_overdue, history_of, list_meetings
from matchmaker.web import booking_words
from matchmaker.web.access import requires
from matchmaker.web.account_forms import show_broken
from matchmaker.web.input import row_id
from matchmaker.web.meeting_steps import ReasonForm, SlotForm, by_half_day, seen_sequence, was_done_just_now
from matchmaker.web.organiser import districts_by_name
from matchmaker.web.public import the_edition
from matchmaker.web.reader import reader

blueprint = Blueprint("organiser_meetings", __name__, url_prefix="/organiser/meetings")

"""Asks for what nobody answered in time, in the place of a status."""

_DONE = {
    Action.CANCEL: _l("The meeting is cancelled, and both sides are told."),
    Action.RECORD_HELD: _l("Recorded: the meeting took place."),
    Action.RECORD_MISSED: _l("Recorded: the meeting did not take place."),
    Action.REOPEN: _l("The pair is open again: the next night may propose it, and it can be booked by hand."),
}


class ReopenForm(FlaskForm):
    """Why a missed pair may be proposed again."""

    note = TextAreaField(
        _l("Why may they be proposed again?"),
        validators=[DataRequired(_l("Please say why; it stays in the history.")), Length(max=LONGEST_NOTE)],
    )
    sequence = HiddenField()


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    booking_words.init_app(app)


def own_now() -> datetime:
    return now_in(the_edition())


@blueprint.get("")
@requires(Role.ORGANISER)
def meetings() -> str:
    """`district`, `status`, `day` and `text` filter the list."""
    edition, filters, now = the_edition(), _filters(), own_now()
    return render_template(
        "organiser/meetings.html",
        page=list_meetings(reader(), edition, filters=filters, page=request.args.get("page", 1, int), now=now),
        filters=filters,
        counts=count_meetings(edition, now=now),
        expired=count_overdue(edition, now=now),
        districts=districts_by_name(),
        days=sorted({slot.day for slot in edition.slots}),
        statuses=list(Status),
        now=now,
    )


def _filters() -> MeetingFilters:
    status, day = request.args.get("status", ""), request.args.get("day", "")
    try:
        asked_day = date.fromisoformat(day) if day else None
    except ValueError:
        asked_day = None
    return MeetingFilters(
        district=request.args.get("district", ""),
        status=Status(status) if status in set(Status) else None,
        expired=status == EXPIRED,
        day=asked_day,
        text=request.args.get("text", ""),
    )


@blueprint.get("/<int:meeting_id>")
@requires(Role.ORGANISER)
def meeting(meeting_id: int) -> str:
    """One meeting with everything that ever happened to it: who, when, from where to where, and why."""
    return _page_of(meeting_id, ReasonForm(CancelReason, formdata=None), ReopenForm(formdata=None))


def _page_of(meeting_id: int, cancel_form: ReasonForm, reopen_form: ReopenForm) -> str:
    view, now = meeting_view_for(reader(), meeting_id), own_now()
    open_steps = {step.action for step in view.steps(now)} & set(_DONE)
    if view.meeting.reopened_at is not None:
        open_steps.discard(Action.REOPEN)
    return render_template(
        "organiser/meeting.html",
        view=view,
        history=history_of(meeting_id),
        outcomes=outcomes_for(reader(), meeting_id),
        steps=open_steps,
        cancel_form=cancel_form,
        reopen_form=reopen_form,
        now=now,
    )


@blueprint.post("/<int:meeting_id>/cancel")
@requires(Role.ORGANISER)
def cancel(meeting_id: int) -> Response | str:
    meeting_view_for(reader(), meeting_id)
    form = ReasonForm(CancelReason)
    if not form.validate_on_submit():
        return _page_of(meeting_id, form, ReopenForm(formdata=None))
    reason, note = CancelReason(form.reason.data), form.note.data or ""
    return _take(Action.CANCEL, meeting_id, lambda **at: cancel_meeting(reader(), meeting_id, reason, note, **at))


@blueprint.post("/<int:meeting_id>/record")
@requires(Role.ORGANISER)
def record(meeting_id: int) -> Response:
    """Say whether the meeting took place, where neither side did."""
    held = request.form.get("held") == "yes"
    action = Action.RECORD_HELD if held else Action.RECORD_MISSED
    return _take(action, meeting_id, lambda **at: record_meeting(reader(), meeting_id, held, **at))


@blueprint.post("/<int:meeting_id>/reopen")
@requires(Role.ORGANISER)
def reopen(meeting_id: int) -> Response | str:
    """Let a missed pair be proposed again."""
    meeting_view_for(reader(), meeting_id)
    form = ReopenForm()
    if not form.validate_on_submit():
        return _page_of(meeting_id, ReasonForm(CancelReason, formdata=None), form)
    return _take(Action.REOPEN, meeting_id, lambda **at: reopen_pair(reader(), meeting_id, form.note.data or "", **at))


def _take(action: Action, meeting_id: int, act: Callable[..., None]) -> Response:
    """Take the step unless the page that asked for it is out of date, and tell what came of it."""
    told, tone = str(_DONE[action]), "success"
    try:
        act(seen=seen_sequence(), now=own_now())
    except RuleBroken as error:
        if not was_done_just_now(reader(), meeting_id, action):
            told, tone = phrase(error.code, **error.facts), "danger"
    flash(told, tone)
    return redirect(url_for("organiser_meetings.meeting", meeting_id=meeting_id), code=303)


@blueprint.route("/book", methods=["GET", "POST"])
@requires(Role.ORGANISER)
def book() -> Response | str:
    """Choose a pair, then one of the slots in which it could meet; both sides are told as by a night.

    What closes the pair or takes a time is said before it is tried. After a refusal the choice stays, with what is in its way.
    """
    investor_id, project_id = (request.values.get(name, type=row_id) for name in ("investor", "project"))
    form = SlotForm()
    if investor_id and project_id and form.validate_on_submit():
        try:
            meeting_id = book_by_hand(reader(), investor_id, project_id, form.slot.data, now=own_now())
        except RuleBroken as error:
            show_broken(form, error)
        else:
            flash(_("Proposed. Both sides are told; the host has yet to accept."), "success")
            return redirect(url_for("organiser_meetings.meeting", meeting_id=meeting_id), code=303)
    edition = the_edition()
    found = bookable(edition, investor_id, project_id, now=own_now()) if investor_id and project_id else None
    return render_template(
        "organiser/book.html",
        investors=investors_to_book(edition),
        projects=projects_to_book(edition),
        investor_id=investor_id,
        project_id=project_id,
        found=found,
        days=by_half_day(list(found.slots)) if found else [],
        chosen=next((slot for slot in edition.slots if slot.id == form.slot.data), None) if form.errors else None,
        form=form,
    )
