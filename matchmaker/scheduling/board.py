"""A schedule under change, compiled: meetings are placed and taken out, and every count stays true.

The rules are those of check.py, against which tests/scheduling/test_board.py holds them. What `after` asks, and that
some meetings have to be held, is not known here: such candidates are placed by others and never touched (`Arrays.fixed`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matchmaker.scheduling.arrays import NOWHERE, Arrays, Masks, Small
from matchmaker.scheduling.compiled import compiled, count_of_bits, lowest_place

ONE = np.uint64(1)
NONE = np.uint64(0)


class Board(NamedTuple):
    """What is placed, and what that leaves open.

    `slot` of each candidate or −1; `load` in each slot of participants, venues and pools; masks by day of the slots
    that are closed and (participants) busy; meetings `in_all` and `today`, by day; the meetings of each
    participant by day (`meets`), and of each venue and pool by slot (`at_venue`, `in_pool`).
    """

    slot: Small
    load: Small
    venue_load: Small
    pool_load: Small
    closed: Masks
    busy: Masks
    venue_closed: Masks
    pool_closed: Masks
    in_all: Small
    today: Small
    meets: Small
    at_venue: Small
    in_pool: Small


def empty_board(arrays: Arrays) -> Board:
    """A board without meetings."""
    people, days = arrays.available.shape
    slots, venues, pools = len(arrays.day), len(arrays.tables), len(arrays.pool_room)
    longest_day = int((arrays.last - arrays.first).max())
    at_once = np.minimum(arrays.capacity, np.diff(arrays.has_at))
    here = np.minimum(arrays.tables, np.bincount(arrays.venue, minlength=venues))
    pooled = np.minimum(arrays.pool_room.max(axis=1), np.bincount(arrays.pool[arrays.pool >= 0], minlength=pools))
    return Board(
        slot=np.full(len(arrays.venue), NOWHERE, dtype=np.int32),
        load=np.zeros((people, slots), dtype=np.int32),
        venue_load=np.zeros((venues, slots), dtype=np.int32),
        pool_load=np.zeros((pools, slots), dtype=np.int32),
        closed=_never(arrays, np.repeat(arrays.capacity[:, None], slots, axis=1)) | ~arrays.available,
        busy=np.zeros((people, days), dtype=np.uint64),
        venue_closed=_never(arrays, np.repeat(arrays.tables[:, None], slots, axis=1)),
        pool_closed=_never(arrays, arrays.pool_room),
        in_all=np.zeros(people, dtype=np.int32),
        today=np.zeros((people, days), dtype=np.int32),
        meets=np.zeros((people, days, max(1, longest_day * int(at_once.max()))), dtype=np.int32),
        at_venue=np.zeros((venues, slots, max(1, int(here.max()))), dtype=np.int32),
        in_pool=np.zeros((pools, slots, max(1, int(pooled.max()))), dtype=np.int32),
    )


def _never(arrays: Arrays, room: NDArray[np.int32]) -> Masks:
    """By day, the slots that have no room at all."""
    closed = np.zeros((len(room), len(arrays.first)), dtype=np.uint64)
    for s, day in enumerate(arrays.day):
        closed[:, day] |= np.where(room[:, s] <= 0, ONE << np.uint64(arrays.within[s]), NONE)
    return closed


def board_with(arrays: Arrays, slots: Small) -> Board:
    """The board that holds these meetings: a first slot for each candidate, or −1."""
    board = empty_board(arrays)
    _place_all(arrays, board, slots.astype(np.int32))
    return board


@compiled
def _place_all(arrays: Arrays, board: Board, slots: Small) -> None:
    for c in range(len(slots)):
        if slots[c] >= 0:
            place(arrays, board, c, slots[c])


# Steps.


@compiled
def place(arrays: Arrays, board: Board, c: int, first: int) -> None:
    """Hold a candidate that is not held, from this slot on; whether it may be is asked elsewhere."""
    _step(arrays, board, c, first, 1)
    board.slot[c] = first


@compiled
def take_out(arrays: Arrays, board: Board, c: int) -> int:
    """Hold a candidate no more; tells the slot it had."""
    first = board.slot[c]
    _step(arrays, board, c, first, -1)
    board.slot[c] = NOWHERE
    return first


@compiled
def _step(arrays: Arrays, board: Board, c: int, first: int, way: int) -> None:
    day, length = arrays.day[first], arrays.length[c]
    venue, pool = arrays.venue[c], arrays.pool[c]
    for s in range(first, first + length):
        bit = ONE << np.uint64(arrays.within[s])
        _listed(board.at_venue, venue, s, board.venue_load[venue, s], c, way)
        board.venue_load[venue, s] += way
        if board.venue_load[venue, s] >= arrays.tables[venue]:
            board.venue_closed[venue, day] |= bit
        else:
            board.venue_closed[venue, day] &= ~bit
        if pool >= 0:
            _listed(board.in_pool, pool, s, board.pool_load[pool, s], c, way)
            board.pool_load[pool, s] += way
            if board.pool_load[pool, s] >= arrays.pool_room[pool, s]:
                board.pool_closed[pool, day] |= bit
            else:
                board.pool_closed[pool, day] &= ~bit
    for k in range(arrays.party_at[c], arrays.party_at[c + 1]):
        _step_of_party(arrays, board, arrays.party[k], c, first, way)


@compiled
def _step_of_party(arrays: Arrays, board: Board, who: int, c: int, first: int, way: int) -> None:
    day = arrays.day[first]
    for s in range(first, first + arrays.length[c]):
        bit = ONE << np.uint64(arrays.within[s])
        board.load[who, s] += way
        if board.load[who, s] > 0:
            board.busy[who, day] |= bit
        else:
            board.busy[who, day] &= ~bit
        if board.load[who, s] >= arrays.capacity[who] or not arrays.available[who, day] & bit:
            board.closed[who, day] |= bit
        else:
            board.closed[who, day] &= ~bit
    _listed(board.meets, who, day, board.today[who, day], c, way)
    board.in_all[who] += way
    board.today[who, day] += way


@compiled
def _listed(lists: Small, i: int, j: int, count: int, c: int, way: int) -> None:
    """Write a candidate behind a list's entries, or take it out and let the last one take its place."""
    if way > 0:
        lists[i, j, count] = c
        return
    for k in range(count):
        if lists[i, j, k] == c:
            lists[i, j, k] = lists[i, j, count - 1]
            return


