"""Every page there is, with who opens it and what it needs: the one list for tests of all pages and for `make screenshots`.

What a page is about is looked up in whatever database is there, so that the list serves invented rows and the demonstration.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any

from flask import Flask, session, url_for
from flask_login import login_user
from flask_security.confirmable import generate_confirmation_token
from flask_security.recoverable import generate_reset_password_token
from sqlalchemy import ColumnElement, Select, func, select

from matchmaker.answer_links import answer_link
from matchmaker.db import db
from matchmaker.domain.meeting import LIVE, Status
from matchmaker.domain.roles import Role
from matchmaker.domain.scoring import Weights
from matchmaker.joining_links import joining_link
from matchmaker.models import Account, Chain, ChainRelease, District, Investor, Joining, Meeting, Project, Run, RunState
from matchmaker.services.actors import actor_of
from matchmaker.services.calendars import calendar_token_of
from matchmaker.services.editions import now_in
from matchmaker.services.inbox import Filters, Waiting, edition_of, proposals_of

LANGUAGES = ("en", "zh_Hans_CN")


def first(query: Select[Any]) -> Any:
    """The first row, or LookupError: then the page cannot be shown with this data."""
    found = db.session.scalars(query.limit(1)).first()
    if found is None:
        raise LookupError(str(query))
    return found


# -- who reads ---------------------------------------------------------------------------------------------------------


def _investor() -> Account:
    """Of the organisation with the most meetings; its first account."""
    busiest = func.count(Meeting.id).desc()
    organisation = first(
        select(Investor.id).join(Meeting, Meeting.investor_id == Investor.id).group_by(Investor.id).order_by(busiest, Investor.id)
    )
    return first(select(Account).where(Account.investor_id == organisation).order_by(Account.id))


def _newcomer() -> Account:
    """Somebody who has still to confirm the address; else any investor."""
    return first(select(Account).where(Account.role == Role.INVESTOR).order_by(Account.confirmed_at.is_not(None), Account.id))


def _host() -> Account:
    """Of the district with the most meetings; its first account."""
    busiest = func.count(Meeting.id).desc()
    query = (
        select(Project.district_id)
        .join(Meeting, Meeting.project_id == Project.id)
        .where(Project.district_id.in_(select(Account.district_id)))
        .group_by(Project.district_id)
        .order_by(busiest, Project.district_id)
    )
    return first(select(Account).where(Account.district_id == first(query)).order_by(Account.id))


def _organiser() -> Account:
    return first(select(Account).where(Account.role == Role.ORGANISER).order_by(Account.id))


READERS: dict[Role, Callable[[], Account]] = {Role.INVESTOR: _investor, Role.HOST: _host, Role.ORGANISER: _organiser}


# -- what a page is about ----------------------------------------------------------------------------------------------


def _own_meeting(*statuses: Status) -> Callable[[], int]:
    def find() -> int:
        reader = _investor()
        return first(
            select(Meeting.id).where(Meeting.investor_id == reader.investor_id, Meeting.status.in_(statuses)).order_by(Meeting.id)
        )

    return find


def _hosted_meeting(*statuses: Status) -> Callable[[], int]:
    def find() -> int:
        reader = _host()
        query = select(Meeting.id).join(Project, Project.id == Meeting.project_id)
        return first(query.where(Project.district_id == reader.district_id, Meeting.status.in_(statuses)).order_by(Meeting.id))

    return find


def _first_in_the_inbox() -> int:
    """That the host can answer: its row is on the first page, where a form can stand open in it."""
    reader, filters = actor_of(_host()), Filters(waiting=Waiting.HOST)
    rows = proposals_of(reader, filters=filters, now=now_in(edition_of(reader)), late=False).items
    if not rows:
        raise LookupError("the inbox is empty")
    return rows[0].id


def _own_project(*conditions: ColumnElement[bool]) -> Callable[[], int]:
    return lambda: first(select(Project.id).where(Project.district_id == _host().district_id, *conditions).order_by(Project.id))


def _project_with_meeting() -> int:
    """Of the investor who reads, and live."""
    meeting = db.session.get_one(Meeting, _own_meeting(*LIVE)())
    return meeting.project_id


def _project_without_meeting() -> int:
    met = select(Meeting.project_id).where(Meeting.investor_id == _investor().investor_id)
    return first(select(Project.id).where(Project.is_offered, Project.id.not_in(met)).order_by(Project.id))


def _colleague() -> int:
    """The newest of the host's team."""
    return first(select(Account.id).where(Account.district_id == _host().district_id).order_by(Account.id.desc()))


