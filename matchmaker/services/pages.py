"""One page of a long list: of what the database puts in order, or of values that are in order already."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, func, select

from matchmaker.db import db

T = TypeVar("T")
PER_PAGE = 30


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """`number` counts from 1; `count` pages hold `total` items."""

    items: Sequence[T]
    number: int
    count: int
    total: int


def one_page(
    query: Select[Any], number: int, load: Callable[[Sequence[Any]], Sequence[T]], *, per_page: int = PER_PAGE
) -> Page[T]:
    """The page of this number, or the nearest there is. `query` selects one column; `load` makes items of its values."""
    total = db.session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    number, count = _nearest(number, total, per_page)
    values = db.session.scalars(query.limit(per_page).offset((number - 1) * per_page)).all()
    return Page(load(values), number, count, total)


def page_among(
    values: Sequence[Any], number: int, load: Callable[[Sequence[Any]], Sequence[T]], *, per_page: int = PER_PAGE
) -> Page[T]:
    """The same of values that no database can put in order, such as scores."""
    number, count = _nearest(number, len(values), per_page)
    return Page(load(values[(number - 1) * per_page : number * per_page]), number, count, len(values))


def _nearest(number: int, total: int, per_page: int) -> tuple[int, int]:
    """The number of a page that there is, and how many there are."""
    count = max(1, -(-total // per_page))
    return min(max(1, number), count), count
