"""Each hard rule, one allowed and one forbidden case; each term of the objective; and the model beside them."""

from dataclasses import replace

import pytest

from matchmaker.scheduling.check import Rule, Term, contributions, value, violations
from matchmaker.scheduling.exact import Limits, solve_part
from matchmaker.scheduling.part import build_part
from matchmaker.scheduling.plan import Plan
from matchmaker.scheduling.problem import Booking, Penalties, Pool, Problem, Venue
from matchmaker.scheduling.schedule import Placement
from tests.scheduling.builders import build_problem, build_slots, hana, hao, held, ines, meeting

TWO = (meeting("a"), meeting("b", ("ines", "hana")))
APART = (meeting("a"), meeting("b", ("ines", "hana"), "west"))
HOSTS_APART = (meeting("a", ("hao",)), meeting("b", ("hana",)))
WIDE = (Venue("east", 2), Venue("west", 2))

CASES = {
    Rule.SLOT_NOT_ALLOWED: (build_problem([meeting("a", slots=(1,))]), held(a=1), held(a=0)),
    Rule.SLOTS_DO_NOT_FOLLOW_ON: (
        build_problem([meeting("a", length=2)], slots=build_slots(lunch_after=2)),
        held(a=0),
        held(a=1),
    ),
    Rule.NOT_AVAILABLE: (build_problem(participants=(ines(available=(0,)), hao(), hana())), held(m=0), held(m=1)),
    Rule.PARTICIPANT_FULL: (build_problem(TWO, venues=WIDE), held(a=0, b=1), held(a=0, b=0)),
    Rule.VENUE_FULL: (build_problem(HOSTS_APART), held(a=0, b=1), held(a=0, b=0)),
    Rule.POOL_FULL: (
        build_problem([meeting("a", ("hao",), pool="interpreter"), meeting("b", ("hana",), "west", pool="interpreter")]),
        held(a=0, b=1),
        held(a=0, b=0),
    ),
    Rule.TOO_MANY_MEETINGS: (
        build_problem(TWO, participants=(ines(max_meetings=1), hao(), hana())),
        held(a=0),
        held(a=0, b=1),
    ),
    Rule.TOO_MANY_ON_A_DAY: (
        build_problem(
            TWO,
            slots=build_slots(2, 2),
            participants=(ines(max_per_day=1), hao(), hana()),
        ),
        held(a=0, b=2),
        held(a=0, b=1),
    ),
    Rule.TOO_FAR: (build_problem(APART), held(a=0, b=3), held(a=0, b=2)),
    Rule.IDLE_UNEQUAL: (
        build_problem(TWO, participants=(ines(compact=True), hao(compact=True), hana()), idle_spread=0),
        held(a=0, b=1),
        held(a=0, b=2),
    ),
    Rule.REQUIRED_MISSING: (build_problem([meeting("a", required=True)]), held(a=0), []),
    Rule.PIN_BROKEN: (build_problem(booked=(Booking("m", 2, True),)), held(m=2), held(m=1)),
    Rule.NOT_AFTER: (build_problem([meeting("a"), meeting("b", after=("a",))]), held(a=0, b=1), held(a=1, b=0)),
}


@pytest.mark.parametrize("rule", CASES)
def test_what_the_rule_allows_is_feasible(rule: Rule) -> None:
    problem, allowed, _ = CASES[rule]
    assert violations(problem, allowed) == []


@pytest.mark.parametrize("rule", CASES)
def test_what_the_rule_forbids_is_told_by_its_code(rule: Rule) -> None:
    problem, _, forbidden = CASES[rule]
    assert [violation.rule for violation in violations(problem, forbidden)] == [rule]


@pytest.mark.parametrize("rule", CASES)
def test_the_model_allows_what_the_rule_allows(rule: Rule) -> None:
    problem, allowed, _ = CASES[rule]
    assert _model_allows(problem, allowed)


@pytest.mark.parametrize("rule", CASES)
def test_the_model_forbids_what_the_rule_forbids(rule: Rule) -> None:
    problem, _, forbidden = CASES[rule]
    assert not _model_allows(problem, forbidden)


def _model_allows(problem: Problem, meetings: list[Placement]) -> bool:
    """Whether the constraints leave room for exactly these meetings."""
    wanted = {problem.candidate_index[each.candidate]: each.slot for each in meetings}
    part = build_part(Plan(problem), range(len(problem.candidates)))
    choices = tuple(
        replace(choice, worth={first: worth for first, worth in choice.worth.items() if wanted.get(choice.candidate) == first})
        for choice in part.choices
    )
    part = replace(part, choices=choices, needed=part.needed | frozenset(wanted))
    return solve_part(part, Limits(work=1.0), 1).slots == wanted


def test_what_is_unknown_is_told() -> None:
    found = violations(build_problem(), [Placement("x", 0), Placement("m", 9), Placement("m", -1)])
    assert [violation.rule for violation in found] == [Rule.UNKNOWN_CANDIDATE, Rule.UNKNOWN_SLOT, Rule.UNKNOWN_SLOT]


def test_a_candidate_booked_twice_is_told() -> None:
    found = violations(build_problem(), [Placement("m", 0), Placement("m", 1)])
    assert [(violation.rule, dict(violation.facts)) for violation in found] == [
        (Rule.BOOKED_TWICE, {"candidate": "m", "times": 2})
    ]


def test_a_pool_may_have_another_capacity_in_each_slot() -> None:
    problem = build_problem([meeting("a", pool="interpreter")], pools=(Pool("interpreter", (0, 1, 1, 1)),))
    assert violations(problem, held(a=1)) == []
    assert [violation.rule for violation in violations(problem, held(a=0))] == [Rule.POOL_FULL]


def test_two_venues_at_once_are_impossible_whatever_the_capacity() -> None:
    problem = build_problem(APART, participants=(ines(capacity=2), hao(), hana()), travel_minutes=((0, 0), (0, 0)))
    assert [violation.rule for violation in violations(problem, held(a=0, b=0))] == [Rule.TOO_FAR]


def test_each_term_of_the_objective_is_told_and_adds_up() -> None:
    problem = build_problem(
        (*TWO, meeting("c"), meeting("d")),
        participants=(ines(compact=True, min_meetings=4), hao(), hana()),
        booked=(Booking("a", 1), Booking("b", 3), Booking("c", 2), Booking("d", 2, True)),
        penalties=Penalties(shortfall=50, drop=20, move=7, idle_slot=3, idle_period=2),
    )
    meetings = held(a=0, b=3)
    found = contributions(problem, meetings)
    assert found.weight == Term(200, 200)
    assert found.shortfall == Term(2, -100)
    assert found.drop == Term(1, -20)
    assert found.move == Term(1, -7)
    assert found.idle_slot == Term(2, -6)
    assert found.idle_period == Term(1, -2)
    assert value(problem, meetings) == found.total == 65


def test_lunch_does_not_split_an_idle_period() -> None:
    problem = build_problem(
        TWO,
        slots=build_slots(lunch_after=2),
        participants=(ines(compact=True), hao(), hana()),
        penalties=Penalties(idle_period=1),
    )
    assert contributions(problem, held(a=0, b=3)).idle_period.amount == 1
