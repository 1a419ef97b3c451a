"""Faults of the solver, made by a false `ortools` on its path: nothing wrong is published, and the record says what happened."""

import json
from functools import partial
from pathlib import Path

import pytest

from matchmaker.db import db
from matchmaker.domain.interest import Level
from matchmaker.models import Account, Edition, Meeting, Run, Rung, RunState
from matchmaker.phrases import fault_words
from matchmaker.scheduling.check import value, violations
from matchmaker.scheduling.problem import read_problem
from matchmaker.scheduling.schedule import Status, read_schedule
from matchmaker.services import nightly
from matchmaker.services.actors import actor_of
from matchmaker.services.doctor import diagnose
from matchmaker.services.floors import find_floor
from matchmaker.services.meetings import decline_meeting
from matchmaker.services.nightly import ExitCode, Night
from matchmaker.services.run_files import exported_run
from matchmaker.services.solving import GIB, Ended, Rejection, solve_in_child
from tests.builders import NOW, get_chain, get_project, make_interest, make_investor, save
from tests.scheduling.builders import conference
from tests.services.false_ortools import FAULTS, put_false_ortools
from tests.services.nights import answer_at_once, diary, do_night

CRASHES = {"leaves at once", "crashes as it is loaded", "cannot be loaded", "crashes in the middle", "is killed in the middle"}
HANGS = {"hangs as it is loaded", "hangs in the middle"}
SPOILT = {
    "breaks a rule": "violations",
    "books what nobody knows": "violations",
    "says a wrong value": "false_value",
    "says a bound below its value": "false_bound",
    "says a bound that is no number": "false_bound",
    "says a bound that nothing can hold": "false_bound",
    "says that nothing is possible": "false_proof",
    "leaves out everything": "below_yesterday",
    "writes half a file": "unreadable",
    "writes another kind of file": "unreadable",
}


@pytest.fixture
def second_night(edition: Edition, hao: Account, monkeypatch: pytest.MonkeyPatch) -> Edition:
    """A night was published; then a host declined, and somebody new wants meetings."""
    edition.publishes_at_once = True
    save(edition)
    for _ in range(4):
        make_interest(make_investor(edition), get_chain(edition.id, "FI-ROB"), Level.MUST_MEET)
    monkeypatch.setattr(nightly, "solve_in_child", answer_at_once)
    do_night()
    decline_meeting(actor_of(hao), db.session.query(Meeting.id).order_by(Meeting.id).first()[0], "other", now=NOW)
    make_interest(make_investor(edition), get_project(edition, "XH-01"), Level.MUST_MEET)
    return edition


def night_with(fault: str, folder: Path, monkeypatch: pytest.MonkeyPatch, **wanted: object) -> Night:
    monkeypatch.setenv("PYTHONPATH", put_false_ortools(folder, fault))
    patient = 0.5 if fault in HANGS else 20.0
    monkeypatch.setattr(nightly, "solve_in_child", partial(solve_in_child, start_up_seconds=patient))
    monkeypatch.setattr(nightly, "find_floor", partial(find_floor, start_up_seconds=patient))
    return do_night(**({"seconds": 1, "memory": GIB} | wanted))


def assert_record_is_true(run: Run) -> None:
    """What the run stored keeps every rule, and what it claims of it holds."""
    problem_data, schedule_data = exported_run(run.id)
    problem, schedule = read_problem(problem_data), read_schedule(json.loads(json.dumps(schedule_data)))
    assert violations(problem, schedule.meetings) == []
    assert list(schedule.false_claims(value(problem, schedule.meetings))) == []
    assert run.value == value(problem, schedule.meetings)
    assert run.bound is None or run.bound >= run.value
    assert (run.rung is Rung.PROVEN) <= (run.bound is not None)


