from datetime import UTC, datetime

from matchmaker.models import District, Edition, Venue
from matchmaker.services.diary import DiaryEntry
from matchmaker.services.places import venues_of
from matchmaker.web.diary_map import HEIGHT, WIDTH, day_map
from tests.builders import make_district

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


def test_other_places_are_named_on_the_side_where_there_is_room_and_left_out_beyond_the_edge() -> None:
    here = [place(name, 31.25, 121.5, number) for number, name in enumerate("ABD", start=4)]
    far = place("F", 35.0, 121.5, 7)

    drawn = day_map([visit(CENTRE)], [CENTRE, *here, far])

    assert [(each.venue.code, each.side) for each in drawn.places] == [("A", "right"), ("B", "left"), ("D", "")]


def test_a_name_too_long_for_the_edge_stands_on_the_other_side() -> None:
    edge = place("A place with a long name", 31.3, 121.69, 4)

    assert [each.side for each in day_map([visit(CENTRE)], [CENTRE, edge]).places] == ["left"]


def test_venues_come_with_their_districts(edition: Edition) -> None:
    district: District = make_district(edition, "ZZ")

    assert [venue.code for venue in venues_of(edition)][-1] == "ZZ"
    assert venues_of(edition)[-1].district is district
