"""What pages are dressed with: static files, which everybody may fetch, and icons from the Bootstrap wheel."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import flask_bootstrap
from flask import Flask
from markupsafe import Markup

from matchmaker.web.access import public

_SPRITE = Path(flask_bootstrap.__file__).parent / "static" / "bootstrap5" / "icons" / "bootstrap-icons.svg"


def init_app(app: Flask) -> None:
    for endpoint in ("static", "bootstrap.static"):
        app.view_functions[endpoint] = _open_to_all(app.view_functions[endpoint])
    app.jinja_env.globals["icon"] = icon


def _open_to_all(serve: Any) -> Any:
    """A view of its own around Flask's: that one is a bound method, which takes no mark."""

    @public
    def static_file(**arguments: Any) -> Any:
        return serve(**arguments)

    return static_file


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
