"""Annealing: every answer is feasible and worth what it says, nothing fixed moves, and a seed says it all."""

from random import Random

import numpy as np
import pytest

from matchmaker.scheduling.anneal import MOST_EJECTED, MOST_STEPS_BACK, anneal, good_start, random_below, random_share
from matchmaker.scheduling.arrays import Arrays, Small, build_arrays, slots_of
from matchmaker.scheduling.board import Board, board_with, empty_board, gain, open_starts, place
from matchmaker.scheduling.check import value, violations
from matchmaker.scheduling.greedy import greedy_by_weight
from matchmaker.scheduling.problem import Booking, Participant, Penalties, Problem, Venue
from matchmaker.scheduling.search import movable
from tests.scheduling.builders import build_problem, build_slots, conference, crowd, hana, hao, ines, meeting, meetings_in
from tests.scheduling.test_board import state

MANY = 80
HOT, COLD = 30.0, 0.01  # so cold that nothing gets worse


def annealed(arrays: Arrays, board: Board, steps: int = 300, seed: int = 1, heat: float = COLD) -> tuple[Small, int]:
    """The slots after so many steps, and by how much these are better than before."""
    log, ejected = np.zeros((MOST_STEPS_BACK, 3), dtype=np.int64), np.zeros(MOST_EJECTED, dtype=np.int64)
    more = anneal(arrays, board, movable(arrays), np.array([seed | 1], dtype=np.uint64), steps, heat, log, ejected)
    return board.slot.copy(), int(more)


def _check(problem: Problem, before: Small, after: Small, more: int) -> None:
    """What comes out is feasible, and better than before by what is said."""
    there = meetings_in(problem, after)
    assert violations(problem, there) == [], problem.name
    assert value(problem, there) == value(problem, meetings_in(problem, before)) + more, problem.name


@pytest.mark.parametrize("first", range(0, MANY, 20))
def test_what_annealing_finds_is_feasible_and_worth_what_it_says(first: int) -> None:
    for problem in map(crowd, range(first, first + 20)):
        arrays = build_arrays(problem)
        board = empty_board(arrays)
        for seed, heat in enumerate((HOT, COLD, HOT, COLD)):
            before = board.slot.copy()
            after, more = annealed(arrays, board, seed=seed, heat=heat)
            _check(problem, before, after, more)
            assert more >= 0 or heat == HOT
            assert state(arrays, board) == state(arrays, board_with(arrays, board.slot))


def test_annealing_makes_a_conference_better_and_repeats_itself() -> None:
    problem = conference()
    arrays, plan = build_arrays(problem), greedy_by_weight(problem)
    answers = []
    for seed in (1, 1, 2):
        after, more = annealed(arrays, board_with(arrays, slots_of(plan)), 5000, seed)
        _check(problem, slots_of(plan), after, more)
        answers.append((after.tolist(), more))
    assert answers[0] == answers[1] != answers[2]
    assert answers[0][1] > 0


def test_what_is_fixed_never_moves() -> None:
    people = tuple(Participant(f"i{k}", "investor", (0, 1, 2, 3)) for k in range(6))
    candidates = [
        meeting("pinned", ("i0", "hao"), weight=1),
        meeting("required", ("i1", "hao"), weight=1, required=True),
        meeting("earlier", ("i2", "hao"), weight=1),
        meeting("later", ("i3", "hao"), weight=1, after=("earlier",)),
        *(meeting(f"m{k}", (f"i{k}", "hao"), weight=900) for k in range(6)),
    ]
    problem = build_problem(candidates, participants=(*people, hao()), booked=(Booking("pinned", 3, True),))
    arrays = build_arrays(problem)
    assert movable(arrays).tolist() == [4, 5, 6, 7, 8, 9]
    board = board_with(arrays, np.array([3, 0, 1, 2, -1, -1, -1, -1, -1, -1], dtype=np.int32))
    after, more = annealed(arrays, board, 2000, heat=HOT)
    assert (after.tolist(), more) == ([3, 0, 1, 2, -1, -1, -1, -1, -1, -1], 0)


@pytest.mark.parametrize(("weight", "held"), [(50, 0), (200, 1)])
def test_a_meeting_gives_way_to_one_worth_more_and_not_to_one_worth_less(weight: int, held: int) -> None:
    problem = build_problem(
        [meeting("m", slots=(0,)), meeting("n", ("ines", "hana"), weight=weight, slots=(0,))],
        participants=(ines(), hao(), hana()),
    )
    arrays = build_arrays(problem)
    after, _ = annealed(arrays, board_with(arrays, np.array([0, -1], dtype=np.int32)))
    assert np.flatnonzero(after >= 0).tolist() == [held]


