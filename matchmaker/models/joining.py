"""Colleagues whom an investor's people ask, by e-mail, to have an account of their own."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.account import Account
from matchmaker.models.base import Base
from matchmaker.models.investor import Investor


class Joining(Base):
    """One address that was asked to join an investor. It waits until an account comes of it; taken back, the row is gone."""

    __tablename__ = "joining"
    __table_args__ = (
        UniqueConstraint("investor_id", "email"),
        CheckConstraint("(account_id IS NULL) = (joined_at IS NULL)", name="joined"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    investor_id: Mapped[int] = mapped_column(ForeignKey("investor.id"))
    email: Mapped[str] = mapped_column(String(255))
    language: Mapped[str] = mapped_column(String(12))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), unique=True)
    joined_at: Mapped[datetime | None]

    investor: Mapped[Investor] = relationship()
    asked_by: Mapped[Account] = relationship(foreign_keys=[asked_by_id])
    account: Mapped[Account | None] = relationship(foreign_keys=[account_id])
