"""What our scheduler has to reach, and what was measured: a row for each case, of its worst seed; growth by medians."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.cases import B2B, FRESH, NEXT
from benchmarks.growth import exponent, sizes_of
from benchmarks.methods import OURS
from benchmarks.store import Outcome, gap_of

GIB = 1024
MOST_MEMORY = 8 * GIB
B2B_OPTIMA = {
    "tic-12.original": 0,
    "tic-13.original": 0,
    "tic-13crafb.original": 0,
    "forumt-14.original": -5,
    "forum-13.original": 0,
    "tic-12.prec15": 0,
}
B2B_IMPOSSIBLE = "tic-12crafc.forb0003"


@dataclass(frozen=True)
class Target:
    """A row of the table: what is asked for, what was measured, and whether it was reached."""

    case: str
    limit: str
    at_least: str
    aim: str
    measured: str
    verdict: str


def targets(outcomes: Sequence[Outcome]) -> list[Target]:
    ours = [o for o in outcomes if o.method == OURS]
    rows = [
        _gap(ours, "night", 60, 0.015, 0.005),
        _gap(ours, "scarce", 120, 0.05, 0.03),
        _gap(ours, "scarce", 600, 0.025, 0.01),
        _gap(ours, "visits", 120, 0.05, 0.03),
        _gap(ours, "large", 900, 0.08, 0.04),
        _memory(ours),
        _b2b(ours),
    ]
    for size in ("night", "scarce"):
        rows += [_unmoved(ours, size), _as_good_as_fresh(ours, size)]
    return [*rows, _growth(ours)]


def verdict_of(measured: float | None, at_least: float, aim: float) -> str:
    """In words; smaller is better."""
    if measured is None:
        return "not measured"
    return "aim reached" if measured <= aim else "reached" if measured <= at_least else "not reached"


def _runs(ours: Sequence[Outcome], case: str, seconds: float) -> tuple[list[Outcome], str]:
    """The outcomes at the limit that is asked for, or at the longest other one; and a remark where they differ."""
    runs = [o for o in ours if o.case == case]
    at_limit = [o for o in runs if o.seconds == seconds]
    if at_limit or not runs:
        return at_limit, _seeds(at_limit)
    longest = max((o.seconds for o in runs if o.seconds < seconds), default=None)
    chosen = [o for o in runs if o.seconds == longest]
    return chosen, f"{_seeds(chosen)}, at {longest:g} s" if chosen else ""


def _seeds(runs: Sequence[Outcome]) -> str:
    seeds = sorted({o.seed for o in runs})
    if len(seeds) > 1:
        return f"the worst of seeds {', '.join(str(seed) for seed in seeds)}"
    return f"seed {seeds[0]}" if seeds else ""


def _gap(ours: Sequence[Outcome], case: str, seconds: float, at_least: float, aim: float) -> Target:
    runs, remark = _runs(ours, case, seconds)
    worst = _worst(runs, lambda run: run.gap)
    measured = "–" if worst is None else f"**{100 * worst:.2f} %** ({remark})"
    verdict = verdict_of(worst, at_least, aim)
    return Target(
        f"{case}: gap to its own proven bound",
        f"{seconds:g} s",
        f"{100 * at_least:.1f} %",
        f"{100 * aim:.1f} %",
        measured,
        verdict,
    )


def _worst(runs: Sequence[Outcome], figure: Callable[[Outcome], float | None]) -> float | None:
    """The largest; none where there is nothing, or one of them has no figure."""
    found = [figure(run) for run in runs]
    known = [number for number in found if number is not None]
    return max(known) if known and len(known) == len(found) else None


def _memory(ours: Sequence[Outcome]) -> Target:
    runs, remark = _runs(ours, "large", 900)
    peak = _worst(runs, lambda run: run.peak_mib)
    measured = "–" if peak is None else f"**{peak / GIB:.1f} GiB** ({remark})"
    verdict = "not measured" if peak is None else "reached" if peak <= MOST_MEMORY else "not reached"
    return Target("large: memory of all processes", "900 s", "8 GiB", "8 GiB", measured, verdict)


def _b2b(ours: Sequence[Outcome]) -> Target:
    runs = {o.case.removeprefix(B2B): o for o in ours if o.case.startswith(B2B)}
    proven = [name for name, best in B2B_OPTIMA.items() if name in runs and runs[name].value == runs[name].bound == best]
    impossible = runs.get(B2B_IMPOSSIBLE)
    named = impossible is not None and impossible.status == "infeasible"
    in_time = named and impossible is not None and impossible.took <= 10
    longest = max((runs[name].took for name in proven), default=0.0)
    if not runs:
        measured, verdict = "–", "skipped: the files are not here"
    else:
        told = f"named impossible in {impossible.took:.1f} s" if named and impossible is not None else "not named impossible"
        measured = f"**{len(proven)} of {len(B2B_OPTIMA)}** proven, the longest in {longest:.1f} s; the impossible one {told}"
        done = len(proven) == len(B2B_OPTIMA) and in_time
        half = longest <= 30 and impossible is not None and impossible.took <= 5
        verdict = "aim reached" if done and half else "reached" if done else "not reached"
    asked = "six optima proven; the impossible one named within 10 s"
    return Target("the seven b2b files", "60 s each", asked, "half the time", measured, verdict)


def _unmoved(ours: Sequence[Outcome], size: str) -> Target:
    runs, remark = _runs(ours, f"{NEXT}{size}", 60)
    moved = _worst(runs, lambda run: moved_share(run))
    measured = "–" if moved is None else f"**{100 * (1 - moved):.2f} %** ({remark})"
    verdict = verdict_of(moved, 0.02, 0.01)
    return Target(f"re-solve of {size}: old bookings still possible that did not move", "60 s", "98 %", "99 %", measured, verdict)


def moved_share(outcome: Outcome) -> float | None:
    possible = outcome.amounts.get("possible")
    return None if not possible else 1 - outcome.amounts["unmoved"] / possible


def _as_good_as_fresh(ours: Sequence[Outcome], size: str) -> Target:
    runs, remark = _runs(ours, f"{NEXT}{size}", 60)
    lost = _worst(runs, lambda run: run.gap)  # no solve with the same prices, a fresh one neither, is above the bound
    measured = "–" if lost is None else f"at most **{100 * lost:.2f} %** below, proven by the bound ({remark})"
    return Target(
        f"re-solve of {size}: value against a fresh solve", "60 s", "within 1 %", "0.5 %", measured, verdict_of(lost, 0.01, 0.005)
    )


def lost_to_fresh(outcome: Outcome, ours: Sequence[Outcome]) -> float | None:
    """By which share its value is below that of a fresh solve of the same night with nothing booked.

    From the fresh value the price is taken that nobody can avoid: a move for each old booking that is no longer possible.
    """
    case = outcome.case.replace(NEXT, FRESH, 1)
    fresh = [o for o in ours if (o.case, o.seed, o.seconds) == (case, outcome.seed, outcome.seconds) and o.value is not None]
    if not fresh or fresh[0].value is None or outcome.value is None:
        return None
    return gap_of(outcome.value, fresh[0].value - outcome.amounts.get("unavoidable", 0))


def _growth(ours: Sequence[Outcome]) -> Target:
    sizes = sizes_of(ours)
    slope = exponent([(size.investors, size.typical_wait) for size in sizes])
    own = exponent([(size.investors, size.typical) for size in sizes])
    missing = [size for size in sizes if size.typical_wait is None]
    late = "".join(f", not within {size.limit:g} s at {size.investors}" for size in missing)
    remark = f"{len(sizes) - len(missing)} sizes{late}"
    words = f"by the scheduler's own clock ({remark}; {slope or 0:.2f} with start-up)"
    measured = f"**{own:.2f}** {words}" if slope is not None and own is not None else f"– ({remark})" if sizes else "–"
    verdict = "not reached" if missing else verdict_of(own, 1.5, 1.2)
    return Target("growth: exponent of the time to a gap of 5 %", "900 s", "≤ 1.5", "≤ 1.2", measured, verdict)
