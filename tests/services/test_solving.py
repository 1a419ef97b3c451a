"""A solve in a child process: answers are checked again, limits are kept, faults are told."""

import json
import sys
import textwrap
from pathlib import Path

import pytest

from matchmaker.scheduling.check import value, violations
from matchmaker.scheduling.problem import Booking
from matchmaker.scheduling.schedule import Status
from matchmaker.services import solving
from matchmaker.services.solving import Ended, Rejection, solve_in_child
from tests.scheduling.builders import build_problem, conference, meeting

PROBLEM = build_problem((meeting("a", weight=70), meeting("b", ("ines", "hana"), weight=30)))


@pytest.fixture
def false_solver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Puts a program in the place of the scheduler; it finds `out` and `write(**changes)` ready."""

    def put(program: str) -> None:
        package = tmp_path / "matchmaker" / "scheduling"
        package.mkdir(parents=True)
        (package.parent / "__init__.py").touch()
        (package / "__init__.py").touch()
        start = """
            import json, os, sys, time
            out = sys.argv[sys.argv.index("--out") + 1]
            def write(**changes):
                meetings = [{"candidate": "a", "slot": 0}, {"candidate": "b", "slot": 1}]
                data = {"format": "matchmaker-schedule/1", "instance": "small", "status": "optimal", "objective": 100,
                        "bound": 100, "seconds": 0.1, "seed": 1, "meetings": meetings}
                with open(out, "w") as file:
                    json.dump(data | changes, file)
        """
        (package / "__main__.py").write_text(textwrap.dedent(start) + textwrap.dedent(program), encoding="utf-8")
        monkeypatch.setattr(solving, "PACKAGE_ROOT", tmp_path)

    return put


def test_the_answer_of_the_child_is_checked_and_given_back() -> None:
    told: list[dict] = []
    problem = conference()
    answer = solve_in_child(problem, seconds=1.5, seed=1, on_progress=told.append)
    assert answer.ended is Ended.DONE
    assert answer.rejected == ()
    assert answer.schedule is not None
    assert violations(problem, answer.schedule.meetings) == []
    assert answer.schedule.objective == value(problem, answer.schedule.meetings) == answer.facts["value"]
    assert told
    assert set(told[0]) == {"phase", "meetings", "value", "bound", "seconds"}


def test_an_infeasible_problem_comes_back_with_causes() -> None:
    answer = solve_in_child(build_problem([meeting("a", slots=(9,), required=True)]), seconds=2, seed=1)
    assert answer.ended is Ended.DONE
    assert answer.schedule is not None
    assert (answer.schedule.status, answer.schedule.causes) == (Status.INFEASIBLE, ("required a",))


def test_a_child_over_its_memory_is_killed() -> None:
    answer = solve_in_child(PROBLEM, seconds=5, seed=1, memory_limit=2**20)
    assert answer.ended is Ended.MEMORY
    assert answer.facts["most_memory"] > 2**20


def test_a_child_over_its_time_is_killed_and_its_last_schedule_kept(false_solver) -> None:
    false_solver("write()\ntime.sleep(60)")
    answer = solve_in_child(PROBLEM, seconds=0.1, seed=1, start_up_seconds=0.0)
    assert answer.ended is Ended.TIME
    assert answer.schedule is not None
    assert answer.schedule.objective == 100


def test_a_child_that_crashes_leaves_its_last_schedule_and_its_last_words(false_solver) -> None:
    false_solver("write()\nprint('out of cheese', file=sys.stderr, flush=True)\nos.abort()")
    answer = solve_in_child(PROBLEM, seconds=5, seed=1)
    assert answer.ended is Ended.CRASHED
    assert answer.schedule is not None
    assert "out of cheese" in answer.facts["last_words"]


def test_a_child_that_refuses_is_told_apart(false_solver) -> None:
    false_solver("print(json.dumps({'error': {'faults': ['x']}}))\nsys.exit(5)")
    answer = solve_in_child(PROBLEM, seconds=5, seed=1)
    assert (answer.ended, answer.schedule, answer.facts["faults"]) == (Ended.REFUSED, None, ["x"])


def test_half_a_file_and_noise_on_the_way_are_no_answer(false_solver) -> None:
    false_solver("print('noise')\nprint('[]')\nopen(out, 'w').write('{\"format\": ')")
    answer = solve_in_child(PROBLEM, seconds=5, seed=1)
    assert (answer.schedule, answer.rejected) == (None, (Rejection.UNREADABLE,))


@pytest.mark.parametrize(
    ("changes", "rejected"),
    [
        ({"meetings": [{"candidate": "a", "slot": 0}, {"candidate": "b", "slot": 0}]}, Rejection.VIOLATIONS),
        ({"instance": "another"}, Rejection.OTHER_INSTANCE),
        ({"status": "infeasible"}, Rejection.FALSE_PROOF),
        ({"objective": 101, "bound": 101}, Rejection.FALSE_VALUE),
        ({"bound": 99}, Rejection.FALSE_BOUND),
        ({"bound": 130}, Rejection.FALSE_PROOF),
    ],
)
def test_what_is_false_is_found_and_told(false_solver, changes: dict, rejected: Rejection) -> None:
    false_solver(f"write(**json.loads({json.dumps(changes)!r}))")
    answer = solve_in_child(PROBLEM, seconds=5, seed=1)
    assert rejected in answer.rejected
    if answer.schedule is not None:
        assert answer.schedule.objective == 100
        assert answer.schedule.bound is None or answer.schedule.bound >= 100


IMPOSSIBLE = {"status": "infeasible", "meetings": [], "objective": None, "bound": None}


@pytest.mark.parametrize(
    ("causes", "believed"),
    [
        (["pinned a in slot 0", "pinned b in slot 0"], True),
        (["pinned a in slot 0", "required c"], False),
        (["pinned a in slot 0"], False),
        (["pinned z in slot 0"], False),
        ([], False),
    ],
)
def test_that_nothing_is_possible_is_believed_only_where_its_causes_cannot_hold(
    false_solver, causes: list[str], believed: bool
) -> None:
    """No greedy schedule is feasible here, so that nothing else would contradict it."""
    problem = build_problem(
        [meeting("a"), meeting("b"), meeting("c", required=True)],
        booked=(Booking("a", 0, pinned=True), Booking("b", 0, pinned=True)),
    )
    false_solver(f"write(**json.loads({json.dumps(IMPOSSIBLE | {'causes': causes})!r}))")
    answer = solve_in_child(problem, seconds=5, seed=1)
    assert (answer.schedule is not None) == believed
    assert answer.rejected == (() if believed else (Rejection.FALSE_PROOF,))


def test_the_parent_never_loads_the_solver() -> None:
    program = "import sys, matchmaker.services.nightly, matchmaker.scheduling.reasons; sys.exit('ortools' in sys.modules)"
    assert solving.subprocess.run([sys.executable, "-c", program], cwd=solving.PACKAGE_ROOT, check=False).returncode == 0
