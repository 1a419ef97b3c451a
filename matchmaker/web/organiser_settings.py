"""The organiser's page of settings: weights with their effect before a night uses them, prices, aims, and hours to answer."""

from collections.abc import Callable
from dataclasses import asdict, fields
from decimal import Decimal
from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import BooleanField, DecimalField, IntegerField
from wtforms.validators import InputRequired, NumberRange, StopValidation, ValidationError

from matchmaker.domain.roles import Role
from matchmaker.domain.rules import RuleBroken
from matchmaker.domain.scoring import HIGHEST, MOST_SIMILAR, Weights
from matchmaker.models import Edition
from matchmaker.services.editions import now_in
from matchmaker.services.settings import (
    HIGHEST_PRICE,
    MOST_HOURS,
    WIDEST_GAP,
    aims_of,
    answering_of,
    changes_of_settings,
    effect_of,
    set_aims,
    set_answering,
    set_prices,
    set_weights,
    weights_of,
)
from matchmaker.services.versions import version_of
from matchmaker.web.access import requires
from matchmaker.web.account_forms import show_broken
from matchmaker.web.public import the_edition
from matchmaker.web.reader import reader
from matchmaker.web.versions import CONFLICT, VersionedForm, show_refused

blueprint = Blueprint("organiser_settings", __name__, url_prefix="/organiser/settings")


def _readable(told: Any) -> Callable[[Any, Any], None]:
    """Says this in place of what the field itself says of what it cannot read."""

    def check(_form: Any, field: Any) -> None:
        if field.process_errors:
            field.errors[:] = []
            raise StopValidation(told)

    return check


def _number(label: Any, most: int, least: int = 0, description: Any = "") -> IntegerField:
    told = _l("Please give a whole number from %(least)s to %(most)s.", least=least, most=f"{most:,}")
    checks = [InputRequired(told), _readable(told), NumberRange(least, most, told)]
    return IntegerField(label, description=description, validators=checks)


class WeightsForm(VersionedForm):
    """The most points that each reason can bring; asked for by GET, so that looking at an effect changes nothing."""

    class Meta:
        csrf = False

    must_meet = _number(_l("Interest: must meet"), HIGHEST)
    would_like = _number(_l("Interest: would like"), HIGHEST)
    same_chain = _number(_l("Same chain"), HIGHEST)
    near_chain = _number(_l("Neighbouring chain"), HIGHEST)
    size_fits = _number(_l("Size of investment fits"), HIGHEST)
    stage = _number(_l("Stage fits"), HIGHEST)
    language = _number(_l("Common language"), HIGHEST)
    district = _number(_l("Wanted district"), HIGHEST)
    both_want_it = _number(_l("Both sides want it"), HIGHEST)

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        for name, points in asdict(Weights()).items():
            self[name].description = _("default %(points)s", points=points)

    def weights(self) -> dict[str, int]:
        return {field.name: self[field.name].data for field in fields(Weights)}


class PricesForm(VersionedForm):
    """What the solver takes off the value for each unit of trouble."""

    shortfall = _number(_l("A meeting short of an investor’s minimum"), HIGHEST_PRICE)
    drop = _number(_l("A proposal that people know of and that is left out"), HIGHEST_PRICE)
    move = _number(_l("A proposal that people know of and that is moved"), HIGHEST_PRICE)
    idle_slot = _number(_l("A slot that an investor waits between two meetings"), HIGHEST_PRICE)
    idle_period = _number(_l("A stretch of waiting, however long"), HIGHEST_PRICE)


