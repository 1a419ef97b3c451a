"""Small instances as plain data, and made-up outcomes, for the tests of the benchmark."""

import itertools
from typing import Any

from benchmarks.checker import check
from benchmarks.store import Outcome, Point

FOUR = [0, 1, 2, 3]


def small_instance(**changes: Any) -> dict[str, Any]:
    """Ines meets Hao in the east and Hana in the west, three quarters of an hour apart, in four half-hours of one day."""
    slots = [("09:00", "09:30"), ("09:30", "10:00"), ("10:00", "10:30"), ("10:30", "11:00")]
    usual: dict[str, Any] = {
        "format": "matchmaker-instance/1",
        "name": "small",
        "slots": [{"day": 0, "start": f"2024-04-01T{start}", "end": f"2024-04-01T{end}"} for start, end in slots],
        "venues": [{"id": "east", "tables": 1}, {"id": "west", "tables": 1}],
        "travel_minutes": [[0, 45], [45, 0]],
        "pools": [{"id": "interpreter", "capacity": 1}],
        "participants": [person("ines", "investor"), person("ivan", "investor"), person("hao"), person("hana")],
        "candidates": [candidate("a", "ines", "hao"), candidate("b", "ines", "hana", "west"), candidate("c", "ivan", "hao")],
        "booked": [],
        "penalties": {"shortfall": 0, "drop": 0, "move": 0, "idle_slot": 0, "idle_period": 0},
    }
    return usual | changes


def person(name: str, kind: str = "host", **changes: Any) -> dict[str, Any]:
    return {"id": name, "kind": kind, "available": FOUR, "capacity": 1, **changes}


def candidate(name: str, investor: str, host: str, venue: str = "east", **changes: Any) -> dict[str, Any]:
    return {"id": name, "participants": [investor, host], "venue": venue, "weight": 100, **changes}


def schedule(instance: dict[str, Any], claims: dict[str, Any] | None = None, **slots: int) -> dict[str, Any]:
    meetings = [{"candidate": name, "slot": slot} for name, slot in slots.items()]
    return {"format": "matchmaker-schedule/1", "instance": instance["name"], "meetings": meetings, **(claims or {})}


def best_by_trying_all(instance: dict[str, Any]) -> int | None:
    """The highest objective of all schedules that the checker accepts; none where there is none."""
    names = [each["id"] for each in instance["candidates"]]
    best = None
    for slots in itertools.product([None, *range(len(instance["slots"]))], repeat=len(names)):
        verdict = check(instance, schedule(instance, **{n: s for n, s in zip(names, slots, strict=True) if s is not None}))
        if not verdict.violations and verdict.objective is not None and (best is None or verdict.objective > best):
            best = verdict.objective
    return best


def outcome(method: str = "ours", value: int | None = 950, bound: int | None = 1000, **changes: Any) -> Outcome:
    """What a step could have given."""
    usual: dict[str, Any] = {
        "case": "scarce",
        "seed": 1,
        "seconds": 120.0,
        "method": method,
        "instance": "synthetic",
        "fingerprint": "f1",
        "version": "v1",
        "ended": "done",
        "status": "feasible",
        "value": value,
        "bound": bound,
        "meetings": 12,
        "violations": 0,
        "checkers_agree": True,
        "took": 121.0,
        "peak_mib": 300,
        "trajectory": [Point(1.0, 0.5, 900, None), Point(2.0, 1.5, 900, 1010), Point(60.0, 59.0, value, bound)],
    }
    return Outcome(**usual | changes)
