"""The bound is never below what a feasible schedule is worth."""

import pytest

from matchmaker.scheduling.bound import flow_bound, sum_bound
from matchmaker.scheduling.check import value
from matchmaker.scheduling.greedy import greedy_by_gain
from matchmaker.scheduling.problem import Booking, Penalties
from tests.scheduling.builders import (
    best_by_trying_all,
    build_problem,
    conference,
    hana,
    hao,
    ines,
    is_tiny,
    meeting,
    random_problem,
)

MANY = 300


@pytest.mark.parametrize("first", range(0, MANY, 50))
def test_no_schedule_of_a_random_problem_is_worth_more_than_the_bound(first: int) -> None:
    for problem in filter(is_tiny, map(random_problem, range(first, first + 50))):
        best = best_by_trying_all(problem)
        assert best is None or best <= flow_bound(problem) <= sum_bound(problem), problem.name


def test_a_host_with_two_slots_gives_room_for_the_two_best() -> None:
    investors = tuple(ines(id=f"i{k}") for k in range(3))
    problem = build_problem(
        [meeting(f"m{k}", (f"i{k}", "hao"), weight=100 * k) for k in range(3)], participants=(*investors, hao(available=(0, 1)))
    )
    assert flow_bound(problem) == 300


def test_a_shortfall_that_nothing_can_mend_is_counted() -> None:
    problem = build_problem(participants=(ines(min_meetings=3), hao(), hana()), penalties=Penalties(shortfall=1000))
    assert flow_bound(problem) == 100 - 2000


def test_prices_of_drops_and_moves_are_counted() -> None:
    problem = build_problem(booked=(Booking("m", 9),), penalties=Penalties(drop=30, move=20))
    assert flow_bound(problem) == 100 - 20


def test_the_bound_of_a_conference_is_near_the_greedy_schedule() -> None:
    problem = conference()
    worth = value(problem, greedy_by_gain(problem).meetings())
    assert worth <= flow_bound(problem) <= 1.4 * worth
