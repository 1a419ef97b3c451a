"""A reader of QR codes, by the standard (ISO/IEC 18004) and without the library that draws ours: what a phone would read.

As far as ours go: a symbol of version 3, one mode, no error to correct.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator

QUIET = 2
"""So many modules around a code stay light; the standard asks for four, and the paper around it is white."""
SIZE = 29
_BYTES = 0b0100
_BLOCKS = {0b01: 1, 0b00: 1, 0b11: 2, 0b10: 2}
"""By the bits of the level of error correction: L, M, Q, H."""
_DATA = {0b01: 55, 0b00: 44, 0b11: 34, 0b10: 26}
_FORMAT_MASK = 0b101010000010010
_MASKS: list[Callable[[int, int], int]] = [
    lambda row, column: (row + column) % 2,
    lambda row, column: row % 2,
    lambda row, column: column % 3,
    lambda row, column: (row + column) % 3,
    lambda row, column: (row // 2 + column // 3) % 2,
    lambda row, column: row * column % 2 + row * column % 3,
    lambda row, column: (row * column % 2 + row * column % 3) % 2,
    lambda row, column: ((row + column) % 2 + row * column % 3) % 2,
]

Modules = set[tuple[int, int]]
"""The dark ones, each by row and column."""


def modules_of(lines: list[tuple[float, float, float]]) -> Modules:
    """From horizontal strokes, a module thick: each its start, its height and its end, with the quiet zone around."""
    found = {(int(y) - QUIET, column - QUIET) for start, y, end in lines for column in range(round(start), round(end))}
    assert {y % 1 for _, y, _ in lines} == {0.5}
    assert all(0 <= row < SIZE and 0 <= column < SIZE for row, column in found)
    return found


def modules_in_svg(drawn: str) -> Modules:
    """From a path of strokes, dark on a light ground."""
    ground, strokes = ET.fromstring(drawn).iter("path")
    assert (ground.get("fill"), strokes.get("stroke")) == ("#fff", "#000")
    x, y, lines = 0.0, 0.0, []
    for step, numbers in re.findall(r"([Mmh])([^Mmh]*)", strokes.get("d", "")):
        first, *second = (float(number) for number in re.findall(r"-?[\d.]+", numbers))
        if step == "h":
            lines.append((x, y, x := x + first))
        else:
            x, y = (first, second[0]) if step == "M" else (x + first, y + second[0])
    return modules_of(lines)


def text_of_qr(dark: Modules) -> str:
    """What the code says."""
    assert _marks() <= dark
    told = [(8, 0), (8, 1), (8, 2), (8, 3), (8, 4)]
    told_bits = int("".join("1" if at in dark else "0" for at in told), 2) ^ (_FORMAT_MASK >> 10)
    level, mask = told_bits >> 3, _MASKS[told_bits & 0b111]
    bits = [(at in dark) != (mask(*at) == 0) for at in _way()]
    words = [int("".join("01"[bit] for bit in bits[start : start + 8]), 2) for start in range(0, len(bits) - 7, 8)]
    data = [word for block in range(_BLOCKS[level]) for word in words[: _DATA[level]][block :: _BLOCKS[level]]]
    stream = "".join(f"{word:08b}" for word in data)
    assert int(stream[:4], 2) == _BYTES
    length = int(stream[4:12], 2)
    return bytes(int(stream[start : start + 8], 2) for start in range(12, 12 + 8 * length, 8)).decode()


def _way() -> Iterator[tuple[int, int]]:
    """Where the bits of the words stand, in their order: in pairs of columns, up and down from the right."""
    upwards = True
    for right in (*range(SIZE - 1, 6, -2), 5, 3, 1):
        for row in range(SIZE - 1, -1, -1) if upwards else range(SIZE):
            yield from ((row, column) for column in (right, right - 1) if not _is_reserved(row, column))
        upwards = not upwards


def _is_reserved(row: int, column: int) -> bool:
    corner = (row < 9 and (column < 9 or column >= SIZE - 8)) or (row >= SIZE - 8 and column < 9)
    return corner or 6 in (row, column) or (20 <= row <= 24 and 20 <= column <= 24)


def _marks() -> Modules:
    """The squares in three corners, by which a phone finds the code."""
    square = {(row, column) for row in range(7) for column in range(7) if max(abs(row - 3), abs(column - 3)) != 2}
    return {(row + down, column + right) for row, column in square for down, right in ((0, 0), (0, SIZE - 7), (SIZE - 7, 0))}
