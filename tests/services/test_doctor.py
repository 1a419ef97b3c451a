"""The doctor finds nothing in a sound edition, and names whatever raw SQL breaks."""

import json
import zlib
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from matchmaker.db import db
from matchmaker.domain.interest import Level
from matchmaker.domain.meeting import Status
from matchmaker.domain.roles import Role
from matchmaker.models import ChangeKind, Meeting, MeetingChange, Notice, Occupancy, Run, RunChange, RunState, UnmetInterest
from matchmaker.services.doctor import CHECKS, SENTENCES, Fault, Wrong, diagnose
from tests.builders import (
    NOW,
    get_chain,
    get_district,
    get_pool,
    get_project,
    make_account,
    make_activity,
    make_interest,
    make_investor,
    make_lead_absence,
    make_mark,
    make_meeting,
    make_outcome,
    make_signup,
    save,
)


def sql(*statements: str, **values: object) -> None:
    """Do it behind the back of the application, and of the checks of the tables."""
    sqlite = db.engine.dialect.name == "sqlite"
    if sqlite:
        db.session.execute(text("PRAGMA ignore_check_constraints = ON"))
    for statement in statements:
        db.session.execute(text(statement), values)
    db.session.commit()
    if sqlite:
        db.session.execute(text("PRAGMA ignore_check_constraints = OFF"))
    db.session.rollback()


def found() -> list[tuple[Wrong, dict]]:
    faults = diagnose()
    assert all(str(fault) for fault in faults)  # each has its sentence, with all its facts
    return [(fault.code, dict(fault.facts)) for fault in faults]


def codes() -> list[Wrong]:
    return [code for code, _ in found()]


@pytest.fixture
def meeting(edition, ines, hao, olga) -> Meeting:
    """An accepted meeting of Ines in Pudong, on the first morning."""
    return make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], Status.ACCEPTED)


@pytest.fixture
def proposal(edition, sam, hao) -> Meeting:
    return make_meeting(sam.investor, get_project(edition, "PD-02"), edition.slots[1])


@pytest.fixture
def run(edition, ines, hao) -> Run:
    """A published night that booked Ines with PD-01 in the third slot, and could not meet her interest in XH-01."""
    project = get_project(edition, "PD-01")
    make_interest(ines.investor, project)
    unmet = make_interest(ines.investor, get_project(edition, "XH-01"))
    placed = {"candidate": f"investor-{ines.investor_id}:PD-01", "slot": 2}
    schedule = {"instance": "night", "meetings": [placed], "objective": 500, "bound": 600}
    run = Run(
        edition_id=edition.id,
        state=RunState.PUBLISHED,
        phase="published",
        started_at=NOW,
        published_at=NOW,
        seed=1,
        version="test",
        value=500,
        bound=600,
        schedule=zlib.compress(json.dumps(schedule).encode()),
        figures={"changes": {"new": 1, "moved": 0}},
    )
    save(run)
    meeting = make_meeting(ines.investor, project, edition.slots[2], run_id=run.id)
    sql("UPDATE meeting_change SET run_id = :run", run=run.id)
    facts = json.dumps({"run": run.id, "changes": [{"meeting": meeting.id}]})
    sql("UPDATE notice SET kind = 'night', facts = :facts", facts=facts)
    save(RunChange(run_id=run.id, meeting_id=meeting.id, kind=ChangeKind.NEW, facts={"from_slot": None, "to_slot": 2}))
    save(UnmetInterest(run_id=run.id, interest_id=unmet.id, investor_id=ines.investor_id, reason="full", facts={}))
    return run


# -- sound -------------------------------------------------------------------------------------------------------------


@pytest.mark.any_database
@pytest.mark.parametrize("status", Status)
def test_sound_meeting_in_any_status_is_no_fault(edition, ines, hao, olga, status):
    offered = edition.slots[6] if status is Status.COUNTERED else None
    pool = get_pool(edition, "ja")

    make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], status, offered=offered, pool=pool)

    assert found() == []


@pytest.mark.any_database
def test_sound_night_is_no_fault(run):
    assert found() == []


def test_empty_database_is_no_fault(app):
    assert found() == []


def test_sound_longer_meeting_is_no_fault(edition, ines, hao):
    make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], length=2)

    assert found() == []


def test_every_fault_has_a_sentence():
    assert SENTENCES.keys() == set(Wrong)


def test_cost_does_not_grow_with_the_meetings(edition, ines, sam, hao, count_queries):
    make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0])
    with count_queries() as one:
        diagnose()
    make_meeting(sam.investor, get_project(edition, "PD-02"), edition.slots[1])
    make_meeting(sam.investor, get_project(edition, "PD-01"), edition.slots[4])
    with count_queries() as three:
        diagnose()

    assert one.count == three.count


