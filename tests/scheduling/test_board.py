"""The board of compiled code against the checker: what is open, what it is worth, and that steps can be taken back."""

from random import Random
from typing import Any

import numpy as np
import pytest

from matchmaker.scheduling.arrays import Arrays, build_arrays, slots_of
from matchmaker.scheduling.board import Board, board_with, empty_board, gain, open_starts, place, take_out, value_on
from matchmaker.scheduling.check import value, violations
from matchmaker.scheduling.greedy import greedy_by_gain
from matchmaker.scheduling.problem import Booking, Candidate, Participant, Penalties, Pool, Problem, Venue
from matchmaker.scheduling.schedule import Placement
from tests.scheduling.builders import (
    build_problem,
    build_slots,
    conference,
    crowd,
    hana,
    hao,
    ines,
    meeting,
    meetings_in,
    short_slots,
)

MANY = 60
STEPS = 40
A_DAY = (0, 1, 2, 3)


def openings(arrays: Arrays, board: Board, c: int) -> set[int]:
    """The first slots that the board has open, over all days."""
    found = set()
    for day, first in enumerate(arrays.first):
        mask = int(open_starts(arrays, board, c, day))
        found |= {int(first) + k for k in range(64) if mask >> k & 1}
    return found


def allowed(problem: Problem, slots: Any, c: int) -> set[int]:
    """The first slots that the checker has nothing against."""
    there, name = meetings_in(problem, slots), problem.candidates[c].id
    return {s for s in range(len(problem.slots)) if violations(problem, [*there, Placement(name, s)]) == []}


def state(arrays: Arrays, board: Board) -> list[Any]:
    """Everything that a board knows; what stands in a list behind its count means nothing, nor does the order."""
    held = (board.meets, board.today), (board.at_venue, board.venue_load), (board.in_pool, board.pool_load)
    lists = [
        [
            sorted(row[:count].tolist())
            for rows, counts in zip(lists, counted, strict=True)
            for row, count in zip(rows, counts, strict=True)
        ]
        for lists, counted in held
    ]
    rest = board._replace(meets=board.slot, at_venue=board.slot, in_pool=board.slot)
    return [*lists, *(part.tolist() for part in rest)]


# Rule by rule: Ines meets Hao ("m") at the east venue in the slot given; where may the other meeting ("n") be?

