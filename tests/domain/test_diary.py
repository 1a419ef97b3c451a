import itertools
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.domain.diary import Appointment, Entry, Leg, diary_entries

RANDOMLY = settings(deadline=None, derandomize=True)

MINUTES = {("PD", "XH"): 45, ("XH", "PD"): 45, ("PD", "LG"): 70, ("LG", "PD"): 70, ("XH", "LG"): 90, ("LG", "XH"): 90}


def appointment(key: str, place: str, hour: float, length: int = 30, day: int = 1) -> Appointment:
    start = datetime(2024, 4, day, tzinfo=UTC) + timedelta(hours=hour)
    return Appointment(key, place, start, start + timedelta(minutes=length))


def entries_of(*appointments: Appointment) -> list[Entry]:
    return diary_entries(
        appointments,
        travel_minutes=lambda origin, destination: MINUTES[origin, destination],
        same_day=lambda one, other: one.date() == other.date(),
    )


def test_appointments_come_in_time_order_with_the_way_between_places() -> None:
    first, second, third = appointment("a", "PD", 9), appointment("b", "PD", 9.5), appointment("c", "XH", 11)

    assert entries_of(third, first, second) == [
        Entry(first, None),
        Entry(second, None),
        Entry(third, Leg("PD", "XH", 45, 15)),
    ]


def test_a_way_that_can_not_be_done_has_less_than_nothing_to_spare() -> None:
    first, second = appointment("a", "PD", 9), appointment("b", "LG", 10)

    assert entries_of(first, second)[1].leg == Leg("PD", "LG", 70, -40)


def test_there_is_no_way_from_one_day_to_the_next() -> None:
    first, second = appointment("a", "PD", 9), appointment("b", "XH", 9, day=2)

    assert [entry.leg for entry in entries_of(first, second)] == [None, None]


def test_an_empty_diary_has_no_entries() -> None:
    assert entries_of() == []


def test_appointments_at_one_time_and_place_keep_no_way_between_them() -> None:
    both = [appointment("a", "PD", 9), appointment("b", "PD", 9)]

    assert [entry.leg for entry in entries_of(*both)] == [None, None]


@RANDOMLY
@given(
    st.lists(
        st.builds(
            appointment,
            st.text(max_size=2),
            st.sampled_from(["PD", "XH", "LG"]),
            st.integers(0, 15),
            st.integers(10, 120),
            st.integers(1, 3),
        ),
        max_size=8,
    )
)
def test_every_appointment_stands_once_in_order_and_each_way_leads_to_it(appointments: list[Appointment]) -> None:
    entries = entries_of(*appointments)

    assert sorted(map(id, (entry.appointment for entry in entries))) == sorted(map(id, appointments))
    starts = [entry.appointment.starts_at for entry in entries]
    assert starts == sorted(starts)
    for before, entry in itertools.pairwise(entries):
        if entry.leg:
            assert (entry.leg.origin, entry.leg.destination) == (before.appointment.place, entry.appointment.place)
            gap = (entry.appointment.starts_at - before.appointment.ends_at) // timedelta(minutes=1)
            assert entry.leg.minutes + entry.leg.spare == gap
