"""The checker: per rule one allowed and one forbidden schedule, the objective, the claims, and what other checkers say."""

import json
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

import pytest

from benchmarks.checker import Malformed, check
from benchmarks.steps import SECOND_CHECKER, agree
from matchmaker.scheduling.check import value, violations
from matchmaker.scheduling.problem import problem_as_data
from matchmaker.scheduling.schedule import Placement
from tests.benchmarks.builders import candidate, person, schedule, small_instance
from tests.scheduling.builders import random_problem

LUNCH = [
    {"day": 0, "start": "2024-04-01T11:30", "end": "2024-04-01T12:00"},
    {"day": 0, "start": "2024-04-01T13:30", "end": "2024-04-01T14:00"},
]
ONE_TABLE_FEW = small_instance(candidates=[candidate("a", "ines", "hao"), candidate("c", "ivan", "hana")])
TWO_TABLES = small_instance(venues=[{"id": "east", "tables": 2}, {"id": "west", "tables": None}])
HAO_TAKES_TWO = [person("ines", "investor"), person("ivan", "investor"), person("hao", capacity=2), person("hana")]
INTERPRETED = [candidate("a", "ines", "hao", pool="interpreter"), candidate("c", "ivan", "hana", "west", pool="interpreter")]
LONG = [candidate("a", "ines", "hao", length=2)]


def _people(**changes: Any) -> list[dict[str, Any]]:
    return [person("ines", "investor", **changes), person("ivan", "investor"), person("hao"), person("hana")]


def _words(instance: dict[str, Any], **slots: int) -> list[str]:
    return list(check(instance, schedule(instance, **slots)).violations)


PAIRS: list[tuple[str, dict[str, Any], dict[str, int], dict[str, int], str]] = [
    ("allowed slots", small_instance(candidates=[candidate("a", "ines", "hao", slots=[1])]), {"a": 1}, {"a": 0}, "may not begin"),
    ("slots follow on", small_instance(candidates=LONG), {"a": 2}, {"a": 3}, "do not follow on"),
    ("lunch separates", small_instance(slots=LUNCH, candidates=LONG, participants=_people()), {}, {"a": 0}, "do not follow on"),
    ("being there", small_instance(participants=_people(available=[1, 2])), {"a": 1}, {"a": 0}, "ines is away in slot 0"),
    ("one meeting at once", TWO_TABLES, {"a": 0, "c": 1}, {"a": 0, "c": 0}, "hao has 2 meetings in slot 0"),
    ("tables", ONE_TABLE_FEW, {"a": 0, "c": 1}, {"a": 0, "c": 0}, "east has 2 meetings in slot 0 and 1 tables"),
    ("pools", small_instance(candidates=INTERPRETED), {"a": 0, "c": 1}, {"a": 0, "c": 0}, "interpreter serves 2"),
    ("the most in all", small_instance(participants=_people(max_meetings=1)), {"a": 0}, {"a": 0, "b": 3}, "wants 1 at most"),
    ("the most on a day", small_instance(participants=_people(max_per_day=1)), {"b": 0}, {"a": 0, "b": 3}, "on day 0"),
    ("travel", small_instance(), {"a": 0, "b": 3}, {"a": 0, "b": 2}, "ines has 30 minutes"),
    ("required", small_instance(candidates=[candidate("a", "ines", "hao", required=True)]), {"a": 0}, {}, "required"),
    ("pins", small_instance(booked=[{"candidate": "a", "slot": 2, "pinned": True}]), {"a": 2}, {"a": 1}, "pinned to slot 2"),
    (
        "what comes before",
        small_instance(candidates=[candidate("a", "ines", "hao"), candidate("c", "ivan", "hao", after=["a"])]),
        {"a": 0, "c": 1},
        {"a": 1, "c": 0},
        "c is not after a",
    ),
    (
        "even idle periods",
        small_instance(
            idle_spread=0,
            participants=[
                person("ines", "investor", compact=True),
                person("ivan", "investor", compact=True),
                person("hao"),
                person("hana"),
            ],
        ),
        {"c": 0},
        {"a": 0, "b": 3},
        "idle periods differ by 1",
    ),
]


@pytest.mark.parametrize(("instance", "allowed", "forbidden", "words"), [p[1:] for p in PAIRS], ids=[p[0] for p in PAIRS])
def test_each_rule_allows_one_and_forbids_the_other(
    instance: dict[str, Any], allowed: dict[str, int], forbidden: dict[str, int], words: str
) -> None:
    assert _words(instance, **allowed) == []
    assert [told for told in _words(instance, **forbidden) if words in told] != []


def test_a_capacity_for_two_lets_two_meet_at_once_and_not_at_two_venues() -> None:
    instance = TWO_TABLES | {"participants": HAO_TAKES_TWO}
    assert _words(instance, a=0, c=0) == []
    apart = instance | {"candidates": [candidate("a", "ines", "hao"), candidate("c", "ivan", "hao", "west")]}
    assert _words(apart, a=0, c=0) == ["hao has -30 minutes from east (a) to west (c)"]


