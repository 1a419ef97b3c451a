"""Worker processes that search beside this one, and end when it does."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from multiprocessing.connection import wait
from multiprocessing.synchronize import Barrier

from matchmaker.scheduling.arrays import is_annealed
from matchmaker.scheduling.problem import Problem
from matchmaker.scheduling.process import ORPHANED
from matchmaker.scheduling.surviving import Workers
from matchmaker.scheduling.warming import warm_up

MOST_POOLS = 5
"""Whatever kills the workers of so many pools would kill those of the next."""
LONGEST_START = 300.0


@contextmanager
def worker_processes(count: int, problem: Problem | None = None) -> Iterator[Executor | None]:
    """An executor with as many processes as asked for, begun to work; with one, none beside this.

    Where the problem is known to be too small to be annealed the processes do not load what is compiled.
    """
    if count <= 1:
        yield None
        return
    with Workers(pools(count, compiled=problem is None or is_annealed(problem))) as executor:
        executor.submit(os.getpid).result()  # the clock does not run yet
        yield executor


def pools(count: int, *, compiled: bool = True) -> list[Callable[[], Executor]]:
    """Pools of so many processes, each to be started where the one before was killed; with one process there is none."""
    return [partial(_pool, count, compiled)] * (MOST_POOLS if count > 1 else 0)


def _pool(count: int, compiled: bool) -> Executor:
    context = multiprocessing.get_context("spawn")
    meeting = context.Barrier(count)
    executor = ProcessPoolExecutor(count, mp_context=context, initializer=_start, initargs=(compiled, meeting))
    for _ in range(count):  # a pool starts no more processes than it has tasks
        executor.submit(os.getpid)
    return executor


def _start(compiled: bool, meeting: Barrier) -> None:
    """Have the compiled code at hand, and end with the process that started this one; nobody begins before all can."""
    _end_with_the_starter()
    if compiled:
        warm_up()
    with suppress(threading.BrokenBarrierError):
        meeting.wait(LONGEST_START)


def _end_with_the_starter() -> None:
    """Let a worker end when the process that started it is gone, however that ended."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_after, args=(parent.sentinel,), daemon=True).start()


def _end_after(sentinel: int) -> None:
    wait([sentinel])
    os._exit(ORPHANED)
