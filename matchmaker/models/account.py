"""Who can sign in: accounts of investors, hosts and organisers."""

from datetime import datetime
from typing import Any

from flask_security import UserMixin
from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.roles import Role
from matchmaker.models.base import Base, code_of
from matchmaker.models.investor import Investor
from matchmaker.models.place import District


class Account(Base, UserMixin):
    """One person. An investor's account belongs to its organisation, a host's to its district."""

    __tablename__ = "account"
    __table_args__ = (
        CheckConstraint("role <> 'night'", name="people_only"),
        CheckConstraint("(role = 'investor') = (investor_id IS NOT NULL)", name="investor"),
        CheckConstraint("(role = 'host') = (district_id IS NOT NULL)", name="host"),
        CheckConstraint("role = 'host' OR json_array_length(spoken) = 0", name="spoken"),
        Index(None, "investor_id"),
        Index(None, "district_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(255), unique=True)
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    confirmed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    name: Mapped[str] = mapped_column(String(120))
    role: Mapped[Role] = mapped_column(code_of(Role))
    language: Mapped[str] = mapped_column(String(12))
    spoken: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    """Languages that a host speaks in meetings; none: not said. The night asks those of a project."""
    timezone: Mapped[str | None] = mapped_column(String(60))
    investor_id: Mapped[int | None] = mapped_column(ForeignKey("investor.id"))
    district_id: Mapped[int | None] = mapped_column(ForeignKey("district.id"))
    demo: Mapped[bool] = mapped_column(default=False)
    """A demonstration account: signs in from this machine only."""
    calendar_token: Mapped[str] = mapped_column(String(64), unique=True)

    investor: Mapped[Investor | None] = relationship(back_populates="accounts")
    district: Mapped[District | None] = relationship()

    @property
    def roles(self) -> list[Any]:  # type: ignore[override]
        """Flask-Security asks for a list of roles; an account has one, and `requires` looks at that."""
        return []
