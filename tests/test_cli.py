"""The command line: help that a newcomer understands, clear errors without tracebacks, and exit codes."""

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from matchmaker.db import db, only_one
from matchmaker.domain.interest import Level
from matchmaker.domain.roles import Role
from matchmaker.models import Account, Edition, Meeting, Notice, Run
from matchmaker.scheduling.problem import Problem, problem_as_data
from matchmaker.services import nightly
from matchmaker.services.notices import MOST_ATTEMPTS
from matchmaker.services.solving import Answer, Ended
from tests.builders import NOW, get_chain, get_project, make_interest, make_investor, make_meeting, save
from tests.scheduling.builders import conference
from tests.services.nights import answer_at_once

COMMANDS = [
    ("catalogue", "load"),
    ("accounts", "create"),
    ("accounts", "list"),
    ("demo",),
    ("clock",),
    ("nightly",),
    ("notices", "deliver"),
    ("schedule", "solve"),
    ("schedule", "check"),
    ("schedule", "export"),
    ("doctor",),
]


@pytest.fixture
def run(app: Flask) -> Callable[..., Any]:
    """Run a command in this process; answers its exit code and everything that it printed."""

    def run_words(*words: str) -> tuple[int, str]:
        db.session.rollback()
        result = FlaskCliRunner(app).invoke(args=list(words))
        assert result.exception is None or isinstance(result.exception, SystemExit), result.output
        return result.exit_code, result.output

    return run_words


@pytest.fixture
def quick_nights(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nightly, "solve_in_child", answer_at_once)
    monkeypatch.setattr(nightly, "compare_words", lambda edition: {})


@pytest.fixture
def wanting(edition: Edition) -> Edition:
    """An edition in which three investors want something, and which publishes its nights."""
    edition.publishes_at_once = True
    save(edition)
    for _ in range(3):
        make_interest(make_investor(edition), get_chain(edition.id, "FI-ROB"), Level.MUST_MEET)
    return edition


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_explains_itself(words: tuple[str, ...], run: Callable[..., Any]) -> None:
    code, told = run(*words, "--help")

    assert code == 0
    assert f"{' '.join(words)} [OPTIONS]" in told
    assert len(told.splitlines()) > 5


def test_a_night_is_published_and_the_next_one_is_kept(wanting: Edition, run: Callable[..., Any], quick_nights: None) -> None:
    code, told = run("nightly", "--seconds", "1")
    again, told_again = run("nightly", "--seconds", "1")

    assert (code, again) == (0, 4)
    assert "The new schedule is published." in told
    assert "Must-meets met: 3 of 3" in told
    assert "Nothing has changed since the published schedule, so it stays." in told_again


def test_a_first_night_is_done_once(wanting: Edition, run: Callable[..., Any], quick_nights: None) -> None:
    assert run("nightly", "--first")[0] == 0
    assert run("nightly", "--first") == (0, "A night has been published already; this one did nothing.\n")


def test_a_rehearsal_stores_nothing(wanting: Edition, run: Callable[..., Any], quick_nights: None) -> None:
    code, told = run("nightly", "--dry-run", "--now", "2024-03-25T20:00", "--json")

    data = json.loads(told)
    assert (code, data["message"], data["run_id"]) == (0, "rehearsed", None)
    assert data["figures"]["changes"]["new"] > 0
    assert (db.session.query(Run).count(), db.session.query(Meeting).count()) == (0, 0)
    assert "2024-03-22 20:00" in run("clock")[1]


def test_now_moves_the_clock(wanting: Edition, run: Callable[..., Any], quick_nights: None) -> None:
    assert run("nightly", "--now", "2024-03-25T20:00")[0] == 0

    assert "2024-03-25 20:00" in run("clock")[1]


def test_a_second_night_at_once_does_nothing(app: Flask, wanting: Edition, run: Callable[..., Any]) -> None:
    with only_one("nightly", folder=str(app.config["INSTANCE"])):
        code, told = run("nightly")

    assert (code, told) == (3, "Another night is running; this one did nothing.\n")


