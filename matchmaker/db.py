"""The database door: the session, how a transaction begins and ends, and locks that outlive no process."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from filelock import FileLock, Timeout
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.exc import IntegrityError, OperationalError

from matchmaker.domain.rules import Broken, RuleBroken
from matchmaker.models.base import Base

db = SQLAlchemy(metadata=Base.metadata)
migrate = Migrate(render_as_batch=True, compare_type=True)

_SECONDS_TO_WAIT = 30
_ADVISORY_KEYS = {"nightly": 20240329}


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: object) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None  # the driver opens no transactions of its own; `_begin` below does
    for pragma in ("foreign_keys = ON", "journal_mode = WAL", f"busy_timeout = {_SECONDS_TO_WAIT * 1000}"):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    """On SQLite a transaction that writes takes the write lock at once: it waits there, and never half-way through."""
    if connection.dialect.name == "sqlite":
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def transaction() -> Iterator[None]:
    """One action, one transaction: commits at the end, rolls everything back on any exception.

    What was read before is read anew inside. A refusal by the database (somebody else took the slot, changed the same
    row or holds it for too long) comes out as `RuleBroken`.
    """
    session = db.session()
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("something was changed before the transaction of its action began")
    session.rollback()
    session.expire_all()
    try:
        session.connection(execution_options={"writes": True})
        yield
        session.commit()
    except IntegrityError as error:
        session.rollback()
        raise _refusal(error) from error
    except OperationalError as error:
        session.rollback()
        if _is_contention(error):
            raise RuleBroken(Broken.SOMEBODY_WAS_QUICKER) from error
        raise
    except BaseException:
        session.rollback()
        raise


def end_reading() -> None:
    """Give the connection back before long work, without forgetting what was read."""
    session = db.session()
    forgets, session.expire_on_commit = session.expire_on_commit, False
    try:
        session.commit()
    finally:
        session.expire_on_commit = forgets


def _refusal(error: IntegrityError) -> Exception:
    told = str(error.orig).splitlines()[0]  # without the detail, which repeats what somebody typed
    if "occupancy" in told:
        return RuleBroken(Broken.SLOT_TAKEN)
    if "uq_" in told or "pk_" in told or "UNIQUE" in told:
        return RuleBroken(Broken.SOMEBODY_WAS_QUICKER)
    return error


_CONTENTION = {"40001", "40P01", "55P03"}  # serialization failure, deadlock, lock not available


def _is_contention(error: OperationalError) -> bool:
    if isinstance(error.orig, sqlite3.OperationalError):
        return error.orig.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
    return getattr(error.orig, "sqlstate", None) in _CONTENTION


class AlreadyRunning(Exception):
    """Another process holds the lock of this name."""


@contextmanager
def only_one(name: str, *, folder: str) -> Iterator[None]:
    """Hold a lock that ends with this process, however it ends. Raises AlreadyRunning.

    PostgreSQL keeps it with a connection of its own, so that it holds across machines; an SQLite database lives on one
    machine, where a locked file does.
    """
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            key = _ADVISORY_KEYS[name]
            if not connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": key}):
                raise AlreadyRunning(name)
            try:
                yield
            finally:
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": key})
        return
    lock = FileLock(f"{folder}/{name}.lock", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise AlreadyRunning(name) from None
    try:
        yield
    finally:
        lock.release()
