"""What nights left behind: the published run is what meetings and its own schedule say, and everybody was told."""

import json
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Row, select

from matchmaker.db import db
from matchmaker.domain.meeting import STEPS
from matchmaker.models import Run
from matchmaker.services.doctor.faults import Fault, Wrong
from matchmaker.services.doctor.history import told_by
from matchmaker.services.doctor.rows import Rows

_BOOKED = ("new", "moved", "unchanged")
_TELLS = {step.action.value: {role.value for role in step.tells} for step in STEPS}


def published_runs_were_applied(rows: Rows) -> Iterator[Fault]:
    """Each meeting that the last published run booked was in that slot when the run was published; those it put there were
    scheduled there."""
    for edition_id in rows.editions:
        run = rows.last_published(edition_id)
        if run is None:
            continue
        scheduled = _schedule_of(run.id)
        for entry in _booked_by(rows, run):
            meeting = rows.meetings[entry.meeting_id]
            position = entry.facts["to_slot"]
            facts = {"run": run.id, "meeting": meeting.id, "slot": position}
            slot = rows.slot_at.get((edition_id, position))
            if slot is None or slot.id not in _slots_told(rows, run, meeting):
                yield Fault(Wrong.RUN_NOT_APPLIED, facts)
            stood = entry.kind == "unchanged"  # perhaps by somebody's own step since the run read its input
            if not stood and scheduled is not None and (_candidate(rows, meeting), position) not in scheduled:
                yield Fault(Wrong.RUN_NOT_SCHEDULED, facts)


def _booked_by(rows: Rows, run: Row[Any]) -> list[Row[Any]]:
    return [entry for entry in rows.run_changes.get(run.id, []) if entry.kind in _BOOKED]


def _slots_told(rows: Rows, run: Row[Any], meeting: Row[Any]) -> set[int | None]:
    """Where a meeting was once the run was published: after the run's own step, or, where it took none, one of its slots."""
    changes = rows.changes.get(meeting.id, [])
    own = [change.id for change in changes if change.run_id == run.id]
    if own:
        return {told_by([change for change in changes if change.id <= own[-1]]).slot_id}
    return {change.to_slot_id for change in changes if change.action in ("propose", "move", "take")}


def _candidate(rows: Rows, meeting: Row[Any]) -> str:
    """How the problem names the pair."""
    return f"investor-{meeting.investor_id}:{rows.projects[meeting.project_id].code}"


def _schedule_of(run_id: int) -> set[tuple[str, int]] | None:
    stored = db.session.scalar(select(Run.schedule).where(Run.id == run_id))
    if stored is None:
        return None
    return {(each["candidate"], each["slot"]) for each in json.loads(zlib.decompress(stored))["meetings"]}


def runs_report_what_is_stored(rows: Rows) -> Iterator[Fault]:
    """Value and bound are those of the schedule's file, the bound is no lower, and the changes are counted right."""
    for edition_id in rows.editions:
        run = rows.last_published(edition_id)
        stored = db.session.scalar(select(Run.schedule).where(Run.id == run.id)) if run else None
        if run is None or stored is None:
            continue
        schedule = json.loads(zlib.decompress(stored))
        if run.value != schedule["objective"]:
            yield _misreported(run, "value", run.value, schedule["objective"])
        if run.value is not None and run.bound is not None and run.bound < run.value:
            yield _misreported(run, "bound", run.bound, f"below the value {run.value}")
        counted = Counter(entry.kind.value for entry in rows.run_changes.get(run.id, []))
        told = {kind: number for kind, number in run.figures.get("changes", {}).items() if number}
        if told != dict(counted):
            yield _misreported(run, "changes", told, dict(counted))


def _misreported(run: Row[Any], what: str, reported: object, found: object) -> Fault:
    return Fault(Wrong.RUN_MISREPORTED, {"run": run.id, "what": what, "reported": reported, "found": found})


# -- notices -----------------------------------------------------------------------------------------------------------


def everybody_was_told(rows: Rows) -> Iterator[Fault]:
    """Each step that tells a side left a notice to every account of that side which was there at the time."""
    told, accounts = _notices(rows), _accounts_by_side(rows)
    for meeting in rows.meetings.values():
        sides = [*accounts["investor", meeting.investor_id], *accounts["host", rows.district_of(meeting)]]
        wanted: Counter[tuple[int, str, str]] = Counter()
        for change in rows.changes.get(meeting.id, []):
            action = change.action.value
            key = f"run {change.run_id}" if change.run_id is not None else f"meeting_{action}"
            for account in sides:
                if account.role.value in _TELLS[action] and account.active and account.created_at <= change.at:
                    wanted[account.id, key, action] += 1
        for (account_id, key, action), number in wanted.items():
            if told[account_id, meeting.id, key] < number:
                yield Fault(Wrong.NOT_TOLD, {"account": account_id, "action": action, "meeting": meeting.id})


def _accounts_by_side(rows: Rows) -> dict[tuple[str, int], list[Row[Any]]]:
    sides: dict[tuple[str, int], list[Row[Any]]] = defaultdict(list)
    for account in rows.accounts:
        if account.investor_id or account.district_id:
            sides[account.role.value, account.investor_id or account.district_id].append(account)
    return sides


def _notices(rows: Rows) -> Counter[tuple[int, int, str]]:
    """How often each account was told about each meeting, by kind of notice or number of the run."""
    told: Counter[tuple[int, int, str]] = Counter()
    for notice in rows.notices:
        if "changes" in notice.facts:
            for entry in notice.facts["changes"]:
                told[notice.account_id, entry.get("meeting"), f"run {notice.facts.get('run')}"] += 1
        elif "meeting" in notice.facts:
            told[notice.account_id, notice.facts["meeting"], notice.kind] += 1
    return told


# -- interests that were not met ---------------------------------------------------------------------------------------


def unmet_interests_are_explained(rows: Rows) -> Iterator[Fault]:
    """The last published run has a reason for each interest stated before it that no meeting meets, and for no other."""
    for edition_id in rows.editions:
        run = rows.last_published(edition_id)
        if run is None:
            continue
        booked: dict[int, list[Row[Any]]] = {}
        for entry in _booked_by(rows, run):
            meeting = rows.meetings[entry.meeting_id]
            booked.setdefault(meeting.investor_id, []).append(meeting)
        for interest in rows.interests:
            if rows.investors[interest.investor_id].edition_id != edition_id or interest.level == "no_thanks":
                continue
            met_by = next((each for each in booked.get(interest.investor_id, []) if _covers(rows, interest, each)), None)
            explained = (run.id, interest.id) in rows.unmet
            if met_by is not None and explained:
                yield Fault(Wrong.MET_EXPLAINED_AWAY, {"run": run.id, "interest": interest.id, "meeting": met_by.id})
            if met_by is None and not explained and interest.stated_at < run.started_at:
                yield Fault(Wrong.UNMET_UNEXPLAINED, {"run": run.id, "interest": interest.id})


def _covers(rows: Rows, interest: Row[Any], meeting: Row[Any]) -> bool:
    project = rows.projects[meeting.project_id]
    if interest.project_id is not None:
        return bool(interest.project_id == project.id)
    if interest.district_id is not None:
        return bool(interest.district_id == project.district_id)
    chain_id = project.chain_id
    while chain_id is not None and chain_id != interest.chain_id:
        chain_id = rows.chains[chain_id].parent_id
    return chain_id is not None


CHECKS = (
    published_runs_were_applied,
    runs_report_what_is_stored,
    everybody_was_told,
    unmet_interests_are_explained,
)
