from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from matchmaker.db import db
from matchmaker.domain.meeting import Action, Status
from matchmaker.models import Account, Edition, Meeting, MeetingChange, Notice, Occupancy
from tests.builders import NOW, get_project, make_meeting
from tests.helpers import sign_in
from tests.web.test_investor import follow, text_of


@pytest.fixture
def meeting(ines: Account, hao: Account, edition: Edition) -> Meeting:
    return make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0])


def asked() -> list[tuple[str, str]]:
    """What was asked, and of whom a notice tells it."""
    db.session.rollback()
    notes = db.session.scalars(select(MeetingChange.note).where(MeetingChange.action == Action.ASK))
    told = db.session.scalars(select(Notice).where(Notice.kind == "meeting_ask"))
    return list(zip(notes, [each.account.name for each in told], strict=True))


def test_asking_tells_the_host_once_and_keeps_what_is_held(client: FlaskClient, ines: Account, meeting: Meeting) -> None:
    held = db.session.scalars(select(Occupancy.slot_id)).all()
    form = {"note": "Mornings, please.", "sequence": str(meeting.sequence)}

    texts = [follow(sign_in(client, ines), f"/meetings/{meeting.id}/ask", **form) for _ in range(2)]

    assert asked() == [("Mornings, please.", "Hao")]
    assert all(
        "The host is asked for another time. Until it answers, and at most until the deadline, this time stays held for you."
        in each
        for each in texts
    )
    assert "asked for another time Mornings, please." in texts[1]
    stored = db.session.get_one(Meeting, meeting.id)
    assert (stored.status, stored.slot_id) == (Status.PROPOSED, meeting.slot_id)
    assert db.session.scalars(select(Occupancy.slot_id)).all() == held


def test_from_the_diary_asking_takes_two_taps(client: FlaskClient, ines: Account, meeting: Meeting) -> None:
    assert f'href="/meetings/{meeting.id}#ask"' in sign_in(client, ines).get("/diary").text
    assert f'action="/meetings/{meeting.id}/ask" id="ask"' in client.get(f"/meetings/{meeting.id}").text


def test_once_asked_the_page_says_so_instead_of_asking_again(client: FlaskClient, ines: Account, meeting: Meeting) -> None:
    follow(sign_in(client, ines), f"/meetings/{meeting.id}/ask")

    for address in ("/diary", f"/meetings/{meeting.id}"):
        text = text_of(client.get(address))
        assert "The host is asked for another time." in text
        assert "Ask for another time" not in text


def test_the_host_reads_it_beside_the_proposal(client: FlaskClient, ines: Account, hao: Account, meeting: Meeting) -> None:
    sign_in(client, ines).post(f"/meetings/{meeting.id}/ask", data={"note": "Mornings, please."})

    assert "The investor asks for another time. Mornings, please." in text_of(sign_in(client, hao).get("/host/"))


def test_the_meeting_of_somebody_else_is_not_there(client: FlaskClient, sam: Account, meeting: Meeting) -> None:
    assert sign_in(client, sam).post(f"/meetings/{meeting.id}/ask").status_code == 404
    assert asked() == []


@pytest.mark.settings(WTF_CSRF_ENABLED=True)
def test_a_forged_form_asks_nothing(client: FlaskClient, ines: Account, meeting: Meeting) -> None:
    assert sign_in(client, ines).post(f"/meetings/{meeting.id}/ask").status_code == 400
    assert asked() == []


def test_after_the_deadline_nothing_can_be_asked(client: FlaskClient, ines: Account, edition: Edition, meeting: Meeting) -> None:
    edition.clock_at = NOW + timedelta(hours=48)
    db.session.commit()

    answer = follow(sign_in(client, ines), f"/meetings/{meeting.id}/ask")

    assert "Ask for another time" not in text_of(client.get(f"/meetings/{meeting.id}"))
    assert "stays held for you" not in answer
    assert asked() == []
