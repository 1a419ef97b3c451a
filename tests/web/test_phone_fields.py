"""Phone numbers on pages: typed as people write them, stored in one form, shown in the international one wherever they stand."""

import re

import pytest
from flask.testing import FlaskClient

from matchmaker.db import db
from matchmaker.domain.meeting import Status
from matchmaker.models import Account, Edition, Investor
from matchmaker.services.actors import actor_of
from matchmaker.services.investors import change_profile, profile_of
from tests.builders import NOW, get_project, make_meeting
from tests.helpers import error_at, sign_in
from tests.web.test_versions import PROFILE, field_of, fresh, shows_both


def value_of(page: str) -> str:
    return re.findall(r'<input[^>]*id="phone"[^>]*value="([^"]*)"', page)[0]


@pytest.fixture
def investor(client: FlaskClient, ines: Account) -> FlaskClient:
    return sign_in(client, ines)


def store(account: Account, phone: str) -> None:
    account.investor.phone = phone
    account.investor.shares_contact = True
    db.session.commit()


@pytest.mark.parametrize(
    ("typed", "country", "stored", "shown"),
    [
        ("138 0013 8000", "CN", "+8613800138000", "+86 138 0013 8000"),
        ("01 42 68 53 00", "FR", "+33142685300", "+33 1 42 68 53 00"),
        ("+86 21 1234 5678 转 12", "FR", "+862112345678;ext=12", "+86 21 1234 5678 ext. 12"),
        ("", "FR", "", ""),
    ],
)
def test_a_number_is_stored_in_one_form_and_shown_in_the_international_one(
    investor: FlaskClient, ines: Account, typed: str, country: str, stored: str, shown: str
) -> None:
    investor_id = ines.investor_id

    assert investor.post("/investor/profile", data=PROFILE | {"phone": typed, "country": country}).status_code == 303

    found = fresh(Investor, investor_id)
    assert isinstance(found, Investor)
    assert found.phone == stored
    assert value_of(investor.get("/investor/profile").text) == shown


def test_an_incomplete_number_is_told_at_its_field_and_stays_as_it_was_typed(investor: FlaskClient, ines: Account) -> None:
    store(ines, "+33142685300")

    page = investor.post("/investor/profile", data=PROFILE | {"phone": "12", "country": "DE"}).text

    assert error_at(page, "phone") == "This is not a complete phone number with its area code, such as +86 21 1234 5678."
    assert value_of(page) == "12"
    found = fresh(Investor, ines.investor_id)
    assert isinstance(found, Investor)
    assert found.phone == "+33142685300"


def test_two_versions_of_a_number_are_shown_as_people_read_them(investor: FlaskClient, ines: Account) -> None:
    store(ines, "+33142685300")
    opened = investor.get("/investor/profile").text
    change_profile(actor_of(ines), profile_of(ines.investor), now=NOW)
    store(ines, "+33142685301")

    mine = PROFILE | {"phone": "01 42 68 53 02", "seen": field_of(opened, "seen", 'id="profile-form"')}

    shows_both(investor.post("/investor/profile", data=mine), "Phone Yours +33 1 42 68 53 02 Stored now +33 1 42 68 53 01")


@pytest.mark.parametrize(
    ("stored", "shown", "link"),
    [
        ("+8613800138000", "+86 138 0013 8000", "tel:+8613800138000"),
        ("+862112345678;ext=12", "+86 21 1234 5678 ext. 12", "tel:+862112345678;ext=12"),
        ("ask Ines", "ask Ines", None),  # what is stored and no number stands as it is
    ],
)
def test_hosts_organisers_and_calendars_read_the_same_number(
    client: FlaskClient, edition: Edition, ines: Account, hao: Account, olga: Account, stored: str, shown: str, link: str | None
) -> None:
    store(ines, stored)
    meeting = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], Status.ACCEPTED)
    paths = {f"/host/meetings/{meeting.id}": hao, f"/organiser/investors/{ines.investor_id}": olga}

    for path, account in paths.items():
        page = sign_in(client, account).get(path).text
        assert (f'<a href="{link}">{shown}</a>' if link else f"<dd>{shown}</dd>") in page
        assert page.count("tel:") == (1 if link else 0)

    calendar = sign_in(client, hao).get(f"/meetings/{meeting.id}.ics").text.replace("\r\n ", "")
    assert f"Contact: {shown}" in calendar
