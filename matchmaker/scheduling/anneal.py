"""Simulated annealing with ejections, compiled: a meeting goes where it wants to be, what is in its way goes elsewhere.

Kirkpatrick, Gelatt and Vecchi, Optimization by Simulated Annealing (1983); ejections after Glover (1996).
"""

from __future__ import annotations

import numpy as np

from matchmaker.scheduling.arrays import NOWHERE, Arrays, Masks, Small, Whole
from matchmaker.scheduling.board import Board, gain, open_starts, place, price_of_idle, reach, take_out
from matchmaker.scheduling.compiled import compiled, lowest_place

ONE = np.uint64(1)
NONE = np.uint64(0)
MOST_EJECTED = 6
ONE_LEAVES_IN = 32
MOST_STEPS_BACK = 2 * MOST_EJECTED + 4
IMPOSSIBLE = -(1 << 60)


@compiled
def random_number(rng: Masks) -> np.uint64:
    """The next of a row of random numbers (xorshift64*, Vigna 2016)."""
    x = rng[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    rng[0] = x
    return x * np.uint64(0x2545F4914F6CDD1D)


@compiled
def random_below(rng: Masks, count: int) -> int:
    return np.int64((random_number(rng) >> np.uint64(32)) * np.uint64(count) >> np.uint64(32))


@compiled
def random_share(rng: Masks) -> float:
    """A number above 0 and at most 1."""
    return (np.int64(random_number(rng) >> np.uint64(11)) + 1) / 9007199254740992.0


@compiled
def anneal(arrays: Arrays, board: Board, free: Small, rng: Masks, steps: int, heat: float, log: Whole, ejected: Whole) -> int:
    """Change the board for so many steps at this temperature, in units of the objective; tells by how much it gets better.

    `free` are the candidates that may move; `log` (MOST_STEPS_BACK × 3) and `ejected` (MOST_EJECTED) are working memory.
    """
    total = np.int64(0)
    for _ in range(steps):
        c = free[random_below(rng, len(free))]
        leaves = board.slot[c] >= 0 and random_below(rng, ONE_LEAVES_IN) == 0
        first = NOWHERE if leaves else random_start(arrays, board, c, rng)
        if first >= 0 or leaves:
            bar = heat * np.log(random_share(rng))
            change, done = attempt(arrays, board, c, first, bar, rng, log, ejected)
            if change >= bar:
                total += change
            else:
                undo(arrays, board, log, done)
    return total


@compiled
def random_start(arrays: Arrays, board: Board, c: int, rng: Masks) -> int:
    """A first slot for the candidate other than the one it has, or −1."""
    for _ in range(20):
        s = random_below(rng, len(arrays.day))
        if arrays.starts[c, arrays.day[s]] >> np.uint64(arrays.within[s]) & ONE and board.slot[c] != s:
            return s
    return -1


@compiled
def attempt(
    arrays: Arrays, board: Board, c: int, first: int, bar: float, rng: Masks, log: Whole, ejected: Whole
) -> tuple[int, int]:
    """Place the candidate there, or nowhere, whatever has to go for it; tells the change and the steps in the log.

    A change below `bar` may be told before it is complete.
    """
    change, done = 0, 0
    if board.slot[c] >= 0:
        old = take_out(arrays, board, c)
        log[0, 0], log[0, 1], log[0, 2] = c, old, -1
        done = 1
        change -= gain(arrays, board, c, old)
    if first < 0:
        return change, done
    out = 0
    hope = 0
    while True:
        other = in_the_way(arrays, board, c, first, rng)
        if other == -1:
            break
        if other == -2 or arrays.fixed[other] or out >= MOST_EJECTED:
            return IMPOSSIBLE, done
        old = take_out(arrays, board, other)
        log[done, 0], log[done, 1], log[done, 2] = other, old, -1
        done += 1
        ejected[out] = other
        out += 1
        lost = gain(arrays, board, other, old)
        change -= lost
        hope += lost
    change += gain(arrays, board, c, first)
    if change + hope < bar:
        return IMPOSSIBLE, done
    place(arrays, board, c, first)
    log[done, 0], log[done, 1], log[done, 2] = c, -1, first
    done += 1
    for k in range(out):
        e = ejected[k]
        slot, more = good_start(arrays, board, e, rng)
        if slot >= 0 and more > 0:
            place(arrays, board, e, slot)
            log[done, 0], log[done, 1], log[done, 2] = e, -1, slot
            done += 1
            change += more
    return change, done


@compiled
def in_the_way(arrays: Arrays, board: Board, c: int, first: int, rng: Masks) -> int:
    """A meeting that has to go before the candidate can be held there; −1 none, −2 nothing helps."""
    for k in range(arrays.party_at[c], arrays.party_at[c + 1]):
        other = in_the_way_of_party(arrays, board, arrays.party[k], c, first, rng)
        if other != -1:
            return other
    venue, pool, day = arrays.venue[c], arrays.pool[c], arrays.day[first]
    mask = ((ONE << np.uint64(arrays.length[c])) - ONE) << np.uint64(arrays.within[first])
    if board.venue_closed[venue, day] & mask:
        for s in range(first, first + arrays.length[c]):
            if board.venue_load[venue, s] >= arrays.tables[venue]:
                return lighter(arrays, board.at_venue, venue, s, board.venue_load[venue, s], rng)
    if pool >= 0 and board.pool_closed[pool, day] & mask:
        for s in range(first, first + arrays.length[c]):
            if board.pool_load[pool, s] >= arrays.pool_room[pool, s]:
                return lighter(arrays, board.in_pool, pool, s, board.pool_load[pool, s], rng)
    return -1


@compiled
def in_the_way_of_party(arrays: Arrays, board: Board, who: int, c: int, first: int, rng: Masks) -> int:
    """A meeting of this party that has to go first: at the same time, too far away, one too many; −1 none, −2 nothing helps."""
    day, venue = arrays.day[first], arrays.venue[c]
    mask = ((ONE << np.uint64(arrays.length[c])) - ONE) << np.uint64(arrays.within[first])
    full, moves = board.closed[who, day] & mask, arrays.mover[who] >= 0
    for m in range(board.today[who, day] if full or moves else 0):
        other = board.meets[who, day, m]
        there, here, length = board.slot[other], arrays.venue[other], arrays.length[other]
        covers = ((ONE << np.uint64(length)) - ONE) << np.uint64(arrays.within[there])
        if full & covers or (moves and here != venue and reach(arrays, here, venue, there, length) & mask):
            return other
    if full:  # of nothing: there is no room at all
        return -2
    if board.today[who, day] >= arrays.most_a_day[who]:
        return lighter(arrays, board.meets, who, day, board.today[who, day], rng)
    if board.in_all[who] >= arrays.most[who]:
        return lightest_of(arrays, board, who, rng)
    return -1


@compiled
def lighter(arrays: Arrays, lists: Small, i: int, j: int, count: int, rng: Masks) -> int:
    """The one worth less of two of them, drawn by chance."""
    if count == 0:
        return -2
    a, b = lists[i, j, random_below(rng, count)], lists[i, j, random_below(rng, count)]
    if arrays.fixed[a]:
        return b
    if arrays.fixed[b]:
        return a
    return a if arrays.weight[a] <= arrays.weight[b] else b


@compiled
def lightest_of(arrays: Arrays, board: Board, who: int, rng: Masks) -> int:
    """The one worth less of two of someone's meetings, drawn by chance."""
    found = -2
    pick, other = random_below(rng, board.in_all[who]), random_below(rng, board.in_all[who])
    seen = 0
    for day in range(len(arrays.first)):
        for m in range(board.today[who, day]):
            if seen in (pick, other):
                c = board.meets[who, day, m]
                if not arrays.fixed[c] and (found < 0 or arrays.weight[c] < arrays.weight[found]):
                    found = c
            seen += 1
    return found


@compiled
def good_start(arrays: Arrays, board: Board, c: int, rng: Masks) -> tuple[int, int]:
    """An open slot for a candidate that is not held, and what it adds there; −1 where there is none.

    The slot that people were told comes first, then the first one found that costs no idle time, then the cheapest.
    """
    always = arrays.base[c]
    compact = False
    for k in range(arrays.party_at[c], arrays.party_at[c + 1]):
        who = arrays.party[k]
        if board.in_all[who] < arrays.least[who]:
            always += arrays.prices[0]
        compact = compact or arrays.compact[who] > 0
    told = arrays.told[c]
    if told >= 0 and open_starts(arrays, board, c, arrays.day[told]) >> np.uint64(arrays.within[told]) & ONE:
        return told, gain(arrays, board, c, told)
    days = len(arrays.first)
    top, found = IMPOSSIBLE, -1
    begin = random_below(rng, days)
    for turn in range(days):
        day = begin + turn if begin + turn < days else begin + turn - days
        starts = open_starts(arrays, board, c, day)
        while starts:
            slot = arrays.first[day] + lowest_place(starts)
            starts &= starts - ONE
            more = always - (idle_more(arrays, board, c, slot) if compact else 0)
            if more > top:
                top, found = more, slot
            if more >= always:
                return found, top
    return found, top


@compiled
def idle_more(arrays: Arrays, board: Board, c: int, first: int) -> int:
    """What the idle time that the placement makes would cost; below 0 where it fills some."""
    day = arrays.day[first]
    mask = ((ONE << np.uint64(arrays.length[c])) - ONE) << np.uint64(arrays.within[first])
    total = np.int64(0)
    for k in range(arrays.party_at[c], arrays.party_at[c + 1]):
        who = arrays.party[k]
        if arrays.compact[who]:
            busy = board.busy[who, day]
            if busy:
                total += price_of_idle(arrays, busy | mask) - price_of_idle(arrays, busy)
    return total


@compiled
def undo(arrays: Arrays, board: Board, log: Whole, done: int) -> None:
    for k in range(done - 1, -1, -1):
        if log[k, 2] >= 0:
            take_out(arrays, board, log[k, 0])
        else:
            place(arrays, board, log[k, 0], log[k, 1])
