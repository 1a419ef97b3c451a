import itertools
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.domain.calendar import GridSlot, Half, Opening, grid, overlaps, too_close

RANDOMLY = settings(deadline=None, derandomize=True)

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY, TUESDAY = date(2024, 4, 1), date(2024, 4, 2)
MORNING = Opening(Half.MORNING, time(9), time(12))
AFTERNOON = Opening(Half.AFTERNOON, time(13, 30), time(17, 30))


def at(hour: int, minute: int = 0, day: date = MONDAY) -> datetime:
    return datetime.combine(day, time(hour, minute), tzinfo=SHANGHAI)


def test_a_day_of_the_conference_has_six_slots_before_noon_and_eight_after() -> None:
    slots = grid([MONDAY], [MORNING, AFTERNOON], minutes=30, zone=SHANGHAI)

    assert [slot.half for slot in slots] == [Half.MORNING] * 6 + [Half.AFTERNOON] * 8
    assert slots[0] == GridSlot(
        MONDAY, Half.MORNING, datetime(2024, 4, 1, 1, tzinfo=UTC), datetime(2024, 4, 1, 1, 30, tzinfo=UTC)
    )
    assert (slots[5].ends_at, slots[6].starts_at, slots[-1].ends_at) == (at(12), at(13, 30), at(17, 30))


def test_days_come_in_order_whatever_the_order_they_are_given_in() -> None:
    slots = grid([TUESDAY, MONDAY], [MORNING], minutes=60, zone=SHANGHAI)

    assert [(slot.day, slot.starts_at) for slot in slots] == [
        (day, at(hour, day=day)) for day in (MONDAY, TUESDAY) for hour in (9, 10, 11)
    ]


def test_a_slot_that_would_not_end_in_its_half_day_is_left_out() -> None:
    assert [slot.starts_at for slot in grid([MONDAY], [MORNING], minutes=70, zone=SHANGHAI)] == [at(9), at(10, 10)]


def test_no_days_make_no_slots() -> None:
    assert grid([], [MORNING], minutes=30, zone=SHANGHAI) == []


@RANDOMLY
@given(minutes=st.integers(10, 240), days=st.sets(st.dates(date(2024, 1, 1), date(2024, 12, 31)), max_size=5))
def test_slots_never_overlap_have_their_length_and_stay_in_their_hours(minutes: int, days: set[date]) -> None:
    slots = grid(days, [MORNING, AFTERNOON], minutes=minutes, zone=SHANGHAI)

    assert all(slot.ends_at - slot.starts_at == timedelta(minutes=minutes) for slot in slots)
    assert all(one.ends_at <= other.starts_at for one, other in itertools.pairwise(slots))
    hours = {Half.MORNING: MORNING, Half.AFTERNOON: AFTERNOON}
    for slot in slots:
        opening = hours[slot.half]
        assert opening.start <= slot.starts_at.astimezone(SHANGHAI).time()
        assert slot.ends_at.astimezone(SHANGHAI).time() <= opening.end


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (at(9), at(9, 30), False),
        (at(9), at(10), False),
        (at(9), at(10, 1), True),
        (at(10, 10), at(10, 20), True),
        (at(10, 30), at(11), False),
    ],
)
def test_what_only_touches_does_not_overlap(start: datetime, end: datetime, expected: bool) -> None:
    assert overlaps(start, end, at(10), at(10, 30)) is expected
    assert overlaps(at(10), at(10, 30), start, end) is expected


@pytest.mark.parametrize(("gap", "expected"), [(0, True), (44, True), (45, False), (60, False)])
def test_two_things_are_too_close_when_the_way_is_longer_than_the_time_between(gap: int, expected: bool) -> None:
    start = at(10) + timedelta(minutes=gap)
    end = start + timedelta(minutes=30)

    assert too_close(at(9), at(10), start, end, travel_minutes=45) is expected
    assert too_close(start, end, at(9), at(10), travel_minutes=45) is expected


def test_without_a_way_only_an_overlap_is_too_close() -> None:
    assert not too_close(at(9), at(10), at(10), at(11), travel_minutes=0)
    assert too_close(at(9), at(10), at(9, 59), at(11), travel_minutes=0)
