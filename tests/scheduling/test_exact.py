"""The forms that prove: what each constraint that the rules only imply allows, and what it forbids."""

from dataclasses import replace

import pytest
from ortools.sat.python import cp_model

from matchmaker.scheduling import rules
from matchmaker.scheduling.diaries import an_even_number_of_people_in_every_slot, has_whole_diary, periods_in_whole_diary
from matchmaker.scheduling.exact import HARD, SOFT, Limits, Mode, solve_part
from matchmaker.scheduling.part import Part, build_part
from matchmaker.scheduling.periods import Outline, can_be_outlined, solve_outline
from matchmaker.scheduling.plan import Plan
from matchmaker.scheduling.problem import Penalties, Problem, Venue
from tests.scheduling.builders import build_problem, build_slots, hana, hao, ines, meeting


def part_of(problem: Problem) -> Part:
    return build_part(Plan(problem), range(len(problem.candidates)))


def ines_meets_twice(**changes: object) -> Problem:
    """Ines is to meet Hao and Hana at one venue; her idle periods cost one each."""
    both = [meeting("m", required=True), meeting("n", ("ines", "hana"), required=True)]
    return build_problem(
        both, **{"participants": (ines(compact=True), hao(), hana())} | changes, penalties=Penalties(idle_period=1)
    )


def is_possible(model: rules.Model, **fixed: dict[int, bool]) -> bool:
    """Whether the model has a solution in which participants are busy, or not, in the slots given."""
    for name, slots in fixed.items():
        who = {"ines": 0, "hao": 1, "hana": 2}[name]
        for slot, busy in slots.items():
            model.cp.add(model.busy(who)[slot] == busy)
    return cp_model.CpSolver().solve(model.cp) == cp_model.OPTIMAL


@pytest.mark.parametrize(("busy", "possible"), [({0: True, 1: True}, True), ({0: True, 1: True, 2: True}, False)])
def test_as_many_slots_are_used_as_there_are_meetings(busy: dict[int, bool], possible: bool) -> None:
    model = Outline(part_of(ines_meets_twice()), proving=True)
    periods_in_whole_diary(model, 0)
    assert is_possible(model, ines=busy) is possible


@pytest.mark.parametrize(("busy", "periods"), [((0, 1), 0), ((1, 2), 0), ((0, 2), 1), ((0, 3), 1)])
@pytest.mark.parametrize("days", [1, 2])
def test_the_idle_periods_of_a_whole_diary_are_those_between_its_meetings(busy: tuple[int, int], periods: int, days: int) -> None:
    """On one day of four slots; or, on two days of two, those of the day in which both meetings are."""
    problem = ines_meets_twice(slots=build_slots(days, 4 // days))
    expected = periods if days == 1 else 0
    for claimed in (0, 1):
        model = Outline(part_of(problem), proving=True)
        model.cp.add(periods_in_whole_diary(model, 0) == claimed)
        assert is_possible(model, ines=dict.fromkeys(busy, True)) is (claimed == expected)


@pytest.mark.parametrize(("hao_is_there", "possible"), [(True, True), (False, False)])
def test_an_even_number_of_people_meets_in_every_slot(hao_is_there: bool, possible: bool) -> None:
    model = Outline(part_of(ines_meets_twice()), proving=True)
    an_even_number_of_people_in_every_slot(model)
    assert is_possible(model, ines={1: True}, hao={1: hao_is_there}, hana={1: False}) is possible


@pytest.mark.parametrize(("tables", "possible"), [(2, True), (1, False)])
def test_twice_the_tables_is_the_most_who_meet_in_a_slot(tables: int, possible: bool) -> None:
    people = (ines(), hao(), hana(), ines(id="iris"))
    both = [meeting("m", required=True), meeting("n", ("iris", "hana"), required=True)]
    problem = build_problem(both, participants=people, venues=(Venue("east", tables), Venue("west", 1)))
    model = Outline(part_of(problem), proving=True)
    an_even_number_of_people_in_every_slot(model)
    assert is_possible(model, ines={1: True}, hao={1: True}, hana={1: True}) is possible


@pytest.mark.parametrize(("first_two", "possible"), [(True, True), (False, False)])
def test_slots_that_some_meetings_cannot_leave_are_used_by_them(first_two: bool, possible: bool) -> None:
    """Ines has two meetings that have to be in the first two slots, so she is busy in both."""
    both = [meeting("m", required=True, slots=(0, 1)), meeting("n", ("ines", "hana"), required=True, slots=(0, 1))]
    more = meeting("o", required=True)
    model = Outline(part_of(build_problem([*both, more])), proving=True)
    assert is_possible(model, ines={0: True, 1: first_two, 3: True}) is possible


def test_a_diary_is_whole_only_where_all_its_meetings_are_held() -> None:
    whole = part_of(ines_meets_twice())
    assert has_whole_diary(whole, 0)
    assert not has_whole_diary(replace(whole, needed=frozenset({0})), 0)
    assert not has_whole_diary(part_of(ines_meets_twice(participants=(ines(capacity=2), hao(), hana()))), 0)


def test_idle_slots_that_cost_are_not_outlined() -> None:
    problem = ines_meets_twice()
    assert can_be_outlined(part_of(problem))
    assert not can_be_outlined(part_of(replace(problem, penalties=Penalties(idle_slot=1))))


def test_the_outline_sees_an_idle_period_that_nobody_can_avoid_and_where_there_is_no_outline() -> None:
    apart = ines_meets_twice(participants=(ines(compact=True, available=(0, 2)), hao(), hana()))
    never = ines_meets_twice(participants=(ines(compact=True, available=(0,)), hao(), hana()))
    assert solve_outline(part_of(apart), Limits(), 1).bound == 100 + 100 - 1
    assert solve_outline(part_of(never), Limits(), 1).impossible


@pytest.mark.parametrize(("at_least", "possible"), [(100, True), (101, False)])
def test_a_probe_finds_meetings_worth_so_much_or_says_there_are_none(at_least: int, possible: bool) -> None:
    answer = solve_part(part_of(build_problem()), Limits(), 1, mode=Mode.PROBE, at_least=at_least)
    assert (answer.slots is not None, answer.impossible) == (possible, not possible)


def test_every_rule_and_term_is_named_once() -> None:
    assert len({*HARD, *SOFT}) == len(HARD) + len(SOFT)
