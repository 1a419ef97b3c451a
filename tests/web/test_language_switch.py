"""The other language is one tap away on every page, also on one that only a form brought: it never ends where no page is."""

import re
from html import unescape

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect

from matchmaker.models import Account, Edition
from tests.browser import open_as
from tests.states import OURS, STATES, State, asking_for, bring_about
from tests.world import world_on

SENT = [state for state in STATES if state.sent is not None]
OWN_SWITCH = {"sign-up-wrong"}
"""Its language buttons send the form itself."""
KEPT = {"session-ended", "form-kept"}
"""Theirs send what they keep."""


@pytest.fixture(scope="module")
def site(sqlite_templates, tmp_path_factory):
    with world_on(sqlite_templates / "empty", tmp_path_factory.mktemp("switch"), rows=1, WTF_CSRF_ENABLED=True) as app:
        yield app


def switch(client: FlaskClient, page: str) -> str:
    """Tap the other language on this page; answers where that leads."""
    [form] = re.findall(r'<form method="post" action="/language".*?</form>', page, re.DOTALL)
    sent = {name: unescape(value) for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', form)}
    answer = client.post("/language", data=sent)
    assert answer.status_code == 303
    return answer.location


def without_key(address: str) -> str:
    """Keys in links tell the second in which they were made."""
    return re.sub(r"/[\w-]+\.[\w-]+\.[\w-]+$", "/KEY", address)


@pytest.mark.parametrize("state", [each for each in SENT if str(each) not in OWN_SWITCH | KEPT], ids=str)
def test_after_a_form_the_other_language_leads_to_a_page(site, state: State) -> None:
    client = site.test_client()
    where = switch(client, bring_about(site, state, "en", client).text)

    page = client.get(where)

    assert page.status_code in (200, 302)
    if state.status in (200, 409):
        with asking_for(site, state, "en") as request:
            assert without_key(where) == without_key(request.came_from)
            assert '<html lang="zh-Hans">' in page.text
            assert "<title>有误" not in page.text
            assert 'method="post"' in page.text


@pytest.mark.parametrize("state", [each for each in SENT if str(each) in KEPT], ids=str)
def test_a_page_that_keeps_a_form_takes_it_along_into_the_other_language(site, state: State) -> None:
    client = site.test_client()
    page = bring_about(site, state, "en", client).text
    action, fields = kept_form(page)

    other = client.post(action, data=fields | {"show_in": "zh_Hans_CN"}, headers=OURS).text

    assert 'action="/language"' not in page
    assert '<html lang="zh-Hans">' in other
    assert kept_form(other)[0] == action
    assert {**kept_form(other)[1], "csrf_token": ""} == {**fields, "csrf_token": ""}
    assert state.sent.items() <= fields.items()


def kept_form(page: str) -> tuple[str, dict[str, str]]:
    """Where it is sent to, and what it holds."""
    [(action, form)] = re.findall(r'<form method="post" action="([^"]*)"[^>]* id="kept">(.*?)</form>', page, re.DOTALL)
    return action, {name: unescape(value) for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', form)}


def test_an_address_without_a_page_leads_to_the_start(site) -> None:
    state = next(each for each in STATES if str(each) == "405")
    client = site.test_client()

    assert switch(client, bring_about(site, state, "en", client).text) == "/"


def test_the_link_of_a_mail_is_not_lost_though_no_browser_tells_it(site) -> None:
    state = next(each for each in STATES if str(each) == "answer-wrong")
    client = site.test_client()
    with asking_for(site, state, "en") as request:
        client.set_cookie("session", request.cookie)
        page = client.post(request.address, data=request.sent, headers={"Referer": "http://localhost/"}).text

        assert switch(client, page) == request.came_from


# -- what was typed ----------------------------------------------------------------------------------------------------


def chinese(page: Page) -> None:
    page.get_by_role("button", name="简体中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")


@pytest.mark.journey
def test_what_was_typed_is_there_once_in_the_other_language_but_for_passwords(
    app, edition: Edition, ines: Account, browser_page: Page
) -> None:
    page = open_as(app, ines, browser_page, "/investor/profile")
    page.fill("#about", "Joints and <hands>.")
    page.fill("#website", "nowhere")
    page.check("#stages-1")
    page.fill("#size_min", "50")
    page.locator("#profile-form [type=submit]").click()
    expect(page.locator("#errors")).to_be_focused()

    chinese(page)

    assert page.url.endswith("/investor/profile")
    expect(page.locator("#about")).to_have_value("Joints and <hands>.")
    expect(page.locator("#website")).to_have_value("nowhere")
    expect(page.locator("#stages-1")).to_be_checked()
    expect(page.locator("#size_min")).to_have_value("50 million")
    expect(page.locator("#size_min + [type=hidden]")).to_have_value("万")
    page.reload(wait_until="load")
    assert page.input_value("#website") == ""

    page.goto("/account/password")
    page.fill("#password", "seven robots dance")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.input_value("#password") == ""
    assert "seven robots" not in page.evaluate("JSON.stringify(sessionStorage)")


@pytest.mark.journey
def test_what_was_not_sent_yet_is_kept_with_the_version_that_was_shown(
    app, edition: Edition, ines: Account, browser_page: Page
) -> None:
    """Else what a colleague stored meanwhile would be overwritten unseen."""
    page = open_as(app, ines, browser_page, "/investor/profile")
    seen = page.input_value("#profile-form [name=seen]")
    page.evaluate("document.querySelector('#profile-form [name=seen]').value = 'of before'")
    page.fill("#about", "Joints.")
    page.locator("#chains details:has(#chains-F5) > summary").click()
    page.check("#chains-F5")

    chinese(page)

    assert seen != "of before"
    expect(page.locator("#chains-F5")).to_be_visible()
    expect(page.locator("#about")).to_have_value("Joints.")
    expect(page.locator("#profile-form [name=seen]")).to_have_value("of before")
    page.locator("#profile-form [type=submit]").click()
    expect(page.locator("#both-versions")).to_be_visible()


@pytest.mark.journey
def test_what_is_kept_holds_no_key_and_is_for_its_own_page(app, edition: Edition, ines: Account, browser_page: Page) -> None:
    """Also where the switch did not come about, and another address brings the same forms."""
    page = open_as(app, ines, browser_page, "/investor/profile")
    page.route("**/language", lambda route: route.fulfill(status=204))
    kept = "sessionStorage.getItem('typed')"
    with page.expect_response("**/language"):
        page.get_by_role("button", name="简体中文").click()
    assert page.evaluate(kept) is None  # nothing was typed
    page.fill("#about", "Joints.")
    with page.expect_response("**/language"):
        page.get_by_role("button", name="简体中文").click()
    page.wait_for_function(f"{kept} !== null")

    assert page.input_value("#profile-form [name=csrf_token]") not in page.evaluate(kept)
    page.fill("#min_meetings", "9")
    page.fill("#max_meetings", "1")
    with page.expect_navigation():
        page.locator("form[action$='/investor/limits'] [type=submit]").click()
    expect(page.locator("#errors")).to_be_focused()
    assert page.input_value("#about") == ""
    assert page.evaluate(kept) is None
