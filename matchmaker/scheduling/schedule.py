"""An answer to a problem: the meetings, and what the solver claims about them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from matchmaker.scheduling.faults import Fault, Fields, ProblemError, is_whole

FORMAT = "matchmaker-schedule/1"
TOLERANCE = 1e-6


class Status(StrEnum):
    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"


@dataclass(frozen=True, order=True)
class Placement:
    """A candidate that is held, and its first slot."""

    candidate: str
    slot: int


@dataclass(frozen=True)
class Schedule:
    """One answer of the scheduler; for an infeasible problem there are no meetings, only causes."""

    instance: str
    meetings: tuple[Placement, ...]
    status: Status | None = None
    objective: int | None = None
    bound: float | None = None
    seconds: float | None = None
    seed: int | None = None
    causes: tuple[str, ...] = ()

    def false_claims(self, worth: int) -> Iterator[str]:
        """What a feasible schedule of this worth says wrongly about its value, its bound and its proof, in words."""
        if self.objective is not None and self.objective != worth:
            yield f"It claims the value {self.objective:,} and has {worth:,}."
        if self.bound is not None and not math.isfinite(self.bound):
            yield f"It claims a bound that is not a finite number: {self.bound}."
        elif self.bound is not None and self.bound < worth - TOLERANCE:
            yield f"It claims the bound {self.bound:,} below its value {worth:,}."
        if self.status is Status.OPTIMAL and not (self.bound is not None and self.bound < worth + 1 - TOLERANCE):
            yield "It says that it is optimal, without a bound that proves it."


def read_schedule(data: object) -> Schedule:
    """The schedule that a file holds. Raises ProblemError with every fault."""
    faults: list[Fault] = []
    top = Fields(data, "schedule", faults)
    if top.data.get("format") != FORMAT:
        top.wrong(f"the format is not {FORMAT}")
        raise ProblemError(faults)
    listed = top.objects("meetings")
    schedule = Schedule(
        instance=top.data.get("instance", ""),
        meetings=tuple(Placement(each.text("candidate"), each.whole("slot")) for each in listed),
        status=_read_status(top),
        objective=top.whole_or_none("objective"),
        bound=_read_number(top, "bound"),
        seconds=_read_number(top, "seconds"),
        seed=top.whole_or_none("seed"),
        causes=top.texts("causes", needed=False),
    )
    if faults:
        raise ProblemError(faults)
    return schedule


def _read_status(top: Fields) -> Status | None:
    value = top.data.get("status")
    if value is None:
        return None
    try:
        return Status(value)
    except ValueError:
        top.wrong("status is neither optimal nor feasible nor infeasible")
        return None


def _read_number(top: Fields, key: str) -> float | None:
    value = top.data.get(key)
    if value is not None and not is_whole(value) and not isinstance(value, float):
        top.wrong(f"{key} is not a number")
        return None
    return value


def schedule_as_data(schedule: Schedule) -> dict[str, Any]:
    """The file of a schedule."""
    data: dict[str, Any] = {
        "format": FORMAT,
        "instance": schedule.instance,
        "status": schedule.status.value if schedule.status else None,
        "objective": schedule.objective,
        "bound": schedule.bound,
        "seconds": schedule.seconds,
        "seed": schedule.seed,
        "meetings": [{"candidate": each.candidate, "slot": each.slot} for each in schedule.meetings],
    }
    return data | {"causes": list(schedule.causes)} if schedule.causes else data


def placements(meetings: Mapping[str, int]) -> tuple[Placement, ...]:
    """Meetings as placements, in order of slot and name."""
    pairs = sorted((slot, candidate) for candidate, slot in meetings.items())
    return tuple(Placement(candidate, slot) for slot, candidate in pairs)
