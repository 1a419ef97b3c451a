"""The address for calendars in a browser: a button copies it; where scripts are off there is none."""

import pytest

from tests.browser import open_as

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


def test_a_button_copies_the_address_and_says_so(app, ines, open_page):
    page = open_as(app, ines, open_page(), "/calendar")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])

    page.get_by_role("button", name="Copy the address").click()

    page.get_by_text("The address is copied.").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == page.locator("#address").input_value()


def test_without_scripts_the_address_stands_there_to_be_copied_by_hand(app, ines, open_page):
    page = open_as(app, ines, open_page(scripts=False), "/calendar")

    assert page.locator("#address").input_value().endswith(".ics")
    assert page.get_by_text("Copy the address").is_hidden()
