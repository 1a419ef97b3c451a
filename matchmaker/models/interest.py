"""What people said they want: interests of investors, marks of hosts, and how similar their words are."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.interest import Level, Target
from matchmaker.models.base import Base, code_of
from matchmaker.models.catalogue import Chain, Project
from matchmaker.models.investor import Investor
from matchmaker.models.place import District


class Interest(Base):
    """An investor's interest in one project, chain or district."""

    __tablename__ = "interest"
    __table_args__ = (
        UniqueConstraint("investor_id", "project_id"),
        UniqueConstraint("investor_id", "chain_id"),
        UniqueConstraint("investor_id", "district_id"),
        CheckConstraint("(target = 'project') = (project_id IS NOT NULL)", name="project"),
        CheckConstraint("(target = 'chain') = (chain_id IS NOT NULL)", name="chain"),
        CheckConstraint("(target = 'district') = (district_id IS NOT NULL)", name="district"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    investor_id: Mapped[int] = mapped_column(ForeignKey("investor.id"))
    target: Mapped[Target] = mapped_column(code_of(Target))
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"), index=True)
    chain_id: Mapped[int | None] = mapped_column(ForeignKey("chain.id"), index=True)
    district_id: Mapped[int | None] = mapped_column(ForeignKey("district.id"), index=True)
    level: Mapped[Level] = mapped_column(code_of(Level))
    stated_at: Mapped[datetime]

    investor: Mapped[Investor] = relationship()
    project: Mapped[Project | None] = relationship()
    chain: Mapped[Chain | None] = relationship()
    district: Mapped[District | None] = relationship()

    @property
    def thing(self) -> Project | Chain | District:
        """What it points at."""
        thing = self.project or self.chain or self.district
        assert thing is not None  # the database keeps exactly one
        return thing


class HostMark(Base):
    """What a district's team says about an investor; it counts for all its projects."""

    __tablename__ = "host_mark"
    __table_args__ = (UniqueConstraint("district_id", "investor_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id"))
    investor_id: Mapped[int] = mapped_column(ForeignKey("investor.id"), index=True)
    level: Mapped[Level] = mapped_column(code_of(Level))
    stated_at: Mapped[datetime]


class Similarity(Base):
    """How similar the words of an investor and a project are: 0 to 20, computed in the night. No row: 0."""

    __tablename__ = "similarity"
    __table_args__ = (CheckConstraint("points BETWEEN 1 AND 20", name="points"),)

    investor_id: Mapped[int] = mapped_column(ForeignKey("investor.id"), primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), primary_key=True)
    points: Mapped[int]
