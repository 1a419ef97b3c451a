"""The doctor: re-derives every invariant from the base rows with queries of its own, and names the rows that break one."""

from matchmaker.db import db
from matchmaker.services.doctor import diaries, history, holding, runs
from matchmaker.services.doctor.faults import SENTENCES, Fault, Wrong
from matchmaker.services.doctor.rows import read_rows

__all__ = ["CHECKS", "SENTENCES", "Fault", "Wrong", "diagnose"]

CHECKS = (*holding.CHECKS, *history.CHECKS, *diaries.CHECKS, *runs.CHECKS)


def diagnose() -> list[Fault]:
    """Everything that is wrong with what is stored, faults before warnings; nothing is changed.

    It looks at one moment: on PostgreSQL in a transaction that sees no later commit, on SQLite every one is like that.
    """
    db.session.rollback()
    if db.engine.dialect.name == "postgresql":
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    try:
        rows = read_rows()
        faults = [fault for check in CHECKS for fault in check(rows)]
    finally:
        db.session.rollback()
    return sorted(faults, key=lambda fault: fault.is_warning)
