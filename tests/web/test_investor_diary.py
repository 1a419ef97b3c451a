import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page

from matchmaker.db import db
from matchmaker.domain.meeting import Status
from matchmaker.domain.reasons import DeclineReason
from matchmaker.models import Account, Edition
from matchmaker.phrases import phrase
from matchmaker.services.actors import actor_of
from matchmaker.services.meetings import decline_meeting
from tests.builders import NOW, get_project, make_interest, make_meeting
from tests.helpers import QueryCount, sign_in
from tests.qr import modules_in_svg, text_of_qr
from tests.web.test_investor import fill_diary, text_of


def test_what_comes_next_stands_on_top(client: FlaskClient, ines: Account, edition: Edition) -> None:
    fill_diary(ines, edition)

    text = text_of(sign_in(client, ines).get("/diary"))

    assert text.startswith("Diary Next · Mon 1 Apr, 09:00–09:30")


def test_what_goes_on_stands_on_top_as_now(client: FlaskClient, ines: Account, edition: Edition) -> None:
    make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], Status.ACCEPTED)
    edition.clock_at = edition.slots[0].starts_at + timedelta(minutes=5)
    db.session.commit()

    assert "Now · Mon 1 Apr, 09:00–09:30" in text_of(sign_in(client, ines).get("/diary"))
    assert "Now and next Mon 1 Apr 09:00–09:30 Now" in text_of(client.get("/investor/"))


def test_a_meeting_carries_its_host_in_both_scripts_reasons_and_documents(
    client: FlaskClient, ines: Account, edition: Edition
) -> None:
    meeting = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0])

    page = sign_in(client, ines).get("/diary")

    assert f"Host: {meeting.project.district.name_en} {meeting.project.district.name_zh}" in text_of(page)
    assert "Interest: would like" in text_of(page)
    for address in ("/projects/PD-01", "/districts/PD", f"/meetings/{meeting.id}.ics"):
        assert f'href="{address}"' in page.text


def test_each_day_to_come_has_a_map_that_says_in_words_what_it_shows(
    client: FlaskClient, ines: Account, edition: Edition
) -> None:
    fill_diary(ines, edition)

    maps = re.findall(r'<svg viewBox="0 0 360 240".*?</svg>', sign_in(client, ines).get("/diary").text, flags=re.DOTALL)

    title, described = (ET.fromstring(maps[0]).findtext(name) for name in ("title", "desc"))
    assert len(maps) == 2
    assert title == "Map of Mon 1 Apr"
    assert described is not None
    assert re.match(r"1: 09:00, .+\. 2: 13:30, .+ \(\d+ min from .+\)\.", described)
    legend = re.search(r'<ul class="map-legend">(.*?)</ul>', sign_in(client, ines).get("/diary").text, flags=re.DOTALL)
    assert legend is not None
    assert re.sub("<[^>]+>", " ", legend[1]).split() == ["1", "Pudong", "2", "Xuhui"]


def test_the_diary_says_why_an_interest_was_not_met(client: FlaskClient, ines: Account, edition: Edition) -> None:
    fill_diary(ines, edition)

    text = text_of(sign_in(client, ines).get("/diary"))

    assert "What was not met, and why" in text
    assert "This came nearest: Vaccine park" in text


def test_paper_carries_the_address_of_the_diary_as_text_and_code(client: FlaskClient, ines: Account, edition: Edition) -> None:
    fill_diary(ines, edition)

    page = sign_in(client, ines).get("/diary").text

    assert page.count("<br>http://127.0.0.1:8000/diary</p>") == 2
    codes = re.findall(r'<svg [^>]*class="qr".*?</svg>', page, flags=re.DOTALL)
    assert [text_of_qr(modules_in_svg(code)) for code in codes] == ["http://127.0.0.1:8000/diary"] * 2
    assert ["style=" in code for code in codes] == [False] * 2


@pytest.mark.parametrize(
    ("language", "hints"),
    [
        (
            "en",
            [
                "iPhone: Settings › Apps › Calendar › Accounts › Add account › Other › Add subscribed calendar.",
                "Outlook: Add calendar › Subscribe from web.",
                "WeChat shows no calendars: tap “…” at the top right, choose “open in browser”, then subscribe there.",
            ],
        ),
        (
            "zh_Hans_CN",
            [
                "iPhone：设置 › App › 日历 › 账户 › 添加账户 › 其他 › 添加已订阅的日历。",
                "Outlook：添加日历 › 从 Web 订阅。",
                "微信内无法打开日历：请点右上角“…”，选择“在浏览器打开”，再在浏览器中订阅。",
            ],
        ),
    ],
)
def test_the_calendar_page_leads_into_the_readers_own_calendar_and_says_how(
    client: FlaskClient, ines: Account, language: str, hints: list[str]
) -> None:
    ines.language = language
    db.session.commit()

    page = sign_in(client, ines).get("/calendar").text

    assert f'href="webcal://127.0.0.1:8000/calendar/{ines.calendar_token}.ics"' in page
    assert re.findall(r"<li>(.*?)</li>", page.partition('id="address-copied"')[2])[:3] == hints


