"""The way between venues: minutes from door to door, and how they were found."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from matchmaker.db import db
from matchmaker.models import TravelTime


@dataclass(frozen=True, slots=True)
class Way:
    """`how` is empty where origin and destination are the same."""

    minutes: int
    how: str


_NO_WAY_TO_GO = Way(0, "")


def ways_between(venue_ids: Collection[int]) -> dict[tuple[int, int], Way]:
    """The way from each of these venues to each other one, and none from a venue to itself."""
    query = select(TravelTime).where(TravelTime.origin_id.in_(venue_ids), TravelTime.destination_id.in_(venue_ids))
    ways = {(each.origin_id, each.destination_id): Way(each.minutes, each.how) for each in db.session.scalars(query)}
    return ways | {(venue_id, venue_id): _NO_WAY_TO_GO for venue_id in venue_ids}
