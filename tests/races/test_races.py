"""Thirty-two clients at once: nobody and nothing is ever twice in a slot, one wins, the others get a clear answer."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from matchmaker.db import AlreadyRunning, db, only_one
from matchmaker.domain.meeting import LIVE, Status
from matchmaker.domain.reasons import DeclineReason
from matchmaker.domain.roles import Role
from matchmaker.domain.rules import Broken
from matchmaker.models import Account, Edition, Investor, Meeting, MeetingChange, Notice, Occupancy, Project, Run
from matchmaker.services.actors import NIGHT, Actor, actor_of
from matchmaker.services.answers import FRESH_LINK, send_fresh_link
from matchmaker.services.doctor import diagnose
from matchmaker.services.meetings import (
    accept_meeting,
    book_by_hand,
    decline_meeting,
    keep_slot,
    offer_slot,
    take_offer,
    withdraw_meeting,
)
from matchmaker.services.publishing import publish_run
from matchmaker.services.team import absences_of_colleague, set_absences_of_colleague
from matchmaker.services.versions import version_of
from tests.builders import (
    NOW,
    get_district,
    get_pool,
    get_project,
    make_interest,
    make_investor,
    make_meeting,
    make_project,
)
from tests.helpers import sign_in
from tests.races.rush import DONE, booked_twice, drop_the_unique_constraint, rush, strange
from tests.services.nights import lapse, make_draft

pytestmark = [pytest.mark.any_database, pytest.mark.xdist_group("races")]

LATER = NOW + timedelta(hours=1)
Action = Callable[[], object]


@pytest.fixture
def projects(edition: Edition) -> list[Project]:
    """Ten projects of Pudong, which has two tables."""
    pudong = get_district(edition, "PD")
    return [get_project(edition, "PD-01"), get_project(edition, "PD-02"), *(make_project(pudong) for _ in range(8))]


def booking(olga: Account, investor: Investor, project: Project, slot_id: int) -> Action:
    actor, investor_id, project_id = actor_of(olga), investor.id, project.id
    return lambda: book_by_hand(actor, investor_id, project_id, slot_id, now=LATER)


def offering(hao: Account, meeting: Meeting, slot_id: int) -> Action:
    actor, meeting_id = actor_of(hao), meeting.id
    return lambda: offer_slot(actor, meeting_id, slot_id, now=LATER)


def live_at(slot_id: int) -> int:
    """How many meetings hold a table in this slot."""
    tables = select(func.count(func.distinct(Occupancy.meeting_id))).where(Occupancy.slot_id == slot_id)
    return db.session.scalar(tables) or 0


def thirty_two_clients(edition: Edition, projects: list[Project], hao: Account, olga: Account) -> tuple[list[Action], int]:
    """Offers, hand bookings, answers to offers and a publishing run, all for the slot with this id, which has two tables."""
    wanted, old, elsewhere = edition.slots[1].id, edition.slots[0], edition.slots[4:8]
    proposals = [make_meeting(make_investor(edition), project, old) for project in projects[:2]]
    proposals += [
        make_meeting(make_investor(edition), project, slot)
        for project, slot in zip(projects[2:8], [*elsewhere] * 2, strict=False)
    ]
    countered = make_meeting(make_investor(edition), projects[8], elsewhere[2], Status.COUNTERED, offered=edition.slots[1])
    publishable = [make_investor(edition) for _ in range(2)]
    for investor in publishable:
        make_interest(investor, projects[9])
        make_interest(investor, projects[0])
    draft = make_draft(
        edition,
        {f"investor-{publishable[0].id}:{projects[9].code}": 1, f"investor-{publishable[1].id}:{projects[9].code}": 2},
    )
    run_id = draft.id
    guests = [make_investor(edition) for _ in range(16)]
    taker = Actor(Role.INVESTOR, None, countered.investor_id, None)
    countered_id = countered.id

    actions: list[Action] = [offering(hao, meeting, wanted) for meeting in proposals]
    actions += [booking(olga, guest, projects[n % 10], wanted) for n, guest in enumerate(guests)]
    actions += [booking(olga, guests[0], projects[n], wanted) for n in (3, 4)]
    actions += [lambda: take_offer(taker, countered_id, now=LATER), lambda: keep_slot(taker, countered_id, now=LATER)]
    actions += [lambda: withdraw_meeting(taker, countered_id, now=LATER), lambda: publish_run(NIGHT, run_id, now=LATER)]
    actions += [lambda: publish_run(NIGHT, run_id, now=LATER), lambda: lapse(edition_of(run_id), now=LATER)]
    assert len(actions) == 32
    return actions, wanted


def edition_of(run_id: int) -> Edition:
    return db.session.get_one(Run, run_id).edition


def test_thirty_two_clients_want_one_slot(
    app: Flask, edition: Edition, projects: list[Project], hao: Account, olga: Account
) -> None:
    actions, wanted = thirty_two_clients(edition, projects, hao, olga)

    outcomes = rush(app, actions)

    assert strange(outcomes) == []
    assert not booked_twice()
    assert 1 <= live_at(wanted) <= 2
    assert sorted(map(str, outcomes[29:31])) == sorted([DONE, Broken.ALREADY_DECIDED])
    assert diagnose() == []


def test_one_answer_wins(app: Flask, edition: Edition, projects: list[Project], ines: Account, hao: Account) -> None:
    """Accepted, declined and withdrawn at once, by many: one step is taken."""
    meeting_id = make_meeting(ines.investor, projects[0], edition.slots[0]).id
    host, investor = actor_of(hao), actor_of(ines)
    answers: list[Action] = [
        lambda: accept_meeting(host, meeting_id, now=LATER),
        lambda: decline_meeting(host, meeting_id, DeclineReason.OTHER, now=LATER),
        lambda: withdraw_meeting(investor, meeting_id, now=LATER),
    ]

    outcomes = rush(app, answers * 10)

    assert sorted(map(str, outcomes)) == sorted([DONE] + [str(Broken.NOT_POSSIBLE_NOW)] * 29)
    assert db.session.scalar(select(func.count()).select_from(MeetingChange)) == 2
    assert diagnose() == []


def test_one_pair_is_booked_once(app: Flask, edition: Edition, ines: Account, hao: Account, olga: Account) -> None:
    bookings = [booking(olga, ines.investor, get_project(edition, "PD-01"), slot.id) for slot in edition.slots] * 2

    outcomes = rush(app, bookings)

    assert sorted(map(str, outcomes)) == sorted([DONE] + [str(Broken.MEETING_EXISTS)] * 15)
    assert diagnose() == []


def test_travel_and_limits_hold_however_many_book_at_once(app: Flask, edition: Edition, olga: Account) -> None:
    """No constraint can express these: the diary is locked while they are looked at."""
    investor = make_investor(edition, max_meetings=3, max_per_day=2)
    codes = ("PD-01", "XH-01", "LG-01", "PD-02")
    bookings = [booking(olga, investor, get_project(edition, code), slot.id) for slot in edition.slots for code in codes]

    outcomes = rush(app, bookings)

    assert strange(outcomes) == []
    assert db.session.scalar(select(func.count()).where(Meeting.status.in_(LIVE))) == outcomes.count(DONE) <= 3
    assert diagnose() == []


def test_interpreters_are_never_in_two_meetings(app: Flask, edition: Edition, projects: list[Project], olga: Account) -> None:
    pool = get_pool(edition, "ja")
    guests = [make_investor(edition, languages=["ja"]) for _ in range(8)]
    places = [*projects[:2], get_project(edition, "LG-01"), get_project(edition, "XH-01")]

    outcomes = rush(app, [booking(olga, guest, places[n % 4], edition.slots[0].id) for n, guest in enumerate(guests)])

    assert sorted(map(str, outcomes)) == sorted([DONE] + [str(Broken.SLOT_TAKEN)] * 7)
    assert db.session.scalars(select(Meeting.pool_id)).all() == [pool.id]


def test_without_the_unique_constraint_the_same_race_books_twice(
    app: Flask, edition: Edition, projects: list[Project], hao: Account, olga: Account
) -> None:
    """The constraint is what keeps the rule: the program does not look for a free table instead of it."""
    actions, wanted = thirty_two_clients(edition, projects, hao, olga)
    drop_the_unique_constraint()

    rush(app, actions)

    assert live_at(wanted) > 2
    assert len(booked_twice()) > 0


def test_the_same_race_through_the_pages(
    app: Flask, edition: Edition, projects: list[Project], hao: Account, olga: Account
) -> None:
    """Thirty-two browsers: a page for each, never an error of the server."""
    wanted = edition.slots[1].id
    meetings = [make_meeting(make_investor(edition), project, edition.slots[4 + n % 4]) for n, project in enumerate(projects[:8])]
    guests = [make_investor(edition) for _ in range(8)]
    posts: list[tuple[Account, str, dict[str, Any]]] = []
    posts += [(hao, f"/host/meetings/{meeting.id}/offer", {"slot": wanted}) for meeting in meetings]
    posts += [(hao, f"/host/meetings/{meeting.id}/accept", {}) for meeting in meetings]
    posts += [(hao, f"/host/meetings/{meeting.id}/decline", {"reason": "other", "note": ""}) for meeting in meetings]
    posts += [
        (olga, "/organiser/meetings/book", {"investor": guest.id, "project": projects[n].id, "slot": wanted})
        for n, guest in enumerate(guests)
    ]
    clients = [sign_in(app.test_client(), account) for account, _, _ in posts]
    answers: list[int] = [0] * len(posts)

    def post(number: int) -> None:
        _, path, fields = posts[number]
        answers[number] = clients[number].post(path, data=fields).status_code

    outcomes = rush(app, [lambda number=number: post(number) for number in range(len(posts))])  # type: ignore[misc]

    assert outcomes == [DONE] * 32
    assert set(answers) <= {200, 302, 303, 409}
    assert not booked_twice()
    assert live_at(wanted) == 2
    assert diagnose() == []


def test_two_nights_never_run_at_once(app: Flask) -> None:
    folder = str(app.config["INSTANCE"])

    def second() -> None:
        with only_one("nightly", folder=folder):
            raise AssertionError("two at once")

    with only_one("nightly", folder=folder):
        outcomes = rush(app, [second])
    with only_one("nightly", folder=folder):
        pass

    assert outcomes == [repr(AlreadyRunning("nightly"))]


def test_publishing_twice_at_once_publishes_once(app: Flask, edition: Edition, projects: list[Project]) -> None:
    investors = [make_investor(edition) for _ in range(3)]
    for investor in investors:
        make_interest(investor, projects[0])
    run_id = make_draft(edition, {f"investor-{each.id}:{projects[0].code}": n for n, each in enumerate(investors)}).id

    outcomes = rush(app, [lambda: publish_run(NIGHT, run_id, now=LATER)] * 4)

    assert sorted(map(str, outcomes)) == sorted([DONE] + [str(Broken.ALREADY_DECIDED)] * 3)
    assert db.session.scalar(select(func.count()).select_from(Meeting)) == 3
    assert diagnose() == []


def test_eight_taps_on_the_hours_of_a_colleague_are_one_and_two_colleagues_see_each_other(
    app: Flask, edition: Edition, hao: Account
) -> None:
    host, colleague, slots = actor_of(hao), hao.id, [slot.id for slot in edition.slots[:4]]
    nothing = version_of(set())
    taps: list[Action] = [lambda: set_absences_of_colleague(host, colleague, slots[:2], seen=nothing, now=NOW) for _ in range(8)]

    assert set(rush(app, taps)) == {DONE}

    both: list[Action] = [
        lambda: set_absences_of_colleague(host, colleague, [slots[2]], seen=version_of(set(slots[:2])), now=NOW),
        lambda: set_absences_of_colleague(host, colleague, [slots[3]], seen=version_of(set(slots[:2])), now=NOW),
    ]
    assert sorted(map(str, rush(app, both))) == sorted(map(str, (DONE, Broken.SOMEBODY_WAS_QUICKER)))
    db.session.rollback()
    assert absences_of_colleague(host, colleague) in ({slots[2]}, {slots[3]})


def test_eight_taps_for_a_fresh_link_bring_one_mail(app: Flask, edition: Edition, ines: Account, hao: Account) -> None:
    meeting = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0])
    meeting_id, host_id = meeting.id, hao.id
    taps: list[Action] = [lambda: send_fresh_link(db.session.get_one(Account, host_id), meeting_id, now=NOW) for _ in range(8)]

    rush(app, taps)

    sent = select(func.count()).select_from(Notice).where(Notice.kind == FRESH_LINK)
    assert db.session.scalar(sent) == 1
