from datetime import date, timedelta

import pytest
from flask import Flask

from matchmaker.db import db
from matchmaker.domain.meeting import Action, Status
from matchmaker.domain.roles import Role
from matchmaker.domain.scoring import Reason
from matchmaker.models import Account, Edition
from matchmaker.services.actors import Missing, actor_of
from matchmaker.services.asking import ask_for_another_time
from matchmaker.services.calendars import calendar_edition, calendar_owner, calendar_token_of, renew_calendar_token
from matchmaker.services.diary import (
    Diary,
    DiaryEntry,
    diary_of,
    meeting_view_for,
    meetings_ever_of,
)
from matchmaker.services.meetings import offer_slot
from matchmaker.services.reasons import NamedReason
from tests.builders import (
    NOW,
    get_chain,
    get_district,
    get_pool,
    get_project,
    make_activity,
    make_investor,
    make_meeting,
    make_signup,
)


def lines(diary: Diary) -> list[tuple[date, str, tuple[int, int] | None]]:
    """Day, what, and minutes and spare minutes of the way there."""
    return [
        (day.day, title(entry), (entry.way.minutes, entry.way.spare) if entry.way else None)
        for day in diary.days
        for entry in day.entries
    ]


def title(entry: DiaryEntry) -> str:
    thing = entry.meeting.project if entry.meeting else entry.activity
    assert thing is not None
    return thing.title_en


@pytest.mark.any_database
def test_an_investors_diary_has_live_meetings_and_programme_items_by_day_with_the_way(ines: Account, edition: Edition) -> None:
    slots = edition.slots
    make_meeting(ines.investor, get_project(edition, "PD-01"), slots[0], Status.ACCEPTED)
    make_meeting(ines.investor, get_project(edition, "PD-02"), slots[1])
    make_meeting(ines.investor, get_project(edition, "XH-01"), slots[2])
    make_meeting(ines.investor, get_project(edition, "LG-01"), slots[4], Status.WITHDRAWN)
    venue = get_district(edition, "LG").venue
    make_signup(ines.investor, make_activity(edition, venue=venue, starts_at=slots[4].starts_at, title_en="Opening"))

    assert lines(diary_of(actor_of(ines), edition, now=NOW)) == [
        (date(2024, 4, 1), "Robot joints", None),
        (date(2024, 4, 1), "Robot hands", None),
        (date(2024, 4, 1), "Model laboratory", (45, 165)),
        (date(2024, 4, 2), "Opening", None),
    ]


def test_a_tight_way_is_marked(ines: Account, edition: Edition) -> None:
    slot = edition.slots[0]
    make_meeting(ines.investor, get_project(edition, "PD-01"), slot)
    starts_at = slot.ends_at + timedelta(minutes=50)
    make_signup(ines.investor, make_activity(edition, venue=get_district(edition, "XH").venue, starts_at=starts_at))

    way = diary_of(actor_of(ines), edition, now=NOW).entries[1].way

    assert way is not None
    assert (way.minutes, way.spare, way.tight, way.how) == (45, 5, True, "test")
    assert (way.origin.code, way.destination.code) == ("PD", "XH")


def test_a_hosts_diary_has_the_meetings_of_its_district_only(ines: Account, hao: Account, edition: Edition) -> None:
    make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0])
    make_meeting(make_investor(edition), get_project(edition, "PD-02"), edition.slots[0])
    make_meeting(ines.investor, get_project(edition, "XH-01"), edition.slots[4])
    make_signup(
        ines.investor, make_activity(edition, venue=get_district(edition, "PD").venue, starts_at=edition.slots[6].starts_at)
    )

    assert [title(entry) for entry in diary_of(actor_of(hao), edition, now=NOW).entries] == ["Robot joints", "Robot hands"]


def test_organisers_have_no_diary(olga: Account, edition: Edition) -> None:
    with pytest.raises(Missing):
        diary_of(actor_of(olga), edition, now=NOW)


