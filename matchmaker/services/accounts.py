"""Accounts: signing up, making them by hand, confirming the address, and what a person changes about itself."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from flask_security import hash_password
from flask_security.proxies import _security
from sqlalchemy import delete, func, select
from sqlalchemy.orm import joinedload

from matchmaker.db import db, transaction
from matchmaker.domain.consent import NEEDED
from matchmaker.domain.passwords import check_password
from matchmaker.domain.roles import ACCOUNT_ROLES, Role, Vetting
from matchmaker.domain.rules import Broken, RuleBroken
from matchmaker.domain.texts import one_line
from matchmaker.models import (
    Account,
    Availability,
    Delegate,
    District,
    Edition,
    Interest,
    Investor,
    Joining,
    Meeting,
    Notice,
    Resource,
    ResourceKind,
)
from matchmaker.services.actors import Missing
from matchmaker.services.consents import record_consents
from matchmaker.services.contacts import checked_email
from matchmaker.services.editions import get_edition
from matchmaker.services.investors import Profile, check_profile, write_profile
from matchmaker.services.notices import add_notice, is_unsent
from matchmaker.services.versions import require_version
from matchmaker.services.zones import is_zone, usual_zone

LONGEST_NAME = 120
LANGUAGES = ("en", "zh_Hans_CN")


@dataclass(frozen=True, slots=True)
class Application:
    """What a visitor fills in to sign up: about the organisation, and about the person who will sign in."""

    profile: Profile
    person: str
    email: str
    password: str
    language: str
    title: str = ""
    agrees: bool = False
    """That its data is used to find meetings: without it there is no application."""


@dataclass(frozen=True, slots=True)
class Created:
    """A new account, and its password in clear: to be told once, it is stored nowhere."""

    account: Account
    password: str


def sign_up_investor(application: Application, *, edition: Edition, now: datetime) -> Account | None:
    """Take an application: organisation, account, the person as first delegate, and the mail that asks to confirm.

    Until the address is confirmed a newer application takes the place of the earlier one, whose links end. Where the address
    is known beyond that nothing is stored and None comes back: its owner gets a notice, and the visitor must not learn of
    any of it. Raises RuleBroken on the field that is wrong.
    """
    email, hashed = _checked_application(application)
    try:
        return _store_application(application, email, hashed, edition, now=now)
    except RuleBroken as broken:
        if broken.code is not Broken.SOMEBODY_WAS_QUICKER:
            raise
        return _store_application(application, email, hashed, edition, now=now)  # sent twice at once: it finds the first


def _store_application(application: Application, email: str, hashed: str, edition: Edition, *, now: datetime) -> Account | None:
    with transaction():
        known = _lock_account(email)
        if known is not None and not _waits_for_its_owner(known):
            _tell_owner(known, now=now)
            return None
        account = known or _new_account(Role.INVESTOR, email, application.person, application.language, hashed, now=now)
        account.investor = investor = account.investor or Investor()
        _write_application(account, investor, application, hashed, edition, now=now)
        db.session.add_all([investor, account])
        db.session.flush()
        if known is None:
            db.session.add(Resource(kind=ResourceKind.INVESTOR, number=1, investor_id=investor.id))
        record_consents(investor.id, application.profile.agreed_to | NEEDED, by=account.id, again=True, now=now)
        _send_link_to_confirm(account, now=now)
        return account


def _lock_account(email: str) -> Account | None:
    """An account with its organisation, which is locked first as everywhere."""
    known = find_account(email)
    if known is None:
        return None
    if known.investor_id is not None:
        db.session.get(Investor, known.investor_id, with_for_update=True, populate_existing=True)
    return db.session.get_one(Account, known.id, with_for_update=True, populate_existing=True)


def _waits_for_its_owner(account: Account) -> bool:
    """Whether it is only what somebody typed: nobody confirmed the address, and nobody has done anything with it."""
    investor = account.investor
    if account.confirmed_at is not None or not account.active or account.demo or investor is None:
        return False
    if investor.vetting is not Vetting.APPLIED or investor.decisions or investor.accounts != [account]:
        return False
    left = (
        select(kind.investor_id).where(kind.investor_id == investor.id) for kind in (Interest, Meeting, Joining, Availability)
    )
    return not any(db.session.execute(each.limit(1)).first() for each in left)


def _write_application(
    account: Account, investor: Investor, application: Application, hashed: str, edition: Edition, *, now: datetime
) -> None:
    """Everything that it says, in the place of what was said before; the links that were mailed before end."""
    investor.edition_id, investor.applied_at = edition.id, now
    investor.min_meetings, investor.max_meetings = edition.default_min_meetings, edition.default_max_meetings
    investor.max_per_day = edition.default_max_per_day
    write_profile(investor, application.profile)
    language = application.profile.languages[0]
    investor.delegates = [Delegate(name=one_line(application.person), title=one_line(application.title), language=language)]
    account.name, account.language, account.password = one_line(application.person), application.language, hashed
    account.timezone, account.fs_uniquifier = usual_zone(investor.country), uuid4().hex


def _send_link_to_confirm(account: Account, *, now: datetime) -> None:
    """In the place of one that nobody has begun to send: what is being sent now holds a link that has just ended."""
    waiting = (Notice.account_id == account.id, Notice.kind == "confirm_address", Notice.sent_at.is_(None))
    db.session.execute(delete(Notice).where(*waiting, Notice.attempts == 0))
    add_notice(account.id, "confirm_address", {}, now=now)


def join_investor(joining_id: int, name: str, password: str, *, now: datetime) -> Account:
    """A colleague who was asked makes its account: of the same investor, with the same rights, its address confirmed.

    Raises Missing, or RuleBroken: EMPTY, TOO_LONG, what the password lacks, SOMEBODY_WAS_QUICKER where it has joined already,
    or EMAIL_TAKEN.
    """
    asked = db.session.get(Joining, joining_id)
    if asked is None:
        raise Missing(f"joining {joining_id}")
    _check_person(name, asked.language)
    hashed = _checked_hash(password, asked.email)
    with transaction():
        joining = db.session.get(Joining, joining_id, with_for_update=True, populate_existing=True)
        if joining is None:
            raise Missing(f"joining {joining_id}")
        if joining.account_id is not None:
            raise RuleBroken(Broken.SOMEBODY_WAS_QUICKER)
        if find_account(joining.email) is not None:
            raise RuleBroken(Broken.EMAIL_TAKEN)
        account = _new_account(Role.INVESTOR, joining.email, name, joining.language, hashed, now=now)
        account.investor, account.confirmed_at = joining.investor, now
        account.timezone = usual_zone(joining.investor.country)
        db.session.add(account)
        db.session.flush()
        joining.account_id, joining.joined_at = account.id, now
        return account


def create_account(
    role: Role,
    email: str,
    name: str,
    *,
    district_code: str | None = None,
    investor_id: int | None = None,
    language: str = "en",
    password: str | None = None,
    demo: bool = False,
    edition: Edition | None = None,
    now: datetime,
) -> Created:
    """Make an account by hand, confirmed; without `password` it gets a random one. No mail is sent.

    A host needs the code of a district, an investor the id of its organisation. Raises RuleBroken: EMPTY, TOO_LONG,
    EMAIL_INVALID, EMAIL_TAKEN, LANGUAGE_UNKNOWN, DISTRICT_UNKNOWN, TARGET_UNKNOWN, NOT_ALLOWED or what the password lacks.
    """
    email = checked_email(email)
    password = password or secrets.token_urlsafe(12)
    hashed = _checked_hash(password, email)
    if role not in ACCOUNT_ROLES:
        raise RuleBroken(Broken.NOT_ALLOWED, "role")
    with transaction():
        if find_account(email) is not None:
            raise RuleBroken(Broken.EMAIL_TAKEN, "email")
        district = _find_district(edition or get_edition(), district_code) if role is Role.HOST else None
        investor = _find_investor(investor_id) if role is Role.INVESTOR else None
        account = _new_account(role, email, name, language, hashed, now=now)
        account.district, account.investor, account.demo, account.confirmed_at = district, investor, demo, now
        db.session.add(account)
        return Created(account, password)


def find_account(email: str) -> Account | None:
    return db.session.scalars(select(Account).where(func.lower(Account.email) == email.lower())).one_or_none()


def list_accounts(*, role: Role | None = None, demo: bool | None = None) -> list[Account]:
    """All accounts with organisation and district, by role and address."""
    query = select(Account).options(joinedload(Account.investor), joinedload(Account.district))
    if role is not None:
        query = query.where(Account.role == role)
    if demo is not None:
        query = query.where(Account.demo == demo)
    return list(db.session.scalars(query.order_by(Account.role, Account.email)))


def confirm_address(account_id: int, *, key: str, now: datetime) -> None:
    """The address belongs to this person. Confirming it again changes nothing, nor does a `key` that has ended meanwhile."""
    with transaction():
        account = db.session.get_one(Account, account_id, with_for_update=True, populate_existing=True)
        if account.fs_uniquifier == key:
            account.confirmed_at = account.confirmed_at or now


def find_account_of_link(key: str) -> Account | None:
    """The account that a mailed link belongs to, by what its token holds; a new password or application ends its links."""
    return db.session.scalars(select(Account).where(Account.fs_uniquifier == key, Account.active)).one_or_none()


def ask_for_confirmation(email: str, *, now: datetime) -> None:
    """Send a fresh link to an account that is not confirmed; to everybody else nothing, and nobody is told which."""
    with transaction():
        account = find_account(email)
        if account is not None and account.confirmed_at is None and account.active and not _has_link_to_confirm(account):
            add_notice(account.id, "confirm_address", {}, now=now)


def _has_link_to_confirm(account: Account) -> bool:
    """Whether one still waits in the outbox: a double click brings one mail."""
    kind = (Notice.account_id == account.id, Notice.kind == "confirm_address", is_unsent())
    return bool(db.session.scalar(select(func.count()).select_from(Notice).where(*kind)))


def ask_for_new_password(email: str, *, now: datetime) -> None:
    """Send a link to choose a new password, where there is an account; nobody is told whether there is one."""
    with transaction():
        account = find_account(email)
        if account is not None and account.active:
            add_notice(account.id, "reset_password", {}, now=now)


def said_by(account: Account) -> tuple[str, str, str]:
    """What somebody says about itself: name, language and zone."""
    return account.name, account.language, account.timezone or ""


def change_own_account(account_id: int, name: str, *, language: str, timezone: str = "", seen: str | None = None) -> None:
    """A person corrects its name and chooses its language, and the zone whose times stand beside Shanghai's, if any.

    `seen` is the version that the page showed: it may be open in another window. Raises RuleBroken: EMPTY, TOO_LONG,
    LANGUAGE_UNKNOWN, ZONE_UNKNOWN, SOMEBODY_WAS_QUICKER.
    """
    _check_person(name, language)
    if timezone and not is_zone(timezone):
        raise RuleBroken(Broken.ZONE_UNKNOWN, "timezone")
    with transaction():
        account = db.session.get_one(Account, account_id, with_for_update=True)
        require_version(seen, said_by(account), (one_line(name), language, timezone))
        account.name, account.language, account.timezone = one_line(name), language, timezone or None


def _checked_application(application: Application) -> tuple[str, str]:
    """The address in its stored form and the hashed password; everything that could be wrong is looked at first."""
    check_profile(application.profile)
    _check_person(application.person, application.language, field="person")
    if not application.agrees:
        raise RuleBroken(Broken.EMPTY, "agrees")
    if len(application.title) > LONGEST_NAME:
        raise RuleBroken(Broken.TOO_LONG, "title", limit=LONGEST_NAME)
    email = checked_email(application.email)
    return email, _checked_hash(application.password, email)


def _checked_hash(password: str, email: str) -> str:
    """Hashing takes a while on purpose, so it happens before the transaction."""
    plain: str = _security.password_util.normalize(password)
    check_password(plain, email=email)
    return str(hash_password(plain))


def _check_person(name: str, language: str, field: str = "name") -> None:
    if not one_line(name):
        raise RuleBroken(Broken.EMPTY, field)
    if len(name) > LONGEST_NAME:
        raise RuleBroken(Broken.TOO_LONG, field, limit=LONGEST_NAME)
    if language not in LANGUAGES:
        raise RuleBroken(Broken.LANGUAGE_UNKNOWN, "language", given=language[:20])


def _new_account(role: Role, email: str, name: str, language: str, hashed: str, *, now: datetime) -> Account:
    _check_person(name, language)
    return Account(
        role=role,
        email=email,
        name=one_line(name),
        language=language,
        password=hashed,
        active=True,
        fs_uniquifier=uuid4().hex,
        calendar_token=secrets.token_urlsafe(24),
        created_at=now,
    )


def _tell_owner(account: Account, *, now: datetime) -> None:
    if account.confirmed_at:
        add_notice(account.id, "address_known", {}, now=now)
    elif not _has_link_to_confirm(account):
        add_notice(account.id, "confirm_address", {}, now=now)


def _find_district(edition: Edition, code: str | None) -> District:
    query = select(District).where(District.edition_id == edition.id, District.code == (code or ""))
    district = db.session.scalars(query).one_or_none()
    if district is None:
        raise RuleBroken(Broken.DISTRICT_UNKNOWN, "district", given=code or "")
    return district


def _find_investor(investor_id: int | None) -> Investor:
    investor = db.session.get(Investor, investor_id) if investor_id is not None else None
    if investor is None:
        raise RuleBroken(Broken.TARGET_UNKNOWN, "investor")
    return investor
