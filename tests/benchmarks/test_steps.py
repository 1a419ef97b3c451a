"""Processes are watched and ended, results are kept, and an interrupted benchmark goes on where it stopped."""

import hashlib
import json
import sys
from pathlib import Path

import pytest

from benchmarks import steps
from benchmarks.cases import Group, UnknownCase, case_names, full_plan, instance_of, quick_plan
from benchmarks.methods import METHODS, Method, read_methods
from benchmarks.process import Run, run_process
from benchmarks.running import Runner, summary
from benchmarks.steps import Limits, do_step, trajectory_of
from benchmarks.store import Outcome, Point, Step, Store
from tests.benchmarks.builders import outcome, schedule, small_instance

NOWHERE = Path("nowhere")


def _run(program: str, **limits: object) -> Run:
    usual: dict[str, object] = {"most_seconds": 20, "most_mib": 4000}
    return run_process([sys.executable, "-c", program], **usual | limits)  # type: ignore[arg-type]


def test_lines_are_read_and_other_words_are_not() -> None:
    run = _run("print('{\"progress\": {\"value\": 1}}'); print('Solving'); print('{half')")
    assert (run.ended, run.code, [line for _, line in run.lines]) == ("done", 0, [{"progress": {"value": 1}}])


def test_memory_is_that_of_the_whole_tree() -> None:
    child = "held = bytearray(60_000_000); import time; time.sleep(0.7)"
    run = _run(f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])")
    assert 57 <= run.peak_mib < 400


def test_who_fails_says_its_last_words() -> None:
    run = _run("raise SystemExit('no way')")
    assert (run.ended, run.code, run.last_words) == ("failed", 1, "no way")


@pytest.mark.parametrize(
    ("program", "limits", "ended"),
    [
        ("import time; time.sleep(60)", {"most_seconds": 0.3}, "overtime"),
        ("import time; time.sleep(60)", {"most_mib": 1}, "memory"),
        (
            'import time; print(\'{"progress": {"value": 5}}\', flush=True); time.sleep(60)',
            {"enough": lambda progress: progress["value"] == 5},
            "enough",
        ),
    ],
)
def test_who_goes_on_is_ended(program: str, limits: dict[str, object], ended: str) -> None:
    assert _run(program, **limits).ended == ended


def test_a_trajectory_keeps_what_became_better() -> None:
    lines = [
        (1.0, {"progress": {"value": 5, "bound": None, "seconds": 0.5}}),
        (2.0, {"progress": {"value": 4, "bound": 9, "seconds": 1.5}}),
        (3.0, {"progress": {"value": 5, "bound": 10, "seconds": 2.5}}),
        (4.0, {"result": {"value": 8, "bound": 9}}),
    ]
    assert trajectory_of(Run(lines=lines)) == [Point(1.0, 0.5, 5, None), Point(2.0, 1.5, 5, 9), Point(4.0, 4.0, 8, 9)]


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    path = tmp_path / "instance.json"
    path.write_text(json.dumps(small_instance()), encoding="utf-8")
    return path


@pytest.fixture
def saying(monkeypatch: pytest.MonkeyPatch):
    """Let the greedy peer be a program that writes this schedule."""

    def says(answer: dict[str, object]) -> None:
        program = f"import sys, pathlib; pathlib.Path(sys.argv[1]).write_text({json.dumps(answer)!r})"

        def command(self: Method, instance: Path, out: Path, *rest: object) -> list[str]:
            return [sys.executable, "-c", program, str(out)]

        monkeypatch.setattr(Method, "command", command)

    return says


STEP = Step("scarce", 1, 5, "greedy")


def test_a_schedule_that_breaks_a_rule_has_no_value(tmp_path: Path, instance: Path, saying) -> None:
    saying(schedule(small_instance(), a=0, c=0))
    found = do_step(Store(tmp_path / "results"), STEP, instance, Limits())
    assert (found.value, found.violations, found.meetings) == (None, 2, 2)
    assert found.checkers_agree in (True, None)
    assert Store(tmp_path / "results").get(STEP) == found


def test_a_false_claim_is_told(tmp_path: Path, instance: Path, saying) -> None:
    saying(schedule(small_instance(), {"objective": 300}, a=0))
    found = do_step(Store(tmp_path), STEP, instance, Limits())
    assert (found.value, found.violations, found.false_claims) == (100, 0, 1)
    assert found.words == ["claims an objective of 300 and has 100"]


def test_half_a_file_is_a_broken_rule(tmp_path: Path, instance: Path, saying) -> None:
    saying({"format": "matchmaker-schedule/1"})
    found = do_step(Store(tmp_path), STEP, instance, Limits())
    assert (found.value, found.violations) == (None, 1)


def test_checkers_that_disagree_are_told(tmp_path: Path, instance: Path, saying, monkeypatch: pytest.MonkeyPatch) -> None:
    saying(schedule(small_instance(), a=0))
    monkeypatch.setattr(steps, "second_opinion", lambda *files: {"feasible": False, "claims_hold": True, "objective": 100})
    found = do_step(Store(tmp_path), STEP, instance, Limits())
    assert found.checkers_agree is False
    assert found.words[0].startswith("the checkers disagree")


def test_what_was_done_is_not_done_again_until_its_code_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    def step_done(store: Store, step: Step, path: Path, limits: Limits) -> Outcome:
        done.append(step.method)
        kept = outcome(step.method, case=step.case, seconds=step.seconds, version=METHODS[step.method].version())
        kept.fingerprint = hashlib.sha256(path.read_bytes()).hexdigest()
        store.keep(kept)
        return kept

    monkeypatch.setattr("benchmarks.running.do_step", step_done)
    plan = [Group("tiny", (1,), 5, ("greedy", "two-pass"))]
    Runner(Store(tmp_path), Limits(), NOWHERE).run(plan)
    Runner(Store(tmp_path), Limits(), NOWHERE).run(plan)
    assert done == ["greedy", "two-pass"]
    Runner(Store(tmp_path), Limits(), NOWHERE, again=True).run(plan)
    assert done == ["greedy", "two-pass"] * 2
    monkeypatch.setattr(Method, "version", lambda self: "another")
    Runner(Store(tmp_path), Limits(), NOWHERE, keep=True).run(plan)
    assert done == ["greedy", "two-pass"] * 2
    Runner(Store(tmp_path), Limits(), NOWHERE).run(plan)
    assert done == ["greedy", "two-pass"] * 3


def test_plans_name_cases_that_there_are(tmp_path: Path) -> None:
    for plan in (full_plan(NOWHERE), quick_plan(NOWHERE)):
        assert {group.case for group in plan} <= set(case_names(NOWHERE))
    with pytest.raises(UnknownCase, match="no case 'huge'"):
        instance_of(Store(tmp_path), "huge", 1, NOWHERE)
    with pytest.raises(UnknownCase, match="no file"):
        instance_of(Store(tmp_path), "b2b:none", 1, NOWHERE)


def test_the_quick_plan_takes_less_than_ten_minutes() -> None:
    files = NOWHERE
    assert sum(group.estimate for group in quick_plan(files)) + 7 * 11 < 600


def test_methods_are_listed_with_commas() -> None:
    assert read_methods("greedy, ours,greedy") == ("greedy", "ours")
    assert read_methods("all") == tuple(METHODS)
    with pytest.raises(ValueError, match="no method 'best'"):
        read_methods("best")


def test_a_summary_is_one_line() -> None:
    assert summary(outcome(skipped="there is no Java on the path")) == "skipped: there is no Java on the path"
    assert summary(outcome()) == "value 950, bound 1,000, gap 5.00%, 121 s, 300 MiB"
