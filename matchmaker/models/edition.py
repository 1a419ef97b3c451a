"""An edition of the conference: its calendar, its clock and its settings."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.calendar import Half
from matchmaker.models.base import Base, code_of

if TYPE_CHECKING:
    from matchmaker.models.account import Account


class Edition(Base):
    """One year's conference. Everything else of the catalogue belongs to one edition."""

    __tablename__ = "edition"
    __table_args__ = (
        CheckConstraint("grid_minutes BETWEEN 10 AND 240", name="grid_minutes"),
        CheckConstraint("answer_deadline_hours BETWEEN 1 AND 240", name="answer_deadline_hours"),
        CheckConstraint("default_min_meetings <= default_max_meetings", name="default_meetings"),
        CheckConstraint("gap_asked BETWEEN 0 AND 1000", name="gap_asked"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    year: Mapped[int]
    name_en: Mapped[str] = mapped_column(String(200))
    name_zh: Mapped[str] = mapped_column(String(200))
    theme_en: Mapped[str] = mapped_column(String(200))
    theme_zh: Mapped[str] = mapped_column(String(200))
    timezone: Mapped[str] = mapped_column(String(60))
    main_conference_date: Mapped[date]
    start_date: Mapped[date]
    end_date: Mapped[date]
    clock_at: Mapped[datetime | None]
    """Where the edition's clock stands; none: real time."""
    grid_minutes: Mapped[int]
    answer_deadline_hours: Mapped[int]
    must_meet_limit: Mapped[int]
    default_min_meetings: Mapped[int]
    default_max_meetings: Mapped[int]
    default_max_per_day: Mapped[int]
    publishes_at_once: Mapped[bool] = mapped_column(default=False)
    """Whether a night publishes its run itself, or leaves a draft for an organiser to review."""
    gap_asked: Mapped[int] = mapped_column(default=15, server_default="15")
    """The gap up to which a night's schedule counts as proven, in tenths of a per cent of the bound."""
    floor_first: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether a night raises the smallest number of meetings that any investor gets before anything else is weighed."""
    interpreters_paired_with: Mapped[str] = mapped_column(String(8))
    penalties: Mapped[dict[str, int]] = mapped_column(JSON)
    """Prices of the objective by name, as in SCHEDULING: shortfall, drop, move, idle_slot, idle_period."""
    weights: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    """What of the scoring weights differs from the defaults."""
    illustrative: Mapped[list[str]] = mapped_column(JSON)
    sources: Mapped[dict[str, Any]] = mapped_column(JSON)

    days: Mapped[list["EditionDay"]] = relationship(
        order_by="EditionDay.day", back_populates="edition", cascade="all, delete-orphan"
    )
    slots: Mapped[list["Slot"]] = relationship(order_by="Slot.position", back_populates="edition", cascade="all, delete-orphan")


class SettingChange(Base):
    """What an organiser set anew, from what to what, who and when. Rows are added, never changed."""

    __tablename__ = "setting_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]
    setting: Mapped[str] = mapped_column(String(40))
    before: Mapped[int]
    after: Mapped[int]

    account: Mapped["Account | None"] = relationship()


class EditionDay(Base):
    """One day of the conference window, with or without one-to-one meetings."""

    __tablename__ = "edition_day"
    __table_args__ = (
        UniqueConstraint("edition_id", "day"),
        CheckConstraint("working OR NOT has_meetings", name="meetings_on_working_days"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    day: Mapped[date]
    working: Mapped[bool]
    has_meetings: Mapped[bool]
    kind: Mapped[str] = mapped_column(String(40))
    note: Mapped[str] = mapped_column(String(200), default="")

    edition: Mapped[Edition] = relationship(back_populates="days")


class Slot(Base):
    """One slot of the grid. `position` orders the slots of an edition from 0; `day` is in conference time."""

    __tablename__ = "slot"
    __table_args__ = (
        UniqueConstraint("edition_id", "position"),
        UniqueConstraint("edition_id", "starts_at"),
        CheckConstraint("starts_at < ends_at", name="time_order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    position: Mapped[int]
    day: Mapped[date]
    half: Mapped[Half] = mapped_column(code_of(Half))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]

    edition: Mapped[Edition] = relationship(back_populates="slots")
