"""Sets of slots as whole numbers: bit s is set where slot s belongs to the set."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


def mask_of(slots: Iterable[int]) -> int:
    """The set of these slots."""
    mask = 0
    for slot in slots:
        mask |= 1 << slot
    return mask


def in_a_row(free: int, length: int) -> int:
    """The slots from which `length` free ones come one after the other."""
    found = free
    for k in range(1, length):
        found &= free >> k
    return found


def slots_in(mask: int) -> Iterator[int]:
    """The slots of a set, in order of time."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low