def test_nothing_is_changed_by_looking(meeting):
    sql("DELETE FROM occupancy")

    diagnose()

    assert db.session.scalar(select(func.count()).select_from(Occupancy)) == 0


# -- what meetings hold ------------------------------------------------------------------------------------------------


def test_missing_occupancy_row_is_named(edition, meeting):
    sql("DELETE FROM occupancy WHERE resource_id = (SELECT id FROM resource WHERE project_id = :id)", id=meeting.project_id)

    facts = {"meeting": meeting.id, "status": "accepted", "kind": "lead", "slot": edition.slots[0].id}
    assert found() == [(Wrong.HELD_TOO_LITTLE, facts)]


def test_row_in_a_wrong_slot_is_named(edition, meeting):
    sql("UPDATE occupancy SET slot_id = :slot WHERE id = (SELECT min(id) FROM occupancy)", slot=edition.slots[3].id)

    assert codes() == [Wrong.HELD_TOO_MUCH, Wrong.HELD_TOO_LITTLE]


def test_second_table_is_named(edition, meeting):
    table = db.session.scalar(
        text("SELECT max(id) FROM resource WHERE venue_id = :venue AND number = 2"), {"venue": meeting.venue_id}
    )
    save(Occupancy(resource_id=table, slot_id=meeting.slot_id, meeting_id=meeting.id))

    facts = {"meeting": meeting.id, "resource": table, "kind": "table", "slot": meeting.slot_id}
    assert found() == [(Wrong.HELD_TOO_MUCH, facts)]


def test_missing_row_of_an_offered_slot_is_named(edition, ines, hao):
    made = make_meeting(
        ines.investor, get_project(edition, "PD-01"), edition.slots[0], Status.COUNTERED, offered=edition.slots[5]
    )
    sql("DELETE FROM occupancy WHERE slot_id = :slot", slot=edition.slots[5].id)

    assert codes() == [Wrong.HELD_TOO_LITTLE] * 3
    assert {facts["meeting"] for _, facts in found()} == {made.id}


def test_missing_interpreter_is_named(edition, ines, hao):
    pool = get_pool(edition, "ja")
    make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], pool=pool)
    sql("DELETE FROM occupancy WHERE resource_id IN (SELECT id FROM resource WHERE pool_id = :pool)", pool=pool.id)

    assert [(code, facts["kind"]) for code, facts in found()] == [(Wrong.HELD_TOO_LITTLE, "interpreter")]


def test_ended_meeting_that_holds_rows_is_named(edition, ines, hao, meeting):
    ended = make_meeting(ines.investor, get_project(edition, "PD-02"), edition.slots[5], Status.CANCELLED)
    sql("UPDATE occupancy SET meeting_id = :ended", ended=ended.id)

    assert (Wrong.HELD_AFTER_THE_END, {"meeting": ended.id, "status": "cancelled", "rows": 3}) in found()


@pytest.mark.postgres
def test_double_booking_is_named_even_without_the_constraint(edition, meeting, sam):
    other = make_meeting(sam.investor, get_project(edition, "PD-02"), edition.slots[0])
    sql(
        "ALTER TABLE occupancy DROP CONSTRAINT uq_occupancy_resource_slot",
        "UPDATE occupancy SET resource_id = (SELECT id FROM resource WHERE venue_id = :venue AND number = 1) "
        "WHERE resource_id IN (SELECT id FROM resource WHERE venue_id = :venue)",
        venue=meeting.venue_id,
    )

    [(code, facts)] = found()
    assert (code, facts["kind"], sorted(facts["meetings"])) == (Wrong.TAKEN_TWICE, "table", [meeting.id, other.id])


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("UPDATE venue SET tables = 0", "table"),
        ("UPDATE interpreter_pool SET capacity = 0", "interpreter"),
        ("UPDATE project SET leads = 0", "lead"),
    ],
)
def test_more_meetings_than_room_are_named(edition, ines, hao, statement, kind):
    make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], pool=get_pool(edition, "ja"))
    sql(statement)

    over = [facts["kind"] for code, facts in found() if code is Wrong.OVER_CAPACITY]
    assert over == [kind]
    assert set(codes()) == {Wrong.OVER_CAPACITY, Wrong.RESOURCES_MISCOUNTED}


