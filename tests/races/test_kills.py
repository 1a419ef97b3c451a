"""kill -9 in the middle of a night: the published diary stays as it was, and the next night finishes the job."""

import multiprocessing
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from typing import Any

import psutil
import pytest
from flask import Flask
from sqlalchemy import select

from matchmaker.db import AlreadyRunning, db, only_one
from matchmaker.domain.meeting import Status
from matchmaker.models import Edition, Run, RunState
from matchmaker.services import nightly
from matchmaker.services.doctor import diagnose
from matchmaker.services.nightly import Message
from tests.builders import get_chain, get_project, make_interest, make_investor, make_meeting, save
from tests.helpers import environment_of
from tests.races.fatal import fatal_night
from tests.services.nights import answer_at_once, diary, do_night, dump

pytestmark = [pytest.mark.any_database, pytest.mark.xdist_group("kills")]

processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(["tests.races.fatal"])


@contextmanager
def night_of_its_own(app: Flask, fatal: str, *, waits: bool = False) -> Iterator[BaseProcess]:
    """A night in another process; where it waits to be killed, after it got there."""
    db.session.rollback()
    reached = processes.Event()
    night = processes.Process(target=fatal_night, args=(environment_of(app), fatal, reached))
    night.start()
    try:
        assert not waits or reached.wait(60)
        yield night
    finally:
        night.kill()
        night.join(10)


@pytest.fixture
def published(edition: Edition) -> Edition:
    """An edition with a diary, and wishes that tonight will change it."""
    edition.publishes_at_once = True
    save(edition)
    investors = [make_investor(edition) for _ in range(3)]
    for investor in investors:
        make_interest(investor, get_chain(edition.id, "FI-ROB"))
    make_meeting(investors[0], get_project(edition, "PD-01"), edition.slots[0], Status.ACCEPTED)
    make_meeting(investors[1], get_project(edition, "XH-01"), edition.slots[0])
    make_meeting(investors[2], get_project(edition, "PD-02"), edition.slots[1])
    return edition


def is_free(app: Flask) -> bool:
    try:
        with only_one("nightly", folder=str(app.config["INSTANCE"])):
            return True
    except AlreadyRunning:
        return False


@pytest.mark.parametrize(
    ("fatal", "left"),
    [
        ("read", RunState.RUNNING),
        ("build", RunState.RUNNING),
        ("solve", RunState.RUNNING),
        ("store", RunState.RUNNING),
        ("storing", RunState.RUNNING),
        ("compare", RunState.DRAFT),
        ("publish", RunState.DRAFT),
        ("published in part", RunState.DRAFT),
        ("seated", RunState.DRAFT),
    ],
)
def test_a_killed_night_leaves_the_diary_and_the_next_one_finishes(
    fatal: str, left: RunState, app: Flask, published: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = dump()

    with night_of_its_own(app, fatal) as night:
        night.join(60)
        assert night.exitcode == -signal.SIGKILL

    assert dump() == before
    assert db.session.scalars(select(Run.state)).all() == [left]
    assert diagnose() == []
    assert is_free(app)
    solved = count_solving(monkeypatch)
    assert do_night().message is Message.PUBLISHED
    states = [RunState.PUBLISHED] if left is RunState.DRAFT else [RunState.INTERRUPTED, RunState.PUBLISHED]
    assert db.session.scalars(select(Run.state).order_by(Run.id)).all() == states
    assert len(solved) == (0 if left is RunState.DRAFT else 1)
    assert len(diary()) == 6
    assert diagnose() == []


def count_solving(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """One entry for each time that something is solved."""
    solved: list[object] = []

    def solve(problem: Any, **limits: Any) -> Any:
        solved.append(problem)
        return answer_at_once(problem)

    monkeypatch.setattr(nightly, "solve_in_child", solve)
    monkeypatch.setattr(nightly, "compare_words", lambda edition: {})
    return solved


def test_the_solver_does_not_survive_the_night_that_asked_for_it(app: Flask, published: Edition) -> None:
    with night_of_its_own(app, "solving", waits=True) as night:
        children = psutil.Process(night.pid).children(recursive=True)
        assert len(children) >= 1
        night.kill()
        night.join(10)

    _, alive = psutil.wait_procs(children, timeout=10)
    assert alive == []
    assert is_free(app)


def test_a_second_process_learns_that_a_night_is_running_and_may_start_after_it_was_killed(
    app: Flask, published: Edition
) -> None:
    with night_of_its_own(app, "holding", waits=True) as night:
        assert not is_free(app)
        night.kill()
        night.join(10)

    deadline = time.monotonic() + 10
    while not is_free(app) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert is_free(app)
