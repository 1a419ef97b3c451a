"""A bound by prices: what is scarce gets a price, everybody plans for himself, and prices follow the demand.

Lagrangian relaxation (Geoffrion, 1974): rooms in every slot of hosts, tables and pools, and that a candidate is held
once, are priced instead of enforced. Any prices prove a bound; the volume algorithm (Barahona and Anbil, 2000) finds good
ones. Arithmetic is in whole numbers, so that what is proven is proven. docs/scheduling-model.md has the mathematics.
"""

from __future__ import annotations

import time
from concurrent.futures import Executor, Future
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matchmaker.scheduling.arrays import UNLIMITED, Arrays, Numbers, Whole
from matchmaker.scheduling.effort import Effort
from matchmaker.scheduling.flow import best_flow
from matchmaker.scheduling.itineraries import Owners, build_owners, build_room
from matchmaker.scheduling.prices import SCALE, Hint, Prices, nothing, supplies
from matchmaker.scheduling.pricing import plan_at, plan_ownerless

BOLD, BOLDEST, TIMID = 0.5, 2.0, 1e-4
PATIENCE = 20
LEAST_WEIGHT, MOST_WEIGHT = 0.005, 0.1
HIGHEST = 1 << 50
LARGEST_EXACT = 2.0**60
NO_BOUND = 1 << 62
STARTS_PER_STEP = 3
PRICING_SHARE = 0.15