def test_two_meetings_at_a_day_cost_as_many_queries_as_one(
    client: FlaskClient, ines: Account, edition: Edition, count_queries: Callable[[], AbstractContextManager[QueryCount]]
) -> None:
    counts = []
    sign_in(client, ines)
    for code, slot in (("PD-01", 0), ("XH-01", 2), ("LG-01", 4)):
        make_meeting(ines.investor, get_project(edition, code), edition.slots[slot], Status.ACCEPTED)
        with count_queries() as queries:
            client.get("/diary")
        counts.append(queries.count)

    assert counts[1] == counts[2]


@pytest.mark.journey
def test_each_day_is_printed_on_one_page(
    app: Flask, client: FlaskClient, open_page: Callable[..., Page], live_server: str, ines: Account, edition: Edition
) -> None:
    fill_diary(ines, edition)
    cookie = sign_in(app.test_client(), ines).get_cookie("session")
    assert cookie
    page = open_page()
    page.context.add_cookies([{"name": "session", "value": cookie.value, "url": live_server}])
    page.goto("/diary")

    printed: Any = page.pdf(prefer_css_page_size=True)
    page.emulate_media(media="print")

    assert re.findall(rb"/Count (\d+)", printed) == [b"2"]
    assert page.locator(".site-header").is_hidden()
    assert page.locator("#unmet").is_hidden()
    assert page.locator(".print-head .qr").first.is_visible()


def test_what_left_the_diary_is_told_with_who_and_why(client: FlaskClient, ines: Account, hao: Account, edition: Edition) -> None:
    declined = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0])
    make_meeting(ines.investor, get_project(edition, "PD-02"), edition.slots[3])
    decline_meeting(actor_of(hao), declined.id, DeclineReason.NOT_OUR_FIELD, "Not yet.", now=NOW)

    page = sign_in(client, ines).get("/diary").text

    gone = re.search(r'<section class="no-print" aria-labelledby="gone">.*?</section>', page, flags=re.DOTALL)
    assert gone is not None
    assert gone[0].count("<li>") == 1
    assert f"/meetings/{declined.id}" in gone[0]
    assert 'Host declined · Not our field · <span class="nowrap">Fri 22 Mar, 20:00' in gone[0]


def test_whatever_left_the_diary_can_still_be_found_there(client: FlaskClient, ines: Account, edition: Edition) -> None:
    ended = [make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], Status.LAPSED) for _ in range(7)]

    page = sign_in(client, ines).get("/diary")

    told = page.text.partition("No longer in your diary")[2]
    assert all(f'href="/meetings/{meeting.id}"' in told for meeting in ended)
    assert "2 earlier ones" in text_of(page)


def test_an_offered_time_is_told_as_held_as_long_as_it_is(client: FlaskClient, ines: Account, edition: Edition) -> None:
    slots = edition.slots
    meeting = make_meeting(ines.investor, get_project(edition, "PD-02"), slots[6], Status.COUNTERED, offered=slots[2])
    make_meeting(ines.investor, get_project(edition, "PD-01"), slots[0], Status.ACCEPTED)
    sign_in(client, ines)

    held = text_of(client.get("/diary"))
    edition.clock_at = meeting.deadline_at
    db.session.commit()

    assert "Also held for you until you answer Robot hands Mon 1 Apr, 13:30–14:00" in held
    assert "Also held" not in text_of(client.get("/diary"))


def test_a_diary_tells_of_no_other_that_left(client: FlaskClient, ines: Account, sam: Account, edition: Edition) -> None:
    make_meeting(sam.investor, get_project(edition, "PD-01"), edition.slots[0], Status.CANCELLED)
    make_meeting(ines.investor, get_project(edition, "PD-02"), edition.slots[3])

    assert 'id="gone"' not in sign_in(client, ines).get("/diary").text


# -- what expired, and what was recorded -------------------------------------------------------------------------------


