from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from matchmaker.db import db
from matchmaker.domain.interest import Level, Target
from matchmaker.domain.meeting import Status
from matchmaker.domain.roles import Vetting
from matchmaker.domain.rules import Broken, RuleBroken
from matchmaker.models import Account, Edition, HostMark, Interest, Meeting
from matchmaker.services.actors import Missing, actor_of
from matchmaker.services.facts import read_facts
from matchmaker.services.interests import (
    Marked,
    Stated,
    Unwanted,
    express_interest,
    interests_of,
    levels_of,
    mark_investor,
    marks_of,
    suggestions_for,
    take_back_interest,
)
from matchmaker.services.problems import candidate_pairs
from tests.builders import (
    NOW,
    get_chain,
    get_district,
    get_project,
    make_empty_edition,
    make_interest,
    make_investor,
    make_mark,
    make_meeting,
    make_project,
)

LATER = NOW + timedelta(hours=1)


def stored() -> list[tuple[Target, str, Level]]:
    """All interests: the kind and code of the target, and the level."""
    db.session.rollback()
    found = []
    for each in db.session.scalars(select(Interest).order_by(Interest.id)):
        thing = each.project or each.chain or each.district
        assert thing is not None
        found.append((each.target, thing.code, each.level))
    return found


@pytest.mark.parametrize(("target", "code"), [(Target.PROJECT, "PD-01"), (Target.CHAIN, "FI"), (Target.DISTRICT, "XH")])
def test_investor_states_an_interest_in_a_project_a_chain_or_a_district(ines: Account, target: Target, code: str) -> None:
    express_interest(actor_of(ines), target, code, Level.WOULD_LIKE, now=NOW)

    assert stored() == [(target, code, Level.WOULD_LIKE)]


def test_a_new_level_replaces_the_earlier_one(ines: Account) -> None:
    first = express_interest(actor_of(ines), Target.PROJECT, "PD-01", Level.WOULD_LIKE, now=NOW)

    second = express_interest(actor_of(ines), Target.PROJECT, "PD-01", Level.MUST_MEET, now=LATER)

    assert first == second
    assert stored() == [(Target.PROJECT, "PD-01", Level.MUST_MEET)]
    assert db.session.get_one(Interest, first.interest_id).stated_at == LATER


def test_a_double_click_states_the_interest_once_and_at_the_first_time(ines: Account) -> None:
    for now in (NOW, LATER):
        stated = express_interest(actor_of(ines), Target.CHAIN, "FI-ROB", Level.MUST_MEET, now=now)

    assert stored() == [(Target.CHAIN, "FI-ROB", Level.MUST_MEET)]
    assert db.session.get_one(Interest, stated.interest_id).stated_at == NOW


def test_at_most_three_must_meets_of_all_kinds(ines: Account) -> None:
    for target, code in ((Target.PROJECT, "PD-01"), (Target.CHAIN, "IC"), (Target.DISTRICT, "XH")):
        express_interest(actor_of(ines), target, code, Level.MUST_MEET, now=NOW)

    with pytest.raises(RuleBroken) as broken:
        express_interest(actor_of(ines), Target.PROJECT, "PD-02", Level.MUST_MEET, now=NOW)

    assert (broken.value.code, broken.value.facts) == (Broken.TOO_MANY_MUST_MEET, {"limit": 3})
    assert len(stored()) == 3


def test_the_third_must_meet_may_be_stated_again(ines: Account) -> None:
    for code in ("PD-01", "PD-02", "XH-01", "XH-01"):
        express_interest(actor_of(ines), Target.PROJECT, code, Level.MUST_MEET, now=NOW)

    assert len(stored()) == 3


def test_a_must_meet_that_is_lowered_makes_room_for_another(ines: Account) -> None:
    for code in ("PD-01", "PD-02", "XH-01"):
        express_interest(actor_of(ines), Target.PROJECT, code, Level.MUST_MEET, now=NOW)
    express_interest(actor_of(ines), Target.PROJECT, "PD-01", Level.WOULD_LIKE, now=NOW)

    express_interest(actor_of(ines), Target.PROJECT, "LG-01", Level.MUST_MEET, now=NOW)

    assert [level for _, _, level in stored()].count(Level.MUST_MEET) == 3


