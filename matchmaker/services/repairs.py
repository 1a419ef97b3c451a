"""The ways out of contradictory pins, found by a child process and told with the names of people and places."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from matchmaker.scheduling.changes import Change, Easing, half_days
from matchmaker.scheduling.demands import clash_of_pins
from matchmaker.scheduling.problem import problem_as_data
from matchmaker.services.changes import ToldChanges
from matchmaker.services.facts import Facts
from matchmaker.services.problems import Built
from matchmaker.services.solving import GIB, ended_child

SECONDS = 30.0
STAYS = "stays"
CHANGES = {kind.value for kind in Easing}


def repairs_of(
    facts: Facts, built: Built, *, seconds: float = SECONDS, seed: int = 1, memory_limit: int = 4 * GIB
) -> list[dict[str, Any]]:
    """The cheapest repairs of a problem that has no schedule, as facts with the code `repair` and their `steps`.

    None where the child found none in time or did not answer; that the input is refused stands without them.
    """
    question = {"instance": problem_as_data(built.problem), "causes": []}
    with ended_child(
        "matchmaker.scheduling.repairs_process", question, ["--seed", str(seed)], seconds=seconds, memory_limit=memory_limit
    ) as left:
        found = _read(left.out)
    told = (_told_steps(ToldChanges(facts, built), steps) for steps in found)
    return [{"code": "repair", "steps": steps} for steps in told if steps]


def clash_of(facts: Facts, built: Built) -> list[dict[str, Any]]:
    """Which agreed meetings break a rule together, none of them without need, as a fact with the code `clash`."""
    told = ToldChanges(facts, built)
    found = (told.given_up({"kind": STAYS, "candidate": pin.candidate, "slot": pin.slot}) for pin in clash_of_pins(built.problem))
    meetings = [each for each in found if each]
    return [{"code": "clash", "meetings": meetings}] if meetings else []


def _read(path: Path) -> list[list[dict[str, Any]]]:
    """What the child wrote; nothing where it is not what it should be."""
    try:
        return [[dict(step) for step in steps] for steps in json.loads(path.read_text(encoding="utf-8"))["repairs"]]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return []


def _told_steps(told: ToldChanges, steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """All steps of one repair with their names, or none where one has no name that people know."""
    try:
        found = [_told_step(told, step) for step in steps]
    except (KeyError, IndexError, TypeError, ValueError, StopIteration):
        return []
    return [each for each in found if each] if all(found) else []


def _told_step(told: ToldChanges, step: dict[str, Any]) -> dict[str, Any] | None:
    if step["kind"] not in CHANGES:
        return told.given_up(step)
    halves = half_days(told.built.problem.slots)
    slots = next(half for half in halves if half[0] == step["slot"]) if "slot" in step else ()
    return told.told(Change(Easing(step["kind"]), step["who"], slots, step.get("most")))
