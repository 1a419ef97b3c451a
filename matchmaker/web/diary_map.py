"""A day of a diary as a small map: the venues where they lie, the stops in their order, and the way between them."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians

from matchmaker.models import Venue
from matchmaker.services.diary import DiaryEntry

WIDTH, HEIGHT = 360, 240
_MARGIN = 42
_SMALLEST = 0.36
"""In degrees of latitude: a day at one place is not drawn larger than this."""
_AWAY, _HIGH = 7, 6
"""A name stands so far beside its dot, and is so high above and below its middle."""
_LATIN, _CHINESE = 5.6, 10.0
"""The width of a letter and of a character at the size of the names."""
_Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Stop:
    """A venue of the day; `numbers`: the entries of the day that take place there."""

    numbers: tuple[int, ...]
    venue: Venue
    x: int
    y: int

    @property
    def label(self) -> str:
        """2, 1–3 or 1, 3"""
        first, last = self.numbers[0], self.numbers[-1]
        in_a_row = len(self.numbers) > 1 and last - first == len(self.numbers) - 1
        return f"{first}–{last}" if in_a_row else ", ".join(map(str, self.numbers))

    @property
    def width(self) -> int:
        """So wide is the mark that holds the label."""
        return 18 + 6 * len(self.label)


@dataclass(frozen=True, slots=True)
class Place:
    """A venue that the day does not lead to; named where there is room for it."""

    venue: Venue
    x: int
    y: int
    side: str
    """Where its name stands: `right`, `left`, or nowhere for want of room."""


@dataclass(frozen=True, slots=True)
class DayMap:
    stops: tuple[Stop, ...]
    places: tuple[Place, ...]
    route: str
    """The points of the way, as a polyline writes them."""


def day_map(entries: Sequence[DiaryEntry], venues: Sequence[Venue]) -> DayMap:
    """The map that shows all stops as large as they fit."""
    numbers: dict[int, list[int]] = {}
    for number, entry in enumerate(entries, start=1):
        numbers.setdefault(entry.venue.id, []).append(number)
    at = {entry.venue.id: entry.venue for entry in entries}
    frame = _Frame.around(list(at.values()))
    stops = tuple(Stop(tuple(numbers[each]), venue, *frame.point(venue)) for each, venue in at.items())
    of_stop = {stop.venue.id: f"{stop.x},{stop.y}" for stop in stops}
    route = [of_stop[entry.venue.id] for entry in entries]
    return DayMap(stops, _places(frame, venues, stops), " ".join(route))


@dataclass(frozen=True, slots=True)
class _Frame:
    """Degrees to points: north is up, and a degree of longitude is as much shorter as it is at this latitude."""

    longitude: float
    latitude: float
    scale: float
    shrink: float

    @classmethod
    def around(cls, venues: Sequence[Venue]) -> "_Frame":
        south, north = min(each.latitude for each in venues), max(each.latitude for each in venues)
        west, east = min(each.longitude for each in venues), max(each.longitude for each in venues)
        shrink = cos(radians((south + north) / 2))
        high, wide = max(north - south, _SMALLEST), max((east - west) * shrink, _SMALLEST)
        scale = min((HEIGHT - 2 * _MARGIN) / high, (WIDTH - 2 * _MARGIN) / wide)
        return cls((west + east) / 2, (south + north) / 2, scale, shrink)

    def point(self, venue: Venue) -> tuple[int, int]:
        x = WIDTH / 2 + (venue.longitude - self.longitude) * self.shrink * self.scale
        y = HEIGHT / 2 - (venue.latitude - self.latitude) * self.scale
        return round(x), round(y)


def _places(frame: _Frame, venues: Sequence[Venue], stops: Sequence[Stop]) -> tuple[Place, ...]:
    taken: list[_Box] = [(each.x - each.width / 2, each.y - 12, each.x + each.width / 2, each.y + 12) for each in stops]
    visited = {stop.venue.id for stop in stops}
    found = []
    for venue in venues:
        x, y = frame.point(venue)
        if venue.id in visited or not (4 < x < WIDTH - 4 and 4 < y < HEIGHT - 4):
            continue
        taken.append((x - 3, y - 3, x + 3, y + 3))
        found.append((venue, x, y))
    return tuple(Place(venue, x, y, _side(venue, x, y, taken)) for venue, x, y in found)


def _side(venue: Venue, x: int, y: int, taken: list[_Box]) -> str:
    """The side of a dot where there is room for its name in either language, which is taken then; none: nowhere."""
    named = venue.district or venue
    wide = max(_LATIN * len(named.name_en), _CHINESE * len(named.name_zh))
    for side, left in (("right", x + _AWAY), ("left", x - _AWAY - wide)):
        box = (left, y - _HIGH, left + wide, y + _HIGH)
        if (
            left >= 0
            and left + wide <= WIDTH
            and box[1] >= 0
            and box[3] <= HEIGHT
            and not any(_overlap(box, each) for each in taken)
        ):
            taken.append(box)
            return side
    return ""


def _is_inside(box: _Box) -> bool:
    return box[0] >= 0 and box[1] >= 0 and box[2] <= WIDTH and box[3] <= HEIGHT


def _overlap(one: _Box, other: _Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
