"""The diary of a host: a day at a time, all the others one tap away."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page
from sqlalchemy import select

from matchmaker.db import db
from matchmaker.domain.meeting import Status
from matchmaker.models import Account, Edition, Meeting, Slot
from matchmaker.services.actors import actor_of
from matchmaker.services.diary import diary_of
from tests.browser import open_as
from tests.builders import DAYS, NOW, get_project, make_investor, make_meeting, save
from tests.helpers import sign_in
from tests.web.test_investor import text_of

FIRST, SECOND, LAST = "2024-04-01", "2024-04-02", "2024-04-03"


@pytest.fixture
def host(client: FlaskClient, hao: Account) -> FlaskClient:
    return sign_in(client, hao)


@pytest.fixture
def filled(edition: Edition, hao: Account) -> Edition:
    """Two meetings on the first day, of which one is agreed; none on the second; a proposal on the third."""
    first, third = edition.slots[0], date.fromisoformat(LAST)
    later = {"starts_at": first.starts_at + timedelta(days=2), "ends_at": first.ends_at + timedelta(days=2)}
    save(Slot(edition_id=edition.id, position=len(edition.slots), day=third, half=first.half, **later))
    db.session.expire(edition)
    for name, slot, status in (
        ("Agreed Ltd", edition.slots[0], Status.ACCEPTED),
        ("Waiting Ltd", edition.slots[1], Status.PROPOSED),
        ("Later Ltd", edition.slots[-1], Status.PROPOSED),
    ):
        make_meeting(make_investor(edition, name=name), get_project(edition, "PD-01"), slot, status)
    return edition


def names_on(client: FlaskClient, address: str) -> list[str]:
    answer = client.get(address)
    assert answer.status_code == 200
    return re.findall(r"(\w+ Ltd) ?<", answer.text)


def stand_at(edition: Edition, moment: object) -> None:
    edition.clock_at = moment
    db.session.commit()


def links(client: FlaskClient, address: str) -> dict[str, str]:
    """The chips of the page: where each leads."""
    found = re.findall(r'<a class="chip number" href="([^"]+)"[^>]*>(.*?)</a>', client.get(address).text)
    return {re.sub("<[^>]+>", "", words): url.replace("&amp;", "&") for url, words in found}


def test_before_the_conference_its_first_day_is_open_and_the_others_are_one_tap_away(host: FlaskClient, filled: Edition) -> None:
    assert names_on(host, "/host/diary") == ["Agreed Ltd", "Waiting Ltd"]
    assert links(host, "/host/diary") == {
        "With open proposals (3)": f"/host/diary?day={FIRST}",
        "Agreed only (1)": f"/host/diary?day={FIRST}&show=agreed",
        "Mon 1 Apr (2)": f"/host/diary?day={FIRST}",
        "Wed 3 Apr (1)": f"/host/diary?day={LAST}",
        "All days": "/host/diary?day=all",
    }


def test_chinese_chips_have_their_numbers_in_chinese_brackets(host: FlaskClient, filled: Edition) -> None:
    host.post("/language", data={"language": "zh_Hans_CN"})

    numbers = [re.sub(r"[^0-9()（） ]", "", words) for words in links(host, "/host/diary")]

    assert numbers[:2] == ["（3）", "（1）"]


def test_whatever_begins_next_at_the_same_time_is_marked(host: FlaskClient, filled: Edition) -> None:
    make_meeting(make_investor(filled, name="Beside Ltd"), get_project(filled, "PD-02"), filled.slots[0], Status.ACCEPTED)

    marked = re.findall(r'<li class="diary-next">(.*?)</li>', host.get("/host/diary").text, re.DOTALL)

    assert sorted(name for each in marked for name in re.findall(r"\w+ Ltd", each)) == ["Agreed Ltd", "Beside Ltd"]
    assert all(">Next</span>" in each for each in marked)


@pytest.mark.journey
@pytest.mark.parametrize("width", [390, 1280])
def test_what_is_next_stands_in_line_with_the_rest(
    app: Flask, open_page: Callable[..., Page], hao: Account, filled: Edition, width: int
) -> None:
    page = open_as(app, hao, open_page(width=width), "/host/diary")

    left = page.evaluate("[...document.querySelectorAll('.agenda-time')].map(each => each.getBoundingClientRect().left)")

    assert len(left) == 2
    assert max(left) - min(left) < 1
    assert page.evaluate("document.querySelector('.diary-next').getBoundingClientRect().left") >= 0


@pytest.mark.usefixtures("filled")
def test_no_blank_is_underlined_in_a_link(host: FlaskClient) -> None:
    links = re.findall(r"<a [^>]*>(.*?)</a>", host.get("/host/diary").text.partition("<main")[2], re.DOTALL)

    assert [each for each in links if re.search(r"</svg>\s|\s<span class=\"muted", each)] == []
    assert 'Agreed Ltd<span class="muted together beside"> (Germany)</span>' in links


def test_on_its_days_today_is_open_and_says_where_meetings_are_if_it_has_none(host: FlaskClient, filled: Edition) -> None:
    stand_at(filled, filled.slots[0].starts_at + timedelta(minutes=10))
    assert names_on(host, "/host/diary") == ["Agreed Ltd", "Waiting Ltd"]
    assert ">Today</" in host.get("/host/diary").text

    stand_at(filled, filled.slots[0].starts_at + timedelta(days=1))
    today = text_of(host.get("/host/diary"))
    assert "Tuesday, 2 April 2024" in today
    assert "No meetings on this day. The nearest day with meetings is Wednesday, 3 April 2024. To Wed 3 Apr" in today

    stand_at(filled, filled.slots[0].starts_at + timedelta(days=30))
    assert "Monday, 1 April 2024" in text_of(host.get("/host/diary"))  # of the third day nothing is left but what has expired


def test_a_day_is_chosen_by_its_address_and_all_are_shown_when_asked_for(host: FlaskClient, filled: Edition) -> None:
    assert names_on(host, f"/host/diary?day={LAST}") == ["Later Ltd"]
    assert names_on(host, "/host/diary?day=all") == ["Agreed Ltd", "Waiting Ltd", "Later Ltd"]
    assert names_on(host, f"/host/diary?day={SECOND}") == []
    assert f"/host/sheets/{LAST}" in host.get(f"/host/diary?day={LAST}").text


def test_what_waits_can_be_left_out_on_a_day_and_on_all(host: FlaskClient, filled: Edition) -> None:
    assert names_on(host, f"/host/diary?day={FIRST}&show=agreed") == ["Agreed Ltd"]
    assert names_on(host, "/host/diary?day=all&show=agreed") == ["Agreed Ltd"]
    later = text_of(host.get(f"/host/diary?day={LAST}&show=agreed"))
    assert "No agreed meetings on this day. The nearest day with agreed meetings is Monday, 1 April 2024." in later
    assert links(host, f"/host/diary?day={LAST}&show=agreed")["With open proposals (3)"] == f"/host/diary?day={LAST}"


def test_where_nothing_is_agreed_what_waits_is_one_tap_away(host: FlaskClient, edition: Edition) -> None:
    make_meeting(make_investor(edition), get_project(edition, "PD-01"), edition.slots[0])

    text = host.get("/host/diary?show=agreed").text

    assert "No meeting is agreed yet." in text
    assert f'href="/host/diary?day={FIRST}">Show what waits' in text


def test_a_meeting_leads_back_to_its_day(host: FlaskClient, filled: Edition) -> None:
    meeting = make_meeting(make_investor(filled), get_project(filled, "PD-02"), filled.slots[-1], Status.ACCEPTED)

    assert f"/host/diary?day={filled.slots[-1].day}" in host.get(f"/host/meetings/{meeting.id}").text


def test_a_day_with_nothing_but_what_has_expired_is_not_opened_first(host: FlaskClient, filled: Edition) -> None:
    """Until there is no other."""
    for meeting in db.session.scalars(select(Meeting).where(Meeting.slot_id.in_([each.id for each in filled.slots[:2]]))):
        meeting.status, meeting.deadline_at = Status.PROPOSED, NOW
    db.session.commit()

    assert names_on(host, "/host/diary") == ["Later Ltd"]
    for meeting in db.session.scalars(select(Meeting)):
        meeting.deadline_at = NOW
    db.session.commit()
    assert diary_of(actor_of(db.session.scalars(select(Account)).one()), filled, now=NOW).opening_day(DAYS[0]) == DAYS[0]
