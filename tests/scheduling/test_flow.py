"""The flow behind the first bound: slots that nobody tells apart are one period of it."""

import numpy as np
import pytest

from matchmaker.scheduling import flow as flow_module
from matchmaker.scheduling.arrays import build_arrays
from matchmaker.scheduling.flow import best_flow, build_periods
from matchmaker.scheduling.itineraries import build_owners
from matchmaker.scheduling.problem import Booking, Participant, Penalties, Problem, Venue
from tests.scheduling.builders import build_problem, build_slots, conference, hao, ines, investors_of, meeting


def cut(problem: Problem, open_at: list[list[int]]) -> list[list[int]]:
    """The slots of each period, given the masks of the places by day."""
    periods = build_periods(build_arrays(problem), np.array(open_at, dtype=np.uint64))
    return [np.flatnonzero(periods.of == k).tolist() for k in range(len(periods.day))]


def gain_of(problem: Problem) -> int:
    arrays = build_arrays(problem)
    found = best_flow(arrays, build_owners(arrays, investors_of(problem)))
    assert found is not None
    return found.gain


def two_days() -> Problem:
    everywhere = tuple(range(8))
    return build_problem([meeting()], slots=build_slots(2), participants=[ines(available=everywhere), hao(available=everywhere)])


def test_a_day_on_which_all_are_there_is_one_period() -> None:
    assert cut(two_days(), [[0b1111, 0b1111]]) == [[0, 1, 2, 3], [4, 5, 6, 7]]


def test_a_period_ends_where_hosts_come_or_go() -> None:
    assert cut(two_days(), [[0b0011, 0b1111], [0b1111, 0b1111]]) == [[0, 1], [2, 3], [4, 5, 6, 7]]


def test_one_host_in_many_who_goes_ends_no_period() -> None:
    assert cut(two_days(), [[0b0011, 0b1111]] + 20 * [[0b1111, 0b1111]]) == [[0, 1, 2, 3], [4, 5, 6, 7]]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_periods_never_prove_more_than_single_slots_do(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    problem = conference(seed=seed)
    by_period = gain_of(problem)
    monkeypatch.setattr(flow_module, "CUT_WHERE_ONE_IN", 1 << 20)
    assert gain_of(problem) <= by_period <= 1.02 * gain_of(problem)


def test_a_party_takes_no_more_meetings_than_it_has_slots() -> None:
    guests = [Participant(f"i{k}", "investor", (0, 1, 2, 3)) for k in range(6)]
    candidates = [meeting(f"m{k}", (f"i{k}", "hao"), weight=100) for k in range(6)]
    problem = build_problem(
        candidates, participants=[*guests, hao(available=(0, 1, 3))], venues=[Venue("east", None)], travel_minutes=((0,),)
    )
    assert gain_of(problem) == 300


def test_a_venue_takes_no_more_meetings_than_its_tables_in_its_open_slots() -> None:
    people = [Participant(f"i{k}", "investor", (0, 1)) for k in range(4)] + [
        Participant(f"h{k}", "host", (0, 1)) for k in range(4)
    ]
    candidates = [meeting(f"m{k}", (f"i{k}", f"h{k}"), weight=100) for k in range(4)]
    problem = build_problem(candidates, participants=people, venues=[Venue("east", 1)], travel_minutes=((0,),))
    assert gain_of(problem) == 200


@pytest.mark.parametrize(("slot", "gain"), [(1, 100 + 1500), (3, 100 + 1500 - 400)])
def test_a_candidate_that_may_stay_where_it_was_told_gains_the_move(slot: int, gain: int) -> None:
    problem = build_problem(
        [meeting(weight=100)],
        participants=[ines(available=(0, 1)), hao(available=(0, 1))],
        booked=[Booking("m", slot)],
        penalties=Penalties(drop=1500, move=400),
    )
    assert gain_of(problem) == gain
