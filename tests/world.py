"""A conference with something on every page: for tests that open all of them, with few rows or with many."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import String, cast, literal, select, update
from sqlalchemy.orm import InstrumentedAttribute

from matchmaker.db import db
from matchmaker.domain.interest import Level
from matchmaker.domain.meeting import Status
from matchmaker.domain.roles import Role, Vetting
from matchmaker.models import (
    Account,
    ChainRelease,
    ChangeKind,
    Delegate,
    Edition,
    Investor,
    Meeting,
    Outcome,
    Partner,
    Policy,
    Project,
    Run,
    RunChange,
    RunState,
    Venue,
    VettingDecision,
)
from tests.builders import (
    NOW,
    SHANGHAI,
    get_chain,
    get_district,
    get_project,
    make_account,
    make_activity,
    make_chain,
    make_colleague_absence,
    make_district,
    make_edition,
    make_handover,
    make_interest,
    make_investor,
    make_joining,
    make_mark,
    make_meeting,
    make_outcome,
    make_project,
    make_signup,
    make_travel,
    save,
)
from tests.helpers import make_app, unsynced_sqlite
from tests.services.test_runs import make_draft

MEETING_DAYS = tuple(date(2024, 4, day) for day in (1, 2, 3, 7, 8, 9, 10, 11, 12))
INVENTED: dict[InstrumentedAttribute[Any], str] = {
    Account.name: "Wenzok",
    Investor.name: "Qorbix",
    Investor.about: "Vuldrik",
    Delegate.name: "Threbon",
    Delegate.title: "Ombrask",
    Outcome.next_step: "Plenzur",
    Outcome.owner: "Drovik",
    Outcome.note: "Gwelmat",
}
"""What everything that somebody wrote is called where a test has to tell it from our own words: in no language a word."""
UNTRANSLATED = "Skarvind"
"""What a project is called that has no Chinese name yet."""
_OVER = (Status.DECLINED, Status.WITHDRAWN, Status.LAPSED, Status.SUPERSEDED, Status.CANCELLED)
_ILLUSTRATIVE = {"basis": "illustrative", "basis_code": "illustrative", "source_url": "illustrative"}


@contextmanager
def world_on(template: Path, folder: Path, *, rows: int, **settings: Any) -> Iterator[Flask]:
    """An application with such a conference in a database of its own, its context pushed."""
    folder.mkdir(parents=True, exist_ok=True)
    with unsynced_sqlite():
        app = make_app(f"sqlite:///{shutil.copy(template, folder / 'world.sqlite')}", folder, **settings)
        with app.app_context():
            make_world(rows)
            yield app
            db.session.remove()
            db.engine.dispose()


def make_world(rows: int) -> None:
    """The small edition over nine days, with `rows` of everything that a page lists, and a few that every page needs."""
    edition = make_edition(meeting_days=MEETING_DAYS)
    _make_catalogue(edition, rows)
    ines, hao, olga = _make_cast(edition)
    projects = [get_project(edition, "PD-01"), get_project(edition, "PD-02"), *_make_projects(edition, rows)]
    _make_wishes(edition, ines, projects)
    for number in range(rows):
        make_account(Role.INVESTOR, name=f"Colleague {number}", investor=ines)
        make_joining(ines.accounts[0], f"colleague{number}@example.org")
    save(*(Delegate(investor=ines, name=f"Delegate {number}", title="Director", language="en") for number in range(rows)))
    _make_own_meetings(edition, ines, projects)
    _make_other_investors(edition, rows, projects, olga)
    _make_outcomes(edition, rows, ines)
    _make_runs(edition, rows, ines, olga)
    _make_more_districts(edition, rows)
    _make_team(edition, rows, hao)


def call_everything_by_invented_words() -> None:
    for column, word in INVENTED.items():
        values = {column: literal(f"{word} ") + cast(column.class_.id, String)}
        db.session.execute(update(column.class_).where(column != "").values(values))
    db.session.commit()


def _make_catalogue(edition: Edition, rows: int) -> None:
    plan = {"plan": ("Plan", "方案"), "policy": ("Support", "支持"), "fund": ("Fund", "基金")}
    texts = {
        f"{field}_{language}": text for field, both in plan.items() for language, text in zip(("en", "zh"), both, strict=True)
    }
    people = (("en", "Somebody"), ("zh", "某单位"))
    lists = {f"{field}_{language}": [text] for field in ("leaders", "parks") for language, text in people}
    robots = get_chain(edition.id, "FI-ROB")
    tracks = [make_chain(edition, f"TRACK-{number}", parent=robots, released=True) for number in range(1, rows + 1)]
    save(*(ChainRelease(chain_id=chain.id, **texts, **lists, **_ILLUSTRATIVE) for chain in (robots, *tracks)))
    pudong = get_district(edition, "PD")
    for number in range(1, rows + 1):
        starts_at = datetime(2024, 4, 1 + number % 12, 10, tzinfo=SHANGHAI)
        activity = make_activity(edition, venue=pudong.venue, starts_at=starts_at, district_id=pudong.id)
        make_activity(edition, venue=pudong.venue, starts_at=starts_at, parent_id=activity.id)
        named = {"code": f"PARTNER-{number:02d}", "name_en": f"Partner {number}", "name_zh": "合作伙伴"}
        save(Partner(edition_id=edition.id, category="business_association", source_url="illustrative", **named))
        titled = {"title_en": f"Policy {number}", "title_zh": "政策", "summary_en": "It helps.", "summary_zh": "有助于此。"}
        save(
            Policy(
                edition_id=edition.id, code=f"POLICY-{number:02d}", area="credit", year=2024, source_url="illustrative", **titled
            )
        )


def _make_cast(edition: Edition) -> tuple[Investor, Account, Account]:
    """Ines, whose organisation has the most meetings, a colleague of hers, Hao of Pudong, and Olga."""
    ines = make_investor(edition, name="Ines Capital", country="FR", languages=("en", "fr"), about="Robots, mostly.")
    make_account(Role.INVESTOR, email="ines@example.org", name="Ines", investor=ines, timezone="Europe/Paris")
    hao = make_account(Role.HOST, email="hao@example.org", name="Hao", district=get_district(edition, "PD"))
    olga = make_account(Role.ORGANISER, email="olga@example.org", name="Olga")
    return ines, hao, olga


def _make_projects(edition: Edition, rows: int) -> list[Project]:
    pudong = get_district(edition, "PD")
    for _ in range(rows):
        make_project(pudong, published_at=None, title=UNTRANSLATED, title_zh="", edits=1)
    return [make_project(pudong, opportunity_basis="reported" if number % 2 else "illustrative") for number in range(rows)]


def _make_wishes(edition: Edition, ines: Investor, projects: list[Project]) -> None:
    for number, project in enumerate(projects):
        make_interest(ines, project, Level.MUST_MEET if number < 2 else Level.WOULD_LIKE)
    make_interest(ines, get_project(edition, "LG-01"), Level.NO_THANKS)
    make_interest(ines, get_chain(edition.id, "IC"))
    make_interest(ines, get_district(edition, "XH"))
    activities = [each for each in edition.days if each.has_meetings]
    signed = make_activity(
        edition,
        venue=get_district(edition, "LG").venue,
        starts_at=datetime.combine(activities[-1].day, datetime.min.time(), SHANGHAI) + timedelta(hours=9),
    )
    make_signup(ines, signed)


def _make_own_meetings(edition: Edition, ines: Investor, projects: list[Project]) -> None:
    """One accepted and one countered, and a proposal for each further project."""
    slots = edition.slots
    make_meeting(ines, projects[0], slots[0], Status.ACCEPTED)
    make_meeting(ines, projects[1], slots[1], Status.COUNTERED, offered=slots[2])
    for project, slot in zip(projects[2:], slots[3:33], strict=False):
        make_meeting(ines, project, slot, Status.PROPOSED)


def _make_other_investors(edition: Edition, rows: int, projects: list[Project], olga: Account) -> None:
    """For each row an applicant, an approved one with a proposal in Pudong, and one whose meeting there has ended."""
    pudong = get_district(edition, "PD")
    slots = edition.slots
    for number in range(rows):
        make_account(Role.INVESTOR, investor=make_investor(edition, vetting=Vetting.APPLIED), confirmed_at=None)
        approved, former = make_investor(edition), make_investor(edition, confidential=True)
        save(VettingDecision(investor=approved, vetting=Vetting.APPROVED, decided_at=NOW, decided_by_id=olga.id))
        make_mark(pudong, approved)
        make_interest(approved, projects[0])
        place = projects[2 + (number + 1) % rows] if rows > 1 else projects[0]
        make_meeting(approved, place, slots[3 + number], Status.PROPOSED, suggested=number % 2 == 1)
        make_meeting(former, projects[-1], slots[3 + number], _OVER[number % len(_OVER)])


def _make_outcomes(edition: Edition, rows: int, ines: Investor) -> None:
    """A meeting of Ines that both sides have said something about, one that nobody has, and others for the list of hosts."""
    pudong = get_district(edition, "PD")
    investor_account = ines.accounts[0]
    hao = db.session.scalars(select(Account).where(Account.district_id == pudong.id)).one()
    held = make_meeting(ines, make_project(pudong), edition.slots[0], Status.HELD)
    make_outcome(held, hao, next_step="Call", replaced_at=NOW)
    for account in (hao, investor_account):
        make_outcome(held, account, note="They know our suppliers.")
    make_meeting(ines, make_project(pudong), edition.slots[1], Status.HELD)
    for number in range(rows):
        other = make_meeting(make_investor(edition), make_project(pudong), edition.slots[number], Status.HELD)
        make_outcome(other, hao, due_on=None if number % 2 else MEETING_DAYS[0], done=number % 3 == 2)


def _make_runs(edition: Edition, rows: int, ines: Investor, olga: Account) -> None:
    """A published run that changed every meeting and left interests unmet, and a draft to review."""
    published = make_draft(edition, [])
    published.state, published.published_at, published.decided_by_id = RunState.PUBLISHED, NOW, olga.id
    kinds = list(ChangeKind)
    for number, meeting in enumerate(db.session.scalars(select(Meeting).order_by(Meeting.id))):
        db.session.add(RunChange(run_id=published.id, meeting_id=meeting.id, kind=kinds[number % len(kinds)]))
    db.session.commit()
    make_interest(ines, get_project(edition, "XH-01"))
    make_draft(edition, [])
    for nights in range(1, rows + 1):
        refused = {"state": RunState.REFUSED, "phase": "read", "message": "input_refused", "figures": {}}
        save(Run(edition_id=edition.id, started_at=NOW - timedelta(days=nights), seed=1, version="test", **refused))


def _make_team(edition: Edition, rows: int, hao: Account) -> None:
    """Colleagues of Hao; the last one was asked to answer every proposal and is away all the time."""
    pudong = get_district(edition, "PD")
    named = [{"name": f"Colleague {number}", "spoken": ["zh", "en"][number % 2 :]} for number in range(rows + 1)]
    colleagues = [make_account(Role.HOST, district=pudong, **values) for values in named]
    make_colleague_absence(colleagues[-1], *edition.slots)
    ours = select(Meeting).join(Project).where(Project.district_id == pudong.id, Meeting.status == Status.PROPOSED)
    for meeting in db.session.scalars(ours.order_by(Meeting.id)).all():
        make_handover(meeting, hao, colleagues[-1])


def _make_more_districts(edition: Edition, rows: int) -> None:
    """As many as a city has at most, with every way between them."""
    venues = list(db.session.scalars(select(Venue).where(Venue.edition_id == edition.id)))
    for number in range(1, min(rows, 14) + 1):
        venue = make_district(edition, f"D{number:02d}").venue
        for other in venues:
            make_travel(venue, other, 30)
        venues.append(venue)
