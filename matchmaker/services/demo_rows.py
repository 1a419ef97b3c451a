"""Writes the demonstration cohort: accounts, organisations, and what they want. Runs in the caller's transaction."""

import random
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import func, insert, select

from matchmaker.db import db
from matchmaker.domain.consent import Purpose
from matchmaker.domain.interest import Level, Target
from matchmaker.domain.roles import Role, Vetting
from matchmaker.domain.rules import Broken, RuleBroken
from matchmaker.models import (
    Account,
    ActivitySignup,
    Availability,
    Chain,
    Consent,
    Delegate,
    District,
    Edition,
    HostMark,
    Interest,
    Investor,
    InvestorChain,
    LeadAbsence,
    Project,
    Resource,
    ResourceKind,
    VettingDecision,
)
from matchmaker.services.cohort import InventedInvestor

ORGANISER = "organiser@example.org"
CHINESE_READERS = ("CN", "SG")
PASSWORD_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that look alike: people type these passwords from a terminal or a sheet of paper."""
PASSWORD_LENGTH = 16

_REASONS = {
    Vetting.REFUSED: "Its application names no investment that this conference could serve.",
    Vetting.WAITLISTED: "The places for its fields are taken; it moves up as soon as one is free.",
}


@dataclass(frozen=True, slots=True)
class Login:
    """How to sign in as somebody of the cohort. The password is stored nowhere in clear."""

    role: Role
    email: str
    password: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where rows go: the edition, the rows that catalogue codes stand for, the time, and how passwords are hashed."""

    edition: Edition
    chains: Mapping[str, Chain]
    projects: Mapping[str, Project]
    districts: Mapping[str, District]
    activities: Mapping[str, int]
    now: datetime
    hash_password: Callable[[str], str]


def check_addresses_free(addresses: Sequence[str]) -> None:
    """Raises RuleBroken(EMAIL_TAKEN): somebody else has one of the addresses."""
    taken = db.session.scalars(select(Account.email).where(func.lower(Account.email).in_(addresses))).first()
    if taken is not None:
        raise RuleBroken(Broken.EMAIL_TAKEN, "email", given=taken)


def host_address(district_code: str) -> str:
    return f"host-{district_code.lower()}@example.org"


def store_organiser(place: Place) -> tuple[Account, Login]:
    account = _account(place, Role.ORGANISER, ORGANISER, "Demonstration organiser", "en")
    return account, _let_in(place, account)


def store_hosts(place: Place, *, english: str) -> list[Login]:
    """One account for each district; the colleague of the district `english` reads English."""
    logins = []
    for code, district in place.districts.items():
        language = "en" if code == english else "zh_Hans_CN"
        account = _account(place, Role.HOST, host_address(code), f"Host in {district.name_en}", language)
        account.district = district
        account.spoken = ["zh", "en"] if code == english else ["zh"]
        logins.append(_let_in(place, account))
    return logins


def store_investors(place: Place, cohort: Sequence[InventedInvestor], *, organiser: Account) -> tuple[list[Investor], Login]:
    """All organisations with their accounts; the first one's account gets a password, the others cannot sign in."""
    investors = [_investor(place, invented, organiser) for invented in cohort]
    accounts = [_investor_account(place, *each) for each in zip(cohort, investors, strict=True)]
    login = _let_in(place, accounts[0])
    db.session.add_all(investors)
    db.session.flush()
    owners = [{"kind": ResourceKind.INVESTOR, "number": 1, "investor_id": investor.id} for investor in investors]
    db.session.execute(insert(Resource), owners)
    chains = [
        {"investor_id": investor.id, "chain_id": place.chains[code].id}
        for invented, investor in zip(cohort, investors, strict=True)
        for code in invented.chains
    ]
    db.session.execute(insert(InvestorChain), chains)
    return investors, login


def _account(place: Place, role: Role, email: str, name: str, language: str) -> Account:
    account = Account(
        role=role,
        email=email,
        name=name,
        language=language,
        active=True,
        demo=True,
        fs_uniquifier=uuid4().hex,
        calendar_token=secrets.token_urlsafe(24),
        created_at=place.now - timedelta(days=30),
        confirmed_at=place.now - timedelta(days=30),
    )
    db.session.add(account)
    return account


def _let_in(place: Place, account: Account) -> Login:
    password = "".join(secrets.choice(PASSWORD_LETTERS) for _ in range(PASSWORD_LENGTH))
    account.password = place.hash_password(password)
    return Login(account.role, account.email, password)


def _investor_account(place: Place, invented: InventedInvestor, investor: Investor) -> Account:
    language = "zh_Hans_CN" if invented.country.code in CHINESE_READERS else "en"
    account = _account(place, Role.INVESTOR, invented.email, f"Delegate 1 of investor {invented.number:03d}", language)
    account.investor, account.timezone = investor, invented.country.timezone
    return account


