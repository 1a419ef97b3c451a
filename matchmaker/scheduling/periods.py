"""A bound for idle periods where all is held: everybody's diary in outline, without saying who meets whom.

What is kept of the rules are the slots that each participant uses, as many as its meetings need and where they may
be, the tables, and how evenly idle periods are shared. Every schedule has such an outline, so the fewest idle periods
of an outline are a bound; it is proven in a second where a search over meetings sees nothing.
"""

from __future__ import annotations

from ortools.sat.python import cp_model

from matchmaker.scheduling import rules
from matchmaker.scheduling.diaries import an_even_number_of_people_in_every_slot, has_whole_diary
from matchmaker.scheduling.exact import Limits, Mode, PartAnswer, read_answer, solver_for
from matchmaker.scheduling.part import Part


class Outline(rules.Model):
    """A model in which a participant is busy in a slot or not, whoever it meets there."""

    def busy(self, who: int) -> dict[int, cp_model.IntVar]:
        """One Boolean for each slot that a meeting could take.

        Of meetings that can only be in certain slots, these have to hold the slots of all.
        """
        if who not in self._busy:
            lengths: dict[frozenset[int], int] = {}
            for choice in self.choices_of[who]:
                where = frozenset(slot for first in choice.worth for slot in choice.covering(first))
                lengths[where] = lengths.get(where, 0) + choice.length
            busy = {slot: self.bool(hint=False) for slot in sorted(frozenset().union(*lengths))}
            for where in lengths:
                inside = sum(length for other, length in lengths.items() if other <= where)
                self.cp.add(sum(busy[slot] for slot in sorted(where)) >= inside)
            self._busy[who] = busy
        return self._busy[who]


def can_be_outlined(part: Part) -> bool:
    """Whether all choices are held, one at a time for everybody, and idle slots are free of charge."""
    return not part.penalties.idle_slot and all(has_whole_diary(part, who) for who in part.rooms)


def solve_outline(part: Part, limits: Limits, seed: int) -> PartAnswer:
    """The bound of the part's objective without regard to who meets whom; impossible where even that is."""
    model = Outline(part, proving=True)
    rules.idle_periods_are_shared_evenly(model)
    an_even_number_of_people_in_every_slot(model)
    rules.price_of_idle_time(model)
    most = sum(max(choice.worth.values(), default=0) for choice in part.choices)
    model.cp.maximize(sum(model.terms) + most)
    solver = solver_for(limits, seed, 1, Mode.OUTLINE)
    return read_answer(solver, solver.solve(model.cp), None)