@pytest.mark.parametrize(
    "changes",
    [
        {"participants": (ines(capacity=0), hao(), hana())},
        {"participants": (ines(max_meetings=0), hao(), hana())},
        {"participants": (ines(max_per_day=0), hao(), hana())},
        {"venues": (Venue("east", 0), Venue("west", 0))},
    ],
)
def test_where_there_is_no_room_at_all_nothing_is_held(changes: dict[str, object]) -> None:
    arrays = build_arrays(build_problem([meeting("m"), meeting("n", ("ines", "hana"))], **changes))
    assert annealed(arrays, empty_board(arrays))[0].tolist() == [-1, -1]


@pytest.mark.parametrize("weight", [0, -5])
def test_what_is_worth_nothing_is_not_counted_as_better(weight: int) -> None:
    arrays = build_arrays(build_problem([meeting(weight=weight)]))
    assert annealed(arrays, empty_board(arrays))[1] == 0


def test_a_single_slot_is_filled_with_the_best() -> None:
    problem = build_problem(
        [meeting("m"), meeting("n", weight=120), meeting("o", weight=110)],
        slots=build_slots(1, 1),
        participants=(ines(available=(0,)), hao(available=(0,))),
    )
    arrays = build_arrays(problem)
    assert annealed(arrays, empty_board(arrays))[0].tolist() == [-1, 0, -1]


def test_a_meeting_put_out_comes_back_where_people_were_told_then_where_nobody_waits() -> None:
    problem = build_problem(
        [meeting("m"), meeting("n", ("ines", "hana"))],
        participants=(ines(compact=True), hao(), hana()),
        penalties=Penalties(idle_slot=3, drop=9, move=9),
        booked=(Booking("m", 3),),
    )
    arrays, rng = build_arrays(problem), np.array([1], dtype=np.uint64)
    board = empty_board(arrays)
    place(arrays, board, 1, 0)
    assert good_start(arrays, board, 0, rng) == (3, 100 + 9 - 2 * 3)
    told_no_more = build_arrays(
        build_problem(problem.candidates, participants=problem.participants, penalties=Penalties(idle_slot=3))
    )
    board = board_with(told_no_more, board.slot)
    assert good_start(told_no_more, board, 0, rng) == (1, 100)
    board = board_with(told_no_more, np.array([0, -1], dtype=np.int32))
    assert good_start(told_no_more, board, 1, rng) == (1, 100)


@pytest.mark.parametrize("slot", [-3, 4, 17, 10**12])
def test_a_meeting_told_for_a_slot_that_there_is_not_can_be_held_all_the_same(slot: int) -> None:
    problem = build_problem(
        [meeting("m"), meeting("n", ("ines", "hana"))], booked=(Booking("m", slot),), penalties=Penalties(drop=9, move=4)
    )
    arrays = build_arrays(problem)
    board = empty_board(arrays)
    assert good_start(arrays, board, 0, np.array([1], dtype=np.uint64))[1] == 100 + 9 - 4
    after, more = annealed(arrays, board)
    _check(problem, np.array([-1, -1]), after, more)
    assert (after >= 0).tolist() == [True, True]


@pytest.mark.parametrize("seed", range(20))
def test_a_good_start_is_open_and_adds_what_it_says(seed: int) -> None:
    problem, rng = crowd(seed), Random(seed)
    arrays = build_arrays(problem)
    board, numbers = empty_board(arrays), np.array([seed | 1], dtype=np.uint64)
    for _ in range(30):
        c = rng.randrange(len(problem.candidates))
        if board.slot[c] >= 0:
            continue
        slot, more = good_start(arrays, board, c, numbers)
        every = [open_starts(arrays, board, c, day) for day in range(len(arrays.first))]
        assert (slot < 0) == (not any(every))
        if slot >= 0:
            assert int(every[arrays.day[slot]]) >> int(arrays.within[slot]) & 1
            assert more == gain(arrays, board, c, slot)
            place(arrays, board, c, slot)


def test_random_numbers_are_spread_evenly_and_within_their_limits() -> None:
    rng = np.array([1], dtype=np.uint64)
    drawn = [random_below(rng, 5) for _ in range(5000)]
    shares = [random_share(rng) for _ in range(5000)]
    assert set(drawn) == {0, 1, 2, 3, 4}
    assert all(900 < drawn.count(k) < 1100 for k in range(5))
    assert 0 < min(shares) < 0.01
    assert 0.99 < max(shares) <= 1
    assert 0.48 < sum(shares) / 5000 < 0.52
