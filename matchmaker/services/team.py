"""A district's team: what its colleagues speak, when they are away, and when the leads of its projects cannot meet."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, delete, func, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from matchmaker.db import db, transaction
from matchmaker.domain.calendar import overlaps
from matchmaker.domain.languages import check_languages
from matchmaker.domain.meeting import Action, Status
from matchmaker.domain.roles import Role
from matchmaker.domain.rules import Broken, RuleBroken
from matchmaker.models import (
    Account,
    ColleagueAbsence,
    Edition,
    LeadAbsence,
    Meeting,
    MeetingChange,
    Occupancy,
    Project,
    Resource,
    Slot,
)
from matchmaker.services.actors import Actor, Missing
from matchmaker.services.diary import MeetingView, concerns, load_meetings, view_meetings
from matchmaker.services.handing import Handing, handed_to, handings_of
from matchmaker.services.inbox import edition_of
from matchmaker.services.meetings import lock_diary
from matchmaker.services.names import person_order
from matchmaker.services.offering import get_project_for, locked_project
from matchmaker.services.versions import require_version
from matchmaker.services.waiting import in_time, waits_for_host


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of the team with the number of slots in which it is away, of those that are to come."""

    account: Account
    away: int


@dataclass(frozen=True, slots=True)
class Lead:
    """A project with the number of slots in which its lead is away, of those that are to come."""

    project: Project
    away: int


# -- colleagues --------------------------------------------------------------------------------------------------------


def team_of(actor: Actor, *, now: datetime) -> list[Colleague]:
    """Everybody who answers for the host's district, the reader too, by the spelling of names, with how long each is away.

    Raises Missing.
    """
    accounts = db.session.scalars(select(Account).where(*_ours(actor)).order_by(Account.id))
    found = sorted(accounts, key=lambda account: person_order(account.name))
    away = _count_coming(ColleagueAbsence.account_id, ColleagueAbsence.slot_id, now)
    return [Colleague(account, away.get(account.id, 0)) for account in found]


def get_colleague_for(actor: Actor, account_id: int) -> Account:
    """Somebody of the host's own team, perhaps the reader. Raises Missing."""
    account = db.session.scalars(select(Account).where(*_ours(actor), Account.id == account_id)).one_or_none()
    if account is None:
        raise Missing(f"colleague {account_id}")
    return account


def set_spoken(actor: Actor, account_id: int, languages: Collection[str], *, seen: str | None = None) -> None:
    """Say what a colleague speaks in meetings. It helps to choose who answers; the night asks the languages of a project.

    `seen` is the version that the page showed. Raises Missing, or RuleBroken: TOO_MANY, LANGUAGE_UNKNOWN,
    SOMEBODY_WAS_QUICKER.
    """
    check_languages(languages)
    wanted = list(dict.fromkeys(languages))
    with transaction():
        lock_diary(edition_of(actor).id)
        db.session.expire_all()
        colleague = get_colleague_for(actor, account_id)
        require_version(seen, colleague.spoken, wanted)
        colleague.spoken = wanted


def absences_of_colleague(actor: Actor, account_id: int) -> set[int]:
    """The ids of the slots in which a colleague is away. Raises Missing."""
    colleague = get_colleague_for(actor, account_id)
    return set(db.session.scalars(select(ColleagueAbsence.slot_id).where(ColleagueAbsence.account_id == colleague.id)))


def set_absences_of_colleague(
    actor: Actor, account_id: int, slot_ids: Collection[int], *, seen: str | None = None, now: datetime
) -> None:
    """Replace the slots in which a colleague is away. What has begun stays as it was, and no meeting is changed.

    `seen` is the version that the page showed. Raises Missing, RuleBroken: SLOT_UNKNOWN, SOMEBODY_WAS_QUICKER.
    """
    with transaction():
        edition = edition_of(actor)
        lock_diary(edition.id)
        db.session.expire_all()
        before = absences_of_colleague(actor, account_id)
        added, removed = _differences(edition.id, before, slot_ids, now, seen)
        gone = (ColleagueAbsence.account_id == account_id, ColleagueAbsence.slot_id.in_(removed))
        db.session.execute(delete(ColleagueAbsence).where(*gone))
        db.session.add_all(ColleagueAbsence(account_id=account_id, slot_id=slot_id) for slot_id in sorted(added))


def left_by(actor: Actor, account_id: int, *, now: datetime) -> list[Handing]:
    """What falls into the hours in which a colleague is away: proposals handed to it that can still be answered, and agreed
    meetings that it was handed, or for which it said the yes of its district. Raises Missing."""
    colleague, edition = get_colleague_for(actor, account_id), edition_of(actor)
    absences = select(Slot).join(ColleagueAbsence, ColleagueAbsence.slot_id == Slot.id)
    away = db.session.scalars(absences.where(ColleagueAbsence.account_id == colleague.id)).all()
    if not away:
        return []
    handed = Meeting.id.in_(handed_to(colleague.id))
    took = Meeting.id.in_(_said_yes_to(colleague))
    waiting = waits_for_host() & in_time(now)
    meetings = load_meetings(edition, concerns(actor), handed & waiting | (handed | took) & (Meeting.status == Status.ACCEPTED))
    held = [
        view
        for view in view_meetings(actor, meetings)
        if view.starts_at > now
        if any(overlaps(each.starts_at, each.ends_at, view.starts_at, view.ends_at) for each in away)
    ]
    return handings_of(actor, sorted(held, key=lambda view: (view.starts_at, view.meeting.id)))


