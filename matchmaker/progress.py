"""How a long job is watched: a live line in a terminal, plain lines elsewhere, nothing where only data is wanted."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.live import Live
from rich.table import Table

LEAST_SECONDS_BETWEEN_LINES = 5.0
Hear = Callable[[str, dict[str, Any]], None]
"""Takes the phase and what is known in it: meetings, value, bound, seconds."""


@contextmanager
def watching(*, quiet: bool = False) -> Iterator[Hear]:
    """Show what a job reports, on standard error, so that standard output stays free for its answer."""
    console = Console(stderr=True)
    if quiet:
        yield lambda _phase, _known: None
    elif console.is_terminal:
        with Live(console=console, refresh_per_second=4, transient=True) as live:
            yield lambda phase, known: live.update(_table(phase, known))
    else:
        yield _Lines(console)


class _Lines:
    """A line for every phase, and one every few seconds within it."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._phase = ""
        self._last = 0.0

    def __call__(self, phase: str, known: dict[str, Any]) -> None:
        now = time.monotonic()
        if phase == self._phase and now - self._last < LEAST_SECONDS_BETWEEN_LINES:
            return
        self._phase, self._last = phase, now
        words = ", ".join(f"{name} {value}" for name, value in _cells(known) if value != "–")
        self._console.print(f"{phase}: {words}" if words else phase, highlight=False, soft_wrap=True)


def _cells(known: dict[str, Any]) -> list[tuple[str, str]]:
    part = [("part", str(known["phase"]))] if known.get("phase") else []
    return part + [(name, _number(known.get(name))) for name in ("meetings", "value", "bound", "seconds")]


def _number(value: Any) -> str:
    if value is None:
        return "–"
    return f"{value:,.1f}" if isinstance(value, float) and value != int(value) else f"{int(value):,}"


def _table(phase: str, known: dict[str, Any]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("phase")
    cells = _cells(known)
    for name, _ in cells:
        table.add_column(name, justify="right")
    table.add_row(phase, *(value for _, value in cells))
    return table
