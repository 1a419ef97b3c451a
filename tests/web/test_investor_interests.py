import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect

from matchmaker.db import db
from matchmaker.domain.interest import Level
from matchmaker.domain.meeting import Status
from matchmaker.models import Account, Edition, Meeting
from tests.builders import NOW, get_district, get_project, make_interest, make_meeting, make_project
from tests.helpers import QueryCount, sign_in
from tests.web.test_investor import follow, stored_interests, text_of

OpenPage = Callable[..., Page]
ROBOTS = {"target": "project", "code": "PD-01"}
IN_SHORT = {"Accept": "application/json"}


def test_investor_states_and_raises_and_takes_back_an_interest(client: FlaskClient, ines: Account) -> None:
    sign_in(client, ines)

    follow(client, "/investor/interests", **ROBOTS, level="would_like")
    text = follow(client, "/investor/interests", **ROBOTS, level="must_meet")
    stated = stored_interests()
    taken = follow(client, "/investor/interests", **ROBOTS, level="")
    again = follow(client, "/investor/interests", **ROBOTS, level="")

    assert "Must meet · 1 of 3" in text
    assert "Take back this choice" in text  # not the words of the button that undoes what was done just now
    assert stated == [("PD-01", Level.MUST_MEET)]
    assert stored_interests() == []
    assert "Taken back. The next night no longer counts it. Undo" in taken
    assert "Taken back. The next night no longer counts it. Say whom" in re.sub("Interests ", "", again)


def test_the_button_in_the_answer_restores_what_was_stated_before(client: FlaskClient, ines: Account, edition: Edition) -> None:
    make_interest(ines.investor, get_project(edition, "PD-01"), Level.MUST_MEET)

    client = sign_in(client, ines)
    client.post("/investor/interests", data={**ROBOTS, "level": "no_thanks"})
    page = client.get("/investor/interests").text
    undo = page.partition('class="flashes"')[2].partition("Undo")[0]
    client.post("/investor/interests", data=dict(re.findall(r'name="(\w+)" value="([^"]*)"', undo)))

    assert stored_interests() == [("PD-01", Level.MUST_MEET)]


def test_a_script_is_answered_in_short(client: FlaskClient, ines: Account) -> None:
    first, second = (
        sign_in(client, ines).post("/investor/interests", data={**ROBOTS, "level": "must_meet"}, headers=IN_SHORT)
        for _ in range(2)
    )

    said = "Noted: must meet. It counts most in the next night; it is no promise."
    assert first.json == {
        "said": said,
        "warning": None,
        "level": "must_meet",
        "before": "",
        "changed": True,
        "counter": "1 of 3",
    }
    assert second.json == {**first.json, "before": "must_meet", "changed": False}
    assert stored_interests() == [("PD-01", Level.MUST_MEET)]


def test_a_script_is_told_the_limit(client: FlaskClient, ines: Account, edition: Edition) -> None:
    for code in ("PD-01", "PD-02", "XH-01"):
        make_interest(ines.investor, get_project(edition, code), Level.MUST_MEET)

    form = {"target": "project", "code": "LG-01", "level": "must_meet"}
    answer = sign_in(client, ines).post("/investor/interests", data=form, headers=IN_SHORT)

    assert answer.status_code == 409
    assert answer.json is not None
    assert answer.json["counter"] == "3 of 3"
    assert "You may mark at most 3 as “must meet”" in answer.json["said"]
    assert answer.json["warning"] == {
        "said": "“Must meet” is stated for: Robot joints, Robot hands, Model laboratory.",
        "url": "/investor/interests#must_meet",
        "link": "Change your interests",
    }
    assert len(stored_interests()) == 3


def test_what_somebody_else_stated_is_not_taken_back(client: FlaskClient, ines: Account, sam: Account, edition: Edition) -> None:
    make_interest(sam.investor, get_project(edition, "PD-01"))

    follow(sign_in(client, ines), "/investor/interests", **ROBOTS, level="")

    assert stored_interests() == [("PD-01", Level.WOULD_LIKE)]


@pytest.mark.settings(WTF_CSRF_ENABLED=True)
def test_a_forged_form_states_nothing(client: FlaskClient, ines: Account) -> None:
    answer = sign_in(client, ines).post("/investor/interests", data={**ROBOTS, "level": "must_meet"}, headers=IN_SHORT)

    assert answer.status_code == 400
    assert stored_interests() == []


