"""Where one more meeting could be put: the answer around one pair is that of the checker on the whole diary."""

import random
from dataclasses import replace

import pytest

from matchmaker.domain.meeting import Status
from matchmaker.domain.rules import Broken, RuleBroken
from matchmaker.models import Edition, Investor, Meeting, Project
from matchmaker.scheduling.check import violations
from matchmaker.scheduling.schedule import Placement
from matchmaker.services.facts import read_facts
from matchmaker.services.problems import build_problem
from matchmaker.services.slots import Surroundings
from tests.builders import (
    NOW,
    get_district,
    get_pool,
    get_project,
    make_activity,
    make_interest,
    make_investor,
    make_meeting,
    make_project,
    make_signup,
)

PROPOSED = Status.PROPOSED


def a_full_diary(edition: Edition, seed: int) -> tuple[list[Investor], list[Project]]:
    """As many meetings as fit, in a random order: proposed, accepted and with an offer."""
    rng = random.Random(seed)
    projects = [get_project(edition, code) for code in ("PD-01", "PD-02", "XH-01", "LG-01")]
    projects.append(make_project(get_district(edition, "PD"), leads=2))
    investors = [make_investor(edition, languages=["ja"] if n < 2 else ["en"], max_meetings=4, max_per_day=2) for n in range(5)]
    forum = make_activity(edition, venue=get_district(edition, "PD").venue, starts_at=edition.slots[2].starts_at)
    make_signup(investors[0], forum)
    pairs = [(investor, project) for investor in investors for project in projects]
    for investor, project in pairs:
        make_interest(investor, project)
    rng.shuffle(pairs)
    for investor, project in pairs[:14]:
        free = Surroundings((investor.id, project.id), now=NOW).feasible_slots()
        if not free:
            continue
        status = rng.choice([Status.PROPOSED, Status.ACCEPTED])
        pool = get_pool(edition, "ja") if investor.languages == ["ja"] else None
        first = rng.choice(free)
        others = [slot for slot in free if slot.id != first.id]
        if others and rng.random() < 0.3:
            make_meeting(investor, project, first, Status.COUNTERED, offered=rng.choice(others), pool=pool)
        else:
            make_meeting(investor, project, first, status, pool=pool)
    return investors, projects


def whole_answer(edition: Edition, investor: Investor, project: Project) -> list[int]:
    """The slots that the checker allows when everything else stays: asked of the problem of the whole night."""
    problem = build_problem(read_facts(edition, now=NOW)).problem
    name = f"investor-{investor.id}:{project.code}"
    stays = [Placement(each.candidate, each.slot) for each in problem.booked if each.candidate != name]
    problem = replace(problem, booked=())
    return [slot for slot in range(8) if not violations(problem, [*stays, Placement(name, slot)])]


@pytest.mark.parametrize("seed", range(4))
def test_free_slots_are_those_of_the_checker_on_the_whole_problem(seed: int, edition: Edition) -> None:
    investors, projects = a_full_diary(edition, seed)
    live = {(each.investor_id, each.project_id): each for each in read_facts(edition, now=NOW).live}
    pairs = [(investor, project) for investor in investors for project in projects]
    movable = [pair for pair in pairs if (pair[0].id, pair[1].id) not in live or live[pair[0].id, pair[1].id].status is PROPOSED]

    found = {
        (investor.id, project.code): [
            slot.position
            for slot in Surroundings(
                (investor.id, project.id), now=NOW, meeting=live.get((investor.id, project.id))
            ).feasible_slots()
        ]
        for investor, project in movable
    }

    assert found == {(investor.id, project.code): whole_answer(edition, investor, project) for investor, project in movable}
    assert {Status.COUNTERED, Status.ACCEPTED} <= {each.status for each in live.values()}
    assert any(found.values())


def test_what_is_broken_already_is_not_held_against_a_new_meeting(edition: Edition) -> None:
    """Two meetings that are too far apart for each other leave the second day as it was."""
    investor = make_investor(edition)
    make_meeting(investor, get_project(edition, "PD-01"), edition.slots[0], Status.ACCEPTED)
    make_meeting(investor, get_project(edition, "LG-01"), edition.slots[1], Status.ACCEPTED)

    free = Surroundings((investor.id, get_project(edition, "PD-02").id), now=NOW).feasible_slots()

    assert [slot.position for slot in free] == [2, 3, 4, 5, 6, 7]


def test_a_limit_that_was_lowered_leaves_other_days_their_own(edition: Edition) -> None:
    investor = make_investor(edition, max_per_day=1)
    extra = make_project(get_district(edition, "PD"))
    make_meeting(investor, get_project(edition, "PD-01"), edition.slots[0], Status.ACCEPTED)
    make_meeting(investor, get_project(edition, "PD-02"), edition.slots[1], Status.ACCEPTED)

    def free() -> list[int]:
        return [slot.position for slot in Surroundings((investor.id, extra.id), now=NOW).feasible_slots()]

    assert free() == [4, 5, 6, 7]
    make_meeting(investor, get_project(edition, "LG-01"), edition.slots[4], Status.ACCEPTED)
    assert free() == []


def test_a_long_meeting_needs_slots_that_follow_on_and_are_not_blocked(edition: Edition) -> None:
    investor = make_investor(edition)
    meeting: Meeting = make_meeting(investor, get_project(edition, "PD-01"), edition.slots[0], length=2)
    pudong = get_district(edition, "PD").venue
    make_signup(investor, make_activity(edition, venue=pudong, starts_at=edition.slots[5].starts_at, minutes=30))
    pair = investor.id, meeting.project_id

    around = Surroundings(pair, now=NOW, meeting=meeting)

    assert [slot.position for slot in around.feasible_slots()] == [0, 2, 6]
    with pytest.raises(RuleBroken) as broken:
        around.require_feasible(edition.slots[4])
    assert broken.value.code is Broken.ACTIVITY_CLASHES


@pytest.mark.parametrize("number", [1, 3])
def test_looking_for_slots_costs_the_same_however_full_the_diary_is(number: int, edition: Edition, count_queries) -> None:
    project = get_project(edition, "PD-01")
    for n in range(number):
        make_meeting(make_investor(edition, languages=["ja"]), project, edition.slots[n], pool=get_pool(edition, "ja"))
    investor = make_investor(edition)
    pair = investor.id, project.id

    with count_queries() as queries:
        Surroundings(pair, now=NOW).feasible_slots()

    assert queries.count <= 28
