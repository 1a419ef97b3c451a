"""The diary as a PDF: a sheet a day, in the reader's language, with nothing fetched."""

import io
import sys

import pytest
from flask.testing import FlaskClient
from pypdf import PageObject, PdfReader
from werkzeug.test import TestResponse

from matchmaker.db import db
from matchmaker.models import Account, Edition
from matchmaker.web import paper
from tests.builders import get_project
from tests.helpers import sign_in
from tests.qr import modules_of, text_of_qr
from tests.web.test_investor import fill_diary, text_of

# Pango is loaded by name, and its wrapper leaves that open until the process ends.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


def can_make_paper() -> bool:
    try:
        import weasyprint  # noqa: F401
    except OSError:
        return False
    return True


needs_pango = pytest.mark.skipif(not can_make_paper(), reason="Pango is not here")


def sheets(answer: TestResponse) -> list[str]:
    return [page.extract_text().replace("\n", " ") for page in PdfReader(io.BytesIO(answer.data)).pages]


def after_redirect(client: FlaskClient) -> TestResponse:
    """The page that a request for the paper leads back to."""
    answer = client.get("/diary.pdf")
    assert (answer.status_code, answer.location) == (303, "/diary")
    return client.get(answer.location)


@needs_pango
@pytest.mark.parametrize(
    ("language", "heading", "host"), [("en", "Monday, 1 April 2024", "Host: Pudong"), ("zh_Hans_CN", "4月1日", "接待方")]
)
def test_each_day_to_come_is_a_sheet(
    client: FlaskClient, ines: Account, edition: Edition, language: str, heading: str, host: str
) -> None:
    fill_diary(ines, edition)
    ines.language = language
    db.session.commit()

    answer = sign_in(client, ines).get("/diary.pdf")

    assert (answer.status_code, answer.content_type) == (200, "application/pdf")
    told = sheets(answer)
    assert len(told) == 2
    assert ines.investor is not None
    assert heading in told[0]
    assert host in told[0]
    assert "09:00–09:30" in told[0]
    assert ines.investor.name in told[1]


def lines_drawn(page: PageObject) -> list[list[tuple[float, float, float]]]:
    """The straight lines of each stroke on the sheet: where each begins, its height, and where it ends."""
    content = page.get_contents()
    assert content is not None
    strokes, lines, at = [], [], (0.0, 0.0)
    for operands, operator in content.operations:
        if operator == b"m":
            at = (float(operands[0]), float(operands[1]))
        elif operator == b"l":
            lines.append((at[0], at[1], float(operands[0])))
        elif operator in (b"S", b"f", b"f*", b"B", b"n"):
            strokes += [lines] if operator in (b"S", b"B") else []
            lines = []
    return strokes


@needs_pango
def test_each_sheet_carries_the_code_of_the_address_and_the_map_of_its_day(
    client: FlaskClient, ines: Account, edition: Edition
) -> None:
    fill_diary(ines, edition)
    site = "http://127.0.0.1:8000/diary"

    pages = PdfReader(io.BytesIO(sign_in(client, ines).get("/diary.pdf").data)).pages

    codes = [[text_of_qr(modules_of(lines)) for lines in lines_drawn(page) if len(lines) > 100] for page in pages]
    assert codes == [[site], [site]]
    told = [" ".join(page.extract_text().split()) for page in pages]
    assert [words.count(site) for words in told] == [1, 1]
    assert ["1 Pudong 2 Xuhui" in told[0], "1 Lin-gang 2 Pudong" in told[1]] == [True, True]
    grounds = [page.get_contents().get_data().count(b"0.964706 0.968627 0.976471 rg") for page in pages]
    assert grounds == [1, 1]


@needs_pango
@pytest.mark.parametrize(
    ("language", "own_time"), [("en", "(Sun 31 Mar, 22:00–22:30 in Buenos Aires)"), ("zh_Hans_CN", "3月31日 周日 22:00–22:30")]
)
def test_the_readers_own_time_stands_on_lines_of_its_own_beside_the_title(
    client: FlaskClient, ines: Account, edition: Edition, language: str, own_time: str
) -> None:
    fill_diary(ines, edition)
    ines.language, ines.timezone = language, "America/Argentina/Buenos_Aires"
    title = get_project(edition, "PD-01").title_zh if language != "en" else get_project(edition, "PD-01").title_en
    db.session.commit()

    answer = sign_in(client, ines).get("/diary.pdf")

    told = PdfReader(io.BytesIO(answer.data)).pages[0].extract_text()
    assert own_time in " ".join(told.split())
    lines = told.splitlines()
    assert "09:00–09:30" in lines  # alone on its line
    assert any(line.startswith(title) for line in lines)


def test_an_empty_diary_has_nothing_to_print(client: FlaskClient, ines: Account) -> None:
    answer = after_redirect(sign_in(client, ines))

    assert "no day of your diary is still to come" in text_of(answer)


def test_where_no_pdf_can_be_made_the_browser_is_named(
    client: FlaskClient, ines: Account, edition: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill_diary(ines, edition)
    monkeypatch.setitem(sys.modules, "weasyprint", None)

    answer = after_redirect(sign_in(client, ines))

    assert "This machine cannot make a PDF. Your browser can" in text_of(answer)


def test_a_host_has_no_such_paper(client: FlaskClient, hao: Account) -> None:
    assert sign_in(client, hao).get("/diary.pdf").status_code == 404


def test_a_paper_fetches_nothing() -> None:
    with pytest.raises(ValueError, match="fetches nothing"):
        paper._refuse("http://127.0.0.1/secret")
