"""The methods that are compared: what they are called, how they are started, and which files decide what they do."""

from __future__ import annotations

import hashlib
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PEER_FILES = ("problem.py", "telling.py")


@dataclass(frozen=True)
class Method:
    """A way to make schedules. `files` are folders and files under the root; a result is old when they have changed."""

    key: str
    title: str
    files: tuple[str, ...]
    searches: bool
    """Whether it uses the time it is given; the others return at once."""
    schedules: bool = True
    """Whether it makes a schedule; the flow only proves a bound."""
    start_up: float = 6.0
    """Seconds that it usually takes beside its limit, or altogether where it has none."""

    def command(self, instance: Path, out: Path, seconds: float, seed: int, workers: int) -> list[str]:
        limits = ["--out", str(out), "--seconds", f"{seconds:g}", "--seed", str(seed), "--workers", str(workers)]
        if self.key == OURS:
            return [sys.executable, "-m", "matchmaker.scheduling", str(instance), *limits]
        return [sys.executable, "-m", "benchmarks.peers", self.key, str(instance), *limits]

    def version(self) -> str:
        """A short name for the content of its files."""
        digest = hashlib.sha256()
        for name in self.files:
            path = ROOT / name
            for file in sorted(path.glob("*.py")) if path.is_dir() else [path]:
                digest.update(file.name.encode() + b"\0" + file.read_bytes())
        return digest.hexdigest()[:12]


def _peer(key: str, title: str, *files: str, searches: bool = False, schedules: bool = True, start_up: float = 6.0) -> Method:
    paths = tuple(f"benchmarks/peers/{name}" for name in (*PEER_FILES, *files))
    return Method(key, title, paths, searches, schedules, start_up if searches else 2.0)


OURS = "ours"
METHODS = {
    method.key: method
    for method in (
        Method(OURS, "Matchmaker", ("matchmaker/scheduling",), searches=True),
        _peer("greedy", "Greedy by weight", "plan.py", "greedy.py"),
        _peer("round-robin", "Alphabetical round robin", "plan.py", "round_robin.py"),
        _peer("two-pass", "Two-pass greedy over mutual marks", "plan.py", "two_pass.py"),
        _peer("cpsat", "CP-SAT, one model", "time_indexed.py", "cpsat.py", searches=True),
        _peer(
            "cpsat-hint",
            "CP-SAT, one model, greedy hint",
            "time_indexed.py",
            "plan.py",
            "greedy.py",
            "cpsat.py",
            "cpsat_hint.py",
            searches=True,
        ),
        _peer("highs", "HiGHS, time-indexed model", "time_indexed.py", "highs.py", searches=True),
        _peer("flow", "Min-cost flow (bound only)", "flow.py", schedules=False),
        _peer(
            "timefold", "Timefold", "plan.py", "greedy.py", "timefold_peer.py", "timefold_model.py", searches=True, start_up=45.0
        ),
    )
}
ALL = tuple(METHODS)
PEERS = tuple(key for key in METHODS if key != OURS)
QUICKLY_DONE = ("greedy", "round-robin", "two-pass", "flow")


def read_methods(words: str) -> tuple[str, ...]:
    """The methods of a list with commas; `all` and `peers` are understood. Raises ValueError for an unknown one."""
    found: list[str] = []
    for word in (each.strip() for each in words.split(",")):
        keys = ALL if word == "all" else PEERS if word == "peers" else (word,)
        unknown = [key for key in keys if key not in METHODS]
        if unknown:
            raise ValueError(f"there is no method {unknown[0]!r}; there are: all, peers, {', '.join(METHODS)}")
        found += [key for key in keys if key not in found]
    return tuple(found)
