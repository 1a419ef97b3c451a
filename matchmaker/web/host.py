"""The pages of a host: its inbox, what was answered, the diary of its district, its projects, and one meeting."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Blueprint, Flask, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from matchmaker.domain.meeting import Action, Status
from matchmaker.domain.reasons import CancelReason, DeclineReason
from matchmaker.domain.roles import Role
from matchmaker.domain.rules import Broken, RuleBroken
from matchmaker.models import Edition
from matchmaker.phrases import phrase
from matchmaker.services.answers import answer_each
from matchmaker.services.diary import diary_of, meeting_view_for
from matchmaker.services.editions import now_in, zone_of
from matchmaker.services.handing import colleagues_of, hand_over, last_handovers
from matchmaker.services.inbox import answered_of, district_of, edition_of, history_for, projects_of
from matchmaker.services.interests import marks_of
from matchmaker.services.meetings import (
    accept_meeting,
    cancel_meeting,
    decline_meeting,
    free_slots,
    get_meeting_for,
    offer_slot,
)
from matchmaker.services.outcomes import record_meeting, recorded_by
from matchmaker.web.access import requires
from matchmaker.web.account_forms import show_broken
from matchmaker.web.host_inbox import (
    HandForm,
    Opened,
    asked_to_open,
    back,
    back_from_several,
    chosen_meetings,
    is_from_list,
    place_in_list,
    show_inbox,
    show_row,
)
from matchmaker.web.input import day_asked, number_seen
from matchmaker.web.meeting_steps import ReasonForm, SlotForm, by_half_day, seen_sequence, time_left, was_done_just_now
from matchmaker.web.navigation import is_within
from matchmaker.web.outcome_forms import OutcomeForm, asks_for_outcome, form_of, own_outcome, store_outcome
from matchmaker.web.reader import reader
from matchmaker.web.versions import CONFLICT

blueprint = Blueprint("host", __name__, url_prefix="/host")

_DONE = {
    Action.ACCEPT: _l("Accepted. The investor is told, and the meeting is in your diary."),
    Action.DECLINE: _l("Declined. The investor is told your reason; this project will not be proposed to it again."),
    Action.OFFER: _l("Offered. Both times are held until the investor answers."),
    Action.CANCEL: _l("The meeting is cancelled, and the investor is told."),
    Action.RECORD_HELD: _l("Recorded: the meeting took place."),
    Action.RECORD_MISSED: _l("Recorded: the meeting did not take place."),
}
_SECTIONS = {
    Status.PROPOSED: "host.inbox",
    Status.COUNTERED: "host.inbox",
    Status.ACCEPTED: "host.diary",
    Status.HELD: "host.outcomes",
}
"""Where a meeting is found as long as it stands so; all others are among what was answered."""


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)


def own_edition() -> Edition:
    return edition_of(reader())


def own_now() -> datetime:
    return now_in(own_edition())


# -- lists -----------------------------------------------------------------------------------------------------------------


@blueprint.get("/")
@requires(Role.HOST)
def inbox() -> Response | str:
    """What waits for an answer, the nearest deadline first; what was just done is told where it was done.

    `offer` names a proposal whose other times are asked for; where its row is not in the list, they have a page of their own.
    """
    opened = asked_to_open()
    if opened is None:
        return show_inbox()
    place = place_in_list() or {}
    return show_row(opened) or redirect(url_for("host.offer", meeting_id=opened.meeting_id, **place))  # type: ignore[arg-type]


@blueprint.post("/several")
@requires(Role.HOST)
def several() -> Response | str:
    """Accept or decline the ticked proposals, each one for itself."""
    seen, form, now = chosen_meetings(), ReasonForm(DeclineReason), own_now()
    action = Action.DECLINE if request.form.get("step") == "decline" else Action.ACCEPT
    if not seen:
        return back(0, _("Please tick the proposals that you mean. Nothing was changed."), "danger")
    if action is Action.ACCEPT:
        return back_from_several(
            answer_each(reader(), seen, action, lambda each, **at: accept_meeting(reader(), each, **at, now=now)), action
        )
    if not form.validate_on_submit():
        return show_inbox(Opened(0, "several", form, frozenset(seen)))
    reason, note = DeclineReason(form.reason.data), form.note.data or ""
    done = answer_each(reader(), seen, action, lambda each, **at: decline_meeting(reader(), each, reason, note, **at, now=now))
    return back_from_several(done, action)


@blueprint.get("/answered")
@requires(Role.HOST)
def answered() -> str:
    page = answered_of(reader(), page=request.args.get("page", 1, int))
    return render_template("host/answered.html", page=page, now=own_now())


@blueprint.get("/diary")
@requires(Role.HOST)
def diary() -> str:
    """The meetings of the district on one day: on today's, or as `day` says; `all` shows every day.

    `show=agreed` leaves out what waits for an answer. A day that is none is taken for none asked for.
    """
    edition, now, asked = own_edition(), own_now(), request.args.get("day", "")
    today = now.astimezone(zone_of(edition)).date()
    whole, agreed_only = diary_of(reader(), edition, now=now), request.args.get("show") == "agreed"
    found = whole.agreed if agreed_only else whole
    day = None if asked == "all" else day_asked(asked) or whole.opening_day(today)
    return render_template(
        "host/diary.html",
        district=district_of(reader()),
        whole=whole,
        diary=found,
        agreed_only=agreed_only,
        counts=[sum(len(each.route) for each in diary.days) for diary in (whole, whole.agreed)],
        day=day,
        days=[each for each in found.days if day in (None, each.day)],
        nearest=found.nearest_day(day) if day else None,
        now=now,
        today=today,
        next_entry=whole.next_after(now),
    )


@blueprint.get("/outcomes")
@requires(Role.HOST)
def outcomes() -> str:
    """What the district has to record and to do after its meetings; `show=all` lists what is done as well."""
    edition, now, everything = own_edition(), own_now(), request.args.get("show") == "all"
    page = recorded_by(reader(), edition, now=now, open_only=not everything, page=request.args.get("page", 1, int))
    nothing_over = not page.total and not recorded_by(reader(), edition, now=now, open_only=False).total
    return render_template(
        "host/outcomes.html",
        page=page,
        everything=everything,
        nothing_over=nothing_over,
        today=now.astimezone(zone_of(edition)).date(),
    )


@blueprint.get("/projects")
@requires(Role.HOST)
def projects() -> str:
    rows = projects_of(reader(), now=own_now())
    return render_template("host/projects.html", district=district_of(reader()), rows=rows)


# -- one meeting -----------------------------------------------------------------------------------------------------------


@blueprint.get("/meetings/<int:meeting_id>")
@requires(Role.HOST)
def meeting(meeting_id: int) -> str:
    """Who comes, as far as the host may know now; why, what happened so far, and what can be done."""
    return _page_of(meeting_id)


def _page_of(meeting_id: int, outcome_form: OutcomeForm | None = None) -> str:
    view = meeting_view_for(reader(), meeting_id)
    outcome = own_outcome(meeting_id)
    is_within(_SECTIONS.get(view.status, "host.answered"))
    return render_template(
        "host/meeting.html",
        view=view,
        outcome=outcome,
        outcome_form=outcome_form or form_of(outcome),
        mark=marks_of(reader()).get(view.meeting.investor_id),
        history=history_for(reader(), meeting_id),
        decline_form=ReasonForm(DeclineReason, formdata=None),
        cancel_form=ReasonForm(CancelReason, formdata=None),
        now=own_now(),
        time_left=time_left,
    )


@blueprint.post("/meetings/<int:meeting_id>/accept")
@requires(Role.HOST)
def accept(meeting_id: int) -> Response:
    return _take(Action.ACCEPT, meeting_id, lambda **at: accept_meeting(reader(), meeting_id, **at))


@blueprint.post("/meetings/<int:meeting_id>/record")
@requires(Role.HOST)
def record(meeting_id: int) -> Response | tuple[str, int]:
    """Say whether the meeting took place, and what came of it."""
    if asks_for_outcome():
        form = OutcomeForm()
        refused = store_outcome(form, meeting_id, now=own_now())
        if refused is None:
            return back(meeting_id, _("Recorded. Your team and the organiser see what came of the meeting."), "success")
        return _page_of(meeting_id, form), refused
    held = request.form.get("held") == "yes"
    action = Action.RECORD_HELD if held else Action.RECORD_MISSED
    return _take(action, meeting_id, lambda **at: record_meeting(reader(), meeting_id, held, **at))


@blueprint.route("/meetings/<int:meeting_id>/decline", methods=["GET", "POST"])
@requires(Role.HOST)
def decline(meeting_id: int) -> Response | str:
    """Decline with a reason; a form without one comes back with what was typed."""
    view, form = meeting_view_for(reader(), meeting_id), ReasonForm(DeclineReason)
    if form.validate_on_submit():
        reason, note = DeclineReason(form.reason.data), form.note.data or ""
        return _take(Action.DECLINE, meeting_id, lambda **at: decline_meeting(reader(), meeting_id, reason, note, **at))
    in_list = show_row(Opened(meeting_id, "decline", form)) if is_from_list() else None
    return in_list or render_template("host/decline.html", view=view, form=form, now=own_now())


@blueprint.post("/meetings/<int:meeting_id>/hand")
@requires(Role.HOST)
def hand(meeting_id: int) -> Response | str | tuple[str, int]:
    """Ask a colleague of the team to answer."""
    get_meeting_for(reader(), meeting_id)
    form = HandForm()
    if not form.validate_on_submit():
        return show_row(Opened(meeting_id, "hand", form)) or back(meeting_id, _first_error(form), "danger")
    seen = number_seen(form.version or "0")
    if seen < 0:
        abort(400)
    try:
        hand_over(reader(), meeting_id, form.colleague.data, form.note.data or "", seen=seen, now=own_now())
    except RuleBroken as error:
        last, colleagues = last_handovers([meeting_id]).get(meeting_id), colleagues_of(reader())
        if error.code is Broken.SOMEBODY_WAS_QUICKER and last is not None and "next" not in request.form:
            in_list = show_row(Opened(meeting_id, "hand", form.beside(last, colleagues)))
            if in_list:
                return in_list, CONFLICT
        if error.code is Broken.COLLEAGUE_LEFT and colleagues and "next" not in request.form:
            show_broken(form, error)
            in_list = show_row(Opened(meeting_id, "hand", form))
            if in_list:
                return in_list
        return back(meeting_id, phrase(error.code, **error.facts), "danger")
    return back(meeting_id, _("Handed over. Your colleague gets a mail; everybody of your team can still answer."), "success")


@blueprint.route("/meetings/<int:meeting_id>/cancel", methods=["GET", "POST"])
@requires(Role.HOST)
def cancel(meeting_id: int) -> Response | str:
    """Cancel what was accepted, with a reason."""
    view, form = meeting_view_for(reader(), meeting_id), ReasonForm(CancelReason)
    if form.validate_on_submit():
        reason, note = CancelReason(form.reason.data), form.note.data or ""
        return _take(Action.CANCEL, meeting_id, lambda **at: cancel_meeting(reader(), meeting_id, reason, note, **at))
    return render_template("host/cancel.html", view=view, form=form, now=own_now())


@blueprint.route("/meetings/<int:meeting_id>/offer", methods=["GET", "POST"])
@requires(Role.HOST)
def offer(meeting_id: int) -> Response | str:
    """Offer one of the slots that are free for both sides and can be reached."""
    view, form, now = meeting_view_for(reader(), meeting_id), SlotForm(), own_now()
    if form.validate_on_submit():
        try:
            offer_slot(reader(), meeting_id, form.slot.data, seen=seen_sequence(), now=now)
        except RuleBroken as error:
            if was_done_just_now(reader(), meeting_id, Action.OFFER, form.slot.data):
                return back(meeting_id, str(_DONE[Action.OFFER]), "success")
            show_broken(form, error)
            view = meeting_view_for(reader(), meeting_id)
        else:
            return back(meeting_id, str(_DONE[Action.OFFER]), "success")
    slots = free_slots(get_meeting_for(reader(), meeting_id), now=now) if _may(view, Action.OFFER, now) else []
    days = by_half_day(slots)
    in_list = show_row(Opened(meeting_id, "offer", form, days)) if is_from_list() and slots else None
    return in_list or render_template("host/offer.html", view=view, form=form, days=days, place=place_in_list(), now=now)


def _first_error(form: HandForm) -> str:
    return str(next(error for errors in form.errors.values() for error in errors))


def _may(view: Any, action: Action, now: datetime) -> bool:
    return action in {step.action for step in view.steps(now)}


def _take(action: Action, meeting_id: int, act: Callable[..., None]) -> Response:
    """Take the step unless the page that asked for it is out of date, and tell what came of it."""
    try:
        act(seen=seen_sequence(), now=own_now())
    except RuleBroken as error:
        if not was_done_just_now(reader(), meeting_id, action):
            return back(meeting_id, phrase(error.code, **error.facts), "danger")
    if action is Action.ACCEPT and get_meeting_for(reader(), meeting_id).status is Status.PROPOSED:
        return back(
            meeting_id,
            _("Your yes is noted. It is a suggestion: the meeting is settled once the investor agrees too."),
            "success",
        )
    return back(meeting_id, str(_DONE[action]), "success")
