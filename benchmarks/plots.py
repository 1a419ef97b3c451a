"""Draws lines over time as plain SVG that can be read on light and dark pages, without colours and by screen readers."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 940, 460
LEFT, RIGHT, TOP, BOTTOM = 92, 318, 46, 54
DASHES = ("", "9 4", "2 4", "12 4 2 4", "5 3", "14 5", "2 2", "8 3 2 3 2 3", "1 3")
COLOURS = len(DASHES)
MARKS = ("circle", "square", "triangle", "diamond")

STYLE = """
  svg { background: #ffffff; font: 13px system-ui, "Noto Sans", sans-serif; }
  text { fill: #1d2530; } .quiet { fill: #55606e; } .grid { stroke: #d9dee5; stroke-width: 1; } .axis { stroke: #55606e; }
  .line { fill: none; stroke-width: 2; } .mark { stroke: none; }
  .c0 { stroke: #b3261e; fill: #b3261e; } .c1 { stroke: #0b5cad; fill: #0b5cad; } .c2 { stroke: #1b7a4b; fill: #1b7a4b; }
  .c3 { stroke: #8a4b00; fill: #8a4b00; } .c4 { stroke: #7a3fa0; fill: #7a3fa0; } .c5 { stroke: #00707a; fill: #00707a; }
  .c6 { stroke: #a8326e; fill: #a8326e; } .c7 { stroke: #4d5866; fill: #4d5866; } .c8 { stroke: #1d2530; fill: #1d2530; }
  polyline.line { fill: none; }
  .first { stroke-width: 3.5; }
  @media (prefers-color-scheme: dark) {
    svg { background: #12171d; } text { fill: #e8edf3; } .quiet { fill: #a9b4c0; }
    .grid { stroke: #2f3843; } .axis { stroke: #a9b4c0; }
    .c0 { stroke: #ff8a80; fill: #ff8a80; } .c1 { stroke: #7cb8ff; fill: #7cb8ff; } .c2 { stroke: #6fd6a0; fill: #6fd6a0; }
    .c3 { stroke: #ffb45c; fill: #ffb45c; } .c4 { stroke: #cfa0f0; fill: #cfa0f0; } .c5 { stroke: #62d5de; fill: #62d5de; }
    .c6 { stroke: #ff94c6; fill: #ff94c6; } .c7 { stroke: #b9c3ce; fill: #b9c3ce; } .c8 { stroke: #e8edf3; fill: #e8edf3; }
    polyline.line { fill: none; }
  }
"""


@dataclass(frozen=True)
class Line:
    """A named line: points (seconds, height) in the order of time; `steps` holds each height until the next point."""

    name: str
    points: tuple[tuple[float, float], ...]
    steps: bool = True


@dataclass(frozen=True)
class Axis:
    """A range of numbers, straight or logarithmic, and how a tick is written."""

    low: float
    high: float
    log: bool
    write: Callable[[float], str]

    def share(self, number: float) -> float:
        """Where a number lies between the ends: 0 to 1, and beyond them no further."""
        number = min(max(number, self.low), self.high)
        if self.log:
            return math.log(number / self.low) / math.log(self.high / self.low)
        return (number - self.low) / (self.high - self.low)

    def ticks(self) -> list[float]:
        if self.log:
            found = [
                step * 10.0**power
                for power in range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
                for step in (1, 2, 5)
            ]
        else:
            step = _round_step((self.high - self.low) / 6)
            found = [step * k for k in range(math.ceil(self.low / step), math.floor(self.high / step) + 1)]
        return [tick for tick in found if self.low * (1 - 1e-9) <= tick <= self.high * (1 + 1e-9) or tick == self.low]


def _round_step(size: float) -> float:
    power = 10.0 ** math.floor(math.log10(size))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= size)


def plot(title: str, description: str, lines: Sequence[Line], across: Axis, up: Axis, across_name: str, up_name: str) -> str:
    """The picture as the text of an SVG file."""
    body = [*_grid(across, up, across_name, up_name)]
    for number, line in enumerate(lines):
        body += _drawn(number, line, across, up)
    body += _legend(lines)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="title text">',
            f'<title id="title">{escape(title)}</title>',
            f'<desc id="text">{escape(description)}</desc>',
            f"<style>{STYLE}</style>",
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="none"/>',
            f'<text x="{LEFT}" y="24" font-weight="600" font-size="15">{escape(title)}</text>',
            *body,
            "</svg>\n",
        ]
    )


def _place(across: Axis, up: Axis, x: float, y: float) -> tuple[float, float]:
    return (
        LEFT + across.share(x) * (WIDTH - LEFT - RIGHT),
        HEIGHT - BOTTOM - up.share(y) * (HEIGHT - TOP - BOTTOM),
    )


def _grid(across: Axis, up: Axis, across_name: str, up_name: str) -> list[str]:
    right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM
    drawn = []
    for tick in up.ticks():
        _, y = _place(across, up, across.low, tick)
        drawn.append(f'<line class="grid" x1="{LEFT}" y1="{y:.1f}" x2="{right}" y2="{y:.1f}"/>')
        drawn.append(f'<text class="quiet" x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{escape(up.write(tick))}</text>')
    for tick in across.ticks():
        x, _ = _place(across, up, tick, up.low)
        drawn.append(f'<line class="grid" x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{bottom}"/>')
        drawn.append(
            f'<text class="quiet" x="{x:.1f}" y="{bottom + 18}" text-anchor="middle">{escape(across.write(tick))}</text>'
        )
    drawn.append(f'<line class="axis" x1="{LEFT}" y1="{bottom}" x2="{right}" y2="{bottom}"/>')
    drawn.append(f'<line class="axis" x1="{LEFT}" y1="{TOP}" x2="{LEFT}" y2="{bottom}"/>')
    drawn.append(
        f'<text class="quiet" x="{(LEFT + right) / 2:.0f}" y="{HEIGHT - 12}" text-anchor="middle">{escape(across_name)}</text>'
    )
    drawn.append(f'<text class="quiet" x="{LEFT}" y="{TOP - 6}">{escape(up_name)}</text>')
    return drawn


def _drawn(number: int, line: Line, across: Axis, up: Axis) -> list[str]:
    corners: list[tuple[float, float]] = []
    for x, y in line.points:
        if line.steps and corners:
            corners.append((x, corners[-1][1]))
        corners.append((x, y))
    places = [_place(across, up, x, y) for x, y in corners]
    if not places:
        return []
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    thick = " first" if number == 0 else ""
    drawn = [f'<polyline class="line c{number % COLOURS}{thick}" stroke-dasharray="{DASHES[number % COLOURS]}" points="{path}"/>']
    return [*drawn, _mark(number, *places[0]), _mark(number, *places[-1])]


def _mark(number: int, x: float, y: float) -> str:
    name, colour = MARKS[number % 4], f'class="mark c{number % COLOURS}"'
    if name == "circle":
        return f'<circle {colour} cx="{x:.1f}" cy="{y:.1f}" r="4"/>'
    shapes = {
        "square": ((-4, -4), (4, -4), (4, 4), (-4, 4)),
        "triangle": ((0, -5), (5, 4), (-5, 4)),
        "diamond": ((0, -5), (5, 0), (0, 5), (-5, 0)),
    }
    corners = " ".join(f"{x + dx:.1f},{y + dy:.1f}" for dx, dy in shapes[name])
    return f'<polygon {colour} points="{corners}"/>'


def _legend(lines: Sequence[Line]) -> list[str]:
    drawn, x = [], WIDTH - RIGHT + 16
    for number, line in enumerate(lines):
        y = TOP + 12 + 22 * number
        thick = " first" if number == 0 else ""
        dash = DASHES[number % COLOURS]
        drawn.append(
            f'<line class="line c{number % COLOURS}{thick}" stroke-dasharray="{dash}" x1="{x}" y1="{y}" x2="{x + 30}" y2="{y}"/>'
        )
        drawn.append(_mark(number, x + 15, y))
        drawn.append(f'<text x="{x + 38}" y="{y + 4}">{escape(line.name)}</text>')
    return drawn
