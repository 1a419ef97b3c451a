"""The search for the floor as a process: its answer, and its ends."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from matchmaker.scheduling.floor import guests_of, level_of, meetings_of_guests
from matchmaker.scheduling.problem import problem_as_data
from matchmaker.scheduling.schedule import Placement
from tests.scheduling.builders import conference
from tests.scheduling.test_fairness import crowded

ROOT = Path(__file__).parents[2]


def start(folder: Path, question: object, *more: str) -> subprocess.Popen[str]:
    (folder / "question.json").write_text(json.dumps(question), encoding="utf-8")
    command = [sys.executable, "-m", "matchmaker.scheduling.floor_process", str(folder / "question.json")]
    command += ["--out", str(folder / "answer.json"), *more]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, cwd=ROOT, text=True, env=os.environ | {"PYTHONUTF8": "1"}, **pipes)  # type: ignore[call-overload, no-any-return]


def test_it_leaves_a_whole_answer(tmp_path: Path) -> None:
    problem = crowded()
    question = {"instance": problem_as_data(problem), "had": {"i1": 1}, "known": [], "highest": None}

    process = start(tmp_path, question, "--seconds", "5", "--seed", "2")
    _, errors = process.stdout.read(), process.stderr.read()  # type: ignore[union-attr]
    process.communicate()

    assert (process.wait(timeout=20), errors) == (0, "")
    answer = json.loads((tmp_path / "answer.json").read_text())
    meetings = [Placement(**each) for each in answer["meetings"]]
    guests = guests_of(problem, {"i1": 1})
    assert answer["reached"] == level_of(guests, meetings_of_guests(problem, guests, meetings)) == answer["proven_most"] == 2
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["answer.json", "question.json"]


@pytest.mark.parametrize("question", [{}, [], {"instance": {}, "had": {}, "known": [], "highest": None}])
def test_a_bad_question_is_refused_with_one_line(tmp_path: Path, question: object) -> None:
    process = start(tmp_path, question)
    told, errors = process.stdout.read(), process.stderr.read()  # type: ignore[union-attr]
    process.communicate()

    assert (process.returncode, errors, list(json.loads(told))) == (5, "", ["error"])


def test_it_ends_when_nobody_waits_for_it_any_more(tmp_path: Path) -> None:
    question = {"instance": problem_as_data(conference(60, 15)), "had": {}, "known": [], "highest": None}
    process = start(tmp_path, question, "--seconds", "60")
    assert process.stdin is not None
    process.stdin.close()
    process.stdin = None
    process.communicate(timeout=30)

    assert process.returncode in (0, 3)
