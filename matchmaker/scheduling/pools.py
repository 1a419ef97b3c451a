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
    if count <= 1:
        return []
    return [partial(_pool, count, prepare, together=True), *[partial(_pool, count, prepare, together=False)] * (MOST_POOLS - 1)]


class _Pool(ProcessPoolExecutor):
    """A pool that is not waited for in the end: what is still being worked on then is of no use to anybody."""

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        # Half an answer of a worker that ends while it writes would be waited for as long as anybody could write the rest.
        with suppress(AttributeError, OSError):
            self._result_queue._writer.close()  # type: ignore[attr-defined]
        for process in list((self._processes or {}).values()):
            process.terminate()
        super().shutdown(wait, cancel_futures=True)


def _pool(count: int, prepare: Callable[[], None] | None, *, together: bool) -> Executor:
    """`together`: no task begins before all processes are ready, so that a clock which runs from then on is fair."""
    context = multiprocessing.get_context("spawn")
    all_ready = context.Barrier(count) if together else None
    pool = _Pool(count, mp_context=context, initializer=_start, initargs=(prepare, all_ready))
    try:
        for _ in range(count):  # a pool starts no more processes than it has tasks
            pool.submit(os.getpid)
    except BaseException:
        pool.shutdown(wait=False)
        raise
    return pool


def _start(prepare: Callable[[], None] | None, all_ready: Barrier | None) -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_after, args=(parent.sentinel,), daemon=True).start()
    if prepare is not None:
        prepare()
    if all_ready is not None:
        with suppress(threading.BrokenBarrierError):
            all_ready.wait(LONGEST_START)


def _end_after(sentinel: int) -> None:
    """End with the process that started this one, however that ended."""
    wait([sentinel])
    os._exit(ORPHANED)
