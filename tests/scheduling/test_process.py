"""The scheduler as a process of its own: its lines, its file, its ends."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from matchmaker.scheduling.check import value, violations
from matchmaker.scheduling.problem import Problem, problem_as_data
from matchmaker.scheduling.schedule import Status, read_schedule
from tests.scheduling.builders import build_problem, conference, meeting

ROOT = Path(__file__).parents[2]


def _start(instance: Path, out: Path, *more: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "matchmaker.scheduling", str(instance), "--out", str(out), *more]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, cwd=ROOT, text=True, env=os.environ | {"PYTHONUTF8": "1"}, **pipes)  # type: ignore[call-overload, no-any-return]


def _written(folder: Path, problem: Problem) -> Path:
    path = folder / "instance.json"
    path.write_text(json.dumps(problem_as_data(problem)), encoding="utf-8")
    return path


def _finished(process: subprocess.Popen[str]) -> list[dict]:
    """The lines that a process says until it ends by itself."""
    assert process.stdout is not None
    assert process.stdin is not None
    lines = [json.loads(line) for line in process.stdout]
    process.wait(timeout=20)
    process.stdin.close()
    process.stdout.close()
    assert process.stderr is not None
    assert "Traceback" not in process.stderr.read()
    process.stderr.close()
    return lines


def test_it_tells_progress_then_the_result_and_leaves_a_checked_schedule(tmp_path: Path) -> None:
    problem, out = conference(), tmp_path / "schedule.json"
    process = _start(_written(tmp_path, problem), out, "--seconds", "2", "--seed", "3", "--workers", "2")
    *before, last = _finished(process)
    ready = before.index({"ready": True})
    progress = before[ready + 1 :]
    schedule = read_schedule(json.loads(out.read_text()))
    assert process.returncode == 0
    assert before[:ready] in ([], [{"compiling": True}])
    assert all(list(line) == ["progress"] for line in progress)
    assert last["result"]["value"] == schedule.objective == value(problem, schedule.meetings)
    assert last["result"]["bound"] == schedule.bound
    assert schedule.seed == 3
    assert violations(problem, schedule.meetings) == []
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["instance.json", "schedule.json"]


def test_killed_on_the_way_it_leaves_a_whole_checked_schedule(tmp_path: Path) -> None:
    problem, out = conference(60, 15), tmp_path / "schedule.json"
    process = _start(_written(tmp_path, problem), out, "--seconds", "30")
    end = time.monotonic() + 20
    while not out.exists() and time.monotonic() < end:
        time.sleep(0.02)
    process.kill()
    process.communicate()
    schedule = read_schedule(json.loads(out.read_text()))
    assert schedule.status is Status.FEASIBLE
    assert violations(problem, schedule.meetings) == []
    assert schedule.objective == value(problem, schedule.meetings)


def test_it_ends_when_nobody_waits_for_it_any_more(tmp_path: Path) -> None:
    process = _start(_written(tmp_path, conference(60, 15)), tmp_path / "schedule.json", "--seconds", "60")
    assert process.stdin is not None
    process.stdin.close()
    process.stdin = None
    process.communicate(timeout=20)
    assert process.returncode == 3


@pytest.mark.parametrize("text", ["{", '{"format": "matchmaker-instance/1"}'])
def test_bad_input_is_refused_with_one_line_and_no_traceback(tmp_path: Path, text: str) -> None:
    (tmp_path / "instance.json").write_text(text, encoding="utf-8")
    process = _start(tmp_path / "instance.json", tmp_path / "schedule.json")
    lines = _finished(process)
    assert process.returncode == 5
    assert [list(line) for line in lines] == [["error"]]
    assert lines[0]["error"]["faults"]


def test_an_infeasible_problem_is_an_answer_with_causes(tmp_path: Path) -> None:
    problem = build_problem([meeting("a", slots=(9,), required=True)])
    process = _start(_written(tmp_path, problem), tmp_path / "schedule.json", "--seconds", "5")
    last = _finished(process)[-1]
    assert process.returncode == 0
    assert last["result"]["status"] == "infeasible"
    assert last["result"]["causes"] == [{"kind": "required", "candidate": "a", "slot": None}]
    assert read_schedule(json.loads((tmp_path / "schedule.json").read_text())).causes == ("required a",)
