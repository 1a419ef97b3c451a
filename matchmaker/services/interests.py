"""What people want: an investor states and takes back interests, a host marks investors."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import selectinload

from matchmaker.db import db, transaction
from matchmaker.domain.interest import Level, Offer, Target, covers
from matchmaker.domain.meeting import LIVE, PastMeeting, Status, is_open
from matchmaker.domain.roles import Role, Vetting
from matchmaker.domain.rules import Broken, RuleBroken
from matchmaker.domain.scoring import Score
from matchmaker.models import Chain, District, Edition, HostMark, Interest, Investor, Meeting, Project
from matchmaker.services.actors import Actor, Missing
from matchmaker.services.suits import chain_paths, load_pairing, wish_of

Thing = Project | Chain | District
Kind = TypeVar("Kind", Project, Chain, District)


@dataclass(frozen=True, slots=True)
class Unwanted:
    """Ids of live meetings that a *no thanks* covers: those that were answered go on, proposals the next night leaves out."""

    answered: tuple[int, ...] = ()
    proposals: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Stated:
    """A stored interest; `unwanted`: the live meetings that the investor now says no to."""

    interest_id: int
    unwanted: Unwanted = Unwanted()
    before: Level | None = field(default=None, compare=False)
    """What was stated until now, so that it can be restored."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A stored mark: what was said before, and the live meetings that the district now says no to."""

    before: Level | None
    unwanted: Unwanted = Unwanted()


@dataclass(frozen=True, slots=True)
class Suggestion:
    project: Project
    score: Score


def express_interest(actor: Actor, target: Target, code: str, level: Level, *, now: datetime) -> Stated:
    """State how much an investor wants a project, chain or district; replaces what it said about it before.

    A *no thanks* ends nothing by itself: the live meetings that it covers are told, to be ended on purpose.
    Raises Missing, or RuleBroken with NOT_ALLOWED, TARGET_UNKNOWN, PROJECT_WITHDRAWN or TOO_MANY_MUST_MEET.
    """
    with transaction():
        investor = lock_investor(actor)
        thing = _find_target(investor.edition_id, target, code)
        if isinstance(thing, Project) and thing.withdrawn_at is not None:
            raise RuleBroken(Broken.PROJECT_WITHDRAWN, "code", given=code)
        interest = db.session.scalars(
            select(Interest).where(Interest.investor_id == investor.id, _points_at(target, thing))
        ).one_or_none()
        if level is Level.MUST_MEET and (interest is None or interest.level is not level):
            _check_must_meets(investor.edition, must_meets_of(actor))
        before = interest.level if interest else None
        if interest is None:
            interest = Interest(investor=investor, target=target, level=level, stated_at=now, **{f"{target}_id": thing.id})
            db.session.add(interest)
        elif interest.level is not level:
            interest.level, interest.stated_at = level, now
        db.session.flush()
        unwanted = _unwanted(_meetings_about(investor, target, thing)) if level is Level.NO_THANKS else Unwanted()
        return Stated(interest.id, unwanted, before)


def take_back_interest(actor: Actor, target: Target, code: str) -> Level:
    """Forget what an investor said about something, and tell what that was.

    Raises Missing where it said nothing, or RuleBroken with NOT_ALLOWED or TARGET_UNKNOWN.
    """
    with transaction():
        investor = lock_investor(actor)
        thing = _find_target(investor.edition_id, target, code)
        mine = select(Interest).where(Interest.investor_id == investor.id, _points_at(target, thing))
        interest = db.session.scalars(mine).one_or_none()
        if interest is None:
            raise Missing(f"interest in {target} {code[:40]}")
        db.session.delete(interest)
        return interest.level


def must_meets_of(actor: Actor) -> int:
    """How many *must meet* an investor has stated."""
    mine = (Interest.investor_id == actor.investor_id, Interest.level == Level.MUST_MEET)
    return db.session.scalar(select(func.count()).select_from(Interest).where(*mine)) or 0


def interests_of(actor: Actor) -> list[Interest]:
    """What an investor stated, with the projects, chains and districts: must meet first, then by name of the target."""
    query = (
        select(Interest)
        .where(Interest.investor_id == actor.investor_id)
        .options(
            selectinload(Interest.project).selectinload(Project.district),
            selectinload(Interest.chain),
            selectinload(Interest.district),
        )
    )
    order = list(Level)
    return sorted(db.session.scalars(query), key=lambda each: (order.index(each.level), each.target, each.id))


