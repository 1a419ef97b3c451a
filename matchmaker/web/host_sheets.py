"""Day sheets of a host: one page of paper for each table of its venue on a day."""

from collections.abc import Callable, Iterable
from datetime import date

from flask import Blueprint, Flask, abort, render_template
from flask_babel import gettext as _

from matchmaker.domain.roles import Role
from matchmaker.i18n import day_words, in_other_language
from matchmaker.phrases import country_name, investor_words, language_name
from matchmaker.services.editions import now_in
from matchmaker.services.inbox import district_of, edition_of
from matchmaker.services.sheets import DaySheets, sheets_of
from matchmaker.web.access import requires
from matchmaker.web.diary_print import address_outside, qr_code
from matchmaker.web.reader import reader

blueprint = Blueprint("host_sheets", __name__, url_prefix="/host/sheets")


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("")
@requires(Role.HOST)
def next_day() -> str:
    """The sheets of the next day with meetings."""
    return _page(None)


@blueprint.get("/<day>")
@requires(Role.HOST)
def one_day(day: str) -> str:
    """The sheets of a day, such as 2024-04-01."""
    try:
        return _page(date.fromisoformat(day))
    except ValueError:
        abort(404)


def _page(day: date | None) -> str:
    actor = reader()
    edition = edition_of(actor)
    now = now_in(edition)
    found = sheets_of(actor, edition, day, now=now)
    address = address_outside("host_sheets.one_day", day=found.day) if found.day else ""
    return render_template(
        "host/sheets.html",
        district=district_of(actor),
        found=found,
        others=_in_both(found) if found.sheets else {},
        address=address,
        qr_code=qr_code(address) if found.sheets else "",
        now=now,
    )


def _in_both(found: DaySheets) -> dict[str, dict[object, str]]:
    """What a sheet says in the other language besides names of the catalogue: by kind, and by what it is the word for."""
    rows = [row for sheet in found.sheets for row in sheet.rows]
    languages = {row.language or row.view.interpreter for row in rows} - {None}
    guests = [row.view.investor for row in rows if row.view.investor]
    countries = {guest.country for guest in guests} - {None}

    def worded(wording: Callable[..., str], things: Iterable[object]) -> dict[object, str]:
        return {thing: in_other_language(wording, thing) for thing in things}

    return {
        "day": worded(day_words, [found.day]),
        "table": worded(lambda number: _("Table %(number)s", number=number), [sheet.table for sheet in found.sheets]),
        "language": worded(language_name, languages),
        "country": worded(country_name, countries),
        "investor": {guest.id: in_other_language(investor_words, guest) for guest in guests if guest.name is None},
    }
