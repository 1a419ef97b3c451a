"""First prices, and a first bound, by a flow of least cost that leaves travel, idle time and limits by day out.

Source, owner, candidate, the other party in a period, the venue in a period, sink; a unit is a meeting, by its first slot.
What an arc of the flow is worth at the margin (its dual) is where the prices of `pricing.py` start.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python import min_cost_flow

from matchmaker.scheduling.arrays import UNLIMITED, Arrays, Masks, Small, Whole
from matchmaker.scheduling.compiled import compiled
from matchmaker.scheduling.itineraries import Owners
from matchmaker.scheduling.prices import SCALE, Hint, Prices, nothing

MOST_SWEEPS = 400
CUT_WHERE_ONE_IN = 20
ONE = np.uint64(1)


@dataclass
class _Arcs:
    """Arcs in columns, collected piece by piece."""

    pieces: list[tuple[Whole, Whole, Whole, Whole]]

    def add(self, tail: object, head: object, room: object, gain: object = 0) -> slice:
        columns = np.broadcast_arrays(*(np.asarray(each, dtype=np.int64) for each in (tail, head, room, gain)))
        begin = sum(len(piece[0]) for piece in self.pieces)
        tails, heads, rooms, gains = (np.ravel(column) for column in columns)
        self.pieces.append((tails, heads, rooms, gains))
        return slice(begin, begin + columns[0].size)

    def columns(self) -> tuple[Whole, ...]:
        return tuple(np.concatenate([piece[k] for piece in self.pieces]) for k in range(4))


@dataclass(frozen=True)
class Flow:
    """What the best flow gains, which no schedule gains more than, and prices at which the bound is usually no worse.

    `gain` is counted from nothing held and every minimum of a counted owner missed; other shortfalls are left out.
    """

    gain: int
    prices: Prices
    hint: Hint


@dataclass(frozen=True)
class _Places:
    """Where meetings take up room: first the parties `met`, then the venues, each in every period.

    `place` of each candidate: the other party's, or its venue's where there is none. `open_at`, `open_venues`: masks by day.
    """

    other: Whole
    met: Whole
    place: Whole
    open_at: Masks
    open_venues: Masks
    periods: Periods

    def room(self, open_at: Masks) -> Whole:
        """How many slots each row of masks has open in each period."""
        return np.asarray(np.bitwise_count(open_at[:, self.periods.day] & self.periods.mask), dtype=np.int64)


def _places(arrays: Arrays, owners: Owners) -> _Places:
    other = _other_party(arrays, owners)
    met, at = np.unique(other[other >= 0], return_inverse=True)
    place = arrays.venue.astype(np.int64) + len(met)
    place[other >= 0] = at
    open_at = _open_at(arrays, place, len(met) + len(arrays.tables))
    open_venues = _open_at(arrays, arrays.venue, len(arrays.tables))
    return _Places(other, met, place, open_at, open_venues, build_periods(arrays, open_at))


class _Nodes:
    """The numbers of the nodes: source and sink, owners, candidates, places by period, ways out of the parties by period."""

    source, sink, owners = 0, 1, 2

    def __init__(self, arrays: Arrays, owners: Owners, places: _Places) -> None:
        self.periods = len(places.periods.day)
        self.candidates = self.owners + len(owners.who)
        self.places = self.candidates + len(arrays.venue)
        self.venues = self.places + len(places.met) * self.periods
        self.ways_out = self.venues + len(arrays.tables) * self.periods
        self.count = self.ways_out + len(places.met) * self.periods

    def by_period(self, begin: int, which: Whole) -> Whole:
        """The nodes of some places in every period, row by row."""
        return begin + which[:, None] * self.periods + np.arange(self.periods)


def best_flow(arrays: Arrays, owners: Owners) -> Flow | None:
    """None where the solver cannot tell."""
    places = _places(arrays, owners)
    nodes, arcs = _Nodes(arrays, owners, places), _Arcs([])
    most = _most_meetings(arrays, owners)
    once = _add_owners(arcs, nodes, arrays, owners, most)
    held, candidates, period = _add_candidates(arcs, nodes, arrays, places)
    party, venue = _add_places(arcs, nodes, arrays, places)
    supply = int(most.sum()) + len(owners.free)
    arcs.add(nodes.source, nodes.sink, supply)
    solved = _solved(arcs, supply, nodes.count)
    if solved is None:
        return None
    gain, dual, flow = solved
    prices, periods, met = nothing(arrays), places.periods, places.met
    prices.once[owners.mine] = dual[once] * SCALE
    by_party = dual[party].reshape(len(met), nodes.periods)
    prices.party[met] = _by_slot(arrays, periods, by_party, places.open_at[: len(met)]) * SCALE
    by_venue = np.where(arrays.tables[:, None] < UNLIMITED, dual[venue].reshape(-1, nodes.periods), 0)
    prices.venue[:] = _by_slot(arrays, periods, by_venue, places.open_venues) * SCALE
    chosen = flow[held] > 0
    of = period[chosen]
    return Flow(gain, prices, Hint(candidates[chosen].astype(np.int32), periods.day[of], periods.mask[of]))


def _add_owners(arcs: _Arcs, nodes: _Nodes, arrays: Arrays, owners: Owners, most: Whole) -> slice:
    """From the source to owners and on to their candidates; tells the arcs that say that each is held once."""
    relieved = np.where(owners.counted == 1, np.minimum(arrays.least[owners.who], most), 0)
    those = nodes.owners + np.arange(len(owners.who))
    arcs.add(nodes.source, those, relieved, arrays.prices[0])
    arcs.add(nodes.source, those, most - relieved)
    once = arcs.add(np.repeat(those, np.diff(owners.at)), nodes.candidates + owners.mine, 1)
    arcs.add(nodes.source, nodes.candidates + owners.free, 1)
    return once


def _add_candidates(arcs: _Arcs, nodes: _Nodes, arrays: Arrays, places: _Places) -> tuple[slice, Whole, Whole]:
    """To every period that has a first slot of the candidate, never full: that it is held once is said before.

    Tells the arcs, and the candidate and the period of each; there is one more for what people were told.
    """
    periods = places.periods
    c, period = np.nonzero(arrays.starts[:, periods.day] & periods.mask)
    kept = np.flatnonzero(_may_stay(arrays))
    candidates = np.concatenate([c, kept])
    period = np.concatenate([period, periods.of[arrays.told[kept]]])
    worth = np.concatenate([arrays.base[c], arrays.base[kept] + arrays.stay[kept]])
    heads = nodes.places + places.place[candidates] * nodes.periods + period
    return arcs.add(nodes.candidates + candidates, heads, 2, worth), candidates, period


def _add_places(arcs: _Arcs, nodes: _Nodes, arrays: Arrays, places: _Places) -> tuple[slice, slice]:
    """From the parties to their venues and to the sink; tells the arcs that say how much room each party and venue has."""
    n, met = len(arrays.venue), places.met
    rank = np.arange(len(met))
    into, out = nodes.by_period(nodes.places, rank), nodes.by_period(nodes.ways_out, rank)
    party = arcs.add(into, out, places.room(places.open_at[: len(met)]) * arrays.capacity[met][:, None])
    somebody = places.other >= 0
    pairs = np.unique(np.stack([places.place[somebody], arrays.venue[somebody]], axis=1), axis=0)
    arcs.add(nodes.by_period(nodes.ways_out, pairs[:, 0]), nodes.by_period(nodes.venues, pairs[:, 1]), n + 1)
    tables = places.room(places.open_venues) * np.minimum(arrays.tables, n)[:, None]
    venue = arcs.add(nodes.by_period(nodes.venues, np.arange(len(arrays.tables))), nodes.sink, tables)
    return party, venue


@dataclass(frozen=True)
class Periods:
    """Slots of one day in a row, which the flow does not tell apart: `day` and `mask` of each, and the period `of` each slot."""

    day: Small
    mask: Masks
    of: Small


def build_periods(arrays: Arrays, open_at: Masks) -> Periods:
    """A period ends with its day, and where more than a few of the open places (rows of masks by day) close or others open.

    That loses hardly anything where hosts come for half-days, as they do, and leaves a flow of a fifth of the size.
    """
    bits = (open_at[:, arrays.day] >> arrays.within.astype(np.uint64)) & ONE
    either = (bits[:, 1:] | bits[:, :-1]).sum(axis=0)
    changing = (bits[:, 1:] != bits[:, :-1]).sum(axis=0) * CUT_WHERE_ONE_IN > either
    new = np.concatenate([[True], changing | (arrays.day[1:] != arrays.day[:-1])])
    of = np.cumsum(new) - 1
    mask = np.zeros(of[-1] + 1, dtype=np.uint64)
    np.bitwise_or.at(mask, of, ONE << arrays.within.astype(np.uint64))
    return Periods(arrays.day[new], mask, of.astype(np.int32))


def _open_at(arrays: Arrays, place: Small | Whole, count: int) -> Masks:
    """By place and day, the first slots that any candidate there could have."""
    found = np.zeros((count, len(arrays.first)), dtype=np.uint64)
    np.bitwise_or.at(found, place, arrays.starts)
    return found


def _by_slot(arrays: Arrays, periods: Periods, by_period: Whole, open_at: Masks) -> Whole:
    """The price of a period in each of its slots that is open at all."""
    is_open = (open_at[:, arrays.day] >> arrays.within.astype(np.uint64)) & ONE == ONE
    return np.where(is_open, by_period[:, periods.of], 0)


def _most_meetings(arrays: Arrays, owners: Owners) -> Whole:
    """More meetings than these no owner can plan. That each candidate is held once in all is left to its own price."""
    most = arrays.most[owners.who].astype(np.int64)
    for k, who in enumerate(owners.who):
        mine = arrays.starts[owners.mine[owners.at[k] : owners.at[k + 1]]]
        slots = np.bitwise_count(np.bitwise_or.reduce(mine, axis=0))
        candidates = (mine != 0).sum(axis=0)
        most[k] = min(most[k], int(np.minimum(np.minimum(slots, candidates), arrays.most_a_day[who]).sum()))
    return most


def _may_stay(arrays: Arrays) -> NDArray[np.bool_]:
    """Which candidates could be where people were told that they are."""
    told = np.maximum(arrays.told, 0)
    mine = arrays.starts[np.arange(len(told)), arrays.day[told]]
    return np.asarray((arrays.told >= 0) & ((mine >> arrays.within[told].astype(np.uint64)) & ONE == 1))


def _other_party(arrays: Arrays, owners: Owners) -> NDArray[np.int64]:
    """For each candidate a party that is not its owner, the scarcest, or −1."""
    owner = np.full(len(arrays.venue), -1, dtype=np.int64)
    owner[owners.mine] = np.repeat(owners.who, np.diff(owners.at))
    demand = np.diff(arrays.has_at) / np.maximum(1, arrays.capacity)
    scarce = np.lexsort((-np.arange(len(demand)), demand))  # the scarcest last, of equals the first one
    rank = np.empty(len(scarce), dtype=np.int64)
    rank[scarce] = np.arange(len(scarce))
    of = np.repeat(np.arange(len(owner)), np.diff(arrays.party_at))
    others = arrays.party != owner[of]
    found = np.full(len(owner), -1, dtype=np.int64)
    np.maximum.at(found, of[others], rank[arrays.party[others]])
    return np.where(found >= 0, scarce[found], -1)


def _solved(arcs: _Arcs, supply: int, nodes: int) -> tuple[int, Whole, Whole] | None:
    """The most that a flow gains, what one more unit of room on each arc would be worth, and the flow."""
    tail, head, room, gain = arcs.columns()
    if not supply:
        return 0, np.zeros(len(tail), dtype=np.int64), np.zeros(len(tail), dtype=np.int64)
    solver = min_cost_flow.SimpleMinCostFlow()
    every = solver.add_arcs_with_capacity_and_unit_cost(tail, head, room, -gain)
    solver.set_node_supply(0, supply)
    solver.set_node_supply(1, -supply)
    if solver.solve() != solver.OPTIMAL:
        return None
    flow = np.asarray(solver.flows(every), dtype=np.int64)
    height = np.zeros(nodes, dtype=np.int64)
    _settle(tail, head, room, -gain, flow, height)
    saving = height[head] - height[tail] + gain
    return int((flow * gain).sum()), np.where((flow >= room) & (room > 0), np.maximum(0, saving), 0), flow


@compiled
def _settle(tail: Whole, head: Whole, room: Whole, cost: Whole, flow: Whole, height: Whole) -> None:
    """Least distances in what the flow leaves over (Bellman and Ford, sweeping there and back)."""
    for sweep in range(MOST_SWEEPS):
        changed = False
        for k in range(len(tail)):
            a = k if sweep % 2 == 0 else len(tail) - 1 - k
            t, h = tail[a], head[a]
            if flow[a] < room[a] and height[t] + cost[a] < height[h]:
                height[h] = height[t] + cost[a]
                changed = True
            if flow[a] > 0 and height[h] - cost[a] < height[t]:
                height[t] = height[h] - cost[a]
                changed = True
        if not changed:
            break
