"""A night from reading to publishing: what it does, what it keeps, and what it refuses."""

import json
import random
from pathlib import Path

import pytest
from sqlalchemy import select

from matchmaker.db import db
from matchmaker.domain.interest import Level
from matchmaker.domain.meeting import LIVE, Status
from matchmaker.domain.reasons import DeclineReason, WhyNot
from matchmaker.domain.roles import Role
from matchmaker.models import Account, Edition, Meeting, Notice, Project, Run, RunChange, Rung, RunState, UnmetInterest
from matchmaker.phrases import fault_words
from matchmaker.scheduling.check import value, violations
from matchmaker.scheduling.problem import read_problem
from matchmaker.scheduling.schedule import Schedule, read_schedule
from matchmaker.scheduling.schedule import Status as Answered
from matchmaker.services import nightly
from matchmaker.services.actors import Actor, actor_of
from matchmaker.services.catalogue import load_catalogue
from matchmaker.services.demo import create_demo
from matchmaker.services.doctor import diagnose
from matchmaker.services.editions import get_edition, now_in
from matchmaker.services.meetings import accept_meeting, decline_meeting, withdraw_meeting
from matchmaker.services.nightly import ExitCode, Message
from matchmaker.services.publishing import publish_run
from matchmaker.services.run_files import exported_run
from matchmaker.services.solving import Answer, Ended
from tests.builders import (
    NOW,
    get_chain,
    get_pool,
    get_project,
    make_empty_edition,
    make_interest,
    make_investor,
    make_meeting,
    save,
)
from tests.helpers import ROOT
from tests.services.nights import answer_at_once, changes_of, diary, do_night, dump

DATA = Path(ROOT, "matchmaker", "data", "shanghai-2024")


@pytest.fixture
def publishing(edition: Edition) -> Edition:
    """The small edition, which publishes at once, with four investors that want the robots."""
    edition.publishes_at_once = True
    save(edition)
    for _ in range(4):
        make_interest(make_investor(edition), get_chain(edition.id, "FI-ROB"), Level.MUST_MEET)
    return edition


@pytest.fixture
def quick_solver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nightly, "solve_in_child", answer_at_once)


@pytest.mark.any_database
def test_a_night_is_read_solved_stored_and_published(publishing: Edition) -> None:
    """With the real solver, in its child process."""
    night = do_night()

    run = db.session.get_one(Run, night.run_id)
    assert (night.exit_code, night.message) == (ExitCode.DONE, Message.PUBLISHED)
    assert (run.state, run.message, run.started_at, run.published_at) == (RunState.PUBLISHED, "published", NOW, NOW)
    assert (run.value, run.figures["booked"], run.figures["changes"]["new"]) == (night.value, 8, 8)
    assert run.bound is not None
    assert run.value <= run.bound
    assert run.figures["greedy_value"] <= run.value
    assert run.figures["must_meet"] == {"stated": 4, "met": 4}
    assert run.figures["seconds"]
    assert len(diary()) == 8
    assert diagnose() == []


@pytest.mark.any_database
def test_unchanged_input_keeps_the_schedule_and_says_so(publishing: Edition, quick_solver: None) -> None:
    first = do_night()
    before = dump()

    second = do_night()

    run = db.session.get_one(Run, second.run_id)
    assert (second.exit_code, second.message) == (ExitCode.KEPT, Message.UNCHANGED)
    assert (run.state, run.message) == (RunState.KEPT, "unchanged")
    assert dump() == before
    assert db.session.scalars(select(RunChange.run_id).distinct()).all() == [first.run_id]
    assert do_night().message is Message.UNCHANGED


def test_a_step_of_somebody_is_another_input(publishing: Edition, hao: Account, quick_solver: None) -> None:
    do_night()
    meeting_id = db.session.scalars(select(Meeting.id)).first()
    accept_meeting(actor_of(hao), meeting_id, now=NOW)

    assert do_night().message is Message.PUBLISHED
    assert do_night().message is Message.UNCHANGED


def test_a_draft_waits_for_review(publishing: Edition, quick_solver: None, olga: Account) -> None:
    night = do_night(review=True)
    run = db.session.get_one(Run, night.run_id)

    assert (night.message, diary(), run.state) == (Message.DRAFTED, {}, RunState.DRAFT)
    assert run.figures["changes"] == {"new": 8, "unchanged": 0, "moved": 0, "left_out": 0}
    publish_run(actor_of(olga), run.id, now=NOW)
    assert len(diary()) == 8
    assert (run.decided_by_id, run.decided_at) == (olga.id, NOW)


