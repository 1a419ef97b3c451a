"""A problem as arrays: which problems fit, and that nothing is lost on the way."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from matchmaker.scheduling.arrays import (
    LARGEST_TOTAL,
    MOST_SLOTS_A_DAY,
    UNLIMITED,
    build_arrays,
    fits_arrays,
    has_linked,
    slots_of,
)
from matchmaker.scheduling.greedy import greedy_by_weight
from matchmaker.scheduling.problem import Booking, Participant, Penalties, Pool, Problem, Venue
from tests.scheduling.builders import (
    build_problem,
    build_slots,
    conference,
    fitting,
    hana,
    hao,
    ines,
    meeting,
    short_slots,
)

TWO_DAYS = {"slots": build_slots(2, 2)}

# Which problems fit; one that does, and one that does not.

FITS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "slots": ({}, {"slots": (), "participants": (ines(available=()), hao(available=()), hana(available=()))}),
    "even idle periods": ({"idle_spread": None}, {"idle_spread": 1}),
    "told one slot": ({"booked": (Booking("m", 1),)}, {"booked": (Booking("m", 1), Booking("m", 2))}),
    "pinned to one slot": ({"booked": (Booking("m", 1, True),)}, {"booked": (Booking("m", 1, True), Booking("m", 2, True))}),
    "told and pinned": ({"booked": (Booking("m", 1, True), Booking("m", 2))}, {"booked": (Booking("m", 1), Booking("m", 2))}),
    "shortfall": ({"penalties": Penalties(shortfall=10**12)}, {"penalties": Penalties(shortfall=LARGEST_TOTAL)}),
    "drop": ({"penalties": Penalties(drop=10**12)}, {"penalties": Penalties(drop=LARGEST_TOTAL)}),
    "move": ({"penalties": Penalties(move=10**12)}, {"penalties": Penalties(move=LARGEST_TOTAL)}),
    "idle slot": ({"penalties": Penalties(idle_slot=10**12)}, {"penalties": Penalties(idle_slot=10**30)}),
    "idle period": ({"penalties": Penalties(idle_period=10**12)}, {"penalties": Penalties(idle_period=10**30)}),
}


@pytest.mark.parametrize("name", FITS)
def test_a_problem_fits_or_does_not(name: str) -> None:
    fits, does_not = FITS[name]
    assert fits_arrays(build_problem(**fits))
    assert not fits_arrays(build_problem(**does_not))


@pytest.mark.parametrize(
    ("candidates", "fits"),
    [
        ([meeting()], True),
        ([meeting(weight=-(10**12))], True),
        ([meeting(weight=LARGEST_TOTAL)], False),
        ([meeting(weight=-LARGEST_TOTAL)], False),
        ([meeting(f"m{k}", weight=LARGEST_TOTAL // 2) for k in range(3)], False),
        ([meeting(who=("ines", "ines"))], False),
        ([meeting(who=())], False),
    ],
)
def test_candidates_that_are_too_heavy_or_odd_do_not_fit(candidates: list[Any], fits: bool) -> None:
    assert fits_arrays(build_problem(candidates)) is fits


@pytest.mark.parametrize(("slots", "fits"), [(MOST_SLOTS_A_DAY, True), (MOST_SLOTS_A_DAY + 1, False)])
def test_a_day_of_too_many_slots_does_not_fit(slots: int, fits: bool) -> None:
    assert fits_arrays(build_problem(slots=short_slots(slots))) is fits


def test_a_problem_without_candidates_does_not_fit() -> None:
    assert not fits_arrays(Problem("empty", build_slots(), (Venue("east"),), ((0,),), (ines(),), ()))


# What stands in them.


def test_slots_are_counted_within_their_days_by_rank() -> None:
    slots = tuple(replace(slot, day=3 * slot.day + 1) for slot in build_slots(2, 2))
    arrays = build_arrays(build_problem(slots=slots))
    assert (arrays.day.tolist(), arrays.within.tolist()) == ([0, 0, 1, 1], [0, 1, 0, 1])
    assert (arrays.first.tolist(), arrays.last.tolist()) == ([0, 2], [2, 4])


def test_masks_hold_the_slots_of_one_day_each() -> None:
    people = (ines(available=(0, 1, 3)), hao(), hana(available=(3,)))
    candidates = [meeting("m"), meeting("n", ("hao", "hana")), meeting("o", slots=(1, 2)), meeting("long", ("hao",), length=2)]
    arrays = build_arrays(build_problem(candidates, participants=people, **TWO_DAYS))
    assert arrays.available.tolist() == [[0b11, 0b10], [0b11, 0b11], [0b00, 0b10]]
    assert arrays.starts.tolist() == [[0b11, 0b10], [0b00, 0b10], [0b10, 0b00], [0b01, 0b01]]


@pytest.mark.parametrize(("slot", "starts"), [(2, [[0b00, 0b01]]), (17, [[0, 0]]), (-1, [[0, 0]])])
def test_a_pinned_candidate_starts_in_its_slot_or_nowhere(slot: int, starts: list[list[int]]) -> None:
    arrays = build_arrays(build_problem(booked=(Booking("m", slot, True),), **TWO_DAYS))
    assert (arrays.starts.tolist(), arrays.fixed.tolist()) == (starts, [1])


def test_travel_takes_slots_before_and_after_and_none_on_other_days() -> None:
    problem = build_problem(travel_minutes=((99, 45), (0, 99)))
    arrays = build_arrays(problem)
    assert arrays.after[0, 1].tolist() == [0b0111, 0b1110, 0b1100, 0b1000]
    assert arrays.before[0, 1].tolist() == [0b0001, 0b0010, 0b0100, 0b1000]
    assert arrays.after[1, 0].tolist() == [0b0001, 0b0010, 0b0100, 0b1000]
    assert arrays.before[1, 0].tolist() == [0b0001, 0b0011, 0b0111, 0b1110]
    assert arrays.after[0, 0].tolist() == arrays.before[1, 1].tolist() == [0b0001, 0b0010, 0b0100, 0b1000]
    apart = build_arrays(replace(problem, **TWO_DAYS))
    assert apart.after[0, 1].tolist() == [0b11, 0b10, 0b11, 0b10]
    assert build_arrays(replace(problem, slots=build_slots(1, 4, 2))).after[0, 1].tolist() == [0b0011, 0b0010, 0b1100, 0b1000]


@pytest.mark.parametrize(
    ("booked", "told", "base", "stay"),
    [
        ((), -1, 100, 0),
        ((Booking("m", 2),), 2, 100 + 9 - 4, 4),
        ((Booking("m", 0),), 0, 100 + 9 - 4, 4),
        ((Booking("m", 4),), -1, 100 + 9 - 4, 4),
        ((Booking("m", -1),), -1, 100 + 9 - 4, 4),
        ((Booking("m", 10**12),), -1, 100 + 9 - 4, 4),
        ((Booking("m", 2, True),), -1, 100, 0),
    ],
)
def test_what_people_were_told_counts_and_a_slot_that_there_is_not_is_none(
    booked: tuple[Booking, ...], told: int, base: int, stay: int
) -> None:
    arrays = build_arrays(build_problem(booked=booked, penalties=Penalties(drop=9, move=4)))
    assert (arrays.told.tolist(), arrays.base.tolist(), arrays.stay.tolist()) == ([told], [base], [stay])


def test_numbers_that_mean_no_limit_are_none() -> None:
    people = (
        ines(max_meetings=None, max_per_day=3),
        hao(capacity=10**12, max_meetings=10**12),
        hana(min_meetings=2, max_per_day=0),
    )
    problem = build_problem(
        participants=people,
        venues=(Venue("east"), Venue("west", 10**12)),
        pools=(Pool("interpreter", 10**12), Pool("other", (1, 2, 10**12, 0))),
    )
    arrays = build_arrays(problem)
    assert arrays.tables.tolist() == [UNLIMITED, UNLIMITED]
    assert arrays.pool_room.tolist() == [[UNLIMITED] * 4, [1, 2, UNLIMITED, 0]]
    assert arrays.capacity.tolist() == [1, UNLIMITED, 1]
    assert arrays.most.tolist() == [UNLIMITED, UNLIMITED, UNLIMITED]
    assert arrays.most_a_day.tolist() == [3, UNLIMITED, 0]
    assert arrays.least.tolist() == [0, 0, 2]


def test_who_is_at_several_venues_is_a_mover() -> None:
    candidates = [meeting("m"), meeting("n", ("ines", "hana"), "west"), meeting("o", ("hana",), "east")]
    assert build_arrays(build_problem(candidates)).mover.tolist() == [0, -1, 1]


def test_required_pinned_and_linked_candidates_are_fixed() -> None:
    candidates = [
        meeting("required", required=True),
        meeting("pinned"),
        meeting("earlier"),
        meeting("later", after=("earlier",)),
        meeting("free"),
    ]
    problem = build_problem(candidates, booked=(Booking("pinned", 0, True),))
    assert build_arrays(problem).fixed.tolist() == [1, 1, 1, 1, 0]
    assert has_linked(problem)


@pytest.mark.parametrize(
    ("candidates", "linked"),
    [([meeting()], False), ([meeting(required=True)], True), ([meeting(), meeting("n", after=("m",))], True)],
)
def test_linked_are_those_that_compiled_code_leaves_alone(candidates: list[Any], linked: bool) -> None:
    assert has_linked(build_problem(candidates)) is linked
    assert not has_linked(build_problem([meeting(required=True)], booked=(Booking("m", 1, True),)))


def test_lists_of_parties_and_candidates_point_at_each_other() -> None:
    arrays = build_arrays(build_problem([meeting("m"), meeting("n", ("hana", "ines")), meeting("o", ("hao",))]))
    assert (arrays.party_at.tolist(), arrays.party.tolist()) == ([0, 2, 4, 5], [0, 1, 2, 0, 1])
    assert (arrays.has_at.tolist(), arrays.has.tolist()) == ([0, 2, 4, 5], [0, 1, 0, 2, 1])


def test_the_slots_of_a_plan_are_those_of_its_meetings() -> None:
    plan = greedy_by_weight(conference())
    slots = slots_of(plan)
    assert {c: int(s) for c, s in enumerate(slots) if s >= 0} == dict(plan.slot_of)


@pytest.mark.parametrize("first", range(0, 200, 50))
def test_starts_are_those_of_the_problem_but_for_pins(first: int) -> None:
    for problem in filter(fits_arrays, map(fitting, range(first, first + 50))):
        arrays = build_arrays(problem)
        for c, mask in enumerate(problem.start_masks):
            found = {
                int(arrays.first[day]) + place
                for day, bits in enumerate(arrays.starts[c].tolist())
                for place in range(64)
                if bits >> place & 1
            }
            pins = problem.pinned.get(c)
            assert found == {s for s in range(len(problem.slots)) if mask >> s & 1 and (pins is None or s in pins)}


def test_people_who_are_nobody_s_party_are_there_as_well() -> None:
    arrays = build_arrays(build_problem(participants=(ines(), hao(), hana(), Participant("alone", "host", (1,), min_meetings=2))))
    assert np.diff(arrays.has_at).tolist() == [1, 1, 0, 0]
    assert arrays.mover.tolist() == [-1, -1, -1, -1]
