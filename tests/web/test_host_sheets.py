"""The day sheets of a host on screen and on paper."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page

from matchmaker.domain.meeting import Status
from matchmaker.domain.roles import Role
from matchmaker.models import Account, Delegate, Edition
from tests.browser import open_as
from tests.builders import get_district, get_pool, get_project, make_account, make_investor, make_meeting, save
from tests.helpers import sign_in

SHEETS = "/host/sheets"


@pytest.fixture
def host(client: FlaskClient, hao: Account) -> FlaskClient:
    return sign_in(client, hao)


def page(client: FlaskClient, address: str = SHEETS) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.text


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_a_sheet_tells_place_day_guests_and_language_in_both_scripts(host: FlaskClient, edition: Edition, ines: Account) -> None:
    save(Delegate(investor=ines.investor, name="Zoé Martin", title="Partner", language="fr"))
    make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], Status.ACCEPTED)
    german = make_investor(edition, languages=("de",))
    make_meeting(german, get_project(edition, "PD-01"), edition.slots[1], pool=get_pool(edition, "de"))

    english = text_of(page(host, f"{SHEETS}/2024-04-01"))
    host.post("/language", data={"language": "zh_Hans_CN"})
    chinese = text_of(page(host))

    for told in (
        "Pudong 浦东新区",
        "Table 1",
        "Monday, 1 April 2024 2024年4月1日星期一",
        "09:00–09:30",
        "Robot joints 机器人关节",
    ):
        assert told in english
    for told in ("Ines Capital", "(France) 法国", "Zoé Martin, Partner", "English 英语", "Interpreter: German 德语", "Proposed"):
        assert told in english
    for told in ("浦东新区 Pudong", "2024年4月1日星期一 Monday, 1 April 2024", "机器人关节 Robot joints", "英语 English"):
        assert told in chinese


def test_a_confidential_guest_stays_so_on_paper_until_accepted(host: FlaskClient, edition: Edition) -> None:
    quiet = make_investor(edition, name="Quiet Fund", country="CH", confidential=True, shares_contact=True, phone="+41 44 1")
    save(Delegate(investor=quiet, name="Vera Still", language="en"))
    meeting = make_meeting(quiet, get_project(edition, "PD-01"), edition.slots[0])

    before = page(host)
    host.post(f"/host/meetings/{meeting.id}/accept", data={})
    after = page(host)

    assert [secret in before for secret in ("Quiet Fund", "Vera Still", "+41 44 1")] == [False, False, False]
    assert "Confidential investor · Switzerland" in before
    assert [secret in after for secret in ("Quiet Fund", "Vera Still", "+41 44 1")] == [True, True, False]


def test_a_confidential_guest_is_worded_as_a_whole_in_each_language(host: FlaskClient, edition: Edition) -> None:
    quiet = make_investor(edition, name="Quiet Fund", country="CH", confidential=True)
    make_meeting(quiet, get_project(edition, "PD-01"), edition.slots[0])

    english = page(host)
    host.post("/language", data={"language": "zh_Hans_CN"})
    chinese = page(host)

    words = {"en": "Confidential investor · Switzerland · Intelligent robots", "zh-Hans": "保密投资方 · 瑞士 · 产业链"}
    other = '<span class="other-script together" lang="{}">{}</span>'
    for shown, own, there in ((english, "en", "zh-Hans"), (chinese, "zh-Hans", "en")):
        assert f"<strong>{words[own]}</strong>\n  {other.format(there, words[there])}" in shown


def test_an_offered_time_stays_in_one_line(host: FlaskClient, edition: Edition, ines: Account) -> None:
    make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], Status.COUNTERED, offered=edition.slots[5])

    assert 'Offered instead: Tue 2 Apr, <span class="nowrap">09:30–10:00</span>' in page(host)


def test_a_day_without_meetings_says_so_and_leads_on(host: FlaskClient, edition: Edition, ines: Account) -> None:
    assert "Your district has no meetings yet." in page(host)
    assert "Day sheets to print" not in page(host, "/host/diary")
    make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[4])

    empty = page(host, f"{SHEETS}/2024-04-01")

    assert "No meetings on this day." in empty
    assert f'href="{SHEETS}/2024-04-02"' in empty
    assert f'href="{SHEETS}"' in empty
    assert "Day sheets to print" in page(host, "/host/diary")
    assert [host.get(f"{SHEETS}/{day}").status_code for day in ("tomorrow", "2024-02-30")] == [404, 404]


def test_sheets_are_for_hosts_of_the_district_alone(client: FlaskClient, edition: Edition, ines: Account, olga: Account) -> None:
    make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], Status.ACCEPTED)
    addresses = (SHEETS, f"{SHEETS}/2024-04-01")
    assert [client.get(address).status_code for address in addresses] == [302, 302]
    for account in (ines, olga):
        sign_in(client, account)
        assert [client.get(address).status_code for address in addresses] == [404, 404]

    sign_in(client, make_account(Role.HOST, district=get_district(edition, "XH")))

    assert all("Ines" not in page(client, address) for address in addresses)


@pytest.mark.journey
def test_each_table_is_printed_on_one_page(
    app: Flask, open_page: Callable[..., Page], hao: Account, edition: Edition, ines: Account
) -> None:
    for number, code in enumerate(("PD-01", "PD-02", "PD-01")):
        make_meeting(make_investor(edition), get_project(edition, code), edition.slots[number // 2], Status.ACCEPTED)

    printed = open_as(app, hao, open_page(), SHEETS).pdf(prefer_css_page_size=True)

    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 2
