"""The scheduler: greedy starts, a proven bound, then search, and a last check of its own answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass, field

from matchmaker.scheduling.bound import flow_bound
from matchmaker.scheduling.check import Contributions, contributions, value, violations
from matchmaker.scheduling.conflicts import Cause, answer_demands, causes_of_conflict
from matchmaker.scheduling.deadline import Deadline
from matchmaker.scheduling.exact import HARD, SOFT, Limits, Mode, solve_part
from matchmaker.scheduling.greedy import (
    bookings_as_they_were,
    by_weight,
    fill,
    greedy_by_gain,
    greedy_by_weight,
    greedy_from_bookings,
)
from matchmaker.scheduling.improve import improve
from matchmaker.scheduling.part import Part, build_part
from matchmaker.scheduling.plan import Plan
from matchmaker.scheduling.polish import tighten
from matchmaker.scheduling.problem import Problem
from matchmaker.scheduling.schedule import Placement, Schedule, Status

__all__ = ["HARD", "SOFT", "Progress", "Result", "solve"]

SMALL = 6000
CHECKING_SECONDS = 0.1
CHECKING_SECONDS_PER_CANDIDATE = 5e-5
USUAL_WORK = 30.0
SEARCH_FIRST = 0.4


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
    return _Run(problem, seconds, deterministic_limit, seed, executor, on_progress).result()


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

    def __post_init__(self) -> None:
        checking = CHECKING_SECONDS + CHECKING_SECONDS_PER_CANDIDATE * len(self.problem.candidates)
        at = None if self.limit is None else self.began + max(0.05, self.limit - checking)
        if self.limit is None and self.work is None:
            self.work = USUAL_WORK
        self.deadline = Deadline(at=at, work=self.work)

    def result(self) -> Result:
        with self._phase("greedy"):
            self._start()
        if not self.plans:
            with self._phase("demands"):
                causes = self._meet_demands()
            if causes:
                return self._impossible(causes)
        with self._phase("bound"):
            self.bound = flow_bound(self.problem)
        if self.plans:
            self._tell()
        with self._phase("exact"):
            self._prove()
        if self.plans:
            with self._phase("search"):
                self._improve()
        with self._phase("check"):
            return self._checked()

    # The phases.

    def _start(self) -> None:
        """The greedy schedules, and what people were told yesterday."""
        greedy = [greedy_by_weight(self.problem), greedy_by_gain(self.problem)]
        feasible = [plan for plan in greedy if _is_feasible(plan)]
        self.greedy = feasible[0] if feasible else None
        feasible += [_tightened(plan) for plan in feasible[-1:]]
        if self.problem.booked:
            told = [bookings_as_they_were(self.problem), greedy_from_bookings(self.problem)]
            feasible += [plan for plan in told if _is_feasible(plan)]
        floor = self._weight_floor()
        self.plans = sorted((p for p in feasible if p.weight() >= floor), key=lambda plan: -plan.value())
        if self.plans:
            self._tell()

    def _weight_floor(self) -> float:
        """What the booked candidates weigh at least: no less than in greedy by weight.

        Where people were told something yesterday its price counts too, and only the objective says
        which schedule is better.
        """
        return self.greedy.weight() if self.greedy and not self.problem.told else float("-inf")

    def _meet_demands(self) -> tuple[Cause, ...]:
        """A first plan by CP-SAT where greed found none; where there is none, the causes."""
        limits = Limits(self._seconds_left(), self._work_left())
        answer = answer_demands(self.problem, limits, self.seed)
        self.deadline.worked += answer.work
        if answer.impossible:
            return causes_of_conflict(self.problem, self.deadline, self.seed)
        if answer.slots is not None:
            plan = Plan(self.problem)
            for candidate, slot in sorted(answer.slots.items()):
                plan.place(candidate, slot)
            bare = plan.copy()
            fill(plan, by_weight(self.problem))
            self.plans = [each for each in (plan, bare) if _is_feasible(each)]
        return ()

    def _prove(self) -> None:
        """A small problem is solved as a whole: by search, then by cores, each as far as time goes."""
        if sum(mask.bit_count() for mask in self.problem.start_masks) > SMALL:
            return
        whole = range(len(self.problem.candidates))
        for mode, share in ((Mode.SEARCH, SEARCH_FIRST), (Mode.CORE, 1 - SEARCH_FIRST)):
            if not self._is_proven() and not self.deadline.over:
                best = self.plans[0] if self.plans else Plan(self.problem)
                self._solve_whole(build_part(best, whole), mode, share)

    def _solve_whole(self, part: Part, mode: Mode, share: float) -> None:
        def shared(left: float | None) -> float | None:
            return None if left is None else share * left

        limits = Limits(shared(self._seconds_left()), shared(self._work_left()))
        answer = solve_part(part, limits, self.seed, mode=mode)
        self.deadline.worked += answer.work
        if answer.bound is not None:
            proven = answer.bound - self.problem.price_of_dropping_all - _shortfall_outside(part, self.problem)
            self.bound = proven if self.bound is None else min(self.bound, proven)
        if answer.slots is not None:
            plan = Plan(self.problem)
            for candidate, slot in answer.slots.items():
                plan.place(candidate, slot)
            self._keep(plan)

    def _improve(self) -> None:
        best = self.plans[0]
        plan, self.steps = improve(
            best,
            self.deadline,
            self.seed,
            executor=self.executor,
            weight_needed=self._weight_needed(best),
            enough=self.bound,
            on_better=lambda plan, steps: self._tell(plan),
        )
        self._keep(plan)
        self._fill_up()

    def _fill_up(self) -> None:
        """Time may be up before every free place was looked at: nothing that fits and gains is left out."""
        plan = self.plans[0].copy()
        fill(plan, by_weight(self.problem))
        self._keep(plan)

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

    def _seconds_left(self) -> float | None:
        return None if self.deadline.at is None else self.deadline.seconds_left

    def _work_left(self) -> float | None:
        return None if self.deadline.work is None else self.deadline.work_left

    def _elapsed(self) -> float:
        return time.time() - self.began

    @contextmanager
    def _phase(self, name: str) -> Iterator[None]:
        began, self.phase = time.time(), name
        yield
        self.spent[name] = time.time() - began

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


def _shortfall_outside(part: Part, problem: Problem) -> int:
    """The price of the minimum of those for whom there is no choice at all."""
    missing = (p.min_meetings for who, p in enumerate(problem.participants) if who not in part.rooms)
    return problem.penalties.shortfall * sum(missing)


def _tightened(plan: Plan) -> Plan:
    """The same meetings, each moved to where it adds most."""
    twin = plan.copy()
    tighten(twin, list(twin.slot_of))
    return twin


def _is_feasible(plan: Plan) -> bool:
    return not violations(plan.problem, plan.meetings())
