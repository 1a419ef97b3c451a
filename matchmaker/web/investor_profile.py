"""What an investor tells about itself: its profile, how many meetings it wants, and who comes to them."""

from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import IntegerField, RadioField, SelectChoice, SelectField, StringField, SubmitField  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, InputRequired

from matchmaker.domain.roles import DelegateRole, Role
from matchmaker.domain.rules import RuleBroken
from matchmaker.models import Delegate, Investor
from matchmaker.phrases import language_name, phrase
from matchmaker.services.actors import Missing
from matchmaker.services.completeness import completeness_of
from matchmaker.services.delegates import add_delegate, change_delegate, remove_delegate, told_of
from matchmaker.services.interests import targets_of
from matchmaker.services.investors import (
    Limits,
    Profile,
    broken_limits,
    change_limits,
    change_profile,
    get_investor,
    limits_of,
    profile_of,
)
from matchmaker.services.versions import version_of
from matchmaker.web.access import requires
from matchmaker.web.account_forms import OrganisationForm, language_choices, show_broken
from matchmaker.web.reader import own_edition, own_now, reader
from matchmaker.web.versions import CONFLICT, ShownForm, VersionedForm, show_refused

bp = Blueprint("investor_profile", __name__)


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)


class ProfileForm(OrganisationForm, ShownForm):
    submit = SubmitField(_l("Save the profile"))


class LimitsForm(VersionedForm):
    min_meetings = IntegerField(
        _l("At least"), [InputRequired()], description=_l("The nightly planning tries to reach this; it cannot promise it.")
    )
    max_meetings = IntegerField(_l("At most"), [InputRequired()])
    max_per_day = IntegerField(_l("At most per day"), [InputRequired()])
    submit = SubmitField(_l("Save the limits"))

    def validate(self, extra_validators: Any = None) -> bool:
        """Everything that is wrong at once, as soon as there are three numbers."""
        if not super().validate(extra_validators):
            return False
        for broken in broken_limits(self.limits(), own_edition()):
            show_broken(self, broken)
        return not self.errors

    def limits(self) -> Limits:
        fields = (self.min_meetings, self.max_meetings, self.max_per_day)
        return Limits(*(field.data or 0 for field in fields))


class DelegateForm(VersionedForm):
    name = StringField(_l("Name"), [DataRequired()])
    title = StringField(_l("Position"))
    language = SelectField(_l("Language in meetings"), [InputRequired()])
    role = RadioField(
        _l("Presence"),
        default=DelegateRole.REQUIRED,
        description=_l("Hosts see who has to be there and who may join, once they have accepted."),
    )

    def __init__(self, delegate: Delegate | None = None, **options: object) -> None:
        if delegate:
            options |= {"obj": delegate, "seen": version_of(told_of(delegate)), "prefix": _prefix(delegate.id)}
        super().__init__(**({"prefix": "delegate-"} | options))
        self.language.choices = _language_choices([delegate.language] if delegate else [])
        self.role.choices = [SelectChoice(role.value, phrase(role)) for role in DelegateRole]

    def told(self) -> tuple[str, str, str, DelegateRole]:
        return self.name.data or "", self.title.data or "", self.language.data, DelegateRole(self.role.data)


def _prefix(delegate_id: int) -> str:
    return f"delegate-{delegate_id}-"


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
def save() -> Response | tuple[str, int]:
    """Replace the profile."""
    form, status = _profile_form(get_investor(reader())), 200
    if form.validate():
        try:
            change_profile(reader(), form.profile(), seen=form.version, now=own_now())
        except RuleBroken as broken:
            status = show_refused(form, broken, lambda: _profile_form(get_investor(reader()), formdata=None))
        else:
            flash(_("Your profile is stored. The next night uses it."), "success")
            return redirect(url_for("investor_profile.show"), 303)
    return _page(get_investor(reader()), profile_form=form), status