def on_the_first_day(edition: Edition, position: int = 0) -> None:
    """Sets the clock into a slot; no night has run."""
    edition.clock_at = edition.slots[position].starts_at + timedelta(minutes=5)
    db.session.commit()


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, "The host did not answer in time; this proposal has expired."),
        ({"suggested": True, "host_agreed_at": NOW}, "You did not answer in time; this proposal has expired."),
        ({"suggested": True}, "Neither you nor the host answered in time; this proposal has expired."),
    ],
)
def test_a_proposal_that_nobody_answered_is_not_the_meeting_of_now(
    client: FlaskClient, ines: Account, edition: Edition, fields: dict[str, Any], told: str
) -> None:
    make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], **fields)
    make_meeting(ines.investor, get_project(edition, "XH-01"), edition.slots[2], Status.ACCEPTED)
    on_the_first_day(edition)

    page = sign_in(client, ines).get("/diary")
    home = text_of(client.get("/investor/"))

    assert text_of(page).startswith("Diary Next · Mon 1 Apr, 13:30–14:00 Model laboratory")
    assert re.search(rf"09:00–09:30 Robot joints Expired .*{re.escape(told)}", text_of(page))
    assert "Now" not in text_of(page)
    assert re.search(r"<desc [^>]*>1: 13:30, [^()]+\. </desc>", page.text)
    assert "Robot joints" not in home
    assert "Waiting for your answer" not in home
    assert "0 open proposals" in home


def test_a_day_on_which_all_has_expired_has_no_map(client: FlaskClient, ines: Account, edition: Edition) -> None:
    make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0])
    on_the_first_day(edition)

    page, home = sign_in(client, ines).get("/diary"), text_of(client.get("/investor/"))

    assert "Robot joints Expired" in text_of(page)
    assert '<figure class="day-map">' not in page.text
    assert "/diary.pdf" not in page.text
    assert "Nothing is left to come." in home


def test_an_expired_offer_says_while_the_first_time_can_still_be_kept(
    client: FlaskClient, ines: Account, edition: Edition
) -> None:
    project, slots = get_project(edition, "PD-01"), edition.slots
    meeting = make_meeting(ines.investor, project, slots[4], Status.COUNTERED, offered=slots[0])
    meeting.deadline_at = edition.clock_at = NOW + timedelta(hours=1)
    db.session.commit()

    text = text_of(sign_in(client, ines).get("/diary"))

    assert "Expired" in text
    assert "The first time can still be kept." in text


def test_a_waiting_entry_says_who_has_to_answer_until_when(client: FlaskClient, ines: Account, edition: Edition) -> None:
    make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0])
    make_meeting(ines.investor, get_project(edition, "XH-01"), edition.slots[2], Status.COUNTERED, offered=edition.slots[4])
    make_meeting(ines.investor, get_project(edition, "LG-01"), edition.slots[6], suggested=True)

    text = text_of(sign_in(client, ines).get("/diary"))

    for told in ("The host has to answer", "Please answer", "You and the host have to answer"):
        assert f" {told} by Sun 24 Mar, 20:00." in text
    assert "Venue and time of accepted meetings are promised; what waits for an answer may still change." in text


@pytest.mark.parametrize("status", [Status.HELD, Status.MISSED])
def test_a_recorded_meeting_stays_on_its_day_in_the_calendar_and_in_the_count(
    client: FlaskClient, ines: Account, edition: Edition, status: Status
) -> None:
    meeting = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], status)
    on_the_first_day(edition, 2)

    text = text_of(sign_in(client, ines).get("/diary"))
    download, home = client.get("/diary.ics").text, text_of(client.get("/investor/"))

    assert re.search(rf"Monday, 1 April 2024 09:00–09:30 Robot joints {phrase(status)}", text)
    assert meeting.uid in download
    assert "STATUS:CONFIRMED" in download
    assert "1 accepted meeting" in home


def test_an_expired_proposal_is_in_no_calendar(client: FlaskClient, ines: Account, edition: Edition) -> None:
    meeting = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0])
    on_the_first_day(edition)
    sign_in(client, ines)

    one = client.get(f"/meetings/{meeting.id}.ics")

    assert all(meeting.uid not in client.get(path).text for path in ("/diary.ics", f"/calendar/{ines.calendar_token}.ics"))
    assert (one.status_code, one.location) == (303, f"/meetings/{meeting.id}")
    page = client.get(one.location)
    assert "This proposal has expired; there is nothing to enter in a calendar." in page.text
    assert f"/meetings/{meeting.id}.ics" not in page.text


@pytest.mark.parametrize("path", ["/diary", "/investor/unmet"])
def test_who_has_stated_nothing_is_not_told_that_all_is_met(
    client: FlaskClient, ines: Account, edition: Edition, path: str
) -> None:
    before = sign_in(client, ines).get(path)
    make_interest(ines.investor, get_project(edition, "PD-01"))
    after = text_of(client.get(path))

    assert "You have not stated any interest yet." in text_of(before)
    assert 'href="/investor/interests"' in before.text.partition('<main id="content"')[2]
    assert "No schedule has been published yet." not in text_of(before)
    assert "No schedule has been published yet." in after