def test_a_review_with_another_seed_is_solved_anew(publishing: Edition, quick_solver: None) -> None:
    first, again = do_night(review=True), do_night(review=True, seed=7)

    assert first.run_id != again.run_id
    assert db.session.scalars(select(Run.state).order_by(Run.id)).all() == [RunState.DISCARDED, RunState.DRAFT]


def test_a_kept_night_says_how_good_the_kept_schedule_is(publishing: Edition, quick_solver: None) -> None:
    first, again = do_night(), do_night()

    assert (again.value, again.bound) == (first.value, first.bound)
    kept = db.session.get_one(Run, again.run_id)
    assert (kept.value, kept.figures["kept_from"], kept.problem is None) == (first.value, first.run_id, False)
    assert kept.figures["changes"] == {"new": 0, "unchanged": 8, "moved": 0, "left_out": 0}


def test_a_rehearsal_foresees_the_night_with_what_will_lapse(publishing: Edition, quick_solver: None) -> None:
    do_night()
    due = db.session.scalars(select(Meeting.deadline_at)).first()
    assert due is not None
    before = dump()

    rehearsed = do_night(now=due, dry_run=True)

    assert dump() == before
    assert rehearsed.figures["changes"] == do_night(now=due).figures["changes"]


def test_a_night_that_fails_repairs_what_lapsed(publishing: Edition, quick_solver: None, monkeypatch: pytest.MonkeyPatch) -> None:
    do_night()
    first = {pair: slot for pair, (_, slot) in diary().items()}
    due = db.session.scalars(select(Meeting.deadline_at)).first()
    assert due is not None
    monkeypatch.setattr(nightly, "solve_in_child", lambda problem, **_: Answer(None, Ended.CRASHED, {}))

    night = do_night(now=due)

    assert (night.message, night.rung, set(diary())) == (Message.PUBLISHED, Rung.REPAIRED, set(first))
    assert diagnose() == []


def test_a_newer_draft_takes_the_place_of_the_older(publishing: Edition, quick_solver: None) -> None:
    do_night(review=True)
    make_interest(make_investor(publishing), get_project(publishing, "XH-01"))
    do_night(review=True)

    assert db.session.scalars(select(Run.state).order_by(Run.id)).all() == [RunState.DISCARDED, RunState.DRAFT]