def test_a_must_meet_of_another_investor_does_not_count(ines: Account, sam: Account) -> None:
    for code in ("PD-01", "PD-02", "XH-01"):
        express_interest(actor_of(sam), Target.PROJECT, code, Level.MUST_MEET, now=NOW)

    express_interest(actor_of(ines), Target.PROJECT, "PD-01", Level.MUST_MEET, now=NOW)

    assert len(stored()) == 4


@pytest.mark.parametrize("target", list(Target))
def test_an_unknown_target_is_refused_and_nothing_is_stored(ines: Account, target: Target) -> None:
    with pytest.raises(RuleBroken) as broken:
        express_interest(actor_of(ines), target, "nowhere", Level.WOULD_LIKE, now=NOW)

    assert (broken.value.code, broken.value.field) == (Broken.TARGET_UNKNOWN, "code")
    assert stored() == []


def test_a_withdrawn_project_can_not_be_wanted(ines: Account, edition: Edition) -> None:
    get_project(edition, "PD-01").withdrawn_at = NOW
    db.session.commit()

    with pytest.raises(RuleBroken) as broken:
        express_interest(actor_of(ines), Target.PROJECT, "PD-01", Level.WOULD_LIKE, now=NOW)

    assert broken.value.code is Broken.PROJECT_WITHDRAWN


def test_an_interest_in_a_project_that_was_withdrawn_later_can_be_taken_back(ines: Account, edition: Edition) -> None:
    project = get_project(edition, "PD-01")
    make_interest(ines.investor, project)
    project.withdrawn_at = NOW
    db.session.commit()

    assert take_back_interest(actor_of(ines), Target.PROJECT, "PD-01") is Level.WOULD_LIKE

    assert stored() == []


def test_hosts_and_organisers_state_no_interests(hao: Account, olga: Account) -> None:
    for account in (hao, olga):
        with pytest.raises(RuleBroken) as broken:
            express_interest(actor_of(account), Target.PROJECT, "PD-01", Level.WOULD_LIKE, now=NOW)
        assert broken.value.code is Broken.NOT_ALLOWED


@pytest.mark.parametrize(("target", "code"), [(Target.PROJECT, "PD-01"), (Target.CHAIN, "F5"), (Target.DISTRICT, "PD")])
def test_a_no_thanks_tells_the_proposal_that_it_covers(ines: Account, edition: Edition, target: Target, code: str) -> None:
    meeting = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0])
    make_meeting(ines.investor, get_project(edition, "LG-01"), edition.slots[4])

    stated = express_interest(actor_of(ines), target, code, Level.NO_THANKS, now=NOW)

    assert stated == Stated(stated.interest_id, Unwanted(proposals=(meeting.id,)))
    assert db.session.get_one(Meeting, meeting.id).status is Status.PROPOSED


def test_somebody_elses_interest_can_not_be_taken_back(ines: Account, sam: Account, edition: Edition) -> None:
    make_interest(sam.investor, get_project(edition, "PD-01"))

    with pytest.raises(Missing):
        take_back_interest(actor_of(ines), Target.PROJECT, "PD-01")

    assert len(stored()) == 1


def test_interests_come_with_must_meet_first(ines: Account, edition: Edition) -> None:
    make_interest(ines.investor, get_project(edition, "PD-01"), Level.NO_THANKS)
    make_interest(ines.investor, get_district(edition, "PD"), Level.WOULD_LIKE)
    make_interest(ines.investor, get_chain(edition.id, "IC"), Level.MUST_MEET)

    found = [(each.target, each.level) for each in interests_of(actor_of(ines))]

    assert found == [
        (Target.CHAIN, Level.MUST_MEET),
        (Target.DISTRICT, Level.WOULD_LIKE),
        (Target.PROJECT, Level.NO_THANKS),
    ]


def test_levels_are_found_by_kind_and_id(ines: Account, edition: Edition) -> None:
    district = get_district(edition, "PD")
    interest = make_interest(ines.investor, district, Level.MUST_MEET)

    assert levels_of(actor_of(ines)) == {(Target.DISTRICT, district.id): interest}


@pytest.mark.parametrize("number", [1, 3])
def test_a_list_of_interests_costs_the_same_queries_however_long(
    ines: Account, edition: Edition, number: int, count_queries
) -> None:
    actor = actor_of(ines)
    for code in ("PD-01", "XH-01", "LG-01")[:number]:
        make_interest(ines.investor, get_project(edition, code))

    with count_queries() as queries:
        titles = [(each.project.title_en, each.project.district.name_en) for each in interests_of(actor) if each.project]

    assert (len(titles), queries.count) == (number, 3)


