import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from matchmaker.db import db
from matchmaker.domain.meeting import Status
from matchmaker.domain.roles import Role
from matchmaker.models import Account, Availability, Edition
from matchmaker.services.editions import set_clock
from tests.builders import get_project, make_account, make_interest, make_investor, make_lead_absence, make_meeting
from tests.helpers import error_at, sign_in
from tests.web.test_investor import text_of

STAY = {"stay": "1", "arrival": "2024-04-01/afternoon", "departure": "2024-04-02/morning"}


def stored(account: Account) -> set[int]:
    db.session.rollback()
    return set(db.session.scalars(select(Availability.slot_id).where(Availability.investor_id == account.investor_id)))


def test_arrival_and_departure_replace_what_was_ticked(client: FlaskClient, ines: Account, edition: Edition) -> None:
    wanted = {slot.id for slot in edition.slots[2:6]}

    for _ in range(2):
        assert sign_in(client, ines).post("/investor/availability", data=STAY).status_code == 303

    assert stored(ines) == wanted
    page = client.get("/investor/availability").text
    assert re.findall(r'<option selected value="([^"]*)"', page) == ["2024-04-01/afternoon", "2024-04-02/morning"]


@pytest.mark.parametrize("wrong", [{"arrival": "2024-04-02/afternoon"}, {"arrival": "2024-04-02/morning"}])
def test_a_stay_that_gives_up_a_meeting_or_runs_backwards_is_told(
    client: FlaskClient, ines: Account, edition: Edition, wrong: dict[str, str]
) -> None:
    make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0])
    before = stored(ines)

    text = text_of(sign_in(client, ines).post("/investor/availability", data={**STAY, **wrong}))

    assert ("You cannot leave before you arrive." in text) is (wrong["arrival"] == "2024-04-02/afternoon")
    assert ("Your meeting “Robot joints”" in text) is (wrong["arrival"] == "2024-04-02/morning")
    assert stored(ines) == before


def test_a_stay_that_runs_backwards_keeps_what_was_chosen_and_is_told_at_its_field(
    client: FlaskClient, ines: Account, edition: Edition
) -> None:
    backwards = {**STAY, "arrival": "2024-04-02/afternoon", "slots": [str(edition.slots[3].id)]}

    page = sign_in(client, ines).post("/investor/availability", data=backwards).text

    assert error_at(page, "departure").startswith("You cannot leave before you arrive.")
    assert re.findall(r'<option selected value="([^"]*)"', page) == ["2024-04-02/afternoon", "2024-04-02/morning"]
    assert re.findall(r'name="slots" value="([^"]*)" checked', page) == [str(edition.slots[3].id)]


@pytest.mark.parametrize("wrong", [{"arrival": ""}, {"departure": "never/ever"}])
def test_a_broken_stay_is_a_bad_request(client: FlaskClient, ines: Account, wrong: dict[str, str]) -> None:
    assert sign_in(client, ines).post("/investor/availability", data={**STAY, **wrong}).status_code == 400


@pytest.mark.settings(WTF_CSRF_ENABLED=True)
def test_a_forged_stay_is_refused(client: FlaskClient, ines: Account) -> None:
    before = stored(ines)

    assert sign_in(client, ines).post("/investor/availability", data=STAY).status_code == 400
    assert stored(ines) == before


def test_a_line_says_what_a_half_day_would_bring_and_adds_it(client: FlaskClient, edition: Edition) -> None:
    investor = make_investor(edition, available=edition.slots[:2])
    account = make_account(Role.INVESTOR, investor=investor)
    for code in ("PD-01", "PD-02"):
        make_interest(investor, get_project(edition, code))
        make_lead_absence(get_project(edition, code), *edition.slots[:6])
    fill = {"slots": [str(slot.id) for slot in edition.slots[:2]], "fill": "2024-04-02/afternoon"}

    before = text_of(sign_in(client, account).get("/investor/availability"))
    answer = client.post("/investor/availability", data=fill)

    assert "With the afternoon of Tue 2 Apr, 2 more of your interests become reachable." in before
    assert answer.location == "/investor/availability#day-2024-04-02"
    assert "become reachable" not in text_of(client.get("/investor/availability"))


def test_the_two_times_of_an_offer_are_told_apart(client: FlaskClient, ines: Account, edition: Edition) -> None:
    slots = edition.slots
    make_meeting(ines.investor, get_project(edition, "XH-01"), slots[2], Status.COUNTERED, offered=slots[0])

    text = text_of(sign_in(client, ines).get("/investor/availability"))

    assert "09:00 Model laboratory (offered time)" in text
    assert text.count("Model laboratory") == 2
    assert text.count("(offered time)") == 1


def half_of(page: str, name: str) -> str:
    """What stands at this half-day of the grid."""
    return page[page.index(f'id="half-{name}"') :].split("</fieldset>")[0].split('role="group"')[0]


def test_a_half_day_that_meetings_hold_counts_as_ticked_and_has_no_button_that_adds_nothing(
    client: FlaskClient, ines: Account, edition: Edition
) -> None:
    for number, code in enumerate(("PD-01", "PD-02")):
        make_meeting(ines.investor, get_project(edition, code), edition.slots[number])

    page = sign_in(client, ines).post("/investor/availability", data={"seen": "older"}).text

    morning = half_of(page, "2024-04-01-morning")
    assert ("2 of 2 slots" in morning, "<button" in morning) == (True, False)
    afternoon = half_of(page, "2024-04-01-afternoon")
    assert ("0 of 2 slots" in afternoon, 'name="fill"' in afternoon, 'name="clear"' in afternoon) == (True, True, False)


def test_no_button_ticks_what_has_begun(client: FlaskClient, edition: Edition) -> None:
    account = make_account(Role.INVESTOR, investor=make_investor(edition, available=edition.slots[1:2]))
    set_clock(edition.code, edition.slots[0].starts_at)

    morning = half_of(sign_in(client, account).get("/investor/availability").text, "2024-04-01-morning")

    assert ("1 of 2 slots" in morning, 'name="fill"' in morning, 'name="clear"' in morning) == (True, False, True)


def test_that_nothing_was_said_yet_is_told_where_nothing_else_is(client: FlaskClient, edition: Edition, ines: Account) -> None:
    told = "You have not said yet when you are in town"
    nobody = make_account(Role.INVESTOR, investor=make_investor(edition, available=()))
    backwards = {**STAY, "arrival": "2024-04-02/afternoon"}

    assert told in text_of(sign_in(client, nobody).get("/investor/availability"))
    assert told not in text_of(client.post("/investor/availability", data=backwards))
    assert told not in text_of(sign_in(client, ines).post("/investor/availability", data={"seen": "older"}))


def test_the_menu_marks_availability_also_after_a_form(client: FlaskClient, ines: Account) -> None:
    page = sign_in(client, ines).post("/investor/availability", data={"seen": "older"}).text

    assert '<a href="/investor/availability" aria-current="true">' in page
