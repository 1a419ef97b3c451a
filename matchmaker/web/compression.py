"""Answers are compressed here, because gunicorn does not and not every house has a proxy in front that does."""

import gzip
import io
import secrets
from functools import lru_cache

from flask import Flask, Response, request

_SHORTEST = 800
_MOST_PADDING = 100
_TEXTS = ("text/", "application/json", "application/javascript", "image/svg+xml")


def init_app(app: Flask) -> None:
    app.after_request(compress)


def compress(response: Response) -> Response:
    """Send a text packed to whoever can unpack it; a file is packed once, however often it is asked for."""
    if not (response.mimetype or "").startswith(_TEXTS):
        return response
    response.vary.add("Accept-Encoding")
    if not _may_be_packed(response):
        return response
    is_file, response.direct_passthrough = response.direct_passthrough, False
    source = response.response
    body = response.get_data()
    if is_file and hasattr(source, "close"):
        source.close()  # now: who goes away in the middle would leave it open
    if len(body) < _SHORTEST:
        return response
    response.set_data(_packed_file(body) if is_file else _packed_page(body))
    response.headers["Content-Encoding"] = "gzip"
    response.headers.pop("Accept-Ranges", None)
    tag, _weak = response.get_etag()
    if tag:
        response.set_etag(tag, weak=True)
    return response


def _may_be_packed(response: Response) -> bool:
    """A part of a file, an answer without a body and what is packed already stay as they are."""
    is_whole = response.status_code not in (204, 206, 304) and request.method != "HEAD"
    is_at_hand = response.direct_passthrough or not response.is_streamed
    return is_whole and is_at_hand and "Content-Encoding" not in response.headers and request.accept_encodings["gzip"] > 0


@lru_cache(maxsize=32)
def _packed_file(body: bytes) -> bytes:
    return gzip.compress(body, 9, mtime=0)


def _packed_page(body: bytes) -> bytes:
    """With a name of random length in the header: how long a page is packed then tells nobody what token it holds."""
    packed = io.BytesIO()
    name = "-" * (1 + secrets.randbelow(_MOST_PADDING))
    with gzip.GzipFile(filename=name, fileobj=packed, mode="wb", compresslevel=6, mtime=0) as file:
        file.write(body)
    return packed.getvalue()