# What is open.


@compiled
def barred(arrays: Arrays, board: Board, who: int, venue: int, day: int) -> np.uint64:
    """The slots of a day in which someone cannot be at a venue because of meetings elsewhere."""
    mask = NONE
    if arrays.mover[who] >= 0:
        for k in range(board.today[who, day]):
            other = board.meets[who, day, k]
            here = arrays.venue[other]
            if here != venue:
                first = board.slot[other]
                mask |= reach(arrays, here, venue, first, arrays.length[other])
    return mask


@compiled
def reach(arrays: Arrays, here: int, there: int, first: int, length: int) -> np.uint64:
    """The slots in which nobody can be at the one venue who is at the other from this slot on for so many."""
    mask = arrays.before[here, there, first] | arrays.after[here, there, first + length - 1]
    for s in range(first + 1, first + length - 1):
        mask |= ONE << np.uint64(arrays.within[s])
    return mask


@compiled
def open_starts(arrays: Arrays, board: Board, c: int, day: int) -> np.uint64:
    """The first slots of a day from which a candidate that is not held could be."""
    starts = arrays.starts[c, day]
    if not starts:
        return starts
    venue, pool = arrays.venue[c], arrays.pool[c]
    taken = board.venue_closed[venue, day]
    if pool >= 0:
        taken |= board.pool_closed[pool, day]
    for k in range(arrays.party_at[c], arrays.party_at[c + 1]):
        who = arrays.party[k]
        if board.today[who, day] >= arrays.most_a_day[who] or board.in_all[who] >= arrays.most[who]:
            return NONE
        taken |= board.closed[who, day]
    if not starts & ~taken:
        return NONE
    for k in range(arrays.party_at[c], arrays.party_at[c + 1]):
        taken |= barred(arrays, board, arrays.party[k], venue, day)
    return starts & _in_a_row(~taken, arrays.length[c])


@compiled
def _in_a_row(free: np.uint64, length: int) -> np.uint64:
    found = free
    for k in range(1, length):
        found &= free >> np.uint64(k)
    return found


# What it is worth.


@compiled
def worth(arrays: Arrays, c: int, first: int) -> int:
    """What a placement adds to the objective, counted from a schedule that drops every booking."""
    return arrays.base[c] + (arrays.stay[c] if arrays.told[c] == first else 0)


@compiled
def gain(arrays: Arrays, board: Board, c: int, first: int) -> int:
    """What placing the candidate there would add to the objective."""
    total = worth(arrays, c, first)
    day = arrays.day[first]
    mask = ((ONE << np.uint64(arrays.length[c])) - ONE) << np.uint64(arrays.within[first])
    for k in range(arrays.party_at[c], arrays.party_at[c + 1]):
        who = arrays.party[k]
        if board.in_all[who] < arrays.least[who]:
            total += arrays.prices[0]
        if arrays.compact[who] and (arrays.prices[1] or arrays.prices[2]):
            busy = board.busy[who, day]
            total -= price_of_idle(arrays, busy | mask) - price_of_idle(arrays, busy)
    return total


@compiled
def price_of_idle(arrays: Arrays, busy: np.uint64) -> int:
    """What the idle time of a day costs, given its busy slots."""
    if not busy:
        return 0
    if not arrays.prices[2]:
        span = highest_place(busy) - lowest_place(busy) + 1
        return arrays.prices[1] * (span - count_of_bits(busy))
    runs = count_of_bits(busy & ~(busy << ONE))
    span = highest_place(busy) - lowest_place(busy) + 1
    return arrays.prices[1] * (span - count_of_bits(busy)) + arrays.prices[2] * (runs - 1)


@compiled
def highest_place(mask: np.uint64) -> int:
    """The place of the last slot of a set that is not empty."""
    place_of_it = 0
    for step in (32, 16, 8, 4, 2, 1):
        if mask >> np.uint64(step):
            mask >>= np.uint64(step)
            place_of_it += step
    return place_of_it


@compiled
def value_on(arrays: Arrays, board: Board) -> int:
    """The objective, but for the price of dropping every booking."""
    total = np.int64(0)
    for c in range(len(board.slot)):
        if board.slot[c] >= 0:
            total += worth(arrays, c, board.slot[c])
    for who in range(len(board.in_all)):
        total -= arrays.prices[0] * max(0, arrays.least[who] - board.in_all[who])
        if arrays.compact[who]:
            for day in range(len(arrays.first)):
                total -= price_of_idle(arrays, board.busy[who, day])
    return total
