"""What an investor tells about itself: its profile, how many meetings it wants, and who comes to them."""

from collections.abc import Iterable

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import IntegerField, RadioField, SelectChoice, SelectField, StringField, SubmitField  # type: ignore[attr-defined]
from wtforms.validators import InputRequired

from matchmaker.domain.consent import Purpose
from matchmaker.domain.roles import DelegateRole, Role
from matchmaker.domain.rules import RuleBroken
from matchmaker.models import Delegate, Investor
from matchmaker.phrases import language_name, phrase
from matchmaker.services.actors import Missing
from matchmaker.services.completeness import completeness_of
from matchmaker.services.consents import agreed_by
from matchmaker.services.interests import targets_of
from matchmaker.services.investors import (
    Limits,
    add_delegate,
    change_delegate,
    change_limits,
    change_profile,
    get_investor,
    remove_delegate,
)
from matchmaker.web.access import requires
from matchmaker.web.account_forms import OrganisationForm, language_choices, show_broken
from matchmaker.web.reader import own_edition, own_now, reader

bp = Blueprint("investor_profile", __name__)


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)


class ProfileForm(OrganisationForm):
    submit = SubmitField(_l("Save the profile"))


class LimitsForm(FlaskForm):
    min_meetings = IntegerField(
        _l("At least"), [InputRequired()], description=_l("The night tries to reach this; it cannot promise it.")
    )
    max_meetings = IntegerField(_l("At most"), [InputRequired()])
    max_per_day = IntegerField(_l("At most on a day"), [InputRequired()])
    submit = SubmitField(_l("Save the limits"))

    def limits(self) -> Limits:
        fields = (self.min_meetings, self.max_meetings, self.max_per_day)
        return Limits(*(field.data or 0 for field in fields))


class DelegateForm(FlaskForm):
    name = StringField(_l("Name"), [InputRequired()])
    title = StringField(_l("Position"))
    language = SelectField(_l("Language in meetings"), [InputRequired()])
    role = RadioField(
        _l("Presence"),
        default=DelegateRole.REQUIRED,
        description=_l("Hosts see who has to be there and who may join, once they have accepted."),
    )

    def __init__(self, delegate: Delegate | None = None, **options: object) -> None:
        super().__init__(obj=delegate, prefix=f"delegate-{delegate.id}-" if delegate else "delegate-", **options)
        self.language.choices = _language_choices([delegate.language] if delegate else [])
        self.role.choices = [SelectChoice(role.value, phrase(role)) for role in DelegateRole]

    def told(self) -> tuple[str, str, str, DelegateRole]:
        return self.name.data or "", self.title.data or "", self.language.data, DelegateRole(self.role.data)


def _language_choices(spoken: Iterable[str]) -> list[SelectChoice]:
    """The languages to choose from, and those that are stored already though they are not on the list."""
    choices = language_choices()
    known = {choice.value for choice in choices}
    return choices + [SelectChoice(code, language_name(code)) for code in spoken if code not in known]


@bp.get("/investor/profile")
@requires(Role.INVESTOR)
def show() -> str:
    return _page(get_investor(reader()))


@bp.post("/investor/profile")
@requires(Role.INVESTOR)
def save() -> Response | str:
    """Replace the profile."""
    investor = get_investor(reader())
    form = _profile_form(investor)
    if form.validate():
        try:
            change_profile(reader(), form.profile(), now=own_now())
        except RuleBroken as broken:
            show_broken(form, broken)
        else:
            flash(_("Your profile is stored. The next night uses it."), "success")
            return redirect(url_for("investor_profile.show"), 303)
    return _page(investor, profile_form=form)


@bp.post("/investor/limits")
@requires(Role.INVESTOR)
def save_limits() -> Response | str:
    """Replace the limits."""
    form = LimitsForm()
    if form.validate():
        limits = form.limits()
        try:
            change_limits(reader(), limits)
        except RuleBroken as broken:
            show_broken(form, broken)
        else:
            flash(_("Your limits are stored. The next night uses them."), "success")
            return redirect(url_for("investor_profile.show"), 303)
    return _page(get_investor(reader()), limits_form=form)


@bp.get("/investor/delegates")
@requires(Role.INVESTOR)
def delegates() -> str:
    return _delegates_page(_new_delegate())


@bp.post("/investor/delegates")
@requires(Role.INVESTOR)
def add() -> Response | str:
    """Name another delegate."""
    form = DelegateForm()
    if form.validate():
        try:
            add_delegate(reader(), *form.told())
        except RuleBroken as broken:
            show_broken(form, broken)
        else:
            flash(_("Added. The language of your delegate counts as one of yours now."), "success")
            return redirect(url_for("investor_profile.delegates"), 303)
    return _delegates_page(form)


@bp.post("/investor/delegates/<int:delegate_id>")
@requires(Role.INVESTOR)
def change(delegate_id: int) -> Response | str:
    """Correct a delegate, or take it off the list."""
    delegate = next((each for each in get_investor(reader()).delegates if each.id == delegate_id), None)
    if delegate is None:
        raise Missing(f"delegate {delegate_id}")
    if "remove" in request.form:
        remove_delegate(reader(), delegate_id)
        flash(_("Taken off the list."), "success")
        return redirect(url_for("investor_profile.delegates"), 303)
    form = DelegateForm(delegate)
    if form.validate():
        try:
            change_delegate(reader(), delegate_id, *form.told())
        except RuleBroken as broken:
            show_broken(form, broken)
        else:
            flash(_("Saved."), "success")
            return redirect(url_for("investor_profile.delegates"), 303)
    return _delegates_page(_new_delegate(), {delegate_id: form})


def _page(investor: Investor, profile_form: ProfileForm | None = None, limits_form: LimitsForm | None = None) -> str:
    chains, _districts = targets_of(own_edition())
    return render_template(
        "investor/profile.html",
        investor=investor,
        completeness=completeness_of(reader()),
        chains=chains,
        edition=own_edition(),
        profile_form=profile_form or _profile_form(investor, formdata=None),
        limits_form=limits_form or LimitsForm(formdata=None, obj=investor),
    )


def _profile_form(investor: Investor, **options: object) -> ProfileForm:
    chains, _districts = targets_of(own_edition())
    same = ("name", "country", "website", "about", "size_min", "size_max", "stages", "confidential", "phone", "wechat")
    stored = {name: getattr(investor, name) for name in (*same, "shares_contact")}
    stored["sends_abroad"] = Purpose.ABROAD in agreed_by(investor.id)
    stored |= {"chains": [chain.code for chain in investor.chains]}
    stored |= {"preferred": investor.languages[0], "languages": investor.languages[1:]}
    form = ProfileForm(chains, data=stored, **options)
    form.preferred.choices = form.languages.choices = _language_choices(investor.languages)
    return form


def _new_delegate() -> DelegateForm:
    return DelegateForm(formdata=None, data={"language": get_investor(reader()).languages[0]})


def _delegates_page(new: DelegateForm, changed: dict[int, DelegateForm] | None = None) -> str:
    investor = get_investor(reader())
    forms = [(each, (changed or {}).get(each.id) or DelegateForm(each, formdata=None)) for each in investor.delegates]
    return render_template("investor/delegates.html", investor=investor, forms=forms, new=new)
