"""Nights for tests: a solver that answers at once, drafts written by hand, and a look at what is stored."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from matchmaker.db import db, transaction
from matchmaker.models import Edition, Meeting, MeetingChange, Notice, Occupancy, Project, Run, RunChange, RunState
from matchmaker.scheduling.check import value
from matchmaker.scheduling.greedy import greedy_by_weight, greedy_from_bookings
from matchmaker.scheduling.problem import Problem
from matchmaker.scheduling.schedule import Placement, Schedule, Status, schedule_as_data
from matchmaker.services.facts import read_facts
from matchmaker.services.lapsing import lapse_and_tell
from matchmaker.services.nightly import Night, Wanted, run_night
from matchmaker.services.problems import build_problem, input_hash, plain_problem
from matchmaker.services.publishing import find, record_findings
from matchmaker.services.run_files import packed
from matchmaker.services.solving import Answer, Ended
from tests.builders import NOW, save


def answer_at_once(problem: Problem, **_limits: Any) -> Answer:
    """What greed finds, without a child process."""
    plan = greedy_from_bookings(problem) if problem.booked else greedy_by_weight(problem)
    worth = value(problem, plan.meetings())
    schedule = Schedule(problem.name, plan.meetings(), Status.FEASIBLE, worth, worth + 10, 0.1, 1)
    return Answer(schedule, Ended.DONE, {"greedy_value": worth})


def lapse(edition: Edition, *, now: datetime) -> int:
    """Let overdue proposals lapse, as a night does whose run nobody publishes; answers how many."""
    run = Run(edition_id=edition.id, state=RunState.DISCARDED, phase="store", started_at=now, seed=1, version="test")
    with transaction():
        db.session.add(run)
    with transaction():
        return lapse_and_tell(run, now=now)


def do_night(*, now: datetime = NOW, **wanted: Any) -> Night:
    """One night, as the command does it, with few seconds for the solver."""
    db.session.rollback()
    night = run_night(None, now=now, wanted=Wanted(**({"seconds": 2, "workers": 1} | wanted)), report=lambda phase, facts: None)
    db.session.rollback()
    return night


def make_draft(edition: Edition, slots: Mapping[str, int], *, now: datetime = NOW) -> Run:
    """A draft for the input as it stands now: the candidates called `investor-1:PD-01` and the positions of their slots."""
    db.session.rollback()
    facts = read_facts(edition, now=now)
    built = build_problem(facts)
    meetings = tuple(Placement(name, slot) for name, slot in slots.items())
    worth = value(built.problem, meetings)
    run = Run(
        edition_id=edition.id,
        state=RunState.DRAFT,
        phase="store",
        started_at=now,
        seed=1,
        version="test",
        input_hash=input_hash(built.problem),
        problem=packed(plain_problem(built, "draft")),
        schedule=packed(schedule_as_data(Schedule("draft", meetings, Status.FEASIBLE, worth, None))),
        value=worth,
        figures={},
        facts=[],
    )
    save(run)
    record_findings(run, find(facts, built, meetings))
    db.session.commit()
    return run


def diary() -> dict[tuple[int, str], tuple[str, int]]:
    """Every meeting that is live, by investor and project: its status and the position of its slot."""
    db.session.rollback()
    rows = db.session.execute(select(Meeting, Project.code).join(Project, Project.id == Meeting.project_id).order_by(Meeting.id))
    return {
        (meeting.investor_id, code): (meeting.status.value, meeting.slot.position)
        for meeting, code in rows
        if meeting.status.value in ("proposed", "countered", "accepted")
    }


def changes_of(run_id: int | None) -> list[tuple[str, int, str, str, int | None, int | None]]:
    """Kind, investor, project, reason and slots of each change of a run."""
    db.session.rollback()
    rows = db.session.scalars(select(RunChange).where(RunChange.run_id == run_id).order_by(RunChange.id))
    return [
        (
            row.kind.value,
            row.meeting.investor_id,
            row.meeting.project.code,
            row.reason,
            row.facts["from_slot"],
            row.facts["to_slot"],
        )
        for row in rows
    ]


def dump() -> dict[str, list[tuple[Any, ...]]]:
    """The published diary, row by row: meetings, what they hold, their history, and notices."""
    db.session.rollback()
    tables = (Meeting.__table__, Occupancy.__table__, MeetingChange.__table__, Notice.__table__)
    return {
        table.name: [tuple(map(repr, row)) for row in db.session.execute(select(table).order_by(*table.primary_key))]
        for table in tables
    }