@dataclass(frozen=True)
class Market:
    """How far the search for good prices is.

    `best` are the prices (in whole units of 1 / SCALE) that prove `proven`, in the same units, once somebody was asked;
    `by_flow` is what the flow proves. `surplus` is what plans left over on average, `factor` how bold the next steps are,
    `waiting` for how many passes nothing has been gained. `goal` is a value known to be reached. `hint`: what the flow holds.
    """

    arrays: Arrays
    owners: Owners
    constant: int
    best: Whole
    by_flow: int
    proven: int
    surplus: Numbers
    factor: float = BOLD
    waiting: int = 0
    done: int = 0
    goal: int = 0
    hint: Hint | None = None

    @property
    def bound(self) -> int:
        """No schedule is worth more (all values are whole)."""
        return min(self.by_flow, self.proven // SCALE)

    @property
    def is_settled(self) -> bool:
        """Whether further steps would be too small to matter."""
        return self.factor <= TIMID or self.bound <= self.goal


def open_market(arrays: Arrays, investors: NDArray[np.bool_], constant: int) -> Market:
    """A market at the prices of the flow, or at none where there is no flow; with the bound of the flow.

    `constant` is the objective with nothing held, shortfall aside.
    """
    owners = build_owners(arrays, investors)
    nobody = np.diff(arrays.has_at) == 0
    constant -= int(arrays.prices[0]) * int(arrays.least[nobody].sum())
    flow = best_flow(arrays, owners)
    prices = _flat(nothing(arrays) if flow is None else flow.prices)
    missed = int(arrays.prices[0]) * int(arrays.least[owners.who[owners.counted == 1]].sum())
    by_flow = NO_BOUND // SCALE if flow is None else flow.gain + constant - missed
    hint = None if flow is None else flow.hint
    return Market(arrays, owners, constant, prices, by_flow, NO_BOUND, np.zeros(len(prices)), hint=hint)


def trade(market: Market, effort: Effort) -> Market:
    """Some passes of the volume algorithm; the same market with prices no worse. A step of the effort is one of a plan."""
    if market.is_settled or effort.spent(0, 0) >= 1:
        return market
    stall = _Stall(market.arrays, market.owners, market.constant)
    began, done = time.monotonic(), 0
    if market.proven >= NO_BOUND:
        market, done = _first_pass(market, stall), 1
    while not market.is_settled and effort.spent(done * stall.steps, time.monotonic() - began) < 1:
        market = _pass(market, stall)
        done += 1
    return market


def _first_pass(market: Market, stall: _Stall) -> Market:
    """Ask at the prices of the flow."""
    best = np.minimum(np.where(stall.priced, np.clip(market.best, 0, HIGHEST), 0), stall.highest)
    proven, surplus = stall.ask(best)
    return replace(market, best=best, proven=proven, surplus=surplus)


def _pass(market: Market, stall: _Stall) -> Market:
    """One step from the best prices along the average surplus, by Polyak's length, and what it teaches."""
    gap = max(1.0, market.proven / SCALE - market.goal)
    held = np.where((market.best <= 0) & (market.surplus > 0), 0.0, market.surplus)
    length = market.factor * gap / max(1e-9, _dot(held, held))
    asked = np.clip(np.round(market.best - SCALE * length * market.surplus), 0, HIGHEST).astype(np.int64)
    asked = np.minimum(np.where(stall.priced, asked, 0), stall.highest)
    proven, surplus = stall.ask(asked)
    change = surplus - market.surplus
    weight = float(np.clip(-_dot(market.surplus, change) / max(1e-9, _dot(change, change)), LEAST_WEIGHT, MOST_WEIGHT))
    average = market.surplus + weight * change
    agree = _dot(surplus, market.surplus) > 0
    if proven < market.proven:
        factor = min(BOLDEST, market.factor * 1.1) if agree else market.factor
        return replace(market, best=asked, proven=proven, surplus=average, factor=factor, waiting=0, done=market.done + 1)
    if market.waiting + 1 < PATIENCE:
        return replace(market, surplus=average, waiting=market.waiting + 1, done=market.done + 1)
    return replace(market, surplus=average, factor=market.factor * 0.7, waiting=0, done=market.done + 1)


def _dot(one: Numbers, other: Numbers) -> float:
    """The product of two rows, added up in an order that does not hang on how many threads there are."""
    return float(np.add.reduce(one * other))


class _Stall:
    """Asks everybody for his plan at given prices. Prices are one row of numbers here."""

    def __init__(self, arrays: Arrays, owners: Owners, constant: int) -> None:
        self._arrays = arrays
        self._owners = owners
        self._constant = constant
        self._room = build_room(arrays, owners)
        most = int(np.diff(owners.at).max(initial=1))
        self._worths = np.zeros((most, len(arrays.day)), dtype=np.int64)
        supply = supplies(arrays)
        self._shapes = [part.shape for part in supply]
        self._supply = _flat(supply)
        self._sign = _flat(nothing(arrays)._replace(relief=np.full(len(arrays.least), -2))) + 1
        self.priced = _flat(self._priced(supply)) > 0
        dearest = nothing(arrays)._replace(relief=np.full(len(arrays.least), arrays.prices[0] * SCALE))
        self.steps = max(1, int(np.bitwise_count(arrays.starts).sum()) // STARTS_PER_STEP)
        self.highest = np.where(_flat(dearest) > 0, _flat(dearest), HIGHEST)

    def _priced(self, supply: Prices) -> Prices:
        """Which rules have a price: those that owners do not see to themselves, and that can bind."""
        arrays = self._arrays
        other = np.ones(len(arrays.capacity), dtype=bool)
        other[self._owners.who] = False
        in_two = np.zeros(len(arrays.capacity), dtype=bool)
        in_two[self._owners.who[self._owners.counted == 0]] = True
        foreign = (other | in_two)[:, None]
        return Prices(
            party=(foreign & (supply.party < UNLIMITED)).astype(np.int64),
            venue=(supply.venue < UNLIMITED).astype(np.int64),
            pool=np.ones_like(supply.pool),
            limit=(foreign[:, 0] & (supply.limit < UNLIMITED)).astype(np.int64),
            limit_a_day=(foreign & (supply.limit_a_day < UNLIMITED)).astype(np.int64),
            relief=(foreign[:, 0] & (supply.relief > 0) & (np.diff(arrays.has_at) > 0) & (arrays.prices[0] > 0)).astype(np.int64),
            once=np.ones_like(supply.once),
        )

    def ask(self, row: Whole) -> tuple[int, Numbers]:
        """The bound at these prices, in units of 1 / SCALE, and what the plans leave of every supply.

        Where whole numbers could not carry it exactly the bound is the largest there is, which says nothing.
        """
        prices, use = self._prices(row), nothing(self._arrays)
        total = plan_at(self._arrays, self._owners, self._room, prices, use, self._worths, 0, len(self._owners.who), SCALE)
        total += plan_ownerless(self._arrays, self._owners, prices, use, self._worths, SCALE)
        paid = row.astype(np.float64) * self._supply
        exact = np.abs(paid).sum() < LARGEST_EXACT
        total = int(total) + int((row * self._supply * self._sign).sum()) + self._constant * SCALE if exact else NO_BOUND
        return total, np.where(self.priced, (self._supply - _flat(use)) * self._sign, 0).astype(np.float64)

    def _prices(self, row: Whole) -> Prices:
        sizes = np.cumsum([int(np.prod(shape)) for shape in self._shapes])[:-1]
        parts = np.split(row, sizes)
        return Prices(*(np.ascontiguousarray(part.reshape(shape)) for part, shape in zip(parts, self._shapes, strict=True)))


def _flat(prices: Prices) -> Whole:
    return np.concatenate([np.ravel(part) for part in prices]).astype(np.int64)


class Pricing:
    """The market beside a search: opened first, then traded on in every round, here or by a worker.

    `constant` is what the objective is with nothing held, shortfall aside. `exact`: every answer is waited for, so that the
    same rounds always see the same prices.
    """

    def __init__(
        self, arrays: Arrays, investors: NDArray[np.bool_], constant: int, executor: Executor | None, *, exact: bool
    ) -> None:
        self.constant = constant
        self._arrays = arrays
        self._investors = investors
        self._executor = executor
        self._market: Market | None = None
        self._waiting: Future[Market] | None = None
        self._exact = exact

    @property
    def bound(self) -> int | None:
        """No schedule is worth more."""
        return self._market.bound if self._market else None

    def open(self) -> None:
        """Let a worker begin, where there is one."""
        if self._executor is not None:
            self.begin(Effort(steps=0), goal=0)

    def first(self, seconds: float) -> Hint | None:
        """What the flow holds, as soon as that is known, but no later than this where the clock decides."""
        if self._market is None and self._waiting is None:
            self.begin(Effort(steps=0), goal=0)
        if self._exact:
            self.collect()
        elif self._waiting is not None:
            with suppress(TimeoutError):
                self._market, self._waiting = self._waiting.result(max(0.0, seconds)), None
        return self.hint()

    def hint(self) -> Hint | None:
        """What the flow holds, told once."""
        if self._market is None or self._market.hint is None:
            return None
        hint, self._market = self._market.hint, replace(self._market, hint=None)
        return hint

    def begin(self, effort: Effort, *, goal: int) -> None:
        """Let a worker go on where it is not at it still; without workers go on here."""
        if self._waiting is not None:
            return
        if self._market is None:
            task: tuple[Any, ...] = (open_market, self._arrays, self._investors, self.constant)
        else:
            self._market = replace(self._market, goal=goal)
            if self._market.is_settled:
                return
            task = (trade, replace(self._market, hint=None), effort)
        if self._executor is None:
            self._market = task[0](*task[1:])
        else:
            self._waiting = self._executor.submit(*task)

    def collect(self) -> None:
        """Take what the worker has found."""
        if self._waiting is not None and (self._exact or self._waiting.done()):
            self._market, self._waiting = self._waiting.result(), None

    def finish(self, seconds: float) -> None:
        """Take the last answer; where the clock decides it is waited for no longer than this."""
        if self._exact:
            if self._market is None and self._waiting is None:  # with and without a worker there is a first bound
                self.begin(Effort(steps=0), goal=0)
            self.collect()
        elif self._waiting is not None:
            with suppress(TimeoutError):
                self._market = self._waiting.result(max(0.0, seconds))
            self._waiting = None
