"""Meetings, what they hold, and everything that ever happened to them."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, CheckConstraint, ColumnElement, ForeignKey, Index, String, Text, UniqueConstraint, and_, text
from sqlalchemy.ext.hybrid import hybrid_method
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.meeting import EXPIRED, LIVE, UNANSWERED, Action, Status, has_expired
from matchmaker.domain.roles import Role
from matchmaker.models.base import Base, code_of
from matchmaker.models.catalogue import Project
from matchmaker.models.edition import Edition, Slot
from matchmaker.models.investor import Investor
from matchmaker.models.place import InterpreterPool, Venue

if TYPE_CHECKING:
    from matchmaker.models.account import Account

_LIVE = ", ".join(f"'{status}'" for status in sorted(LIVE))


class Meeting(Base):
    """One investor and one project. Its status is written by `services.meetings.change_status` alone."""

    __tablename__ = "meeting"
    __table_args__ = (
        CheckConstraint("length BETWEEN 1 AND 16", name="length"),
        CheckConstraint("place_changes >= 0", name="place_changes"),
        CheckConstraint("(status = 'countered') = (offered_slot_id IS NOT NULL)", name="offer"),
        CheckConstraint(
            "status <> 'accepted' OR (investor_agreed_at IS NOT NULL AND host_agreed_at IS NOT NULL)", name="both_agreed"
        ),
        # A pair has at most one live meeting.
        Index(
            "uq_meeting_live_pair",
            "investor_id",
            "project_id",
            unique=True,
            sqlite_where=text(f"status IN ({_LIVE})"),
            postgresql_where=text(f"status IN ({_LIVE})"),
        ),
        Index(None, "edition_id", "status"),
        Index(None, "project_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(80), unique=True)
    """Its name in calendars, for ever."""
    sequence: Mapped[int] = mapped_column(default=0)
    """Grows with every step. Pages and links tell by it whether the meeting has changed since."""
    place_changes: Mapped[int] = mapped_column(default=0, server_default="0")
    """How often its table, or the name of its project, district or venue became another without a step."""
    place_changed_at: Mapped[datetime | None]
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    investor_id: Mapped[int] = mapped_column(ForeignKey("investor.id"))
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    venue_id: Mapped[int] = mapped_column(ForeignKey("venue.id"))
    slot_id: Mapped[int] = mapped_column(ForeignKey("slot.id"))
    """Its first slot; it takes `length` slots in a row."""
    length: Mapped[int] = mapped_column(default=1)
    offered_slot_id: Mapped[int | None] = mapped_column(ForeignKey("slot.id"))
    pool_id: Mapped[int | None] = mapped_column(ForeignKey("interpreter_pool.id"))
    """The interpreters it needs one of; none: both sides share a language."""
    status: Mapped[Status] = mapped_column(code_of(Status))
    suggested: Mapped[bool] = mapped_column(default=False)
    score: Mapped[int]
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """Why it was proposed: reason, points and fact, as scored then."""
    published_at: Mapped[datetime]
    deadline_at: Mapped[datetime]
    investor_agreed_at: Mapped[datetime | None]
    host_agreed_at: Mapped[datetime | None]
    reopened_at: Mapped[datetime | None]
    run_id: Mapped[int | None] = mapped_column(ForeignKey("run.id"))

    edition: Mapped[Edition] = relationship()
    investor: Mapped[Investor] = relationship()
    project: Mapped[Project] = relationship()
    venue: Mapped[Venue] = relationship()
    pool: Mapped[InterpreterPool | None] = relationship()
    slot: Mapped[Slot] = relationship(foreign_keys=[slot_id])
    offered_slot: Mapped[Slot | None] = relationship(foreign_keys=[offered_slot_id])
    changes: Mapped[list["MeetingChange"]] = relationship(order_by="MeetingChange.id", back_populates="meeting")

    @property
    def calendar_sequence(self) -> int:
        """Grows with every change that a calendar shows: with each step, and with each other table or name."""
        return self.sequence + self.place_changes

    def standing(self, now: datetime) -> str:
        """The code of where it stands, for the facts of a sentence: its status, or that it has expired."""
        return EXPIRED if self.has_expired(now) else self.status.value

    @hybrid_method
    def has_expired(self, now: datetime) -> bool:
        """`domain.meeting.has_expired`, of a row and in a query."""
        return has_expired(self.status, self.deadline_at, now)

    @has_expired.inplace.expression  # type: ignore[attr-defined]  # mypy takes the method for a plain one
    @classmethod
    def _has_expired(cls, now: datetime) -> ColumnElement[bool]:
        return and_(cls.status.in_(UNANSWERED), cls.deadline_at <= now)


class MeetingChange(Base):
    """One step of a meeting: who, when, from what to what, and why. Rows are added, never changed."""

    __tablename__ = "meeting_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    action: Mapped[Action] = mapped_column(code_of(Action))
    role: Mapped[Role] = mapped_column(code_of(Role))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]
    from_status: Mapped[Status | None] = mapped_column(code_of(Status, "from_status"))
    to_status: Mapped[Status] = mapped_column(code_of(Status, "to_status"))
    from_slot_id: Mapped[int | None] = mapped_column(ForeignKey("slot.id"))
    to_slot_id: Mapped[int] = mapped_column(ForeignKey("slot.id"))
    reason: Mapped[str] = mapped_column(String(60), default="")
    """A code of `domain/reasons.py`, or empty."""
    note: Mapped[str] = mapped_column(Text, default="")
    run_id: Mapped[int | None] = mapped_column(ForeignKey("run.id"))

    meeting: Mapped[Meeting] = relationship(back_populates="changes")
    account: Mapped["Account | None"] = relationship()
    from_slot: Mapped[Slot | None] = relationship(foreign_keys=[from_slot_id])
    to_slot: Mapped[Slot] = relationship(foreign_keys=[to_slot_id])


class ResourceKind(StrEnum):
    INVESTOR = "investor"
    LEAD = "lead"
    TABLE = "table"
    INTERPRETER = "interpreter"


class Resource(Base):
    """Something that can be in one meeting at a time: an investor, one lead of a project, a table, an interpreter."""

    __tablename__ = "resource"
    __table_args__ = (
        UniqueConstraint("investor_id", "number"),
        UniqueConstraint("project_id", "number"),
        UniqueConstraint("venue_id", "number"),
        UniqueConstraint("pool_id", "number"),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("(kind = 'investor') = (investor_id IS NOT NULL)", name="investor"),
        CheckConstraint("(kind = 'lead') = (project_id IS NOT NULL)", name="lead"),
        CheckConstraint("(kind = 'table') = (venue_id IS NOT NULL)", name="table"),
        CheckConstraint("(kind = 'interpreter') = (pool_id IS NOT NULL)", name="interpreter"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ResourceKind] = mapped_column(code_of(ResourceKind))
    number: Mapped[int]
    investor_id: Mapped[int | None] = mapped_column(ForeignKey("investor.id"))
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"))
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"))
    pool_id: Mapped[int | None] = mapped_column(ForeignKey("interpreter_pool.id"))


class Occupancy(Base):
    """A resource is taken in a slot. The unique constraint is the last word on double booking."""

    __tablename__ = "occupancy"
    __table_args__ = (UniqueConstraint("resource_id", "slot_id", name="uq_occupancy_resource_slot"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"))
    slot_id: Mapped[int] = mapped_column(ForeignKey("slot.id"))
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)

    resource: Mapped[Resource] = relationship()
    slot: Mapped[Slot] = relationship()
