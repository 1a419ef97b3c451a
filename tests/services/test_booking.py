"""Booking by hand: each reason that closes a pair or takes a time is named, and where it is not there, it is not."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from matchmaker.db import db
from matchmaker.domain.interest import Level
from matchmaker.domain.meeting import Status
from matchmaker.domain.reasons import Closed, InTheWay
from matchmaker.domain.roles import Vetting
from matchmaker.domain.rules import RuleBroken
from matchmaker.models import Account, Edition, Meeting, Project
from matchmaker.services.actors import actor_of
from matchmaker.services.booking import Bookable, Obstacle, bookable
from matchmaker.services.meetings import book_by_hand, reopen_pair
from matchmaker.services.slots import Surroundings
from tests.builders import (
    DAYS,
    NOW,
    get_chain,
    get_district,
    get_pool,
    get_project,
    make_activity,
    make_interest,
    make_investor,
    make_lead_absence,
    make_mark,
    make_meeting,
    make_project,
    make_signup,
    save,
)
from tests.services.test_slots import a_full_diary

PUDONG = {"what_en": "Pudong", "what_zh": "浦东新区"}


def asked(edition: Edition, account: Account, code: str = "PD-01") -> Bookable:
    db.session.rollback()
    assert account.investor_id is not None
    return bookable(edition, account.investor_id, get_project(edition, code).id, now=NOW)


def refused(edition: Edition, olga: Account, found: Bookable, slot: int = 2) -> bool:
    """Whether booking says the same as the page before it."""
    try:
        book_by_hand(actor_of(olga), found.investor.id, found.project.id, edition.slots[slot].id, now=NOW)
    except RuleBroken:
        return True
    return False


def in_the_way(found: Bookable) -> dict[int, list[InTheWay]]:
    """By the position of a slot: what is in the way there."""
    return {slot.position: [InTheWay(each.code) for each in obstacles] for slot, obstacles in found.in_the_way}


# -- what closes a pair ------------------------------------------------------------------------------------------------


def test_an_open_pair_has_nothing_that_closes_it(edition: Edition, ines: Account, olga: Account) -> None:
    found = asked(edition, ines)

    assert (found.closed, [slot.position for slot in found.slots], found.in_the_way) == ((), list(range(8)), ())
    assert not refused(edition, olga, found)


@pytest.mark.parametrize(
    ("vetting", "closed"), [(Vetting.APPROVED, ()), *((each, (Closed.NOT_APPROVED,)) for each in Vetting if each != "approved")]
)
def test_who_is_not_approved_is_not_booked(
    edition: Edition, ines: Account, olga: Account, vetting: Vetting, closed: tuple[Closed, ...]
) -> None:
    ines.investor.vetting = vetting
    save(ines)

    found = asked(edition, ines)

    assert tuple(each.code for each in found.closed) == closed
    assert refused(edition, olga, found) is bool(closed)


def test_a_project_that_is_withdrawn_is_not_booked(edition: Edition, ines: Account, olga: Account) -> None:
    project = get_project(edition, "PD-01")
    project.withdrawn_at = NOW
    save(project)

    found = asked(edition, ines)

    assert found.closed == (Obstacle(Closed.PROJECT_WITHDRAWN, None, PUDONG),)
    assert refused(edition, olga, found)
    assert asked(edition, ines, "PD-02").closed == ()


def test_each_no_thanks_is_named_with_what_it_is_about(edition: Edition, ines: Account, olga: Account) -> None:
    """Of the investor about the project's chain and its district, and of the district's team; those about others are not."""
    robots, pudong = get_chain(edition.id, "FI-ROB"), get_district(edition, "PD")
    for thing in (robots, pudong, get_district(edition, "XH"), get_project(edition, "PD-02")):
        make_interest(ines.investor, thing, Level.NO_THANKS)
    make_mark(pudong, ines.investor, Level.NO_THANKS)
    make_mark(get_district(edition, "XH"), ines.investor, Level.NO_THANKS)

    found = asked(edition, ines)

    assert found.closed == (
        Obstacle(Closed.INVESTOR_SAID_NO, None, {"what_en": robots.name_en, "what_zh": robots.name_zh}),
        Obstacle(Closed.INVESTOR_SAID_NO, None, PUDONG),
        Obstacle(Closed.HOST_SAID_NO, None, PUDONG),
    )
    assert refused(edition, olga, found)
    assert asked(edition, ines, "LG-01").closed == ()


@pytest.mark.parametrize("level", [Level.MUST_MEET, Level.WOULD_LIKE])
def test_a_mark_that_wants_the_meeting_closes_nothing(edition: Edition, ines: Account, level: Level) -> None:
    make_mark(get_district(edition, "PD"), ines.investor, level)
    make_interest(ines.investor, get_project(edition, "PD-01"), level)

    assert asked(edition, ines).closed == ()


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (Status.PROPOSED, Closed.MEETING_EXISTS),
        (Status.ACCEPTED, Closed.MEETING_EXISTS),
        (Status.DECLINED, Closed.DECLINED),
        (Status.WITHDRAWN, Closed.WITHDRAWN),
        (Status.HELD, Closed.HELD),
        (Status.MISSED, Closed.MISSED),
        (Status.LAPSED, None),
        (Status.SUPERSEDED, None),
        (Status.CANCELLED, None),
    ],
)
def test_a_meeting_closes_the_pair_by_how_it_stands(
    edition: Edition, ines: Account, olga: Account, status: Status, code: Closed | None
) -> None:
    meeting = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], status)

    found = asked(edition, ines)

    facts = {"status": status.value, "starts_at": edition.slots[0].starts_at}
    assert found.closed == ((Obstacle(code, meeting, facts),) if code else ())
    assert refused(edition, olga, found) is (code is not None)


def test_the_third_lapse_closes_a_pair(edition: Edition, ines: Account) -> None:
    closed = []
    for _ in range(3):
        last = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], Status.LAPSED)
        closed.append([(each.code, each.meeting) for each in asked(edition, ines).closed])

    assert closed == [[], [], [(Closed.LAPSED, last)]]


def test_a_missed_pair_that_is_opened_again_can_be_booked(edition: Edition, ines: Account, olga: Account) -> None:
    meeting = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], Status.MISSED)
    before = asked(edition, ines).closed
    reopen_pair(actor_of(olga), meeting.id, "A storm.", now=NOW)

    assert (len(before), asked(edition, ines).closed) == (1, ())


def test_without_a_common_language_and_interpreters_nothing_is_booked(edition: Edition, ines: Account, olga: Account) -> None:
    ines.investor.languages = ["tr"]
    save(ines)
    closed = asked(edition, ines)
    ines.investor.languages = ["ja"]
    save(ines)

    assert closed.closed == (Obstacle(Closed.NO_INTERPRETER, None, {"ours": ["tr"], "theirs": ["zh", "en"]}),)
    assert asked(edition, ines).closed == ()


# -- what is in the way at a time --------------------------------------------------------------------------------------


def test_each_side_can_be_away(edition: Edition, olga: Account) -> None:
    investor = make_investor(edition, available=edition.slots[1:])
    project = get_project(edition, "PD-01")
    make_lead_absence(project, edition.slots[0], edition.slots[1])
    db.session.rollback()

    found = bookable(edition, investor.id, project.id, now=NOW)

    assert in_the_way(found) == {0: [InTheWay.INVESTOR_AWAY, InTheWay.TEAM_AWAY], 1: [InTheWay.TEAM_AWAY]}
    assert refused(edition, olga, found, slot=1)


def test_meetings_of_both_sides_are_named(edition: Edition, ines: Account) -> None:
    """Lin-gang is 70 minutes away: too far for the slot after, near enough for the afternoon."""
    own = make_meeting(ines.investor, get_project(edition, "LG-01"), edition.slots[0])
    theirs = make_meeting(make_investor(edition), get_project(edition, "PD-01"), edition.slots[2])

    found = asked(edition, ines)

    told = {slot.position: [(each.code, each.meeting) for each in obstacles] for slot, obstacles in found.in_the_way}
    assert told == {
        0: [(InTheWay.INVESTOR_MEETS, own)],
        1: [(InTheWay.TOO_FAR, own)],
        2: [(InTheWay.TEAM_MEETS, theirs)],
    }


def test_of_a_meeting_that_holds_two_slots_the_one_in_the_way_is_named(edition: Edition, ines: Account) -> None:
    """Its own, and the one that is offered; on the way to either it is too far."""
    slots = edition.slots
    meeting = make_meeting(ines.investor, get_project(edition, "LG-01"), slots[0], Status.COUNTERED, offered=slots[5])

    found = asked(edition, ines)

    told = {slot.position: [(each.code, each.meeting, each.slot) for each in obstacles] for slot, obstacles in found.in_the_way}
    assert told == {
        0: [(InTheWay.INVESTOR_MEETS, meeting, slots[0])],
        1: [(InTheWay.TOO_FAR, meeting, slots[0])],
        4: [(InTheWay.TOO_FAR, meeting, slots[5])],
        5: [(InTheWay.INVESTOR_MEETS, meeting, slots[5])],
    }


def test_a_programme_item_is_named(edition: Edition, ines: Account) -> None:
    venue = get_district(edition, "PD").venue
    activity = make_activity(edition, venue=venue, starts_at=edition.slots[0].starts_at, minutes=30)
    make_signup(ines.investor, activity)

    ((slot, obstacles),) = asked(edition, ines).in_the_way

    facts = {"what_en": activity.title_en, "what_zh": activity.title_zh}
    assert (slot.position, obstacles) == (0, (Obstacle(InTheWay.ATTENDS, None, facts),))


def test_tables_and_interpreters_can_be_taken(edition: Edition, ines: Account) -> None:
    ines.investor.languages = ["ja"]
    save(ines)
    xuhui = get_district(edition, "XH")
    make_meeting(make_investor(edition), make_project(xuhui), edition.slots[0])
    japanese = make_meeting(
        make_investor(edition, languages=["ja"]), get_project(edition, "PD-02"), edition.slots[1], pool=get_pool(edition, "ja")
    )

    found = asked(edition, ines, "XH-01")

    assert japanese.pool is not None
    assert [(slot.position, obstacles) for slot, obstacles in found.in_the_way] == [
        (0, (Obstacle(InTheWay.NO_TABLE, None, {"tables": 1}),)),
        (1, (Obstacle(InTheWay.NO_INTERPRETER, None, {"language": "ja"}),)),
    ]


@pytest.mark.parametrize(
    ("limits", "in_way"),
    [
        ({"max_meetings": 1}, {each: [InTheWay.LIMIT_IN_ALL] for each in range(1, 8)}),
        ({"max_per_day": 1}, {each: [InTheWay.LIMIT_A_DAY] for each in range(1, 4)}),
        ({"max_meetings": 2, "max_per_day": 2}, {}),
    ],
)
def test_limits_are_named(edition: Edition, ines: Account, limits: dict[str, int], in_way: dict[int, list[InTheWay]]) -> None:
    for name, most in limits.items():
        setattr(ines.investor, name, most)
    save(ines)
    make_meeting(ines.investor, get_project(edition, "PD-02"), edition.slots[0])

    found = in_the_way(asked(edition, ines))

    assert InTheWay.INVESTOR_MEETS in found.pop(0)
    assert found == in_way


def test_what_is_too_soon_is_told_as_that_alone(edition: Edition, ines: Account) -> None:
    db.session.rollback()
    now = edition.slots[0].starts_at

    found = bookable(edition, ines.investor_id or 0, get_project(edition, "PD-01").id, now=now)

    assert {tuple(each) for each in in_the_way(found).values()} == {(InTheWay.TOO_SOON,)}
    assert [slot.position for slot in found.slots] == [4, 5, 6, 7]


def test_times_of_one_reason_are_told_together(edition: Edition, ines: Account) -> None:
    make_lead_absence(get_project(edition, "PD-01"), *edition.slots[:3], edition.slots[5])

    days = asked(edition, ines).by_day

    slots = edition.slots
    assert [(each.days, [(obstacle.code, times) for obstacle, times in each.obstacles]) for each in days] == [
        (DAYS[:1], [(InTheWay.TEAM_AWAY, ((slots[0], slots[1]), (slots[2], slots[2])))]),
        (DAYS[1:], [(InTheWay.TEAM_AWAY, ((slots[5], slots[5]),))]),
    ]


def test_days_on_which_the_same_is_in_the_way_are_told_together(edition: Edition, ines: Account) -> None:
    make_lead_absence(get_project(edition, "PD-01"), edition.slots[1], edition.slots[5])

    (both,) = asked(edition, ines).by_day

    assert both.days == DAYS


def test_days_on_which_it_ends_at_another_time_are_told_apart(edition: Edition, ines: Account) -> None:
    make_lead_absence(get_project(edition, "PD-01"), edition.slots[0], *edition.slots[4:6])

    assert [each.days for each in asked(edition, ines).by_day] == [DAYS[:1], DAYS[1:]]


@pytest.mark.parametrize("seed", range(3))
def test_a_time_is_free_where_nothing_is_in_the_way_and_nowhere_else(edition: Edition, seed: int) -> None:
    """The same as the checker says about a full diary."""
    investors, projects = a_full_diary(edition, seed)
    db.session.rollback()
    for investor in investors:
        for project in projects:
            found = bookable(edition, investor.id, project.id, now=NOW)
            if not found.closed:
                assert list(found.slots) == Surroundings((investor.id, project.id), now=NOW).feasible_slots()


def test_asking_costs_the_same_however_full_the_diary(edition: Edition, ines: Account, count_queries: Callable[[], Any]) -> None:
    investor_id, counts = ines.investor_id or 0, []
    for position in range(3):
        fresh = db.session.scalars(select(Edition)).one()
        make_meeting(make_investor(fresh), get_project(fresh, "PD-01"), fresh.slots[position])
        project_id = get_project(fresh, "PD-01").id
        db.session.expunge_all()
        fresh = db.session.scalars(select(Edition)).one()
        with count_queries() as queries:
            found = bookable(fresh, investor_id, project_id, now=NOW)
            names = [_name_of(each.meeting) for _, obstacles in found.in_the_way for each in obstacles]
        counts.append((queries.count, len(names)))

    assert counts == [(counts[0][0], 1), (counts[0][0], 2), (counts[0][0], 3)]


def _name_of(meeting: Meeting | None) -> str:
    project: Project | None = meeting and meeting.project
    return f"{meeting and meeting.investor.name} {project and project.title_en}"
