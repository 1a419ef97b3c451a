"""The outbox: a notice is written with the change it tells about, and delivered later, once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import joinedload

from matchmaker.db import db, transaction
from matchmaker.models import Notice

MOST_ATTEMPTS = 10
"""After so many, over about a day and a half, a notice stays in the outbox with its last error."""
LONGEST_SENDING = timedelta(minutes=5)
"""So long a notice belongs to the delivery that took it; then that one is taken for dead."""
_LONGEST_FAILURE = 500
_WITH_READER = (joinedload(Notice.account), joinedload(Notice.joining))

Deliver = Callable[[Notice], None]
"""Words one notice and sends it; raises whatever goes wrong."""


@dataclass(frozen=True, slots=True)
class Delivered:
    sent: int
    failed: int


def add_notice(account_id: int, kind: str, facts: Mapping[str, Any], *, now: datetime) -> None:
    """Put a notice into the outbox. Runs in the caller's transaction and does not commit.

    `facts` are plain values for the text; secrets such as the link of a confirmation are made when it is delivered.
    """
    message_id = f"<{uuid4()}@matchmaker>"
    db.session.add(Notice(account_id=account_id, kind=kind, facts=dict(facts), message_id=message_id, created_at=now))


def add_notice_to_join(joining_id: int, facts: Mapping[str, Any], *, now: datetime) -> None:
    """The same for somebody who is asked to join and has no account yet."""
    message_id = f"<{uuid4()}@matchmaker>"
    db.session.add(Notice(joining_id=joining_id, kind="join", facts=dict(facts), message_id=message_id, created_at=now))


def waiting_notices(*, limit: int | None = None) -> list[int]:
    """The ids of the notices that a delivery would send now, oldest first."""
    return list(db.session.scalars(select(Notice.id).where(_is_due(datetime.now(UTC))).order_by(Notice.id).limit(limit)))


def given_up_notices() -> list[Notice]:
    """The notices that will not be tried again, with the error of the last attempt."""
    query = select(Notice).where(Notice.sent_at.is_(None), Notice.attempts >= MOST_ATTEMPTS).order_by(Notice.id)
    return list(db.session.scalars(query.options(*_WITH_READER)))


def deliver_notices(deliver: Deliver, *, now: datetime, limit: int | None = None) -> Delivered:
    """Send what waits in the outbox. `now` is what the record says; waiting and retrying keep real time.

    Each notice is claimed, sent and marked on its own, and no transaction is open while it is sent. Two deliveries at once
    never send the same one; one that dies between sending and marking costs a duplicate with the same Message-ID.
    """
    sent = failed = 0
    for notice_id in waiting_notices(limit=limit):
        notice = _claim(notice_id)
        if notice is None:
            continue
        try:
            deliver(notice)
        except Exception as error:  # whatever a mail server or a text does must not hold up the others
            _note_failure(notice, error)
            failed += 1
        else:
            with transaction():
                db.session.execute(update(Notice).where(Notice.id == notice_id).values(sent_at=now, failure=""))
            sent += 1
    return Delivered(sent, failed)


def _is_due(moment: datetime) -> ColumnElement[bool]:
    nobody_at_it = or_(Notice.not_before.is_(None), Notice.not_before <= moment)
    return Notice.sent_at.is_(None) & (Notice.attempts < MOST_ATTEMPTS) & nobody_at_it


def _claim(notice_id: int) -> Notice | None:
    """Take a notice for this delivery: it is handed out loose from the session. None: somebody else has it, or it is gone."""
    moment = datetime.now(UTC)
    mine = {"attempts": Notice.attempts + 1, "not_before": moment + LONGEST_SENDING}
    with transaction():
        taken = update(Notice).where(Notice.id == notice_id, _is_due(moment)).values(mine)
        if db.session.execute(taken.execution_options(synchronize_session=False)).rowcount != 1:  # type: ignore[attr-defined]
            return None
    notice = db.session.scalars(select(Notice).where(Notice.id == notice_id).options(*_WITH_READER)).one_or_none()
    db.session.expunge_all()
    db.session.rollback()
    return notice


def _note_failure(notice: Notice, error: Exception) -> None:
    """Keep the error and wait twice as long as the last time."""
    again = datetime.now(UTC) + timedelta(minutes=2**notice.attempts)
    failure = f"{type(error).__name__}: {error}"[:_LONGEST_FAILURE]
    with transaction():
        db.session.execute(update(Notice).where(Notice.id == notice.id).values(not_before=again, failure=failure))