def test_a_meeting_shows_table_interpreter_reasons_and_the_offered_time(ines: Account, edition: Edition) -> None:
    slots = edition.slots
    make_meeting(make_investor(edition), get_project(edition, "PD-02"), slots[0])
    reasons = [
        {"reason": "same_chain", "points": 260, "fact": "FI-ROB"},
        {"reason": "district", "points": 60, "fact": "PD"},
        {"reason": "language", "points": 90, "fact": "en"},
    ]
    make_meeting(
        ines.investor,
        get_project(edition, "PD-01"),
        slots[0],
        Status.COUNTERED,
        offered=slots[4],
        pool=get_pool(edition, "de"),
        reasons=reasons,
    )

    view = diary_of(actor_of(ines), edition, now=NOW).meetings[0]

    assert (view.table, view.interpreter, view.status) == (2, "de", Status.COUNTERED)
    assert (view.starts_at, view.ends_at) == (slots[0].starts_at, slots[0].ends_at)
    assert view.offered == (slots[4].starts_at, slots[4].ends_at)
    assert view.reasons == (
        NamedReason(Reason.SAME_CHAIN, 260, "FI-ROB", get_chain(edition.id, "FI-ROB")),
        NamedReason(Reason.DISTRICT, 60, "PD", get_district(edition, "PD")),
        NamedReason(Reason.LANGUAGE, 90, "en"),
    )


def test_a_long_meeting_ends_with_its_last_slot(ines: Account, edition: Edition) -> None:
    slots = edition.slots
    make_meeting(ines.investor, get_project(edition, "PD-01"), slots[0], length=2)

    view = diary_of(actor_of(ines), edition, now=NOW).meetings[0]

    assert (view.starts_at, view.ends_at) == (slots[0].starts_at, slots[1].ends_at)


def test_the_next_entry_is_what_goes_on_or_comes(ines: Account, edition: Edition) -> None:
    slots = edition.slots
    make_meeting(ines.investor, get_project(edition, "PD-01"), slots[0])
    make_meeting(ines.investor, get_project(edition, "LG-01"), slots[4])
    diary = diary_of(actor_of(ines), edition, now=NOW)

    assert diary.next_after(NOW) == diary.entries[0]
    assert diary.next_after(slots[0].ends_at - timedelta(minutes=1)) == diary.entries[0]
    assert diary.next_after(slots[0].ends_at) == diary.entries[1]
    assert diary.next_after(slots[4].ends_at) is None
    assert diary.on_top(NOW) == [diary.entries[0]]
    assert diary.on_top(slots[0].starts_at) == [*diary.entries]
    assert diary.on_top(slots[4].starts_at) == [diary.entries[1]]
    assert diary.on_top(slots[4].ends_at) == []


def test_meetings_that_begin_together_are_next_together(ines: Account, hao: Account, edition: Edition) -> None:
    for code, slot in (("PD-01", 0), ("PD-02", 0), ("PD-01", 1)):
        make_meeting(make_investor(edition), get_project(edition, code), edition.slots[slot], Status.ACCEPTED)
    make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], Status.HELD)
    diary = diary_of(actor_of(hao), edition, now=NOW)
    coming = diary.next_after(NOW)
    assert coming is not None

    together = [each.meeting for each in diary.entries if each.begins_with(coming)]

    assert [(each.project.code, each.status) for each in together if each] == [
        ("PD-01", Status.ACCEPTED),
        ("PD-02", Status.ACCEPTED),
    ]


def test_what_nobody_answered_in_time_is_neither_now_nor_next_nor_on_the_way(ines: Account, edition: Edition) -> None:
    slots = edition.slots
    make_meeting(ines.investor, get_project(edition, "PD-01"), slots[0], Status.ACCEPTED)
    make_meeting(ines.investor, get_project(edition, "LG-01"), slots[1])
    make_meeting(ines.investor, get_project(edition, "XH-01"), slots[2], Status.ACCEPTED)
    during = slots[1].starts_at + timedelta(minutes=5)

    before, diary = (diary_of(actor_of(ines), edition, now=now) for now in (NOW, during))

    first, late, last = diary.entries
    assert [entry.expired for entry in before.entries] == [False] * 3
    assert [entry.expired for entry in diary.entries] == [False, True, False]
    assert not late.goes_on_at(during)
    assert diary.next_after(during) == last
    assert diary.coming(during) == [last]
    assert diary.days[0].route == (first, last)
    assert late.way is None
    assert last.way is not None
    assert last.way.origin == first.venue


