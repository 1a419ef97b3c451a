"""The first page on a phone: what, where, when, for whom and what to do stand there before anybody scrolls."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page

from matchmaker.services.catalogue import load_catalogue
from tests.helpers import ROOT

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


SEEN = 664
"""What a phone of 390 by 844 shows between the bars of its browser."""


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_phone_shows_the_essentials_without_scrolling(app: Flask, open_page: Callable[..., Page], language: str) -> None:
    load_catalogue(ROOT / "matchmaker" / "data" / "shanghai-2024")
    page = open_page(width=390, height=SEEN, language=language)

    page.goto("/")

    for part in ("h1", ".hero-facts", ".hero .actions"):
        box = page.locator(part).bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= SEEN, part
    assert page.locator(".hero-facts dt").count() == 3
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
