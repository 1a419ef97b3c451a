"""Where the venues of an edition lie."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from matchmaker.db import db
from matchmaker.models import Edition, Venue


def venues_of(edition: Edition) -> list[Venue]:
    """All venues with their districts, in the order of their codes."""
    query = select(Venue).where(Venue.edition_id == edition.id).order_by(Venue.code).options(joinedload(Venue.district))
    return list(db.session.scalars(query))
