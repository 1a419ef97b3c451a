"""What has to fit on a sheet of paper, with names as long as they come: the diary as a PDF and from a browser, and day sheets."""

import io
import unicodedata
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page
from pypdf import PdfReader

from matchmaker.db import db
from matchmaker.models import Account, Edition
from tests.browser import open_as
from tests.full_day import fill_day, fill_table
from tests.helpers import sign_in
from tests.pages import LANGUAGES
from tests.web.test_diary_paper import needs_pango

# Pango is loaded by name, and its wrapper leaves that open until the process ends.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

HEADINGS = {"en": "Monday,1April2024", "zh_Hans_CN": "2024年4月1日"}


def pages_of(pdf: bytes) -> list[str]:
    """What each page says, without spaces and with plain characters: a PDF has spaces and look-alikes of its own."""
    return ["".join(unicodedata.normalize("NFKC", page.extract_text()).split()) for page in PdfReader(io.BytesIO(pdf)).pages]


def paper_of(client: FlaskClient, reader: Account, language: str) -> list[str]:
    reader.language = language
    db.session.commit()
    return pages_of(sign_in(client, reader).get("/diary.pdf").data)


def print_of(app: Flask, page: Page, reader: Account, path: str, language: str) -> list[str]:
    return pages_of(open_as(app, reader, page, path, language=language).pdf(prefer_css_page_size=True))


@needs_pango
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("entries", [6, 8])
def test_a_full_day_is_one_sheet(client: FlaskClient, ines: Account, edition: Edition, language: str, entries: int) -> None:
    fill_day(ines, edition, entries)

    pages = paper_of(client, ines, language)

    assert len(pages) == 1
    assert HEADINGS[language] in pages[0]


@needs_pango
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_no_sheet_holds_goes_on_to_one_that_says_which_day_it_continues(
    client: FlaskClient, ines: Account, edition: Edition, language: str
) -> None:
    fill_day(ines, edition, 14)

    pages = paper_of(client, ines, language)

    assert len(pages) == 2
    assert all(HEADINGS[language] in page for page in pages)


@pytest.mark.journey
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("entries", [6, 8])
def test_a_browser_prints_a_full_day_on_one_sheet(
    app: Flask, open_page: Callable[..., Page], ines: Account, edition: Edition, language: str, entries: int
) -> None:
    fill_day(ines, edition, entries)

    pages = print_of(app, open_page(), ines, "/diary", language)

    assert len(pages) == 1
    assert HEADINGS[language] in pages[0]


@pytest.mark.journey
def test_the_heading_of_a_day_stands_again_on_the_second_sheet_from_a_browser(
    app: Flask, open_page: Callable[..., Page], ines: Account, edition: Edition
) -> None:
    fill_day(ines, edition, 14)

    pages = print_of(app, open_page(), ines, "/diary", "en")

    assert len(pages) == 2
    assert all(HEADINGS["en"] in page for page in pages)


@pytest.mark.journey
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("rows", [8, 14])
def test_a_full_table_is_one_day_sheet(
    app: Flask, open_page: Callable[..., Page], hao: Account, edition: Edition, language: str, rows: int
) -> None:
    fill_table(edition, rows)
    more = {"en": "+1more", "zh_Hans_CN": "另1位"}[language]

    pages = print_of(app, open_page(), hao, "/host/sheets/2024-04-01", language)

    assert len(pages) == 1
    assert [pages[0].count(told) for told in ("Karl-FriedrichObermann", more, "LiWei")] == [rows - 1, rows - 1, 0]
