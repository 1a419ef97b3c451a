"""The organiser's pages about nights: where the edition stands, the runs, and the review of a draft."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from matchmaker.domain.reasons import WhyNot
from matchmaker.domain.roles import Role
from matchmaker.domain.rules import RuleBroken
from matchmaker.i18n import local
from matchmaker.models import ChangeKind, District, RunState
from matchmaker.phrases import phrase
from matchmaker.services.editions import now_in, zone_of
from matchmaker.services.names import name_order
from matchmaker.services.notices import count_unsent_notices
from matchmaker.services.openings import count_helps
from matchmaker.services.overview import count_meetings, count_overdue
from matchmaker.services.runs import (
    UnmetFilters,
    changes_of,
    compare_draft,
    count_changes,
    count_unmet,
    discard_draft,
    district_names,
    get_run,
    latest_run,
    least_served,
    prices_of,
    publish_draft,
    quality_of,
    runs_of,
    unmet_of_run,
)
from matchmaker.services.vetting import count_applications
from matchmaker.web.access import requires
from matchmaker.web.public import the_edition
from matchmaker.web.reader import reader
from matchmaker.web.run_words import unmet_detail, version_words

blueprint = Blueprint("organiser", __name__, url_prefix="/organiser")


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    app.jinja_env.filters.update(unmet_detail=unmet_detail, version_words=version_words)


def own_now() -> datetime:
    return now_in(the_edition())


@blueprint.get("/")
@requires(Role.ORGANISER)
def dashboard() -> str:
    """Where the edition stands: its clock, what waits for a decision, and the latest run."""
    edition = the_edition()
    now, latest, published = own_now(), latest_run(edition), latest_run(edition, RunState.PUBLISHED)
    return render_template(
        "organiser/dashboard.html",
        edition=edition,
        now=now,
        meetings=count_meetings(edition, now=now),
        overdue=count_overdue(edition, now=now),
        nights_ago=_days_between(latest.started_at, now) if latest else None,
        applications=count_applications(edition),
        unsent=count_unsent_notices(),
        latest=latest,
        draft=latest_run(edition, RunState.DRAFT),
        published=published,
        quality=quality_of(published) if published else None,
    )


@blueprint.get("/runs")
@requires(Role.ORGANISER)
def runs() -> str:
    page = runs_of(the_edition(), page=request.args.get("page", 1, int))
    return render_template("organiser/runs.html", page=page, quality_of=quality_of, edition=the_edition())


@blueprint.get("/runs/<int:run_id>")
@requires(Role.ORGANISER)
def run(run_id: int) -> str:
    """Everything that a run says of itself, in words and figures."""
    found, districts = get_run(the_edition(), run_id), districts_by_name()
    by_code = {each["district"]: each for each in found.figures.get("districts", ())}
    return render_template(
        "organiser/run.html",
        run=found,
        quality=quality_of(found),
        least_served=least_served(found),
        prices=prices_of(found),
        districts=districts,
        by_district=[by_code[code] for code in districts if code in by_code],
        changes=count_changes(found) if found.state is RunState.PUBLISHED else {},
        unmet=count_unmet(found),
    )


@blueprint.get("/runs/<int:run_id>/changes")
@requires(Role.ORGANISER)
def changes(run_id: int) -> str:
    """What publishing the run did to each meeting; `kind` filters."""
    found, kind = get_run(the_edition(), run_id), _choice("kind", ChangeKind)
    rows = changes_of(found, kind=kind, page=request.args.get("page", 1, int))
    return render_template("organiser/changes.html", run=found, kind=kind, rows=rows, counts=count_changes(found))


@blueprint.get("/runs/<int:run_id>/unmet")
@requires(Role.ORGANISER)
def unmet(run_id: int) -> str:
    """Every interest that the run did not meet, with its reason; `reason`, `district` and `text` filter."""
    found = get_run(the_edition(), run_id)
    filters = UnmetFilters(_choice("reason", WhyNot), request.args.get("district", ""), request.args.get("text", ""))
    return render_template(
        "organiser/unmet.html",
        run=found,
        filters=filters,
        page=unmet_of_run(found, filters=filters, page=request.args.get("page", 1, int)),
        counts=count_unmet(found),
        helps=count_helps(found),
        districts=districts_by_name(),
        slots={slot.position: slot for slot in found.edition.slots},
    )


@blueprint.get("/runs/<int:run_id>/review")
@requires(Role.ORGANISER)
def review(run_id: int) -> Response | str:
    """What publishing this draft now would change, before anybody is told."""
    found, kind = get_run(the_edition(), run_id), _choice("kind", ChangeKind)
    try:
        comparison = compare_draft(found, kind=kind, page=request.args.get("page", 1, int), now=own_now())
    except RuleBroken as error:
        flash(phrase(error.code, **error.facts), "danger")
        return redirect(url_for("organiser.run", run_id=run_id))
    return render_template("organiser/review.html", run=found, kind=kind, comparison=comparison, quality=quality_of(found))


@blueprint.post("/runs/<int:run_id>/publish")
@requires(Role.ORGANISER)
def publish(run_id: int) -> Response:
    """Make the draft the diary that everybody sees."""
    found = get_run(the_edition(), run_id)
    try:
        counts = publish_draft(reader(), found.id, now=own_now())
    except RuleBroken as error:
        flash(phrase(error.code, **error.facts), "danger")
    else:
        told = _(
            "Published: %(new)s new, %(moved)s moved, %(left_out)s left out, %(unchanged)s unchanged. "
            "Everybody concerned gets one mail.",
            **counts,
        )
        flash(told, "success")
    return redirect(url_for("organiser.run", run_id=run_id), code=303)


@blueprint.post("/runs/<int:run_id>/discard")
@requires(Role.ORGANISER)
def discard(run_id: int) -> Response:
    """Decide against the draft; the published diary stays as it is."""
    found = get_run(the_edition(), run_id)
    try:
        discard_draft(reader(), found.id, now=own_now())
    except RuleBroken as error:
        flash(phrase(error.code, **error.facts), "danger")
    else:
        flash(_("The draft is discarded. The published diary stays as it is, and the record of the run is kept."), "success")
    return redirect(url_for("organiser.run", run_id=run_id), code=303)


def districts_by_name() -> dict[str, District]:
    """The districts by code, in the order of their names as the reader reads them."""
    found = district_names(the_edition())
    return dict(sorted(found.items(), key=lambda each: name_order(local(each[1]))))


def _days_between(earlier: datetime, later: datetime) -> int:
    """How many days of the conference's calendar lie between the two."""
    zone = zone_of(the_edition())
    return (later.astimezone(zone).date() - earlier.astimezone(zone).date()).days


def _choice(name: str, kind: type[StrEnum]) -> Any:
    """A code from the address, or None where it is none of these."""
    asked = request.args.get(name, "")
    return kind(asked) if asked in set(kind) else None
