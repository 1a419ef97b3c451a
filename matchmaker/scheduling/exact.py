"""A part solved by CP-SAT: the model is put together here, rule by rule."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from ortools.sat.python import cp_model

from matchmaker.scheduling import rules
from matchmaker.scheduling.diaries import an_even_number_of_people_in_every_slot
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
    PROBE = "probe"  # any meetings that are worth no less than was asked for
    OUTLINE = "outline"  # a proof about everybody's slots in use alone, see periods.py
    NEAR = "near"  # better meetings near those there are, by large neighbourhoods alone


PROVING = (Mode.CORE, Mode.FEASIBLE, Mode.PROBE, Mode.NEAR)


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
        return self.finished and self.slots is None and self.bound is None


def solve_part(
    part: Part,
    limits: Limits,
    seed: int,
    *,
    workers: int = 1,
    mode: Mode = Mode.SEARCH,
    at_least: int | None = None,
    on_better: Callable[[dict[int, int], int], None] | None = None,
) -> PartAnswer:
    """The best meetings of a part that are found within the limits; whether they are the best there are.

    With `at_least`, only meetings worth that much or more are looked for, so *impossible* says that there are none.
    """
    model = _model(part, mode, at_least)
    solver = solver_for(limits, seed, workers, mode)
    watch = _Watch(model, on_better) if on_better else None
    status = solver.solve(model.cp, watch)
    if status == cp_model.MODEL_INVALID:
        raise ValueError(model.cp.validate())
    return read_answer(solver, status, model, counted=mode not in (Mode.FEASIBLE, Mode.PROBE))


def read_answer(
    solver: cp_model.CpSolver, status: cp_model.CpSolverStatus, model: rules.Model | None, *, counted: bool = True
) -> PartAnswer:
    """What a solver found; no slots without a model of meetings, no value and bound where nothing was counted."""
    work = solver.response_proto.deterministic_time
    finished = status in (cp_model.OPTIMAL, cp_model.INFEASIBLE)
    found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    slots = _slots(model, solver.boolean_value) if found and model is not None else None
    value = round(solver.objective_value) if found and counted else None
    bound = None if not counted or status == cp_model.INFEASIBLE else value if finished else _bound(solver)
    return PartAnswer(slots, value, bound, finished, work)


def _model(part: Part, mode: Mode, at_least: int | None) -> rules.Model:
    """The model of a part: every hard rule, and the terms of the objective that the mode asks for."""
    model = rules.Model(part, proving=mode in PROVING)
    for rule in HARD:
        rule(model)
    if model.proving:
        an_even_number_of_people_in_every_slot(model)
    if mode is not Mode.FEASIBLE:
        for term in SOFT:
            if mode is not Mode.COARSE or term is not IDLE:
                term(model)
        if at_least is not None:
            model.cp.add(sum(model.terms) >= at_least)
        if mode is not Mode.PROBE:
            model.cp.maximize(sum(model.terms))
    return model


def _bound(solver: cp_model.CpSolver) -> int | None:
    """The proven bound. A zero may also mean that the solver was stopped before it had any, so it counts for none."""
    bound = solver.best_objective_bound
    return math.floor(bound + 1e-6) if bound != 0 and math.isfinite(bound) and abs(bound) < 2**53 else None


def _slots(model: rules.Model, is_true: Callable[[cp_model.IntVar], bool]) -> dict[int, int]:
    return {candidate: slot for candidate, literals in model.x.items() for slot, literal in literals.items() if is_true(literal)}


def solver_for(limits: Limits, seed: int, workers: int, mode: Mode) -> cp_model.CpSolver:
    """A solver with the parameters that serve the mode best."""
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = workers
    solver.parameters.random_seed = seed
    if mode in (Mode.SEARCH, Mode.COARSE):
        solver.parameters.linearization_level = 2
        solver.parameters.cp_model_probing_level = 0
        solver.parameters.symmetry_level = 0
    if mode in (Mode.CORE, Mode.FEASIBLE, Mode.PROBE):
        solver.parameters.optimize_with_core = mode is Mode.CORE
        solver.parameters.linearization_level = 0
    if mode is Mode.OUTLINE:
        solver.parameters.linearization_level = 2
        solver.parameters.use_objective_lb_search = True
    if mode is Mode.NEAR:
        solver.parameters.use_lns_only = True
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
