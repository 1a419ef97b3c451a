"""The pages about a district's team: who is in it, its tables, and when the leads of its projects cannot meet."""

from collections.abc import Collection
from typing import Any

from flask import Blueprint, Flask, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from matchmaker.domain.roles import Role
from matchmaker.domain.rules import Broken, RuleBroken
from matchmaker.services.editions import now_in
from matchmaker.services.inbox import district_of, edition_of
from matchmaker.services.offering import get_project_for
from matchmaker.services.team import absences_of, leads_of, meetings_by_slot, set_absences, team_of
from matchmaker.services.versions import version_of
from matchmaker.web.access import requires
from matchmaker.web.input import row_id
from matchmaker.web.investor_parts import days_with_slots
from matchmaker.web.reader import reader, say_refused
from matchmaker.web.versions import CONFLICT, differing_slots

blueprint = Blueprint("host_team", __name__, url_prefix="/host/team")


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("")
@requires(Role.HOST)
def show() -> str:
    """The colleagues, the venue with its tables, and the hours of each project."""
    edition = edition_of(reader())
    now = now_in(edition)
    return render_template(
        "host/team.html",
        district=district_of(reader()),
        colleagues=team_of(reader()),
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
    halves = {f"{slot.day}/{slot.half}": set[int]() for slot in edition.slots}
    for slot in edition.slots:
        halves[f"{slot.day}/{slot.half}"].add(slot.id)
    asked = [request.form[name] for name in ("fill", "clear") if name in request.form]
    if any(half not in halves for half in asked):
        abort(400)
    slots = _ticked()
    slots |= halves[request.form["fill"]] if "fill" in request.form else set()
    slots -= halves[request.form["clear"]] if "clear" in request.form else set()
    try:
        set_absences(reader(), project_id, slots, seen=request.form.get("seen"), now=now_in(edition))
    except RuleBroken as broken:
        if broken.code is Broken.SOMEBODY_WAS_QUICKER:
            return _hours_page(project_id, slots, broken), CONFLICT
        if broken.code is not Broken.LEAD_MEETS:
            say_refused(broken)
        return _hours_page(project_id, slots, broken)
    flash(_("The hours are stored. The next night uses them."), "success")
    place = f"day-{asked[0].partition('/')[0]}" if asked else None
    return redirect(url_for("host_team.hours", project_id=project_id, _anchor=place), 303)


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
        clashes=[views[each] for each in meetings if each in views],
        seen=seen or version_of(stored),
        differing=differing_slots(edition.slots, set(away), stored, now=now) if is_conflict else (),
        now=now,
    )
