"""Calendar files are read back with three readers: icalendar, vobject and recurring_ical_events."""

from datetime import UTC, datetime, timedelta

import icalendar
import pytest
import recurring_ical_events
import vobject
from flask import Flask
from sqlalchemy import select

from matchmaker.db import db, transaction
from matchmaker.domain.meeting import Status
from matchmaker.domain.reasons import CancelReason
from matchmaker.i18n import reading_in
from matchmaker.ics import calendar_file
from matchmaker.models import Account, Delegate, Edition, Notice
from matchmaker.services.actors import actor_of
from matchmaker.services.diary import MeetingView, meetings_ever_of
from matchmaker.services.investors import activities_of
from matchmaker.services.meetings import accept_meeting, cancel_meeting, offer_slot, take_offer
from matchmaker.services.occupancy import seat_everybody
from tests.builders import (
    NOW,
    get_district,
    get_pool,
    get_project,
    make_activity,
    make_investor,
    make_meeting,
    make_project,
    make_signup,
    save,
)


def url_of(view: MeetingView) -> str:
    return f"https://match.example.org/meetings/{view.meeting.id}"


def file_of(account: Account, edition: Edition, language: str = "en", *, now: datetime = NOW) -> bytes:
    """The account's calendar as its subscription gives it."""
    db.session.rollback()
    with reading_in(language):
        actor = actor_of(account)
        return calendar_file("Diary", meetings_ever_of(actor, edition), activities_of(actor), url_of=url_of, now=now)


def events_of(content: bytes) -> list[icalendar.Event]:
    return list(icalendar.Calendar.from_ical(content).walk("VEVENT"))


def test_calendars_are_told_to_ask_again_after_an_hour_in_both_ways_that_they_read(ines: Account, edition: Edition) -> None:
    lines = file_of(ines, edition).decode().splitlines()

    assert [line for line in lines if "PT1H" in line] == ["REFRESH-INTERVAL;VALUE=DURATION:PT1H", "X-PUBLISHED-TTL:PT1H"]


def test_an_accepted_meeting_reads_back_whole(ines: Account, edition: Edition) -> None:
    meeting = make_meeting(
        ines.investor, get_project(edition, "PD-01"), edition.slots[0], Status.ACCEPTED, pool=get_pool(edition, "de")
    )

    event = events_of(file_of(ines, edition))[0]

    assert {name: str(event[name]) for name in ("UID", "SEQUENCE", "STATUS", "SUMMARY", "LOCATION", "URL", "TRANSP")} == {
        "UID": meeting.uid,
        "SEQUENCE": "2",
        "STATUS": "CONFIRMED",
        "SUMMARY": "Robot joints",
        "LOCATION": "Pudong centre, table 1 (may change)",
        "URL": f"https://match.example.org/meetings/{meeting.id}",
        "TRANSP": "OPAQUE",
    }
    assert str(event["DESCRIPTION"]) == "Accepted\nProject: Robot joints\nDistrict: Pudong\nAn interpreter is booked."
    assert (event.start, event.end) == (edition.slots[0].starts_at, edition.slots[0].ends_at)
    assert event.DTSTAMP == NOW
    assert event["DTSTART"].to_ical() == b"20240401T010000Z"


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (Status.PROPOSED, "TENTATIVE"),
        (Status.COUNTERED, "TENTATIVE"),
        (Status.ACCEPTED, "CONFIRMED"),
        (Status.HELD, "CONFIRMED"),
        (Status.MISSED, "CONFIRMED"),
        (Status.DECLINED, "CANCELLED"),
        (Status.WITHDRAWN, "CANCELLED"),
        (Status.LAPSED, "CANCELLED"),
        (Status.SUPERSEDED, "CANCELLED"),
        (Status.CANCELLED, "CANCELLED"),
    ],
)
def test_the_status_of_an_event_follows_the_meeting(ines: Account, edition: Edition, status: Status, expected: str) -> None:
    offered = edition.slots[4] if status is Status.COUNTERED else None
    make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], status, offered=offered)

    event = events_of(file_of(ines, edition))[0]

    assert (event["STATUS"], event["TRANSP"]) == (expected, "TRANSPARENT" if expected == "CANCELLED" else "OPAQUE")
    assert ("(not yet confirmed)" in event["SUMMARY"]) is (expected == "TENTATIVE")


