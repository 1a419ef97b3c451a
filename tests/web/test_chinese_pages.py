"""Chinese pages are Chinese: no word in Latin letters but names, addresses, codes and what is marked as English."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from sqlalchemy import select

from matchmaker.db import db
from matchmaker.models import Account, Chain, Delegate, District, Investor, Outcome, Partner, Project
from tests.pages import PAGES, READERS, Page, cookie_for
from tests.states import STATES, State, bring_about
from tests.world import world_on

WORD = re.compile(r"[A-Za-z][A-Za-z'’-]+")
NO_WORD = re.compile(r"https?://\S+|www\.\S+|\S+@\S+|\b[0-9a-f]{6,}\b|#[0-9a-f]+|\b\w+\.css\b")
NO_TEXT = {"script", "style", "code", "svg", "textarea"}
EMPTY = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
TOLD = ("title", "alt", "aria-label", "placeholder")
ALLOWED = {
    "Matchmaker",
    "PDF",
    "UTC",
    "English",  # the name of the language, for those who look for it
    *("robot", "jqr"),  # what can be typed to find a chain
    *("App", "Apple", "iPhone", "Outlook", "Web", "iCalendar"),  # what calendars are called
    "Cookie",  # so called by browsers in Chinese too
    "MAIN",  # the code of the main hall
    "test",  # the version of a run in tests
}


class Text(HTMLParser):
    """What a reader is told: text, titles and labels, but for what is marked as written in another language."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        silent = bool(self._open and self._open[-1][1]) or tag in NO_TEXT
        if tag != "html" and "lang" in given:
            silent = not (given["lang"] or "").startswith("zh")
        if not silent:
            self.told += [given[name] or "" for name in TOLD if name in given]
        if tag not in EMPTY:
            self._open.append((tag, silent))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not (self._open and self._open[-1][1]):
            self.told.append(data)


@pytest.fixture(scope="module")
def site(sqlite_templates, tmp_path_factory):
    with world_on(sqlite_templates / "empty", tmp_path_factory.mktemp("chinese"), rows=3, WTF_CSRF_ENABLED=True) as app:
        yield app, names()


def names() -> set[str]:
    """Words of what people wrote or are called: these stay as they are."""
    said: list[str] = []
    for query in (
        select(Account.name),
        select(Account.email),
        select(Investor.name),
        select(Investor.about),
        select(Delegate.name),
        select(Delegate.title),
        select(Project.code),
        select(Chain.code),
        select(District.code),
        select(Partner.code),
        select(Outcome.next_step),
        select(Outcome.owner),
        select(Outcome.note),
        select(Project.title_en).where(Project.title_zh == ""),  # what is not translated yet is shown as it is, and marked
    ):
        said += db.session.scalars(query)
    return {word for text in said for word in WORD.findall(text or "")}


def latin_words(html: str) -> Iterator[str]:
    reader = Text()
    reader.feed(html)
    for text in reader.told:
        yield from WORD.findall(NO_WORD.sub("", text))


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_a_chinese_page_has_no_latin_words_but_names(site, page: Page) -> None:
    app, known = site
    client = app.test_client()
    with app.test_request_context():
        address = page.address()
    account = READERS[page.reader]() if page.reader else None
    client.set_cookie("session", cookie_for(app, account, language="zh_Hans_CN", more=page.session))
    answer = client.get(address, follow_redirects=False)
    assert answer.status_code == (404 if page.is_missing else 200)
    assert sorted(set(latin_words(without_zones(answer.text))) - known - ALLOWED) == []


@pytest.mark.parametrize("state", [each for each in STATES if not each.in_both_languages], ids=str)
def test_a_state_of_a_chinese_page_has_no_latin_words_but_names(site, state: State) -> None:
    app, known = site
    answer = bring_about(app, state, "zh_Hans_CN")
    assert answer.status_code == state.status
    assert sorted(set(latin_words(without_zones(answer.text))) - known - ALLOWED) == []


def without_zones(page: str) -> str:
    """The list of time zones names some places as they are spelt at home."""
    return re.sub(r'<select[^>]*id="timezone".*?</select>', "", page, flags=re.DOTALL)
