"""The bound where some of a participant's meetings are another's to decide: his gaps may be filled by them."""

from __future__ import annotations

import numpy as np
import pytest

from matchmaker.scheduling.arrays import build_arrays
from matchmaker.scheduling.check import value, violations
from matchmaker.scheduling.conflicts import causes_of_conflict
from matchmaker.scheduling.deadline import Deadline
from matchmaker.scheduling.demands import Cause, CauseKind
from matchmaker.scheduling.effort import Effort
from matchmaker.scheduling.market import HIGHEST, NO_BOUND, SCALE, _Stall, open_market, trade
from matchmaker.scheduling.problem import Booking, Candidate, Participant, Penalties, Pool, Problem, Slot, Venue
from matchmaker.scheduling.schedule import Placement

SLOTS = tuple(Slot(0, f"2024-04-01T{9 + s:02}:00", f"2024-04-01T{9 + s:02}:30") for s in range(3))
HALL = (Venue("hall", 9),)


def _two_who_share(idle_slot: int = 1000) -> Problem:
    """Bo is busy at both ends of the morning; what Al decides about fills the gap between."""
    people = tuple(Participant(name, "investor", (0, 1, 2), compact=True) for name in ("al", "bo"))
    host = Participant("host", "host", (0, 1, 2), capacity=3)
    candidates = (
        Candidate("first", ("bo", "host"), "hall", 7000, slots=(0,)),
        Candidate("between", ("al", "bo"), "hall", 8200, slots=(1,)),
        Candidate("last", ("bo", "host"), "hall", 7000, slots=(2,)),
    )
    return Problem("shared", SLOTS, HALL, ((0,),), (*people, host), candidates, penalties=Penalties(idle_slot=idle_slot))


@pytest.mark.parametrize("idle_slot", [0, 5, 1000, 100_000])
def test_a_gap_that_anothers_meeting_fills_does_not_lower_the_bound(idle_slot: int) -> None:
    problem = _two_who_share(idle_slot)
    everything = (Placement("first", 0), Placement("between", 1), Placement("last", 2))
    assert violations(problem, everything) == []
    investors = np.array([person.kind == "investor" for person in problem.participants])
    market = open_market(build_arrays(problem), investors, 0)
    assert market.bound >= value(problem, everything) == 22_200
    assert trade(market, Effort(steps=1)).bound >= 22_200


def test_prices_beyond_exact_numbers_prove_nothing() -> None:
    problem = _two_who_share()
    market = open_market(build_arrays(problem), np.array([True, True, False]), 0)
    stall = _Stall(market.arrays, market.owners, 0)
    assert stall.ask(np.where(stall.priced, HIGHEST * 1024, 0))[0] == NO_BOUND
    assert stall.ask(market.best)[0] == trade(market, Effort(steps=1)).proven < NO_BOUND // SCALE


def test_a_pin_into_an_empty_pool_is_the_only_cause() -> None:
    people = tuple(
        Participant(name, kind, (0, 1, 2)) for name, kind in (("al", "investor"), ("bo", "investor"), ("host", "host"))
    )
    candidates = (
        Candidate("spoken", ("al", "host"), "hall", 1, pool="interpreters"),
        Candidate("one", ("bo", "host"), "hall", 1),
    )
    problem = Problem(
        "empty pool",
        SLOTS,
        HALL,
        ((0,),),
        people,
        candidates,
        pools=(Pool("interpreters", (1, 0, 1)),),
        booked=(Booking("spoken", 1, pinned=True), Booking("one", 1, pinned=True)),
    )
    assert causes_of_conflict(problem, Deadline(work=5.0), 1) == (Cause(CauseKind.PINNED, "spoken", 1),)
