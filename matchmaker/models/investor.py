"""Investor organisations: who they are, when they are in town, and how they were vetted."""

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.consent import Purpose
from matchmaker.domain.roles import DelegateRole, Vetting
from matchmaker.models.base import Base, code_of
from matchmaker.models.catalogue import Activity, Chain
from matchmaker.models.edition import Edition, Slot

if TYPE_CHECKING:
    from matchmaker.models.account import Account


class Investor(Base):
    """An organisation that looks for projects in one edition. Sizes in million yuan."""

    __tablename__ = "investor"
    __table_args__ = (
        CheckConstraint("(size_min IS NULL) = (size_max IS NULL)", name="sizes_together"),
        CheckConstraint("size_min IS NULL OR (0 <= size_min AND size_min <= size_max)", name="sizes"),
        CheckConstraint("0 <= min_meetings AND min_meetings <= max_meetings AND 1 <= max_per_day", name="limits"),
        Index(None, "edition_id", "vetting"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    name: Mapped[str] = mapped_column(String(200))
    country: Mapped[str] = mapped_column(String(2))
    website: Mapped[str] = mapped_column(String(300), default="")
    about: Mapped[str] = mapped_column(Text, default="")
    size_min: Mapped[int | None]
    size_max: Mapped[int | None]
    stages: Mapped[list[str]] = mapped_column(JSON, default=list)
    languages: Mapped[list[str]] = mapped_column(JSON)
    """Languages its delegates speak, the preferred one first."""
    confidential: Mapped[bool] = mapped_column(default=False)
    shares_contact: Mapped[bool] = mapped_column(default=False)
    """Agrees to show e-mail, phone and WeChat to a host once a meeting is accepted: the last word of its consents."""
    phone: Mapped[str] = mapped_column(String(40), default="")
    wechat: Mapped[str] = mapped_column(String(60), default="")
    min_meetings: Mapped[int]
    max_meetings: Mapped[int]
    max_per_day: Mapped[int]
    vetting: Mapped[Vetting] = mapped_column(code_of(Vetting), default=Vetting.APPLIED)
    applied_at: Mapped[datetime]
    demo: Mapped[bool] = mapped_column(default=False)

    edition: Mapped[Edition] = relationship()
    accounts: Mapped[list["Account"]] = relationship(back_populates="investor", order_by="Account.id")
    chains: Mapped[list[Chain]] = relationship(secondary="investor_chain", order_by=Chain.position)
    delegates: Mapped[list["Delegate"]] = relationship(
        order_by="Delegate.id", back_populates="investor", cascade="all, delete-orphan"
    )
    decisions: Mapped[list["VettingDecision"]] = relationship(order_by="VettingDecision.id", back_populates="investor")
    consents: Mapped[list["Consent"]] = relationship(order_by="Consent.id")


class InvestorChain(Base):
    """A chain that an investor names in its profile."""

    __tablename__ = "investor_chain"

    investor_id: Mapped[int] = mapped_column(ForeignKey("investor.id"), primary_key=True)
    chain_id: Mapped[int] = mapped_column(ForeignKey("chain.id"), primary_key=True)


class Delegate(Base):
    """A person who comes to the meetings."""

    __tablename__ = "delegate"

    id: Mapped[int] = mapped_column(primary_key=True)
    investor_id: Mapped[int] = mapped_column(ForeignKey("investor.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    title: Mapped[str] = mapped_column(String(120), default="")
    language: Mapped[str] = mapped_column(String(8))
    role: Mapped[DelegateRole] = mapped_column(
        code_of(DelegateRole), default=DelegateRole.REQUIRED, server_default=DelegateRole.REQUIRED.value
    )

    investor: Mapped[Investor] = relationship(back_populates="delegates")


class VettingDecision(Base):
    """What an organiser decided about an investor, when and why. Rows are added, never changed."""

    __tablename__ = "vetting_decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    investor_id: Mapped[int] = mapped_column(ForeignKey("investor.id"), index=True)
    vetting: Mapped[Vetting] = mapped_column(code_of(Vetting))
    reason: Mapped[str] = mapped_column(Text, default="")
    decided_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))

    investor: Mapped[Investor] = relationship(back_populates="decisions")
    decided_by: Mapped["Account | None"] = relationship()


class Consent(Base):
    """That an investor agreed to something, or withdrew it: the last row of a purpose counts. Rows are added, never changed."""

    __tablename__ = "consent"

    id: Mapped[int] = mapped_column(primary_key=True)
    investor_id: Mapped[int] = mapped_column(ForeignKey("investor.id"), index=True)
    purpose: Mapped[Purpose] = mapped_column(code_of(Purpose))
    given: Mapped[bool]
    stated_at: Mapped[datetime]
    stated_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class Availability(Base):
    """A slot in which an investor can meet. No rows: it has not said when it is in town, and meets nobody."""

    __tablename__ = "availability"

    investor_id: Mapped[int] = mapped_column(ForeignKey("investor.id"), primary_key=True)
    slot_id: Mapped[int] = mapped_column(ForeignKey("slot.id"), primary_key=True)

    slot: Mapped[Slot] = relationship()


class LeadAbsence(Base):
    """A slot in which the lead of a project cannot meet; in all others it can."""

    __tablename__ = "lead_absence"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), primary_key=True)
    slot_id: Mapped[int] = mapped_column(ForeignKey("slot.id"), primary_key=True)


class ActivitySignup(Base):
    """A programme item that an investor attends: it blocks its slots and the way there and back."""

    __tablename__ = "activity_signup"
    __table_args__ = (UniqueConstraint("investor_id", "activity_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    investor_id: Mapped[int] = mapped_column(ForeignKey("investor.id"))
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"), index=True)
    signed_up_at: Mapped[datetime]

    activity: Mapped[Activity] = relationship()
