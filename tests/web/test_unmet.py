"""What stands behind an unmet interest, on the pages of its investor: its own side and the times, of others nothing."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from matchmaker.db import db
from matchmaker.domain.interest import Level
from matchmaker.domain.meeting import Status
from matchmaker.domain.roles import Role
from matchmaker.models import Account, Edition, Investor, Run, RunState, UnmetInterest
from tests.builders import (
    NOW,
    get_district,
    get_project,
    make_account,
    make_activity,
    make_chain,
    make_interest,
    make_investor,
    make_lead_absence,
    make_mark,
    make_meeting,
    make_project,
    make_signup,
)
from tests.helpers import sign_in
from tests.services.nights import make_draft
from tests.web.test_investor import text_of

PATHS = ("/investor/unmet", "/diary")


def publish(edition: Edition, slots: dict[str, int]) -> Run:
    """A night with this schedule whose run is published; the meetings are made by the test."""
    run = make_draft(edition, slots)
    run.state, run.published_at = RunState.PUBLISHED, NOW
    db.session.commit()
    return run


def name(investor: Investor, code: str) -> str:
    return f"investor-{investor.id}:{code}"


def account_of(edition: Edition, **fields: Any) -> Account:
    return make_account(Role.INVESTOR, investor=make_investor(edition, name="Own Capital", **fields))


def read(client: FlaskClient, account: Account) -> str:
    """What the page of unmet interests says; the diary says it too."""
    sign_in(client, account)
    rows = [text_of(client.get(path)) for path in PATHS]
    told = re.search(
        r"Would like (.*?)(You have said|Your limits|Your languages|Scores follow|It will not|Nothing to do|$)", rows[0]
    )
    assert told
    assert told[1].strip() in rows[1]
    return told[1].strip()


@pytest.mark.parametrize("confidential", [True, False])
@pytest.mark.parametrize("language", ["en", "zh_Hans_CN"])
@pytest.mark.parametrize("where", ["lead", "tables"])
def test_who_takes_the_times_is_told_to_nobody(
    client: FlaskClient, edition: Edition, confidential: bool, language: str, where: str
) -> None:
    chain = make_chain(edition, "RIVALS", name="Deep sea mining", name_zh="深海采矿")
    rival = make_investor(
        edition, name="Rival Holding", country="BR", chains=("RIVALS",), languages=("en", "pt"), confidential=confidential
    )
    project = get_project(edition, "XH-01") if where == "lead" else make_project(get_district(edition, "XH"), title="Other")
    make_interest(rival, project, Level.MUST_MEET)
    make_interest(rival, chain)
    account = account_of(edition, available=edition.slots[:1])
    make_interest(account.investor, get_project(edition, "XH-01"))
    publish(edition, {name(rival, project.code): 0})
    make_meeting(rival, project, edition.slots[0], Status.ACCEPTED)

    sign_in(client, account)
    client.post("/language", data={"language": language})

    for path in PATHS:
        page = client.get(path).text
        assert ("Mon 1 Apr" if language == "en" else "4月1日") in page
        for secret in ("Rival", "Brazil", "巴西", "Deep sea", "深海", "Portuguese", "葡萄牙", f"investor-{rival.id}"):
            assert secret not in page


def test_whose_times_are_all_taken(client: FlaskClient, edition: Edition) -> None:
    rival = make_investor(edition)
    account = account_of(edition, available=edition.slots[:1])
    for investor in (rival, account.investor):
        make_interest(investor, get_project(edition, "PD-01"))
    publish(edition, {name(rival, "PD-01"): 0})

    assert "1 time would suit both (Mon 1 Apr); then the project’s team is in other meetings." in read(client, account)


def test_own_meetings_in_the_way_are_named_with_the_way_to_them(client: FlaskClient, edition: Edition) -> None:
    account = account_of(edition, max_meetings=1)
    for code in ("PD-01", "LG-01"):
        make_interest(account.investor, get_project(edition, code))
    publish(edition, {name(account.investor, "PD-01"): 0})
    meeting = make_meeting(account.investor, get_project(edition, "PD-01"), edition.slots[0], Status.ACCEPTED)

    told = read(client, account)

    assert "These meetings of yours use it: Robot joints Mon 1 Apr, 09:00 · Accepted" in told
    assert f'<a href="/meetings/{meeting.id}">Robot joints</a>' in client.get("/investor/unmet").text


def test_own_meetings_that_ended_are_in_nobodys_way(client: FlaskClient, edition: Edition) -> None:
    account = account_of(edition, available=edition.slots[:2])
    for code in ("PD-02", "LG-01"):
        make_interest(account.investor, get_project(edition, code))
    publish(edition, {name(account.investor, "PD-02"): 0})
    make_meeting(account.investor, get_project(edition, "PD-02"), edition.slots[0], Status.CANCELLED)

    told = read(client, account)

    assert "The meetings of yours that were in the way have fallen through since; the next night tries again." in told
    assert "Robot hands" not in told.partition("Chip park")[2]  # it has a row of its own, which says how it ended
    assert "The next night tries 2 of these interests again by itself." in text_of(client.get("/investor/unmet"))


def test_a_limit_with_room_left_again_is_no_reason_to_raise_it(client: FlaskClient, edition: Edition) -> None:
    account = account_of(edition, max_meetings=2, max_per_day=2)
    for code in ("PD-01", "PD-02", "LG-01"):
        make_interest(account.investor, get_project(edition, code))
    run = publish(edition, {name(account.investor, "PD-01"): 0, name(account.investor, "PD-02"): 4})
    make_meeting(account.investor, get_project(edition, "PD-01"), edition.slots[0], Status.ACCEPTED)
    make_meeting(account.investor, get_project(edition, "PD-02"), edition.slots[4], Status.DECLINED)
    row = db.session.scalars(select(UnmetInterest).where(UnmetInterest.run_id == run.id)).one()
    row.facts = row.facts | {"change": {"kind": "meeting", "most": 3, "who_en": "Own Capital", "who_zh": "Own Capital"}}
    db.session.commit()
    sign_in(client, account)

    for path in PATHS:
        text = text_of(client.get(path))
        assert (
            "Of the meetings that used up your limit, 1 has fallen through since. The next night tries this interest again"
            in text
        )
        assert "These use it still: Robot joints Mon 1 Apr, 09:00 · Accepted" in text
        assert "For 1 of these interests, what was in the way among your own meetings has fallen through since" in text
        assert not re.search("limit of 3|limit at 3|is used|Change your limits|again by itself", text)


def test_without_a_common_time_the_page_says_whose_time_is_wanting(client: FlaskClient, edition: Edition) -> None:
    account = account_of(edition, available=edition.slots[:2])
    make_interest(account.investor, get_project(edition, "PD-01"))
    make_lead_absence(get_project(edition, "PD-01"), *edition.slots[:6])
    publish(edition, {})

    assert "The project’s team is there when you are not, for example: the afternoon of Tue 2 Apr." in read(client, account)


def test_what_is_attended_is_named_as_what_is_in_the_way(client: FlaskClient, edition: Edition) -> None:
    account = account_of(edition, available=edition.slots[:2])
    make_interest(account.investor, get_project(edition, "PD-01"))
    activity = make_activity(edition, venue=get_district(edition, "PD").venue, starts_at=edition.slots[0].starts_at)
    make_signup(account.investor, activity)
    publish(edition, {})

    assert "At the times that would suit both you attend programme items" in read(client, account)


def test_a_no_thanks_of_its_own_is_told_to_the_investor_and_that_of_a_host_as_before(
    client: FlaskClient, edition: Edition
) -> None:
    account = account_of(edition)
    make_interest(account.investor, get_project(edition, "PD-01"))
    make_mark(get_district(edition, "PD"), account.investor, Level.NO_THANKS)
    publish(edition, {})
    before = read(client, account)
    make_interest(account.investor, get_district(edition, "PD"), Level.NO_THANKS)
    publish(edition, {})

    assert "your own “no thanks”" not in before
    assert "It was your own “no thanks”" in read(client, account)


def test_how_a_pair_ended_is_one_tap_away(client: FlaskClient, edition: Edition) -> None:
    account = account_of(edition)
    make_interest(account.investor, get_project(edition, "PD-01"))
    meeting = make_meeting(account.investor, get_project(edition, "PD-01"), edition.slots[0], Status.DECLINED)
    publish(edition, {})

    assert "The host declined. This is how it ended: Robot joints Mon 1 Apr, 09:00 · Declined" in read(client, account)
    assert f'href="/meetings/{meeting.id}"' in client.get("/investor/unmet").text


def test_which_interpreters_are_wanting(client: FlaskClient, edition: Edition) -> None:
    rival = make_investor(edition, languages=["ja"], available=edition.slots[:1])
    account = account_of(edition, languages=["ja"], available=edition.slots[:1])
    make_interest(rival, get_project(edition, "PD-01"))
    make_interest(account.investor, get_project(edition, "PD-02"))
    publish(edition, {name(rival, "PD-01"): 0})

    assert "Interpreters for Japanese: 1 time was left, and none of them is free then." in read(client, account)


def test_an_organiser_reads_whose_no_thanks_it_was(client: FlaskClient, olga: Account, edition: Edition) -> None:
    account = account_of(edition)
    make_interest(account.investor, get_project(edition, "PD-01"))
    make_mark(get_district(edition, "PD"), account.investor, Level.NO_THANKS)
    run = publish(edition, {})

    assert "One side said “no thanks”. Said by: Host." in text_of(sign_in(client, olga).get(f"/organiser/runs/{run.id}/unmet"))