_GAP_TOLD = _l("Please give a number from 0 to %(most)s, with one decimal at most.", most=WIDEST_GAP // 10)


def _in_tenths(form: Any, field: Any) -> None:
    """A number of the range that can be stored as it was typed; Decimal reads NaN as one, and compares none with it."""
    typed = field.data
    if typed is None or not typed.is_finite() or not 0 <= typed <= WIDEST_GAP // 10 or (10 * typed) % 1:
        raise ValidationError(_GAP_TOLD)


class AimsForm(VersionedForm):
    """What a night aims for."""

    gap_asked = DecimalField(
        _l("The largest gap of a proven schedule, in per cent"),
        places=1,
        description=_l("How far the proven bound may lie above its value. Every run says whether it came so close."),
        validators=[InputRequired(_GAP_TOLD), _readable(_GAP_TOLD), _in_tenths],
    )
    floor_first = BooleanField(
        _l("The floor first"),
        description=_l(
            "Before anything else is weighed, a night raises the smallest number of meetings that any investor gets, "
            "as far as everybody’s own limits and times allow. This can cost meetings with high scores."
        ),
    )

    def gap(self) -> int:
        """In tenths of a per cent."""
        return int(10 * (self.gap_asked.data or 0))


class AnsweringForm(VersionedForm):
    """How long a proposal stays open, and who publishes."""

    hours = _number(
        _l("Hours to answer a proposal"),
        MOST_HOURS,
        least=1,
        description=_l("At the latest 18:00 on the day before the meeting. Proposals that are out already keep their deadline."),
    )
    publishes_at_once = BooleanField(
        _l("A night publishes its schedule itself"),
        description=_l("Otherwise it leaves a draft, and nobody sees it until an organiser publishes it."),
    )


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("")
@requires(Role.ORGANISER)
def settings() -> str:
    """All settings; with weights in the address also what these would change."""
    edition = the_edition()
    if "must_meet" not in request.args:
        return _page(edition, _weights_form(edition))
    form, effect = WeightsForm(formdata=request.args), None
    if form.validate():
        try:
            effect = effect_of(edition, form.weights(), now=now_in(edition))
        except RuleBroken as error:
            show_broken(form, _grouped(error))
    return _page(edition, form, effect=effect)


@blueprint.post("/weights")
@requires(Role.ORGANISER)
def save_weights() -> Response | tuple[str, int]:
    """Use these weights from the next night on."""
    edition, form = the_edition(), WeightsForm()

    def save() -> None:
        set_weights(reader(), edition.id, form.weights(), seen=form.version, now=now_in(edition))

    if _stored(form, save, _weights_form):
        flash(_("Stored. The pages of investors score with these weights now, and so does the next night."), "success")
        return redirect(url_for("organiser_settings.settings"), code=303)
    return _page(edition, form), _status(form)


@blueprint.post("/prices")
@requires(Role.ORGANISER)
def save_prices() -> Response | tuple[str, int]:
    edition, form = the_edition(), PricesForm()

    def save() -> None:
        prices = {name: form[name].data for name in ("shortfall", "drop", "move", "idle_slot", "idle_period")}
        set_prices(reader(), edition.id, prices, seen=form.version, now=now_in(edition))

    if _stored(form, save, _prices_form):
        flash(_("Stored. The next night reckons with these prices."), "success")
        return redirect(url_for("organiser_settings.settings", _anchor="prices"), code=303)
    return _page(edition, _weights_form(edition), prices=form), _status(form)


@blueprint.post("/aims")
@requires(Role.ORGANISER)
def save_aims() -> Response | tuple[str, int]:
    edition, form = the_edition(), AimsForm()

    def save() -> None:
        gap, floor_first = form.gap(), form.floor_first.data
        set_aims(reader(), edition.id, gap_asked=gap, floor_first=floor_first, seen=form.version, now=now_in(edition))

    if _stored(form, save, _aims_form):
        flash(_("Stored. The next night aims for this."), "success")
        return redirect(url_for("organiser_settings.settings", _anchor="aims"), code=303)
    return _page(edition, _weights_form(edition), aims=form), _status(form)


@blueprint.post("/answering")
@requires(Role.ORGANISER)
def save_answering() -> Response | tuple[str, int]:
    edition, form = the_edition(), AnsweringForm()

    def save() -> None:
        hours, at_once, now = form.hours.data or 0, form.publishes_at_once.data, now_in(edition)
        set_answering(reader(), edition.id, hours=hours, publishes_at_once=at_once, seen=form.version, now=now)

    if _stored(form, save, _answering_form):
        flash(_("Stored."), "success")
        return redirect(url_for("organiser_settings.settings", _anchor="answering"), code=303)
    return _page(edition, _weights_form(edition), answering=form), _status(form)


def _stored(form: VersionedForm, save: Callable[[], None], stored: Callable[[Edition], VersionedForm]) -> bool:
    """Whether the form was well filled in and the service took it; what is wrong, or stored meanwhile, is noted on it."""
    if not form.validate_on_submit():
        return False
    try:
        save()
    except RuleBroken as error:
        show_refused(form, _grouped(error), lambda: stored(the_edition()))
        return False
    return True


def _grouped(broken: RuleBroken) -> RuleBroken:
    """The same with its numbers grouped as the page groups all others."""
    facts = {name: f"{fact:,}" if isinstance(fact, int) else fact for name, fact in broken.facts.items()}
    return RuleBroken(broken.code, broken.field, **facts)


def _status(form: VersionedForm) -> int:
    return CONFLICT if form.differing else 200


def _weights_form(edition: Edition) -> WeightsForm:
    weights = weights_of(edition)
    return WeightsForm(formdata=None, data=weights, seen=version_of(weights))


def _prices_form(edition: Edition) -> PricesForm:
    return PricesForm(formdata=None, data=edition.penalties, seen=version_of(edition.penalties))


def _aims_form(edition: Edition) -> AimsForm:
    aimed = {"gap_asked": Decimal(edition.gap_asked) / 10, "floor_first": edition.floor_first}
    return AimsForm(formdata=None, data=aimed, seen=version_of(aims_of(edition)))


def _answering_form(edition: Edition) -> AnsweringForm:
    answering = {"hours": edition.answer_deadline_hours, "publishes_at_once": edition.publishes_at_once}
    return AnsweringForm(formdata=None, data=answering, seen=version_of(answering_of(edition)))


def _page(
    edition: Edition, weights: WeightsForm, *, effect: Any = None, prices: Any = None, aims: Any = None, answering: Any = None
) -> str:
    prices, aims = prices or _prices_form(edition), aims or _aims_form(edition)
    answering = answering or _answering_form(edition)
    return render_template(
        "organiser/settings.html",
        edition=edition,
        now=now_in(edition),
        weights=weights,
        effect=effect,
        prices=prices,
        aims=aims,
        answering=answering,
        changes=changes_of_settings(edition),
        labels={field.name: field.label.text for form in (weights, prices, aims, answering) for field in form},
        value_words=_value_words,
        highest=HIGHEST,
        most_similar=MOST_SIMILAR,
    )


def _value_words(setting: str, value: int) -> str:
    """A value as it was set: yes or no, per cent, or the number itself."""
    if setting in ("publishes_at_once", "floor_first"):
        return str(_("yes") if value else _("no"))
    return f"{value / 10:g}%" if setting == "gap_asked" else f"{value:,}"
