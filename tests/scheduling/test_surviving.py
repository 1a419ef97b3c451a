"""Workers that are killed, and processes that search side by side: the answer is the same."""

import json
import os
import signal
import threading
import time
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from matchmaker.scheduling import search
from matchmaker.scheduling.pools import pools
from matchmaker.scheduling.schedule import schedule_as_data
from matchmaker.scheduling.solve import solve
from matchmaker.scheduling.surviving import Workers, survivor_of
from matchmaker.scheduling.workers import worker_processes
from tests.scheduling.builders import Broken, conference

CANDIDATES_PER_PART = 60


class Here(Executor):
    """An executor that works in this process, and counts what it does."""

    def __init__(self) -> None:
        self.done = 0

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.done += 1
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


def solved_in_parts(monkeypatch: pytest.MonkeyPatch, executor: Executor | None, work: float = 0.2) -> str:
    """The schedule of a conference in little that is searched in three parts, as a file has it, but for the seconds."""
    monkeypatch.setattr(search, "CANDIDATES_PER_PART", CANDIDATES_PER_PART)
    schedule = solve(conference(), deterministic_limit=work, seed=3, executor=executor).schedule
    return json.dumps(schedule_as_data(schedule) | {"seconds": None})


def die_once(mark: Path, answer: int) -> int:
    """Kill the process that does this, the first time."""
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return answer


def raise_what_is_wrong() -> None:
    raise LookupError("no such slot")


# -- tasks -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("at_once", [True, False])
def test_what_a_broken_executor_lost_is_done_here(at_once: bool) -> None:
    with Workers([partial(Broken, at_once=at_once)]) as workers:
        assert list(workers.map(pow, (2, 3, 4), (5, 6, 7))) == [32, 729, 16384]


@pytest.mark.parametrize("at_once", [True, False])
def test_the_next_workers_do_what_the_ones_before_lost(at_once: bool) -> None:
    here = Here()
    with Workers([partial(Broken, at_once=at_once), lambda: here]) as workers:
        assert (list(workers.map(pow, (2, 3, 4), (5, 6, 7))), here.done) == ([32, 729, 16384], 3)


def test_a_task_that_is_only_broken_is_done_as_soon_as_its_result_is_asked_for() -> None:
    task = Workers([partial(Broken, at_once=False)]).submit(pow, 2, 5)
    assert (task.done(), task.result(), task.result()) == (True, 32, 32)


def test_a_task_that_was_called_off_is_not_done() -> None:
    task = Workers([partial(Broken, at_once=False)]).submit(pow, 2, 5)
    assert (task.cancel(), task.cancelled(), task.done()) == (True, True, True)


@pytest.mark.parametrize("executor", [Broken(at_once=True), Broken(at_once=False)])
def test_what_a_task_raises_is_raised(executor: Executor) -> None:
    with pytest.raises(LookupError, match="no such slot"):
        Workers([lambda: executor]).submit(raise_what_is_wrong).result()


@pytest.mark.parametrize("error", [BrokenExecutor, BlockingIOError])
def test_workers_that_cannot_be_started_are_passed_over(error: type[Exception]) -> None:
    def fails() -> Executor:
        raise error

    here = Here()
    with Workers([fails, lambda: here]) as workers:
        assert (list(workers.map(pow, (2, 3), (5, 6))), here.done) == ([32, 729], 2)
    assert Workers([fails]).submit(pow, 2, 5).result() == 32


def test_nobody_waits_in_the_end_for_what_is_of_no_use_any_more() -> None:
    with worker_processes(2, conference(5, 3)) as workers:
        assert workers is not None
        began = time.monotonic()
        workers.submit(time.sleep, 600)
    assert time.monotonic() - began < 300


def test_none_and_workers_survive_as_they_are() -> None:
    workers = Workers([])
    assert (survivor_of(None), survivor_of(workers)) == (None, workers)


def test_killed_process_costs_no_result_and_the_next_pool_goes_on(tmp_path: Path) -> None:
    with worker_processes(2) as workers:
        assert workers is not None
        tasks = [workers.submit(die_once, tmp_path / "mark", answer) for answer in range(4)]
        assert [task.result() for task in tasks] == [0, 1, 2, 3]
        assert workers.submit(os.getpid).result() != os.getpid()


def test_raw_pool_whose_process_is_killed_costs_no_result(tmp_path: Path) -> None:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        workers = survivor_of(pool)
        tasks = [workers.submit(die_once, tmp_path / "mark", answer) for answer in range(4)]
        assert [task.result() for task in tasks] == [0, 1, 2, 3]
        assert workers.submit(os.getpid).result() == os.getpid()


# -- the search --------------------------------------------------------------------------------------------------------


def test_search_in_parts_is_one() -> None:
    assert len(conference().candidates) // CANDIDATES_PER_PART >= 2


@pytest.mark.parametrize("processes", [2, 4])
def test_processes_find_what_one_finds_to_the_byte(monkeypatch: pytest.MonkeyPatch, processes: int) -> None:
    alone = solved_in_parts(monkeypatch, None)
    with worker_processes(processes) as executor:
        assert solved_in_parts(monkeypatch, executor) == alone


@pytest.mark.parametrize("at_once", [True, False])
def test_search_without_its_workers_finds_the_same_to_the_byte(monkeypatch: pytest.MonkeyPatch, at_once: bool) -> None:
    assert solved_in_parts(monkeypatch, Broken(at_once=at_once)) == solved_in_parts(monkeypatch, None)


def test_search_whose_process_is_killed_on_the_way_finds_the_same_to_the_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = solved_in_parts(monkeypatch, None)
    with worker_processes(2) as executor:
        assert executor is not None
        killing = _KillingAfter(executor, tasks=5)
        assert (solved_in_parts(monkeypatch, killing), killing.killed) == (alone, True)


class _KillingAfter(Workers):
    """Hands tasks on, and has one of the processes kill itself after so many."""

    def __init__(self, executor: Executor, *, tasks: int) -> None:
        super().__init__([lambda: executor])
        self._inner = executor
        self._left = tasks
        self.killed = False

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        self._left -= 1
        if self._left == 0:
            os.kill(self._inner.submit(os.getpid).result(), signal.SIGKILL)
            self.killed = True
        return self._inner.submit(fn, *args, **kwargs)


def large_answer(megabytes: int) -> bytes:
    return bytes(megabytes << 20)


def test_workers_that_are_stopped_while_they_answer_are_not_waited_for() -> None:
    for _ in range(5):
        (start, *_) = pools(2)
        pool = start()
        answers = [pool.submit(large_answer, 60) for _ in range(4)]
        answers[0].result()  # the others are on their way by now
        ending = threading.Thread(target=pool.shutdown, daemon=True)
        ending.start()
        ending.join(60)
        assert not ending.is_alive()
