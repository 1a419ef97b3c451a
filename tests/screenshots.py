"""`make screenshots`: every page as its reader sees it, in both languages, on a phone and on a desk, from the demonstration.

    python -m tests.screenshots [part of a page's name …]

It works on a copy of the database, in which hosts have answered a few proposals; what only the conference itself brings is
taken on a day of meetings. States that a plain visit does not bring are taken in the small world of the tests. It leaves
pictures and an index.html to leaf through in screenshots/.
"""

import logging
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import TypeVar

from flask import Flask
from playwright.sync_api import Browser, Response, sync_playwright
from playwright.sync_api import Page as Tab

from tests.browser import ARGUMENTS, CHROMIUM, serving, visiting
from tests.demonstration import answer_some_proposals, copy_of_the_demonstration, go_on_to_the_meetings, prepare_more
from tests.helpers import ROOT, make_app, prepare_database
from tests.pages import LANGUAGES, PAGES, READERS, Page, cookie_for
from tests.states import STATES, State
from tests.states import show as show_state
from tests.world import world_on

_Thing = TypeVar("_Thing", Page, State)
FOLDER = ROOT / "screenshots"
WIDTHS = (390, 1280)
PATIENCE = 60_000
LIE_STILL = """() => {
  for (const each of document.querySelectorAll(".sticky-actions, .actions-stay, .several")) each.style.position = "static";
}"""
"""On a picture of a whole page, what sticks to the foot of the screen would lie across it."""
LOOK_ELSE = ("investor-home", "investor-diary", "host-diary", "host-outcomes", "host-outcomes-all", "organiser-dashboard")
"""Pages that look otherwise on a day of meetings: these are taken once more then."""
DURING = tuple(replace(page, name=f"{page}-during") for page in PAGES if str(page) in LOOK_ELSE)


def take_demonstration(browser: Browser, folder: Path, pages: Sequence[Page], during: Sequence[Page]) -> list[str]:
    """Every page; answers their names in the order of the pages. Raises SystemExit where one has nothing to show."""
    app = make_app(copy_of_the_demonstration(folder), folder)
    with app.app_context(), serving(app) as address:
        answer_some_proposals()
        prepare_more()
        taken, left = take_pages(app, address, browser, pages)
        go_on_to_the_meetings()
        later, left = take_pages(app, address, browser, [*left, *during])
    if left:
        raise SystemExit(f"There is nothing to show on {', '.join(map(str, left))}.")
    return [*taken, *later]


def take_pages(app: Flask, address: str, browser: Browser, pages: Iterable[Page]) -> tuple[list[str], list[Page]]:
    """The names of the pages that could be opened, and the pages that have nothing to show yet."""
    taken, left = [], []
    for page in pages:
        try:
            with app.test_request_context():
                where = page.address()
        except LookupError:
            left.append(page)
            continue
        for language in LANGUAGES:
            take_page(app, address + where, browser, page, language)
        taken.append(_done(str(page)))
    return taken, left


def take_page(app: Flask, where: str, browser: Browser, page: Page, language: str) -> None:
    reader = READERS[page.reader]() if page.reader else None
    value = cookie_for(app, reader, language=language, more=page.session)
    host = app.config["PUBLIC_URL"]
    with visiting(browser, host, viewport={"width": WIDTHS[0], "height": 844}) as shown:
        shown.set_default_timeout(PATIENCE)
        shown.context.add_cookies([{"name": "session", "value": value, "url": host}])
        for width in WIDTHS:
            shown.set_viewport_size({"width": width, "height": 844 if width < 600 else 800})
            _check(str(page), shown.goto(where), 404 if page.is_missing else 200)
            keep(shown, str(page), language, width)


def take_states(browser: Browser, folder: Path, states: Iterable[State]) -> list[str]:
    """Every state, in the world of the tests; answers their names."""
    prepare_database(f"sqlite:///{folder / 'empty'}")
    taken = []
    with world_on(folder / "empty", folder / "world", rows=3) as app, serving(app) as address:
        app.logger.disabled = True
        for state in states:
            for language in LANGUAGES:
                with visiting(browser, address, viewport={"width": WIDTHS[0], "height": 844}) as shown:
                    _check(name_of(state), show_state(app, state, language, shown), state.status)
                    for width in WIDTHS:
                        shown.set_viewport_size({"width": width, "height": 844 if width < 600 else 800})
                        keep(shown, name_of(state), language, width)
            taken.append(_done(name_of(state)))
    return taken


def chosen(all_of_them: Sequence[_Thing], wanted: Sequence[str], name: Callable[[_Thing], str] = str) -> list[_Thing]:
    """Those with one of the wanted words in their name; all, where nothing in particular is wanted."""
    return [each for each in all_of_them if not wanted or any(word in name(each) for word in wanted)]


def name_of(state: State) -> str:
    return f"state-{state}"


def _check(name: str, answer: Response | None, expected: int) -> None:
    """Raises SystemExit where it is another page that would be taken."""
    if answer is None or answer.status != expected:
        raise SystemExit(f"{name}: the answer is {answer and answer.status}, not {expected}.")


def keep(shown: Tab, name: str, language: str, width: int) -> None:
    shown.evaluate(LIE_STILL)
    shown.screenshot(path=FOLDER / picture_of(name, language, width), full_page=True)


def _done(name: str) -> str:
    sys.stdout.write(f"{name}\n")
    sys.stdout.flush()
    return name


def picture_of(name: str, language: str, width: int) -> str:
    return f"{name}.{language[:2]}.{width}.png"


def write_index(names: Iterable[str]) -> None:
    parts = [
        "<!doctype html><html lang='en'><meta charset='utf-8'><title>Every page</title>",
        "<style>body{font:16px sans-serif}figure{display:inline-block;margin:0 1rem 1rem 0;vertical-align:top}",
        "img{border:1px solid #999;max-height:80vh}</style><h1>Every page</h1>",
    ]
    for name in names:
        parts.append(f"<h2>{escape(name)}</h2>")
        for language in LANGUAGES:
            for width in WIDTHS:
                file = picture_of(name, language, width)
                parts.append(
                    f"<figure><a href='{file}'><img loading='lazy' src='{file}' alt=''></a><br>{language}, {width} px</figure>"
                )
    (FOLDER / "index.html").write_text("\n".join(parts), encoding="utf-8")


def main(wanted: list[str]) -> None:
    FOLDER.mkdir(exist_ok=True)
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    if not CHROMIUM.exists():
        raise SystemExit(f"There is no {CHROMIUM} to take pictures with.")

    pages, during = chosen(PAGES, wanted), chosen(DURING, wanted)
    states = chosen(STATES, wanted, name_of)
    folder, taken = Path(tempfile.mkdtemp(prefix="matchmaker-screenshots-")), []
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
            if pages or during:
                taken += take_demonstration(browser, folder, pages, during)
            if states:
                taken += take_states(browser, folder, states)
            browser.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if not wanted:
        write_index(taken)
    sys.stdout.write(f"{len(taken)} pages and states: {FOLDER / 'index.html'}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
