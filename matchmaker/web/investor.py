"""The pages of an investor: where it stands, what it wants, when it is in town, what it attends, and its diary."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask import Blueprint, Flask, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import SelectChoice, SelectField  # type: ignore[attr-defined]  # SelectChoice is newer than the stubs

from matchmaker.domain.calendar import Half
from matchmaker.domain.interest import Level, Target
from matchmaker.domain.meeting import UNANSWERED
from matchmaker.domain.roles import Role
from matchmaker.domain.rules import Broken, RuleBroken
from matchmaker.models import Slot
from matchmaker.services.actors import Missing
from matchmaker.services.completeness import completeness_of
from matchmaker.services.diary import diary_of
from matchmaker.services.editions import meetings_are_over, zone_of
from matchmaker.services.inbox import gone_of
from matchmaker.services.interests import (
    express_interest,
    has_stated_interests,
    interests_of,
    ruled_out,
    suggestions_for,
    take_back_interest,
    targets_of,
)
from matchmaker.services.investors import (
    activities_of,
    attend_activity,
    availability_of,
    get_investor,
    held_slots_of,
    leave_activity,
    set_availability,
)
from matchmaker.services.outcomes import recorded_by
from matchmaker.services.outlook import blank_of, outlook_of
from matchmaker.services.places import venues_of
from matchmaker.services.stays import HalfDay, gains_of, slots_of_stay, stay_of
from matchmaker.services.unmet import unmet_of
from matchmaker.services.versions import version_of
from matchmaker.services.visible import AGREED
from matchmaker.web import investor_parts
from matchmaker.web.access import requires
from matchmaker.web.account_forms import show_broken
from matchmaker.web.diary_map import day_map
from matchmaker.web.diary_print import diary_address, qr_code
from matchmaker.web.investor_answers import answer_refused, answer_stated
from matchmaker.web.labels import half_day_head
from matchmaker.web.paper import NoPaper, pdf_of
from matchmaker.web.reader import back_to, own_edition, own_now, reader, say_refused
from matchmaker.web.versions import CONFLICT, differing_slots

bp = Blueprint("investor", __name__)


class StayForm(FlaskForm):
    """From which half-day to which an investor is in town."""

    arrival = SelectField(_l("First half-day"))
    departure = SelectField(_l("Last half-day"))

    def __init__(self, slots: Iterable[Slot], stay: tuple[HalfDay, HalfDay] | None = None, **options: Any) -> None:
        halves = list(dict.fromkeys((slot.day, slot.half) for slot in slots))
        ends = stay or ((halves[0], halves[-1]) if halves else ())
        named = {name: f"{day}/{half}" for name, (day, half) in zip(("arrival", "departure"), ends, strict=False)}
        super().__init__(data=named, **options)
        choices = [(f"{day}/{half}", half_day_head(day, half)) for day, half in halves]
        self.arrival.choices = self.departure.choices = [SelectChoice(*each) for each in choices]


_MOST_DIGITS = 10


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)
    investor_parts.init_app(app)


@bp.get("/investor/")
@requires(Role.INVESTOR)
def home() -> str:
    """Where the investor stands, what it still has to do, and what comes next."""
    actor, edition, now = reader(), own_edition(), own_now()
    diary = diary_of(actor, edition, now=now)
    return render_template(
        "investor/home.html",
        investor=get_investor(actor),
        confirmed=current_user.confirmed_at is not None,
        slots=len(availability_of(actor)),
        interests=len(interests_of(actor)),
        completeness=completeness_of(actor),
        waiting=[meeting for meeting in diary.meetings if investor_parts.waits_for_investor(meeting, now)],
        accepted=sum(meeting.status in AGREED for meeting in diary.meetings),
        open_proposals=sum(meeting.status in UNANSWERED and not meeting.has_expired(now) for meeting in diary.meetings),
        coming=diary.coming(now)[:3],
        diary=diary,
        unmet=len(unmet_of(actor, edition, now=now)),
        now=now,
    )


@bp.get("/diary")
@requires(Role.INVESTOR)
def diary() -> str:
    """What comes next, the days with the way between their meetings and a map of each, and what was not met."""
    actor, edition, now = reader(), own_edition(), own_now()
    own, today = diary_of(actor, edition, now=now), now.astimezone(zone_of(edition)).date()
    venues = venues_of(edition)
    address = diary_address()
    return render_template(
        "investor/diary.html",
        coming=[day for day in own.days if day.day >= today],
        past=[day for day in own.days if day.day < today],
        maps={day.day: day_map(day.route, venues) for day in own.days if day.day >= today and day.route},
        next_entry=own.next_after(now),
        on_top=own.on_top(now),
        offers=own.offers(now),
        recorded=recorded_by(actor, edition, now=now).items,
        gone=gone_of(actor, edition),
        **_what_was_not_met(),
        address=address,
        qr_code=qr_code(address),
        now=now,
    )


@bp.get("/diary.pdf")
@requires(Role.INVESTOR)
def diary_paper() -> Response:
    """The days that are still to come as a PDF, a sheet each; what has expired leads nowhere and is left out."""
    actor, edition, now = reader(), own_edition(), own_now()
    today = now.astimezone(zone_of(edition)).date()
    days = [day for day in diary_of(actor, edition, now=now).days if day.day >= today and day.route]
    if not days:
        flash(_("There is nothing to print: no day of your diary is still to come."), "info")
        return redirect(url_for("investor.diary"), 303)
    venues, address = venues_of(edition), diary_address()
    html = render_template(
        "papers/diary.html",
        investor=current_user.investor,
        days=days,
        maps={day.day: day_map(day.route, venues) for day in days},
        address=address,
        qr_code=qr_code(address),
        now=now,
    )
    try:
        return pdf_of(html, "diary.pdf")
    except NoPaper:
        flash(
            _("This machine cannot make a PDF. Your browser can: print the page below, and choose to save it as PDF."), "warning"
        )
        return redirect(url_for("investor.diary"), 303)


@bp.get("/investor/unmet")
@requires(Role.INVESTOR)
def unmet() -> str:
    """The interests that the last published run did not meet, and why."""
    return render_template("investor/unmet.html", now=own_now(), **_what_was_not_met())


def _what_was_not_met() -> dict[str, Any]:
    """What the templates of unmet interests need: the rows with what can be done, or why there are none."""
    actor, edition, now = reader(), own_edition(), own_now()
    found = unmet_of(actor, edition, now=now)
    return {
        "unmet": found,
        "outlook": outlook_of(actor, edition, found, now=now),
        "slots": {slot.position: slot for slot in edition.slots},
        "advice": investor_parts.advice(current_user.investor),
        "stated": bool(found) or has_stated_interests(actor),
        "blank": None if found else blank_of(actor, edition, now=now),
    }


@bp.get("/investor/interests")
@requires(Role.INVESTOR)
def interests() -> str:
    """What the investor stated, and ways to state more."""
    actor, edition = reader(), own_edition()
    stated = interests_of(actor)
    chains, districts = targets_of(edition)
    return render_template(
        "investor/interests.html",
        by_level={level: [each for each in stated if each.level is level] for level in Level},
        ruled_out=ruled_out(edition, stated),
        suggestions=suggestions_for(actor, edition),
        chains=chains,
        districts=districts,
        is_over=meetings_are_over(edition, now=own_now()),
    )


@bp.post("/investor/interests")
@requires(Role.INVESTOR)
def state_interest() -> Response:
    """State an interest, change its level, or with an empty level take it back; doing so twice changes nothing."""
    code = request.form.get("code", "")
    try:
        target, told = Target(request.form.get("target", "")), request.form["level"]
        level = Level(told) if told else None
    except ValueError:
        abort(400)
    try:
        if level is None:
            return answer_stated(target, code, None, take_back_interest(reader(), target, code))
        stated = express_interest(reader(), target, code, level, now=own_now())
    except Missing:
        return answer_stated(target, code, None, None)
    except RuleBroken as error:
        return answer_refused(error)
    return answer_stated(target, code, level, stated.before, stated.unwanted)


@bp.get("/investor/availability")
@requires(Role.INVESTOR)
def availability() -> str:
    """The grid of days and half-days with their slots."""
    return _availability_page(availability_of(reader()))


@bp.post("/investor/availability")
@requires(Role.INVESTOR)
def change_availability() -> Response | str | tuple[str, int]:
    """Store the slots that are ticked, fill or clear a half-day where its button was used, or a whole stay."""
    slots = _slot_ids(request.form.getlist("slots"))
    filled = _halves(request.form.getlist("fill"))
    cleared = _halves(request.form.getlist("clear"))
    held = held_slots_of(reader())
    slots -= {slot.id for slot in own_edition().slots if (slot.day, slot.half) in cleared and slot.id not in held}
    stay = StayForm(own_edition().slots) if "stay" in request.form else None
    try:
        if stay:
            slots = slots_of_stay(own_edition().slots, _half_day("arrival"), _half_day("departure"))
        set_availability(reader(), slots, filled, seen=request.form.get("seen"), now=own_now())
    except RuleBroken as error:
        if error.code is Broken.SOMEBODY_WAS_QUICKER:
            asked = {slot.id for slot in own_edition().slots if (slot.day, slot.half) in filled}
            return _availability_page(slots | asked, conflicts=True), CONFLICT
        if error.code is Broken.STAY_CONTRADICTS and stay:
            show_broken(stay, error)
        else:
            say_refused(error)
        return _availability_page(slots, stay, seen=request.form.get("seen"))
    flash(_("Your availability is stored. The next night uses it."), "success")
    place = next((f"day-{day}" for day, _half in filled | cleared), None)
    return back_to("investor.availability", _anchor=place)


@bp.post("/programme/<int:activity_id>/attend")
@requires(Role.INVESTOR)
def attend(activity_id: int) -> Response:
    """Sign up for a programme item."""
    try:
        attend_activity(reader(), activity_id, now=own_now())
    except RuleBroken as error:
        say_refused(error)
    else:
        flash(_("You are signed up. Meetings will leave room for it and for the way there and back."), "success")
    return back_to("investor.diary")


@bp.post("/programme/<int:activity_id>/leave")
@requires(Role.INVESTOR)
def leave(activity_id: int) -> Response:
    """Take the sign-up back."""
    leave_activity(reader(), activity_id)
    flash(_("Your sign-up is taken back; the place is free again."), "success")
    return back_to("investor.diary")


def _availability_page(
    chosen: set[int], stay: StayForm | None = None, *, seen: str | None = None, conflicts: bool = False
) -> str:
    """`stay` as it was chosen, where it could not be taken. `conflicts`: a colleague stored something else meanwhile, so both
    versions are shown.
    """
    actor, edition = reader(), own_edition()
    stored = availability_of(actor)
    return render_template(
        "investor/availability.html",
        days=investor_parts.days_with_slots(edition),
        chosen=chosen,
        untold=not stored and request.method == "GET",
        seen=seen or version_of(stored),
        differing=differing_slots(edition.slots, chosen, stored, now=own_now()) if conflicts else (),
        stay=stay or StayForm(edition.slots, stay_of(edition.slots, chosen), formdata=None),
        gains=gains_of(actor, edition, now=own_now()),
        held=held_slots_of(actor),
        signups=activities_of(actor),
        overlaps=investor_parts.overlaps,
        halves=list(Half),
        is_over=meetings_are_over(edition, now=own_now()),
        now=own_now(),
    )


def _slot_ids(texts: list[str]) -> set[int]:
    if not all(text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS for text in texts):
        abort(400)
    return {int(text) for text in texts}


def _half_day(field: str) -> tuple[date, Half]:
    told = _halves(request.form.getlist(field))
    if len(told) != 1:
        abort(400)
    return told.pop()


def _halves(texts: list[str]) -> set[tuple[date, Half]]:
    """Half-days as buttons name them: 2024-04-01/morning."""
    found = set()
    for text in texts:
        day, _slash, half = text.partition("/")
        try:
            found.add((date.fromisoformat(day), Half(half)))
        except ValueError:
            abort(400)
    return found
