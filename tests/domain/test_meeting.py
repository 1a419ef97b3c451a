"""The life of a meeting, over every status, action and role."""

from datetime import UTC, datetime
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from matchmaker.domain.meeting import (
    STEPS,
    Action,
    CalendarMethod,
    Holds,
    PastMeeting,
    Status,
    answer_deadline,
    calendar_method,
    is_open,
    may_still_be_proposed,
    may_take,
    status_after,
    step_for,
    steps_open_to,
)
from matchmaker.domain.roles import Role

SHANGHAI = ZoneInfo("Asia/Shanghai")

NEW, PROPOSED, COUNTERED, ACCEPTED, MISSED = None, Status.PROPOSED, Status.COUNTERED, Status.ACCEPTED, Status.MISSED
INVESTOR, HOST, ORGANISER, NIGHT = Role.INVESTOR, Role.HOST, Role.ORGANISER, Role.NIGHT

TABLE: dict[tuple[Status | None, Action], tuple[set[Role], Status]] = {
    (NEW, Action.PROPOSE): ({ORGANISER, NIGHT}, Status.PROPOSED),
    (PROPOSED, Action.ACCEPT): ({HOST}, Status.ACCEPTED),
    (PROPOSED, Action.AGREE): ({INVESTOR}, Status.ACCEPTED),
    (PROPOSED, Action.DECLINE): ({HOST}, Status.DECLINED),
    (PROPOSED, Action.ASK): ({INVESTOR}, Status.PROPOSED),
    (PROPOSED, Action.OFFER): ({HOST}, Status.COUNTERED),
    (COUNTERED, Action.TAKE): ({INVESTOR}, Status.ACCEPTED),
    (COUNTERED, Action.KEEP): ({INVESTOR}, Status.PROPOSED),
    (PROPOSED, Action.WITHDRAW): ({INVESTOR}, Status.WITHDRAWN),
    (COUNTERED, Action.WITHDRAW): ({INVESTOR}, Status.WITHDRAWN),
    (PROPOSED, Action.LAPSE): ({NIGHT}, Status.LAPSED),
    (COUNTERED, Action.LAPSE): ({NIGHT}, Status.LAPSED),
    (PROPOSED, Action.LEAVE_OUT): ({ORGANISER, NIGHT}, Status.SUPERSEDED),
    (PROPOSED, Action.MOVE): ({ORGANISER, NIGHT}, Status.PROPOSED),
    (ACCEPTED, Action.CANCEL): ({INVESTOR, HOST, ORGANISER}, Status.CANCELLED),
    (ACCEPTED, Action.RECORD_HELD): ({INVESTOR, HOST, ORGANISER}, Status.HELD),
    (ACCEPTED, Action.RECORD_MISSED): ({INVESTOR, HOST, ORGANISER}, Status.MISSED),
    (MISSED, Action.REOPEN): ({ORGANISER}, Status.MISSED),
}


@pytest.mark.parametrize(("status", "action", "role"), list(product([None, *Status], Action, Role)))
def test_a_step_is_open_exactly_where_the_table_says_so(status: Status | None, action: Action, role: Role) -> None:
    roles, target = TABLE.get((status, action), (set(), None))
    step = step_for(action)

    assert may_take(step, status, role) == (role in roles)
    if role in roles:
        assert status_after(step, investor_agreed=True, host_agreed=True) is target


@pytest.mark.parametrize(("status", "role"), list(product(Status, Role)))
def test_the_buttons_are_the_steps_of_the_table(status: Status, role: Role) -> None:
    shown = {step.action for step in steps_open_to(role, status)}

    assert shown == {action for (source, action), (roles, _) in TABLE.items() if source is status and role in roles}


def test_every_action_has_one_row() -> None:
    assert sorted(step.action for step in STEPS) == sorted(Action)


def test_what_each_step_holds() -> None:
    assert {step.action: step.holds for step in STEPS} == {
        Action.PROPOSE: Holds.FIRST,
        Action.ACCEPT: Holds.AS_BEFORE,
        Action.AGREE: Holds.AS_BEFORE,
        Action.DECLINE: Holds.NOTHING,
        Action.ASK: Holds.AS_BEFORE,
        Action.OFFER: Holds.BOTH,
        Action.TAKE: Holds.FIRST,
        Action.KEEP: Holds.FIRST,
        Action.WITHDRAW: Holds.NOTHING,
        Action.LAPSE: Holds.NOTHING,
        Action.LEAVE_OUT: Holds.NOTHING,
        Action.MOVE: Holds.FIRST,
        Action.CANCEL: Holds.NOTHING,
        Action.RECORD_HELD: Holds.NOTHING,
        Action.RECORD_MISSED: Holds.NOTHING,
        Action.REOPEN: Holds.NOTHING,
    }


