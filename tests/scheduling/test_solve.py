"""The scheduler as a whole: its answers against the checker and against trying everything."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matchmaker.scheduling import solve as solving
from matchmaker.scheduling.arrays import fits_arrays
from matchmaker.scheduling.check import contributions, value, violations
from matchmaker.scheduling.exact import PartAnswer
from matchmaker.scheduling.greedy import bookings_as_they_were, fill, greedy_by_gain, greedy_by_weight, greedy_from_bookings
from matchmaker.scheduling.part import build_part
from matchmaker.scheduling.plan import Plan, plan_of
from matchmaker.scheduling.polish import tighten
from matchmaker.scheduling.problem import Booking, Candidate, Participant, Penalties, Problem, Venue
from matchmaker.scheduling.schedule import Placement, Status
from matchmaker.scheduling.solve import Progress, solve
from tests.scheduling.builders import (
    best_by_trying_all,
    build_problem,
    conference,
    fitting,
    hao,
    held,
    ines,
    is_tiny,
    meeting,
    random_problem,
    short_slots,
)

WORK = 2.0
LITTLE_WORK = 0.5
HARDLY_ANY_WORK = 0.01
RANDOMLY = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


@RANDOMLY
@given(st.integers(0, 10**6))
def test_a_tiny_problem_is_solved_as_well_as_by_trying_everything(seed: int) -> None:
    problem = random_problem(seed)
    if not is_tiny(problem):
        return
    best, result = best_by_trying_all(problem), solve(problem, deterministic_limit=WORK)
    if best is None:
        assert (result.status, result.schedule.meetings) == (Status.INFEASIBLE, ())
        assert result.causes
    else:
        assert (result.status, result.value, result.bound) == (Status.OPTIMAL, best, best)
        assert violations(problem, result.schedule.meetings) == []


@RANDOMLY
@given(st.integers(0, 10**6))
def test_a_plan_knows_what_the_checker_knows(seed: int) -> None:
    problem = random_problem(seed)
    for plan in (greedy_by_weight(problem), greedy_by_gain(problem), greedy_from_bookings(problem)):
        if plan.holds_all_it_must() and plan.keeps_idle_even():
            assert violations(problem, plan.meetings()) == []
        assert plan.value() == value(problem, plan.meetings())


@RANDOMLY
@given(st.integers(0, 10**6))
def test_an_open_slot_is_one_where_the_meeting_breaks_no_rule(seed: int) -> None:
    problem = replace(random_problem(seed), idle_spread=None, booked=())
    problem = replace(problem, candidates=tuple(replace(each, required=False) for each in problem.candidates))
    plan = greedy_by_weight(problem)
    for c, candidate in enumerate(problem.candidates):
        if c not in plan.slot_of:
            for slot in range(len(problem.slots)):
                more = [*plan.meetings(), Placement(candidate.id, slot)]
                assert bool(plan.open_starts(c) >> slot & 1) == (violations(problem, more) == [])


def test_the_gain_of_a_step_is_what_it_adds_to_the_objective() -> None:
    problem = conference()
    plan = Plan(problem)
    for c in range(0, len(problem.candidates), 7):
        for slot in (3, 8):
            if plan.open_starts(c) >> slot & 1 and c not in plan.slot_of:
                before, gain = plan.value(), plan.gain(c, slot)
                plan.place(c, slot)
                assert plan.value() == before + gain


def test_taking_meetings_out_leaves_the_plan_as_if_they_had_never_been() -> None:
    problem = conference()
    plan = greedy_by_gain(problem)
    for c in list(plan.slot_of)[::2]:
        plan.take_out(c)
    twin = plan_of(problem, plan.meetings())
    assert [plan.open_starts(c) for c in range(40)] == [twin.open_starts(c) for c in range(40)]
    assert plan.value() == twin.value()


def test_building_a_part_leaves_the_plan_as_it_was() -> None:
    plan = greedy_by_gain(conference())
    before = plan.meetings()
    build_part(plan, range(50))
    assert plan.meetings() == before


def test_tightening_and_filling_never_lose() -> None:
    plan = greedy_by_weight(conference())
    first = plan.value()
    tighten(plan, list(plan.slot_of))
    second = plan.value()
    fill(plan, range(len(plan.problem.candidates)))
    assert first <= second <= plan.value()
    assert violations(plan.problem, plan.meetings()) == []


def test_the_answer_is_never_worse_than_greedy_by_weight() -> None:
    problem = conference()
    greedy, result = greedy_by_weight(problem), solve(problem, deterministic_limit=LITTLE_WORK)
    assert result.value is not None
    assert result.contributions is not None
    assert result.bound is not None
    assert greedy.value() <= result.value <= result.bound
    assert greedy.weight() <= result.contributions.weight.amount
    assert violations(problem, result.schedule.meetings) == []


def test_the_answer_is_never_worse_than_what_people_were_told() -> None:
    problem = conference()
    told = solve(problem, deterministic_limit=LITTLE_WORK).schedule.meetings
    again = replace(problem, booked=tuple(Booking(each.candidate, each.slot) for each in told))
    result = solve(again, deterministic_limit=0.001)
    assert result.value is not None
    assert result.value >= value(again, told)


def test_bookings_that_became_impossible_are_taken_out_and_the_rest_stays() -> None:
    problem = build_problem(
        (meeting("a"), meeting("b", ("ines", "hana")), meeting("c", ("hao",))),
        booked=(Booking("a", 0), Booking("b", 0), Booking("c", 3)),
    )
    assert bookings_as_they_were(problem).slot_of == {0: 0, 1: 0, 2: 3}
    assert greedy_from_bookings(problem).slot_of == {0: 0, 1: 1, 2: 3}


def test_the_same_seed_and_work_give_the_same_schedule_with_any_workers() -> None:
    problem = conference(90, 16)
    alone = solve(problem, deterministic_limit=LITTLE_WORK, seed=5)
    with ThreadPoolExecutor(3) as executor:
        together = solve(problem, deterministic_limit=LITTLE_WORK, seed=5, executor=executor)
    assert alone.steps > 0
    assert alone.schedule.meetings == together.schedule.meetings
    assert (alone.value, alone.bound, alone.steps) == (together.value, together.bound, together.steps)


@pytest.mark.parametrize("work", [0.0, 1e-9, 1e-4, 3e-4])
def test_hardly_any_work_ends_and_is_the_same_with_any_workers(work: float) -> None:
    problem = conference(90, 16)
    alone = solve(problem, deterministic_limit=work, seed=5)
    with ThreadPoolExecutor(3) as executor:
        together = solve(problem, deterministic_limit=work, seed=5, executor=executor)
    assert alone.value is not None
    assert alone.bound is not None
    assert (alone.schedule.meetings, alone.bound, alone.steps) == (together.schedule.meetings, together.bound, together.steps)


def test_demands_that_leave_little_choice_are_placed_by_going_back() -> None:
    """By falling weight each takes the slot that the next one needs."""
    only = [meeting(f"m{k}", ("ines", "hao"), weight=100 - k, slots=tuple(range(k + 1))[::-1], required=True) for k in range(4)]
    found = solve(build_problem(only), deterministic_limit=0.0)
    assert found.value == sum(100 - k for k in range(4))


def demanded(*, impossible: bool = False) -> Problem:
    """Ines has a conference around her; greedily her first required meeting takes the only slot of the second."""
    around = conference()
    ends = (0, 1) if not impossible else (0,)
    free = tuple(range(len(around.slots)))
    pair = tuple(Participant(name, "host", free, capacity=9) for name in ("left", "right"))
    guest = Participant("ines", "investor", free, max_meetings=9)
    venue = around.venues[0].id
    both = (
        Candidate("first", ("ines", "left"), venue, 900, required=True, slots=ends),
        Candidate("second", ("ines", "right"), venue, 800, required=True, slots=(0,)),
    )
    return replace(around, participants=(*around.participants, guest, *pair), candidates=(*around.candidates, *both))


@pytest.fixture
def too_large_for_one_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a conference is: neither backtracking nor a model of the whole finds a start."""
    monkeypatch.setattr(solving, "worth_proving", lambda problem: False)
    monkeypatch.setattr(solving, "FIRST_TRIES", 0)
    monkeypatch.setattr(solving, "prove", None)


