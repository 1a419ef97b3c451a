"""What the columns of the database get from the rows of a catalogue."""

from typing import Any

import pycountry

from matchmaker.services.catalogue_rows import (
    ActivityRow,
    ChainRow,
    DayRow,
    DistrictRow,
    Event,
    PartnerRow,
    PolicyRow,
    ProjectRow,
    ReleaseRow,
)

Values = dict[str, Any]

PENALTIES = {"shortfall": 2000, "drop": 1500, "move": 400, "idle_slot": 5, "idle_period": 0}
"""Prices of the objective that a new edition begins with."""


def edition_values(event: Event) -> Values:
    return {
        "code": event.code,
        "year": event.edition_year,
        "name_en": event.name_en,
        "name_zh": event.name_zh,
        "theme_en": event.theme_en,
        "theme_zh": event.theme_zh,
        "timezone": event.timezone,
        "main_conference_date": event.main_conference_date,
        "start_date": event.start_date,
        "end_date": event.end_date,
        "grid_minutes": event.slots.grid_minutes,
        "answer_deadline_hours": event.answer_deadline_hours,
        "must_meet_limit": event.defaults.must_meet_limit,
        "default_min_meetings": event.defaults.min_meetings,
        "default_max_meetings": event.defaults.max_meetings,
        "default_max_per_day": event.defaults.max_per_day,
        "interpreters_paired_with": event.interpreters.paired_with,
        "illustrative": event.illustrative,
        "sources": event.sources,
    }


def first_values(event: Event) -> Values:
    """What only a new edition gets from the file: people change it afterwards."""
    rehearsal = event.clock is not None  # a clock that stands: nobody is there to review a night
    return {
        "clock_at": event.clock.demo_now if event.clock else None,
        "publishes_at_once": rehearsal,
        "penalties": PENALTIES,
        "weights": {},
    }


def day_values(day: DayRow, event: Event) -> Values:
    has_meetings = day.date in event.meeting_days
    return {"day": day.date, "working": day.working, "has_meetings": has_meetings, "kind": str(day.kind), "note": day.note}


def interpreters_of(event: Event) -> dict[str, int]:
    """How many interpreters there are of every language; one that the file does not list has as many as `each_other_language`."""
    pools = event.interpreters
    languages = sorted(language.alpha_2 for language in pycountry.languages if hasattr(language, "alpha_2"))
    return {code: pools.per_half_day.get(code, pools.each_other_language) for code in languages if code != pools.paired_with}


def main_venue_values(event: Event) -> Values:
    hall = event.main_venue
    return {
        "code": hall.code,
        "name_en": hall.name_en,
        "name_zh": hall.name_zh,
        "latitude": hall.latitude,
        "longitude": hall.longitude,
        "tables": hall.tables,
    }


def venue_values(row: DistrictRow, event: Event) -> Values:
    return {
        "code": row.code,
        "name_en": row.venue_en,
        "name_zh": row.venue_zh,
        "latitude": row.latitude,
        "longitude": row.longitude,
        "tables": event.tables.get(row.code, 0),
    }


def district_values(row: DistrictRow) -> Values:
    return {
        "code": row.code,
        "name_en": row.name_en,
        "name_zh": row.name_zh,
        "gb_code": row.gb_code,
        "kind": str(row.kind),
        "industries_en": row.leading_industries_en,
        "industries_zh": row.leading_industries_zh,
        "source_url": row.source_url,
        "note": row.note,
    }


def chain_values(row: ChainRow) -> Values:
    return {
        "code": row.code,
        "name_en": row.name_en,
        "name_zh": row.name_zh,
        "level": row.level,
        "released": row.track,
        "special_session": str(row.special_session) if row.special_session else None,
        "source_url": row.source_url,
        "note": row.note,
    }


def release_values(row: ReleaseRow) -> Values:
    return {
        "plan_en": row.plan_en,
        "plan_zh": row.plan_zh,
        "policy_en": row.policy_en,
        "policy_zh": row.policy_zh,
        "fund_en": row.fund_en,
        "fund_zh": row.fund_zh,
        "leaders_en": row.leader_en,
        "leaders_zh": row.leader_zh,
        "parks_en": row.parks,
        "parks_zh": row.parks_zh,
        "basis": row.basis,
        "basis_code": str(row.basis_code),
        "source_url": row.source_url,
    }


def project_values(row: ProjectRow) -> Values:
    return {
        "code": row.code,
        "title_en": row.title_en,
        "title_zh": row.title_zh,
        "park_en": row.park_en,
        "park_zh": row.park_zh,
        "summary_en": row.summary_en,
        "summary_zh": row.summary_zh,
        "kind": str(row.kind),
        "size_min": row.size_min_mcny,
        "size_max": row.size_max_mcny,
        "size_basis": row.size_basis,
        "opportunity_basis": str(row.opportunity_basis),
        "stage": str(row.stage),
        "languages": row.languages,
        "source_url": row.source_url,
        "withdrawn_at": None,
    }


def activity_values(row: ActivityRow) -> Values:
    return {
        "code": row.code,
        "title_en": row.title_en,
        "title_zh": row.title_zh,
        "kind": str(row.kind),
        "place_en": row.venue_en,
        "place_zh": row.venue_zh,
        "capacity": row.capacity,
        "in_window": row.in_event_window,
        "basis": row.basis,
        "basis_code": str(row.basis_code),
        "source_url": row.source_url,
    }


def partner_values(row: PartnerRow) -> Values:
    return {
        "code": row.code,
        "name_en": row.name,
        "name_zh": row.name_zh,
        "category": str(row.category_code),
        "since_year": row.edition_year,
        "source_url": row.source_url,
        "note": row.note,
    }


def policy_values(row: PolicyRow) -> Values:
    return {
        "code": row.code,
        "title_en": row.title_en,
        "title_zh": row.title_zh,
        "area": str(row.area),
        "summary_en": row.summary_en,
        "summary_zh": row.summary_zh,
        "year": row.year,
        "published_on": row.published,
        "source_url": row.source_url,
    }
