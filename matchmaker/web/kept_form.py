"""A form that could not be taken, kept so that it can be sent again: the session had ended, or the page was too old.

Only what this site's own pages sent is kept; a form from elsewhere must not become a valid one by a tap. What holds a
password or a file is never kept. Its buttons for the other language send it as well: it is shown again, and not taken.
"""

from urllib.parse import urlsplit

from flask import Flask, abort, current_app, render_template, request
from flask_login import current_user

from matchmaker.i18n import choose_language

MOST_FIELDS = 500
_SHOW_IN = "show_in"
_OWN = frozenset({"csrf_token", _SHOW_IN})


def init_app(app: Flask) -> None:
    app.before_request(show_again)


def show_again() -> str | None:
    """Whoever asks for the other language is never taken to have sent the form, though it could be taken by now."""
    if _SHOW_IN not in request.form:
        return None
    fields = kept_fields()
    return kept_page(fields) if fields is not None else abort(400)


def kept_fields() -> list[tuple[str, str]] | None:
    """What was filled in, or None where there is nothing that may be kept."""
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in _OWN]
    if request.method != "POST" or not fields or len(fields) > MOST_FIELDS or request.files:
        return None
    wants_a_page = request.accept_mimetypes.accept_html and not request.is_json
    if not wants_a_page or not _is_from_our_pages() or any("password" in name for name, _ in fields):
        return None
    return fields


def kept_page(fields: list[tuple[str, str]]) -> str:
    """A page that sends the same again, after signing in where that is needed; in the language that was asked for."""
    choose_language(request.form.get(_SHOW_IN))
    can_be_sent = current_user.is_authenticated or _is_for_everybody()
    return render_template("errors/kept.html", fields=fields, action=request.full_path.rstrip("?"), can_be_sent=can_be_sent)


def _is_for_everybody() -> bool:
    view = current_app.view_functions[request.endpoint] if request.endpoint else None
    return getattr(view, "access", None) == "public"


def _is_from_our_pages() -> bool:
    """As the browser itself says; one that says nothing is not believed."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return urlsplit(request.headers.get("Origin", "")).netloc == request.host
