"""Vetting: an organiser decides which organisations may meet anybody, and every decision stays on record."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import joinedload, selectinload

from matchmaker.db import db, transaction
from matchmaker.domain.interest import Level
from matchmaker.domain.meeting import LIVE
from matchmaker.domain.roles import Role, Vetting
from matchmaker.domain.rules import Broken, RuleBroken
from matchmaker.models import (
    Account,
    Availability,
    Edition,
    Interest,
    Investor,
    Meeting,
    Resource,
    ResourceKind,
    Slot,
    VettingDecision,
)
from matchmaker.services.actors import Actor, Missing
from matchmaker.services.meetings import lock_diary
from matchmaker.services.names import name_order
from matchmaker.services.notices import add_notice
from matchmaker.services.pages import Page, page_among

LONGEST_REASON = 2000
DECISIONS = (Vetting.APPROVED, Vetting.WAITLISTED, Vetting.REFUSED)


def decide_vetting(
    actor: Actor, investor_id: int, vetting: Vetting, reason: str, *, seen: Vetting | None = None, now: datetime
) -> None:
    """Approve an organisation, put it on the waiting list or refuse it; its people are told.

    `seen` is the state that the organiser looked at: where somebody decided meanwhile, the later one is asked to look
    again. Raises Missing, or RuleBroken: NOT_ALLOWED, NOT_POSSIBLE_NOW, REASON_NEEDED, TOO_LONG, NOT_CONFIRMED,
    ALREADY_DECIDED, SOMEBODY_WAS_QUICKER, or HOLDS_MEETING where an approval is taken back from live meetings.
    """
    _check_decision(actor, vetting, reason)
    with transaction():
        edition_id = db.session.scalar(select(Investor.edition_id).where(Investor.id == investor_id))
        if edition_id is None:
            raise Missing(f"investor {investor_id}")
        lock_diary(edition_id)  # a run that is being published must not meet somebody who is refused meanwhile
        investor = db.session.get_one(Investor, investor_id, with_for_update=True)
        before = investor.vetting
        if seen is not None and seen is not before:
            raise RuleBroken(Broken.SOMEBODY_WAS_QUICKER)
        if vetting is before:
            raise RuleBroken(Broken.ALREADY_DECIDED)
        if vetting is Vetting.APPROVED:
            _prepare_for_meetings(investor)
        elif before is Vetting.APPROVED:
            _check_without_meetings(investor)
        _change_vetting(investor, before, vetting)
        _write_decision(actor, investor, vetting, reason.strip(), now=now)


def _check_decision(actor: Actor, vetting: Vetting, reason: str) -> None:
    if actor.role is not Role.ORGANISER:
        raise RuleBroken(Broken.NOT_ALLOWED)
    if vetting not in DECISIONS:
        raise RuleBroken(Broken.NOT_POSSIBLE_NOW, "vetting")
    if vetting is Vetting.REFUSED and not reason.strip():
        raise RuleBroken(Broken.REASON_NEEDED, "reason")
    if len(reason) > LONGEST_REASON:
        raise RuleBroken(Broken.TOO_LONG, "reason", limit=LONGEST_REASON)


def _prepare_for_meetings(investor: Investor) -> None:
    confirmed = any(account.confirmed_at for account in investor.accounts)
    if not confirmed and not investor.demo:
        raise RuleBroken(Broken.NOT_CONFIRMED, "vetting")
    itself = select(Resource.id).where(Resource.investor_id == investor.id)
    if db.session.scalar(itself) is None:
        db.session.add(Resource(kind=ResourceKind.INVESTOR, number=1, investor_id=investor.id))


def _check_without_meetings(investor: Investor) -> None:
    meetings = count_live_meetings(investor.id)
    if meetings:
        raise RuleBroken(Broken.HOLDS_MEETING, "vetting", meetings=meetings)


def _change_vetting(investor: Investor, before: Vetting, vetting: Vetting) -> None:
    """The conditional UPDATE: of two organisers who decide at once, the second finds no row."""
    unchanged = (Investor.id == investor.id) & (Investor.vetting == before)
    done = db.session.execute(update(Investor).where(unchanged).values(vetting=vetting))
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise RuleBroken(Broken.SOMEBODY_WAS_QUICKER)


def _write_decision(actor: Actor, investor: Investor, vetting: Vetting, reason: str, *, now: datetime) -> None:
    db.session.add(
        VettingDecision(investor_id=investor.id, vetting=vetting, reason=reason, decided_at=now, decided_by_id=actor.account_id)
    )
    for account in investor.accounts:
        if account.active and account.confirmed_at:
            add_notice(account.id, vetting.value, {"investor": investor.name, "reason": reason}, now=now)


def applications(edition: Edition, vetting: Vetting | None = None, text: str | None = None, page: int = 1) -> Page[Investor]:
    """Organisations that applied, those that wait first, then by name; `text` is sought in names and addresses."""
    wanted = [Investor.edition_id == edition.id]
    if vetting is not None:
        wanted.append(Investor.vetting == vetting)
    if text and text.strip():
        wanted.append(_mentions(text.strip()[:100]))
    query = select(Investor.vetting, Investor.name, Investor.id).where(*wanted)
    rows = sorted(
        (vetting is not Vetting.APPLIED, name_order(name), investor_id)
        for vetting, name, investor_id in db.session.execute(query)
    )
    return page_among([investor_id for *_where, investor_id in rows], page, _load_applications)


def _load_applications(ids: Sequence[int]) -> Sequence[Investor]:
    query = select(Investor).where(Investor.id.in_(ids))
    found = db.session.scalars(query.options(selectinload(Investor.accounts), selectinload(Investor.chains)))
    return sorted(found, key=lambda investor: ids.index(investor.id))


def _mentions(text: str) -> ColumnElement[bool]:
    by_address = select(Account.investor_id).where(Account.email.icontains(text, autoescape=True))
    return or_(Investor.name.icontains(text, autoescape=True), Investor.id.in_(by_address))


def count_applications(edition: Edition) -> dict[Vetting, int]:
    """How many organisations are in each state; states without any are there with 0."""
    query = select(Investor.vetting, func.count()).where(Investor.edition_id == edition.id).group_by(Investor.vetting)
    return dict.fromkeys(Vetting, 0) | dict(db.session.execute(query).all())


def get_application(edition: Edition, investor_id: int) -> Investor:
    """One organisation with profile, people and decisions. Raises Missing."""
    query = (
        select(Investor)
        .where(Investor.id == investor_id, Investor.edition_id == edition.id)
        .options(
            selectinload(Investor.accounts),
            selectinload(Investor.chains),
            selectinload(Investor.delegates),
            selectinload(Investor.decisions).options(joinedload(VettingDecision.decided_by)),
        )
    )
    investor = db.session.scalars(query).one_or_none()
    if investor is None:
        raise Missing(f"investor {investor_id}")
    return investor


def interests_stated(investor_id: int) -> list[Interest]:
    """The organisation's interests with what they point at, the strongest first."""
    query = (
        select(Interest)
        .where(Interest.investor_id == investor_id)
        .options(joinedload(Interest.project), joinedload(Interest.chain), joinedload(Interest.district))
        .order_by(Interest.id)
    )
    strongest_first = list(Level)
    return sorted(db.session.scalars(query), key=lambda interest: strongest_first.index(interest.level))


def days_in_town(investor_id: int) -> dict[date, int]:
    """The days on which the organisation can meet, with the number of its slots."""
    query = (
        select(Slot.day, func.count())
        .join(Availability, Availability.slot_id == Slot.id)
        .where(Availability.investor_id == investor_id)
        .group_by(Slot.day)
        .order_by(Slot.day)
    )
    return dict(db.session.execute(query).all())


def count_live_meetings(investor_id: int) -> int:
    mine = (Meeting.investor_id == investor_id, Meeting.status.in_(LIVE))
    return db.session.scalar(select(func.count()).select_from(Meeting).where(*mine)) or 0
