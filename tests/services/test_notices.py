"""The outbox: written with the change, delivered once, retried after a failure."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from matchmaker.db import db, transaction
from matchmaker.domain.reasons import CancelReason
from matchmaker.models import Account, Edition, Notice
from matchmaker.services.actors import actor_of
from matchmaker.services.meetings import accept_meeting, cancel_meeting
from matchmaker.services.notices import (
    LONGEST_SENDING,
    LONGEST_TRYING,
    MOST_ATTEMPTS,
    Deliver,
    Delivered,
    Unsent,
    add_notice,
    count_unsent_notices,
    deliver_notices,
    given_up_notices,
    waiting_notices,
)
from tests.builders import NOW, get_project, make_meeting
from tests.helpers import ROOT

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


def test_the_manual_says_how_long_a_notice_is_tried(ines: Account, clock: time_machine.Traveller) -> None:
    write(ines, "approved")
    attempts = []

    def deliver(notice: Notice) -> None:
        attempts.append(datetime.now(UTC) - TODAY)
        raise OSError("unreachable")

    while count_unsent_notices().waiting:
        deliver_notices(deliver, now=NOW)
        clock.move_to(db.session.scalars(select(Notice.not_before)).one() or TODAY)

    assert (len(attempts), attempts[-1]) == (MOST_ATTEMPTS, LONGEST_TRYING)
    hours = round(LONGEST_TRYING / timedelta(hours=1))
    assert f"up to ten times over {hours} hours" in (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")


def test_what_waits_is_told_from_what_was_given_up(ines: Account, hao: Account, sam: Account) -> None:
    assert count_unsent_notices() == Unsent(0, 0)
    write(ines, "approved", "refused", "waitlisted", "night")
    write(sam, "approved")
    ids = list(db.session.scalars(select(Notice.id).order_by(Notice.id)))
    sent, given_up, tried, _waits, closed = (update(Notice).where(Notice.id == each) for each in ids)
    with transaction():
        db.session.execute(sent.values(sent_at=NOW, attempts=1))
        db.session.execute(given_up.values(attempts=MOST_ATTEMPTS, failure="OSError: unreachable"))
        db.session.execute(tried.values(attempts=MOST_ATTEMPTS - 1, failure="OSError: unreachable"))
        db.session.execute(closed.values(attempts=MOST_ATTEMPTS, failure="The account is closed."))

    assert count_unsent_notices() == Unsent(waiting=2, given_up=1)


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


def about(account: Account, *said: tuple[str, dict[str, Any]]) -> None:
    with transaction():
        for kind, facts in said:
            add_notice(account.id, kind, facts, now=NOW)


def refusing(*kinds: str) -> Deliver:
    """A mail server that takes no mails of these kinds."""

    def deliver(notice: Notice) -> None:
        if notice.kind in kinds:
            raise OSError("unreachable")

    return deliver


def sent() -> list[str]:
    return [kind for kind, is_sent, _, _ in outbox() if is_sent]


ACCEPTED, CANCELLED = ("meeting_accept", {"meeting": 1}), ("meeting_cancel", {"meeting": 1})
OTHER, DIGEST = ("meeting_accept", {"meeting": 2}), ("night", {"run": 1, "changes": [{"meeting": 1}]})


@pytest.mark.any_database
def test_an_invitation_never_arrives_after_its_own_cancellation(
    edition: Edition, ines: Account, hao: Account, olga: Account, clock: time_machine.Traveller
) -> None:
    meeting_id = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0]).id
    host, organiser = actor_of(hao), actor_of(olga)
    deliver_notices(refusing(), now=NOW)
    accept_meeting(host, meeting_id, now=NOW)
    assert deliver_notices(refusing("meeting_accept"), now=NOW) == Delivered(0, 1)
    cancel_meeting(organiser, meeting_id, CancelReason.ILLNESS, now=NOW)
    arrived: list[tuple[str, str | None]] = []

    def deliver(notice: Notice) -> None:
        assert notice.account is not None
        arrived.append((notice.account.name, notice.facts.get("calendar", {}).get("method")))

    assert deliver_notices(deliver, now=NOW, limit=1) == Delivered(1, 0)
    assert arrived == [("Hao", None)]
    clock.shift(timedelta(minutes=3))
    assert deliver_notices(deliver, now=NOW) == Delivered(2, 0)
    assert arrived[1:] == [("Ines", "REQUEST"), ("Ines", "CANCEL")]


@pytest.mark.any_database
def test_what_waits_holds_up_only_what_the_same_account_is_told_later_of_the_same_meeting(ines: Account, hao: Account) -> None:
    about(ines, ACCEPTED, CANCELLED, OTHER, ("approved", {}))
    about(hao, CANCELLED)

    assert deliver_notices(refusing("meeting_accept"), now=NOW) == Delivered(sent=2, failed=2)
    assert outbox()[1] == ("meeting_cancel", False, 0, "")
    assert waiting_notices() == []
    assert sent() == ["approved", "meeting_cancel"]


def test_what_is_given_up_holds_up_nothing(ines: Account, clock: time_machine.Traveller) -> None:
    about(ines, ACCEPTED, CANCELLED)

    for _ in range(MOST_ATTEMPTS):
        assert deliver_notices(refusing("meeting_accept"), now=NOW).failed == 1
        clock.shift(timedelta(hours=9))

    assert sent() == ["meeting_cancel"]
    assert [each.kind for each in given_up_notices()] == ["meeting_accept"]


@pytest.mark.parametrize("said", [(ACCEPTED, DIGEST, OTHER), (DIGEST, ACCEPTED), (DIGEST, ("publication", {"changes": []}))])
def test_a_digest_keeps_its_place_among_all_about_meetings(
    ines: Account, said: tuple[tuple[str, dict[str, Any]], ...], clock: time_machine.Traveller
) -> None:
    about(ines, *said, ("approved", {}))

    assert deliver_notices(refusing(said[0][0]), now=NOW) == Delivered(sent=1, failed=1)
    clock.shift(timedelta(minutes=3))
    assert deliver_notices(refusing(), now=NOW) == Delivered(len(said), 0)


@pytest.mark.any_database
@pytest.mark.parametrize("attempts", [0, MOST_ATTEMPTS - 1])
def test_a_second_delivery_does_not_overtake_the_first(app: Flask, ines: Account, attempts: int) -> None:
    about(ines, ACCEPTED, CANCELLED)
    db.session.execute(update(Notice).where(Notice.kind == "meeting_accept").values(attempts=attempts))
    db.session.commit()
    by_the_second: list[Delivered] = []

    def run() -> None:
        with app.app_context():
            by_the_second.append(deliver_notices(refusing(), now=NOW))

    def deliver(notice: Notice) -> None:
        if notice.kind == "meeting_accept":
            second = threading.Thread(target=run)
            second.start()
            second.join()

    assert deliver_notices(deliver, now=NOW) == Delivered(2, 0)
    assert by_the_second == [Delivered(0, 0)]


def test_a_closed_account_gets_nothing_that_still_waits(ines: Account, hao: Account) -> None:
    about(ines, ("approved", {}), ACCEPTED, CANCELLED)
    about(hao, ACCEPTED)
    ines.active = False
    db.session.commit()
    readers: list[int | None] = []

    assert deliver_notices(lambda notice: readers.append(notice.account_id), now=NOW) == Delivered(sent=1, failed=0)
    assert len(readers) == 1
    closed = (False, MOST_ATTEMPTS, "The account is closed.")
    assert [row[1:] for row in outbox()] == [closed, closed, closed, (True, 1, "")]
    assert (waiting_notices(), given_up_notices()) == ([], [])
