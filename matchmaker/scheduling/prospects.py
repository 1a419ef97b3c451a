"""Which changes take away something that keeps a meeting out of a plan; whether one lets it in is for others to find out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from matchmaker.scheduling.bits import in_a_row, mask_of
from matchmaker.scheduling.changes import NOTHING, Change, Easing, half_days
from matchmaker.scheduling.plan import Plan
from matchmaker.scheduling.problem import Problem


class Prospects:
    """The changes to be tried for the candidates that a feasible plan leaves out."""

    def __init__(self, problem: Problem, plan: Plan) -> None:
        self.problem = problem
        self.plan = plan
        self.halves = half_days(problem.slots)

    def of(self, candidate: int) -> Iterator[Change]:
        """The changes that take away something that stands in the way, cheapest first."""
        problem, plan = self.problem, self.plan
        full = [who for who, times in problem.uses_of[candidate] if not plan.has_meetings_left(who, times)]
        if full:
            yield from self._one_more_meeting(full)
            return
        starts = problem.start_masks[candidate]
        if starts:
            yield NOTHING
        yield from self._half_days(candidate, "investor", Easing.INVESTOR_HALF_DAY)
        if starts:
            yield from self._one_more_meeting_a_day(candidate, starts)
            yield from self._shared(candidate, starts)
        yield from self._half_days(candidate, "host", Easing.HOST_HALF_DAY)

    def _one_more_meeting(self, full: Sequence[int]) -> Iterator[Change]:
        person = self.problem.participants[full[0]]
        if len(full) == 1 and person.kind == "investor" and person.max_meetings is not None:
            yield Change(Easing.MEETING, person.id, most=person.max_meetings + 1)

    def _one_more_meeting_a_day(self, candidate: int, starts: int) -> Iterator[Change]:
        for who, times in self.problem.uses_of[candidate]:
            person = self.problem.participants[who]
            if person.kind == "investor" and person.max_per_day is not None and self.plan.full_days(who, times) & starts:
                yield Change(Easing.MEETING_A_DAY, person.id, most=person.max_per_day + 1)

    def _shared(self, candidate: int, starts: int) -> Iterator[Change]:
        """A table, then an interpreter, in each half-day in which the candidate misses one."""
        problem, plan = self.problem, self.plan
        length, venue, pool = problem.candidates[candidate].length, problem.venue_of[candidate], problem.pool_of[candidate]
        needed = [(Easing.TABLE, problem.venues[venue].id, plan.venue_closed[venue])]
        if pool is not None:
            needed.append((Easing.INTERPRETER, problem.pools[pool].id, plan.pool_closed[pool]))
        for kind, name, closed in needed:
            missing = starts & ~in_a_row(~closed, length)
            yield from (Change(kind, name, half) for half in self.halves if missing & _reaching(half, length))

    def _half_days(self, candidate: int, kind: str, change: Easing) -> Iterator[Change]:
        """Each half-day that would give new first slots if one of this kind were there for all of it."""
        problem = self.problem
        length, uses = problem.candidates[candidate].length, problem.uses_of[candidate]
        for who, _ in uses:
            if problem.participants[who].kind != kind:
                continue
            others = problem.allowed_masks[candidate]
            for other, _ in uses:
                others &= -1 if other == who else in_a_row(problem.available_masks[other], length)
            own = problem.available_masks[who]
            for half in self.halves:
                more = own | mask_of(half)
                if more != own and others & in_a_row(more, length) & ~in_a_row(own, length):
                    yield Change(change, problem.participants[who].id, half)


def _reaching(half: Sequence[int], length: int) -> int:
    """The first slots from which a meeting of this length takes some slot of the half-day."""
    mask = mask_of(half)
    for ahead in range(1, length):
        mask |= mask_of(half) >> ahead
    return mask
