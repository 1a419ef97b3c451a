"""What people want: interests, what they cover, and which projects they make candidates."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    MUST_MEET = "must_meet"
    WOULD_LIKE = "would_like"
    NO_THANKS = "no_thanks"


class Target(StrEnum):
    PROJECT = "project"
    CHAIN = "chain"
    DISTRICT = "district"


PROJECTS_PER_WISH = 5
"""So many projects of a chain or district become candidates, and so many suggestions an investor gets."""


@dataclass(frozen=True, slots=True)
class Wish:
    """One interest as plain data. `code` is the code of the project, chain or district."""

    target: Target
    code: str
    level: Level


@dataclass(frozen=True, slots=True)
class Offer:
    """What of a project decides who wants it. `chains`: its chain and all above it, nearest first."""

    project: str
    district: str
    chains: tuple[str, ...]


def covers(wish: Wish, offer: Offer) -> bool:
    """An interest in a chain or a district covers everything below it."""
    match wish.target:
        case Target.PROJECT:
            return wish.code == offer.project
        case Target.CHAIN:
            return wish.code in offer.chains
        case Target.DISTRICT:
            return wish.code == offer.district


def level_of(wishes: Iterable[Wish], offer: Offer) -> Level | None:
    """The strongest thing that is wished about the offer; one *no thanks* outweighs everything."""
    levels = {wish.level for wish in wishes if covers(wish, offer)}
    for level in (Level.NO_THANKS, Level.MUST_MEET, Level.WOULD_LIKE):
        if level in levels:
            return level
    return None


def is_refused(*levels: Level | None) -> bool:
    """One *no thanks* from either side ends the pair."""
    return Level.NO_THANKS in levels


def chosen_offers(wish: Wish, offers: Collection[Offer], score_of: Callable[[Offer], int]) -> list[Offer]:
    """The offers that a wish makes candidates: the project itself, or the best of a chain or district."""
    covered = [offer for offer in offers if covers(wish, offer)]
    return best_offers(covered, score_of)


def best_offers(offers: Iterable[Offer], score_of: Callable[[Offer], int]) -> list[Offer]:
    """The best-scoring offers, ties by project code, so that every run chooses the same."""
    return sorted(offers, key=lambda offer: (-score_of(offer), offer.project))[:PROJECTS_PER_WISH]


def is_met(wish: Wish, booked: Iterable[Offer]) -> bool:
    """An interest counts as met when at least one meeting that it covers is booked."""
    return any(covers(wish, offer) for offer in booked)
