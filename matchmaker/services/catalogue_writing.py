"""How a load writes: put a row where it belongs, count what happened, and refuse to delete what is referred to."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Column, Table, delete, func, or_, select

from matchmaker.db import db
from matchmaker.models import Base, Edition
from matchmaker.services.catalogue_files import EVENT, FILES, Fault

Thing = TypeVar("Thing", bound=Base)
_NAMES = frozenset({"name_en", "name_zh", "title_en", "title_zh"})


@dataclass
class Counts:
    """What a load did with the rows of one file. `gone`: withdrawn or deleted, because the file no longer has them."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    gone: int = 0


@dataclass
class Writer:
    """One load, inside its transaction. What cannot be written becomes a fault, which ends the transaction."""

    edition: Edition | None = None
    counts: dict[str, Counts] = field(default_factory=lambda: {name: Counts() for name in FILES})
    faults: list[Fault] = field(default_factory=list)
    event_writes: int = 0
    """How many rows were added, changed or removed on behalf of `event.yaml`, which counts as one row itself."""
    kept: list[str] = field(default_factory=list)
    renamed: list[Base] = field(default_factory=list)
    """The rows with another name or title than before."""

    def put(self, model: type[Thing], there: dict[Any, Thing], key: object, values: dict[str, Any], file: str = EVENT) -> Thing:
        """Bring a row to these values, or add it; takes it out of `there`, so that what the file lacks stays behind."""
        thing = there.pop(key, None)
        if thing is None:
            thing = model(**values)
            db.session.add(thing)
            self.count(file, "new")
            return thing
        changed = {name: value for name, value in values.items() if getattr(thing, name) != value}
        for name, value in changed.items():
            setattr(thing, name, value)
        if not _NAMES.isdisjoint(changed):
            self.renamed.append(thing)
        self.count(file, "changed" if changed else "unchanged")
        return thing

    def keep(self, thing: Any, values: dict[str, Any], file: str) -> None:
        """Leave a row as a host made it, and note its code where the file says something else."""
        if any(getattr(thing, name) != value for name, value in values.items()):
            self.kept.append(thing.code)
        self.count(file, "unchanged")

    def count(self, file: str, what: str) -> None:
        """Note that a row was new, changed, unchanged or gone."""
        if file == EVENT:
            self.event_writes += what != "unchanged"
        else:
            counts = self.counts[file]
            setattr(counts, what, getattr(counts, what) + 1)

    def get_edition(self) -> Edition:
        if self.edition is None:
            raise RuntimeError("the edition is stored first")
        return self.edition

    @property
    def of_edition(self) -> dict[str, int]:
        return {"edition_id": self.get_edition().id}

    def rows(self, model: type[Thing], key: str = "code") -> dict[Any, Thing]:
        """The rows of this edition by their key."""
        found = db.session.scalars(select(model).where(model.__table__.c.edition_id == self.get_edition().id))
        return {getattr(thing, key): thing for thing in found}

    def remove(self, thing: Base, file: str, code: str, *, owned: Collection[Any] = ()) -> bool:
        """Delete a row that the file no longer has, with the rows of the columns `owned`; a fault where others refer to it."""
        users = references(thing.__table__, [thing.id], passing={column.table for column in owned})  # type: ignore[attr-defined]
        if users:
            reason = f"{code} is no longer in the file, and these still refer to it: {users}. Put the row back."
            self.faults.append(Fault(file, None, "code", reason))
            return False
        for table in {column.table for column in owned}:
            mine = or_(*(column == thing.id for column in owned if column.table is table))  # type: ignore[attr-defined]
            db.session.execute(delete(table).where(mine))
        db.session.delete(thing)
        db.session.flush()
        return True


def references(table: Any, ids: Collection[int], *, passing: Collection[Table] = ()) -> str:
    """Which rows of which tables refer to any of these rows, as words: interest (3), meeting (1)."""
    found = []
    for other in Base.metadata.sorted_tables:
        columns: list[Column[Any]] = [
            column for column in other.columns for key in column.foreign_keys if key.column.table is table
        ]
        if columns and other not in passing:
            count = db.session.scalar(select(func.count()).where(or_(*(column.in_(ids) for column in columns))))
            found += [f"{other.name.replace('_', ' ')} ({count})"] if count else []
    return ", ".join(found)
