"""Within a host's team: who could answer a proposal instead, and who was asked to."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload

from matchmaker.db import db, transaction
from matchmaker.domain.calendar import overlaps
from matchmaker.domain.meeting import Action, Status
from matchmaker.domain.roles import Role
from matchmaker.domain.rules import Broken, RuleBroken
from matchmaker.domain.scoring import common_language
from matchmaker.models import Account, ColleagueAbsence, Handover, Slot
from matchmaker.services.actors import Actor, Missing
from matchmaker.services.diary import MeetingView
from matchmaker.services.meeting_notices import meeting_facts
from matchmaker.services.meetings import LONGEST_NOTE, locked_meeting
from matchmaker.services.names import person_order
from matchmaker.services.notices import add_notice


@dataclass(frozen=True, slots=True)
class Choice:
    """A colleague who could answer a proposal: which `language` it shares with the investor, and whether it is `away` then."""

    account: Account
    language: str | None
    away: bool


@dataclass(frozen=True, slots=True)
class Handing:
    """A proposal with whom it was handed to, if to anybody, and whom it could be handed to."""

    view: MeetingView
    handover: Handover | None
    choices: list[Choice]


def colleagues_of(actor: Actor) -> list[Account]:
    """The other accounts that answer for the host's district, by name, Chinese ones by their Latin spelling."""
    query = select(Account).where(_others_of_the_team(actor), Account.active).order_by(Account.id)
    return sorted(db.session.scalars(query), key=lambda account: person_order(account.name))


def choices_for(actor: Actor, views: Sequence[MeetingView]) -> dict[int, list[Choice]]:
    """By meeting id: who could be asked to answer, first who is there, of those first who shares a language."""
    colleagues = colleagues_of(actor)
    if not colleagues:
        return {view.meeting.id: [] for view in views}
    times = select(ColleagueAbsence.account_id, Slot.starts_at, Slot.ends_at).join(Slot, Slot.id == ColleagueAbsence.slot_id)
    absences = db.session.execute(times.where(ColleagueAbsence.account_id.in_([each.id for each in colleagues]))).all()

    def choices(view: MeetingView) -> list[Choice]:
        away = {who for who, start, end in absences if overlaps(start, end, view.starts_at, view.ends_at)}
        theirs = view.investor.languages if view.investor else None
        found = [Choice(each, common_language(theirs or (), tuple(each.spoken)), each.id in away) for each in colleagues]
        return sorted(found, key=lambda choice: (choice.away, choice.language is None))

    return {view.meeting.id: choices(view) for view in views}


def handings_of(actor: Actor, views: Sequence[MeetingView]) -> list[Handing]:
    handed, choices = last_handovers([view.meeting.id for view in views]), choices_for(actor, views)
    return [Handing(view, handed.get(view.meeting.id), choices[view.meeting.id]) for view in views]


def last_handovers(meeting_ids: Collection[int]) -> dict[int, Handover]:
    """By meeting id: the handover that counts, where there was one."""
    latest = select(func.max(Handover.id)).where(Handover.meeting_id.in_(meeting_ids)).group_by(Handover.meeting_id)
    query = select(Handover).where(Handover.id.in_(latest)).options(joinedload(Handover.to_account))
    return {each.meeting_id: each for each in db.session.scalars(query)}


def handed_to(account_id: int) -> Select[int]:
    """The ids of the meetings whose last handover asks this colleague, for a query."""
    latest = select(func.max(Handover.id)).group_by(Handover.meeting_id)
    return select(Handover.meeting_id).where(Handover.id.in_(latest), Handover.to_account_id == account_id)


def hand_over(actor: Actor, meeting_id: int, colleague_id: int, note: str = "", *, seen: int, now: datetime) -> None:
    """Ask a colleague to answer a proposal; everybody of the team still may. The colleague gets a notice.

    `seen` is the id of the last handover on the page that asks, 0 for none; handing to the same colleague again with the same
    word changes nothing. Raises Missing, RuleBroken: COLLEAGUE_LEFT, NOT_POSSIBLE_NOW, SOMEBODY_WAS_QUICKER, TOO_LONG.
    """
    with transaction():
        meeting = locked_meeting(actor, meeting_id, now=now)
        if actor.role is not Role.HOST or actor.account_id is None:
            raise Missing(colleague_id)
        _require_colleague(actor, colleague_id)
        if meeting.status is not Status.PROPOSED or meeting.host_agreed_at is not None or now >= meeting.deadline_at:
            raise RuleBroken(Broken.NOT_POSSIBLE_NOW, status=meeting.standing(now), action=Action.ACCEPT.value)
        note, last = note.strip(), last_handovers([meeting_id]).get(meeting_id)
        if last is not None and (last.by_account_id, last.to_account_id, last.note) == (actor.account_id, colleague_id, note):
            return
        if seen != (last.id if last else 0):
            raise RuleBroken(Broken.SOMEBODY_WAS_QUICKER)
        if len(note) > LONGEST_NOTE:
            raise RuleBroken(Broken.TOO_LONG, "note", most=LONGEST_NOTE)
        handover = Handover(meeting_id=meeting_id, by_account_id=actor.account_id, to_account_id=colleague_id, at=now)
        handover.note = note
        db.session.add(handover)
        by = db.session.get_one(Account, actor.account_id)
        facts = meeting_facts(meeting, Role.HOST) | {"by": by.name, "note": handover.note}
        add_notice(colleague_id, "meeting_hand", facts, now=now)


def _others_of_the_team(actor: Actor) -> ColumnElement[bool]:
    """Also those who have left it."""
    return (Account.role == Role.HOST) & (Account.district_id == actor.district_id) & (Account.id != actor.account_id)


def _require_colleague(actor: Actor, account_id: int) -> None:
    """Who has left while the page that asks was open is told as such. Raises Missing, RuleBroken(COLLEAGUE_LEFT)."""
    query = select(Account).where(_others_of_the_team(actor), Account.id == account_id)
    account = db.session.scalars(query).one_or_none()
    if account is None:
        raise Missing(account_id)
    if not account.active:
        raise RuleBroken(Broken.COLLEAGUE_LEFT, "colleague")
