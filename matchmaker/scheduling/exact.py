"""A part solved by CP-SAT: the model is put together here, rule by rule."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from ortools.sat.python import cp_model

from matchmaker.scheduling import rules
from matchmaker.scheduling.part import Part

HARD = (
    rules.one_first_slot_per_candidate,
    rules.one_meeting_per_party_and_slot,
    rules.no_more_meetings_than_tables,
    rules.no_more_meetings_than_the_pool_serves,
    rules.no_more_meetings_than_wanted,
    rules.no_more_meetings_than_wanted_on_a_day,
    rules.time_to_travel,
    rules.idle_periods_are_shared_evenly,
    rules.needed_ones_are_booked,
    rules.only_after_what_comes_before,
    rules.enough_weight,
)

IDLE = rules.price_of_idle_time

SOFT = (
    rules.worth_of_what_is_booked,
    rules.price_of_shortfall,
    IDLE,
)


class Mode(StrEnum):
    """What a solve is after."""

    SEARCH = "search"  # better meetings
    COARSE = "coarse"  # better meetings, idle time left out of the account: far quicker
    CORE = "core"  # a proof, by unsatisfiable cores
    FEASIBLE = "feasible"  # any meetings at all


@dataclass(frozen=True)
class Limits:
    """When a solve has to end: by the clock, by counted work, or never."""

    seconds: float | None = None
    work: float | None = None


@dataclass(frozen=True)
class PartAnswer:
    """What a solve found: first slots by candidate (none found: none), and the bound it proved."""

    slots: dict[int, int] | None
    value: int | None
    bound: int | None
    finished: bool
    work: float

    @property
    def impossible(self) -> bool:
        return self.finished and self.slots is None


def solve_part(
    part: Part,
    limits: Limits,
    seed: int,
    *,
    workers: int = 1,
    mode: Mode = Mode.SEARCH,
    on_better: Callable[[dict[int, int], int], None] | None = None,
) -> PartAnswer:
    """The best meetings of a part that are found within the limits; whether they are the best there are."""
    model = rules.Model(part)
    for rule in HARD:
        rule(model)
    if mode is not Mode.FEASIBLE:
        for term in SOFT:
            if mode is not Mode.COARSE or term is not IDLE:
                term(model)
        model.cp.maximize(sum(model.terms))
    solver = _solver(limits, seed, workers, mode)
    watch = _Watch(model, on_better) if on_better else None
    status = solver.solve(model.cp, watch)
    work = solver.response_proto.deterministic_time
    finished = status in (cp_model.OPTIMAL, cp_model.INFEASIBLE)
    if status == cp_model.MODEL_INVALID:
        raise ValueError(model.cp.validate())
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return PartAnswer(None, None, None, finished, work)
    value = round(solver.objective_value)
    bound = value if finished else _bound(solver)
    return PartAnswer(_slots(model, solver.boolean_value), value, bound, finished, work)


def _bound(solver: cp_model.CpSolver) -> int | None:
    """The proven bound. A zero may also mean that the solver was stopped before it had any, so it counts for none."""
    bound = solver.best_objective_bound
    return math.floor(bound + 1e-6) if bound != 0 and math.isfinite(bound) and abs(bound) < 2**53 else None


def _slots(model: rules.Model, is_true: Callable[[cp_model.IntVar], bool]) -> dict[int, int]:
    return {candidate: slot for candidate, literals in model.x.items() for slot, literal in literals.items() if is_true(literal)}


def _solver(limits: Limits, seed: int, workers: int, mode: Mode) -> cp_model.CpSolver:
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = workers
    solver.parameters.random_seed = seed
    if mode in (Mode.SEARCH, Mode.COARSE):
        solver.parameters.linearization_level = 2
        solver.parameters.cp_model_probing_level = 0
        solver.parameters.symmetry_level = 0
    if mode is Mode.CORE:
        solver.parameters.optimize_with_core = True
        solver.parameters.linearization_level = 0
    if limits.seconds is not None:
        solver.parameters.max_time_in_seconds = max(0.01, limits.seconds)
    if limits.work is not None:
        solver.parameters.max_deterministic_time = limits.work
    return solver


class _Watch(cp_model.CpSolverSolutionCallback):
    """Tells each better answer as it is found."""

    def __init__(self, model: rules.Model, tell: Callable[[dict[int, int], int], None]) -> None:
        super().__init__()
        self._model = model
        self._tell = tell

    def on_solution_callback(self) -> None:
        self._tell(_slots(self._model, self.boolean_value), round(self.objective_value))
