"""The search for the floor as a process of its own: python -m matchmaker.scheduling.floor_process QUESTION --out ANSWER.

The question is a JSON object: `instance` (matchmaker-instance/1), `had` (meetings outside it, by participant), `known`
(a schedule's meetings, may be empty) and `highest` (the highest level wanted, or null). The answer holds `reached`,
`proven_most` and `meetings`; the best one so far is always in the file, whole. The process ends when its standard
input does. Exit codes: 0 done, 2 wrong arguments, 3 standard input ended, 5 question refused.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from matchmaker.scheduling.fairness import highest_floor
from matchmaker.scheduling.floor import Floor
from matchmaker.scheduling.problem import read_problem
from matchmaker.scheduling.process import (
    DONE,
    REFUSED,
    asked_options,
    end_with_the_parent,
    say,
    tell_that_it_compiles,
    write_whole,
)
from matchmaker.scheduling.schedule import Placement
from matchmaker.scheduling.warming import warm_up


def main(arguments: list[str] | None = None) -> int:
    """Answer one question; tells the exit code."""
    options = asked_options("floor_process", "Find the highest floor.", arguments)
    end_with_the_parent()
    try:
        question = json.loads(options.question.read_text(encoding="utf-8"))
        problem = read_problem(question["instance"])
        known = tuple(Placement(str(each["candidate"]), int(each["slot"])) for each in question["known"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        say({"error": {"faults": [str(error)]}})
        return REFUSED
    warm_up(tell_that_it_compiles, problem)
    say({"ready": True})
    found = highest_floor(
        problem,
        seconds=options.seconds,
        seed=options.seed,
        had=question["had"],
        known=known,
        highest=question["highest"],
        on_better=lambda better: write_whole(options.out, floor_as_data(better)),
    )
    write_whole(options.out, floor_as_data(found))
    return DONE


def floor_as_data(floor: Floor) -> dict[str, Any]:
    return {
        "reached": floor.reached,
        "proven_most": floor.proven_most,
        "meetings": [{"candidate": each.candidate, "slot": each.slot} for each in floor.meetings],
    }


if __name__ == "__main__":
    sys.exit(main())
