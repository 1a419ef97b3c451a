"""Signing up, making accounts by hand, and what a person changes about itself."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask_security import verify_password
from sqlalchemy import select, update

from matchmaker.db import db
from matchmaker.domain.catalogue import Stage
from matchmaker.domain.consent import Purpose
from matchmaker.domain.roles import Role, Vetting
from matchmaker.domain.rules import Broken, RuleBroken
from matchmaker.models import Account, Edition, Investor, Notice, Resource, ResourceKind
from matchmaker.services import accounts
from matchmaker.services.accounts import (
    Application,
    ask_for_confirmation,
    ask_for_new_password,
    change_own_account,
    confirm_address,
    create_account,
    list_accounts,
    sign_up_investor,
)
from matchmaker.services.actors import actor_of
from matchmaker.services.consents import agreed_by, consents_of
from matchmaker.services.investors import Profile
from matchmaker.services.notices import MOST_ATTEMPTS
from matchmaker.services.vetting import decide_vetting
from tests.builders import NOW, make_account, make_joining

PASSWORD = "seven robots dance"


def make_application(**changes: Any) -> Application:
    profile = Profile(
        name="Ines Capital",
        country="FR",
        languages=("fr", "en"),
        chains=("FI-ROB",),
        website="ines.example.org",
        about="Robots and their joints.",
        size_min=100,
        size_max=400,
        stages=(Stage.PILOT,),
        confidential=True,
        phone="01 42 68 53 00",
        wechat="ines-capital",
    )
    about = {name: changes.pop(name) for name in list(changes) if hasattr(profile, name)}
    application = Application(
        profile=replace(profile, **about),
        person="Ines",
        title="Partner",
        agrees=True,
        email="Ines@Example.org",
        password=PASSWORD,
        language="zh_Hans_CN",
    )
    return replace(application, **changes)


def notices() -> list[tuple[int, str]]:
    return [(notice.account_id, notice.kind) for notice in db.session.scalars(select(Notice).order_by(Notice.id))]


@pytest.mark.any_database
def test_sign_up_stores_organisation_account_delegate_and_asks_to_confirm(edition: Edition) -> None:
    account = sign_up_investor(make_application(), edition=edition, now=NOW)

    assert account is not None
    investor = account.investor
    assert investor is not None
    assert (account.email, account.name, account.role) == ("ines@example.org", "Ines", Role.INVESTOR)
    assert account.language == "zh_Hans_CN"
    assert account.confirmed_at is None
    assert account.password is not None
    assert account.password.startswith("$argon2id$")
    assert verify_password(PASSWORD, account.password)
    assert (investor.name, investor.country) == ("Ines Capital", "FR")
    assert (investor.vetting, investor.applied_at) == (Vetting.APPLIED, NOW)
    assert (investor.website, investor.phone) == ("https://ines.example.org", "+33142685300")
    assert (investor.languages, investor.stages) == (["fr", "en"], ["pilot"])
    assert [chain.code for chain in investor.chains] == ["FI-ROB"]
    assert (investor.min_meetings, investor.max_meetings, investor.max_per_day) == (2, 10, 5)
    assert (investor.confidential, investor.shares_contact) == (True, False)
    assert [(each.name, each.title, each.language) for each in investor.delegates] == [("Ines", "Partner", "fr")]
    resource = db.session.scalars(select(Resource).where(Resource.investor_id == investor.id)).one()
    assert (resource.kind, resource.number) == (ResourceKind.INVESTOR, 1)
    assert notices() == [(account.id, "confirm_address")]


def test_known_address_stores_nothing_and_only_its_owner_hears_of_it(ines: Account, edition: Edition) -> None:
    assert sign_up_investor(make_application(email=" INES@example.org "), edition=edition, now=NOW) is None

    assert len(db.session.scalars(select(Investor)).all()) == 1
    assert notices() == [(ines.id, "address_known")]


def test_signing_up_again_before_confirming_sends_one_link_or_another_once_the_first_has_left(edition: Edition) -> None:
    account = sign_up_investor(make_application(), edition=edition, now=NOW)
    assert account is not None

    sign_up_investor(make_application(), edition=edition, now=NOW)
    assert notices() == [(account.id, "confirm_address")]
    db.session.execute(update(Notice).values(attempts=1))
    db.session.commit()
    sign_up_investor(make_application(), edition=edition, now=NOW)

    assert notices() == [(account.id, "confirm_address"), (account.id, "confirm_address")]


@pytest.mark.any_database
def test_until_the_address_is_confirmed_the_newest_application_takes_the_place_of_the_earlier_one(edition: Edition) -> None:
    sign_up_investor(make_application(name="Attacker Fund", shares_contact=True), edition=edition, now=NOW)
    later = NOW + timedelta(hours=1)
    newest = make_application(
        name="Victim Corp",
        country="DE",
        languages=("de",),
        chains=("IC-DES",),
        phone="",
        confidential=False,
        sends_abroad=True,
        person="Vera",
        title="Owner",
        password="eight robots sing",
        language="en",
    )
    account = sign_up_investor(newest, edition=edition, now=later)

    assert account is not None
    investor = db.session.scalars(select(Investor)).one()
    assert db.session.scalars(select(Account)).one() is account
    assert verify_password("eight robots sing", account.password or "")
    assert (account.name, account.language, account.timezone, account.confirmed_at) == ("Vera", "en", "Europe/Berlin", None)
    assert (investor.name, investor.country, investor.languages) == ("Victim Corp", "DE", ["de"])
    assert (investor.phone, investor.confidential, investor.shares_contact, investor.applied_at) == ("", False, False, later)
    assert [chain.code for chain in investor.chains] == ["IC-DES"]
    assert [(each.name, each.title, each.language) for each in investor.delegates] == [("Vera", "Owner", "de")]
    assert len(db.session.scalars(select(Resource).where(Resource.investor_id == investor.id)).all()) == 1
    assert agreed_by(investor.id) == {Purpose.MATCHING, Purpose.ABROAD}
    assert {each.purpose: each.stated_at for each in consents_of(investor.id)} == dict.fromkeys(Purpose, later)


def test_a_link_of_an_earlier_application_confirms_nothing(edition: Edition) -> None:
    account = sign_up_investor(make_application(), edition=edition, now=NOW)
    assert account is not None
    earlier = account.fs_uniquifier
    sign_up_investor(make_application(), edition=edition, now=NOW)

    confirm_address(account.id, key=earlier, now=NOW)
    assert account.confirmed_at is None


def decided(account: Account) -> None:
    olga = make_account(Role.ORGANISER)
    decide_vetting(actor_of(olga), account.investor_id or 0, Vetting.WAITLISTED, "", now=NOW)


def with_a_colleague(account: Account) -> None:
    make_account(Role.INVESTOR, investor=account.investor)


def with_an_invitation(account: Account) -> None:
    make_joining(account, "zoe@example.org")


def closed(account: Account) -> None:
    account.active = False
    db.session.commit()


@pytest.mark.parametrize("change", [decided, with_a_colleague, with_an_invitation, closed])
def test_what_somebody_decided_or_did_is_not_replaced(edition: Edition, change: Callable[[Account], None]) -> None:
    account = sign_up_investor(make_application(), edition=edition, now=NOW)
    assert account is not None
    change(account)

    assert sign_up_investor(make_application(name="Another", password="eight robots sing"), edition=edition, now=NOW) is None
    assert account.investor is not None
    assert account.investor.name == "Ines Capital"
    assert verify_password(PASSWORD, account.password or "")
    assert notices() == [(account.id, "confirm_address")]


def test_of_two_applications_sent_at_once_the_second_finds_the_first(edition: Edition, monkeypatch: pytest.MonkeyPatch) -> None:
    first = sign_up_investor(make_application(), edition=edition, now=NOW)
    looks = iter([lambda _email: None, accounts.find_account])
    monkeypatch.setattr(accounts, "find_account", lambda email: next(looks)(email))

    assert sign_up_investor(make_application(name="Victim Corp"), edition=edition, now=NOW) is first
    assert [each.name for each in db.session.scalars(select(Investor))] == ["Victim Corp"]


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"name": " "}, Broken.EMPTY, "name"),
        ({"name": "x" * 2_000_000}, Broken.TOO_LONG, "name"),
        ({"about": "x" * 4001}, Broken.TOO_LONG, "about"),
        ({"country": "XX"}, Broken.COUNTRY_UNKNOWN, "country"),
        ({"languages": ()}, Broken.EMPTY, "languages"),
        ({"languages": ("klingon",)}, Broken.LANGUAGE_UNKNOWN, "languages"),
        ({"chains": ("NO-SUCH",)}, Broken.CHAIN_UNKNOWN, "chains"),
        ({"chains": tuple("abcdefghijklmnopqrstu")}, Broken.TOO_MANY, "chains"),
        ({"size_min": 400, "size_max": 100}, Broken.SIZE_CONTRADICTS, "size_max"),
        ({"phone": "call me"}, Broken.PHONE_INVALID, "phone"),
        ({"website": "javascript:alert(1)"}, Broken.WEBSITE_INVALID, "website"),
        ({"website": "http://user:secret@example.org"}, Broken.WEBSITE_INVALID, "website"),
        ({"person": ""}, Broken.EMPTY, "person"),
        ({"person": "x" * 121}, Broken.TOO_LONG, "person"),
        ({"title": "x" * 121}, Broken.TOO_LONG, "title"),
        ({"email": "ines"}, Broken.EMAIL_INVALID, "email"),
        ({"email": f"{'x' * 300}@example.org"}, Broken.TOO_LONG, "email"),
        ({"password": "eleven char"}, Broken.PASSWORD_SHORT, "password"),
        ({"password": "x" * 200}, Broken.TOO_LONG, "password"),
        ({"password": "abababababababab"}, Broken.PASSWORD_GUESSABLE, "password"),
        ({"password": "ines@example.org"}, Broken.PASSWORD_GUESSABLE, "password"),
        ({"language": "tlh"}, Broken.LANGUAGE_UNKNOWN, "language"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_and_nothing_is_stored(
    edition: Edition, changes: dict[str, Any], code: Broken, field: str
) -> None:
    with pytest.raises(RuleBroken) as caught:
        sign_up_investor(make_application(**changes), edition=edition, now=NOW)

    assert (caught.value.code, caught.value.field) == (code, field)
    assert db.session.scalars(select(Investor)).all() == []
    assert db.session.scalars(select(Account)).all() == []
    assert notices() == []


def test_accounts_of_each_role_are_made_by_hand_and_listed(edition: Edition, ines: Account) -> None:
    create_account(Role.ORGANISER, "Olga@Example.org", "Olga", now=NOW)
    host = create_account(Role.HOST, "hao@example.org", "Hao", district_code="PD", language="zh_Hans_CN", now=NOW)
    create_account(Role.INVESTOR, "iris@example.org", "Iris", investor_id=ines.investor_id, password=PASSWORD, now=NOW)

    assert host.account.password is not None
    assert len(host.password) >= 12
    assert verify_password(host.password, host.account.password)
    assert [(each.role, each.email) for each in list_accounts()] == [
        (Role.HOST, "hao@example.org"),
        (Role.INVESTOR, "ines@example.org"),
        (Role.INVESTOR, "iris@example.org"),
        (Role.ORGANISER, "olga@example.org"),
    ]
    assert host.account.district is not None
    assert host.account.district.code == "PD"
    assert all(each.confirmed_at for each in list_accounts())
    assert notices() == []


@pytest.mark.parametrize(
    ("role", "options", "code"),
    [
        (Role.HOST, {"district_code": "ZZ"}, Broken.DISTRICT_UNKNOWN),
        (Role.HOST, {}, Broken.DISTRICT_UNKNOWN),
        (Role.INVESTOR, {"investor_id": 4711}, Broken.TARGET_UNKNOWN),
        (Role.INVESTOR, {}, Broken.TARGET_UNKNOWN),
        (Role.NIGHT, {}, Broken.NOT_ALLOWED),
        (Role.ORGANISER, {"email": "INES@example.org"}, Broken.EMAIL_TAKEN),
        (Role.ORGANISER, {"email": "nobody"}, Broken.EMAIL_INVALID),
        (Role.ORGANISER, {"name": " "}, Broken.EMPTY),
        (Role.ORGANISER, {"password": "short"}, Broken.PASSWORD_SHORT),
        (Role.ORGANISER, {"language": "xx"}, Broken.LANGUAGE_UNKNOWN),
    ],
)
def test_an_account_that_does_not_fit_is_not_made(ines: Account, role: Role, options: dict[str, Any], code: Broken) -> None:
    with pytest.raises(RuleBroken) as caught:
        create_account(role, **({"email": "new@example.org", "name": "New", "now": NOW} | options))

    assert caught.value.code is code
    assert [each.email for each in list_accounts()] == ["ines@example.org"]


def test_listing_costs_the_same_for_one_and_for_three(ines: Account, hao: Account, count_queries: Callable[..., Any]) -> None:
    with count_queries() as before:
        assert [(each.investor or each.district) is not None for each in list_accounts()] == [True, True]
    create_account(Role.HOST, "other@example.org", "Other", district_code="XH", now=NOW)
    db.session.expire_all()
    with count_queries() as after:
        assert [(each.investor or each.district) is not None for each in list_accounts()] == [True, True, True]

    assert after.count == before.count


def test_confirming_twice_keeps_the_first_time(edition: Edition) -> None:
    account = sign_up_investor(make_application(), edition=edition, now=NOW)
    assert account is not None
    confirm_address(account.id, key=account.fs_uniquifier, now=NOW)
    confirm_address(account.id, key=account.fs_uniquifier, now=NOW.replace(year=2025))

    assert account.confirmed_at == NOW


def test_links_are_sent_only_to_those_whom_they_concern(ines: Account, edition: Edition) -> None:
    waiting = sign_up_investor(make_application(email="new@example.org"), edition=edition, now=NOW)
    assert waiting is not None
    db.session.execute(update(Notice).values(sent_at=NOW))
    db.session.commit()
    for address in ("ines@example.org", "new@example.org", "stranger@example.org"):
        ask_for_confirmation(address, now=NOW)
        ask_for_new_password(address, now=NOW)

    assert notices()[1:] == [(ines.id, "reset_password"), (waiting.id, "confirm_address"), (waiting.id, "reset_password")]


def test_a_mail_that_was_given_up_does_not_stand_in_the_way_of_a_fresh_one(edition: Edition) -> None:
    assert sign_up_investor(make_application(email="new@example.org"), edition=edition, now=NOW) is not None
    ask_for_confirmation("new@example.org", now=NOW)
    assert len(notices()) == 1

    db.session.execute(update(Notice).values(attempts=MOST_ATTEMPTS, failure="refused"))
    db.session.commit()
    ask_for_confirmation("new@example.org", now=NOW)

    assert len(notices()) == 2


def test_a_person_changes_name_and_language(ines: Account) -> None:
    change_own_account(ines.id, " Inès ", language="zh_Hans_CN", timezone="Europe/Paris")
    assert (ines.name, ines.language, ines.timezone) == ("Inès", "zh_Hans_CN", "Europe/Paris")
    with pytest.raises(RuleBroken) as unknown:
        change_own_account(ines.id, "Inès", language="en", timezone="Europe/Nowhere")
    assert (unknown.value.code, unknown.value.field) == (Broken.ZONE_UNKNOWN, "timezone")
    with pytest.raises(RuleBroken) as caught:
        change_own_account(ines.id, "Inès", language="fr")
    assert caught.value.code is Broken.LANGUAGE_UNKNOWN


@pytest.mark.parametrize(("country", "zone"), [("FR", "Europe/Paris"), ("US", None)])
def test_whoever_signs_up_reads_the_times_of_its_country(edition: Edition, country: str, zone: str | None) -> None:
    application = make_application()
    application = replace(application, profile=replace(application.profile, country=country, phone=""))
    account = sign_up_investor(application, edition=edition, now=NOW)
    assert account is not None
    assert account.timezone == zone


def test_a_name_is_one_line_that_can_be_seen(ines: Account, edition: Edition) -> None:
    change_own_account(ines.id, "\u202eInes\x01\r\nMartin", language="en")
    account = sign_up_investor(make_application(email="new@example.org", title="Part\x07ner"), edition=edition, now=NOW)

    assert ines.name == "Ines Martin"
    assert account is not None
    assert account.investor is not None
    assert account.investor.delegates[0].title == "Partner"
    with pytest.raises(RuleBroken) as caught:
        change_own_account(ines.id, "\x01\u202e", language="en")
    assert (caught.value.code, caught.value.field) == (Broken.EMPTY, "name")
