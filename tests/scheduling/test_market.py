"""The bound by prices: never below what a schedule is worth, at any prices, and never worse after trading."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from matchmaker.scheduling import market as market_module
from matchmaker.scheduling.arrays import Numbers, Whole, build_arrays, fits_arrays
from matchmaker.scheduling.bound import sum_bound
from matchmaker.scheduling.check import value
from matchmaker.scheduling.effort import Effort
from matchmaker.scheduling.greedy import greedy_by_gain
from matchmaker.scheduling.market import SCALE, Market, Pricing, _first_pass, open_market, trade
from matchmaker.scheduling.problem import Booking, Participant, Penalties, Problem, Venue
from tests.scheduling.builders import (
    best_by_trying_all,
    build_problem,
    build_slots,
    conference,
    fitting,
    hana,
    hao,
    ines,
    investors_of,
    is_tiny,
    meeting,
)

MANY = 500
PASSES = 60
STEPS = 10**5  # of a plan; enough for some hundred passes on a tiny problem


@cache
def best_of(seed: int) -> int | None:
    """What the best schedule of a tiny random problem is worth; none where there is none, or it is not so tiny."""
    problem = fitting(seed)
    return best_by_trying_all(problem) if is_tiny(problem, 700) and fits_arrays(problem) else None


def opened(problem: Problem) -> Market:
    market = just_opened(problem)
    return _first_pass(market, stall_of(market))


def just_opened(problem: Problem) -> Market:
    """With what the flow proves."""
    return open_market(build_arrays(problem), investors_of(problem), -problem.price_of_dropping_all)


def stall_of(market: Market) -> Any:
    return market_module._Stall(market.arrays, market.owners, market.constant)


def traded(market: Market, goal: int, passes: int = PASSES) -> Market:
    return trade(replace(market, goal=goal), Effort(steps=passes * stall_of(market).steps))


def known(first: int, count: int) -> Iterator[tuple[Problem, int]]:
    """Tiny random problems, and what their best schedules are worth."""
    for seed in range(first, first + count):
        best = best_of(seed)
        if best is not None:
            yield fitting(seed), best


@pytest.mark.parametrize("first", range(0, MANY, 50))
def test_no_schedule_is_worth_more_than_the_bound_before_and_after_trading(first: int) -> None:
    for problem, best in known(first, 50):
        market = opened(problem)
        later = traded(market, best)
        assert best <= later.bound <= market.bound, problem.name
        assert later.best.min(initial=0) >= 0


@pytest.mark.parametrize("first", range(0, MANY, 100))
def test_no_schedule_is_worth_more_than_the_bound_at_any_prices(first: int) -> None:
    for problem, best in known(first, 100):
        market = opened(problem)
        stall = stall_of(market)
        for row in _random_rows(stall, first):
            assert best * SCALE <= stall.ask(row)[0], problem.name


def _random_rows(stall: Any, seed: int, count: int = 4) -> list[Whole]:
    """Some prices at random, every other one nothing."""
    rng = np.random.default_rng(seed)
    sizes = (len(stall.priced),)
    drawn = [rng.integers(0, 30 * SCALE, sizes) * rng.integers(0, 2, sizes) for _ in range(count)]
    return [np.where(stall.priced, np.minimum(row, stall.highest), 0) for row in drawn]


@pytest.mark.parametrize("first", range(0, 200, 50))
def test_what_plans_leave_over_tells_how_the_bound_changes_with_prices(first: int) -> None:
    """The bound is convex, and what is left over is a subgradient: no other prices prove less than it foretells."""
    for seed in range(first, first + 50):
        problem = fitting(seed)
        if fits_arrays(problem):
            market = opened(problem)
            stall = stall_of(market)
            rows = [market.best, *_random_rows(stall, seed)]
            answers: list[tuple[int, Numbers]] = [stall.ask(row) for row in rows]
            for row, (proven, surplus) in zip(rows, answers, strict=True):
                for other, (elsewhere, _) in zip(rows, answers, strict=True):
                    assert elsewhere >= proven + float(surplus @ (other - row)) - 0.5, problem.name


def test_the_plans_of_several_days_are_counted_day_by_day() -> None:
    """Hao is wanted on the first day only, Hana on the second; both once by each of two."""
    every = tuple(range(4))
    people = (ines(available=every), ines(id="iris", available=every), hao(available=every), hana(available=every))
    candidates = [
        meeting(f"{who}-{host}", (who, host), slots=slots)
        for who in ("ines", "iris")
        for host, slots in (("hao", (0,)), ("hana", (3,)))
    ]
    market = opened(
        build_problem(candidates, slots=build_slots(2, 2), participants=people, venues=(Venue("east"), Venue("west")))
    )
    stall = stall_of(market)
    proven, surplus = stall.ask(np.zeros_like(market.best))
    left = stall._prices(surplus)
    assert proven == 400 * SCALE
    assert left.party[2:].tolist() == [[-1, 1, 1, 1], [1, 1, 1, -1]]
    assert left.once.tolist() == [0, 0, 0, 0]


# Case by case.


def test_prices_find_the_bound_that_scarce_hosts_allow() -> None:
    guests = tuple(ines(id=f"i{k}") for k in range(4))
    problem = build_problem(
        [meeting(f"m{k}", (f"i{k}", "hao"), weight=100 + k) for k in range(4)], participants=(*guests, hao(available=(0, 1)))
    )
    assert opened(problem).bound == 103 + 102


def test_a_bound_sees_the_way_between_venues() -> None:
    """Two meetings, two slots next to each other, two places: Ines cannot have both."""
    problem = build_problem(
        [meeting("m", slots=(0, 1)), meeting("n", ("ines", "hana"), "west", slots=(0, 1), weight=90)],
    )
    assert sum_bound(problem) == 190
    assert opened(problem).bound == 100


@pytest.mark.parametrize(("idle_slot", "best"), [(10, 180), (60, 95)])
def test_a_bound_sees_idle_slots(idle_slot: int, best: int) -> None:
    problem = build_problem(
        [meeting("m", slots=(0,)), meeting("n", ("ines", "hana"), slots=(3,))],
        participants=(ines(compact=True, min_meetings=2), hao(), hana()),
        penalties=Penalties(idle_slot=idle_slot, shortfall=5),
    )
    assert best_by_trying_all(problem) == best == traded(opened(problem), best).bound


def test_a_shortfall_is_made_good_by_meetings_of_others_and_by_ones_own() -> None:
    """Hao owns one meeting and is the other party of one that belongs to Ines: both count to his minimum."""
    problem = build_problem(
        [meeting("m", weight=1), meeting("n", ("hao",), weight=1)],
        participants=(ines(), hao(min_meetings=2), hana()),
        penalties=Penalties(shortfall=50),
    )
    market = opened(problem)
    assert market.owners.counted.tolist() == [1, 0]
    assert best_by_trying_all(problem) == 2 == traded(market, 2).bound
    stall = stall_of(market)
    dear = stall._prices(np.zeros_like(market.best))
    dear.relief[1] = 50 * SCALE
    assert stall.ask(market_module._flat(dear))[0] == 2 * SCALE


def test_a_minimum_that_costs_nothing_has_no_price() -> None:
    problem = build_problem([meeting("m")], participants=(ines(), hao(min_meetings=3), hana()))
    assert not stall_of(opened(problem))._prices(stall_of(opened(problem)).priced.astype(np.int64)).relief.any()


def test_a_minimum_of_somebody_whom_nobody_wants_to_meet_is_missed() -> None:
    alone = Participant("alone", "host", (0,), min_meetings=2)
    problem = build_problem(participants=(ines(), hao(), alone), penalties=Penalties(shortfall=7))
    assert opened(problem).bound == 100 - 14


def test_candidates_without_an_owner_are_in_the_bound() -> None:
    problem = build_problem(
        [meeting("m"), meeting("n", weight=70), meeting("o", weight=-5)],
        participants=(ines(capacity=2), hao(capacity=2)),
        venues=(Venue("east"), Venue("west")),
    )
    assert opened(problem).owners.who.tolist() == []
    assert opened(problem).bound == 170


@pytest.mark.parametrize(("slot", "bound"), [(2, 100), (17, 100 - 4)])
def test_prices_of_drops_and_moves_are_in_the_bound(slot: int, bound: int) -> None:
    assert opened(build_problem(booked=(Booking("m", slot),), penalties=Penalties(drop=9, move=4))).bound == bound


def test_without_prices_of_a_flow_it_begins_with_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(market_module, "best_flow", lambda arrays, owners: None)
    market = opened(conference())
    assert not market.best.any()
    assert value(conference(), greedy_by_gain(conference()).meetings()) <= market.bound


@pytest.mark.parametrize("price", [1, 10**9])
def test_the_bound_of_huge_weights_holds(price: int) -> None:
    problem = conference()
    heavy = replace(
        problem,
        candidates=tuple(replace(each, weight=each.weight * 10**9) for each in problem.candidates),
        penalties=Penalties(shortfall=2000 * price, idle_slot=5 * price),
    )
    assert fits_arrays(heavy)
    best = value(heavy, greedy_by_gain(heavy).meetings())
    market = opened(heavy)
    assert best <= traded(market, best).bound <= market.bound


def test_trading_makes_the_bound_of_a_conference_better_and_ends_where_nothing_is_left() -> None:
    problem = conference()
    worth = value(problem, greedy_by_gain(problem).meetings())
    market = opened(problem)
    later = traded(market, worth, 200)
    assert worth <= later.bound < market.bound
    assert trade(replace(later, goal=later.bound), Effort(steps=STEPS)) == replace(later, goal=later.bound)
    assert later.done == 200


def test_no_effort_changes_nothing() -> None:
    market = opened(conference())
    assert trade(market, Effort(steps=0)) is market


def test_pricing_tells_the_same_with_and_without_a_worker() -> None:
    problem, effort = conference(), Effort(steps=STEPS)
    with ThreadPoolExecutor(1) as executor:
        both = [Pricing(build_arrays(problem), investors_of(problem), 0, each, exact=True) for each in (None, executor)]
        told: list[list[int | None]] = [[], []]
        for _ in range(4):
            for pricing, bounds in zip(both, told, strict=True):
                pricing.begin(effort, goal=0)
                pricing.collect()
                bounds.append(pricing.bound)
            for pricing in both:
                pricing.finish(0)
    assert told[0] == told[1]
    assert told[0] == sorted(told[0], reverse=True)  # type: ignore[type-var]


def test_a_bound_below_zero_is_traded_down_as_well() -> None:
    """What is reached counts, not whether there is anything to gain above nothing."""
    people = replace_minima(conference(60, 12, 1), least=4)
    pricing = Pricing(build_arrays(people), investors_of(people), 0, None, exact=True)
    pricing.begin(Effort(steps=0), goal=0)
    first = pricing.bound
    assert first is not None
    assert first < 0
    for _ in range(3):
        pricing.begin(Effort(steps=STEPS), goal=2 * first)
    assert pricing.bound is not None
    assert pricing.bound < first


def replace_minima(problem: Problem, *, least: int) -> Problem:
    """The same, with everybody asking for more."""
    return replace(problem, participants=tuple(replace(person, min_meetings=least) for person in problem.participants))
