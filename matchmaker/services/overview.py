"""What an organiser sees of all meetings: lists with filters, and one meeting's whole history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload

from matchmaker.db import db
from matchmaker.domain.meeting import Status
from matchmaker.domain.roles import Role
from matchmaker.models import District, Edition, Investor, Meeting, MeetingChange, Project, Slot
from matchmaker.services.actors import Actor, Missing
from matchmaker.services.diary import MeetingView, load_meetings, view_meetings
from matchmaker.services.names import name_order
from matchmaker.services.pages import Page, page_among
from matchmaker.services.waiting import in_time


@dataclass(frozen=True, slots=True)
class MeetingFilters:
    """Which meetings are asked for; `district` is a code, `text` is sought in investors' names.

    `expired`: those that nobody answered in time; no `status` finds them.
    """

    district: str = ""
    status: Status | None = None
    expired: bool = False
    day: date | None = None
    text: str = ""


def count_meetings(edition: Edition, *, now: datetime) -> dict[Status, int]:
    """How many meetings are in each status, without what has expired at `now`; statuses without any are there with 0."""
    standing = (Meeting.edition_id == edition.id, in_time(now))
    query = select(Meeting.status, func.count()).where(*standing).group_by(Meeting.status)
    return dict.fromkeys(Status, 0) | dict(db.session.execute(query).all())


def count_overdue(edition: Edition, *, now: datetime) -> int:
    """How many proposals and offers nobody answered in time; the next night lets them lapse."""
    late = (Meeting.edition_id == edition.id, Meeting.has_expired(now))
    return db.session.scalar(select(func.count()).select_from(Meeting).where(*late)) or 0


def list_meetings(
    actor: Actor, edition: Edition, *, filters: MeetingFilters | None = None, page: int = 1, now: datetime
) -> Page[MeetingView]:
    """The edition's meetings by slot and investors' names. Raises Missing for anybody but an organiser."""
    if actor.role is not Role.ORGANISER:
        raise Missing(f"the meetings of all, for {actor.role}")
    query = (
        select(Slot.position, Investor.name, Meeting.id)
        .join(Slot, Slot.id == Meeting.slot_id)
        .join(Investor, Investor.id == Meeting.investor_id)
        .where(Meeting.edition_id == edition.id, *_wanted(edition, filters or MeetingFilters(), now))
    )
    rows = sorted((position, name_order(name), meeting_id) for position, name, meeting_id in db.session.execute(query))

    def load(ids: Sequence[int]) -> list[MeetingView]:
        found = {each.id: each for each in load_meetings(edition, Meeting.id.in_(ids))}
        return view_meetings(actor, [found[each] for each in ids])

    return page_among([meeting_id for *_where, meeting_id in rows], page, load)


def _wanted(edition: Edition, filters: MeetingFilters, now: datetime) -> list[ColumnElement[bool]]:
    wanted: list[Any] = []
    if filters.district:
        district = select(District.id).where(District.edition_id == edition.id, District.code == filters.district)
        wanted.append(Meeting.project_id.in_(select(Project.id).where(Project.district_id.in_(district))))
    if filters.status is not None:
        wanted += [Meeting.status == filters.status, in_time(now)]
    if filters.expired:
        wanted.append(Meeting.has_expired(now))
    if filters.day is not None:
        wanted.append(Slot.day == filters.day)
    if filters.text.strip():
        named = Investor.name.icontains(filters.text.strip()[:100], autoescape=True)
        wanted.append(Meeting.investor_id.in_(select(Investor.id).where(named)))
    return wanted


def history_of(meeting_id: int) -> list[MeetingChange]:
    """Everything that ever happened to a meeting, the first step first: for organisers."""
    query = (
        select(MeetingChange)
        .where(MeetingChange.meeting_id == meeting_id)
        .order_by(MeetingChange.id)
        .options(joinedload(MeetingChange.account), joinedload(MeetingChange.from_slot), joinedload(MeetingChange.to_slot))
    )
    return list(db.session.scalars(query))
