"""The foundation of the tests holds."""

from urllib.request import urlopen

import pytest
from sqlalchemy import func, select

from matchmaker.db import db
from matchmaker.domain.meeting import LIVE, Status
from matchmaker.models import Meeting, MeetingChange, Occupancy, Project
from tests.builders import get_pool, get_project, make_interest, make_investor, make_meeting


def count(kind):
    return db.session.scalar(select(func.count()).select_from(kind))


@pytest.mark.any_database
def test_small_edition_has_eight_slots_and_four_projects(edition):
    assert [slot.position for slot in edition.slots] == list(range(8))
    assert db.session.scalars(select(Project.code).order_by(Project.code)).all() == ["LG-01", "PD-01", "PD-02", "XH-01"]


@pytest.mark.any_database
@pytest.mark.parametrize("status", Status)
def test_meeting_can_be_made_in_every_status(edition, ines, hao, olga, sam, status):
    slots = edition.slots
    offered = slots[1] if status is Status.COUNTERED else None

    meeting = make_meeting(
        ines.investor, get_project(edition, "PD-01"), slots[0], status, offered=offered, pool=get_pool(edition, "de")
    )

    held = 0 if status not in LIVE else 8 if offered else 4
    assert (meeting.status, count(Meeting), count(Occupancy)) == (status, 1, held)
    assert db.session.scalars(select(MeetingChange.to_status).order_by(MeetingChange.id.desc())).first() is status


def test_queries_are_counted(edition, ines, count_queries):
    make_interest(ines.investor, get_project(edition, "XH-01"))
    make_investor(edition, languages=["ja"])
    with count_queries() as queries:
        count(Meeting)
        count(Project)
    assert queries.count == 2


def test_request_runs_outside_the_context_of_the_test(app, edition, client):
    assert client.get("/nowhere").status_code == 404
    assert edition.code == "SGIPC-2024"


@pytest.mark.journey
def test_browser_reaches_the_live_server(edition, browser_page):
    answer = browser_page.goto("/nowhere")
    assert answer is not None
    assert answer.status == 404


def test_server_answers(edition, live_server):
    with pytest.raises(OSError, match="404"):
        urlopen(f"{live_server}/nowhere")