def test_a_card_tells_at_most_three_facts_to_investors_alone(
    client: FlaskClient, ines: Account, hao: Account, edition: Edition
) -> None:
    known = text_of(sign_in(client, ines).get("/projects/PD-01"))
    card = client.get("/projects").text.partition("Robot joints")[2].partition("</article>")[0]
    [because] = re.findall(r'<p class="because">(.*?)</p>', card, re.DOTALL)

    assert len(re.findall(r" \+\d+", known)) == 4
    assert re.findall(r'<span class="mark">(.*?)</span>', because) == [
        "Chain matches: Intelligent robots",
        "The sizes overlap; the project’s is RMB 100 million to RMB 500 million",
        "A common language: English",
    ]
    assert 'name="level" value="must_meet"' in card
    assert "Suits you because" not in sign_in(client, hao).get("/projects").text


def test_thirty_cards_cost_as_many_queries_as_one(
    client: FlaskClient, ines: Account, edition: Edition, count_queries: Callable[[], AbstractContextManager[QueryCount]]
) -> None:
    sign_in(client, ines).get("/districts/LG")
    with count_queries() as few:
        client.get("/districts/LG")
    for _ in range(29):
        make_project(get_district(edition, "LG"))
    with count_queries() as many:
        client.get("/districts/LG")

    assert many.count == few.count


def test_the_fourth_must_meet_is_answered_with_the_limit(client: FlaskClient, ines: Account, edition: Edition) -> None:
    for code in ("PD-01", "PD-02", "XH-01"):
        make_interest(ines.investor, get_project(edition, code), Level.MUST_MEET)

    text = follow(sign_in(client, ines), "/investor/interests", target="project", code="LG-01", level="must_meet")

    assert "You may mark at most 3 as “must meet”" in text
    assert "“Must meet” is stated for: Robot joints, " in text
    assert len(stored_interests()) == 3


NO_ANSWER = "1 proposal with this has no answer yet: the next night leaves it out, unless it is accepted before."


def test_a_no_thanks_says_that_a_proposal_is_left_out_and_leads_to_it(
    client: FlaskClient, ines: Account, edition: Edition
) -> None:
    meeting = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0])
    form = {"target": "district", "code": "PD", "level": "no_thanks"}

    sign_in(client, ines).post("/investor/interests", data=form)
    page = client.get("/investor/interests")

    assert f"{NO_ANSWER} To the meeting, to end it now" in text_of(page)
    assert f'<a href="/meetings/{meeting.id}">' in page.text
    assert db.session.get_one(Meeting, meeting.id).status is Status.PROPOSED


def test_a_no_thanks_tells_an_accepted_meeting_and_a_proposal_apart(client: FlaskClient, ines: Account, edition: Edition) -> None:
    make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0])
    make_meeting(ines.investor, get_project(edition, "PD-02"), edition.slots[1], Status.ACCEPTED)

    text = follow(sign_in(client, ines), "/investor/interests", target="district", code="PD", level="no_thanks")

    goes_on = "1 meeting with this has been answered and goes on until it is cancelled or withdrawn."
    assert f"{goes_on} {NO_ANSWER} To the diary, to end them now" in text


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"target": "planet", "code": "PD-01", "level": "must_meet"}, 400),
        ({"target": "project", "code": "PD-01", "level": "adore"}, 400),
        ({"target": "project", "code": "NOWHERE", "level": "must_meet"}, 303),
        ({}, 400),
    ],
)
def test_bad_interests_are_answered(client: FlaskClient, ines: Account, form: dict[str, str], status: int) -> None:
    assert sign_in(client, ines).post("/investor/interests", data=form).status_code == status
    assert stored_interests() == []


@pytest.mark.parametrize("elsewhere", ["https://evil.example", "//evil.example", "/\\evil.example", "evil"])
def test_a_form_never_leads_to_another_site(client: FlaskClient, ines: Account, elsewhere: str) -> None:
    form = {"target": "project", "code": "PD-01", "level": "would_like", "next": elsewhere}

    response = sign_in(client, ines).post("/investor/interests", data=form)

    assert response.location == "/investor/interests"


def test_the_project_page_shows_score_reasons_and_levels(client: FlaskClient, ines: Account, edition: Edition) -> None:
    text = text_of(sign_in(client, ines).get("/projects/PD-01"))

    assert "Chain matches: Intelligent robots +260" in text
    assert "A common language: English +90" in text
    assert "Must meet Would like No thanks" in text


def test_the_project_page_counts_what_an_interest_would_add(client: FlaskClient, ines: Account, edition: Edition) -> None:
    before = text_of(sign_in(client, ines).get("/projects/PD-01"))
    make_interest(ines.investor, get_project(edition, "PD-01"), Level.MUST_MEET)

    after = text_of(client.get("/projects/PD-01"))

    would_count = re.search(r"with “must meet” to (\d+)", before)
    assert would_count
    assert f"{would_count[1]} of 1,000" in after


