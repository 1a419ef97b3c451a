"""Mails tried against a real server on this machine: what arrives is read back, and what goes wrong costs nothing."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import icalendar
import pytest
import recurring_ical_events
import vobject
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask
from sqlalchemy import delete, select, update

from matchmaker.db import db
from matchmaker.domain.reasons import CancelReason
from matchmaker.mail import deliver
from matchmaker.models import Account, Edition, Meeting, Notice
from matchmaker.services.actors import actor_of
from matchmaker.services.meetings import accept_meeting, cancel_meeting
from matchmaker.services.notices import Delivered, deliver_notices
from tests.builders import NOW, get_project, make_meeting
from tests.helpers import ROOT, environment_of

pytestmark = pytest.mark.settings(MAIL_SERVER="127.0.0.1", MAIL_TIMEOUT=10, MAIL_DEFAULT_SENDER="SGIPC <match@example.org>")


class Inbox:
    """A mail server that takes what it is given, and can be told to misbehave."""

    def __init__(self) -> None:
        self.received: list[tuple[str, EmailMessage]] = []
        self.refuses: set[str] = set()
        self.hangs_up: str | None = None
        """At MAIL, at DATA once it has the message, or at QUIT."""
        self.kills: int | None = None
        """The process that dies once its message is here."""

    async def handle_MAIL(self, server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        if self.hangs_up == "MAIL":
            server.transport.abort()
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]) -> str:
        if address in self.refuses:
            return "550 5.1.1 No such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        self.received += [
            (str(recipient), message_from_bytes(envelope.content, policy=policy.default)) for recipient in envelope.rcpt_tos
        ]
        if self.kills:
            os.kill(self.kills, signal.SIGKILL)
        if self.hangs_up == "DATA":
            server.transport.abort()
        return "250 OK"

    async def handle_QUIT(self, server: SMTP, _session: Session, _envelope: Envelope) -> str:
        if self.hangs_up == "QUIT":
            server.transport.abort()
        return "221 Bye"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def inbox(app: Flask) -> Iterator[Inbox]:
    inbox = Inbox()
    app.extensions["mailman"].port = port = free_port()
    server = Controller(inbox, hostname="127.0.0.1", port=port)
    server.start()
    yield inbox
    server.stop()


@pytest.fixture
def meeting(edition: Edition, ines: Account, hao: Account) -> Meeting:
    """Proposed; nothing of it waits in the outbox any more."""
    meeting = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0])
    db.session.execute(delete(Notice))
    db.session.commit()
    return meeting


def outbox() -> list[tuple[str, str, bool, str]]:
    """Kind, reader, whether it was sent, and the last error."""
    db.session.rollback()
    return [
        (each.kind, each.account.email, each.sent_at is not None, each.failure)
        for each in db.session.scalars(select(Notice).order_by(Notice.id))
    ]


def let_time_pass() -> None:
    """What was claimed or failed may be tried again."""
    db.session.execute(update(Notice).values(not_before=None))
    db.session.commit()


def calendar_of(message: EmailMessage) -> icalendar.Calendar:
    return icalendar.Calendar.from_ical(sent_file(message))


def sent_file(message: EmailMessage) -> bytes:
    """The calendar part as it came through."""
    part = next(part for part in message.walk() if part.get_content_type() == "text/calendar")
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content


def read_by_vobject(content: bytes) -> tuple[object, ...]:
    found = vobject.readOne(content.decode())
    event = found.vevent
    said = (found.method, event.uid, event.sequence, event.status, event.dtstart, event.dtend, event.summary, event.organizer)
    return *(each.value for each in said), event.attendee.value


def read_by_recurring(content: bytes, day: datetime) -> tuple[object, ...]:
    found = icalendar.Calendar.from_ical(content)
    (event,) = recurring_ical_events.of(found).between(day, day + timedelta(days=1))
    words = [str(event[name]) for name in ("UID", "SEQUENCE", "STATUS")]
    return (
        str(found["METHOD"]),
        *words,
        event.start,
        event.end,
        *(str(event[name]) for name in ("SUMMARY", "ORGANIZER", "ATTENDEE")),
    )


def test_an_invitation_arrives_as_text_html_calendar_and_file(
    inbox: Inbox, meeting: Meeting, ines: Account, hao: Account
) -> None:
    accept_meeting(actor_of(hao), meeting.id, now=NOW)
    notice = db.session.scalars(select(Notice)).one()

    assert deliver_notices(deliver, now=NOW) == Delivered(1, 0)

    ((recipient, message),) = inbox.received
    assert recipient == "ines@example.org"
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar", "application/ics",
    ]  # fmt: skip
    assert {name: str(message[name]) for name in ("From", "To", "Subject", "Message-ID", "Auto-Submitted")} == {
        "From": "SGIPC <match@example.org>",
        "To": "ines@example.org",
        "Subject": "The host accepts: Robot joints",
        "Message-ID": notice.message_id,
        "Auto-Submitted": "auto-generated",
    }
    plain, html, calendar, file = (part for part in message.walk() if not part.is_multipart())
    assert "The host has accepted your meeting." in plain.get_content()
    assert "The host has accepted your meeting." in html.get_content()
    assert calendar.get_param("method") == "REQUEST"
    assert file.get_filename() == "invitation.ics"
    written = file.get_payload(decode=True)
    assert isinstance(written, bytes)
    assert calendar_of(message) == icalendar.Calendar.from_ical(written)
    assert b"\n" not in written.replace(b"\r\n", b"")


def test_a_cancellation_arrives_with_the_same_uid(inbox: Inbox, meeting: Meeting, ines: Account, hao: Account) -> None:
    uid = meeting.uid
    accept_meeting(actor_of(hao), meeting.id, now=NOW)
    cancel_meeting(actor_of(ines), meeting.id, CancelReason.ILLNESS, now=NOW)

    assert deliver_notices(deliver, now=NOW) == Delivered(3, 0)

    told = [
        (recipient, str(found["METHOD"]), str(event["UID"]), event["SEQUENCE"])
        for recipient, message in inbox.received
        if recipient == "ines@example.org"  # no mail has entered it in the calendar of the host, who said the last yes
        for found in [calendar_of(message)]
        for event in found.walk("VEVENT")
    ]
    assert told == [("ines@example.org", "REQUEST", uid, 2), ("ines@example.org", "CANCEL", uid, 3)]


def test_three_readers_read_the_same_invitation_and_cancellation_that_came(
    inbox: Inbox, meeting: Meeting, ines: Account, hao: Account
) -> None:
    ines.language = "zh_Hans_CN"
    db.session.commit()
    starts_at, title = meeting.slot.starts_at, meeting.project.title_zh
    same = (starts_at, meeting.slot.ends_at, title, "mailto:match@example.org", "mailto:ines@example.org")
    expected = [("REQUEST", meeting.uid, "2", "CONFIRMED", *same), ("CANCEL", meeting.uid, "3", "CANCELLED", *same)]
    accept_meeting(actor_of(hao), meeting.id, now=NOW)
    cancel_meeting(actor_of(ines), meeting.id, CancelReason.ILLNESS, now=NOW)

    assert deliver_notices(deliver, now=NOW) == Delivered(3, 0)

    came = [sent_file(message) for recipient, message in inbox.received if recipient == "ines@example.org"]
    assert [read_by_vobject(content) for content in came] == expected
    assert [read_by_recurring(content, starts_at) for content in came] == expected


def test_a_refused_recipient_stays_in_the_outbox_and_holds_up_nobody(
    inbox: Inbox, meeting: Meeting, ines: Account, hao: Account
) -> None:
    cancel_agreed(meeting, ines, hao)
    inbox.refuses = {"hao@example.org"}

    assert deliver_notices(deliver, now=NOW) == Delivered(1, 1)

    refusal = "SMTPRecipientsRefused: {'hao@example.org': (550, b'5.1.1 No such mailbox')}"
    assert [recipient for recipient, _ in inbox.received] == ["ines@example.org"]
    assert outbox() == [
        ("meeting_cancel", "ines@example.org", True, ""),
        ("meeting_cancel", "hao@example.org", False, refusal),
    ]

    inbox.refuses = set()
    let_time_pass()
    assert deliver_notices(deliver, now=NOW) == Delivered(1, 0)
    assert [recipient for recipient, _ in inbox.received] == ["ines@example.org", "hao@example.org"]


def cancel_agreed(meeting: Meeting, ines: Account, hao: Account) -> None:
    """Leave two notices in the outbox: one to each side."""
    accept_meeting(actor_of(hao), meeting.id, now=NOW)
    cancel_meeting(actor_of(ines), meeting.id, CancelReason.ILLNESS, now=NOW)
    db.session.execute(delete(Notice).where(Notice.kind == "meeting_accept"))
    db.session.commit()


def test_a_server_that_closes_in_the_middle_loses_nothing(inbox: Inbox, meeting: Meeting, hao: Account) -> None:
    accept_meeting(actor_of(hao), meeting.id, now=NOW)
    inbox.hangs_up = "MAIL"

    assert deliver_notices(deliver, now=NOW) == Delivered(0, 1)

    ((kind, reader, sent, failure),) = outbox()
    assert (kind, reader, sent) == ("meeting_accept", "ines@example.org", False)
    assert failure.startswith("SMTPServerDisconnected: ")
    assert inbox.received == []

    inbox.hangs_up = None
    let_time_pass()
    assert deliver_notices(deliver, now=NOW) == Delivered(1, 0)
    assert len(inbox.received) == 1


def test_a_server_that_closes_after_it_said_yes_gets_nothing_twice(inbox: Inbox, meeting: Meeting, hao: Account) -> None:
    accept_meeting(actor_of(hao), meeting.id, now=NOW)
    inbox.hangs_up = "QUIT"

    assert deliver_notices(deliver, now=NOW) == Delivered(1, 0)
    let_time_pass()
    assert deliver_notices(deliver, now=NOW) == Delivered(0, 0)

    assert len(inbox.received) == 1


def send_and_die(notice: Notice) -> None:
    deliver(notice)
    raise KeyboardInterrupt


def hang_up(inbox: Inbox) -> None:
    """The server has the message and closes before it says so."""
    inbox.hangs_up = "DATA"
    assert deliver_notices(deliver, now=NOW) == Delivered(0, 1)
    inbox.hangs_up = None


def crash(_inbox: Inbox) -> None:
    """We die between sending and marking."""
    with pytest.raises(KeyboardInterrupt):
        deliver_notices(send_and_die, now=NOW)


@pytest.mark.parametrize("misfortune", [hang_up, crash])
def test_what_is_cut_off_after_sending_costs_one_recognisable_duplicate(
    inbox: Inbox, meeting: Meeting, hao: Account, misfortune: Callable[[Inbox], Any]
) -> None:
    accept_meeting(actor_of(hao), meeting.id, now=NOW)

    misfortune(inbox)
    let_time_pass()
    assert deliver_notices(deliver, now=NOW) == Delivered(1, 0)
    let_time_pass()
    assert deliver_notices(deliver, now=NOW) == Delivered(0, 0)

    first, second = (message for _, message in inbox.received)
    assert first["Message-ID"] == second["Message-ID"]
    assert calendar_of(first) == calendar_of(second)


def test_a_delivery_that_is_killed_costs_one_recognisable_duplicate(
    app: Flask, inbox: Inbox, meeting: Meeting, hao: Account
) -> None:
    accept_meeting(actor_of(hao), meeting.id, now=NOW)
    db.session.rollback()
    server = {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": str(app.extensions["mailman"].port)}
    command = [sys.executable, "-m", "flask", "notices", "deliver"]

    with subprocess.Popen(command, cwd=ROOT, env=environment_of(app) | server) as delivery:
        inbox.kills = delivery.pid
        assert delivery.wait(timeout=120) == -signal.SIGKILL
    inbox.kills = None

    assert outbox() == [("meeting_accept", "ines@example.org", False, "")]
    assert deliver_notices(deliver, now=NOW) == Delivered(0, 0)
    let_time_pass()
    assert deliver_notices(deliver, now=NOW) == Delivered(1, 0)
    first, second = (message for _, message in inbox.received)
    assert first["Message-ID"] == second["Message-ID"]


def test_a_server_that_is_not_there_loses_nothing(app: Flask, meeting: Meeting, hao: Account) -> None:
    app.extensions["mailman"].port = free_port()
    accept_meeting(actor_of(hao), meeting.id, now=NOW)

    assert deliver_notices(deliver, now=NOW) == Delivered(0, 1)

    ((kind, reader, sent, failure),) = outbox()
    assert (kind, reader, sent) == ("meeting_accept", "ines@example.org", False)
    assert failure.startswith("ConnectionRefusedError: ")
