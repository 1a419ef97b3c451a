"""The search in parts: parts never overlap, what they find fits together, and a seed says it all."""

from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.random import default_rng

from matchmaker.scheduling import search
from matchmaker.scheduling.arrays import Small, build_arrays, slots_of
from matchmaker.scheduling.check import value, violations
from matchmaker.scheduling.deadline import Deadline
from matchmaker.scheduling.effort import Effort
from matchmaker.scheduling.greedy import greedy_by_weight
from matchmaker.scheduling.market import Pricing
from matchmaker.scheduling.problem import Booking, Participant, Penalties, Problem
from matchmaker.scheduling.search import Part, Search, deal_out, movable, parts_of, search_part, whole
from tests.scheduling.builders import (
    build_problem,
    build_slots,
    conference,
    crowd,
    hao,
    ines,
    investors_of,
    meeting,
    meetings_in,
    short_slots,
)

MANY = 40
WORK = 0.05


def searched(
    problem: Problem, slots: Small | None = None, *, work: float = WORK, executor: Executor | None = None, **changes: Any
) -> Search:
    """A search that is over: from no meeting at all, or from these."""
    arrays = build_arrays(problem)
    start = np.full(len(problem.candidates), -1, dtype=np.int32) if slots is None else slots
    pricing = Pricing(arrays, investors_of(problem), -problem.price_of_dropping_all, executor, exact=True)
    usual: dict[str, Any] = {"pricing": pricing, "least_weight": float("-inf"), "seed": 1}
    found = Search(arrays, start, **usual | changes, deadline=Deadline(work=work), executor=executor)
    found.run()
    return found


def _check(problem: Problem, found: Search) -> int:
    """The best is feasible, worth what it is said to be, and not above the bound; tells its value."""
    meetings = meetings_in(problem, found.best)
    worth = value(problem, meetings)
    assert violations(problem, meetings) == [], problem.name
    assert worth == found.value - problem.price_of_dropping_all, problem.name
    assert found.bound is not None
    assert worth <= found.bound, problem.name
    return worth


@pytest.mark.parametrize("first", range(0, MANY, 10))
def test_what_a_search_finds_is_feasible_worth_what_it_says_and_below_the_bound(first: int) -> None:
    for problem in map(crowd, range(first, first + 10)):
        assert _check(problem, searched(problem)) >= value(problem, [])


@pytest.mark.parametrize("hot", [1000.0, 0.1])
def test_a_part_is_never_worse_than_its_start_and_worth_what_it_says(hot: float) -> None:
    problem = conference()
    arrays, start = build_arrays(problem), slots_of(greedy_by_weight(problem))
    found = search_part(Part(*whole(arrays, start), hot, hot, 1, Effort(steps=50_000)))
    assert found.steps == 50_000
    assert violations(problem, meetings_in(problem, found.slots)) == []
    assert violations(problem, meetings_in(problem, found.best)) == []
    assert found.value == value(problem, meetings_in(problem, found.best)) >= value(problem, meetings_in(problem, start))


def test_a_part_without_movable_candidates_or_without_effort_is_left_as_it_is() -> None:
    arrays, start = build_arrays(conference()), slots_of(greedy_by_weight(conference()))
    for free, steps in ((movable(arrays)[:0], 1000), (movable(arrays), 0)):
        found = search_part(Part(arrays, start, free, 1.0, 1.0, 1, Effort(steps=steps)))
        assert (found.slots.tolist(), found.best.tolist(), found.steps) == (start.tolist(), start.tolist(), 0)


# Parts.


@pytest.fixture
def _in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "CANDIDATES_PER_PART", 4)


def with_limits(problem: Problem) -> Problem:
    """The same conference, with few meetings for everybody in all, and some minima."""
    people = tuple(replace(each, max_meetings=3 + k % 3, min_meetings=k % 4) for k, each in enumerate(problem.participants))
    return replace(problem, participants=people)