def _said_yes_to(colleague: Account) -> Select[int]:
    """The ids of the meetings for which this colleague gave the last yes of its district: accepted as they were, or at a time
    that it offered."""
    yes = select(func.max(MeetingChange.id)).where(MeetingChange.action.in_((Action.ACCEPT, Action.OFFER)))
    last = MeetingChange.id.in_(yes.group_by(MeetingChange.meeting_id))
    return select(MeetingChange.meeting_id).where(last, MeetingChange.account_id == colleague.id)


def _ours(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    if actor.role is not Role.HOST:
        raise Missing(f"a team of {actor.role}")
    return Account.role == Role.HOST, Account.district_id == actor.district_id, Account.active.is_(True)


# -- leads -------------------------------------------------------------------------------------------------------------


def leads_of(actor: Actor, *, now: datetime) -> list[Lead]:
    """The projects of the host's district, drafts too, with how long each lead is away from `now` on."""
    if actor.role is not Role.HOST:
        raise Missing(f"a team of {actor.role}")
    away = _count_coming(LeadAbsence.project_id, LeadAbsence.slot_id, now)
    projects = select(Project).where(Project.district_id == actor.district_id).order_by(Project.code)
    found = db.session.scalars(projects.options(joinedload(Project.chain), joinedload(Project.district)))
    return [Lead(project, away.get(project.id, 0)) for project in found]


def absences_of(actor: Actor, project_id: int) -> set[int]:
    """The ids of the slots in which the lead of a project cannot meet. Raises Missing."""
    project = get_project_for(actor, project_id)
    return set(db.session.scalars(select(LeadAbsence.slot_id).where(LeadAbsence.project_id == project.id)))


def meetings_by_slot(actor: Actor, project_id: int) -> dict[int, list[MeetingView]]:
    """By slot id: the live meetings of a project that hold it, an offered slot too. Raises Missing."""
    project = get_project_for(actor, project_id)
    rows = db.session.execute(_held(project).order_by(Occupancy.slot_id, Occupancy.meeting_id)).all()
    edition = db.session.get_one(Edition, project.edition_id)
    meetings = load_meetings(edition, Meeting.id.in_({meeting_id for _, meeting_id in rows}))
    views = {view.meeting.id: view for view in view_meetings(actor, meetings)}
    found: dict[int, list[MeetingView]] = {}
    for slot_id, meeting_id in rows:
        found.setdefault(slot_id, []).append(views[meeting_id])
    return found


def set_absences(actor: Actor, project_id: int, slot_ids: Collection[int], *, seen: str | None = None, now: datetime) -> None:
    """Replace the slots in which the lead of a project cannot meet. What has begun stays as it was.

    `seen` is the version that the page showed. Raises Missing, or RuleBroken with SLOT_UNKNOWN, SOMEBODY_WAS_QUICKER, or
    LEAD_MEETS naming the live meetings in slots that would become absences; then nothing is stored.
    """
    with transaction():
        project = locked_project(actor, project_id)
        added, removed = _differences(project.edition_id, absences_of(actor, project_id), slot_ids, now, seen)
        clashes = {meeting_id for slot_id, meeting_id in db.session.execute(_held(project)) if slot_id in added}
        if clashes:
            raise RuleBroken(Broken.LEAD_MEETS, "slots", meetings=sorted(clashes))
        gone = (LeadAbsence.project_id == project.id, LeadAbsence.slot_id.in_(removed))
        db.session.execute(delete(LeadAbsence).where(*gone))
        db.session.add_all(LeadAbsence(project_id=project.id, slot_id=slot_id) for slot_id in sorted(added))


def _held(project: Project):  # type: ignore[no-untyped-def]  # a query of slot and meeting ids
    held = select(Occupancy.slot_id, Occupancy.meeting_id).join(Resource, Resource.id == Occupancy.resource_id)
    return held.where(Resource.project_id == project.id)


# -- both --------------------------------------------------------------------------------------------------------------


def _count_coming(who: InstrumentedAttribute[int], slot_id: InstrumentedAttribute[int], now: datetime) -> dict[int, int]:
    """By who is away: the number of its absences that begin after `now`."""
    counted = select(who, func.count()).join(Slot, Slot.id == slot_id).where(Slot.starts_at > now).group_by(who)
    return dict(db.session.execute(counted).all())


def _differences(
    edition_id: int, before: set[int], slot_ids: Collection[int], now: datetime, seen: str | None
) -> tuple[set[int], set[int]]:
    """Which absences are new and which are gone, of those that have not begun; `seen` is the version that the page showed.

    Raises RuleBroken: SLOT_UNKNOWN, SOMEBODY_WAS_QUICKER.
    """
    slots = list(db.session.scalars(select(Slot).where(Slot.edition_id == edition_id)))
    if not set(slot_ids) <= {slot.id for slot in slots}:
        raise RuleBroken(Broken.SLOT_UNKNOWN, "slots")
    changeable = {slot.id for slot in slots if slot.starts_at > now}
    require_version(seen, before, set(slot_ids) & changeable | before - changeable)
    return (set(slot_ids) - before) & changeable, (before - set(slot_ids)) & changeable
