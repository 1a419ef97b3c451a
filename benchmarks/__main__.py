"""The command line of the benchmark: python -m benchmarks all | run | report | list | instance | check.

Exit codes: 0 done, 1 something is wrong (a bound below a value, a broken rule of ours, a schedule that is refused),
2 wrong arguments or nothing to do.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from benchmarks.cases import (
    B2B_FOLDER,
    FRESH,
    NEXT,
    SIZES,
    Group,
    UnknownCase,
    case_names,
    full_plan,
    quick_plan,
    recipe_of,
    words_of,
)
from benchmarks.checker import Malformed, check
from benchmarks.instances import instance_text
from benchmarks.methods import METHODS, ROOT, read_methods
from benchmarks.page import build_page, missing_of, outcomes_of, write_page
from benchmarks.running import Runner
from benchmarks.soundness import faults_of
from benchmarks.steps import Limits
from benchmarks.store import Store

DONE, WRONG, MISUSED = 0, 1, 2


class Misuse(Exception):
    """The command cannot do what is asked; the message says why."""


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = options.command
    try:
        return command(options)
    except (Misuse, UnknownCase, Malformed, OSError, ValueError) as error:
        print(f"benchmarks: {error}", file=sys.stderr)  # noqa: T201
        return MISUSED
    except KeyboardInterrupt:
        print("benchmarks: interrupted; the same command goes on from here", file=sys.stderr)  # noqa: T201
        return WRONG


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--results", type=Path, default=ROOT / "bench-results", help="where results are kept")
    common.add_argument(
        "--b2b", type=Path, default=B2B_FOLDER, help="the folder of the real events; skipped where it is not there"
    )
    paged = argparse.ArgumentParser(add_help=False)
    paged.add_argument("--docs", type=Path, default=ROOT / "docs", help="where the page goes")
    paged.add_argument("--quick", action="store_true", help="the quick plan: one seed, short limits, under ten minutes")
    doing = argparse.ArgumentParser(add_help=False)
    doing.add_argument("--workers", type=_positive, default=2, help="processes or threads of a method")
    doing.add_argument("--again", action="store_true", help="measure again what was measured before")
    doing.add_argument("--keep", action="store_true", help="do not measure again what an earlier version of the code gave")

    parser = argparse.ArgumentParser("python -m benchmarks", description=__doc__.splitlines()[0] if __doc__ else "")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    every = commands.add_parser("all", parents=[common, paged, doing], help="do the whole plan, then write the page")
    every.set_defaults(command=do_all)
    run = commands.add_parser("run", parents=[common, doing], help="do one case")
    run.add_argument("--case", required=True)
    run.add_argument("--seed", type=_positive, default=1)
    run.add_argument("--seconds", type=_seconds, default=60.0)
    run.add_argument("--base-seconds", type=_seconds, help="for a next night: the limit of the night before")
    run.add_argument("--methods", default="all", help="a list with commas: all, peers, " + ", ".join(METHODS))
    run.add_argument("--stop-at-gap", type=float, help="end a method that has proven so small a gap")
    run.set_defaults(command=do_run)
    report = commands.add_parser("report", parents=[common, paged], help="write the page from what was kept")
    report.add_argument("--everything", action="store_true", help="whatever was kept, of a plan or not")
    report.set_defaults(command=do_report)
    commands.add_parser("list", parents=[common], help="list cases and methods").set_defaults(command=do_list)
    instance = commands.add_parser("instance", help="write the instance of a size to standard output")
    instance.add_argument("case")
    instance.add_argument("--seed", type=_positive, default=1)
    instance.set_defaults(command=do_instance)
    checking = commands.add_parser("check", help="check a schedule against its instance")
    checking.add_argument("instance", type=Path)
    checking.add_argument("schedule", type=Path)
    checking.set_defaults(command=do_check)
    return parser


def _positive(words: str) -> int:
    number = int(words)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def _seconds(words: str) -> float:
    number = float(words)
    if not 0 < number < 1e6:
        raise argparse.ArgumentTypeError("must be a number of seconds above zero")
    return number


def do_all(options: argparse.Namespace) -> int:
    plan = quick_plan(options.b2b) if options.quick else full_plan(options.b2b)
    _runner(options).run(plan)
    return do_report(options)


def do_run(options: argparse.Namespace) -> int:
    if options.case not in case_names(options.b2b):
        raise UnknownCase(f"there is no case {options.case!r}; there are: {', '.join(case_names(options.b2b))}")
    group = Group(
        options.case, (options.seed,), options.seconds, read_methods(options.methods), options.stop_at_gap, options.base_seconds
    )
    runner = _runner(options)
    runner.run([group])
    faults = faults_of(outcomes_of(runner.store, [group]))
    return _told(faults)


def _runner(options: argparse.Namespace) -> Runner:
    return Runner(
        Store(options.results), replace(Limits(), workers=options.workers), options.b2b, again=options.again, keep=options.keep
    )


def do_report(options: argparse.Namespace) -> int:
    store = Store(options.results)
    plan = quick_plan(options.b2b) if options.quick else full_plan(options.b2b)
    every = getattr(options, "everything", False)
    outcomes = list(store.all()) if every else outcomes_of(store, plan)
    missing = [] if every else missing_of(store, plan)
    page = build_page(outcomes, quick=options.quick, b2b_found=options.b2b.is_dir(), missing=missing)
    write_page(page, options.docs)
    print(f"{len(outcomes)} results are in {options.docs / 'benchmarks.md'}")  # noqa: T201
    return _told(page.faults)


def _told(faults: Sequence[str]) -> int:
    for fault in faults:
        print(f"WRONG: {fault}", file=sys.stderr)  # noqa: T201
    return WRONG if faults else DONE


def do_list(options: argparse.Namespace) -> int:
    for case in case_names(options.b2b):
        print(f"{case:<28} {words_of(case)}")  # noqa: T201
    print()  # noqa: T201
    for method in METHODS.values():
        print(f"{method.key:<28} {method.title}")  # noqa: T201
    return DONE


def do_instance(options: argparse.Namespace) -> int:
    if options.case not in SIZES:
        made = "; a next night is made by `run`" if options.case.startswith((NEXT, FRESH)) else ""
        raise UnknownCase(f"there is no size {options.case!r}; there are: {', '.join(SIZES)}{made}")
    sys.stdout.write(instance_text(recipe_of(options.case, options.seed)))
    return DONE


def do_check(options: argparse.Namespace) -> int:
    files = [json.loads(path.read_text(encoding="utf-8")) for path in (options.instance, options.schedule)]
    verdict = check(*files)
    print(json.dumps({"accepted": verdict.accepted, **asdict(verdict)}, ensure_ascii=False, indent=1))  # noqa: T201
    return DONE if verdict.accepted else WRONG


if __name__ == "__main__":
    sys.exit(main())
