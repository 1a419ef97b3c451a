from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from matchmaker.db import db
from matchmaker.domain.calendar import Half
from matchmaker.domain.catalogue import Stage
from matchmaker.domain.consent import Purpose
from matchmaker.domain.meeting import Status
from matchmaker.domain.roles import DelegateRole, Role
from matchmaker.domain.rules import Broken, RuleBroken
from matchmaker.models import Account, Availability, Delegate, Edition, Investor, Slot
from matchmaker.services.actors import Actor, Missing, actor_of
from matchmaker.services.consents import agreed_by
from matchmaker.services.delegates import add_delegate, change_delegate, remove_delegate
from matchmaker.services.investors import (
    Limits,
    Profile,
    activities_of,
    attend_activity,
    availability_of,
    change_limits,
    change_profile,
    get_investor,
    held_slots_of,
    leave_activity,
    places_taken,
    set_availability,
)
from matchmaker.services.meetings import offer_slot
from tests.builders import NOW, get_district, get_project, make_activity, make_edition, make_investor, make_meeting, make_signup

PROFILE = Profile(
    name="Ines Capital",
    country="FR",
    languages=("fr", "en"),
    chains=("FI-ROB", "IC"),
    website="https://ines.example.org",
    about="We look for robots.",
    size_min=50,
    size_max=500,
    stages=(Stage.PILOT, Stage.EXPANSION),
    confidential=True,
    shares_contact=True,
    phone="+33123456789",
    wechat="ines",
)


def profile_of(account: Account) -> Profile:
    """The stored profile."""
    db.session.rollback()
    investor = db.session.get_one(Investor, account.investor_id)
    lists = {
        "languages": tuple(investor.languages),
        "stages": tuple(investor.stages),
        "chains": tuple(chain.code for chain in investor.chains),
    }
    rest = {name: getattr(investor, name) for name in Profile.__slots__ if name not in (*lists, "sends_abroad")}
    rest["sends_abroad"] = Purpose.ABROAD in agreed_by(investor.id)
    return Profile(**(rest | lists))


def refusal(action: Callable[..., Any], *arguments: Any, **named: Any) -> tuple[Broken, str | None]:
    """The code and the field with which an action refuses."""
    with pytest.raises(RuleBroken) as broken:
        action(*arguments, **named)
    return broken.value.code, broken.value.field


# -- profile -----------------------------------------------------------------------------------------------------------


def test_investor_replaces_its_profile(ines: Account) -> None:
    change_profile(actor_of(ines), PROFILE, now=NOW)

    assert profile_of(ines) == PROFILE


@pytest.mark.parametrize(
    ("wrong", "code", "field"),
    [
        ({"name": "  "}, Broken.EMPTY, "name"),
        ({"name": "x" * 2_000_000}, Broken.TOO_LONG, "name"),
        ({"about": "x" * 4001}, Broken.TOO_LONG, "about"),
        ({"website": "https://" + "x" * 300}, Broken.TOO_LONG, "website"),
        ({"phone": "1" * 41}, Broken.TOO_LONG, "phone"),
        ({"phone": "call me"}, Broken.PHONE_INVALID, "phone"),
        ({"website": "javascript://x"}, Broken.WEBSITE_INVALID, "website"),
        ({"chains": tuple("ABCDEFGHIJKLMNOPQRSTU")}, Broken.TOO_MANY, "chains"),
        ({"country": "XX"}, Broken.COUNTRY_UNKNOWN, "country"),
        ({"country": ""}, Broken.COUNTRY_UNKNOWN, "country"),
        ({"languages": ()}, Broken.EMPTY, "languages"),
        ({"languages": ("en", "klingon")}, Broken.LANGUAGE_UNKNOWN, "languages"),
        ({"chains": ("FI-ROB", "NONE")}, Broken.CHAIN_UNKNOWN, "chains"),
        ({"size_min": 600}, Broken.SIZE_CONTRADICTS, "size_max"),
        ({"size_min": None}, Broken.SIZE_CONTRADICTS, "size_max"),
        ({"size_min": -1}, Broken.SIZE_CONTRADICTS, "size_max"),
        ({"size_max": 10**9}, Broken.SIZE_CONTRADICTS, "size_max"),
    ],
)
def test_a_wrong_profile_is_refused_on_its_field_and_nothing_is_stored(
    ines: Account, wrong: dict[str, Any], code: Broken, field: str
) -> None:
    before = profile_of(ines)

    assert refusal(change_profile, actor_of(ines), replace(PROFILE, **wrong), now=NOW) == (code, field)
    assert profile_of(ines) == before


