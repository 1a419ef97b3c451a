"""The name badges on the organiser's page and on paper."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page

from matchmaker.models import Account, Delegate, Edition
from tests.browser import open_as
from tests.builders import make_investor, save
from tests.helpers import sign_in
from tests.web.test_host_sheets import text_of

BADGES = "/organiser/badges"


@pytest.fixture
def organiser(client: FlaskClient, olga: Account) -> FlaskClient:
    return sign_in(client, olga)


def page(client: FlaskClient, address: str = BADGES) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.text


def badges(client: FlaskClient, address: str = BADGES) -> list[str]:
    return [text_of(each) for each in re.findall(r'<li class="name-badge .*?</li>', page(client, address), re.DOTALL)]


def test_a_badge_is_the_same_in_either_language(organiser: FlaskClient, edition: Edition) -> None:
    investor = make_investor(edition, name="申城资本", country="CN")
    save(Delegate(investor=investor, name="李雷", title="总经理", language="zh"))

    english = badges(organiser)
    organiser.post("/language", data={"language": "zh_Hans_CN"})

    conference = f"{edition.name_zh} {edition.name_en}"
    assert english == badges(organiser) == [f"{conference} 李雷 Lei LI 申城资本 总经理 中国 China 投资方 Investor"]


def test_hosts_have_badges_of_their_district(organiser: FlaskClient, hao: Account) -> None:
    [badge] = badges(organiser, f"{BADGES}?of=host")

    assert badge.endswith("Hao 浦东新区 Pudong 接待方 Host")


def test_a_confidential_organisation_does_not_stand_on_the_page(organiser: FlaskClient, edition: Edition) -> None:
    quiet = make_investor(edition, name="Quiet Fund", country="CH", confidential=True)
    save(Delegate(investor=quiet, name="Vera Still", title="Director", language="en"))

    html = page(organiser)

    assert ("Vera Still" in html, "Quiet Fund" in html, "Switzerland" in html) == (True, False, False)
    assert "Everybody sees a badge" in html


def test_the_lists_lead_to_the_badges_and_empty_ones_lead_on(organiser: FlaskClient) -> None:
    for address in ("/organiser/investors", "/organiser/"):
        assert f'href="{BADGES}"' in page(organiser, address)
    assert "There are no delegates yet." in page(organiser)
    assert "No host has an account yet." in page(organiser, f"{BADGES}?of=host")
    none = page(organiser, f"{BADGES}?met=1")
    assert "No badge matches this search." in none
    assert "0 badges." not in none


def test_further_pages_keep_the_filters(organiser: FlaskClient, edition: Edition) -> None:
    investor = make_investor(edition, name="Many & Co")
    save(*(Delegate(investor=investor, name=f"Delegate {number:03d}", language="en") for number in range(61)))

    html = page(organiser, f"{BADGES}?text=many+%26")

    assert "61 badges." in html
    assert f'rel="next" href="{BADGES}?of=investor&amp;text=many+%26&amp;page=2"' in html
    assert len(badges(organiser, f"{BADGES}?text=many+%26&page=2")) == 1


def test_badges_are_for_organisers_alone(client: FlaskClient, ines: Account, hao: Account) -> None:
    assert client.get(BADGES).status_code == 302
    assert [sign_in(client, account).get(BADGES).status_code for account in (ines, hao)] == [404, 404]


@pytest.mark.journey
def test_ten_badges_are_printed_on_each_sheet_of_paper(
    app: Flask, open_page: Callable[..., Page], olga: Account, edition: Edition
) -> None:
    investor = make_investor(edition, name="Gesellschaft mit einem sehr langen Namen für Beteiligungen " * 3)
    long = {"name": "Maria Anna Josefa von und zu " * 4, "title": "Head of everything that there is " * 3}
    save(*(Delegate(investor=investor, language="en", **(long if number % 2 else {"name": "李雷"})) for number in range(11)))

    sheet = open_as(app, olga, open_page(), BADGES)
    printed = sheet.pdf(prefer_css_page_size=True)
    sheet.emulate_media(media="print")
    boxes = sheet.locator(".name-badge").evaluate_all(
        "badges => badges.map(badge => badge.getBoundingClientRect()).map(box => [box.width, box.height].map(Math.round))"
    )

    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 2
    assert boxes == [[340, 204]] * 11