def test_an_investor_without_interests_gets_its_best_projects_as_suggestions(ines: Account, edition: Edition) -> None:
    for _ in range(4):
        make_project(get_district(edition, "PD"), chain="FI-ROB")

    suggestions = suggestions_for(actor_of(ines), edition)

    assert [each.project.code for each in suggestions] == ["PD-01", "PD-02", "PD-03", "PD-04", "PD-05"]
    assert {each.score.suggested for each in suggestions} == {True}


def test_suggestions_leave_out_what_was_refused_withdrawn_or_is_already_a_meeting(ines: Account, edition: Edition) -> None:
    make_mark(get_district(edition, "LG"), ines.investor, Level.NO_THANKS)
    make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0])
    get_project(edition, "PD-02").withdrawn_at = NOW
    db.session.commit()

    assert [each.project.code for each in suggestions_for(actor_of(ines), edition)] == ["XH-01"]


def test_a_suggestion_that_is_a_meeting_by_now_is_one_of_the_five(ines: Account, edition: Edition) -> None:
    """A night counts it too, and adds no sixth."""
    for _ in range(4):
        make_project(get_district(edition, "PD"), chain="FI-ROB")
    make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], suggested=True)

    page = [each.project for each in suggestions_for(actor_of(ines), edition)]

    night = candidate_pairs(read_facts(edition, now=NOW))
    assert [each.code for each in page] == ["PD-02", "PD-03", "PD-04", "PD-05"]
    assert {each.id for each in page} == {project_id for investor_id, project_id in night if investor_id == ines.investor_id}


def test_a_no_thanks_to_a_suggestion_teaches_what_to_suggest_to_this_investor_alone(
    ines: Account, sam: Account, edition: Edition
) -> None:
    before = {each.project.code: each.score.value for each in suggestions_for(actor_of(ines), edition)}

    express_interest(actor_of(ines), Target.PROJECT, "PD-01", Level.NO_THANKS, now=NOW)

    after = {each.project.code: each.score.value for each in suggestions_for(actor_of(ines), edition)}
    sams = {each.project.code: each.score.value for each in suggestions_for(actor_of(sam), edition)}
    less = {code for code, value in after.items() if value < before.get(code, 0)}
    same_chain = {code for code in after if get_project(edition, code).chain_id == get_project(edition, "PD-01").chain_id}
    assert "PD-01" not in after
    assert less == same_chain
    assert less
    assert sams == before


def test_the_night_suggests_what_the_page_shows_to_one_that_said_only_no_thanks(ines: Account, edition: Edition) -> None:
    express_interest(actor_of(ines), Target.PROJECT, "PD-01", Level.NO_THANKS, now=NOW)

    pairs = candidate_pairs(read_facts(edition, now=NOW))

    page = {(ines.investor_id, each.project.id) for each in suggestions_for(actor_of(ines), edition)}
    assert set(pairs) == page
    assert page


def test_who_stated_an_interest_gets_no_suggestions(ines: Account, edition: Edition) -> None:
    make_interest(ines.investor, get_project(edition, "PD-01"))

    assert suggestions_for(actor_of(ines), edition) == []


def test_a_host_marks_an_investor_that_it_has_a_meeting_with(ines: Account, hao: Account, edition: Edition) -> None:
    make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0])

    mark_investor(actor_of(hao), ines.investor_id, Level.WOULD_LIKE, now=NOW)
    mark_investor(actor_of(hao), ines.investor_id, Level.MUST_MEET, now=LATER)

    assert marks_of(actor_of(hao)) == {ines.investor_id: Level.MUST_MEET}


def test_a_host_takes_its_mark_back(ines: Account, hao: Account, edition: Edition) -> None:
    make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0])
    mark_investor(actor_of(hao), ines.investor_id, Level.NO_THANKS, now=NOW)

    for _ in range(2):
        mark_investor(actor_of(hao), ines.investor_id, None, now=NOW)

    assert marks_of(actor_of(hao)) == {}