def test_the_uid_stays_and_the_sequence_grows_with_every_change(ines: Account, hao: Account, edition: Edition) -> None:
    meeting = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0])
    first = events_of(file_of(ines, edition))[0]
    steps = (
        lambda now: offer_slot(actor_of(hao), meeting.id, edition.slots[5].id, now=now),
        lambda now: take_offer(actor_of(ines), meeting.id, now=now),
        lambda now: cancel_meeting(actor_of(hao), meeting.id, CancelReason.ILLNESS, now=now),
    )
    later = []
    for hours, step in enumerate(steps, start=1):
        step(NOW + timedelta(hours=hours))
        later.append(events_of(file_of(ines, edition))[0])

    assert {event["UID"] for event in later} == {first["UID"]}
    assert [event["SEQUENCE"] for event in [first, *later]] == [1, 2, 3, 4]
    assert [event.DTSTAMP for event in later] == [NOW + timedelta(hours=hours) for hours in (1, 2, 3)]
    assert [event.start for event in later] == [edition.slots[position].starts_at for position in (0, 5, 5)]
    assert [event["STATUS"] for event in later] == ["TENTATIVE", "CONFIRMED", "CANCELLED"]


def test_another_table_makes_the_sequence_grow_though_nobody_took_a_step(ines: Account, hao: Account, edition: Edition) -> None:
    """Pages and answer links go by the steps alone: what was asked of the host stays the same question."""
    long = make_meeting(make_investor(edition), make_project(get_district(edition, "PD")), edition.slots[4], length=2)
    meeting = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[1], Status.ACCEPTED)
    before, steps, later = events_of(file_of(ines, edition))[0], meeting.sequence, NOW + timedelta(hours=5)
    with transaction():
        long.slot_id = edition.slots[0].id
        seat_everybody(edition, now=later)
    after = events_of(file_of(ines, edition))[0]

    assert [str(event["LOCATION"]) for event in (before, after)] == [
        f"Pudong centre, table {number} (may change)" for number in (1, 2)
    ]
    assert (after["UID"], after["SEQUENCE"], meeting.sequence) == (before["UID"], before["SEQUENCE"] + 1, steps)
    assert (after.DTSTAMP, after["LAST-MODIFIED"].dt) == (later, later)

    cancel_meeting(actor_of(hao), meeting.id, CancelReason.ILLNESS, now=later + timedelta(hours=1))
    (event,) = events_of(file_of(ines, edition))
    (notice,) = db.session.scalars(select(Notice).where(Notice.kind == "meeting_cancel", Notice.account_id == ines.id))
    assert event["SEQUENCE"] == after["SEQUENCE"] + 1 == notice.facts["calendar"]["sequence"]
    assert event["LAST-MODIFIED"].dt == later + timedelta(hours=1)


def test_an_offer_is_told_in_the_description(ines: Account, edition: Edition) -> None:
    make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], Status.COUNTERED, offered=edition.slots[4])

    assert "Another time is offered: Tue 2 Apr, 09:00 (Shanghai time)\n" in events_of(file_of(ines, edition))[0]["DESCRIPTION"]


def test_an_open_proposal_tells_who_has_to_answer_until_when(ines: Account, hao: Account, edition: Edition) -> None:
    make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0])

    investors, hosts = (str(events_of(file_of(each, edition))[0]["DESCRIPTION"]) for each in (ines, hao))

    assert "The host has to answer by Sun 24 Mar, 20:00 (Shanghai time)." in investors
    assert "\nPlease answer by Sun 24 Mar, 20:00 (Shanghai time)." in hosts


def test_what_nobody_answered_in_time_is_left_out(ines: Account, edition: Edition) -> None:
    late = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0])
    make_meeting(ines.investor, get_project(edition, "XH-01"), edition.slots[2], Status.COUNTERED, offered=edition.slots[4])
    stands = make_meeting(ines.investor, get_project(edition, "PD-02"), edition.slots[6], Status.ACCEPTED)

    events = events_of(file_of(ines, edition, now=late.deadline_at + timedelta(hours=24)))

    assert [event["UID"] for event in events] == [stands.uid]


def test_the_same_diary_gives_the_same_bytes(ines: Account, edition: Edition) -> None:
    for code, position in (("PD-01", 0), ("LG-01", 4)):
        make_meeting(ines.investor, get_project(edition, code), edition.slots[position])
    make_signup(
        ines.investor, make_activity(edition, venue=get_district(edition, "PD").venue, starts_at=edition.slots[7].starts_at)
    )

    assert file_of(ines, edition) == file_of(ines, edition)


def test_a_programme_item_stands_in_the_calendar_with_an_identity_of_its_own(ines: Account, edition: Edition) -> None:
    activity = make_activity(edition, venue=get_district(edition, "PD").venue, starts_at=edition.slots[7].starts_at)
    signup = make_signup(ines.investor, activity)

    event = events_of(file_of(ines, edition))[0]

    assert event["UID"] == f"activity-{activity.id}-investor-{ines.investor_id}@matchmaker"
    assert (event["SUMMARY"], event.start, event.end) == (activity.title_en, activity.starts_at, activity.ends_at)
    assert (event["SEQUENCE"], event["LAST-MODIFIED"].dt) == (0, event.DTSTAMP)
    assert signup.signed_up_at == event.DTSTAMP


