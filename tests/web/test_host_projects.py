"""The pages on which a host works on its projects, in both languages, without a script."""

import re

import pytest
from flask.testing import FlaskClient

from matchmaker.db import db
from matchmaker.domain.meeting import Status
from matchmaker.domain.roles import Role
from matchmaker.models import Account, Edition, Project
from matchmaker.services.actors import actor_of
from matchmaker.services.offering import draft_project
from tests.builders import get_district, get_project, make_account, make_meeting, make_project
from tests.helpers import error_at, sign_in
from tests.services.test_offering import CONTENT
from tests.web.test_investor import text_of

FORM = {
    "title_en": "Robot skin",
    "title_zh": "机器人皮肤",
    "park_en": "Zhangjiang",
    "park_zh": "张江",
    "summary_en": "A line for skin that feels.",
    "summary_zh": "电子皮肤生产线。",
    "chain": "FI-ROB",
    "kind": "greenfield",
    "stage": "planning",
    "size_min": "100",
    "size_max": "300",
    "languages": ["zh", "en"],
    "leads": "1",
    "seen": "",
}


@pytest.fixture
def host(client: FlaskClient, hao: Account) -> FlaskClient:
    return sign_in(client, hao)


def in_chinese(client: FlaskClient) -> FlaskClient:
    with client.session_transaction() as session:
        session["language"] = "zh_Hans_CN"
    return client


def test_a_host_drafts_previews_and_publishes_a_project(host: FlaskClient, edition: Edition) -> None:
    preview = host.post("/host/projects/new/preview", data=FORM)
    assert "Nothing of this is stored yet" in text_of(preview)
    assert db.session.query(Project).filter_by(title_en="Robot skin").count() == 0
    again = host.post("/host/projects/new", data=FORM | {"again": "1"})
    assert 'value="Robot skin"' in again.text
    assert db.session.query(Project).filter_by(title_en="Robot skin").count() == 0

    stored = host.post("/host/projects/new", data=FORM)

    assert stored.status_code == 303
    page = text_of(host.get(stored.location))
    assert "This is a draft" in page
    assert "Draft" in text_of(host.get("/host/projects"))
    assert host.get("/projects/PD-H01").status_code == 404
    assert "Robot skin" not in text_of(host.get("/projects"))
    assert host.post(f"{stored.location}/publish").status_code == 303
    public = text_of(host.get("/projects/PD-H01"))
    assert "Robot skin" in public
    assert "Told by the district" in public
    assert "Illustrative" not in public.partition("What is reported")[0]


def test_a_preview_shows_both_languages_and_stores_nothing(host: FlaskClient, edition: Edition) -> None:
    project = get_project(edition, "PD-01")
    address = f"/host/projects/{project.id}/preview"

    stored, edited = text_of(host.get(address)), text_of(host.post(address, data=FORM | {"seen": "0"}))

    assert ("Robot joints" in stored, "机器人关节" in stored) == (True, True)
    assert ("Robot skin" in edited, "机器人皮肤" in edited, 'lang="zh-Hans"' in host.get(address).text) == (True, True, True)
    assert get_project(edition, "PD-01").title_en == "Robot joints"


@pytest.mark.parametrize(
    ("basis", "told"),
    [
        ("reported", "The source describes the plan; the size is what the district says."),
        ("anchored", "the opportunity itself is invented"),
    ],
)
def test_a_changed_amount_is_marked_and_nothing_else(host: FlaskClient, edition: Edition, basis: str, told: str) -> None:
    project = make_project(get_district(edition, "PD"), opportunity_basis=basis, size_basis="illustrative")
    address = f"/host/projects/{project.id}"
    typed = re.findall(r'name="(\w+)"[^>]* value="([^"]*)"', host.get(address).text.partition('id="project-form"')[2])
    form = dict(typed) | {"size_max": "777", "chain": project.chain.code, "kind": project.kind, "stage": project.stage}
    form |= {name: getattr(project, name) for name in ("summary_en", "summary_zh")} | {"languages": project.languages}
    code = project.code

    preview = text_of(host.post(f"{address}/preview", data=form))
    assert host.post(address, data=form).status_code == 303
    page, cards = text_of(host.get(f"/projects/{code}")), text_of(host.get("/projects?district=PD"))

    for text in (preview, page):
        assert "RMB 777 million What the district says." in text
        assert told in text
        assert "nobody else was asked" not in text
        assert "Illustrative" in text  # stage and languages, as before
    assert "RMB 777 million (told by the district)" in cards


