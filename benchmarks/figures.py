"""Turns outcomes into pictures: value over time and gap over time of a case, and how the time grows with the size."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.methods import METHODS, OURS
from benchmarks.plots import Axis, Line, plot
from benchmarks.store import Outcome, gap_of

SMALLEST_GAP = 0.0005
FIRST_SECOND = 0.2
WORTH_SHOWING = 0.85


@dataclass(frozen=True)
class Picture:
    """An SVG file, and what it shows in words."""

    name: str
    text: str
    svg: str


def name_of(outcome: Outcome) -> str:
    return METHODS[outcome.method].title


def values_over_time(outcome: Outcome) -> list[tuple[float, float]]:
    """When which value was there; the last one is the checked one."""
    points = [(max(point.at, FIRST_SECOND), float(point.value)) for point in outcome.trajectory if point.value is not None]
    points = [point for k, point in enumerate(points) if k == 0 or point[1] > points[k - 1][1]]
    if outcome.value is not None:
        points.append((max(outcome.took, FIRST_SECOND), float(outcome.value)))
    return points if outcome.value is not None else []


def bounds_over_time(outcome: Outcome) -> list[tuple[float, float]]:
    points = [(max(point.at, FIRST_SECOND), float(point.bound)) for point in outcome.trajectory if point.bound is not None]
    return [*points, (max(outcome.took, FIRST_SECOND), float(outcome.bound))] if points and outcome.bound is not None else []


def draw_case(case: str, title: str, outcomes: Sequence[Outcome], bound: float | None) -> list[Picture]:
    """Value over time and gap over time, all methods; nothing where nobody found a schedule."""
    shown = sorted((o for o in outcomes if o.value is not None), key=lambda o: (o.method != OURS, -(o.value or 0)))
    if not shown:
        return []
    seconds = max(max(o.seconds for o in shown), max(o.took for o in shown))
    across = Axis(FIRST_SECOND, max(1.0, seconds), log=True, write=lambda number: f"{number:g}")
    limit = f"{shown[0].seconds:g}s"
    pictures = [_values(f"bench-{case}-{limit}-value", title, shown, bound, across)]
    if bound is not None:
        pictures.append(_gaps(f"bench-{case}-{limit}-gap", title, shown, bound, across))
    return pictures


def _values(file: str, title: str, shown: Sequence[Outcome], bound: float | None, across: Axis) -> Picture:
    best = max(o.value or 0 for o in shown)
    low = {id(o) for o in shown if best > 0 and (o.value or 0) < WORTH_SHOWING * best}
    lines = [
        Line(f"{name_of(o)} (lower)", ()) if id(o) in low else Line(name_of(o), _to_the_end(values_over_time(o), across.high))
        for o in shown
    ]
    ours = next((o for o in shown if o.method == OURS), None)
    if ours is not None and bounds_over_time(ours):
        lines.append(Line("Bound proven by Matchmaker", tuple(bounds_over_time(ours))))
    lowest = min(o.value or 0 for o in shown if id(o) not in low)
    highest = max(best, bound or best)
    room = max(1.0, highest - lowest)
    up = Axis(lowest - 0.15 * room, highest + 0.1 * room, log=False, write=lambda number: f"{number:,.0f}")
    ends = "; ".join(f"{name_of(o)} {o.value:,}" for o in shown)
    text = f"Value over time, {title}. At the end: {ends}." + (f" No schedule can be above {bound:,.0f}." if bound else "")
    return Picture(file, text, plot(f"Value over time: {title}", text, lines, across, up, "seconds, start-up included", "value"))


def _gaps(file: str, title: str, shown: Sequence[Outcome], bound: float, across: Axis) -> Picture:
    lines = []
    for outcome in shown:
        points = [(x, max(SMALLEST_GAP, gap_of(y, bound))) for x, y in values_over_time(outcome)]
        lines.append(Line(name_of(outcome), _to_the_end(points, across.high)))
    ours = next((o for o in shown if o.method == OURS), None)
    if ours is not None and (own := own_gap_over_time(ours)):
        lines.append(Line("Matchmaker, proven by itself", _to_the_end([(x, max(SMALLEST_GAP, y)) for x, y in own], across.high)))
    up = Axis(SMALLEST_GAP, 1.0, log=True, write=lambda number: f"{100 * number:g} %")
    ends = "; ".join(f"{name_of(o)} {100 * gap_of(o.value or 0, bound):.2f} %" for o in shown)
    text = f"Gap to the best proven bound over time, {title}. At the end: {ends}."
    return Picture(file, text, plot(f"Gap over time: {title}", text, lines, across, up, "seconds, start-up included", "gap"))


def own_gap_over_time(outcome: Outcome, *, own_clock: bool = False) -> list[tuple[float, float]]:
    """When the method itself had proven which gap."""
    found: list[tuple[float, float]] = []
    for point in outcome.trajectory:
        if point.value is not None and point.bound is not None:
            moment = point.own if own_clock else point.at
            found.append((max(moment, FIRST_SECOND) if not own_clock else moment, gap_of(point.value, point.bound)))
    return found


def _to_the_end(points: Sequence[tuple[float, float]], end: float) -> tuple[tuple[float, float], ...]:
    """Hold the last height until the end of the picture."""
    return (*points, (max(end, points[-1][0]), points[-1][1])) if points else ()


def draw_growth(times: Sequence[tuple[int, float]], exponent: float | None) -> Picture | None:
    """Seconds over investors, both logarithmic, with a line of slope 1 to compare."""
    if len(times) < 2:
        return None
    (first, least), (last, _) = times[0], times[-1]
    straight = tuple((float(size), max(least, 0.01) * size / first) for size in (first, last))
    lines = [
        Line("Matchmaker", tuple((float(size), time) for size, time in times), steps=False),
        Line("exponent 1", straight, steps=False),
    ]
    every = [y for line in lines for _, y in line.points]
    up = Axis(
        10 ** math.floor(math.log10(min(every))),
        10 ** math.ceil(math.log10(max(every) * 1.01)),
        log=True,
        write=lambda n: f"{n:g}",
    )
    across = Axis(first * 0.9, last * 1.1, log=True, write=lambda number: f"{number:g}")
    words = ", ".join(f"{size} investors {time:.1f} s" for size, time in times)
    text = f"Time to a gap of 5 %: {words}." + (f" Fitted exponent {exponent:.2f}." if exponent is not None else "")
    return Picture("bench-growth", text, plot("Time to a gap of 5 %", text, lines, across, up, "investors", "seconds"))
