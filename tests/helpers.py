"""Helpers of the tests: a client that leaves no traces, signing in, counting queries, and running commands."""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Context
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any

from flask import Flask, session
from flask.testing import FlaskClient
from flask_login import login_user
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Engine, event
from werkzeug.test import TestResponse

from matchmaker.app import create_app
from matchmaker.db import db
from matchmaker.models import Account, Base

CHEAP_ARGON2 = {"argon2__time_cost": 1, "argon2__memory_cost": 64, "argon2__parallelism": 1}
ROOT = Path(__file__).resolve().parent.parent


class Read:
    """An answer whose `text` is as one reads it: what keeps a number and its unit on one line is not seen."""

    @property
    def text(self) -> str:
        return str(self.get_data(as_text=True)).translate({0xA0: " ", 0x2060: None})  # type: ignore[attr-defined]


class Client(FlaskClient):
    """A request runs outside the application context of the test, as it does on a server: with `g` and session of its own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.response_wrapper = type("ReadResponse", (Read, self.response_wrapper), {})

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        if db.session.new or db.session.dirty or db.session.deleted:
            raise AssertionError("commit before a request: it sees only what is stored")
        db.session.rollback()
        response: TestResponse = Context().run(super().open, *args, **kwargs)
        db.session.rollback()
        return response


class CompiledTemplates(BytecodeCache):
    """Templates are compiled once for all applications of a process; the checksum tells when a text has changed."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.known.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.known[bucket.key, bucket.checksum] = bucket.code


TEMPLATES = CompiledTemplates()


def folders_in(folder: Path) -> dict[str, Any]:
    """The settings that say where the application writes what is not in the database."""
    return {"INSTANCE": folder / "instance", "MAIL_FOLDER": str(folder / "mail")}


def make_app(database_url: str, folder: Path, **settings: Any) -> Flask:
    """The application as tests use it, on this database, with everything else that it writes in this folder."""
    application = create_app(
        {
            "TESTING": True,
            **folders_in(folder),
            "SQLALCHEMY_DATABASE_URI": database_url,
            "WTF_CSRF_ENABLED": False,
            "RATELIMIT_ENABLED": False,
            "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": CHEAP_ARGON2,
            **settings,
        }
    )
    application.test_client_class = Client
    application.jinja_env.bytecode_cache = TEMPLATES
    return application


def prepare_database(url: str, fill: Callable[[], object] = lambda: None) -> None:
    """Make the schema, and `fill` it."""
    with tempfile.TemporaryDirectory() as instance:
        application = create_app({"SQLALCHEMY_DATABASE_URI": url, "INSTANCE": instance})
        with application.app_context():
            Base.metadata.create_all(db.engine)
            fill()
            db.session.remove()
            db.engine.dispose()


def sign_in(client: FlaskClient, account: Account) -> FlaskClient:
    """Let `account` in without going through the form; instead of whoever was signed in before."""
    with client.application.test_request_context(environ_base=client.environ_base):
        if not login_user(account):
            raise AssertionError(f"{account.email} may not sign in")
        signed_in = dict(session) | {"fs_cc": "set", "fs_paa": time.time()}
    with client.session_transaction() as stored:
        stored.clear()
        stored.update(signed_in)
    return client


def error_at(page: str, field: str) -> str:
    """What a page says is wrong with a field, at the field."""
    found = re.search(rf'id="{field}-error">(.*?)</div>', page, re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", found[1])).split()) if found else ""


@dataclass
class QueryCount:
    statements: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.statements)


@contextmanager
def counting_queries(engine: Engine) -> Iterator[QueryCount]:
    """Collect the statements sent to the database inside the block; BEGIN and the like are not counted."""
    queries = QueryCount()

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA")):
            queries.statements.append(statement)

    db.session.rollback()
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield queries
    finally:
        event.remove(engine, "before_cursor_execute", note)


@contextmanager
def unsynced_sqlite() -> Iterator[None]:
    """A test's database need not survive a power cut: SQLite does not wait for the disk."""

    def relax(connection: Any, _record: object) -> None:
        if type(connection).__module__ == "sqlite3":
            connection.execute("PRAGMA synchronous = OFF")

    event.listen(Engine, "connect", relax)
    try:
        yield
    finally:
        event.remove(Engine, "connect", relax)


def environment_of(app: Flask) -> dict[str, str]:
    """The environment in which a child process works on the database of this application."""
    return os.environ | {
        "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "MATCHMAKER_INSTANCE": str(app.config["INSTANCE"]),
        "MAIL_FOLDER": str(app.config["MAIL_FOLDER"]),
        "FLASK_APP": "wsgi.py",
    }


def run_flask(app: Flask, *words: str, timeout: float = 120, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run `flask …` in a process of its own on the database of `app`; what it prints is in the answer."""
    db.session.rollback()
    return subprocess.run(
        [sys.executable, "-m", "flask", *words],
        cwd=ROOT,
        env=environment_of(app),
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
        **options,
    )
