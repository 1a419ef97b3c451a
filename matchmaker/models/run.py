"""The record of a night: what went in, what came out, what it changed, and why the rest was not met."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from matchmaker.models.base import Base, code_of
from matchmaker.models.catalogue import Project
from matchmaker.models.edition import Edition
from matchmaker.models.interest import Interest
from matchmaker.models.investor import Investor
from matchmaker.models.meeting import Meeting

if TYPE_CHECKING:
    from matchmaker.models.account import Account


class RunState(StrEnum):
    RUNNING = "running"
    DRAFT = "draft"
    PUBLISHED = "published"
    KEPT = "kept"
    REFUSED = "refused"
    INTERRUPTED = "interrupted"
    DISCARDED = "discarded"


class Rung(StrEnum):
    """The step of the ladder that a run's schedule came from."""

    PROVEN = "proven"
    FEASIBLE = "feasible"
    REPAIRED = "repaired"
    KEPT = "kept"


class Run(Base):
    """One night's work. `problem` and `schedule` are the exchanged files, compressed."""

    __tablename__ = "run"
    __table_args__ = (Index(None, "edition_id", "state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    state: Mapped[RunState] = mapped_column(code_of(RunState))
    phase: Mapped[str] = mapped_column(String(20))
    started_at: Mapped[datetime]
    """By the edition's clock."""
    took_seconds: Mapped[float | None]
    published_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    """Who published or discarded it; nobody: the night itself."""
    decided_at: Mapped[datetime | None]
    seed: Mapped[int]
    version: Mapped[str] = mapped_column(String(40))
    input_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    settled_hash: Mapped[str | None] = mapped_column(String(64))
    """The hash of the input as it stood once this run was published: a night that finds it again has nothing to do."""
    problem: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    schedule: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    value: Mapped[int | None] = mapped_column(BigInteger)
    bound: Mapped[int | None] = mapped_column(BigInteger)
    status: Mapped[str | None] = mapped_column(String(20))
    rung: Mapped[Rung | None] = mapped_column(code_of(Rung))
    """Proven: within the gap asked for. Repaired: yesterday's, without what became impossible and refilled. None: no answer."""
    figures: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Plain facts for the run's page: booked, must-meets met, greedy value, seconds by phase, fairness."""
    message: Mapped[str | None] = mapped_column(String(60))
    """A code for what happened: see `services/nightly.py`."""
    facts: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """What belongs to the message: the causes of a refused input, how a solver ended and what of it was not believed."""

    edition: Mapped[Edition] = relationship()
    decided_by: Mapped["Account | None"] = relationship()
    changes: Mapped[list["RunChange"]] = relationship(order_by="RunChange.id", back_populates="run")


class ChangeKind(StrEnum):
    NEW = "new"
    UNCHANGED = "unchanged"
    MOVED = "moved"
    LEFT_OUT = "left_out"


class RunChange(Base):
    """What publishing a run did to one meeting, and why."""

    __tablename__ = "run_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"), index=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    kind: Mapped[ChangeKind] = mapped_column(code_of(ChangeKind))
    reason: Mapped[str] = mapped_column(String(60), default="")
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    run: Mapped[Run] = relationship(back_populates="changes")
    meeting: Mapped[Meeting] = relationship()


class UnmetInterest(Base):
    """Why a run did not meet an interest: a code and its facts. One row per interest."""

    __tablename__ = "unmet_interest"
    __table_args__ = (CheckConstraint("reason <> ''", name="reason"),)

    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"), primary_key=True)
    interest_id: Mapped[int] = mapped_column(ForeignKey("interest.id", ondelete="CASCADE"), primary_key=True)
    investor_id: Mapped[int] = mapped_column(ForeignKey("investor.id"), index=True)
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"))
    """The project that came nearest, which the reason is about."""
    reason: Mapped[str] = mapped_column(String(60))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    interest: Mapped[Interest] = relationship()
    investor: Mapped[Investor] = relationship()
    project: Mapped[Project | None] = relationship()