def _answer_token() -> str:
    """That of a mail which asks the host to answer a proposal."""
    meeting = db.session.get_one(Meeting, _hosted_meeting(Status.PROPOSED)())
    link = answer_link(_host(), {"status": meeting.status, "meeting": meeting.id, "sequence": meeting.sequence})
    if link is None:
        raise LookupError(meeting.id)
    return link.rpartition("/")[2]


def _joining_token() -> str:
    """That of a mail which asks a colleague to join."""
    joining = first(select(Joining).where(Joining.account_id.is_(None)).order_by(Joining.id))
    return joining_link(joining).rpartition("/")[2]


def _asked_project() -> str:
    """One for which a proposal waits."""
    return db.session.get_one(Meeting, _hosted_meeting(Status.PROPOSED)()).project.code


def _run(*states: RunState) -> Callable[[], int]:
    return lambda: first(select(Run.id).where(Run.state.in_(states)).order_by(Run.id.desc()))


def _code_of(kind: Any, *conditions: ColumnElement[bool]) -> Callable[[], str]:
    return lambda: first(select(kind.code).where(*conditions).order_by(kind.id))


# -- the pages ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Page:
    """`about` finds the arguments of the address when the page is opened; `session` is what its cookie carries besides."""

    endpoint: str
    reader: Role | None = None
    name: str = ""
    about: tuple[tuple[str, Callable[[], object]], ...] = ()
    query: tuple[tuple[str, str], ...] = ()
    session: tuple[tuple[str, object], ...] = ()
    is_missing: bool = False
    """The answer is 404, with a page that says so."""

    def __str__(self) -> str:
        return (self.name or self.endpoint).replace(".", "-").replace("_", "-")

    def address(self) -> str:
        """Raises LookupError where the database has nothing that this page could be about."""
        return url_for(self.endpoint, **{name: find() for name, find in self.about}, **dict(self.query))


def _page(endpoint: str, reader: Role | None = None, **about: Callable[[], object]) -> Page:
    return Page(endpoint, reader, about=tuple(about.items()))


_MAILED = {"about": "sign_up", "address": "ines@example.org"}