@pytest.mark.parametrize("status", [Status.HELD, Status.MISSED])
@pytest.mark.parametrize("who", ["ines", "hao"])
def test_a_recorded_meeting_stays_on_its_day_and_is_no_longer_next(
    request: pytest.FixtureRequest, ines: Account, edition: Edition, status: Status, who: str
) -> None:
    make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], status)
    during = edition.slots[0].starts_at

    diary = diary_of(actor_of(request.getfixturevalue(who)), edition, now=during)

    (entry,) = diary.entries
    assert entry.meeting is not None
    assert (entry.meeting.status, entry.starts_at) == (status, during)
    assert diary.next_after(during) is None
    assert diary.days[0].route == (entry,)


AWAITED = [
    # status, suggested, host has agreed, who is awaited
    (Status.PROPOSED, False, False, {Role.HOST}),
    (Status.PROPOSED, True, False, {Role.INVESTOR, Role.HOST}),
    (Status.PROPOSED, True, True, {Role.INVESTOR}),
    (Status.COUNTERED, False, False, {Role.INVESTOR}),
    (Status.ACCEPTED, False, True, set()),
    (Status.DECLINED, False, False, set()),
]


@pytest.mark.parametrize(("status", "suggested", "host_agreed", "awaited"), AWAITED)
def test_a_view_knows_who_has_still_to_answer(
    ines: Account, edition: Edition, status: Status, suggested: bool, host_agreed: bool, awaited: set[Role]
) -> None:
    meeting = make_meeting(
        ines.investor,
        get_project(edition, "PD-01"),
        edition.slots[0],
        status,
        offered=edition.slots[5] if status is Status.COUNTERED else None,
        suggested=suggested,
        host_agreed_at=NOW if host_agreed else None,
    )

    assert meeting_view_for(actor_of(ines), meeting.id).awaited == awaited


STEPS = [
    # status, suggested, hours after NOW, steps of the investor, steps of the host
    (Status.PROPOSED, False, 0, {Action.ASK, Action.WITHDRAW}, {Action.ACCEPT, Action.DECLINE, Action.OFFER}),
    (Status.PROPOSED, True, 0, {Action.AGREE, Action.ASK, Action.WITHDRAW}, {Action.ACCEPT, Action.DECLINE, Action.OFFER}),
    (Status.PROPOSED, True, 48, set(), set()),
    (Status.COUNTERED, False, 0, {Action.TAKE, Action.KEEP, Action.WITHDRAW}, set()),
    (Status.COUNTERED, False, 48, set(), set()),
    (Status.ACCEPTED, False, 0, {Action.CANCEL}, {Action.CANCEL}),
    (Status.ACCEPTED, False, 24 * 20, {Action.RECORD_HELD, Action.RECORD_MISSED}, {Action.RECORD_HELD, Action.RECORD_MISSED}),
    (Status.DECLINED, False, 0, set(), set()),
    (Status.HELD, False, 0, set(), set()),
]


@pytest.mark.parametrize(("status", "suggested", "hours", "of_investor", "of_host"), STEPS)
def test_a_view_offers_the_steps_that_its_reader_can_take_now(
    ines: Account,
    hao: Account,
    edition: Edition,
    status: Status,
    suggested: bool,
    hours: int,
    of_investor: set[Action],
    of_host: set[Action],
) -> None:
    offered = edition.slots[5] if status is Status.COUNTERED else None
    project = get_project(edition, "PD-01")
    meeting = make_meeting(ines.investor, project, edition.slots[0], status, suggested=suggested, offered=offered)
    now = NOW + timedelta(hours=hours)

    steps = [{step.action for step in meeting_view_for(actor_of(each), meeting.id).steps(now)} for each in (ines, hao)]

    assert steps == [of_investor, of_host]


