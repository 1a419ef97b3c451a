"""Meetings to test with, in any status, with the history, occupancy rows and notices that belong to it."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from matchmaker.db import db
from matchmaker.domain.meeting import Action, Holds, Status, answer_deadline, step_for
from matchmaker.domain.outcome import Appetite
from matchmaker.domain.reasons import CancelReason, DeclineReason, MoveReason
from matchmaker.domain.roles import Role
from matchmaker.models import (
    Account,
    Handover,
    InterpreterPool,
    Investor,
    Meeting,
    MeetingChange,
    Notice,
    Occupancy,
    Outcome,
    Project,
    Resource,
    Slot,
)
from tests.builders.base import NOW, SHANGHAI, count, save

_WAY_TO = {
    Status.PROPOSED: (Action.PROPOSE,),
    Status.COUNTERED: (Action.PROPOSE, Action.OFFER),
    Status.ACCEPTED: (Action.PROPOSE, Action.ACCEPT),
    Status.DECLINED: (Action.PROPOSE, Action.DECLINE),
    Status.WITHDRAWN: (Action.PROPOSE, Action.WITHDRAW),
    Status.LAPSED: (Action.PROPOSE, Action.LAPSE),
    Status.SUPERSEDED: (Action.PROPOSE, Action.LEAVE_OUT),
    Status.CANCELLED: (Action.PROPOSE, Action.ACCEPT, Action.CANCEL),
    Status.HELD: (Action.PROPOSE, Action.ACCEPT, Action.RECORD_HELD),
    Status.MISSED: (Action.PROPOSE, Action.ACCEPT, Action.RECORD_MISSED),
}
_WHO = {Action.PROPOSE: Role.NIGHT, Action.CANCEL: Role.HOST, Action.RECORD_HELD: Role.ORGANISER, Action.RECORD_MISSED: Role.HOST}
_WHY = {
    Action.DECLINE: DeclineReason.NOT_OUR_FIELD,
    Action.CANCEL: CancelReason.PLANS_CHANGED,
    Action.LEAVE_OUT: MoveReason.MAKES_ROOM,
}


def make_meeting(
    investor: Investor,
    project: Project,
    slot: Slot,
    status: Status = Status.PROPOSED,
    *,
    offered: Slot | None = None,
    pool: InterpreterPool | None = None,
    length: int = 1,
    published_at: datetime = NOW,
    **fields: Any,
) -> Meeting:
    """A meeting with the history, occupancy rows and notices that lead to its status; refuses a slot that is taken."""
    edition = investor.edition
    agreed = published_at if status in (Status.ACCEPTED, Status.CANCELLED, Status.HELD, Status.MISSED) else None
    values: dict[str, Any] = {
        "uid": f"meeting-{count(Meeting) + 1}@example.org",
        "sequence": len(_WAY_TO[status]),
        "score": 500,
        "reasons": [{"reason": "would_like", "points": 150, "fact": "would_like"}],
        "suggested": False,
        "investor_agreed_at": None if fields.get("suggested") and not agreed else published_at,
        "host_agreed_at": agreed,
    }
    meeting = Meeting(
        edition_id=edition.id,
        investor_id=investor.id,
        project_id=project.id,
        venue_id=project.district.venue.id,
        slot_id=slot.id,
        length=length,
        offered_slot_id=offered.id if offered else None,
        pool_id=pool.id if pool else None,
        status=status,
        published_at=published_at,
        deadline_at=answer_deadline(published_at, slot.starts_at, hours=edition.answer_deadline_hours, zone=SHANGHAI),
        **(values | fields),
    )
    save(meeting)
    _write_history(meeting)
    if step_for(_WAY_TO[status][-1]).holds is not Holds.NOTHING:
        for first in filter(None, (slot, offered)):
            hold(meeting, first)
    return meeting


def make_outcome(meeting: Meeting, account: Account, **fields: Any) -> Outcome:
    """What the account's side says came of a meeting: some interest, and a next step that is due on 15 April."""
    values: dict[str, Any] = {
        "side": account.role,
        "appetite": Appetite.SOME,
        "amount": 300,
        "next_step": "Send the site plan",
        "owner": "Ms Lin",
        "due_on": date(2024, 4, 15),
        "written_at": NOW,
    }
    outcome = Outcome(meeting_id=meeting.id, account_id=account.id, **(values | fields))
    save(outcome)
    return outcome


def _write_history(meeting: Meeting) -> None:
    before: Status | None = None
    for action in _WAY_TO[meeting.status]:
        step = step_for(action)
        meeting.changes.append(
            MeetingChange(
                action=action,
                role=_WHO.get(action) or next(iter(step.by)),
                at=meeting.published_at,
                from_status=before,
                to_status=step.target,
                from_slot_id=None if before is None else meeting.slot_id,
                to_slot_id=meeting.offered_slot_id if action is Action.OFFER else meeting.slot_id,
                reason=_WHY.get(action, ""),
            )
        )
        before = step.target
        for account in _told(meeting, step.tells):
            _write_notice(meeting, action, account)
    db.session.commit()


def _told(meeting: Meeting, roles: Iterable[Role]) -> list[Account]:
    owners = {
        Role.INVESTOR: Account.investor_id == meeting.investor_id,
        Role.HOST: Account.district_id == meeting.project.district_id,
    }
    return [account for role in sorted(roles) for account in db.session.scalars(select(Account).where(owners[role]))]


def _write_notice(meeting: Meeting, action: Action, account: Account) -> None:
    db.session.add(
        Notice(
            account_id=account.id,
            kind=f"meeting_{action}",
            facts={"meeting": meeting.id, "action": action},
            message_id=f"<notice-{count(Notice) + 1}@example.org>",
            created_at=meeting.published_at,
        )
    )
    db.session.flush()


def hold(meeting: Meeting, first: Slot) -> None:
    """Take investor, lead, table and interpreter for the meeting in its slots from `first` on: the first that are free."""
    slots = [slot for slot in meeting.edition.slots if 0 <= slot.position - first.position < meeting.length]
    owners = [
        Resource.investor_id == meeting.investor_id,
        Resource.project_id == meeting.project_id,
        Resource.venue_id == meeting.venue_id,
    ]
    if meeting.pool_id:
        owners.append(Resource.pool_id == meeting.pool_id)
    taken = select(Occupancy.resource_id).where(Occupancy.slot_id.in_([slot.id for slot in slots]))
    for owner in owners:
        free = db.session.scalars(select(Resource).where(owner, Resource.id.not_in(taken)).order_by(Resource.number)).first()
        if free is None:
            raise AssertionError(f"nothing is free for {owner} at {first.starts_at}")
        db.session.add_all(Occupancy(resource_id=free.id, slot_id=slot.id, meeting_id=meeting.id) for slot in slots)
    db.session.commit()


def make_handover(meeting: Meeting, by: Account, to: Account) -> Handover:
    handover = Handover(meeting_id=meeting.id, by_account_id=by.id, to_account_id=to.id, at=NOW)
    save(handover)
    return handover
