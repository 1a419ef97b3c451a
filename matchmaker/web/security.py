"""Signing in: Flask-Security put to work on our accounts, with its settings, its words and its doors.

Flask-Security keeps what it is good at: sessions, hashing, tokens, and the pages to sign in and to choose a password.
Confirming and asking for mails are views of our own (`web/mailed_links.py`), because its own confirm on GET, build links
from the Host header and answer a POST with a page.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any

from flask import Flask, abort, flash, redirect, render_template, request, session
from flask_security import MailUtil, PasswordUtil, RoleMixin, Security, SQLAlchemyUserDatastore
from flask_security.signals import password_reset

from matchmaker.db import db, transaction
from matchmaker.domain.passwords import SHORTEST, check_password
from matchmaker.domain.roles import ACCOUNT_ROLES
from matchmaker.domain.rules import RuleBroken
from matchmaker.models import Account
from matchmaker.phrases import N_, phrase
from matchmaker.services.notices import add_notice
from matchmaker.web import mailed_links
from matchmaker.web.access import View, public, requires
from matchmaker.web.origin import is_from_this_machine
from matchmaker.web.security_forms import ChangePasswordForm, LoginForm, ResetPasswordForm

CONFIRM_WITHIN = timedelta(days=2)
RESET_WITHIN = timedelta(hours=1)

_SETTINGS: dict[str, Any] = {
    "CONFIRMABLE": True,
    "RECOVERABLE": True,
    "CHANGEABLE": True,
    "REGISTERABLE": False,
    "FRESHNESS": timedelta(minutes=-1),
    "LOGIN_URL": "/sign-in",
    "LOGOUT_URL": "/sign-out",
    "RESET_URL": "/new-password",
    "CHANGE_URL": "/account/password",
    "CONFIRM_URL": "/confirm",
    "POST_LOGIN_VIEW": "accounts.home",
    "POST_LOGOUT_VIEW": "/",
    "POST_RESET_VIEW": "security.login",
    "POST_CHANGE_VIEW": "accounts.account",
    "CONFIRM_EMAIL_WITHIN": CONFIRM_WITHIN,
    "RESET_PASSWORD_WITHIN": RESET_WITHIN,
    "AUTO_LOGIN_AFTER_CONFIRM": False,
    "AUTO_LOGIN_AFTER_RESET": False,
    "LOGIN_WITHOUT_CONFIRMATION": False,
    "RETURN_GENERIC_RESPONSES": True,
    "USERNAME_ENABLE": False,
    "JOIN_USER_ROLES": False,
    "API_ENABLED_METHODS": ["session"],
    "PASSWORD_HASH": "argon2",
    "PASSWORD_SCHEMES": ["argon2"],
    "DEPRECATED_PASSWORD_SCHEMES": [],
    "HASHING_SCHEMES": ["hex_sha256"],  # of an address, inside a signed token: a slow hash would cost every look at a link
    "DEPRECATED_HASHING_SCHEMES": [],
    "PASSWORD_LENGTH_MIN": SHORTEST,
    "EMAIL_VALIDATOR_ARGS": {"check_deliverability": False},
    "EMAIL_PLAINTEXT": False,
    "EMAIL_HTML": False,
    "DATETIME_FACTORY": lambda: datetime.now(UTC),
    "I18N_DOMAIN": "messages",
    "STATIC_FOLDER": None,
    "CLI_USERS_NAME": None,
    "CLI_ROLES_NAME": None,
}
"""`SECURITY_…`, all that differs from its defaults. E-mails are not rendered by it: see `Outbox`."""

_MESSAGES = {
    "UNAUTHENTICATED": (N_("Please sign in to see this page."), "info"),
    "GENERIC_AUTHN_FAILED": (N_("The address or the password is not right."), "error"),
    "DISABLED_ACCOUNT": (N_("This account is closed."), "error"),
    "CONFIRMATION_REQUIRED": (N_("Please confirm your e-mail address first."), "error"),
    "EMAIL_NOT_PROVIDED": (N_("Please fill in your e-mail address."), "error"),
    "INVALID_EMAIL_ADDRESS": (N_("This is not a complete e-mail address, such as name@example.org."), "error"),
    "PASSWORD_NOT_PROVIDED": (N_("Please fill in a password."), "error"),
    "INVALID_PASSWORD": (N_("This is not your present password."), "error"),
    "PASSWORD_IS_THE_SAME": (N_("The new password is the same as the present one."), "error"),
    "RETYPE_PASSWORD_MISMATCH": (N_("The two new passwords differ."), "error"),
    "PASSWORD_RESET_EXPIRED": (
        N_("This link has expired; it was valid for one hour. Please ask for a fresh one; nothing was changed."),
        "error",
    ),
    "INVALID_RESET_PASSWORD_TOKEN": (N_("This link no longer works. Please ask for a fresh one; nothing was changed."), "error"),
    "PASSWORD_RESET_NO_LOGIN": (N_("Your new password is set. Please sign in with it."), "success"),
    "PASSWORD_CHANGE": (N_("Your new password is set. Other devices are signed out."), "success"),
    "INVALID_REDIRECT": (N_("The page to go to afterwards is not part of this site."), "error"),
    "API_ERROR": (N_("Please fill this in."), "error"),
}  # fmt: skip
"""What its pages say, in our tone and from our catalogues; messages of features that are off stay as they are."""


class Outbox(MailUtil):
    """Where Flask-Security would send a mail, a notice is written: in the transaction of the change, see `in_transaction`."""

    def send_mail(self, *_rendered: Any, **context: Any) -> None:
        add_notice(context["user"].id, "password_changed", {}, now=datetime.now(UTC))

    def normalize(self, email: str) -> str:
        """As addresses are stored: in lower case."""
        return str(super().normalize(email)).lower()


class Passwords(PasswordUtil):
    """One rule for every password, wherever it is typed."""

    def validate(self, password: str, is_register: bool, **known: Any) -> tuple[list[str] | None, str]:
        plain = self.normalize(password)
        try:
            check_password(plain, email=known["user"].email)
        except RuleBroken as broken:
            return [phrase(broken.code, **broken.facts)], plain
        return None, plain


class Accounts(SQLAlchemyUserDatastore):
    """Accounts as Flask-Security finds them. A role is a column of the account, so there are no rows of roles."""

    def __init__(self) -> None:
        super().__init__(db, Account, RoleMixin)


def init_app(app: Flask) -> None:
    for name, value in _SETTINGS.items():
        app.config.setdefault(f"SECURITY_{name}", value)
    for name, message in _MESSAGES.items():
        app.config[f"SECURITY_MSG_{name}"] = message
    app.config.setdefault("SECURITY_I18N_DIRNAME", f"{app.root_path}/translations")
    security = Security(
        datastore=Accounts(),
        login_form=LoginForm,
        reset_password_form=ResetPasswordForm,
        change_password_form=ChangePasswordForm,
        mail_util_cls=Outbox,
        password_util_cls=Passwords,
        render_template=_render,
    )
    security.init_app(app)
    security.want_json(lambda _request: False)
    security.login_manager.request_loader(lambda _request: None)  # sessions only: no token in a header or an address
    security.login_manager.user_loader(_only_here(security.login_manager._user_callback))
    password_reset.connect(_reset_link_confirms, app)
    app.before_request(_forms_only)
    _open_doors(app)


def _render(template: str, **context: Any) -> str:
    form = context.get("login_user_form")
    if form is not None:
        form.ask_for_what_is_empty()
    return render_template(template, **context)


def _forms_only() -> None:
    """Flask-Security would read JSON as well, and stumble over what is not an object."""
    if request.blueprint == "security" and request.is_json:
        abort(415)


def _open_doors(app: Flask) -> None:
    """Mark the views of Flask-Security that stay, and put our own in the place of three; the guard hides any other."""
    views = app.view_functions
    views["security.login"] = public(views["security.login"])
    views["security.logout"] = public(views["security.logout"])
    views["security.confirm_email"] = public(mailed_links.behind_key(mailed_links.confirm_email))
    views["security.send_confirmation"] = mailed_links.send_confirmation
    views["security.forgot_password"] = mailed_links.forgot_password
    views["security.reset_password"] = public(
        mailed_links.behind_key(mailed_links.tells_expired(in_transaction(views["security.reset_password"])))
    )
    views["security.change_password"] = requires(*ACCOUNT_ROLES)(in_transaction(views["security.change_password"]))


def in_transaction(view: View) -> View:
    """Let a POST to a view of Flask-Security be one transaction: the new password and the notice about it.

    Its own commit at the end of the request then finds nothing left to do.
    """

    @wraps(view)
    def wrapped(**arguments: Any) -> Any:
        if request.method != "POST":
            return view(**arguments)
        try:
            with transaction():
                return view(**arguments)
        except RuleBroken as broken:
            flash(phrase(broken.code, **broken.facts), "error")
            return redirect(request.url, 303)

    return wrapped


def _only_here(load: Callable[[str], Account | None]) -> Callable[[str], Account | None]:
    """A demonstration account ends its session when a request comes from another machine."""

    def load_account(uniquifier: str) -> Account | None:
        account = load(uniquifier)
        if account is not None and account.demo and not is_from_this_machine():
            session.pop("_user_id", None)
            return None
        return account

    return load_account


def _reset_link_confirms(_app: Flask, user: Account, **_rest: Any) -> None:
    """Who opens the link in a mail owns the address, whichever mail it was."""
    user.confirmed_at = user.confirmed_at or datetime.now(UTC)
