"""How often one visitor may try: signing in, signing up, and everything that sends a mail."""

from collections.abc import Callable
from hashlib import sha256
from typing import Any

from flask import Flask, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import current_user


def by_address() -> str:
    """Many people of one conference share an address, so these limits are wide."""
    return get_remote_address()


def by_account() -> str:
    """The account that is asked about, known or not: the same for both, and not readable in a shared storage."""
    return sha256(request.form.get("email", "").strip().casefold().encode()).hexdigest()


def by_both() -> str:
    return f"{by_address()} {by_account()}"


def by_reader() -> str:
    """The account that is signed in; without one, everybody together."""
    return sha256(str(current_user.get_id()).encode()).hexdigest()


def by_link() -> str:
    """A link out of a mail, unreadable in a shared storage too."""
    return sha256(str((request.view_args or {}).get("token", "")).encode()).hexdigest()


_LIMITS: dict[str, tuple[tuple[str, Callable[[], str]], ...]] = {
    "security.login": (("10 per 15 minutes", by_both), ("50 per hour", by_account), ("300 per 15 minutes", by_address)),
    "accounts.sign_up": (("10 per hour", by_account), ("100 per hour", by_address)),
    "security.forgot_password": (("3 per hour", by_account), ("60 per hour", by_address)),
    "security.send_confirmation": (("3 per hour", by_account), ("60 per hour", by_address)),
    "mailed_links.send_fresh_confirmation": (("3 per hour", by_link), ("60 per hour", by_address)),
    "mailed_links.send_fresh_password_link": (("3 per hour", by_link), ("60 per hour", by_address)),
    "security.confirm_email": (("120 per hour", by_address),),
    "security.reset_password": (("120 per hour", by_address),),
    "answers.accept": (("30 per hour", by_link), ("300 per hour", by_address)),
    "answers.decline": (("30 per hour", by_link), ("300 per hour", by_address)),
    "answers.send_fresh": (("3 per hour", by_link), ("60 per hour", by_address)),
    "investor_colleagues.ask": (("3 per hour", by_account), ("20 per hour", by_reader)),
    "joining.join": (("30 per hour", by_link), ("300 per hour", by_address)),
    "joining.send_fresh": (("3 per hour", by_link), ("60 per hour", by_address)),
    "security.change_password": (("60 per hour", by_address),),
}
"""What is posted to these pages counts; looking at them does not."""


def init_app(app: Flask) -> None:
    """Counts in RATELIMIT_STORAGE_URI: in the memory of one process, or in a storage that several share."""
    limiter = app.extensions["rate limits"] = Limiter(by_address, app=app)  # its decorators hold it by a weak reference
    for endpoint, limits in _LIMITS.items():
        view: Any = app.view_functions[endpoint]
        for allowed, key in limits:
            view = limiter.limit(allowed, key_func=key, methods=["POST"])(view)
        app.view_functions[endpoint] = view
