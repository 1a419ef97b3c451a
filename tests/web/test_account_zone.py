"""The time zone of a person: chosen on the account page, told beside the times of Shanghai."""

import re
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from matchmaker.db import db
from matchmaker.i18n import offset_words, offsets_words
from matchmaker.models import Account, Edition
from tests.builders import get_project, make_meeting
from tests.helpers import sign_in
from tests.web.test_account import FILLED
from tests.web.test_account_forms import error_of
from tests.web.test_investor import text_of


@pytest.fixture
def paris(ines: Account, edition: Edition) -> Account:
    """Ines, who reads the times of Paris beside those of Shanghai, and has a meeting."""
    make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0])
    ines.timezone = "Europe/Paris"
    db.session.commit()
    return ines


def test_a_chosen_zone_is_stored_and_stands_beside_the_time_of_shanghai(client: FlaskClient, paris: Account) -> None:
    sign_in(client, paris)

    answer = client.post("/account", data={"name": "Ines", "language": "en", "timezone": "America/New_York"})

    assert (answer.status_code, paris.timezone) == (303, "America/New_York")
    assert '<option selected value="America/New_York">United States · New York (UTC−4)</option>' in client.get("/account").text
    assert "09:00–09:30 (Sun 31 Mar, 21:00–21:30 in New York)" in text_of(client.get("/diary"))


def test_a_chinese_reader_finds_every_zone_in_chinese_with_its_clock(client: FlaskClient, paris: Account) -> None:
    paris.language = "zh_Hans_CN"
    db.session.commit()

    page = sign_in(client, paris).get("/account").text
    diary = client.get("/diary").text

    options = re.findall(r'<option (?:selected )?value="([A-Z][^"]*/[^"]*)">([^<]*)</option>', page)
    assert len(options) > 400
    assert [place for _zone, place in options if re.search("[A-Za-z]", place.replace("UTC", ""))] == []
    told = dict(options)
    assert (told["Asia/Shanghai"], told["Europe/Paris"]) == ("中国 · 上海（UTC+8）", "法国 · 巴黎（UTC+1/+2）")
    assert (told["Asia/Kolkata"], told["Africa/Accra"]) == ("印度 · 加尔各答（UTC+5:30）", "加纳 · 阿克拉（UTC）")
    pinyin = [zone for zone, _place in options if zone in ("Africa/Algiers", "Asia/Shanghai", "Europe/Paris", "Africa/Lusaka")]
    assert pinyin == ["Africa/Algiers", "Europe/Paris", "Africa/Lusaka", "Asia/Shanghai"]  # ā'ěr… fǎ… zàn… zhōng…
    assert '09:00–09:30</span><span class="muted small own-zone">（巴黎' in diary


@pytest.mark.parametrize(
    ("zone", "offset"),
    [("Asia/Shanghai", "UTC+8"), ("America/St_Johns", "UTC−2:30"), ("Africa/Accra", "UTC"), ("Asia/Kathmandu", "UTC+5:45")],
)
def test_what_the_clocks_of_a_zone_show_is_told_from_universal_time(zone: str, offset: str) -> None:
    assert offset_words(zone, datetime(2024, 4, 12, 12, tzinfo=UTC)) == offset


@pytest.mark.parametrize(
    ("zone", "offsets"),
    [("Europe/London", "UTC+0/+1"), ("Europe/Paris", "UTC+1/+2"), ("Asia/Shanghai", "UTC+8"), ("Africa/Accra", "UTC")],
)
def test_clocks_that_change_during_the_conference_are_told_for_both_ends(zone: str, offsets: str) -> None:
    first, last = (datetime(2024, *day, 4, tzinfo=UTC) for day in ((3, 29), (4, 12)))

    assert offsets_words(zone, first, last) == offsets


@pytest.mark.parametrize(
    ("language", "told"), [("en", "This time zone is not on the list."), ("zh_Hans_CN", "该时区不在列表中。")]
)
def test_an_unknown_zone_is_refused_on_its_field(client: FlaskClient, paris: Account, language: str, told: str) -> None:
    paris.language = language
    db.session.commit()

    answer = sign_in(client, paris).post("/account", data={"name": "Ines", "language": language, "timezone": "Europe/Nowhere"})

    assert answer.status_code == 200
    assert error_of(answer.text, "timezone") == told
    assert paris.timezone == "Europe/Paris"


def test_without_a_zone_times_are_those_of_shanghai_alone(client: FlaskClient, paris: Account) -> None:
    assert "in Paris" in text_of(sign_in(client, paris).get("/diary"))

    assert client.post("/account", data={"name": "Ines", "language": "en", "timezone": ""}).status_code == 303

    assert paris.timezone is None
    assert "in Paris" not in text_of(client.get("/diary"))


@pytest.mark.parametrize(("country", "zone"), [("FR", "Europe/Paris"), ("US", None)])
def test_who_signs_up_has_the_zone_of_its_country_where_that_has_one_clock(
    client: FlaskClient, edition: Edition, country: str, zone: str | None
) -> None:
    client.post("/sign-up", data=FILLED | {"country": country})

    assert db.session.scalars(select(Account.timezone)).all() == [zone]