def test_a_host_marks_approved_investors_and_those_that_it_has_met(ines: Account, hao: Account, edition: Edition) -> None:
    waiting, strange = (make_investor(edition, vetting=Vetting.WAITLISTED) for _ in range(2))
    make_meeting(waiting, get_project(edition, "PD-01"), edition.slots[0], Status.CANCELLED)
    make_meeting(strange, get_project(edition, "XH-01"), edition.slots[0])

    for investor_id in (ines.investor_id, waiting.id):
        mark_investor(actor_of(hao), investor_id, Level.WOULD_LIKE, now=NOW)
    with pytest.raises(Missing):
        mark_investor(actor_of(hao), strange.id, Level.WOULD_LIKE, now=NOW)

    assert marks_of(actor_of(hao)) == dict.fromkeys((ines.investor_id, waiting.id), Level.WOULD_LIKE)


def test_a_host_can_not_mark_investors_of_another_edition(hao: Account) -> None:
    later = make_investor(make_empty_edition(code="SGIPC-2025", year=2025), chains=())

    with pytest.raises(Missing):
        mark_investor(actor_of(hao), later.id, Level.WOULD_LIKE, now=NOW)

    assert db.session.scalars(select(HostMark)).all() == []


def test_a_mark_tells_what_was_said_before_and_which_answered_meetings_go_on(
    ines: Account, hao: Account, edition: Edition
) -> None:
    accepted = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], Status.ACCEPTED)
    proposed = make_meeting(ines.investor, get_project(edition, "PD-02"), edition.slots[1])
    make_meeting(ines.investor, get_project(edition, "XH-01"), edition.slots[2], Status.ACCEPTED)
    levels = (Level.WOULD_LIKE, Level.NO_THANKS, None)

    told = [mark_investor(actor_of(hao), ines.investor_id, level, now=NOW) for level in levels]

    assert told == [Marked(None), Marked(Level.WOULD_LIKE, Unwanted((accepted.id,), (proposed.id,))), Marked(Level.NO_THANKS)]


def test_a_district_has_at_most_three_must_meets(hao: Account, edition: Edition) -> None:
    investors = []
    for slot in edition.slots[:4]:
        investor = make_investor(edition)
        make_meeting(investor, get_project(edition, "PD-01"), slot)
        investors.append(investor.id)
    for investor_id in investors[:3]:
        mark_investor(actor_of(hao), investor_id, Level.MUST_MEET, now=NOW)

    with pytest.raises(RuleBroken) as broken:
        mark_investor(actor_of(hao), investors[3], Level.MUST_MEET, now=NOW)

    assert (broken.value.code, broken.value.facts) == (Broken.TOO_MANY_MUST_MEET, {"limit": 3})


def test_investors_mark_nobody(app: Flask, ines: Account, sam: Account) -> None:
    with pytest.raises(RuleBroken) as broken:
        mark_investor(actor_of(ines), sam.investor_id, Level.WOULD_LIKE, now=NOW)

    assert broken.value.code is Broken.NOT_ALLOWED


@pytest.mark.any_database
def test_clicks_at_once_never_exceed_the_must_meet_limit(app: Flask, ines: Account) -> None:
    actor = actor_of(ines)
    targets = [(Target.PROJECT, code) for code in ("PD-01", "PD-02", "XH-01", "LG-01")]
    targets += [(Target.CHAIN, "FI"), (Target.CHAIN, "IC"), (Target.DISTRICT, "PD"), (Target.DISTRICT, "LG")]
    db.session.rollback()

    def click(target: tuple[Target, str]) -> Broken | None:
        with app.app_context():
            try:
                express_interest(actor, *target, Level.MUST_MEET, now=NOW)
            except RuleBroken as broken:
                return broken.code
        return None

    with ThreadPoolExecutor(len(targets)) as pool:
        told = list(pool.map(click, targets))

    assert sorted(map(str, told)) == ["None"] * 3 + ["too_many_must_meet"] * 5
    assert len(stored()) == 3


@pytest.mark.any_database
def test_two_clicks_at_once_on_the_same_button_are_one_interest(app: Flask, ines: Account) -> None:
    actor = actor_of(ines)
    db.session.rollback()

    def click(_number: int) -> Stated:
        with app.app_context():
            return express_interest(actor, Target.PROJECT, "PD-01", Level.WOULD_LIKE, now=NOW)

    with ThreadPoolExecutor(6) as pool:
        told = set(pool.map(click, range(6)))

    assert len(told) == 1
    assert stored() == [(Target.PROJECT, "PD-01", Level.WOULD_LIKE)]
