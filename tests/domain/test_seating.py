"""Seating meetings: as few numbers as meetings at once, and the old number where that is possible."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.domain.seating import Need, NoSeat, seat

stretches = st.builds(lambda first, length: tuple(range(first, first + length)), st.integers(0, 12), st.integers(1, 4))
needs = st.lists(st.tuples(stretches, st.sampled_from(["table", "lead"]), st.none() | st.integers(1, 6)), max_size=40).map(
    lambda rows: [Need(key, group, slots, preferred) for key, (slots, group, preferred) in enumerate(rows)]
)


def most_at_once(asked: list[Need]) -> Counter[str]:
    load = Counter((need.group, slot) for need in asked for slot in need.slots)
    most: Counter[str] = Counter()
    for (group, _), held in load.items():
        most[str(group)] = max(most[str(group)], held)
    return most


@given(needs)
def test_no_more_numbers_are_needed_than_meetings_at_once(asked: list[Need]) -> None:
    capacity = most_at_once(asked)

    seats = seat(asked, capacity)

    assert set(seats) == {(need.key, need.group) for need in asked}
    assert all(1 <= number <= capacity[str(group)] for (_, group), number in seats.items())
    taken = Counter((need.group, seats[need.key, need.group], slot) for need in asked for slot in need.slots)
    assert max(taken.values(), default=1) == 1


@given(needs)
def test_one_number_too_few_is_refused(asked: list[Need]) -> None:
    capacity = most_at_once(asked)
    for group in capacity:
        with pytest.raises(NoSeat):
            seat(asked, {**capacity, group: capacity[group] - 1})


@given(needs)
def test_who_is_seated_well_keeps_the_number(asked: list[Need]) -> None:
    capacity = most_at_once(asked)
    first = seat(asked, capacity)

    again = seat([Need(need.key, need.group, need.slots, first[need.key, need.group]) for need in asked], capacity)

    assert again == first


@given(needs, st.randoms(use_true_random=False))
def test_the_order_of_asking_does_not_matter(asked: list[Need], random) -> None:
    shuffled = random.sample(asked, len(asked))

    assert seat(shuffled, most_at_once(asked)) == seat(asked, most_at_once(asked))


def test_a_newcomer_leaves_the_number_to_whoever_had_it() -> None:
    old, new = Need("old", "table", (3,), preferred=1), Need("new", "table", (3, 4))

    assert seat([new, old], {"table": 2}) == {("old", "table"): 1, ("new", "table"): 2}


def test_a_number_is_given_up_where_that_makes_room() -> None:
    early, late = Need("early", "table", (1, 2), preferred=1), Need("late", "table", (2, 3), preferred=1)

    assert seat([early, late], {"table": 2}) == {("early", "table"): 1, ("late", "table"): 2}