def test_a_wrong_form_comes_back_with_what_was_typed(host: FlaskClient, edition: Edition) -> None:
    project_id = get_project(edition, "PD-01").id
    wrong = FORM | {"size_min": "900", "seen": "0"}

    for address in (f"/host/projects/{project_id}", f"/host/projects/{project_id}/preview", "/host/projects/new"):
        answer = host.post(address, data=wrong)
        assert answer.status_code == 200
        assert "It begins at RMB 900 million and ends at RMB 300 million." in error_at(answer.text, "size_max")
        assert 'value="Robot skin"' in answer.text
    assert host.post(f"/host/projects/{project_id}", data=FORM | {"seen": "x"}).status_code == 400


def test_all_that_is_wrong_with_a_form_is_told_in_one_round(host: FlaskClient, edition: Edition) -> None:
    wrong = FORM | {
        "title_en": "",
        "title_zh": "",
        "park_zh": "x" * 201,
        "size_min": "900",
        "chain": "",
        "leads": "0",
        "seen": "0",
    }
    unclear = FORM | {"size_min": "much", "leads": "many", "seen": "0"}

    for address in (f"/host/projects/{get_project(edition, 'PD-01').id}", "/host/projects/new"):
        told = host.post(address, data=wrong).text
        assert [error_at(told, each) != "" for each in ("title_en", "park_zh", "size_max", "chain", "leads")] == [True] * 5
        assert [told.count(f'href="#{each}"') for each in ("title_en", "title_zh", "size_max")] == [1, 0, 1]
        again = host.post(address, data=unclear).text
        assert [again.count(f'href="#{each}"') for each in ("size_min", "size_max", "leads")] == [1, 0, 1]


def test_a_missing_language_is_marked_for_hosts_and_readers(host: FlaskClient, edition: Edition) -> None:
    project_id = get_project(edition, "PD-01").id

    host.post(f"/host/projects/{project_id}", data=FORM | {"title_zh": "", "seen": "0"})

    assert "Chinese is missing" in text_of(host.get("/host/projects"))
    assert "These readers get the other language." in text_of(host.get(f"/host/projects/{project_id}"))
    assert "Not all of it is translated yet" not in text_of(host.get("/projects/PD-01"))
    in_chinese(host)
    assert "Robot skin" in text_of(host.get("/projects/PD-01"))
    assert 'class="mark mark-warning"' in host.get("/projects/PD-01").text


def test_the_facts_that_count_stand_beside_the_form(host: FlaskClient, edition: Edition) -> None:
    page = text_of(host.get(f"/host/projects/{get_project(edition, 'PD-01').id}"))

    assert "Industrial chain: Intelligent robots up to 260" in page
    assert "Languages: Chinese, English up to 90" in page
    assert "An interest adds 300 (must meet) or 150 (would like), and 100 more" in page


def test_what_a_draft_lacks_is_told_when_it_is_published(host: FlaskClient, edition: Edition) -> None:
    project = make_project(get_district(edition, "PD"), published_at=None, summary_en="", summary_zh="", size_min=0, size_max=0)
    project_id, enough = project.id, "Please fill this in, in English or in Chinese: one of the two is enough."

    answer = host.post(f"/host/projects/{project_id}/publish")

    assert [error_at(answer.text, each) for each in ("summary_en", "size_max")] == [enough, "Please fill this in."]
    assert error_at(answer.text, "title_en") == error_at(answer.text, "summary_zh") == ""
    assert error_at(in_chinese(host).post(f"/host/projects/{project_id}/publish").text, "summary_zh")
    assert db.session.get_one(Project, project_id).published_at is None


def test_all_that_a_published_project_would_lack_is_told_at_once(host: FlaskClient, edition: Edition) -> None:
    lacking = FORM | {"park_en": "", "park_zh": "", "size_min": "", "size_max": "", "seen": "0"}

    answer = host.post(f"/host/projects/{get_project(edition, 'PD-01').id}", data=lacking)

    assert all(error_at(answer.text, each) for each in ("park_en", "size_max"))


def test_what_is_missing_in_both_languages_is_called_so(host: FlaskClient, edition: Edition) -> None:
    project = make_project(get_district(edition, "PD"), published_at=None, summary_en="", summary_zh="")

    page = text_of(host.get(f"/host/projects/{project.id}"))

    assert "Missing in both languages" in page
    assert "These readers get the other language." not in page


