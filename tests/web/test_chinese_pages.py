"""Chinese pages are Chinese: no word in Latin letters but names, addresses, codes and what is marked as English."""

import re
from collections.abc import Iterable, Iterator
from html import escape
from html.parser import HTMLParser

import pytest
from sqlalchemy import select

from matchmaker.db import db
from matchmaker.models import Chain, District, Project
from tests.pages import PAGES, READERS, Page, cookie_for
from tests.states import STATES, State, bring_about
from tests.test_translations import messages
from tests.world import INVENTED, UNTRANSLATED, call_everything_by_invented_words, world_on

WORD = re.compile(r"[A-Za-z][A-Za-z'’-]+")
HALF_WIDTH = re.compile(r"[\u4e00-\u9fff][,;:!?](?:\s*[\u4e00-\u9fff]|\s*$)")
_INLINE = "(?:a|b|bdi|code|em|q|span|strong|time)"
BLANK = re.compile(
    rf"[，。：；！？、](?:</{_INLINE}>)*\s+(?:<(?!span class=\"(?:mark|other-script)){_INLINE}\b[^>]*>)*"
    r"(?:<svg\b[^>]*>.*?</svg>\s*)?[\u4e00-\u9fffA-Za-z0-9]"
    r"|：\s+<span class=\"mark"
)
"""A blank behind a full stop or colon of Chinese, which has its room within. Marks stand apart, but not from a colon."""
NO_WORD = re.compile(r"https?://\S+|www\.\S+|\b[\w-]+\.org\b|\S+@\S+|\b[0-9a-f]{6,}\b|#[0-9a-f]+|\b\w+\.css\b|\{\w*\}")
NO_TEXT = {"script", "style", "code", "textarea"}
EMPTY = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
TOLD = {"title", "alt", "aria-label", "aria-description", "aria-roledescription", "aria-valuetext", "placeholder", "label"}
FOR_SCRIPTS_ALONE = {
    "data-chain-search",
    "data-copies",
    "data-draft",
    "data-forget-draft",
    "data-found-by",
    "data-interest",
    "data-tells",
}
"""What scripts find things by; they show what every other `data-…` says."""
SHOWN = {"submit", "button", "reset", "text", "search", "tel", "number"}
"""The inputs whose value a reader sees."""
ALLOWED = {
    "Matchmaker": "our name",
    "PDF": "a kind of file",
    "UTC": "a time zone",
    "English": "the name of the language, for those who look for it",
    **dict.fromkeys(("robot", "jqr"), "what can be typed to find a chain"),
    **dict.fromkeys(("App", "Apple", "iPhone", "Outlook", "Web", "iCalendar"), "what calendars are called"),
    "Cookie": "so called by browsers in Chinese too",
    "MAIN": "the code of the main hall",
    "test": "the version of a run in tests",
}
"""Words that are right on a Chinese page, with the reason."""