def test_a_profile_may_leave_the_size_open(ines: Account) -> None:
    change_profile(actor_of(ines), replace(PROFILE, size_min=None, size_max=None), now=NOW)

    assert (profile_of(ines).size_min, profile_of(ines).size_max) == (None, None)


def test_hosts_have_no_profile_to_change(hao: Account) -> None:
    assert refusal(change_profile, actor_of(hao), PROFILE, now=NOW) == (Broken.NOT_ALLOWED, None)
    with pytest.raises(Missing):
        get_investor(actor_of(hao))


def test_investor_sets_its_limits(ines: Account) -> None:
    change_limits(actor_of(ines), Limits(1, 4, 2))

    investor = get_investor(actor_of(ines))
    assert (investor.min_meetings, investor.max_meetings, investor.max_per_day) == (1, 4, 2)


@pytest.mark.parametrize(
    ("limits", "code", "field"),
    [
        (Limits(5, 4, 4), Broken.LIMITS_CONTRADICT, "min_meetings"),
        (Limits(3, 4, 1), Broken.LIMITS_CONTRADICT, "min_meetings"),  # two days, one meeting a day
        (Limits(-1, 4, 4), Broken.NUMBER_OUTSIDE, "min_meetings"),
        (Limits(11, 4, 4), Broken.NUMBER_OUTSIDE, "min_meetings"),
        (Limits(0, 0, 1), Broken.NUMBER_OUTSIDE, "max_meetings"),
        (Limits(0, 11, 4), Broken.NUMBER_OUTSIDE, "max_meetings"),
        (Limits(0, 4, 0), Broken.NUMBER_OUTSIDE, "max_per_day"),
        (Limits(0, 4, 6), Broken.NUMBER_OUTSIDE, "max_per_day"),
    ],
)
def test_limits_that_contradict_each_other_or_the_edition_are_refused(
    ines: Account, limits: Limits, code: Broken, field: str
) -> None:
    assert refusal(change_limits, actor_of(ines), limits) == (code, field)


# -- delegates ---------------------------------------------------------------------------------------------------------


def test_a_delegate_is_required_unless_it_is_said_to_be_optional(ines: Account) -> None:
    zoe = add_delegate(actor_of(ines), "Zoé", "", "en")
    add_delegate(actor_of(ines), "Max", "", "en", DelegateRole.OPTIONAL)
    roles = select(Delegate.role).order_by(Delegate.id)
    before = list(db.session.scalars(roles))

    change_delegate(actor_of(ines), zoe, "Zoé", "", "en", DelegateRole.OPTIONAL)

    assert before == [DelegateRole.REQUIRED, DelegateRole.OPTIONAL]
    assert list(db.session.scalars(roles)) == [DelegateRole.OPTIONAL] * 2


def delegates(account: Account) -> list[tuple[str, str, str]]:
    db.session.rollback()
    query = select(Delegate).where(Delegate.investor_id == account.investor_id).order_by(Delegate.id)
    return [(each.name, each.title, each.language) for each in db.session.scalars(query)]


def test_a_new_delegates_language_is_spoken_by_the_investor(ines: Account) -> None:
    add_delegate(actor_of(ines), " Zoé Martin ", "Partner", "fr")

    assert delegates(ines) == [("Zoé Martin", "Partner", "fr")]
    assert profile_of(ines).languages == ("en", "fr")


def test_a_delegate_is_corrected_and_removed(ines: Account) -> None:
    delegate_id = add_delegate(actor_of(ines), "Zoé", "", "en")

    change_delegate(actor_of(ines), delegate_id, "Zoé Martin", "Director", "ja")
    corrected = delegates(ines)
    remove_delegate(actor_of(ines), delegate_id)

    assert (corrected, delegates(ines)) == ([("Zoé Martin", "Director", "ja")], [])


