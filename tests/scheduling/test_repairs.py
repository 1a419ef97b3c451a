"""Ways out of a conflict: each kind where it helps, what is cheapest, and every repair tried out in full."""

import itertools
import json
import math
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from matchmaker.scheduling.bits import slots_in
from matchmaker.scheduling.changes import Change, Easing
from matchmaker.scheduling.check import violations
from matchmaker.scheduling.demands import Cause, CauseKind
from matchmaker.scheduling.problem import Booking, Problem, Venue, problem_as_data
from matchmaker.scheduling.repairs import Concession, GiveUp, Repair, Step, after, repairs_of_conflict, step_as_data
from matchmaker.scheduling.schedule import Placement
from tests.helpers import ROOT
from tests.scheduling.builders import (
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

WIDE = (Venue("east", None), Venue("west", None))
TWO_HALVES = build_slots(1, 4, lunch_after=2)


def pinned(**slots: int) -> tuple[Booking, ...]:
    return tuple(Booking(name, slot, pinned=True) for name, slot in slots.items())


def single_steps(problem: Problem) -> list[Step]:
    repairs = repairs_of_conflict(problem)
    assert all(len(each.steps) == 1 for each in repairs)
    return [each.steps[0] for each in repairs]


def crowded_table() -> Problem:
    """Two accepted meetings, of different people, at the one table at once."""
    return build_problem((meeting("a", ("ines",)), meeting("b", ("hao",))), slots=TWO_HALVES, booked=pinned(a=1, b=1))


def test_one_more_table_is_cheaper_than_a_promise_that_is_broken() -> None:
    assert single_steps(crowded_table()) == [
        Change(Easing.TABLE, "east", (0, 1)),
        GiveUp(Concession.MAY_MOVE, "a", 1),
        GiveUp(Concession.MAY_MOVE, "b", 1),
        GiveUp(Concession.MAY_VANISH, "a", 1),
        GiveUp(Concession.MAY_VANISH, "b", 1),
    ]


def test_a_table_is_no_way_out_for_someone_who_is_to_be_at_two_of_them() -> None:
    problem = build_problem(
        (meeting("a", ("ines",)), meeting("b", ("ines",))), venues=(Venue("east", 2), Venue("west", 1)), booked=pinned(a=1, b=1)
    )
    assert {step.kind for step in single_steps(problem)} == {Concession.MAY_MOVE, Concession.MAY_VANISH}


def test_what_has_no_other_time_cannot_move() -> None:
    problem = crowded_table()
    only_now = replace(problem, candidates=tuple(replace(each, slots=(1,)) for each in problem.candidates))
    assert Concession.MAY_MOVE not in {step.kind for step in single_steps(only_now)}


def test_an_interpreter_is_asked_for_in_the_half_day_that_lacks_one() -> None:
    candidates = (meeting("a", ("ines",), pool="interpreter"), meeting("b", ("hao",), pool="interpreter"))
    problem = build_problem(candidates, venues=WIDE, slots=TWO_HALVES, booked=pinned(a=3, b=3))
    assert single_steps(problem)[0] == Change(Easing.INTERPRETER, "interpreter", (2, 3))


@pytest.mark.parametrize(("limit", "kind"), [("max_meetings", Easing.MEETING), ("max_per_day", Easing.MEETING_A_DAY)])
def test_a_limit_is_raised_where_it_is_in_the_way(limit: str, kind: Easing) -> None:
    problem = build_problem(
        (meeting("a", ("ines",), required=True), meeting("b", ("ines",), required=True)),
        venues=WIDE,
        participants=(ines(**{limit: 1}), hao(), hana()),
    )
    assert single_steps(problem) == [
        Change(kind, "ines", most=2),
        GiveUp(Concession.NOT_REQUIRED, "a"),
        GiveUp(Concession.NOT_REQUIRED, "b"),
    ]


def test_a_half_day_of_either_side_helps_where_that_side_is_missing() -> None:
    problem = build_problem(
        (meeting("a", ("ines", "hao"), required=True),),
        slots=TWO_HALVES,
        participants=(ines(available=(0, 1)), hao(available=(2, 3)), hana()),
    )
    assert single_steps(problem) == [
        Change(Easing.INVESTOR_HALF_DAY, "ines", (2, 3)),
        Change(Easing.HOST_HALF_DAY, "hao", (0, 1)),
        GiveUp(Concession.NOT_REQUIRED, "a"),
    ]


def test_two_conflicts_beside_each_other_need_a_step_each() -> None:
    """A table is missing, and so is an interpreter, for other people at another place."""
    candidates = (
        meeting("a", ("ines",)),
        meeting("b", ("hao",)),
        meeting("c", ("hana",), "west", pool="interpreter"),
        meeting("d", ("hugo",), "west", pool="interpreter"),
    )
    problem = build_problem(
        candidates,
        venues=(Venue("east", 1), Venue("west", None)),
        participants=(ines(), hao(), hana(), hao(id="hugo")),
        booked=pinned(a=1, b=1, c=1, d=1),
    )
    repairs = repairs_of_conflict(problem)
    assert {len(each.steps) for each in repairs} == {2}
    assert set(repairs[0].steps) == {
        Change(Easing.TABLE, "east", (0, 1, 2, 3)),
        Change(Easing.INTERPRETER, "interpreter", (0, 1, 2, 3)),
    }


def test_without_a_conflict_there_is_nothing_to_repair() -> None:
    assert repairs_of_conflict(build_problem()) == []


def test_the_causes_may_be_known_already() -> None:
    causes = [Cause(CauseKind.PINNED, "a", 1), Cause(CauseKind.PINNED, "b", 1)]
    assert repairs_of_conflict(crowded_table(), causes) == repairs_of_conflict(crowded_table())


def test_time_that_is_up_leaves_nothing_to_tell() -> None:
    assert repairs_of_conflict(crowded_table(), seconds=0) == []


def is_possible(problem: Problem) -> bool | None:
    """Whether any schedule is feasible, by trying all; what keeps a further table closed is always held. None: too many."""
    every = [
        [*([] if candidate.id.startswith("closed table") else [None]), *slots_in(starts)]
        for candidate, starts in zip(problem.candidates, problem.start_masks, strict=True)
    ]
    names = [each.id for each in problem.candidates]
    if math.prod(map(len, every)) > 2000:
        return None
    schedules = itertools.product(*every)
    return any(
        not violations(problem, [Placement(n, s) for n, s in zip(names, slots, strict=True) if s is not None])
        for slots in schedules
    )


def test_every_repair_of_a_tiny_problem_makes_it_possible() -> None:
    """Of 400 random problems those that are impossible, each repair against all schedules there are."""
    repaired = 0
    for seed in range(400):
        problem = random_problem(seed)
        if not is_tiny(problem, 300) or best_by_trying_all(problem) is not None:
            assert not is_tiny(problem, 300) or repairs_of_conflict(problem) == []
            continue
        for repair in repairs_of_conflict(problem):
            then = problem
            for step in repair.steps:
                then = after(then, step)
            verdict = is_possible(then)
            assert verdict is not False
            repaired += verdict is True
    assert repaired > 50


def test_a_step_tells_its_facts() -> None:
    assert [step_as_data(each) for each in (GiveUp(Concession.MAY_MOVE, "a", 1), GiveUp(Concession.NOT_REQUIRED, "a"))] == [
        {"kind": "may_move", "candidate": "a", "slot": 1},
        {"kind": "not_required", "candidate": "a"},
    ]
    assert Repair((GiveUp(Concession.MAY_MOVE, "a", 1),)).cost < Repair((GiveUp(Concession.MAY_VANISH, "a", 1),)).cost


def ask(folder: Path, question: dict[str, object]) -> subprocess.CompletedProcess[str]:
    (folder / "question.json").write_text(json.dumps(question), encoding="utf-8")
    command = [sys.executable, "-m", "matchmaker.scheduling.repairs_process", "question.json", "--out", "answer.json"]
    with subprocess.Popen(
        command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={"PYTHONPATH": str(ROOT)}
    ) as child:
        assert child.stdout is not None
        said = child.stdout.read()
    return subprocess.CompletedProcess(command, child.returncode, said)


def test_the_process_answers_a_question_in_a_file(tmp_path: Path) -> None:
    done = ask(tmp_path, {"instance": problem_as_data(crowded_table()), "causes": []})
    assert (done.returncode, done.stdout) == (0, "")
    answer = json.loads((tmp_path / "answer.json").read_text(encoding="utf-8"))
    assert answer["repairs"][0] == [{"kind": "table", "who": "east", "slot": 0}]


def test_the_process_refuses_what_is_no_question(tmp_path: Path) -> None:
    assert ask(tmp_path, {"instance": {}, "causes": []}).returncode == 5