@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_the_solver_does_a_checked_schedule_is_published_and_the_record_says_why(
    fault: str, second_night: Edition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = diary()

    night = night_with(fault, tmp_path, monkeypatch)

    run = db.session.get_one(Run, night.run_id)
    assert (night.exit_code, run.state, run.rung) == (ExitCode.DONE, RunState.PUBLISHED, night.rung)
    assert_record_is_true(run)
    assert diagnose() == []
    assert len(diary()) == len(before) + 1  # yesterday's, and the one that is new
    assert set(before) < set(diary())
    told = [each for each in run.facts if "about" not in each]
    if fault in SPOILT:
        assert SPOILT[fault] in told[0]["rejected"]
        assert run.rung is Rung.REPAIRED or SPOILT[fault] in ("false_value", "false_bound")
    elif told:  # the fault reached the outside
        expected = {Ended.CRASHED} if fault in CRASHES else {Ended.TIME} if fault in HANGS else {Ended.MEMORY}
        assert {each["code"] for each in told} == expected
    assert night.facts == run.facts
    words = [fault_words(each) for each in run.facts]
    assert all(words)
    assert not any("%(" in each for each in words)


def test_the_same_night_with_the_true_solver_has_nothing_to_report(
    second_night: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nightly, "solve_in_child", solve_in_child)

    night = do_night(seconds=1)

    assert (night.facts, night.rung) == ([], Rung.PROVEN)


def test_a_rehearsal_with_a_broken_solver_says_so_and_stores_nothing(
    second_night: Edition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = diary()

    night = night_with("leaves at once", tmp_path, monkeypatch, dry_run=True)

    assert (night.rung, night.run_id, diary()) == (Rung.REPAIRED, None, before)
    assert [each["code"] for each in night.facts if "about" not in each] == ["crashed"]


def test_a_first_night_with_a_broken_solver_is_not_left_with_nothing(
    edition: Edition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_interest(make_investor(edition), get_chain(edition.id, "FI-ROB"), Level.MUST_MEET)

    night = night_with("leaves at once", tmp_path, monkeypatch)

    run = db.session.get_one(Run, night.run_id)
    assert (run.state, run.rung, run.figures["booked"]) == (RunState.DRAFT, Rung.REPAIRED, 2)
    assert_record_is_true(run)


def test_a_broken_search_for_the_floor_costs_the_floor_and_nothing_else(
    second_night: Edition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    second_night.floor_first = True
    save(second_night)

    night = night_with("leaves at once", tmp_path, monkeypatch)

    run = db.session.get_one(Run, night.run_id)
    assert [each.get("about") for each in run.facts] == ["floor", None]
    assert fault_words(run.facts[0]).startswith("While it was sought whether everybody could have more meetings: The solver")
    assert run.figures["floor"]["level"] is None
    assert_record_is_true(run)


@pytest.mark.parametrize("fault", ["breaks a rule", "writes half a file"])
def test_a_false_answer_about_the_floor_is_not_believed(
    fault: str, second_night: Edition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", put_false_ortools(tmp_path, fault))

    found = find_floor(conference(6, 4), had={}, seconds=2, seed=1, memory_limit=GIB)

    assert (found.floor, found.went_wrong, found.rejected) == (None, True, True)


# -- in the middle of the work -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "ended"),
    [
        ("crashes in the middle", Ended.CRASHED),
        ("is killed in the middle", Ended.CRASHED),
        ("hangs in the middle", Ended.TIME),
        ("takes all memory", Ended.MEMORY),
    ],
)
def test_the_best_schedule_so_far_survives(fault: str, ended: Ended, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    problem = conference(60, 15)
    monkeypatch.setenv("PYTHONPATH", put_false_ortools(tmp_path, fault))

    answer = solve_in_child(problem, seconds=3, seed=1, memory_limit=GIB, start_up_seconds=3.0 if ended is Ended.TIME else 20.0)

    assert (answer.ended, answer.rejected) == (ended, ())
    assert answer.schedule is not None
    assert answer.schedule.status in (Status.FEASIBLE, Status.OPTIMAL)
    assert len(answer.schedule.meetings) > 60
    assert violations(problem, answer.schedule.meetings) == []
    assert answer.schedule.objective == value(problem, answer.schedule.meetings)


def test_a_solver_that_talks_nonsense_on_the_way_does_not_confuse_who_listens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nonsense = "{'phase': 5, 'value': 'much', 'bound': float('nan'), 'meetings': None}"
    program = f"print(json.dumps({{'progress': {nonsense}}}), flush=True)"
    monkeypatch.setitem(FAULTS, "talks nonsense", program)
    monkeypatch.setenv("PYTHONPATH", put_false_ortools(tmp_path, "talks nonsense"))
    told: list[dict[str, object]] = []

    answer = solve_in_child(conference(4, 4), seconds=1, seed=1, on_progress=told.append)

    assert told[0] == {"phase": "5", "meetings": None, "value": None, "bound": None, "seconds": None}
    assert Rejection.VIOLATIONS not in answer.rejected
    assert answer.schedule is not None