def test_missing_resource_is_named(edition):
    venue = get_district(edition, "PD").venue
    sql("DELETE FROM resource WHERE venue_id = :venue AND number = 1", venue=venue.id)

    assert found() == [(Wrong.RESOURCES_MISCOUNTED, {"kind": "table", "owner": venue.id, "numbers": [2], "capacity": 2})]


def test_slots_that_do_not_follow_on_are_named(edition, ines, hao):
    across_lunch = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[1], length=2)

    assert found() == [(Wrong.SLOTS_APART, {"meeting": across_lunch.id, "length": 2, "slot": edition.slots[1].id})]


def test_meeting_at_a_foreign_venue_is_named(edition, meeting):
    venue = get_district(edition, "LG").venue
    sql("UPDATE meeting SET venue_id = :venue", venue=venue.id)

    assert (Wrong.ELSEWHERE, {"meeting": meeting.id, "venue": venue.id}) in found()


def test_meeting_with_an_investor_of_another_edition_is_named(edition, meeting):
    sql(
        "INSERT INTO edition SELECT 99, 'OTHER', year, name_en, name_zh, theme_en, theme_zh, timezone, main_conference_date, "
        "start_date, end_date, clock_at, grid_minutes, answer_deadline_hours, must_meet_limit, default_min_meetings, "
        "default_max_meetings, default_max_per_day, publishes_at_once, interpreters_paired_with, penalties, weights, "
        "illustrative, sources, gap_asked, floor_first FROM edition",
        "UPDATE investor SET edition_id = 99",
    )

    assert (Wrong.EDITIONS_MIXED, {"meeting": meeting.id}) in found()


# -- history -----------------------------------------------------------------------------------------------------------


def test_meeting_without_history_is_named(meeting):
    sql("DELETE FROM meeting_change")

    assert (Wrong.NO_HISTORY, {"meeting": meeting.id}) in found()


def test_gap_in_the_history_is_named(meeting):
    sql("UPDATE meeting_change SET from_status = 'countered', action = 'take', role = 'investor' WHERE action = 'accept'")

    last = db.session.scalar(select(func.max(MeetingChange.id)))
    gap = {"meeting": meeting.id, "change": last, "begins": "countered", "ended": "proposed"}
    assert (Wrong.HISTORY_GAP, gap) in found()


def test_status_that_the_history_does_not_tell_is_named(proposal):
    sql("UPDATE meeting SET status = 'withdrawn'", "DELETE FROM occupancy")

    told = f"proposed in slot {proposal.slot_id}"
    stored = f"withdrawn in slot {proposal.slot_id}"
    assert found() == [(Wrong.HISTORY_ENDS_ELSEWHERE, {"meeting": proposal.id, "stored": stored, "told": told})]


def test_slot_that_the_history_does_not_tell_is_named(edition, proposal):
    sql("UPDATE meeting SET slot_id = :slot", "UPDATE occupancy SET slot_id = :slot", slot=edition.slots[4].id)

    assert codes() == [Wrong.HISTORY_ENDS_ELSEWHERE]


def test_step_by_a_wrong_hand_is_named(meeting):
    sql("UPDATE meeting_change SET role = 'investor' WHERE action = 'accept'")

    [(code, facts)] = found()
    assert (code, facts["action"], facts["role"]) == (Wrong.STEP_UNKNOWN, "accept", "investor")


def test_decline_without_reason_is_named(edition, ines, hao):
    declined = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], Status.DECLINED)
    sql("UPDATE meeting_change SET reason = ''")

    [(code, facts)] = found()
    assert (code, facts["meeting"], facts["action"]) == (Wrong.STEP_WITHOUT_REASON, declined.id, "decline")


def test_sequence_that_did_not_grow_is_named(meeting):
    sql("UPDATE meeting SET sequence = 0")

    assert found() == [(Wrong.SEQUENCE_BEHIND, {"meeting": meeting.id, "sequence": 0, "changes": 1})]


@pytest.mark.parametrize(("column", "side"), [("host_agreed_at", "host"), ("investor_agreed_at", "investor")])
def test_accepted_meeting_without_a_yes_is_named(meeting, column, side):
    sql(f"UPDATE meeting SET {column} = NULL")

    assert found() == [(Wrong.AGREED_BY_NOBODY, {"meeting": meeting.id, "status": "accepted", "side": side})]


def test_accepted_suggestion_without_the_investors_step_is_named(edition, ines, hao):
    made = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], Status.ACCEPTED, suggested=True)

    assert found() == [(Wrong.AGREED_BY_NOBODY, {"meeting": made.id, "status": "accepted", "side": "investor"})]


