"""The pages about a district's team, in both languages, without a script."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from matchmaker.db import db
from matchmaker.domain.meeting import Status
from matchmaker.domain.roles import Role
from matchmaker.models import Account, Edition, Handover, LeadAbsence, Meeting
from matchmaker.services.actors import actor_of
from matchmaker.services.meetings import accept_meeting
from matchmaker.services.team import absences_of_colleague, set_spoken
from tests.builders import (
    NOW,
    get_district,
    get_project,
    make_account,
    make_colleague_absence,
    make_handover,
    make_lead_absence,
    make_meeting,
)
from tests.helpers import sign_in
from tests.web.test_investor import text_of


@pytest.fixture
def host(client: FlaskClient, hao: Account) -> FlaskClient:
    return sign_in(client, hao)


@pytest.fixture
def bai(edition: Edition) -> Account:
    """Bai hosts for Pudong too, and speaks English."""
    return make_account(Role.HOST, email="bai@example.org", name="Bai", district=get_district(edition, "PD"), spoken=["zh", "en"])


def one_tap(page: str, meeting: Meeting, words: str) -> dict[str, str]:
    """What the button with these words sends when it is tapped."""
    forms = re.findall(rf'<form method="post" action="/host/meetings/{meeting.id}/hand".*?</form>', page, re.DOTALL)
    form = next(each for each in forms if words in re.sub(r"<[^>]+>", "", each))
    return dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))


def handed() -> list[tuple[int, int, int]]:
    db.session.rollback()
    rows = db.session.scalars(select(Handover).order_by(Handover.id))
    return [(each.meeting_id, each.by_account_id, each.to_account_id) for each in rows]


def away(project_id: int) -> set[int]:
    db.session.rollback()
    return set(db.session.scalars(select(LeadAbsence.slot_id).where(LeadAbsence.project_id == project_id)))


def test_the_team_page_names_colleagues_tables_and_hours(host: FlaskClient, edition: Edition, hao: Account) -> None:
    make_lead_absence(get_project(edition, "PD-02"), edition.slots[0])
    make_colleague_absence(hao, *edition.slots[:2])
    set_spoken(actor_of(hao), hao.id, ["zh", "en"])

    page = text_of(host.get("/host/team"))

    assert "Hao you hao@example.org Chinese, English · away in 2 of 8 times to come Languages : Hao Hours : Hao" in page
    assert "The nightly run does not use them" in page
    assert "Pudong centre · 2 tables" in page
    assert "Robot hands PD-02 Chinese, English 1 1 of 8 times to come Hours : Robot hands" in page
    assert "Model laboratory" not in page


def test_a_half_day_is_filled_and_cleared(host: FlaskClient, edition: Edition) -> None:
    project_id, ids = get_project(edition, "PD-01").id, [slot.id for slot in edition.slots]
    address = f"/host/team/projects/{project_id}"

    answer = host.post(address, data={"slots": [str(ids[7])], "fill": "2024-04-01/morning"})

    assert answer.location == f"{address}#day-2024-04-01"
    assert away(project_id) == {ids[0], ids[1], ids[7]}
    assert "2 of 2 closed" in text_of(host.get(address))
    host.post(address, data={"slots": [str(each) for each in away(project_id)], "clear": "2024-04-01/morning"})
    assert away(project_id) == {ids[7]}


def test_a_project_is_closed_where_a_colleague_is_away(host: FlaskClient, edition: Edition, hao: Account) -> None:
    project = get_project(edition, "PD-01")
    make_lead_absence(project, edition.slots[0])
    make_colleague_absence(hao, edition.slots[0])

    of_project = text_of(host.get(f"/host/team/projects/{project.id}"))
    of_colleague = text_of(host.get(f"/host/team/colleagues/{hao.id}/hours"))

    assert ("1 of 2 closed" in of_project, "Close all" in of_project, "away" in of_project) == (True, True, False)
    assert ("1 of 2 away" in of_colleague, "All away" in of_colleague, "closed" in of_colleague) == (True, True, False)


def test_a_meeting_in_the_way_is_named_with_what_can_be_done(host: FlaskClient, edition: Edition, ines: Account) -> None:
    project = get_project(edition, "PD-01")
    meeting = make_meeting(ines.investor, project, edition.slots[0])
    project_id, ids = project.id, [slot.id for slot in edition.slots]

    answer = host.post(f"/host/team/projects/{project_id}", data={"slots": [str(ids[4])], "fill": "2024-04-01/morning"})

    text = text_of(answer)
    assert "One meeting is in these hours." in text
    assert "Mon 1 Apr, 09:00–09:30 · Ines Capital" in text
    assert f'href="/host/meetings/{meeting.id}/offer"' in answer.text
    assert "A name shows who is proposed or agreed at that time" in text
    assert "Hand to" not in text
    assert f'value="{ids[4]}" checked' in answer.text
    assert away(project_id) == set()


@pytest.mark.usefixtures("bai")
def test_an_accepted_meeting_in_the_way_can_be_cancelled(host: FlaskClient, edition: Edition, ines: Account) -> None:
    project = get_project(edition, "PD-01")
    meeting = make_meeting(ines.investor, project, edition.slots[0], Status.ACCEPTED)

    answer = host.post(f"/host/team/projects/{project.id}", data={"slots": [str(edition.slots[0].id)]})

    assert f'href="/host/meetings/{meeting.id}/cancel"' in answer.text
    assert "Hand to" not in answer.text


@pytest.mark.parametrize("wrong", [{"slots": ["x"]}, {"slots": ["0"]}, {"fill": "2024-04-01"}, {"clear": "never/ever"}])
def test_a_broken_form_is_a_bad_request(host: FlaskClient, edition: Edition, wrong: dict[str, object]) -> None:
    assert host.post(f"/host/team/projects/{get_project(edition, 'PD-01').id}", data=wrong).status_code == 400


def test_hours_of_another_district_are_not_there(host: FlaskClient, client: FlaskClient, edition: Edition, ines: Account) -> None:
    foreign = f"/host/team/projects/{get_project(edition, 'XH-01').id}"

    assert (host.get(foreign).status_code, host.post(foreign, data={}).status_code) == (404, 404)
    assert sign_in(client, ines).get("/host/team").status_code == 404


@pytest.mark.settings(WTF_CSRF_ENABLED=True)
def test_forged_hours_are_refused(host: FlaskClient, edition: Edition) -> None:
    project_id = get_project(edition, "PD-01").id

    assert host.post(f"/host/team/projects/{project_id}", data={"fill": "2024-04-01/morning"}).status_code == 400
    assert away(project_id) == set()


@pytest.mark.parametrize("language", ["en", "zh_Hans_CN"])
def test_every_page_opens_in_both_languages(host: FlaskClient, hao: Account, edition: Edition, language: str) -> None:
    with host.session_transaction() as session:
        session["language"] = language

    project, colleague = f"projects/{get_project(edition, 'PD-01').id}", f"colleagues/{hao.id}"
    for address in ("/host/team", *(f"/host/team/{each}" for each in (project, colleague, f"{colleague}/hours"))):
        assert host.get(address).status_code == 200


# -- colleagues --------------------------------------------------------------------------------------------------------


def test_languages_of_a_colleague_are_ticked_and_shown(host: FlaskClient, bai: Account) -> None:
    address = f"/host/team/colleagues/{bai.id}"
    boxes = re.findall(r"<input[^>]*type=.checkbox.[^>]*>", host.get(address).text)
    assert [re.findall(r'value="(\w+)"', each) for each in boxes if " checked" in each] == [["zh"], ["en"]]

    answer = host.post(address, data={"languages": ["zh", "ja"]})

    assert answer.location == f"/host/team#colleague-{bai.id}"
    assert "Bai bai@example.org Chinese, Japanese · always there" in text_of(host.get("/host/team"))
    host.post(address, data={})
    assert "Bai bai@example.org languages not said" in text_of(host.get("/host/team"))


def test_a_language_that_is_not_on_the_list_comes_back_on_its_field(host: FlaskClient, bai: Account) -> None:
    answer = host.post(f"/host/team/colleagues/{bai.id}", data={"languages": ["zh", "xx"]})

    assert "This language is not on the list." in answer.text
    assert "Bai bai@example.org Chinese, English" in text_of(host.get("/host/team"))


def test_a_half_day_of_a_colleague_names_what_it_was_handed_and_hands_it_on_in_one_tap(
    host: FlaskClient, edition: Edition, ines: Account, hao: Account, bai: Account
) -> None:
    chen = make_account(Role.HOST, name="Chen", district=get_district(edition, "PD"))
    dong = make_account(Role.HOST, name="Dong", district=get_district(edition, "PD"))
    meeting = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0])
    make_handover(meeting, hao, chen)
    make_colleague_absence(dong, edition.slots[0])
    address, ids = f"/host/team/colleagues/{chen.id}/hours", [slot.id for slot in edition.slots]

    answer = host.post(address, data={"fill": "2024-04-01/morning"})
    page = host.get(address)
    text = text_of(page)

    assert answer.location == address
    assert absences_of_colleague(actor_of(hao), chen.id) == set(ids[:2])
    assert "1 meeting of Chen is in these hours." in text
    assert "Mon 1 Apr, 09:00–09:30 · Ines Capital" in text
    assert re.findall(r"Hand to \w+ · [a-z :]+ \w+", text) == ["Hand to Bai · in common: English"]
    for _ in range(2):
        tapped = host.post(f"/host/meetings/{meeting.id}/hand", data=one_tap(page.text, meeting, "Hand to Bai"))
        assert tapped.location == address
    assert handed() == [(meeting.id, hao.id, chen.id), (meeting.id, hao.id, bai.id)]
    after = text_of(host.get(address))
    assert "Handed over. Your colleague gets a mail" in after
    assert "One proposal" not in after
    host.post(address, data={"slots": [str(each) for each in ids[:2]], "clear": "2024-04-01/morning"})
    assert absences_of_colleague(actor_of(hao), chen.id) == set()


def test_a_second_tab_cannot_hand_on_what_was_handed_on_meanwhile(
    host: FlaskClient, edition: Edition, ines: Account, hao: Account, bai: Account
) -> None:
    chen = make_account(Role.HOST, name="Chen", district=get_district(edition, "PD"))
    project, hours = get_project(edition, "PD-01"), {"slots": [str(edition.slots[0].id)]}
    meeting = make_meeting(ines.investor, project, edition.slots[0])
    address = f"/host/team/projects/{project.id}"
    page = host.post(address, data=hours).text

    answers = [
        host.post(f"/host/meetings/{meeting.id}/hand", data=one_tap(page, meeting, words))
        for words in ("Hand to Chen", "Hand to Bai")
    ]

    assert [answer.location for answer in answers] == [address, address]
    assert handed() == [(meeting.id, hao.id, chen.id)]
    assert "This was changed a moment ago, by somebody else or in another window of yours." in host.get(address).text
    assert "Handed to Chen" in host.post(address, data=hours).text


def test_handing_over_leads_to_no_other_site(host: FlaskClient, edition: Edition, ines: Account, bai: Account) -> None:
    meeting = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0])

    answer = host.post(f"/host/meetings/{meeting.id}/hand", data={"colleague": bai.id, "seen": 0, "next": "//elsewhere.example"})

    assert answer.location == f"/host/meetings/{meeting.id}"


@pytest.mark.parametrize("wrong", [{"slots": ["x"]}, {"clear": "never/ever"}])
def test_broken_hours_of_a_colleague_are_a_bad_request(host: FlaskClient, bai: Account, wrong: dict[str, object]) -> None:
    assert host.post(f"/host/team/colleagues/{bai.id}/hours", data=wrong).status_code == 400


def test_slots_of_nowhere_come_back_with_the_reason(host: FlaskClient, bai: Account) -> None:
    answer = host.post(f"/host/team/colleagues/{bai.id}/hours", data={"slots": ["9999"]})

    assert "The conference has no meetings at this time." in answer.text


def test_colleagues_of_another_district_are_not_there(host: FlaskClient, edition: Edition, ines: Account) -> None:
    stranger = make_account(Role.HOST, district=get_district(edition, "XH"))

    for account in (stranger, ines):
        for address in (f"/host/team/colleagues/{account.id}", f"/host/team/colleagues/{account.id}/hours"):
            assert (host.get(address).status_code, host.post(address, data={}).status_code) == (404, 404)


def test_hours_of_a_colleague_name_the_agreed_meetings_that_it_took(
    host: FlaskClient, edition: Edition, ines: Account, bai: Account
) -> None:
    make_meeting(ines.investor, get_project(edition, "PD-02"), edition.slots[1], Status.ACCEPTED)
    taken = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0])
    accept_meeting(actor_of(bai), taken.id, now=NOW)

    away = {"slots": [str(slot.id) for slot in edition.slots[:2]]}
    address = f"/host/team/colleagues/{bai.id}/hours"
    host.post(address, data=away)
    page = host.get(address).text

    assert "1 meeting of Bai is in these hours." in page
    assert f"/host/meetings/{taken.id}" in page
    assert "Hand to" not in page
