"""Whether demands can hold together, by backtracking: against trying all schedules, and within its limit."""

from dataclasses import replace

import pytest

from matchmaker.scheduling.check import violations
from matchmaker.scheduling.demands import Cause, CauseKind, clash_of_pins, demands, hold_together, with_demands
from matchmaker.scheduling.problem import Booking, Participant, Problem
from tests.scheduling.builders import best_by_trying_all, build_problem, hana, hao, ines, is_tiny, meeting, random_problem


def pinned(candidate: str, slot: int) -> Cause:
    return Cause(CauseKind.PINNED, candidate, slot)


def two_pins(slot_of_b: int) -> Problem:
    return build_problem(
        [meeting("a"), meeting("b")], booked=(Booking("a", 0, pinned=True), Booking("b", slot_of_b, pinned=True))
    )


def test_two_pins_of_one_host_hold_in_two_slots() -> None:
    problem = two_pins(2)
    found = hold_together(problem, [pinned("a", 0), pinned("b", 2)])
    assert found is not None
    assert {(each.candidate, each.slot) for each in found} == {("a", 0), ("b", 2)}


def test_two_pins_of_one_host_do_not_hold_in_one_slot() -> None:
    assert hold_together(two_pins(0), [pinned("a", 0), pinned("b", 0)]) is None


def test_what_comes_before_is_placed_first() -> None:
    problem = build_problem([meeting("late", after=("early",), required=True), meeting("early", slots=(1, 2))])
    found = hold_together(problem, [Cause(CauseKind.REQUIRED, "late")])
    assert found is not None
    slots = {each.candidate: each.slot for each in found}
    assert slots["early"] < slots["late"]


def test_meetings_that_wait_for_each_other_are_not_found() -> None:
    problem = build_problem([meeting("a", after=("b",), required=True), meeting("b", after=("a",))])
    assert hold_together(problem, [Cause(CauseKind.REQUIRED, "a")]) is None


def test_nothing_demanded_holds_without_a_meeting() -> None:
    assert hold_together(two_pins(0), []) == ()


def test_it_gives_up_after_so_many_tries() -> None:
    problem = two_pins(2)
    assert hold_together(problem, demands(problem), most_tries=1) is None


@pytest.mark.parametrize("seed", range(300))
def test_random_problems_against_trying_all_schedules(seed: int) -> None:
    problem = random_problem(seed)
    wanted = demands(problem)
    found = hold_together(problem, wanted)

    if found is not None:
        assert violations(with_demands(problem, wanted), found) == []
    elif problem.idle_spread is None and is_tiny(problem):
        assert best_by_trying_all(with_demands(problem, wanted)) is None


def test_of_pins_that_clash_only_those_are_named_that_do() -> None:
    """Three of five are at the one table of a venue in the same slot: any two of them already clash."""
    guests = [Participant(f"g{k}", "investor", (0, 1, 2, 3)) for k in range(5)]
    hosts = [Participant(f"h{k}", "host", (0, 1, 2, 3)) for k in range(5)]
    meetings = [meeting(f"m{k}", (f"g{k}", f"h{k}")) for k in range(5)]
    pins = tuple(Booking(f"m{k}", slot, True) for k, slot in enumerate((0, 1, 2, 1, 1)))
    problem = build_problem(meetings, participants=(*guests, *hosts), booked=pins)
    clash = clash_of_pins(problem)
    assert {cause.candidate for cause in clash} < {"m1", "m3", "m4"}
    assert len(clash) == 2
    assert clash_of_pins(replace(problem, booked=pins[:3])) == ()


def test_a_pin_that_cannot_stand_clashes_by_itself() -> None:
    pins = (Booking("a", 0, True), Booking("b", 3, True))
    both = [meeting("a"), meeting("b", ("ines", "hana"))]
    problem = build_problem(both, participants=(ines(), hao(), hana(available=(0, 1))), booked=pins)
    assert [str(cause) for cause in clash_of_pins(problem)] == ["pinned b in slot 3"]
