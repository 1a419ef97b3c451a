"""After a meeting: whether it was held, what each side says came of it, and what a side has still to record or to do."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, select
from sqlalchemy.orm import aliased, joinedload

from matchmaker.db import db, transaction
from matchmaker.domain.meeting import Action, Status
from matchmaker.domain.outcome import SIDES, Statement
from matchmaker.domain.roles import Role
from matchmaker.domain.rules import Broken, RuleBroken
from matchmaker.domain.texts import one_line
from matchmaker.domain.visibility import Field, may_see
from matchmaker.models import Edition, Meeting, MeetingChange, Outcome, Slot
from matchmaker.services.actors import Actor
from matchmaker.services.diary import MeetingView, concerns, load_meetings, view_meetings
from matchmaker.services.meetings import change_status, get_meeting_for, locked_meeting
from matchmaker.services.pages import Page, one_page
from matchmaker.services.visible import viewer_of


@dataclass(frozen=True, slots=True)
class Recorded:
    """A meeting that is over, with what the reader's side says came of it; None: it has said nothing yet.

    To record that it took place is enough: then nothing is left `to_record` for this side.
    """

    view: MeetingView
    outcome: Outcome | None
    to_record: bool


# -- recording ---------------------------------------------------------------------------------------------------------


def record_meeting(actor: Actor, meeting_id: int, held: bool, *, seen: int | None = None, now: datetime) -> None:
    """Say whether an accepted meeting took place, once it has begun. Raises Missing, RuleBroken(NOT_POSSIBLE_NOW)."""
    with transaction():
        _take_place(locked_meeting(actor, meeting_id, seen, now=now), held, actor, now=now)


def record_outcome(
    actor: Actor, meeting_id: int, said: Statement, *, now: datetime, seen: int = 0, side: Role | None = None
) -> None:
    """Say what came of a meeting that is held; one that is still accepted is recorded as held by this.

    `seen` is the id of the outcome on the page that asks, 0 for none; saying the same again changes nothing. An organiser
    writes for a `side`, the two sides for themselves. Raises Missing, RuleBroken: NOT_ALLOWED, NOT_POSSIBLE_NOW,
    SOMEBODY_WAS_QUICKER, NUMBER_OUTSIDE, TOO_LONG, EMPTY, DUE_BEFORE_MEETING.
    """
    said = replace(said, next_step=one_line(said.next_step), owner=one_line(said.owner), note=said.note.strip())
    with transaction():
        meeting = locked_meeting(actor, meeting_id, now=now)
        side = _side_of(actor, side)
        for fault in said.faults(meeting.slot.day):
            raise fault
        if meeting.status is not Status.HELD:
            _take_place(meeting, True, actor, now=now)
        last = _current([meeting_id], side).get(meeting_id)
        if last is not None and (last.statement, last.account_id) == (said, actor.account_id):
            return
        if seen != (last.id if last else 0):
            raise RuleBroken(Broken.SOMEBODY_WAS_QUICKER)
        if last is not None:
            last.replaced_at = now
            db.session.flush()  # the one that counts gives way before the next one comes
        db.session.add(_outcome(actor, meeting_id, side, said, now=now))


def _take_place(meeting: Meeting, held: bool, actor: Actor, *, now: datetime) -> None:
    action = Action.RECORD_HELD if held else Action.RECORD_MISSED
    if now < meeting.slot.starts_at:
        raise RuleBroken(Broken.NOT_POSSIBLE_NOW, status=meeting.standing(now), begins_at=meeting.slot.starts_at.isoformat())
    change_status(meeting, action, actor, now=now)


def _side_of(actor: Actor, side: Role | None) -> Role:
    """For which side the actor may write."""
    own = side if actor.role is Role.ORGANISER else actor.role
    if own not in SIDES or side not in (None, own) or actor.account_id is None:
        raise RuleBroken(Broken.NOT_ALLOWED)
    return own


def _outcome(actor: Actor, meeting_id: int, side: Role, said: Statement, *, now: datetime) -> Outcome:
    return Outcome(
        meeting_id=meeting_id,
        side=side,
        appetite=said.appetite,
        amount=said.amount,
        next_step=said.next_step,
        owner=said.owner,
        due_on=said.due_on,
        done=said.done,
        note=said.note,
        account_id=actor.account_id,
        written_at=now,
    )


# -- reading -----------------------------------------------------------------------------------------------------------


def outcomes_for(actor: Actor, meeting_id: int) -> dict[Role, list[Outcome]]:
    """By side: what it says came of the meeting, the latest first, as far as the actor may see it. Raises Missing."""
    meeting = get_meeting_for(actor, meeting_id)
    viewer = viewer_of(actor.role, meeting.status)
    sides = [side for side in SIDES if side is actor.role or may_see(Field.OWN_NOTES, viewer)]
    query = select(Outcome).where(Outcome.meeting_id == meeting_id, Outcome.side.in_(sides)).order_by(Outcome.id.desc())
    found: dict[Role, list[Outcome]] = {side: [] for side in sides}
    for outcome in db.session.scalars(query.options(joinedload(Outcome.account))):
        found[outcome.side].append(outcome)
    return found


def recorded_by(actor: Actor, edition: Edition, *, now: datetime, open_only: bool = False, page: int = 1) -> Page[Recorded]:
    """The meetings of one side that are over: first what it has to record, then next steps by their date, then the rest.

    `open_only` leaves out the rest. Raises Missing.
    """

    def load(ids: Sequence[int]) -> list[Recorded]:
        meetings = {each.id: each for each in load_meetings(edition, Meeting.id.in_(ids))}
        outcomes = _current(ids, actor.role)
        told = set(outcomes) | set(db.session.scalars(_recorded_held(actor.role).where(MeetingChange.meeting_id.in_(ids))))
        views = view_meetings(actor, [meetings[each] for each in ids])
        return [Recorded(view, outcomes.get(view.meeting.id), view.meeting.id not in told) for view in views]

    return one_page(_over(actor, edition, now, open_only=open_only), page, load)


def _over(actor: Actor, edition: Edition, now: datetime, *, open_only: bool) -> Select[Any]:
    """Ids of the actor's meetings that were held, or are over and not recorded, in the order of the list."""
    first, last = aliased(Slot), aliased(Slot)
    to_record = Outcome.id.is_(None) & Meeting.id.not_in(_recorded_held(actor.role))
    to_do: ColumnElement[bool] = (Outcome.next_step != "") & Outcome.done.is_(False)
    rank = case((to_record, 0), (to_do, 1), else_=2)
    due = case((to_do, Outcome.due_on))
    query = (
        select(Meeting.id)
        .join(first, first.id == Meeting.slot_id)
        .join(last, and_(last.edition_id == Meeting.edition_id, last.position == first.position + Meeting.length - 1))
        .outerjoin(Outcome, _counts_for(actor.role) & (Outcome.meeting_id == Meeting.id))
        .where(concerns(actor), Meeting.edition_id == edition.id)
        .where((Meeting.status == Status.HELD) | ((Meeting.status == Status.ACCEPTED) & (last.ends_at <= now)))
        .order_by(rank, due.is_(None), due, first.starts_at, Meeting.id)
    )
    return query.where(rank < 2) if open_only else query


def _recorded_held(side: Role) -> Select[Any]:
    """Ids of the meetings of which this side said that they took place."""
    return select(MeetingChange.meeting_id).where(MeetingChange.action == Action.RECORD_HELD, MeetingChange.role == side)


def _counts_for(side: Role) -> ColumnElement[bool]:
    return (Outcome.side == side) & Outcome.replaced_at.is_(None)


def _current(meeting_ids: Sequence[int], side: Role) -> dict[int, Outcome]:
    """By meeting id: the outcome of a side that counts."""
    query = select(Outcome).where(Outcome.meeting_id.in_(meeting_ids), _counts_for(side)).options(joinedload(Outcome.account))
    return {each.meeting_id: each for each in db.session.scalars(query)}
