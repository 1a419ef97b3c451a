"""Keeps the result of every step as a JSON file, so that an interrupted benchmark goes on where it stopped."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Step:
    """One method on one instance with one limit."""

    case: str
    seed: int
    seconds: float
    method: str


@dataclass(frozen=True)
class Point:
    """Something new by then: `at` seconds since the process started, `own` by its own clock."""

    at: float
    own: float
    value: int | None
    bound: int | None


@dataclass
class Outcome:
    """What a step gave. `value` is the checker's, and only there where no rule is broken."""

    case: str
    seed: int
    seconds: float
    method: str
    instance: str
    fingerprint: str
    version: str
    ended: str
    status: str | None = None
    value: int | None = None
    bound: int | None = None
    meetings: int | None = None
    violations: int | None = None
    words: list[str] = field(default_factory=list)
    """Broken rules, false claims and disagreements of the checkers, the first of each."""
    false_claims: int = 0
    checkers_agree: bool | None = None
    amounts: dict[str, int] = field(default_factory=dict)
    took: float = 0.0
    peak_mib: int = 0
    trajectory: list[Point] = field(default_factory=list)
    skipped: str = ""
    note: str = ""

    @property
    def step(self) -> Step:
        return Step(self.case, self.seed, self.seconds, self.method)

    @property
    def gap(self) -> float | None:
        """The gap to the own bound, as a share of the bound."""
        return None if self.value is None or self.bound is None else gap_of(self.value, self.bound)


def gap_of(value: float, bound: float) -> float:
    return (bound - value) / max(1.0, abs(bound))


class Store:
    """The folder of the results."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, step: Step, what: str = "json") -> Path:
        return (
            self.folder / f"{step.case.replace(':', '-')}" / f"seed-{step.seed}" / f"{step.seconds:g}s" / f"{step.method}.{what}"
        )

    def instance_path(self, case: str, seed: int) -> Path:
        return self.folder / "instances" / f"{case.replace(':', '-')}-s{seed}.json"

    def keep(self, outcome: Outcome) -> None:
        write_whole(self.path(outcome.step), json.dumps(asdict(outcome), indent=1))

    def get(self, step: Step) -> Outcome | None:
        """The result of the step; none where there is none, or it is not one of these."""
        try:
            return read_outcome(json.loads(self.path(step).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def all(self) -> Iterator[Outcome]:
        for path in sorted(self.folder.glob("*/seed-*/*s/*.json")):
            if path.name.endswith(".schedule.json"):
                continue
            try:
                yield read_outcome(json.loads(path.read_text(encoding="utf-8")))
            except (ValueError, TypeError, KeyError):
                continue


def read_outcome(data: dict[str, Any]) -> Outcome:
    known = {each.name for each in fields(Outcome)}
    points = [Point(**point) for point in data.pop("trajectory")]
    return Outcome(**{name: value for name, value in data.items() if name in known}, trajectory=points)


def write_whole(path: Path, text: str) -> None:
    """Write the file so that nobody ever finds a half one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.half")
    half.write_text(text, encoding="utf-8")
    os.replace(half, path)
