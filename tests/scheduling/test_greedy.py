"""The greedy starts: compiled code places what plain Python places."""

from collections.abc import Callable

import pytest

from matchmaker.scheduling.arrays import build_arrays, fits_arrays
from matchmaker.scheduling.check import violations
from matchmaker.scheduling.greedy import greedy_by_gain, greedy_by_weight
from matchmaker.scheduling.plan import Plan
from matchmaker.scheduling.problem import Booking, Problem
from tests.scheduling.builders import build_problem, conference, crowd, fitting, meeting

RANDOM = 200


def problems() -> list[Problem]:
    found = [fitting(seed) for seed in range(RANDOM)] + [crowd(seed) for seed in range(20)] + [conference(seed=2)]
    return [problem for problem in found if fits_arrays(problem)]


@pytest.mark.parametrize("greedy", [greedy_by_weight, greedy_by_gain])
def test_compiled_greedy_places_what_plain_greedy_places(greedy: Callable[..., Plan]) -> None:
    for problem in problems():
        assert greedy(problem, build_arrays(problem)).slot_of == greedy(problem).slot_of, problem.name


def test_a_pinned_meeting_stands_before_the_rest_is_filled_in() -> None:
    candidates = [meeting("heavy", weight=900), meeting("pinned", weight=1)]
    problem = build_problem(candidates, booked=[Booking("pinned", 0, pinned=True)])
    plan = greedy_by_weight(problem, build_arrays(problem))
    assert plan.slot_of == {1: 0, 0: 1}
    assert violations(problem, plan.meetings()) == []


def test_a_meeting_that_waits_for_another_is_left_to_plain_greedy() -> None:
    candidates = [meeting("late", weight=900, after=("early",)), meeting("early", weight=1)]
    problem = build_problem(candidates)
    assert greedy_by_weight(problem, build_arrays(problem)).slot_of == {1: 0, 0: 1}


def test_what_gains_nothing_is_left_out() -> None:
    problem = build_problem([meeting("worthless", weight=0)])
    assert greedy_by_gain(problem, build_arrays(problem)).slot_of == greedy_by_gain(problem).slot_of