class Text(HTMLParser):
    """What a reader is told: text, titles, labels and buttons, but for what is marked as written in another language."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        silent = bool(self._open and self._open[-1][1])
        if tag != "html" and "lang" in given:
            silent = not given["lang"].startswith("zh")
        if not silent:
            self.told += [value for name, value in given.items() if is_told(tag, name, given)]
        if tag not in EMPTY:
            self._open.append((tag, silent or tag in NO_TEXT))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not (self._open and self._open[-1][1]):
            self.told.append(data)


def is_told(tag: str, name: str, given: dict[str, str]) -> bool:
    """Whether a reader comes to see or hear this attribute, at once or by a script."""
    if name.startswith("data-"):
        return name not in FOR_SCRIPTS_ALONE
    if tag == "input" and name == "value":
        return given.get("type", "text") in SHOWN
    if tag == "meta" and name == "content":
        return given.get("name", given.get("property", "")).endswith(("description", "title"))
    return name in TOLD


@pytest.fixture(scope="module")
def site(sqlite_templates, tmp_path_factory):
    with world_on(sqlite_templates / "empty", tmp_path_factory.mktemp("chinese"), rows=3, WTF_CSRF_ENABLED=True) as app:
        call_everything_by_invented_words()
        yield app, names()


def names() -> set[str]:
    """What people wrote or are called, and codes: these stay as they are."""
    codes = [code for kind in (Project, Chain, District) for code in db.session.scalars(select(kind.code))]
    return {*INVENTED.values(), UNTRANSLATED, *(word for code in codes for word in WORD.findall(code))}


def latin_words(html: str) -> Iterator[str]:
    reader = Text()
    reader.feed(html)
    for text in reader.told:
        yield from WORD.findall(NO_WORD.sub("", text))


def half_width(html: str) -> list[str]:
    """What is told with punctuation of Latin texts behind a Chinese character."""
    reader = Text()
    reader.feed(html)
    return [text.strip() for text in reader.told if HALF_WIDTH.search(text)]


def blanks(html: str) -> list[str]:
    """Where a blank stands behind a full stop or colon of Chinese."""
    return [html[found.start() - 20 : found.end()] for found in BLANK.finditer(html)]


def test_no_name_is_a_word_of_our_own_texts(site) -> None:
    """Else that word could be left in English without a finding."""
    _, known = site
    texts = " ".join(str(message.id) for message in messages("en"))
    ours = {word.casefold() for word in WORD.findall(texts)}

    assert len(ours) > 1000
    assert [word for word in known - ALLOWED.keys() if word.casefold() in ours] == []


@pytest.mark.parametrize(
    "html",
    [
        "<p>Word</p>",
        "<title>Word</title>",
        '<meta name="description" content="Word">',
        '<input type="submit" value="Word">',
        '<input value="Word">',
        '<input type="email" placeholder="Word">',
        '<textarea placeholder="Word"></textarea>',
        '<option label="Word">',
        "<option>Word</option>",
        '<optgroup label="Word"></optgroup>',
        '<p data-words="Word"></p>',
        '<svg aria-label="Word"></svg>',
        "<svg><title>Word</title></svg>",
        "<svg><desc>Word</desc></svg>",
        "<svg><text>Word</text></svg>",
        "<template><p>Word</p></template>",
    ],
)
def test_whatever_a_reader_is_told_is_read(html: str) -> None:
    assert list(latin_words(html)) == ["Word"]


@pytest.mark.parametrize(
    "html",
    [
        '<p lang="en">Word</p>',
        "<style>word</style>",
        '<input type="hidden" value="Word">',
        '<meta name="viewport" content="width">',
        '<form data-interest="word"></form>',
    ],
)
def test_what_no_reader_is_told_or_what_is_marked_as_english_is_not_read(html: str) -> None:
    assert list(latin_words(html)) == []


@pytest.mark.parametrize("html", ["<p>中文, 英文</p>", "<p>中文:英文</p>", '<a title="中文; 英文"></a>', "<p>是吗?</p>"])
def test_half_width_punctuation_behind_a_chinese_character_is_found(html: str) -> None:
    assert len(half_width(html)) == 1


@pytest.mark.parametrize("html", ["<p>中文，英文</p>", "<p>中文 09:30, 10:00</p>", '<p lang="en">中, 文</p>', "<p>PD, 浦</p>"])
def test_other_punctuation_is_not(html: str) -> None:
    assert half_width(html) == []


@pytest.mark.parametrize(
    "html",
    [
        "<p>您好。 再见</p>",
        "<p>命令：\n <code>flask</code></p>",
        "<p><b>完。</b> <a href='/'>前往</a></p>",
        "<p>仅一次： <a href='/'><svg class='icon'><path d=''/></svg> 下载</a></p>",
        '<p>标记： <span class="mark">示例</span></p>',
    ],
)
def test_a_blank_behind_a_chinese_full_stop_is_found(html: str) -> None:
    assert BLANK.search(html)


@pytest.mark.parametrize("html", ["<p>您好。再见</p>", '<p>完。 <span class="mark">已举行</span></p>', "<p>完。</p> <p>前往</p>"])
def test_a_blank_that_sets_something_apart_is_not(html: str) -> None:
    assert not BLANK.search(html)


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
    assert half_width(answer.text) == []
    assert blanks(answer.text) == []
    assert left_in_english(answer.text, known, dict(page.query).values()) == []


@pytest.mark.parametrize("state", [each for each in STATES if not each.in_both_languages], ids=str)
def test_a_state_of_a_chinese_page_has_no_latin_words_but_names(site, state: State) -> None:
    app, known = site
    answer = bring_about(app, state, "zh_Hans_CN")
    assert answer.status_code == state.status
    assert half_width(answer.text) == []
    assert blanks(answer.text) == []
    assert left_in_english(answer.text, known, (state.sent or {}).values()) == []


def left_in_english(page: str, names: set[str], typed: Iterable[str]) -> list[str]:
    """But for what somebody typed, which stands in its field again, and for time zones, spelt as at home."""
    for value in typed:
        page = page.replace(f' value="{escape(value)}"', "")
    page = re.sub(r'<select[^>]*id="timezone".*?</select>', "", page, flags=re.DOTALL)
    return sorted(set(latin_words(page)) - names - ALLOWED.keys())
