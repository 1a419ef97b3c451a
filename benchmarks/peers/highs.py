"""The time-indexed model as an integer programme, solved by the HiGHS that OR-Tools carries.

Source: Q. Huangfu and J. A. J. Hall, "Parallelizing the dual revised simplex method", Math. Prog. Comp. 10 (2018), and
its branch-and-cut; the rows are those of `time_indexed`. Through OR-Tools it takes no number of threads and tells nothing on
the way, so that there is one point, at its end.
"""

from __future__ import annotations

import math
from datetime import timedelta

from ortools.math_opt import model_pb2
from ortools.math_opt.python import mathopt

from benchmarks.peers.problem import Problem
from benchmarks.peers.telling import Teller
from benchmarks.peers.time_indexed import Rows, TimeIndexed, idle_matters

SECONDS_TO_END = 0.5


def run(problem: Problem, teller: Teller, workers: int) -> None:
    indexed = TimeIndexed(problem, teller.must_have_time, idle=idle_matters(problem))
    model = as_model(indexed.rows)
    teller.must_have_time()
    limit = timedelta(seconds=max(0.1, teller.left - SECONDS_TO_END))
    result = mathopt.solve(model, mathopt.SolverType.HIGHS, params=mathopt.SolveParameters(time_limit=limit))
    if result.has_primal_feasible_solution():
        held = {variable.id for variable, value in result.variable_values().items() if value > 0.5}
        teller.found(indexed.placed(held.__contains__))
    bound = result.termination.objective_bounds.dual_bound
    if math.isfinite(bound):
        teller.bound(math.floor(bound + 1e-6 * max(1.0, abs(bound))))
    impossible = result.termination.reason == mathopt.TerminationReason.INFEASIBLE
    teller.end("infeasible" if impossible else None)


def as_model(rows_of: Rows) -> mathopt.Model:
    """The rows as a model; written into its message directly, which is many times quicker than expressions."""
    proto = model_pb2.ModelProto()
    count = len(rows_of.gains)
    proto.variables.ids.extend(range(count))
    proto.variables.lower_bounds.extend(rows_of.lows)
    proto.variables.upper_bounds.extend(rows_of.highs)
    proto.variables.integers.extend([True] * count)
    gaining = [variable for variable, gain in enumerate(rows_of.gains) if gain]
    proto.objective.maximize = True
    proto.objective.offset = rows_of.constant
    proto.objective.linear_coefficients.ids.extend(gaining)
    proto.objective.linear_coefficients.values.extend(rows_of.gains[variable] for variable in gaining)
    rows, matrix = proto.linear_constraints, proto.linear_constraint_matrix
    rows.ids.extend(range(len(rows_of.at_most_one) + len(rows_of.linear)))
    for number, variables in enumerate(rows_of.at_most_one):
        matrix.row_ids.extend([number] * len(variables))
        matrix.column_ids.extend(sorted(variables))
        matrix.coefficients.extend([1.0] * len(variables))
    rows.lower_bounds.extend([-math.inf] * len(rows_of.at_most_one))
    rows.upper_bounds.extend([1.0] * len(rows_of.at_most_one))
    for number, (variables, factors, least, most) in enumerate(rows_of.linear, start=len(rows_of.at_most_one)):
        terms = sorted(zip(variables, factors, strict=True))
        matrix.row_ids.extend([number] * len(terms))
        matrix.column_ids.extend([variable for variable, _ in terms])
        matrix.coefficients.extend([float(factor) for _, factor in terms])
        rows.lower_bounds.append(least)
        rows.upper_bounds.append(most)
    return mathopt.Model.from_model_proto(proto)