RULES: dict[str, tuple[dict[str, Any], Candidate, int, set[int]]] = {
    "nothing in common": (
        {"participants": (ines(), hao(), hana(), ines(id="iris"))},
        meeting("n", ("iris", "hana"), "west"),
        0,
        {0, 1, 2, 3},
    ),
    "a party is in one meeting at once": ({}, meeting("n", ("ines", "hana")), 1, {0, 2, 3}),
    "a party with room for two": (
        {"participants": (ines(capacity=2), hao(), hana()), "venues": (Venue("east"), Venue("west"))},
        meeting("n", ("ines", "hana")),
        1,
        {0, 1, 2, 3},
    ),
    "nobody with room for nothing": ({"participants": (ines(), hao(), hana(capacity=0))}, meeting("n", ("hana",)), 1, set()),
    "a party is away": ({"participants": (ines(), hao(), hana(available=(1, 3)))}, meeting("n", ("hana",), "west"), 0, {1, 3}),
    "a slot is not allowed": ({}, meeting("n", ("hana",), "west", slots=(2, 3)), 0, {2, 3}),
    "tables": ({}, meeting("n", ("hana",)), 2, {0, 1, 3}),
    "two tables": ({"venues": (Venue("east", 2), Venue("west", 1))}, meeting("n", ("hana",)), 2, {0, 1, 2, 3}),
    "no table": ({"venues": (Venue("east", 2), Venue("west", 0))}, meeting("n", ("hana",), "west"), 2, set()),
    "a pool": ({}, meeting("n", ("hana",), "west", pool="interpreter"), 3, {0, 1, 2}),
    "a pool with room for two": (
        {"pools": (Pool("interpreter", 2),)},
        meeting("n", ("hana",), "west", pool="interpreter"),
        3,
        {0, 1, 2, 3},
    ),
    "a pool slot by slot": (
        {"pools": (Pool("interpreter", (2, 0, 1, 1)),)},
        meeting("n", ("hana",), "west", pool="interpreter"),
        3,
        {0, 2},
    ),
    "the way east to west": ({"travel_minutes": ((0, 45), (30, 0))}, meeting("n", ("ines", "hana"), "west"), 0, {3}),
    "the way west to east": ({"travel_minutes": ((0, 45), (30, 0))}, meeting("n", ("ines", "hana"), "west"), 3, {0, 1}),
    "the way over lunch": ({"slots": build_slots(1, 4, 2)}, meeting("n", ("ines", "hana"), "west"), 1, {2, 3}),
    "no way at all": ({"travel_minutes": ((0, 0), (0, 0))}, meeting("n", ("ines", "hana"), "west"), 1, {0, 2, 3}),
    "two at once but not at two places": (
        {"participants": (ines(capacity=2), hao(), hana()), "travel_minutes": ((0, 0), (0, 0))},
        meeting("n", ("ines", "hana"), "west"),
        1,
        {0, 2, 3},
    ),
    "the way to the next day": ({"slots": build_slots(2, 2)}, meeting("n", ("ines", "hana"), "west"), 1, {2, 3}),
    "a long meeting": ({}, meeting("n", ("ines", "hana"), length=2), 2, {0}),
    "a long meeting on the way": (
        {"travel_minutes": ((0, 30), (30, 0))},
        meeting("n", ("ines", "hana"), "west", length=2),
        3,
        {0},
    ),
    "a long meeting over lunch": ({"slots": build_slots(1, 4, 2)}, meeting("n", ("hana",), "west", length=2), 0, {0, 2}),
    "most meetings": ({"participants": (ines(max_meetings=1), hao(), hana())}, meeting("n", ("ines", "hana")), 0, set()),
    "one more meeting": ({"participants": (ines(max_meetings=2), hao(), hana())}, meeting("n", ("ines", "hana")), 0, {1, 2, 3}),
    "most on a day": (
        {"slots": build_slots(2, 2), "participants": (ines(max_per_day=1), hao(), hana())},
        meeting("n", ("ines", "hana")),
        0,
        {2, 3},
    ),
    "one more on a day": (
        {"slots": build_slots(2, 2), "participants": (ines(max_per_day=2), hao(), hana())},
        meeting("n", ("ines", "hana")),
        0,
        {1, 2, 3},
    ),
    "three who meet": (
        {"participants": (ines(), hao(), hana(), ines(id="iris", available=(1, 2, 3)))},
        meeting("n", ("ines", "hana", "iris")),
        1,
        {2, 3},
    ),
}


@pytest.mark.parametrize("name", RULES)
def test_a_slot_is_open_where_the_rule_allows_it_and_closed_where_not(name: str) -> None:
    changes, other, slot, expected = RULES[name]
    problem = build_problem([meeting("m", pool="interpreter"), other], **changes)
    arrays = build_arrays(problem)
    board = empty_board(arrays)
    place(arrays, board, 0, slot)
    assert openings(arrays, board, 1) == expected == allowed(problem, board.slot, 1)
    take_out(arrays, board, 0)
    assert openings(arrays, board, 1) == allowed(problem, board.slot, 1) >= expected


def test_a_pinned_meeting_has_no_other_slot_than_its_own() -> None:
    arrays = build_arrays(build_problem([meeting("m"), meeting("n", ("hana",), "west")], booked=(Booking("m", 2, True),)))
    board = empty_board(arrays)
    assert (openings(arrays, board, 0), openings(arrays, board, 1)) == ({2}, {0, 1, 2, 3})


# Term by term: what "m" gains in each slot while "n" is held in slot 1.

TERMS: dict[str, tuple[dict[str, Any], Penalties, list[int]]] = {
    "weight": ({}, Penalties(), [100, 100, 100]),
    "shortfall": ({"participants": (ines(min_meetings=2), hao(min_meetings=1), hana())}, Penalties(shortfall=7), [114, 114, 114]),
    "no shortfall left": ({"participants": (ines(min_meetings=1), hao(), hana())}, Penalties(shortfall=7), [100, 100, 100]),
    "drop and move": ({"booked": (Booking("m", 2),)}, Penalties(drop=9, move=4), [105, 109, 105]),
    "a slot that there is not": ({"booked": (Booking("m", 17),)}, Penalties(drop=9, move=4), [105, 105, 105]),
    "idle slots": ({"participants": (ines(compact=True), hao(), hana())}, Penalties(idle_slot=3), [100, 100, 97]),
    "idle periods": ({"participants": (ines(compact=True), hao(), hana())}, Penalties(idle_period=5), [100, 100, 95]),
    "both": ({"participants": (ines(compact=True), hao(), hana())}, Penalties(idle_slot=3, idle_period=5), [100, 100, 92]),
    "nobody minds": ({}, Penalties(idle_slot=3, idle_period=5), [100, 100, 100]),
}


