"""The inbox in a real browser: answers without a reload, by keys of its own, and in two tabs at once."""

import pytest
from flask_security import hash_password
from playwright.sync_api import expect
from sqlalchemy import select

from matchmaker.db import db
from matchmaker.domain.meeting import Status
from matchmaker.domain.roles import Role
from matchmaker.models import Meeting
from tests.builders import get_project, make_account, make_investor, make_meeting

pytestmark = pytest.mark.journey
PASSWORD = "seven robots dance"


@pytest.fixture
def hao(edition):
    district = get_project(edition, "PD-01").district
    return make_account(Role.HOST, email="hao@example.org", name="Hao", district=district, password=hash_password(PASSWORD))


@pytest.fixture
def meetings(edition, hao):
    slots = edition.slots
    return [
        make_meeting(make_investor(edition, name=name), get_project(edition, code), slots[at])
        for name, code, at in (("First Fund", "PD-01", 0), ("Second Fund", "PD-02", 1), ("Third Fund", "PD-01", 4))
    ]


def enter(page):
    page.goto("/sign-in")
    page.fill("[name=email]", "hao@example.org")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_selector("#inbox")
    return page


def statuses():
    db.session.rollback()
    return [each.status for each in db.session.scalars(select(Meeting).order_by(Meeting.id))]


@pytest.mark.parametrize("width", [390, 1280])
def test_answers_take_no_reload_and_count_live(open_page, meetings, width):
    page = enter(open_page(width=width))
    page.evaluate("window.same = true")
    first, second, third = (each.id for each in meetings)

    page.click(f"#decline-{second} > summary")
    page.fill(f"#note-{second}", "We have found our partners.")
    page.check(f"#chosen-{third}")
    page.click(f"#meeting-{first} .post-button button")
    page.wait_for_selector("#place")
    assert (page.title(), page.evaluate("document.activeElement.id")) == ("(2) Inbox · Matchmaker", "place")
    assert page.is_checked(f"#chosen-{third}")

    assert page.input_value(f"#note-{second}") == "We have found our partners."
    page.check(f"#reason-{second}-project_filled")
    page.click(f"#decline-{second} button")
    expect(page).to_have_title("(1) Inbox · Matchmaker")

    page.click(f"#meeting-{third} a[data-offer]")
    page.click(f"#offer-{third} .slot-choice >> nth=0")
    page.click(f"#offer-{third} button")
    expect(page).to_have_title("Inbox · Matchmaker")

    assert page.evaluate("window.same") is True
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert statuses() == [Status.ACCEPTED, Status.DECLINED, Status.COUNTERED]


def test_without_network_the_list_stays_and_offers_to_try_again(open_page, meetings):
    page = enter(open_page(width=390))
    first, second, third = (each.id for each in meetings)
    page.click(f"#decline-{second} > summary")
    page.fill(f"#note-{second}", "We have found our partners.")
    page.check(f"#chosen-{third}")

    page.context.set_offline(True)
    page.click(f"#meeting-{first} .post-button button")
    told = page.locator(f"#meeting-{first} #inbox-failed")
    expect(told).to_contain_text("Not saved: there was no answer. Your choice is not lost; please try again.")
    page.click(f"#meeting-{third} a[data-offer]")
    expect(page.locator(f"#meeting-{third} #inbox-failed")).to_contain_text("There was no answer. Nothing was changed")
    assert page.is_checked(f"#chosen-{third}")
    assert page.input_value(f"#note-{second}") == "We have found our partners."
    page.click(f"#meeting-{first} .post-button button")
    expect(told).to_be_visible()

    page.context.set_offline(False)
    told.get_by_role("button", name="Try again").click()
    expect(page).to_have_title("(2) Inbox · Matchmaker")
    assert page.is_checked(f"#chosen-{third}")
    assert page.input_value(f"#note-{second}") == "We have found our partners."
    assert statuses()[0] == Status.ACCEPTED


def test_list_is_answered_by_keys(open_page, meetings):
    page = enter(open_page())
    page.focus(f"#title-{meetings[0].id} a")

    for key in ("j", "x", "k", "a"):
        page.keyboard.press(key)
    page.wait_for_selector("#place")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("d")
    page.keyboard.press("Space")
    page.locator(f"#note-{meetings[2].id}").press_sequentially("a jad")  # letters, no keys
    page.locator(f"#reason-{meetings[2].id}-project_filled").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page).to_have_title("(1) Inbox · Matchmaker")

    assert statuses() == [Status.ACCEPTED, Status.PROPOSED, Status.DECLINED]
    assert page.is_checked(f"#chosen-{meetings[1].id}")


def test_another_tab_learns_what_was_answered(open_page, meetings):
    page = enter(open_page())
    other = page.context.new_page()
    other.goto("/host/")
    other.click(f"#meeting-{meetings[0].id} .post-button button")
    other.wait_for_selector("#place")

    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    expect(page).to_have_title("(2) Inbox · Matchmaker")
    assert page.locator("[data-row]").count() == 2


def test_an_answer_that_cannot_be_given_in_place_is_sent_as_without_scripts(open_page, meetings):
    page = enter(open_page())
    something_else = {"status": 200, "content_type": "text/html", "body": "<p>No list.</p>"}
    page.route(
        "**/several",
        lambda route: route.fulfill(**something_else) if route.request.resource_type == "fetch" else route.continue_(),
    )
    expect(page.locator(".several [data-answers]:visible")).to_have_count(0)
    page.check(f"#chosen-{meetings[0].id}")
    expect(page.locator("[data-chosen]")).to_have_text("1 chosen")
    expect(page.locator(".several [data-answers]:visible")).to_have_count(2)
    page.check("#chosen-all")
    expect(page.locator("[data-chosen]")).to_have_text("3 chosen")

    page.click("#decline-several > summary")
    page.check("#reason-several-project_filled")
    with page.expect_navigation():
        page.click("#several button[value=decline]")

    assert statuses() == [Status.DECLINED] * 3
