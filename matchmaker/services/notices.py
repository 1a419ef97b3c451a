"""The outbox: a notice is written with the change it tells about, and delivered later, once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import aliased, joinedload

from matchmaker.db import db, transaction
from matchmaker.models import Notice

MOST_ATTEMPTS = 10
"""After so many, over `LONGEST_TRYING`, a notice stays in the outbox with its last error."""
LONGEST_SENDING = timedelta(minutes=5)
"""So long a notice belongs to the delivery that took it; then that one is taken for dead."""


def pause_after(attempts: int) -> timedelta:
    """How long a notice waits after so many attempts that failed: twice as long as the last time."""
    return timedelta(minutes=2**attempts)


LONGEST_TRYING = sum((pause_after(attempts) for attempts in range(1, MOST_ATTEMPTS)), timedelta())
"""From the first attempt to the last, where a delivery runs whenever one is due."""
DIGESTS = ("night", "publication")
"""The kinds that are about several meetings."""
ACCOUNT_CLOSED = "The account is closed."
"""Why a notice was given up without an attempt to send it."""
_LONGEST_FAILURE = 500
_WITH_READER = (joinedload(Notice.account), joinedload(Notice.joining))
_Earlier = aliased(Notice)

Deliver = Callable[[Notice], None]
"""Words one notice and sends it; raises whatever goes wrong."""


@dataclass(frozen=True, slots=True)
class Delivered:
    sent: int
    failed: int


@dataclass(frozen=True, slots=True)
class Unsent:
    """How much of the outbox was not sent. What was given up is not tried again; that of closed accounts is not counted."""

    waiting: int
    given_up: int


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
    moment = datetime.now(UTC)
    due = select(Notice.id).where(_is_due(moment), ~_is_behind(_Earlier.not_before > moment))
    return list(db.session.scalars(due.order_by(Notice.id).limit(limit)))


def given_up_notices() -> list[Notice]:
    """The notices that will not be tried again, with the error of the last attempt. Those of closed accounts miss nobody."""
    return list(db.session.scalars(select(Notice).where(_is_given_up()).order_by(Notice.id).options(*_WITH_READER)))


def count_unsent_notices() -> Unsent:
    """How many notices wait or are on their way, and how many were given up."""
    query = select(func.count().filter(is_unsent()), func.count().filter(_is_given_up())).where(Notice.sent_at.is_(None))
    return Unsent(*db.session.execute(query).one())


def deliver_notices(deliver: Deliver, *, now: datetime, limit: int | None = None) -> Delivered:
    """Send what waits in the outbox. `now` is what the record says; waiting and retrying keep real time.

    Each notice is claimed, sent and marked on its own, and no transaction is open while it is sent. Two deliveries at once
    never send the same one; one that dies between sending and marking costs a duplicate with the same Message-ID. What an
    account is told about a meeting goes out in order: the later waits until the earlier is sent or given up. What waits for
    an account that was closed meanwhile is given up.
    """
    sent = failed = 0
    for notice_id in waiting_notices(limit=limit):
        notice = _claim(notice_id)
        if notice is None:
            continue
        if notice.account is not None and not notice.account.active:
            _give_up(notice, ACCOUNT_CLOSED)
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


def is_unsent() -> ColumnElement[bool]:
    """In a query: the notice waits, or is on its way; what was given up is neither."""
    return Notice.sent_at.is_(None) & (Notice.attempts < MOST_ATTEMPTS)


def _is_given_up() -> ColumnElement[bool]:
    return Notice.sent_at.is_(None) & (Notice.attempts >= MOST_ATTEMPTS) & (Notice.failure != ACCOUNT_CLOSED)


def _is_due(moment: datetime) -> ColumnElement[bool]:
    nobody_at_it = or_(Notice.not_before.is_(None), Notice.not_before <= moment)
    return is_unsent() & nobody_at_it


def _is_behind(waits: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether an earlier notice to the same account about the same meeting, for which `waits` holds, is not sent yet.

    A digest is about many meetings: it keeps its place among all that its reader is told about any.
    """
    meeting, their_meeting = (each.facts["meeting"].as_integer() for each in (Notice, _Earlier))
    digest, their_digest = (each.kind.in_(DIGESTS) for each in (Notice, _Earlier))
    same = or_(
        meeting == their_meeting,
        digest & (their_digest | their_meeting.is_not(None)),
        their_digest & meeting.is_not(None),
    )
    unsent = select(_Earlier.id).where(_Earlier.account_id == Notice.account_id, _Earlier.sent_at.is_(None))
    return unsent.where(_Earlier.id < Notice.id, waits, same).correlate(Notice).exists()


def _claim(notice_id: int) -> Notice | None:
    """Take a notice for this delivery: it is handed out loose from the session.

    None: somebody else has it, it is gone, or an earlier one is not sent, also one that is being sent for the last time.
    Nothing sent or given up ever waits again, so that no delivery that looks at the same time can overtake another.
    """
    moment = datetime.now(UTC)
    mine = {"attempts": Notice.attempts + 1, "not_before": moment + LONGEST_SENDING}
    is_behind = _is_behind((_Earlier.attempts < MOST_ATTEMPTS) | (_Earlier.not_before > moment))
    with transaction():
        taken = update(Notice).where(Notice.id == notice_id, _is_due(moment), ~is_behind).values(mine)
        if db.session.execute(taken.execution_options(synchronize_session=False)).rowcount != 1:  # type: ignore[attr-defined]
            return None
    notice = db.session.scalars(select(Notice).where(Notice.id == notice_id).options(*_WITH_READER)).one_or_none()
    db.session.expunge_all()
    db.session.rollback()
    return notice


def _give_up(notice: Notice, why: str) -> None:
    given_up = {"attempts": MOST_ATTEMPTS, "not_before": None, "failure": why}
    with transaction():
        db.session.execute(update(Notice).where(Notice.id == notice.id).values(given_up))


def _note_failure(notice: Notice, error: Exception) -> None:
    """Keep the error and wait for the next attempt; after the last one there is nothing to wait for."""
    again = datetime.now(UTC) + pause_after(notice.attempts) if notice.attempts < MOST_ATTEMPTS else None
    failure = f"{type(error).__name__}: {error}"[:_LONGEST_FAILURE]
    with transaction():
        db.session.execute(update(Notice).where(Notice.id == notice.id).values(not_before=again, failure=failure))
