"""Publishing a run: what differs from the diary becomes proposals, moves and endings, and everybody hears of it once."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from matchmaker.db import db
from matchmaker.domain.interest import Level
from matchmaker.domain.meeting import Action, Status
from matchmaker.domain.reasons import DeclineReason
from matchmaker.domain.roles import Role
from matchmaker.domain.rules import Broken, RuleBroken
from matchmaker.models import Account, Edition, Interest, Investor, Meeting, MeetingChange, Notice, Run, RunState, UnmetInterest
from matchmaker.services.actors import NIGHT, actor_of
from matchmaker.services.doctor import diagnose
from matchmaker.services.meetings import accept_meeting, book_by_hand, decline_meeting
from matchmaker.services.publishing import publish_run
from tests.builders import (
    NOW,
    get_chain,
    get_pool,
    get_project,
    make_account,
    make_interest,
    make_investor,
    make_meeting,
    save,
)
from tests.services.nights import changes_of, diary, dump, make_draft

LATER = NOW + timedelta(hours=2)


@pytest.fixture
def three(edition: Edition) -> list[Investor]:
    """Three investors that want all robots of Pudong."""
    investors = [make_investor(edition) for _ in range(3)]
    for investor in investors:
        make_interest(investor, get_chain(edition.id, "FI-ROB"))
    return investors


def name(investor: Investor, code: str) -> str:
    return f"investor-{investor.id}:{code}"


@pytest.mark.any_database
def test_a_first_run_proposes_what_it_scheduled(edition: Edition, three: list[Investor], hao: Account) -> None:
    ines = make_account(Role.INVESTOR, name="Ines", investor=three[0])
    run = make_draft(edition, {name(three[0], "PD-01"): 0, name(three[1], "PD-02"): 0, name(three[0], "PD-02"): 1})

    counts = publish_run(NIGHT, run.id, now=LATER)

    assert counts == {"new": 3, "unchanged": 0, "moved": 0, "left_out": 0}
    assert diary() == {
        (three[0].id, "PD-01"): ("proposed", 0),
        (three[0].id, "PD-02"): ("proposed", 1),
        (three[1].id, "PD-02"): ("proposed", 0),
    }
    assert [change[:4] for change in changes_of(run.id)] == [
        ("new", three[0].id, "PD-01", ""),
        ("new", three[0].id, "PD-02", ""),
        ("new", three[1].id, "PD-02", ""),
    ]
    assert (run.state, run.published_at, run.message, run.figures["changes"]) == (RunState.PUBLISHED, LATER, "published", counts)
    assert len(run.settled_hash or "") == 64
    assert diagnose() == []
    notices = db.session.scalars(select(Notice).order_by(Notice.account_id)).all()
    told = {notice.account_id: [entry["project"] for entry in notice.facts["changes"]] for notice in notices}
    assert told == {ines.id: ["PD-01", "PD-02"], hao.id: ["PD-01", "PD-02", "PD-02"]}
    assert {notice.kind for notice in notices} == {"night"}
    history = db.session.scalars(select(MeetingChange)).all()
    assert {(row.action, row.role, row.run_id, row.account_id) for row in history} == {(Action.PROPOSE, Role.NIGHT, run.id, None)}


@pytest.mark.any_database
def test_proposals_move_stay_and_are_left_out_each_with_its_reason(edition: Edition, three: list[Investor], hao: Account) -> None:
    slots = edition.slots
    stays = make_meeting(three[0], get_project(edition, "PD-01"), slots[0])
    moves = make_meeting(three[1], get_project(edition, "PD-01"), slots[1])
    makes_room = make_meeting(three[2], get_project(edition, "PD-01"), slots[2])
    unwanted = make_meeting(three[2], get_project(edition, "XH-01"), slots[4])
    impossible = make_meeting(three[0], get_project(edition, "PD-02"), slots[7])
    availability = db.metadata.tables["availability"]
    db.session.execute(
        availability.delete().where(availability.c.investor_id == three[0].id, availability.c.slot_id == slots[7].id)
    )
    db.session.commit()
    run = make_draft(
        edition,
        {name(three[0], "PD-01"): 0, name(three[1], "PD-01"): 2, name(three[1], "PD-02"): 5, name(three[0], "PD-02"): 6},
    )

    publish_run(NIGHT, run.id, now=LATER)

    assert changes_of(run.id) == [
        ("unchanged", three[0].id, "PD-01", "", 0, 0),
        ("moved", three[1].id, "PD-01", "found_elsewhere", 1, 2),
        ("left_out", three[2].id, "PD-01", "makes_room", 2, None),
        ("left_out", three[2].id, "XH-01", "no_longer_wanted", 4, None),
        ("moved", three[0].id, "PD-02", "no_longer_possible", 7, 6),
        ("new", three[1].id, "PD-02", "", None, 5),
    ]
    assert (makes_room.status, unwanted.status) == (Status.SUPERSEDED, Status.SUPERSEDED)
    assert (moves.status, moves.slot.position, moves.sequence, moves.published_at) == (Status.PROPOSED, 2, 2, LATER)
    assert (moves.deadline_at, stays.deadline_at, stays.sequence) == (LATER + timedelta(hours=48), NOW + timedelta(hours=48), 1)
    assert impossible.uid == "meeting-5@example.org"
    assert diagnose() == []
    entries = db.session.scalars(select(Notice).where(Notice.kind == "night")).one().facts["changes"]
    assert [(entry["kind"], entry["reason"]) for entry in entries] == [
        ("moved", "found_elsewhere"),
        ("left_out", "makes_room"),
        ("moved", "no_longer_possible"),
        ("new", ""),
    ]


def test_a_proposal_makes_room_only_where_something_takes_its_time(edition: Edition, three: list[Investor]) -> None:
    """A meeting of its team or of its investor takes the time; otherwise the schedule that was found is the reason."""
    robots, drones, slots = get_project(edition, "PD-01"), get_project(edition, "PD-02"), edition.slots
    make_meeting(three[0], robots, slots[0])
    make_meeting(three[1], robots, slots[1])
    make_meeting(three[2], robots, slots[2])
    make_meeting(three[2], drones, slots[6])
    run = make_draft(edition, {name(three[1], "PD-02"): 0, name(three[1], "PD-01"): 2, name(three[2], "PD-01"): 6})

    publish_run(NIGHT, run.id, now=LATER)

    assert changes_of(run.id) == [
        ("left_out", three[0].id, "PD-01", "done_without", 0, None),
        ("moved", three[1].id, "PD-01", "found_elsewhere", 1, 2),
        ("moved", three[2].id, "PD-01", "makes_room", 2, 6),
        ("left_out", three[2].id, "PD-02", "makes_room", 6, None),
        ("new", three[1].id, "PD-02", "", None, 0),
    ]


def test_moving_a_suggestion_asks_both_sides_anew(edition: Edition, hao: Account) -> None:
    shy = make_investor(edition)
    meeting = make_meeting(shy, get_project(edition, "PD-01"), edition.slots[0], suggested=True)
    accept_meeting(actor_of(hao), meeting.id, now=NOW)
    run = make_draft(edition, {name(shy, "PD-01"): 3})

    publish_run(NIGHT, run.id, now=LATER)

    assert (meeting.slot.position, meeting.investor_agreed_at, meeting.host_agreed_at) == (3, None, None)


def test_steps_that_people_took_after_the_night_read_its_input_stand(
    edition: Edition, three: list[Investor], hao: Account, olga: Account
) -> None:
    """Accepted, declined and booked by hand meanwhile: none of it is moved, left out or proposed again."""
    accepted = make_meeting(three[0], get_project(edition, "PD-01"), edition.slots[0])
    declined = make_meeting(three[1], get_project(edition, "PD-01"), edition.slots[1])
    run = make_draft(
        edition,
        {
            name(three[0], "PD-01"): 1,
            name(three[1], "PD-01"): 0,
            name(three[2], "PD-01"): 2,
            name(three[2], "PD-02"): 3,
            name(three[1], "PD-02"): 4,
        },
    )
    accept_meeting(actor_of(hao), accepted.id, now=NOW)
    decline_meeting(actor_of(hao), declined.id, DeclineReason.OTHER, now=NOW)
    book_by_hand(actor_of(olga), three[0].id, get_project(edition, "PD-02").id, edition.slots[4].id, now=NOW)

    publish_run(NIGHT, run.id, now=LATER)

    assert diary() == {
        (three[0].id, "PD-01"): ("accepted", 0),
        (three[0].id, "PD-02"): ("proposed", 4),
        (three[2].id, "PD-01"): ("proposed", 2),
        (three[2].id, "PD-02"): ("proposed", 3),
    }
    assert run.figures["booked"] == 4
    assert diagnose() == []


def test_a_proposal_whose_new_slot_is_gone_stays_where_it_was(
    edition: Edition, three: list[Investor], hao: Account, olga: Account
) -> None:
    told = make_meeting(three[0], get_project(edition, "PD-01"), edition.slots[0])
    run = make_draft(edition, {name(three[0], "PD-01"): 2})
    book_by_hand(actor_of(olga), three[1].id, told.project_id, edition.slots[2].id, now=NOW)

    publish_run(NIGHT, run.id, now=LATER)

    assert diary() == {(three[0].id, "PD-01"): ("proposed", 0), (three[1].id, "PD-01"): ("proposed", 2)}
    assert diagnose() == []


def test_what_was_withdrawn_or_refused_after_reading_is_not_proposed(edition: Edition, three: list[Investor]) -> None:
    run = make_draft(edition, {name(three[0], "PD-01"): 0, name(three[1], "PD-02"): 1})
    project = get_project(edition, "PD-01")
    project.withdrawn_at = NOW
    save(project)
    make_interest(three[1], get_project(edition, "PD-02"), Level.NO_THANKS)

    assert publish_run(NIGHT, run.id, now=LATER) == {"new": 0, "unchanged": 0, "moved": 0, "left_out": 0}


def test_a_slot_for_which_it_became_too_late_is_not_proposed(edition: Edition, three: list[Investor]) -> None:
    run = make_draft(edition, {name(three[0], "PD-01"): 0, name(three[1], "PD-01"): 4})

    publish_run(NIGHT, run.id, now=edition.slots[0].starts_at)

    assert diary() == {(three[1].id, "PD-01"): ("proposed", 4)}


def test_tables_and_interpreters_are_seated_anew(edition: Edition) -> None:
    german = [make_investor(edition, languages=["de"]) for _ in range(3)]
    for investor in german:
        make_interest(investor, get_chain(edition.id, "FI-ROB"))
    make_meeting(german[0], get_project(edition, "PD-01"), edition.slots[0], pool=get_pool(edition, "de"))
    run = make_draft(
        edition,
        {name(german[0], "PD-01"): 1, name(german[1], "PD-02"): 1, name(german[2], "PD-01"): 0, name(german[1], "PD-01"): 2},
    )

    publish_run(NIGHT, run.id, now=LATER)

    assert len(diary()) == 4
    assert diagnose() == []


@pytest.mark.any_database
def test_a_run_is_published_once(edition: Edition, three: list[Investor], hao: Account, olga: Account) -> None:
    run = make_draft(edition, {name(three[0], "PD-01"): 0})
    run_id, host, organiser = run.id, actor_of(hao), actor_of(olga)

    with pytest.raises(RuleBroken) as not_allowed:
        publish_run(host, run_id, now=LATER)
    publish_run(organiser, run_id, now=LATER)
    before = dump()
    with pytest.raises(RuleBroken) as again:
        publish_run(organiser, run_id, now=LATER)

    assert (not_allowed.value.code, again.value.code) == (Broken.NOT_ALLOWED, Broken.ALREADY_DECIDED)
    assert dump() == before


def test_nothing_is_published_where_anything_fails(
    edition: Edition, three: list[Investor], monkeypatch: pytest.MonkeyPatch
) -> None:
    make_meeting(three[0], get_project(edition, "PD-01"), edition.slots[0])
    run = make_draft(edition, {name(three[0], "PD-01"): 1, name(three[1], "PD-01"): 0})
    before = dump()

    def fail(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr("matchmaker.services.publishing._record", fail)
    with pytest.raises(OSError, match="disk"):
        publish_run(NIGHT, run.id, now=LATER)

    assert (dump(), run.state) == (before, RunState.DRAFT)


def test_reasons_are_written_anew_where_the_input_changed(edition: Edition, three: list[Investor], hao: Account) -> None:
    accepted = make_meeting(three[0], get_project(edition, "PD-01"), edition.slots[0])
    run = make_draft(edition, {name(three[0], "PD-01"): 1, name(three[1], "PD-01"): 0})
    accept_meeting(actor_of(hao), accepted.id, now=NOW)

    publish_run(NIGHT, run.id, now=LATER)

    assert diary() == {(three[0].id, "PD-01"): ("accepted", 0)}
    unmet = db.session.scalars(select(UnmetInterest).order_by(UnmetInterest.interest_id)).all()
    assert [each.investor_id for each in unmet] == [three[1].id, three[2].id]
    assert db.session.get_one(Run, run.id).figures["interests"] == {"stated": 3, "met": 1}
    assert db.session.scalars(select(Interest.investor_id)).all() == [investor.id for investor in three]


@pytest.mark.parametrize("number", [1, 3])
def test_publishing_costs_the_same_for_one_and_for_three(number: int, edition: Edition, count_queries, hao: Account) -> None:
    investors = [make_investor(edition) for _ in range(number)]
    for investor in investors:
        make_account(Role.INVESTOR, investor=investor)
        make_interest(investor, get_project(edition, "PD-01"))
    run_id = make_draft(edition, {name(investor, "PD-01"): n for n, investor in enumerate(investors)}).id

    with count_queries() as queries:
        publish_run(NIGHT, run_id, now=LATER)

    assert db.session.scalars(select(Meeting.status)).all() == [Status.PROPOSED] * number
    assert queries.count <= 65
    assert all("executemany" not in statement for statement in queries.statements)
