"""The commands of `flask schedule`: scheduling problems as files."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import click

from matchmaker.cli_plain import CLUSTER, FILE, NEW_FILE, NUMBER, PlainGroup
from matchmaker.phrases import fault_words, phrase
from matchmaker.progress import watching
from matchmaker.scheduling.check import value, violations
from matchmaker.scheduling.demands import are_refuted
from matchmaker.scheduling.problem import Problem, ProblemError, read_problem
from matchmaker.scheduling.schedule import Schedule, Status, read_schedule, schedule_as_data
from matchmaker.services.nightly import ExitCode
from matchmaker.services.run_files import exported_run
from matchmaker.services.solving import GIB, Ended, solve_in_child

MOST_LINES = 50
Found = TypeVar("Found")

schedule = PlainGroup("schedule", short_help="Scheduling problems as files: solve, check, export.")


@schedule.command("solve")
@click.argument("instance", type=FILE)
@click.option("--out", type=NEW_FILE, required=True, help="Where to write the schedule.")
@click.option("--seconds", type=click.FloatRange(1, 86400), default=60, show_default=True)
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=1, show_default=True)
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True)
@click.option("--memory", type=click.FloatRange(0.5, 1024), default=4, show_default=True, help="Memory limit in GiB.")
@click.option("--cluster", type=CLUSTER, help="A Dask scheduler whose workers search, such as tcp://10.0.0.5:8786.")
def solve_file(instance: Path, out: Path, seconds: float, seed: int, workers: int, memory: float, cluster: str | None) -> None:
    """Solve the problem in the file INSTANCE without touching the database.

    \b
    Exit codes: 0 a schedule was written (it may say infeasible, with the causes), 4 none was found, 5 input refused.
    """
    problem = _read_problem(instance)
    with watching() as hear:
        answer = solve_in_child(
            problem,
            seconds=seconds,
            seed=seed,
            workers=workers,
            cluster=cluster,
            memory_limit=int(memory * GIB),
            on_progress=lambda progress: hear("solve", progress),
        )
    if answer.schedule is None:
        click.echo(f"No schedule. {fault_words({'code': answer.ended.value})}", err=True)
        sys.exit(ExitCode.INPUT_REFUSED if answer.ended is Ended.REFUSED else ExitCode.KEPT)
    faults = [] if answer.ended is Ended.DONE else [answer.ended.value]
    for code in (*faults, *(each.value for each in answer.rejected)):
        click.echo(fault_words({"code": code}), err=True)
    out.write_text(json.dumps(schedule_as_data(answer.schedule), ensure_ascii=False), encoding="utf-8")
    click.echo(_schedule_in_words(answer.schedule))


def _schedule_in_words(found: Schedule) -> str:
    if found.causes:
        return "No schedule exists:\n" + "\n".join(f"  {cause}" for cause in found.causes)
    bound = f", proven bound {found.bound:,.0f}" if found.bound is not None else ""
    return f"{len(found.meetings)} meetings, value {found.objective:,}{bound}"


@schedule.command("check")
@click.argument("instance", type=FILE)
@click.argument("answer", metavar="SCHEDULE", type=FILE)
def check_file(instance: Path, answer: Path) -> None:
    """Say in words what is wrong with SCHEDULE for the problem in INSTANCE; exit 1 where something is."""
    problem, found = _read_problem(instance), _read_schedule(answer)
    wrong = list(_what_is_wrong(problem, found))
    for words in wrong[:MOST_LINES]:
        click.echo(words)
    if len(wrong) > MOST_LINES:
        click.echo(f"… and {len(wrong) - MOST_LINES:,} more.")
    if wrong:
        sys.exit(1)
    if found.status is Status.INFEASIBLE:
        click.echo("It says that no schedule exists; nothing contradicts that, but nothing proves it here.")
    else:
        click.echo(f"Nothing is wrong: {len(found.meetings)} meetings, value {value(problem, found.meetings):,}.")


def _what_is_wrong(problem: Problem, found: Schedule) -> Iterator[str]:
    """Rules that a schedule breaks; where there are none, claims that do not hold."""
    if found.instance != problem.name:
        yield f"The schedule is for {found.instance}, not for {problem.name}."
    if found.status is Status.INFEASIBLE:
        if found.meetings:
            yield f"It says that no schedule exists, and lists {len(found.meetings)} meetings."
        elif found.causes and are_refuted(problem, found.causes):
            yield "It says that no schedule exists, but what it names as the causes can hold together, or is not demanded."
        return
    broken = [phrase(violation.rule, **violation.facts) for violation in violations(problem, found.meetings)]
    yield from broken or found.false_claims(value(problem, found.meetings))


@schedule.command("export")
@click.argument("run", type=NUMBER)
@click.option("--instance", type=NEW_FILE, required=True, help="Where to write the problem.")
@click.option("--schedule", "answer", type=NEW_FILE, required=True, help="Where to write its answer.")
def export(run: int, instance: Path, answer: Path) -> None:
    """Write the problem of the night RUN and its answer as files."""
    try:
        problem, found = exported_run(run)
    except LookupError:
        raise click.ClickException(f"There is no run {run} with a stored problem and answer.") from None
    instance.write_text(json.dumps(problem, ensure_ascii=False), encoding="utf-8")
    answer.write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")
    click.echo(f"Run {run}: {instance} and {answer}")


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise click.ClickException(f"{path} is not JSON: {error}") from error


def _read_problem(path: Path) -> Problem:
    return _read(path, read_problem, "a scheduling problem")


def _read_schedule(path: Path) -> Schedule:
    return _read(path, read_schedule, "a schedule")


def _read(path: Path, reader: Callable[[object], Found], what: str) -> Found:
    try:
        return reader(_read_json(path))
    except ProblemError as error:
        faults = "\n".join(f"  {fault}" for fault in error.faults)
        raise click.ClickException(f"{path} is not {what}:\n{faults}") from error
