"""The best days of one participant against trying all of them."""

from collections.abc import Iterator
from dataclasses import replace
from random import Random

import numpy as np
import pytest

from matchmaker.scheduling.arrays import Arrays, Whole, build_arrays
from matchmaker.scheduling.itineraries import Owners, best_days, build_owners, build_room
from matchmaker.scheduling.problem import Candidate, Participant, Penalties, Problem, Venue
from tests.scheduling.builders import build_problem, build_slots, hana, hao, ines, investors_of, meeting

MANY = 120
SCALE = 4
Day = tuple[int, int]  # how many meetings, and what they are worth


def traveller(seed: int, candidates: int = 4) -> Problem:
    """One investor, some hosts here and there, short days; anything that a participant can ask for."""
    rng = Random(seed)
    days, per_day = rng.choice([(1, 3), (1, 5), (2, 3), (2, 4)])
    slots = build_slots(days, per_day, rng.choice([None, 1, 2]))
    venues = tuple(Venue(f"v{k}") for k in range(3))
    travel = tuple(tuple(rng.choice([0, 20, 30, 45, 61]) for _ in venues) for _ in venues)
    every = tuple(range(len(slots)))
    guest = Participant(
        id="ines",
        kind="investor",
        available=tuple(s for s in every if rng.random() < 0.9),
        min_meetings=rng.choice([0, 0, 1, 3]),
        max_meetings=rng.choice([None, None, 1, 2, 3]),
        max_per_day=rng.choice([None, None, 1, 2]),
        compact=rng.random() < 0.6,
    )
    wanted = tuple(
        Candidate(f"c{k}", ("ines", f"h{k}"), rng.choice(venues).id, 0, rng.choice([1, 1, 1, 2])) for k in range(candidates)
    )
    hosts = tuple(Participant(f"h{k}", "host", every) for k in range(candidates))
    prices = Penalties(shortfall=rng.choice([0, 5, 30]), idle_slot=rng.choice([0, 3, 8]))
    return Problem(f"traveller-{seed}", slots, venues, travel, (guest, *hosts), wanted, penalties=prices)


def _plans_of_day(problem: Problem, day: int, taken: tuple[tuple[int, int], ...] = ()) -> Iterator[tuple[tuple[int, int], ...]]:
    """Every row of meetings on a day in which each can be reached from the one before, and none stands twice."""
    yield taken
    for c in range(len(problem.candidates)):
        for s in problem.day_slots[day]:
            if problem.start_masks[c] >> s & 1 and all(c != each for each, _ in taken) and _comes_after(problem, taken, c, s):
                yield from _plans_of_day(problem, day, (*taken, (c, s)))


def _comes_after(problem: Problem, taken: tuple[tuple[int, int], ...], c: int, s: int) -> bool:
    if not taken:
        return True
    before, first = taken[-1]
    last = problem.covered(before, first)[-1]
    return s > last and problem.minutes_between_slots(last, s) >= problem.travel(problem.venue_of[before], problem.venue_of[c])


def _idle(problem: Problem, plan: tuple[tuple[int, int], ...]) -> int:
    covered = [slot for c, s in plan for slot in problem.covered(c, s)]
    return max(covered) - min(covered) + 1 - len(covered) if covered else 0


def best_by_trying_all_days(problem: Problem, worths: Whole) -> int:
    """The most that Ines's days are worth at these prices; a candidate may be met on several days."""
    guest, prices = problem.participants[0], problem.penalties
    best: dict[int, int] = {0: 0}
    for day in problem.day_slots:
        today: dict[int, int] = {}
        for plan in _plans_of_day(problem, day):
            if guest.max_per_day is None or len(plan) <= guest.max_per_day:
                idle = prices.idle_slot * SCALE * _idle(problem, plan) if guest.compact else 0
                worth = sum(int(worths[c, s]) for c, s in plan) - idle
                today[len(plan)] = max(today.get(len(plan), worth), worth)
        together: dict[int, int] = {}
        for n, before in best.items():
            for m, worth in today.items():
                together[n + m] = max(together.get(n + m, before + worth), before + worth)
        best = together
    return max(
        worth - prices.shortfall * SCALE * max(0, guest.min_meetings - n)
        for n, worth in best.items()
        if guest.max_meetings is None or n <= guest.max_meetings
    )


def priced(arrays: Arrays, owners: Owners, worths: Whole) -> tuple[int, list[tuple[int, int]]]:
    """What the first owner's best days are worth, and his meetings."""
    room = build_room(arrays, owners)
    worth, count = best_days(arrays, owners, room, 0, worths, SCALE)
    return int(worth), [(int(owners.mine[room.held[m]]), int(room.held_slot[m])) for m in range(count)]


@pytest.mark.parametrize("first", range(0, MANY, 20))
@pytest.mark.parametrize("dear", [False, True])
def test_the_best_days_are_those_that_trying_all_finds(first: int, dear: bool) -> None:
    """At random prices; where these are dear, most meetings cost more than they bring."""
    for problem in map(traveller, range(first, first + 20)):
        arrays = build_arrays(problem)
        owners = build_owners(arrays, investors_of(problem))
        rng = np.random.default_rng(first)
        worths = rng.integers(-100, 30 if dear else 100, (len(problem.candidates), len(problem.slots)))
        worth, meetings = priced(arrays, owners, worths)
        assert worth == best_by_trying_all_days(problem, worths), problem.name
        _check_meetings(problem, worths, worth, meetings)