PAGES: tuple[Page, ...] = (
    _page("public.landing"),
    _page("public.projects"),
    Page("public.projects", name="public.projects-none-found", query=(("q", "no project says this"),)),
    _page("public.project", code=_code_of(Project, Project.is_offered)),
    _page("public.chains"),
    _page("public.chain", code=_code_of(Chain, Chain.id.in_(select(ChainRelease.chain_id)))),
    _page("public.districts"),
    _page("public.district", code=_code_of(District, District.id.in_(select(Project.district_id)))),
    _page("public.programme"),
    _page("public.partners"),
    _page("public.policies"),
    _page("public.releases"),
    _page("public.travel"),
    _page("public.about_data"),
    _page("accounts.sign_up"),
    Page("accounts.check_mail", session=(("mail", _MAILED),)),
    _page("security.login"),
    _page("security.forgot_password"),
    _page("security.reset_password", token=lambda: generate_reset_password_token(_investor())),
    _page("security.send_confirmation"),
    _page("security.confirm_email", token=lambda: generate_confirmation_token(_newcomer())),
    Page("security.confirm_email", name="security.link-invalid", about=(("token", lambda: "no-such-token"),), is_missing=True),
    Page("public.project", name="public.no-such-page", about=(("code", lambda: "NONE-99"),), is_missing=True),
    _page("investor.home", Role.INVESTOR),
    _page("investor.diary", Role.INVESTOR),
    _page("investor.interests", Role.INVESTOR),
    _page("investor.availability", Role.INVESTOR),
    _page("investor.unmet", Role.INVESTOR),
    _page("investor_profile.show", Role.INVESTOR),
    _page("investor_profile.delegates", Role.INVESTOR),
    _page("investor_colleagues.show", Role.INVESTOR),
    _page("joining.show", token=_joining_token),
    _page("meetings.show", Role.INVESTOR, meeting_id=_own_meeting(Status.PROPOSED)),
    Page(
        "meetings.show",
        Role.INVESTOR,
        name="meetings.show-another-time",
        about=(("meeting_id", _own_meeting(Status.COUNTERED)),),
    ),
    Page("meetings.show", Role.INVESTOR, name="meetings.show-held", about=(("meeting_id", _own_meeting(Status.HELD)),)),
    Page(
        "public.project",
        Role.INVESTOR,
        name="investor.project",
        about=(("code", _code_of(Project, Project.is_offered)),),
    ),
    _page("calendar.subscription", Role.INVESTOR),
    _page("accounts.account", Role.INVESTOR),
    _page("security.change_password", Role.INVESTOR),
    _page("host.inbox", Role.HOST),
    Page("host.inbox", Role.HOST, name="host.inbox-offer", about=(("offer", _first_in_the_inbox),)),
    _page("host.answered", Role.HOST),
    _page("host.diary", Role.HOST),
    Page("host.diary", Role.HOST, name="host.diary-all", query=(("day", "all"),)),
    Page("host.diary", Role.HOST, name="host.diary-empty-day", query=(("day", "2024-03-30"), ("show", "agreed"))),
    _page("host.outcomes", Role.HOST),
    Page("host.outcomes", Role.HOST, name="host.outcomes-all", query=(("show", "all"),)),
    _page("host.projects", Role.HOST),
    _page("host_team.show", Role.HOST),
    _page("host_team.languages", Role.HOST, account_id=_colleague),
    _page("host_team.colleague_hours", Role.HOST, account_id=_colleague),
    _page("host_team.hours", Role.HOST, project_id=_own_project(Project.is_offered)),
    _page("host_projects.new", Role.HOST),
    _page("host_projects.edit", Role.HOST, project_id=_own_project(Project.is_offered)),
    Page(
        "host_projects.edit",
        Role.HOST,
        name="host-projects.edit-draft",
        about=(("project_id", _own_project(Project.published_at.is_(None))),),
    ),
    _page("host_projects.preview", Role.HOST, project_id=_own_project(Project.published_at.is_(None))),
    _page("host_projects.withdraw", Role.HOST, project_id=_own_project(Project.is_offered)),
    _page("host_investors.investors", Role.HOST),
    Page("host_investors.investors", Role.HOST, name="host_investors.none-found", query=(("text", "nobody says this"),)),
    _page("host_sheets.next_day", Role.HOST),
    Page("host_sheets.one_day", Role.HOST, name="host_sheets.empty-day", about=(("day", lambda: "2024-03-30"),)),
    _page("host.meeting", Role.HOST, meeting_id=_hosted_meeting(Status.PROPOSED)),
    Page("host.meeting", Role.HOST, name="host.meeting-held", about=(("meeting_id", _hosted_meeting(Status.HELD)),)),
    _page("host.decline", Role.HOST, meeting_id=_hosted_meeting(Status.PROPOSED)),
    _page("host.offer", Role.HOST, meeting_id=_hosted_meeting(Status.PROPOSED)),
    _page("answers.show", token=_answer_token),
    _page("host.cancel", Role.HOST, meeting_id=_hosted_meeting(Status.ACCEPTED)),
    _page("organiser.dashboard", Role.ORGANISER),
    _page("organiser.runs", Role.ORGANISER),
    _page("organiser.run", Role.ORGANISER, run_id=_run(RunState.PUBLISHED)),
    _page("organiser.changes", Role.ORGANISER, run_id=_run(RunState.PUBLISHED)),
    _page("organiser.unmet", Role.ORGANISER, run_id=_run(RunState.PUBLISHED)),
    _page("organiser.review", Role.ORGANISER, run_id=_run(RunState.DRAFT)),
    _page("organiser_investors.investors", Role.ORGANISER),
    _page("organiser_investors.investor", Role.ORGANISER, investor_id=lambda: _investor().investor_id),
    _page("organiser_badges.badges", Role.ORGANISER),
    Page("organiser_badges.badges", Role.ORGANISER, name="organiser_badges.hosts", query=(("of", "host"),)),
    Page("organiser_badges.badges", Role.ORGANISER, name="organiser_badges.none-found", query=(("text", "nobody says this"),)),
    _page("organiser_meetings.meetings", Role.ORGANISER),
    _page("organiser_meetings.meeting", Role.ORGANISER, meeting_id=_hosted_meeting(Status.ACCEPTED)),
    Page(
        "organiser_meetings.meeting",
        Role.ORGANISER,
        name="organiser_meetings.meeting-held",
        about=(("meeting_id", _hosted_meeting(Status.HELD)),),
    ),
    _page("organiser_meetings.book", Role.ORGANISER),
    Page(
        "organiser_meetings.book",
        Role.ORGANISER,
        name="organiser_meetings.book-pair",
        about=(("investor", lambda: _investor().investor_id), ("project", _project_without_meeting)),
    ),
    Page(
        "organiser_meetings.book",
        Role.ORGANISER,
        name="organiser_meetings.book-closed",
        about=(("investor", lambda: _investor().investor_id), ("project", _project_with_meeting)),
    ),
    _page("organiser_settings.settings", Role.ORGANISER),
    _page("style.show", Role.ORGANISER),
    Page("style.show", Role.ORGANISER, name="style.light", query=(("scheme", "light"),)),
    Page("style.show", Role.ORGANISER, name="style.dark", query=(("scheme", "dark"),)),
)

