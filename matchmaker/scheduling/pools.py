"""Pools of worker processes, all ready before the first begins, that end with the process which started them."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from multiprocessing.connection import wait
from multiprocessing.synchronize import Barrier

from matchmaker.scheduling.process import ORPHANED
from matchmaker.scheduling.remote import ClusterError, Remote, check_workers, connected
from matchmaker.scheduling.surviving import Workers

MOST_POOLS = 5
"""Whatever kills the workers of so many pools would kill those of the next."""
LONGEST_START = 300.0


@contextmanager
def helping_workers(count: int, address: str | None = None) -> Iterator[Executor]:
    """Workers for what needs no compiled code: the cluster's, or so many processes here where there is none to be had."""
    here = pools(count)
    with ExitStack() as stack:
        if address is not None:
            with suppress(ClusterError):
                client = stack.enter_context(connected(address))
                check_workers(client, address)
                remote = stack.enter_context(Remote(client))
                here = [lambda: remote, *here]
        yield stack.enter_context(Workers(here))


def pools(count: int, prepare: Callable[[], None] | None = None) -> list[Callable[[], Executor]]:
    """Pools of so many processes, each to be started where the one before was killed; with one process there is none.

    Every process calls `prepare` first.
    """
    return [partial(_pool, count, prepare)] * (MOST_POOLS if count > 1 else 0)


def _pool(count: int, prepare: Callable[[], None] | None) -> Executor:
    context = multiprocessing.get_context("spawn")
    executor = ProcessPoolExecutor(count, mp_context=context, initializer=_start, initargs=(prepare, context.Barrier(count)))
    for _ in range(count):  # a pool starts no more processes than it has tasks
        executor.submit(os.getpid)
    return executor


def _start(prepare: Callable[[], None] | None, all_ready: Barrier) -> None:
    """Get ready, and wait until all others are: the first task is nobody's before."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_after, args=(parent.sentinel,), daemon=True).start()
    if prepare is not None:
        prepare()
    with suppress(threading.BrokenBarrierError):
        all_ready.wait(LONGEST_START)


def _end_after(sentinel: int) -> None:
    """End with the process that started this one, however that ended."""
    wait([sentinel])
    os._exit(ORPHANED)