def test_delegates_of_others_are_out_of_reach(ines: Account, sam: Account) -> None:
    delegate_id = add_delegate(actor_of(sam), "Sue", "", "en")

    with pytest.raises(Missing):
        change_delegate(actor_of(ines), delegate_id, "Ines", "", "en")
    with pytest.raises(Missing):
        remove_delegate(actor_of(ines), delegate_id)

    assert delegates(sam) == [("Sue", "", "en")]


@pytest.mark.parametrize(
    ("name", "title", "language", "expected"),
    [
        ("", "", "en", (Broken.EMPTY, "name")),
        ("x" * 121, "", "en", (Broken.TOO_LONG, "name")),
        ("Zoé", "x" * 121, "en", (Broken.TOO_LONG, "title")),
        ("Zoé", "", "xx", (Broken.LANGUAGE_UNKNOWN, "language")),
    ],
)
def test_a_wrong_delegate_is_refused(ines: Account, name: str, title: str, language: str, expected: Any) -> None:
    assert refusal(add_delegate, actor_of(ines), name, title, language) == expected
    assert delegates(ines) == []


# -- availability ------------------------------------------------------------------------------------------------------


def ids(slots: list[Slot]) -> set[int]:
    return {slot.id for slot in slots}


def test_availability_is_replaced_as_a_whole(ines: Account, edition: Edition) -> None:
    wanted = ids(edition.slots[2:5])

    set_availability(actor_of(ines), wanted, now=NOW)

    assert availability_of(actor_of(ines)) == wanted


def test_a_half_day_stands_for_all_its_slots(ines: Account, edition: Edition) -> None:
    single = edition.slots[7].id

    set_availability(actor_of(ines), {single}, [(date(2024, 4, 1), Half.AFTERNOON)], now=NOW)

    assert availability_of(actor_of(ines)) == ids(edition.slots[2:4]) | {single}


def test_somebody_who_is_never_in_town_may_say_so(ines: Account) -> None:
    set_availability(actor_of(ines), set(), now=NOW)

    assert availability_of(actor_of(ines)) == set()


@pytest.mark.parametrize("slots", [{-1}, {10**9}])
def test_slots_that_do_not_exist_are_refused(ines: Account, edition: Edition, slots: set[int]) -> None:
    assert refusal(set_availability, actor_of(ines), slots, now=NOW) == (Broken.SLOT_UNKNOWN, "slots")
    assert availability_of(actor_of(ines)) == ids(edition.slots)


def test_slots_and_half_days_outside_the_edition_are_refused(ines: Account) -> None:
    other = make_edition(code="SGIPC-2023", year=2023)

    assert refusal(set_availability, actor_of(ines), {other.slots[0].id}, now=NOW) == (Broken.SLOT_UNKNOWN, "slots")
    holiday = [(date(2024, 4, 4), Half.MORNING)]
    assert refusal(set_availability, actor_of(ines), set(), holiday, now=NOW) == (Broken.SLOT_UNKNOWN, "slots")


@pytest.mark.parametrize("status", [Status.PROPOSED, Status.ACCEPTED])
def test_a_slot_that_holds_a_live_meeting_can_not_be_given_up(ines: Account, edition: Edition, status: Status) -> None:
    meeting = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[1], status)

    with pytest.raises(RuleBroken) as broken:
        set_availability(actor_of(ines), {edition.slots[0].id}, now=NOW)

    assert (broken.value.code, broken.value.field) == (Broken.HOLDS_MEETING, "slots")
    assert broken.value.facts == {
        "meeting": meeting.id,
        "title_en": "Robot joints",
        "title_zh": "机器人关节",
        "starts_at": edition.slots[1].starts_at,
    }
    assert availability_of(actor_of(ines)) == ids(edition.slots)


def test_both_slots_of_an_offer_are_held(ines: Account, edition: Edition) -> None:
    first, offered = edition.slots[0], edition.slots[5]
    make_meeting(ines.investor, get_project(edition, "PD-01"), first, Status.COUNTERED, offered=offered)

    for kept in (first, offered):
        assert refusal(set_availability, actor_of(ines), {kept.id}, now=NOW)[0] is Broken.HOLDS_MEETING
    set_availability(actor_of(ines), {first.id, offered.id}, now=NOW)
    assert set(held_slots_of(actor_of(ines))) == {first.id, offered.id}


