"""How much work a task may do: so many steps, which repeats exactly, so many seconds, or both."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Effort:
    """A limit of steps, of seconds, or of both; no steps without either."""

    steps: int | None = None
    seconds: float = 0.0

    def spent(self, steps: int, seconds: float) -> float:
        """The share that is used up after so many steps and seconds; 1 and more is all of it."""
        by_clock = seconds / self.seconds if self.seconds > 0 else float(self.steps is None)
        if self.steps is None:
            return by_clock
        return max(by_clock, steps / self.steps) if self.steps > 0 else 1.0

    def shared(self, share: float) -> Effort:
        """A part of this effort."""
        return Effort(None if self.steps is None else int(share * self.steps), share * self.seconds)
