"""States in a real browser: what is under way is seen and heard, and a conflict is settled with one tap."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page, Route, expect

from matchmaker.db import db
from matchmaker.domain.meeting import Status
from matchmaker.models import Account, Edition
from matchmaker.services.actors import actor_of
from matchmaker.services.investors import availability_of, set_availability
from tests.browser import open_as
from tests.builders import NOW, get_project, make_meeting
from tests.web.test_a11y import RULES

pytestmark = pytest.mark.journey


def hold(page: Page, pattern: str) -> list[Route]:
    """What is posted to such addresses waits until the test lets it go."""
    held: list[Route] = []
    page.route(pattern, lambda route: held.append(route) if route.request.method == "POST" else route.continue_())
    return held


def test_inbox_says_that_an_answer_is_under_way(
    app: Flask, edition: Edition, ines: Account, hao: Account, browser_page: Page
) -> None:
    meeting = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0])
    page = open_as(app, hao, browser_page, "/host/")
    held = hold(page, "**/accept")

    page.locator(".proposals .post-button button").first.click()

    expect(page.locator("#inbox")).to_have_attribute("aria-busy", "true")
    expect(page.get_by_role("status").get_by_text("One moment, please")).to_be_visible()
    held[0].continue_()
    expect(page.locator("#inbox")).not_to_have_attribute("aria-busy", "true")
    expect(page.locator("#inbox-busy")).to_be_empty()
    db.session.rollback()
    assert meeting.status is Status.ACCEPTED


def test_an_interest_says_that_it_is_being_saved_when_it_takes_long(
    app: Flask, edition: Edition, ines: Account, browser_page: Page
) -> None:
    page = open_as(app, ines, browser_page, "/projects/PD-01")
    held = hold(page, "**/investor/interests")
    form = page.locator("form[data-interest]").first

    form.locator("button").first.click()

    expect(form).to_have_attribute("aria-busy", "true")
    expect(page.get_by_role("status").get_by_text("this is being saved")).to_be_visible()
    held[0].continue_()
    expect(page.get_by_text("Noted: must meet.")).to_be_visible()
    expect(form).not_to_have_attribute("aria-busy", "true")


def test_both_versions_stand_side_by_side_and_mine_is_kept_with_one_tap(
    app: Flask, edition: Edition, ines: Account, open_page
) -> None:
    slots = [slot.id for slot in edition.slots]
    page = open_as(app, ines, open_page(width=390), "/investor/availability")
    set_availability(actor_of(ines), slots[:2], now=NOW)
    page.locator(f"input[value='{slots[0]}']").uncheck()

    page.get_by_role("button", name="Save availability").click()

    expect(page.get_by_role("heading", name="This was changed meanwhile")).to_be_visible()
    assert Axe().run(page, options=RULES).response["violations"] == []
    page.get_by_role("button", name="Keep mine").click()
    expect(page.get_by_text("Your availability is stored.")).to_be_visible()
    assert availability_of(actor_of(ines)) == set(slots[1:])
