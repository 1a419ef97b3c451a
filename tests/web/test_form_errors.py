"""A form that comes back with errors says so at once: in the title, and by a summary on top that has the focus."""

import re

import pytest
from playwright.sync_api import expect

from matchmaker.models import Account, Edition
from tests.browser import open_as
from tests.helpers import sign_in
from tests.states import STATES, State, bring_about
from tests.world import world_on

WRONG = [state for state in STATES if str(state).endswith("-wrong")]
SUMMARY = re.compile(r'<div class="notice notice-danger" id="errors" tabindex="-1" autofocus role="alert">.*?</ul>', re.DOTALL)


@pytest.fixture(scope="module")
def site(sqlite_templates, tmp_path_factory):
    with world_on(sqlite_templates / "empty", tmp_path_factory.mktemp("wrong"), rows=1, WTF_CSRF_ENABLED=True) as app:
        yield app


@pytest.mark.parametrize("state", WRONG, ids=str)
def test_the_title_and_one_summary_say_what_is_wrong(site, state: State) -> None:
    page = bring_about(site, state, "en").text

    assert "<title>Error: " in page
    [summary] = SUMMARY.findall(page)
    targets = re.findall(r'href="#([^"]+)"', summary)
    assert [target for target in targets if f'id="{target}"' not in page] == []


def test_a_specimen_of_a_form_is_no_error(client, olga: Account) -> None:
    page = sign_in(client, olga).get("/style").text

    assert "<title>Components" in page
    assert "autofocus" not in page


@pytest.mark.journey
def test_the_summary_has_the_focus_and_leads_to_the_field(app, edition: Edition, hao: Account, browser_page) -> None:
    page = open_as(app, hao, browser_page, "/account")
    page.fill("#name", "")

    page.click("#submit")

    expect(page).to_have_title("Error: Your account · Matchmaker")
    expect(page.locator("#errors")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#name")).to_be_focused()
