"""A session that ends while somebody fills in a form costs a sign-in, never the form."""

import pytest
from flask.testing import FlaskClient
from flask_security import hash_password
from playwright.sync_api import expect

from matchmaker.db import db
from matchmaker.domain.roles import Role
from matchmaker.models import Account, Edition, Investor
from tests.builders import make_account, make_investor
from tests.helpers import sign_in
from tests.web.test_investor import text_of

PASSWORD = "seven robots dance"
OURS = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}
LIMITS = {"min_meetings": "3", "max_meetings": "7", "max_per_day": "4"}


@pytest.mark.parametrize("language", ["en", "zh-CN"])
@pytest.mark.journey
def test_who_signs_in_again_sends_the_same_form(edition: Edition, open_page, language: str) -> None:
    investor = make_investor(edition, name="Ines Capital")
    make_account(Role.INVESTOR, email="ines@example.org", investor=investor, password=hash_password(PASSWORD), language="")
    page = open_page(width=390, language=language)
    page.goto("/sign-in")
    enter(page)
    page.goto("/investor/profile")
    page.fill("#max_meetings", "7")
    page.context.clear_cookies(name="session")

    page.locator("form[action$='/investor/limits'] [type=submit]").click()
    page.wait_for_load_state()
    page.get_by_role("button", name="简体中文" if language == "en" else "English").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans" if language == "en" else "en")
    with page.context.expect_page() as opened:
        page.locator("main a[target=_blank]").click()
    enter(opened.value)
    with page.expect_navigation():
        page.locator("main form button").click()

    assert page.url.endswith("/investor/profile")
    db.session.rollback()
    assert db.session.get_one(Investor, investor.id).max_meetings == 7


def enter(page) -> None:
    page.fill("[name=email]", "ines@example.org")
    page.fill("[name=password]", PASSWORD)
    with page.expect_navigation():
        page.press("[name=password]", "Enter")


@pytest.mark.parametrize(("headers", "status"), [(OURS, 200), ({}, 400)])
def test_who_asks_for_the_other_language_has_not_sent_the_form(
    client: FlaskClient, ines: Account, headers: dict[str, str], status: int
) -> None:
    """Though somebody signed in meanwhile, so that it could be taken."""
    before = ines.investor.max_meetings
    answer = sign_in(client, ines).post("/investor/limits", data=LIMITS | {"show_in": "zh_Hans_CN"}, headers=headers)

    assert answer.status_code == status
    assert ('<html lang="zh-Hans">' in answer.text) == ('name="max_meetings" value="7"' in answer.text) == (status == 200)
    assert '<input type="hidden" name="show_in"' not in answer.text
    assert before != 7
    assert db.session.get_one(Investor, ines.investor_id).max_meetings == before


def test_a_form_of_our_own_pages_is_kept(client: FlaskClient, edition: Edition) -> None:
    answer = client.post("/investor/limits", data=LIMITS, headers=OURS)

    assert answer.status_code == 401
    assert "what you filled in is kept here" in text_of(answer)
    assert '<input type="hidden" name="max_meetings" value="7">' in answer.text
    assert 'action="/investor/limits"' in answer.text


@pytest.mark.parametrize(
    "headers",
    [{}, {"Sec-Fetch-Site": "cross-site", "Accept": "text/html"}, {"Origin": "https://elsewhere.example", "Accept": "text/html"}],
)
def test_a_form_from_elsewhere_is_not_kept(client: FlaskClient, edition: Edition, headers: dict[str, str]) -> None:
    answer = client.post("/investor/limits", data=LIMITS, headers=headers)

    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in")


def test_an_older_browser_tells_where_the_form_is_from_by_its_origin(client: FlaskClient, edition: Edition) -> None:
    answer = client.post("/investor/limits", data=LIMITS, headers={"Origin": "http://localhost", "Accept": "text/html"})

    assert answer.status_code == 401


@pytest.mark.settings(WTF_CSRF_ENABLED=True)
def test_a_page_that_was_open_for_too_long_is_sent_again_with_one_tap(client: FlaskClient, ines: Account) -> None:
    answer = sign_in(client, ines).post("/investor/limits", data=LIMITS | {"csrf_token": "of-yesterday"}, headers=OURS)

    assert answer.status_code == 400
    assert "please send it again" in text_of(answer)
    assert "of-yesterday" not in answer.text


@pytest.mark.settings(WTF_CSRF_ENABLED=True)
@pytest.mark.parametrize(
    ("address", "sent"),
    [("/language", {"language": "zh_Hans_CN", "next": "/"}), ("/new-password", {"email": "ines@example.org"})],
)
def test_a_visitor_whose_page_was_open_for_too_long_is_not_asked_to_sign_in(
    client: FlaskClient, edition: Edition, address: str, sent: dict[str, str]
) -> None:
    answer = client.post(address, data=sent | {"csrf_token": "of-yesterday"}, headers=OURS)

    assert answer.status_code == 400
    assert "please send it again" in text_of(answer)
    assert "session has ended" not in text_of(answer)


@pytest.mark.settings(WTF_CSRF_ENABLED=True)
def test_a_browser_that_sends_no_cookie_is_told_what_else_may_be_wrong(client: FlaskClient, edition: Edition) -> None:
    def told() -> str:
        return text_of(client.post("/new-password", data={"email": "ines@example.org"}, headers=OURS))

    assert "your browser keeps no cookies of this site" in told()
    client.set_cookie("session", "of yesterday")
    assert "cookies" not in told()


@pytest.mark.settings(WTF_CSRF_ENABLED=True)
def test_a_stale_form_from_elsewhere_gets_no_button(client: FlaskClient, ines: Account) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Accept": "text/html"}
    answer = sign_in(client, ines).post("/investor/limits", data=LIMITS, headers=headers)

    assert answer.status_code == 400
    assert "Please open the page again" in text_of(answer)
    assert 'name="max_meetings"' not in answer.text


@pytest.mark.settings(WTF_CSRF_ENABLED=True)
def test_passwords_are_never_kept(client: FlaskClient, edition: Edition) -> None:
    answer = client.post("/sign-up", data={"name": "Ines Capital", "password": PASSWORD}, headers=OURS)

    assert PASSWORD not in answer.text
    assert "Please open the page again" in text_of(answer)
