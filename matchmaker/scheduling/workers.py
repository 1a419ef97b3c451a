"""Worker processes that search beside this one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager

from matchmaker.scheduling.arrays import is_annealed
from matchmaker.scheduling.pools import pools
from matchmaker.scheduling.problem import Problem
from matchmaker.scheduling.surviving import Workers
from matchmaker.scheduling.warming import warm_up


@contextmanager
def worker_processes(count: int, problem: Problem | None = None) -> Iterator[Executor | None]:
    """An executor with as many processes as asked for, begun to work; with one, none beside this.

    Where the problem is known to be too small to be annealed the processes do not load what is compiled.
    """
    if count <= 1:
        yield None
        return
    with Workers(pools(count, warm_up if problem is None or is_annealed(problem) else None)) as executor:
        executor.submit(os.getpid).result()  # the clock does not run yet
        yield executor
