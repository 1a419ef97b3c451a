"""Who signs in for an investor, and asking a colleague to join."""

from flask import Blueprint, Flask, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import EmailField, RadioField, SelectChoice, SubmitField  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, InputRequired

from matchmaker import i18n
from matchmaker.domain.roles import Role
from matchmaker.domain.rules import RuleBroken
from matchmaker.services.colleagues import ask_to_join, colleagues_of, take_back_joining
from matchmaker.services.contacts import checked_email
from matchmaker.web.access import requires
from matchmaker.web.account_forms import obey, show_broken
from matchmaker.web.reader import own_now, reader, say_refused

bp = Blueprint("investor_colleagues", __name__)


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)


class ColleagueForm(FlaskForm):
    email = EmailField(_l("E-mail address"), [DataRequired()], render_kw={"autocomplete": "off"})
    language = RadioField(
        _l("Language of pages and mails"),
        [InputRequired()],
        choices=[SelectChoice(*each) for each in i18n.LANGUAGES.items()],
        default=i18n.language_of_reader,
    )
    submit = SubmitField(_l("Send the mail"))

    def validate_email(self, field: EmailField) -> None:
        obey(lambda: checked_email(field.data or ""))


@bp.get("/investor/colleagues")
@requires(Role.INVESTOR)
def show() -> str:
    return _page(ColleagueForm(formdata=None))


@bp.post("/investor/colleagues")
@requires(Role.INVESTOR)
def ask() -> Response | str:
    """Ask a colleague by mail to join, or once more with a fresh link."""
    form = ColleagueForm()
    if form.validate():
        try:
            ask_to_join(reader(), form.email.data or "", form.language.data, now=own_now())
        except RuleBroken as broken:
            show_broken(form, broken)
        else:
            flash(_("A mail is on its way to %(address)s.", address=(form.email.data or "").strip()), "success")
            return redirect(url_for("investor_colleagues.show"), 303)
    return _page(form)


@bp.post("/investor/colleagues/<int:joining_id>/take-back")
@requires(Role.INVESTOR)
def take_back(joining_id: int) -> Response:
    """Forget the address; its link no longer works."""
    try:
        take_back_joining(reader(), joining_id)
    except RuleBroken as error:
        say_refused(error)
    else:
        flash(_("Taken back: the link in the mail no longer works, and the address is forgotten."), "success")
    return redirect(url_for("investor_colleagues.show"), 303)


def _page(form: ColleagueForm) -> str:
    return render_template(
        "investor/colleagues.html", investor=current_user.investor, colleagues=colleagues_of(reader()), form=form
    )