def test_a_candidate_is_booked_once() -> None:
    instance = small_instance()
    twice = schedule(instance) | {"meetings": [{"candidate": "b", "slot": 0}, {"candidate": "b", "slot": 2}]}
    assert check(instance, schedule(instance, b=0)).violations == ()
    assert check(instance, twice).violations == ("b is booked 2 times",)


def test_a_pool_may_serve_differently_in_each_slot() -> None:
    instance = small_instance(candidates=INTERPRETED, pools=[{"id": "interpreter", "capacity": [2, 1, 0, 0]}])
    assert _words(instance, a=0, c=0) == []
    assert _words(instance, a=2) == ["interpreter serves 1 meetings in slot 2, and can serve 0"]


def test_the_objective_is_weight_less_all_prices() -> None:
    people = [
        person("ines", "investor", compact=True, min_meetings=1),
        person("ivan", "investor", min_meetings=2),
        person("hao"),
        person("hana"),
    ]
    told = [{"candidate": "a", "slot": 1}, {"candidate": "c", "slot": 0}]
    prices = {"shortfall": 1000, "drop": 200, "move": 30, "idle_slot": 4, "idle_period": 5}
    instance = small_instance(participants=people, booked=told, penalties=prices)
    verdict = check(instance, schedule(instance, a=0, b=3))
    assert verdict.violations == ()
    assert verdict.amounts == {"weight": 200, "shortfall": 2, "drop": 1, "move": 1, "idle_slot": 2, "idle_period": 1}
    assert verdict.objective == 200 - 2 * 1000 - 200 - 30 - 2 * 4 - 5


@pytest.mark.parametrize(
    ("claims", "false"),
    [
        ({"status": "optimal", "objective": 100, "bound": 100}, ()),
        ({"status": "feasible", "objective": 100, "bound": 250.5}, ()),
        ({}, ()),
        ({"status": "optimal", "objective": 100, "bound": 101}, ("says optimal, and its bound does not prove it",)),
        ({"status": "feasible", "objective": 101}, ("claims an objective of 101 and has 100",)),
        ({"status": "feasible", "bound": 99}, ("claims a bound of 99, below its objective 100",)),
        ({"status": "feasible", "bound": float("nan")}, ("the bound is no finite number: nan",)),
        ({"status": "great"}, ("unknown status 'great'",)),
        ({"status": "infeasible"}, ("says infeasible and lists meetings",)),
    ],
)
def test_claims_are_held_against_the_schedule(claims: dict[str, Any], false: tuple[str, ...]) -> None:
    instance = small_instance()
    assert check(instance, schedule(instance, claims, a=0)).false_claims == false


@pytest.mark.parametrize(
    ("instance", "answer", "words"),
    [
        ({}, {}, "instance is not of the format"),
        (small_instance(travel_minutes=[[0]]), {}, "no square"),
        (small_instance(candidates=[candidate("a", "nobody", "hao")]), {}, "names a venue or a participant"),
        (small_instance(slots=[{}]), {}, "missing or of the wrong type"),
        (small_instance(), {}, "schedule is not of the format"),
        (small_instance(), schedule(small_instance(), {"instance": "other"}), "is for other"),
        (small_instance(), schedule(small_instance(), {"meetings": None}), "no list of meetings"),
        (small_instance(), schedule(small_instance(), x=0), "no candidate"),
        (small_instance(), schedule(small_instance(), a=4), "no slot"),
    ],
)
def test_files_of_another_format_are_refused(instance: dict[str, Any], answer: dict[str, Any], words: str) -> None:
    with pytest.raises(Malformed, match=words):
        check(instance, answer)


def _random_schedule(seed: int) -> tuple[dict[str, Any], dict[str, Any], Any, list[Placement]]:
    problem, rng = random_problem(seed), Random(seed)
    meetings = [Placement(each.id, rng.randrange(len(problem.slots))) for each in problem.candidates if rng.random() < 0.6]
    data = problem_as_data(problem)
    listed = [{"candidate": each.candidate, "slot": each.slot} for each in meetings]
    return data, schedule(data) | {"meetings": listed}, problem, meetings


def test_it_agrees_with_the_scheduler_about_random_schedules() -> None:
    feasible = 0
    for seed in range(400):
        data, answer, problem, meetings = _random_schedule(seed)
        verdict = check(data, answer)
        assert bool(verdict.violations) == bool(violations(problem, meetings)), seed
        if not verdict.violations:
            feasible += 1
            assert verdict.objective == value(problem, meetings), seed
    assert 40 < feasible < 360


def test_it_agrees_with_the_shared_checker_about_random_schedules(tmp_path: Path) -> None:
    if not SECOND_CHECKER.exists():
        pytest.skip("the shared checker is not here")
    program = (
        "import json, sys; sys.path.insert(0, sys.argv[1]); from verify_schedule import Instance, check; "
        "print(json.dumps([check(Instance(i), s) for i, s in json.load(sys.stdin)]))"
    )
    pairs = [_random_schedule(seed)[:2] for seed in range(400)]
    done = subprocess.run(
        [sys.executable, "-B", "-c", program, str(SECOND_CHECKER.parent)],
        input=json.dumps(pairs),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    others = json.loads(done.stdout)
    assert [seed for seed, (pair, other) in enumerate(zip(pairs, others, strict=True)) if not agree(check(*pair), other)] == []
