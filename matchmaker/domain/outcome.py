"""What came of a meeting that was held, as one side says it: how strong the interest is, how much money, and what comes next."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from matchmaker.domain.roles import Role
from matchmaker.domain.rules import Broken, RuleBroken

SIDES = (Role.HOST, Role.INVESTOR)
"""Each side of a meeting has an outcome of its own, which the other one does not see."""

HIGHEST_AMOUNT = 1_000_000
"""In million yuan."""
LONGEST_STEP = 200
LONGEST_OWNER = 100
LONGEST_NOTE = 1000


class Appetite(StrEnum):
    """How strong the interest is after the meeting."""

    NONE = "none"
    SOME = "some"
    STRONG = "strong"


@dataclass(frozen=True, slots=True)
class Statement:
    """An outcome as plain data. `amount` is what is intended, in million yuan; `owner` does the next step until `due_on`."""

    appetite: Appetite
    amount: int | None = None
    next_step: str = ""
    owner: str = ""
    due_on: date | None = None
    done: bool = False
    note: str = ""

    @property
    def is_open(self) -> bool:
        """Whether something is still to do."""
        return bool(self.next_step) and not self.done

    def is_overdue(self, today: date) -> bool:
        return self.is_open and self.due_on is not None and self.due_on < today

    def faults(self, met_on: date) -> Iterator[RuleBroken]:
        """Everything that is wrong with it, for a meeting on this day."""
        if self.amount is not None and not 0 <= self.amount <= HIGHEST_AMOUNT:
            yield RuleBroken(Broken.NUMBER_OUTSIDE, "amount", least=0, most=HIGHEST_AMOUNT)
        for name, most in (("next_step", LONGEST_STEP), ("owner", LONGEST_OWNER), ("note", LONGEST_NOTE)):
            if len(getattr(self, name)) > most:
                yield RuleBroken(Broken.TOO_LONG, name, most=most)
        if not self.next_step and (self.owner or self.due_on or self.done):
            yield RuleBroken(Broken.EMPTY, "next_step")
        if self.due_on is not None and self.due_on < met_on:
            yield RuleBroken(Broken.DUE_BEFORE_MEETING, "due_on")
