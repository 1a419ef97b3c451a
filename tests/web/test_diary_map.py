import csv
from datetime import UTC, datetime
from itertools import combinations, permutations

import pytest

from matchmaker.models import District, Edition, Venue
from matchmaker.services.diary import DiaryEntry
from matchmaker.services.places import venues_of
from matchmaker.web.diary_map import HEIGHT, WIDTH, DayMap, day_map
from tests.builders import make_district
from tests.helpers import ROOT

AT = datetime(2024, 4, 1, 1, tzinfo=UTC)


def place(name: str, latitude: float, longitude: float, number: int) -> Venue:
    return Venue(id=number, code=name, name_en=name, name_zh=name, latitude=latitude, longitude=longitude)


def visit(venue: Venue) -> DiaryEntry:
    return DiaryEntry(AT, AT, venue, None)


CENTRE, EAST, NORTH = place("C", 31.2, 121.5, 1), place("E", 31.2, 121.9, 2), place("N", 31.6, 121.5, 3)


def test_north_is_up_east_is_right_and_everything_is_within() -> None:
    drawn = day_map([visit(CENTRE), visit(EAST), visit(NORTH)], [CENTRE, EAST, NORTH])

    centre, east, north = drawn.stops
    assert east.x > centre.x == north.x
    assert north.y < centre.y == east.y
    assert all(0 < stop.x < WIDTH and 0 < stop.y < HEIGHT for stop in drawn.stops)
    assert drawn.places == ()


def test_the_route_visits_the_stops_in_their_order_and_a_venue_twice_is_one_stop() -> None:
    drawn = day_map([visit(CENTRE), visit(EAST), visit(CENTRE)], [CENTRE, EAST])

    centre, east = drawn.stops
    assert (centre.numbers, east.numbers) == ((1, 3), (2,))
    assert drawn.route == f"{centre.x},{centre.y} {east.x},{east.y} {centre.x},{centre.y}"


def test_a_mark_tells_the_entries_at_a_venue_in_short() -> None:
    at = [day_map([visit(each) for each in day], [CENTRE, EAST]).stops[0].label for day in ([CENTRE], [CENTRE] * 4)]

    assert at == ["1", "1–4"]
    assert day_map([visit(CENTRE), visit(EAST), visit(CENTRE)], [CENTRE, EAST]).stops[0].label == "1, 3"


