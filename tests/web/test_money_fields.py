"""Fields for money on pages: each reader writes its own unit, and no amount changes with the language of the page."""

import re

import pytest
from flask.testing import FlaskClient

from matchmaker.db import db
from matchmaker.models import Account, Edition, Investor
from tests.builders import get_district, get_project, make_project
from tests.helpers import sign_in
from tests.web.test_host_projects import FORM
from tests.web.test_versions import PROFILE, fresh, shows_both

CHINESE, ENGLISH = {"Accept-Language": "zh-CN"}, {"Accept-Language": "en"}
OURS = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}


def inputs_of(page: str, name: str) -> list[tuple[str, str]]:
    """Value of the field and of the unit that goes with it, wherever they stand on the page."""
    tags = re.findall(rf'<input[^>]*\bname="({name}(?:_unit)?)"[^>]*>', page)
    values = [re.search(r'\bvalue="([^"]*)"', tag) for tag in re.findall(rf'<input[^>]*\bname="{name}(?:_unit)?"[^>]*>', page)]
    told = [found[1] if found else "" for found in values]
    assert tags == [name, f"{name}_unit"] * (len(tags) // 2)
    return list(zip(told[::2], told[1::2], strict=True))


def speak(client: FlaskClient, language: str) -> None:
    client.post("/language", data={"language": language})


@pytest.fixture
def investor(client: FlaskClient, ines: Account) -> FlaskClient:
    return sign_in(client, ines)


def test_each_reader_sees_and_writes_its_own_unit(investor: FlaskClient, ines: Account) -> None:
    investor_id = ines.investor_id
    assert inputs_of(investor.get("/investor/profile").text, "size_max") == [("400", "million")]
    speak(investor, "zh_Hans_CN")
    assert inputs_of(investor.get("/investor/profile").text, "size_max") == [("40,000", "万")]

    investor.post("/investor/profile", data=PROFILE | {"size_min": "5000", "size_max": "3.5亿元"})

    stored = fresh(Investor, investor_id)
    assert isinstance(stored, Investor)
    assert (stored.size_min, stored.size_max) == (50, 350)


def test_a_form_opened_in_one_language_means_the_same_when_it_is_sent_in_the_other(investor: FlaskClient, ines: Account) -> None:
    speak(investor, "zh_Hans_CN")
    sent = PROFILE | {"size_min": "50", "size_min_unit": "million", "size_max": "90", "size_max_unit": "million"}

    wrong = investor.post("/investor/profile", data=sent | {"name": ""})
    assert inputs_of(wrong.text, "size_min") == [("50 million", "万")]
    assert investor.post("/investor/profile", data=sent).status_code == 303

    stored = fresh(Investor, ines.investor_id)
    assert isinstance(stored, Investor)
    assert (stored.size_min, stored.size_max) == (50, 90)


def test_what_is_no_amount_comes_back_as_typed_with_the_smallest_unit(investor: FlaskClient) -> None:
    page = investor.post("/investor/profile", data=PROFILE | {"size_min": "50万", "size_max": "９０万"}).text

    assert page.count("The smallest unit is RMB 1 million; please round to whole ones.") == 4
    assert [inputs_of(page, name) for name in ("size_min", "size_max")] == [[("50万", "million")], [("９０万", "million")]]


def test_the_unit_is_kept_with_a_form_whose_session_ended(client: FlaskClient, edition: Edition) -> None:
    kept = client.post("/investor/profile", data={"size_min": "5000", "size_min_unit": "万"}, headers=OURS | ENGLISH)

    assert kept.status_code == 401
    assert inputs_of(kept.text, "size_min") == [("5000", "万")]


def test_both_versions_of_an_amount_are_told_in_words(client: FlaskClient, ines: Account) -> None:
    sign_in(client, ines)

    answer = client.post("/investor/profile", data=PROFILE | {"size_min": "3亿", "size_max": "1.2bn", "seen": "an older one"})

    shows_both(
        answer,
        "Investment from Yours RMB 300 million Stored now RMB 100 million",
        "Investment to Yours RMB 1.2 billion Stored now RMB 400 million",
    )
    assert inputs_of(answer.text, "size_max") == [("1.2bn", "million")]


@pytest.mark.parametrize("language", ["en", "zh_Hans_CN"])
def test_a_project_keeps_its_sizes_through_its_preview_in_either_language(
    client: FlaskClient, hao: Account, edition: Edition, language: str
) -> None:
    sign_in(client, hao)
    speak(client, language)
    project_id = get_project(edition, "PD-01").id
    typed = FORM | {"size_min": "5000万", "size_max": "300", "size_max_unit": "million", "seen": "0"}

    preview = client.post(f"/host/projects/{project_id}/preview", data=typed).text
    carried = {name: inputs_of(preview, name)[0] for name in ("size_min", "size_max")}
    again = {name: value for name, (value, _) in carried.items()} | {f"{n}_unit": unit for n, (_, unit) in carried.items()}
    speak(client, "en" if language != "en" else "zh_Hans_CN")
    assert client.post(f"/host/projects/{project_id}", data=FORM | again | {"seen": "0"}).status_code == 303

    db.session.expire_all()
    project = get_project(edition, "PD-01")
    assert (project.size_min, project.size_max) == (50, 300)


def test_a_search_by_size_means_the_same_after_a_switch_of_language(client: FlaskClient, edition: Edition) -> None:
    get_project(edition, "PD-01").size_max = 4000
    db.session.commit()

    def found(query: str, headers: dict[str, str]) -> list[str]:
        return re.findall(r'href="/projects/([A-Z]+-[0-9]+)"', client.get(f"/projects?{query}", headers=headers).text)

    assert found("size_from=1.2bn", ENGLISH) == found("size_from=12亿", CHINESE) == ["PD-01"]
    assert found("size_from=3000", ENGLISH) == found("size_from=300000", CHINESE) == ["PD-01"]
    assert found("size_from=3000&size_from_unit=million", CHINESE) == ["PD-01"]
    shown = client.get("/projects?size_from=3000&size_from_unit=million", headers=CHINESE).text
    assert inputs_of(shown, "size_from") == [("3000 million", "万")]


def test_further_pages_of_a_search_keep_the_unit(client: FlaskClient, edition: Edition) -> None:
    for _ in range(31):
        make_project(get_district(edition, "PD"))

    query = "size_from=50&size_from_unit=million&size_to=&size_to_unit=million"
    page = client.get(f"/projects?{query}", headers=ENGLISH).text

    assert re.findall(r'rel="next" href="([^"]*)"', page) == ["/projects?size_from=50&amp;size_from_unit=million&amp;page=2"]
