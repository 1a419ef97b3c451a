"""The outbox: every mail is first a row here, written with the change it tells about."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.account import Account
from matchmaker.models.base import Base
from matchmaker.models.joining import Joining


class Notice(Base):
    """One message to one account, or to somebody who is asked to join and has none yet.

    `facts` are what its text needs; it is worded when sent, in the reader's language.
    """

    __tablename__ = "notice"
    __table_args__ = (
        CheckConstraint("(account_id IS NULL) <> (joining_id IS NULL)", name="one_reader"),
        Index(None, "sent_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    joining_id: Mapped[int | None] = mapped_column(ForeignKey("joining.id"), index=True)
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

    account: Mapped[Account | None] = relationship()
    joining: Mapped[Joining | None] = relationship()

    @property
    def reader(self) -> Account | Joining:
        """Whom it is for, with an address and a language."""
        reader = self.account or self.joining
        assert reader is not None, "a check of the table"
        return reader