@pytest.mark.usefixtures("too_large_for_one_model")
def test_a_large_problem_begins_with_what_has_to_be_held() -> None:
    problem = demanded()
    found = solve(problem, deterministic_limit=LITTLE_WORK)
    assert {Placement("first", 1), Placement("second", 0)} <= set(found.schedule.meetings)
    assert violations(problem, found.schedule.meetings) == []
    assert len(found.schedule.meetings) > 10


@pytest.mark.usefixtures("too_large_for_one_model")
def test_a_large_problem_that_is_impossible_names_its_causes() -> None:
    found = solve(demanded(impossible=True), deterministic_limit=LITTLE_WORK)
    assert (found.status, set(map(str, found.causes))) == (Status.INFEASIBLE, {"required first", "required second"})


@pytest.mark.usefixtures("too_large_for_one_model")
@pytest.mark.parametrize("limit", [{"seconds": 5.0}, {"deterministic_limit": LITTLE_WORK}])
def test_where_nothing_is_found_there_is_a_bound_and_no_claim(monkeypatch: pytest.MonkeyPatch, limit: dict[str, float]) -> None:
    monkeypatch.setattr(solving, "answer_demands", lambda *_: PartAnswer(None, None, None, False, 0.1))
    found = solve(demanded(), **limit)
    assert (found.status, found.value, found.causes, found.schedule.meetings) == (None, None, (), ())
    assert found.bound is not None


