"""Pages around an account: signing up, the way from the sign-in to one's own pages, and what one changes about oneself."""

from datetime import UTC, datetime, time
from typing import Any

from flask import Blueprint, Flask, current_app, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response
from wtforms import RadioField, SelectField, StringField, SubmitField
from wtforms.validators import DataRequired, InputRequired

from matchmaker.domain.roles import ACCOUNT_ROLES, Role
from matchmaker.domain.rules import RuleBroken
from matchmaker.i18n import choose_language
from matchmaker.models import Edition
from matchmaker.services.accounts import change_own_account, said_by, sign_up_investor
from matchmaker.services.editions import find_edition, meetings_are_over, now_in, zone_of
from matchmaker.services.interests import targets_of
from matchmaker.services.versions import version_of
from matchmaker.web.access import public, requires
from matchmaker.web.account_forms import PAGE_LANGUAGES, SignUpForm, show_broken, zone_choices
from matchmaker.web.mailed_links import AddressForm, look_into_mail
from matchmaker.web.versions import VersionedForm, show_refused

blueprint = Blueprint("accounts", __name__)

_HOME = {Role.INVESTOR: "investor.home", Role.HOST: "host.inbox", Role.ORGANISER: "organiser.dashboard"}


class AccountForm(VersionedForm):
    """What somebody says about itself, perhaps in two windows."""

    name = StringField(_l("Your name"), [DataRequired()], render_kw={"autocomplete": "name"})
    language = RadioField(_l("Language of pages and mails"), [InputRequired()], choices=PAGE_LANGUAGES)
    timezone = SelectField(
        _l("Your own time zone"),
        description=_l(
            "Times are those of Shanghai; those of your zone stand beside them, on pages and in mails. "
            "In brackets: the difference from UTC on the first and the last day of the conference; one where it is the same."
        ),
        validate_choice=False,
    )
    submit = SubmitField(_l("Save"))

    def __init__(self, *, moments: tuple[datetime, datetime], **options: Any) -> None:
        super().__init__(**options)
        self.timezone.choices = zone_choices(moments)


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.route("/sign-up", methods=["GET", "POST"])
@public
def sign_up() -> Response | str:
    if current_user.is_authenticated:
        return redirect(url_for("accounts.home"))
    edition = find_edition(current_app.config["EDITION"])
    if edition is None:
        return render_template("account/no_edition.html")
    chains, _districts = targets_of(edition)
    switched = choose_language(request.form.get("read_in"))
    form = SignUpForm(chains)
    if not switched and form.validate_on_submit() and _apply(form, edition):
        return look_into_mail("sign_up", (form.email.data or "").strip())
    return render_template(
        "account/sign_up.html",
        form=form,
        chains=chains,
        edition=edition,
        is_over=meetings_are_over(edition, now=now_in(edition)),
        untouched=request.method == "GET",
    )


def _apply(form: SignUpForm, edition: Edition) -> bool:
    """Hand the application in; the visitor does not learn whether the address was known."""
    try:
        sign_up_investor(form.application(), edition=edition, now=now_in(edition))
    except RuleBroken as broken:
        show_broken(form, broken)
        return False
    return True


@blueprint.get("/check-mail")
@public
def check_mail() -> Response | str:
    """What to do now, after anything that sends a mail."""
    asked = session.get("mail")
    if asked is None:
        return redirect(url_for("security.login"))
    return render_template("account/check_mail.html", asked=asked, form=AddressForm(formdata=None, email=asked["address"]))


@blueprint.get("/home")
@requires(*ACCOUNT_ROLES)
def home() -> Response:
    """From the sign-in to the page that one's role begins with."""
    return redirect(url_for(_HOME[current_user.role]))


@blueprint.route("/account", methods=["GET", "POST"])
@requires(*ACCOUNT_ROLES)
def account() -> Response | str | tuple[str, int]:
    form, status = _account_form(), 200
    if form.validate_on_submit():
        try:
            own = {"language": form.language.data, "timezone": form.timezone.data or ""}
            change_own_account(current_user.id, form.name.data or "", **own, seen=form.version)
        except RuleBroken as broken:
            status = show_refused(form, broken, lambda: _account_form(formdata=None))
        else:
            session.pop("language", None)
            flash(_("Saved."), "success")
            return redirect(url_for("accounts.account"), 303)
    return render_template("account/account.html", form=form), status


def _account_form(**options: Any) -> AccountForm:
    seen = version_of(said_by(current_user))
    return AccountForm(obj=current_user, seen=seen, moments=_ends_of_conference(), **options)


def _ends_of_conference() -> tuple[datetime, datetime]:
    """The noons of its first and last day: the clocks of some countries change in between. Without an edition both are now."""
    edition = find_edition(current_app.config["EDITION"])
    if edition is None:
        return datetime.now(UTC), datetime.now(UTC)
    noon = time(12, tzinfo=zone_of(edition))
    return datetime.combine(edition.start_date, noon), datetime.combine(edition.end_date, noon)
