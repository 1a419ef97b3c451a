"""What a page of an organiser looks like: its own menu in one row of a phone, the fields of a pair as wide as they may be."""

import pytest
from flask import Flask

from matchmaker.models import Account
from tests.browser import open_as

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.mark.parametrize(("who", "path"), [("olga", "/organiser/settings"), ("ines", "/investor/availability")])
def test_the_own_menu_stands_in_one_row_of_a_phone(
    app: Flask, olga: Account, ines: Account, open_page, who: str, path: str
) -> None:
    page = open_as(app, {"olga": olga, "ines": ines}[who], open_page(width=390), path)

    tops = page.locator(".site-nav-own li").evaluate_all("entries => entries.map(each => each.offsetTop)")

    assert len(tops) >= 5
    assert len(set(tops)) == 1


def test_the_button_stands_beside_the_fields_of_a_pair(app: Flask, olga: Account, open_page) -> None:
    page = open_as(app, olga, open_page(width=1280), "/organiser/meetings/book")

    field = page.locator("#project").bounding_box()
    button = page.get_by_role("button", name="Show free times").bounding_box()

    assert 0 < button["x"] - field["x"] - field["width"] < 24
    assert page.locator("#project").evaluate("field => getComputedStyle(field).textOverflow") == "ellipsis"
