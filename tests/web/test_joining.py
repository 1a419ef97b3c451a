"""Colleagues of an investor: asking one to join, and where the link in its mail leads."""

import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from matchmaker.db import db
from matchmaker.joining_links import JOIN_WITHIN, joining_link, read_joining_key
from matchmaker.mail import word
from matchmaker.models import Account, Joining, Notice
from matchmaker.services.actors import actor_of
from matchmaker.services.colleagues import take_back_joining
from tests.builders import make_joining
from tests.helpers import sign_in

FILLED = {"name": "Zoé", "password": "seven robots dance"}


def link_to(app: Flask, joining: Joining) -> str:
    """The path of the link as a mail would carry it now."""
    with app.test_request_context():
        link = joining_link(joining)
    db.session.rollback()
    return "/join/" + link.rpartition("/")[2]


@pytest.fixture
def joining(ines: Account) -> Joining:
    return make_joining(ines, "zoe@example.org")


@pytest.fixture
def link(app: Flask, joining: Joining) -> str:
    return link_to(app, joining)


def everything() -> tuple[list[str], list[tuple[str, int | None]], int]:
    """Whatever a look could have changed."""
    db.session.expire_all()
    return (
        list(db.session.scalars(select(Account.email).order_by(Account.id))),
        [(each.email, each.account_id) for each in db.session.scalars(select(Joining).order_by(Joining.id))],
        db.session.query(Notice).count(),
    )


def pressed(client: FlaskClient, path: str, data: dict[str, str] | None = None) -> str:
    """What the page says after its button."""
    answer = client.post(path, data=data or {})
    assert answer.status_code == 303
    return client.get(answer.location).text


# -- asking --------------------------------------------------------------------------------------------------------------


def test_from_asking_to_signing_in(client: FlaskClient, ines: Account) -> None:
    sign_in(client, ines).post("/investor/colleagues", data={"email": "zoe@example.org", "language": "en"})
    page = client.get("/investor/colleagues").text
    mail = word(db.session.scalars(select(Notice)).one()).text
    db.session.rollback()
    path = re.search(r"http://127\.0\.0\.1:8000(/join/\S+)", mail)
    assert path is not None

    visitor = client.application.test_client()
    assert "Ines asks you to look after the meetings of Ines Capital as well." in visitor.get(path[1]).text
    answer = visitor.post(path[1], data=FILLED)
    done = visitor.get(answer.location).text
    signed = visitor.post("/sign-in", data={"email": "zoe@example.org", "password": FILLED["password"]})

    assert "A mail is on its way to zoe@example.org." in page
    assert "Asked by Ines on" in page
    assert (answer.status_code, answer.location) == (303, path[1])
    assert "You have joined Ines Capital." in done
    assert (signed.status_code, signed.location) == (302, "/home")
    profile = visitor.get("/investor/profile").text
    assert 'value="Ines Capital"' in profile
    after = client.get("/investor/colleagues").text
    assert ("Zoé" in after, "Asked to join" in after) == (True, False)


@pytest.mark.parametrize(("language", "title"), [("en", "Join your colleagues"), ("zh_Hans_CN", None)])
def test_the_page_speaks_the_language_that_was_chosen(
    app: Flask, client: FlaskClient, ines: Account, language: str, title: str | None
) -> None:
    page = client.get(link_to(app, make_joining(ines, language=language)), headers={"Accept-Language": "fr"}).text

    assert f'<html lang="{"en" if language == "en" else "zh-Hans"}">' in page
    assert title is None or title in page


def test_a_known_address_is_answered_like_an_unknown_one(client: FlaskClient, ines: Account, sam: Account) -> None:
    sign_in(client, ines)
    told = []
    for address in (sam.email, "nobody@example.org"):
        answer = client.post("/investor/colleagues", data={"email": address, "language": "en"})
        shown = client.get("/investor/colleagues").text.replace(address, "?")
        card = re.search(r'<h3 class="card-title">\?</h3>.*?</article>', shown, re.DOTALL)
        assert card is not None
        numberless = re.sub(r'colleagues/\d+/|name="csrf_token"[^>]*', "", card[0])
        told.append((answer.status_code, answer.location, numberless, "A mail is on its way to ?." in shown))

    assert told[0] == told[1]


def test_a_wrong_address_is_told_at_its_field(client: FlaskClient, ines: Account) -> None:
    sign_in(client, ines)

    wrong = client.post("/investor/colleagues", data={"email": "zoe at home", "language": "en"}).text
    own = client.post("/investor/colleagues", data={"email": "ines@example.org", "language": "en"}).text

    assert "This is not a complete e-mail address" in wrong
    assert "There is an account with this e-mail address already." in own
    assert everything()[1:] == ([], 0)


def test_taken_back_the_link_ends(client: FlaskClient, ines: Account, joining: Joining, link: str) -> None:
    sign_in(client, ines).post(f"/investor/colleagues/{joining.id}/take-back")

    assert "the address is forgotten" in client.get("/investor/colleagues").text
    for answer in (client.get(link), client.post(link, data=FILLED), client.post(f"{link}/fresh")):
        assert answer.status_code == 404
        assert "This link does not work" in answer.text
    assert everything()[1:] == ([], 0)


def test_asked_anew_after_it_was_taken_back_the_old_link_stays_closed(
    app: Flask, client: FlaskClient, ines: Account, joining: Joining, link: str
) -> None:
    first, asked_at = joining.id, joining.asked_at
    take_back_joining(actor_of(ines), first)
    again = make_joining(ines, "zoe@example.org", id=first, asked_at=ines.created_at)

    for at in (asked_at, asked_at + timedelta(days=4000)):
        with time_machine.travel(at, tick=False):
            answers = client.get(link), client.post(f"{link}/fresh")
        assert [answer.status_code for answer in answers] == [404, 404]
        assert all("ask your colleague for another one" in answer.text for answer in answers)
    assert client.get(link_to(app, again)).status_code == 200


