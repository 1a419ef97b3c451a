"""Goes through a plan step by step, leaving out what was done before, and says how far it is."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from benchmarks.cases import FRESH, NEXT, Group, instance_of, size_of
from benchmarks.methods import METHODS, OURS
from benchmarks.steps import Limits, do_step
from benchmarks.store import Outcome, Step, Store


class Runner:
    """What is done with a plan: where results go, what a method may use, whether everything is done anew,
    and whether results of earlier versions of the code are kept."""

    def __init__(self, store: Store, limits: Limits, b2b: Path, *, again: bool = False, keep: bool = False) -> None:
        self.store = store
        self.limits = limits
        self.b2b = b2b
        self.again = again
        self.keep = keep
        self.console = Console(file=sys.stderr, highlight=False)
        self._done_now: set[Step] = set()

    def run(self, plan: Sequence[Group]) -> None:
        steps = sum(len(group.steps()) for group in plan)
        self.console.print(f"{steps} steps, {_duration(self.time_needed(plan))} at most for those that were not done before.")
        done = 0
        for group in plan:
            for step in group.steps():
                done += 1
                self._tell(f"[{done}/{steps}]", step, group)

    def time_needed(self, plan: Sequence[Group]) -> float:
        """Seconds, roughly, for what has no result yet."""
        needed = 0.0
        for group in plan:
            steps = group.steps()
            left = [step for step in steps if self.again or self.store.get(step) is None]
            needed += group.estimate * len(left) / max(1, len(steps))
        return needed

    def _tell(self, number: str, step: Step, group: Group) -> None:
        what = f"{number} {step.case}, seed {step.seed}, {METHODS[step.method].title}, {step.seconds:g} s"
        with self.console.status(what):
            outcome, was_there = self.do(step, group)
        self.console.print(f"{what}: {summary(outcome)}{' (from before)' if was_there else ''}", markup=False, soft_wrap=True)

    def do(self, step: Step, group: Group) -> tuple[Outcome, bool]:
        """The outcome of the step, and whether it was there already."""
        base = None
        if step.case.startswith((NEXT, FRESH)):
            base = Step(size_of(step.case), step.seed, group.base_seconds or step.seconds, OURS)
            self.do(base, Group(base.case, (base.seed,), base.seconds, (OURS,)))
        instance = instance_of(self.store, step.case, step.seed, self.b2b, base)
        known = self.store.get(step)
        if known is not None and (not self.again or step in self._done_now) and self._is_current(known, instance):
            return known, True
        self._done_now.add(step)
        return do_step(self.store, step, instance, replace(self.limits, stop_at_gap=group.stop_at_gap)), False

    def _is_current(self, known: Outcome, instance: Path) -> bool:
        """Whether the result is of this instance, and of the method as it is now; what was skipped is tried again."""
        same_instance = known.fingerprint == hashlib.sha256(instance.read_bytes()).hexdigest()
        same_code = self.keep or known.version == METHODS[known.method].version()
        return same_instance and same_code and not known.skipped


def summary(outcome: Outcome) -> str:
    """An outcome in one line."""
    if outcome.skipped:
        return f"skipped: {outcome.skipped}"
    parts = []
    if outcome.status == "infeasible":
        parts.append("no schedule exists")
    if outcome.value is not None:
        parts.append(f"value {outcome.value:,}")
    if outcome.bound is not None:
        parts.append(f"bound {outcome.bound:,}")
    if outcome.gap is not None:
        parts.append(f"gap {outcome.gap:.2%}")
    parts += [f"{outcome.took:.0f} s", f"{outcome.peak_mib} MiB", *outcome.words[:2]]
    return ", ".join([*parts, outcome.note] if outcome.note else parts)


def _duration(seconds: float) -> str:
    minutes = max(1, round(seconds / 60))
    return f"{minutes} minutes" if minutes < 120 else f"{minutes / 60:.1f} hours"