def test_a_slot_of_an_ended_meeting_can_be_given_up(ines: Account, edition: Edition) -> None:
    make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[1], Status.DECLINED)

    set_availability(actor_of(ines), set(), now=NOW)

    assert availability_of(actor_of(ines)) == set()


def test_what_has_begun_stays_as_it_was(ines: Account, edition: Edition) -> None:
    first, second, third = edition.slots[:3]
    set_availability(actor_of(ines), {first.id}, now=NOW)

    set_availability(actor_of(ines), {second.id, third.id}, now=second.starts_at)

    assert availability_of(actor_of(ines)) == {first.id, third.id}


def test_another_investors_availability_is_left_alone(ines: Account, sam: Account, edition: Edition) -> None:
    set_availability(actor_of(ines), set(), now=NOW)

    rows = db.session.scalars(select(Availability.slot_id).where(Availability.investor_id == sam.investor_id))
    assert set(rows) == ids(edition.slots)


# -- programme items ---------------------------------------------------------------------------------------------------


def test_an_investor_attends_a_programme_item_once_however_often_it_clicks(ines: Account, edition: Edition) -> None:
    activity = make_activity(edition, venue=get_district(edition, "PD").venue, starts_at=edition.slots[0].starts_at)

    for _ in range(2):
        attend_activity(actor_of(ines), activity.id, now=NOW)

    assert [each.activity.code for each in activities_of(actor_of(ines))] == [activity.code]
    assert places_taken(edition.id) == {activity.id: 1}


def test_leaving_frees_the_place(ines: Account, edition: Edition) -> None:
    activity = make_activity(edition, venue=get_district(edition, "PD").venue, starts_at=edition.slots[0].starts_at)
    make_signup(ines.investor, activity)

    for _ in range(2):
        leave_activity(actor_of(ines), activity.id)

    assert places_taken(edition.id) == {}


def test_a_full_programme_item_takes_nobody_more(ines: Account, sam: Account, edition: Edition) -> None:
    venue = get_district(edition, "PD").venue
    activity = make_activity(edition, venue=venue, starts_at=edition.slots[0].starts_at, capacity=1)
    attend_activity(actor_of(sam), activity.id, now=NOW)

    assert refusal(attend_activity, actor_of(ines), activity.id, now=NOW) == (Broken.ACTIVITY_FULL, None)
    attend_activity(actor_of(sam), activity.id, now=NOW)  # who has a place may ask again


def test_a_programme_item_that_is_over_takes_nobody(ines: Account, edition: Edition) -> None:
    activity = make_activity(edition, venue=get_district(edition, "PD").venue, starts_at=NOW - timedelta(hours=1), minutes=60)

    assert refusal(attend_activity, actor_of(ines), activity.id, now=NOW) == (Broken.ACTIVITY_OVER, None)


def test_a_programme_item_of_another_edition_is_missing(ines: Account) -> None:
    other = make_edition(code="SGIPC-2023", year=2023)
    activity = make_activity(other, venue=get_district(other, "PD").venue, starts_at=NOW + timedelta(days=9))

    with pytest.raises(Missing):
        attend_activity(actor_of(ines), activity.id, now=NOW)


@pytest.mark.parametrize(("gap", "clashes"), [(44, True), (45, False)])
def test_two_programme_items_need_the_way_between_them(ines: Account, edition: Edition, gap: int, clashes: bool) -> None:
    start = edition.slots[0].starts_at
    first = make_activity(edition, venue=get_district(edition, "PD").venue, starts_at=start, minutes=60)
    later = start + timedelta(minutes=60 + gap)
    second = make_activity(edition, venue=get_district(edition, "XH").venue, starts_at=later)
    attend_activity(actor_of(ines), first.id, now=NOW)

    if clashes:
        with pytest.raises(RuleBroken) as broken:
            attend_activity(actor_of(ines), second.id, now=NOW)
        assert broken.value.code is Broken.ACTIVITY_CLASHES
        assert broken.value.facts == {
            "title_en": first.title_en,
            "title_zh": first.title_zh,
            "starts_at": first.starts_at,
            "minutes": 45,
        }
    else:
        attend_activity(actor_of(ines), second.id, now=NOW)


