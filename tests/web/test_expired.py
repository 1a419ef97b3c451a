"""What nobody answered in time is called expired on every page that says where a meeting stands, a night run or not."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from matchmaker import i18n
from matchmaker.domain.meeting import Status
from matchmaker.domain.rules import RuleBroken
from matchmaker.models import Account, Edition, Meeting
from matchmaker.phrases import phrase
from matchmaker.services.actors import actor_of
from matchmaker.services.meetings import withdraw_meeting
from tests.builders import NOW, get_project, make_investor, make_meeting
from tests.helpers import ROOT, sign_in
from tests.web.test_investor import text_of


@pytest.fixture
def late(edition: Edition, ines: Account) -> Meeting:
    return make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], published_at=NOW - timedelta(days=3))


@pytest.fixture
def host(client: FlaskClient, hao: Account, late: Meeting) -> FlaskClient:
    return sign_in(client, hao)


@pytest.fixture
def organiser(client: FlaskClient, olga: Account, late: Meeting) -> FlaskClient:
    return sign_in(client, olga)


def test_no_page_words_a_status_past_the_one_rule() -> None:
    raw = re.compile(r"(view|meeting)\.status\s*\|\s*phrase|phrase\((view|meeting)\.status\)|status_mark\((\w+\.)?view\)")
    telling = re.compile(r"\bstatus\"?[=:] ?(\w+\.)*status\.value")  # a fact of a sentence
    texts = [*(ROOT / "templates").rglob("*.*"), *(ROOT / "matchmaker").rglob("*.py")]

    found = [path.relative_to(ROOT).as_posix() for path in texts if raw.search(path.read_text(encoding="utf-8"))]

    services = [*(ROOT / "matchmaker/services").glob("*.py"), *(ROOT / "matchmaker/web").glob("*.py")]
    facts = [path.name for path in services if telling.search(path.read_text(encoding="utf-8"))]
    assert found == []
    assert facts == ["meeting_notices.py"]  # a mail tells what was done


def test_booking_by_hand_names_what_has_expired(organiser: FlaskClient, late: Meeting) -> None:
    pair = f"investor={late.investor_id}&project={late.project_id}"

    text = text_of(organiser.get(f"/organiser/meetings/book?{pair}"))

    assert "They have a meeting already: Expired, Mon 1 Apr, 09:00" in text


def test_a_button_of_an_older_page_tells_what_has_expired(ines: Account, late: Meeting) -> None:
    with pytest.raises(RuleBroken) as broken:
        withdraw_meeting(actor_of(ines), late.id, seen=late.sequence + 1, now=NOW)

    with i18n.reading_in("en"):
        assert "It stands like this now: Expired, Mon 1 Apr, 09:00" in phrase(broken.value.code, **broken.value.facts)


def test_what_has_expired_offers_no_answer_and_says_how_to_be_proposed_no_more(host: FlaskClient, late: Meeting) -> None:
    page = text_of(host.get(f"/host/meetings/{late.id}"))

    assert "What you can do" not in page
    assert "If this investor is not to be proposed to you again, mark it with “no thanks” below." in page


def test_withdrawing_a_project_tells_what_lapses_by_itself(host: FlaskClient, edition: Edition, late: Meeting) -> None:
    address = f"/host/projects/{late.project_id}/withdraw"

    text = text_of(host.get(address))

    assert "Expired" in text
    assert "Proposed" not in text
    assert "What was not answered in time lapses with the next night." in text
    assert "Answer its proposals in the inbox" not in text
    make_meeting(make_investor(edition), late.project, edition.slots[6])
    assert "Answer its proposals in the inbox" in text_of(host.get(address))


def test_the_hours_of_a_project_name_what_has_expired(host: FlaskClient, edition: Edition, late: Meeting) -> None:
    address = f"/host/team/projects/{late.project_id}"

    text = text_of(host.post(address, data={"slots": [str(edition.slots[0].id)]}))

    assert "One meeting is in these hours." in text
    assert "Ines Capital (France) Expired" in text


def test_the_list_of_investors_names_what_has_expired(host: FlaskClient, late: Meeting) -> None:
    assert "09:00 · Expired" in text_of(host.get("/host/investors"))


def test_an_offer_that_nobody_took_no_longer_waits_for_the_investor(host: FlaskClient, edition: Edition) -> None:
    slots = edition.slots
    offered = make_meeting(
        make_investor(edition),
        get_project(edition, "PD-02"),
        slots[1],
        Status.COUNTERED,
        offered=slots[2],
        published_at=NOW - timedelta(days=3),
    )

    text = text_of(host.get(f"/host/meetings/{offered.id}"))

    assert "Expired" in text
    assert "Waiting for the investor" not in text


def test_organisers_count_and_list_what_has_expired_by_itself(organiser: FlaskClient, edition: Edition, late: Meeting) -> None:
    make_meeting(make_investor(edition, name="In Time Fund"), get_project(edition, "PD-02"), edition.slots[6])

    overview = organiser.get("/organiser/").text
    everything = organiser.get("/organiser/meetings").text
    proposed, expired = (text_of(organiser.get(f"/organiser/meetings?status={each}")) for each in ("proposed", "expired"))
    meeting = text_of(organiser.get(f"/organiser/meetings/{late.id}"))

    assert '<a href="/organiser/meetings?status=expired">Expired</a>' in overview
    assert re.findall(r"<option value=\"(?:proposed|expired)\"[^>]*>([^<]*)<", everything) == ["Proposed (1)", "Expired (1)"]
    assert ("In Time Fund" in proposed, "Ines Capital" in proposed) == (True, False)
    assert ("In Time Fund" in expired, "Ines Capital" in expired) == (False, True)
    assert "Waits for nobody: it was not answered in time" in meeting
