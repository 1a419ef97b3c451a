"""One mail for each person and night, whatever the night does to it."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, select, update

from matchmaker.db import db, transaction
from matchmaker.domain.meeting import Status
from matchmaker.domain.roles import Role
from matchmaker.models import Account, Edition, Meeting, MeetingChange, Notice, Occupancy, Run
from matchmaker.services.actors import NIGHT
from matchmaker.services.doctor import diagnose
from matchmaker.services.lapsing import lapse_and_tell
from matchmaker.services.notices import DIGESTS, MOST_ATTEMPTS
from matchmaker.services.publishing import publish_run
from tests.builders import NOW, get_project, make_account, make_interest, make_meeting
from tests.services.nights import lapse, make_draft

DUE = NOW + timedelta(hours=48)
"""When what was proposed at `NOW` lapses."""


@pytest.fixture
def overdue(edition: Edition, ines: Account, sam: Account, hao: Account) -> list[int]:
    """Two proposals of Ines and one of Sam that nobody answers."""
    slots = edition.slots
    asked = [(ines, "PD-01", slots[0]), (ines, "PD-02", slots[2]), (sam, "PD-02", slots[5])]
    meetings = [make_meeting(who.investor, get_project(edition, code), slot).id for who, code, slot in asked]
    make_interest(ines.investor, get_project(edition, "PD-01"))
    make_interest(sam.investor, get_project(edition, "XH-01"))
    return meetings


def told(since: datetime = DUE) -> dict[str, list[list[tuple[str, str]]]]:
    """By reader: its notices, each with kind and project of its changes."""
    db.session.rollback()
    found: dict[str, list[list[tuple[str, str]]]] = {}
    for notice in db.session.scalars(select(Notice).where(Notice.created_at == since).order_by(Notice.id)):
        assert notice.kind in DIGESTS
        found.setdefault(notice.account.name, []).append([(each["kind"], each["project"]) for each in notice.facts["changes"]])
    return found


@pytest.mark.any_database
def test_all_that_a_night_does_to_a_person_is_in_one_notice(
    edition: Edition, overdue: list[int], ines: Account, sam: Account
) -> None:
    colleague = make_account(Role.INVESTOR, name="Iris", email="iris@example.org", investor=ines.investor, created_at=NOW)
    names = {f"investor-{ines.investor_id}:PD-01": 3, f"investor-{sam.investor_id}:XH-01": 1}
    run = make_draft(edition, names, now=DUE)

    publish_run(NIGHT, run.id, now=DUE)

    of_ines = [("new", "PD-01"), ("lapsed", "PD-01"), ("lapsed", "PD-02")]
    assert told() == {
        "Ines": [of_ines],
        "Sam": [[("new", "XH-01"), ("lapsed", "PD-02")]],
        "Hao": [[("new", "PD-01"), ("lapsed", "PD-01"), ("lapsed", "PD-02"), ("lapsed", "PD-02")]],
        colleague.name: [of_ines],
    }
    lapses = db.session.scalars(select(MeetingChange).where(MeetingChange.to_status == Status.LAPSED)).all()
    assert [(each.meeting_id, each.run_id) for each in lapses] == [(meeting_id, run.id) for meeting_id in overdue]


def test_a_night_that_waits_for_an_organiser_tells_of_its_lapses_once(edition: Edition, overdue: list[int]) -> None:
    assert lapse(edition, now=DUE - timedelta(seconds=1)) == 0
    assert lapse(edition, now=DUE) == 3
    assert lapse(edition, now=DUE) == 0

    assert told(DUE - timedelta(seconds=1)) == {}
    assert told() == {
        "Ines": [[("lapsed", "PD-01"), ("lapsed", "PD-02")]],
        "Sam": [[("lapsed", "PD-02")]],
        "Hao": [[("lapsed", "PD-01"), ("lapsed", "PD-02"), ("lapsed", "PD-02")]],
    }
    assert diagnose() == []


@pytest.mark.any_database
def test_publishing_after_review_joins_what_is_not_sent_and_follows_what_is(
    edition: Edition, overdue: list[int], ines: Account, sam: Account
) -> None:
    names = {f"investor-{ines.investor_id}:PD-01": 3, f"investor-{sam.investor_id}:XH-01": 1}
    run_id = make_draft(edition, names, now=DUE).id
    ines_id = ines.id
    with transaction():
        assert lapse_and_tell(db.session.get_one(Run, run_id), now=DUE) == 3
    late = (Notice.account_id == ines_id, Notice.kind == "night")
    db.session.execute(update(Notice).where(*late).values(sent_at=DUE))
    db.session.commit()

    publish_run(NIGHT, run_id, now=DUE)

    assert told() == {
        "Ines": [[("lapsed", "PD-01"), ("lapsed", "PD-02")], [("new", "PD-01")]],
        "Sam": [[("lapsed", "PD-02"), ("new", "XH-01")]],
        "Hao": [[("lapsed", "PD-01"), ("lapsed", "PD-02"), ("lapsed", "PD-02"), ("new", "PD-01")]],
    }
    kinds = db.session.execute(select(Notice.account_id, Notice.kind).where(Notice.created_at == DUE).order_by(Notice.id))
    assert [kind for account_id, kind in kinds if account_id == ines_id] == ["night", "publication"]
    assert diagnose() == []


@pytest.mark.parametrize(
    ("attempts", "failure", "mails"),
    [(0, "", 1), (1, "OSError: unreachable", 1), (MOST_ATTEMPTS, "OSError: unreachable", 1), (1, "", 2)],
)
def test_a_digest_that_may_be_on_its_way_is_not_written_anew(
    edition: Edition, overdue: list[int], sam: Account, attempts: int, failure: str, mails: int
) -> None:
    run_id = make_draft(edition, {f"investor-{sam.investor_id}:XH-01": 1}, now=DUE).id
    with transaction():
        lapse_and_tell(db.session.get_one(Run, run_id), now=DUE)
    db.session.execute(update(Notice).values(attempts=attempts, failure=failure))
    db.session.commit()

    publish_run(NIGHT, run_id, now=DUE)

    assert len(told()["Sam"]) == mails
    assert len(told()["Hao"]) == 1


def test_what_lapses_frees_everything_it_held(edition: Edition, overdue: list[int]) -> None:
    lapse(edition, now=DUE)

    assert set(db.session.scalars(select(Meeting.status))) == {Status.LAPSED}
    assert db.session.scalars(select(Occupancy)).all() == []


def test_the_doctor_misses_a_digest_that_is_gone(edition: Edition, overdue: list[int], sam: Account) -> None:
    lapse(edition, now=DUE)
    db.session.execute(delete(Notice).where(Notice.account_id == sam.id, Notice.created_at == DUE))
    db.session.commit()

    assert [(fault.code.value, fault.facts) for fault in diagnose()] == [
        ("not_told", {"account": sam.id, "action": "lapse", "meeting": overdue[2]})
    ]


@pytest.mark.any_database
def test_hosts_are_told_how_many_proposals_wait_in_all(
    edition: Edition, overdue: list[int], ines: Account, sam: Account, hao: Account
) -> None:
    early = DUE - timedelta(hours=1)
    run = make_draft(edition, {f"investor-{sam.investor_id}:XH-01": 1}, now=early)
    make_account(Role.HOST, name="Xu", email="xu@example.org", district=get_project(edition, "XH-01").district, created_at=NOW)
    publish_run(NIGHT, run.id, now=early)
    lapse(edition, now=DUE)

    notices = db.session.scalars(select(Notice).where(Notice.kind == "night").order_by(Notice.id)).all()

    told_of = [(each.account.name, each.facts.get("waiting")) for each in notices]
    assert ("Xu", 1) in told_of
    assert ("Hao", 0) in told_of
    assert {waiting for name, waiting in told_of if name in ("Ines", "Sam")} == {None}
