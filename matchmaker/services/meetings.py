"""The life of a meeting as actions: each one is one transaction of status, occupancy, history and notices."""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import select, update

from matchmaker.db import db, transaction
from matchmaker.domain.meeting import (
    Action,
    Holds,
    Status,
    Step,
    answer_deadline,
    may_take,
    status_after,
    step_for,
)
from matchmaker.domain.reasons import CancelReason, DeclineReason
from matchmaker.domain.roles import Role
from matchmaker.domain.rules import Broken, RuleBroken
from matchmaker.domain.scoring import Score
from matchmaker.models import Edition, Investor, Meeting, MeetingChange, Project, Run, Slot
from matchmaker.services.actors import Actor, Missing
from matchmaker.services.booking import require_open
from matchmaker.services.editions import zone_of
from matchmaker.services.meeting_notices import tell_about
from matchmaker.services.occupancy import occupy, release, slots_from
from matchmaker.services.slots import Surroundings
from matchmaker.services.suits import is_refused_pair

LONGEST_NOTE = 1000


def get_meeting_for(actor: Actor, meeting_id: int) -> Meeting:
    """The meeting, where this actor may know of it. Raises Missing."""
    meeting = db.session.get(Meeting, meeting_id)
    if meeting is None or not _is_concerned(actor, meeting):
        raise Missing(meeting_id)
    return meeting


def _is_concerned(actor: Actor, meeting: Meeting) -> bool:
    match actor.role:
        case Role.INVESTOR:
            return meeting.investor_id == actor.investor_id
        case Role.HOST:
            return meeting.project.district_id == actor.district_id
        case Role.ORGANISER | Role.NIGHT:
            return True


def lock_diary(edition_id: int) -> None:
    """Let one action at a time change the edition's meetings: what it checks then stays true until it commits.

    Travel and limits concern several meetings at once, which no constraint can express. SQLite has one writer anyway.
    """
    db.session.execute(select(Edition.id).where(Edition.id == edition_id).with_for_update())


def change_status(
    meeting: Meeting,
    action: Action,
    actor: Actor,
    *,
    now: datetime,
    slot: Slot | None = None,
    reason: str = "",
    note: str = "",
    run: Run | None = None,
    alone: bool = True,
) -> None:
    """Take one step: the only writer of a status. Runs in the caller's transaction and does not commit.

    `slot` is the new slot of OFFER and MOVE. `alone` is false while a run is published: its meetings are seated and told
    about together. Raises RuleBroken: NOT_POSSIBLE_NOW, REASON_NEEDED, TOO_LONG, SOMEBODY_WAS_QUICKER, SLOT_TAKEN.
    """
    step = step_for(action)
    before = meeting.status
    if not may_take(step, before, actor.role):
        raise RuleBroken(Broken.NOT_POSSIBLE_NOW, status=meeting.standing(now), action=action.value)
    if step.needs_reason and not (reason or note.strip()):
        raise RuleBroken(Broken.REASON_NEEDED, "reason")
    if len(note) > LONGEST_NOTE:
        raise RuleBroken(Broken.TOO_LONG, "note", most=LONGEST_NOTE)
    from_slot = meeting.slot
    _update_row(meeting, step, now=now, slot=slot)
    if alone:
        _seat(meeting, step)
    _write_history(meeting, action, actor, now=now, before=before, from_slot=from_slot, slot=slot, words=(reason, note), run=run)
    if alone:
        tell_about(meeting, step, actor.role, now=now, reason=reason, note=note)


def _update_row(meeting: Meeting, step: Step, *, now: datetime, slot: Slot | None) -> None:
    """The conditional UPDATE: it finds no row where somebody else changed the meeting meanwhile."""
    values = _agreements(meeting, step, now)
    values["status"] = status_after(
        step,
        investor_agreed=values["investor_agreed_at"] is not None,
        host_agreed=values["host_agreed_at"] is not None,
    )
    values["sequence"] = meeting.sequence + 1
    values["offered_slot_id"] = slot.id if step.action is Action.OFFER and slot else None
    if step.action is Action.MOVE and slot:
        values |= {"slot_id": slot.id, "published_at": now, "deadline_at": _deadline(meeting.edition, slot, now)}
    if step.action is Action.OFFER and slot:  # the answer has to come before the earlier of the two slots
        offered = _deadline(meeting.edition, slot, meeting.published_at)
        values["deadline_at"] = min(meeting.deadline_at, offered)
    if step.action is Action.KEEP:
        values["deadline_at"] = deadline_of_own_slot(meeting)
    if step.action is Action.TAKE:
        values["slot_id"] = meeting.offered_slot_id
    if step.action is Action.REOPEN:
        values["reopened_at"] = now
    unchanged = (Meeting.id == meeting.id) & (Meeting.status == meeting.status) & (Meeting.sequence == meeting.sequence)
    done = db.session.execute(update(Meeting).where(unchanged).values(values).execution_options(synchronize_session=False))
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise RuleBroken(Broken.SOMEBODY_WAS_QUICKER)
    db.session.refresh(meeting)


