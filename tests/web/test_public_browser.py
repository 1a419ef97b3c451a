"""Public pages as they lie on a screen: a wide table has room, names are parted where they may be, marks stand in one line."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page

from matchmaker.services.catalogue import load_catalogue
from tests.helpers import ROOT

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

HIDDEN = "region => region.scrollWidth - region.clientWidth"
LINES = """(name, part) => {
  const text = name.firstChild, words = document.createRange();
  words.setStart(text, text.data.indexOf(part));
  words.setEnd(text, text.data.indexOf(part) + part.length);
  return words.getClientRects().length;
}"""
PLACES = "marks => marks.map(each => each.getBoundingClientRect()).map(each => [each.top, each.height])"


@pytest.fixture
def catalogue(app: Flask) -> None:
    load_catalogue(ROOT / "matchmaker" / "data" / "shanghai-2024")


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_all_travel_times_fit_on_a_desk_and_a_phone_says_that_they_scroll(
    catalogue: None, open_page: Callable[..., Page], language: str
) -> None:
    desk, phone = (open_page(width=width, language=language) for width in (1280, 390))

    for page in (desk, phone):
        page.goto("/travel")

    assert desk.locator(".table-wide").evaluate(HIDDEN) == 0
    assert phone.locator(".table-wide").evaluate(HIDDEN) > 0
    assert [page.locator("p:has(+ .table-wide)").is_visible() for page in (desk, phone)] == [False, True]


def test_a_long_name_on_a_small_card_is_parted_at_its_brackets(catalogue: None, open_page: Callable[..., Page]) -> None:
    phone = open_page(width=390, language="zh-CN")

    phone.goto("/")

    name = phone.locator(".cards-small a").get_by_text("宽禁带（第三代）半导体").first
    assert [name.evaluate(LINES, part) for part in ("宽禁带（第三代）半导体", "宽禁带（第三代）", "半导体")] == [2, 1, 1]


def test_marks_with_and_without_a_sign_stand_in_one_line(catalogue: None, open_page: Callable[..., Page]) -> None:
    page = open_page()

    page.goto("/chains/IC-WBG")

    released, session = page.locator("main > .marks .mark").evaluate_all(PLACES)
    assert released == session
