"""Investors, accounts, and what they say they want, to test with."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from matchmaker.domain.interest import Level, Target
from matchmaker.domain.roles import Role, Vetting
from matchmaker.models import (
    Account,
    Activity,
    ActivitySignup,
    Availability,
    Chain,
    ColleagueAbsence,
    District,
    Edition,
    HostMark,
    Interest,
    Investor,
    Joining,
    LeadAbsence,
    Project,
    ResourceKind,
    Slot,
)
from tests.builders.base import (
    NOW,
    count,
    get_chain,
    resources_of,
    save,
)


def make_investor(
    edition: Edition,
    *,
    name: str | None = None,
    country: str = "DE",
    chains: Iterable[str] = ("FI-ROB",),
    languages: Sequence[str] = ("en",),
    vetting: Vetting = Vetting.APPROVED,
    available: Iterable[Slot] | None = None,
    **fields: Any,
) -> Investor:
    """An approved organisation without an account, in town for the whole edition unless `available` says otherwise."""
    number = count(Investor) + 1
    values: dict[str, Any] = {
        "size_min": 100,
        "size_max": 400,
        "stages": ["pilot"],
        "min_meetings": 0,
        "max_meetings": edition.default_max_meetings,
        "max_per_day": edition.default_max_per_day,
        "applied_at": NOW - timedelta(days=10),
    }
    investor = Investor(
        edition_id=edition.id,
        name=name or f"Investor {number:03d}",
        country=country,
        languages=list(languages),
        vetting=vetting,
        **(values | fields),
    )
    investor.chains.extend(get_chain(edition.id, code) for code in chains)
    save(investor)
    save(*resources_of(ResourceKind.INVESTOR, 1, investor_id=investor.id))
    make_availability(investor, edition.slots if available is None else available)
    return investor


def make_account(
    role: Role,
    *,
    email: str | None = None,
    name: str | None = None,
    investor: Investor | None = None,
    district: District | None = None,
    **fields: Any,
) -> Account:
    """A confirmed account without a password; tests come in with sign_in."""
    number = count(Account) + 1
    values: dict[str, Any] = {
        "active": True,
        "confirmed_at": NOW - timedelta(days=9),
        "created_at": NOW - timedelta(days=10),
        "language": "en",
        "fs_uniquifier": f"uniquifier-{number}",
        "calendar_token": f"calendar-token-{number}",
    }
    account = Account(
        role=role,
        email=email or f"person{number}@example.org",
        name=name or f"Person {number}",
        investor=investor,
        district=district,
        **(values | fields),
    )
    save(account)
    return account


def make_joining(asked_by: Account, email: str = "colleague@example.org", **fields: Any) -> Joining:
    """A colleague of the investor who was asked to join and has not yet."""
    values: dict[str, Any] = {"language": "en", "asked_at": NOW - timedelta(days=1)}
    joining = Joining(investor_id=asked_by.investor_id, asked_by_id=asked_by.id, email=email, **(values | fields))
    save(joining)
    return joining


def make_availability(investor: Investor, slots: Iterable[Slot]) -> None:
    """Add slots in which the investor can meet."""
    save(*(Availability(investor_id=investor.id, slot_id=slot.id) for slot in slots))


def make_lead_absence(project: Project, *slots: Slot) -> None:
    save(*(LeadAbsence(project_id=project.id, slot_id=slot.id) for slot in slots))


def make_colleague_absence(colleague: Account, *slots: Slot) -> None:
    save(*(ColleagueAbsence(account_id=colleague.id, slot_id=slot.id) for slot in slots))


def make_interest(investor: Investor, target: Project | Chain | District, level: Level = Level.WOULD_LIKE) -> Interest:
    kind = {Project: Target.PROJECT, Chain: Target.CHAIN, District: Target.DISTRICT}[type(target)]
    interest = Interest(
        investor_id=investor.id, target=kind, level=level, stated_at=NOW - timedelta(days=5), **{f"{kind}_id": target.id}
    )
    save(interest)
    return interest


def make_mark(district: District, investor: Investor, level: Level = Level.WOULD_LIKE) -> HostMark:
    mark = HostMark(district_id=district.id, investor_id=investor.id, level=level, stated_at=NOW - timedelta(days=4))
    save(mark)
    return mark


def make_signup(investor: Investor, activity: Activity) -> ActivitySignup:
    signup = ActivitySignup(investor_id=investor.id, activity_id=activity.id, signed_up_at=NOW - timedelta(days=3))
    save(signup)
    return signup