@pytest.mark.parametrize("name", TERMS)
def test_a_placement_gains_what_the_objective_says(name: str) -> None:
    changes, prices, expected = TERMS[name]
    problem = build_problem([meeting("m"), meeting("n", ("ines", "hana"))], penalties=prices, **changes)
    arrays = build_arrays(problem)
    board = empty_board(arrays)
    place(arrays, board, 1, 1)
    before = value(problem, meetings_in(problem, board.slot))
    after = [value(problem, [Placement("n", 1), Placement("m", s)]) for s in (0, 2, 3)]
    assert [int(gain(arrays, board, 0, s)) for s in (0, 2, 3)] == expected == [worth - before for worth in after]


def test_filling_a_gap_gains_the_idle_time_that_it_ends() -> None:
    problem = build_problem(
        [meeting("m"), meeting("n", ("ines", "hana")), meeting("o")],
        participants=(ines(compact=True), hao(), hana()),
        penalties=Penalties(idle_slot=3, idle_period=5),
    )
    arrays = build_arrays(problem)
    board = board_with(arrays, np.array([0, 3, -1], dtype=np.int32))
    assert [int(gain(arrays, board, 2, s)) for s in (1, 2)] == [103, 103]
    place(arrays, board, 2, 1)
    assert int(value_on(arrays, board)) == 300 - 3 - 5


# Everything at once.


@pytest.mark.parametrize("first", range(0, MANY, 10))
def test_on_random_walks_the_board_knows_what_the_checker_knows(first: int) -> None:
    for problem in map(crowd, range(first, first + 10)):
        _walk(problem, Random(problem.name))


def _walk(problem: Problem, rng: Random) -> None:
    arrays = build_arrays(problem)
    board = empty_board(arrays)
    for _ in range(STEPS):
        c = rng.randrange(len(problem.candidates))
        if board.slot[c] >= 0:
            take_out(arrays, board, c)
            continue
        there = meetings_in(problem, board.slot)
        before, found = value(problem, there), openings(arrays, board, c)
        assert found == allowed(problem, board.slot, c), problem.name
        assert int(value_on(arrays, board)) - problem.price_of_dropping_all == before, problem.name
        for slot in found:
            after = value(problem, [*there, Placement(problem.candidates[c].id, slot)])
            assert int(gain(arrays, board, c, slot)) == after - before, (problem.name, slot)
        if found:
            place(arrays, board, c, rng.choice(sorted(found)))


@pytest.mark.parametrize("seed", range(MANY))
def test_taking_back_steps_leaves_the_board_as_it_was(seed: int) -> None:
    problem, rng = crowd(seed), Random(seed)
    arrays = build_arrays(problem)
    board, states = empty_board(arrays), []
    steps: list[tuple[int, int]] = []
    for _ in range(STEPS):
        c = rng.randrange(len(problem.candidates))
        found = sorted(openings(arrays, board, c)) if board.slot[c] < 0 else []
        if not found and board.slot[c] < 0:
            continue
        states.append(state(arrays, board))
        if found:
            place(arrays, board, c, rng.choice(found))
            steps.append((c, -1))
        else:
            steps.append((c, int(take_out(arrays, board, c))))
    while steps:
        c, old = steps.pop()
        if old < 0:
            take_out(arrays, board, c)
        else:
            place(arrays, board, c, old)
        assert state(arrays, board) == states.pop()


def test_a_board_made_at_once_is_that_made_step_by_step() -> None:
    problem = conference()
    arrays, plan = build_arrays(problem), greedy_by_gain(problem)
    board = empty_board(arrays)
    for c, slot in plan.slot_of.items():
        place(arrays, board, c, slot)
    assert state(arrays, board) == state(arrays, board_with(arrays, slots_of(plan)))
    assert int(value_on(arrays, board)) == plan.value()


def test_a_day_may_have_as_many_slots_as_a_mask_has_room_for() -> None:
    every = tuple(range(62))
    problem = build_problem(
        [meeting("m"), meeting("n", length=3)],
        slots=short_slots(62),
        participants=(Participant("ines", "investor", every, compact=True), Participant("hao", "host", every)),
        penalties=Penalties(idle_slot=1),
    )
    arrays = build_arrays(problem)
    board = empty_board(arrays)
    place(arrays, board, 0, 61)
    assert openings(arrays, board, 1) == set(range(59)) == allowed(problem, board.slot, 1)
    assert int(gain(arrays, board, 1, 0)) == 100 - 58
