"""What must never be: a bound below what somebody found, a broken rule or a false claim of ours, checkers that disagree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from benchmarks.methods import METHODS, OURS
from benchmarks.store import Outcome

INFEASIBLE = "infeasible"


def faults_of(outcomes: Iterable[Outcome]) -> list[str]:
    """Everything that is wrong, in words; outcomes on the same instance are held against one another."""
    faults: list[str] = []
    on_instance: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        on_instance[outcome.fingerprint].append(outcome)
        faults += _faults_alone(outcome)
    for group in on_instance.values():
        faults += _faults_together(group)
    return faults


def _faults_alone(outcome: Outcome) -> list[str]:
    who = _who(outcome)
    faults = []
    if outcome.checkers_agree is False:
        faults.append(f"the two checkers disagree about {who}")
    if outcome.method == OURS and (outcome.violations or outcome.false_claims):
        faults.append(f"{who}: {'; '.join(outcome.words)}")
    return faults


def _faults_together(group: list[Outcome]) -> list[str]:
    best = max((o for o in group if o.value is not None), key=lambda o: o.value or 0, default=None)
    if best is None or best.value is None:
        return []
    faults = [
        f"{_who(o)} says that nothing is above {o.bound:,}, and {_who(best)} found {best.value:,}"
        for o in group
        if o.bound is not None and o.bound < best.value
    ]
    faults += [f"{_who(o)} says that no schedule exists, and {_who(best)} found one" for o in group if o.status == INFEASIBLE]
    return faults


def _who(outcome: Outcome) -> str:
    return f"{METHODS[outcome.method].title} on {outcome.case}, seed {outcome.seed}, {outcome.seconds:g} s"


def best_bounds(outcomes: Iterable[Outcome]) -> dict[str, int]:
    """For every instance the lowest bound that anybody proved."""
    best: dict[str, int] = {}
    for outcome in outcomes:
        if outcome.bound is not None:
            best[outcome.fingerprint] = min(outcome.bound, best.get(outcome.fingerprint, outcome.bound))
    return best
