"""The steps of the ladder: which one an answer comes from, and that yesterday's schedule is the least."""

from dataclasses import replace
from typing import Any

import pytest

from matchmaker.db import db
from matchmaker.domain.interest import Level
from matchmaker.models import Account, Edition, Run, Rung
from matchmaker.scheduling.check import value, violations
from matchmaker.scheduling.floor import Floor, guests_of, level_of, meetings_of_guests
from matchmaker.scheduling.problem import Booking, Penalties, Problem
from matchmaker.scheduling.schedule import Placement, Schedule, Status
from matchmaker.services import nightly
from matchmaker.services.actors import actor_of
from matchmaker.services.floors import FloorAnswer
from matchmaker.services.ladder import Asked, Children, Contradictory, climb, is_within_gap, repaired, settle
from matchmaker.services.publishing import publish_run
from matchmaker.services.solving import Answer, Ended, Rejection
from tests.builders import NOW, get_chain, get_project, make_interest, make_investor, save
from tests.scheduling.builders import build_problem, conference, held, meeting, random_problem
from tests.services.nights import answer_at_once, diary, do_night

ASKED = Asked(gap=15, floor_first=False, seconds=2, seed=1, approved=1, had={})
FAILED = Answer(None, Ended.CRASHED, {"exit_code": -11, "last_words": "out of cheese"})


def told(**changes: Any) -> Problem:
    """Ines was told a at nine and b at ten; both weigh a hundred."""
    bookings = (Booking("a", 0), Booking("b", 2))
    candidates = (meeting("a"), meeting("b", ("ines", "hana")), meeting("c", ("ines", "hana"), weight=40))
    return build_problem(candidates, **{"booked": bookings, "penalties": Penalties(drop=500, move=50)} | changes)


def answered(problem: Problem, meetings: list[Placement], bound: float | None = None) -> Answer:
    schedule = Schedule(problem.name, tuple(meetings), Status.FEASIBLE, value(problem, meetings), bound)
    return Answer(schedule, Ended.DONE)


@pytest.mark.parametrize(
    ("worth", "bound", "gap", "within"),
    [
        (985, 1000, 15, True),
        (984, 1000, 15, False),
        (1000, 1000, 0, True),
        (999, 1000, 0, False),
        (-1015, -1000, 15, True),
        (-1016, -1000, 15, False),
        (0, 0, 0, True),
        (5, None, 1000, False),
    ],
)
def test_proven_means_within_the_gap_that_was_asked_for(worth: int, bound: int | None, gap: int, within: bool) -> None:
    assert is_within_gap(worth, bound, gap) is within


def test_an_answer_is_proven_or_feasible_by_its_bound() -> None:
    problem, meetings = told(), held(a=0, b=2)

    assert settle(problem, answered(problem, meetings, 203), ASKED).rung is Rung.PROVEN
    assert settle(problem, answered(problem, meetings, 204), ASKED).rung is Rung.FEASIBLE
    assert settle(problem, answered(problem, meetings), ASKED).rung is Rung.FEASIBLE
    assert settle(problem, answered(problem, meetings, 203), ASKED).faults == []


def test_without_an_answer_what_is_possible_stays_and_what_became_free_is_filled() -> None:
    problem = told(participants=(replace(told().participants[0], available=(0, 1, 3)), *told().participants[1:]))

    settled = settle(problem, FAILED, ASKED)

    assert settled.rung is Rung.REPAIRED
    assert settled.schedule is not None
    assert Placement("a", 0) in settled.schedule.meetings
    assert {each.candidate for each in settled.schedule.meetings} == {"a", "b", "c"}
    assert (settled.schedule.objective, settled.schedule.bound) == (value(problem, settled.schedule.meetings), None)
    assert settled.faults == [{"code": "crashed", "rejected": [], "exit_code": -11, "last_words": "out of cheese"}]


def test_where_a_repair_changes_nothing_the_schedule_is_kept() -> None:
    problem = replace(told(), candidates=told().candidates[:2])

    settled = settle(problem, FAILED, ASKED)

    assert (settled.rung, settled.schedule) == (Rung.KEPT, None)
    assert len(settled.faults) == 1


def test_where_every_repair_breaks_a_rule_the_schedule_is_kept() -> None:
    """Two pins in the same slot: nothing that holds both keeps the rules."""
    problem = told(booked=(Booking("a", 0, pinned=True), Booking("b", 0, pinned=True)))

    assert repaired(problem) is None
    assert settle(problem, FAILED, ASKED).rung is Rung.KEPT


def test_an_answer_below_yesterdays_schedule_is_not_used() -> None:
    problem = told()

    settled = settle(problem, answered(problem, held(a=0), 1000), ASKED)

    assert settled.rung is Rung.REPAIRED
    assert settled.answer.rejected == (Rejection.BELOW_YESTERDAY,)
    assert settled.schedule is not None
    assert (settled.schedule.objective or 0) >= value(problem, held(a=0, b=2))