def test_deadline_after_six_the_day_before_is_named(proposal):
    late = proposal.slot.starts_at - timedelta(hours=1)
    sql("UPDATE meeting SET deadline_at = :late", late=late.replace(tzinfo=None))

    [(code, facts)] = found()
    assert (code, facts["meeting"], facts["deadline"]) == (Wrong.DEADLINE_LATE, proposal.id, late.isoformat())


def test_proposal_that_a_night_did_not_let_lapse_is_named(run):
    sql("UPDATE meeting SET deadline_at = :past", past=(NOW - timedelta(days=2)).replace(tzinfo=None))

    assert codes() == [Wrong.NOT_LAPSED]


@pytest.mark.postgres
def test_pair_with_two_live_meetings_is_named(edition, ines, hao):
    project = get_project(edition, "PD-01")
    sql("DROP INDEX uq_meeting_live_pair")
    ids = [make_meeting(ines.investor, project, edition.slots[slot]).id for slot in (0, 4)]

    facts = {"investor": ines.investor_id, "project": project.id, "meetings": ids}
    assert (Wrong.PAIR_TWICE, facts) in found()


@pytest.mark.parametrize("closing", [Status.DECLINED, Status.WITHDRAWN, Status.HELD, Status.MISSED])
def test_closed_pair_that_was_proposed_is_named(edition, ines, hao, closing):
    closed = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], closing)
    again = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[1])

    assert found() == [(Wrong.CLOSED_PAIR_PROPOSED, {"meeting": again.id, "meetings": [closed.id]})]


@pytest.mark.parametrize("ending", [Status.LAPSED, Status.SUPERSEDED, Status.CANCELLED])
def test_open_pair_may_be_proposed_again(edition, ines, hao, ending):
    make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], ending)
    make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[1])

    assert found() == []


def test_fourth_proposal_after_three_lapses_is_named(edition, ines, hao):
    lapsed = [make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], Status.LAPSED).id for _ in range(3)]
    again = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[1])

    assert found() == [(Wrong.CLOSED_PAIR_PROPOSED, {"meeting": again.id, "meetings": lapsed})]


# -- diaries -----------------------------------------------------------------------------------------------------------


def test_investor_without_approval_that_meets_is_named(meeting):
    sql("UPDATE investor SET vetting = 'waitlisted'")

    facts = {"meeting": meeting.id, "status": "accepted", "investor": meeting.investor_id, "vetting": "waitlisted"}
    assert found() == [(Wrong.NOT_VETTED, facts)]


def test_meeting_outside_the_availability_is_named(meeting):
    sql("DELETE FROM availability")

    facts = {"meeting": meeting.id, "slot": meeting.slot_id, "investor": meeting.investor_id}
    assert found() == [(Wrong.NOT_AVAILABLE, facts)]


def test_absent_lead_is_a_warning(edition, meeting):
    make_lead_absence(meeting.project, edition.slots[0])

    facts = {"meeting": meeting.id, "slot": meeting.slot_id, "project": meeting.project_id}
    assert diagnose() == [Fault(Wrong.LEAD_AWAY, facts, is_warning=True)]


def test_meetings_too_far_apart_are_named(edition, ines, hao):
    here = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0])
    there = make_meeting(ines.investor, get_project(edition, "XH-01"), edition.slots[1])

    facts = {"investor": ines.investor_id, "meetings": [here.id, there.id], "gap": 0, "minutes": 45}
    assert found() == [(Wrong.TOO_FAR, facts)]


def test_lunch_is_long_enough_for_the_way(edition, ines, hao):
    make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[1])
    make_meeting(ines.investor, get_project(edition, "XH-01"), edition.slots[2])

    assert found() == []


def test_programme_item_too_close_to_a_meeting_is_named(edition, ines, meeting):
    venue = get_district(edition, "XH").venue
    activity = make_activity(edition, venue=venue, starts_at=edition.slots[0].ends_at + timedelta(minutes=30))
    make_signup(ines.investor, activity)

    facts = {"investor": ines.investor_id, "activity": activity.id, "meeting": meeting.id}
    assert found() == [(Wrong.ATTENDS_ELSEWHERE, facts)]


@pytest.mark.parametrize(("column", "on"), [("max_meetings", "in all"), ("max_per_day", "on 2024-04-01")])
def test_more_meetings_than_the_limit_are_a_warning(edition, ines, hao, meeting, column, on):
    make_meeting(ines.investor, get_project(edition, "PD-02"), edition.slots[2])
    sql(f"UPDATE investor SET {column} = 1")

    facts = {"investor": ines.investor_id, "meetings": 2, "most": 1, "on": on}
    assert diagnose() == [Fault(Wrong.TOO_MANY_MEETINGS, facts, is_warning=True)]