def test_a_day_at_one_place_stands_in_the_middle() -> None:
    (stop,) = day_map([visit(CENTRE)], [CENTRE]).stops

    assert (stop.x, stop.y) == (WIDTH // 2, HEIGHT // 2)


def test_a_stop_far_from_all_others_is_shown_with_some_of_them() -> None:
    remote = place("R", 30.9, 121.93, 1)
    others = [place(name, 31.2, 121.3 + number / 20, number) for number, name in enumerate("ABCDE", start=2)]

    drawn = day_map([visit(remote)], [remote, *others, place("Beijing", 39.9, 116.4, 9)])

    assert len(drawn.places) >= 3
    assert (drawn.stops[0].x, drawn.stops[0].y) == (WIDTH // 2, HEIGHT // 2)


def test_other_places_are_named_on_the_side_where_there_is_room_and_left_out_where_there_is_none() -> None:
    here = [place("A", 31.30, 121.5, 4), place("B", 31.28, 121.5, 5), place("D", 31.30, 121.5, 6)]
    far = place("F", 35.0, 121.5, 7)

    drawn = day_map([visit(CENTRE)], [CENTRE, *here, far])

    assert [(each.venue.code, each.side) for each in drawn.places] == [("A", "right"), ("B", "left")]


def test_a_name_too_long_for_the_edge_stands_on_the_other_side() -> None:
    edge = place("A place with long name", 31.3, 121.69, 4)

    assert [each.side for each in day_map([visit(CENTRE)], [CENTRE, edge]).places] == ["left"]


# -- no label on another -------------------------------------------------------------------------------------------------


def sixteen_districts() -> list[Venue]:
    """Where the districts of Shanghai really lie, seven of them close together."""
    with (ROOT / "matchmaker" / "data" / "shanghai-2024" / "districts.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["kind"] == "district"]
    return [
        Venue(
            id=number,
            code=row["code"],
            name_en=row["venue_en"],
            name_zh=row["venue_zh"],
            latitude=float(row["latitude"]),
            longitude=float(row["longitude"]),
            district=District(name_en=row["name_en"], name_zh=row["name_zh"]),
        )
        for number, row in enumerate(rows, start=1)
    ]


Box = tuple[float, float, float, float]


def labels_of(drawn: DayMap, language: str) -> dict[str, Box]:
    """The boxes of all marks and names as the template draws them: 24 high, and by the size of the letters."""
    boxes: dict[str, Box] = {}
    for stop in drawn.stops:
        half = stop.width / 2
        boxes[f"mark {stop.label}"] = (stop.mark_x - half, stop.mark_y - 12, stop.mark_x + half, stop.mark_y + 12)
        if stop.side:
            boxes[f"name {stop.label}"] = name_box(stop.venue, stop.mark_x, stop.mark_y, stop.side, half + 4, language)
    for other in drawn.places:
        boxes[f"place {other.venue.code}"] = name_box(other.venue, other.x, other.y, other.side, 7, language)
    return boxes


def name_box(venue: Venue, x: int, y: int, side: str, away: float, language: str) -> Box:
    assert venue.district is not None
    name = venue.district.name_zh if language == "zh" else venue.district.name_en
    wide = len(name) * (10 if language == "zh" else 5.6)
    left = {"right": x + away, "left": x - away - wide}.get(side, x - wide / 2)
    down = {"below": 22, "above": -22}.get(side, 0)
    return left, y + down - 5, left + wide, y + down + 6


def meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


SIXTEEN = sixteen_districts()
NEAR = [each for each in SIXTEEN if each.code in ("HP", "JA", "XH", "CN", "HK", "YP", "PT")]
DAYS_OUT = {
    "all sixteen": SIXTEEN,
    "all sixteen, the other way round": SIXTEEN[::-1],
    "the near ones": NEAR,
    "the near ones, and back again": [*NEAR, *NEAR[::-1]],
    **{f"{one.code} and {other.code}": [one, other] for one, other in combinations(NEAR, 2)},
}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("day", DAYS_OUT)
def test_no_label_stands_on_another_and_all_are_on_the_map(day: str, language: str) -> None:
    drawn = day_map([visit(each) for each in DAYS_OUT[day]], SIXTEEN)

    labels = labels_of(drawn, language)

    assert len(drawn.stops) == len({each.code for each in DAYS_OUT[day]})
    assert [pair for pair in combinations(labels, 2) if meet(labels[pair[0]], labels[pair[1]])] == []
    assert all(box[0] >= 0 and box[2] <= WIDTH and box[1] >= 0 and box[3] <= HEIGHT for box in labels.values())


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_way_between_two_stops_runs_through_no_name(language: str) -> None:
    crossed = []
    for one, other in permutations(SIXTEEN, 2):
        drawn = day_map([visit(one), visit(other)], SIXTEEN)
        begin, end = ((stop.x, stop.y) for stop in drawn.stops)
        names = {what: box for what, box in labels_of(drawn, language).items() if not what.startswith("mark")}
        steps = [(begin[0] + (end[0] - begin[0]) * at / 300, begin[1] + (end[1] - begin[1]) * at / 300) for at in range(301)]
        crossed += [(one.code, other.code, what) for what, box in names.items() if any(meet(box, (*at, *at)) for at in steps)]

    assert crossed == []


def test_a_mark_stands_on_its_place_where_it_has_room_and_hides_the_place_of_no_other() -> None:
    far = day_map([visit(CENTRE), visit(EAST), visit(NORTH)], [])
    near = day_map([visit(each) for each in SIXTEEN], SIXTEEN)

    assert all((stop.mark_x, stop.mark_y) == (stop.x, stop.y) for stop in far.stops)
    for stop, other in permutations(near.stops, 2):
        assert abs(stop.mark_x - other.x) > stop.width / 2 or abs(stop.mark_y - other.y) > 12


def test_two_stops_at_one_place_have_two_marks() -> None:
    hall = place("Hall", CENTRE.latitude, CENTRE.longitude, 9)

    one, two = day_map([visit(CENTRE), visit(hall)], []).stops

    assert (one.x, one.y) == (two.x, two.y)
    assert (one.mark_x, one.mark_y) != (two.mark_x, two.mark_y)


def test_venues_come_with_their_districts(edition: Edition) -> None:
    district: District = make_district(edition, "ZZ")

    assert [venue.code for venue in venues_of(edition)][-1] == "ZZ"
    assert venues_of(edition)[-1].district is district
