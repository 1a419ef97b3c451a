"""Many at once: threads with connections of their own that begin together, and what became of each."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence

from flask import Flask
from sqlalchemy import func, select, text

from matchmaker.db import db
from matchmaker.domain.rules import Broken, RuleBroken
from matchmaker.models import Occupancy

DONE = "done"
Outcome = Broken | str
"""DONE, the rule that was broken, or what else went wrong, which is a fault."""


def rush(app: Flask, actions: Sequence[Callable[[], object]]) -> list[Outcome]:
    """Let all actions begin together, each in a thread with an application context of its own."""
    db.session.rollback()
    outcomes: list[Outcome] = ["never ended"] * len(actions)
    start = threading.Barrier(len(actions))

    def take(number: int) -> None:
        with app.app_context():
            start.wait()
            try:
                actions[number]()
                outcomes[number] = DONE
            except RuleBroken as broken:
                outcomes[number] = broken.code
            except Exception as error:
                outcomes[number] = repr(error)

    threads = [threading.Thread(target=take, args=(number,)) for number in range(len(actions))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=100)
    db.session.rollback()
    return outcomes


def strange(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """What is neither done nor refused by a rule."""
    return [outcome for outcome in outcomes if outcome != DONE and not isinstance(outcome, Broken)]


def booked_twice() -> Counter[tuple[int, int]]:
    """Resources that are in a slot for more than one meeting, by the ids of resource and slot."""
    query = (
        select(Occupancy.resource_id, Occupancy.slot_id, func.count())
        .group_by(Occupancy.resource_id, Occupancy.slot_id)
        .having(func.count() > 1)
    )
    return Counter({(resource, slot): count for resource, slot, count in db.session.execute(query)})


def drop_the_unique_constraint() -> None:
    """What a database without its last line of defence would be: in a scratch database, for one test."""
    db.session.rollback()
    if db.engine.dialect.name == "postgresql":
        statements = ["ALTER TABLE occupancy DROP CONSTRAINT uq_occupancy_resource_slot"]
    else:
        columns = "resource_id INTEGER NOT NULL, slot_id INTEGER NOT NULL, meeting_id INTEGER NOT NULL"
        statements = [
            f"CREATE TABLE unguarded (id INTEGER PRIMARY KEY, {columns})",
            "INSERT INTO unguarded SELECT id, resource_id, slot_id, meeting_id FROM occupancy",
            "DROP TABLE occupancy",
            "ALTER TABLE unguarded RENAME TO occupancy",
        ]
    for statement in statements:
        db.session.execute(text(statement))
    db.session.commit()