def _check_meetings(problem: Problem, worths: Whole, worth: int, meetings: list[tuple[int, int]]) -> None:
    """The meetings told are those that the worth comes from."""
    guest, prices = problem.participants[0], problem.penalties
    total = -prices.shortfall * SCALE * max(0, guest.min_meetings - len(meetings))
    for day, slots in problem.day_slots.items():
        today = tuple(sorted((each for each in meetings if each[1] in slots), key=lambda each: each[1]))
        assert today in _plans_of_day(problem, day)
        total += sum(int(worths[c, s]) for c, s in today)
        total -= prices.idle_slot * SCALE * _idle(problem, today) if guest.compact else 0
    assert total == worth


def test_idle_periods_are_left_out_so_that_the_answer_is_never_too_low() -> None:
    problem = build_problem(
        [meeting("m", slots=(0,)), meeting("n", ("ines", "hana"), slots=(3,))],
        participants=(ines(compact=True), hao(), hana()),
        penalties=Penalties(idle_period=1000),
    )
    arrays = build_arrays(problem)
    owners = build_owners(arrays, investors_of(problem))
    assert priced(arrays, owners, np.full((2, 4), 10)) == (20, [(1, 3), (0, 0)])


@pytest.mark.parametrize("candidates", [2, 3])
def test_a_candidate_that_is_worth_most_in_every_slot_is_held_once_a_day(candidates: int) -> None:
    problem = build_problem(
        [meeting(f"m{k}") for k in range(candidates)],
        slots=build_slots(2, 4),
        participants=(
            ines(available=tuple(range(8))),
            hao(available=tuple(range(8))),
        ),
    )
    arrays = build_arrays(problem)
    worths = np.repeat(np.array([[100], [10], [1]])[:candidates], 8, axis=1)
    worth, meetings = priced(arrays, build_owners(arrays, investors_of(problem)), worths)
    assert worth == 2 * sum((100, 10, 1)[:candidates])
    assert sorted(meetings) == sorted(set(meetings))
    assert len({(c, s // 4) for c, s in meetings}) == len(meetings) == 2 * candidates


def test_more_candidates_than_can_be_tracked_give_no_less_than_is_possible() -> None:
    """Ten slots, seven meetings that are all best everywhere: five are tracked, so the answer may only be too high."""
    every = tuple(range(10))
    problem = build_problem(
        [meeting(f"m{k}") for k in range(7)],
        slots=build_slots(1, 10),
        participants=(ines(available=every), hao(available=every)),
    )
    arrays = build_arrays(problem)
    worths = np.repeat(np.array([[100 - k] for k in range(7)]), 10, axis=1)
    worth, _ = priced(arrays, build_owners(arrays, investors_of(problem)), worths)
    assert sum(100 - k for k in range(7)) <= worth <= 10 * 100


# Who owns what.


def test_a_candidate_belongs_to_an_investor_before_a_host_and_to_nobody_who_meets_many_at_once() -> None:
    people = (ines(), hao(), hana(capacity=2), ines(id="iris", capacity=2))
    candidates = [
        meeting("ines and hao"),
        meeting("iris and hao", ("iris", "hao")),
        meeting("iris and hana", ("iris", "hana")),
        meeting("hana and ines", ("hana", "ines")),
    ]
    arrays = build_arrays(build_problem(candidates, participants=people))
    owners = build_owners(arrays, np.array([True, False, False, True]))
    assert owners.who.tolist() == [0, 1]
    assert [owners.mine[a:b].tolist() for a, b in zip(owners.at, owners.at[1:], strict=False)] == [[0, 3], [1]]
    assert owners.free.tolist() == [2]
    assert owners.counted.tolist() == [1, 0]


def test_a_problem_may_have_no_owners_at_all() -> None:
    problem = build_problem(participants=(ines(capacity=2), hao(capacity=3)))
    arrays = build_arrays(problem)
    owners = build_owners(arrays, investors_of(problem))
    assert (owners.who.tolist(), owners.at.tolist(), owners.mine.tolist(), owners.free.tolist()) == ([], [0], [], [0])


@pytest.mark.parametrize(
    ("minutes", "latest"), [(0, [-1, 0, 1, 2]), (30, [-1, -1, 0, 1]), (45, [-1, -1, -1, 0]), (500, [-1, -1, -1, -1])]
)
def test_the_latest_slot_from_which_a_venue_is_reached(minutes: int, latest: list[int]) -> None:
    problem = build_problem([meeting("m"), meeting("n", ("ines", "hana"), "west")], travel_minutes=((0, minutes), (7, 0)))
    owners = build_owners(build_arrays(problem), investors_of(problem))
    assert owners.latest[0, 1].tolist() == latest
    assert owners.latest[0, 0].tolist() == [-1, 0, 1, 2]
    lunch = build_owners(build_arrays(replace(problem, slots=build_slots(1, 4, 2))), investors_of(problem))
    assert lunch.latest[0, 1, 2] == (1 if minutes <= 60 else -1)
