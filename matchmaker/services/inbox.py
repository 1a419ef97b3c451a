"""What waits for a host: the proposals of its district, what it can answer first, what was answered, and its projects."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, case, func, or_, select
from sqlalchemy.orm import joinedload

from matchmaker.db import db
from matchmaker.domain.meeting import UNANSWERED, Action, Status, step_for
from matchmaker.domain.roles import Role
from matchmaker.models import Chain, District, Edition, Handover, Investor, Meeting, MeetingChange, Project, Slot
from matchmaker.services.actors import Actor, Missing
from matchmaker.services.diary import MeetingView, concerns, load_meetings, view_meetings
from matchmaker.services.handing import last_handovers
from matchmaker.services.meetings import get_meeting_for
from matchmaker.services.pages import Page, one_page, page_among
from matchmaker.services.waiting import asks_for_another_time, in_time, waits_for_host

GONE = (Status.DECLINED, Status.WITHDRAWN, Status.LAPSED, Status.SUPERSEDED, Status.CANCELLED)
PROPOSALS_PER_PAGE = 40


class Waiting(StrEnum):
    """Whose answer a proposal waits for, in the order of the inbox; nobody's once it is too late: a night lets it lapse."""

    HOST = "host"
    INVESTOR = "investor"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Filters:
    """Which proposals are asked for: of a project or chain (by code), that wait for one side, on a day, with a text.

    `asks`: those alone whose investor asks for another time, while the host can answer.
    The text may be in the titles of a project or in a name of an investor that the host may see.
    """

    project: str = ""
    waiting: Waiting | None = None
    chain: str = ""
    day: date | None = None
    text: str = ""
    asks: bool = False

    def __bool__(self) -> bool:
        return any((self.project, self.waiting, self.chain, self.day, self.text, self.asks))


@dataclass(frozen=True, slots=True)
class Proposal:
    """One line of the inbox: the meeting as the host may see it."""

    view: MeetingView
    waits_for: Waiting
    handover: Handover | None = None

    @property
    def id(self) -> int:
        return self.view.meeting.id

    @property
    def deadline_at(self) -> datetime:
        return self.view.meeting.deadline_at


@dataclass(frozen=True, slots=True)
class Counts:
    """How many proposals the host can answer, how many of them ask for another time, and how many wait for others.

    `unheard`: how many of those that wait for nobody the host had answered, and the investor had not.
    """

    host: int
    asks: int
    investor: int
    nobody: int
    unheard: int = 0

    @property
    def missed(self) -> int:
        """How many the host did not answer in time."""
        return self.nobody - self.unheard


@dataclass(frozen=True, slots=True)
class Answered:
    """A meeting that no longer waits for an answer, with the last change that the reader was told of."""

    view: MeetingView
    last: MeetingChange | None


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """A project of the district with the number of its meetings by status; `late`: what was not answered in time, no more.

    `unanswered`: what the host can answer; what it offered or said yes to waits for the investor.
    """

    project: Project
    counts: dict[Status, int]
    unanswered: int = 0
    late: int = 0

    def count(self, *statuses: Status) -> int:
        return sum(self.counts.get(status, 0) for status in statuses)

    @property
    def listed(self) -> int:
        """How many proposals of it the inbox lists, those below that came too late included."""
        return self.count(*UNANSWERED) + self.late


def district_of(actor: Actor) -> District:
    """The district that a host answers for, with its venue. Raises Missing."""
    if actor.role is not Role.HOST:
        raise Missing(f"a district of {actor.role}")
    return db.session.get_one(District, actor.district_id, options=[joinedload(District.venue)])


def edition_of(actor: Actor) -> Edition:
    """The edition of the host's district. Raises Missing."""
    return db.session.get_one(Edition, district_of(actor).edition_id)


