"""What mails tell calendars: the same event as file and subscription, and nothing that its reader may not see."""

from datetime import UTC, datetime, timedelta

import icalendar
import pytest
import recurring_ical_events
import vobject
from sqlalchemy import delete, select

from matchmaker.db import db
from matchmaker.domain.reasons import CancelReason, DeclineReason
from matchmaker.ics import calendar_file
from matchmaker.mail import Message, word
from matchmaker.models import Account, Delegate, Edition, Meeting, Notice
from matchmaker.services.actors import actor_of
from matchmaker.services.diary import meetings_ever_of
from matchmaker.services.meetings import (
    accept_meeting,
    agree_to_meeting,
    cancel_meeting,
    decline_meeting,
    offer_slot,
    take_offer,
    withdraw_meeting,
)
from tests.builders import NOW, get_project, make_meeting, save


@pytest.fixture
def meeting(edition: Edition, ines: Account, hao: Account) -> Meeting:
    """Proposed; nothing of it waits in the outbox any more."""
    return proposed(edition, ines)


def proposed(edition: Edition, ines: Account, **fields: bool) -> Meeting:
    meeting = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], **fields)
    db.session.execute(delete(Notice))
    db.session.commit()
    return meeting


def mails() -> list[Message]:
    db.session.rollback()
    return [word(notice) for notice in db.session.scalars(select(Notice).order_by(Notice.id))]


def events() -> list[tuple[str, str, icalendar.Event]]:
    """Reader, method and event of each mail with a calendar part."""
    found = []
    for mail in mails():
        if mail.calendar:
            calendar = icalendar.Calendar.from_ical(mail.calendar.content)
            assert str(calendar["METHOD"]) == mail.calendar.method
            found += [(mail.recipient, str(calendar["METHOD"]), event) for event in calendar.walk("VEVENT")]
    return found


def test_an_invitation_reads_back_whole(meeting: Meeting, ines: Account, hao: Account) -> None:
    ines.language = "zh_Hans_CN"
    db.session.commit()
    accept_meeting(actor_of(hao), meeting.id, now=NOW)

    ((reader, method, event),) = events()

    assert (reader, method) == ("ines@example.org", "REQUEST")
    assert {name: str(event[name]) for name in ("UID", "SEQUENCE", "STATUS", "TRANSP", "SUMMARY", "URL", "ORGANIZER")} == {
        "UID": meeting.uid,
        "SEQUENCE": "2",
        "STATUS": "CONFIRMED",
        "TRANSP": "OPAQUE",
        "SUMMARY": meeting.project.title_zh,
        "URL": f"http://127.0.0.1:8000/meetings/{meeting.id}",
        "ORGANIZER": "mailto:matchmaker@example.org",
    }
    assert str(event["LOCATION"]) == meeting.venue.name_zh
    assert str(event["ATTENDEE"]) == "mailto:ines@example.org"
    assert dict(event["ATTENDEE"].params) == {
        "CN": "Ines", "ROLE": "REQ-PARTICIPANT", "PARTSTAT": "ACCEPTED", "RSVP": "FALSE",
    }  # fmt: skip
    assert (event.start, event.end, event.DTSTAMP) == (meeting.slot.starts_at, meeting.slot.ends_at, NOW)
    assert event["DTSTART"].to_ical() == b"20240401T010000Z"


