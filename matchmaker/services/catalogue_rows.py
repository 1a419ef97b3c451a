"""The shape of one row of each catalogue file, and of `event.yaml`: lengths as the columns, codes, dates and links."""

import re
from datetime import date, datetime, time
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from matchmaker.domain.catalogue import (
    ILLUSTRATIVE,
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
from matchmaker.services.languages import is_language

# -- values --------------------------------------------------------------------------------------------------------------


def _printable(text: str) -> str:
    if any(ord(character) < 32 or ord(character) == 127 for character in text):
        raise ValueError("Line breaks, tabs and control characters are not allowed here.")
    return text


def _code(text: str) -> str:
    if not re.fullmatch(r"[A-Z0-9]+(-[A-Z0-9]+)*", text):
        raise ValueError("A code consists of capital letters, digits and hyphens.")
    return text


def _division(text: str) -> str:
    if not re.fullmatch(r"\d{6}", text, re.ASCII):
        raise ValueError("A division code has six digits.")
    return text


def _link(text: str) -> str:
    if text == ILLUSTRATIVE:
        return text
    try:
        parts = urlsplit(text)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in text
    except ValueError:
        sound = False
    if not sound:
        raise ValueError("This must be a web address (http:// or https://), or the word illustrative.")
    return text


def _language(text: str) -> str:
    if not is_language(text):
        raise ValueError("This must be a language code of two letters (ISO 639-1), such as en.")
    return text


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("This must be a time zone, such as Asia/Shanghai.") from None
    return text


def _day(text: Any) -> Any:
    if not isinstance(text, str):
        return text
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        raise ValueError("This must be a date such as 2024-04-01.")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("This date does not exist.") from None


def _month_or_day(text: Any) -> Any:
    """A month counts from its first day."""
    is_month = isinstance(text, str) and re.fullmatch(r"\d{4}-\d{2}", text, re.ASCII)
    return _day(f"{text}-01" if is_month else text)


def _clock(text: Any) -> Any:
    if not isinstance(text, str):
        return text
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text, re.ASCII):
        raise ValueError("This must be a time of day such as 09:30.")
    return time.fromisoformat(text)


def _moment(text: Any) -> Any:
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        moment = None
    if moment is None or moment.tzinfo is None:
        raise ValueError("This must be a moment with its offset, such as 2024-03-22T20:00:00+08:00.")
    return moment


def _whole(text: Any) -> Any:
    if isinstance(text, str) and not re.fullmatch(r"\d{1,12}", text, re.ASCII):
        raise ValueError("This must be a whole number, digits only.")
    return text


def _yes(text: Any) -> Any:
    if text not in ("yes", "no"):
        raise ValueError("This must be yes or no.")
    return text == "yes"


def _split(text: Any) -> Any:
    return text.split(";") if isinstance(text, str) else text


def _distinct(values: list[str]) -> list[str]:
    if len(set(values)) < len(values):
        raise ValueError("A value is named twice.")
    return values


def _empty_is_none(text: Any) -> Any:
    return None if text == "" else text


_PRINTABLE = AfterValidator(_printable)
_EMPTY_IS_NONE = BeforeValidator(_empty_is_none)

Text40 = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40), _PRINTABLE]
Text60 = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60), _PRINTABLE]
Text120 = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120), _PRINTABLE]
Text200 = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), _PRINTABLE]
Text2000 = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000), _PRINTABLE]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000), _PRINTABLE]
ShortNote = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), _PRINTABLE]
Code10 = Annotated[str, Field(max_length=10), AfterValidator(_code)]
Code20 = Annotated[str, Field(max_length=20), AfterValidator(_code)]
MaybeCode10 = Annotated[Code10 | None, _EMPTY_IS_NONE]
MaybeCode20 = Annotated[Code20 | None, _EMPTY_IS_NONE]
MaybeDivision = Annotated[Annotated[str, AfterValidator(_division)] | None, _EMPTY_IS_NONE]
Link = Annotated[str, Field(max_length=500), AfterValidator(_link)]
MaybeLink = Annotated[Link | None, _EMPTY_IS_NONE]
Language = Annotated[str, AfterValidator(_language)]
Day = Annotated[date, BeforeValidator(_day)]
MaybePublished = Annotated[date | None, BeforeValidator(_month_or_day), _EMPTY_IS_NONE]
Clock = Annotated[time, BeforeValidator(_clock)]
Moment = Annotated[datetime, BeforeValidator(_moment)]
YesNo = Annotated[bool, BeforeValidator(_yes)]
Names = Annotated[list[Text120], BeforeValidator(_split), Field(min_length=1, max_length=20)]
Languages = Annotated[list[Language], BeforeValidator(_split), Field(min_length=1, max_length=20), AfterValidator(_distinct)]
Whole = Annotated[int, BeforeValidator(_whole)]
Year = Annotated[Whole, Field(ge=1990, le=2100)]
MaybeYear = Annotated[Year | None, _EMPTY_IS_NONE]
Minutes = Annotated[Whole, Field(le=1440)]
Million = Annotated[Whole, Field(le=10_000_000)]
People = Annotated[Whole, Field(le=1_000_000)]
Tables = Annotated[Whole, Field(le=500)]
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]


class Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


# -- the CSV files -------------------------------------------------------------------------------------------------------


