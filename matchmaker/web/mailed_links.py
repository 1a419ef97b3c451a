"""Links in mails: asking for one, and what happens where it leads. Opening a link changes nothing, only its button does."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any

from flask import Blueprint, Flask, abort, flash, make_response, redirect, render_template, request, session, url_for
from flask import Response as Answer
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_security.confirmable import confirm_email_token_status
from flask_security.recoverable import reset_password_token_status
from flask_security.utils import check_and_get_token_status
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import EmailField, SubmitField
from wtforms.validators import DataRequired

from matchmaker.domain.rules import RuleBroken
from matchmaker.models import Account
from matchmaker.phrases import phrase
from matchmaker.services.accounts import ask_for_confirmation, ask_for_new_password, confirm_address, find_account_of_link
from matchmaker.services.contacts import checked_email
from matchmaker.web.access import View, public

blueprint = Blueprint("mailed_links", __name__)

_EVER = timedelta(days=3650)
"""Within which an expired link still tells to whom it was sent."""


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)


class AddressForm(FlaskForm):
    email = EmailField(_l("E-mail address"), validators=[DataRequired()], render_kw={"autocomplete": "email"})
    submit = SubmitField(_l("Send the mail"))

    def address(self) -> str | None:
        """The address in its stored form, or None with an error on the field."""
        if not self.validate_on_submit():
            return None
        try:
            return checked_email(self.email.data or "")
        except RuleBroken as broken:
            self.email.errors = [phrase(broken.code, **broken.facts)]
            return None


class ConfirmForm(FlaskForm):
    submit = SubmitField(_l("Confirm my address"))


def confirm_email(token: str) -> Response | str | tuple[str, int]:
    """Where the mailed link leads. A second press of the button, or the way back, shows that it is done."""
    expired, invalid, account = confirm_email_token_status(token)  # type: ignore[no-untyped-call]
    form = ConfirmForm()
    is_ours, told = _told_by(token, "confirm")
    if told is None or invalid:
        state = "replaced" if is_ours else "invalid"
        return render_template("account/confirm.html", state=state, form=AddressForm(formdata=None)), 404
    if expired:
        return render_template("account/confirm.html", state="expired", token=token)
    if account.confirmed_at is None and form.validate_on_submit():
        confirm_address(account.id, key=account.fs_uniquifier, now=datetime.now(UTC))
        return redirect(url_for("security.confirm_email", token=token), 303)
    state = "done" if account.confirmed_at else "open"
    return render_template("account/confirm.html", state=state, form=form, account=account)


@public
def send_confirmation() -> Response | str:
    """Ask for a fresh link to confirm. The answer is the same whether or not there is such an account."""
    form = AddressForm(data={"email": request.args.get("email", "")})
    address = form.address()
    if address is None:
        return render_template("security/send_confirmation.html", form=form)
    ask_for_confirmation(address, now=datetime.now(UTC))
    return look_into_mail("confirmation", address)


@public
def forgot_password() -> Response | str:
    """Ask for a link to choose a new password. The answer is the same whether or not there is such an account."""
    form = AddressForm()
    address = form.address()
    if address is None:
        return render_template("security/forgot_password.html", form=form)
    ask_for_new_password(address, now=datetime.now(UTC))
    return look_into_mail("password", address)


def tells_expired(view: View) -> View:
    """A link to choose a password that is too old says so, and brings a fresh one in one tap."""

    @wraps(view)
    def wrapped(token: str) -> Any:
        expired, _invalid, account = reset_password_token_status(token)  # type: ignore[no-untyped-call]
        if expired and account is not None:
            return render_template("security/reset_expired.html", token=token)
        return view(token=token)

    return wrapped


@blueprint.post("/confirm/<token>/fresh")
@public
def send_fresh_confirmation(token: str) -> Response:
    """Mail a fresh link to the address that this one was sent to."""
    return _send_fresh(token, "confirm", ask_for_confirmation, "security.confirm_email", "security.send_confirmation")


@blueprint.post("/new-password/<token>/fresh")
@public
def send_fresh_password_link(token: str) -> Response:
    """Mail a fresh link to the address that this one was sent to."""
    return _send_fresh(token, "reset", ask_for_new_password, "security.reset_password", "security.forgot_password")


def _send_fresh(token: str, purpose: str, ask: Callable[..., None], endpoint: str, asking: str) -> Response:
    """The page does not name the address: who finds an old link learns nothing from it."""
    is_ours, account = _told_by(token, purpose)
    if not is_ours:
        abort(404)
    if account is None:
        return _tell_replaced(asking)
    ask(account.email, now=datetime.now(UTC))
    flash(_("A fresh link is on its way to the address that this one was sent to."), "success")
    return redirect(url_for(endpoint, token=token), 303)


def _told_by(token: str, purpose: str) -> tuple[bool, Account | None]:
    """Whether a link was signed here for this purpose, however long ago; and the account, None: something newer has ended it."""
    _expired, invalid, told = check_and_get_token_status(token, purpose, _EVER)
    is_ours = bool(told) and not invalid
    return is_ours, find_account_of_link(told[0]) if is_ours else None


def _tell_replaced(asking: str) -> Response:
    """No tap brings a fresh one: to whom it would go is no longer told by the link. So the address is asked for."""
    flash(
        _(
            "This link no longer works: a newer mail or a new password has replaced it. Please open the newest mail from us, "
            "or ask for a fresh link here."
        ),
        "warning",
    )
    return redirect(url_for(asking), 303)


def keep_private(response: Answer) -> Answer:
    """The address is a key: no other page, cache or search engine gets it. The origin stays, because forms are checked by it."""
    response.headers["Referrer-Policy"] = "strict-origin"
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def behind_key(view: View) -> View:
    """A view whose address is a key (`keep_private`)."""

    @wraps(view)
    def kept(**arguments: Any) -> Answer:
        return keep_private(make_response(view(**arguments)))

    return kept


def look_into_mail(about: str, address: str) -> Response:
    session["mail"] = {"about": about, "address": address}
    return redirect(url_for("accounts.check_mail"), 303)
