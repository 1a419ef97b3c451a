"""Where the link in a host's mail leads: one proposal, two buttons, no sign-in. Opening it changes nothing, a button does."""

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, Flask, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from matchmaker.answer_links import Key, read_key
from matchmaker.db import db
from matchmaker.domain.meeting import Action
from matchmaker.domain.reasons import DeclineReason
from matchmaker.domain.rules import RuleBroken
from matchmaker.i18n import speak_to
from matchmaker.models import Account
from matchmaker.phrases import phrase
from matchmaker.services.actors import Missing
from matchmaker.services.answers import Question, question_for, send_fresh_link
from matchmaker.services.editions import now_in
from matchmaker.services.meetings import accept_meeting, decline_meeting
from matchmaker.web.access import public
from matchmaker.web.mailed_links import keep_private
from matchmaker.web.meeting_steps import ReasonForm, time_left, was_done_just_now

blueprint = Blueprint("answers", __name__, url_prefix="/answer")
blueprint.after_request(keep_private)


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("/<token>")
@public
def show(token: str) -> str | tuple[str, int]:
    """The proposal with its buttons, or what became of it, or how to get a fresh link."""
    found = _find(token)
    return _invalid() if found is None else _show(token, *found, ReasonForm(DeclineReason, formdata=None))


@blueprint.post("/<token>/accept")
@public
def accept(token: str) -> Answer | tuple[str, int]:
    found = _find(token)
    if found is None:
        return _invalid()
    question = found[1]
    return _take(token, *found, Action.ACCEPT, lambda **at: accept_meeting(question.actor, question.view.meeting.id, **at))


@blueprint.post("/<token>/decline")
@public
def decline(token: str) -> Answer | str | tuple[str, int]:
    found, form = _find(token), ReasonForm(DeclineReason)
    if found is None:
        return _invalid()
    if not form.validate_on_submit():
        return _show(token, *found, form)
    question, reason, note = found[1], DeclineReason(form.reason.data), form.note.data or ""
    return _take(
        token,
        *found,
        Action.DECLINE,
        lambda **at: decline_meeting(question.actor, question.view.meeting.id, reason, note, **at),
    )


@blueprint.post("/<token>/fresh")
@public
def send_fresh(token: str) -> Answer | tuple[str, int]:
    """Mail a fresh link to whom this one was sent."""
    found = _find(token)
    if found is None:
        return _invalid()
    _key, question = found
    try:
        send_fresh_link(question.account, question.view.meeting.id, now=_now(question))
    except RuleBroken as error:
        flash(phrase(error.code, **error.facts), "danger")
    else:
        flash(_("A fresh link is on its way to the address that this one was sent to."), "success")
    return _again(token)


def _find(token: str) -> tuple[Key, Question] | None:
    """Whom the link was sent to and what it asks; None: it is not from here, or belongs to nobody any more."""
    key = read_key(token)
    account = db.session.get(Account, key.account_id) if key else None
    if key is None or account is None or not key.fits(account):
        return None
    try:
        question = question_for(account, key.meeting_id)
    except Missing:
        return None
    speak_to(account.language)
    return key, question


def _now(question: Question) -> datetime:
    return now_in(question.view.meeting.edition)


def _is_fresh(key: Key, question: Question) -> bool:
    return not key.expired and key.sequence == question.view.meeting.sequence


def _state(key: Key, question: Question) -> str:
    """`open`: the buttons work; `changed`: the proposal waits, but not as the mail told; `over`: nothing waits any more."""
    if key.expired:
        return "expired"
    if not question.waits_for_answer(_now(question)):
        return "over"
    return "open" if _is_fresh(key, question) else "changed"


def _show(token: str, key: Key, question: Question, form: ReasonForm) -> str:
    return render_template(
        "host/answer.html",
        token=token,
        state=_state(key, question),
        view=question.view,
        form=form,
        now=_now(question),
        time_left=time_left,
        here=url_for("answers.show", token=token),  # no browser tells where a form with such an address stands
    )


def _take(token: str, key: Key, question: Question, action: Action, act: Callable[..., None]) -> Answer:
    """Answer while the link is fresh; either way the page shows the state. A second tap needs no word of its own."""
    meeting_id = question.view.meeting.id
    if not _is_fresh(key, question):
        if not was_done_just_now(question.actor, meeting_id, action):
            flash(_("Nothing was changed: the link has expired or the proposal has changed since."), "danger")
        return _again(token)
    try:
        act(seen=key.sequence, now=_now(question))
    except RuleBroken as error:
        if not was_done_just_now(question.actor, meeting_id, action):
            flash(phrase(error.code, **error.facts), "danger")
    return _again(token)


def _again(token: str) -> Answer:
    return redirect(url_for("answers.show", token=token), code=303)


def _invalid() -> tuple[str, int]:
    return render_template("host/answer.html", state="invalid", here="/"), 404
