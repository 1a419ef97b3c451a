"""Compiles what the search needs before its clock runs: python -m matchmaker.scheduling.warming.

The first time takes about a minute; after that the compiled code is read from disk.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np

from matchmaker.scheduling.arrays import NOWHERE, build_arrays, is_annealed
from matchmaker.scheduling.greedy import greedy_by_gain
from matchmaker.scheduling.problem import Candidate, Participant, Penalties, Problem, Slot, Venue

MARK = "whole"


def warm_up(when_cold: Callable[[], None] = lambda: None, problem: Problem | None = None) -> None:
    """Have everything compiled and loaded; `when_cold` is called before where that will take long.

    For a problem that is too small to be annealed nothing is loaded: Numba alone takes longer than such a problem.
    """
    if problem is not None and not is_annealed(problem):
        return
    from matchmaker.scheduling.effort import Effort
    from matchmaker.scheduling.market import open_market, trade
    from matchmaker.scheduling.search import Part, search_part, whole

    if not is_warm():
        when_cold()
    arrays = build_arrays(_smallest())
    greedy_by_gain(_smallest(), arrays)
    nobody_yet = np.full(len(arrays.venue), NOWHERE, dtype=np.int32)
    search_part(Part(*whole(arrays, nobody_yet), hot=1.0, cold=0.5, seed=1, effort=Effort(steps=10)))
    trade(open_market(arrays, np.array([True, False]), 0), Effort(steps=1))
    _mark().parent.mkdir(parents=True, exist_ok=True)
    _mark().touch()


def is_warm() -> bool:
    """Whether everything has been compiled on this machine before."""
    return _mark().exists()


def _mark() -> Path:
    from matchmaker.scheduling import compiled  # sets the folder

    return Path(os.environ[compiled.CACHE_FOLDER], MARK)


def _smallest() -> Problem:
    """One investor, one host, two slots; its search and its prices call every compiled function."""
    slots = tuple(Slot(0, f"2024-04-01T{hour:02}:00", f"2024-04-01T{hour:02}:30") for hour in (9, 10))
    people = (
        Participant("investor", "investor", (0, 1), min_meetings=1, compact=True),
        Participant("host", "host", (0, 1)),
    )
    candidates = tuple(Candidate(name, ("investor", "host"), "venue", 1) for name in ("one", "other"))
    return Problem("smallest", slots, (Venue("venue", 1),), ((0,),), people, candidates, penalties=Penalties(1, 1, 1, 1, 1))


if __name__ == "__main__":
    warm_up()
