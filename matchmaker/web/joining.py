"""Where the link in a colleague's mail leads: name, password, one button. Opening it changes nothing, the button does."""

from flask import Blueprint, Flask, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import PasswordField, StringField, SubmitField
from wtforms.validators import DataRequired, InputRequired

from matchmaker.db import db
from matchmaker.domain.passwords import check_password
from matchmaker.domain.rules import Broken, RuleBroken
from matchmaker.i18n import speak_to
from matchmaker.joining_links import JoiningKey, read_joining_key
from matchmaker.models import Joining
from matchmaker.phrases import phrase
from matchmaker.services.accounts import find_account, join_investor
from matchmaker.services.actors import Missing
from matchmaker.services.colleagues import send_fresh_joining_link
from matchmaker.services.editions import now_in
from matchmaker.web.access import public
from matchmaker.web.account_forms import obey, show_broken
from matchmaker.web.mailed_links import keep_private
from matchmaker.web.security_forms import ABOUT_PASSWORDS

blueprint = Blueprint("joining", __name__, url_prefix="/join")
blueprint.after_request(keep_private)


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)


class JoinForm(FlaskForm):
    name = StringField(_l("Your name"), [DataRequired()], render_kw={"autocomplete": "name"})
    password = PasswordField(
        _l("Password"), [InputRequired()], render_kw={"autocomplete": "new-password"}, description=ABOUT_PASSWORDS
    )
    submit = SubmitField(_l("Join"))

    def __init__(self, joining: Joining, **options: object) -> None:
        super().__init__(**options)
        self.address = joining.email

    def validate_password(self, field: PasswordField) -> None:
        obey(lambda: check_password(field.data or "", email=self.address))


@blueprint.get("/<token>")
@public
def show(token: str) -> str | tuple[str, int]:
    """What is asked, or what became of it, or how to get a fresh link."""
    found = _find(token)
    return _invalid() if found is None else _show(token, *found, JoinForm(found[1], formdata=None))


@blueprint.post("/<token>")
@public
def join(token: str) -> Response | str | tuple[str, int]:
    """Make the account; a second press finds it made."""
    found = _find(token)
    if found is None:
        return _invalid()
    key, joining = found
    form = JoinForm(joining)
    if _state(key, joining) != "open":
        return _again(token)
    if not form.validate():
        return _show(token, key, joining, form)
    try:
        join_investor(joining.id, form.name.data or "", form.password.data or "", now=now_in(joining.investor.edition))
    except Missing:
        return _invalid()
    except RuleBroken as broken:
        if broken.code in (Broken.SOMEBODY_WAS_QUICKER, Broken.EMAIL_TAKEN):
            return _again(token)
        show_broken(form, broken)
        return _show(token, key, joining, form)
    return _again(token)


@blueprint.post("/<token>/fresh")
@public
def send_fresh(token: str) -> Response | tuple[str, int]:
    """Mail a fresh link to the address that this one was sent to."""
    found = _find(token)
    if found is None:
        return _invalid()
    try:
        send_fresh_joining_link(found[1].id, now=now_in(found[1].investor.edition))
    except Missing:
        return _invalid()
    except RuleBroken as error:
        flash(phrase(error.code, **error.facts), "danger")
    else:
        flash(_("A fresh link is on its way to the address that this one was sent to."), "success")
    return _again(token)


def _find(token: str) -> tuple[JoiningKey, Joining] | None:
    """What the link belongs to; None: it is not from here, or was taken back."""
    key = read_joining_key(token)
    joining = db.session.get(Joining, key.joining_id) if key else None
    if key is None or joining is None or not key.fits(joining):
        return None
    speak_to(joining.language)
    return key, joining


def _state(key: JoiningKey, joining: Joining) -> str:
    """`open`: the button works; `done`: it was used; `known`: the address has an account of its own by now."""
    if joining.account_id is not None:
        return "done"
    if find_account(joining.email) is not None:
        return "known"
    return "expired" if key.expired else "open"


def _show(token: str, key: JoiningKey, joining: Joining, form: JoinForm) -> str:
    return render_template("account/join.html", token=token, state=_state(key, joining), joining=joining, form=form)


def _again(token: str) -> Response:
    return redirect(url_for("joining.show", token=token), code=303)


def _invalid() -> tuple[str, int]:
    return render_template("account/join.html", state="invalid", here="/"), 404
