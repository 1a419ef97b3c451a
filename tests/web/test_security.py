"""Signing in and out, passwords, demonstration accounts, limits, and what stays shut."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_security import hash_password, verify_password
from sqlalchemy import select

from matchmaker.db import db
from matchmaker.domain.roles import Role
from matchmaker.models import Account, Edition, Notice
from tests import builders
from tests.helpers import error_at, sign_in
from tests.web.test_account import link_of

PASSWORD = "seven robots dance"
OTHER = "eight robots rest at noon"


@pytest.fixture
def olga(edition: Edition) -> Account:
    return builders.make_account(Role.ORGANISER, email="olga@example.org", name="Olga", password=hash_password(PASSWORD))


def enter(client: FlaskClient, email: str = "olga@example.org", password: str = PASSWORD, **options: Any) -> Any:
    return client.post("/sign-in", data={"email": email, "password": password}, **options)


def kinds() -> list[str]:
    return [notice.kind for notice in db.session.scalars(select(Notice).order_by(Notice.id))]


def test_signing_in_and_out(client: FlaskClient, olga: Account) -> None:
    assert enter(client).location == "/home"
    assert "Olga" in client.get("/account").text
    assert client.get("/sign-out").status_code == 405
    assert client.post("/sign-out").location == "/"
    assert client.get("/account").status_code == 302


def test_wrong_password_unknown_address_and_closed_account_sound_alike(client: FlaskClient, olga: Account) -> None:
    wrong, unknown = enter(client, password="wrong"), enter(client, email="stranger@example.org")

    for page in (wrong, unknown):
        assert "Please look at this again." in page.text
        assert "Nothing was stored" not in page.text
        assert page.status_code == 200
        assert "The address or the password is not right." in page.text
    alike = (re.sub(r'name="csrf_token"[^>]*>', "", page.text) for page in (wrong, unknown))
    assert next(alike).replace("olga@", "?@") == next(alike).replace("stranger@", "?@")


@pytest.mark.parametrize(
    ("email", "password", "told"),
    [
        ("", "", {"email": "Please fill in your e-mail address.", "password": "Please fill in a password."}),
        (" ", "is not it", {"email": "Please fill in your e-mail address."}),
        ("olga@example.org", "", {"password": "Please fill in a password."}),
        ("stranger@example.org", "", {"password": "Please fill in a password."}),
    ],
)
def test_an_empty_field_of_the_sign_in_says_so_at_the_field_and_tells_nothing_of_accounts(
    client: FlaskClient, olga: Account, email: str, password: str, told: dict[str, str]
) -> None:
    page = enter(client, email=email, password=password).text

    assert {name: error_at(page, name) for name in ("email", "password") if error_at(page, name)} == told
    assert re.findall(r'<li><a href="#(\w+)"', page) == list(told)
    assert "is not right" not in page


def test_a_closed_account_does_not_open(client: FlaskClient, olga: Account) -> None:
    olga.active = False
    db.session.commit()

    assert "This account is closed." in enter(client).text
    assert client.get("/account").status_code == 302


@pytest.mark.parametrize("target", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_the_sign_in_leads_nowhere_else(client: FlaskClient, olga: Account, target: str) -> None:
    answer = client.post("/sign-in", query_string={"next": target}, data={"email": olga.email, "password": PASSWORD})

    assert answer.location in (None, "/%5Cevil.example")


def test_the_sign_in_leads_back(client: FlaskClient, olga: Account) -> None:
    address = client.get("/account").location

    assert client.post(address, data={"email": "olga@example.org", "password": PASSWORD}).location == "/account"


def test_only_argon2id_hashes_are_made_and_read(client: FlaskClient, olga: Account) -> None:
    assert olga.password is not None
    assert olga.password.startswith("$argon2id$")


def test_no_token_in_header_or_address_signs_anybody_in(client: FlaskClient, olga: Account) -> None:
    token = olga.get_auth_token()

    assert client.get("/account", headers={"Authentication-Token": str(token)}).status_code == 302
    assert client.get("/account", query_string={"auth_token": str(token)}).status_code == 302


def test_signing_in_takes_forms_only(client: FlaskClient, olga: Account) -> None:
    for body in ({"email": "olga@example.org", "password": PASSWORD}, [1], "text", {"email": {"a": 1}, "password": [2]}):
        answer = client.post("/sign-in", json=body)
        assert (answer.status_code, answer.mimetype) == (415, "text/html")


def test_what_is_not_used_is_not_there(client: FlaskClient, olga: Account) -> None:
    for path in ("/register", "/verify", "/tf-setup", "/us-signin", "/login", "/reset", "/change", "/fs-static/x.js"):
        assert client.get(path).status_code == 404, path


def test_a_forgotten_password_is_set_anew_by_the_mailed_link_once(client: FlaskClient, olga: Account) -> None:
    client.post("/new-password", data={"email": "Olga@Example.org"})
    link = link_of("reset_password")
    for _ in range(3):
        assert client.get(link).status_code == 200
    assert "differ" in client.post(link, data={"password": OTHER, "password_confirm": "something else"}).text
    assert "at least 12 characters" in client.post(link, data={"password": "short", "password_confirm": "short"}).text
    assert verify_password(PASSWORD, olga.password)

    answer = client.post(link, data={"password": OTHER, "password_confirm": OTHER})
    assert (answer.status_code, answer.location) == (302, "/sign-in")
    assert verify_password(OTHER, olga.password)
    assert kinds() == ["reset_password", "password_changed"]
    again = client.post(link, data={"password": PASSWORD, "password_confirm": PASSWORD})
    assert "This link no longer works." in client.get(again.location).text
    assert verify_password(OTHER, olga.password)


def test_the_new_password_and_its_notice_are_one_transaction(
    client: FlaskClient, olga: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.post("/new-password", data={"email": "olga@example.org"})
    link = link_of("reset_password")

    def fail(*_arguments: Any, **_options: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("matchmaker.web.security.add_notice", fail)
    with pytest.raises(ZeroDivisionError):
        client.post(link, data={"password": OTHER, "password_confirm": OTHER})

    assert verify_password(PASSWORD, olga.password)
    assert kinds() == ["reset_password"]


def test_a_link_to_choose_a_password_confirms_the_address(client: FlaskClient, edition: Edition) -> None:
    investor = builders.make_investor(edition)
    new = builders.make_account(Role.INVESTOR, email="new@example.org", investor=investor, confirmed_at=None, password="x")
    client.post("/new-password", data={"email": "new@example.org"})
    client.post(link_of("reset_password"), data={"password": OTHER, "password_confirm": OTHER})

    assert new.confirmed_at is not None


def test_an_expired_link_to_choose_a_password_says_so(app: Flask, client: FlaskClient, olga: Account) -> None:
    client.post("/new-password", data={"email": "olga@example.org"})
    link = link_of("reset_password")
    app.config["SECURITY_RESET_PASSWORD_WITHIN"] *= -1

    assert "This link has expired; it was valid for one hour." in client.get(link).text


def test_changing_the_password_signs_other_devices_out(app: Flask, client: FlaskClient, olga: Account) -> None:
    other = app.test_client()
    enter(client), enter(other)
    filled = {"password": PASSWORD, "new_password": OTHER, "new_password_confirm": OTHER}
    assert "not your present password" in client.post("/account/password", data=filled | {"password": "wrong"}).text

    answer = client.post("/account/password", data=filled)
    assert (answer.status_code, answer.location) == (302, "/account")
    assert client.get("/account").status_code == 200
    assert other.get("/account").status_code == 302
    assert verify_password(OTHER, olga.password)
    assert kinds() == ["password_changed"]


def test_a_password_that_is_too_short_is_told_with_whatever_else_is_wrong(client: FlaskClient, olga: Account) -> None:
    client.post("/new-password", data={"email": "olga@example.org"})
    reset = client.post(link_of("reset_password"), data={"password": "short", "password_confirm": "other"}).text
    enter(client)

    changed = client.post("/account/password", data={"new_password": "short", "new_password_confirm": "other"}).text

    assert error_at(changed, "password") == "Please fill in a password."
    for page, short, other in (
        (changed, "new_password", "new_password_confirm"),
        (reset, "password", "password_confirm"),
    ):
        assert error_at(page, short).startswith("Please use at least 12 characters.")
        assert error_at(page, other) == "The two new passwords differ."
        assert "Your password is not kept: please type it again." in page


# -- demonstration accounts --------------------------------------------------------------------------------------------


@pytest.fixture
def demo(edition: Edition) -> Account:
    return builders.make_account(Role.ORGANISER, email="demo@example.org", password=hash_password(PASSWORD), demo=True)


ELSEWHERE: list[dict[str, Any]] = [
    {"environ_base": {"REMOTE_ADDR": "203.0.113.7"}},
    {"environ_base": {"REMOTE_ADDR": "2001:db8::7"}},
    {"headers": {"X-Forwarded-For": "127.0.0.1"}},
    {"headers": {"Forwarded": "for=127.0.0.1"}},
]


@pytest.mark.parametrize("options", ELSEWHERE)
def test_a_demonstration_account_does_not_sign_in_from_elsewhere(
    client: FlaskClient, demo: Account, options: dict[str, Any]
) -> None:
    page = enter(client, "demo@example.org", **options)

    assert page.status_code == 200
    assert "Demonstration accounts sign in on the machine that serves this site" in page.text


@pytest.mark.parametrize("options", ELSEWHERE)
def test_a_demonstration_session_ends_when_it_comes_from_elsewhere(
    client: FlaskClient, demo: Account, options: dict[str, Any]
) -> None:
    assert enter(client, "demo@example.org").location == "/home"
    assert client.get("/account", environ_base={"REMOTE_ADDR": "::1"}).status_code == 200
    assert client.get("/account", environ_base={"REMOTE_ADDR": "::ffff:127.0.0.1"}).status_code == 200

    assert client.get("/account", **options).status_code == 302
    assert client.get("/account").status_code == 302


@pytest.mark.settings(TRUSTED_PROXIES=1)
def test_behind_a_trusted_proxy_the_visitors_own_address_counts(client: FlaskClient, demo: Account) -> None:
    assert enter(client, "demo@example.org", headers={"X-Forwarded-For": "203.0.113.7"}).status_code == 200
    assert enter(client, "demo@example.org", headers={"X-Forwarded-For": "127.0.0.1"}).location == "/home"


def test_everybody_else_signs_in_from_anywhere(client: FlaskClient, olga: Account) -> None:
    assert enter(client, environ_base={"REMOTE_ADDR": "203.0.113.7"}).location == "/home"


# -- limits and forged forms -------------------------------------------------------------------------------------------


@pytest.mark.settings(RATELIMIT_ENABLED=True)
def test_guessing_ends_soon_but_others_still_sign_in(client: FlaskClient, olga: Account, edition: Edition) -> None:
    assert [enter(client, password="wrong").status_code for _ in range(12)] == [200] * 10 + [429] * 2
    assert enter(client, email="stranger@example.org").status_code == 200
    assert client.get("/sign-in").status_code == 200


@pytest.mark.settings(RATELIMIT_ENABLED=True)
@pytest.mark.parametrize("path", ["/new-password", "/confirm"])
@pytest.mark.parametrize("email", ["olga@example.org", "stranger@example.org"])
def test_nobody_is_flooded_with_mails(client: FlaskClient, olga: Account, path: str, email: str) -> None:
    assert [client.post(path, data={"email": email}).status_code for _ in range(4)] == [303, 303, 303, 429]
    assert "Please wait a few minutes" in client.post(path, data={"email": email.upper()}).text


@pytest.mark.settings(RATELIMIT_ENABLED=True)
def test_signing_up_is_limited_too(client: FlaskClient, edition: Edition) -> None:
    assert [client.post("/sign-up", data={"email": "a@example.org"}).status_code for _ in range(11)][-2:] == [200, 429]


@pytest.mark.settings(WTF_CSRF_ENABLED=True)
@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/sign-up", "/new-password", "/confirm", "/confirm/x", "/account"])
def test_a_forged_form_is_refused(client: FlaskClient, olga: Account, path: str) -> None:
    assert sign_in(client, olga).post(path, data={"email": "olga@example.org"}).status_code == 400
    assert kinds() == []
