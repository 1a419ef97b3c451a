"""Signing up, confirming, asking for mails, and the account page, as a visitor's browser does them."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_security.confirmable import generate_confirmation_token
from sqlalchemy import func, select

from matchmaker.db import db
from matchmaker.domain.consent import Purpose
from matchmaker.domain.roles import Role, Vetting
from matchmaker.i18n import search_words
from matchmaker.mail import word
from matchmaker.models import Account, Edition, Investor, Notice
from matchmaker.services.consents import agreed_by, consents_of
from tests import builders
from tests.builders import get_chain
from tests.helpers import error_at, sign_in

FILLED = {
    "name": "Ines Capital",
    "country": "FR",
    "chains": ["FI-ROB", "IC-DES"],
    "size_min": "100",
    "size_max": "400",
    "stages": ["pilot"],
    "preferred": "fr",
    "languages": ["en", "zh"],
    "about": "Robots & joints <3",
    "person": "Ines",
    "email": "Ines@Example.org",
    "password": "seven robots dance",
    "language": "en",
    "agrees": "y",
}


def stored() -> tuple[int, int]:
    return tuple(db.session.scalar(select(func.count()).select_from(kind)) or 0 for kind in (Investor, Account))  # type: ignore[return-value]


def link_of(kind: str) -> str:
    """The path of the link in the latest mail of this kind."""
    notice = db.session.scalars(select(Notice).where(Notice.kind == kind).order_by(Notice.id.desc())).first()
    assert notice is not None
    line = next(line for line in word(notice).text.splitlines() if line.startswith("http://127.0.0.1:8000/"))
    db.session.rollback()
    return line.removeprefix("http://127.0.0.1:8000")


def plain(page: str, address: str) -> str:
    """A page without what differs for everybody."""
    return re.sub(r'name="csrf_token"[^>]*', "", page).replace(address, "?")


def test_a_visitor_signs_up_confirms_by_the_button_and_signs_in(client: FlaskClient, edition: Edition) -> None:
    answer = client.post("/sign-up", data=FILLED)
    assert (answer.status_code, answer.location) == (303, "/check-mail")
    assert "Ines@Example.org" in client.get("/check-mail").text

    refused = client.post("/sign-in", data={"email": "ines@example.org", "password": FILLED["password"]})
    assert "Please confirm your e-mail address first." in refused.text

    link = link_of("confirm_address")
    assert "Ines Capital" in client.get(link).text
    pressed = client.post(link)
    assert (pressed.status_code, pressed.location) == (303, link)
    assert "Your application is being looked at" in client.get(link).text

    answer = client.post("/sign-in", data={"email": "INES@example.org", "password": FILLED["password"]})
    assert (answer.status_code, answer.location) == (302, "/home")
    investor = db.session.scalars(select(Investor)).one()
    assert (investor.vetting, investor.languages) == (Vetting.APPLIED, ["fr", "en", "zh"])


def test_whoever_took_an_address_first_has_nothing_once_its_owner_signs_up(client: FlaskClient, edition: Edition) -> None:
    theirs = client.application.test_client().post("/sign-up", data=FILLED | {"name": "Attacker Fund"})
    earlier = link_of("confirm_address")
    mine = client.post("/sign-up", data=FILLED | {"name": "Victim Corp", "password": "eight robots sing"})
    link = link_of("confirm_address")

    assert (theirs.status_code, theirs.location) == (mine.status_code, mine.location)
    assert [client.get(earlier).status_code, client.post(earlier).status_code] == [404, 404]
    assert "Victim Corp" in client.get(link).text
    client.post(link)
    refused = client.post("/sign-in", data={"email": FILLED["email"], "password": FILLED["password"]})
    assert "The address or the password is not right." in refused.text
    signed = client.post("/sign-in", data={"email": FILLED["email"], "password": "eight robots sing"})
    assert (signed.status_code, signed.location) == (302, "/home")
    assert stored() == (1, 1)


def test_opening_the_link_a_hundred_times_changes_nothing(client: FlaskClient, edition: Edition) -> None:
    client.post("/sign-up", data=FILLED)
    link = link_of("confirm_address")

    assert {client.get(link).status_code for _ in range(100)} | {client.head(link).status_code for _ in range(5)} == {200}

    assert db.session.scalars(select(Account)).one().confirmed_at is None


def test_pressing_the_button_twice_shows_that_it_is_done(client: FlaskClient, edition: Edition) -> None:
    client.post("/sign-up", data=FILLED)
    link = link_of("confirm_address")
    client.post(link)
    first = db.session.scalars(select(Account)).one().confirmed_at

    assert "Your application is being looked at" in client.get(client.post(link).location or link).text
    assert db.session.scalars(select(Account)).one().confirmed_at == first


def test_an_expired_link_offers_a_fresh_one(app: Flask, client: FlaskClient, edition: Edition) -> None:
    client.post("/sign-up", data=FILLED)
    link = link_of("confirm_address")
    app.config["SECURITY_CONFIRM_EMAIL_WITHIN"] *= -1

    page = client.get(link)
    assert "This link has expired; it was valid for two days." in page.text
    assert f'action="{link}/fresh"' in page.text
    assert client.post(link).status_code == 200
    assert db.session.scalars(select(Account)).one().confirmed_at is None


def test_an_expired_link_that_a_newer_application_ended_says_so_and_asks_for_the_address(
    app: Flask, client: FlaskClient, edition: Edition
) -> None:
    client.post("/sign-up", data=FILLED)
    earlier = link_of("confirm_address")
    client.post("/sign-up", data=FILLED | {"name": "Ines Capital Asia"})
    newest = link_of("confirm_address")

    in_time = client.get(earlier)
    app.config["SECURITY_CONFIRM_EMAIL_WITHIN"] *= -1
    too_late, pressed = client.get(earlier), client.post(f"{earlier}/fresh")
    app.config["SECURITY_CONFIRM_EMAIL_WITHIN"] *= -1

    for page in (in_time, too_late):
        assert page.status_code == 404
        assert "A newer one has replaced this link." in page.text
        assert 'action="/confirm"' in page.text
        assert f"{earlier}/fresh" not in page.text
    assert (pressed.status_code, pressed.location) == (303, "/confirm")
    asked = client.get("/confirm").text
    assert "This link no longer works: a newer mail or a new password has replaced it." in asked
    assert "ines@example.org" not in asked
    assert "Ines Capital Asia" in client.get(newest).text


@pytest.mark.parametrize(
    ("vetting", "signs_in", "told"),
    [
        (Vetting.APPLIED, False, "Your application is being looked at"),
        (Vetting.APPROVED, False, "You can sign in now."),
        (Vetting.APPROVED, True, "There is nothing more to do."),
    ],
)
def test_a_confirmed_address_is_told_once_and_then_what_is_next(
    client: FlaskClient, edition: Edition, vetting: Vetting, signs_in: bool, told: str
) -> None:
    account = builders.make_account(Role.INVESTOR, investor=builders.make_investor(edition, vetting=vetting))
    token = generate_confirmation_token(account)

    page = (sign_in(client, account) if signs_in else client).get(f"/confirm/{token}").text

    assert re.findall('class="notice-title">(.*?)<', page) == [told]
    assert page.count("address is confirmed") == 2  # its title and its headline


def test_the_sample_of_what_finds_a_chain_is_not_torn(client: FlaskClient, edition: Edition) -> None:
    assert '<span class="whole">机器人</span>, jqr.' in client.get("/sign-up").text


@pytest.mark.parametrize("token", ["nonsense", "WyJ4Il0.aaa.bbb", "a" * 5000])
def test_a_foreign_token_is_answered_with_a_page(client: FlaskClient, edition: Edition, token: str) -> None:
    for answer in (client.get(f"/confirm/{token}"), client.post(f"/confirm/{token}")):
        assert answer.status_code == 404
        assert "This link does not work." in answer.text


def test_the_token_of_one_purpose_does_not_serve_another(client: FlaskClient, ines: Account, edition: Edition) -> None:
    client.post("/new-password", data={"email": "ines@example.org"})
    token = link_of("reset_password").rsplit("/", 1)[1]

    assert client.get(f"/confirm/{token}").status_code == 404


def test_a_known_address_gets_the_same_answer(client: FlaskClient, ines: Account, edition: Edition) -> None:
    known = client.post("/sign-up", data=FILLED)
    page = client.get("/check-mail").text
    other = client.application.test_client()
    unknown = other.post("/sign-up", data=FILLED | {"email": "new@example.org"})

    assert (known.status_code, known.location) == (unknown.status_code, unknown.location)
    assert plain(page, "Ines@Example.org") == plain(other.get("/check-mail").text, "new@example.org")
    assert stored() == (2, 2)


def test_sending_the_form_twice_makes_one_account(client: FlaskClient, edition: Edition) -> None:
    assert [client.post("/sign-up", data=FILLED).status_code for _ in range(2)] == [303, 303]

    assert stored() == (1, 1)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": ""}, "Name of the organisation"),
        ({"name": "x" * 400_000}, "This is too long: at most 200 are allowed."),
        ({"country": "XX"}, "Please choose from the list."),
        ({"email": "ines@"}, "This is not a complete e-mail address"),
        ({"password": "short"}, "Please use at least 12 characters."),
        ({"size_min": "many"}, "Please give an amount in RMB"),
        ({"size_min": "99999999999999999999"}, "at most RMB 1000 billion"),
        ({"size_min": "400", "size_max": "100"}, "It begins at RMB 400 million and ends at RMB 100 million."),
        ({"phone": "12"}, "This is not a complete phone number"),
        ({"phone": "call me"}, "This is not a complete phone number"),
        ({"website": "javascript:alert(1)"}, "This is not a web address"),
        ({"chains": ["NO-SUCH"]}, "Please choose from the list."),
        ({"language": "tlh"}, "Please choose from the list."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    client: FlaskClient, edition: Edition, changes: dict[str, Any], message: str
) -> None:
    page = client.post("/sign-up", data=FILLED | changes)

    assert page.status_code == 200
    assert message in page.text.replace("&#39;", "'")
    assert 'role="alert"' in page.text
    assert "Robots &amp; joints &lt;3" in page.text
    assert str(FILLED["password"]) not in page.text
    assert stored() == (0, 0)


def test_blanks_alone_are_told_with_all_else(client: FlaskClient, edition: Edition) -> None:
    page = client.post("/sign-up", data=FILLED | {"name": "  ", "person": "\u3000", "size_min": "many"}).text

    assert all(f'href="#{field}"' in page for field in ("name", "person", "size_min"))


def test_sizes_that_contradict_each_other_are_told_with_all_else(client: FlaskClient, edition: Edition) -> None:
    both = client.post("/sign-up", data=FILLED | {"name": "", "size_min": "400", "size_max": "100"}).text
    one = client.post("/sign-up", data=FILLED | {"name": "", "size_max": ""}).text
    unclear = client.post("/sign-up", data=FILLED | {"name": "", "size_min": "400", "size_max": "much"}).text

    assert [each.count('href="#name"') for each in (both, one, unclear)] == [1, 1, 1]
    assert [each.count('href="#size_max"') for each in (both, one, unclear)] == [1, 1, 1]
    assert "It begins at RMB 400 million and ends at RMB 100 million." in both


def test_everything_that_is_wrong_is_said_at_once(client: FlaskClient, edition: Edition) -> None:
    page = client.post(
        "/sign-up", data={"email": "ines@", "password": "short", "phone": "call me", "website": "javascript:"}
    ).text

    for message in (
        "not a complete e-mail address",
        "at least 12 characters",
        "not a complete phone number",
        "not a web address",
    ):
        assert message in page
    assert page.count("Please do not leave this out.") >= 6


def test_two_megabytes_are_answered_and_not_stored(client: FlaskClient, edition: Edition) -> None:
    answer = client.post("/sign-up", data=FILLED | {"name": "x" * 2_000_000})

    assert answer.status_code == 413
    assert "Nothing was stored" in answer.text
    assert stored() == (0, 0)


def test_a_character_that_no_database_holds_is_refused(client: FlaskClient, edition: Edition) -> None:
    assert client.post("/sign-up", data=FILLED | {"name": "Ines\x00"}).status_code == 400
    assert stored() == (0, 0)


def test_what_nobody_sees_is_left_out_of_what_was_typed(client: FlaskClient, edition: Edition) -> None:
    pasted = {
        "name": "Ines\x0bCapital\x01",
        "person": "\u202eInes\u2066\r\nMartin\x9f",
        "title": "Part\x7fner",
        "about": "One\r\n\x02two",
    }
    assert client.post("/sign-up", data=FILLED | pasted | {"email": "\u202aines@example.org\u202c"}).status_code == 303

    account = db.session.scalars(select(Account)).one()
    investor = account.investor
    assert investor is not None
    assert (account.email, account.name, investor.name) == ("ines@example.org", "Ines Martin", "Ines Capital")
    assert ([each.title for each in investor.delegates], investor.about) == (["Partner"], "One\ntwo")


def test_a_name_of_which_nothing_is_seen_is_none(client: FlaskClient, edition: Edition) -> None:
    assert client.post("/sign-up", data=FILLED | {"person": "\x01\u202e"}).status_code == 200
    assert stored() == (0, 0)


def test_the_form_is_chinese_for_a_chinese_reader(client: FlaskClient, edition: Edition) -> None:
    page = client.get("/sign-up", headers={"Accept-Language": "zh-CN"}).text

    assert '<html lang="zh-Hans">' in page
    assert '<option value="TW">' in page
    assert '<option selected value="zh">' in page


def test_without_an_edition_nobody_signs_up(client: FlaskClient) -> None:
    assert "There is no edition of the conference yet." in client.get("/sign-up").text


def test_mails_can_be_asked_for_again_without_telling_who_is_known(client: FlaskClient, ines: Account) -> None:
    for path in ("/confirm", "/new-password"):
        for address in ("ines@example.org", "stranger@example.org"):
            answer = client.post(path, data={"email": address})
            assert (answer.status_code, answer.location) == (303, "/check-mail")
        page = client.post(path, data={"email": "nonsense"})
        assert page.status_code == 200
        assert "This is not a complete e-mail address" in page.text

    assert [notice.kind for notice in db.session.scalars(select(Notice))] == ["reset_password"]


def test_check_mail_leads_strangers_to_the_sign_in(client: FlaskClient) -> None:
    assert client.get("/check-mail").location == "/sign-in"


@pytest.mark.parametrize(
    ("vetting", "message"),
    [
        (Vetting.APPLIED, "Your application is being looked at"),
        (Vetting.WAITLISTED, "Your organisation is on the waiting list"),
        (Vetting.REFUSED, "Your organisation gets no meetings in this edition"),
    ],
)
def test_an_investor_reads_what_its_state_means(client: FlaskClient, edition: Edition, vetting: Vetting, message: str) -> None:
    investor = builders.make_investor(edition, vetting=vetting)
    account = builders.make_account(Role.INVESTOR, investor=investor)

    assert message in sign_in(client, account).get("/account").text


def test_a_person_changes_name_and_language(client: FlaskClient, hao: Account) -> None:
    sign_in(client, hao)
    assert "Pudong" in client.get("/account").text
    answer = client.post("/account", data={"name": "郝", "language": "zh_Hans_CN"})

    assert (answer.status_code, answer.location) == (303, "/account")
    assert '<html lang="zh-Hans">' in client.get("/account").text
    assert (hao.name, hao.language) == ("郝", "zh_Hans_CN")
    assert client.post("/account", data={"name": "x" * 500, "language": "en"}).status_code == 200
    assert hao.name == "郝"


def test_each_role_begins_with_its_own_page(client: FlaskClient, ines: Account, hao: Account, olga: Account) -> None:
    for account in (ines, hao, olga):
        address = sign_in(client, account).get("/home").location
        assert client.get(address).status_code == 200


def test_strangers_are_sent_to_the_sign_in(client: FlaskClient, edition: Edition) -> None:
    for path in ("/account", "/home", "/account/password"):
        assert client.get(path).location.startswith("/sign-in?next=")


# Agreeing, the other language, and finding chains.


def boxes_of(page: str) -> dict[str, bool]:
    """By name: whether the box of a consent is ticked."""
    found = {}
    for name in ("agrees", "shares_contact", "sends_abroad"):
        box = re.search(rf'<input[^>]*name="{name}"[^>]*>', page)
        assert box is not None, name
        found[name] = " checked" in box.group()
    return found


def test_three_consents_are_asked_for_one_by_one_and_none_is_ticked(client: FlaskClient, edition: Edition) -> None:
    assert boxes_of(client.get("/sign-up").text) == {"agrees": False, "shares_contact": False, "sends_abroad": False}


def test_without_agreeing_to_matching_there_is_no_application(client: FlaskClient, edition: Edition) -> None:
    page = client.post("/sign-up", data={name: value for name, value in FILLED.items() if name != "agrees"})
    assert page.status_code == 200
    assert 'href="#agrees"' in page.text
    assert error_at(page.text, "agrees") == "Please tick this: without it we cannot take your application."
    assert stored() == (0, 0)


def test_what_was_agreed_to_is_kept_with_its_date_and_changed_by_another_row(client: FlaskClient, edition: Edition) -> None:
    client.post("/sign-up", data=FILLED | {"sends_abroad": "y"})
    investor = db.session.scalars(select(Investor)).one()
    assert agreed_by(investor.id) == {Purpose.MATCHING, Purpose.ABROAD}
    assert not investor.shares_contact

    client.post(link_of("confirm_address"))
    sign_in(client, investor.accounts[0])
    client.post("/investor/profile", data=FILLED | {"shares_contact": "y"})

    said = [(each.purpose, each.given) for each in consents_of(investor.id)]
    first, later = said[:2], said[2:]
    assert first == [(Purpose.MATCHING, True), (Purpose.ABROAD, True)]
    assert later == [(Purpose.CONTACT, True), (Purpose.ABROAD, False)]
    assert agreed_by(investor.id) == {Purpose.MATCHING, Purpose.CONTACT}
    assert {each.stated_by_id for each in consents_of(investor.id)} == {investor.accounts[0].id}


def test_who_switches_the_language_hears_once_in_which_one_mails_come(client: FlaskClient, hao: Account) -> None:
    other, own = ("zh_Hans_CN", "en") if hao.language.startswith("en") else ("en", "zh_Hans_CN")
    sign_in(client, hao)

    client.post("/language", data={"language": other, "next": "/districts"})
    once, again = client.get("/districts").text, client.get("/districts").text
    client.post("/language", data={"language": own, "next": "/districts"})
    back = client.get("/districts").text

    counts = [text.count('class="flashes"') for text in (once, again, back)]
    assert counts == [1, 0, 0]
    assert 'href="/account"' in once.partition('class="flashes"')[2].partition("</p>")[0]


def test_a_visitor_who_switches_the_language_hears_of_no_mails(client: FlaskClient, edition: Edition) -> None:
    client.post("/language", data={"language": "zh_Hans_CN", "next": "/districts"})

    assert 'class="flashes"' not in client.get("/districts").text


def test_the_other_language_keeps_what_is_filled_in(client: FlaskClient, edition: Edition) -> None:
    page = client.post("/sign-up", data=FILLED | {"read_in": "zh_Hans_CN", "agrees": ""}).text
    assert '<html lang="zh-Hans">' in page
    assert 'value="Ines Capital"' in page
    assert re.search(r'<input[^>]*value="FI-ROB"[^>]* checked', page)
    assert FILLED["password"] not in page
    assert "field-error" not in page
    assert stored() == (0, 0)
    assert '<html lang="zh-Hans">' in client.get("/sign-up").text


def test_a_language_that_is_not_spoken_is_no_switch(client: FlaskClient, edition: Edition) -> None:
    assert client.post("/sign-up", data=FILLED | {"read_in": "xx"}).status_code == 303


def test_no_more_than_twelve_fields_are_required(client: FlaskClient, edition: Edition) -> None:
    page = client.get("/sign-up").text
    assert len(set(re.findall(r'name="(\w+)"[^>]* required', page) + re.findall(r' required[^>]* name="(\w+)"', page))) <= 12


def test_chains_are_found_by_english_chinese_pinyin_and_first_letters(edition: Edition) -> None:
    robots = get_chain(edition.id, "FI-ROB")
    robots.name_zh = "智能机器人"
    words = search_words(robots).split(" ")
    assert {"intelligent", "robots", "智能机器人", "zhinengjiqiren", "znjqr"} == set(words)
