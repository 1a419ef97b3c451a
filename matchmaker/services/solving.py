"""Solve a problem in a child process that cannot take the parent down: watched, limited, checked again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import IO, Any

import psutil

from matchmaker.scheduling.check import value, violations
from matchmaker.scheduling.demands import are_refuted
from matchmaker.scheduling.problem import Problem, problem_as_data
from matchmaker.scheduling.schedule import Schedule, Status, read_schedule

GIB = 2**30
START_UP_SECONDS = 20.0
SECONDS_PER_WORKER = 5.0
"""Where more of them start than this machine has cores they take turns."""
COMPILING_SECONDS = 300.0
ENDING_SECONDS = 10.0
LOOK_EVERY_SECONDS = 0.1
LAST_WORDS = 2000
LARGEST = 2**53
PACKAGE_ROOT = Path(__file__).resolve().parents[2]
NOTHING_KNOWN, REFUSED, UNREACHABLE = 4, 5, 6


class Ended(StrEnum):
    """How the child ended."""

    DONE = "done"
    TIME = "time"
    MEMORY = "memory"
    CRASHED = "crashed"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"


class Rejection(StrEnum):
    """What was wrong with what the child left behind."""

    UNREADABLE = "unreadable"
    OTHER_INSTANCE = "other_instance"
    VIOLATIONS = "violations"
    FALSE_VALUE = "false_value"
    FALSE_BOUND = "false_bound"
    FALSE_PROOF = "false_proof"
    BELOW_YESTERDAY = "below_yesterday"


@dataclass(frozen=True)
class Answer:
    """What is left of a solve: a checked schedule or none, how the child ended, and what was rejected.

    `facts` are the child's last line (status, value, bound, phases, contributions), its exit code, its last
    words on standard error, and the largest memory seen.
    """

    schedule: Schedule | None
    ended: Ended
    facts: dict[str, Any] = field(default_factory=dict)
    rejected: tuple[Rejection, ...] = ()


def solve_in_child(
    problem: Problem,
    *,
    seconds: float,
    seed: int,
    workers: int = 1,
    cluster: str | None = None,
    memory_limit: int = 4 * GIB,
    on_progress: Callable[[dict[str, Any]], None] | None = None,
    start_up_seconds: float = START_UP_SECONDS,
) -> Answer:
    """The best schedule that a child process finds; it is killed where it goes over time or memory.

    With the address of a cluster the workers there search, and `workers` processes of this machine where it is lost.
    Whatever it left is checked here again before anybody sees it.
    """
    options = ["--seed", str(seed), "--workers", str(workers), *(("--cluster", cluster) if cluster else ())]
    with ended_child(
        "matchmaker.scheduling",
        problem_as_data(problem),
        options,
        seconds=seconds,
        memory_limit=memory_limit,
        on_progress=on_progress,
        start_up_seconds=start_up_seconds + SECONDS_PER_WORKER * max(0, workers - 2),
    ) as left:
        schedule, rejected = _checked(problem, left.out)
    return Answer(schedule, left.ended, left.facts, rejected)


@dataclass(frozen=True)
class Left:
    """What a child left behind when it ended: the file of its answer (there or not), how it ended, and facts as in Answer."""

    out: Path
    ended: Ended
    facts: dict[str, Any]


class Patience:
    """How long a child is waited for: `start_up` seconds until it says that it is ready, longer where it says that it has to
    compile first, and then its limit with what belongs to it. Each is heard once."""

    def __init__(self, limit: float, start_up: float) -> None:
        self._limit = limit
        self._until = time.monotonic() + start_up + limit
        self._heard: set[str] = set()

    def hear(self, said: dict[str, Any]) -> None:
        for word, seconds in (("compiling", COMPILING_SECONDS), ("ready", ENDING_SECONDS)):
            if said.get(word) is True and word not in self._heard:
                self._heard.add(word)
                self._until = time.monotonic() + self._limit + seconds

    @property
    def is_over(self) -> bool:
        return time.monotonic() > self._until


@contextmanager
def ended_child(
    module: str,
    question: dict[str, Any],
    options: list[str],
    *,
    seconds: float,
    memory_limit: int,
    on_progress: Callable[[dict[str, Any]], None] | None = None,
    start_up_seconds: float = START_UP_SECONDS,
) -> Iterator[Left]:
    """Run a module of the scheduler over a question until it ends or goes over its limits; its files last as long as this."""
    with tempfile.TemporaryDirectory(prefix="matchmaker-") as folder:
        asked, out = Path(folder, "instance.json"), Path(folder, "schedule.json")
        asked.write_text(json.dumps(question), encoding="utf-8")
        command = [sys.executable, "-m", module, str(asked), "--out", str(out), "--seconds", str(seconds), *options]
        patience = Patience(seconds + max(2.0, 0.05 * seconds), start_up_seconds)
        with _child(command, Path(folder)) as child:
            lines = _Lines(child.stdout, on_progress, patience)
            ended, most_memory = _watch(child, patience, memory_limit)
            lines.finish()
        facts = lines.last | {
            "exit_code": child.returncode,
            "most_memory": most_memory,
            "last_words": Path(folder, "stderr").read_text(encoding="utf-8", errors="replace")[-LAST_WORDS:],
        }
        yield Left(out, ended, facts)


@contextmanager
def _child(command: list[str], folder: Path) -> Iterator[subprocess.Popen[str]]:
    """The running child; afterwards it and all that it started are gone."""
    paths = [str(PACKAGE_ROOT), os.environ.get("PYTHONPATH", "")]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths)), "PYTHONUTF8": "1"}
    with (
        Path(folder, "stderr").open("w", encoding="utf-8") as errors,
        subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            encoding="utf-8",
            env=environment,
            cwd=folder,
        ) as child,
    ):
        try:
            yield child
        finally:
            _kill(child)


def _watch(child: subprocess.Popen[str], patience: Patience, memory_limit: int) -> tuple[Ended, int]:
    """Wait for the end of the child, or put one to it; tells how it ended and the most memory seen."""
    most = 0
    while child.poll() is None:
        most = max(most, _memory(child.pid))
        if most > memory_limit:
            _kill(child)
            return Ended.MEMORY, most
        if patience.is_over:
            _kill(child)
            return Ended.TIME, most
        time.sleep(LOOK_EVERY_SECONDS)
    endings = {0: Ended.DONE, NOTHING_KNOWN: Ended.DONE, REFUSED: Ended.REFUSED, UNREACHABLE: Ended.UNREACHABLE}
    return endings.get(child.returncode, Ended.CRASHED), most


def _family(pid: int) -> list[psutil.Process]:
    try:
        parent = psutil.Process(pid)
        return [parent, *parent.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _memory(pid: int) -> int:
    """The resident memory of a process and its descendants."""
    total = 0
    for process in _family(pid):
        try:
            total += process.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total


def _kill(child: subprocess.Popen[str]) -> None:
    for process in _family(child.pid) if child.poll() is None else []:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    child.wait()


class _Lines:
    """The child's standard output, read beside it, so that it never waits for us."""

    def __init__(self, stream: IO[str] | None, on_progress: Callable[[dict[str, Any]], None] | None, patience: Patience) -> None:
        self.last: dict[str, Any] = {}
        self._on_progress = on_progress
        self._patience = patience
        self._stream = stream
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def finish(self) -> None:
        self._reader.join(timeout=5)

    def _read(self) -> None:
        for line in self._stream or ():
            try:
                said = json.loads(line)
            except ValueError:
                continue
            if isinstance(said, dict):
                self._hear(said)

    def _hear(self, said: dict[str, Any]) -> None:
        self._patience.hear(said)
        if isinstance(said.get("progress"), dict) and self._on_progress:
            self._on_progress(_plain_progress(said["progress"]))
        for key in ("result", "error"):
            if isinstance(said.get(key), dict):
                self.last = dict(said[key])