@bp.post("/investor/limits")
@requires(Role.INVESTOR)
def save_limits() -> Response | tuple[str, int]:
    """Replace the limits."""
    form, status = LimitsForm(), 200
    if form.validate():
        try:
            change_limits(reader(), form.limits(), seen=form.version)
        except RuleBroken as broken:
            status = show_refused(form, broken, lambda: _limits_form(get_investor(reader())))
        else:
            flash(_("Your limits are stored. The next night uses them."), "success")
            return redirect(url_for("investor_profile.show"), 303)
    return _page(get_investor(reader()), limits_form=form), status


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
def change(delegate_id: int) -> Response | tuple[str, int]:
    """Correct a delegate, or take it off the list."""
    delegate, removes = _find_delegate(delegate_id), "remove" in request.form
    if delegate is None:
        return _gone(delegate_id, removes)
    form, status = DelegateForm(delegate), 200
    if removes or form.validate():
        try:
            if removes:
                remove_delegate(reader(), delegate_id, seen=form.version)
            else:
                change_delegate(reader(), delegate_id, *form.told(), seen=form.version)
        except RuleBroken as broken:
            status = show_refused(form, broken, lambda: DelegateForm(_find_delegate(delegate_id), formdata=None))
        else:
            flash(_("Taken off the list.") if removes else _("Saved."), "success")
            return redirect(url_for("investor_profile.delegates"), 303)
    return _delegates_page(_new_delegate(), {delegate_id: form}), status


def _find_delegate(delegate_id: int) -> Delegate | None:
    return next((each for each in get_investor(reader()).delegates if each.id == delegate_id), None)


def _gone(delegate_id: int, removes: bool) -> Response | tuple[str, int]:
    """A colleague took the delegate off the list meanwhile: what was typed is kept, to add it again."""
    typed = DelegateForm(prefix=_prefix(delegate_id))
    if typed.version is None:
        raise Missing(f"delegate {delegate_id}")
    if removes:
        flash(_("This delegate is no longer on the list: somebody else took it off."), "info")
        return redirect(url_for("investor_profile.delegates"), 303)
    form = DelegateForm(formdata=None, data={name: typed[name].data for name in ("name", "title", "language", "role")})
    told = _(
        "Somebody else took this delegate off the list meanwhile. "
        "What you filled in is kept below: add it to name the person again."
    )
    form.form_errors.append(told)
    return _delegates_page(form), CONFLICT


def _page(investor: Investor, profile_form: ProfileForm | None = None, limits_form: LimitsForm | None = None) -> str:
    chains, _districts = targets_of(own_edition())
    return render_template(
        "investor/profile.html",
        investor=investor,
        completeness=completeness_of(reader()),
        chains=chains,
        edition=own_edition(),
        profile_form=profile_form or _profile_form(investor, formdata=None),
        limits_form=limits_form or _limits_form(investor),
    )


def _profile_form(investor: Investor, **options: object) -> ProfileForm:
    chains, _districts = targets_of(own_edition())
    profile = profile_of(investor)
    stored = {field.name: getattr(profile, field.name) for field in fields(Profile)} | {"seen": version_of(profile)}
    stored |= {"preferred": investor.languages[0], "languages": investor.languages[1:]}
    form = ProfileForm(chains, data=stored, **options)
    form.preferred.choices = form.languages.choices = _language_choices(investor.languages)
    return form


def _limits_form(investor: Investor) -> LimitsForm:
    return LimitsForm(formdata=None, obj=investor, seen=version_of(limits_of(investor)))


def _new_delegate() -> DelegateForm:
    return DelegateForm(formdata=None, data={"language": get_investor(reader()).languages[0]})


def _delegates_page(new: DelegateForm, changed: dict[int, DelegateForm] | None = None) -> str:
    investor = get_investor(reader())
    forms = [(each, (changed or {}).get(each.id) or DelegateForm(each, formdata=None)) for each in investor.delegates]
    return render_template("investor/delegates.html", investor=investor, forms=forms, new=new)
