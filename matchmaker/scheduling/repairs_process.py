"""The search for repairs as a process of its own: python -m matchmaker.scheduling.repairs_process QUESTION --out ANSWER.

The question is a JSON object: `instance` (matchmaker-instance/1) and `causes`, the demands of it that cannot hold
together, each with `kind`, `candidate` and `slot`; where there are none they are looked for. The answer holds `repairs`,
each a list of steps. The process ends when its standard input does. Exit codes: 0 done, 2 wrong arguments,
3 standard input ended, 5 question refused.
"""

from __future__ import annotations

import json
import sys

from matchmaker.scheduling.demands import Cause, CauseKind
from matchmaker.scheduling.problem import read_problem
from matchmaker.scheduling.process import DONE, REFUSED, asked_options, end_with_the_parent, say, write_whole
from matchmaker.scheduling.repairs import repairs_of_conflict, step_as_data


def main(arguments: list[str] | None = None) -> int:
    """Answer one question; tells the exit code."""
    options = asked_options("repairs_process", "Find repairs of a conflict.", arguments)
    end_with_the_parent()
    try:
        question = json.loads(options.question.read_text(encoding="utf-8"))
        problem = read_problem(question["instance"])
        causes = [Cause(CauseKind(each["kind"]), str(each["candidate"]), each["slot"]) for each in question["causes"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        say({"error": {"faults": [str(error)]}})
        return REFUSED
    repairs = repairs_of_conflict(problem, causes, seconds=options.seconds, seed=options.seed)
    answer = {"repairs": [[step_as_data(step) for step in repair.steps] for repair in repairs]}
    write_whole(options.out, answer)
    return DONE


if __name__ == "__main__":
    sys.exit(main())
