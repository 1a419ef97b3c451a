"""A night in a process of its own, which kills itself with SIGKILL where it is told to."""

import os
import signal
import time
from collections.abc import Mapping
from multiprocessing.synchronize import Event
from typing import Any

from matchmaker.app import create_app
from matchmaker.db import only_one
from matchmaker.services import nightly, publishing
from matchmaker.services.editions import get_edition, now_in
from tests.services.nights import answer_at_once

INSIDE = {
    "storing": (nightly, "record_findings"),
    "published in part": (publishing, "seat_everybody"),
    "seated": (publishing, "_record"),
}
"""Moments in the middle of a transaction: before which function the night dies."""


def die(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def fatal_night(environment: Mapping[str, str], fatal: str, reached: Event) -> None:
    """Do a night until the phase or moment called `fatal`. `solving` and `holding` wait there to be killed."""
    os.environ.update(environment)
    if fatal in INSIDE:
        setattr(*INSIDE[fatal], die)
    if fatal != "solving":
        nightly.solve_in_child = answer_at_once
    nightly.compare_words = lambda edition: {}

    def wait_here() -> None:
        reached.set()
        time.sleep(60)

    def report(phase: nightly.Phase, facts: dict[str, Any]) -> None:
        if phase == fatal:
            die()
        if fatal == "solving" and facts:
            wait_here()

    with create_app().app_context(), only_one("nightly", folder=environment["MATCHMAKER_INSTANCE"]):
        if fatal == "holding":
            wait_here()
        wanted = nightly.Wanted(seconds=5, workers=1)
        nightly.run_night(None, now=now_in(get_edition()), wanted=wanted, report=report)
