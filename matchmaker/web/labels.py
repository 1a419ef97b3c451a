"""The catalogue's own words (kinds, stages, areas, bases, languages) in the reader's language, as templates ask for them."""

import re
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from flask import Flask
from flask_babel import gettext

from matchmaker.domain.calendar import Half
from matchmaker.domain.catalogue import (
    ActivityKind,
    Basis,
    DayKind,
    DistrictKind,
    OpportunityBasis,
    PartnerCategory,
    PolicyArea,
    ProjectKind,
    SessionMark,
    Stage,
)
from matchmaker.i18n import day_in_sentence, is_chinese, local, short_day_words, size_words
from matchmaker.models import EditionDay, Project, Venue
from matchmaker.phrases import N_, phrase, words
from matchmaker.services.offering import PROJECT_TEXTS

_FAMILIES: dict[str, type[StrEnum]] = {
    "project_kind": ProjectKind,
    "stage": Stage,
    "opportunity_basis": OpportunityBasis,
    "basis": Basis,
    "district_kind": DistrictKind,
    "session": SessionMark,
    "activity_kind": ActivityKind,
    "partner_category": PartnerCategory,
    "policy_area": PolicyArea,
    "day_kind": DayKind,
}

_SIZE_BASES = {
    "reported ceiling": N_("The source gives the upper end."),
    "host": N_("What the district says."),
    "reported scale over US$1bn": N_("The source speaks of more than one billion US dollars."),
}
_DAY_NOTES = {"main conference day": N_("Main conference"), "Qingming holiday": N_("Qingming holiday")}


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update(
        label=label,
        local_list=local_list,
        capital_first=capital_first,
        size_range=size_range,
        short_place=short_place,
        size_basis_words=size_basis_words,
        day_label=day_label,
        day_in_sentence=day_in_sentence,
        local_day=local_day,
        reported_words=reported_words,
        lacking=lacking,
        untranslated=untranslated,
    )


def label(word: str, family: str) -> str:
    """A word of the catalogue for the reader: `project.stage|label('stage')`."""
    return words(word, _FAMILIES[family])


def local_list(thing: object, field: str) -> list[str]:
    """A list of a catalogue row in the reader's language: `release|local_list('parks')`."""
    texts: list[str] = getattr(thing, f"{field}_{'zh' if is_chinese() else 'en'}")
    return texts


def capital_first(text: str) -> str:
    """A text as it begins a line; names within keep their letters, and what is escaped stays so."""
    return text[:1].upper() + text[1:]


def short_place(venue: Venue) -> str:
    """What people call the place of a venue: Pudong · 浦东; the venue of no district is the main hall."""
    if venue.district is None:
        return str(gettext("Main hall"))
    return re.sub(" (New Area|Special Area|District)$|(?<=..)(新片区|新区|区)$", "", local(venue.district))


def size_range(sizes: tuple[int, int]) -> str:
    return size_words(*sizes)


def size_basis_words(basis: str) -> str:
    """What the source of a project says about its size."""
    return gettext(_SIZE_BASES[basis]) if basis in _SIZE_BASES else basis


def lacking(project: Project) -> list[str]:
    """The languages, by code, in which a text of the project is missing."""
    return [code for code in ("en", "zh") if not all(getattr(project, f"{name}_{code}") for name in PROJECT_TEXTS)]


def untranslated(project: Project) -> bool:
    """Whether the reader gets a text of the project in the other language."""
    return ("zh" if is_chinese() else "en") in lacking(project)


def day_label(day: EditionDay) -> str:
    """What is special about a day: its note where we have words for it, else its kind."""
    return gettext(_DAY_NOTES[day.note]) if day.note in _DAY_NOTES else label(day.kind, "day_kind")


def half_day_head(day: date, half: Half) -> str:
    """A half-day at the head of what is about it: Mon 1 Apr, morning · 4月1日 周一 上午."""
    return str(gettext("%(day)s, %(half)s", day=short_day_words(day), half=phrase(half).lower()))


def reported_words(project: Project) -> str:
    """What of a project its source says; a size that the district changed is no longer in it."""
    if project.opportunity_basis == OpportunityBasis.REPORTED and project.size_basis == OpportunityBasis.HOST:
        return str(gettext("The source describes the plan; the size is what the district says."))
    return label(project.opportunity_basis, "opportunity_basis")


def local_day(moment: datetime, zone: str = "Asia/Shanghai") -> str:
    """The day of a moment in a zone: Mon 1 Apr · 4月1日 周一"""
    return short_day_words(moment.astimezone(ZoneInfo(zone)).date())