def test_a_night_without_projects_is_refused(edition: Edition, run: Callable[..., Any], quick_nights: None) -> None:
    for project in db.session.query(nightly.Project):
        project.withdrawn_at = edition.clock_at
    db.session.commit()

    code, told = run("nightly")

    assert code == 5
    assert "The catalogue offers no project." in told


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("clock", "yesterday"), "'yesterday' is not a time such as 2024-03-23T20:00"),
        (("clock", "--edition", "SGIPC-1999"), "There is no such edition"),
        (("clock", "0001-01-01"), "'0001-01-01' is not in the years from 1970 to 2199"),
        (("clock", "9999-12-31T23:59"), "is not in the years"),
        (("nightly", "--now", "soon"), "'soon' is not a time"),
        (("nightly", "--now", "0001-01-01"), "is not in the years"),
        (("nightly", "--seconds", "0"), "0.0 is not in the range"),
        (("accounts", "create", "mayor", "a@example.org", "--name", "A"), "'mayor' is not one of"),
        (
            ("accounts", "create", "host", "a@example.org", "--name", "A", "--district", "ZZ"),
            "This district is not part of this edition.",
        ),
        (("accounts", "create", "organiser", "nobody", "--name", "A"), "Error: "),
        (("schedule", "export", "77", "--instance", "i.json", "--schedule", "s.json"), "There is no run 77"),
        (("schedule", "export", "9" * 23, "--instance", "i.json", "--schedule", "s.json"), "is not in the range"),
        (("schedule", "export", "1", "--instance", "/nowhere/i.json", "--schedule", "s.json"), "/nowhere is not a folder"),
        (("schedule", "solve", "pyproject.toml", "--out", "/nowhere/x"), "/nowhere is not a folder to write to"),
        (("notices", "deliver", "--limit", "9" * 23), "is not in the range"),
        (("catalogue", "load", "nowhere"), "does not exist"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_bad_input_gets_a_clear_error(words: tuple[str, ...], told: str, edition: Edition, run: Callable[..., Any]) -> None:
    code, output = run(*words)

    assert code in (1, 2)
    assert told in output
    assert "Traceback" not in output


def test_a_faulty_catalogue_names_every_fault_and_stores_nothing(tmp_path: Path, app: Flask, run: Callable[..., Any]) -> None:
    (tmp_path / "districts.csv").write_text("code\nPD\n")

    code, told = run("catalogue", "load", str(tmp_path))

    assert code == 1
    assert "event.yaml" in told
    assert "nothing was stored" in told
    assert db.session.query(Edition).count() == 0


def test_accounts_are_created_and_listed(edition: Edition, run: Callable[..., Any]) -> None:
    code, told = run("accounts", "create", "host", "New.Host@example.org", "--name", "New host", "--district", "PD")

    account = db.session.query(Account).filter_by(name="New host").one()
    assert code == 0
    assert told.startswith(f"host: {account.email}, password ")
    assert account.role is Role.HOST
    assert account.email in run("accounts", "list", "--role", "host")[1]


def test_a_run_is_exported_checked_and_solved_again(
    wanting: Edition, tmp_path: Path, run: Callable[..., Any], quick_nights: None
) -> None:
    investor = make_investor(wanting)
    make_meeting(investor, get_project(wanting, "PD-01"), wanting.slots[0])
    run("nightly")
    instance, answer, anew = (str(tmp_path / name) for name in ("instance.json", "schedule.json", "anew.json"))
    run_id = db.session.query(Run.id).order_by(Run.id.desc()).limit(1).scalar()

    assert run("schedule", "export", str(run_id), "--instance", instance, "--schedule", answer)[0] == 0
    checked, told = run("schedule", "check", instance, answer)
    solved, words = run("schedule", "solve", instance, "--out", anew, "--seconds", "2", "--workers", "1")

    assert (checked, told.split(":")[0]) == (0, "Nothing is wrong")
    assert solved == 0, words
    assert run("schedule", "check", instance, anew)[0] == 0


def test_a_wrong_schedule_is_told_in_words(tmp_path: Path, app: Flask, run: Callable[..., Any]) -> None:
    problem: Problem = conference(5, 3)
    twice = [{"candidate": problem.candidates[0].id, "slot": 0}] * 2
    claim = {"format": "matchmaker-schedule/1", "instance": "another", "meetings": twice}
    (tmp_path / "instance.json").write_text(json.dumps(problem_as_data(problem)))
    (tmp_path / "schedule.json").write_text(json.dumps(claim))

    code, told = run("schedule", "check", str(tmp_path / "instance.json"), str(tmp_path / "schedule.json"))

    assert code == 1
    assert "The schedule is for another" in told
    assert len(told.splitlines()) >= 2


def test_of_a_schedule_full_of_errors_the_first_ones_are_told(tmp_path: Path, app: Flask, run: Callable[..., Any]) -> None:
    problem: Problem = conference(5, 3)
    strange = [{"candidate": f"strange-{k}", "slot": 0} for k in range(300)]
    claim = {"format": "matchmaker-schedule/1", "instance": problem.name, "meetings": strange}
    (tmp_path / "instance.json").write_text(json.dumps(problem_as_data(problem)))
    (tmp_path / "schedule.json").write_text(json.dumps(claim))

    code, told = run("schedule", "check", str(tmp_path / "instance.json"), str(tmp_path / "schedule.json"))

    assert code == 1
    assert len(told.splitlines()) == 51
    assert told.splitlines()[-1] == "… and 250 more."


def test_a_file_of_another_kind_is_named(tmp_path: Path, app: Flask, run: Callable[..., Any]) -> None:
    (tmp_path / "other.json").write_text("[]")
    (tmp_path / "instance.json").write_text(json.dumps(problem_as_data(conference(5, 3))))

    first = run("schedule", "check", str(tmp_path / "other.json"), str(tmp_path / "other.json"))
    second = run("schedule", "check", str(tmp_path / "instance.json"), str(tmp_path / "other.json"))

    assert first[0] == second[0] == 1
    assert "other.json is not a scheduling problem" in first[1]
    assert "other.json is not a schedule" in second[1]


@pytest.mark.parametrize(
    ("claims", "told"),
    [
        ({}, "Nothing is wrong: 0 meetings"),
        ({"objective": 7}, "It claims the value 7 and has"),
        ({"bound": -10_000_000}, "It claims the bound -10,000,000 below its value"),
        ({"bound": float("inf")}, "It claims a bound that is not a finite number"),
        ({"status": "optimal"}, "It says that it is optimal, without a bound that proves it."),
        ({"status": "optimal", "bound": 10_000_000}, "It says that it is optimal, without a bound that proves it."),
        ({"status": "feasible", "bound": 10_000_000}, "Nothing is wrong"),
        ({"status": "infeasible"}, "It says that no schedule exists; nothing contradicts that"),
        ({"status": "infeasible", "causes": ["required nobody"]}, "but what it names as the causes can hold together"),
        ({"status": "infeasible", "meetings": [{"candidate": "any", "slot": 0}]}, "no schedule exists, and lists 1 meetings"),
    ],
    ids=str,
)
def test_claims_of_a_schedule_are_checked(
    claims: dict[str, Any], told: str, tmp_path: Path, app: Flask, run: Callable[..., Any]
) -> None:
    problem = conference(5, 3)
    instance, answer = tmp_path / "instance.json", tmp_path / "schedule.json"
    instance.write_text(json.dumps(problem_as_data(problem)))
    answer.write_text(json.dumps({"format": "matchmaker-schedule/1", "instance": problem.name, "meetings": []} | claims))

    code, output = run("schedule", "check", str(instance), str(answer))

    assert told in output
    assert code == (0 if "Nothing is wrong" in told or "nothing contradicts" in told else 1)


@pytest.mark.parametrize(
    ("ended", "code", "told"),
    [
        (Ended.DONE, 4, "No schedule. The solver found nothing in the time it had."),
        (Ended.REFUSED, 5, "No schedule. The solver did not accept the problem."),
        (Ended.CRASHED, 4, "No schedule. The solver ended unexpectedly."),
    ],
)
def test_a_solver_that_finds_nothing_says_why(
    ended: Ended, code: int, told: str, tmp_path: Path, app: Flask, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matchmaker.cli_schedule.solve_in_child", lambda *_, **__: Answer(None, ended))
    (tmp_path / "instance.json").write_text(json.dumps(problem_as_data(conference(5, 3))))

    ended_with, output = run("schedule", "solve", str(tmp_path / "instance.json"), "--out", str(tmp_path / "out.json"))

    assert (ended_with, told in output) == (code, True)


def test_a_file_that_is_no_instance_is_refused(tmp_path: Path, app: Flask, run: Callable[..., Any]) -> None:
    (tmp_path / "a.json").write_text("[1, 2")
    (tmp_path / "b.json").write_text('{"format": "something"}')

    first, told_first = run("schedule", "solve", str(tmp_path / "a.json"), "--out", str(tmp_path / "out.json"))
    second, told_second = run("schedule", "solve", str(tmp_path / "b.json"), "--out", str(tmp_path / "out.json"))

    assert (first, second) == (1, 1)
    assert "is not JSON" in told_first
    assert "the format is not matchmaker-instance/1" in told_second


def test_notices_that_are_given_up_are_named(ines: Account, run: Callable[..., Any]) -> None:
    save(
        Notice(
            account_id=ines.id,
            kind="approved",
            facts={},
            message_id="<one@matchmaker>",
            created_at=NOW,
            attempts=MOST_ATTEMPTS,
            failure="OSError: unreachable",
        )
    )

    code, told = run("notices", "deliver")

    assert code == 0
    assert "0 sent, 0 failed" in told
    assert "Given up: approved to ines@example.org: OSError: unreachable" in told


def test_the_doctor_finds_nothing_and_then_something(wanting: Edition, run: Callable[..., Any]) -> None:
    meeting = make_meeting(make_investor(wanting), get_project(wanting, "PD-01"), wanting.slots[0])

    assert run("doctor") == (0, "Nothing is wrong.\n")

    db.session.execute(db.text("DELETE FROM occupancy WHERE meeting_id = :id"), {"id": meeting.id})
    db.session.commit()
    code, told = run("doctor", "--json")
    assert code == 1
    assert json.loads(told)


def test_a_database_without_tables_is_told_so(flask_command: Callable[..., CompletedProcess[str]], app: Flask) -> None:
    db.drop_all()
    db.session.commit()

    done = flask_command("clock")

    assert done.returncode == 1
    assert "Run `flask db upgrade` first." in done.stderr
