"""The next night: what changes, and how much of the old schedule is said to have stayed."""

import pytest

from benchmarks.checker import check
from benchmarks.disturb import Stayed, disturbed, stayed, without_bookings
from benchmarks.instances import Recipe, build_instance
from benchmarks.peers.greedy import greedy_plan
from benchmarks.peers.problem import Problem
from tests.benchmarks.builders import candidate, schedule, small_instance


def _night():
    instance = build_instance(Recipe(investors=60, projects=12, days=4))
    problem = Problem(instance)
    plan = greedy_plan(problem)
    return instance, schedule(instance, **{problem.candidates[c].id: slot for c, slot in plan.slot_of.items()})


def test_two_in_a_hundred_are_cancelled_and_as_many_are_new() -> None:
    instance, night = _night()
    after = disturbed(instance, night, seed=1)
    before, now = ({each["id"] for each in data["candidates"]} for data in (instance, after))
    meetings = len(night["meetings"])
    assert len(before - now) == max(1, round(0.02 * meetings))
    assert len(now - before) == max(1, round(0.02 * len(before)))
    assert len(after["booked"]) == meetings - len(before - now)
    assert not any(booking["pinned"] for booking in after["booked"])
    assert after == disturbed(instance, night, seed=1) != disturbed(instance, night, seed=2)


def test_what_is_booked_can_stay_but_where_the_venue_is_closed() -> None:
    instance, night = _night()
    after = disturbed(instance, night, seed=1)
    as_it_was = {booking["candidate"]: booking["slot"] for booking in after["booked"]}
    verdict = check(after, schedule(after, **as_it_was))
    closed = [words for words in verdict.violations if "may not begin" in words]
    assert len(closed) == len(verdict.violations) >= 1
    old = stayed(after, schedule(after, **as_it_was))
    assert (old.told, old.possible, old.unmoved) == (len(as_it_was), len(as_it_was) - len(closed), old.possible)
    assert old.unavoidable == 400 * len(closed)


def test_a_fresh_night_is_the_same_without_bookings() -> None:
    instance, night = _night()
    after = disturbed(instance, night, seed=1)
    fresh = without_bookings(after)
    assert fresh == after | {"booked": [], "name": after["name"] + "-fresh"}


def test_moved_and_dropped_ones_did_not_stay() -> None:
    told = [{"candidate": "a", "slot": 0}, {"candidate": "b", "slot": 3}, {"candidate": "c", "slot": 1}]
    candidates = [candidate("a", "ines", "hao"), candidate("b", "ines", "hana", "west"), candidate("c", "ivan", "hao", slots=[2])]
    instance = small_instance(booked=told, candidates=candidates, penalties={"drop": 50, "move": 20})
    assert stayed(instance, schedule(instance, a=0, b=2, c=2)) == Stayed(told=3, possible=2, unmoved=1, unavoidable=20)


def test_an_empty_night_is_refused() -> None:
    with pytest.raises(ValueError, match="without meetings"):
        disturbed(small_instance(), schedule(small_instance()), seed=1)