@pytest.mark.parametrize("idle_spread", [None, 0])
def test_weights_beyond_what_a_model_can_carry_are_no_fault(idle_spread: int | None) -> None:
    ends = [
        meeting("first", slots=(0, 1), weight=2**60, required=True),
        meeting("second", slots=(0,), weight=2**60, required=True),
    ]
    found = solve(build_problem(ends, idle_spread=idle_spread), deterministic_limit=LITTLE_WORK)
    assert set(found.schedule.meetings) == {Placement("first", 1), Placement("second", 0)}


def test_yesterdays_schedule_is_told_before_anything_is_tried() -> None:
    yesterday = solve(conference(), deterministic_limit=HARDLY_ANY_WORK).schedule.meetings
    told: list[Progress] = []
    problem = replace(conference(), booked=tuple(Booking(each.candidate, each.slot) for each in yesterday))
    solve(problem, deterministic_limit=HARDLY_ANY_WORK, on_progress=told.append)
    assert told[0].meetings == yesterday
    assert told[0].bound is None


@RANDOMLY
@given(st.integers(0, 10**6))
def test_idle_periods_are_counted_as_the_plan_changes(seed: int) -> None:
    problem = replace(random_problem(seed), idle_spread=0)
    plan = greedy_by_weight(problem)
    for candidate in sorted(plan.slot_of)[::2]:
        plan.take_out(candidate)
    periods = [plan.idle_periods(who) for who, person in enumerate(problem.participants) if person.compact]
    assert plan.keeps_idle_even() is (max(periods, default=0) - min(periods, default=0) <= 0)


def test_progress_only_ever_gets_better() -> None:
    told: list[Progress] = []
    result = solve(conference(), deterministic_limit=LITTLE_WORK, on_progress=told.append)
    values = [each.value for each in told if each.value is not None]
    assert values == sorted(values)
    assert values[-1] == result.value
    assert {each.phase for each in told} >= {"greedy", "search"}
    bounds = [each.bound for each in told if each.bound is not None]
    assert bounds == sorted(bounds, reverse=True)
    assert bounds[-1] == result.bound
    assert all(value(conference(), each.meetings) == each.value for each in told)


@pytest.mark.parametrize("first", range(0, 60, 20))
def test_an_answer_is_never_above_the_best_and_optimal_only_where_it_is_the_best(first: int) -> None:
    """With next to no work: what is found need not be the best, but what is claimed has to hold."""
    for problem in filter(is_tiny, map(fitting, range(first, first + 20))):
        best, result = best_by_trying_all(problem), solve(problem, deterministic_limit=HARDLY_ANY_WORK)
        if best is not None and result.value is not None and result.bound is not None:
            assert result.value <= best <= result.bound, problem.name
            assert result.status is (Status.OPTIMAL if result.value == result.bound else Status.FEASIBLE), problem.name
            assert violations(problem, result.schedule.meetings) == []


@pytest.mark.parametrize("seed", range(4))
def test_the_answer_weighs_no_less_than_greedy_by_weight_where_nobody_was_told_anything(seed: int) -> None:
    """Idle time is dear here, so that lighter schedules would be worth more."""
    problem = conference(24, 8, seed=seed)
    problem = replace(problem, penalties=Penalties(shortfall=0, idle_slot=400, idle_period=300))
    result = solve(problem, deterministic_limit=LITTLE_WORK)
    assert result.contributions is not None
    assert result.contributions.weight.amount >= greedy_by_weight(problem).weight()


def test_of_what_people_were_told_most_stays_and_what_is_pinned_never_moves() -> None:
    """The first host falls ill on the second day; every fifth meeting was accepted, those of the ill host apart."""
    problem = conference()
    told = solve(problem, deterministic_limit=LITTLE_WORK).schedule.meetings
    people = tuple(
        replace(each, available=(*range(6), *range(12, 18))) if each.id == "h0" else each for each in problem.participants
    )
    pinned = [each for each in told[::5] if not each.candidate.endswith("-0")]
    again = replace(
        problem,
        participants=people,
        booked=tuple(Booking(each.candidate, each.slot, each in pinned) for each in told),
    )
    result = solve(again, deterministic_limit=LITTLE_WORK)
    assert violations(again, result.schedule.meetings) == []
    assert set(pinned) <= set(result.schedule.meetings)
    assert len(set(told) - set(result.schedule.meetings)) <= len(told) // 5
    assert result.value is not None
    assert result.value >= value(again, greedy_from_bookings(again).meetings())


