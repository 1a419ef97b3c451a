"""What no form of ours sends and no database holds is refused at the door, and what nobody sees stays outside."""

from datetime import date

from flask import Flask, abort, request
from werkzeug.datastructures import ImmutableMultiDict

from matchmaker.domain.texts import visible

_HIGHEST_ID = 2**31 - 1


def init_app(app: Flask) -> None:
    app.before_request(refuse_nul)
    app.before_request(leave_unseen_out)
    app.before_request(refuse_impossible_address)


def refuse_nul() -> None:
    """PostgreSQL stores no character NUL in a text."""
    if any("\x00" in value for values in (request.args, request.form) for _name, value in values.items(multi=True)):
        abort(400)


def leave_unseen_out() -> None:
    """Control characters and marks of direction come along with what is copied; passwords stay as they were typed."""
    for name in ("args", "form"):
        told = list(getattr(request, name).items(multi=True))
        kept = [(field, value if "password" in field else visible(value)) for field, value in told]
        if kept != told:
            setattr(request, name, ImmutableMultiDict(kept))


def row_id(text: str) -> int:
    """An id as a form or an address tells it. Raises ValueError where no row can have it."""
    told = int(text)
    if not 0 < told <= _HIGHEST_ID:
        raise ValueError(text)
    return told


def number_seen(text: str) -> int:
    """A version or an id that a page showed and its form sends back; -1, which nothing has, where it is no such number."""
    return int(text) if text.isdecimal() and len(text) <= len(str(_HIGHEST_ID)) else -1


def day_asked(text: str) -> date | None:
    """A day as an address tells it, such as 2024-03-29; None where it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def refuse_impossible_address() -> None:
    """No row has such an id or code, and a database would not even look for it."""
    for value in (request.view_args or {}).values():
        if (isinstance(value, int) and value > _HIGHEST_ID) or (isinstance(value, str) and "\x00" in value):
            abort(404)
