"""Reading, checking and writing problems and schedules."""

import pytest

from matchmaker.scheduling.problem import ProblemError, problem_as_data, read_problem
from matchmaker.scheduling.schedule import Placement, Schedule, Status, read_schedule, schedule_as_data
from tests.scheduling.builders import build_problem, build_slots, conference, random_problem


def minimal() -> dict:
    return {
        "format": "matchmaker-instance/1",
        "name": "minimal",
        "slots": [{"day": 0, "start": "2024-04-01T09:00", "end": "2024-04-01T09:30"}],
        "venues": [{"id": "east", "tables": None}],
        "travel_minutes": [[0]],
        "participants": [{"id": "ines", "kind": "investor", "available": [0]}],
        "candidates": [{"id": "m", "participants": ["ines"], "venue": "east", "weight": 1}],
        "penalties": {},
    }


@pytest.mark.parametrize("seed", range(40))
def test_a_problem_written_and_read_is_the_same(seed: int) -> None:
    problem = random_problem(seed)
    assert read_problem(problem_as_data(problem)) == problem


def test_a_conference_written_and_read_is_the_same() -> None:
    assert read_problem(problem_as_data(conference())) == conference()


def test_optional_fields_may_be_missing() -> None:
    problem = read_problem(minimal())
    assert problem.participants[0].capacity == 1
    assert problem.candidates[0].slots is None
    assert problem.booked == ()


def test_all_faults_are_told_at_once_with_their_place() -> None:
    data = minimal()
    data["participants"][0]["available"] = [0, 7]
    data["candidates"] += [
        {"id": "m", "participants": ["ines", "sam"], "venue": "north", "weight": 1, "pool": "x", "after": ["n"]},
    ]
    data["booked"] = [{"candidate": "q", "slot": 0}]
    data["penalties"] = {"move": -1}
    with pytest.raises(ProblemError) as caught:
        read_problem(data)
    assert [str(fault) for fault in caught.value.faults] == [
        "candidates[1]: the name m is used before",
        "participants[0] (ines): is available in a slot that does not exist",
        "candidates[1] (m): names an unknown participant sam",
        "candidates[1] (m): names an unknown venue north",
        "candidates[1] (m): names an unknown pool x",
        "candidates[1] (m): comes after an unknown candidate n",
        "booked[0]: names an unknown candidate q",
        "penalties.move: is not a whole number from 0 on",
    ]


@pytest.mark.parametrize("data", [None, [], {}, {"format": "matchmaker-instance/1"}, minimal() | {"slots": 3}])
def test_what_is_no_problem_is_refused_with_faults(data: object) -> None:
    with pytest.raises(ProblemError) as caught:
        read_problem(data)
    assert caught.value.faults


def test_slots_out_of_order_are_a_fault() -> None:
    slots = build_slots()
    with pytest.raises(ProblemError, match="not in order of time"):
        build_problem(slots=(slots[1], slots[0], slots[2], slots[3]))


def test_slots_follow_on_but_not_over_lunch_or_night() -> None:
    problem = build_problem(slots=build_slots(2, 4, lunch_after=2))
    assert problem.runs == (2, 1, 2, 1, 2, 1, 2, 1)


def test_a_schedule_written_and_read_is_the_same() -> None:
    schedule = Schedule("small", (Placement("m", 2),), Status.OPTIMAL, 100, 100, 1.5, 7)
    assert read_schedule(schedule_as_data(schedule)) == schedule


def test_an_infeasible_schedule_keeps_its_causes() -> None:
    schedule = Schedule("small", (), Status.INFEASIBLE, seed=1, causes=("required m",))
    assert read_schedule(schedule_as_data(schedule)) == schedule


@pytest.mark.parametrize("data", [None, {}, {"format": "matchmaker-schedule/1", "meetings": [3]}])
def test_what_is_no_schedule_is_refused_with_faults(data: object) -> None:
    with pytest.raises(ProblemError) as caught:
        read_schedule(data)
    assert caught.value.faults