@pytest.mark.parametrize("parts", [2, 3])
@pytest.mark.parametrize("seed", range(5))
def test_parts_share_out_days_candidates_and_limits_and_never_overlap(seed: int, parts: int) -> None:
    problem = with_limits(conference(seed=seed))
    arrays, start = build_arrays(problem), slots_of(greedy_by_weight(problem))
    dealt = list(deal_out(arrays, start, default_rng(seed), parts))
    assert len(dealt) == parts
    days = [{int(d) for d in np.flatnonzero(arrays_of.starts.any(axis=0))} for arrays_of, _, _ in dealt]
    assert sorted(day for each in days for day in each) == [0, 1, 2]
    free = [c for _, _, each in dealt for c in each.tolist()]
    assert len(free) == len(set(free)) <= len(movable(arrays))
    assert np.maximum.reduce([slots for _, slots, _ in dealt]).tolist() == start.tolist()
    for arrays_of, slots, mine in dealt:
        held = np.flatnonzero(slots >= 0)
        assert set(held.tolist()) <= set(mine.tolist())
        assert {int(arrays.day[s]) for s in slots[held]} <= {int(d) for d in np.flatnonzero(arrays_of.starts.any(axis=0))}
    assert (sum(arrays_of.most.astype(int) for arrays_of, _, _ in dealt) <= arrays.most).all()


@pytest.mark.parametrize("seed", range(5))
def test_what_parts_find_fits_together(seed: int) -> None:
    problem = with_limits(conference(seed=seed))
    arrays, start = build_arrays(problem), slots_of(greedy_by_weight(problem))
    rng = default_rng(seed)
    for _ in range(6):
        dealt = deal_out(arrays, start, rng, 3)
        found = [search_part(Part(each, slots, free, 200.0, 50.0, 7, Effort(steps=3000))) for each, slots, free in dealt]
        start = np.maximum.reduce([each.slots for each in found])
        assert sum(int((each.slots >= 0).sum()) for each in found) == int((start >= 0).sum())
        assert violations(problem, meetings_in(problem, start)) == []


def test_what_is_fixed_stays_in_parts() -> None:
    problem = conference()
    some = greedy_by_weight(problem).meetings()[::3]
    pinned = replace(problem, booked=tuple(Booking(each.candidate, each.slot, True) for each in some))
    arrays, start = build_arrays(pinned), slots_of(greedy_by_weight(pinned))
    fixed = {problem.candidate_index[each.candidate] for each in some}
    for _, _, free in deal_out(arrays, start, default_rng(1), 3):
        assert not fixed & set(free.tolist())


@pytest.mark.usefixtures("_in_parts")
@pytest.mark.parametrize("first", range(0, MANY, 10))
def test_a_search_in_parts_finds_what_is_feasible_and_worth_what_it_says(first: int) -> None:
    for problem in map(crowd, range(first, first + 10)):
        assert _check(problem, searched(problem, work=0.02)) >= value(problem, [])


@pytest.mark.usefixtures("_in_parts")
def test_a_search_in_parts_repeats_itself_with_and_without_workers() -> None:
    problem = with_limits(conference())
    start = slots_of(greedy_by_weight(problem))
    assert parts_of(build_arrays(problem)) == 3
    alone, again, other = (searched(problem, start, work=0.5, seed=seed) for seed in (1, 1, 2))
    with ThreadPoolExecutor(2) as executor:
        together = searched(problem, start, work=0.5, executor=executor)
    answers = [(each.best.tolist(), each.value, each.bound, each.steps) for each in (alone, again, together, other)]
    assert answers[0] == answers[1] == answers[2] != answers[3]
    assert _check(problem, alone) >= value(problem, meetings_in(problem, start))