class DistrictRow(Row):
    code: Code10
    name_en: Text120
    name_zh: Text120
    gb_code: MaybeDivision
    kind: DistrictKind
    parent_code: MaybeCode10
    venue_en: Text200
    venue_zh: Text200
    latitude: Latitude
    longitude: Longitude
    leading_industries_en: Names
    leading_industries_zh: Names
    source_url: Link
    note: Note


class ChainRow(Row):
    """`track` and `special_session` have the year of the edition behind their names in the file."""

    code: Code20
    parent_code: MaybeCode20
    name_en: Text200
    name_zh: Text200
    level: Annotated[Whole, Field(le=3)]
    track: YesNo
    special_session: Annotated[SessionMark | None, _EMPTY_IS_NONE]
    source_url: Link
    note: Note


class ReleaseRow(Row):
    chain_code: Code20
    plan_en: Text2000
    plan_zh: Text2000
    policy_en: Text2000
    policy_zh: Text2000
    fund_en: Text2000
    fund_zh: Text2000
    leader_en: Names
    leader_zh: Names
    parks: Names
    parks_zh: Names
    basis: Text2000
    basis_code: Basis
    source_url: MaybeLink


class ProjectRow(Row):
    code: Code20
    title_en: Text200
    title_zh: Text200
    district_code: Code10
    chain_code: Code20
    park_en: Text200
    park_zh: Text200
    summary_en: Text2000
    summary_zh: Text2000
    kind: ProjectKind
    size_min_mcny: Million
    size_max_mcny: Million
    size_basis: Text60
    opportunity_basis: OpportunityBasis
    stage: Stage
    languages: Languages
    source_url: Link


class ActivityRow(Row):
    code: Code20
    parent_code: MaybeCode20
    title_en: Text200
    title_zh: Text200
    kind: ActivityKind
    district_code: MaybeCode10
    venue_district_code: Code10
    chain_code: MaybeCode20
    date: Day
    start: Clock
    end: Clock
    venue_en: Text200
    venue_zh: Text200
    capacity: People
    in_event_window: YesNo
    basis: Text2000
    basis_code: Basis
    source_url: Link


class PartnerRow(Row):
    code: Code20
    name: Text200
    name_zh: Text200
    category: Text40
    category_code: PartnerCategory
    edition_year: MaybeYear
    source_url: Link
    note: Note


class PolicyRow(Row):
    code: Code20
    title_en: Text200
    title_zh: Text200
    area: PolicyArea
    summary_en: Text2000
    summary_zh: Text2000
    year: Year
    published: MaybePublished
    source_url: Link


class TravelRow(Row):
    from_code: Code10
    to_code: Code10
    minutes: Minutes
    how: Text60


# -- event.yaml ----------------------------------------------------------------------------------------------------------


class ClockSetting(Row):
    demo_now: Moment


class MainVenue(Row):
    code: Code10
    name_en: Text200
    name_zh: Text200
    district_code: Code10
    travel_as: Code10
    minutes_to_hk: Minutes = 0
    tables: Tables
    latitude: Latitude
    longitude: Longitude


class OpeningHours(Row):
    start: Clock
    end: Clock
    lunch_start: Clock
    lunch_end: Clock


class SlotSettings(Row):
    grid_minutes: Annotated[Whole, Field(ge=10, le=240)]
    default_meeting_minutes: Minutes = 30
    roundtable_minutes: Minutes = 60
    site_visit_minutes: Minutes = 120
    buffer_minutes: Literal[0, "0"] = 0
    max_meetings_per_delegation_per_day: Annotated[Whole, Field(ge=1, le=100)] = 5


class Defaults(Row):
    min_meetings: Annotated[Whole, Field(le=100)]
    max_meetings: Annotated[Whole, Field(ge=1, le=100)]
    max_per_day: Annotated[Whole, Field(ge=1, le=100)]
    must_meet_limit: Annotated[Whole, Field(le=100)]


class Interpreters(Row):
    paired_with: Language
    per_half_day: dict[Language, Tables]
    each_other_language: Tables


class Blocked(Row):
    date: Day
    start: Clock
    end: Clock
    reason: Text200


class DayRow(Row):
    date: Day
    weekday: Text40
    working: bool
    kind: DayKind
    note: ShortNote = ""


class Event(Row):
    code: Annotated[str, Field(max_length=40), AfterValidator(_code)]
    name_en: Text200
    name_zh: Text200
    theme_en: Text200
    theme_zh: Text200
    edition_year: Year
    edition_number: Annotated[Whole, Field(ge=1, le=1000)] = 1
    timezone: Annotated[Text60, AfterValidator(_zone)]
    main_conference_date: Day
    start_date: Day
    end_date: Day
    clock: ClockSetting | None = None
    main_venue: MainVenue
    languages: list[Language] = []
    currency: Literal["CNY"] = "CNY"
    opening_hours: OpeningHours
    slots: SlotSettings
    defaults: Defaults
    answer_deadline_hours: Annotated[Whole, Field(ge=1, le=240)]
    tables: dict[Code10, Tables]
    interpreters: Interpreters
    weekend_days: list[Text40] = []
    blocked: list[Blocked] = []
    sources: dict[Text60, Link]
    days: list[DayRow]
    working_day_count: Whole
    meeting_days: list[Day]
    illustrative: list[Text60] = []