def test_nobody_asks_for_another_time_twice(ines: Account, hao: Account, edition: Edition) -> None:
    meeting = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0])

    ask_for_another_time(actor_of(ines), meeting.id, "Mornings, please.", now=NOW)

    views = [meeting_view_for(actor_of(each), meeting.id) for each in (ines, hao)]
    assert [each.asked for each in views] == ["Mornings, please."] * 2
    assert {step.action for step in views[0].steps(NOW)} == {Action.WITHDRAW}


def test_who_is_offered_another_time_no_longer_waits_for_it(ines: Account, hao: Account, edition: Edition) -> None:
    meeting = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0])
    ask_for_another_time(actor_of(ines), meeting.id, now=NOW)

    offer_slot(actor_of(hao), meeting.id, edition.slots[2].id, now=NOW)

    assert meeting_view_for(actor_of(ines), meeting.id).asked is None


def test_nobody_is_asked_for_a_yes_twice(ines: Account, hao: Account, edition: Edition) -> None:
    meeting = make_meeting(
        ines.investor,
        get_project(edition, "PD-01"),
        edition.slots[0],
        suggested=True,
        investor_agreed_at=NOW,
        host_agreed_at=NOW,
    )

    steps = [{step.action for step in meeting_view_for(actor_of(each), meeting.id).steps(NOW)} for each in (ines, hao)]

    assert steps == [{Action.ASK, Action.WITHDRAW}, {Action.DECLINE, Action.OFFER}]


def test_every_meeting_that_was_ever_shown_is_found_ended_ones_too(ines: Account, edition: Edition) -> None:
    make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], Status.DECLINED)
    make_meeting(ines.investor, get_project(edition, "PD-02"), edition.slots[0])

    assert [view.status for view in meetings_ever_of(actor_of(ines), edition)] == [Status.DECLINED, Status.PROPOSED]


def test_a_meeting_of_others_is_missing(ines: Account, sam: Account, hao: Account, edition: Edition) -> None:
    meeting = make_meeting(ines.investor, get_project(edition, "XH-01"), edition.slots[0])

    for account in (sam, hao):
        with pytest.raises(Missing):
            meeting_view_for(actor_of(account), meeting.id)


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize("who", ["ines", "hao"])
def test_a_diary_costs_the_same_queries_however_full(
    request: pytest.FixtureRequest, edition: Edition, number: int, who: str, count_queries
) -> None:
    actors = {name: actor_of(request.getfixturevalue(name)) for name in ("ines", "hao")}
    investor = request.getfixturevalue("ines").investor
    for code, position in (("PD-01", 0), ("PD-02", 4), ("XH-01", 6))[:number]:
        make_meeting(investor, get_project(edition, code), edition.slots[position])
    edition_id = edition.id
    db.session.rollback()

    with count_queries() as queries:
        found = diary_of(actors[who], db.session.get_one(Edition, edition_id), now=NOW)

    assert queries.count == {"ines": 13, "hao": 12}[who]
    assert len(found.entries) == {"ines": number, "hao": min(number, 2)}[who]


# -- the address of a calendar -----------------------------------------------------------------------------------------


def test_a_renewed_address_replaces_the_old_one(ines: Account, edition: Edition) -> None:
    old = ines.calendar_token

    new = renew_calendar_token(actor_of(ines))

    assert new != old
    assert len(new) >= 32
    assert calendar_token_of(actor_of(ines)) == new
    assert calendar_owner(new).id == ines.id
    with pytest.raises(Missing):
        calendar_owner(old)


def test_investors_and_hosts_have_a_calendar(app: Flask, ines: Account, hao: Account, olga: Account, edition: Edition) -> None:
    assert [calendar_edition(each) for each in (ines, hao)] == [edition, edition]
    with pytest.raises(Missing):
        calendar_edition(olga)
