"""The pages about a district's team, in both languages, without a script."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from matchmaker.db import db
from matchmaker.domain.meeting import Status
from matchmaker.models import Account, Edition, LeadAbsence
from tests.builders import get_project, make_lead_absence, make_meeting
from tests.helpers import sign_in
from tests.web.test_investor import text_of


@pytest.fixture
def host(client: FlaskClient, hao: Account) -> FlaskClient:
    return sign_in(client, hao)


def away(project_id: int) -> set[int]:
    db.session.rollback()
    return set(db.session.scalars(select(LeadAbsence.slot_id).where(LeadAbsence.project_id == project_id)))


def test_the_team_page_names_colleagues_tables_and_hours(host: FlaskClient, edition: Edition) -> None:
    make_lead_absence(get_project(edition, "PD-02"), edition.slots[0])

    page = text_of(host.get("/host/team"))

    assert "Hao you hao@example.org" in page
    assert "Pudong centre · 2 tables" in page
    assert "Robot hands PD-02 Chinese, English 1 1 of 8 times to come" in page
    assert "Model laboratory" not in page


def test_a_half_day_is_filled_and_cleared(host: FlaskClient, edition: Edition) -> None:
    project_id, ids = get_project(edition, "PD-01").id, [slot.id for slot in edition.slots]
    address = f"/host/team/projects/{project_id}"

    answer = host.post(address, data={"slots": [str(ids[7])], "fill": "2024-04-01/morning"})

    assert answer.location == f"{address}#day-2024-04-01"
    assert away(project_id) == {ids[0], ids[1], ids[7]}
    assert "away in 2 of 2" in text_of(host.get(address))
    host.post(address, data={"slots": [str(each) for each in away(project_id)], "clear": "2024-04-01/morning"})
    assert away(project_id) == {ids[7]}


def test_a_meeting_in_the_way_is_named_with_what_can_be_done(host: FlaskClient, edition: Edition, ines: Account) -> None:
    project = get_project(edition, "PD-01")
    meeting = make_meeting(ines.investor, project, edition.slots[0])
    project_id, ids = project.id, [slot.id for slot in edition.slots]

    answer = host.post(f"/host/team/projects/{project_id}", data={"slots": [str(ids[4])], "fill": "2024-04-01/morning"})

    text = text_of(answer)
    assert "One meeting is in these hours." in text
    assert "Mon 1 Apr, 09:00–09:30 · Ines Capital" in text
    assert f'href="/host/meetings/{meeting.id}/offer"' in answer.text
    assert f'href="/host/?project=PD-01#meeting-{meeting.id}"' in answer.text
    assert f'value="{ids[4]}" checked' in answer.text
    assert away(project_id) == set()


def test_an_accepted_meeting_in_the_way_can_be_cancelled(host: FlaskClient, edition: Edition, ines: Account) -> None:
    project = get_project(edition, "PD-01")
    meeting = make_meeting(ines.investor, project, edition.slots[0], Status.ACCEPTED)

    answer = host.post(f"/host/team/projects/{project.id}", data={"slots": [str(edition.slots[0].id)]})

    assert f'href="/host/meetings/{meeting.id}/cancel"' in answer.text
    assert "Hand over in the inbox" not in answer.text


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
def test_every_page_opens_in_both_languages(host: FlaskClient, edition: Edition, language: str) -> None:
    with host.session_transaction() as session:
        session["language"] = language

    for address in ("/host/team", f"/host/team/projects/{get_project(edition, 'PD-01').id}"):
        assert host.get(address).status_code == 200
