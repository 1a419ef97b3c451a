"""What pages are dressed with: static files, which everybody may fetch, and icons from the Bootstrap wheel.

The address of a static file names its content, so that a browser keeps the file for good and asks again only when there
is another: on a phone, a page is then one request. A script that imports another names the content of it by hand
(`./units.js?v=…`), so that it changes with it; tests/web/test_compression.py says what is to be written there.
"""

import re
from datetime import timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import flask_bootstrap
from flask import Flask, Response, current_app, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from markupsafe import Markup

from matchmaker.web.access import public

_SPRITE = Path(flask_bootstrap.__file__).parent / "static" / "bootstrap5" / "icons" / "bootstrap-icons.svg"


_ENDPOINTS = ("static", "bootstrap.static")
_FOR_GOOD = timedelta(days=365)


def init_app(app: Flask) -> None:
    for endpoint in _ENDPOINTS:
        app.view_functions[endpoint] = _open_to_all(app.view_functions[endpoint])
    app.url_defaults(name_the_content)
    app.session_interface = SessionsOfPages()
    app.jinja_env.globals["icon"] = icon


class SessionsOfPages(SecureCookieSessionInterface):
    """A static file is the same for everybody, and others may keep it: no session goes out with it."""

    def save_session(self, app: Flask, session: SessionMixin, response: Any) -> None:
        if request.endpoint not in _ENDPOINTS:
            super().save_session(app, session, response)


def _open_to_all(serve: Any) -> Any:
    """A view of its own around Flask's: that one is a bound method, which takes no mark."""

    @public
    def static_file(**arguments: Any) -> Any:
        answer: Response = serve(**arguments)
        asked = request.args.get("v")
        if asked and asked == _content_of(request.endpoint or "", arguments["filename"]):
            kept = answer.cache_control
            kept.no_cache, kept.public, kept.max_age, kept.immutable = None, True, int(_FOR_GOOD.total_seconds()), True
        return answer

    return static_file


def name_the_content(endpoint: str, values: dict[str, Any]) -> None:
    """Add what the content of a static file is known by to its address."""
    if endpoint in _ENDPOINTS and "filename" in values:
        content = _content_of(endpoint, values["filename"])
        if content:
            values["v"] = content


def _content_of(endpoint: str, filename: str) -> str:
    """Twelve letters that another content would not have; empty where there is no such file."""
    owner = current_app if endpoint == "static" else current_app.blueprints["bootstrap"]
    path = Path(owner.static_folder or "", filename)
    try:
        return _digest(path, path.stat().st_mtime_ns)
    except OSError:
        return ""


@cache
def _digest(path: Path, _changed: int) -> str:
    return sha256(path.read_bytes()).hexdigest()[:12]


@cache
def icon(name: str) -> Markup:
    """A decoration drawn in the colour of the text beside it, silent for screen readers. Raises KeyError."""
    sprite = _SPRITE.read_text(encoding="utf-8")
    found = re.search(rf'<symbol[^>]* viewBox="([^"]+)" id="{re.escape(name)}">(.*?)</symbol>', sprite, re.DOTALL)
    if found is None:
        raise KeyError(name)
    view_box, shapes = found.groups()
    opening = (
        f'<svg class="icon" width="16" height="16" viewBox="{view_box}" fill="currentColor" aria-hidden="true" focusable="false">'
    )
    return Markup(f"{opening}{shapes}</svg>")