def test_each_step_tells_the_other_side_and_an_investor_what_it_agrees_to() -> None:
    both = {INVESTOR, HOST}
    assert {step.action: set(step.tells) for step in STEPS} == {
        Action.PROPOSE: both,
        Action.ACCEPT: {INVESTOR},
        Action.AGREE: both,
        Action.DECLINE: {INVESTOR},
        Action.ASK: {HOST},
        Action.OFFER: {INVESTOR},
        Action.TAKE: both,
        Action.KEEP: {HOST},
        Action.WITHDRAW: {HOST},
        Action.LAPSE: both,
        Action.LEAVE_OUT: both,
        Action.MOVE: both,
        Action.CANCEL: both,
        Action.RECORD_HELD: set(),
        Action.RECORD_MISSED: set(),
        Action.REOPEN: set(),
    }


@pytest.mark.parametrize("action", [Action.ACCEPT, Action.AGREE])
@pytest.mark.parametrize(("investor", "host"), [(True, False), (False, True)])
def test_a_suggestion_stays_proposed_until_both_agree(action: Action, investor: bool, host: bool) -> None:
    assert status_after(step_for(action), investor_agreed=investor, host_agreed=host) is Status.PROPOSED


@pytest.mark.parametrize(
    ("status", "opens"),
    [
        (Status.PROPOSED, False),
        (Status.COUNTERED, False),
        (Status.ACCEPTED, False),
        (Status.DECLINED, False),
        (Status.WITHDRAWN, False),
        (Status.LAPSED, True),
        (Status.SUPERSEDED, True),
        (Status.CANCELLED, True),
        (Status.HELD, False),
        (Status.MISSED, False),
    ],
)
def test_which_ends_leave_the_pair_open(status: Status, opens: bool) -> None:
    assert is_open([PastMeeting(status)]) == opens


def test_a_pair_that_never_met_is_open() -> None:
    assert is_open([])


def test_the_third_lapse_closes_the_pair() -> None:
    lapsed = PastMeeting(Status.LAPSED)

    assert [is_open([lapsed] * times) for times in range(1, 5)] == [True, True, False, False]


def test_a_missed_meeting_that_was_reopened_leaves_the_pair_open_until_it_is_live_again() -> None:
    reopened = PastMeeting(Status.MISSED, reopened=True)

    assert is_open([reopened])
    assert not is_open([reopened, PastMeeting(Status.PROPOSED)])
    assert not is_open([reopened, PastMeeting(Status.MISSED)])


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2024, 4, day, hour, minute, tzinfo=SHANGHAI).astimezone(UTC)


def test_an_answer_is_due_after_48_hours() -> None:
    assert answer_deadline(at(1, 20), at(8, 9), hours=48, zone=SHANGHAI) == at(3, 20)


def test_an_answer_is_due_at_the_latest_at_six_the_evening_before() -> None:
    assert answer_deadline(at(1, 20), at(3, 9), hours=48, zone=SHANGHAI) == at(2, 18)


def test_a_slot_is_promised_only_while_an_answer_could_come_in_time() -> None:
    def possible(now: datetime) -> bool:
        return may_still_be_proposed(at(3, 9), now, hours=48, zone=SHANGHAI)

    assert [possible(at(2, 17, 59)), possible(at(2, 18)), possible(at(3, 10))] == [True, False, False]


def test_calendars_are_asked_about_what_was_agreed_and_never_about_what_was_not() -> None:
    never = {status: calendar_method(status, was_agreed=False) for status in Status}
    once = {status: calendar_method(status, was_agreed=True) for status in Status}

    assert {status for status, method in never.items() if method} == {ACCEPTED}
    assert {status for status, method in once.items() if method is CalendarMethod.REQUEST} == {PROPOSED, COUNTERED, ACCEPTED}
    assert {status for status, method in once.items() if method is None} == {Status.HELD, MISSED}
