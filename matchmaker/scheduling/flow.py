"""First prices, and a first bound, by a flow of least cost that leaves travel, idle time and limits by day out.

Source, owner, candidate, the other party in a slot, the venue in a slot, sink; a unit is a meeting, in its first slot.
What an arc of the flow is worth at the margin (its dual) is where the prices of `pricing.py` start.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python import min_cost_flow

from matchmaker.scheduling.arrays import UNLIMITED, Arrays, Whole
from matchmaker.scheduling.compiled import compiled
from matchmaker.scheduling.itineraries import Owners
from matchmaker.scheduling.prices import SCALE, Prices, nothing

MOST_SWEEPS = 400
UNREACHED = 1 << 60


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


def best_flow(arrays: Arrays, owners: Owners) -> Flow | None:
    """None where the solver cannot tell."""
    n, slots, venues = len(arrays.venue), len(arrays.day), len(arrays.tables)
    other = _other_party(arrays, owners)
    met, at = np.unique(other, return_inverse=True)
    source, sink, owner_at, cand_at = 0, 1, 2, 2 + len(owners.who)
    into_at = cand_at + n
    out_at = into_at + len(met) * slots
    venue_at = out_at + len(met) * slots
    arcs = _Arcs([])
    every_slot = np.arange(slots)

    most = _most_meetings(arrays, owners)
    relieved = np.where(owners.counted == 1, np.minimum(arrays.least[owners.who], most), 0)
    owner_nodes = owner_at + np.arange(len(owners.who))
    arcs.add(source, owner_nodes, relieved, arrays.prices[0])
    arcs.add(source, owner_nodes, most - relieved)
    tail = np.repeat(owner_nodes, np.diff(owners.at))
    once = arcs.add(tail, cand_at + owners.mine, 1)
    arcs.add(source, cand_at + owners.free, 1)

    place_at = np.where(other >= 0, into_at + at * slots, venue_at + arrays.venue * slots)
    c, first = _starts(arrays)
    worth = arrays.base[c] + np.where(arrays.told[c] == first, arrays.stay[c], 0)
    arcs.add(cand_at + c, place_at[c] + first, 2, worth)  # never full: that a candidate is held once is said before
    somebody = np.flatnonzero(met >= 0)
    into = (somebody[:, None] * slots + every_slot[None, :]).ravel()
    party = arcs.add(into_at + into, out_at + into, np.repeat(arrays.capacity[met[somebody]], slots))
    pairs = np.unique(np.stack([at[other >= 0], arrays.venue[other >= 0]], axis=1), axis=0)
    if len(pairs):
        arcs.add(
            (out_at + pairs[:, :1] * slots + every_slot).ravel(),
            (venue_at + pairs[:, 1:] * slots + every_slot).ravel(),
            n + 1,
        )
    tables = np.repeat(np.minimum(arrays.tables, n), slots)
    venue = arcs.add(venue_at + np.arange(venues * slots), sink, tables)
    supply = int(most.sum()) + len(owners.free)
    arcs.add(source, sink, supply)
    solved = _solved(arcs, supply, venue_at + venues * slots)
    if solved is None:
        return None
    gain, dual = solved
    prices = nothing(arrays)
    prices.once[owners.mine] = dual[once] * SCALE
    prices.party[met[somebody]] = dual[party].reshape(len(somebody), slots) * SCALE
    prices.venue[:] = np.where(arrays.tables[:, None] < UNLIMITED, dual[venue].reshape(venues, slots), 0) * SCALE
    return Flow(gain, prices)


def _most_meetings(arrays: Arrays, owners: Owners) -> Whole:
    """More meetings than these no owner can plan. That each candidate is held once in all is left to its own price."""
    most = arrays.most[owners.who].astype(np.int64)
    for k, who in enumerate(owners.who):
        mine = arrays.starts[owners.mine[owners.at[k] : owners.at[k + 1]]]
        slots = np.bitwise_count(np.bitwise_or.reduce(mine, axis=0))
        candidates = (mine != 0).sum(axis=0)
        most[k] = min(most[k], int(np.minimum(np.minimum(slots, candidates), arrays.most_a_day[who]).sum()))
    return most


def _starts(arrays: Arrays) -> tuple[Whole, Whole]:
    """Every candidate with every first slot it could have."""
    bits = (arrays.starts[:, arrays.day] >> arrays.within.astype(np.uint64)[None, :]) & np.uint64(1)
    c, first = np.nonzero(bits)
    return c.astype(np.int64), first.astype(np.int64)


def _other_party(arrays: Arrays, owners: Owners) -> NDArray[np.int64]:
    """For each candidate a party that is not its owner, the scarcest, or −1."""
    owner = np.full(len(arrays.venue), -1, dtype=np.int64)
    owner[owners.mine] = np.repeat(owners.who, np.diff(owners.at))
    found = np.full(len(arrays.venue), -1, dtype=np.int64)
    demand = np.diff(arrays.has_at) / np.maximum(1, arrays.capacity)
    for c in range(len(found)):
        others = [who for who in arrays.party[arrays.party_at[c] : arrays.party_at[c + 1]] if who != owner[c]]
        if others:
            found[c] = max(others, key=lambda who: (demand[who], -who))
    return found


def _solved(arcs: _Arcs, supply: int, nodes: int) -> tuple[int, Whole] | None:
    """The most that a flow gains, and what one more unit of room on each arc would be worth."""
    tail, head, room, gain = arcs.columns()
    if not supply:
        return 0, np.zeros(len(tail), dtype=np.int64)
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
    return int((flow * gain).sum()), np.where((flow >= room) & (room > 0), np.maximum(0, saving), 0)


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
