"""Numbers that no page of ours sends are refused in words, however long they are."""

import pytest
from flask.testing import FlaskClient

from matchmaker.domain.meeting import Status
from matchmaker.models import Account, Edition
from matchmaker.web.input import number_seen
from tests.builders import get_project, make_meeting
from tests.helpers import sign_in

LONG = "9" * 5000


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("17", 17), ("", -1), ("-1", -1), ("1.5", -1), (LONG, -1), ("x", -1)])
def test_a_number_that_a_page_showed_is_read_back(text: str, number: int) -> None:
    assert number_seen(text) == number


@pytest.mark.parametrize("action", ["accept", "decline", "offer", "cancel", "record", "hand"])
def test_no_length_of_a_number_breaks_an_answer(
    client: FlaskClient, edition: Edition, ines: Account, hao: Account, action: str
) -> None:
    made = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0]).id

    sent = {"sequence": LONG, "seen": LONG, "colleague": LONG, "slot": LONG, "held": "yes", "appetite": "strong"}
    page = sign_in(client, hao).post(f"/host/meetings/{made}/{action}", data=sent)

    assert page.status_code in (200, 302, 303, 400, 409)


@pytest.mark.parametrize("action", ["take", "keep", "ask", "withdraw", "record"])
def test_no_length_of_a_number_breaks_an_answer_of_an_investor(
    client: FlaskClient, edition: Edition, ines: Account, action: str
) -> None:
    made = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], status=Status.ACCEPTED).id

    sent = {"sequence": LONG, "seen": LONG, "slot": LONG, "held": "yes", "appetite": "strong"}
    page = sign_in(client, ines).post(f"/meetings/{made}/{action}", data=sent)

    assert page.status_code in (200, 302, 303, 400, 409)


@pytest.mark.parametrize(
    "day", ["99999999999999999999", LONG, "0", "-3", "x", "", "2024-02-30", "0001-01-01", "9999-12-31", "al\u202el"]
)
def test_no_day_breaks_the_diary(client: FlaskClient, edition: Edition, ines: Account, hao: Account, day: str) -> None:
    make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0])
    page = sign_in(client, hao).get("/host/diary", query_string={"day": day, "show": LONG})

    assert page.status_code == 200
    assert "Monday, 1 April 2024" in page.text


@pytest.mark.parametrize("offer", ["99999999999999999999", LONG, "0", "-3", "x", ""])
def test_no_number_breaks_the_inbox(client: FlaskClient, edition: Edition, hao: Account, offer: str) -> None:
    assert sign_in(client, hao).get("/host/", query_string={"offer": offer}).status_code == 200
