"""The organiser's name badges: a list to print, ten on a sheet of paper."""

from collections.abc import Iterable

from flask import Blueprint, Flask, render_template, request

from matchmaker.domain.roles import Role
from matchmaker.i18n import LANGUAGES, reading_in
from matchmaker.phrases import country_name, phrase
from matchmaker.services.badges import BADGES_ON_SHEET, Badge, BadgeFilters, badges_of
from matchmaker.web.access import requires
from matchmaker.web.public import the_edition
from matchmaker.web.reader import reader

blueprint = Blueprint("organiser_badges", __name__, url_prefix="/organiser/badges")


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("")
@requires(Role.ORGANISER)
def badges() -> str:
    """`of` chooses between investors and hosts, `text` and `met` filter."""
    edition = the_edition()
    filters = BadgeFilters(
        of=Role.HOST if request.args.get("of") == Role.HOST else Role.INVESTOR,
        text=request.args.get("text", "").strip()[:100],
        met=bool(request.args.get("met")),
    )
    page = badges_of(reader(), edition, filters=filters, page=request.args.get("page", 1, int))
    return render_template(
        "organiser/badges.html",
        edition=edition,
        filters=filters,
        page=page,
        on_sheet=BADGES_ON_SHEET,
        both=_in_both(page.items),
    )


def _in_both(badges: Iterable[Badge]) -> dict[str, dict[str, object]]:
    """Countries and roles in each language: a badge is the same whoever prints it."""
    countries = {badge.country for badge in badges if badge.country}
    both = {}
    for language in LANGUAGES:
        with reading_in(language):
            names = {code: country_name(code) for code in countries}
            both[language] = {"country": names, "role": {role: phrase(role) for role in (Role.INVESTOR, Role.HOST)}}
    return both
