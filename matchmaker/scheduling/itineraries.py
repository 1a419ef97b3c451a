"""The best days of one participant at given prices, compiled: travel, limits and idle slots are seen exactly.

A dynamic programme over the slots of a day finds, for each number of meetings, the best chain of meetings; days are then
put together under the limits of the whole event. A chain must not hold a candidate twice: where the best one does, that
candidate is tracked and the day done again (decremental state space relaxation, Righini and Salani, 2008).
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matchmaker.scheduling.arrays import Arrays, Small, Whole
from matchmaker.scheduling.compiled import compiled

ONE = np.uint64(1)
MOST_TRACKED = 5
NEVER = -(1 << 60)


class Owners(NamedTuple):
    """Who decides about which candidates: each candidate belongs to one participant that can be in one meeting at once.

    Candidates of owner k are `mine[at[k] : at[k + 1]]`; `free` are those without any owner. `latest` (venues × venues ×
    slots): the last slot of the day, by its place, after which one can still be at the second venue in time; −1 for none.
    `counted`: whether the owner's minimum and his idle time are his own to price, because all his candidates belong to him.
    `widest`: the most venues that an owner's candidates are at.
    """

    who: Small
    at: Small
    mine: Small
    free: Small
    latest: Small
    counted: Small
    widest: int


def build_owners(arrays: Arrays, investors: NDArray[np.bool_]) -> Owners:
    """Each candidate with a party that meets one at a time belongs to it; investors come before hosts."""
    people = len(arrays.capacity)
    order_of = np.lexsort((-np.arange(people), arrays.mover >= 0, investors))
    rank = np.empty(people, dtype=np.int32)
    rank[order_of] = np.arange(people)
    of = np.repeat(np.arange(len(arrays.venue)), np.diff(arrays.party_at))
    single = arrays.capacity[arrays.party] == 1
    first = np.full(len(arrays.venue), -1, dtype=np.int32)
    np.maximum.at(first, of[single], rank[arrays.party[single]])
    owner = np.where(first >= 0, order_of[first], -1).astype(np.int32)
    who = np.unique(owner[owner >= 0])
    order = np.argsort(owner, kind="stable")
    mine = order[owner[order] >= 0].astype(np.int32)
    at = np.searchsorted(owner[mine], np.append(who, np.iinfo(np.int32).max)).astype(np.int32)
    sizes = np.diff(arrays.has_at)[who]
    return Owners(
        who=who.astype(np.int32),
        at=at,
        mine=mine,
        free=np.flatnonzero(owner < 0).astype(np.int32),
        latest=_latest(arrays),
        counted=(np.diff(at) == sizes).astype(np.int32),
        widest=max((len(np.unique(arrays.venue[mine[a:b]])) for a, b in pairwise(at)), default=1),
    )


def _latest(arrays: Arrays) -> Small:
    """From `before` (there, here): slots too near lie together, right before the slot in question."""
    near = arrays.before.transpose(1, 0, 2)
    lowest = np.zeros(near.shape, dtype=np.int32)
    for place in range(63, -1, -1):
        lowest[(near >> np.uint64(place)) & ONE == ONE] = place
    for v in range(len(lowest)):
        lowest[v, v, :] = arrays.within
    return lowest - 1


class Room(NamedTuple):
    """Working memory for one participant, used again for the next.

    `chain[v, e, mask, k]`: the most that k meetings are worth, the last at venue v and over by the slot at place e, the
    tracked candidates of the set being in it; by day, `from_node` and `from_state` tell the last meeting and what came before.
    `best[day, k]` and `ending[day, k]`: the best chain of a day. `venues` and `local`: the venues that matter.
    """

    chain: Whole
    from_node: Whole
    from_state: Whole
    best: Whole
    ending: Whole
    local: Small
    venues: Small
    tracked: Small
    tracked_count: Small
    total: Whole
    choice: Small
    held: Small
    held_slot: Small


def build_room(arrays: Arrays, owners: Owners) -> Room:
    """Memory enough for the one with most candidates."""
    days = len(arrays.first)
    longest = int((arrays.last - arrays.first).max())
    chained = most_chained(arrays, owners)
    size = (owners.widest, longest, 1 << MOST_TRACKED, chained + 1)
    meetings = int(np.minimum(arrays.most[owners.who], days * chained).max(initial=1))
    return Room(
        chain=np.zeros(size, dtype=np.int64),
        from_node=np.zeros((days, *size), dtype=np.int64),
        from_state=np.zeros((days, *size), dtype=np.int64),
        best=np.zeros((days, chained + 1), dtype=np.int64),
        ending=np.zeros((days, chained + 1), dtype=np.int64),
        local=np.zeros(len(arrays.tables), dtype=np.int32),
        venues=np.zeros(owners.widest, dtype=np.int32),
        tracked=np.zeros((days, MOST_TRACKED), dtype=np.int32),
        tracked_count=np.zeros(days, dtype=np.int32),
        total=np.zeros((days + 1, meetings + 1), dtype=np.int64),
        choice=np.zeros((days + 1, meetings + 1), dtype=np.int32),
        held=np.zeros(days * longest + 1, dtype=np.int32),
        held_slot=np.zeros(days * longest + 1, dtype=np.int32),
    )


def most_chained(arrays: Arrays, owners: Owners) -> int:
    """The most meetings that any owner can have on one day."""
    longest = int((arrays.last - arrays.first).max())
    return max(1, min(longest, int(arrays.most_a_day[owners.who].max(initial=1))))


@compiled
def best_days(arrays: Arrays, owners: Owners, room: Room, k: int, worths: Whole, scale: int) -> tuple[int, int]:
    """The most that owner k's meetings are worth, and how many these are (`room.held`, `room.held_slot`).

    `worths` (candidates of the owner × slots) are prices times `scale`; so is the answer, shortfall included.
    """
    who = owners.who[k]
    venues = _number_venues(arrays, owners, room, k)
    for day in range(len(arrays.first)):
        room.tracked_count[day] = 0
        _chains_of_day(arrays, owners, room, k, day, worths, scale, venues)
    while True:
        value = _put_days_together(arrays, owners, room, who, k, scale)
        count, again = 0, False
        left = room.choice[len(arrays.first), 0]
        for day in range(len(arrays.first)):
            taken = room.choice[day, left]
            left -= taken
            begin = count
            count = _follow(arrays, owners, room, day, taken, count, venues)
            if _track_repeated(room, day, begin, count):
                _chains_of_day(arrays, owners, room, k, day, worths, scale, venues)
                again = True
        if not again:
            return value, count


@compiled
def _number_venues(arrays: Arrays, owners: Owners, room: Room, k: int) -> int:
    for v in range(len(room.local)):
        room.local[v] = -1
    count = 0
    for i in range(owners.at[k], owners.at[k + 1]):
        venue = arrays.venue[owners.mine[i]]
        if room.local[venue] < 0:
            room.local[venue] = count
            room.venues[count] = venue
            count += 1
    return count


@compiled
def _chains_of_day(arrays: Arrays, owners: Owners, room: Room, k: int, day: int, worths: Whole, scale: int, venues: int) -> None:
    """Fill `best[day]`: for each number of meetings the most they are worth.

    Who has more meetings than his minimum never gains by one that is worth less than nothing: without it he has its slots
    idle at worst. So such a meeting is only tried in chains up to the minimum.
    """
    who, begin = owners.who[k], owners.at[k]
    first, slots = arrays.first[day], arrays.last[day] - arrays.first[day]
    most = min(room.best.shape[1] - 1, arrays.most_a_day[who], arrays.most[who])
    whole = owners.counted[k] == 1  # otherwise meetings that others decide about could fill his gaps
    idle = arrays.prices[1] * scale if arrays.compact[who] and whole else 0
    needed = arrays.least[who] if whole else 0
    sets = 1 << room.tracked_count[day]
    _clear(room, most, sets, venues, slots)
    for e in range(slots):
        if e > 0:
            _wait(room, day, most, sets, venues, e, idle)
        for i in range(begin, owners.at[k + 1]):
            c = owners.mine[i]
            s = e - arrays.length[c] + 1
            if s >= 0 and arrays.starts[c, day] >> np.uint64(s) & ONE:
                worth = worths[i - begin, first + s]
                useful = most if worth > -idle * arrays.length[c] else min(most, needed)
                if useful > 0:
                    _extend(arrays, owners, room, c, i - begin, day, first + s, e, worth, useful, sets, venues, idle)
    _read_best(room, day, most, sets, venues, slots)


@compiled
def _clear(room: Room, most: int, sets: int, venues: int, slots: int) -> None:
    for v in range(venues):
        for e in range(slots):
            for mask in range(sets):
                for n in range(1, most + 1):
                    room.chain[v, e, mask, n] = NEVER


@compiled
def _read_best(room: Room, day: int, most: int, sets: int, venues: int, slots: int) -> None:
    for n in range(room.best.shape[1]):
        room.best[day, n] = NEVER
    room.best[day, 0] = 0
    for v in range(venues):
        for e in range(slots):
            for mask in range(sets):
                for n in range(1, most + 1):
                    if room.chain[v, e, mask, n] > room.best[day, n]:
                        room.best[day, n] = room.chain[v, e, mask, n]
                        room.ending[day, n] = (mask * venues + v) * 64 + e


@compiled
def _wait(room: Room, day: int, most: int, sets: int, venues: int, e: int, idle: int) -> None:
    """Chains that are over one slot earlier are over by now as well, at the price of an idle slot."""
    for v in range(venues):
        for mask in range(sets):
            for n in range(1, most + 1):
                before = room.chain[v, e - 1, mask, n]
                if before > NEVER:
                    room.chain[v, e, mask, n] = before - idle
                    room.from_node[day, v, e, mask, n] = room.from_node[day, v, e - 1, mask, n]
                    room.from_state[day, v, e, mask, n] = room.from_state[day, v, e - 1, mask, n]


@compiled
def _extend(
    arrays: Arrays,
    owners: Owners,
    room: Room,
    c: int,
    mine: int,
    day: int,
    slot: int,
    e: int,
    worth: int,
    most: int,
    sets: int,
    venues: int,
    idle: int,
) -> None:
    """Let chains of less than `most` meetings go on with this candidate from this slot to place e."""
    here, node = room.local[arrays.venue[c]], mine * 4096 + slot
    bit = _bit_of(room, day, mine)
    if worth > room.chain[here, e, bit, 1]:
        room.chain[here, e, bit, 1] = worth
        room.from_node[day, here, e, bit, 1] = node
        room.from_state[day, here, e, bit, 1] = -1
    for v in range(venues):
        latest = owners.latest[room.venues[v], arrays.venue[c], slot]
        waiting = idle * (arrays.within[slot] - 1 - latest)
        for mask in range(sets if latest >= 0 else 0):
            for n in range(1, most if not mask & bit else 0):
                value = room.chain[v, latest, mask, n] - waiting + worth
                if value > room.chain[here, e, mask | bit, n + 1] and room.chain[v, latest, mask, n] > NEVER:
                    room.chain[here, e, mask | bit, n + 1] = value
                    room.from_node[day, here, e, mask | bit, n + 1] = node
                    room.from_state[day, here, e, mask | bit, n + 1] = (mask * venues + v) * 64 + latest


@compiled
def _bit_of(room: Room, day: int, mine: int) -> int:
    """The bit of a tracked candidate; none where it is not tracked."""
    for q in range(room.tracked_count[day]):
        if room.tracked[day, q] == mine:
            return 1 << q
    return 0


@compiled
def _put_days_together(arrays: Arrays, owners: Owners, room: Room, who: int, k: int, scale: int) -> int:
    """The best number of meetings for each day; written back as `choice[day, meetings from that day on]`."""
    days = len(arrays.first)
    most = min(room.total.shape[1] - 1, arrays.most[who])
    for n in range(most + 1):
        room.total[days, n] = NEVER
    room.total[days, 0] = 0
    for day in range(days - 1, -1, -1):
        for n in range(most + 1):
            top, taken = NEVER, 0
            for today in range(min(n, room.best.shape[1] - 1) + 1):
                rest = room.total[day + 1, n - today]
                if room.best[day, today] > NEVER and rest > NEVER and room.best[day, today] + rest > top:
                    top, taken = room.best[day, today] + rest, today
            room.total[day, n] = top
            room.choice[day, n] = taken
    value, count = NEVER, 0
    for n in range(most + 1):
        if room.total[0, n] > NEVER:
            missing = max(0, arrays.least[who] - n) if owners.counted[k] else 0
            worth = room.total[0, n] - missing * arrays.prices[0] * scale
            if worth > value:
                value, count = worth, n
    room.choice[days, 0] = count
    return value


@compiled
def _follow(arrays: Arrays, owners: Owners, room: Room, day: int, taken: int, count: int, venues: int) -> int:
    """Write the meetings of the day's best chain behind those that are written."""
    state = room.ending[day, taken]
    for n in range(taken, 0, -1):
        mask, v, e = state // 64 // venues, state // 64 % venues, state % 64
        node = room.from_node[day, v, e, mask, n]
        room.held[count] = node // 4096
        room.held_slot[count] = node % 4096
        count += 1
        state = room.from_state[day, v, e, mask, n]
    return count


@compiled
def _track_repeated(room: Room, day: int, begin: int, end: int) -> bool:
    """Track what the chain holds twice; tells whether anything is tracked anew."""
    found = False
    for a in range(begin, end):
        for b in range(a + 1, end):
            if room.held[a] == room.held[b] and room.tracked_count[day] < MOST_TRACKED:
                known = False
                for q in range(room.tracked_count[day]):
                    known = known or room.tracked[day, q] == room.held[a]
                if not known:
                    room.tracked[day, room.tracked_count[day]] = room.held[a]
                    room.tracked_count[day] += 1
                    found = True
    return found