def test_a_part_of_a_programme_item_does_not_clash_with_the_whole(ines: Account, edition: Edition) -> None:
    venue, start = get_district(edition, "PD").venue, edition.slots[0].starts_at
    whole = make_activity(edition, venue=venue, starts_at=start, minutes=120)
    part = make_activity(edition, venue=venue, starts_at=start, minutes=30, parent_id=whole.id)
    at_once = make_activity(edition, venue=venue, starts_at=start, minutes=30, parent_id=whole.id)
    attend_activity(actor_of(ines), whole.id, now=NOW)

    attend_activity(actor_of(ines), part.id, now=NOW)

    assert refusal(attend_activity, actor_of(ines), at_once.id, now=NOW)[0] is Broken.ACTIVITY_CLASHES


@pytest.mark.any_database
def test_a_live_meeting_blocks_a_programme_item_and_the_way_to_it(ines: Account, edition: Edition) -> None:
    slot = edition.slots[0]
    make_meeting(ines.investor, get_project(edition, "PD-01"), slot)
    near = make_activity(edition, venue=get_district(edition, "PD").venue, starts_at=slot.ends_at)
    far = make_activity(edition, venue=get_district(edition, "LG").venue, starts_at=slot.ends_at + timedelta(minutes=69))

    assert refusal(attend_activity, actor_of(ines), far.id, now=NOW)[0] is Broken.ACTIVITY_CLASHES
    attend_activity(actor_of(ines), near.id, now=NOW)


def test_the_offered_slot_of_a_meeting_blocks_as_well(ines: Account, edition: Edition) -> None:
    first, offered = edition.slots[0], edition.slots[4]
    make_meeting(ines.investor, get_project(edition, "PD-01"), first, Status.COUNTERED, offered=offered)
    activity = make_activity(edition, venue=get_district(edition, "PD").venue, starts_at=offered.starts_at)

    assert refusal(attend_activity, actor_of(ines), activity.id, now=NOW)[0] is Broken.ACTIVITY_CLASHES


def test_an_ended_meeting_blocks_nothing(ines: Account, edition: Edition) -> None:
    make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], Status.WITHDRAWN)
    activity = make_activity(edition, venue=get_district(edition, "PD").venue, starts_at=edition.slots[0].starts_at)

    attend_activity(actor_of(ines), activity.id, now=NOW)

    assert len(activities_of(actor_of(ines))) == 1


@pytest.mark.any_database
def test_the_last_place_goes_to_one_of_many_at_once(app: Flask, edition: Edition) -> None:
    venue = get_district(edition, "PD").venue
    activity_id = make_activity(edition, venue=venue, starts_at=edition.slots[0].starts_at, capacity=1).id
    actors = [Actor(Role.INVESTOR, None, make_investor(edition).id, None) for _ in range(6)]
    db.session.rollback()

    def click(actor: Actor) -> Broken | None:
        with app.app_context():
            try:
                attend_activity(actor, activity_id, now=NOW)
            except RuleBroken as broken:
                return broken.code
        return None

    with ThreadPoolExecutor(len(actors)) as pool:
        told = list(pool.map(click, actors))

    assert sorted(map(str, told)) == ["None"] + ["activity_full"] * 5


@pytest.mark.any_database
def test_a_slot_is_never_given_up_under_a_meeting_that_is_moved_there_at_once(
    app: Flask, ines: Account, hao: Account, edition: Edition
) -> None:
    meeting_id = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0]).id
    first, offered = edition.slots[0].id, edition.slots[5].id
    investor, host = actor_of(ines), actor_of(hao)
    db.session.rollback()

    def act(action: Callable[[], None]) -> Broken | None:
        with app.app_context():
            try:
                action()
            except RuleBroken as broken:
                return broken.code
        return None

    actions = [lambda: set_availability(investor, {first}, now=NOW), lambda: offer_slot(host, meeting_id, offered, now=NOW)]
    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(act, actions))

    kept = availability_of(investor)
    assert (told, offered in kept) in [
        ([None, Broken.SLOT_NOT_FEASIBLE], False),
        ([Broken.HOLDS_MEETING, None], True),
    ]
