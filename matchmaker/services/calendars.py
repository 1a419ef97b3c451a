"""The address under which a person's own calendar fetches the diary: secret, and renewable."""

import secrets

from sqlalchemy import select

from matchmaker.db import db, transaction
from matchmaker.models import Account, Edition
from matchmaker.services.actors import Actor, Missing


def calendar_owner(token: str) -> Account:
    """The active account whose calendar this is. Raises Missing."""
    account = db.session.scalars(select(Account).where(Account.calendar_token == token)).one_or_none()
    if account is None or not account.active:
        raise Missing("calendar")
    return account


def calendar_token_of(actor: Actor) -> str:
    return db.session.get_one(Account, actor.account_id).calendar_token


def calendar_edition(account: Account) -> Edition:
    """The edition whose diary the account's calendar shows. Raises Missing for accounts without a diary."""
    if account.investor is not None:
        return account.investor.edition
    if account.district is not None:
        return db.session.get_one(Edition, account.district.edition_id)
    raise Missing("calendar")


def renew_calendar_token(actor: Actor) -> str:
    """Give the account's calendar a new address; the old one leads nowhere from then on."""
    with transaction():
        account = db.session.get_one(Account, actor.account_id)
        account.calendar_token = secrets.token_urlsafe(32)
        return account.calendar_token
