"""When a search has to end: by the clock, or after so much counted work, which repeats exactly."""

from __future__ import annotations

import time
from dataclasses import dataclass

SHORTEST = 0.02


@dataclass
class Deadline:
    """The end by the clock (of time.time(), so that other processes know it too) and by counted work."""

    at: float | None = None
    work: float | None = None
    worked: float = 0.0

    @property
    def seconds_left(self) -> float:
        return float("inf") if self.at is None else self.at - time.time()

    @property
    def work_left(self) -> float:
        return float("inf") if self.work is None else self.work - self.worked

    @property
    def over(self) -> bool:
        return self.seconds_left <= SHORTEST or self.work_left <= 0

    def share(self, share: float) -> Deadline:
        """A deadline of its own for a part of what is left."""
        at = None if self.at is None else time.time() + share * max(0.0, self.seconds_left)
        return Deadline(at=at, work=None if self.work is None else share * max(0.0, self.work_left))