def ruled_out(edition: Edition, interests: Collection[Interest]) -> dict[int, Interest]:
    """By the id of an interest: the *no thanks* of the same investor that covers it, so that it counts nothing beside it.

    Of several the one to the widest chain, else that to the district.
    """
    refused = [each for each in interests if each.level is Level.NO_THANKS]
    if not refused:
        return {}
    chains = chain_paths(edition)
    found = {}
    for interest in (each for each in interests if each.level is not Level.NO_THANKS):
        covering = [each for each in refused if covers(wish_of(each), _as_offer(interest, chains))]
        if covering:
            found[interest.id] = min(covering, key=lambda each: (each.chain is None, each.chain.level if each.chain else 0))
    return found


def _as_offer(interest: Interest, chains: Mapping[int, Sequence[str]]) -> Offer:
    """What an interest points at; of a chain or a district nothing below it."""
    project, chain, district = interest.project, interest.chain, interest.district
    if project is not None:
        return Offer(project.code, project.district.code, tuple(chains[project.chain_id]))
    return Offer("", district.code if district else "", tuple(chains[chain.id]) if chain else ())


def has_stated_interests(actor: Actor) -> bool:
    return bool(db.session.scalar(select(exists().where(Interest.investor_id == actor.investor_id))))


def levels_of(actor: Actor) -> dict[tuple[Target, int], Interest]:
    """What an investor stated, by kind and id of the target: for the buttons of catalogue pages."""
    query = select(Interest).where(Interest.investor_id == actor.investor_id)
    found = {}
    for interest in db.session.scalars(query):
        target_id = interest.project_id or interest.chain_id or interest.district_id
        assert target_id is not None  # the database keeps exactly one
        found[interest.target, target_id] = interest
    return found


def targets_of(edition: Edition) -> tuple[list[Chain], list[District]]:
    """The chains, in the order of their tree, and the districts that an investor can choose from."""
    chains = select(Chain).where(Chain.edition_id == edition.id).order_by(Chain.position)
    districts = select(District).where(District.edition_id == edition.id).order_by(District.id)
    return list(db.session.scalars(chains)), list(db.session.scalars(districts))


def suggestions_for(actor: Actor, edition: Edition) -> list[Suggestion]:
    """Of the five projects that a night would choose for an investor without interests, those without a meeting yet.

    None for an investor that already said what it wants; one that said only *no thanks* wants nothing yet.
    """
    investor_id = actor.investor_id
    asked = select(Interest.id).where(Interest.investor_id == investor_id, Interest.level != Level.NO_THANKS)
    if investor_id is None or db.session.scalars(asked).first():
        return []
    offered = select(Project).where(Project.edition_id == edition.id, Project.is_offered)
    projects = {project.id: project for project in db.session.scalars(offered.options(selectinload(Project.district)))}
    pairing = load_pairing(edition, investor_ids=[investor_id], project_ids=projects)
    past = _past_meetings(investor_id)
    live = {each for each, meetings in past.items() if any(meeting.status in LIVE for meeting in meetings)}
    open_to_it = [each for each in projects if each in live or is_open(past.get(each, ()))]
    among = [each for each in open_to_it if not pairing.is_refused(investor_id, each)]
    chosen = [each for each in pairing.suggested_projects(investor_id, among) if each not in live]
    return [Suggestion(projects[each], pairing.score_if(investor_id, each, None)) for each in chosen]


def mark_investor(actor: Actor, investor_id: int, level: Level | None, *, now: datetime) -> Marked:
    """Say as a host what the district thinks of an investor; None takes it back. It counts for all its projects.

    Only approved investors of the edition, and those that the district has a meeting with, whatever became of it.
    A *no thanks* ends nothing by itself. Raises Missing, or RuleBroken with NOT_ALLOWED or TOO_MANY_MUST_MEET.
    """
    if actor.role is not Role.HOST:
        raise RuleBroken(Broken.NOT_ALLOWED)
    with transaction():
        district = db.session.get(District, actor.district_id, with_for_update={"key_share": True})
        if district is None or not (_is_approved(district.edition_id, investor_id) or _has_met(district, investor_id)):
            raise Missing(f"investor {investor_id}")
        mark = db.session.scalars(
            select(HostMark).where(HostMark.district_id == district.id, HostMark.investor_id == investor_id)
        ).one_or_none()
        if level is Level.MUST_MEET and (mark is None or mark.level is not level):
            edition = db.session.get_one(Edition, district.edition_id)
            _check_must_meets(edition, must_meets_marked(actor))
        before = mark.level if mark else None
        if level is None:
            if mark is not None:
                db.session.delete(mark)
        elif mark is None:
            db.session.add(HostMark(district_id=district.id, investor_id=investor_id, level=level, stated_at=now))
        elif mark.level is not level:
            mark.level, mark.stated_at = level, now
        return Marked(before, _unwanted(_meetings_between(district, investor_id)) if level is Level.NO_THANKS else Unwanted())


