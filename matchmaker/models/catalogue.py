"""What the conference shows to everybody: chains, projects, programme, partners and policies."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ColumnElement, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.base import Base
from matchmaker.models.place import District, Venue


class Chain(Base):
    """A node of the tree of industries: group (level 0), industry, chain, sub-track (level 3)."""

    __tablename__ = "chain"
    __table_args__ = (UniqueConstraint("edition_id", "code"), CheckConstraint("level BETWEEN 0 AND 3", name="level"))

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    code: Mapped[str] = mapped_column(String(20))
    position: Mapped[int]
    name_en: Mapped[str] = mapped_column(String(200))
    name_zh: Mapped[str] = mapped_column(String(200))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("chain.id"))
    level: Mapped[int]
    released: Mapped[bool]
    """One of the tracks that this edition releases."""
    special_session: Mapped[str | None] = mapped_column(String(20))
    source_url: Mapped[str] = mapped_column(String(500))
    note: Mapped[str] = mapped_column(Text, default="")

    parent: Mapped["Chain | None"] = relationship(remote_side=id)


class ChainRelease(Base):
    """What the release of a key chain says: plan, policy, funds, leading enterprises and parks."""

    __tablename__ = "chain_release"

    id: Mapped[int] = mapped_column(primary_key=True)
    chain_id: Mapped[int] = mapped_column(ForeignKey("chain.id"), unique=True)
    plan_en: Mapped[str] = mapped_column(Text)
    plan_zh: Mapped[str] = mapped_column(Text)
    policy_en: Mapped[str] = mapped_column(Text)
    policy_zh: Mapped[str] = mapped_column(Text)
    fund_en: Mapped[str] = mapped_column(Text)
    fund_zh: Mapped[str] = mapped_column(Text)
    leaders_en: Mapped[list[str]] = mapped_column(JSON)
    leaders_zh: Mapped[list[str]] = mapped_column(JSON)
    parks_en: Mapped[list[str]] = mapped_column(JSON)
    parks_zh: Mapped[list[str]] = mapped_column(JSON)
    basis: Mapped[str] = mapped_column(Text)
    basis_code: Mapped[str] = mapped_column(String(20))
    source_url: Mapped[str | None] = mapped_column(String(500))

    chain: Mapped[Chain] = relationship()


class Project(Base):
    """An opportunity that a district offers. Sizes in million yuan."""

    __tablename__ = "project"
    __table_args__ = (
        UniqueConstraint("edition_id", "code"),
        CheckConstraint("0 <= size_min AND size_min <= size_max", name="sizes"),
        CheckConstraint("leads BETWEEN 1 AND 50", name="leads"),
        CheckConstraint("edits >= 0", name="edits"),
        Index(None, "district_id"),
        Index(None, "chain_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    code: Mapped[str] = mapped_column(String(20))
    title_en: Mapped[str] = mapped_column(String(200))
    title_zh: Mapped[str] = mapped_column(String(200))
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id"))
    chain_id: Mapped[int] = mapped_column(ForeignKey("chain.id"))
    park_en: Mapped[str] = mapped_column(String(200))
    park_zh: Mapped[str] = mapped_column(String(200))
    summary_en: Mapped[str] = mapped_column(Text)
    summary_zh: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(40))
    size_min: Mapped[int]
    size_max: Mapped[int]
    size_basis: Mapped[str] = mapped_column(String(60))
    opportunity_basis: Mapped[str] = mapped_column(String(20))
    stage: Mapped[str] = mapped_column(String(40))
    languages: Mapped[list[str]] = mapped_column(JSON)
    source_url: Mapped[str] = mapped_column(String(500))
    leads: Mapped[int] = mapped_column(default=1)
    """How many meetings the project's team takes at once."""
    published_at: Mapped[datetime | None]
    """None: a draft, which its own district alone sees."""
    withdrawn_at: Mapped[datetime | None]
    edits: Mapped[int] = mapped_column(default=0, server_default="0")
    """How often its hosts changed it here; from the first time on the catalogue's files no longer do."""

    district: Mapped[District] = relationship()
    chain: Mapped[Chain] = relationship()

    @hybrid_property
    def is_offered(self) -> bool:
        """Published and not withdrawn: it can be wanted and met."""
        return self.published_at is not None and self.withdrawn_at is None

    @is_offered.inplace.expression
    @classmethod
    def _is_offered(cls) -> ColumnElement[bool]:
        return cls.published_at.is_not(None) & cls.withdrawn_at.is_(None)


class Activity(Base):
    """A programme item. Times are moments in UTC; `basis_code` tells what of it is illustrative.

    `sequence` grows whenever a load changes what calendars show of it, last at `changed_at`.
    """

    __tablename__ = "activity"
    __table_args__ = (
        UniqueConstraint("edition_id", "code"),
        CheckConstraint("starts_at < ends_at", name="time_order"),
        CheckConstraint("capacity >= 0", name="capacity"),
        CheckConstraint("sequence >= 0", name="sequence"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    code: Mapped[str] = mapped_column(String(20))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("activity.id"))
    title_en: Mapped[str] = mapped_column(String(200))
    title_zh: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(40))
    district_id: Mapped[int | None] = mapped_column(ForeignKey("district.id"))
    venue_id: Mapped[int] = mapped_column(ForeignKey("venue.id"))
    chain_id: Mapped[int | None] = mapped_column(ForeignKey("chain.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    place_en: Mapped[str] = mapped_column(String(200))
    place_zh: Mapped[str] = mapped_column(String(200))
    capacity: Mapped[int]
    in_window: Mapped[bool]
    basis: Mapped[str] = mapped_column(Text)
    basis_code: Mapped[str] = mapped_column(String(20))
    source_url: Mapped[str] = mapped_column(String(500))
    sequence: Mapped[int] = mapped_column(default=0, server_default="0")
    changed_at: Mapped[datetime | None]

    parent: Mapped["Activity | None"] = relationship(remote_side=id)
    district: Mapped[District | None] = relationship()
    venue: Mapped[Venue] = relationship()
    chain: Mapped[Chain | None] = relationship()


class Partner(Base):
    """A global investment partner."""

    __tablename__ = "partner"
    __table_args__ = (UniqueConstraint("edition_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    code: Mapped[str] = mapped_column(String(20))
    name_en: Mapped[str] = mapped_column(String(200))
    name_zh: Mapped[str] = mapped_column(String(200))
    category: Mapped[str] = mapped_column(String(40))
    since_year: Mapped[int | None]
    source_url: Mapped[str] = mapped_column(String(500))
    note: Mapped[str] = mapped_column(Text, default="")


class Policy(Base):
    """A measure of city or district. `published_on`: the day before which nobody could know it; none: known."""

    __tablename__ = "policy"
    __table_args__ = (UniqueConstraint("edition_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    code: Mapped[str] = mapped_column(String(20))
    title_en: Mapped[str] = mapped_column(String(200))
    title_zh: Mapped[str] = mapped_column(String(200))
    area: Mapped[str] = mapped_column(String(40))
    summary_en: Mapped[str] = mapped_column(Text)
    summary_zh: Mapped[str] = mapped_column(Text)
    year: Mapped[int]
    published_on: Mapped[date | None]
    source_url: Mapped[str] = mapped_column(String(500))
