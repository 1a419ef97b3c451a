"""What the pages say of a run's step on the ladder, of faults of the solver, and of the floor; and where it is set."""

import pytest

from matchmaker.db import db
from matchmaker.models import Edition, Rung, RunState
from matchmaker.services.settings import changes_of_settings
from tests.builders import get_project, make_interest
from tests.helpers import sign_in
from tests.services.test_runs import make_draft

FLOOR = {"smallest": 1, "possible": 1, "most": 1, "counted": 7, "uncounted": 0, "held_down": 2}
FLOOR |= {"level": None, "level_most": None, "reached": 1}


@pytest.fixture
def organiser(client, olga):
    return sign_in(client, olga)


@pytest.fixture
def run(edition, ines):
    make_interest(ines.investor, get_project(edition, "PD-01"))
    return make_draft(edition, [(ines.investor, get_project(edition, "PD-01"), edition.slots[0])])


def change(run, **changes):
    for name, value in changes.items():
        setattr(run, name, value)
    db.session.commit()


def text_of(client, run):
    response = client.get(f"/organiser/runs/{run.id}")
    assert response.status_code == 200
    return " ".join(response.text.split())


@pytest.mark.parametrize(
    ("rung", "told"),
    [
        (Rung.PROVEN, "Proven: no other schedule is better by more than the gap that was asked for."),
        (Rung.FEASIBLE, "Feasible: it keeps every rule"),
        (Rung.REPAIRED, "Repaired without the solver"),
        (Rung.KEPT, "Kept: the published schedule stays exactly as it was."),
    ],
)
def test_a_run_says_which_step_it_came_from(organiser, run, rung, told):
    assert told not in text_of(organiser, run)

    change(run, rung=rung)

    assert told in text_of(organiser, run)


def test_the_list_of_runs_marks_a_repaired_one(organiser, run):
    assert "Repaired" not in organiser.get("/organiser/runs").text

    change(run, rung=Rung.REPAIRED)

    assert "Repaired" in organiser.get("/organiser/runs").text


def test_the_gap_stands_beside_the_one_that_was_asked_for(organiser, run):
    change(run, figures=run.figures | {"gap_asked": 15})
    assert "A gap of at most 1.5% was asked for. The gap is 14.29%: more time for the solver" in text_of(organiser, run)

    change(run, figures=run.figures | {"gap_asked": 150})
    assert "A gap of at most 15% was asked for. The gap is 14.29%." in text_of(organiser, run)


def test_faults_of_the_solver_are_told_with_its_last_words(organiser, run):
    crashed = {"code": "crashed", "rejected": [], "exit_code": -9, "last_words": "<out of cheese>"}
    spoilt = {"code": "done", "rejected": ["violations", "never heard of"]}
    floor = {"code": "time", "about": "floor", "rejected": []}

    change(run, state=RunState.PUBLISHED, message="published", facts=[crashed, spoilt, floor])

    text = text_of(organiser, run)
    assert "The solver ended unexpectedly. The system ended it (signal 9): most often the machine has no memory left." in text
    assert "&lt;out of cheese&gt;" in text
    assert "<li>Its schedule broke a rule and was not used." in text
    assert "While it was sought whether everybody could have more meetings: The solver went over its time and was ended." in text
    assert "notice-warning" in text


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, "It cannot be more, and that is proven: 2 investors can have no more, by their own limits and times."),
        ({"held_down": 0}, "It cannot be more, and that is proven: the places are too few for everybody to have more."),
        ({"most": 3, "possible": 2}, "It could be more: a schedule was found in which everybody has at least 2."),
        ({"most": 3}, "Whether it could be more is not proven; more than 3 is impossible."),
        ({"smallest": 0, "most": 0}, "At least one investor who could meet has no meeting."),
        ({"uncounted": 4}, "4 approved investors do not count here: no meeting is possible for them"),
        ({"level": 1}, "The floor went first: everybody has at least 1, or as many as its own limits and times allow."),
        ({"level": 1, "level_most": 1}, "No higher floor is possible, and that is proven."),
        ({"level": 1, "level_most": 2}, "Whether a higher floor is possible is not proven."),
        ({"level": 2}, "The floor was to go first. At least 2 meetings for everybody would have been possible"),
    ],
)
def test_the_floor_is_told_with_what_is_proven_of_it(organiser, run, changes, told):
    change(run, figures=run.figures | {"floor": FLOOR | changes})

    assert told in text_of(organiser, run)


def test_aims_are_set_with_a_trace_that_reads_well(organiser, edition):
    answer = organiser.post("/organiser/settings/aims", data={"gap_asked": "0.5", "floor_first": "y"})

    stored = db.session.get_one(Edition, edition.id)
    assert (answer.status_code, stored.gap_asked, stored.floor_first) == (303, 5, True)
    text = organiser.get("/organiser/settings").text
    assert 'value="0.5"' in text
    assert "<td>1.5%</td><td>0.5%</td>" in text
    assert "<td>no</td><td>yes</td>" in text


@pytest.mark.parametrize("gap", ["-1", "101", "many", "NaN", "sNaN", "Infinity", "", "0.04", "0.05", "1.25", "99.96", "100.1"])
def test_a_gap_that_is_none_comes_back_with_a_message(organiser, edition, gap):
    answer = organiser.post("/organiser/settings/aims", data={"gap_asked": gap})

    assert 'id="gap_asked-error"' in answer.text
    assert db.session.get_one(Edition, edition.id).gap_asked == 15
    assert changes_of_settings(edition) == []
