"""The words that the catalogue uses for kinds, stages, bases and areas, as its files write them."""

from enum import StrEnum

from matchmaker.domain.rules import Broken, RuleBroken

ILLUSTRATIVE = "illustrative"
"""What the files say, in many places, of what is invented."""


class ProjectKind(StrEnum):
    GREENFIELD = "greenfield"
    SUPPLY_CHAIN = "supply-chain"
    JOINT_LAB = "joint lab"
    RESEARCH_CENTRE = "R&D centre"
    REGIONAL_HQ = "regional HQ"
    EQUITY = "equity"
    LAND = "land"


class Stage(StrEnum):
    SITE_READY = "site-ready"
    PLANNING = "planning"
    CONSTRUCTION = "construction"
    PILOT = "pilot"
    EXPANSION = "expansion"
    FUND_RAISING = "fund-raising"


class OpportunityBasis(StrEnum):
    """Anchored: the place or industry has a source, the opportunity itself is invented. Host: its district says so."""

    REPORTED = "reported"
    ANCHORED = "anchored"
    ILLUSTRATIVE = ILLUSTRATIVE
    HOST = "host"


class Basis(StrEnum):
    REPORTED = "reported"
    PARTLY_REPORTED = "partly reported"
    ILLUSTRATIVE = ILLUSTRATIVE


class DistrictKind(StrEnum):
    DISTRICT = "district"
    SUB_AREA = "sub_area"


class SessionMark(StrEnum):
    """How sure it is that an area is in the special session."""

    CONFIRMED = "confirmed"
    PROBABLE = "probable"
    CANDIDATE = "candidate"


class ActivityKind(StrEnum):
    MAIN_CONFERENCE = "main_conference"
    PARTNER_RELEASE = "partner_release"
    CHAIN_RELEASE = "chain_release"
    POLICY_RELEASE = "policy_release"
    SIGNING = "signing"
    SPECIAL_SESSION = "special_session"
    DISTRICT_PROMOTION = "district_promotion"
    SITE_VISIT = "site_visit"
    ROUNDTABLE = "roundtable"
    MATCHMAKING = "matchmaking"


class PartnerCategory(StrEnum):
    MULTINATIONAL = "multinational"
    CONSULTING_FIRM = "consulting_firm"
    BUSINESS_ASSOCIATION = "business_association"
    FINANCIAL_INSTITUTION = "financial_institution"


class PolicyArea(StrEnum):
    FUNDS = "funds"
    CREDIT = "credit"
    COSTS = "industrial cost reduction"
    LAND = "land"
    SERVICE = "service"
    TALENT = "talent"


class DayKind(StrEnum):
    WORKING_DAY = "working_day"
    MAKEUP_WORKING_DAY = "makeup_working_day"
    WEEKEND = "weekend"
    PUBLIC_HOLIDAY = "public_holiday"


def check_sizes(low: int | None, high: int | None, *, most: int, field: str = "size_max") -> None:
    """Both ends of a size, in million yuan and in order. Raises RuleBroken(SIZE_CONTRADICTS), with both where both are given."""
    if low is None or high is None or not 0 <= low <= high <= most:
        facts = {"low_million": low, "high_million": high} if low and high and low > high else {}
        raise RuleBroken(Broken.SIZE_CONTRADICTS, field, **facts)
