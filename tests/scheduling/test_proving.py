"""Proofs of small problems: against trying all schedules, on brokerage events in little, and with any executor."""

from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from random import Random

import pytest

from matchmaker.scheduling.check import value, violations
from matchmaker.scheduling.conflicts import causes_of_conflict
from matchmaker.scheduling.deadline import Deadline
from matchmaker.scheduling.demands import Cause, CauseKind, demands, with_demands
from matchmaker.scheduling.plan import Plan
from matchmaker.scheduling.problem import Booking, Candidate, Participant, Penalties, Problem, Venue
from matchmaker.scheduling.proving import Proof, prove, worth_proving
from matchmaker.scheduling.schedule import Placement
from tests.scheduling.builders import (
    Broken,
    best_by_trying_all,
    build_problem,
    build_slots,
    hana,
    hao,
    ines,
    is_tiny,
    meeting,
    random_problem,
)

WORK = 20.0


def brokerage(
    seed: int, *, people: int = 5, meetings: int = 5, days: int = 1, per_day: int = 4, tables: int | None = None
) -> Problem:
    """A brokerage event in little: all is required, between two parties, at one venue; idle periods are to be few."""
    rng = Random(seed)
    slots = build_slots(days, per_day)
    there = tuple(
        Participant(f"p{k}", "host", tuple(s for s in range(len(slots)) if rng.random() < 0.9), compact=True)
        for k in range(people)
    )
    pairs = [(a, b) for a in range(people) for b in range(a)]
    chosen = rng.sample(pairs, min(meetings, len(pairs)))
    candidates = tuple(
        Candidate(
            id=f"m{k}",
            participants=(f"p{a}", f"p{b}"),
            venue="hall",
            weight=0,
            slots=tuple(range(len(slots) - rng.choice([0, 0, 1]))),
            required=True,
            after=(f"m{rng.randrange(k)}",) if k and rng.random() < 0.2 else (),
        )
        for k, (a, b) in enumerate(chosen)
    )
    hall = Venue("hall", tables or rng.choice([1, 2, 2]))
    prices = Penalties(idle_period=rng.choice([1, 3]))
    spread = rng.choice([None, 0, 2, 2])
    return Problem(f"brokerage-{seed}", slots, (hall,), ((0,),), there, candidates, (), (), prices, spread)


def proof_of(problem: Problem, plan: Plan | None = None, work: float = WORK, executor: Executor | None = None) -> Proof:
    return prove(problem, plan, Deadline(work=work), 1, executor=executor)


def placed(problem: Problem, slots: dict[int, int]) -> list[Placement]:
    return [Placement(problem.candidates[c].id, slot) for c, slot in slots.items()]


def assert_proven(problem: Problem, proof: Proof, best: int | None) -> None:
    """The proof is finished and says what trying all says."""
    assert proof.finished
    assert (proof.value, proof.bound, proof.impossible) == (best, best, best is None)
    assert (proof.slots is None) == (best is None)
    if proof.slots is not None:
        assert violations(problem, placed(problem, proof.slots)) == []
        assert value(problem, placed(problem, proof.slots)) == best


@pytest.mark.parametrize("seed", range(60))
def test_the_proven_value_of_a_random_problem_is_the_best_of_all_schedules(seed: int) -> None:
    problem = random_problem(seed)
    if is_tiny(problem, 600):
        assert_proven(problem, proof_of(problem), best_by_trying_all(problem))


@pytest.mark.parametrize("seed", range(40))
def test_the_proven_value_of_a_brokerage_event_is_the_best_of_all_schedules(seed: int) -> None:
    days = 1 + seed % 2
    problem = brokerage(seed, meetings=4 + seed % 2, days=days, per_day=5 if days == 1 else 2)
    if is_tiny(problem, 8000):
        assert_proven(problem, proof_of(problem), best_by_trying_all(problem))


@pytest.fixture(scope="module")
def executor() -> Iterator[Executor]:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        yield pool


@pytest.mark.parametrize("work", [0.05, 3.0])
def test_two_processes_prove_what_one_does_to_the_slot(executor: Executor, work: float) -> None:
    problem = brokerage(3, people=14, meetings=30, per_day=11, tables=5)
    assert proof_of(problem, work=work, executor=executor) == proof_of(problem, work=work)


@pytest.mark.parametrize("at_once", [True, False])
def test_workers_that_were_killed_cost_time_and_not_the_proof(at_once: bool) -> None:
    problem = brokerage(3, people=8, meetings=8, per_day=8, tables=3)
    assert proof_of(problem, executor=Broken(at_once=at_once)) == proof_of(problem)


