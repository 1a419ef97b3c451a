"""The pages that everybody may read: the conference, its districts, chains, projects, programme, partners and policies."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, abort, current_app, g, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as AnyResponse
from wtforms import SearchField, SelectField
from wtforms.validators import Length
from wtforms.validators import Optional as MayBeEmpty

from matchmaker import i18n
from matchmaker.domain.catalogue import PartnerCategory, ProjectKind, check_sizes
from matchmaker.i18n import known_language, local
from matchmaker.models import Edition, Partner
from matchmaker.phrases import language_name
from matchmaker.services import browse
from matchmaker.services.browse import Branch, ProjectFilter
from matchmaker.services.editions import find_edition, now_in
from matchmaker.services.names import name_order
from matchmaker.services.offering import LARGEST_SIZE
from matchmaker.web.access import public
from matchmaker.web.account_forms import obey
from matchmaker.web.labels import label
from matchmaker.web.money_field import MoneyField
from matchmaker.web.reader import back_to, say_with_link

blueprint = Blueprint("public", __name__)


def the_edition() -> Edition:
    """The edition that the site shows; where none is loaded yet there is no page to show."""
    if "edition" not in g:
        g.edition = find_edition(current_app.config["EDITION"])
    if g.edition is None:
        abort(404)
    edition: Edition = g.edition
    return edition


def the_time() -> datetime:
    return now_in(the_edition())


# -- the conference ------------------------------------------------------------------------------------------------------


@blueprint.get("/")
@public
def landing() -> str:
    edition = find_edition(current_app.config["EDITION"])
    if edition is None:
        return render_template("public/no_edition.html")
    now = now_in(edition)
    today = browse.today_in(edition, now)
    return render_template("public/landing.html", edition=edition, overview=browse.overview(edition, now), today=today)


@blueprint.get("/programme")
@public
def programme() -> str:
    edition = the_edition()
    return render_template("public/programme.html", edition=edition, days=browse.programme(edition), now=the_time())


@blueprint.get("/partners")
@public
def partners() -> str:
    edition = the_edition()
    return render_template("public/partners.html", edition=edition, categories=_by_name(browse.partners(edition)))


def _by_name(categories: dict[PartnerCategory, list[Partner]]) -> dict[PartnerCategory, list[Partner]]:
    """Partners in the order of their names as this reader reads them, Chinese ones by pinyin."""
    return {category: sorted(members, key=lambda each: name_order(local(each))) for category, members in categories.items()}


@blueprint.get("/policies")
@public
def policies() -> str:
    return render_template("public/policies.html", areas=browse.policies(the_edition(), the_time()))


@blueprint.get("/about-the-data")
@public
def about_data() -> str:
    return render_template("public/about_data.html", edition=the_edition())


# -- places --------------------------------------------------------------------------------------------------------------


@blueprint.get("/districts")
@public
def districts() -> str:
    return render_template("public/districts.html", cards=browse.districts(the_edition()))


@blueprint.get("/districts/<code>")
@public
def district(code: str) -> str:
    return render_template("public/district.html", page=browse.district_page(the_edition(), code))


@blueprint.get("/travel")
@public
def travel() -> str:
    venues, minutes = browse.travel_table(the_edition())
    return render_template("public/travel.html", venues=venues, minutes=minutes)


# -- chains --------------------------------------------------------------------------------------------------------------


@blueprint.get("/chains")
@public
def chains() -> str:
    return render_template("public/chains.html", groups=browse.chain_tree(the_edition()))


@blueprint.get("/chains/<code>")
@public
def chain(code: str) -> str:
    return render_template("public/chain.html", page=browse.chain_page(the_edition(), code))


@blueprint.get("/releases")
@public
def releases() -> str:
    return render_template("public/releases.html", releases=browse.releases(the_edition()))


# -- projects ------------------------------------------------------------------------------------------------------------


class ProjectFilterForm(FlaskForm):
    """What a reader looks for; its fields are the words of the address."""

    class Meta:
        csrf = False

    q = SearchField(_l("Keywords"), [Length(max=200)])
    district = SelectField(_l("District"), [MayBeEmpty()])
    chain = SelectField(_l("Chain"), [MayBeEmpty()])
    kind = SelectField(_l("Kind"), [MayBeEmpty()])
    size_from = MoneyField(_l("Size from (RMB million)"), most=LARGEST_SIZE)
    size_to = MoneyField(_l("Size to (RMB million)"), most=LARGEST_SIZE)

    def offer_choices(self, edition: Edition) -> None:
        self.district.choices = [("", _l("All districts"))]
        self.district.choices += [(card.district.code, local(card.district)) for card in browse.districts(edition)]
        self.chain.choices = [("", _l("All chains")), *_chain_choices(browse.chain_tree(edition))]
        self.kind.choices = [("", _l("All kinds")), *((kind.value, label(kind, "project_kind")) for kind in ProjectKind)]

    def validate_size_to(self, field: MoneyField) -> None:
        low, high = self.size_from.data, field.data
        if low is not None and high is not None:
            obey(lambda: check_sizes(low, high, most=LARGEST_SIZE))

    def wanted(self) -> ProjectFilter:
        """The filter of the fields that were understood; the others say why not."""
        given = {field.name: field.data for field in self if field.data not in (None, "") and not field.errors}
        words = "".join(character for character in given.pop("q", "") if character.isprintable())
        return ProjectFilter(text=words, **given)


def _chain_choices(branches: list[Branch], depth: int = 0) -> list[tuple[str, str]]:
    choices = []
    for branch in branches:
        choices.append((branch.chain.code, "\u2003" * depth + local(branch.chain)))
        choices += _chain_choices(branch.branches, depth + 1)
    return choices


@blueprint.get("/projects")
@public
def projects() -> str:
    edition = the_edition()
    form = ProjectFilterForm(request.args)
    form.offer_choices(edition)
    form.validate()
    found = browse.find_projects(edition, form.wanted(), page=request.args.get("page", 1, type=_page_number))
    filters: dict[str, Any] = {name: value for name, value in request.args.items() if name in form and value}
    filters |= {field.unit_name: field.unit for field in (form.size_from, form.size_to) if field.name in filters}

    def url_of(number: int) -> str:
        return url_for("public.projects", **filters, page=number)

    return render_template("public/projects.html", form=form, found=found, filters=filters, url_of=url_of)


def _page_number(text: str) -> int:
    if len(text) > 6:
        raise ValueError
    return int(text)


@blueprint.get("/projects/<code>")
@public
def project(code: str) -> str:
    found, path = browse.get_project(the_edition(), code)
    return render_template("public/project.html", project=found, path=path)


# -- the reader ----------------------------------------------------------------------------------------------------------


@blueprint.post("/language")
@public
def choose_language() -> AnyResponse:
    chosen = request.form.get("language", "")
    if not i18n.choose_language(chosen):
        abort(400)
    if current_user.is_authenticated and known_language(current_user.language) not in (None, chosen):
        told = _("Mails still come in %(language)s.", language=language_name(current_user.language))
        say_with_link(told, url_for("accounts.account"), _("Change this in your account"), tone="info")
    return back_to("public.landing")


@blueprint.get("/robots.txt")
@public
def robots() -> Response:
    return Response("User-agent: *\nDisallow: /projects?\n", mimetype="text/plain")
