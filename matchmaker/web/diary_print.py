"""What a printed page carries besides its text: its own address, to be read by a phone."""

from typing import Any

import segno
from flask import current_app, url_for
from markupsafe import Markup


def diary_address() -> str:
    """Where the diary of an investor is found from outside."""
    return address_outside("investor.diary")


def address_outside(endpoint: str, **values: Any) -> str:
    """Where a page is found from outside; paper outlives this request, so it begins with the site's own name."""
    return str(current_app.config["PUBLIC_URL"]).rstrip("/") + url_for(endpoint, **values)


def qr_code(address: str) -> Markup:
    """The address as a drawing of squares, to be printed about two centimetres wide; described by the text beside it."""
    drawn = segno.make(address, error="m", micro=False).svg_inline(
        scale=3, border=2, dark="#000", light="#fff", svgclass="qr", lineclass=None, omitsize=True
    )
    return Markup(drawn.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1))
