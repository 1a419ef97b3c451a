"""Which table, lead or interpreter a meeting gets: numbers, kept where possible, reassigned where that makes room."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Need:
    """A meeting needs one of the numbers 1..capacity of `group` in all of `slots` (positions in time order)."""

    key: object
    group: object
    slots: tuple[int, ...]
    preferred: int | None = None


class NoSeat(Exception):
    """A group has more meetings in a slot than numbers."""

    def __init__(self, need: Need) -> None:
        super().__init__(need)
        self.need = need


def seat(needs: Iterable[Need], capacity: Mapping[object, int]) -> dict[tuple[object, object], int]:
    """A number for each (key, group), the preferred one where it is free. Raises NoSeat.

    Meetings are intervals, so taking them in order of their start never needs more numbers than meetings at once
    (colouring of an interval graph), whichever free number each takes.
    """
    taken: dict[object, dict[int, int]] = defaultdict(dict)  # group: number: last slot in use
    seats: dict[tuple[object, object], int] = {}
    for need in sorted(needs, key=lambda each: (each.slots[0], each.preferred is None, str(each.key))):
        until = taken[need.group]
        free = [n for n in range(1, capacity[need.group] + 1) if until.get(n, -1) < need.slots[0]]
        if not free:
            raise NoSeat(need)
        number = need.preferred if need.preferred in free else free[0]
        assert number is not None
        until[number] = need.slots[-1]
        seats[need.key, need.group] = number
    return seats
