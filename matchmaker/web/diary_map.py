"""A day of a diary as a small map: the venues where they lie, the stops in their order, and the way between them."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import atan2, cos, pi, radians, sin

from matchmaker.models import Venue
from matchmaker.services.diary import DiaryEntry

WIDTH, HEIGHT = 360, 240
_MARGIN = 42
_SMALLEST, _LARGEST = 0.36, 1.2
"""In degrees of latitude: a day at one place is not drawn larger than the one, nor widened to more than the other."""
_AWAY, _HIGH = 7, 6
"""A name stands so far beside its dot, and is so high above and below its middle."""
_BESIDE = ("right", "left")
_AROUND = (*_BESIDE, "below", "above")
_BELOW = 22
"""From the middle of a mark to that of a name below it, or above."""
_LATIN, _CHINESE = 6.0, 10.0
"""The width of a letter and of a character at the size of the names, which are bold for stops."""
_INSET, _AIR = 6, 3
"""So far does everything stay from the edge, and the rest from a mark."""
_NEIGHBOURS = 4
"""At least so many venues are shown beside the stops."""
_NEAREST, _STEP = 18, 6
"""How far a mark stands from a place where it has no room, and by how much farther it is tried."""
_TURNS = (0, 1, -1, 2, -2, 3, -3, 4, -4, 5, -5, 6, -6, 7, -7, 8)
"""In sixteenths of a circle: the directions in which a mark is tried, outwards first."""
_Box = tuple[float, float, float, float]
_Point = tuple[int, int]
_Leg = tuple[_Point, _Point]


@dataclass(frozen=True, slots=True)
class Stop:
    """A venue of the day; `numbers`: the entries of the day that take place there.

    Its mark holds them and stands on its place, or beside it where another stop is too near; its name stands beside the mark.
    """

    numbers: tuple[int, ...]
    venue: Venue
    x: int
    y: int
    mark_x: int
    mark_y: int
    side: str
    """Where its name stands: `right`, `left`, `below`, `above`, or only in the legend for want of room."""

    @property
    def label(self) -> str:
        return _label(self.numbers)

    @property
    def width(self) -> int:
        """So wide is the mark."""
        return _width(self.label)


@dataclass(frozen=True, slots=True)
class Place:
    """A venue that the day does not lead to, shown where there is room for its name."""

    venue: Venue
    x: int
    y: int
    side: str
    """Where its name stands: `right` or `left`."""


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
    frame = _Frame.around(list(at.values())).with_neighbours([venue for venue in venues if venue.id not in at])
    points = {each: frame.point(venue) for each, venue in at.items()}
    widths = {each: _width(_label(numbers[each])) for each in at}
    marks = _marks([(*points[each], widths[each]) for each in at])
    route = [points[entry.venue.id] for entry in entries]
    taken = [_mark_box(*mark, width) for mark, width in zip(marks, widths.values(), strict=True)]
    room = _Room(taken + [_dot_box(*point) for point in points.values()], list(pairwise(route)))
    stops = []
    for (each, venue), mark in zip(at.items(), marks, strict=True):
        away = widths[each] // 2 + 4
        side = room.take_side(venue, *mark, away=away, sides=_AROUND) or room.take_side(venue, *mark, away=away, on_the_way=True)
        stops.append(Stop(tuple(numbers[each]), venue, *points[each], *mark, side))
    return DayMap(tuple(stops), tuple(_places(frame, venues, at, room)), " ".join(f"{x},{y}" for x, y in route))


def _label(numbers: Sequence[int]) -> str:
    """2, 1–3 or 1, 3"""
    first, last = numbers[0], numbers[-1]
    in_a_row = len(numbers) > 1 and last - first == len(numbers) - 1
    return f"{first}–{last}" if in_a_row else ", ".join(map(str, numbers))


def _width(label: str) -> int:
    return 18 + 6 * len(label)


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

    def with_neighbours(self, others: Sequence[Venue]) -> "_Frame":
        """As much wider as it takes to show some of the other venues: alone, a stop would be nowhere."""
        frame, smallest = self, (HEIGHT - 2 * _MARGIN) / _LARGEST
        wanted = min(_NEIGHBOURS, replace(self, scale=smallest).count(others))
        while frame.scale > smallest and frame.count(others) < wanted:
            frame = replace(frame, scale=max(frame.scale * 0.95, smallest))
        return frame

    def count(self, venues: Sequence[Venue]) -> int:
        """How many of them, with their names, an empty map would have room for."""
        points = [(each, *self.point(each)) for each in venues]
        return sum(_is_inside(_dot_box(x, y)) and _Room([], []).take_side(each, x, y, away=_AWAY) != "" for each, x, y in points)

    def point(self, venue: Venue) -> _Point:
        x = WIDTH / 2 + (venue.longitude - self.longitude) * self.shrink * self.scale
        y = HEIGHT / 2 - (venue.latitude - self.latitude) * self.scale
        return round(x), round(y)


def _marks(stops: Sequence[tuple[int, int, int]]) -> list[tuple[int, int]]:
    """Where the marks of these stops, told by place and width, stand: none on another, nor on the place of another."""
    middle = sum(x for x, _, _ in stops) / len(stops), sum(y for _, y, _ in stops) / len(stops)
    taken: list[_Box] = []
    found = []
    for x, y, width in stops:
        others = [_dot_box(*other) for *other, _ in stops if other != [x, y]]
        tried = _around(x, y, atan2(y - middle[1], x - middle[0]))
        mark = next((each for each in tried if _is_free(_mark_box(*each, width), [*taken, *others])), (x, y))
        taken.append(_mark_box(*mark, width))
        found.append(mark)
    return found


def _around(x: int, y: int, outwards: float) -> Iterator[tuple[int, int]]:
    yield x, y
    for distance in range(_NEAREST, WIDTH, _STEP):
        for turn in _TURNS:
            angle = outwards + turn * pi / 8
            yield round(x + distance * cos(angle)), round(y + distance * sin(angle))


@dataclass(frozen=True, slots=True)
class _Room:
    """What is taken on a map: by marks, dots and names, and by the way from stop to stop."""

    boxes: list[_Box]
    way: list[_Leg]

    def take_side(
        self, venue: Venue, x: int, y: int, *, away: int, sides: Collection[str] = _BESIDE, on_the_way: bool = False
    ) -> str:
        """The first of these sides with room for a name in either language, so far from the middle; it is taken then."""
        for side in sides:
            box = _name_box(venue, x, y, side, away)
            if _is_free(box, self.boxes) and (on_the_way or not any(_crosses(leg, box) for leg in self.way)):
                self.boxes.append(box)
                return side
        return ""


def _name_box(venue: Venue, x: int, y: int, side: str, away: int) -> _Box:
    """What a name takes, in the longer of both languages."""
    named = venue.district or venue
    wide = max(_LATIN * len(named.name_en), _CHINESE * len(named.name_zh))
    if side in _BESIDE:
        left = x + away if side == "right" else x - away - wide
        return left, y - _HIGH, left + wide, y + _HIGH
    middle = y + (_BELOW if side == "below" else -_BELOW)
    return x - wide / 2, middle - _HIGH, x + wide / 2, middle + _HIGH


def _places(frame: _Frame, venues: Sequence[Venue], visited: Collection[int], room: _Room) -> Iterator[Place]:
    """The other venues: a dot without a name would say nothing, so it is left out."""
    for venue in venues:
        x, y = frame.point(venue)
        if venue.id not in visited and _is_free(_dot_box(x, y), room.boxes):
            side = room.take_side(venue, x, y, away=_AWAY)
            if side:
                room.boxes.append(_dot_box(x, y))
                yield Place(venue, x, y, side)


def _dot_box(x: int, y: int) -> _Box:
    return x - 3, y - 3, x + 3, y + 3


def _mark_box(x: int, y: int, width: int) -> _Box:
    return x - width / 2 - _AIR, y - 12 - _AIR, x + width / 2 + _AIR, y + 12 + _AIR


def _is_free(box: _Box, taken: Sequence[_Box]) -> bool:
    return _is_inside(box) and not any(_overlap(box, each) for each in taken)


def _is_inside(box: _Box) -> bool:
    return box[0] >= _INSET and box[1] >= _INSET and box[2] <= WIDTH - _INSET and box[3] <= HEIGHT - _INSET


def _overlap(one: _Box, other: _Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _crosses(leg: _Leg, box: _Box) -> bool:
    """Whether a part of the leg is within the box, after Liang and Barsky."""
    begins, ends = 0.0, 1.0
    for at, to, low, high in zip(*leg, box[:2], box[2:], strict=True):
        if at == to:
            if not low < at < high:
                return False
            continue
        first, last = sorted(((low - at) / (to - at), (high - at) / (to - at)))
        begins, ends = max(begins, first), min(ends, last)
    return begins < ends