def proposals_of(
    actor: Actor, *, filters: Filters | None = None, page: int = 1, now: datetime | None = None, late: bool | None = None
) -> Page[Proposal]:
    """The unanswered proposals and offers of the host's district: what it can answer first, the nearest deadline on top.

    Of one deadline the ones that ask for another time come first, then the earlier meeting. What the host
    answered comes next, last what is too late at `now`; with `late` that alone, or all but that. Raises Missing.
    """
    edition = edition_of(actor)
    columns = (Meeting.id, Meeting.deadline_at, Slot.starts_at, _waits_for(now), asks_for_another_time().label("asks"))
    query = (
        select(*columns)
        .join(Slot, Meeting.slot_id == Slot.id)
        .where(_ours(actor), Meeting.status.in_(UNANSWERED), *_chosen(filters or Filters(), now))
    )
    if late is not None:
        query = query.where(in_time(now) if not late else ~in_time(now))
    rows = db.session.execute(query).all()
    order = list(Waiting)
    waits_for = {row.id: Waiting(row.waits_for) for row in rows}

    def rank(row: Row[int, datetime, datetime, str, bool]) -> tuple[Any, ...]:
        return order.index(waits_for[row.id]), row.deadline_at, not row.asks, row.starts_at, row.id

    def load(ids: Sequence[int]) -> list[Proposal]:
        meetings = {each.id: each for each in load_meetings(edition, Meeting.id.in_(ids))}
        handed = last_handovers(ids)
        return [
            Proposal(view, waits_for[view.meeting.id], handed.get(view.meeting.id))
            for view in view_meetings(actor, [meetings[each] for each in ids])
        ]

    return page_among([row.id for row in sorted(rows, key=rank)], page, load, per_page=PROPOSALS_PER_PAGE)


def _waits_for(now: datetime | None) -> ColumnElement[str]:
    whose = case((~in_time(now), Waiting.NOBODY.value), (waits_for_host(), Waiting.HOST.value), else_=Waiting.INVESTOR.value)
    return whose.label("waits_for")


def _chosen(filters: Filters, now: datetime | None) -> Iterator[ColumnElement[bool]]:
    if filters.project:
        yield Meeting.project_id.in_(select(Project.id).where(Project.code == filters.project))
    if filters.chain:
        chains = select(Chain.id).where(Chain.code == filters.chain)
        yield Meeting.project_id.in_(select(Project.id).where(Project.chain_id.in_(chains)))
    if filters.waiting is not None:
        yield _waits_for(now) == filters.waiting.value
    if filters.asks:
        yield (_waits_for(now) == Waiting.HOST.value) & asks_for_another_time()
    if filters.day:
        yield Meeting.slot_id.in_(select(Slot.id).where(Slot.day == filters.day))
    if filters.text:
        yield _mentions(filters.text)


def _mentions(text: str) -> ColumnElement[bool]:
    """A search finds no name that the list hides."""
    titles = [column.icontains(text, autoescape=True) for column in (Project.title_en, Project.title_zh, Project.code)]
    named = Investor.name.icontains(text, autoescape=True) & Investor.confidential.is_(False)
    projects = Meeting.project_id.in_(select(Project.id).where(or_(*titles)))
    return projects | Meeting.investor_id.in_(select(Investor.id).where(named))


def days_of(actor: Actor) -> list[date]:
    """The days for which the host's district has unanswered proposals."""
    query = select(Slot.day).join(Meeting, Meeting.slot_id == Slot.id).where(_ours(actor), Meeting.status.in_(UNANSWERED))
    return list(db.session.scalars(query.distinct().order_by(Slot.day)))


def count_waiting(actor: Actor, *, now: datetime | None = None) -> Counts:
    """How many proposals wait for whom at `now`."""
    kinds = [_waits_for(now) == each.value for each in (Waiting.HOST, Waiting.INVESTOR, Waiting.NOBODY)]
    host, investor, nobody = (func.count(case((kind, 1))) for kind in kinds)
    asks = func.count(case((kinds[0] & asks_for_another_time(), 1)))
    unheard = func.count(case((kinds[2] & ~waits_for_host(), 1)))
    query = select(host, asks, investor, nobody, unheard).where(_ours(actor), Meeting.status.in_(UNANSWERED))
    return Counts(*db.session.execute(query).one())


