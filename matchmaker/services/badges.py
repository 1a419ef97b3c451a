"""Name badges: what stands on those of investors' delegates and of hosts' colleagues, for an organiser to print."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import joinedload

from matchmaker.db import db
from matchmaker.domain.roles import Role, Vetting
from matchmaker.models import Account, Delegate, District, Edition, Investor, Meeting, Project
from matchmaker.services.actors import Actor, Missing
from matchmaker.services.names import badge_name, name_order, person_order
from matchmaker.services.pages import Page, page_among
from matchmaker.services.visible import AGREED

BADGES_ON_SHEET = 10
BADGES_ON_PAGE = 6 * BADGES_ON_SHEET
_SPELT_OTHERWISE = frozenset({"HK", "JP", "KP", "KR", "MO", "MY", "SG", "TW"})
"""Where names in Chinese characters are seldom spelt in pinyin."""


@dataclass(frozen=True, slots=True)
class BadgeFilters:
    """Whose badges: those of investors or of hosts; `text` is sought in names, `met`: with an accepted meeting alone."""

    of: Role = Role.INVESTOR
    text: str = ""
    met: bool = False


@dataclass(frozen=True, slots=True)
class Badge:
    """One person. `organisation`: its name, of a district in Chinese and English; empty where it is confidential."""

    name: str
    latin: str
    role: Role
    organisation: tuple[str, ...]
    position: str = ""
    country: str | None = None
    confidential: bool = False


def badges_of(actor: Actor, edition: Edition, *, filters: BadgeFilters | None = None, page: int = 1) -> Page[Badge]:
    """Badges by organisation and name. Raises Missing for anybody but an organiser."""
    if actor.role is not Role.ORGANISER:
        raise Missing(f"the badges, for {actor.role}")
    filters = filters or BadgeFilters()
    if filters.of is Role.HOST:
        return page_among(_hosts(edition, filters), page, _load_hosts, per_page=BADGES_ON_PAGE)
    return page_among(_delegates(edition, filters), page, _load_delegates, per_page=BADGES_ON_PAGE)


# -- investors -----------------------------------------------------------------------------------------------------------


def _delegates(edition: Edition, filters: BadgeFilters) -> list[int]:
    """The delegates that are asked for, in the order of their badges; no database sorts names by pinyin."""
    wanted = [Investor.edition_id == edition.id, Investor.vetting == Vetting.APPROVED]
    wanted += _mentions(filters.text, Investor.name, Delegate.name)
    if filters.met:
        wanted.append(Investor.id.in_(select(Meeting.investor_id).where(Meeting.status.in_(AGREED))))
    query = select(Delegate.id, Delegate.name, Investor.name).join(Investor, Investor.id == Delegate.investor_id).where(*wanted)
    rows = [(name_order(investor), person_order(name), row_id) for row_id, name, investor in db.session.execute(query)]
    return [row_id for _investor, _name, row_id in sorted(rows)]


def _load_delegates(ids: Sequence[int]) -> list[Badge]:
    query = select(Delegate).where(Delegate.id.in_(ids)).options(joinedload(Delegate.investor))
    found = {each.id: each for each in db.session.scalars(query)}
    return [_badge_of_delegate(found[each]) for each in ids]


def _badge_of_delegate(delegate: Delegate) -> Badge:
    """A badge is seen by everybody: that of a confidential investor tells neither its name nor where it comes from."""
    investor = delegate.investor
    name, latin = badge_name(delegate.name, spells_pinyin=investor.country not in _SPELT_OTHERWISE)
    if not investor.confidential:
        return Badge(name, latin, Role.INVESTOR, (investor.name,), delegate.title, investor.country)
    position = "" if investor.name.casefold() in delegate.title.casefold() else delegate.title
    return Badge(name, latin, Role.INVESTOR, (), position, confidential=True)


# -- hosts ---------------------------------------------------------------------------------------------------------------


def _hosts(edition: Edition, filters: BadgeFilters) -> list[int]:
    """The colleagues of hosts that are asked for, by district and name."""
    wanted = [District.edition_id == edition.id, Account.role == Role.HOST, Account.active]
    wanted += _mentions(filters.text, Account.name, District.name_en, District.name_zh)
    if filters.met:
        meets = select(Project.district_id).join(Meeting, Meeting.project_id == Project.id).where(Meeting.status.in_(AGREED))
        wanted.append(District.id.in_(meets))
    query = select(Account.id, Account.name, District.id).join(District, District.id == Account.district_id).where(*wanted)
    rows = [(district, person_order(name), row_id) for row_id, name, district in db.session.execute(query)]
    return [row_id for _district, _name, row_id in sorted(rows)]


def _load_hosts(ids: Sequence[int]) -> list[Badge]:
    query = select(Account).where(Account.id.in_(ids)).options(joinedload(Account.district))
    found = {each.id: each for each in db.session.scalars(query)}
    return [_badge_of_host(found[each]) for each in ids]


def _badge_of_host(account: Account) -> Badge:
    district: Any = account.district
    return Badge(*badge_name(account.name), Role.HOST, (district.name_zh, district.name_en))


def _mentions(text: str, *columns: Any) -> list[ColumnElement[bool]]:
    sought = text.strip()[:100]
    return [or_(*(column.icontains(sought, autoescape=True) for column in columns))] if sought else []
