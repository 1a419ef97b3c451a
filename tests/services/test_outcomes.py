"""After a meeting: who may say what came of it, what is refused, what each side sees, and what is still to do."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from matchmaker.db import db
from matchmaker.domain.meeting import Status
from matchmaker.domain.outcome import HIGHEST_AMOUNT, LONGEST_NOTE, LONGEST_OWNER, LONGEST_STEP, Appetite, Statement
from matchmaker.domain.roles import Role
from matchmaker.domain.rules import Broken, RuleBroken
from matchmaker.models import MeetingChange, Occupancy, Outcome
from matchmaker.services.actors import NIGHT, Missing, actor_of
from matchmaker.services.doctor import diagnose
from matchmaker.services.outcomes import outcomes_for, record_meeting, record_outcome, recorded_by
from tests.builders import SHANGHAI, get_district, get_project, make_account, make_investor, make_meeting, make_outcome

AFTER = datetime(2024, 4, 3, 9, tzinfo=SHANGHAI)
PLAIN = Statement(Appetite.SOME)
FULL = Statement(Appetite.STRONG, 300, "Send the site plan", "Ms Lin", date(2024, 4, 15), note="They know our suppliers.")


def refused(act):
    with pytest.raises(RuleBroken) as caught:
        act()
    return caught.value.code, caught.value.field


def stored():
    return [(each.side, each.statement, each.account.name) for each in db.session.scalars(select(Outcome).order_by(Outcome.id))]


@pytest.fixture
def meeting(edition, ines, hao):
    """Of Ines in Pudong on the first morning; it was held."""
    return make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], Status.HELD)


@pytest.fixture
def accepted(edition, ines, hao):
    return make_meeting(ines.investor, get_project(edition, "PD-02"), edition.slots[1], Status.ACCEPTED)


# -- recording ---------------------------------------------------------------------------------------------------------


@pytest.mark.any_database
def test_each_side_says_what_came_of_a_held_meeting(meeting, ines, hao):
    record_outcome(actor_of(hao), meeting.id, FULL, now=AFTER)
    record_outcome(actor_of(ines), meeting.id, PLAIN, now=AFTER)

    assert stored() == [(Role.HOST, FULL, "Hao"), (Role.INVESTOR, PLAIN, "Ines")]
    assert diagnose() == []


@pytest.mark.any_database
def test_to_say_what_came_of_an_accepted_meeting_records_that_it_was_held(accepted, hao):
    record_outcome(actor_of(hao), accepted.id, FULL, now=accepted.slot.starts_at)

    assert accepted.status is Status.HELD
    assert db.session.scalars(select(Occupancy)).all() == []
    last = db.session.scalars(select(MeetingChange).order_by(MeetingChange.id.desc())).first()
    assert (last.action, last.role, last.account_id) == ("record_held", Role.HOST, hao.id)
    assert diagnose() == []


def test_nothing_is_recorded_before_the_meeting_begins(accepted, hao):
    early = accepted.slot.starts_at - timedelta(minutes=1)

    assert refused(lambda: record_outcome(actor_of(hao), accepted.id, FULL, now=early)) == (Broken.NOT_POSSIBLE_NOW, None)
    assert (accepted.status, stored()) == (Status.ACCEPTED, [])


@pytest.mark.parametrize("status", [each for each in Status if each not in (Status.HELD, Status.ACCEPTED, Status.COUNTERED)])
def test_what_was_not_held_has_no_outcome(edition, ines, hao, status):
    meeting = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], status)

    assert refused(lambda: record_outcome(actor_of(hao), meeting.id, PLAIN, now=AFTER)) == (Broken.NOT_POSSIBLE_NOW, None)
    assert stored() == []


def test_a_missed_meeting_needs_no_outcome(accepted, ines):
    record_meeting(actor_of(ines), accepted.id, False, now=AFTER)

    assert (accepted.status, stored()) == (Status.MISSED, [])


def test_an_organiser_writes_for_a_side_and_has_to_name_it(meeting, olga):
    record_outcome(actor_of(olga), meeting.id, PLAIN, now=AFTER, side=Role.INVESTOR)

    assert stored() == [(Role.INVESTOR, PLAIN, "Olga")]
    for side in (None, Role.ORGANISER):
        assert (
            refused(lambda s=side: record_outcome(actor_of(olga), meeting.id, PLAIN, now=AFTER, side=s))[0] is Broken.NOT_ALLOWED
        )


def test_nobody_writes_for_the_other_side(meeting, ines, hao):
    record_outcome(actor_of(hao), meeting.id, PLAIN, now=AFTER, side=Role.HOST)

    wrong = refused(lambda: record_outcome(actor_of(ines), meeting.id, PLAIN, now=AFTER, side=Role.HOST))
    assert wrong == (Broken.NOT_ALLOWED, None)
    assert refused(lambda: record_outcome(NIGHT, meeting.id, PLAIN, now=AFTER)) == (Broken.NOT_ALLOWED, None)


def test_others_learn_nothing_of_the_meeting(meeting, sam, edition):
    stranger = make_account(Role.HOST, district=get_district(edition, "XH"))

    for account in (sam, stranger):
        with pytest.raises(Missing):
            record_outcome(actor_of(account), meeting.id, PLAIN, now=AFTER)
        with pytest.raises(Missing):
            outcomes_for(actor_of(account), meeting.id)


# -- rules -------------------------------------------------------------------------------------------------------------


@pytest.mark.any_database
@pytest.mark.parametrize(
    "change",
    [
        {"amount": 0},
        {"amount": HIGHEST_AMOUNT},
        {"amount": None},
        {"next_step": "x" * LONGEST_STEP},
        {"owner": "x" * LONGEST_OWNER},
        {"note": "x" * LONGEST_NOTE},
        {"due_on": date(2024, 4, 1)},
        {"done": True},
        {"next_step": "", "owner": "", "due_on": None},
    ],
)
def test_allowed(meeting, hao, change):
    record_outcome(actor_of(hao), meeting.id, replace(FULL, **change), now=AFTER)

    assert stored() == [(Role.HOST, replace(FULL, **change), "Hao")]


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"amount": -1}, Broken.NUMBER_OUTSIDE, "amount"),
        ({"amount": HIGHEST_AMOUNT + 1}, Broken.NUMBER_OUTSIDE, "amount"),
        ({"next_step": "x" * (LONGEST_STEP + 1)}, Broken.TOO_LONG, "next_step"),
        ({"owner": "x" * (LONGEST_OWNER + 1)}, Broken.TOO_LONG, "owner"),
        ({"note": "x" * (LONGEST_NOTE + 1)}, Broken.TOO_LONG, "note"),
        ({"due_on": date(2024, 3, 31)}, Broken.DUE_BEFORE_MEETING, "due_on"),
        ({"next_step": " ", "due_on": None}, Broken.EMPTY, "next_step"),
        ({"next_step": "", "owner": ""}, Broken.EMPTY, "next_step"),
        ({"next_step": "", "owner": "", "due_on": None, "done": True}, Broken.EMPTY, "next_step"),
    ],
)
def test_forbidden(meeting, hao, change, code, field):
    assert refused(lambda: record_outcome(actor_of(hao), meeting.id, replace(FULL, **change), now=AFTER)) == (code, field)
    assert stored() == []


def test_what_is_refused_leaves_the_meeting_as_it_was(accepted, hao):
    refused(lambda: record_outcome(actor_of(hao), accepted.id, replace(FULL, amount=-1), now=AFTER))

    assert accepted.status is Status.ACCEPTED


def test_a_step_that_is_done_or_not_yet_due_is_not_overdue():
    due = date(2024, 4, 15)

    assert FULL.is_overdue(due + timedelta(days=1))
    assert not FULL.is_overdue(due)
    assert not replace(FULL, done=True).is_overdue(due + timedelta(days=1))
    assert not replace(FULL, due_on=None).is_overdue(due + timedelta(days=1))


@pytest.mark.any_database
@pytest.mark.parametrize(
    "fields",
    [{"side": Role.ORGANISER}, {"amount": -1}, {"next_step": "", "owner": "", "due_on": date(2024, 4, 5)}, {"next_step": ""}],
)
def test_the_database_refuses_what_the_rules_refuse(meeting, hao, fields):
    with pytest.raises(IntegrityError):
        make_outcome(meeting, hao, **fields)
    db.session.rollback()


@pytest.mark.any_database
def test_the_database_keeps_one_outcome_that_counts_for_each_side(meeting, ines, hao):
    make_outcome(meeting, hao, replaced_at=AFTER)
    make_outcome(meeting, hao)
    make_outcome(meeting, ines)

    with pytest.raises(IntegrityError):
        make_outcome(meeting, hao)
    db.session.rollback()


# -- changing ----------------------------------------------------------------------------------------------------------


@pytest.mark.any_database
def test_a_change_keeps_what_was_said_before_with_who_and_when(meeting, edition, hao):
    colleague = make_account(Role.HOST, name="Hui", district=get_district(edition, "PD"))
    record_outcome(actor_of(hao), meeting.id, PLAIN, now=AFTER)
    seen = outcomes_for(actor_of(hao), meeting.id)[Role.HOST][0].id

    record_outcome(actor_of(colleague), meeting.id, FULL, seen=seen, now=AFTER + timedelta(hours=1))

    latest, before = outcomes_for(actor_of(hao), meeting.id)[Role.HOST]
    assert (latest.statement, latest.account.name, latest.replaced_at) == (FULL, "Hui", None)
    assert (before.statement, before.account.name) == (PLAIN, "Hao")
    assert (before.written_at, before.replaced_at) == (AFTER, AFTER + timedelta(hours=1))


def test_nobody_writes_over_what_a_colleague_has_just_said(meeting, edition, hao):
    colleague = make_account(Role.HOST, name="Hui", district=get_district(edition, "PD"))
    record_outcome(actor_of(hao), meeting.id, PLAIN, now=AFTER)

    wrong = refused(lambda: record_outcome(actor_of(colleague), meeting.id, FULL, now=AFTER))

    assert wrong == (Broken.SOMEBODY_WAS_QUICKER, None)
    assert stored() == [(Role.HOST, PLAIN, "Hao")]


def test_a_second_click_changes_nothing(meeting, hao):
    for _ in range(2):
        record_outcome(actor_of(hao), meeting.id, replace(FULL, note=FULL.note + "\n"), now=AFTER)

    assert stored() == [(Role.HOST, FULL, "Hao")]


# -- reading -----------------------------------------------------------------------------------------------------------


def test_each_side_sees_its_own_outcome_and_an_organiser_both(meeting, ines, hao, olga):
    ours, theirs = make_outcome(meeting, hao), make_outcome(meeting, ines)

    assert outcomes_for(actor_of(hao), meeting.id) == {Role.HOST: [ours]}
    assert outcomes_for(actor_of(ines), meeting.id) == {Role.INVESTOR: [theirs]}
    assert outcomes_for(actor_of(olga), meeting.id) == {Role.HOST: [ours], Role.INVESTOR: [theirs]}


def listed(account, edition, **options):
    page = recorded_by(actor_of(account), edition, now=AFTER, **options)
    return [(each.view.meeting.id, each.outcome.id if each.outcome else None) for each in page.items]


@pytest.mark.any_database
def test_what_is_to_record_comes_first_then_next_steps_by_date_then_the_rest(edition, ines, hao, meeting, accepted):
    def held(slot, **fields):
        other = make_meeting(make_investor(edition), get_project(edition, "PD-01"), edition.slots[slot], Status.HELD)
        return other.id, make_outcome(other, hao, **fields).id

    sometime = held(2, due_on=None)
    late, soon = held(3, due_on=date(2024, 4, 20)), held(4, due_on=date(2024, 4, 5))
    nothing, done = held(5, next_step="", owner="", due_on=None), held(6, done=True)
    make_outcome(meeting, ines)  # what the other side says leaves it to be recorded

    to_do = [(meeting.id, None), (accepted.id, None), soon, late, sometime]
    assert listed(hao, edition, open_only=True) == to_do
    assert listed(hao, edition) == [*to_do, nothing, done]


def test_whoever_says_that_it_took_place_has_nothing_left_to_record(edition, ines, hao, accepted):
    record_meeting(actor_of(hao), accepted.id, True, now=AFTER)

    def left(account):
        return [each.to_record for each in recorded_by(actor_of(account), edition, now=AFTER).items]

    assert listed(hao, edition, open_only=True) == []
    assert listed(hao, edition) == [(accepted.id, None)]
    assert (left(hao), left(accepted.investor.accounts[0])) == ([False], [True])  # the other side may have more to say


def test_only_what_is_over_is_listed_and_only_of_the_own_side(edition, ines, hao, sam):
    project, slots = get_project(edition, "PD-01"), edition.slots
    coming = make_meeting(ines.investor, project, slots[-1], Status.ACCEPTED)
    make_meeting(make_investor(edition), project, slots[0], Status.MISSED)
    make_meeting(make_investor(edition), project, slots[1], Status.CANCELLED)
    make_meeting(make_investor(edition), get_project(edition, "XH-01"), slots[2], Status.HELD)

    def now_listed(account, moment):
        return [each.view.meeting.id for each in recorded_by(actor_of(account), edition, now=moment).items]

    assert now_listed(hao, coming.slot.ends_at - timedelta(minutes=1)) == []
    assert now_listed(hao, coming.slot.ends_at) == now_listed(ines, coming.slot.ends_at) == [coming.id]
    assert now_listed(sam, coming.slot.ends_at) == []


def test_a_long_meeting_is_over_with_its_last_slot(edition, ines, hao):
    meeting = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], Status.ACCEPTED, length=2)

    def now_listed(moment):
        return len(recorded_by(actor_of(hao), edition, now=moment).items)

    assert [now_listed(edition.slots[number].ends_at) for number in (0, 1)] == [0, 1]
    assert meeting.length == 2


def test_an_organiser_has_no_such_list(edition, olga):
    with pytest.raises(Missing):
        recorded_by(actor_of(olga), edition, now=AFTER)
