"""The peers: their schedules are feasible, those that prove anything prove what is true, and each does what it is called."""

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from random import Random
from shutil import which
from typing import Any

import pytest

from benchmarks.checker import check
from benchmarks.instances import Recipe, build_instance
from benchmarks.methods import ROOT
from benchmarks.peers.__main__ import METHODS, main
from benchmarks.peers.flow import flow_bound
from benchmarks.peers.greedy import greedy_plan
from benchmarks.peers.plan import Plan
from benchmarks.peers.problem import Problem
from benchmarks.peers.telling import Unsupported
from benchmarks.peers.time_indexed import TimeIndexed
from benchmarks.peers.two_pass import marks_of
from matchmaker.scheduling.problem import problem_as_data
from tests.benchmarks.builders import best_by_trying_all, candidate, person, schedule, small_instance
from tests.scheduling.builders import best_by_trying_all as best_of_problem
from tests.scheduling.builders import is_tiny, random_problem


def _solved(
    method: str, instance: dict[str, Any], folder: Path, capsys: pytest.CaptureFixture[str]
) -> tuple[list[Any], dict[str, Any]]:
    """What a peer says line by line, and the schedule it leaves (empty if none)."""
    path, out = folder / "instance.json", folder / f"{method}.json"
    path.write_text(json.dumps(instance), encoding="utf-8")
    out.unlink(missing_ok=True)
    assert main([method, str(path), "--out", str(out), "--seconds", "10", "--workers", "1"]) in (0, 6)
    told = capsys.readouterr().out.splitlines()
    lines = [json.loads(line) for line in told if line.startswith("{")]
    return lines, json.loads(out.read_text(encoding="utf-8")) if out.exists() else {}


