"""The organiser's pages about investors: who applied, everything about one organisation, and the decision."""

from flask import Blueprint, Flask, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response
from wtforms import RadioField, SelectChoice, SubmitField, TextAreaField  # type: ignore[attr-defined]
from wtforms.validators import InputRequired

from matchmaker.domain.roles import Role, Vetting
from matchmaker.domain.rules import Broken, RuleBroken
from matchmaker.models import Edition, Investor
from matchmaker.phrases import phrase
from matchmaker.services.actors import actor_of
from matchmaker.services.consents import agreed_by
from matchmaker.services.editions import get_edition, now_in
from matchmaker.services.runs import served_last
from matchmaker.services.vetting import (
    DECISIONS,
    applications,
    count_applications,
    count_live_meetings,
    days_in_town,
    decide_vetting,
    get_application,
    interests_stated,
)
from matchmaker.web.access import requires
from matchmaker.web.account_forms import show_broken
from matchmaker.web.versions import CONFLICT, VersionedForm

blueprint = Blueprint("organiser_investors", __name__, url_prefix="/organiser/investors")


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)


class DecisionForm(VersionedForm):
    """`seen` is the state that the organiser looked at, so that a later decision does not undo one it has not seen."""

    vetting = RadioField(_l("Decision"), [InputRequired()])
    reason = TextAreaField(_l("Reason"), description=_l("The organisation reads it. A refusal needs one."))
    submit = SubmitField(_l("Decide"))

    def __init__(self, investor: Investor) -> None:
        super().__init__()
        self.vetting.choices = [SelectChoice(state.value, phrase(state)) for state in DECISIONS if state is not investor.vetting]
        if investor.vetting is not Vetting.APPLIED:
            self.submit.label.text = _("Save the decision")
        self.seen.data = self.seen.data or investor.vetting.value


@blueprint.get("")
@requires(Role.ORGANISER)
def investors() -> str:
    """`state` and `text` filter the list."""
    edition = _edition()
    state = request.args.get("state", "")
    vetting = Vetting(state) if state in set(Vetting) else None
    text = request.args.get("text", "").strip()
    page = applications(edition, vetting, text, request.args.get("page", 1, type=int))
    return render_template("organiser/investors.html", page=page, counts=count_applications(edition), vetting=vetting, text=text)


@blueprint.get("/<int:investor_id>")
@requires(Role.ORGANISER)
def investor(investor_id: int) -> str:
    found = get_application(_edition(), investor_id)
    return _page_of(found, DecisionForm(found))


@blueprint.post("/<int:investor_id>")
@requires(Role.ORGANISER)
def decide(investor_id: int) -> Response | str | tuple[str, int]:
    found = get_application(_edition(), investor_id)
    form = DecisionForm(found)
    seen = Vetting(form.seen.data) if form.seen.data in set(Vetting) else found.vetting
    if seen is not found.vetting:
        return _after_another(found, form)
    if not form.validate_on_submit():
        return _page_of(found, form)
    now = now_in(_edition())
    try:
        decide_vetting(
            actor_of(current_user), investor_id, Vetting(form.vetting.data), form.reason.data or "", seen=seen, now=now
        )
    except RuleBroken as broken:
        found = get_application(_edition(), investor_id)
        if broken.code is Broken.SOMEBODY_WAS_QUICKER:
            return _after_another(found, form)
        show_broken(form, broken)
        return _page_of(found, form)
    flash(_("Decided. The organisation gets a mail."), "success")
    return redirect(url_for("organiser_investors.investor", investor_id=investor_id), 303)


def _after_another(found: Investor, form: DecisionForm) -> Response | tuple[str, int]:
    """Somebody else decided meanwhile: both decisions side by side, unless they are the same."""
    if form.vetting.data == found.vetting.value:
        flash(_("Somebody else decided the same meanwhile. Nothing was changed."), "info")
        return redirect(url_for("organiser_investors.investor", investor_id=found.id), 303)
    last = found.decisions[-1] if found.decisions else None
    words = {state.value: phrase(state) for state in DECISIONS}
    form.differing = [(_("Decision"), words.get(form.vetting.data), phrase(found.vetting))]
    if (form.reason.data or "").strip() or (last and last.reason):
        form.differing.append((_("Reason"), form.reason.data, last.reason if last else ""))
    form.seen.data = found.vetting.value
    return _page_of(found, form), CONFLICT


def _edition() -> Edition:
    return get_edition(current_app.config["EDITION"])


def _page_of(found: Investor, form: DecisionForm) -> str:
    return render_template(
        "organiser/investor.html",
        agreed=agreed_by(found.id),
        investor=found,
        form=form,
        interests=interests_stated(found.id),
        days=days_in_town(found.id),
        live_meetings=count_live_meetings(found.id),
        served=served_last(_edition(), found.id),
    )
