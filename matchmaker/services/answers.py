"""Answering away from the list: several proposals at once, and one by a link out of a mail."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select

from matchmaker.db import db, transaction
from matchmaker.domain.meeting import Action
from matchmaker.domain.roles import Role
from matchmaker.domain.rules import Broken, RuleBroken
from matchmaker.models import Account, Meeting, Notice
from matchmaker.services.actors import Actor, Missing, actor_of
from matchmaker.services.diary import MeetingView, meeting_view_for
from matchmaker.services.meeting_notices import meeting_facts
from matchmaker.services.meetings import get_meeting_for, locked_meeting
from matchmaker.services.notices import add_notice, is_unsent
from matchmaker.services.visible import viewer_of, visible_investor

FRESH_LINK = "meeting_link"
"""The notice that brings a fresh link."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one of several answers. `refused`: why it could not be given; `before`: the same had been given already."""

    meeting_id: int
    refused: Broken | None = None
    before: bool = False


def was_just_done(actor: Actor, meeting: Meeting, action: Action, slot_id: int | None = None, *, note: str | None = None) -> bool:
    """A second click on the same button finds its wish fulfilled; with `slot_id` only where it was for that slot, with `note`
    only where it said the same.
    """
    last = meeting.changes[-1:]
    same = bool(last and last[0].action is action and last[0].account_id == actor.account_id)
    return same and slot_id in (None, last[0].to_slot_id) and (note is None or note.strip() == last[0].note)


def answer_each(actor: Actor, seen: Mapping[int, int], action: Action, answer: Callable[..., None]) -> list[Outcome]:
    """Give the same answer to several proposals, each in a transaction of its own. A yes to many is none to an investor who
    asks for another time.

    `seen` has the sequence of each meeting, by its id, as the page showed it. Raises Missing, before any is answered.
    """
    for meeting_id in seen:
        get_meeting_for(actor, meeting_id)
    return [_answer(actor, meeting_id, sequence, action, answer) for meeting_id, sequence in seen.items()]


def _answer(actor: Actor, meeting_id: int, sequence: int, action: Action, answer: Callable[..., None]) -> Outcome:
    try:
        last = get_meeting_for(actor, meeting_id).changes[-1:]
        if action is Action.ACCEPT and last and last[0].action is Action.ASK:
            raise RuleBroken(Broken.OTHER_TIME_ASKED)
        answer(meeting_id, seen=sequence)
    except RuleBroken as error:
        if was_just_done(actor, get_meeting_for(actor, meeting_id), action):
            return Outcome(meeting_id, before=True)
        return Outcome(meeting_id, error.code)
    return Outcome(meeting_id)


@dataclass(frozen=True, slots=True)
class Question:
    """A proposal as a link out of a mail shows it to whom it was sent: never more than before accepting."""

    account: Account
    actor: Actor
    view: MeetingView

    def waits_for_answer(self, now: datetime) -> bool:
        return Action.ACCEPT in {step.action for step in self.view.steps(now)}


def question_for(account: Account, meeting_id: int) -> Question:
    """What the host of this account is asked about a meeting of its district. Raises Missing."""
    if account.role is not Role.HOST or not account.active:
        raise Missing(account.id)
    view = meeting_view_for(actor_of(account), meeting_id)
    investor = visible_investor(view.meeting.investor, viewer_of(Role.HOST, None))
    return Question(account, actor_of(account), replace(view, investor=investor))


def send_fresh_link(account: Account, meeting_id: int, *, now: datetime) -> None:
    """Mail a fresh link to the address of the account; one that still waits in the outbox is enough.

    Raises Missing, RuleBroken(NOT_POSSIBLE_NOW).
    """
    with transaction():
        question = question_for(account, locked_meeting(actor_of(account), meeting_id, now=now).id)
        if not question.waits_for_answer(now):
            raise RuleBroken(Broken.NOT_POSSIBLE_NOW)
        waiting = select(Notice).where(Notice.account_id == account.id, Notice.kind == FRESH_LINK, is_unsent())
        if all(each.facts["meeting"] != meeting_id for each in db.session.scalars(waiting)):
            add_notice(account.id, FRESH_LINK, meeting_facts(question.view.meeting, Role.HOST), now=now)