# -- what looks like one of them, and costs of its own -----------------------------------------------------------------


def _asked(
    endpoint: str, reader: Role | None = None, *, about: tuple[str, Callable[[], object]] | None = None, **asked: str
) -> Page:
    """A page of the list above with questions in its address."""
    name = "-".join((endpoint, *asked))
    return Page(endpoint, reader, name=name, about=(about,) if about else (), query=tuple(asked.items()))


_published, _draft = ("run_id", _run(RunState.PUBLISHED)), ("run_id", _run(RunState.DRAFT))

ALSO_OPENED: tuple[Page, ...] = (
    _asked("public.projects", q="robot", district="PD", chain="FI-ROB", size_from="1"),
    _asked("public.projects", Role.INVESTOR, q="robot"),
    _asked("host.inbox", Role.HOST, chain="FI-ROB", waiting="host", day="2024-04-01", text="Investor"),
    _asked("host.inbox", Role.HOST, about=("project", _asked_project)),
    _asked("host_investors.investors", Role.HOST, chain="FI-ROB", mark="unmarked", text="Investor"),
    _asked("organiser.changes", Role.ORGANISER, about=_published, kind="new"),
    _asked("organiser.unmet", Role.ORGANISER, about=_published, district="PD", text="Ines"),
    _asked("organiser.review", Role.ORGANISER, about=_draft, kind="new"),
    _asked("organiser_investors.investors", Role.ORGANISER, state="approved", text="Investor"),
    _asked("organiser_badges.badges", Role.ORGANISER, of="investor", met="1", text="Investor"),
    _asked("organiser_meetings.meetings", Role.ORGANISER, district="PD", status="proposed", day="2024-04-01", text="Investor"),
    Page(
        "organiser_settings.settings",
        Role.ORGANISER,
        name="organiser_settings.settings-effect",
        query=tuple((name, str(points)) for name, points in asdict(Weights()).items()),
    ),
    _page("investor.diary_paper", Role.INVESTOR),
    _page("calendar.download", Role.INVESTOR),
    Page("calendar.download", Role.HOST, name="host.calendar"),
    Page(
        "calendar.feed", name="calendar.feed-of-an-investor", about=(("token", lambda: calendar_token_of(actor_of(_investor()))),)
    ),
    Page("calendar.feed", name="calendar.feed-of-a-host", about=(("token", lambda: calendar_token_of(actor_of(_host()))),)),
    _page("calendar.one_meeting", Role.INVESTOR, meeting_id=_own_meeting(Status.ACCEPTED)),
)
"""Lists with a filter, and files: their queries are counted with those of the pages, and nobody looks at them apart."""

NOT_PAGES = {
    "static": "files",
    "bootstrap.static": "files",
    "public.robots": "a text for search engines",
    "accounts.home": "leads on to the reader's own first page",
    "calendar.download": "a calendar file",
    "investor.diary_paper": "a PDF",
    "calendar.feed": "a calendar file",
    "calendar.one_meeting": "a calendar file",
}
"""What answers a GET and is no page, with the reason."""


def endpoints_with_pages(app: Flask) -> set[str]:
    return {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}


def cookie_for(app: Flask, reader: Account | None, *, language: str, more: Iterable[tuple[str, object]] = ()) -> str:
    """The value of a session cookie with which a browser is this reader, in this language."""
    with app.test_request_context():
        if reader is not None:
            login_user(reader)
            session.update({"fs_cc": "set", "fs_paa": time.time()})
        session["language"] = language
        session.update(more)
        serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        return str(serializer.dumps(dict(session)))
