"""How complete the profile of an investor is, read in two queries however much it has told."""

from typing import Any

from sqlalchemy import ScalarSelect, func, select

from matchmaker.db import db
from matchmaker.domain.completeness import Completeness, ProfileFacts, completeness
from matchmaker.models import Availability, Delegate, Interest, Investor, InvestorChain
from matchmaker.services.actors import Actor, Missing
from matchmaker.services.consents import agreed_by


def completeness_of(actor: Actor) -> Completeness:
    """What the actor's investor has told and what it has not. Raises Missing."""
    query = select(
        Investor,
        _count_of(Interest).label("interests"),
        _count_of(Availability).label("slots"),
        _count_of(InvestorChain).label("chains"),
        _count_of(Delegate).label("delegates"),
    ).where(Investor.id == actor.investor_id)
    row = db.session.execute(query).one_or_none()
    if row is None:
        raise Missing(f"investor {actor.investor_id}")
    investor: Investor = row[0]
    return completeness(
        ProfileFacts(
            interests=row.interests,
            slots=row.slots,
            chains=row.chains,
            has_sizes=investor.size_min is not None,
            stages=len(investor.stages),
            has_about=bool(investor.about.strip()),
            languages=len(investor.languages),
            delegates=row.delegates,
            agreed=agreed_by(investor.id),
        )
    )


def _count_of(kind: Any) -> ScalarSelect[int]:
    """How many rows of a kind belong to the investor of the row."""
    return select(func.count()).select_from(kind).where(kind.investor_id == Investor.id).correlate(Investor).scalar_subquery()