def count_open(meeting_ids: Collection[int]) -> int:
    """How many of these meetings are still proposed."""
    query = select(func.count()).where(Meeting.id.in_(meeting_ids), Meeting.status == Status.PROPOSED)
    return db.session.scalar(query) or 0


def answered_of(actor: Actor, *, page: int = 1) -> Page[Answered]:
    """The district's meetings that wait for nobody's answer, the latest change first. Raises Missing."""
    edition = edition_of(actor)
    query = _latest_first(select(Meeting.id).where(_ours(actor), Meeting.status.not_in(UNANSWERED)))
    return one_page(query, page, lambda ids: _answered(actor, edition, ids))


def gone_of(actor: Actor, edition: Edition) -> list[Answered]:
    """What was in the reader's diary and is no more, the latest change first."""
    query = select(Meeting.id).where(concerns(actor), Meeting.edition_id == edition.id, Meeting.status.in_(GONE))
    return _answered(actor, edition, db.session.scalars(_latest_first(query)).all())


def _latest_first(query: Select[Any]) -> Select[Any]:
    latest = select(func.max(MeetingChange.id)).where(MeetingChange.meeting_id == Meeting.id).scalar_subquery()
    return query.order_by(latest.desc(), Meeting.id)


def _answered(actor: Actor, edition: Edition, ids: Sequence[int]) -> list[Answered]:
    meetings = {each.id: each for each in load_meetings(edition, Meeting.id.in_(ids))}
    last = {each.meeting_id: each for each in _changes(ids) if _is_told(each, actor.role)}
    views = view_meetings(actor, [meetings[each] for each in ids])
    return [Answered(view, last.get(view.meeting.id)) for view in views]


def history_for(actor: Actor, meeting_id: int) -> list[MeetingChange]:
    """What happened to a meeting, as far as the actor's side did it or was told. Raises Missing."""
    get_meeting_for(actor, meeting_id)
    return [each for each in _changes([meeting_id]) if _is_told(each, actor.role)]


def projects_of(actor: Actor, *, now: datetime | None = None) -> list[ProjectRow]:
    """The district's projects with the number of their meetings by status; hosts see interests only as proposals.

    What was not answered in time at `now` is counted by itself, as the inbox shows it.
    """
    query = (
        select(Project)
        .where(Project.district_id == actor.district_id)
        .order_by(Project.code)
        .options(joinedload(Project.chain), joinedload(Project.district))
    )
    good, ours = (func.count(case((kind, 1))) for kind in (in_time(now), in_time(now) & waits_for_host()))
    asked = select(Meeting.project_id, Meeting.status, good, ours, func.count() - good).where(_ours(actor))
    counts: dict[int, dict[Status, int]] = {}
    unanswered, late = Counter[int](), Counter[int]()
    for project_id, status, count, waiting, expired in db.session.execute(asked.group_by(Meeting.project_id, Meeting.status)):
        counts.setdefault(project_id, {})[status] = count
        unanswered[project_id] += waiting
        late[project_id] += expired
    return [
        ProjectRow(project, counts.get(project.id, {}), unanswered[project.id], late[project.id])
        for project in db.session.scalars(query)
    ]


def _ours(actor: Actor) -> ColumnElement[bool]:
    if actor.role is not Role.HOST:
        raise Missing(f"an inbox of {actor.role}")
    return Meeting.project_id.in_(select(Project.id).where(Project.district_id == actor.district_id))


def _changes(meeting_ids: Collection[int]) -> list[MeetingChange]:
    query = (
        select(MeetingChange)
        .where(MeetingChange.meeting_id.in_(meeting_ids))
        .order_by(MeetingChange.id)
        .options(joinedload(MeetingChange.account), joinedload(MeetingChange.from_slot), joinedload(MeetingChange.to_slot))
    )
    return list(db.session.scalars(query))


def _is_told(change: MeetingChange, role: Role) -> bool:
    """Why an organiser reopened a pair is between organisers; a record is the same for everybody."""
    if role is Role.ORGANISER or change.role is role:
        return True
    return role in step_for(change.action).tells or change.action in (Action.RECORD_HELD, Action.RECORD_MISSED)
