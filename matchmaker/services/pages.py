"""One page of a long list, asked of the database alone."""

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
    count = max(1, -(-total // per_page))
    number = min(max(1, number), count)
    values = db.session.scalars(query.limit(per_page).offset((number - 1) * per_page)).all()
    return Page(load(values), number, count, total)
