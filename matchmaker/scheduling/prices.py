"""What is priced instead of enforced, and how much there is of it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from matchmaker.scheduling.arrays import Arrays, Masks, Small, Whole

SCALE = 256  # prices are whole numbers, in parts of the objective's unit


class Prices(NamedTuple):
    """One number per priced rule: participants, venues and pools by slot; meetings of a participant in all and by day
    (`limit`, `limit_a_day`), its minimum (`relief`); each candidate once (`once`)."""

    party: Whole
    venue: Whole
    pool: Whole
    limit: Whole
    limit_a_day: Whole
    relief: Whole
    once: Whole


class Hint(NamedTuple):
    """The candidates that the flow holds, each with the day and the mask of the period that it holds it in."""

    candidates: Small
    day: Small
    mask: Masks


def nothing(arrays: Arrays) -> Prices:
    people, days = arrays.available.shape
    slots = len(arrays.day)
    return Prices(
        party=np.zeros((people, slots), dtype=np.int64),
        venue=np.zeros((len(arrays.tables), slots), dtype=np.int64),
        pool=np.zeros((len(arrays.pool_room), slots), dtype=np.int64),
        limit=np.zeros(people, dtype=np.int64),
        limit_a_day=np.zeros((people, days), dtype=np.int64),
        relief=np.zeros(people, dtype=np.int64),
        once=np.zeros(len(arrays.venue), dtype=np.int64),
    )


def supplies(arrays: Arrays) -> Prices:
    """How much there is of what is priced."""
    slots = len(arrays.day)
    return Prices(
        party=np.repeat(arrays.capacity[:, None], slots, axis=1).astype(np.int64),
        venue=np.repeat(arrays.tables[:, None], slots, axis=1).astype(np.int64),
        pool=arrays.pool_room.astype(np.int64),
        limit=arrays.most.astype(np.int64),
        limit_a_day=np.repeat(arrays.most_a_day[:, None], len(arrays.first), axis=1).astype(np.int64),
        relief=arrays.least.astype(np.int64),
        once=np.ones(len(arrays.venue), dtype=np.int64),
    )
