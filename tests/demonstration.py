"""A copy of what `make demo` left, and what people do in it, so that pictures show more than a first night."""

import sqlite3
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import ColumnElement, select

from matchmaker.app import create_app
from matchmaker.db import db, transaction
from matchmaker.domain.meeting import Status
from matchmaker.domain.outcome import Appetite, Statement
from matchmaker.domain.reasons import DeclineReason
from matchmaker.domain.roles import Role
from matchmaker.models import Account, Edition, Meeting, Project, Run, Rung, RunState
from matchmaker.scheduling.check import value
from matchmaker.scheduling.schedule import Status as Solved
from matchmaker.services.actors import actor_of
from matchmaker.services.colleagues import ask_to_join
from matchmaker.services.editions import now_in, set_clock
from matchmaker.services.facts import read_facts
from matchmaker.services.figures import figures_of
from matchmaker.services.lapsing import lapse_overdue
from matchmaker.services.meetings import accept_meeting, decline_meeting, free_slots, offer_slot
from matchmaker.services.offering import content_of, draft_project
from matchmaker.services.outcomes import record_outcome
from matchmaker.services.problems import build_problem
from matchmaker.services.publishing import placements_still_possible
from tests.pages import READERS

MOST_ANSWERS = 9
SQLITE = "sqlite:///"


def copy_of_the_demonstration(folder: Path) -> str:
    """The address of a copy of what `make demo` left. Raises SystemExit where there is nothing to copy."""
    url = str(create_app().config["SQLALCHEMY_DATABASE_URI"])
    source = Path(url.removeprefix(SQLITE))
    if not url.startswith(SQLITE) or not source.exists():
        raise SystemExit("There is no demonstration here to take pictures of. Make it with: make demo SERVE=0")
    with sqlite3.connect(source) as stored, sqlite3.connect(folder / "copy.sqlite") as copied:
        stored.backup(copied)
    return f"{SQLITE}{folder / 'copy.sqlite'}"


# -- a little later than the first night -------------------------------------------------------------------------------


def answer_some_proposals() -> None:
    """Hosts answer some of what the readers of these pictures see, and the next night leaves a draft."""
    edition = the_edition()
    published = the_published_run()
    investor, host = READERS[Role.INVESTOR](), READERS[Role.HOST]()
    proposals = select(Meeting).join(Project).where(Meeting.status == Status.PROPOSED).order_by(Meeting.slot_id, Meeting.id)
    for own in (Meeting.investor_id == investor.investor_id, Project.district_id == host.district_id):
        seen = [meeting.id for meeting in db.session.scalars(proposals.where(own).limit(MOST_ANSWERS))]
        for number, meeting_id in enumerate(seen):
            answer(meeting_id, number, now_in(edition))
    draft = draft_like(published)
    db.session.add(draft)
    db.session.flush()
    count_anew(draft, now_in(edition))
    db.session.commit()


def the_edition() -> Edition:
    """The newest one."""
    return db.session.scalars(select(Edition).order_by(Edition.id.desc()).limit(1)).one()


def the_published_run() -> Run:
    """The newest one. Raises SystemExit where there is none."""
    run = db.session.scalars(select(Run).where(Run.state == RunState.PUBLISHED).order_by(Run.id.desc())).first()
    if run is None:
        raise SystemExit("The demonstration has had no night yet. Make it anew with: make demo SERVE=0")
    return run


def answer(meeting_id: int, number: int, now: datetime) -> None:
    """Accept one of three, offer another time for one of three that has a free one, decline the sixth, leave the rest open."""
    meeting = db.session.get_one(Meeting, meeting_id)
    host = db.session.scalars(select(Account).where(Account.district_id == meeting.project.district_id)).first()
    if host is None:
        return
    if number % 3 == 0:
        accept_meeting(actor_of(host), meeting_id, now=now)
    elif number % 3 == 1:
        for slot in free_slots(meeting, now=now)[:1]:
            offer_slot(actor_of(host), meeting_id, slot.id, now=now)
    elif number == 5:
        decline_meeting(actor_of(host), meeting_id, DeclineReason.NOT_OUR_FIELD, now=now)


def draft_like(run: Run) -> Run:
    """What was proven of the run is not claimed for it: its input is another one."""
    names = ("edition_id", "phase", "started_at", "seed", "version", "input_hash", "problem", "schedule", "value", "figures")
    of_the_run = {name: getattr(run, name) for name in (*names, "took_seconds")}
    return Run(state=RunState.DRAFT, message="drafted", status=Solved.FEASIBLE.value, rung=Rung.FEASIBLE, **of_the_run)


def count_anew(draft: Run, now: datetime) -> None:
    """Its figures are those of what of it still fits, as publishing it would change the diary."""
    facts = read_facts(draft.edition, now=now)
    built = build_problem(facts)
    placements = placements_still_possible(draft, built)
    draft.figures = draft.figures | figures_of(facts, built, placements)
    draft.value = value(built.problem, placements)


# -- another day -------------------------------------------------------------------------------------------------------


def prepare_more() -> None:
    """The host drafts a project that is not translated yet, and the investor asks a colleague to join."""
    investor, host = READERS[Role.INVESTOR](), READERS[Role.HOST]()
    project = db.session.scalars(select(Project).where(Project.district_id == host.district_id).order_by(Project.id)).first()
    if project is None:
        raise SystemExit("The demonstration has no projects. Make it anew with: make demo SERVE=0")
    draft_project(actor_of(host), replace(content_of(project), title_zh="", park_zh="", summary_zh=""))
    ask_to_join(actor_of(investor), "colleague@example.org", investor.language, now=now_in(the_edition()))


def go_on_to_the_meetings() -> None:
    """The clock stands within a meeting of the investor; what was not answered has lapsed, and first meetings are recorded."""
    investor, host = READERS[Role.INVESTOR](), READERS[Role.HOST]()
    own = accepted_meetings(Meeting.investor_id == investor.investor_id)
    hosted = accepted_meetings(Project.district_id == host.district_id)
    now = own[1].slot.starts_at + timedelta(minutes=10)
    ours = [meeting.id for meeting in hosted if meeting.slot.starts_at < now]
    set_clock(own[0].edition.code, now)
    with transaction():
        lapse_overdue(the_published_run(), now=now)
    record_outcome(actor_of(investor), own[0].id, Statement(Appetite.SOME), now=now)
    if ours:
        record_outcome(actor_of(host), ours[0], said_of(hosted[0]), now=now)


def accepted_meetings(whose: ColumnElement[bool]) -> list[Meeting]:
    query = select(Meeting).join(Project).where(Meeting.status == Status.ACCEPTED, whose)
    return list(db.session.scalars(query.order_by(Meeting.slot_id, Meeting.id)))


def said_of(meeting: Meeting) -> Statement:
    """An outcome with a next step that is due two days after the meeting."""
    due = meeting.slot.day + timedelta(days=2)
    return Statement(Appetite.STRONG, amount=200, next_step="Site visit", owner="Project team", due_on=due)
