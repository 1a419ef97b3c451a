"""What everybody would plan at given prices, compiled: the answer that a bound is made of."""

from __future__ import annotations

import numpy as np

from matchmaker.scheduling.arrays import Arrays, Whole
from matchmaker.scheduling.compiled import compiled, lowest_place
from matchmaker.scheduling.itineraries import Owners, Room, best_days
from matchmaker.scheduling.prices import Prices

ONE = np.uint64(1)


@compiled
def plan_at(
    arrays: Arrays, owners: Owners, room: Room, prices: Prices, use: Prices, worths: Whole, begin: int, end: int, scale: int
) -> int:
    """What the owners from `begin` to `end` would plan at these prices, and what that uses; in units of 1 / scale."""
    total = np.int64(0)
    for k in range(begin, end):
        for i in range(owners.at[k], owners.at[k + 1]):
            _worths(arrays, prices, owners.mine[i], scale, worths, i - owners.at[k])
        value, count = best_days(arrays, owners, room, k, worths, scale)
        total += value
        for m in range(count):
            _use(arrays, use, owners.mine[owners.at[k] + room.held[m]], room.held_slot[m])
    return total


@compiled
def plan_ownerless(arrays: Arrays, owners: Owners, prices: Prices, use: Prices, worths: Whole, scale: int) -> int:
    """What candidates without an owner bring: each goes where it is worth most."""
    total = np.int64(0)
    for c in owners.free:
        _worths(arrays, prices, c, scale, worths, 0)
        top, found = 0, -1
        for day in range(len(arrays.first)):
            starts = arrays.starts[c, day]
            while starts:
                slot = arrays.first[day] + lowest_place(starts)
                starts &= starts - ONE
                if worths[0, slot] > top:
                    top, found = worths[0, slot], slot
        if found >= 0:
            total += top
            _use(arrays, use, c, found)
    return total


@compiled
def _worths(arrays: Arrays, prices: Prices, c: int, scale: int, out: Whole, row: int) -> None:
    """What a candidate is worth from each first slot, its prices taken off.

    An owner pays as everybody does: he has prices only where some of his meetings belong to another owner.
    """
    always = arrays.base[c] * scale - prices.once[c]
    for k in range(arrays.party_at[c], arrays.party_at[c + 1]):
        always += prices.relief[arrays.party[k]] - prices.limit[arrays.party[k]]
    for day in range(len(arrays.first)):
        today = always
        for k in range(arrays.party_at[c], arrays.party_at[c + 1]):
            today -= prices.limit_a_day[arrays.party[k], day]
        starts = arrays.starts[c, day]
        while starts:
            first = arrays.first[day] + lowest_place(starts)
            starts &= starts - ONE
            stays = arrays.stay[c] * scale if arrays.told[c] == first else 0
            out[row, first] = today + stays - _price_of_room(arrays, prices, c, first)


@compiled
def _price_of_room(arrays: Arrays, prices: Prices, c: int, first: int) -> int:
    """What the table, the pool and the parties cost in the slots of a meeting."""
    price = np.int64(0)
    for s in range(first, first + arrays.length[c]):
        price += prices.venue[arrays.venue[c], s]
        if arrays.pool[c] >= 0:
            price += prices.pool[arrays.pool[c], s]
        for k in range(arrays.party_at[c], arrays.party_at[c + 1]):
            price += prices.party[arrays.party[k], s]
    return price


@compiled
def _use(arrays: Arrays, use: Prices, c: int, first: int) -> None:
    """Count what a meeting takes of everything."""
    venue, pool, day = arrays.venue[c], arrays.pool[c], arrays.day[first]
    use.once[c] += 1
    for s in range(first, first + arrays.length[c]):
        use.venue[venue, s] += 1
        if pool >= 0:
            use.pool[pool, s] += 1
    for k in range(arrays.party_at[c], arrays.party_at[c + 1]):
        who = arrays.party[k]
        use.limit[who] += 1
        use.limit_a_day[who, day] += 1
        use.relief[who] += 1
        for s in range(first, first + arrays.length[c]):
            use.party[who, s] += 1
