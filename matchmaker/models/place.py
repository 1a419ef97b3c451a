"""Where meetings are: districts, their venues, the way between venues, and interpreters."""

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.base import Base


class District(Base):
    """One of the sixteen districts, or a sub-area with hosts of its own."""

    __tablename__ = "district"
    __table_args__ = (UniqueConstraint("edition_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    code: Mapped[str] = mapped_column(String(10))
    name_en: Mapped[str] = mapped_column(String(120))
    name_zh: Mapped[str] = mapped_column(String(120))
    gb_code: Mapped[str | None] = mapped_column(String(6))
    kind: Mapped[str] = mapped_column(String(20))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("district.id"))
    industries_en: Mapped[list[str]] = mapped_column(JSON)
    industries_zh: Mapped[list[str]] = mapped_column(JSON)
    source_url: Mapped[str] = mapped_column(String(500))
    note: Mapped[str] = mapped_column(Text, default="")

    parent: Mapped["District | None"] = relationship(remote_side=id)
    venue: Mapped["Venue"] = relationship(back_populates="district", uselist=False)


class Venue(Base):
    """A place with tables. A district has one; the main hall belongs to none."""

    __tablename__ = "venue"
    __table_args__ = (
        UniqueConstraint("edition_id", "code"),
        UniqueConstraint("district_id"),
        CheckConstraint("tables >= 0", name="tables"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    code: Mapped[str] = mapped_column(String(10))
    district_id: Mapped[int | None] = mapped_column(ForeignKey("district.id"))
    name_en: Mapped[str] = mapped_column(String(200))
    name_zh: Mapped[str] = mapped_column(String(200))
    latitude: Mapped[float]
    longitude: Mapped[float]
    tables: Mapped[int]

    district: Mapped[District | None] = relationship(back_populates="venue")


class TravelTime(Base):
    """Minutes from one venue to another, and how they were found."""

    __tablename__ = "travel_time"
    __table_args__ = (CheckConstraint("minutes >= 0", name="minutes"),)

    origin_id: Mapped[int] = mapped_column(ForeignKey("venue.id"), primary_key=True)
    destination_id: Mapped[int] = mapped_column(ForeignKey("venue.id"), primary_key=True)
    minutes: Mapped[int]
    how: Mapped[str] = mapped_column(String(60))


class InterpreterPool(Base):
    """The interpreters of one language, paired with the edition's own: so many in every half-day, city-wide."""

    __tablename__ = "interpreter_pool"
    __table_args__ = (UniqueConstraint("edition_id", "language"), CheckConstraint("capacity >= 0", name="capacity"))

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    language: Mapped[str] = mapped_column(String(8))
    capacity: Mapped[int]
