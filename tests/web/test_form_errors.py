"""A form that comes back with errors says so at once: in the title, and by a summary on top that has the focus."""

import re

import pytest
from playwright.sync_api import expect

from matchmaker.models import Account, Edition
from tests.browser import open_as
from tests.helpers import sign_in
from tests.sent_forms import left_as_shown
from tests.states import STATES, State, asking_for, bring_about
from tests.world import world_on

SENT = [state for state in STATES if state.sent is not None and str(state) != "session-ended"]
"""Those that show their form, where a session has not ended."""
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


@pytest.mark.parametrize("state", SENT, ids=str)
def test_what_a_state_fills_in_are_fields_of_its_form_and_the_rest_of_it_is_sent_too(site, state: State) -> None:
    with asking_for(site, state, "en") as request:
        client = site.test_client()
        client.set_cookie("session", request.cookie)
        page = client.get(request.came_from).text

    assert [name for name in state.sent or () if f'name="{name}"' not in page] == []
    assert left_as_shown(page, request.came_from, request.address)


def test_a_browser_sends_what_is_filled_in_chosen_and_ticked() -> None:
    page = """<form action="/other"><input name="text" value="other"></form><form method="post" action="/here?again=1">
      <input type="hidden" name="seen" value="3"><input name="text" value="a &amp; b">
      <textarea name="note">\n two\nlines</textarea>
      <input type="checkbox" name="chains" value="A" checked><input type="checkbox" name="chains" value="B">
      <input type="checkbox" name="chains" value="C" checked><input name="off" disabled>
      <input type="radio" name="level" value="1">
      <select name="first"><option value="x">X<option value="y">Y</select><button name="save" value="1">Save</button>
      <select name="second"><option value="x">X</option><option value="y" selected>Y</option></select></form>"""

    assert list(left_as_shown(page, "/page", "/here").items(multi=True)) == [
        ("seen", "3"),
        ("text", "a & b"),
        ("note", " two\nlines"),
        ("chains", "A"),
        ("chains", "C"),
        ("first", "x"),
        ("second", "y"),
    ]
    assert not left_as_shown(page, "/page", "/nowhere")


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