def test_withdrawing_asks_first_and_names_the_meetings_in_the_way(host: FlaskClient, edition: Edition, ines: Account) -> None:
    project = get_project(edition, "PD-01")
    meeting = make_meeting(ines.investor, project, edition.slots[0], Status.ACCEPTED)
    address = f"/host/projects/{project.id}/withdraw"

    page = host.get(address)
    refused = text_of(host.post(address))

    assert "1 proposal or meeting is still open." in text_of(page)
    assert f'href="/host/meetings/{meeting.id}"' in page.text
    assert "Ines Capital" in text_of(page)
    assert "still has meetings to come" in refused
    free = get_project(edition, "PD-02")
    assert "Nobody will be proposed to it any more." in text_of(host.get(f"/host/projects/{free.id}/withdraw"))
    assert host.post(f"/host/projects/{free.id}/withdraw").status_code == 303
    assert "This project is withdrawn" in text_of(host.get(f"/host/projects/{free.id}"))
    host.post(f"/host/projects/{free.id}/publish")
    assert db.session.get_one(Project, free.id).is_offered


def test_a_project_of_another_district_is_not_there(host: FlaskClient, edition: Edition) -> None:
    foreign = f"/host/projects/{get_project(edition, 'XH-01').id}"

    assert [host.get(f"{foreign}{tail}").status_code for tail in ("", "/preview", "/withdraw")] == [404] * 3
    posted = [host.post(f"{foreign}{tail}", data=FORM | {"seen": "0"}) for tail in ("", "/preview", "/withdraw", "/publish")]
    assert [answer.status_code for answer in posted] == [404] * 4


def test_nobody_but_hosts_enters(client: FlaskClient, edition: Edition, ines: Account, olga: Account) -> None:
    for account in (ines, olga):
        assert sign_in(client, account).get("/host/projects/new").status_code == 404


def test_the_public_pages_are_silent_about_drafts(client: FlaskClient, edition: Edition, hao: Account, ines: Account) -> None:
    draft_project(actor_of(hao), CONTENT)
    stranger = make_account(Role.HOST, district=get_district(edition, "XH"))

    for reader in (None, ines, stranger):
        if reader:
            sign_in(client, reader)
        pages = [client.get(address).text for address in ("/projects", "/districts/PD", "/chains/FI-ROB", "/host/projects", "/")]
        assert not any("Robot skin" in page for page in pages)
        assert client.get("/projects/PD-H01").status_code == 404


@pytest.mark.parametrize("language", ["en", "zh_Hans_CN"])
def test_every_page_opens_in_both_languages(host: FlaskClient, edition: Edition, language: str) -> None:
    with host.session_transaction() as session:
        session["language"] = language
    project_id = get_project(edition, "PD-01").id

    for address in ("new", f"{project_id}", f"{project_id}/preview", f"{project_id}/withdraw"):
        assert host.get(f"/host/projects/{address}").status_code == 200


def test_two_colleagues_who_change_the_same_see_both_versions(host: FlaskClient, edition: Edition) -> None:
    project_id = get_project(edition, "PD-01").id
    address, mine = f"/host/projects/{project_id}", FORM | {"seen": "0"}
    assert host.post(address, data=mine | {"title_en": "Skin of a colleague", "stage": "pilot"}).status_code == 303

    answer = host.post(address, data=mine)

    assert answer.status_code == 409
    told = text_of(answer)
    assert "Title in English Yours Robot skin Stored now Skin of a colleague" in told
    assert "Stage Yours In planning Stored now Pilot" in told
    assert "Keep mine Keep what is stored" in told
    assert title_of(project_id) == "Skin of a colleague"
    assert 'name="seen" type="hidden" value="1"' in answer.text
    assert host.post(address, data=mine | {"seen": "1"}).status_code == 303
    assert title_of(project_id) == "Robot skin"


def test_what_a_host_did_not_touch_is_no_version_of_its_own(host: FlaskClient, edition: Edition) -> None:
    project_id = get_project(edition, "PD-01").id
    address = f"/host/projects/{project_id}"
    host.post(address, data=FORM | {"seen": "0"})
    shown = re.search(r'name="shown" type="hidden" value="([^"]*)"', host.get(address).text)
    assert shown
    mine = FORM | {"seen": "1", "shown": shown[1]}
    other = {"title_en": "Skin of a colleague", "stage": "pilot", "size_max": "400", "languages": ["zh"]}
    assert host.post(address, data=mine | other).status_code == 303

    answer = host.post(address, data=mine | {"title_en": "My skin"})
    apart = host.post(address, data=mine | {"park_en": "Caohejing"})

    told = text_of(answer)
    assert answer.status_code == 409
    assert "Title in English Yours My skin Stored now Skin of a colleague" in told
    assert told.count("Stored now") == 1
    assert 'name="size_max" type="text" value="400"' in answer.text or 'value="400"' in answer.text
    assert ("Stored now" in text_of(apart), 'value="Caohejing"' in apart.text) == (True, True)


def title_of(project_id: int) -> str:
    db.session.rollback()
    return db.session.get_one(Project, project_id).title_en