@pytest.mark.parametrize("method", ["greedy", "round-robin", "two-pass"])
def test_simple_rules_give_feasible_schedules(method: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    instance = build_instance(Recipe(investors=40, projects=10, days=3, visits=0.2, seed=2))
    lines, answer = _solved(method, instance, tmp_path, capsys)
    verdict = check(instance, answer)
    assert verdict.accepted
    assert lines[-1]["result"] | {"note": None} == {
        "status": "feasible",
        "value": verdict.objective,
        "bound": None,
        "meetings": verdict.meetings,
        "note": None,
    }
    assert verdict.meetings > 40


def test_greedy_takes_the_heaviest_first_into_the_first_slot() -> None:
    weights = [
        candidate("a", "ines", "hao", weight=10),
        candidate("b", "ines", "hana", "west", weight=30),
        candidate("c", "ivan", "hao"),
    ]
    problem = Problem(small_instance(candidates=weights))
    assert greedy_plan(problem).slot_of == {2: 0, 1: 0, 0: 3}


def test_round_robin_takes_turns_by_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Anna comes first in the alphabet, so she gets the only table though Ines weighs more."""
    people = [person("ines", "investor"), person("anna", "investor"), person("hao", available=[0])]
    wishes = [candidate("i", "ines", "hao", weight=900), candidate("z", "anna", "hao", weight=1)]
    _, answer = _solved("round-robin", small_instance(participants=people, candidates=wishes), tmp_path, capsys)
    assert answer["meetings"] == [{"candidate": "z", "slot": 0}]


def test_marks_are_what_an_investor_may_have_and_the_better_half_of_a_host() -> None:
    people = [
        person("ines", "investor", max_meetings=1),
        person("ivan", "investor", max_meetings=1),
        person("hao"),
        person("hana"),
    ]
    wishes = [
        candidate("a", "ines", "hao", weight=90),
        candidate("b", "ines", "hana", weight=80),
        candidate("c", "ivan", "hao", weight=70),
        candidate("d", "ivan", "hana", weight=60),
    ]
    problem = Problem(small_instance(participants=people, candidates=wishes))
    assert marks_of(problem, problem.by_weight()) == [2, 1, 1, 0]


def test_a_plan_says_what_it_cannot_do() -> None:
    with pytest.raises(Unsupported, match="even"):
        Plan(Problem(small_instance(idle_spread=1)))
    everyone = [candidate("a", "ines", "hao", slots=[0], required=True), candidate("c", "ivan", "hao", slots=[0], required=True)]
    with pytest.raises(Unsupported, match="required"):
        Plan(Problem(small_instance(candidates=everyone)))


def _tiny_problems(count: int) -> list[Any]:
    return [problem for seed in range(3000, 3400) if is_tiny(problem := random_problem(seed), 300)][:count]


def test_a_plan_breaks_no_rule_on_random_problems() -> None:
    held = 0
    for seed in range(300):
        data = problem_as_data(random_problem(seed))
        problem, rng = Problem(data), Random(seed)
        try:
            plan = Plan(problem)
        except Unsupported:
            continue
        order = list(range(len(problem.candidates)))
        rng.shuffle(order)
        plan.place_all(order)
        slots = {problem.candidates[c].id: slot for c, slot in plan.slot_of.items()}
        assert check(data, schedule(data, **slots)).violations == (), seed
        held += len(slots)
    assert held > 100


def test_cpsat_finds_the_best_of_tiny_problems(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for problem in _tiny_problems(25):
        data = problem_as_data(problem)
        best = best_of_problem(problem)
        lines, answer = _solved("cpsat", data, tmp_path, capsys)
        result = lines[-1]["result"]
        if best is None:
            assert (result["status"], answer["status"], answer["meetings"]) == ("infeasible", "infeasible", []), problem.name
        else:
            assert (result["status"], result["value"], result["bound"]) == ("optimal", best, best), problem.name
            assert check(data, answer).accepted, problem.name


@pytest.mark.parametrize("method", ["cpsat", "cpsat-hint", "highs"])
def test_solvers_find_the_best_of_a_small_conference(method: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    instance = small_instance(penalties={"shortfall": 0, "idle_slot": 10})
    instance["participants"][0]["compact"] = True
    best = best_by_trying_all(instance)
    lines, answer = _solved(method, instance, tmp_path, capsys)
    verdict = check(instance, answer)
    assert verdict.accepted
    assert (best, verdict.objective, lines[-1]["result"]["bound"]) == (280, 280, 280)


def test_the_flow_is_never_below_the_best_of_tiny_problems() -> None:
    compared = 0
    for problem in _tiny_problems(60):
        best = best_of_problem(problem)
        if best is not None:
            compared += 1
            assert flow_bound(Problem(problem_as_data(problem))) >= best, problem.name
    assert compared > 20


def test_a_model_without_idle_time_has_fewer_rows_and_the_same_meetings() -> None:
    problem = Problem(build_instance(Recipe(investors=12, projects=6, days=2)))
    whole, plain = TimeIndexed(problem, lambda: None), TimeIndexed(problem, lambda: None, idle=False)
    assert plain.booking == whole.booking
    assert len(plain.rows.linear) < len(whole.rows.linear)


def test_a_peer_that_is_not_installed_is_skipped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    required = small_instance(candidates=[candidate("a", "ines", "hao", required=True)])
    lines, answer = _solved("timefold", required, tmp_path, capsys)
    assert lines == [{"skipped": "its model has no required or pinned meetings"}]
    assert answer == {}


@pytest.mark.skipif(find_spec("timefold") is None or which("java") is None, reason="Timefold or Java is not here")
def test_timefold_gives_a_feasible_schedule_no_worse_than_greedy(tmp_path: Path) -> None:
    instance = build_instance(Recipe(investors=20, projects=8, days=2, visits=0.2))
    path, out = tmp_path / "instance.json", tmp_path / "out.json"
    path.write_text(json.dumps(instance), encoding="utf-8")
    command = [sys.executable, "-m", "benchmarks.peers", "timefold", str(path), "--out", str(out), "--seconds", "2"]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    problem = Problem(instance)
    plan = {problem.candidates[c].id: slot for c, slot in greedy_plan(problem).slot_of.items()}
    verdict = check(instance, json.loads(out.read_text(encoding="utf-8")))
    assert verdict.accepted
    assert verdict.objective >= check(instance, schedule(instance, **plan)).objective


def test_an_instance_that_cannot_be_read_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["greedy", str(tmp_path / "none.json"), "--out", str(tmp_path / "out.json")]) == 5
    assert "cannot be read" in json.loads(capsys.readouterr().out)["error"]


def test_every_peer_names_the_source_of_its_method() -> None:
    folder = Path(__file__).parents[2] / "benchmarks" / "peers"
    assert [name for name in METHODS.values() if "\nSource: " not in (folder / f"{name}.py").read_text(encoding="utf-8")] == []
