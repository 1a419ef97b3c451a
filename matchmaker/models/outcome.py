"""What each side says came of a meeting, and everything that it said before."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.outcome import HIGHEST_AMOUNT, LONGEST_OWNER, LONGEST_STEP, Appetite, Statement
from matchmaker.domain.roles import Role
from matchmaker.models.account import Account
from matchmaker.models.base import Base, code_of


class Outcome(Base):
    """What one side says came of a meeting. A change adds a row and ends the one before, so that nothing is lost."""

    __tablename__ = "outcome"
    __table_args__ = (
        CheckConstraint("side IN ('host', 'investor')", name="of_a_side"),
        CheckConstraint(f"amount BETWEEN 0 AND {HIGHEST_AMOUNT}", name="amount"),
        CheckConstraint("next_step <> '' OR (owner = '' AND due_on IS NULL AND NOT done)", name="next_step"),
        # Each side has one outcome of a meeting that counts.
        Index(
            "uq_outcome_meeting_side",
            "meeting_id",
            "side",
            unique=True,
            sqlite_where=text("replaced_at IS NULL"),
            postgresql_where=text("replaced_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    side: Mapped[Role] = mapped_column(code_of(Role, "side"))
    appetite: Mapped[Appetite] = mapped_column(code_of(Appetite))
    amount: Mapped[int | None]
    """What is intended, in million yuan."""
    next_step: Mapped[str] = mapped_column(String(LONGEST_STEP), default="")
    owner: Mapped[str] = mapped_column(String(LONGEST_OWNER), default="")
    due_on: Mapped[date | None]
    done: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(Text, default="")
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    """Who wrote it."""
    written_at: Mapped[datetime]
    replaced_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship()

    @property
    def statement(self) -> Statement:
        return Statement(self.appetite, self.amount, self.next_step, self.owner, self.due_on, self.done, self.note)
