"""Marks of a host's team, set and taken back in the list of investors."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect
from sqlalchemy import select

from matchmaker.db import db
from matchmaker.domain.interest import Level
from matchmaker.domain.meeting import Status
from matchmaker.domain.roles import Vetting
from matchmaker.models import Account, Edition, HostMark
from tests.browser import open_as
from tests.builders import get_district, get_project, make_interest, make_investor, make_mark, make_meeting
from tests.helpers import sign_in

LIST = "/host/investors"
IN_SHORT = {"Accept": "application/json"}


@pytest.fixture
def host(client: FlaskClient, hao: Account) -> FlaskClient:
    return sign_in(client, hao)


def page(client: FlaskClient, address: str = LIST) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.text


def without_tokens(html: str) -> str:
    """Tokens against forged forms differ from one second to the next."""
    return re.sub(r'name="csrf_token" value="[^"]*"', "", html)


def marks() -> list[tuple[int, Level]]:
    db.session.rollback()
    return [tuple(row) for row in db.session.execute(select(HostMark.investor_id, HostMark.level))]


def test_the_list_tells_who_suits_and_why_in_both_languages(host: FlaskClient, edition: Edition, ines: Account) -> None:
    english = page(host)
    host.post("/language", data={"language": "zh_Hans_CN"})
    chinese = page(host)

    assert "Ines Capital" in english
    assert "Chain matches: Intelligent robots" in english
    assert "Must meet · <span" in english
    assert "0 of at most 3" in english
    assert f'href="{LIST}"' in page(host, "/host/")
    assert "Ines Capital" in chinese
    assert "机器人关节" in chinese


def test_a_mark_leads_back_to_the_investor_with_the_filters_kept(host: FlaskClient, ines: Account) -> None:
    shown = page(host, f"{LIST}?text=ines&mark=unmarked")
    place = re.search(r'name="next" value="(/host/investors[^"]*#investor-\d+)"', shown)
    assert place is not None
    asked = place[1].replace("&amp;", "&")

    answer = host.post(LIST, data={"code": ines.investor_id, "level": "must_meet", "next": asked})

    assert (answer.status_code, answer.location) == (303, f"{LIST}?text=ines&mark=unmarked#investor-{ines.investor_id}")
    assert marks() == [(ines.investor_id, Level.MUST_MEET)]
    after = page(host, answer.location.partition("#")[0])
    assert "Noted: must meet. It counts where the investor wants to meet you too; it is no promise." in after
    assert "Undo" in after
    assert "Nothing matches this choice." in after
    assert "1 of at most 3" in page(host)


def test_the_button_in_the_answer_restores_the_mark_before(host: FlaskClient, edition: Edition, ines: Account) -> None:
    make_mark(get_district(edition, "PD"), ines.investor, Level.WOULD_LIKE)
    host.post(LIST, data={"code": ines.investor_id, "level": ""})
    assert marks() == []
    undo = page(host).partition('class="flashes"')[2].partition("Undo")[0]

    host.post(LIST, data=dict(re.findall(r'name="(\w+)" value="([^"]*)"', undo)))

    assert marks() == [(ines.investor_id, Level.WOULD_LIKE)]


def test_a_script_is_answered_in_short(host: FlaskClient, edition: Edition, ines: Account) -> None:
    meeting = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], Status.ACCEPTED)

    answer = host.post(LIST, data={"code": ines.investor_id, "level": "no_thanks"}, headers=IN_SHORT)

    assert answer.json == {
        "said": "Noted: no thanks. You will not be proposed to each other.",
        "warning": {
            "said": "1 meeting with this has been answered and goes on until it is cancelled or withdrawn.",
            "url": f"/host/meetings/{meeting.id}",
            "link": "Look at the meeting",
        },
        "level": "no_thanks",
        "before": "",
        "changed": True,
        "counter": "0 of at most 3 investors",
    }


def test_the_limit_is_told_and_nothing_stored(host: FlaskClient, edition: Edition, ines: Account) -> None:
    for _number in range(3):
        make_mark(get_district(edition, "PD"), make_investor(edition), Level.MUST_MEET)

    in_short = host.post(LIST, data={"code": ines.investor_id, "level": "must_meet"}, headers=IN_SHORT)
    on_page = host.post(LIST, data={"code": ines.investor_id, "level": "must_meet"})

    assert (in_short.status_code, in_short.json["counter"]) == (409, "3 of at most 3 investors")  # type: ignore[index]
    assert on_page.location == LIST
    assert "You may mark at most 3" in page(host)
    assert len(marks()) == 3


def test_a_confidential_investor_is_not_named_nor_found_by_its_name(host: FlaskClient, edition: Edition) -> None:
    make_investor(edition, name="Quiet Fund", country="CH", confidential=True, about="Quiet and rich.")

    assert "Confidential investor · Switzerland · Intelligent robots" in page(host)
    assert "Quiet" not in page(host)
    assert "Nothing matches this choice." in page(host, f"{LIST}?text=Fund")
    assert "1 investor." in page(host, f"{LIST}?text=switzerland")


def test_what_came_of_an_investor_names_the_project_and_counts_the_other_meetings(
    host: FlaskClient, edition: Edition, ines: Account
) -> None:
    make_interest(ines.investor, get_project(edition, "PD-01"), Level.MUST_MEET)
    make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0])
    make_meeting(ines.investor, get_project(edition, "PD-02"), edition.slots[1])

    text = " ".join(unescape(re.sub(r"<[^>]+>", "", page(host))).split())

    assert "Suits best: Robot joints" in text
    assert "Your meeting (Robot joints): Mon 1 Apr, 09:00 · Proposed · and 1 more" in text


def test_who_says_no_thanks_to_the_district_is_shown_like_everybody(host: FlaskClient, edition: Edition, ines: Account) -> None:
    before = without_tokens(page(host))
    make_interest(ines.investor, get_district(edition, "PD"), Level.NO_THANKS)

    assert without_tokens(page(host)) == before


@pytest.mark.parametrize(
    ("form", "status"), [({"code": "x", "level": ""}, 400), ({"code": "1"}, 400), ({"code": "999", "level": "must_meet"}, 404)]
)
def test_what_no_form_sends_is_refused(host: FlaskClient, form: dict[str, str], status: int) -> None:
    assert host.post(LIST, data=form).status_code == status


def test_who_is_not_approved_can_not_be_marked(host: FlaskClient, edition: Edition) -> None:
    waiting = make_investor(edition, vetting=Vetting.WAITLISTED)

    assert host.post(LIST, data={"code": waiting.id, "level": "must_meet"}).status_code == 404
    assert marks() == []


def test_visitors_and_investors_do_not_enter(client: FlaskClient, ines: Account, olga: Account) -> None:
    form = {"code": ines.investor_id, "level": "must_meet"}
    assert (client.get(LIST).status_code, client.post(LIST, data=form).status_code) == (302, 302)
    for account in (ines, olga):
        sign_in(client, account)
        assert (client.get(LIST).status_code, client.post(LIST, data=form).status_code) == (404, 404)


@pytest.mark.journey
def test_a_tap_marks_in_place_and_can_be_undone(
    app: Flask, open_page: Callable[..., Page], hao: Account, edition: Edition, ines: Account
) -> None:
    shown = open_as(app, hao, open_page(), LIST)

    shown.get_by_role("button", name="Must meet").click()
    expect(shown.locator("[data-must-meets]")).to_have_text("1 of at most 3 investors")
    expect(shown.get_by_role("button", name="Must meet")).to_have_attribute("aria-pressed", "true")
    shown.get_by_role("button", name="Undo").click()
    expect(shown.locator("[data-must-meets]")).to_have_text("0 of at most 3 investors")

    assert marks() == []