def test_fourth_must_meet_is_named(edition, ines):
    targets = [*(get_project(edition, code) for code in ("PD-01", "PD-02", "XH-01")), get_chain(edition.id, "IC")]
    for target in targets:
        make_interest(ines.investor, target, Level.MUST_MEET)

    assert found() == [(Wrong.TOO_MANY_MUST_MEET, {"who": "investor", "id": ines.investor_id, "stated": 4, "most": 3})]


def test_fourth_must_meet_of_a_host_is_named(edition):
    district = get_district(edition, "PD")
    for _ in range(4):
        make_mark(district, make_investor(edition), Level.MUST_MEET)

    assert found() == [(Wrong.TOO_MANY_MUST_MEET, {"who": "district", "id": district.id, "stated": 4, "most": 3})]


# -- nights ------------------------------------------------------------------------------------------------------------


def test_run_that_the_history_does_not_tell_is_named(edition, run):
    sql("UPDATE run_change SET facts = :facts", facts=json.dumps({"from_slot": None, "to_slot": 5}))

    assert codes() == [Wrong.RUN_NOT_APPLIED, Wrong.RUN_NOT_SCHEDULED]


def test_meeting_that_the_schedule_does_not_have_is_named(edition, run):
    schedule = {"instance": "night", "meetings": [], "objective": 500, "bound": 600}
    sql("UPDATE run SET schedule = :schedule", schedule=zlib.compress(json.dumps(schedule).encode()))

    [(code, facts)] = found()
    assert (code, facts["run"], facts["slot"]) == (Wrong.RUN_NOT_SCHEDULED, run.id, 2)


@pytest.mark.parametrize(
    ("change", "what"),
    [("value = 501", "value"), ("bound = 499", "bound"), ('figures = \'{"changes": {"new": 2}}\'', "changes")],
)
def test_run_that_reports_something_else_is_named(run, change, what):
    sql(f"UPDATE run SET {change}")

    assert [(code, facts["what"]) for code, facts in found()] == [(Wrong.RUN_MISREPORTED, what)]


def test_account_that_was_not_told_is_named(hao, meeting):
    sql("DELETE FROM notice WHERE account_id = :hao", hao=hao.id)

    assert found() == [(Wrong.NOT_TOLD, {"account": hao.id, "action": "propose", "meeting": meeting.id})]


def test_account_that_a_night_did_not_tell_is_named(ines, run):
    sql("DELETE FROM notice WHERE account_id = :ines", ines=ines.id)

    assert [(code, facts["account"]) for code, facts in found()] == [(Wrong.NOT_TOLD, ines.id)]


def test_account_that_came_later_need_not_have_been_told(edition, ines, meeting):
    make_account(Role.INVESTOR, investor=ines.investor, created_at=NOW + timedelta(days=1))

    assert found() == []
    assert db.session.scalar(select(func.count()).select_from(Notice)) > 0


def test_unmet_interest_without_a_reason_is_named(run):
    interest = db.session.scalar(select(UnmetInterest.interest_id))
    sql("DELETE FROM unmet_interest")

    assert found() == [(Wrong.UNMET_UNEXPLAINED, {"run": run.id, "interest": interest})]


def test_met_interest_with_a_reason_is_named(edition, ines, run):
    interest = make_interest(ines.investor, get_chain(edition.id, "FI"))
    save(UnmetInterest(run_id=run.id, interest_id=interest.id, investor_id=ines.investor_id, reason="full", facts={}))

    [(code, facts)] = found()
    assert (code, facts["run"], facts["interest"]) == (Wrong.MET_EXPLAINED_AWAY, run.id, interest.id)


def test_interest_in_a_chain_is_met_by_what_is_below_it(edition, ines, run):
    make_interest(ines.investor, get_chain(edition.id, "F5"))
    make_interest(ines.investor, get_district(edition, "PD"))

    assert found() == []


def test_outcome_of_a_meeting_that_was_not_held_is_named(edition, ines, hao, meeting):
    outcome = make_outcome(meeting, hao)
    make_outcome(make_meeting(ines.investor, get_project(edition, "PD-02"), edition.slots[1], Status.HELD), hao)

    facts = {"outcome": outcome.id, "meeting": meeting.id, "status": "accepted"}
    assert found() == [(Wrong.OUTCOME_WITHOUT_MEETING, facts)]


def test_every_check_is_run():
    names = [check.__name__ for check in CHECKS]
    assert len(names) == len(set(names)) == 24
