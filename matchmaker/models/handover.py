"""Who of a host's team was asked to answer a proposal, and by whom."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.account import Account
from matchmaker.models.base import Base


class Handover(Base):
    """One colleague hands a proposal to another. Rows are added, never changed; the last one of a meeting counts."""

    __tablename__ = "handover"
    __table_args__ = (CheckConstraint("to_account_id <> by_account_id", name="colleague"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    by_account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    to_account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]
    note: Mapped[str] = mapped_column(Text, default="")

    by_account: Mapped[Account] = relationship(foreign_keys=[by_account_id])
    to_account: Mapped[Account] = relationship(foreign_keys=[to_account_id])
