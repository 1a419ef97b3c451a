"""The floor: what is claimed about it holds against every schedule of tiny problems."""

import itertools
from collections.abc import Iterator
from dataclasses import replace

import pytest

from matchmaker.scheduling.check import violations
from matchmaker.scheduling.fairness import highest_floor, highest_level_by_flow
from matchmaker.scheduling.floor import guests_of, level_of, meetings_of_guests, only_floor, with_floor
from matchmaker.scheduling.problem import Booking, Participant, Problem, Venue
from matchmaker.scheduling.schedule import Placement
from tests.scheduling.builders import build_problem, conference, hana, hao, held, ines, is_tiny, meeting, random_problem

EVERY = (0, 1, 2, 3)


def feasible_schedules(problem: Problem) -> Iterator[list[Placement]]:
    every = [
        [None, *(s for s in range(len(problem.slots)) if problem.start_masks[c] >> s & 1)] for c in range(len(problem.candidates))
    ]
    for slots in itertools.product(*every):
        meetings = [Placement(problem.candidates[c].id, s) for c, s in enumerate(slots) if s is not None]
        if not violations(problem, meetings):
            yield meetings


def highest_by_trying_all(problem: Problem, had: dict[str, int] | None = None) -> tuple[int, int]:
    """The highest level of any schedule, and the highest smallest number of meetings; 0 where no schedule is feasible."""
    guests = guests_of(problem, had)
    found = [meetings_of_guests(problem, guests, meetings) for meetings in feasible_schedules(problem)]
    levels = [level_of(guests, counts) for counts in found]
    return max(levels, default=0), max((min(counts.values(), default=0) for counts in found), default=0)


def crowded(guests: int = 3, **changes: object) -> Problem:
    """So many investors want the same host, who has four slots; the first weighs most, and knows a second host."""
    people = tuple(Participant(f"i{k}", "investor", EVERY) for k in range(guests))
    candidates = [meeting(f"i{k}-hao", (f"i{k}", "hao"), weight=100 + 10 * k) for k in range(guests)]
    candidates.append(meeting("i0-hana", ("i0", "hana"), "west", weight=50))
    usual = {"participants": (*people, hao(), hana()), "travel_minutes": ((0, 0), (0, 0))}
    return build_problem(candidates, **usual | changes)


TINY = [problem for problem in map(random_problem, range(400)) if is_tiny(problem, 400)]


@pytest.mark.parametrize("problem", TINY[:60], ids=lambda problem: problem.name)
def test_the_bound_holds_and_the_floor_that_is_found_is_the_highest(problem: Problem) -> None:
    best, smallest = highest_by_trying_all(problem)
    guests = guests_of(problem)

    found = highest_floor(problem, deterministic_limit=2.0, seed=1)

    assert best <= highest_level_by_flow(problem, guests, guests.highest)
    assert smallest <= guests.smallest_most
    assert found.reached <= best <= found.proven_most
    if found.meetings:
        assert violations(problem, found.meetings) == []
        assert found.reached == level_of(guests, meetings_of_guests(problem, guests, found.meetings)) == best


def test_most_claims_are_proven_exactly() -> None:
    """A bound that always says `perhaps` would hold as well."""
    few = [problem for problem in TINY[:40] if problem.idle_spread is None]
    proven = [highest_floor(problem, deterministic_limit=2.0, seed=1) for problem in few]

    assert sum(each.reached == each.proven_most for each in proven) == len(few)


def test_those_who_want_fewer_do_not_keep_the_others_down() -> None:
    people = (ines(max_meetings=1), Participant("ivo", "investor", EVERY), hao(), hana())
    candidates = [meeting(f"{who}-{host}", (who, host)) for who in ("ines", "ivo") for host in ("hao", "hana")]
    problem = build_problem(candidates, participants=people, venues=(Venue("east", 2), Venue("west", 1)))

    found = highest_floor(problem, deterministic_limit=2.0, seed=1)

    guests = guests_of(problem)
    assert (found.reached, found.proven_most, guests.smallest_most) == (2, 2, 1)
    assert meetings_of_guests(problem, guests, found.meetings) == {0: 1, 1: 2}


