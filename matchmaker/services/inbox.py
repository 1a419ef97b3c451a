"""What waits for a host: the proposals of its district, the nearest deadline first, what was answered, and its projects."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload

from matchmaker.db import db
from matchmaker.domain.meeting import Action, Status, step_for
from matchmaker.domain.roles import Role
from matchmaker.models import District, Edition, Meeting, MeetingChange, Project
from matchmaker.services.actors import Actor, Missing
from matchmaker.services.diary import MeetingView, load_meetings, view_meetings
from matchmaker.services.meetings import get_meeting_for
from matchmaker.services.pages import Page, one_page

UNANSWERED = (Status.PROPOSED, Status.COUNTERED)
PROPOSALS_PER_PAGE = 40


class Waiting(StrEnum):
    """Whose answer a proposal waits for."""

    HOST = "host"
    INVESTOR = "investor"


@dataclass(frozen=True, slots=True)
class Filters:
    """Which proposals are asked for: of one project (by code), or those that wait for one side."""

    project: str = ""
    waiting: Waiting | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """One line of the inbox: the meeting as the host may see it."""

    view: MeetingView

    @property
    def id(self) -> int:
        return self.view.meeting.id

    @property
    def deadline_at(self) -> datetime:
        return self.view.meeting.deadline_at

    @property
    def waits_for(self) -> Waiting:
        return Waiting.INVESTOR if self.view.status is Status.COUNTERED or self.view.agreed else Waiting.HOST


@dataclass(frozen=True, slots=True)
class Answered:
    """A meeting that no longer waits for an answer, with the last change that the host was told of."""

    view: MeetingView
    last: MeetingChange | None


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """A project of the district with the number of its meetings by status."""

    project: Project
    counts: dict[Status, int]

    def count(self, *statuses: Status) -> int:
        return sum(self.counts.get(status, 0) for status in statuses)


def district_of(actor: Actor) -> District:
    """The district that a host answers for, with its venue. Raises Missing."""
    if actor.role is not Role.HOST:
        raise Missing(f"a district of {actor.role}")
    query = select(District).where(District.id == actor.district_id).options(joinedload(District.venue))
    return db.session.scalars(query).one()


def edition_of(actor: Actor) -> Edition:
    """The edition of the host's district. Raises Missing."""
    return db.session.get_one(Edition, district_of(actor).edition_id)


def proposals_of(actor: Actor, *, filters: Filters | None = None, page: int = 1) -> Page[Proposal]:
    """The unanswered proposals and offers of the host's district, the nearest deadline first. Raises Missing."""
    edition, filters = edition_of(actor), filters or Filters()
    query = select(Meeting.id).where(_ours(actor), Meeting.status.in_(UNANSWERED)).order_by(Meeting.deadline_at, Meeting.id)
    if filters.project:
        query = query.where(Meeting.project_id.in_(select(Project.id).where(Project.code == filters.project)))
    if filters.waiting is not None:
        waits_for_host = (Meeting.status == Status.PROPOSED) & Meeting.host_agreed_at.is_(None)
        query = query.where(waits_for_host if filters.waiting is Waiting.HOST else ~waits_for_host)

    def load(ids: Sequence[int]) -> list[Proposal]:
        meetings = load_meetings(edition, Meeting.id.in_(ids), order=Meeting.deadline_at)
        return [Proposal(view) for view in view_meetings(actor, meetings)]

    return one_page(query, page, load, per_page=PROPOSALS_PER_PAGE)


def count_waiting(actor: Actor) -> dict[Waiting, int]:
    """How many proposals wait for the host, and how many of its answers for the investor."""
    asked = select(Meeting.status, Meeting.host_agreed_at.is_(None), func.count()).where(
        _ours(actor), Meeting.status.in_(UNANSWERED)
    )
    counts = dict.fromkeys(Waiting, 0)
    for status, open_for_host, count in db.session.execute(asked.group_by(Meeting.status, Meeting.host_agreed_at.is_(None))):
        counts[Waiting.HOST if status is Status.PROPOSED and open_for_host else Waiting.INVESTOR] += count
    return counts


def answered_of(actor: Actor, *, page: int = 1) -> Page[Answered]:
    """The district's meetings that wait for nobody's answer, the latest change first. Raises Missing."""
    edition = edition_of(actor)
    latest = select(func.max(MeetingChange.id)).where(MeetingChange.meeting_id == Meeting.id).scalar_subquery()
    query = select(Meeting.id).where(_ours(actor), Meeting.status.not_in(UNANSWERED)).order_by(latest.desc(), Meeting.id)

    def load(ids: Sequence[int]) -> list[Answered]:
        meetings = {each.id: each for each in load_meetings(edition, Meeting.id.in_(ids))}
        last = _last_told(ids)
        views = view_meetings(actor, [meetings[each] for each in ids])
        return [Answered(view, last.get(view.meeting.id)) for view in views]

    return one_page(query, page, load)


def history_for(actor: Actor, meeting_id: int) -> list[MeetingChange]:
    """What happened to a meeting, as far as the actor's side did it or was told. Raises Missing."""
    get_meeting_for(actor, meeting_id)
    return [each for each in _changes([meeting_id]) if _is_told(each, actor.role)]


def projects_of(actor: Actor) -> list[ProjectRow]:
    """The district's projects with the number of their meetings by status; hosts see interests only as proposals."""
    query = (
        select(Project)
        .where(Project.district_id == actor.district_id)
        .order_by(Project.code)
        .options(joinedload(Project.chain), joinedload(Project.district))
    )
    asked = select(Meeting.project_id, Meeting.status, func.count()).where(_ours(actor))
    counts: dict[int, dict[Status, int]] = {}
    for project_id, status, count in db.session.execute(asked.group_by(Meeting.project_id, Meeting.status)):
        counts.setdefault(project_id, {})[status] = count
    return [ProjectRow(project, counts.get(project.id, {})) for project in db.session.scalars(query)]


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


def _last_told(meeting_ids: Collection[int]) -> dict[int, MeetingChange]:
    return {each.meeting_id: each for each in _changes(meeting_ids) if _is_told(each, Role.HOST)}


def _is_told(change: MeetingChange, role: Role) -> bool:
    """Why an organiser reopened a pair is between organisers; a record is the same for everybody."""
    if role is Role.ORGANISER or change.role is role:
        return True
    return role in step_for(change.action).tells or change.action in (Action.RECORD_HELD, Action.RECORD_MISSED)
