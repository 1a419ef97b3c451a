"""Who hears of a step of a meeting, and which facts each side is told."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, or_, select

from matchmaker.db import db
from matchmaker.domain.meeting import Status, Step, calendar_method, step_for
from matchmaker.domain.roles import Role
from matchmaker.domain.visibility import Field, may_see
from matchmaker.models import Account, Meeting, MeetingChange, Notice, Run
from matchmaker.services.notices import add_notice
from matchmaker.services.visible import viewer_of
from matchmaker.services.waiting import count_for_hosts


def tell_about(meeting: Meeting, step: Step, by: Role, *, now: datetime, reason: str = "", note: str = "") -> None:
    """Write a notice to every account of the sides that the step tells; `by` took it. Runs in the caller's transaction."""
    said = {"action": step.action.value, "taken_by": by.value, "reason": reason, "note": note}
    entries = {role: _calendar_facts(meeting, role, now=now) for role in step.tells}
    for account in accounts_of(meeting, step.tells):
        facts = meeting_facts(meeting, account.role) | said | entries[account.role]
        add_notice(account.id, f"meeting_{step.action}", facts, now=now)


@dataclass(frozen=True, slots=True)
class NightChange:
    """What a night did to a meeting: new, moved, left_out or lapsed."""

    meeting: Meeting
    kind: str
    reason: str = ""


def tell_about_night(run: Run, changes: Iterable[NightChange], *, now: datetime) -> None:
    """Write one digest to every account that a night's changes concern. Runs in the caller's transaction.

    What lapsed is told at once; a run published later, after review, joins it where it is not sent yet, and else is told in a
    mail of its own kind.
    """
    told: dict[int, list[dict[str, Any]]] = defaultdict(list)
    people = accounts_by_side()
    for change in changes:
        meeting = change.meeting
        for side in ((Role.INVESTOR, meeting.investor_id), (Role.HOST, meeting.project.district_id)):
            for account_id in people.get(side, ()):
                told[account_id].append(meeting_facts(meeting, side[0]) | {"kind": change.kind, "reason": change.reason})
    unsent = _take_back_digests(run, told)
    was_told = set(db.session.scalars(select(Notice.account_id).where(*_digest_of(run))))
    waiting = _waiting_by_account(people, now=now)
    for account_id, entries in sorted(told.items()):
        kind = "publication" if account_id in was_told else "night"
        facts = {"run": run.id, "changes": [*unsent.get(account_id, ()), *entries], **waiting.get(account_id, {})}
        add_notice(account_id, kind, facts, now=now)


def _waiting_by_account(people: dict[tuple[Role, int], list[int]], *, now: datetime) -> dict[int, dict[str, int]]:
    """For each host's account how many proposals wait for an answer of its district, older ones too."""
    hosts = {district_id: ids for (role, district_id), ids in people.items() if role is Role.HOST}
    waiting = count_for_hosts(hosts, now=now)
    return {each: {"waiting": waiting.get(district_id, 0)} for district_id, ids in hosts.items() for each in ids}


def _digest_of(run: Run) -> tuple[ColumnElement[bool], ...]:
    return Notice.kind == "night", Notice.facts["run"].as_integer() == run.id


def _take_back_digests(run: Run, account_ids: Iterable[int]) -> dict[int, list[dict[str, Any]]]:
    """Remove these accounts' digests of a run and answer what they told: those that nobody has begun to send, or that failed.

    One whose first attempt has neither succeeded nor failed may be on its way, and stays.
    """
    not_on_its_way = or_(Notice.attempts == 0, Notice.failure != "")
    unsent = (Notice.account_id.in_(account_ids), Notice.sent_at.is_(None), not_on_its_way)
    taken = delete(Notice).where(*_digest_of(run), *unsent).returning(Notice.account_id, Notice.facts)
    rows = db.session.execute(taken, execution_options={"synchronize_session": False})
    return {account_id: facts["changes"] for account_id, facts in rows if account_id is not None}


def _calendar_facts(meeting: Meeting, role: Role, *, now: datetime) -> dict[str, Any]:
    """What a mail tells the reader's calendar, as its diary file and subscription tell it; empty where it tells nothing.

    What no mail has entered there, because that side itself said the last yes, none strikes out.
    """
    agreed = select(MeetingChange.action).where(
        MeetingChange.meeting_id == meeting.id, MeetingChange.to_status == Status.ACCEPTED
    )
    was_entered = any(role in step_for(action).tells for action in db.session.scalars(agreed))
    method = calendar_method(meeting.status, was_agreed=was_entered)
    if method is None:
        return {}
    return {"calendar": {"method": method, "uid": meeting.uid, "sequence": meeting.calendar_sequence, "at": now.isoformat()}}


def accounts_of(meeting: Meeting, roles: Iterable[Role]) -> list[Account]:
    """The accounts of the meeting's sides that have one of these roles."""
    concerned = (Account.investor_id == meeting.investor_id) | (Account.district_id == meeting.project.district_id)
    query = select(Account).where(concerned, Account.role.in_(roles), Account.active).order_by(Account.id)
    return list(db.session.scalars(query))


def accounts_by_side() -> dict[tuple[Role, int], list[int]]:
    """The ids of all active accounts of investors and hosts, by role and the investor or district they answer for."""
    query = select(Account.id, Account.role, Account.investor_id, Account.district_id).where(Account.active).order_by(Account.id)
    found: dict[tuple[Role, int], list[int]] = defaultdict(list)
    for account_id, role, investor_id, district_id in db.session.execute(query):
        answers_for = investor_id or district_id
        if answers_for is not None:
            found[role, answers_for].append(account_id)
    return found


def meeting_facts(meeting: Meeting, reader: Role) -> dict[str, Any]:
    """What a notice says about a meeting: plain values, and of the other side only what this reader may see."""
    project, venue = meeting.project, meeting.venue
    return {
        "meeting": meeting.id,
        "sequence": meeting.sequence,
        "status": meeting.status.value,
        "suggested": meeting.suggested,
        **_investor_facts(meeting, reader),
        "project": project.code,
        "project_en": project.title_en,
        "project_zh": project.title_zh,
        "district_en": project.district.name_en,
        "district_zh": project.district.name_zh,
        "venue_en": venue.name_en,
        "venue_zh": venue.name_zh,
        "starts_at": meeting.slot.starts_at.isoformat(),
        "ends_at": (meeting.slot.starts_at + meeting.length * (meeting.slot.ends_at - meeting.slot.starts_at)).isoformat(),
        "offered_at": meeting.offered_slot.starts_at.isoformat() if meeting.offered_slot else None,
        "deadline_at": meeting.deadline_at.isoformat(),
        "reason": "",
        "note": "",
    }


def _investor_facts(meeting: Meeting, reader: Role) -> dict[str, str | None]:
    """Its name; or for a host who may not know it yet its country and first chain, which pages show as well."""
    investor = meeting.investor
    viewer = viewer_of(reader, meeting.status)
    if reader is Role.INVESTOR or may_see(Field.NAME, viewer, confidential=investor.confidential):
        return {"investor": investor.name}
    chain = next(iter(investor.chains), None)
    return {
        "investor": None,
        "investor_country": investor.country,
        "investor_chain_en": chain.name_en if chain else None,
        "investor_chain_zh": chain.name_zh if chain else None,
    }
