"""The life of a meeting as actions: status, occupancy, history and notices in one transaction."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from matchmaker.db import db, transaction
from matchmaker.domain.interest import Level
from matchmaker.domain.meeting import Action, Status
from matchmaker.domain.reasons import CancelReason, DeclineReason
from matchmaker.domain.roles import Role, Vetting
from matchmaker.domain.rules import Broken, RuleBroken
from matchmaker.models import Account, Edition, Investor, Meeting, MeetingChange, Notice, Occupancy, Slot
from matchmaker.services.actors import NIGHT, Actor, Missing, actor_of
from matchmaker.services.asking import ask_for_another_time
from matchmaker.services.doctor import diagnose
from matchmaker.services.inbox import Waiting, proposals_of
from matchmaker.services.meetings import (
    accept_meeting,
    agree_to_meeting,
    book_by_hand,
    cancel_meeting,
    change_status,
    decline_meeting,
    free_slots,
    get_meeting_for,
    keep_slot,
    lock_diary,
    offer_slot,
    reopen_pair,
    take_offer,
    withdraw_meeting,
)
from matchmaker.services.outcomes import record_meeting
from matchmaker.services.vetting import decide_vetting
from tests.builders import (
    NOW,
    SHANGHAI,
    get_district,
    get_pool,
    get_project,
    make_account,
    make_activity,
    make_interest,
    make_investor,
    make_mark,
    make_meeting,
    make_signup,
    save,
)
from tests.services.nights import lapse

LATER = NOW + timedelta(hours=1)
AFTERWARDS = datetime(2024, 4, 3, tzinfo=UTC)


@pytest.fixture
def meeting(ines: Account, hao: Account, edition: Edition) -> Meeting:
    """Ines is proposed to meet Robot joints in Pudong, in the first slot."""
    return make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0])


def actors(ines: Account, hao: Account, olga: Account) -> dict[Role, Actor]:
    return {Role.INVESTOR: actor_of(ines), Role.HOST: actor_of(hao), Role.ORGANISER: actor_of(olga), Role.NIGHT: NIGHT}


def state(meeting: Meeting) -> tuple[Status, int, int | None]:
    """Status, position of the slot and of the offered slot."""
    db.session.rollback()
    return meeting.status, meeting.slot.position, meeting.offered_slot.position if meeting.offered_slot else None


def held(meeting: Meeting) -> list[tuple[str, int, int]]:
    """What the meeting holds: kind and number of each resource, and the slot."""
    db.session.rollback()
    rows = db.session.scalars(select(Occupancy).where(Occupancy.meeting_id == meeting.id))
    return sorted((row.resource.kind.value, row.resource.number, row.slot.position) for row in rows)


def at_slot(position: int) -> list[tuple[str, int, int]]:
    return [(kind, 1, position) for kind in ("investor", "lead", "table")]


def last_change(meeting: Meeting) -> tuple[Any, ...]:
    db.session.rollback()
    change = meeting.changes[-1]
    return change.action, change.role, change.account_id, change.from_status, change.to_status, change.reason, change.note


def told() -> list[tuple[str, str]]:
    """Notices written since the fixture: who is told what."""
    db.session.rollback()
    rows = db.session.scalars(select(Notice).where(Notice.created_at != NOW).order_by(Notice.id))
    return [(notice.account.name, notice.kind) for notice in rows]


def refused(action: Callable[[], object]) -> RuleBroken:
    """The rule that an action breaks; nothing is stored by it."""
    before = everything()
    with pytest.raises(RuleBroken) as broken:
        action()
    assert everything() == before
    return broken.value


def everything() -> list[list[tuple[Any, ...]]]:
    db.session.rollback()
    return [
        [tuple(row) for row in db.session.execute(select(table).order_by(*table.primary_key))]
        for table in (Meeting.__table__, MeetingChange.__table__, Occupancy.__table__, Notice.__table__)
    ]


@pytest.mark.any_database
def test_host_accepts_a_proposal_and_the_investor_gets_a_notice(meeting: Meeting, hao: Account) -> None:
    accept_meeting(actor_of(hao), meeting.id, now=LATER)

    assert state(meeting) == (Status.ACCEPTED, 0, None)
    assert (meeting.host_agreed_at, meeting.sequence) == (LATER, 2)
    assert held(meeting) == at_slot(0)
    assert last_change(meeting) == (Action.ACCEPT, Role.HOST, hao.id, Status.PROPOSED, Status.ACCEPTED, "", "")
    assert told() == [("Ines", "meeting_accept")]
    assert diagnose() == []


@pytest.mark.parametrize("investor_first", [True, False])
def test_a_suggestion_is_accepted_once_both_sides_said_yes(
    investor_first: bool, edition: Edition, ines: Account, hao: Account
) -> None:
    meeting = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], suggested=True)
    answers = [lambda: agree_to_meeting(actor_of(ines), meeting.id, now=LATER)]
    answers.insert(0 if not investor_first else 1, lambda: accept_meeting(actor_of(hao), meeting.id, now=LATER))

    answers[0]()
    assert state(meeting) == (Status.PROPOSED, 0, None)
    assert refused(answers[0]).code is Broken.NOT_POSSIBLE_NOW
    answers[1]()

    assert state(meeting) == (Status.ACCEPTED, 0, None)
    assert (meeting.investor_agreed_at, meeting.host_agreed_at) == (LATER, LATER)
    agreed = [("Ines", "meeting_agree"), ("Hao", "meeting_agree")]
    accepted = [("Ines", "meeting_accept")]
    assert told() == (agreed + accepted if investor_first else accepted + agreed)


def test_an_investor_whose_interest_counted_as_consent_cannot_agree_again(meeting: Meeting, ines: Account) -> None:
    assert refused(lambda: agree_to_meeting(actor_of(ines), meeting.id, now=LATER)).code is Broken.NOT_POSSIBLE_NOW


@pytest.mark.any_database
@pytest.mark.parametrize("suggested", [False, True])
def test_what_has_expired_is_declined_by_nobody(meeting: Meeting, hao: Account, suggested: bool) -> None:
    if suggested:
        meeting.suggested, meeting.investor_agreed_at, meeting.host_agreed_at = True, None, NOW
        db.session.commit()

    error = refused(lambda: decline_meeting(actor_of(hao), meeting.id, DeclineReason.OTHER, now=meeting.deadline_at))

    assert error.code is Broken.DEADLINE_PASSED
    assert meeting.status is Status.PROPOSED


def test_host_declines_with_a_reason_and_the_slots_are_free(meeting: Meeting, hao: Account) -> None:
    decline_meeting(actor_of(hao), meeting.id, DeclineReason.NOT_OUR_FIELD, " Not yet. ", now=LATER)

    assert state(meeting) == (Status.DECLINED, 0, None)
    assert held(meeting) == []
    assert last_change(meeting)[4:] == (Status.DECLINED, "not_our_field", "Not yet.")
    assert told() == [("Ines", "meeting_decline")]


@pytest.mark.any_database
def test_an_offer_holds_both_slots_until_it_is_answered(meeting: Meeting, edition: Edition, ines: Account, hao: Account) -> None:
    offer_slot(actor_of(hao), meeting.id, edition.slots[2].id, now=LATER)

    assert state(meeting) == (Status.COUNTERED, 0, 2)
    assert held(meeting) == sorted(at_slot(0) + at_slot(2))
    assert told() == [("Ines", "meeting_offer")]
    assert diagnose() == []

    take_offer(actor_of(ines), meeting.id, now=LATER)

    assert state(meeting) == (Status.ACCEPTED, 2, None)
    assert held(meeting) == at_slot(2)
    assert (meeting.changes[-1].from_slot_id, meeting.changes[-1].to_slot_id) == (edition.slots[0].id, edition.slots[2].id)
    assert told()[1:] == [("Ines", "meeting_take"), ("Hao", "meeting_take")]
    assert diagnose() == []


@pytest.mark.any_database
def test_keeping_the_old_slot_asks_the_host_again(meeting: Meeting, edition: Edition, ines: Account, hao: Account) -> None:
    offer_slot(actor_of(hao), meeting.id, edition.slots[2].id, now=LATER)

    keep_slot(actor_of(ines), meeting.id, now=LATER)

    assert state(meeting) == (Status.PROPOSED, 0, None)
    assert (held(meeting), meeting.host_agreed_at) == (at_slot(0), None)
    accept_meeting(actor_of(hao), meeting.id, now=LATER)
    assert state(meeting) == (Status.ACCEPTED, 0, None)


def test_a_suggestion_is_accepted_when_the_investor_takes_the_offered_slot(edition: Edition, ines: Account, hao: Account) -> None:
    meeting = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], suggested=True)
    offer_slot(actor_of(hao), meeting.id, edition.slots[2].id, now=LATER)

    take_offer(actor_of(ines), meeting.id, now=LATER)

    assert state(meeting) == (Status.ACCEPTED, 2, None)


def test_an_offered_slot_that_is_earlier_has_to_be_answered_earlier(edition: Edition, ines: Account, hao: Account) -> None:
    published = datetime(2024, 3, 31, 10, tzinfo=SHANGHAI).astimezone(UTC)
    meeting = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[4], published_at=published)
    day_before = datetime(2024, 3, 31, 18, tzinfo=SHANGHAI).astimezone(UTC)
    own = datetime(2024, 4, 1, 18, tzinfo=SHANGHAI).astimezone(UTC)
    assert meeting.deadline_at == own

    offer_slot(actor_of(hao), meeting.id, edition.slots[1].id, now=published)
    assert meeting.deadline_at == day_before
    assert refused(lambda: take_offer(actor_of(ines), meeting.id, now=day_before)).code is Broken.DEADLINE_PASSED
    keep_slot(actor_of(ines), meeting.id, now=day_before)

    assert (state(meeting), meeting.deadline_at) == ((Status.PROPOSED, 4, None), own)


def test_an_offer_never_prolongs_the_deadline(meeting: Meeting, edition: Edition, hao: Account) -> None:
    before = meeting.deadline_at

    offer_slot(actor_of(hao), meeting.id, edition.slots[6].id, now=LATER)

    assert meeting.deadline_at == before == NOW + timedelta(hours=48)


@pytest.mark.parametrize("offered", [False, True])
def test_investor_withdraws_and_the_pair_is_closed(
    offered: bool, meeting: Meeting, edition: Edition, ines: Account, hao: Account, olga: Account
) -> None:
    if offered:
        offer_slot(actor_of(hao), meeting.id, edition.slots[2].id, now=LATER)

    withdraw_meeting(actor_of(ines), meeting.id, now=LATER)

    assert (state(meeting), held(meeting)) == ((Status.WITHDRAWN, 0, None), [])
    again = refused(lambda: book_by_hand(actor_of(olga), meeting.investor_id, meeting.project_id, edition.slots[0].id, now=LATER))
    assert again.code is Broken.PAIR_CLOSED


@pytest.mark.any_database
def test_what_has_expired_is_withdrawn_by_nobody_and_its_pair_stays_open(
    meeting: Meeting, edition: Edition, ines: Account, olga: Account
) -> None:
    due = meeting.deadline_at

    assert refused(lambda: withdraw_meeting(actor_of(ines), meeting.id, now=due)).code is Broken.DEADLINE_PASSED
    assert state(meeting)[0] is Status.PROPOSED
    lapse(edition, now=due)
    assert book_by_hand(actor_of(olga), meeting.investor_id, meeting.project_id, edition.slots[2].id, now=due) != meeting.id


@pytest.mark.parametrize("who", ["ines", "hao", "olga"])
def test_either_side_and_an_organiser_cancel_what_was_accepted(
    who: str, request: pytest.FixtureRequest, edition: Edition, ines: Account, hao: Account, olga: Account
) -> None:
    meeting = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], Status.ACCEPTED)

    actor = actor_of(request.getfixturevalue(who))
    cancel_meeting(actor, meeting.id, CancelReason.ILLNESS, now=LATER)

    assert (state(meeting)[0], held(meeting)) == (Status.CANCELLED, [])
    assert told() == [("Ines", "meeting_cancel"), ("Hao", "meeting_cancel")]
    cancellations = db.session.scalars(select(Notice).where(Notice.kind == "meeting_cancel"))
    assert {notice.facts["taken_by"] for notice in cancellations} == {actor.role.value}
    assert book_by_hand(actor_of(olga), meeting.investor_id, meeting.project_id, edition.slots[0].id, now=LATER)


def test_a_meeting_that_has_begun_is_recorded_and_not_cancelled(edition: Edition, ines: Account) -> None:
    meeting = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], Status.ACCEPTED)
    begins = edition.slots[0].starts_at

    late = refused(lambda: cancel_meeting(actor_of(ines), meeting.id, CancelReason.ILLNESS, now=begins))
    early = refused(lambda: record_meeting(actor_of(ines), meeting.id, True, now=begins - timedelta(minutes=1)))
    record_meeting(actor_of(ines), meeting.id, True, now=begins)

    assert (late.code, early.code) == (Broken.NOT_POSSIBLE_NOW, Broken.NOT_POSSIBLE_NOW)
    assert (state(meeting)[0], held(meeting)) == (Status.HELD, [])


def test_a_missed_meeting_closes_the_pair_until_an_organiser_reopens_it(
    edition: Edition, ines: Account, hao: Account, olga: Account
) -> None:
    meeting = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], Status.ACCEPTED)
    record_meeting(actor_of(hao), meeting.id, False, now=edition.slots[0].starts_at)

    def book() -> int:
        return book_by_hand(actor_of(olga), meeting.investor_id, meeting.project_id, edition.slots[5].id, now=NOW)

    assert refused(book).code is Broken.PAIR_CLOSED
    assert refused(lambda: reopen_pair(actor_of(hao), meeting.id, "Please", now=LATER)).code is Broken.NOT_POSSIBLE_NOW
    assert refused(lambda: reopen_pair(actor_of(olga), meeting.id, "  ", now=LATER)).code is Broken.REASON_NEEDED
    reopen_pair(actor_of(olga), meeting.id, "The train was late.", now=LATER)

    assert refused(lambda: reopen_pair(actor_of(olga), meeting.id, "Again", now=LATER)).code is Broken.ALREADY_DECIDED
    assert (state(meeting)[0], meeting.reopened_at) == (Status.MISSED, LATER)
    assert book() != meeting.id


def test_unanswered_proposals_and_offers_lapse_when_their_time_is_over(
    edition: Edition, ines: Account, sam: Account, hao: Account
) -> None:
    first = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0])
    offered = make_meeting(
        sam.investor, get_project(edition, "PD-02"), edition.slots[0], Status.COUNTERED, offered=edition.slots[1]
    )
    accepted = make_meeting(ines.investor, get_project(edition, "PD-02"), edition.slots[2], Status.ACCEPTED)
    due = first.deadline_at

    assert lapse(edition, now=due - timedelta(seconds=1)) == 0
    assert refused(lambda: accept_meeting(actor_of(hao), first.id, now=due)).code is Broken.DEADLINE_PASSED
    assert lapse(edition, now=due) == 2
    assert lapse(edition, now=due) == 0

    assert [state(each)[0] for each in (first, offered, accepted)] == [Status.LAPSED, Status.LAPSED, Status.ACCEPTED]
    assert (held(first), held(offered), held(accepted)) == ([], [], at_slot(2))
    assert sorted(told()) == [
        ("Hao", "night"),
        ("Ines", "night"),
        ("Sam", "night"),
    ]


def test_the_third_lapse_closes_the_pair(edition: Edition, ines: Account, hao: Account, olga: Account) -> None:
    pair = ines.investor_id, get_project(edition, "PD-01").id
    assert pair[0] is not None
    for _ in range(3):
        book_by_hand(actor_of(olga), pair[0], pair[1], edition.slots[0].id, now=NOW)
        lapse(edition, now=NOW + timedelta(hours=48))

    again = refused(lambda: book_by_hand(actor_of(olga), pair[0], pair[1], edition.slots[0].id, now=NOW))

    assert again.code is Broken.PAIR_CLOSED


STEPS = {
    Action.ACCEPT: lambda who, id: accept_meeting(who, id, now=LATER),
    Action.AGREE: lambda who, id: agree_to_meeting(who, id, now=LATER),
    Action.DECLINE: lambda who, id: decline_meeting(who, id, DeclineReason.OTHER, now=LATER),
    Action.ASK: lambda who, id: ask_for_another_time(who, id, now=LATER),
    Action.TAKE: lambda who, id: take_offer(who, id, now=LATER),
    Action.KEEP: lambda who, id: keep_slot(who, id, now=LATER),
    Action.WITHDRAW: lambda who, id: withdraw_meeting(who, id, now=LATER),
    Action.CANCEL: lambda who, id: cancel_meeting(who, id, CancelReason.OTHER, now=LATER),
    Action.RECORD_HELD: lambda who, id: record_meeting(who, id, True, now=AFTERWARDS),
    Action.REOPEN: lambda who, id: reopen_pair(who, id, "Why", now=LATER),
}
ALLOWED = {
    (Status.PROPOSED, Role.HOST): {Action.ACCEPT, Action.DECLINE},
    (Status.PROPOSED, Role.INVESTOR): {Action.AGREE, Action.ASK, Action.WITHDRAW},
    (Status.COUNTERED, Role.INVESTOR): {Action.TAKE, Action.KEEP, Action.WITHDRAW},
    (Status.ACCEPTED, Role.INVESTOR): {Action.CANCEL, Action.RECORD_HELD},
    (Status.ACCEPTED, Role.HOST): {Action.CANCEL, Action.RECORD_HELD},
    (Status.ACCEPTED, Role.ORGANISER): {Action.CANCEL, Action.RECORD_HELD},
    (Status.MISSED, Role.ORGANISER): {Action.REOPEN},
}


@pytest.mark.parametrize("status", Status)
def test_actions_do_what_the_table_allows_and_refuse_the_rest(
    status: Status, edition: Edition, ines: Account, hao: Account, olga: Account
) -> None:
    done: dict[Role, set[Action]] = {role: set() for role in Role}
    codes: set[Broken] = set()
    for role, actor in actors(ines, hao, olga).items():
        for action, step in STEPS.items():
            db.session.rollback()
            db.session.execute(Occupancy.__table__.delete())
            db.session.execute(MeetingChange.__table__.delete())
            db.session.execute(Meeting.__table__.delete())
            db.session.commit()
            meeting = make_meeting(
                ines.investor,
                get_project(edition, "PD-01"),
                edition.slots[0],
                status,
                offered=edition.slots[1] if status is Status.COUNTERED else None,
                suggested=True,
            )
            try:
                step(actor, meeting.id)
            except RuleBroken as broken:
                codes.add(broken.code)
            else:
                done[role].add(action)

    assert done == {role: ALLOWED.get((status, role), set()) for role in Role}
    assert codes == {Broken.NOT_POSSIBLE_NOW}


def test_an_investor_and_a_host_learn_nothing_of_meetings_of_others(
    meeting: Meeting, edition: Edition, sam: Account, olga: Account
) -> None:
    other_host = make_account(Role.HOST, district=get_district(edition, "XH"))

    for stranger in (actor_of(sam), actor_of(other_host)):
        with pytest.raises(Missing):
            get_meeting_for(stranger, meeting.id)
        with pytest.raises(Missing):
            cancel_meeting(stranger, meeting.id, CancelReason.OTHER, now=LATER)
    with pytest.raises(Missing):
        get_meeting_for(actor_of(olga), 4711)
    assert get_meeting_for(actor_of(olga), meeting.id) is meeting


def test_a_note_that_is_too_long_is_refused(meeting: Meeting, ines: Account) -> None:
    assert refused(lambda: withdraw_meeting(actor_of(ines), meeting.id, "x" * 1001, now=LATER)).code is Broken.TOO_LONG


def test_a_step_on_an_outdated_row_is_refused(meeting: Meeting, hao: Account) -> None:
    """The conditional UPDATE finds no row where somebody was quicker."""
    actor = actor_of(hao)

    def accept_what_somebody_changed() -> None:
        assert meeting.status is Status.PROPOSED
        db.session.execute(update(Meeting).values(sequence=7), execution_options={"synchronize_session": False})
        change_status(meeting, Action.ACCEPT, actor, now=LATER)

    with pytest.raises(RuleBroken) as broken, transaction():
        accept_what_somebody_changed()

    assert (broken.value.code, state(meeting)[0]) == (Broken.SOMEBODY_WAS_QUICKER, Status.PROPOSED)


def offering(hao: Account, meeting: Meeting, slot: Slot | int, now: datetime = LATER) -> RuleBroken:
    slot_id = slot if isinstance(slot, int) else slot.id
    return refused(lambda: offer_slot(actor_of(hao), meeting.id, slot_id, now=now))


def test_an_offer_is_refused_where_it_cannot_be(
    meeting: Meeting, edition: Edition, ines: Account, sam: Account, hao: Account
) -> None:
    make_meeting(ines.investor, get_project(edition, "PD-02"), edition.slots[1])
    make_meeting(sam.investor, get_project(edition, "PD-01"), edition.slots[2])
    make_meeting(ines.investor, get_project(edition, "LG-01"), edition.slots[7])

    assert offering(hao, meeting, edition.slots[0]).code is Broken.SLOT_NOT_FEASIBLE  # its own
    assert offering(hao, meeting, edition.slots[1]).code is Broken.SLOT_TAKEN  # the investor is elsewhere
    assert offering(hao, meeting, edition.slots[2]).code is Broken.SLOT_TAKEN  # the lead is taken
    assert offering(hao, meeting, edition.slots[6]).facts == {"rule": "too_far"}
    assert offering(hao, meeting, 4711).code is Broken.SLOT_UNKNOWN
    late = datetime(2024, 3, 31, 19, tzinfo=SHANGHAI)
    db.session.execute(Meeting.__table__.update().values(deadline_at=AFTERWARDS.replace(tzinfo=UTC)))
    db.session.commit()
    assert offering(hao, meeting, edition.slots[3], late).code is Broken.SLOT_IN_THE_PAST


def test_an_offer_beside_a_programme_item_is_refused(meeting: Meeting, edition: Edition, ines: Account, hao: Account) -> None:
    hall = get_district(edition, "PD").venue
    forum = make_activity(edition, venue=hall, starts_at=edition.slots[2].starts_at, minutes=30)
    make_signup(ines.investor, forum)

    assert offering(hao, meeting, edition.slots[2]).code is Broken.ACTIVITY_CLASHES


def test_organiser_books_by_hand(edition: Edition, ines: Account, hao: Account, olga: Account) -> None:
    project = get_project(edition, "PD-01")
    make_interest(ines.investor, project, Level.MUST_MEET)

    meeting_id = book_by_hand(actor_of(olga), ines.investor_id, project.id, edition.slots[3].id, now=LATER)

    meeting = db.session.get_one(Meeting, meeting_id)
    assert state(meeting) == (Status.PROPOSED, 3, None)
    assert (meeting.suggested, meeting.investor_agreed_at, meeting.run_id) == (False, LATER, None)
    assert held(meeting) == at_slot(3)
    assert last_change(meeting)[:5] == (Action.PROPOSE, Role.ORGANISER, olga.id, None, Status.PROPOSED)
    assert told() == [("Ines", "meeting_propose"), ("Hao", "meeting_propose")]
    assert diagnose() == []


def test_a_booking_by_hand_takes_an_interpreter(edition: Edition, olga: Account) -> None:
    investors = [make_investor(edition, languages=["ja"]) for _ in range(2)]
    projects = [get_project(edition, code) for code in ("PD-01", "LG-01")]
    book_by_hand(actor_of(olga), investors[0].id, projects[0].id, edition.slots[0].id, now=NOW)

    taken = refused(lambda: book_by_hand(actor_of(olga), investors[1].id, projects[1].id, edition.slots[0].id, now=NOW))

    assert taken.code is Broken.SLOT_TAKEN
    assert db.session.scalars(select(Meeting.pool_id)).all() == [get_pool(edition, "ja").id]


def test_bookings_by_hand_that_are_refused(edition: Edition, ines: Account, hao: Account, olga: Account) -> None:
    project, slot = get_project(edition, "PD-01"), edition.slots[0]
    waiting = make_investor(edition, vetting=Vetting.WAITLISTED)
    silent = make_investor(edition, languages=["tr"])
    unwanted = make_investor(edition)
    make_mark(get_district(edition, "PD"), unwanted, Level.NO_THANKS)

    def booking(investor_id: int, project_id: int = project.id, slot_id: int = slot.id, who: Account = olga) -> Broken:
        return refused(lambda: book_by_hand(actor_of(who), investor_id, project_id, slot_id, now=NOW)).code

    assert booking(ines.investor_id, who=hao) is Broken.NOT_ALLOWED
    assert booking(waiting.id) is Broken.NOT_APPROVED
    assert booking(silent.id) is Broken.SLOT_TAKEN
    assert booking(unwanted.id) is Broken.PAIR_CLOSED
    assert booking(ines.investor_id, slot_id=4711) is Broken.SLOT_UNKNOWN
    project.withdrawn_at = NOW
    save(project)
    assert booking(ines.investor_id) is Broken.PROJECT_WITHDRAWN
    with pytest.raises(Missing):
        book_by_hand(actor_of(olga), 4711, project.id, slot.id, now=NOW)


def test_a_pair_has_one_live_meeting(meeting: Meeting, edition: Edition, olga: Account) -> None:
    again = refused(lambda: book_by_hand(actor_of(olga), meeting.investor_id, meeting.project_id, edition.slots[5].id, now=NOW))
    assert again.code is Broken.MEETING_EXISTS


def test_limits_of_the_investor_hold_for_bookings_by_hand(edition: Edition, olga: Account) -> None:
    investor = make_investor(edition, max_meetings=2, max_per_day=1)
    pudong = [get_project(edition, "PD-01"), get_project(edition, "PD-02"), get_project(edition, "LG-01")]
    book_by_hand(actor_of(olga), investor.id, pudong[0].id, edition.slots[0].id, now=NOW)

    def broken_by(project: int, slot: int) -> Any:
        return refused(
            lambda: book_by_hand(actor_of(olga), investor.id, pudong[project].id, edition.slots[slot].id, now=NOW)
        ).facts["rule"]

    assert broken_by(1, 1) == "too_many_on_a_day"
    book_by_hand(actor_of(olga), investor.id, pudong[1].id, edition.slots[4].id, now=NOW)
    assert broken_by(2, 7) == "too_many_meetings"


def test_what_is_offered_and_booked_is_what_the_pages_show(
    meeting: Meeting, edition: Edition, ines: Account, hao: Account
) -> None:
    make_meeting(ines.investor, get_project(edition, "XH-01"), edition.slots[5])
    before = [slot.position for slot in free_slots(meeting, now=LATER)]
    db.session.rollback()
    possible = []
    for slot in edition.slots:
        try:
            offer_slot(actor_of(hao), meeting.id, slot.id, now=LATER)
        except RuleBroken:
            continue
        keep_slot(actor_of(ines), meeting.id, now=LATER)
        possible.append(slot.position)

    assert before == possible == [1, 2, 3, 6, 7]


@pytest.mark.parametrize("number", [1, 3])
def test_a_step_costs_the_same_however_many_meetings_there_are(
    number: int, edition: Edition, ines: Account, hao: Account, count_queries: Callable[[], Any]
) -> None:
    meetings = [
        make_meeting(ines.investor, get_project(edition, "PD-01" if n % 2 else "PD-02"), edition.slots[n], Status.HELD)
        for n in range(number)
    ]
    mine = make_meeting(ines.investor, get_project(edition, "LG-01"), edition.slots[6])
    meeting_id, ines_too = mine.id, actor_of(ines)
    assert len(meetings) == number
    with count_queries() as queries:
        withdraw_meeting(ines_too, meeting_id, now=LATER)

    assert queries.count <= 18
    assert db.session.scalar(select(func.count()).select_from(Meeting)) == number + 1


@pytest.mark.parametrize("step", [accept_meeting, agree_to_meeting])
def test_nobody_says_yes_to_somebody_who_said_no_thanks_meanwhile(
    step: Callable[..., None], edition: Edition, ines: Account, hao: Account
) -> None:
    project = get_project(edition, "PD-01")
    meeting = make_meeting(ines.investor, project, edition.slots[0], suggested=True)
    make_interest(ines.investor, project, Level.NO_THANKS)
    who = hao if step is accept_meeting else ines

    assert refused(lambda: step(actor_of(who), meeting.id, now=NOW)).code is Broken.PAIR_CLOSED
    assert state(meeting)[0] is Status.PROPOSED


@pytest.mark.postgres
def test_vetting_waits_for_a_run_that_is_being_published(app: Flask, edition: Edition, olga: Account) -> None:
    investor_id, organiser = make_investor(edition).id, actor_of(olga)

    def refuse() -> None:
        with app.app_context():
            decide_vetting(organiser, investor_id, Vetting.REFUSED, "Sorry", now=NOW)

    with transaction():
        lock_diary(edition.id)
        deciding = Thread(target=refuse)
        deciding.start()
        deciding.join(0.5)
        assert deciding.is_alive()
    deciding.join(10)

    assert not deciding.is_alive()
    assert db.session.get_one(Investor, investor_id).vetting is Vetting.REFUSED


def test_what_changed_since_its_page_was_drawn_is_not_accepted_even_where_it_still_could_be(
    meeting: Meeting, edition: Edition, ines: Account, hao: Account
) -> None:
    seen = meeting.sequence
    ask_for_another_time(actor_of(ines), meeting.id, "Afternoons, please", now=LATER)

    error = refused(lambda: accept_meeting(actor_of(hao), meeting.id, seen=seen, now=LATER))

    assert (error.code, state(meeting)) == (Broken.NOT_POSSIBLE_NOW, (Status.PROPOSED, 0, None))
    accept_meeting(actor_of(hao), meeting.id, seen=meeting.sequence, now=LATER)
    assert state(meeting) == (Status.ACCEPTED, 0, None)


def test_a_host_that_said_yes_to_a_suggestion_is_asked_again_for_another_time(
    edition: Edition, ines: Account, hao: Account
) -> None:
    meeting = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], suggested=True)
    accept_meeting(actor_of(hao), meeting.id, now=LATER)

    ask_for_another_time(actor_of(ines), meeting.id, "Afternoons, please", now=LATER)

    assert meeting.host_agreed_at is None
    (proposal,) = proposals_of(actor_of(hao), now=LATER).items
    assert (proposal.waits_for, proposal.view.asked) == (Waiting.HOST, "Afternoons, please")
    offer_slot(actor_of(hao), meeting.id, edition.slots[2].id, now=LATER)
    assert state(meeting) == (Status.COUNTERED, 0, 2)
