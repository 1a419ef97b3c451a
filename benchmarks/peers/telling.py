"""What every peer shares: its clock, its lines of progress, and the file in which its best schedule always is."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.checker import Conference, Diary, amounts_of
from benchmarks.peers.problem import Problem

SECONDS_BETWEEN_FILES = 1.0


class Unsupported(Exception):
    """The method cannot do what the instance asks for; the message says what."""


class OutOfTime(Exception):
    """The time was up before there was anything to search."""


class Teller:
    """Says how far a peer is, in the lines of the scheduler's own process, and keeps its best schedule."""

    def __init__(self, problem: Problem, out: Path, seconds: float, seed: int) -> None:
        self.problem = problem
        self.seconds = seconds
        self.seed = seed
        self._out = out
        self._begin = time.monotonic()
        self._written = float("-inf")
        self._bound: int | None = None
        self._value: int | None = None
        self._placed: dict[int, int] = {}
        self._last = ""

    @property
    def spent(self) -> float:
        return time.monotonic() - self._begin

    @property
    def left(self) -> float:
        return max(0.0, self.seconds - self.spent)

    def must_have_time(self) -> None:
        """Raises OutOfTime where the limit has passed."""
        if self.spent > self.seconds:
            raise OutOfTime

    def bound(self, bound: float) -> None:
        """A proven bound; only a better one counts."""
        if abs(bound) < 1e15 and (self._bound is None or int(bound) < self._bound):
            self._bound = int(bound)
            self._say()

    def found(self, placed: Mapping[int, int], value: int | None = None) -> None:
        """A feasible schedule (candidate: first slot), with its value or what the method says it is; only a better one counts."""
        worth = self.value_of(placed) if value is None else value
        if self._value is not None and (worth < self._value or (worth == self._value and value is not None)):
            return
        self._value, self._placed = worth, dict(placed)
        self._say()
        if self.spent - self._written > SECONDS_BETWEEN_FILES:
            self._write("feasible", exact=value is None)
            self._written = self.spent

    def end(self, status: str | None = None, **notes: Any) -> None:
        """The last file and the last line; `status` is feasible where nothing is said and something was found."""
        if status == "infeasible":
            self._write(status, exact=False)
        elif self._value is not None:
            self._value = self.value_of(self._placed)
            status = status or "feasible"
            if status == "optimal":
                self._bound = self._value
            self._say()
            self._write(status, exact=True)
        result = {"status": status, "value": self._value, "bound": self._bound, "meetings": len(self._placed), **notes}
        _line({"result": result})

    def value_of(self, placed: Mapping[int, int]) -> int:
        """The objective, by the arithmetic of the checker."""
        diary = Diary(Conference(self.problem.data), self._schedule(placed))
        amounts = amounts_of(diary)
        return amounts["weight"] - sum(price * amounts[name] for name, price in self.problem.price.items())

    def _schedule(self, placed: Mapping[int, int]) -> dict[str, Any]:
        meetings = [{"candidate": self.problem.candidates[c].id, "slot": s} for c, s in sorted(placed.items())]
        return {"format": "matchmaker-schedule/1", "instance": self.problem.name, "meetings": meetings}

    def _write(self, status: str, *, exact: bool) -> None:
        """Write the file whole; a value that the method only says to be at least so high is not claimed."""
        claims: dict[str, Any] = {"status": status, "objective": self._value if exact else None, "bound": self._bound}
        if status == "infeasible":
            claims |= {"objective": None, "bound": None, "causes": ["proven by the model as a whole"]}
        schedule = self._schedule(self._placed) | claims | {"seconds": round(self.spent, 3), "seed": self.seed}
        half = self._out.with_name(f".{self._out.name}.half")
        half.write_text(json.dumps(schedule, separators=(",", ":")), encoding="utf-8")
        os.replace(half, self._out)

    def _say(self) -> None:
        now = {"value": self._value, "bound": self._bound, "meetings": len(self._placed)}
        if (text := json.dumps(now)) != self._last:
            self._last = text
            _line({"progress": now | {"seconds": round(self.spent, 3)}})


def _line(data: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(data) + "\n")
    sys.stdout.flush()
