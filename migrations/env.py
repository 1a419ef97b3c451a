"""Runs the revisions on the application's database; Alembic calls it for every `flask db` command."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from flask import current_app
from sqlalchemy import Connection

import matchmaker.models  # noqa: F401  what is compared with the database
from matchmaker.db import db
from matchmaker.models.base import UTCDateTime


def _write_type(kind: str, thing: Any, _context: AutogenContext) -> str | Literal[False]:
    """A revision stands for itself: it names plain types of SQLAlchemy, not ours."""
    return "sa.DateTime()" if kind == "type" and isinstance(thing, UTCDateTime) else False


def _skip_empty(_context: object, _revision: object, directives: list[Any]) -> None:
    """Write no revision where nothing has changed."""
    options = context.config.cmd_opts
    if options and getattr(options, "autogenerate", False) and directives[0].upgrade_ops.is_empty():
        directives.clear()


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        render_item=_write_type,
        process_revision_directives=_skip_empty,
        transactional_ddl=True,
        **current_app.extensions["migrate"].configure_args,
    )
    with context.begin_transaction():
        context.run_migrations()
        if connection.dialect.name == "sqlite":
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            if broken:
                raise RuntimeError(f"the migration would leave rows without what they refer to: {broken[:5]}")


if context.is_offline_mode():
    raise SystemExit("Migrations run on a database; there is no offline mode.")

with db.engine.connect().execution_options(writes=True) as connection:
    # SQLite changes a table by building it anew; while foreign keys are on, dropping the old one would take rows along.
    driver: Any = connection.connection.driver_connection
    on_sqlite = connection.dialect.name == "sqlite"
    if on_sqlite:
        driver.execute("PRAGMA foreign_keys = OFF")
    try:
        _run(connection)
    finally:
        if on_sqlite:
            connection.rollback()
            driver.execute("PRAGMA foreign_keys = ON")