@pytest.mark.parametrize(
    "ended",
    [
        Answer(None, Ended.TIME, {}),
        Answer(None, Ended.MEMORY, {"most_memory": 5}),
        Answer(None, Ended.CRASHED, {"exit_code": -9, "last_words": "Killed"}),
    ],
)
def test_a_solver_that_fails_where_nothing_can_be_repaired_leaves_yesterdays_schedule(
    ended: Answer, publishing: Edition, quick_solver: None, hao: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    do_night()
    accept_meeting(actor_of(hao), db.session.scalars(select(Meeting.id)).first(), now=NOW)  # another input, the same diary
    monkeypatch.setattr(nightly, "solve_in_child", lambda problem, **_: ended)
    before = dump()

    night = do_night()

    run = db.session.get_one(Run, night.run_id)
    assert (night.exit_code, night.message, run.state) == (ExitCode.KEPT, Message.SOLVER_FAILED, RunState.KEPT)
    assert (run.rung, run.facts[0]["code"], dump()) == (Rung.KEPT, ended.ended.value, before)


def test_a_rehearsal_stores_nothing(publishing: Edition, quick_solver: None) -> None:
    before = dump()

    night = do_night(dry_run=True)

    assert (night.exit_code, night.message, night.run_id) == (ExitCode.DONE, Message.REHEARSED, None)
    assert night.figures["changes"] == {"new": 8, "unchanged": 0, "moved": 0, "left_out": 0}
    assert (dump(), db.session.scalars(select(Run)).all()) == (before, [])


def test_nobody_holds_the_database_while_it_is_solved(publishing: Edition, monkeypatch: pytest.MonkeyPatch) -> None:
    """Solving takes minutes: no transaction is open then, and somebody else may write."""
    seen = []

    def solve(problem: object, **limits: object) -> Answer:
        seen.append(db.session().in_transaction())
        return answer_at_once(problem)  # type: ignore[arg-type]

    monkeypatch.setattr(nightly, "solve_in_child", solve)
    do_night()

    assert seen == [False]


def test_people_who_come_while_it_is_solved_are_left_for_the_next_night(
    publishing: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    def solve(problem: object, **limits: object) -> Answer:
        make_interest(make_investor(publishing), get_project(publishing, "PD-01"))
        return answer_at_once(problem)  # type: ignore[arg-type]

    monkeypatch.setattr(nightly, "solve_in_child", solve)
    assert do_night().message is Message.PUBLISHED

    assert len(diary()) == 8
    monkeypatch.setattr(nightly, "solve_in_child", answer_at_once)
    assert do_night().message is Message.PUBLISHED
    assert diagnose() == []


def test_the_clock_of_the_edition_moves_with_the_night(publishing: Edition, quick_solver: None) -> None:
    later = publishing.slots[0].starts_at

    do_night(now=later, moves_clock=True)

    assert publishing.clock_at == later
    assert {slot for _, slot in diary().values()} <= {4, 5, 6, 7}


def test_overdue_proposals_lapse_and_may_be_proposed_again(publishing: Edition, quick_solver: None) -> None:
    do_night()
    first = {pair: slot for pair, (_, slot) in diary().items()}
    due = db.session.scalars(select(Meeting.deadline_at)).first()
    assert due is not None

    night = do_night(now=due)

    lapsed = db.session.scalars(select(Meeting).where(Meeting.status == Status.LAPSED)).all()
    assert (len(lapsed), night.figures["changes"]["new"], set(diary())) == (8, 8, set(first))


# -- input that makes no problem -----------------------------------------------------------------------------------------


def test_an_edition_without_a_meeting_day_is_refused(app: object) -> None:
    make_empty_edition(meeting_days=())

    night = do_night()

    assert (night.exit_code, night.facts) == (ExitCode.INPUT_REFUSED, [{"code": "no_meeting_days"}])
    assert db.session.get_one(Run, night.run_id).state is RunState.REFUSED


def test_an_edition_without_projects_is_refused(edition: Edition) -> None:
    db.session.execute(db.update(Project).values(withdrawn_at=NOW))
    db.session.commit()

    night = do_night()

    assert (night.exit_code, night.facts) == (ExitCode.INPUT_REFUSED, [{"code": "no_projects"}])


def test_pins_that_contradict_each_other_are_named(publishing: Edition, quick_solver: None) -> None:
    investor = make_investor(publishing)
    make_meeting(investor, get_project(publishing, "PD-01"), publishing.slots[0], Status.ACCEPTED)
    make_meeting(investor, get_project(publishing, "LG-01"), publishing.slots[1], Status.ACCEPTED)
    before = dump()

    night = do_night()

    names = [f"investor-{investor.id}:{code}" for code in ("PD-01", "LG-01")]
    assert night.exit_code is ExitCode.INPUT_REFUSED
    broken, clash, *repairs = night.facts
    assert (broken["code"], broken["candidates"]) == ("too_far", names)
    assert (clash["code"], [each["investor"] for each in clash["meetings"]]) == ("clash", [investor.name] * 2)
    assert "cannot all stay: that of" in fault_words(clash)
    assert [(fault["code"], *(step["kind"] for step in fault["steps"])) for fault in repairs] == [
        ("repair", kind) for kind in ("may_move", "may_move", "may_vanish", "may_vanish")
    ]
    assert db.session.get_one(Run, night.run_id).facts == night.facts
    assert dump() == before


def test_faults_of_the_settings_are_named(publishing: Edition) -> None:
    publishing.penalties = publishing.penalties | {"move": -1}
    save(publishing)

    night = do_night()

    assert (night.exit_code, night.facts) == (
        ExitCode.INPUT_REFUSED,
        [{"code": "problem", "where": "penalties.move", "what": "is not a whole number from 0 on"}],
    )


def test_an_investor_with_no_common_slot_with_anybody_hears_so(publishing: Edition, quick_solver: None) -> None:
    absent = make_investor(publishing, available=())
    make_interest(absent, get_project(publishing, "XH-01"))

    assert do_night().message is Message.PUBLISHED

    unmet = db.session.scalars(select(UnmetInterest).where(UnmetInterest.investor_id == absent.id)).one()
    assert unmet.reason == WhyNot.NO_COMMON_SLOT


def test_an_edition_without_investors_has_an_empty_night(edition: Edition, quick_solver: None) -> None:
    night = do_night()

    assert (night.exit_code, night.figures["booked"]) == (ExitCode.DONE, 0)


# -- the exported files --------------------------------------------------------------------------------------------------


def exported(run_id: int | None) -> tuple[object, Schedule]:
    assert run_id is not None
    problem, schedule = (json.loads(json.dumps(each)) for each in exported_run(run_id))
    assert schedule["instance"] == problem["name"]
    return read_problem(problem), read_schedule(schedule)


def test_the_exported_problem_and_answer_of_a_run_are_valid_pins_included(publishing: Edition, quick_solver: None) -> None:
    german = make_investor(publishing, languages=["de"])
    make_meeting(german, get_project(publishing, "LG-01"), publishing.slots[0], Status.ACCEPTED, pool=get_pool(publishing, "de"))
    make_meeting(
        german,
        get_project(publishing, "PD-01"),
        publishing.slots[4],
        Status.COUNTERED,
        offered=publishing.slots[5],
        pool=get_pool(publishing, "de"),
    )

    problem, schedule = exported(do_night().run_id)

    assert sum(booking.pinned for booking in problem.booked) == 3  # type: ignore[attr-defined]
    assert violations(problem, schedule.meetings) == []  # type: ignore[arg-type]
    assert schedule.objective == value(problem, schedule.meetings)  # type: ignore[arg-type]
    assert schedule.status is Answered.FEASIBLE


# -- two nights and what people do between them --------------------------------------------------------------------------


def demo_cohort(investors: int) -> Edition:
    load_catalogue(DATA)
    edition = get_edition()
    create_demo(edition, seed=3, now=now_in(edition), hash_password=lambda password: "!", investors=investors)
    return get_edition()


def host_of(meeting: Meeting) -> Actor:
    return Actor(Role.HOST, None, None, meeting.project.district_id)


def investor_of(meeting: Meeting) -> Actor:
    return Actor(Role.INVESTOR, None, meeting.investor_id, None)


def test_after_answers_the_second_night_keeps_what_is_agreed_and_uses_what_is_free(app: object) -> None:
    """A cohort of sixty, with the real solver: twenty accepted, ten declined, five withdrawn."""
    edition = demo_cohort(60)
    now = now_in(edition)
    assert do_night(now=now, seconds=3).message is Message.PUBLISHED
    proposed = list(db.session.scalars(select(Meeting).where(Meeting.suggested.is_(False)).order_by(Meeting.id)))
    random.Random(4).shuffle(proposed)
    accepted, declined, withdrawn = proposed[:20], proposed[20:30], proposed[30:35]
    told = {meeting.id: meeting.slot_id for meeting in db.session.scalars(select(Meeting))}
    answers = [(host_of(m), investor_of(m), m.id) for m in proposed[:35]]
    for host, _, meeting_id in answers[:20]:
        accept_meeting(host, meeting_id, now=now)
    for host, _, meeting_id in answers[20:30]:
        decline_meeting(host, meeting_id, DeclineReason.PROJECT_FILLED, now=now)
    for _, investor, meeting_id in answers[30:]:
        withdraw_meeting(investor, meeting_id, now=now)

    second = do_night(now=now, seconds=3)

    assert second.message is Message.PUBLISHED
    assert [(m.status, m.slot_id) for m in accepted] == [(Status.ACCEPTED, told[m.id]) for m in accepted]
    live = list(db.session.scalars(select(Meeting).where(Meeting.status.in_(LIVE))))
    closed = {(m.investor_id, m.project_id) for m in declined + withdrawn}
    assert not closed & {(m.investor_id, m.project_id) for m in live}
    changes = {(row[1], row[2]): row for row in changes_of(second.run_id)}
    untold = [
        m.id
        for m in db.session.scalars(select(Meeting).where(Meeting.run_id != second.run_id))
        if (m.slot_id != told[m.id] or m.status is Status.SUPERSEDED)
        and changes[m.investor_id, m.project.code][0] not in ("moved", "left_out")
    ]
    assert untold == []
    assert all(reason for kind, _, _, reason, _, _ in changes.values() if kind in ("moved", "left_out"))
    assert {row[0] for row in changes.values()} >= {"new", "unchanged"}
    lost = {m.investor_id for m in declined + withdrawn}
    newly_met = {m.investor_id for m in live if m.id not in told}
    assert lost & newly_met
    problem, schedule = exported(second.run_id)
    assert sum(booking.pinned for booking in problem.booked) == 20  # type: ignore[attr-defined]
    assert violations(problem, schedule.meetings) == []  # type: ignore[arg-type]
    assert diagnose() == []
    before = dump()
    assert do_night(now=now).message is Message.UNCHANGED
    assert dump() == before
    assert db.session.scalars(select(Notice.kind).distinct().order_by(Notice.kind)).all() == [
        "meeting_accept",
        "meeting_decline",
        "meeting_withdraw",
        "night",
    ]