def test_how_many_parts_there_are_hangs_on_the_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    arrays = build_arrays(conference())
    count = len(arrays.venue)
    found = []
    for size in (count + 1, count, count // 2, 1):
        monkeypatch.setattr(search, "CANDIDATES_PER_PART", size)
        found.append(parts_of(arrays))
    assert found == [1, 2, 3, 3]


# Small and odd problems.


def nothing_movable() -> Problem:
    return build_problem([meeting("m")], booked=(Booking("m", 1, True),))


def long_day(slots: int) -> Problem:
    """Five-minute slots on one day."""
    every = tuple(range(slots))
    people = (Participant("ines", "investor", every, compact=True), Participant("hao", "host", every))
    return build_problem(
        [meeting(f"m{k}") for k in range(slots)],
        slots=short_slots(slots),
        participants=people,
        penalties=Penalties(idle_slot=1, idle_period=1),
    )


def one_slot() -> Problem:
    return build_problem(
        [meeting("m"), meeting("n")], slots=build_slots(1, 1), participants=(ines(available=(0,)), hao(available=(0,)))
    )


ODD = {
    "one day": (lambda: replace(conference(), slots=build_slots(1, 18)), None),
    "nothing movable": (nothing_movable, 100),
    "nothing worth anything": (lambda: build_problem([meeting("m", weight=0), meeting("n", weight=0)]), 0),
    "nothing worth holding": (lambda: build_problem([meeting("m", weight=-5)]), 0),
    "worth holding for the shortfall": (
        lambda: build_problem(
            [meeting("m", weight=-5)], participants=(ines(min_meetings=1), hao()), penalties=Penalties(shortfall=8)
        ),
        -5,
    ),
    "one slot": (one_slot, 100),
    "62 slots a day": (lambda: long_day(62), 6200),
}


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("per_part", [1, 60_000])
def test_odd_problems_are_searched_as_well(name: str, per_part: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "CANDIDATES_PER_PART", per_part)
    build, expected = ODD[name]
    problem = build()
    worth = _check(problem, searched(problem, slots_of(greedy_by_weight(problem)), work=0.3))
    assert expected in (None, worth)


@pytest.mark.parametrize(("least", "held"), [(float("-inf"), [0, 2]), (155.0, [0, 1])])
def test_nothing_is_kept_that_weighs_less_than_has_to_be(least: float, held: list[int]) -> None:
    """Ines would rather have the lighter second meeting, right after the first, than wait for the other."""
    problem = build_problem(
        [meeting("m", slots=(0,)), meeting("n", weight=60, slots=(3,)), meeting("o", weight=50, slots=(1,))],
        participants=(ines(compact=True, max_meetings=2), hao()),
        penalties=Penalties(idle_slot=50),
    )
    found = searched(problem, np.array([0, 3, -1], dtype=np.int32), least_weight=least)
    assert np.flatnonzero(found.best >= 0).tolist() == held


def test_a_search_ends_at_once_where_nothing_is_left_to_gain() -> None:
    found = searched(build_problem(), np.array([0], dtype=np.int32), work=1000.0)
    assert (found.is_proven, found.bound, found.value) == (True, 100, 100)
    assert found.steps < 1000 * search.STEPS_PER_WORK / 10


def test_every_round_is_told_and_only_gets_better() -> None:
    told: list[tuple[int, int | None]] = []
    searched(conference(), work=1.0, on_round=lambda each: told.append((each.value, each.bound)))
    values, bounds = [worth for worth, _ in told], [bound for _, bound in told if bound is not None]
    assert len(told) >= search.ROUNDS
    assert values == sorted(values)
    assert bounds == sorted(bounds, reverse=True)
    assert len(bounds) == len(told)


def test_a_flow_that_comes_later_than_anybody_waits_is_used_when_it_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = conference()
    monkeypatch.setattr(Pricing, "first", lambda self, seconds: None)
    monkeypatch.setattr(search, "search_part", lambda part: search.Found(part.slots, part.slots, 0, 1))  # finds nothing itself
    start = slots_of(greedy_by_weight(problem))

    found = searched(problem, start, work=1.0)

    assert _check(problem, found) > value(problem, meetings_in(problem, start))


def test_a_flow_that_is_no_better_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = build_problem()
    monkeypatch.setattr(search, "search_part", lambda part: search.Found(part.slots, part.slots, 0, 1))
    start = np.array([1], dtype=np.int32)
    assert searched(problem, start).best.tolist() == [1]
