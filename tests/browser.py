"""A real browser in front of a real server on this machine: Debian's chromium, driven by Playwright."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, ViewportSize, WebError, sync_playwright
from werkzeug.serving import make_server

from matchmaker.db import db
from matchmaker.models import Account
from tests.pages import cookie_for

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip(f"browser tests are skipped: there is no {CHROMIUM}")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield chromium
        chromium.close()


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """The address of the application, served on this machine, with protection against forged forms as in earnest."""
    app.config["WTF_CSRF_ENABLED"] = True
    db.session.rollback()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    app.config["PUBLIC_URL"] = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield app.config["PUBLIC_URL"]
    server.shutdown()
    thread.join()
    server.server_close()


@contextmanager
def visiting(browser: Browser, address: str, **options: Any) -> Iterator[Page]:
    """A new visitor's page, which is watched."""
    context = browser.new_context(base_url=address, **options)
    context.set_default_timeout(10_000)
    try:
        with watching(context, address):
            yield context.new_page()
    finally:
        context.close()


@contextmanager
def watching(context: BrowserContext, address: str) -> Iterator[None]:
    """A wish for another address than this one, or an error in a script, is an AssertionError at the end."""
    errors: list[str] = []

    def note_way_out(asked: Request) -> None:  # not with a route: that would switch off the cache that a visitor has
        if not asked.url.startswith((address, "data:")):
            errors.append(f"the page wanted {asked.url}")

    def note_error(error: WebError) -> None:
        errors.append(str(error.error))

    def note_refusal(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            errors.append(message.text)

    heard = {"request": note_way_out, "weberror": note_error, "console": note_refusal}
    for event, note in heard.items():
        context.on(event, note)  # type: ignore[call-overload]
    try:
        yield
    finally:
        for event, note in heard.items():
            context.remove_listener(event, note)
    assert errors == []


@pytest.fixture
def live_server(app: Flask) -> Iterator[str]:
    with serving(app) as address:
        yield address


@pytest.fixture
def open_page(browser: Browser, live_server: str) -> Iterator[Callable[..., Page]]:
    """`open_page(width=390, language="zh-CN", scripts=False)`: a new visitor's page; addresses may begin with `/`."""
    with ExitStack() as visits:

        def make(*, width: int = 1280, height: int = 900, language: str = "en", scripts: bool = True) -> Page:
            size: ViewportSize = {"width": width, "height": height}
            visit = visiting(browser, live_server, viewport=size, locale=language, java_script_enabled=scripts)
            return visits.enter_context(visit)

        yield make


@pytest.fixture
def browser_page(open_page: Callable[..., Page]) -> Page:
    """A visitor's page in English, as wide as a desk."""
    return open_page()


def open_as(app: Flask, reader: Account, page: Page, path: str, *, language: str = "en") -> Page:
    """The page of this path, in the browser of somebody who is signed in; `app` is being served."""
    db.session.rollback()
    cookie = cookie_for(app, reader, language=language)
    page.context.add_cookies([{"name": "session", "value": cookie, "url": app.config["PUBLIC_URL"]}])
    page.goto(path)
    return page
