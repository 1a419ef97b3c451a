"""A district's team: its colleagues, and when the leads of its projects cannot meet."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import joinedload

from matchmaker.db import db, transaction
from matchmaker.domain.roles import Role
from matchmaker.domain.rules import Broken, RuleBroken
from matchmaker.models import Account, Edition, LeadAbsence, Meeting, Occupancy, Project, Resource, Slot
from matchmaker.services.actors import Actor, Missing
from matchmaker.services.diary import MeetingView, load_meetings, view_meetings
from matchmaker.services.meetings import lock_diary
from matchmaker.services.offering import get_project_for
from matchmaker.services.versions import require_version


@dataclass(frozen=True, slots=True)
class Lead:
    """A project with the number of slots in which its lead is away, of those that are to come."""

    project: Project
    away: int


def team_of(actor: Actor) -> list[Account]:
    """Everybody who answers for the host's district, the reader too, by name. Raises Missing."""
    if actor.role is not Role.HOST:
        raise Missing(f"a team of {actor.role}")
    ours = (Account.role == Role.HOST) & (Account.district_id == actor.district_id)
    return list(db.session.scalars(select(Account).where(ours, Account.active).order_by(Account.name, Account.id)))


def leads_of(actor: Actor, *, now: datetime) -> list[Lead]:
    """The projects of the host's district, drafts too, with how long each lead is away from `now` on."""
    if actor.role is not Role.HOST:
        raise Missing(f"a team of {actor.role}")
    coming = select(LeadAbsence.project_id, func.count()).join(Slot, Slot.id == LeadAbsence.slot_id).where(Slot.starts_at > now)
    away: dict[int, int] = dict(db.session.execute(coming.group_by(LeadAbsence.project_id)).all())
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
        lock_diary(get_project_for(actor, project_id).edition_id)
        db.session.expire_all()
        project = get_project_for(actor, project_id)
        slots = list(db.session.scalars(select(Slot).where(Slot.edition_id == project.edition_id)))
        if not set(slot_ids) <= {slot.id for slot in slots}:
            raise RuleBroken(Broken.SLOT_UNKNOWN, "slots")
        changeable = {slot.id for slot in slots if slot.starts_at > now}
        before = absences_of(actor, project_id)
        require_version(seen, before, set(slot_ids) & changeable | before - changeable)
        added, removed = (set(slot_ids) - before) & changeable, (before - set(slot_ids)) & changeable
        clashes = {meeting_id for slot_id, meeting_id in db.session.execute(_held(project)) if slot_id in added}
        if clashes:
            raise RuleBroken(Broken.LEAD_MEETS, "slots", meetings=sorted(clashes))
        gone = (LeadAbsence.project_id == project.id, LeadAbsence.slot_id.in_(removed))
        db.session.execute(delete(LeadAbsence).where(*gone))
        db.session.add_all(LeadAbsence(project_id=project.id, slot_id=slot_id) for slot_id in sorted(added))


def _held(project: Project):  # type: ignore[no-untyped-def]  # a query of slot and meeting ids
    held = select(Occupancy.slot_id, Occupancy.meeting_id).join(Resource, Resource.id == Occupancy.resource_id)
    return held.where(Resource.project_id == project.id)