def test_a_plan_that_is_given_is_the_floor_and_may_be_the_proven_best() -> None:
    problem = build_problem([meeting(required=True)])
    plan = Plan(problem)
    plan.place(0, 2)
    assert proof_of(problem, plan, work=0.0) == Proof({0: 2}, 100, 100, impossible=False, finished=True, work=0.0)


def test_a_bound_counts_the_price_of_those_who_have_no_choice_at_all() -> None:
    lonely = Participant("lena", "investor", (0,), min_meetings=2)
    problem = build_problem(penalties=Penalties(shortfall=30, drop=7))
    problem = replace(problem, participants=(*problem.participants, lonely), booked=(Booking("m", 1),))
    assert_proven(problem, proof_of(problem), 100 - 60)


def test_better_schedules_are_told_with_their_value() -> None:
    problem, told = brokerage(3, people=8, meetings=8, per_day=8, tables=3), []
    proof = prove(problem, None, Deadline(work=WORK), 1, on_better=lambda slots, worth: told.append((slots, worth)))
    assert told[-1] == (proof.slots, proof.value)
    assert [worth for _, worth in told] == [value(problem, placed(problem, slots)) for slots, _ in told]


def test_small_problems_are_worth_proving_and_large_ones_are_not() -> None:
    small = brokerage(1)
    many = tuple(replace(small.candidates[0], id=f"x{k}", after=()) for k in range(8000))
    assert (worth_proving(small), worth_proving(replace(small, candidates=many))) == (True, False)


@pytest.mark.parametrize("seed", range(30))
def test_causes_of_conflict_cannot_lose_any_one_of_them(seed: int) -> None:
    problem = brokerage(seed, meetings=6, per_day=3)
    if is_tiny(problem, 800) and proof_of(problem).impossible:
        causes = causes_of_conflict(problem, Deadline(work=WORK), 1)
        assert best_by_trying_all(with_demands(problem, causes)) is None
        for cause in causes:
            assert best_by_trying_all(with_demands(problem, [each for each in causes if each != cause])) is not None


def test_the_smallest_crowd_is_named_not_the_first() -> None:
    """Hao is to hold five meetings in four slots; Hana is to be in two at once, in the one slot of both."""
    guests = [Participant(f"g{k}", "investor", (0, 1, 2, 3)) for k in range(7)]
    at_haos = [meeting(f"a{k}", (f"g{k}", "hao"), "west", required=True) for k in range(5)]
    at_hanas = [meeting(f"b{k}", (f"g{k}", "hana"), "west", required=True, slots=(1,)) for k in (5, 6)]
    venues = (Venue("east", 9), Venue("west", 9))
    problem = build_problem([*at_haos, *at_hanas], venues=venues, participants=(hao(), hana(), *guests))
    assert set(causes_of_conflict(problem, Deadline(work=WORK), 1)) == {
        Cause(CauseKind.REQUIRED, "b5"),
        Cause(CauseKind.REQUIRED, "b6"),
    }
    assert len(demands(problem)) == 7


def test_a_pin_that_is_impossible_by_itself_is_the_only_cause_even_where_its_meeting_is_required() -> None:
    """Hao is away in the slot of the pin, and three required meetings are too many for Hana."""
    at_hanas = [meeting(f"b{k}", ("ines", "hana"), slots=(1, 2), required=True) for k in range(3)]
    pinned = [meeting("a", required=True), *at_hanas]
    problem = build_problem(pinned, participants=(ines(), hao(available=(0, 1)), hana()), booked=(Booking("a", 3, True),))
    assert causes_of_conflict(problem, Deadline(work=WORK), 1) == (Cause(CauseKind.PINNED, "a", 3),)


@pytest.mark.parametrize("limits", [{"max_meetings": 2}, {"max_per_day": 2}])
def test_more_than_somebodys_limit_is_one_crowd(limits: dict[str, int]) -> None:
    wanted = [meeting(f"m{k}", ("ines", f"h{k}"), required=True) for k in range(4)]
    hosts = [Participant(f"h{k}", "host", (0, 1, 2, 3)) for k in range(4)]
    problem = build_problem(wanted, participants=(ines(**limits), *hosts))
    assert len(causes_of_conflict(problem, Deadline(work=0.0), 1)) == 3  # without any time to leave some out
    assert len(causes_of_conflict(problem, Deadline(work=WORK), 1)) == 3
