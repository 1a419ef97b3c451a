"""A Dask cluster as an executor: reached within seconds or not at all, and given up where it is lost."""

from __future__ import annotations

import asyncio
import hashlib
import pickle
import platform
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, InvalidStateError
from contextlib import contextmanager, suppress
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

if TYPE_CHECKING:
    from distributed import Client

CONNECTING_SECONDS = 5.0
ANSWERING_SECONDS = 5.0
LOOK_EVERY_SECONDS = 1.0
GONE_SECONDS = 10.0
"""For so long the tasks wait where no worker is there: a worker that was killed is started anew in less."""
HERE = Path(__file__).parent
MISSING = "A cluster needs the extra `scale`: pip install --require-hashes -r requirements-scale.txt"
LARGE = "1 GiB"

Given = ParamSpec("Given")
Value = TypeVar("Value")


class ClusterError(Exception):
    """The cluster cannot be used; the words say why."""


def check_cluster(address: str) -> None:
    """Raise ClusterError where the cluster cannot be reached, has no workers, or other programs than this one on them."""
    with connected(address) as client:
        check_workers(client, address)


@contextmanager
def connected(address: str) -> Iterator[Client]:
    """A client of the cluster at this address. Raises ClusterError."""
    try:
        import dask
        from distributed import Client
        from distributed.core import rpc
    except ImportError as error:
        raise ClusterError(MISSING) from error
    with dask.config.set({"distributed.admin.large-graph-warning-threshold": LARGE}):
        try:
            asyncio.run(asyncio.wait_for(_greet(rpc(address)), CONNECTING_SECONDS))
            client = Client(address, timeout=CONNECTING_SECONDS, set_as_default=False)
        except Exception as error:  # there may be anything at that address
            raise ClusterError(f"The cluster at {address} cannot be reached: {str(error) or 'nobody answers there'}") from error
        try:
            yield client
        finally:
            client.close(timeout=ANSWERING_SECONDS)


async def _greet(scheduler: Any) -> None:
    """Ask who is there: a client of Dask would wait for long, or for ever, where this is no scheduler."""
    async with scheduler:
        who = await scheduler.identity(n_workers=0)
        if who["type"] != "Scheduler":
            raise ValueError(f"it is a {who['type']}")


def check_workers(client: Client, address: str) -> None:
    """Raise ClusterError where there are no workers, or some with another program: what these prove would be something else."""
    end = time.monotonic() + CONNECTING_SECONDS
    while not _count_of_workers(client):
        if time.monotonic() > end:
            raise ClusterError(f"The cluster at {address} has no workers.")
        time.sleep(0.1)
    for worker, theirs in sorted(client.run(program, on_error="return").items()):
        if isinstance(theirs, OSError):
            continue  # it has just gone
        if isinstance(theirs, Exception):
            raise ClusterError(f"The worker {worker} of the cluster at {address} does not have this program: {theirs}")
        for what, ours in program().items():
            if theirs.get(what) != ours:
                words = f"The worker {worker} of the cluster at {address} has other files or packages than this machine"
                raise ClusterError(f"{words}: {what} is {theirs.get(what)} there and {ours} here.")


def program() -> dict[str, str]:
    """What the answer hangs on: the scheduler's files, Python, and the packages that reckon."""
    files = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(HERE.glob("*.py")))).hexdigest()[:16]
    packages = {name: version(name) for name in ("numba", "numpy", "ortools")}
    return {"matchmaker.scheduling": files, "python": ".".join(platform.python_version_tuple()[:2]), **packages}


def _count_of_workers(client: Client) -> int:
    """How many workers the scheduler sees; none where it does not answer."""
    try:
        return len(client.sync(client.scheduler.ncores, callback_timeout=ANSWERING_SECONDS))
    except Exception:  # a connection ends in many ways
        return 0


class Remote(Executor):
    """Dask's executor, which says BrokenExecutor where the cluster is lost.

    Tasks and answers travel as bytes: Dask would look into them for tasks of its own, and make arrays that cannot be
    written to.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._executor = client.get_executor(pure=False)
        self._asked: set[Future[Any]] = set()
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._gone = False
        threading.Thread(target=self._watch, daemon=True).start()

    def submit(self, fn: Callable[Given, Value], /, *args: Given.args, **kwargs: Given.kwargs) -> Future[Value]:
        asked: Future[Value] = Future()
        with self._lock:
            if self._gone:
                raise BrokenExecutor
            self._asked.add(asked)
        call = pickle.dumps(partial(fn, *args, **kwargs), pickle.HIGHEST_PROTOCOL)
        try:
            sent = self._executor.submit(_do, call)
        except Exception as error:  # the connection is closed
            raise BrokenExecutor from error
        asked.add_done_callback(lambda _: self._forget(asked, sent))
        sent.add_done_callback(lambda _: _tell(asked, sent))
        return asked

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Whatever nobody waits for any more is called off."""
        self._closed.set()
        with suppress(Exception):  # the cluster may be gone
            self._executor.shutdown(wait=False)

    def _forget(self, asked: Future[Value], sent: Future[bytes]) -> None:
        with self._lock:
            self._asked.discard(asked)
        sent.cancel()

    def _watch(self) -> None:
        """Give the cluster up where it has no workers for too long: Dask itself would wait for ever."""
        seen = time.monotonic()
        while not self._closed.wait(LOOK_EVERY_SECONDS):
            if _count_of_workers(self._client):
                seen = time.monotonic()
            elif time.monotonic() - seen > GONE_SECONDS:
                break
        with self._lock:
            self._gone, asked = True, list(self._asked)
        for each in asked:
            with suppress(InvalidStateError):
                each.set_exception(BrokenExecutor())


def _do(call: bytes) -> bytes:
    """Done by a worker: whether it came to an answer, and the answer or what was raised."""
    try:
        told = True, pickle.loads(call)()
    except Exception as error:
        told = False, error
    return pickle.dumps(told, pickle.HIGHEST_PROTOCOL)


def _tell(asked: Future[Any], sent: Future[bytes]) -> None:
    """Pass an answer on. Whatever Dask itself raises says that the workers, or the connection to them, were lost."""
    with suppress(InvalidStateError):
        if sent.cancelled() or sent.exception() is not None:
            asked.set_exception(BrokenExecutor())
            return
        done, answer = pickle.loads(sent.result())
        if done:
            asked.set_result(answer)
        else:
            asked.set_exception(answer)