def _agreements(meeting: Meeting, step: Step, now: datetime) -> dict[str, object]:
    """Who has said yes once the step is taken. A new slot of a suggestion, which nobody asked for, asks both anew."""
    investor, host = meeting.investor_agreed_at, meeting.host_agreed_at
    if step.action is Action.MOVE:
        investor, host = (None if meeting.suggested else investor), None
    if step.action in (Action.ACCEPT, Action.OFFER, Action.TAKE):
        host = host or now
    if step.action in (Action.AGREE, Action.TAKE, Action.KEEP):
        investor = investor or now
    if step.action in (Action.KEEP, Action.ASK):  # the host is asked again
        host = None
    return {"investor_agreed_at": investor, "host_agreed_at": host}


def _seat(meeting: Meeting, step: Step) -> None:
    if step.holds is Holds.AS_BEFORE:
        return
    release([meeting.id])
    if step.holds is not Holds.NOTHING:
        occupy(meeting, slots_from(meeting.slot, meeting.length))
    if step.holds is Holds.BOTH and meeting.offered_slot is not None:
        occupy(meeting, slots_from(meeting.offered_slot, meeting.length))


def _write_history(
    meeting: Meeting,
    action: Action,
    actor: Actor,
    *,
    now: datetime,
    before: Status | None,
    from_slot: Slot | None,
    slot: Slot | None,
    words: tuple[str, str],
    run: Run | None,
) -> None:
    db.session.add(
        MeetingChange(
            meeting=meeting,
            action=action,
            role=actor.role,
            account_id=actor.account_id,
            at=now,
            from_status=before,
            to_status=meeting.status,
            from_slot_id=from_slot.id if from_slot else None,
            to_slot_id=slot.id if slot else meeting.slot_id,
            reason=words[0],
            note=words[1].strip(),
            run_id=run.id if run else None,
        )
    )


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed: a pair, where it meets, the interpreters it needs, and why it was chosen."""

    investor_id: int
    project_id: int
    venue_id: int
    pool_id: int | None
    score: Score


def propose_meeting(
    actor: Actor,
    edition: Edition,
    proposal: Proposal,
    slot: Slot,
    *,
    now: datetime,
    run: Run | None = None,
    alone: bool = True,
) -> Meeting:
    """A new proposal in `slot`, for the caller to commit; not yet flushed unless `alone`. Raises RuleBroken(SLOT_TAKEN)."""
    step = step_for(Action.PROPOSE)
    if not may_take(step, None, actor.role):
        raise RuleBroken(Broken.NOT_ALLOWED)
    meeting = Meeting(
        uid=f"{uuid4()}@matchmaker",
        edition_id=edition.id,
        investor_id=proposal.investor_id,
        project_id=proposal.project_id,
        venue_id=proposal.venue_id,
        pool_id=proposal.pool_id,
        slot_id=slot.id,
        status=step.target,
        suggested=proposal.score.suggested,
        score=proposal.score.value,
        reasons=[{"reason": each.reason.value, "points": each.points, "fact": each.fact} for each in proposal.score.reasons],
        published_at=now,
        deadline_at=_deadline(edition, slot, now),
        # Its interest counted as consent; a suggestion waits for the investor's yes.
        investor_agreed_at=None if proposal.score.suggested else now,
        run_id=run.id if run else None,
    )
    db.session.add(meeting)
    _write_history(meeting, Action.PROPOSE, actor, now=now, before=None, from_slot=None, slot=slot, words=("", ""), run=run)
    if alone:
        db.session.flush()
        occupy(meeting, slots_from(slot, meeting.length))
        tell_about(meeting, step, actor.role, now=now)
    return meeting


def _deadline(edition: Edition, slot: Slot, now: datetime) -> datetime:
    return answer_deadline(now, slot.starts_at, hours=edition.answer_deadline_hours, zone=zone_of(edition))


def deadline_of_own_slot(meeting: Meeting) -> datetime:
    """When the proposal lapses without the offer, which may have to be answered earlier."""
    return _deadline(meeting.edition, meeting.slot, meeting.published_at)


def locked_meeting(actor: Actor, meeting_id: int, seen: int | None = None, *, now: datetime) -> Meeting:
    """The meeting, with its diary locked and read anew.

    `seen` is its sequence as the page or the mail that asks showed it; None: nobody looked. Raises Missing, or
    RuleBroken(NOT_POSSIBLE_NOW) where it has changed since.
    """
    lock_diary(get_meeting_for(actor, meeting_id).edition_id)
    db.session.expire_all()
    meeting = get_meeting_for(actor, meeting_id)
    if seen is not None and seen != meeting.sequence:
        raise RuleBroken(Broken.NOT_POSSIBLE_NOW, status=meeting.standing(now), starts_at=meeting.slot.starts_at)
    return meeting


def _require_answerable(meeting: Meeting, now: datetime) -> None:
    """A yes is possible until the deadline, and only while neither side says *no thanks*."""
    if is_refused_pair(meeting.edition, (meeting.investor_id, meeting.project_id)):
        raise RuleBroken(Broken.PAIR_CLOSED)
    if now >= meeting.deadline_at:
        raise RuleBroken(Broken.DEADLINE_PASSED, deadline=meeting.deadline_at.isoformat())


def require_in_time(meeting: Meeting, now: datetime) -> None:
    """What has expired is only waiting for the night; nobody decides about it any more. Raises RuleBroken(DEADLINE_PASSED)."""
    if meeting.has_expired(now):
        raise RuleBroken(Broken.DEADLINE_PASSED, deadline=meeting.deadline_at.isoformat())


def accept_meeting(actor: Actor, meeting_id: int, *, seen: int | None = None, now: datetime) -> None:
    """The host says yes. Raises Missing, RuleBroken: NOT_POSSIBLE_NOW, DEADLINE_PASSED, SOMEBODY_WAS_QUICKER."""
    with transaction():
        meeting = locked_meeting(actor, meeting_id, seen, now=now)
        if meeting.host_agreed_at is not None:
            raise RuleBroken(Broken.NOT_POSSIBLE_NOW, status=meeting.standing(now), action=Action.ACCEPT.value)
        _require_answerable(meeting, now)
        change_status(meeting, Action.ACCEPT, actor, now=now)


def agree_to_meeting(actor: Actor, meeting_id: int, *, seen: int | None = None, now: datetime) -> None:
    """The investor says yes to a suggestion. Raises as `accept_meeting`."""
    with transaction():
        meeting = locked_meeting(actor, meeting_id, seen, now=now)
        if meeting.investor_agreed_at is not None:
            raise RuleBroken(Broken.NOT_POSSIBLE_NOW, status=meeting.standing(now), action=Action.AGREE.value)
        _require_answerable(meeting, now)
        change_status(meeting, Action.AGREE, actor, now=now)


def decline_meeting(
    actor: Actor, meeting_id: int, reason: DeclineReason, note: str = "", *, seen: int | None = None, now: datetime
) -> None:
    """The host says no; the pair is closed. Raises Missing, RuleBroken: NOT_POSSIBLE_NOW, DEADLINE_PASSED, TOO_LONG."""
    with transaction():
        meeting = locked_meeting(actor, meeting_id, seen, now=now)
        require_in_time(meeting, now)
        change_status(meeting, Action.DECLINE, actor, now=now, reason=reason, note=note)


def offer_slot(actor: Actor, meeting_id: int, slot_id: int, *, seen: int | None = None, now: datetime) -> None:
    """The host offers another free slot; the meeting holds both until the investor answers.

    Raises Missing, RuleBroken: NOT_POSSIBLE_NOW, DEADLINE_PASSED, SLOT_UNKNOWN, SLOT_IN_THE_PAST, SLOT_NOT_FEASIBLE,
    SLOT_TAKEN.
    """
    with transaction():
        meeting = locked_meeting(actor, meeting_id, seen, now=now)
        _require_answerable(meeting, now)
        slot = _slot(meeting.edition_id, slot_id)
        if slot.id == meeting.slot_id:
            raise RuleBroken(Broken.SLOT_NOT_FEASIBLE, "slot")
        if may_take(step_for(Action.OFFER), meeting.status, actor.role):
            Surroundings((meeting.investor_id, meeting.project_id), now=now, meeting=meeting).require_feasible(slot)
        change_status(meeting, Action.OFFER, actor, now=now, slot=slot)


def take_offer(actor: Actor, meeting_id: int, *, seen: int | None = None, now: datetime) -> None:
    """The investor takes the offered slot. Raises Missing, RuleBroken: NOT_POSSIBLE_NOW, DEADLINE_PASSED."""
    with transaction():
        meeting = locked_meeting(actor, meeting_id, seen, now=now)
        _require_answerable(meeting, now)
        change_status(meeting, Action.TAKE, actor, now=now)


def keep_slot(actor: Actor, meeting_id: int, *, seen: int | None = None, now: datetime) -> None:
    """The investor keeps the old slot; the host is asked again. Raises as `take_offer`."""
    with transaction():
        meeting = locked_meeting(actor, meeting_id, seen, now=now)
        if now >= deadline_of_own_slot(meeting):
            raise RuleBroken(Broken.DEADLINE_PASSED, deadline=deadline_of_own_slot(meeting).isoformat())
        change_status(meeting, Action.KEEP, actor, now=now)


def withdraw_meeting(actor: Actor, meeting_id: int, note: str = "", *, seen: int | None = None, now: datetime) -> None:
    """The investor withdraws; the pair is closed. Raises Missing, RuleBroken: NOT_POSSIBLE_NOW, DEADLINE_PASSED, TOO_LONG."""
    with transaction():
        meeting = locked_meeting(actor, meeting_id, seen, now=now)
        require_in_time(meeting, now)
        change_status(meeting, Action.WITHDRAW, actor, now=now, note=note)


def cancel_meeting(
    actor: Actor, meeting_id: int, reason: CancelReason, note: str = "", *, seen: int | None = None, now: datetime
) -> None:
    """Either side or an organiser cancels what is accepted, until it begins; the pair stays open. Raises as `decline_meeting`."""
    with transaction():
        meeting = locked_meeting(actor, meeting_id, seen, now=now)
        if now >= meeting.slot.starts_at:
            raise RuleBroken(Broken.NOT_POSSIBLE_NOW, status=meeting.standing(now), began_at=meeting.slot.starts_at.isoformat())
        change_status(meeting, Action.CANCEL, actor, now=now, reason=reason, note=note)


def reopen_pair(actor: Actor, meeting_id: int, note: str, *, seen: int | None = None, now: datetime) -> None:
    """An organiser lets a pair be proposed again after a missed meeting. Raises Missing, RuleBroken."""
    with transaction():
        meeting = locked_meeting(actor, meeting_id, seen, now=now)
        if meeting.reopened_at is not None:
            raise RuleBroken(Broken.ALREADY_DECIDED)
        change_status(meeting, Action.REOPEN, actor, now=now, note=note)


def book_by_hand(actor: Actor, investor_id: int, project_id: int, slot_id: int, *, now: datetime) -> int:
    """An organiser proposes a meeting of an open pair in a free slot; answers its id.

    Raises Missing, RuleBroken: NOT_ALLOWED, NOT_APPROVED, PROJECT_WITHDRAWN, MEETING_EXISTS, PAIR_CLOSED, SLOT_UNKNOWN,
    SLOT_IN_THE_PAST, SLOT_NOT_FEASIBLE, SLOT_TAKEN.
    """
    pair = (investor_id, project_id)
    if not may_take(step_for(Action.PROPOSE), None, actor.role):
        raise RuleBroken(Broken.NOT_ALLOWED)
    with transaction():
        investor, project = db.session.get(Investor, investor_id), db.session.get(Project, project_id)
        if investor is None or project is None or project.published_at is None or investor.edition_id != project.edition_id:
            raise Missing(pair)
        lock_diary(investor.edition_id)
        slot = _slot(investor.edition_id, slot_id)
        around = Surroundings(pair, now=now)
        require_open(around)
        around.require_feasible(slot)
        proposal = Proposal(
            investor_id, project_id, around.venue.id, around.pool.id if around.pool else None, around.facts.pairing.score(*pair)
        )
        return propose_meeting(actor, investor.edition, proposal, slot, now=now).id


def _slot(edition_id: int, slot_id: int) -> Slot:
    slot = db.session.get(Slot, slot_id)
    if slot is None or slot.edition_id != edition_id:
        raise RuleBroken(Broken.SLOT_UNKNOWN, "slot")
    return slot


def free_slots(meeting: Meeting, *, now: datetime) -> list[Slot]:
    """The slots, other than its own, to which a meeting could be put."""
    around = Surroundings((meeting.investor_id, meeting.project_id), now=now, meeting=meeting)
    return [slot for slot in around.feasible_slots() if slot.id != meeting.slot_id]
