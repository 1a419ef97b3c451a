"""The pages that everybody may read, in both languages, and what they must not show."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from matchmaker.i18n import unbroken_words
from matchmaker.models import Account, Edition, Partner
from matchmaker.services import browse
from matchmaker.services.catalogue import load_catalogue
from matchmaker.services.editions import find_edition
from matchmaker.web.access import public
from tests.builders import NOW, get_district, get_project, make_activity, make_edition, make_project, save
from tests.helpers import ROOT, error_at, sign_in

ENGLISH, CHINESE = {"Accept-Language": "en"}, {"Accept-Language": "zh-CN"}

PAGES = {
    "/": ("Connecting the world, creating the future", "沪链世界，共创未来"),
    "/districts": ("Lin-gang Special Area", "临港新片区"),
    "/districts/PD": ("Zhangjiang Science Hall", "张江科学会堂"),
    "/districts/LG": ("cross-border data", "跨境数据"),
    "/chains": ("Non-silicon chip materials", "非硅基芯材料"),
    "/chains/HE-AIR": ("COMAC", "中国商飞"),
    "/chains/FE-NUC": ("Advanced nuclear energy", "先进核能"),
    "/releases": ("Fourier Intelligence", "傅利叶智能"),
    "/projects": ("Shared test laboratory for full-size humanoid robots", "全尺寸人形机器人联合测试实验室"),
    "/projects/QP-05": ("AI drug manufacturing space", "人工智能制药智造空间"),
    "/programme": ("Closing matchmaking day and intent signing", "收官对接日与意向签约"),
    "/partners": ("Tishman Speyer", "铁狮门"),
    "/policies": ("Multi-storey factories", "推动“工业上楼”打造“智造空间”"),
    "/travel": (">Chongming<", ">崇明<"),
    "/about-the-data": ("www.shine.cn", "www.shine.cn"),
}


def titles_of(response: TestResponse) -> list[str]:
    """The titles of the cards on a page."""
    return re.findall(r'class="card-title"><a href="[^"]*">(.*?)</a>', response.text)


# -- the real catalogue --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "headers"), [(0, ENGLISH), (1, CHINESE)])
def test_every_page_is_there_in_both_languages(app: Flask, client: FlaskClient, language: int, headers: dict[str, str]) -> None:
    load_catalogue(ROOT / "matchmaker" / "data" / "shanghai-2024")

    for path, texts in PAGES.items():
        page = client.get(path, headers=headers)

        assert (page.status_code, path, texts[language] in page.text) == (200, path, True)
        assert f'<html lang="{("en", "zh-Hans")[language]}">' in page.text
        assert len(re.findall("<h1", page.text)) == 1


@pytest.mark.parametrize(("path", "rows"), [("/programme", 29), ("/releases", 10)])
def test_both_languages_tell_which_part_of_each_row_is_in_its_source(
    app: Flask, client: FlaskClient, path: str, rows: int
) -> None:
    load_catalogue(ROOT / "matchmaker" / "data" / "shanghai-2024")
    label = re.compile("Part of it is in a source|部分内容有公开来源")

    pages = [client.get(path, headers=headers).text for headers in (ENGLISH, CHINESE)]

    assert [label.findall(page) for page in pages] == [[], []]
    assert [len(re.findall("mark-illustrative", page)) >= rows for page in pages] == [True, True]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("上限1亿元，3年3000万平方米", "上限1~亿~元，3年3000~万~平~方~米"),
        ("5000平方公里，平方的", "5000平~方~公里，平方的"),
        ("RMB 50 million to RMB 1.2 billion, 30 percent of it", "RMB_50_million to RMB_1.2_billion, 30_percent of it"),
        ("in 2024 billions were spent on 3 projects", "in 2024 billions were spent on 3 projects"),
    ],
)
def test_an_amount_keeps_its_unit(text: str, kept: str) -> None:
    assert unbroken_words(text) == kept.replace("~", "\u2060").replace("_", "\u00a0")


def test_partners_stand_in_the_order_of_the_reader(edition: Edition, client: FlaskClient) -> None:
    for number, (english, chinese) in enumerate(
        (("Tishman Speyer", "铁狮门"), ("Alibaba", "阿里巴巴"), ("Bilibili", "哔哩哔哩"))
    ):
        names = {"name_en": english, "name_zh": chinese}
        save(Partner(edition_id=edition.id, code=f"PAR-{number}", category="multinational", source_url="illustrative", **names))

    english, chinese = (
        re.findall('class="card-title">(.*?)<', client.get("/partners", headers=headers).text) for headers in (ENGLISH, CHINESE)
    )

    assert english == ["Alibaba", "Bilibili", "Tishman Speyer"]
    assert chinese == ["阿里巴巴", "哔哩哔哩", "铁狮门"]


def test_what_is_illustrative_says_so_and_what_is_later_is_hidden(app: Flask, client: FlaskClient) -> None:
    load_catalogue(ROOT / "matchmaker" / "data" / "shanghai-2024")

    invented, reported = (client.get(f"/projects/{code}", headers=ENGLISH).text for code in ("PD-15", "QP-05"))
    release = client.get("/chains/HE-SHP-CRU", headers=ENGLISH).text
    policies = client.get("/policies", headers=ENGLISH).text
    landing = client.get("/", headers=ENGLISH).text

    assert "Illustrative: opportunity" in invented
    assert "Invented, without a source." in invented
    assert "No public source" in invented
    assert "Illustrative: opportunity" not in reported
    assert "The source gives the upper end." in reported
    assert "names from general knowledge, not a list by the organiser" in release
    assert "Mixed-use industrial land" in policies
    assert [later in policies for later in ("service package PLUS", "Putuo investment", "Baoshan incubation")] == [False] * 3
    assert re.findall(r"figure-number\">(\d+)<", landing) == ["165", "104", "17", "30", "22", "21"]
    assert landing.count("not confirmed") == 2
    assert landing.count("Qingming holiday") == 3
    assert "Working Sunday" in landing


@pytest.mark.parametrize("headers", [ENGLISH, CHINESE])
def test_the_first_page_leads_to_each_day_to_the_session_and_to_the_released_chains(
    app: Flask, client: FlaskClient, headers: dict[str, str]
) -> None:
    load_catalogue(ROOT / "matchmaker" / "data" / "shanghai-2024")

    page = client.get("/", headers=headers).text

    days = [f"2024-04-{day:02}" for day in (1, 2, 3, 7, 8, 9, 10, 11, 12)]
    anchors = ["2024-03-29", "ACT-01", "ACT-06", *days]
    assert re.findall(r'href="/programme#([^"]+)"', page) == anchors
    programme = client.get("/programme", headers=headers).text
    assert [anchor for anchor in anchors if f'id="{anchor}"' not in programme] == []
    session = ["HE-AIR", "HE-ROB", "IC-WBG", "BM-MFG"]
    ways = re.findall(r'href="/chains/([^"]+)"', page)
    assert (ways[:4], len(ways)) == (session, 14)
    assert [f'href="/projects?chain={code}"' in page for code in ways] == [True] * 14


@pytest.mark.parametrize(
    ("headers", "told"), [(ENGLISH, "Fri 29 Mar to Fri 12 Apr"), (CHINESE, "3月29日（周五）至4月12日（周五）")]
)
def test_the_first_page_tells_the_first_and_the_last_day(
    app: Flask, client: FlaskClient, headers: dict[str, str], told: str
) -> None:
    load_catalogue(ROOT / "matchmaker" / "data" / "shanghai-2024")

    assert told in re.sub("</?span[^>]*>", "", client.get("/", headers=headers).text)


def test_what_is_to_come_is_not_told_as_if_it_were_over(app: Flask, client: FlaskClient) -> None:
    load_catalogue(ROOT / "matchmaker" / "data" / "shanghai-2024")

    pages = [client.get(path, headers=ENGLISH).text for path in ("/", "/releases", "/about-the-data")]

    assert [re.findall("(?:was|were) released|took place", page) for page in pages] == [[], [], []]
    assert "The conference of Friday, 29 March 2024 is real" in pages[2]


def test_a_release_without_a_source_says_what_is_known_and_shows_the_source_of_its_chain(app: Flask, client: FlaskClient) -> None:
    """The sentence of the file speaks of files that no visitor has."""
    loaded = load_catalogue(ROOT / "matchmaker" / "data" / "shanghai-2024")
    told = "The track is reported, and the parks are those of its projects; plan, policy, fund and leaders illustrative."

    page = client.get("/releases", headers=ENGLISH).text
    chain = client.get("/chains/HE-SHP-CRU", headers=ENGLISH).text

    assert page.count(told) == 2
    assert "No public source" not in page + chain
    assert chain.count("Source: news.youth.cn") == 2
    edition = find_edition(loaded.edition)
    assert edition is not None
    for release in browse.releases(edition):
        if not release.source_url:
            projects = browse.chain_page(edition, release.chain.code).projects
            assert {*release.parks_en} <= {project.park_en for project in projects}


def test_the_programme_speaks_of_morning_and_afternoon_not_of_parts_of_a_day(app: Flask, client: FlaskClient) -> None:
    load_catalogue(ROOT / "matchmaker" / "data" / "shanghai-2024")

    page = client.get("/programme", headers=ENGLISH).text

    assert "To follow the main conference; morning or afternoon, clock times and capacity illustrative." in page
    assert "day part" not in page


@pytest.mark.parametrize("path", ["/districts", "/districts/PD"])
def test_the_industries_of_a_district_begin_with_a_capital_and_keep_their_other_letters(
    edition: Edition, client: FlaskClient, path: str
) -> None:
    district = get_district(edition, "PD")
    district.industries_en = ["clean R&D", "AI drugs"]
    save(district)

    assert "Clean R&amp;D, AI drugs" in client.get(path, headers=ENGLISH).text


# -- projects ------------------------------------------------------------------------------------------------------------


def test_what_is_released_is_the_chain_of_a_project_not_the_project(edition: Edition, client: FlaskClient) -> None:
    project = get_project(edition, "PD-01")
    project.chain.released, project.chain.special_session = True, "confirmed"
    save(project.chain)

    page = client.get("/projects/PD-01", headers=ENGLISH).text

    marks, facts = page.split('<dl class="facts">')
    [chain] = re.findall("<dt>Chain</dt><dd>(.*?)</dd>", facts, re.DOTALL)
    assert [mark in marks for mark in ("Released this year", "Special session")] == [False, False]
    assert re.findall("(Released this year|Special session: confirmed)", chain) == [
        "Released this year",
        "Special session: confirmed",
    ]


def test_filters_narrow_the_list_and_stay_in_the_form(edition: Edition, client: FlaskClient) -> None:
    page = client.get("/projects?district=PD&q=hands", headers=ENGLISH)

    assert titles_of(page) == ["Robot hands"]
    assert "1 project found." in page.text
    assert '<option selected value="PD">Pudong</option>' in page.text
    assert 'value="hands"' in page.text


def test_filters_survive_on_the_next_page(edition: Edition, client: FlaskClient) -> None:
    for _ in range(30):
        make_project(get_district(edition, "PD"))

    first = client.get("/projects?district=PD&kind=joint+lab", headers=ENGLISH)
    second = client.get("/projects?district=PD&kind=joint+lab&page=2", headers=ENGLISH)

    assert 'href="/projects?district=PD&amp;kind=joint+lab&amp;page=2"' in first.text
    assert (len(titles_of(first)), len(titles_of(second))) == (24, 8)
    assert "Page 2 of 2" in second.text


def test_an_empty_list_says_what_to_do(edition: Edition, client: FlaskClient) -> None:
    page = client.get("/projects?q=nothing+like+this", headers=ENGLISH)

    assert "No project fits all of this." in page.text
    assert "Show all projects" in page.text


@pytest.mark.parametrize(
    "query",
    ["size_from=many", "size_from=-3", "size_to=99999999999999999999", "district=ZZ", "kind=castle", "page=many",
     "page=0", "page=-5", "page=99999999999999", "q=" + "x" * 300, "district=PD&district=XH", "q=%ff%fe"],
)  # fmt: skip
def test_strange_filters_are_answered_with_a_page(edition: Edition, client: FlaskClient, query: str) -> None:
    assert client.get(f"/projects?{query}").status_code == 200


def test_a_filter_that_was_not_understood_is_told_at_its_field(edition: Edition, client: FlaskClient) -> None:
    page = client.get("/projects?size_from=many&district=PD", headers=ENGLISH)

    assert "Please give an amount in RMB" in page.text
    assert titles_of(page) == ["Robot joints", "Robot hands"]


def test_sizes_in_the_wrong_order_are_told_at_their_field_with_both(edition: Edition, client: FlaskClient) -> None:
    page = client.get("/projects?size_from=1200&size_to=50", headers=ENGLISH).text

    assert error_at(page, "size_to").startswith("It begins at RMB 1.2 billion and ends at RMB 50 million.")
    assert re.search(r'id="size_from"[^>]*value="1200"', page)
    assert re.search(r'id="size_to"[^>]*value="50"', page)


def test_a_withdrawn_project_says_so(edition: Edition, client: FlaskClient) -> None:
    project = get_project(edition, "PD-01")
    project.withdrawn_at = NOW
    save(project)

    assert "This project is no longer offered." in client.get("/projects/PD-01", headers=ENGLISH).text
    assert titles_of(client.get("/projects?district=PD")) == ["Robot hands"]


def test_texts_of_the_catalogue_are_shown_as_text(edition: Edition, client: FlaskClient) -> None:
    make_project(get_district(edition, "PD"), code="PD-99", title="<script>alert(1)</script>")

    for path in ("/projects", "/projects/PD-99", "/districts/PD", "/chains/FI-ROB"):
        page = client.get(path, headers=ENGLISH).text
        assert "<script" not in page
        assert "&lt;script&gt;" in page


# -- roles ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/projects/PD-01", "/programme", "/chains/FI-ROB", "/districts/PD", "/"])
def test_people_of_every_role_read_the_same_pages(
    edition: Edition, client: FlaskClient, ines: Account, hao: Account, olga: Account, path: str
) -> None:
    make_activity(edition, venue=get_district(edition, "PD").venue, starts_at=edition.slots[0].starts_at)

    for account in (ines, hao, olga):
        assert sign_in(client, account).get(path).status_code == 200


def test_a_visitor_is_led_to_sign_up_and_never_sees_who_did(edition: Edition, client: FlaskClient, ines: Account) -> None:
    for path in ("/", "/projects/PD-01", "/programme", "/districts/PD"):
        page = client.get(path, headers=ENGLISH).text
        assert "Sign up" in page
        assert "Ines" not in page


@pytest.mark.parametrize("path", ["/projects", "/districts", "/chains", "/programme", "/districts/PD"])
def test_a_long_page_costs_as_many_queries_as_a_short_one(
    edition: Edition, client: FlaskClient, count_queries: Callable[[], Any], path: str
) -> None:
    pudong = get_district(edition, "PD")
    make_activity(edition, venue=pudong.venue, starts_at=edition.slots[0].starts_at, district_id=pudong.id)
    with count_queries() as few:
        client.get(path)
    for _ in range(20):
        make_project(pudong)
        make_activity(edition, venue=pudong.venue, starts_at=edition.slots[0].starts_at, district_id=pudong.id)

    with count_queries() as many:
        client.get(path)

    assert few.count == many.count


# -- language ------------------------------------------------------------------------------------------------------------


def test_a_chosen_language_stays_and_leads_back(edition: Edition, client: FlaskClient) -> None:
    answer = client.post("/language", data={"language": "zh_Hans_CN", "next": "/projects?district=PD"}, headers=ENGLISH)

    assert (answer.status_code, answer.location) == (303, "/projects?district=PD")
    assert '<html lang="zh-Hans">' in client.get("/", headers=ENGLISH).text


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example", "//evil.example", "/\\evil.example", "evil", "", "/\n/evil.example", "javascript:1"]
)
def test_changing_the_language_leads_nowhere_else(edition: Edition, client: FlaskClient, elsewhere: str) -> None:
    assert client.post("/language", data={"language": "en", "next": elsewhere}).location == "/"


def test_an_unknown_language_is_refused(edition: Edition, client: FlaskClient) -> None:
    assert client.post("/language", data={"language": "xx"}).status_code == 400


# -- errors and headers --------------------------------------------------------------------------------------------------


def test_without_an_edition_the_start_page_says_what_to_do(app: Flask, client: FlaskClient) -> None:
    page = client.get("/", headers=ENGLISH)

    assert (page.status_code, "flask catalogue load" in page.text) == (200, True)
    assert client.get("/projects").status_code == 404


@pytest.mark.parametrize("path", ["/nowhere", "/projects/NO-SUCH", "/districts/NO-SUCH", "/chains/NO-SUCH"])
@pytest.mark.parametrize(("headers", "language"), [(ENGLISH, "en"), (CHINESE, "zh-Hans")])
def test_a_page_that_is_not_there_is_told_politely(
    edition: Edition, client: FlaskClient, path: str, headers: dict[str, str], language: str
) -> None:
    page = client.get(path, headers=headers)

    assert page.status_code == 404
    assert f'<html lang="{language}">' in page.text
    assert '<meta name="robots" content="noindex">' in page.text


@pytest.mark.settings(WTF_CSRF_ENABLED=True)
def test_a_form_without_its_token_changes_nothing_and_says_so(edition: Edition, client: FlaskClient) -> None:
    came_from = ENGLISH | {"Referer": "http://localhost/projects"}

    pages = [client.post("/language", data={"language": "zh_Hans_CN"}, headers=each) for each in (ENGLISH, came_from)]

    assert [(page.status_code, "This form is no longer valid" in page.text) for page in pages] == [(400, True)] * 2
    again = '<a class="btn btn-primary" href="/projects">Open the page again</a>'
    assert [again in page.text for page in pages] == [False, True]
    assert "with a password" not in pages[1].text


def test_too_much_is_refused(edition: Edition, client: FlaskClient) -> None:
    page = client.post("/language", data={"language": "x" * 2_000_000}, headers=ENGLISH)

    assert (page.status_code, "This is too large" in page.text) == (413, True)


@pytest.mark.settings  # of its own, for another address
@pytest.mark.parametrize("code", [403, 429])
def test_other_refusals_have_their_page(app: Flask, client: FlaskClient, code: int) -> None:
    from flask import abort

    app.add_url_rule("/refused", view_func=public(lambda: abort(code)), endpoint="refused")

    page = client.get("/refused", headers=ENGLISH)

    assert (page.status_code, f"Error {code}" in page.text) == (code, True)


@pytest.mark.settings(TESTING=False, PROPAGATE_EXCEPTIONS=False)
def test_a_failure_has_a_reference_in_both_languages(app: Flask, client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> str:
        raise ZeroDivisionError

    app.add_url_rule("/fails", view_func=public(fail), endpoint="fails")

    page = client.get("/fails")

    references = re.findall(r"\b[0-9a-f]{8}\b", page.text)
    assert page.status_code == 500
    assert len(references) == 2
    assert f"reference {references[0]}" in caplog.text
    assert "ZeroDivisionError" not in page.text
    assert '<section lang="zh-Hans">' in page.text


def test_every_answer_carries_the_security_headers(edition: Edition, client: FlaskClient) -> None:
    for path in ("/", "/nowhere", "/static/site.css", "/bootstrap/static/css/bootstrap.min.css"):
        headers = client.get(path, buffered=True).headers
        assert headers["Content-Security-Policy"] == (
            "default-src 'self'; img-src 'self' data:; object-src 'none'; "
            "base-uri 'self'; frame-ancestors 'none'; form-action 'self'"
        )
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert "Strict-Transport-Security" not in headers

    secure = client.get("/", base_url="https://conference.example")
    assert secure.headers["Strict-Transport-Security"] == "max-age=31536000"


@pytest.mark.parametrize("path", PAGES)
def test_no_page_carries_inline_script_or_style(client: FlaskClient, app: Flask, path: str) -> None:
    make_edition()

    page = client.get(path).text

    assert re.search(r"<script|<style|\sstyle=|\son[a-z]+=", page) is None
    assert re.findall(r'(?:src|<link[^>]*href)="(?:https?:)?//', page) == []
