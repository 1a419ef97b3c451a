"""A Dask cluster of two workers on this machine: the same answers, and what happens where it is lost."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

pytest.importorskip("distributed", reason="the extra `scale` is not installed")

from matchmaker.scheduling import remote
from matchmaker.scheduling.__main__ import UNREACHABLE
from matchmaker.scheduling.cluster import cluster_workers
from matchmaker.scheduling.remote import ClusterError, check_cluster
from tests.scheduling.builders import conference
from tests.scheduling.test_process import ROOT, _finished, _start, _written
from tests.scheduling.test_surviving import die_once, raise_what_is_wrong, solved_in_parts

pytestmark = pytest.mark.xdist_group("cluster")


@pytest.fixture(autouse=True)
def _no_running_loop() -> Iterator[None]:
    """A browser that was opened on this worker leaves Playwright's event loop running, and Dask wants one of its own."""
    running = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(running)


@contextmanager
def started(workers: int = 2) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A cluster as `make cluster` starts it, at any port: its process and its address."""
    command = [sys.executable, "-m", "matchmaker.scheduling.cluster", "--port", "0", "--workers", str(workers)]
    quiet = os.environ | {"DASK_LOGGING__DISTRIBUTED": "critical"}
    with subprocess.Popen(command, cwd=ROOT, text=True, env=quiet, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            told = next(line for line in process.stdout if "tcp://" in line)
            yield process, told.split()[-1]
        finally:
            process.send_signal(signal.SIGINT)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with started() as (_, address):
        yield address


def closed_port() -> int:
    """A port of this machine at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


# -- the same answers --------------------------------------------------------------------------------------------------


def test_cluster_finds_what_one_process_finds_to_the_byte(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    alone = solved_in_parts(monkeypatch, None)
    with cluster_workers(address) as executor:
        assert solved_in_parts(monkeypatch, executor) == alone


def test_tasks_are_done_by_the_workers_and_may_raise(address: str) -> None:
    with cluster_workers(address) as executor:
        assert executor.submit(os.getpid).result() != os.getpid()
        with pytest.raises(LookupError, match="no such slot"):
            executor.submit(raise_what_is_wrong).result()


# -- what is lost ------------------------------------------------------------------------------------------------------


def test_worker_that_is_killed_costs_no_result(address: str, tmp_path: Path) -> None:
    with cluster_workers(address) as executor:
        tasks = [executor.submit(die_once, tmp_path / "mark", answer) for answer in range(4)]
        assert [task.result() for task in tasks] == [0, 1, 2, 3]
        assert executor.submit(os.getpid).result() != os.getpid()


def done_but_not_there(here: int) -> bool:
    """Done at once in this process, and not for very long by a worker."""
    if os.getpid() != here:
        time.sleep(20)
    return os.getpid() == here


def test_what_no_worker_is_there_for_is_done_here(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setattr(remote, "GONE_SECONDS", 0.5)
    with cluster_workers(address) as executor:
        task = executor.submit(done_but_not_there, os.getpid())
        monkeypatch.setattr(remote, "_count_of_workers", lambda client: 0)
        assert task.result()
        assert executor.submit(os.getpid).result() == os.getpid()


def test_search_goes_on_here_where_the_scheduler_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = solved_in_parts(monkeypatch, None)
    with started() as (process, address), cluster_workers(address) as executor:
        task = executor.submit(done_but_not_there, os.getpid())
        process.kill()
        assert task.result()
        assert solved_in_parts(monkeypatch, executor) == alone


# -- what cannot be used -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["tcp://127.0.0.1:{port}", "nonsense", "127.0.0.1:port"])
def test_address_at_which_nobody_answers_is_refused_in_words(where: str) -> None:
    where = where.format(port=closed_port())
    with pytest.raises(ClusterError, match=f"^The cluster at {where} cannot be reached: "):
        check_cluster(where)


def test_cluster_without_workers_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "CONNECTING_SECONDS", 1.0)
    with started(workers=0) as (_, address), pytest.raises(ClusterError, match="has no workers"):
        check_cluster(address)


def test_cluster_with_other_files_is_refused_in_words(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    theirs = remote.program()
    check_cluster(address)
    monkeypatch.setattr(remote, "version", lambda name: "0.0")
    with pytest.raises(ClusterError, match=f"numba is {theirs['numba']} there and 0.0 here"):
        check_cluster(address)


def test_without_the_extra_the_error_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ClusterError, match="the extra `scale`"):
        check_cluster("tcp://127.0.0.1:8786")


# -- the process -------------------------------------------------------------------------------------------------------


def test_process_asks_the_cluster(tmp_path: Path, address: str) -> None:
    out = tmp_path / "schedule.json"
    process = _start(_written(tmp_path, conference()), out, "--deterministic-limit", "0.2", "--cluster", address)
    assert "result" in _finished(process)[-1]
    assert (process.returncode, out.exists()) == (0, True)


def test_process_ends_with_an_error_where_nobody_answers(tmp_path: Path) -> None:
    where = f"tcp://127.0.0.1:{closed_port()}"
    process = _start(_written(tmp_path, conference()), tmp_path / "schedule.json", "--seconds", "5", "--cluster", where)
    lines = _finished(process)
    assert [list(line) for line in lines] == [["error"]]
    assert lines[0]["error"]["cluster"].startswith(f"The cluster at {where} cannot be reached: ")
    assert process.returncode == UNREACHABLE
