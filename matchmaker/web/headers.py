"""The security headers of every answer, and that no browser keeps the pages of whoever has signed in."""

from flask import Flask, Response, request
from flask_login import current_user

_CONTENT = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data:",  # Bootstrap's style sheet carries small images as data
        "object-src 'none'",
        "base-uri 'self'",
        "frame-ancestors 'none'",
        "form-action 'self'",
    )
)


def init_app(app: Flask) -> None:
    app.after_request(add_headers)


def add_headers(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", _CONTENT)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    if response.mimetype == "text/html" and current_user.is_authenticated:  # people sign in at shared desks
        response.headers.setdefault("Cache-Control", "no-store")
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response
