"""What an investor has agreed to: kept with date and person, and never rewritten."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select

from matchmaker.db import db
from matchmaker.domain.consent import Purpose
from matchmaker.models import Consent


def consents_of(investor_id: int) -> list[Consent]:
    """Everything that was agreed to and withdrawn, oldest first."""
    query = select(Consent).where(Consent.investor_id == investor_id).order_by(Consent.id)
    return list(db.session.scalars(query))


def agreed_by(investor_id: int) -> frozenset[Purpose]:
    """What an investor agrees to now: the last word on each purpose counts."""
    latest = {consent.purpose: consent.given for consent in consents_of(investor_id)}
    return frozenset(purpose for purpose, given in latest.items() if given)


def record_consents(
    investor_id: int,
    agreed: Collection[Purpose],
    *,
    about: Collection[Purpose] = tuple(Purpose),
    by: int | None,
    again: bool = False,
    now: datetime,
) -> None:
    """Write down what changed about these purposes, in the caller's transaction; `by` is the id of the account.

    `again`: what is agreed to is said anew, with its new date, even where it was agreed to before.
    """
    before = agreed_by(investor_id)
    for purpose in Purpose:
        given = purpose in agreed
        if purpose in about and (given != (purpose in before) or (again and given)):
            db.session.add(Consent(investor_id=investor_id, purpose=purpose, given=given, stated_at=now, stated_by_id=by))
