"""What every test can ask for: an application with a fresh database, the small edition, the cast, clients and a browser.

A test runs on SQLite; `@pytest.mark.any_database` runs it on SQLite and on PostgreSQL, `@pytest.mark.postgres` on
PostgreSQL alone. Making an application takes longer than most tests, so those on SQLite share one, with a fresh database
and settings as at the start; `@pytest.mark.settings(NAME=value)` gives a test one of its own, with these settings. Rows
are made with `tests.builders`; `tests.helpers.sign_in(client, account)` lets somebody in.
"""

import os
import shutil
import socket
import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_sqlalchemy.session import Session
from sqlalchemy import select
from sqlalchemy.orm import scoped_session

from tests import builders
from tests.browser import browser, browser_page, live_server, open_page  # noqa: F401  fixtures
from tests.browser_part import mark_journeys, pytest_terminal_summary  # noqa: F401  a hook
from tests.helpers import QueryCount, counting_queries, folders_in, make_app, prepare_database, run_flask, unsynced_sqlite
from tests.postgres import PostgresServer, start_postgres
from tests.skips import pytest_make_collect_report, pytest_runtest_makereport  # noqa: F401  hooks

for _name in ("DATABASE_URL", "EDITION", "PUBLIC_URL", "TRUSTED_PROXIES", "RATELIMIT_STORAGE", "MAIL_FOLDER", "MAIL_SERVER"):
    os.environ.pop(_name, None)
os.environ |= {"SECRET_KEY": "only for tests", "PASSWORD_SALT": "only for tests"}
os.environ["MATCHMAKER_INSTANCE"] = tempfile.mkdtemp(prefix="matchmaker-tests-")

from matchmaker.db import db  # noqa: E402  the environment comes first
from matchmaker.domain.roles import Role  # noqa: E402
from matchmaker.models import Account, Edition  # noqa: E402


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "any_database: runs on SQLite and on PostgreSQL")
    config.addinivalue_line("markers", "postgres: runs on PostgreSQL alone")
    config.addinivalue_line("markers", "settings(**settings): an application of its own, with these settings")
    config.addinivalue_line("markers", "journey: uses a real browser; whoever asks for one is marked by itself")


def pytest_unconfigure(config: pytest.Config) -> None:
    shutil.rmtree(os.environ["MATCHMAKER_INSTANCE"], ignore_errors=True)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Generator[None]:
    """Marks come before `-m` chooses, and last a look at groups: they are lost without a word where pytest and pytest-xdist
    do not fit together."""
    mark_journeys(items)
    yield
    if config.getoption("loadgroup", default=False):
        grouped = [item for item in items if item.get_closest_marker("xdist_group")]
        lost = [item.nodeid for item in grouped if "@" not in item.nodeid.rpartition("]")[2].rpartition("::")[2]]
        if lost:
            raise pytest.UsageError(f"pytest-xdist does not keep the group of {lost[0]}")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database_url" not in metafunc.fixturenames:
        return
    if metafunc.definition.get_closest_marker("any_database"):
        metafunc.parametrize("database_url", ["sqlite", "postgres"], indirect=True)
    elif metafunc.definition.get_closest_marker("postgres"):
        metafunc.parametrize("database_url", ["postgres"], indirect=True)


@pytest.fixture(autouse=True)
def _no_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test opens a socket to another machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a test wanted to reach {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


# -- databases ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def sqlite_templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with SQLite databases, made once and copied for every test: `empty`, and `edition` with the small edition."""
    folder = tmp_path_factory.mktemp("templates")
    with unsynced_sqlite():
        prepare_database(f"sqlite:///{folder / 'empty'}")
        prepare_database(f"sqlite:///{folder / 'edition'}", builders.make_edition)
    return folder


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A real PostgreSQL of its own for these tests, with the same two databases as templates."""
    for server in start_postgres():
        prepare_database(server.new_database("empty"))
        prepare_database(server.new_database("edition"), builders.make_edition)
        yield server


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a fresh database with the schema, and with the small edition if the test asks for it."""
    template = "edition" if "edition" in request.fixturenames else "empty"
    if getattr(request, "param", "sqlite") == "postgres":
        server: PostgresServer = request.getfixturevalue("postgres_server")
        with server.fresh_database(template) as url:
            yield url
        return
    templates: Path = request.getfixturevalue("sqlite_templates")
    database: Path = request.getfixturevalue("sqlite_database")
    with unsynced_sqlite():
        for left in database.parent.glob(f"{database.name}*"):
            left.unlink()
        yield f"sqlite:///{shutil.copy(templates / template, database)}"


@pytest.fixture(scope="session")
def sqlite_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the tests of this process, one after the other, have their SQLite database."""
    return tmp_path_factory.mktemp("database") / "test.sqlite"


# -- the application ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def shared_app(sqlite_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return make_app(f"sqlite:///{sqlite_database}", tmp_path_factory.mktemp("shared"))


@pytest.fixture
def app(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The application with a fresh database; its context is pushed, so `db.session` works."""
    marker = request.node.get_closest_marker("settings")
    own = marker is not None or not database_url.startswith("sqlite")
    application = (
        make_app(database_url, tmp_path, **(marker.kwargs if marker else {})) if own else request.getfixturevalue("shared_app")
    )
    settings = dict(application.config)
    application.config.update(folders_in(tmp_path))
    with application.app_context():
        yield application
        db.session.remove()
        db.engine.dispose()
    application.config.clear()
    application.config.update(settings)


@pytest.fixture
def db_session(app: Flask) -> scoped_session[Session]:
    return db.session


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A visitor's browser; `sign_in(client, account)` lets somebody in. After each request the test's session is fresh."""
    return app.test_client()


@pytest.fixture
def flask_command(app: Flask) -> Callable[..., Any]:
    """`flask_command("doctor")` runs a command in a process of its own, on the database of this test."""
    return lambda *words, **options: run_flask(app, *words, **options)


@pytest.fixture
def count_queries(app: Flask) -> Callable[[], AbstractContextManager[QueryCount]]:
    """`with count_queries() as queries: …`, then `queries.count` and `queries.statements`."""
    return lambda: counting_queries(db.engine)


# -- the edition and the cast ------------------------------------------------------------------------------------------


@pytest.fixture
def edition(app: Flask) -> Edition:
    """Two days with four slots each, three districts, four projects: see `builders.make_edition`."""
    return db.session.scalars(select(Edition)).one()


@pytest.fixture
def ines(edition: Edition) -> Account:
    """Ines invests: approved, speaks English, looks for robots, in town on both days."""
    investor = builders.make_investor(edition, name="Ines Capital", country="FR")
    return builders.make_account(Role.INVESTOR, email="ines@example.org", name="Ines", investor=investor)


@pytest.fixture
def sam(edition: Edition) -> Account:
    """Sam is a stranger: another approved investor."""
    investor = builders.make_investor(edition, name="Sam Holdings", country="US")
    return builders.make_account(Role.INVESTOR, email="sam@example.org", name="Sam", investor=investor)


@pytest.fixture
def hao(edition: Edition) -> Account:
    """Hao hosts for Pudong."""
    district = builders.get_district(edition, "PD")
    return builders.make_account(Role.HOST, email="hao@example.org", name="Hao", district=district)


@pytest.fixture
def olga(edition: Edition) -> Account:
    """Olga organises."""
    return builders.make_account(Role.ORGANISER, email="olga@example.org", name="Olga")