def must_meets_marked(actor: Actor) -> int:
    """How many investors a host's district has marked *must meet*."""
    ours = (HostMark.district_id == actor.district_id, HostMark.level == Level.MUST_MEET)
    return db.session.scalar(select(func.count()).select_from(HostMark).where(*ours)) or 0


def marks_of(actor: Actor) -> dict[int, Level]:
    """What a host's district said about investors, by their ids."""
    query = select(HostMark.investor_id, HostMark.level).where(HostMark.district_id == actor.district_id)
    return dict(db.session.execute(query).all())


def lock_investor(actor: Actor) -> Investor:
    """The investor that the actor answers for, its row held until the transaction ends, so that its limits hold."""
    if actor.role is not Role.INVESTOR:
        raise RuleBroken(Broken.NOT_ALLOWED)
    investor = db.session.get(Investor, actor.investor_id, with_for_update={"key_share": True})
    if investor is None:
        raise Missing(f"investor {actor.investor_id}")
    return investor


def _past_meetings(investor_id: int) -> dict[int, list[PastMeeting]]:
    """The investor's meetings, live ones too, by project."""
    past: dict[int, list[PastMeeting]] = defaultdict(list)
    for meeting in db.session.scalars(select(Meeting).where(Meeting.investor_id == investor_id)):
        past[meeting.project_id].append(PastMeeting(meeting.status, meeting.reopened_at is not None))
    return past


def _find_target(edition_id: int, target: Target, code: str) -> Thing:
    thing: Thing | None
    match target:
        case Target.PROJECT:
            thing = _by_code(Project, edition_id, code)
            thing = thing if thing and thing.published_at else None  # nobody learns of a draft
        case Target.CHAIN:
            thing = _by_code(Chain, edition_id, code)
        case Target.DISTRICT:
            thing = _by_code(District, edition_id, code)
    if thing is None:
        raise RuleBroken(Broken.TARGET_UNKNOWN, "code", target=target, given=code[:40])
    return thing


def _by_code(kind: type[Kind], edition_id: int, code: str) -> Kind | None:
    return db.session.scalars(select(kind).where(kind.edition_id == edition_id, kind.code == code)).one_or_none()


def _points_at(target: Target, thing: Thing) -> ColumnElement[bool]:
    columns = {Target.PROJECT: Interest.project_id, Target.CHAIN: Interest.chain_id, Target.DISTRICT: Interest.district_id}
    return columns[target] == thing.id


def _check_must_meets(edition: Edition, stated: int) -> None:
    if stated >= edition.must_meet_limit:
        raise RuleBroken(Broken.TOO_MANY_MUST_MEET, "level", limit=edition.must_meet_limit)


def _is_approved(edition_id: int, investor_id: int) -> bool:
    investor = db.session.get(Investor, investor_id)
    return investor is not None and investor.edition_id == edition_id and investor.vetting is Vetting.APPROVED


def _has_met(district: District, investor_id: int) -> bool:
    return db.session.scalars(_meetings_between(district, investor_id).limit(1)).first() is not None


def _unwanted(meetings: Select[Any]) -> Unwanted:
    live = db.session.scalars(meetings.where(Meeting.status.in_(LIVE)).order_by(Meeting.id)).all()
    proposals = [each.id for each in live if each.status is Status.PROPOSED]
    return Unwanted(tuple(each.id for each in live if each.id not in proposals), tuple(proposals))


def _meetings_between(district: District, investor_id: int) -> Select[Any]:
    ours = Project.district_id == district.id
    return select(Meeting).join(Meeting.project).where(ours, Meeting.investor_id == investor_id)


def _meetings_about(investor: Investor, target: Target, thing: Thing) -> Select[Any]:
    """The investor's meetings about projects below this project, chain or district."""
    query = select(Meeting).join(Meeting.project).where(Meeting.investor_id == investor.id)
    match target:
        case Target.PROJECT:
            return query.where(Project.id == thing.id)
        case Target.DISTRICT:
            return query.where(Project.district_id == thing.id)
        case Target.CHAIN:
            return query.where(Project.chain_id.in_(chain_and_below(thing.id)))


def chain_and_below(chain_id: int) -> Collection[int]:
    """The tree is at most four levels deep, so three looks downwards find everything."""
    found = {chain_id}
    level = {chain_id}
    while level:
        level = set(db.session.scalars(select(Chain.id).where(Chain.parent_id.in_(level)))) - found
        found |= level
    return found
