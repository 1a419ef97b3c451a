"""The organiser's pages about investors."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from matchmaker.db import db
from matchmaker.domain.interest import Level
from matchmaker.domain.roles import Role, Vetting
from matchmaker.models import Account, Edition, Notice, VettingDecision
from tests import builders
from tests.helpers import sign_in


@pytest.fixture
def applicant(edition: Edition) -> Account:
    """Ada has applied, said what she wants and confirmed her address."""
    investor = builders.make_investor(
        edition, name="Ada <b>Ventures</b>", vetting=Vetting.APPLIED, website="https://ada.example.org", about="Chips & robots."
    )
    builders.make_interest(investor, builders.get_project(edition, "PD-01"), Level.WOULD_LIKE)
    builders.make_interest(investor, builders.get_district(edition, "LG"), Level.MUST_MEET)
    return builders.make_account(Role.INVESTOR, email="ada@example.org", name="Ada", investor=investor)


def decided() -> list[tuple[Vetting, str]]:
    return [(each.vetting, each.reason) for each in db.session.scalars(select(VettingDecision).order_by(VettingDecision.id))]


def test_the_list_filters_and_finds(client: FlaskClient, olga: Account, applicant: Account, ines: Account) -> None:
    sign_in(client, olga)
    everybody = client.get("/organiser/investors").text
    assert "Ada &lt;b&gt;Ventures" in everybody
    assert "Ines Capital" in everybody
    applied = client.get("/organiser/investors?state=applied").text
    assert "Ada &lt;b&gt;" in applied
    assert "Ines Capital" not in applied
    assert "Ines Capital" in client.get("/organiser/investors?text=INES@").text
    assert "No organisation matches." in client.get("/organiser/investors?text=nobody&state=refused").text
    for odd in ("state=odd", "page=0", "page=-5", "page=99999999999999999999", "page=x", "text=%25"):
        assert client.get(f"/organiser/investors?{odd}").status_code == 200, odd
    assert client.get("/organiser/investors?text=%00").status_code == 400


def test_the_page_shows_everything_about_one_organisation(client: FlaskClient, olga: Account, applicant: Account) -> None:
    page = sign_in(client, olga).get(f"/organiser/investors/{applicant.investor_id}").text

    for told in ("Ada &lt;b&gt;Ventures", "Germany", "https://ada.example.org", "Chips &amp; robots.", "ada@example.org",
                 "Intelligent robots", "Robot joints", "Lin-gang", "4 slots", "Monday, 1 April 2024"):  # fmt: skip
        assert told in page
    assert page.index("Lin-gang") < page.index("Robot joints")


def test_an_organiser_approves_and_may_think_again(client: FlaskClient, olga: Account, applicant: Account) -> None:
    path = f"/organiser/investors/{applicant.investor_id}"
    sign_in(client, olga)
    answer = client.post(path, data={"vetting": "approved", "reason": "", "seen": "applied"})
    assert (answer.status_code, answer.location) == (303, path)
    page = client.get(path).text
    assert "Decided. The organisation gets a mail." in page
    assert "Approved, by Olga" in page
    assert 'value="Save the decision"' in page

    client.post(path, data={"vetting": "refused", "reason": "We were wrong.", "seen": "approved"})
    assert decided() == [(Vetting.APPROVED, ""), (Vetting.REFUSED, "We were wrong.")]
    assert [notice.kind for notice in db.session.scalars(select(Notice))] == ["approved", "refused"]


@pytest.mark.parametrize(
    ("filled", "message"),
    [
        ({"vetting": "refused", "reason": " ", "seen": "applied"}, "Please give a reason"),
        ({"vetting": "refused", "reason": "x" * 3000, "seen": "applied"}, "at most 2000 are allowed"),
        ({"vetting": "applied", "seen": "applied"}, "Please choose from the list."),
        ({"seen": "applied"}, "Please do not leave this out."),
    ],
)
def test_a_decision_that_does_not_hold_is_explained(
    client: FlaskClient, olga: Account, applicant: Account, filled: dict[str, Any], message: str
) -> None:
    page = sign_in(client, olga).post(f"/organiser/investors/{applicant.investor_id}", data=filled)

    assert page.status_code == 200
    assert message in page.text
    assert decided() == []


def test_pressing_the_button_twice_decides_once(client: FlaskClient, olga: Account, applicant: Account) -> None:
    path = f"/organiser/investors/{applicant.investor_id}"
    filled = {"vetting": "approved", "reason": "", "seen": "applied"}
    answers = [sign_in(client, olga).post(path, data=filled).status_code for _ in range(2)]

    assert answers == [303, 303]
    assert decided() == [(Vetting.APPROVED, "")]


def test_nobody_else_sees_these_pages(client: FlaskClient, applicant: Account, hao: Account, ines: Account) -> None:
    for path in ("/organiser/investors", f"/organiser/investors/{applicant.investor_id}"):
        assert client.get(path).status_code == 302
    for account in (hao, ines, applicant):
        sign_in(client, account)
        for path in ("/organiser/investors", f"/organiser/investors/{applicant.investor_id}"):
            assert client.get(path).status_code == 404
            assert client.post(path, data={"vetting": "approved", "seen": "applied"}).status_code in (404, 405)
    assert decided() == []


def test_an_organisation_that_is_not_there_is_not_found(client: FlaskClient, olga: Account) -> None:
    sign_in(client, olga)

    assert client.get("/organiser/investors/4711").status_code == 404
    assert client.post("/organiser/investors/4711", data={"vetting": "approved"}).status_code == 404


def test_the_list_costs_the_same_for_one_and_for_three(
    client: FlaskClient, olga: Account, applicant: Account, edition: Edition, count_queries: Callable[..., Any]
) -> None:
    sign_in(client, olga)
    client.get("/organiser/investors")
    with count_queries() as before:
        client.get("/organiser/investors")
    for number in range(2):
        builders.make_account(Role.INVESTOR, email=f"more{number}@example.org", investor=builders.make_investor(edition))
    with count_queries() as after:
        client.get("/organiser/investors")

    assert after.count == before.count