def test_a_result_tells_what_each_term_adds_and_how_long_each_phase_took() -> None:
    problem = conference()
    result = solve(problem, deterministic_limit=LITTLE_WORK)
    assert result.contributions == contributions(problem, result.schedule.meetings)
    assert result.contributions is not None
    assert result.contributions.total == result.value == result.schedule.objective
    assert {"greedy", "search", "check"} <= set(result.seconds)
    assert all(spent >= 0 for spent in result.seconds.values())
    assert result.greedy_value == greedy_by_weight(problem).value()
    assert result.bound == result.schedule.bound


@pytest.mark.parametrize(
    "changes",
    [
        {"idle_spread": 1},
        {"booked": (Booking("one more", 1), Booking("one more", 2))},
        {"penalties": Penalties(shortfall=10**14)},
        {"penalties": Penalties(idle_slot=10**13)},
    ],
)
def test_what_does_not_fit_arrays_is_solved_all_the_same(changes: dict[str, Any]) -> None:
    problem = conference(8, 4)
    one_more = Candidate("one more", ("i0", "h0"), "v0", 5)
    problem = replace(problem, candidates=(*problem.candidates, one_more), **changes)
    assert not fits_arrays(problem)
    result = solve(problem, deterministic_limit=HARDLY_ANY_WORK)
    assert violations(problem, result.schedule.meetings) == []
    assert result.value == value(problem, result.schedule.meetings)
    assert result.bound is not None
    assert result.value <= result.bound


def test_a_day_of_more_slots_than_a_mask_holds_is_solved_by_the_plain_search() -> None:
    every = tuple(range(70))
    problem = build_problem(
        [meeting(f"m{k}") for k in range(5)],
        slots=short_slots(70),
        participants=(ines(available=every, compact=True), hao(available=every)),
        penalties=Penalties(idle_slot=1),
    )
    assert not fits_arrays(problem)
    assert solve(problem, deterministic_limit=WORK).value == 500


def _causes(problem: Problem) -> set[str]:
    result = solve(problem, deterministic_limit=WORK)
    assert result.status is Status.INFEASIBLE
    assert (result.value, result.bound, result.schedule.meetings) == (None, None, ())
    assert result.schedule.causes == tuple(str(cause) for cause in result.causes)
    return {str(cause) for cause in result.causes}


def test_pins_that_contradict_each_other_are_named_and_only_those() -> None:
    problem = build_problem(
        (meeting("a"), meeting("b", ("ines", "hana"), required=True), meeting("c", ("hao",))),
        booked=(Booking("a", 1, True), Booking("c", 1, True), Booking("b", 3)),
    )
    assert _causes(problem) == {"pinned a in slot 1", "pinned c in slot 1"}


def test_required_meetings_without_room_are_named() -> None:
    candidates = [meeting(f"m{k}", required=True) for k in range(5)] + [meeting("other", ("hana",), "west", required=True)]
    assert _causes(build_problem(candidates)) == {f"required m{k}" for k in range(5)}


def test_a_pin_in_a_slot_that_does_not_exist_is_named() -> None:
    assert _causes(build_problem(booked=(Booking("m", 17, True),))) == {"pinned m in slot 17"}


def test_a_required_meeting_that_waits_for_itself_is_named() -> None:
    assert _causes(build_problem([meeting("a", required=True, after=("a",))])) == {"required a"}


def test_pinned_meetings_stay_and_required_ones_are_held() -> None:
    problem = build_problem(
        (meeting("a", weight=1), meeting("b", ("ines", "hana"), "west", required=True, weight=1), meeting("c", weight=900)),
        booked=(Booking("a", 3, True),),
    )
    result = solve(problem, deterministic_limit=WORK)
    assert result.status is Status.OPTIMAL
    assert set(result.schedule.meetings) >= set(held(a=3, b=0))


@pytest.mark.parametrize("candidates", [(), (meeting(who=()),)])
def test_an_empty_problem_has_an_answer(candidates: tuple[Candidate, ...]) -> None:
    problem = Problem("empty", (), (Venue("east"),), ((0,),), (), candidates)
    result = solve(problem, deterministic_limit=WORK)
    assert (result.status, result.value, result.schedule.meetings) == (Status.OPTIMAL, 0, ())
