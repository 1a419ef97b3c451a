"""Why a candidate is not booked: its possible first slots, one kind of obstacle taken off after the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from matchmaker.scheduling.bits import in_a_row, slots_in
from matchmaker.scheduling.greedy import best_slot
from matchmaker.scheduling.plan import Plan, plan_of
from matchmaker.scheduling.problem import Problem
from matchmaker.scheduling.schedule import Placement


class Reason(StrEnum):
    """The obstacles, in the order in which they are looked for."""

    NO_COMMON_SLOT = "no_common_slot"
    FULL = "full"
    LIMITS = "limits"
    UNREACHABLE = "unreachable"
    NO_INTERPRETER = "no_interpreter"
    NOT_AFTER = "not_after"
    WOULD_COST_MORE = "would_cost_more"


@dataclass(frozen=True)
class Unmet:
    """Why a candidate is not booked, with the facts."""

    code: Reason
    facts: Mapping[str, Any]


def unmet_reason(problem: Problem, meetings: Iterable[Placement], candidate_id: str) -> Unmet:
    """Why this one candidate is not booked. For many of one schedule, take a ScheduleIndex."""
    return ScheduleIndex(problem, meetings).unmet_reason(candidate_id)


class ScheduleIndex:
    """A schedule opened for questions: who and what holds each slot."""

    def __init__(self, problem: Problem, meetings: Iterable[Placement]) -> None:
        self.problem = problem
        self.plan: Plan = plan_of(problem, meetings)
        self._holders: dict[tuple[str, int, int], set[int]] = defaultdict(set)
        self._meetings: dict[int, set[int]] = defaultdict(set)
        for candidate, first in self.plan.slot_of.items():
            for who in problem.parties_of[candidate]:
                self._meetings[who].add(candidate)
            for slot in problem.covered(candidate, first):
                self._holders["venue", problem.venue_of[candidate], slot].add(candidate)
                for who in problem.parties_of[candidate]:
                    self._holders["party", who, slot].add(candidate)

    def unmet_reasons(self) -> Iterator[tuple[str, Unmet]]:
        """Each candidate that is not booked, and why."""
        for c, candidate in enumerate(self.problem.candidates):
            if c not in self.plan.slot_of:
                yield candidate.id, self._reason(c)

    def unmet_reason(self, candidate_id: str) -> Unmet:
        candidate = self.problem.candidate_index[candidate_id]
        if candidate in self.plan.slot_of:
            raise ValueError(f"{candidate_id} is booked")
        return self._reason(candidate)

    def _reason(self, candidate: int) -> Unmet:
        starts = self.problem.start_masks[candidate]
        if not starts:
            return Unmet(Reason.NO_COMMON_SLOT, {"participants": self._names(candidate)})
        for obstacle in (self._full, self._limits, self._unreachable, self._pool, self._order):
            unmet, starts = obstacle(candidate, starts)
            if unmet is not None:
                return unmet
        slot = best_slot(self.plan, candidate, starts)
        return Unmet(Reason.WOULD_COST_MORE, {"slot": slot, "gain": self.plan.gain(candidate, slot)})

    def _names(self, candidate: int) -> list[str]:
        return list(self.problem.candidates[candidate].participants)

    def _hosts(self, candidate: int) -> list[int]:
        """Those whose time is asked for: the hosts, or the last party where none is called so."""
        parties = list(dict.fromkeys(self.problem.parties_of[candidate]))
        hosts = [who for who in parties if self.problem.participants[who].kind == "host"]
        return hosts or parties[-1:]

    # The obstacles: each takes first slots off, and says so where it takes the last.

    def _full(self, candidate: int, starts: int) -> tuple[Unmet | None, int]:
        venue = self.problem.venue_of[candidate]
        taken = {"tables": self.plan.venue_closed[venue]}
        for who in self._hosts(candidate):
            taken[self.problem.participants[who].id] = self.plan.closed[who]
        length = self.problem.candidates[candidate].length
        every = 0
        for mask in taken.values():
            every |= mask
        left = starts & in_a_row(~every, length)
        if left:
            return None, left
        return Unmet(Reason.FULL, self._facts_of_full(candidate, starts, taken, length)), 0

    def _facts_of_full(self, candidate: int, starts: int, taken: dict[str, int], length: int) -> dict[str, Any]:
        """What holds the slots: the lead where its time alone is gone, the tables, or both together."""
        venue = self.problem.venue_of[candidate]
        alone = [what for what, mask in taken.items() if not starts & in_a_row(~mask, length)]
        what = "both" if not alone else "tables" if alone[0] == "tables" and len(alone) == 1 else "lead"
        holding: set[int] = set()
        for first in slots_in(starts):
            for slot in self.problem.covered(candidate, first):
                if what != "lead":
                    holding |= self._holders["venue", venue, slot]
                if what != "tables":
                    for who in self._hosts(candidate):
                        holding |= self._holders["party", who, slot]
        return {
            "what": what,
            "hosts": [self.problem.participants[who].id for who in self._hosts(candidate)],
            "venue": self.problem.candidates[candidate].venue,
            "slots": starts.bit_count(),
            **self._weighed(candidate, holding),
        }

    def _weighed(self, candidate: int, others: Collection[int]) -> dict[str, int]:
        """How many these are, and how many of them weigh at least as much as the candidate."""
        weight = self.problem.candidates[candidate].weight
        heavier = sum(1 for other in others if self.problem.candidates[other].weight >= weight)
        return {"meetings": len(others), "weighing_as_much": heavier}

    def _limits(self, candidate: int, starts: int) -> tuple[Unmet | None, int]:
        for who, times in self.problem.uses_of[candidate]:
            person = self.problem.participants[who]
            if not self.plan.has_meetings_left(who, times):
                facts = {"participant": person.id, "limit": "max_meetings", "most": person.max_meetings}
                return Unmet(Reason.LIMITS, facts | self._weighed(candidate, self._meetings[who])), 0
            left = starts & ~self.plan.full_days(who, times)
            if not left:
                facts = {"participant": person.id, "limit": "max_per_day", "most": person.max_per_day}
                return Unmet(Reason.LIMITS, facts | self._weighed(candidate, self._meetings_on_days(who, starts))), 0
            starts = left
        return None, starts

    def _meetings_on_days(self, who: int, starts: int) -> list[int]:
        """Someone's meetings on the days of these slots."""
        days = {self.problem.slots[slot].day for slot in slots_in(starts)}
        return [each for each in self._meetings[who] if self.problem.slots[self.plan.slot_of[each]].day in days]

    def _unreachable(self, candidate: int, starts: int) -> tuple[Unmet | None, int]:
        venue, length = self.problem.venue_of[candidate], self.problem.candidates[candidate].length
        before = starts
        for who, _ in self.problem.uses_of[candidate]:
            starts &= in_a_row(~(self.plan.closed[who] | self.plan.barred(who, venue)), length)
            if not starts:
                facts = {"participant": self.problem.participants[who].id, "slots": before.bit_count()}
                return Unmet(Reason.UNREACHABLE, facts), 0
        return None, starts

    def _pool(self, candidate: int, starts: int) -> tuple[Unmet | None, int]:
        pool = self.problem.pool_of[candidate]
        if pool is None:
            return None, starts
        length = self.problem.candidates[candidate].length
        left = starts & in_a_row(~self.plan.pool_closed[pool], length)
        facts = {"pool": self.problem.pools[pool].id, "slots": starts.bit_count()}
        return (None, left) if left else (Unmet(Reason.NO_INTERPRETER, facts), 0)

    def _order(self, candidate: int, starts: int) -> tuple[Unmet | None, int]:
        left = starts & self.plan.open_starts(candidate)
        facts = {"after": list(self.problem.candidates[candidate].after)}
        return (None, left) if left else (Unmet(Reason.NOT_AFTER, facts), 0)
