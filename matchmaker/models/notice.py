"""The outbox: every mail is first a row here, written with the change it tells about."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.account import Account
from matchmaker.models.base import Base


class Notice(Base):
    """One message to one account. `facts` are what its text needs; it is worded when sent, in the reader's language."""

    __tablename__ = "notice"
    __table_args__ = (Index(None, "sent_at", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    message_id: Mapped[str] = mapped_column(String(120), unique=True)
    """Its Message-ID, so that a duplicate after a crash is recognised."""
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    not_before: Mapped[datetime | None]
    """In real time: until then somebody is sending it, or the next attempt waits."""
    attempts: Mapped[int] = mapped_column(default=0)
    failure: Mapped[str] = mapped_column(Text, default="")

    account: Mapped[Account] = relationship()
