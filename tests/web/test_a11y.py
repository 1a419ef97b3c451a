"""No barriers: axe finds nothing on any page, in light and dark, on a phone and on a desk, in both languages.

`make test` looks at one view of each page; `make a11y` sets A11Y=whole and looks at all eight.
"""

import os
from collections.abc import Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser import serving, visiting, watching
from tests.pages import LANGUAGES, PAGES, READERS, Page, cookie_for
from tests.states import STATES, State
from tests.states import show as show_state
from tests.world import world_on

pytestmark = [
    pytest.mark.journey,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]},
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}
GROUPS = 3
"""Among so many workers at most are the looks shared out."""
NARROWEST = 320
WIDEST = 1920


@dataclass(frozen=True)
class View:
    scheme: str
    width: int
    language: str

    def __str__(self) -> str:
        return f"{self.scheme}-{self.width}-{self.language[:2]}"


VIEWS = [View(*each) for each in product(("light", "dark"), (390, 1280), LANGUAGES)]


def shared_out(pairs: Iterable[tuple[Page | State, View]]) -> list[Any]:
    """The same for several workers, each of which makes the world once."""
    return [pytest.param(*pair, marks=pytest.mark.xdist_group(f"look-{number % GROUPS}")) for number, pair in enumerate(pairs)]


def looks() -> list[tuple[Page, View]]:
    """All views of all pages, or one of each in turn."""
    if os.environ.get("A11Y") == "whole":
        return list(product(PAGES, VIEWS))
    return [(page, VIEWS[number * 3 % len(VIEWS)]) for number, page in enumerate(PAGES)]


@pytest.fixture(scope="module")
def site(sqlite_templates, tmp_path_factory):
    """One conference with three rows of everything, and the address where it is served."""
    with world_on(sqlite_templates / "empty", tmp_path_factory.mktemp("world"), rows=3) as app, serving(app) as address:
        yield app, address


@pytest.fixture(scope="module")
def tab(browser, site):
    """One for all looks: with a visitor of its own each would take twice as long."""
    with visiting(browser, site[1]) as page:
        yield page


@pytest.fixture
def seeing(site, tab):
    """`with seeing(view) as shown:` nobody yet, on such a screen; what scripts do wrong meanwhile is told."""

    @contextmanager
    def seen(view: View):
        tab.goto("/robots.txt")
        tab.evaluate("sessionStorage.clear()")
        tab.context.clear_cookies()
        tab.emulate_media(color_scheme=view.scheme)
        tab.set_viewport_size({"width": view.width, "height": 900})
        with watching(tab.context, site[1]):
            yield tab

    return seen


@pytest.fixture
def show(site, seeing):
    """`with show(page, view) as shown:` a page as its reader sees it."""
    app, address = site

    @contextmanager
    def shown(page: Page, view: View):
        reader = READERS[page.reader]() if page.reader else None
        value = cookie_for(app, reader, language=view.language, more=page.session)
        with seeing(view) as tab:
            tab.context.add_cookies([{"name": "session", "value": value, "url": address}])
            yield tab

    return shown


def address_of(app, page: Page) -> str:
    with app.test_request_context():
        return page.address()


def findings(shown) -> list[str]:
    """What axe objects to, each with the elements that it means."""
    told = []
    for violation in Axe().run(shown, options=RULES).response["violations"]:
        told += [f"{violation['id']}: {node['html'][:160]} ({node['failureSummary'][:300]})" for node in violation["nodes"]]
    return told


@pytest.mark.parametrize(("page", "view"), shared_out(looks()), ids=str)
def test_page_has_no_barrier(site, show, page: Page, view: View):
    with show(page, view) as shown:
        answer = shown.goto(address_of(site[0], page))

        assert answer.status == (404 if page.is_missing else 200)
        assert shown.evaluate("document.documentElement.lang") == ("en" if view.language == "en" else "zh-Hans")
        assert_no_barrier(shown, view)


CONTROLS = "main :is(a, button, summary, select, input:not([type=hidden]))"
TOO_SMALL = """(controls) => [...document.querySelectorAll(controls)].filter(each => {
  const own = each.getBoundingClientRect(), words = of => of.textContent.replace(/\\s+/g, "");
  const label = each.labels?.[0]?.getBoundingClientRect();
  const [height, width] = [Math.max(own.height, label?.height ?? 0), Math.max(own.width, label?.width ?? 0)];
  const within_text = each.tagName === "A" && words(each.parentElement) !== words(each);
  const is_hidden = !own.width || !own.height || each.closest(".visually-hidden, [aria-hidden=true]");
  return !is_hidden && !within_text && Math.min(height, width) < 23.9;
}).map(each => each.outerHTML.slice(0, 160))"""
"""What a finger would miss: controls, and links that are alone in their line, of less than 24 px either way."""


def assert_no_barrier(shown, view: View) -> None:
    """Also with everything that folds open; and on no screen, from the narrowest to the widest, does anything stand beside it."""
    shown.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    assert findings(shown) == []
    assert shown.evaluate(TOO_SMALL, CONTROLS) == []
    assert width_of(shown) <= view.width
    for width in (NARROWEST, WIDEST):
        shown.set_viewport_size({"width": width, "height": 900})
        assert width_of(shown) <= width


def width_of(shown) -> int:
    """Of everything there is; what stands beside the screen counts."""
    return shown.evaluate("document.documentElement.scrollWidth")


def states() -> list[tuple[State, View]]:
    """All views of all states, or one of each that looks like no other, in turn."""
    if os.environ.get("A11Y") == "whole":
        return list(product(STATES, VIEWS))
    distinct = [state for state in STATES if state.has_own_look]
    return [(state, VIEWS[number * 3 % len(VIEWS)]) for number, state in enumerate(distinct)]


@pytest.mark.parametrize(("state", "view"), shared_out(states()), ids=str)
def test_state_has_no_barrier(site, seeing, state: State, view: View):
    with seeing(view) as shown:
        answer = show_state(site[0], state, view.language, shown)

        assert answer.status == state.status
        assert_no_barrier(shown, view)


BARRIERS = """
const bad = document.createElement('div');
bad.innerHTML = '<img src="/static/favicon.svg"><button class="tiny">a</button><button class="tiny">b</button>'
  + '<p class="pale">Pale</p>';
document.querySelector('main').prepend(bad);
const rules = new CSSStyleSheet();
rules.replaceSync('.tiny { width: 9px; height: 9px; padding: 0; border: 0; } .pale { color: #ccc; background: #fff; }');
document.adoptedStyleSheets = [rules];
"""
BESIDE = """
const rules = new CSSStyleSheet();
rules.replaceSync('@media (min-width: 1500px) { main { min-width: 110vw; } }');
document.adoptedStyleSheets = [rules];
"""


@pytest.mark.xdist_group("look-0")
def test_barriers_are_found_where_there_are_some(show):
    """Else finding none would tell nothing."""
    with show(PAGES[1], VIEWS[0]) as shown:
        shown.goto("/projects")
        shown.evaluate(BARRIERS)

        assert {told.split(":")[0] for told in findings(shown)} == {"color-contrast", "image-alt", "target-size"}


@pytest.mark.xdist_group("look-0")
def test_what_stands_beside_the_widest_screen_alone_is_found(show):
    with show(PAGES[1], VIEWS[0]) as shown:
        shown.goto("/projects")
        shown.evaluate(BESIDE)

        with pytest.raises(AssertionError, match=str(WIDEST)):
            assert_no_barrier(shown, VIEWS[0])
