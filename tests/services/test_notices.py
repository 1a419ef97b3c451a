"""The outbox: written with the change, delivered once, retried after a failure."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from matchmaker.db import db, transaction
from matchmaker.models import Account, Notice
from matchmaker.services.notices import (
    LONGEST_SENDING,
    MOST_ATTEMPTS,
    Delivered,
    add_notice,
    deliver_notices,
    given_up_notices,
    waiting_notices,
)
from tests.builders import NOW

TODAY = datetime(2026, 11, 22, 21, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(TODAY, tick=False) as coordinates:
        yield coordinates


def write(account: Account, *kinds: str) -> None:
    with transaction():
        for kind in kinds:
            add_notice(account.id, kind, {"reason": "Why"}, now=NOW)


def outbox() -> list[tuple[str, bool, int, str]]:
    query = select(Notice).order_by(Notice.id)
    return [(each.kind, each.sent_at is not None, each.attempts, each.failure) for each in db.session.scalars(query)]


def test_a_notice_of_an_action_that_fails_is_not_written(ines: Account) -> None:
    def act() -> None:
        with transaction():
            add_notice(ines.id, "approved", {}, now=NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act()

    assert outbox() == []


def test_notices_are_delivered_in_order_and_once(ines: Account) -> None:
    write(ines, "approved", "password_changed")
    seen: list[tuple[str, str, str]] = []

    def deliver(notice: Notice) -> None:
        assert not db.session().in_transaction()
        seen.append((notice.kind, notice.account.email, notice.facts["reason"]))

    assert deliver_notices(deliver, now=NOW) == Delivered(sent=2, failed=0)
    assert deliver_notices(deliver, now=NOW) == Delivered(sent=0, failed=0)
    assert seen == [("approved", "ines@example.org", "Why"), ("password_changed", "ines@example.org", "Why")]
    assert [each.sent_at for each in db.session.scalars(select(Notice))] == [NOW, NOW]


def test_a_limit_leaves_the_rest_for_the_next_time(ines: Account) -> None:
    write(ines, "approved", "refused", "waitlisted")

    assert deliver_notices(lambda notice: None, now=NOW, limit=2) == Delivered(2, 0)
    assert [kind for kind, sent, _, _ in outbox() if not sent] == ["waitlisted"]


def test_a_failure_is_kept_waits_and_does_not_hold_up_others(ines: Account, clock: time_machine.Traveller) -> None:
    write(ines, "approved", "refused")

    def deliver(notice: Notice) -> None:
        if notice.kind == "approved":
            raise ConnectionRefusedError("no server")

    assert deliver_notices(deliver, now=NOW) == Delivered(sent=1, failed=1)
    assert outbox() == [("approved", False, 1, "ConnectionRefusedError: no server"), ("refused", True, 1, "")]
    clock.shift(timedelta(minutes=1))
    assert deliver_notices(deliver, now=NOW) == Delivered(0, 0)
    clock.shift(timedelta(minutes=2))
    assert deliver_notices(lambda notice: None, now=NOW) == Delivered(1, 0)
    assert outbox()[0] == ("approved", True, 2, "")


def test_after_many_attempts_a_notice_stays_with_its_error(ines: Account, clock: time_machine.Traveller) -> None:
    write(ines, "approved")

    def deliver(notice: Notice) -> None:
        raise OSError("unreachable")

    for _ in range(MOST_ATTEMPTS + 3):
        deliver_notices(deliver, now=NOW)
        clock.shift(timedelta(days=2))

    assert outbox() == [("approved", False, MOST_ATTEMPTS, "OSError: unreachable")]
    assert [(each.kind, each.account.email) for each in given_up_notices()] == [("approved", "ines@example.org")]
    assert waiting_notices() == []


def test_a_crash_between_sending_and_marking_costs_one_duplicate_with_the_same_id(
    ines: Account, clock: time_machine.Traveller
) -> None:
    write(ines, "approved")
    seen: list[str] = []

    def send_and_die(notice: Notice) -> None:
        seen.append(notice.message_id)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        deliver_notices(send_and_die, now=NOW)
    assert deliver_notices(lambda notice: seen.append(notice.message_id), now=NOW) == Delivered(0, 0)
    clock.shift(LONGEST_SENDING)
    assert deliver_notices(lambda notice: seen.append(notice.message_id), now=NOW) == Delivered(1, 0)

    assert len(seen) == 2
    assert len(set(seen)) == 1


@pytest.mark.any_database
def test_two_deliveries_at_once_never_send_the_same_notice_twice(app: Flask, ines: Account) -> None:
    write(ines, *["approved"] * 20)
    db.session.rollback()
    seen: list[int] = []
    start = threading.Barrier(4)

    def run() -> None:
        with app.app_context():
            start.wait()
            deliver_notices(lambda notice: seen.append(notice.id), now=NOW)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(seen) == 20
    assert sorted(seen) == sorted(set(seen))
    assert all(sent for _, sent, _, _ in outbox())
