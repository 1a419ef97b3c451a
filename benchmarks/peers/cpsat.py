"""One CP-SAT model of the whole, without a hint: what one gets who writes the rules down and presses the button.

Source: L. Perron, F. Didier and S. Gay, "The CP-SAT-LP Solver", CP 2023; the rows are those of `time_indexed`, with the
default search of OR-Tools on the given number of workers.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ortools.sat.python import cp_model

from benchmarks.peers.problem import Problem
from benchmarks.peers.telling import Teller
from benchmarks.peers.time_indexed import Rows, TimeIndexed, idle_matters

SECONDS_TO_END = 0.5
MANY = 1 << 50


def run(problem: Problem, teller: Teller, workers: int) -> None:
    solve(problem, teller, workers, hint=None)


def solve(problem: Problem, teller: Teller, workers: int, hint: Mapping[int, int] | None) -> None:
    """Build, search until the time is up, and tell; `hint` is a schedule to start from.

    Where idle time is a small correction, the model comes first without it; if that is solved to its optimum with time left,
    it is solved again with idle time, from the schedule that was found.
    """
    status = cp_model.UNKNOWN
    for idle in (True,) if idle_matters(problem) else (False, True):
        status, hint = _solve_once(problem, teller, workers, hint, idle)
        if status != cp_model.OPTIMAL:
            break
        if idle:
            teller.end("optimal")
            return
    teller.end("infeasible" if status == cp_model.INFEASIBLE else None)


def _solve_once(
    problem: Problem, teller: Teller, workers: int, hint: Mapping[int, int] | None, idle: bool
) -> tuple[cp_model.CpSolverStatus, Mapping[int, int] | None]:
    """One search: its status, and the best schedule that it found, or else the hint."""
    indexed = TimeIndexed(problem, teller.must_have_time, idle=idle)
    model = as_model(indexed.rows)
    teller.must_have_time()
    if hint is not None:
        for variable, booking in enumerate(indexed.booking):
            model.add_hint(model.get_bool_var_from_proto_index(variable), hint.get(booking[0]) == booking[1])
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = workers
    solver.parameters.random_seed = teller.seed
    solver.parameters.max_time_in_seconds = max(0.1, teller.left - SECONDS_TO_END)
    solver.best_bound_callback = lambda bound: teller.bound(math.floor(bound + 1e-6))
    status = solver.solve(model, _Watcher(indexed, teller))
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return status, hint
    values = solver.response_proto.solution
    placed = indexed.placed(lambda variable: bool(values[variable]))
    teller.found(placed)
    teller.bound(math.floor(solver.best_objective_bound + 1e-6))
    return status, placed


def as_model(rows: Rows) -> cp_model.CpModel:
    """The rows as a model; written into its message directly, which is many times quicker than expressions."""
    model = cp_model.CpModel()
    proto: Any = model.proto
    for low, high in zip(rows.lows, rows.highs, strict=True):
        proto.variables.add().domain.extend([low, high])
    for variables in rows.at_most_one:
        proto.constraints.add().at_most_one.literals.extend(variables)
    for variables, factors, least, most in rows.linear:
        linear = proto.constraints.add().linear
        linear.vars.extend(variables)
        linear.coeffs.extend(factors)
        linear.domain.extend([-MANY if math.isinf(least) else int(least), MANY if math.isinf(most) else int(most)])
    gaining = [variable for variable, gain in enumerate(rows.gains) if gain]
    objective = proto.objective
    objective.vars.extend(gaining)
    objective.coeffs.extend([-rows.gains[variable] for variable in gaining])
    objective.offset = -rows.constant
    objective.scaling_factor = -1
    return model


class _Watcher(cp_model.CpSolverSolutionCallback):
    """Tells better schedules, not more often than their valuing can be afforded."""

    def __init__(self, indexed: TimeIndexed, teller: Teller) -> None:
        super().__init__()
        self._indexed = indexed
        self._teller = teller
        self._next = 0.0

    def on_solution_callback(self) -> None:
        if self._teller.spent < self._next:
            return
        begin = self._teller.spent
        values = self.response_proto.solution
        self._teller.found(self._indexed.placed(lambda variable: bool(values[variable])))
        self._next = self._teller.spent + 10 * (self._teller.spent - begin)