def test_a_claim_that_nothing_is_possible_is_false_where_a_repair_is() -> None:
    impossible = Answer(Schedule("small", (), Status.INFEASIBLE, causes=("pinned a",)), Ended.DONE)

    assert settle(told(), impossible, ASKED).answer.rejected == (Rejection.FALSE_PROOF,)
    with pytest.raises(Contradictory) as caught:
        settle(told(booked=(Booking("a", 0, pinned=True), Booking("b", 0, pinned=True))), impossible, ASKED)
    assert caught.value.causes == ("pinned a",)


@pytest.mark.parametrize("seed", range(40))
def test_a_repair_keeps_every_rule_and_is_worth_at_least_what_people_were_told(seed: int) -> None:
    problem = random_problem(seed)
    yesterday = [Placement(each.candidate, each.slot) for each in problem.booked]

    meetings = repaired(problem)

    if meetings is not None:
        assert violations(problem, meetings) == []
    if not violations(problem, yesterday):
        assert meetings is not None
        assert value(problem, meetings) >= value(problem, yesterday)


# -- the floor goes first ----------------------------------------------------------------------------------------------


def children_that(*answers: Any, floor: FloorAnswer) -> Children:
    left = list(answers)
    return Children(lambda problem, seconds: left.pop(0)(problem), lambda problem, **limits: floor)


def test_an_answer_below_the_floor_is_asked_again_and_then_made_from_the_floor_itself() -> None:
    """The solver leaves somebody out twice; the schedule that the search for the floor found is filled up instead."""
    problem = conference(6, 4)
    everybody = answer_at_once(problem).schedule
    assert everybody is not None
    guests = guests_of(problem)
    level = level_of(guests, meetings_of_guests(problem, guests, everybody.meetings))
    assert level > 0
    unfair = [each for each in everybody.meetings if not each.candidate.startswith("i0-")]
    floor = FloorAnswer(Floor(level, level, everybody.meetings), Ended.DONE, {})
    lazy = lambda asked: answered(asked, unfair, 10**6)  # noqa: E731

    settled = climb(problem, replace(ASKED, floor_first=True), children_that(lazy, lazy, floor=floor))

    assert settled.schedule is not None
    assert settled.floor is not None
    assert (settled.floor.level, settled.floor.reached >= level, settled.rung) == (level, True, Rung.FEASIBLE)
    assert violations(problem, settled.schedule.meetings) == []
    assert settled.schedule.objective == value(settled.problem, settled.schedule.meetings)


# -- on the record -----------------------------------------------------------------------------------------------------


@pytest.fixture
def published(edition: Edition, monkeypatch: pytest.MonkeyPatch) -> Edition:
    edition.publishes_at_once = True
    save(edition)
    make_interest(make_investor(edition), get_chain(edition.id, "FI-ROB"), Level.MUST_MEET)
    monkeypatch.setattr(nightly, "solve_in_child", answer_at_once)
    return edition


@pytest.mark.any_database
def test_the_record_keeps_the_step_and_the_gap_that_was_asked_for(published: Edition) -> None:
    published.gap_asked = 0
    save(published)
    first = db.session.get_one(Run, do_night().run_id)
    published.gap_asked = 50
    save(published)
    make_interest(make_investor(published), get_project(published, "XH-01"))
    second = db.session.get_one(Run, do_night().run_id)
    third = db.session.get_one(Run, do_night().run_id)

    assert [(run.rung, run.figures["gap_asked"]) for run in (first, second, third)] == [
        (Rung.FEASIBLE, 0),
        (Rung.PROVEN, 50),
        (Rung.KEPT, 50),
    ]


def test_what_people_did_after_a_proof_takes_the_proof_away(published: Edition, olga: Account) -> None:
    published.gap_asked = 1000
    save(published)
    night = do_night(review=True)
    make_interest(make_investor(published), get_project(published, "XH-01"))
    assert night.rung is Rung.PROVEN

    publish_run(actor_of(olga), night.run_id or 0, now=NOW)

    run = db.session.get_one(Run, night.run_id)
    assert (run.rung, run.bound, run.figures["adjusted"], "floor" in run.figures) == (Rung.FEASIBLE, None, True, False)


def test_a_repaired_draft_waits_for_review_as_every_other(published: Edition, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nightly, "solve_in_child", lambda problem, **_: FAILED)

    night = do_night(review=True)

    assert (night.rung, diary()) == (Rung.REPAIRED, {})
    assert night.facts == [{"code": "crashed", "rejected": [], "exit_code": -11, "last_words": "out of cheese"}]
