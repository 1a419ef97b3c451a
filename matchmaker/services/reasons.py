"""The reasons of a score with the rows that their facts name, so that a page can say them in words."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import select

from matchmaker.db import db
from matchmaker.domain.scoring import Reason, Scored
from matchmaker.models import Chain, District

_ABOUT_CHAINS = frozenset({Reason.SAME_CHAIN, Reason.NEAR_CHAIN})


@dataclass(frozen=True, slots=True)
class NamedReason:
    """A reason, its points, the stored fact, and the chain or district that the fact is the code of."""

    reason: Reason
    points: int
    fact: str
    thing: Chain | District | None = None


def name_reasons(edition_id: int, lists: Iterable[Collection[Scored]]) -> list[tuple[NamedReason, ...]]:
    """The same lists of reasons with what they name; at most two queries, however many there are."""
    lists = [tuple(each) for each in lists]
    scored = [each for reasons in lists for each in reasons]
    chains = {each.fact for each in scored if each.reason in _ABOUT_CHAINS}
    districts = {each.fact for each in scored if each.reason is Reason.DISTRICT}
    named: dict[tuple[bool, str], Chain | District] = {}
    if chains:
        for chain in db.session.scalars(select(Chain).where(Chain.edition_id == edition_id, Chain.code.in_(chains))):
            named[True, chain.code] = chain
    if districts:
        for district in db.session.scalars(
            select(District).where(District.edition_id == edition_id, District.code.in_(districts))
        ):
            named[False, district.code] = district
    return [tuple(_named(each, named) for each in reasons) for reasons in lists]


def _named(scored: Scored, named: dict[tuple[bool, str], Chain | District]) -> NamedReason:
    thing = None
    if scored.reason in _ABOUT_CHAINS or scored.reason is Reason.DISTRICT:
        thing = named.get((scored.reason in _ABOUT_CHAINS, scored.fact))
    return NamedReason(scored.reason, scored.points, scored.fact, thing)