def test_the_colleagues_of_others_are_out_of_reach(client: FlaskClient, sam: Account, hao: Account, joining: Joining) -> None:
    sign_in(client, sam).post(f"/investor/colleagues/{joining.id}/take-back")
    theirs = client.get("/investor/colleagues").text
    as_host = sign_in(client, hao).get("/investor/colleagues").status_code

    assert ("zoe@example.org" in theirs, "Ines" in theirs, as_host) == (False, False, 404)
    assert everything()[1] == [("zoe@example.org", None)]


# -- the link ------------------------------------------------------------------------------------------------------------


def test_hundred_looks_change_nothing(client: FlaskClient, link: str) -> None:
    before = everything()

    answers = {client.get(link).status_code for _ in range(100)} | {client.head(link).status_code}

    assert answers == {200}
    assert everything() == before


def test_a_second_press_shows_that_it_is_done(client: FlaskClient, link: str) -> None:
    client.post(link, data=FILLED)
    before = everything()

    again = pressed(client, link, FILLED | {"name": "Another", "password": "eight robots dance"})

    assert "You have joined Ines Capital." in again
    assert everything() == before


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [({"name": " "}, "This is needed"), ({"password": "short"}, "12"), ({"password": "zoe@example.org"}, "guess")],
)
def test_what_is_wrong_is_told_and_no_account_is_made(
    client: FlaskClient, link: str, wrong: dict[str, str], sentence: str
) -> None:
    before = everything()

    answer = client.post(link, data=FILLED | wrong)

    assert answer.status_code == 200
    assert "Nothing was stored yet" in answer.text
    assert FILLED["password"] not in answer.text
    assert everything() == before


def test_an_expired_link_offers_a_fresh_one(client: FlaskClient, joining: Joining, link: str) -> None:
    with time_machine.travel(joining.asked_at + timedelta(days=4000), tick=False):  # far beyond the real time of signing
        page = client.get(link).text
        refused = pressed(client, link, FILLED)
        fresh = pressed(client, f"{link}/fresh")

    assert ["This link has expired; it was valid for seven days." in each for each in (page, refused)] == [True, True]
    assert "A fresh link is on its way to the address that this one was sent to." in fresh
    assert timedelta(days=7) == JOIN_WITHIN
    assert everything()[1:] == ([("zoe@example.org", None)], 1)


def test_who_has_an_account_by_now_is_told_what_to_do(client: FlaskClient, sam: Account, joining: Joining, link: str) -> None:
    sam.email = joining.email
    db.session.commit()
    before = everything()

    page = pressed(client, link, FILLED)

    assert "There is an account with this address already" in page
    assert everything() == before


@pytest.mark.parametrize("spoil", [lambda token: token[:-2], lambda token: "x" + token, lambda _: "nothing"])
def test_a_tampered_link_opens_nothing(client: FlaskClient, link: str, spoil) -> None:
    bad = "/join/" + spoil(link.rpartition("/")[2])

    assert [client.get(bad).status_code, client.post(bad, data=FILLED).status_code] == [404, 404]


def test_a_token_of_another_purpose_does_not_join(app: Flask, client: FlaskClient, ines: Account, joining: Joining) -> None:
    from flask_security.confirmable import generate_confirmation_token

    from matchmaker.answer_links import _serializer

    with app.test_request_context():
        tokens = [generate_confirmation_token(ines), _serializer().dumps([joining.id, "x"])]

    assert [client.get(f"/join/{token}").status_code for token in tokens] == [404, 404]
    with app.test_request_context():
        assert [read_joining_key(token) for token in tokens] == [None, None]


def test_address_of_the_link_goes_to_no_other_page_and_no_cache(client: FlaskClient, link: str) -> None:
    answer = client.get(link)

    assert {name: answer.headers[name] for name in ("Referrer-Policy", "Cache-Control", "X-Robots-Tag")} == {
        "Referrer-Policy": "strict-origin",
        "Cache-Control": "no-store",
        "X-Robots-Tag": "noindex, nofollow",
    }
    assert '<meta name="robots" content="noindex">' in answer.text


def test_the_outbox_never_holds_the_link(client: FlaskClient, ines: Account) -> None:
    sign_in(client, ines).post("/investor/colleagues", data={"email": "zoe@example.org", "language": "en"})

    assert list(db.session.scalars(select(Notice.facts))) == [{"by": "Ines", "investor": "Ines Capital"}]


@pytest.mark.settings(RATELIMIT_ENABLED=True)
def test_one_address_is_asked_three_times_an_hour_at_most(client: FlaskClient, ines: Account) -> None:
    sign_in(client, ines)
    form = {"email": "zoe@example.org", "language": "en"}

    assert [client.post("/investor/colleagues", data=form).status_code for _ in range(4)] == [303, 303, 303, 429]
    assert client.get("/investor/colleagues").status_code == 200


@pytest.mark.settings(RATELIMIT_ENABLED=True)
def test_an_account_asks_twenty_times_an_hour_at_most(client: FlaskClient, ines: Account) -> None:
    sign_in(client, ines)
    asked = [{"email": f"zoe{number}@example.org", "language": "en"} for number in range(21)]

    assert client.post("/investor/colleagues", data=asked[0]).status_code == 303
    assert {client.post("/investor/colleagues", data=form).status_code for form in asked[1:20]} <= {200, 303}
    assert client.post("/investor/colleagues", data=asked[20]).status_code == 429
