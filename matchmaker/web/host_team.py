"""The pages about a district's team: who is in it and speaks what, its tables, and who is away when."""

from collections.abc import Collection
from typing import Any

from flask import Blueprint, Flask, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response

from matchmaker.domain.roles import Role
from matchmaker.domain.rules import Broken, RuleBroken
from matchmaker.models import Account, Edition
from matchmaker.services.editions import now_in
from matchmaker.services.handing import handings_of
from matchmaker.services.inbox import district_of, edition_of
from matchmaker.services.offering import get_project_for
from matchmaker.services.team import (
    absences_of,
    absences_of_colleague,
    get_colleague_for,
    leads_of,
    left_by,
    meetings_by_slot,
    set_absences,
    set_absences_of_colleague,
    set_spoken,
    team_of,
)
from matchmaker.services.versions import version_of
from matchmaker.web.access import requires
from matchmaker.web.account_forms import MultiCheckboxField, language_choices
from matchmaker.web.input import row_id
from matchmaker.web.investor_parts import days_with_slots
from matchmaker.web.reader import reader, say_refused
from matchmaker.web.versions import CONFLICT, VersionedForm, differing_slots, show_refused

blueprint = Blueprint("host_team", __name__, url_prefix="/host/team")


class SpokenForm(VersionedForm):
    languages = MultiCheckboxField(_l("Languages in meetings"), validate_choice=False)

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.languages.choices = language_choices()


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("")
@requires(Role.HOST)
def show() -> str:
    """The colleagues with their languages and hours, the venue with its tables, and the hours of each project."""
    edition = edition_of(reader())
    now = now_in(edition)
    return render_template(
        "host/team.html",
        district=district_of(reader()),
        colleagues=team_of(reader(), now=now),
        me=current_user.id,
        leads=leads_of(reader(), now=now),
        edition=edition,
        slots=sum(slot.starts_at > now for slot in edition.slots),
    )


@blueprint.get("/projects/<int:project_id>")
@requires(Role.HOST)
def hours(project_id: int) -> str:
    """When the lead of a project cannot meet, by day and half-day."""
    return _hours_page(project_id, absences_of(reader(), project_id))


@blueprint.post("/projects/<int:project_id>")
@requires(Role.HOST)
def change_hours(project_id: int) -> Response | str | tuple[str, int]:
    """Store the slots that are ticked; a button ticks or clears a whole half-day."""
    get_project_for(reader(), project_id)
    edition = edition_of(reader())
    slots, place = _asked_slots(edition)
    try:
        set_absences(reader(), project_id, slots, seen=request.form.get("seen"), now=now_in(edition))
    except RuleBroken as broken:
        if broken.code is Broken.SOMEBODY_WAS_QUICKER:
            return _hours_page(project_id, slots, broken), CONFLICT
        if broken.code is not Broken.LEAD_MEETS:
            say_refused(broken)
        return _hours_page(project_id, slots, broken)
    flash(_("The hours are stored. The next night uses them."), "success")
    return redirect(url_for("host_team.hours", project_id=project_id, _anchor=place), 303)


@blueprint.get("/colleagues/<int:account_id>")
@requires(Role.HOST)
def languages(account_id: int) -> str:
    """What a colleague speaks in meetings."""
    colleague = get_colleague_for(reader(), account_id)
    return render_template("host/colleague.html", colleague=colleague, form=_spoken_form(colleague, formdata=None))


def _spoken_form(colleague: Account, **options: Any) -> SpokenForm:
    return SpokenForm(data={"languages": colleague.spoken, "seen": version_of(colleague.spoken)}, **options)


@blueprint.post("/colleagues/<int:account_id>")
@requires(Role.HOST)
def change_languages(account_id: int) -> Response | str | tuple[str, int]:
    form, status = SpokenForm(), 200
    if form.validate():
        try:
            set_spoken(reader(), account_id, form.languages.data or (), seen=form.version)
        except RuleBroken as broken:
            stored = get_colleague_for(reader(), account_id)
            status = show_refused(form, broken, lambda: _spoken_form(stored, formdata=None))
        else:
            flash(_("The languages are stored."), "success")
            return redirect(url_for("host_team.show", _anchor=f"colleague-{account_id}"), 303)
    return render_template("host/colleague.html", colleague=get_colleague_for(reader(), account_id), form=form), status


