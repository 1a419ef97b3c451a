"""A schedule filled up greedily, compiled: candidate by candidate, each into an open slot, where that gains anything."""

from __future__ import annotations

import numpy as np

from matchmaker.scheduling.arrays import Arrays, Small
from matchmaker.scheduling.board import Board, gain, open_starts, place
from matchmaker.scheduling.compiled import compiled, lowest_place

ONE = np.uint64(1)
NOT_YET = -(1 << 60)


@compiled
def fill_board(arrays: Arrays, board: Board, order: Small, best: bool) -> None:
    """Place the candidates that fit and gain, in their order: where they add most, or into the first open slot.

    As `greedy.fill` does it; what is fixed is passed over.
    """
    for c in order:
        if board.slot[c] < 0 and not arrays.fixed[c]:
            slot, more = _chosen(arrays, board, c, best)
            if slot >= 0 and more > 0:
                place(arrays, board, c, slot)


@compiled
def _chosen(arrays: Arrays, board: Board, c: int, best: bool) -> tuple[int, int]:
    """An open slot and what the candidate adds there; −1 where there is none."""
    found, top = -1, NOT_YET
    for day in range(len(arrays.first)):
        starts = open_starts(arrays, board, c, day)
        while starts:
            slot = arrays.first[day] + lowest_place(starts)
            starts &= starts - ONE
            more = gain(arrays, board, c, slot)
            if more > top:
                found, top = slot, more
            if not best:
                return found, top
    return found, top