def test_a_changed_programme_item_keeps_its_identity_and_its_sequence_grows(ines: Account, edition: Edition) -> None:
    activity = make_activity(edition, venue=get_district(edition, "PD").venue, starts_at=edition.slots[7].starts_at)
    make_signup(ines.investor, activity)
    before, later = events_of(file_of(ines, edition))[0], NOW + timedelta(hours=5)
    activity.sequence, activity.changed_at, activity.place_en = 1, later, "Another hall"
    db.session.commit()

    after = events_of(file_of(ines, edition))[0]

    assert (after["UID"], after["SEQUENCE"], str(after["LOCATION"])) == (before["UID"], 1, "Another hall")
    assert (after.DTSTAMP, after["LAST-MODIFIED"].dt) == (later, later)


def test_a_programme_item_that_was_changed_before_the_sign_up_is_as_new_as_the_sign_up(ines: Account, edition: Edition) -> None:
    activity = make_activity(edition, venue=get_district(edition, "PD").venue, starts_at=edition.slots[7].starts_at)
    signup = make_signup(ines.investor, activity)
    activity.sequence, activity.changed_at = 1, signup.signed_up_at - timedelta(hours=5)
    db.session.commit()

    (event,) = events_of(file_of(ines, edition))

    assert (event.DTSTAMP, event["LAST-MODIFIED"].dt) == (signup.signed_up_at, signup.signed_up_at)


def test_vobject_and_recurring_ical_events_read_the_same(ines: Account, edition: Edition) -> None:
    make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], Status.ACCEPTED)
    make_meeting(ines.investor, get_project(edition, "LG-01"), edition.slots[4])
    content = file_of(ines, edition)

    parsed = vobject.readOne(content.decode())
    by_vobject = [(str(event.uid.value), event.dtstart.value, event.dtend.value) for event in parsed.vevent_list]
    found = recurring_ical_events.of(icalendar.Calendar.from_ical(content)).between(
        datetime(2024, 4, 1, tzinfo=UTC), datetime(2024, 4, 3, tzinfo=UTC)
    )
    by_recurring = [(str(event["UID"]), event.start, event.end) for event in found]

    assert parsed.method.value == "PUBLISH"
    assert sorted(by_vobject) == sorted(by_recurring)
    assert [start for _, start, _ in sorted(by_vobject)] == [edition.slots[0].starts_at, edition.slots[4].starts_at]


def test_lines_are_folded_and_end_as_the_standard_wants(ines: Account, edition: Edition) -> None:
    get_project(edition, "PD-01").title_en = "A laboratory; with, signs\\and " + "a very long name 机器人 " * 8
    db.session.commit()
    make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0])

    content = file_of(ines, edition)

    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert events_of(content)[0]["SUMMARY"].startswith("A laboratory; with, signs\\and a very long name 机器人")


def test_a_text_can_not_smuggle_in_lines(ines: Account, hao: Account, edition: Edition) -> None:
    ines.investor.name = "Ines\r\nATTENDEE:mailto:evil@example.org"
    db.session.commit()
    make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0])

    content = file_of(hao, edition)

    assert b"\r\nATTENDEE" not in content
    assert len(events_of(content)) == 1


def test_a_host_reads_name_delegates_and_contacts_once_it_has_accepted(ines: Account, hao: Account, edition: Edition) -> None:
    ines.investor.confidential, ines.investor.shares_contact = True, True
    save(Delegate(investor_id=ines.investor_id, name="Zoé Martin", title="Partner", language="fr"))
    meeting = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0])

    before = events_of(file_of(hao, edition))[0]
    accept_meeting(actor_of(hao), meeting.id, now=NOW)
    after = events_of(file_of(hao, edition))[0]

    assert before["SUMMARY"] == "Confidential investor · France · Intelligent robots: Robot joints (not yet confirmed)"
    assert "Ines" not in before.to_ical().decode()
    assert after["SUMMARY"] == "Ines Capital: Robot joints"
    assert str(after["DESCRIPTION"]) == (
        "Accepted\nProject: Robot joints\nDistrict: Pudong\n"
        "Investor: Ines Capital\nDelegate: Zoé Martin, Partner\nContact: ines@example.org"
    )


def test_the_catalogue_is_told_in_the_readers_language(ines: Account, edition: Edition) -> None:
    make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], Status.ACCEPTED)

    assert events_of(file_of(ines, edition, "zh_Hans_CN"))[0]["SUMMARY"] == "机器人关节"


def test_an_empty_diary_is_a_valid_calendar(app: Flask, ines: Account, edition: Edition) -> None:
    content = file_of(ines, edition)

    assert events_of(content) == []
    assert vobject.readOne(content.decode()).prodid.value == "-//Matchmaker//Diary//EN"