def _investor(place: Place, invented: InventedInvestor, organiser: Account) -> Investor:
    applied_at = place.now - timedelta(days=28, hours=invented.number % 96)
    investor = Investor(
        edition_id=place.edition.id,
        name=invented.name,
        country=invented.country.code,
        about=_about(place, invented),
        size_min=invented.sizes[0],
        size_max=invented.sizes[1],
        stages=list(invented.stages),
        languages=list(invented.languages),
        confidential=invented.confidential,
        shares_contact=invented.shares_contact,
        min_meetings=min(place.edition.default_min_meetings, invented.max_meetings),
        max_meetings=invented.max_meetings,
        max_per_day=invented.max_per_day,
        vetting=invented.vetting,
        applied_at=applied_at,
        demo=True,
    )
    for number, title in enumerate(invented.titles, start=1):
        language = invented.languages[(number - 1) % len(invented.languages)]
        name = f"Delegate {number} of investor {invented.number:03d}"
        investor.delegates.append(Delegate(name=name, title=title, language=language))
    agreed = {Purpose.MATCHING: True, Purpose.CONTACT: invented.shares_contact}
    investor.consents = [Consent(purpose=each, given=True, stated_at=applied_at) for each, given in agreed.items() if given]
    if invented.vetting is not Vetting.APPLIED:
        decision = VettingDecision(vetting=invented.vetting, decided_at=applied_at + timedelta(days=3), decided_by=organiser)
        decision.reason = _REASONS.get(invented.vetting, "")
        investor.decisions.append(decision)
    return investor


def _about(place: Place, invented: InventedInvestor) -> str:
    """Some words about it in both languages, a line for each; they say that it is invented."""
    chains = [place.chains[code] for code in invented.chains]
    return (
        f"虚构的投资机构，仅用于演示。关注领域：{'；'.join(chain.name_zh for chain in chains)}。\n"
        f"An invented investor, for demonstration only. Fields of interest: {'; '.join(chain.name_en for chain in chains)}."
    )


# -- what they want ----------------------------------------------------------------------------------------------------


def store_wishes(place: Place, cohort: Sequence[InventedInvestor], investors: Sequence[Investor]) -> None:
    """Interests, availability and programme items of everybody."""
    pairs = list(zip(cohort, investors, strict=True))
    _insert_wishes(place, pairs)
    slots = [{"investor_id": row.id, "slot_id": slot_id} for invented, row in pairs for slot_id in invented.slots]
    db.session.execute(insert(Availability), slots)
    attended = [
        {"investor_id": row.id, "activity_id": place.activities[code], "signed_up_at": place.now - timedelta(days=6)}
        for invented, row in pairs
        for code in invented.programme
    ]
    if attended:
        db.session.execute(insert(ActivitySignup), attended)


def _insert_wishes(place: Place, pairs: Sequence[tuple[InventedInvestor, Investor]]) -> None:
    owners: dict[Target, Mapping[str, Project | Chain | District]] = {
        Target.PROJECT: {**place.projects},
        Target.CHAIN: {**place.chains},
        Target.DISTRICT: {**place.districts},
    }
    nothing = {f"{target}_id": None for target in Target}
    rows = [
        nothing
        | {
            "investor_id": investor.id,
            "target": wish.target,
            f"{wish.target}_id": owners[wish.target][wish.code].id,
            "level": wish.level,
            "stated_at": place.now - timedelta(days=7, minutes=place_in_list),
        }
        for invented, investor in pairs
        for place_in_list, wish in enumerate(invented.wishes)
    ]
    if rows:
        db.session.execute(insert(Interest), rows)


def store_marks(place: Place, investors: Sequence[Investor], rng: random.Random) -> int:
    """Each host knows a few of the investors: it would like most of them, must meet one, and declines one in eight."""
    approved = [investor.id for investor in investors if investor.vetting is Vetting.APPROVED]
    rows = []
    for district in place.districts.values():
        known = rng.sample(approved, k=min(len(approved), rng.randint(4, 10)))
        for number, investor_id in enumerate(known):
            level = Level.MUST_MEET if number == 0 else Level.NO_THANKS if rng.random() < 0.12 else Level.WOULD_LIKE
            stated_at = place.now - timedelta(days=2)
            rows.append({"district_id": district.id, "investor_id": investor_id, "level": level, "stated_at": stated_at})
    if rows:
        db.session.execute(insert(HostMark), rows)
    return len(rows)


def store_absences(place: Place, absences: Mapping[str, Sequence[int]]) -> None:
    rows = [
        {"project_id": place.projects[code].id, "slot_id": slot_id} for code, slot_ids in absences.items() for slot_id in slot_ids
    ]
    if rows:
        db.session.execute(insert(LeadAbsence), rows)
