"""How the time to a gap of five per cent grows with the size: medians over the seeds, and the exponent that fits them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.cases import GROWTH_GAP, GROWTH_SIZES
from benchmarks.figures import own_gap_over_time
from benchmarks.methods import OURS
from benchmarks.store import Outcome


@dataclass(frozen=True)
class Size:
    """One size: what each seed took by the clock of the scheduler, none where it did not get there.

    `waited` is the same from the call of its process on: with starting, loading compiled code and reading the file.
    """

    investors: int
    seconds: tuple[float | None, ...]
    limit: float
    waited: tuple[float | None, ...] = ()

    @property
    def typical(self) -> float | None:
        """The median; a seed that did not get there counts as longer than all others."""
        return _middle(self.seconds)

    @property
    def typical_wait(self) -> float | None:
        return _middle(self.waited)


def _middle(times: Sequence[float | None]) -> float | None:
    if not times:
        return None
    middle = median(math.inf if time is None else time for time in times)
    return None if math.isinf(middle) else middle


def sizes_of(outcomes: Sequence[Outcome]) -> list[Size]:
    found = []
    for investors in GROWTH_SIZES:
        runs = [o for o in outcomes if o.case == f"growth-{investors}" and o.method == OURS]
        longest = max((run.seconds for run in runs), default=0)
        runs = [run for run in runs if run.seconds == longest]
        if runs:
            own, waited = (tuple(time_to_gap(run, own_clock=clock) for run in runs) for clock in (True, False))
            found.append(Size(investors, own, max(run.seconds for run in runs), waited))
    return found


def time_to_gap(outcome: Outcome, wanted: float = GROWTH_GAP, *, own_clock: bool = True) -> float | None:
    """Seconds by its own clock, or since it was called, until the method had proven a gap so small."""
    return next((moment for moment, gap in own_gap_over_time(outcome, own_clock=own_clock) if gap <= wanted), None)


def exponent(times: Sequence[tuple[int, float | None]]) -> float | None:
    """The slope of the least-squares line through the logarithms of size and time; none for fewer than two sizes."""
    points = [(math.log(size), math.log(max(time, 1e-3))) for size, time in times if time is not None]
    if len(points) < 2:
        return None
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / sum((x - mean_x) ** 2 for x, _ in points)
