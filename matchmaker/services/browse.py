"""What the public pages show: the catalogue of an edition, read with the same number of queries however long it is."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, ColumnExpressionArgument, Select, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from matchmaker.db import db
from matchmaker.domain.catalogue import ActivityKind, PartnerCategory, PolicyArea, SessionMark
from matchmaker.models import (
    Activity,
    Chain,
    ChainRelease,
    District,
    Edition,
    EditionDay,
    Partner,
    Policy,
    Project,
    TravelTime,
    Venue,
)
from matchmaker.services.actors import Missing
from matchmaker.services.editions import zone_of

PROJECTS_PER_PAGE = 24

Thing = TypeVar("Thing")


# -- the edition ---------------------------------------------------------------------------------------------------------


HIGHLIGHTS = (ActivityKind.MAIN_CONFERENCE, ActivityKind.SPECIAL_SESSION)
"""What everybody comes for, in its own words on the first page."""


@dataclass(frozen=True)
class Day:
    """A day of the two weeks, with how many programme items begin on it and which of them everybody comes for."""

    calendar: EditionDay
    items: int
    highlights: Sequence[Activity]


@dataclass(frozen=True)
class Overview:
    """The conference on one page. `confirmed` and `unconfirmed`: the areas of its special session."""

    figures: dict[str, int]
    days: Sequence[Day]
    released: Sequence["Branch"]
    confirmed: Sequence["Branch"]
    unconfirmed: Sequence["Branch"]

    @property
    def main_conference(self) -> Activity | None:
        items = (item for day in self.days for item in day.highlights)
        return next((item for item in items if item.kind == ActivityKind.MAIN_CONFERENCE), None)


def overview(edition: Edition, now: datetime) -> Overview:
    branches = _branches(edition).values()
    counts = {
        "projects": _count(select(Project.id).where(*_offered(edition))),
        "chains": len(branches),
        "districts": _count(select(District.id).where(District.edition_id == edition.id)),
        "activities": _count(select(Activity.id).where(Activity.edition_id == edition.id)),
        "partners": _count(select(Partner.id).where(Partner.edition_id == edition.id)),
        "policies": _count(select(Policy.id).where(*_known(edition, now))),
    }
    in_session = [branch for branch in branches if branch.chain.special_session]
    return Overview(
        figures=counts,
        days=_days(edition),
        released=[branch for branch in branches if branch.chain.released],
        confirmed=[branch for branch in in_session if branch.chain.special_session == SessionMark.CONFIRMED],
        unconfirmed=[branch for branch in in_session if branch.chain.special_session != SessionMark.CONFIRMED],
    )


def _days(edition: Edition) -> list[Day]:
    query = select(Activity).where(Activity.edition_id == edition.id, Activity.parent_id.is_(None))
    by_day: dict[date, list[Activity]] = defaultdict(list)
    for activity in db.session.scalars(query.order_by(Activity.starts_at, Activity.code)):
        by_day[today_in(edition, activity.starts_at)].append(activity)
    days = db.session.scalars(select(EditionDay).where(EditionDay.edition_id == edition.id).order_by(EditionDay.day))
    return [Day(day, len(by_day[day.day]), [each for each in by_day[day.day] if each.kind in HIGHLIGHTS]) for day in days]


def today_in(edition: Edition, now: datetime) -> date:
    return now.astimezone(zone_of(edition)).date()


def _count(query: Select[Any]) -> int:
    return db.session.scalar(select(func.count()).select_from(query.subquery())) or 0


# -- districts -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DistrictCard:
    district: District
    projects: int


@dataclass(frozen=True)
class DistrictPage:
    """A district, with what it offers and how far it is from the others: (district, minutes), the nearest first."""

    district: District
    sub_areas: Sequence[District]
    projects: Sequence[Project]
    activities: Sequence[Activity]
    ways: Sequence[tuple[District, int]]


def districts(edition: Edition) -> list[DistrictCard]:
    counts = _projects_by(edition, Project.district_id)
    query = select(District).where(District.edition_id == edition.id).options(joinedload(District.venue)).order_by(District.id)
    return [DistrictCard(district, counts.get(district.id, 0)) for district in db.session.scalars(query)]


def district_page(edition: Edition, code: str) -> DistrictPage:
    """One district by its code. Raises Missing."""
    cards = {card.district.code: card.district for card in districts(edition)}
    district = _or_missing(cards.get(code))
    activities = select(Activity).where(Activity.district_id == district.id).order_by(Activity.starts_at)
    by_venue = {each.venue.id: each for each in cards.values()}
    ways = select(TravelTime).where(TravelTime.origin_id == district.venue.id, TravelTime.destination_id != district.venue.id)
    return DistrictPage(
        district=district,
        sub_areas=[each for each in cards.values() if each.parent_id == district.id],
        projects=_projects(edition, Project.district_id == district.id),
        activities=db.session.scalars(activities).all(),
        ways=[
            (by_venue[way.destination_id], way.minutes)
            for way in db.session.scalars(ways.order_by(TravelTime.minutes, TravelTime.destination_id))
            if way.destination_id in by_venue
        ],
    )


def travel_table(edition: Edition) -> tuple[list[Venue], dict[tuple[int, int], int]]:
    """All venues and the minutes from one to another, by their ids."""
    venues = db.session.scalars(
        select(Venue).where(Venue.edition_id == edition.id).options(joinedload(Venue.district)).order_by(Venue.id)
    ).all()
    query = select(TravelTime).join(Venue, TravelTime.origin_id == Venue.id).where(Venue.edition_id == edition.id)
    return list(venues), {(way.origin_id, way.destination_id): way.minutes for way in db.session.scalars(query)}


# -- chains --------------------------------------------------------------------------------------------------------------


@dataclass
class Branch:
    """A chain in the tree. `projects` counts those of everything below it too."""

    chain: Chain
    projects: int = 0
    branches: list["Branch"] = field(default_factory=list)


@dataclass(frozen=True)
class ChainPage:
    """A chain with the way down to it, its release, what lies below and beside it, and its projects."""

    branch: Branch
    path: Sequence[Chain]
    near: Sequence[Branch]
    release: ChainRelease | None
    projects: Sequence[Project]


def chain_tree(edition: Edition) -> list[Branch]:
    """The groups, and everything below each."""
    return [branch for branch in _branches(edition).values() if branch.chain.parent_id is None]


def chain_page(edition: Edition, code: str) -> ChainPage:
    """One chain by its code. Raises Missing."""
    branches = _branches(edition)
    branch = _or_missing(next((each for each in branches.values() if each.chain.code == code), None))
    path = _path(branches, branch.chain)
    above = branches.get(branch.chain.parent_id or 0)
    return ChainPage(
        branch=branch,
        path=path,
        near=[each for each in above.branches if each is not branch] if above else [],
        release=db.session.scalars(select(ChainRelease).where(ChainRelease.chain_id == branch.chain.id)).first(),
        projects=_projects(edition, Project.chain_id.in_(_ids_below(branch))),
    )


def releases(edition: Edition) -> Sequence[ChainRelease]:
    """What is said of each released chain, in the order of the tree."""
    query = select(ChainRelease).join(ChainRelease.chain).where(Chain.edition_id == edition.id).order_by(Chain.position)
    return db.session.scalars(query.options(contains_eager(ChainRelease.chain))).all()


def _chains(edition: Edition) -> Sequence[Chain]:
    return db.session.scalars(select(Chain).where(Chain.edition_id == edition.id).order_by(Chain.position)).all()


def _branches(edition: Edition) -> dict[int, Branch]:
    counts = _projects_by(edition, Project.chain_id)
    branches = {chain.id: Branch(chain) for chain in _chains(edition)}
    for branch in branches.values():
        if branch.chain.parent_id is not None:
            branches[branch.chain.parent_id].branches.append(branch)
        for chain in _path(branches, branch.chain):
            branches[chain.id].projects += counts.get(branch.chain.id, 0)
    return branches


def _path(branches: dict[int, Branch], chain: Chain) -> list[Chain]:
    """From the group down to the chain itself."""
    above = _path(branches, branches[chain.parent_id].chain) if chain.parent_id is not None else []
    return [*above, chain]


def _ids_below(branch: Branch) -> list[int]:
    return [branch.chain.id, *(chain_id for each in branch.branches for chain_id in _ids_below(each))]


# -- projects ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ProjectFilter:
    """What a reader looks for. Sizes in million yuan; every word of `text` must occur, in either language."""

    text: str = ""
    district: str | None = None
    chain: str | None = None
    kind: str | None = None
    size_from: int | None = None
    size_to: int | None = None


@dataclass(frozen=True)
class ProjectList:
    """One page of what was found, and how many pages and projects there are."""

    projects: Sequence[Project]
    number: int
    count: int
    total: int


def find_projects(edition: Edition, wanted: ProjectFilter, *, page: int = 1) -> ProjectList:
    """Projects that fit, 24 a page; beyond the last page the last one."""
    conditions = [*_offered(edition), *_fitting(edition, wanted)]
    found = select(Project.id).join(Project.district).join(Project.chain).where(*conditions)
    total = _count(found)
    count = max(1, -(-total // PROJECTS_PER_PAGE))
    number = min(max(1, page), count)
    query = (
        select(Project)
        .join(Project.district)
        .join(Project.chain)
        .where(*conditions)
        .options(contains_eager(Project.district), contains_eager(Project.chain))
        .order_by(District.id, Project.code)
        .limit(PROJECTS_PER_PAGE)
        .offset((number - 1) * PROJECTS_PER_PAGE)
    )
    return ProjectList(db.session.scalars(query).all(), number, count, total)


def get_project(edition: Edition, code: str) -> tuple[Project, Sequence[Chain]]:
    """One project by its code, and the way down to its chain. Raises Missing; a withdrawn project is still there."""
    published = Project.published_at.is_not(None)
    query = select(Project).where(Project.edition_id == edition.id, Project.code == code, published)
    places = joinedload(Project.district).joinedload(District.venue)
    project = _or_missing(db.session.scalars(query.options(places, joinedload(Project.chain))).first())
    return project, path_to(edition, project.chain)


def path_to(edition: Edition, chain: Chain) -> Sequence[Chain]:
    """From the group down to the chain itself."""
    return _path({each.id: Branch(each) for each in _chains(edition)}, chain)


def _offered(edition: Edition) -> list[ColumnExpressionArgument[bool]]:
    return [Project.edition_id == edition.id, Project.is_offered]


def _fitting(edition: Edition, wanted: ProjectFilter) -> Iterable[ColumnElement[bool]]:
    if wanted.district:
        yield District.code == wanted.district
    if wanted.chain:
        branches = _branches(edition).values()
        yield Project.chain_id.in_(next((_ids_below(each) for each in branches if each.chain.code == wanted.chain), []))
    if wanted.kind:
        yield Project.kind == wanted.kind
    if wanted.size_from is not None:
        yield Project.size_max >= wanted.size_from
    if wanted.size_to is not None:
        yield Project.size_min <= wanted.size_to
    for word in wanted.text.split():
        yield _says(word)


def _says(word: str) -> ColumnElement[bool]:
    texts = (
        *(Project.code, Project.title_en, Project.title_zh, Project.summary_en, Project.summary_zh),
        *(Project.park_en, Project.park_zh, District.name_en, District.name_zh, Chain.name_en, Chain.name_zh),
    )
    return or_(*(text.icontains(word, autoescape=True) for text in texts))


def _projects(edition: Edition, condition: ColumnElement[bool]) -> Sequence[Project]:
    query = select(Project).where(*_offered(edition), condition).order_by(Project.district_id, Project.code)
    return db.session.scalars(query.options(joinedload(Project.district), joinedload(Project.chain))).all()


def _projects_by(edition: Edition, column: Any) -> dict[int, int]:
    query = select(column, func.count()).where(*_offered(edition)).group_by(column)
    return {row[0]: row[1] for row in db.session.execute(query)}


# -- programme, partners, policies ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Item:
    """A programme item with the items that are part of it."""

    activity: Activity
    parts: Sequence["Item"]


@dataclass(frozen=True)
class ProgrammeDay:
    """A day with programme items; `day` in conference time."""

    day: date
    items: Sequence[Item]


def programme(edition: Edition) -> list[ProgrammeDay]:
    """Every day that has programme items, in order."""
    query = (
        select(Activity)
        .where(Activity.edition_id == edition.id)
        .options(joinedload(Activity.district), joinedload(Activity.venue), joinedload(Activity.chain))
        .order_by(Activity.starts_at, Activity.ends_at.desc(), Activity.code)
    )
    by_parent: dict[int | None, list[Activity]] = defaultdict(list)
    for activity in db.session.scalars(query):
        by_parent[activity.parent_id].append(activity)

    def item(activity: Activity) -> Item:
        return Item(activity, [item(part) for part in by_parent[activity.id]])

    days: dict[date, list[Item]] = defaultdict(list)
    for activity in list(by_parent[None]):
        days[today_in(edition, activity.starts_at)].append(item(activity))
    return [ProgrammeDay(day, items) for day, items in days.items()]


def partners(edition: Edition) -> dict[PartnerCategory, list[Partner]]:
    """Partners by category; a category without partners is left out."""
    query = select(Partner).where(Partner.edition_id == edition.id).order_by(Partner.id)
    return _grouped(PartnerCategory, db.session.scalars(query), lambda partner: partner.category)


def policies(edition: Edition, now: datetime) -> dict[PolicyArea, list[Policy]]:
    """Policies by area, without those that nobody could know of by the edition's clock or that came after its last day."""
    query = select(Policy).where(*_known(edition, now)).order_by(Policy.id)
    return _grouped(PolicyArea, db.session.scalars(query), lambda policy: policy.area)


def _known(edition: Edition, now: datetime) -> list[ColumnElement[bool]]:
    latest = min(today_in(edition, now), edition.end_date)
    return [Policy.edition_id == edition.id, or_(Policy.published_on.is_(None), Policy.published_on <= latest)]


def _grouped(kinds: Any, things: Iterable[Any], kind_of: Any) -> dict[Any, list[Any]]:
    groups: dict[Any, list[Any]] = {kind: [] for kind in kinds}
    for thing in things:
        groups.setdefault(kind_of(thing), []).append(thing)
    return {kind: members for kind, members in groups.items() if members}


def _or_missing(thing: Thing | None) -> Thing:
    if thing is None:
        raise Missing
    return thing
