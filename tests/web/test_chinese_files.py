"""What a Chinese reader takes along is Chinese too: the calendar, as a file or fetched, and the diary on paper."""

from collections.abc import Iterator

import icalendar
import pytest
from flask import Flask
from markupsafe import escape

from matchmaker.db import db
from matchmaker.domain.roles import Role
from matchmaker.services.actors import actor_of
from matchmaker.services.calendars import calendar_token_of
from matchmaker.web import investor
from tests.pages import READERS, cookie_for
from tests.web.test_chinese_pages import blanks, half_width, left_in_english, site  # noqa: F401  a fixture

Site = tuple[Flask, set[str]]


def told_by(content: str) -> Iterator[tuple[str, str]]:
    """Each text of a calendar, unfolded, with the name of its place."""
    calendar = icalendar.Calendar.from_ical(content)
    yield "X-WR-CALNAME", str(calendar["X-WR-CALNAME"])
    for event in calendar.walk("VEVENT"):
        yield from ((name, str(event[name])) for name in ("SUMMARY", "DESCRIPTION", "LOCATION") if name in event)


def as_page(texts: Iterator[tuple[str, str]]) -> str:
    """Each line a paragraph, to be read as pages are."""
    return "".join(f"<p>{escape(line)}</p>\n" for _, text in texts for line in text.splitlines())


@pytest.mark.parametrize("way", ["fetched", "file"])
@pytest.mark.parametrize("role", [Role.INVESTOR, Role.HOST])
def test_a_chinese_calendar_has_no_latin_words_but_names(site: Site, role: Role, way: str) -> None:  # noqa: F811
    app, known = site
    reader = READERS[role]()
    reader.language = "zh_Hans_CN"
    db.session.commit()
    client = app.test_client()
    client.set_cookie("session", cookie_for(app, reader, language="zh_Hans_CN"))
    paths = {"fetched": f"/calendar/{calendar_token_of(actor_of(reader))}.ics", "file": "/diary.ics"}

    answer = client.get(paths[way])

    assert answer.status_code == 200
    places = [name for name, _ in told_by(answer.text)]
    assert min(places.count(name) for name in ("SUMMARY", "DESCRIPTION", "LOCATION")) >= 3
    page = as_page(told_by(answer.text))
    assert half_width(page) == []
    assert blanks(page) == []
    assert left_in_english(page, known, ()) == []


def test_the_chinese_diary_on_paper_has_no_latin_words_but_names(
    site: Site,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Read before it is laid out: whatever is told there stands on a sheet."""
    app, known = site
    monkeypatch.setattr(investor, "pdf_of", lambda html, _name: html)
    client = app.test_client()
    client.set_cookie("session", cookie_for(app, READERS[Role.INVESTOR](), language="zh_Hans_CN"))

    answer = client.get("/diary.pdf")

    assert answer.status_code == 200
    assert answer.text.count("<section") >= 3
    assert half_width(answer.text) == []
    assert blanks(answer.text) == []
    assert left_in_english(answer.text, known, ()) == []
