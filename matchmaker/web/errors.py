"""What a reader sees when something went wrong: what happened, what is safe, and what to do next."""

import secrets

from flask import Flask, current_app, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.wrappers import Response

from matchmaker.i18n import LANGUAGES, reading_in
from matchmaker.services.actors import Missing
from matchmaker.web.kept_form import kept_fields, kept_page
from matchmaker.web.navigation import here, is_within

_TEXTS = {
    400: (
        _l("This request was not understood"),
        _l("Nothing was changed. Please go back, look at what you filled in and try again."),
    ),
    403: (
        _l("This is not open to you"),
        _l("Nothing was changed. If you think that it should be open to you, please ask the organiser."),
    ),
    404: (
        _l("There is no such page here"),
        _l("It may have been moved, or it is not open to you. The menu above leads on."),
    ),
    405: (
        _l("This address does not work that way"),
        _l("Nothing was changed. Please start from the page with the form."),
    ),
    413: (
        _l("This is too large"),
        _l("Nothing was stored. Please shorten what you filled in and send it again."),
    ),
    429: (
        _l("That was too often in a short time"),
        _l("Nothing was changed. Please wait a few minutes and try again."),
    ),
}
_DRAFTS = {"accounts.sign_up": "sign-up"}
"""What the browser keeps of a form until it is taken, by static/draft.js."""


def init_app(app: Flask) -> None:
    app.register_error_handler(HTTPException, show_error)
    app.register_error_handler(CSRFError, show_stale_form)
    app.register_error_handler(Missing, show_missing)
    app.register_error_handler(InternalServerError, show_failure)


def show_error(error: HTTPException) -> tuple[str, int] | Response | HTTPException:
    code = error.code or 500
    if code < 400 or error.response is not None:
        return error
    return _page(code, *_TEXTS.get(code, _TEXTS[400]))


def show_missing(error: Missing) -> tuple[str, int]:
    return _page(404, *_TEXTS[404])


def show_stale_form(error: CSRFError) -> tuple[str, int]:
    """What was filled in is kept where it may be; else its page is one tap away, where the browser may have kept a draft."""
    fields = kept_fields()
    if fields is not None:
        return kept_page(fields), 400
    title = _("This form is no longer valid")
    text = _(
        "It was open for too long, or your browser keeps no cookies. Nothing was changed. Please open the page again and repeat."
    )
    reference = _reference(f"400 at {request.endpoint}")
    page = render_template(
        "errors/stale.html",
        code=400,
        title=title,
        text=text,
        reference=reference,
        here=here(),
        holds_password=any("password" in name for name in request.form),
        draft=_DRAFTS.get(request.endpoint or ""),
    )
    return page, 400


def _page(code: int, title: object, text: object) -> tuple[str, int]:
    """Where a form went wrong, changing the language leads to the start: its address may answer no GET."""
    back = {} if request.method == "GET" and code != 405 else {"here": "/"}
    reference = _reference(f"{code} at {request.endpoint}")
    is_within("")
    return render_template("errors/error.html", code=code, title=title, text=text, reference=reference, **back), code


def _reference(what: str, *, cause: BaseException | None = None) -> str:
    """A word by which the organiser finds in the log what a reader met. No address is logged: some hold a key."""
    reference = secrets.token_hex(4)
    if cause is None:
        current_app.logger.warning("reference %s: %s", reference, what)
    else:
        current_app.logger.error("reference %s: %s", reference, what, exc_info=cause)
    return reference


def show_failure(error: InternalServerError) -> tuple[str, int]:
    """In both languages and without the layout: whatever broke may break that too."""
    reference = _reference(f"500 at {request.endpoint}", cause=error.original_exception or error)
    texts = []
    for language in LANGUAGES:
        with reading_in(language):
            title = _("Something went wrong on our side")
            text = _(
                "What you did last may not have been stored; everything before it is safe. Please try again in a few minutes."
            )
            told = _("If it happens again, please tell the organiser this reference: %(reference)s", reference=reference)
            texts.append(("zh-Hans" if language.startswith("zh") else "en", title, text, told, _("To the start page")))
    return current_app.jinja_env.get_template("errors/failure.html").render(texts=texts), 500
