"""One peer as a process of its own: python -m benchmarks.peers METHOD INSTANCE --out SCHEDULE --seconds S.

Progress goes to standard output as JSON lines, as the scheduler's own process does: {"progress": …}, last {"result": …} or
{"skipped": …}. What a module does in `prepare` is start-up (a machine to be started, a model's code to be compiled) and not
counted against its limit, as imports are not for any method.

Exit codes: 0 done, 2 wrong arguments, 5 the instance cannot be read, 6 skipped.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from pathlib import Path

from benchmarks.peers.problem import Problem
from benchmarks.peers.telling import OutOfTime, Teller, Unsupported

METHODS = {
    "greedy": "greedy",
    "round-robin": "round_robin",
    "two-pass": "two_pass",
    "flow": "flow",
    "cpsat": "cpsat",
    "cpsat-hint": "cpsat_hint",
    "highs": "highs",
    "timefold": "timefold_peer",
}
DONE, REFUSED, SKIPPED = 0, 5, 6


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser("python -m benchmarks.peers", description="Solve one instance with one peer.")
    parser.add_argument("method", choices=METHODS)
    parser.add_argument("instance", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args(arguments)
    try:
        module = importlib.import_module(f"benchmarks.peers.{METHODS[options.method]}")
        problem = Problem(json.loads(options.instance.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        return _say("error", f"{options.instance} cannot be read: {error!r}", REFUSED)
    except ImportError as error:
        return _say("skipped", f"it is not installed here: {error}", SKIPPED)
    try:
        if hasattr(module, "prepare"):
            module.prepare(problem)
        teller = Teller(problem, options.out, options.seconds, options.seed)
        module.run(problem, teller, options.workers)
    except Unsupported as error:
        return _say("skipped", str(error), SKIPPED)
    except OutOfTime:
        teller.end(note="the time was up before its model was built")
    return DONE


def _say(kind: str, words: str, code: int) -> int:
    sys.stdout.write(json.dumps({kind: words}) + "\n")
    sys.stdout.flush()
    return code


if __name__ == "__main__":
    sys.exit(main())
