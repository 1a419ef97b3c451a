"""The scheduler: greedy starts, a proven bound, then search, and a last check of its own answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from matchmaker.scheduling.arrays import Arrays, build_arrays, has_linked, is_annealed, largest_total, slots_of
from matchmaker.scheduling.bound import flow_bound, sum_bound
from matchmaker.scheduling.check import Contributions, contributions, value, violations
from matchmaker.scheduling.conflicts import answer_demands, causes_of_conflict
from matchmaker.scheduling.deadline import Deadline
from matchmaker.scheduling.demands import Cause, demands, hold_together
from matchmaker.scheduling.exact import HARD, SOFT, Limits
from matchmaker.scheduling.greedy import (
    bookings_as_they_were,
    by_weight,
    fill,
    greedy_by_gain,
    greedy_by_weight,
    greedy_from_bookings,
)
from matchmaker.scheduling.improve import improve
from matchmaker.scheduling.plan import Plan, plan_of
from matchmaker.scheduling.problem import Problem
from matchmaker.scheduling.proving import prove, worth_proving
from matchmaker.scheduling.schedule import Placement, Schedule, Status, placements
from matchmaker.scheduling.surviving import survivor_of

if TYPE_CHECKING:
    from matchmaker.scheduling.market import Pricing
    from matchmaker.scheduling.search import Search

__all__ = ["HARD", "SOFT", "Progress", "Result", "solve"]

CHECKING_SECONDS = 0.1
CHECKING_SECONDS_PER_CANDIDATE = 5e-5
USUAL_WORK = 30.0
SEARCH_LAST = 0.15
FIRST_TRIES = 2_000
LARGEST_MODELLED = 1 << 52  # CP-SAT reports values as floating numbers


@dataclass(frozen=True)
class Progress:
    """How far the search is."""

    phase: str
    meetings: tuple[Placement, ...]
    value: int | None
    bound: int | None
    seconds: float


@dataclass(frozen=True)
class Result:
    """The answer, what it is worth, what is proven about it, and where the time went."""

    schedule: Schedule
    value: int | None
    bound: int | None
    status: Status | None
    seconds: dict[str, float]
    contributions: Contributions | None
    greedy_value: int | None
    steps: int = 0
    causes: tuple[Cause, ...] = ()


def solve(
    problem: Problem,
    *,
    seconds: float | None = None,
    deterministic_limit: float | None = None,
    seed: int = 1,
    executor: Executor | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> Result:
    """The best schedule found within the limits.

    With a deterministic limit and no limit of seconds the answer repeats exactly, with any executor.
    Without any limit the search ends after a usual amount of work.
    """
    return _Run(problem, seconds, deterministic_limit, seed, survivor_of(executor), on_progress).result()


@dataclass
class _Run:
    """One call of the scheduler: its limits, and what it knows so far."""

    problem: Problem
    limit: float | None
    work: float | None
    seed: int
    executor: Executor | None
    on_progress: Callable[[Progress], None] | None
    began: float = field(default_factory=time.time)
    spent: dict[str, float] = field(default_factory=dict)
    phase: str = ""
    plans: list[Plan] = field(default_factory=list)
    bound: int | None = None
    greedy: Plan | None = None
    steps: int = 0

    @cached_property
    def arrays(self) -> Arrays:
        return build_arrays(self.problem)

    @cached_property
    def pricing(self) -> Pricing:
        from matchmaker.scheduling.market import Pricing  # loads Numba

        investors = np.array([person.kind == "investor" for person in self.problem.participants])
        exact = self.work is not None
        return Pricing(self.arrays, investors, -self.problem.price_of_dropping_all, self.executor, exact=exact)

    def __post_init__(self) -> None:
        checking = CHECKING_SECONDS + CHECKING_SECONDS_PER_CANDIDATE * len(self.problem.candidates)
        at = None if self.limit is None else self.began + max(0.05, self.limit - checking)
        if self.limit is None and self.work is None:
            self.work = USUAL_WORK
        self.deadline = Deadline(at=at, work=self.work)

    def result(self) -> Result:
        if is_annealed(self.problem):
            self.pricing.open()
        with self._phase("greedy"):
            self._start()
        self.bound = sum_bound(self.problem) if is_annealed(self.problem) else flow_bound(self.problem)
        if not self.plans or not is_annealed(self.problem):
            with self._phase("exact"):
                causes = self._prove(1 - SEARCH_LAST) if self._is_small else self._hold_demands(1 - SEARCH_LAST)
            if causes:
                return self._impossible(causes)
        if self.plans and not self._is_proven():
            if is_annealed(self.problem):
                self._search_compiled()
            else:
                with self._phase("search"):
                    self._improve()
        elif is_annealed(self.problem):
            self.pricing.collect()
            self._lower(self.pricing.bound)
        with self._phase("check"):
            return self._checked()

    @cached_property
    def _is_small(self) -> bool:
        """Whether CP-SAT may solve the whole problem at once."""
        return worth_proving(self.problem) and largest_total(self.problem) < LARGEST_MODELLED

    def _lower(self, bound: int | None) -> None:
        """No schedule is worth more than this either."""
        if bound is not None:
            self.bound = bound if self.bound is None else min(self.bound, bound)

    # The phases.

    def _start(self) -> None:
        """The greedy schedules, and what people were told yesterday."""
        told: list[Plan] = []
        if self.problem.booked:
            told = [plan for plan in [bookings_as_they_were(self.problem)] if _is_feasible(plan)]
            self.plans = told[:]
            self._tell_best()  # whatever ends the search early, yesterday's schedule is there
        arrays = self.arrays if is_annealed(self.problem) else None
        greedy = [greedy_by_weight(self.problem, arrays), greedy_by_gain(self.problem, arrays)]
        feasible = [plan for plan in greedy if _is_feasible(plan)]
        self.greedy = feasible[0] if feasible else None
        if self.problem.booked:
            feasible += told + [plan for plan in [greedy_from_bookings(self.problem)] if _is_feasible(plan)]
        if not feasible and self.problem.must:
            feasible += self._start_from_demands()
        floor = self._weight_floor()
        self.plans = sorted((p for p in feasible if p.weight() >= floor), key=lambda plan: -plan.value())
        self._tell_best()

    def _start_from_demands(self) -> list[Plan]:
        """What has to be held placed by backtracking, and the rest around it."""
        held = hold_together(self.problem, demands(self.problem), most_tries=FIRST_TRIES)
        if held is None:
            return []
        plan = plan_of(self.problem, held)
        full = plan.copy()
        fill(full, by_weight(self.problem))
        return [each for each in (full, plan) if _is_feasible(each)]

    def _weight_floor(self) -> float:
        """What the booked candidates weigh at least: no less than in greedy by weight.

        Where people were told something yesterday its price counts too, and only the objective says
        which schedule is better.
        """
        return self.greedy.weight() if self.greedy and not self.problem.told else float("-inf")

    def _hold_demands(self, share: float) -> tuple[Cause, ...]:
        """A problem without a first schedule gets one, or the causes why there is none."""
        if self.plans:
            return ()
        part = self.deadline.share(share)
        limits = Limits(None if part.at is None else part.seconds_left, None if part.work is None else part.work)
        answer = answer_demands(self.problem, limits, self.seed)
        self.deadline.worked += answer.work
        if answer.impossible:
            return causes_of_conflict(self.problem, self.deadline, self.seed)
        if answer.slots is not None:
            self._keep_slots(answer.slots)
        return ()

    def _prove(self, share: float) -> tuple[Cause, ...]:
        """A small problem is proven as a whole; without a first schedule it gets one, or the causes why there is none."""
        part = self.deadline.share(share)
        best = self.plans[0] if self.plans else None
        proof = prove(self.problem, best, part, self.seed, executor=self.executor, bound=self.bound)
        self.deadline.worked += part.worked
        if proof.impossible:
            return causes_of_conflict(self.problem, self.deadline, self.seed)
        self._lower(proof.bound)
        if proof.slots is not None:
            self._keep_slots(proof.slots)
        return ()

    def _keep_slots(self, slots: Mapping[int, int]) -> None:
        """Keep what was found, and where that is better, with every free place filled."""
        plan = Plan(self.problem)
        for candidate, slot in sorted(slots.items()):
            plan.place(candidate, slot)
        full = plan.copy()
        fill(full, by_weight(self.problem))
        for each in (plan, full):
            self._keep(each)

    def _search_compiled(self) -> None:
        """Anneal and price; where the problem is small, prove in between; what only the model knows to move comes last."""
        small, linked = self._is_small, has_linked(self.problem)
        with self._phase("search"):
            self._anneal(0.5 if small else 1 - SEARCH_LAST if linked else 1.0)
        if small and not self._is_proven():
            with self._phase("exact"):
                self._prove(1 - SEARCH_LAST if linked else 1.0)
        if linked and not self._is_proven():
            with self._phase("improve"):
                self._improve()

    def _anneal(self, share: float) -> None:
        from matchmaker.scheduling.search import Search  # loads Numba

        part = self.deadline.share(share)
        search = Search(
            self.arrays,
            slots_of(self.plans[0]),
            pricing=self.pricing,
            least_weight=self._weight_floor(),
            seed=self.seed,
            deadline=part,
            executor=self.executor,
            on_round=self._hear,
        )
        search.run()
        self._hear(search)
        self.deadline.worked += part.worked
        self.steps += search.steps
        self._keep_slots({c: int(s) for c, s in enumerate(search.best) if s >= 0})

    def _hear(self, search: Search) -> None:
        """Tell how far the compiled search is."""
        self._lower(search.bound)
        if self.on_progress:
            meetings = placements({self.problem.candidates[c].id: int(s) for c, s in enumerate(search.best) if s >= 0})
            worth = search.value - self.problem.price_of_dropping_all
            self.on_progress(Progress(self.phase, meetings, worth, self.bound, self._elapsed()))

    def _improve(self) -> None:
        if largest_total(self.problem) >= LARGEST_MODELLED:
            return
        best = self.plans[0]
        plan, steps = improve(
            best,
            self.deadline,
            self.seed,
            executor=self.executor,
            weight_needed=self._weight_needed(best),
            enough=self.bound,
            on_better=lambda plan, steps: self._tell(plan),
        )
        self.steps += steps
        self._keep_slots(plan.slot_of)

    def _weight_needed(self, plan: Plan) -> int | None:
        floor = self._weight_floor()
        return None if floor == float("-inf") else min(int(floor), plan.weight())

    # What is known.

    def _keep(self, plan: Plan) -> None:
        if _is_feasible(plan) and (not self.plans or plan.value() > self.plans[0].value()):
            self.plans.insert(0, plan)
            self._tell()

    def _is_proven(self) -> bool:
        return bool(self.plans) and self.bound is not None and self.plans[0].value() >= self.bound

    def _elapsed(self) -> float:
        return time.time() - self.began

    @contextmanager
    def _phase(self, name: str) -> Iterator[None]:
        began, self.phase = time.time(), name
        yield
        self.spent[name] = time.time() - began

    def _tell_best(self) -> None:
        if self.plans:
            self._tell()

    def _tell(self, plan: Plan | None = None) -> None:
        if self.on_progress:
            best = plan or self.plans[0]
            told = Progress(self.phase, best.meetings(), best.value(), self.bound, self._elapsed())
            self.on_progress(told)

    # The answer.

    def _checked(self) -> Result:
        """The best plan that the checker accepts, with what the checker says it is worth."""
        for plan in self.plans:
            meetings = plan.meetings()
            if not violations(self.problem, meetings):
                return self._feasible(meetings)
        schedule = Schedule(self.problem.name, (), seconds=self._elapsed(), seed=self.seed)
        return Result(schedule, None, self.bound, None, self.spent, None, None, self.steps)

    def _feasible(self, meetings: tuple[Placement, ...]) -> Result:
        worth = value(self.problem, meetings)
        if self.bound is not None and self.bound < worth:  # whatever was proven wrongly is no promise
            self.bound = None
        proven = self.bound is not None and worth >= self.bound
        status = Status.OPTIMAL if proven else Status.FEASIBLE
        name = self.problem.name
        schedule = Schedule(name, meetings, status, worth, self.bound, self._elapsed(), self.seed)
        return Result(
            schedule=schedule,
            value=worth,
            bound=self.bound,
            status=status,
            seconds=self.spent,
            contributions=contributions(self.problem, meetings),
            greedy_value=self.greedy.value() if self.greedy else None,
            steps=self.steps,
        )

    def _impossible(self, causes: tuple[Cause, ...]) -> Result:
        schedule = Schedule(
            instance=self.problem.name,
            meetings=(),
            status=Status.INFEASIBLE,
            seconds=self._elapsed(),
            seed=self.seed,
            causes=tuple(str(cause) for cause in causes),
        )
        return Result(schedule, None, None, Status.INFEASIBLE, self.spent, None, None, causes=causes)


def _is_feasible(plan: Plan) -> bool:
    return not violations(plan.problem, plan.meetings())
