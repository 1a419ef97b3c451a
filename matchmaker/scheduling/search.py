"""The search: rounds of annealing on one side and of pricing on the other, which workers do side by side.

A large problem is searched in parts: in every round its days are dealt out anew, and a part sees the meetings of its own days
only. What ties days together (limits and minima of the whole event, that a candidate is held once) is shared out before the
round, so the answers of the parts always fit together. How many parts there are hangs on the problem alone, and so the answer
hangs on the seed and the limit of work, never on how many workers there are.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.random import Generator, default_rng
from numpy.typing import NDArray

from matchmaker.scheduling.anneal import MOST_EJECTED, MOST_STEPS_BACK, anneal
from matchmaker.scheduling.arrays import NOWHERE, Arrays, Small, Whole
from matchmaker.scheduling.board import board_with, value_on
from matchmaker.scheduling.deadline import SHORTEST, Deadline
from matchmaker.scheduling.effort import Effort
from matchmaker.scheduling.filling import rounded
from matchmaker.scheduling.market import PRICING_SHARE, Pricing
from matchmaker.scheduling.prices import Hint

STEPS_PER_WORK = 300_000
CHUNK = 20_000
CANDIDATES_PER_PART = 60_000
ROUNDS = 40
LONGEST_ROUND, LONGEST_WITHOUT_BOUND = 2.0, 0.5
QUICK_ROUNDS = 4
QUICK_STEPS_PER_CANDIDATE = 20
MOST_WAITED, MOST_QUICK, SHORT = 0.1, 0.25, 0.1
HOT, WARM, COLD = 0.3, 0.05, 0.0012


@dataclass(frozen=True)
class Part:
    """Some days of the problem, the meetings on them, and what may be searched; plain arrays that travel well.

    The temperature falls from `hot` to `cold` on the way.
    """

    arrays: Arrays
    slots: Small
    free: Small
    hot: float
    cold: float
    seed: int
    effort: Effort


@dataclass(frozen=True)
class Found:
    """The slots where the search stands, the best it passed, what that is worth, and the steps it took."""

    slots: Small
    best: Small
    value: int
    steps: int


def search_part(part: Part) -> Found:
    """Anneal one part."""
    arrays, board = part.arrays, board_with(part.arrays, part.slots)
    rng = np.array([part.seed | 1], dtype=np.uint64)
    log, ejected = np.zeros((MOST_STEPS_BACK, 3), dtype=np.int64), np.zeros(MOST_EJECTED, dtype=np.int64)
    best = part.slots.copy()
    now = top = int(value_on(arrays, board))
    done, began = 0, time.monotonic()
    while len(part.free):
        share = part.effort.spent(done, time.monotonic() - began)
        if share >= 1:
            break
        chunk = CHUNK if part.effort.steps is None else min(CHUNK, part.effort.steps - done)
        heat = part.hot * (part.cold / part.hot) ** share
        now += int(anneal(arrays, board, part.free, rng, chunk, heat, log, ejected))
        done += chunk
        if now > top:
            top, best = now, board.slot.copy()
    return Found(board.slot, best, top, done)


class Search:
    """One search from a given schedule; `best` and `bound` get better with every round.

    `value` leaves the constant of the pricing out and `bound` has it in.
    No schedule is kept as the best whose candidates weigh less than `least_weight`.
    """

    def __init__(
        self,
        arrays: Arrays,
        slots: Small,
        *,
        pricing: Pricing,
        least_weight: float,
        seed: int,
        deadline: Deadline,
        executor: Executor | None = None,
        on_round: Callable[[Search], None] = lambda search: None,
    ) -> None:
        self.arrays = arrays
        self.best = slots.astype(np.int32)
        self.value = int(value_on(arrays, board_with(arrays, self.best)))
        self.steps = 0
        self._least_weight = least_weight
        self._pricing = pricing
        self._seed = seed
        self._deadline = deadline
        self._executor = executor
        self._on_round = on_round
        self._parts = parts_of(arrays)
        self._seconds = deadline.seconds_left
        self._work = deadline.work_left
        self._scale = _scale(arrays)

    @property
    def bound(self) -> int | None:
        """No schedule is worth more."""
        return self._pricing.bound

    @property
    def is_proven(self) -> bool:
        return self.bound is not None and self.value + self._pricing.constant >= self.bound

    def run(self) -> None:
        """Cool down as quickly as the size allows, so that there soon is something good to show; then twice more slowly."""
        self._cool_quickly(WARM if self._is_started_by_flow() else HOT)
        for end in (SHORT, 1.0):
            self._cool(end)
        self._pricing.finish(self._deadline.seconds_left)

    def _is_started_by_flow(self) -> bool:
        """Begin with a schedule near the flow behind the first prices, where that is better; tells whether it was."""
        limit = self._deadline.share(MOST_WAITED)
        hint = None if limit.over else self._pricing.first(limit.seconds_left)
        found = self._is_kept_near(hint)
        if hint is not None:
            self._on_round(self)
        return found

    def _is_kept_near(self, hint: Hint | None) -> bool:
        """Keep a schedule near the flow where there is one and it is better; tells whether it was."""
        return hint is not None and self._keep(rounded(self.arrays, self.best, hint))

    def _cool_quickly(self, hot: float) -> None:
        limit, slots, rng = self._deadline.share(MOST_QUICK), self.best, default_rng([self._seed, 0])
        steps = ceil(min(QUICK_STEPS_PER_CANDIDATE * len(self.arrays.venue), limit.work_left * STEPS_PER_WORK) / QUICK_ROUNDS)
        for number in range(QUICK_ROUNDS):
            if limit.over or self.is_proven:
                break
            effort = Effort(steps, seconds=_clock(limit.seconds_left))
            first = self.bound is None  # better prices can wait; until then the parts have all workers
            begin, end = (self._heat(part / QUICK_ROUNDS, hot) for part in (number, number + 1))
            slots = self._round(slots, rng, begin, end, effort, priced=first)

    def _cool(self, end: float) -> None:
        """Cool down until so much of the limit is used up."""
        begin, slots, rng = self._share(), self.best, default_rng([self._seed, int(end * 100)])
        while not self._deadline.over and not self.is_proven and self._share() < end - 1e-9:
            here = (self._share() - begin) / (end - begin)
            ahead = min(1.0, here + self._round_share() / (end - begin))
            slots = self._round(slots, rng, self._heat(here), self._heat(ahead), self._effort())

    def _share(self) -> float:
        """How much of the limit is used up, by the clock or by work, whichever is more."""
        return max(
            _used(self._deadline.seconds_left, self._seconds),
            _used(self._deadline.work_left, self._work),
        )

    def _round_share(self) -> float:
        longest = LONGEST_ROUND if self.bound is not None else LONGEST_WITHOUT_BOUND  # to hear of the first one soon
        return 1 / ROUNDS if self._work < float("inf") else min(1 / ROUNDS, longest / self._seconds)

    # One round.

    def _effort(self) -> Effort:
        left = self._deadline.seconds_left
        if self._work < float("inf"):  # half of the time each, as pricing and search may take turns
            return Effort(ceil(self._round_share() * self._work * STEPS_PER_WORK), seconds=_clock(left / 2))
        return Effort(seconds=min(self._round_share() * self._seconds, left))

    def _round(self, slots: Small, rng: Generator, hot: float, cold: float, effort: Effort, *, priced: bool = True) -> Small:
        """Search all parts once and price once, side by side where there are workers; the slots where the search stands."""
        by_turns = priced and self._executor is None and self._work == float("inf")
        if priced:
            self._pricing.begin(effort.shared(PRICING_SHARE) if by_turns else effort, goal=self.value + self._pricing.constant)
        if by_turns:
            effort = self._left_of(effort)
        parts = self._deal_out(slots, rng, hot, cold, effort)
        found = list(self._executor.map(search_part, parts)) if self._executor else [search_part(part) for part in parts]
        self._pricing.collect()
        self.steps += sum(each.steps for each in found)
        if self._work < float("inf") and effort.steps is not None:
            self._deadline.worked += effort.steps / STEPS_PER_WORK
        slots = self._merged(found)
        if self._is_kept_near(self._pricing.hint()):  # the flow of a large problem may take longer than anybody waits for it
            slots = self.best
        self._on_round(self)
        return slots

    def _left_of(self, effort: Effort) -> Effort:
        """What the search may do in a round in which pricing has had its turn, which opening the market may have made long."""
        seconds = min(effort.seconds * (1 - PRICING_SHARE), max(SHORTEST, self._deadline.seconds_left))
        return Effort(effort.steps, seconds=seconds)

    def _heat(self, way: float, hot: float = HOT) -> float:
        return self._scale * hot * float((COLD / hot) ** way)

    def _deal_out(self, slots: Small, rng: Generator, hot: float, cold: float, effort: Effort) -> list[Part]:
        dealt = list(deal_out(self.arrays, slots, rng, self._parts)) if self._parts > 1 else [whole(self.arrays, slots)]
        total = max(1, sum(len(free) for _, _, free in dealt))
        at_once = self._executor is not None
        return [
            Part(arrays, mine, free, hot, cold, int(rng.integers(1 << 62)), _for_part(effort, len(free) / total, at_once))
            for arrays, mine, free in dealt
        ]

    def _merged(self, found: list[Found]) -> Small:
        """Parts never hold the same candidate, so that their slots can be laid one over the other."""
        slots: Small = np.max([each.slots for each in found], axis=0)
        if len(found) == 1:
            self._keep(found[0].best, found[0].value)
        else:
            self._keep(slots)
        return slots

    def _keep(self, slots: Small, value: int | None = None) -> bool:
        """Keep a schedule that is better and heavy enough; tells whether it was."""
        if value is None:
            value = int(value_on(self.arrays, board_with(self.arrays, slots)))
        better = value > self.value and bool(self.arrays.weight[slots >= 0].sum() >= self._least_weight)
        if better:
            self.value, self.best = int(value), slots
        return better


def _for_part(effort: Effort, share: float, at_once: bool) -> Effort:
    """Steps are shared out by size; the clock only where parts come one after the other."""
    return effort if at_once and effort.steps is None else effort.shared(share)


def _used(left: float, limit: float) -> float:
    """The share of a limit that is used up; nothing of one that there is not, all of one that is nothing."""
    return 0.0 if limit == float("inf") else 1 - max(0.0, left) / limit if limit > 0 else 1.0


def _clock(seconds: float) -> float:
    """A limit of seconds for an effort of steps, where there is one."""
    return max(0.0, seconds) if seconds < float("inf") else 0.0


def parts_of(arrays: Arrays) -> int:
    """In how many parts the problem is searched."""
    return min(len(arrays.first), 1 + len(arrays.venue) // CANDIDATES_PER_PART)


def movable(arrays: Arrays) -> Small:
    """The candidates that compiled code may place, move and take out."""
    return np.flatnonzero(_may_move(arrays)).astype(np.int32)


def _may_move(arrays: Arrays) -> NDArray[np.bool_]:
    return np.asarray((arrays.fixed == 0) & arrays.starts.any(axis=1))


def whole(arrays: Arrays, slots: Small) -> tuple[Arrays, Small, Small]:
    """The problem as its only part."""
    return arrays, slots, movable(arrays)


def deal_out(arrays: Arrays, slots: Small, rng: Generator, parts: int) -> Iterator[tuple[Arrays, Small, Small]]:
    """For each part its arrays, its meetings, and its candidates that may move."""
    days, people = len(arrays.first), len(arrays.capacity)
    part_of_day = (np.arange(days) + rng.integers(days)) % days * parts // days  # people stay for days in a row
    held = slots >= 0
    part_of = np.where(held, part_of_day[arrays.day[np.maximum(slots, 0)]], _any_part(arrays, part_of_day, rng, parts))
    used = np.zeros((parts, people), dtype=np.int64)
    pairs = np.repeat(np.arange(len(slots)), np.diff(arrays.party_at))
    counted = held[pairs]
    np.add.at(used, (part_of[pairs[counted]], arrays.party[counted]), 1)
    total = used.sum(axis=0)
    spare = _shared(np.maximum(0, arrays.most.astype(np.int64) - total), arrays, part_of_day, rng, parts)
    for part in range(parts):
        mine = part_of == part
        starts = np.where((part_of_day == part)[None, :], arrays.starts, np.uint64(0))
        least = np.maximum(0, arrays.least - (total - used[part]))
        most = (used[part] + spare[part]).astype(np.int32)
        sub = arrays._replace(starts=starts, most=most, least=least.astype(np.int32))
        yield sub, np.where(mine, slots, NOWHERE).astype(np.int32), np.flatnonzero(mine & _may_move(sub)).astype(np.int32)


def _shared(spare: Whole, arrays: Arrays, part_of_day: Small, rng: Generator, parts: int) -> Whole:
    """What everybody may still take on, shared evenly among the parts on whose days he is there."""
    there = np.stack([(arrays.available[:, part_of_day == part] != 0).any(axis=1) for part in range(parts)])
    count = np.maximum(1, there.sum(axis=0))
    order = np.argsort(np.argsort(-(there * (1 + rng.random(there.shape))), axis=0), axis=0)
    return np.where(there, spare // count + (order < spare % count), 0)


def _any_part(arrays: Arrays, part_of_day: Small, rng: Generator, parts: int) -> Small:
    """For each candidate a part in which it could be held, by chance."""
    possible = np.stack([(arrays.starts[:, part_of_day == part] != 0).any(axis=1) for part in range(parts)], axis=1)
    return np.asarray(np.argmax(possible * rng.random(possible.shape), axis=1), dtype=np.int32)


def _scale(arrays: Arrays) -> float:
    """What a meeting is worth in the middle; where nothing is, what a trouble costs."""
    worth = np.abs(arrays.weight[arrays.weight != 0])
    return float(worth.mean()) if len(worth) else float(max(1, arrays.prices.max()))
