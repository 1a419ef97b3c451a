"""When the colleagues of a host's team are away."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.models.base import Base


class ColleagueAbsence(Base):
    """A slot in which a host is away. It closes no project: that is said of its lead."""

    __tablename__ = "colleague_absence"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    slot_id: Mapped[int] = mapped_column(ForeignKey("slot.id"), primary_key=True)