def test_those_for_whom_nothing_is_possible_do_not_count() -> None:
    absent, lonely = Participant("abe", "investor", ()), Participant("lee", "investor", EVERY)
    problem = build_problem([meeting("a"), meeting("b", ("abe", "hao"))], participants=(ines(), absent, lonely, hao(), hana()))

    assert list(guests_of(problem).most) == [0]
    assert highest_floor(problem, deterministic_limit=2.0, seed=1).reached == 1


def test_more_investors_than_slots_have_a_floor_of_nothing_and_that_is_proven() -> None:
    people = (*(Participant(f"i{k}", "investor", EVERY) for k in range(5)), hao(available=(0, 1, 2)), hana(available=()))

    found = highest_floor(crowded(5, participants=people), deterministic_limit=2.0, seed=1)

    assert (found.reached, found.proven_most) == (0, 0)


def test_meetings_that_took_place_count() -> None:
    problem = crowded(
        3, participants=(*(Participant(f"i{k}", "investor", EVERY) for k in range(3)), hao(available=(0, 1)), hana())
    )

    assert highest_floor(problem, deterministic_limit=2.0, seed=1).reached == 1
    assert highest_floor(problem, deterministic_limit=2.0, seed=1, had={"i2": 1, "i1": 1}).reached == 1
    assert highest_by_trying_all(problem, {"i2": 1, "i1": 1})[0] == 1


def test_travel_that_the_flow_does_not_see_is_proven_by_those_at_the_bottom() -> None:
    """Everybody has two meetings that are too far apart for the two slots that are left."""
    people = tuple(Participant(f"i{k}", "investor", (0, 1)) for k in range(2))
    candidates = [
        meeting(f"i{k}-{host}", (f"i{k}", host), venue) for k in range(2) for host, venue in (("hao", "east"), ("hana", "west"))
    ]
    problem = build_problem(candidates, participants=(*people, hao(), hana()))

    found = highest_floor(problem, deterministic_limit=2.0, seed=1)

    assert (found.reached, found.proven_most) == (1, 1)


def test_a_known_schedule_is_the_beginning_and_no_more_is_looked_for_than_asked() -> None:
    problem = crowded()
    known = held(**{"i0-hana": 0, "i1-hao": 1, "i2-hao": 2})

    found = highest_floor(problem, deterministic_limit=2.0, seed=1, known=known, highest=1)

    assert (found.reached, found.proven_most, found.meetings) == (1, 1, tuple(known))


def test_a_broken_known_schedule_is_not_believed() -> None:
    known = held(**{"i0-hana": 0, "i1-hao": 1, "i2-hao": 1})

    found = highest_floor(crowded(), deterministic_limit=2.0, seed=1, known=known)

    assert found.meetings != tuple(known)
    assert violations(crowded(), found.meetings) == []


def test_what_is_pinned_stays_pinned() -> None:
    problem = replace(crowded(5), booked=(Booking("i0-hao", 0, pinned=True),))

    found = highest_floor(problem, deterministic_limit=2.0, seed=1)

    assert Placement("i0-hao", 0) in found.meetings
    assert (found.reached, found.proven_most) == (0, 0)


def test_the_floor_is_a_minimum_beside_each_ones_own() -> None:
    problem = build_problem([meeting("a"), meeting("b", ("ines", "hana"))], participants=(ines(min_meetings=2), hao(), hana()))
    guests = guests_of(problem, {"ines": 1})

    assert with_floor(problem, guests, 2, 900).participants[0].min_meetings == 2
    assert with_floor(problem, guests, 9, 900).participants[0].min_meetings == 2
    assert with_floor(problem, guests, 2, 900).penalties.shortfall == 900
    assert only_floor(problem, guests, 2).participants[0].min_meetings == 1


def test_a_limit_of_work_repeats_the_answer() -> None:
    first, second = (highest_floor(conference(10, 5), deterministic_limit=1.0, seed=5) for _ in range(2))

    assert first == second
    assert first.reached <= first.proven_most
