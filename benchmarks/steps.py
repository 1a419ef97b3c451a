"""Does one step: writes the instance, runs the method, checks its schedule twice, and keeps what came of it."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from benchmarks.checker import Malformed, Verdict, check
from benchmarks.disturb import stayed
from benchmarks.methods import METHODS, ROOT
from benchmarks.process import Run, run_process
from benchmarks.store import Outcome, Point, Step, Store

SECOND_CHECKER = ROOT.parent / "shared" / "tools" / "verify_schedule.py"
START_UP = 120.0
SKIPPED = 6
ENDED_WORDS = {
    "overtime": "stopped by the benchmark, because it went on after its limit",
    "memory": "stopped by the benchmark, because it took more memory than it may",
    "failed": "ended with an error",
}

MEMORY_SHARE = 0.7
"""How much of the machine's memory a method may take with all its processes, before it is ended."""


@dataclass(frozen=True)
class Limits:
    """What a method may use. `patience` is how much longer than its limit it may run before it is ended."""

    workers: int = 2
    most_mib: float = MEMORY_SHARE * psutil.virtual_memory().total / (1 << 20)
    patience: float = 0.5
    stop_at_gap: float | None = None


def do_step(store: Store, step: Step, instance: Path, limits: Limits) -> Outcome:
    """Run and check; the outcome is kept in the store, the schedule beside it."""
    method, data = METHODS[step.method], instance.read_bytes()
    out = store.path(step, "schedule.json")
    out.parent.mkdir(parents=True, exist_ok=True)
    out.unlink(missing_ok=True)
    run = run_process(
        method.command(instance.resolve(), out.resolve(), step.seconds, step.seed, limits.workers),
        most_seconds=step.seconds * (1 + limits.patience) + START_UP,
        most_mib=limits.most_mib,
        enough=lambda progress: _is_enough(progress, limits.stop_at_gap),
    )
    outcome = _outcome(step, run, json.loads(data)["name"], hashlib.sha256(data).hexdigest(), method.version())
    if out.exists():
        _judge(outcome, instance, out)
    store.keep(outcome)
    return outcome


def _is_enough(progress: dict[str, Any], stop_at_gap: float | None) -> bool:
    value, bound = progress.get("value"), progress.get("bound")
    return (
        stop_at_gap is not None and value is not None and bound is not None and bound - value <= stop_at_gap * max(1, abs(bound))
    )


def _outcome(step: Step, run: Run, instance: str, fingerprint: str, version: str) -> Outcome:
    trajectory = trajectory_of(run)
    said = {kind: data for _, line in run.lines for kind, data in line.items() if kind != "progress"}
    result = said.get("result", {})
    bounds = [point.bound for point in trajectory if point.bound is not None]
    if result.get("bound") is not None:
        bounds.append(result["bound"])
    note = result.get("note") or ""
    if run.ended in ENDED_WORDS and run.code != SKIPPED and not (run.ended == "failed" and "result" in said):
        note = f"{ENDED_WORDS[run.ended]}: {_last_line(run)}" if run.ended == "failed" else ENDED_WORDS[run.ended]
    if "error" in said:
        note = f"refused the instance: {json.dumps(said['error'], ensure_ascii=False)}"
    return Outcome(
        case=step.case,
        seed=step.seed,
        seconds=step.seconds,
        method=step.method,
        instance=instance,
        fingerprint=fingerprint,
        version=version,
        ended=run.ended,
        status=result.get("status"),
        bound=min(bounds, default=None),
        took=round(run.seconds, 2),
        peak_mib=run.peak_mib,
        trajectory=trajectory,
        skipped=str(said.get("skipped", "")),
        note=note,
    )


def _last_line(run: Run) -> str:
    lines = run.last_words.splitlines()
    return lines[-1][:200] if lines else f"exit code {run.code}"


def trajectory_of(run: Run) -> list[Point]:
    """The moments at which value or bound became better."""
    points: list[Point] = []
    value: int | None = None
    bound: int | None = None
    for at, line in run.lines:
        told = line.get("progress") or line.get("result")
        if not isinstance(told, dict):
            continue
        new_value, new_bound = told.get("value"), told.get("bound")
        if new_value is not None and (value is None or new_value > value):
            value = new_value
        if new_bound is not None and (bound is None or new_bound < bound):
            bound = new_bound
        if not points or (points[-1].value, points[-1].bound) != (value, bound):
            own = told.get("seconds")
            points.append(Point(round(at, 3), round(own, 3) if isinstance(own, (int, float)) else round(at, 3), value, bound))
    return points


def _judge(outcome: Outcome, instance: Path, schedule: Path) -> None:
    """Let both checkers look at the schedule; fills in value, meetings and what is wrong."""
    try:
        data = json.loads(schedule.read_text(encoding="utf-8"))
        problem = json.loads(instance.read_text(encoding="utf-8"))
        verdict = check(problem, data)
    except (Malformed, ValueError) as error:
        outcome.violations, outcome.words = 1, [str(error)]
        return
    outcome.status = outcome.status or data.get("status")
    outcome.violations, outcome.false_claims = len(verdict.violations), len(verdict.false_claims)
    outcome.words = [*verdict.violations[:5], *verdict.false_claims[:5]]
    outcome.meetings, outcome.amounts = verdict.meetings, verdict.amounts
    if not verdict.violations:
        outcome.value = verdict.objective
    if problem.get("booked"):
        old = stayed(problem, data)
        outcome.amounts |= {"told": old.told, "possible": old.possible, "unmoved": old.unmoved, "unavoidable": old.unavoidable}
    bound = data.get("bound")
    if isinstance(bound, (int, float)) and (outcome.bound is None or bound < outcome.bound):
        outcome.bound = int(bound)
    second = second_opinion(instance, schedule)
    if second is not None:
        outcome.checkers_agree = agree(verdict, second)
        if not outcome.checkers_agree:
            outcome.words.append(f"the checkers disagree: the other one says {json.dumps(second, ensure_ascii=False)[:300]}")


def second_opinion(instance: Path, schedule: Path) -> dict[str, Any] | None:
    """What the shared checker says; none where it is not found."""
    if not SECOND_CHECKER.exists():
        return None
    done = subprocess.run(
        [sys.executable, str(SECOND_CHECKER), str(instance), str(schedule)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    try:
        said = json.loads(done.stdout)
    except ValueError:
        return {"error": done.stderr.strip()[-300:]}
    return said if isinstance(said, dict) else {"error": done.stdout[-300:]}


def agree(ours: Verdict, other: dict[str, Any]) -> bool:
    """Whether both checkers say the same of feasibility, claims and objective."""
    if "error" in other:
        return False
    feasible = not ours.violations and other.get("status") != "infeasible"
    return (feasible, not ours.false_claims, ours.objective) == (other["feasible"], other["claims_hold"], other["objective"])