def _plain_progress(said: dict[str, Any]) -> dict[str, Any]:
    """What a child says of its progress, as far as it is what it should be: a phase in words, and numbers."""
    numbers = {name: said.get(name) for name in ("meetings", "value", "bound", "seconds")}
    return {"phase": str(said.get("phase", ""))} | {name: value if is_number(value) else None for name, value in numbers.items()}


def is_number(value: object) -> bool:
    """Whether it is a number that can be reckoned with and stored exactly."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < LARGEST


def _checked(problem: Problem, path: Path) -> tuple[Schedule | None, tuple[Rejection, ...]]:
    """The schedule in the file with claims that hold, or none; and what had to be rejected."""
    if not path.exists():
        return None, ()
    try:
        schedule = read_schedule(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, RecursionError):
        return None, (Rejection.UNREADABLE,)
    if schedule.instance != problem.name:
        return None, (Rejection.OTHER_INSTANCE,)
    if schedule.status is Status.INFEASIBLE:
        false = schedule.meetings or not schedule.causes or are_refuted(problem, schedule.causes)
        return (None, (Rejection.FALSE_PROOF,)) if false else (schedule, ())
    if violations(problem, schedule.meetings):
        return None, (Rejection.VIOLATIONS,)
    return _with_true_claims(problem, schedule)


def _with_true_claims(problem: Problem, schedule: Schedule) -> tuple[Schedule, tuple[Rejection, ...]]:
    """A feasible schedule whose value is recomputed and whose bound and status do not contradict it."""
    rejected, worth = [], value(problem, schedule.meetings)
    if schedule.objective != worth:
        rejected.append(Rejection.FALSE_VALUE)
        schedule = replace(schedule, objective=worth)
    if schedule.bound is not None and not (is_number(schedule.bound) and schedule.bound >= worth):
        rejected.append(Rejection.FALSE_BOUND)
        schedule = replace(schedule, bound=None)
    proven = schedule.bound is not None and schedule.bound < worth + 1
    if schedule.status is Status.OPTIMAL and not proven:
        rejected.append(Rejection.FALSE_PROOF)
        schedule = replace(schedule, status=Status.FEASIBLE)
    return schedule, tuple(rejected)