def test_the_points_of_a_suggestion_add_up_before_the_eyes_of_the_reader(
    client: FlaskClient, ines: Account, edition: Edition
) -> None:
    text = text_of(sign_in(client, ines).get("/projects/PD-01"))

    told = re.search(r"of the (\d+) points below only (\d+) count so far", text)
    assert told
    assert int(told[1]) == sum(map(int, re.findall(r" \+(\d+)", text)))
    assert f"{told[2]} of 1,000" not in text
    assert int(told[2]) < int(told[1])


@pytest.mark.parametrize("who", ["hao", "olga"])
def test_the_project_page_shows_no_score_to_others(
    client: FlaskClient, request: pytest.FixtureRequest, who: str, edition: Edition
) -> None:
    account = request.getfixturevalue(who)

    assert "How well it suits you" not in sign_in(client, account).get("/projects/PD-01").text


def test_a_wish_that_an_own_no_thanks_covers_is_not_told_to_count(client: FlaskClient, ines: Account, edition: Edition) -> None:
    sign_in(client, ines)

    def state(target: str, code: str, level: str) -> str:
        return follow(client, "/investor/interests", target=target, code=code, level=level)

    first = state("project", "PD-01", "must_meet")
    refused = state("district", "PD", "no_thanks")
    covered = state("project", "PD-02", "would_like")
    elsewhere = state("project", "XH-01", "would_like")
    above = state("chain", "FI", "no_thanks")

    assert "It counts most in the next night" in first
    assert "It also rules out what you stated about: Robot joints. Change your interests" in refused
    assert "Noted, but as things stand nothing is planned from it. Undo Your “no thanks” to “Pudong” covers this too." in covered
    assert "Noted: would like. The next night counts it." in elsewhere
    assert "It also rules out what you stated about: " in above
    assert above.count("Does not count: your “no thanks” to “") == 3


@pytest.mark.parametrize("path", ["/projects", "/projects/PD-01", "/chains/FI-ROB", "/districts/PD", "/investor/interests"])
def test_where_interests_are_stated_their_must_meets_are_counted(
    client: FlaskClient, ines: Account, edition: Edition, path: str
) -> None:
    make_interest(ines.investor, get_project(edition, "PD-01"), Level.MUST_MEET)

    assert "Must meet · 1 of 3" in text_of(sign_in(client, ines).get(path))


@pytest.mark.parametrize("path", ["/chains/FI-ROB", "/districts/PD"])
def test_chains_and_districts_have_buttons_for_investors_alone(
    client: FlaskClient, ines: Account, hao: Account, edition: Edition, path: str
) -> None:
    assert "Must meet Would like No thanks" in text_of(sign_in(client, ines).get(path))
    assert "Must meet" not in text_of(sign_in(client, hao).get(path))
    assert "Must meet" not in text_of(client.application.test_client().get(path))


def test_a_withdrawn_project_has_no_buttons(client: FlaskClient, ines: Account, edition: Edition) -> None:
    get_project(edition, "PD-01").withdrawn_at = NOW
    db.session.commit()

    assert "Must meet" not in text_of(sign_in(client, ines).get("/projects/PD-01"))


# -- in a browser ------------------------------------------------------------------------------------------------------


@pytest.fixture
def open_as_ines(app: Flask, ines: Account, open_page: OpenPage, live_server: str) -> OpenPage:
    """A page of Ines, signed in."""

    def make(**options: Any) -> Page:
        client = app.test_client()
        cookie = sign_in(client, ines).get_cookie("session")
        assert cookie
        page = open_page(**options)
        page.context.add_cookies([{"name": "session", "value": cookie.value, "url": live_server}])
        return page

    return make


@pytest.mark.journey
def test_the_first_tap_takes_away_that_nothing_is_stated_and_undo_brings_it_back(open_as_ines: OpenPage) -> None:
    page = open_as_ines(width=390)
    page.goto("/investor/interests")
    nothing = page.get_by_text("You have stated no interest yet.")
    expect(nothing).to_be_visible()

    page.locator("form[data-interest]").first.get_by_role("button", name="Would like").click()
    expect(nothing).to_be_hidden()
    page.get_by_role("button", name="Undo").click()
    expect(nothing).to_be_visible()


def under(page: Page, heading: str) -> list[str]:
    return page.locator(f"section[aria-labelledby={heading}] .row-text strong").all_inner_texts()


