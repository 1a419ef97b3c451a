"""Colleagues of an investor: who can sign in for it, and who is asked by e-mail to join."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import joinedload

from matchmaker.db import db, transaction
from matchmaker.domain.rules import Broken, RuleBroken
from matchmaker.models import Account, Joining, Notice
from matchmaker.services.accounts import LANGUAGES, find_account
from matchmaker.services.actors import Actor, Missing
from matchmaker.services.contacts import checked_email
from matchmaker.services.interests import lock_investor
from matchmaker.services.notices import add_notice, add_notice_to_join, is_unsent

MOST_WAITING = 10
"""So many of an investor can be asked and not have joined yet."""
KNOWN = "join_known"
"""The notice to somebody who has an account already; nobody else learns of that."""


@dataclass(frozen=True, slots=True)
class Colleagues:
    """Who can sign in for an investor, and who was asked to join and has not yet."""

    accounts: Sequence[Account]
    waiting: Sequence[Joining]


def colleagues_of(actor: Actor) -> Colleagues:
    accounts = select(Account).where(Account.investor_id == actor.investor_id, Account.active).order_by(Account.id)
    waiting = select(Joining).where(Joining.investor_id == actor.investor_id, Joining.account_id.is_(None))
    waiting = waiting.options(joinedload(Joining.asked_by)).order_by(Joining.id)
    return Colleagues(db.session.scalars(accounts).all(), db.session.scalars(waiting).all())


def ask_to_join(actor: Actor, email: str, language: str, *, now: datetime) -> None:
    """Ask a colleague by mail to join; asked again, it gets a fresh link. Nobody learns whether there is an account already.

    Raises RuleBroken: EMPTY, TOO_LONG, EMAIL_INVALID, LANGUAGE_UNKNOWN, TOO_MANY, or EMAIL_TAKEN for one of its own accounts.
    """
    email = checked_email(email)
    if language not in LANGUAGES:
        raise RuleBroken(Broken.LANGUAGE_UNKNOWN, "language", given=language[:20])
    with transaction():
        investor = lock_investor(actor)
        known = find_account(email)
        if known is not None and known.investor_id == investor.id:
            raise RuleBroken(Broken.EMAIL_TAKEN, "email")
        joining = _find(investor.id, email) or _new_joining(actor, email, now=now)
        joining.language = language
        db.session.add(joining)
        db.session.flush()
        _send(joining, known, now=now)


def take_back_joining(actor: Actor, joining_id: int) -> None:
    """Forget an address that was asked, and what was written to it; its link ends. Nothing happens where it is gone already.

    Raises RuleBroken(SOMEBODY_WAS_QUICKER): the colleague has joined meanwhile.
    """
    with transaction():
        investor = lock_investor(actor)
        joining = db.session.get(Joining, joining_id, with_for_update=True)
        if joining is None or joining.investor_id != investor.id:
            return
        if joining.account_id is not None:
            raise RuleBroken(Broken.SOMEBODY_WAS_QUICKER)
        db.session.execute(delete(Notice).where(Notice.joining_id == joining.id))
        db.session.delete(joining)


def send_fresh_joining_link(joining_id: int, *, now: datetime) -> None:
    """Mail a fresh link to the address that was asked; one that still waits in the outbox is enough.

    Raises Missing, RuleBroken(SOMEBODY_WAS_QUICKER): the colleague has joined meanwhile.
    """
    with transaction():
        joining = db.session.get(Joining, joining_id, with_for_update=True)
        if joining is None:
            raise Missing(f"joining {joining_id}")
        if joining.account_id is not None:
            raise RuleBroken(Broken.SOMEBODY_WAS_QUICKER)
        _send(joining, find_account(joining.email), now=now)


def _find(investor_id: int, email: str) -> Joining | None:
    query = select(Joining).where(Joining.investor_id == investor_id, Joining.email == email)
    joining = db.session.scalars(query).one_or_none()
    if joining is not None and joining.account_id is not None:
        raise RuleBroken(Broken.EMAIL_TAKEN, "email")
    return joining


def _new_joining(actor: Actor, email: str, *, now: datetime) -> Joining:
    waiting = select(func.count()).where(Joining.investor_id == actor.investor_id, Joining.account_id.is_(None))
    if (db.session.scalar(waiting) or 0) >= MOST_WAITING:
        raise RuleBroken(Broken.TOO_MANY, "email", limit=MOST_WAITING)
    return Joining(investor_id=actor.investor_id, email=email, asked_by_id=actor.account_id, asked_at=now)


def _send(joining: Joining, known: Account | None, *, now: datetime) -> None:
    """To the address itself, or to its account where there is one; a mail that still waits is enough."""
    facts = {"investor": joining.investor.name, "by": joining.asked_by.name}
    mine = (Notice.account_id == known.id, Notice.kind == KNOWN) if known else (Notice.joining_id == joining.id,)
    waiting = select(func.count()).select_from(Notice).where(*mine, is_unsent())
    if db.session.scalar(waiting):
        return
    if known is not None:
        add_notice(known.id, KNOWN, facts, now=now)
    else:
        add_notice_to_join(joining.id, facts, now=now)
