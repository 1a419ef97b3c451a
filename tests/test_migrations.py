"""The revisions make exactly the database that the models describe, on SQLite and on PostgreSQL, and unmake it."""

from collections.abc import Iterator
from pathlib import Path

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import Engine, inspect, text

from matchmaker.app import create_app
from matchmaker.db import db
from matchmaker.models import Base
from tests.builders import make_edition
from tests.helpers import ROOT

CONSTRAINTS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace
"""
INDEXES = "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"


@pytest.fixture(params=["sqlite", "postgres"])
def empty_app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """The application on a database without any table."""
    if request.param == "sqlite":
        yield from _app_on(f"sqlite:///{tmp_path / 'empty.sqlite'}", tmp_path)
    else:
        with request.getfixturevalue("postgres_server").fresh_database("template0") as url:
            yield from _app_on(url, tmp_path)


def _app_on(url: str, folder: Path) -> Iterator[Flask]:
    app = create_app({"SQLALCHEMY_DATABASE_URI": url, "INSTANCE": folder / "instance"})
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def _rules_kept_by(engine: Engine) -> set[tuple[str, ...]]:
    """Every check, key and index as the database itself words it."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            rows = [*connection.execute(text(CONSTRAINTS)), *connection.execute(text(INDEXES))]
            return {tuple(row) for row in rows if "alembic_version" not in row[0]}
        orders = connection.execute(text("SELECT tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL")).all()
        # A table that a later revision made anew has its name in quotation marks.
        plain = [(table, order.replace(f'"{table}"', table, 1)) for table, order in orders if table != "alembic_version"]
        return {(table, line.strip().rstrip(",")) for table, order in plain for line in order.splitlines()}


def test_upgraded_database_is_what_the_models_say(empty_app: Flask) -> None:
    flask_migrate.upgrade()

    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_upgraded_database_keeps_the_rules_that_the_models_name(empty_app: Flask) -> None:
    flask_migrate.upgrade()
    migrated = _rules_kept_by(db.engine)

    flask_migrate.downgrade(revision="base")
    Base.metadata.create_all(db.engine)

    assert len(migrated) > 100
    assert migrated == _rules_kept_by(db.engine)


def test_downgrade_leaves_nothing(empty_app: Flask) -> None:
    flask_migrate.upgrade()
    make_edition()

    flask_migrate.downgrade(revision="base")

    assert inspect(db.engine).get_table_names() == ["alembic_version"]


def test_upgrade_twice_keeps_what_is_stored(empty_app: Flask) -> None:
    flask_migrate.upgrade()
    edition = make_edition()

    flask_migrate.upgrade()

    db.session.expire_all()
    assert edition.code == "SGIPC-2024"


def test_upgrade_that_fails_leaves_nothing_half_done(empty_app: Flask) -> None:
    with db.engine.begin() as connection:
        connection.execute(text("CREATE TABLE occupancy (something INTEGER)"))  # in the way of a late statement

    with pytest.raises(Exception, match="occupancy"):
        flask_migrate.upgrade()

    assert inspect(db.engine).get_table_names() == ["occupancy"]


def test_revisions_are_one_chain() -> None:
    scripts = ScriptDirectory(str(ROOT / "migrations"))
    assert len(scripts.get_heads()) == 1
    assert len(scripts.get_bases()) == 1


def test_foreign_keys_are_on_again_after_an_upgrade(empty_app: Flask) -> None:
    flask_migrate.upgrade()

    if db.engine.dialect.name == "sqlite":
        assert db.session.execute(text("PRAGMA foreign_keys")).scalar() == 1
