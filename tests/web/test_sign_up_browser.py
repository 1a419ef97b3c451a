"""Signing up in a real browser: chains found by pinyin, and what is filled in is there again after a refresh or a switch."""

import pytest
from flask import Flask

from matchmaker.db import db
from matchmaker.models import Edition
from tests.builders import get_chain
from tests.pages import cookie_for


def test_chains_are_found_as_one_types_and_the_form_survives_a_refresh(edition: Edition, open_page, app: Flask) -> None:
    get_chain(edition.id, "FI-ROB").name_zh = "智能机器人"
    db.session.commit()
    page = open_page(width=390, language="en")
    page.goto("/sign-up")

    page.get_by_label("Find a chain").fill("znjqr")
    assert page.locator("[data-found-by]:visible input").evaluate_all("boxes => boxes.map((box) => box.value)") == ["FI-ROB"]
    assert page.locator("#chains-found").inner_text() == "Chains found: 1"
    page.locator("#chains-FI-ROB").check()
    page.get_by_label("Find a chain").press("Enter")
    page.get_by_label("Find a chain").press("Escape")
    assert page.locator("#chains-found").inner_text() == ""
    assert page.locator("#chains details").count() == page.locator("#chains details:visible").count()
    assert page.locator("#chains details[open]").count() == 1  # that of the ticked one
    assert page.locator("#errors").count() == 0

    page.get_by_label("Name of the organisation").fill("Ines Capital")
    page.get_by_label("Password").fill("seven robots dance")
    page.reload()
    assert page.get_by_label("Name of the organisation").input_value() == "Ines Capital"
    assert page.locator("#chains-FI-ROB").is_checked()
    assert page.get_by_label("Password").input_value() == ""
    assert "seven robots" not in page.evaluate("JSON.stringify(sessionStorage)")

    asked = {"about": "sign_up", "address": "ines@example.org"}
    cookie = cookie_for(app, None, language="en", more={"mail": asked}.items())
    page.context.add_cookies([{"name": "session", "value": cookie, "url": app.config["PUBLIC_URL"]}])
    page.goto("/check-mail")
    assert page.evaluate("sessionStorage.length") == 0


def test_the_other_language_keeps_the_form_without_scripts_and_enter_does_not_switch(edition: Edition, open_page) -> None:
    page = open_page(width=390, language="en", scripts=False)
    page.goto("/sign-up")
    page.get_by_label("Name of the organisation").fill("Ines Capital")
    page.get_by_label("Name of the organisation").press("Enter")
    page.wait_for_load_state()
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.locator("[role=alert]").count() == 1

    page.get_by_role("button", name="简体中文").click()
    page.wait_for_load_state()
    assert page.locator("html").get_attribute("lang") == "zh-Hans"
    assert page.locator("#name").input_value() == "Ines Capital"


@pytest.mark.journey
@pytest.mark.parametrize("scripts", [True, False])
def test_a_sign_up_whose_session_ended_leads_back_to_its_page(edition: Edition, open_page, scripts: bool) -> None:
    page = open_page(width=390, language="en", scripts=scripts)
    page.goto("/sign-up")
    page.get_by_label("Name of the organisation").fill("Ines Capital")
    page.context.clear_cookies()
    with page.expect_navigation():
        page.get_by_role("button", name="Sign up").last.click()

    assert page.get_by_text("What you filled in is still in this tab").is_visible() is scripts
    assert page.get_by_text("A form with a password is not kept, on purpose").is_visible() is not scripts
    page.get_by_role("link", name="Open the page again").click()
    assert page.locator("#name").input_value() == ("Ines Capital" if scripts else "")


def test_an_amount_means_the_same_in_the_other_language_and_after_a_refresh(edition: Edition, open_page) -> None:
    page = open_page(width=390, language="en")
    page.goto("/sign-up")
    page.locator("#size_min").fill("50")
    page.locator("#size_max").fill("3亿")
    page.get_by_role("button", name="简体中文").click()
    page.wait_for_load_state()
    assert page.locator("html").get_attribute("lang") == "zh-Hans"
    assert [page.locator(each).input_value() for each in ("#size_min", "#size_max")] == ["50 million", "3亿"]

    page.locator("#size_min").fill("5000")
    page.goto("/sign-up")
    assert page.locator("#size_min").input_value() == "5000 万"