@blueprint.get("/colleagues/<int:account_id>/hours")
@requires(Role.HOST)
def colleague_hours(account_id: int) -> str:
    """When a colleague is away, and what it was asked to answer for then."""
    return _colleague_hours_page(account_id, absences_of_colleague(reader(), account_id))


@blueprint.post("/colleagues/<int:account_id>/hours")
@requires(Role.HOST)
def change_colleague_hours(account_id: int) -> Response | str | tuple[str, int]:
    """Store the slots that are ticked; a button ticks or clears a whole half-day."""
    get_colleague_for(reader(), account_id)
    edition = edition_of(reader())
    slots, place = _asked_slots(edition)
    try:
        set_absences_of_colleague(reader(), account_id, slots, seen=request.form.get("seen"), now=now_in(edition))
    except RuleBroken as broken:
        if broken.code is Broken.SOMEBODY_WAS_QUICKER:
            return _colleague_hours_page(account_id, slots, is_conflict=True), CONFLICT
        say_refused(broken)
        return _colleague_hours_page(account_id, slots)
    flash(_("The hours are stored."), "success")
    if left_by(reader(), account_id, now=now_in(edition)):
        place = None
    return redirect(url_for("host_team.colleague_hours", account_id=account_id, _anchor=place), 303)


def _asked_slots(edition: Edition) -> tuple[set[int], str | None]:
    """The ticked slots once a button has ticked or cleared its half-day, and the place of the page to go back to."""
    halves = {f"{slot.day}/{slot.half}": set[int]() for slot in edition.slots}
    for slot in edition.slots:
        halves[f"{slot.day}/{slot.half}"].add(slot.id)
    asked = [request.form[name] for name in ("fill", "clear") if name in request.form]
    if any(half not in halves for half in asked):
        abort(400)
    slots = _ticked()
    slots |= halves[request.form["fill"]] if "fill" in request.form else set()
    slots -= halves[request.form["clear"]] if "clear" in request.form else set()
    return slots, f"day-{asked[0].partition('/')[0]}" if asked else None


def _ticked() -> set[int]:
    try:
        return {row_id(text) for text in request.form.getlist("slots")}
    except ValueError:
        abort(400)


def _hours_page(project_id: int, away: Collection[int], broken: RuleBroken | None = None) -> str:
    edition, held = edition_of(reader()), meetings_by_slot(reader(), project_id)
    meetings: Any = broken.facts.get("meetings", ()) if broken else ()
    views = {view.meeting.id: view for found in held.values() for view in found}
    stored, now = absences_of(reader(), project_id), now_in(edition)
    is_conflict = broken is not None and broken.code is Broken.SOMEBODY_WAS_QUICKER
    seen = request.form.get("seen") if broken and not is_conflict else None
    return render_template(
        "host/hours.html",
        project=get_project_for(reader(), project_id),
        days=days_with_slots(edition),
        away=away,
        held=held,
        clashes=handings_of(reader(), [views[each] for each in meetings if each in views]),
        seen=seen or version_of(stored),
        differing=differing_slots(edition.slots, set(away), stored, now=now) if is_conflict else (),
        now=now,
    )


def _colleague_hours_page(account_id: int, away: Collection[int], *, is_conflict: bool = False) -> str:
    edition = edition_of(reader())
    stored, now = absences_of_colleague(reader(), account_id), now_in(edition)
    return render_template(
        "host/colleague_hours.html",
        colleague=get_colleague_for(reader(), account_id),
        days=days_with_slots(edition),
        away=away,
        left=left_by(reader(), account_id, now=now),
        seen=version_of(stored),
        differing=differing_slots(edition.slots, set(away), stored, now=now) if is_conflict else (),
        now=now,
    )
