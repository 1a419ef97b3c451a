"""kill -9 in the middle of a night: the published diary stays as it was, and the next night finishes the job."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
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
from tests.helpers import ROOT, environment_of
from tests.services.nights import answer_at_once, diary, do_night, dump

pytestmark = [pytest.mark.any_database, pytest.mark.xdist_group("kills")]

NIGHT = """
import os, signal, sys, time
from matchmaker.app import create_app
from matchmaker.db import db, only_one
from matchmaker.services import meetings, nightly, publishing
from matchmaker.services.editions import get_edition, now_in

fatal = sys.argv[1]

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

def report(phase, facts):
    if phase == fatal:
        die()
    if fatal == "solving" and facts:
        print("solving", flush=True)
        time.sleep(60)

inside = {
    "storing": (nightly, "record_findings"),
    "published in part": (publishing, "seat_everybody"),
    "seated": (publishing, "_record"),
}
if fatal in inside:
    setattr(*inside[fatal], die)
with create_app().app_context(), only_one("nightly", folder=os.environ["MATCHMAKER_INSTANCE"]):
    if fatal == "holding":
        print("holding", flush=True)
        time.sleep(60)
    wanted = nightly.Wanted(seconds=2, workers=1)
    nightly.run_night(None, now=now_in(get_edition()), wanted=wanted, report=report)
"""


def start_night(app: Flask, fatal: str, **options: Any) -> subprocess.Popen[str]:
    db.session.rollback()
    Path(app.config["INSTANCE"]).mkdir(exist_ok=True)
    return subprocess.Popen(
        [sys.executable, "-c", NIGHT, fatal], cwd=ROOT, env=environment_of(app), stdout=subprocess.PIPE, text=True, **options
    )


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
        ("publish", RunState.DRAFT),
        ("published in part", RunState.DRAFT),
        ("seated", RunState.DRAFT),
    ],
)
def test_a_killed_night_leaves_the_diary_and_the_next_one_finishes(
    fatal: str, left: RunState, app: Flask, published: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = dump()

    assert start_night(app, fatal).wait(60) == -signal.SIGKILL

    assert dump() == before
    assert db.session.scalars(select(Run.state)).all() == [left]
    assert diagnose() == []
    assert is_free(app)
    solved = count_solving(monkeypatch)
    night = do_night()
    assert night.message is Message.PUBLISHED
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
    return solved


def test_the_solver_does_not_survive_the_night_that_asked_for_it(app: Flask, published: Edition) -> None:
    night = start_night(app, "solving")
    assert night.stdout is not None
    assert night.stdout.readline() == "solving\n"
    children = psutil.Process(night.pid).children(recursive=True)

    os.kill(night.pid, signal.SIGKILL)
    night.wait(10)

    _, alive = psutil.wait_procs(children, timeout=10)
    assert alive == []
    assert is_free(app)


def test_a_second_process_learns_that_a_night_is_running_and_may_start_after_it_was_killed(
    app: Flask, published: Edition
) -> None:
    night = start_night(app, "holding")
    assert night.stdout is not None
    assert night.stdout.readline() == "holding\n"

    assert not is_free(app)
    os.kill(night.pid, signal.SIGKILL)
    night.wait(10)

    deadline = time.monotonic() + 10
    while not is_free(app) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert is_free(app)
