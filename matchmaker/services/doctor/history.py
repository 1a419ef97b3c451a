"""The life of each meeting, told again from its history: every step allowed, none missing, and it ends where it stands."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row

from matchmaker.domain.meeting import STEPS
from matchmaker.services.doctor.faults import Fault, Wrong
from matchmaker.services.doctor.rows import HOLDING, Rows

_ALLOWED = {
    (step.action.value, source.value if source else None, role.value, step.target.value)
    for step in STEPS
    for source in (step.sources or {None})
    for role in step.by
} | {
    # The first yes to a suggestion leaves it proposed, until the other side has said yes too.
    ("accept", "proposed", "host", "proposed"),
    ("agree", "proposed", "investor", "proposed"),
}
_NEED_REASON = {step.action.value for step in STEPS if step.needs_reason}
_CLOSING = ("declined", "withdrawn", "held", "missed")
_LAPSES_THAT_CLOSE = 3


@dataclass(frozen=True, slots=True)
class Told:
    """Where a meeting stands if its history is believed."""

    status: str | None
    slot_id: int | None
    offered_slot_id: int | None


def told_by(changes: Sequence[Row[Any]]) -> Told:
    """Take the steps again, one after the other."""
    status = slot_id = offered = None
    for change in changes:
        status = change.to_status.value
        match change.action.value:
            case "propose" | "move":
                slot_id = change.to_slot_id
            case "offer":
                offered = change.to_slot_id
            case "take":
                slot_id = change.to_slot_id
        if status != "countered":
            offered = None
    return Told(status, slot_id, offered)


def history_is_whole(rows: Rows) -> Iterator[Fault]:
    """It begins with a proposal, has no gap, and ends in the status and the slots that are stored."""
    for meeting in rows.meetings.values():
        changes = rows.changes.get(meeting.id, [])
        if not changes:
            yield Fault(Wrong.NO_HISTORY, {"meeting": meeting.id})
            continue
        ended = None
        for change in changes:
            if _word(change.from_status) != ended:
                facts = {"meeting": meeting.id, "change": change.id, "begins": _word(change.from_status), "ended": ended}
                yield Fault(Wrong.HISTORY_GAP, facts)
            ended = change.to_status.value
        stored = Told(meeting.status.value, meeting.slot_id, meeting.offered_slot_id)
        told = told_by(changes)
        if told != stored:
            yield Fault(Wrong.HISTORY_ENDS_ELSEWHERE, {"meeting": meeting.id, "stored": _words(stored), "told": _words(told)})


def _word(status: Any) -> str | None:
    return status.value if status is not None else None


def _words(told: Told) -> str:
    offered = f", offered slot {told.offered_slot_id}" if told.offered_slot_id else ""
    return f"{told.status} in slot {told.slot_id}{offered}"


def steps_are_allowed(rows: Rows) -> Iterator[Fault]:
    for meeting_id, changes in rows.changes.items():
        for change in changes:
            begins, ends = _word(change.from_status), change.to_status.value
            action, role = change.action.value, change.role.value
            facts = {"meeting": meeting_id, "change": change.id, "action": action}
            if (action, begins, role, ends) not in _ALLOWED:
                yield Fault(Wrong.STEP_UNKNOWN, facts | {"role": role, "begins": begins, "ends": ends})
            if action in _NEED_REASON and not (change.reason or change.note.strip()):
                yield Fault(Wrong.STEP_WITHOUT_REASON, facts)


def sequence_counts_changes(rows: Rows) -> Iterator[Fault]:
    """Calendars take an entry over only where its sequence has grown: it does with each change after the proposal."""
    for meeting in rows.meetings.values():
        changes = len(rows.changes.get(meeting.id, [])) - 1
        if meeting.sequence < changes:
            yield Fault(Wrong.SEQUENCE_BEHIND, {"meeting": meeting.id, "sequence": meeting.sequence, "changes": changes})


def accepted_means_both_agreed(rows: Rows) -> Iterator[Fault]:
    """Both sides' yes is stored, and is a step of the history; an interest that was stated counts as the investor's."""
    for meeting in rows.meetings.values():
        if meeting.status != "accepted":
            continue
        yes = _agreements(rows.changes.get(meeting.id, []))
        facts = {"meeting": meeting.id, "status": meeting.status.value}
        if meeting.host_agreed_at is None or "host" not in yes:
            yield Fault(Wrong.AGREED_BY_NOBODY, facts | {"side": "host"})
        if meeting.investor_agreed_at is None or (meeting.suggested and "investor" not in yes):
            yield Fault(Wrong.AGREED_BY_NOBODY, facts | {"side": "investor"})


def _agreements(changes: Sequence[Row[Any]]) -> set[str]:
    """Who has said yes to the slot as it is. A move asks everybody anew, keeping the old slot asks the host anew."""
    yes: set[str] = set()
    for change in changes:
        match change.action.value:
            case "propose" | "move":
                yes = set()
            case "accept" | "offer":
                yes |= {"host"}
            case "agree" | "take":
                yes |= {"investor"}
            case "keep":
                yes = {"investor"}
    return yes


def deadlines_are_kept(rows: Rows) -> Iterator[Fault]:
    """An answer is due before 18:00 of the day before, and a night lets pass nothing that is overdue."""
    for meeting in rows.meetings.values():
        if meeting.status not in ("proposed", "countered"):
            continue
        latest = _six_in_the_evening_before(rows, meeting)
        if meeting.deadline_at > latest:
            facts = {"meeting": meeting.id, "deadline": meeting.deadline_at.isoformat(), "latest": latest.isoformat()}
            yield Fault(Wrong.DEADLINE_LATE, facts)
        for run in rows.runs:
            done = run.state in ("published", "draft", "kept", "discarded")
            if run.edition_id == meeting.edition_id and done and run.started_at >= meeting.deadline_at:
                facts = {"meeting": meeting.id, "deadline": meeting.deadline_at.isoformat(), "run": run.id}
                yield Fault(Wrong.NOT_LAPSED, facts | {"status": meeting.status.value})
                break


def _six_in_the_evening_before(rows: Rows, meeting: Row[Any]) -> datetime:
    zone = ZoneInfo(rows.editions[meeting.edition_id].timezone)
    day = rows.slots[meeting.slot_id].starts_at.astimezone(zone).date() - timedelta(days=1)
    return datetime.combine(day, time(18), tzinfo=zone)


def pairs_are_proposed_while_open(rows: Rows) -> Iterator[Fault]:
    """A pair has one live meeting, and none is proposed once the pair is closed."""
    pairs: dict[tuple[int, int], list[Row[Any]]] = defaultdict(list)
    for meeting in rows.meetings.values():
        pairs[meeting.investor_id, meeting.project_id].append(meeting)
    for (investor_id, project_id), meetings in pairs.items():
        live = [meeting.id for meeting in meetings if meeting.status in HOLDING]
        if len(live) > 1:
            yield Fault(Wrong.PAIR_TWICE, {"investor": investor_id, "project": project_id, "meetings": live})
        for meeting in meetings:
            closed_by = _closed_by(rows, meeting, [other for other in meetings if other.id != meeting.id])
            if closed_by:
                yield Fault(Wrong.CLOSED_PAIR_PROPOSED, {"meeting": meeting.id, "meetings": closed_by})


def _closed_by(rows: Rows, meeting: Row[Any], others: Sequence[Row[Any]]) -> list[int]:
    """The other meetings that had closed the pair when this one was proposed."""
    began = min((change.id for change in rows.changes.get(meeting.id, [])), default=0)
    ended, lapsed = [], []
    for other in others:
        before = [change for change in rows.changes.get(other.id, []) if change.id < began]
        status = told_by(before).status
        reopened = any(change.action.value == "reopen" for change in before)
        if status in _CLOSING and not reopened:
            ended.append(other.id)
        if status == "lapsed":
            lapsed.append(other.id)
    return ended + (lapsed if len(lapsed) >= _LAPSES_THAT_CLOSE else [])


def outcomes_are_of_held_meetings(rows: Rows) -> Iterator[Fault]:
    for outcome in rows.outcomes:
        status = rows.meetings[outcome.meeting_id].status.value
        if status != "held":
            yield Fault(Wrong.OUTCOME_WITHOUT_MEETING, {"outcome": outcome.id, "meeting": outcome.meeting_id, "status": status})


CHECKS = (
    history_is_whole,
    steps_are_allowed,
    sequence_counts_changes,
    accepted_means_both_agreed,
    deadlines_are_kept,
    pairs_are_proposed_while_open,
    outcomes_are_of_held_meetings,
)
