"""A schedule filled up greedily, compiled: candidate by candidate, each into an open slot, where that gains anything."""

from __future__ import annotations

import numpy as np

from matchmaker.scheduling.arrays import NOWHERE, Arrays, Small
from matchmaker.scheduling.board import Board, board_with, gain, open_starts, place
from matchmaker.scheduling.compiled import compiled, lowest_place
from matchmaker.scheduling.prices import Hint

ONE = np.uint64(1)
NOT_YET = -(1 << 60)


def rounded(arrays: Arrays, slots: Small, hint: Hint) -> Small:
    """A schedule near the flow that is hinted at: what it holds in its period, then anywhere, then whatever else fits.

    What is fixed stays in the slots that are given.
    """
    near = np.zeros_like(arrays.starts)
    np.bitwise_or.at(near, (hint.candidates, hint.day), hint.mask)
    order = np.argsort(-arrays.weight, kind="stable").astype(np.int32)
    board = board_with(arrays, np.where(arrays.fixed, slots, NOWHERE))
    fill_board(arrays._replace(starts=arrays.starts & near), board, order, True)
    fill_board(arrays, board, order[near[order].any(axis=1)], True)
    fill_board(arrays, board, order, True)
    return board.slot


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
