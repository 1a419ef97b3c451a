"""Workers on other machines: a Dask cluster as an executor; as a program, a small cluster on this machine."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager

from matchmaker.scheduling.pools import pools
from matchmaker.scheduling.remote import MISSING, Remote, check_workers, connected
from matchmaker.scheduling.surviving import Workers
from matchmaker.scheduling.warming import is_warm, warm_up

PORT = 8786
MISUSED = 2


@contextmanager
def cluster_workers(address: str, *, count: int = 1, when_cold: Callable[[], None] = lambda: None) -> Iterator[Executor]:
    """The workers of the cluster at this address, ready to work; so many processes here take over where it is lost.

    `when_cold` is called where a worker has to compile first, which takes about a minute. Raises ClusterError.
    """
    with connected(address) as client:
        check_workers(client, address)
        if not all(client.run(is_warm, on_error="ignore").values()):
            when_cold()
        client.run(warm_up, on_error="ignore")
        with Remote(client) as remote, Workers([lambda: remote, *pools(count, warm_up)]) as workers:
            yield workers


# A small cluster on this machine.


def main(arguments: list[str] | None = None) -> int:
    """Start a scheduler and workers here, reachable from this machine only, and wait for the end; tells the exit code."""
    parser = argparse.ArgumentParser("python -m matchmaker.scheduling.cluster", description="A small cluster here.")
    parser.add_argument("--port", type=int, default=PORT)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args(arguments)
    try:
        from distributed import LocalCluster
    except ImportError:
        return _fail(MISSING)
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    warm_up(when_cold=lambda: _say("Compiling; this takes about a minute, once."))
    try:
        cluster = LocalCluster(
            n_workers=options.workers,
            threads_per_worker=1,
            host="127.0.0.1",
            scheduler_port=options.port,
            dashboard_address=None,
        )
    except (OSError, RuntimeError) as error:
        return _fail(f"The cluster cannot be started at port {options.port}: {error.__cause__ or error}")
    with cluster:
        pids = ", ".join(str(nanny.pid) for nanny in cluster.workers.values())
        _say(f"A scheduler and {options.workers} workers (processes {pids}) are at {cluster.scheduler_address}")
        _say(f"Use them: flask --app wsgi schedule solve INSTANCE --out SCHEDULE --cluster {cluster.scheduler_address}")
        _say("Ctrl-C ends them.")
        ended.wait()
    return 0


def _say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def _fail(words: str) -> int:
    sys.stderr.write(words + "\n")
    return MISUSED


if __name__ == "__main__":
    sys.exit(main())
