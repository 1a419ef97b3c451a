"""The scheduler as a process of its own: python -m matchmaker.scheduling INSTANCE --out SCHEDULE.

What it does goes to standard output as JSON lines: {"compiling": true} where that takes a while first, {"ready": true} as
the clock starts, any number of {"progress": …}, and {"result": …} or {"error": …}. The best checked schedule so far is always
in the file, whole. The process ends when its standard input does, because then nobody waits for it any more.

Exit codes: 0 done (an infeasible problem is an answer too), 2 wrong arguments, 3 standard input ended,
4 no feasible schedule known when time was up, 5 input refused, 6 the cluster cannot be used.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from matchmaker.scheduling.check import value, violations
from matchmaker.scheduling.cluster import cluster_workers
from matchmaker.scheduling.problem import Problem, ProblemError, read_problem
from matchmaker.scheduling.process import DONE, REFUSED, end_with_the_parent, say, tell_that_it_compiles, write_whole
from matchmaker.scheduling.remote import ClusterError
from matchmaker.scheduling.schedule import Schedule, Status, schedule_as_data
from matchmaker.scheduling.solve import Progress, Result, solve
from matchmaker.scheduling.warming import warm_up
from matchmaker.scheduling.workers import worker_processes

NOTHING_KNOWN, UNREACHABLE = 4, 6
REST = 10


def main(arguments: list[str] | None = None) -> int:
    """Solve one file; tells the exit code."""
    options = _options(arguments)
    end_with_the_parent()
    try:
        problem = read_problem(json.loads(options.instance.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        faults = [str(fault) for fault in error.faults] if isinstance(error, ProblemError) else [str(error)]
        say({"error": {"faults": faults}})
        return REFUSED
    try:
        return _solve(problem, options)
    except ClusterError as error:
        say({"error": {"cluster": str(error)}})
        return UNREACHABLE


def _solve(problem: Problem, options: argparse.Namespace) -> int:
    keeper = _Keeper(problem, options.out, options.seed)
    with _workers(options, problem) as executor:
        say({"ready": True})
        result = solve(
            problem,
            seconds=options.seconds,
            deterministic_limit=options.deterministic_limit,
            seed=options.seed,
            executor=executor,
            on_progress=keeper.tell,
        )
        if result.status is not None:
            write_whole(options.out, schedule_as_data(result.schedule))
        say({"result": result_as_data(result)})
    return DONE if result.status is not None else NOTHING_KNOWN


@contextmanager
def _workers(options: argparse.Namespace, problem: Problem) -> Iterator[Executor | None]:
    """The workers that were asked for, ready to work, as this process is."""
    if options.cluster is None:
        warm_up(tell_that_it_compiles, problem)
        with worker_processes(options.workers, problem) as executor:
            yield executor
    else:
        with cluster_workers(options.cluster, count=options.workers, when_cold=tell_that_it_compiles) as executor:
            warm_up(tell_that_it_compiles, problem)
            yield executor


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m matchmaker.scheduling", description="Solve one instance.")
    parser.add_argument("instance", type=Path, help="a file in the format matchmaker-instance/1")
    parser.add_argument("--out", type=Path, required=True, help="where the schedule goes")
    parser.add_argument("--seconds", type=float, help="the limit by the clock")
    parser.add_argument("--deterministic-limit", type=float, help="the limit by counted work")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1, help="processes that search at once")
    parser.add_argument("--cluster", metavar="ADDRESS", help="a Dask scheduler whose workers search, such as tcp://10.0.0.5:8786")
    return parser.parse_args(arguments)


class _Keeper:
    """Tells how far the search is, and keeps the best checked schedule in the file, in a tenth of the time at most."""

    def __init__(self, problem: Problem, out: Path, seed: int) -> None:
        self._problem = problem
        self._out = out
        self._seed = seed
        self._best: int | None = None
        self._next_at = 0.0

    def tell(self, progress: Progress) -> None:
        began = time.monotonic()
        if progress.value is not None and (self._best is None or progress.value > self._best) and began >= self._next_at:
            self._keep(progress)
            self._next_at = began + REST * (time.monotonic() - began)
        told = {name: getattr(progress, name) for name in ("phase", "value", "bound", "seconds")}
        say({"progress": told | {"meetings": len(progress.meetings)}})

    def _keep(self, progress: Progress) -> None:
        if violations(self._problem, progress.meetings):
            return
        worth = value(self._problem, progress.meetings)
        self._best = worth
        schedule = Schedule(
            instance=self._problem.name,
            meetings=progress.meetings,
            status=Status.FEASIBLE,
            objective=worth,
            bound=progress.bound,
            seconds=progress.seconds,
            seed=self._seed,
        )
        write_whole(self._out, schedule_as_data(schedule))


def result_as_data(result: Result) -> dict[str, Any]:
    """A result without its meetings, which are in the file."""
    return {
        "status": result.status.value if result.status else None,
        "value": result.value,
        "bound": result.bound,
        "meetings": len(result.schedule.meetings),
        "greedy_value": result.greedy_value,
        "steps": result.steps,
        "seconds": {phase: round(spent, 3) for phase, spent in result.seconds.items()},
        "contributions": asdict(result.contributions) if result.contributions else None,
        "causes": [asdict(cause) for cause in result.causes],
    }


if __name__ == "__main__":
    sys.exit(main())