@pytest.mark.journey
def test_a_row_moves_below_the_heading_of_its_level_with_the_focus_and_back_by_undo(
    open_as_ines: OpenPage, ines: Account, edition: Edition
) -> None:
    for code in ("PD-01", "PD-02"):
        make_interest(ines.investor, get_project(edition, code))
    page = open_as_ines(width=390)
    page.goto("/investor/interests")
    row = page.locator("form[data-interest='project/PD-01']")
    [robots, other] = under(page, "would_like")

    row.get_by_role("button", name="No thanks").press("Enter")
    expect(page.locator("section[aria-labelledby=no_thanks]")).to_contain_text(robots)
    expect(row.get_by_role("button", name="No thanks")).to_be_focused()
    assert (under(page, "would_like"), under(page, "no_thanks")) == ([other], [robots])

    page.keyboard.press("1")
    expect(page.locator("section[aria-labelledby=must_meet]")).to_contain_text(robots)
    expect(row.get_by_role("button", name="No thanks")).to_be_focused()
    page.keyboard.press("0")
    expect(row).to_have_count(0)
    expect(page.get_by_role("button", name="Undo")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("section[aria-labelledby=must_meet]")).to_contain_text(robots)

    db.session.rollback()
    assert sorted(stored_interests()) == [("PD-01", Level.MUST_MEET), ("PD-02", Level.WOULD_LIKE)]


@pytest.mark.journey
def test_the_first_choice_brings_its_section(open_as_ines: OpenPage) -> None:
    page = open_as_ines(width=390)
    page.goto("/investor/interests")

    page.locator("form[data-interest]").first.get_by_role("button", name="Would like").click()

    expect(page.locator("section[aria-labelledby=would_like] .row-text strong")).to_have_count(1)
    expect(page.get_by_role("button", name="Would like", pressed=True)).to_be_focused()


def test_an_interest_is_saved_at_once_by_tap_and_by_key_and_undone(open_as_ines: OpenPage) -> None:
    page = open_as_ines(width=390)
    page.goto("/projects/PD-01")
    must, like = (page.get_by_role("button", name=name, exact=True) for name in ("Must meet", "Would like"))

    must.click()
    expect(must).to_have_attribute("aria-pressed", "true")
    expect(page.locator("[data-must-meets]")).to_have_text("1 of 3")
    expect(page.locator(".saved-line")).to_contain_text("Must meet · 1 of 3")
    must.press("2")
    expect(like).to_have_attribute("aria-pressed", "true")
    expect(page.locator("[data-must-meets]")).to_have_text("0 of 3")
    must.press("u")
    expect(must).to_have_attribute("aria-pressed", "true")
    must.press("Control+0")  # of the browser, not of this page
    page.get_by_role("button", name="Undo").click()
    expect(like).to_have_attribute("aria-pressed", "true")
    like.press("u")
    expect(must).to_have_attribute("aria-pressed", "true")

    db.session.rollback()
    assert stored_interests() == [("PD-01", Level.MUST_MEET)]


@pytest.mark.journey
def test_undo_stands_beside_what_it_takes_back_alone(open_as_ines: OpenPage) -> None:
    page = open_as_ines()
    page.goto("/projects")
    one, other = (
        page.locator(f"form[data-interest='project/{code}']").get_by_role("button", name="Would like", exact=True)
        for code in ("PD-01", "PD-02")
    )
    undo = page.get_by_role("button", name="Undo")

    one.dblclick()
    expect(undo).to_be_visible()
    other.click()
    expect(other).to_have_attribute("aria-pressed", "true")
    expect(undo).to_be_visible()
    one.click()  # says what it says already
    expect(undo).to_have_count(0)
    one.press("u")
    expect(undo).to_have_count(0)

    db.session.rollback()
    assert stored_interests() == [("PD-01", Level.WOULD_LIKE), ("PD-02", Level.WOULD_LIKE)]


@pytest.mark.journey
def test_without_an_answer_the_page_says_so_and_tries_again(open_as_ines: OpenPage) -> None:
    page = open_as_ines()
    page.goto("/projects/PD-01")
    like = page.get_by_role("button", name="Would like", exact=True)

    page.context.set_offline(True)
    like.click()
    expect(page.get_by_role("status")).to_contain_text("Not saved: there was no answer.")
    expect(like).to_have_attribute("aria-pressed", "false")
    page.context.set_offline(False)
    page.get_by_role("button", name="Try again").click()
    expect(like).to_have_attribute("aria-pressed", "true")

    db.session.rollback()
    assert stored_interests() == [("PD-01", Level.WOULD_LIKE)]


@pytest.mark.journey
def test_without_scripts_an_interest_is_stated_and_undone(open_as_ines: OpenPage) -> None:
    page = open_as_ines(scripts=False)
    page.goto("/projects/PD-01")

    page.get_by_role("button", name="Must meet", exact=True).click()
    expect(page.get_by_text("Noted: must meet.")).to_be_visible()
    db.session.rollback()
    assert stored_interests() == [("PD-01", Level.MUST_MEET)]
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Taken back.")).to_be_visible()

    db.session.rollback()
    assert stored_interests() == []