def test_the_event_of_a_mail_is_that_of_the_subscription(meeting: Meeting, edition: Edition, ines: Account, hao: Account) -> None:
    """At every step that a mail tells calendars: same name, same number, same times, same certainty."""
    steps = [
        lambda now: offer_slot(actor_of(hao), meeting.id, edition.slots[5].id, now=now),
        lambda now: take_offer(actor_of(ines), meeting.id, now=now),
        lambda now: cancel_meeting(actor_of(hao), meeting.id, CancelReason.ILLNESS, now=now),
    ]
    subscribed = []
    for hours, step in enumerate(steps, start=1):
        step(NOW + timedelta(hours=hours))
        db.session.rollback()
        whole = calendar_file("Diary", meetings_ever_of(actor_of(hao), edition), url_of=lambda view: "x", now=NOW)
        subscribed += icalendar.Calendar.from_ical(whole).walk("VEVENT")

    told = events()

    assert [(reader, method) for reader, method, _ in told] == [
        ("ines@example.org", "REQUEST"),
        ("hao@example.org", "REQUEST"),
        ("ines@example.org", "CANCEL"),
        ("hao@example.org", "CANCEL"),
    ]
    assert {str(event["UID"]) for _, _, event in told} == {meeting.uid}
    same = ("UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "STATUS", "TRANSP", "SUMMARY")
    for mine, theirs in ((told[1][2], subscribed[1]), (told[3][2], subscribed[2])):
        assert {name: mine[name].to_ical() for name in same} == {name: theirs[name].to_ical() for name in same}
    assert [event["SEQUENCE"] for _, _, event in told] == [3, 3, 4, 4]
    assert told[1][2].start == edition.slots[5].starts_at


def test_three_readers_read_the_same(meeting: Meeting, hao: Account) -> None:
    accept_meeting(actor_of(hao), meeting.id, now=NOW)
    (mail,) = mails()
    assert mail.calendar is not None
    content = mail.calendar.content

    (event,) = recurring_ical_events.of(icalendar.Calendar.from_ical(content)).between(
        datetime(2024, 4, 1, tzinfo=UTC), datetime(2024, 4, 2, tzinfo=UTC)
    )
    parsed = vobject.readOne(content.decode())

    assert parsed.method.value == "REQUEST"
    assert (parsed.vevent.uid.value, parsed.vevent.dtstart.value) == (str(event["UID"]), event.start)
    assert parsed.vevent.organizer.value == str(event["ORGANIZER"]) == "mailto:matchmaker@example.org"
    assert event.start == meeting.slot.starts_at


def test_what_was_never_agreed_is_in_no_calendar_part(
    meeting: Meeting, edition: Edition, ines: Account, sam: Account, hao: Account
) -> None:
    other = make_meeting(sam.investor, get_project(edition, "PD-02"), edition.slots[0])
    db.session.execute(delete(Notice))
    db.session.commit()
    offer_slot(actor_of(hao), meeting.id, edition.slots[5].id, now=NOW)
    withdraw_meeting(actor_of(ines), meeting.id, now=NOW)
    decline_meeting(actor_of(hao), other.id, DeclineReason.OTHER, now=NOW)

    assert len(mails()) == 3
    assert events() == []


def test_a_suggestion_is_entered_only_once_both_sides_said_yes(edition: Edition, ines: Account, hao: Account) -> None:
    meeting = proposed(edition, ines, suggested=True)

    accept_meeting(actor_of(hao), meeting.id, now=NOW)
    assert events() == []
    agree_to_meeting(actor_of(ines), meeting.id, now=NOW)

    both = [("ines@example.org", "REQUEST"), ("hao@example.org", "REQUEST")]
    assert [(reader, method) for reader, method, _ in events()] == both


def test_no_mail_names_an_address_but_its_readers_and_the_organisers(
    meeting: Meeting, edition: Edition, ines: Account, hao: Account
) -> None:
    ines.investor.confidential, ines.investor.shares_contact = True, False
    save(Delegate(investor_id=ines.investor_id, name="Zoé Martin", title="Partner", language="fr"))
    offer_slot(actor_of(hao), meeting.id, edition.slots[5].id, now=NOW)
    take_offer(actor_of(ines), meeting.id, now=NOW)
    cancel_meeting(actor_of(hao), meeting.id, CancelReason.ILLNESS, now=NOW)

    offered, taken, agreed, to_ines, to_hao = mails()

    wholes = [
        mail.text + mail.html + (mail.calendar.content.decode().replace("\r\n ", "") if mail.calendar else "") for mail in mails()
    ]
    assert [mail.recipient for mail in (offered, taken, agreed, to_ines, to_hao)] == [
        "ines@example.org", "ines@example.org", "hao@example.org", "ines@example.org", "hao@example.org",
    ]  # fmt: skip
    assert ["hao@example.org" in whole for whole in wholes] == [False, False, True, False, True]
    assert ["ines@example.org" in whole for whole in wholes] == [False, True, False, True, False]
    assert ["Ines Capital" in whole for whole in wholes] == [False, False, True, False, False]
    assert "Confidential investor" in wholes[4]
    assert not any("Zoé" in whole for whole in wholes)


def test_a_name_can_not_smuggle_in_lines(meeting: Meeting, ines: Account, hao: Account) -> None:
    ines.name = 'Ines"\x0b\x01\r\nATTENDEE:mailto:evil@example.org'
    db.session.commit()
    accept_meeting(actor_of(hao), meeting.id, now=NOW)

    (mail,) = mails()

    assert mail.calendar is not None
    assert b"\r\nATTENDEE:" not in mail.calendar.content
    assert len(events()) == 1
