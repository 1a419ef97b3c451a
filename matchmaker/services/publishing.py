"""Publishes a run: what differs from the published diary becomes proposals, moves and endings, all in one transaction."""

from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from matchmaker.db import db, transaction
from matchmaker.domain.meeting import PINNED, Action
from matchmaker.domain.reasons import MoveReason
from matchmaker.domain.roles import Role
from matchmaker.domain.rules import Broken, RuleBroken
from matchmaker.models import ChangeKind, Interest, Meeting, Run, RunChange, Rung, RunState, UnmetInterest
from matchmaker.scheduling.check import value, violations
from matchmaker.scheduling.keeping import keep_possible
from matchmaker.scheduling.schedule import Placement, Schedule, Status, read_schedule, schedule_as_data
from matchmaker.services.actors import Actor
from matchmaker.services.bottlenecks import bottlenecks_of
from matchmaker.services.explaining import Helpers, Unmet, explain_unmet
from matchmaker.services.facts import Facts, read_facts, with_meetings_read_anew
from matchmaker.services.figures import figures_of
from matchmaker.services.lapsing import lapse_overdue
from matchmaker.services.meeting_notices import NightChange, tell_about_night
from matchmaker.services.meetings import Proposal, change_status, lock_diary, propose_meeting
from matchmaker.services.occupancy import release, seat_everybody
from matchmaker.services.problems import Built, build_problem, input_hash, plain_problem
from matchmaker.services.room import Room
from matchmaker.services.run_files import packed, unpacked

BOTTLENECK_SHARE = 0.25
"""Of the time for looking at what would have helped, so much goes to what would help the whole night."""


@dataclass(frozen=True, slots=True)
class Change:
    """What publishing would do to one candidate or meeting. Slots are positions."""

    kind: ChangeKind
    candidate: str | None
    meeting: Meeting | None
    from_slot: int | None
    to_slot: int | None
    reason: MoveReason | None = None


def compare_with_published(facts: Facts, built: Built, placements: Iterable[Placement]) -> list[Change]:
    """What differs between the live proposals and the placements, and what stays, in a fixed order."""
    placements = tuple(placements)
    slot_of = {each.candidate: each.slot for each in placements if each.candidate in built.pair_of}
    named = {meeting.id: name for name, meeting in built.meeting_of.items()}
    told = [Placement(name, meeting.slot.position) for name, meeting in built.meeting_of.items()]
    given_up = [each for each in told if slot_of.get(each.candidate) != each.slot]
    room = Room.left(built.problem, placements, given_up)
    changes = [_change_of(meeting, named.get(meeting.id), slot_of, room) for meeting in facts.live]
    new = sorted(set(slot_of) - set(built.meeting_of))
    return [*changes, *(Change(ChangeKind.NEW, name, None, None, slot_of[name]) for name in new)]


def _change_of(meeting: Meeting, name: str | None, slot_of: dict[str, int], room: Room) -> Change:
    here, there = meeting.slot.position, slot_of.get(name) if name else None
    if there == here or meeting.status in PINNED:
        return Change(ChangeKind.UNCHANGED, name, meeting, here, here)
    if name is None:
        withdrawn = meeting.project.withdrawn_at is not None
        why = MoveReason.PROJECT_WITHDRAWN if withdrawn else MoveReason.NO_LONGER_WANTED
        return Change(ChangeKind.LEFT_OUT, None, meeting, here, None, why)
    kind = ChangeKind.LEFT_OUT if there is None else ChangeKind.MOVED
    return Change(kind, name, meeting, here, there, room.reason(name, kind))


def publish_run(actor: Actor, run_id: int, *, now: datetime) -> dict[str, int]:
    """Make a draft the published diary; answers how many proposals are new, moved, left out and unchanged.

    What people did since the run read its input is looked at again: their steps stand, and what no longer fits beside
    them is left for the next night. What is overdue lapses. Raises RuleBroken: NOT_ALLOWED, ALREADY_DECIDED, DRAFT_OUTDATED.
    """
    if actor.role not in (Role.ORGANISER, Role.NIGHT):
        raise RuleBroken(Broken.NOT_ALLOWED)
    with transaction():
        run = db.session.get_one(Run, run_id)
        lock_diary(run.edition_id)
        db.session.refresh(run)
        _claim(actor, run, now)
        lapsed = lapse_overdue(run, now=now)
        facts = read_facts(run.edition, now=now)
        built = build_problem(facts)
        placements = placements_still_possible(run, built)
        if violations(built.problem, placements):
            raise RuleBroken(Broken.DRAFT_OUTDATED)
        changes = compare_with_published(facts, built, placements)
        told = _apply(actor, run, facts, built, changes, now=now)
        tell_about_night(run, [*told, *lapsed], now=now)
        counts = {kind.value: sum(change.kind is kind for change in changes) for kind in ChangeKind}
        _record(run, facts, built, placements, counts)
        return counts


def _claim(actor: Actor, run: Run, now: datetime) -> None:
    drafts = update(Run).where(Run.id == run.id, Run.state == RunState.DRAFT)
    published = {"state": RunState.PUBLISHED, "phase": "published", "message": "published", "published_at": now}
    done = db.session.execute(drafts.values(published | {"decided_by_id": actor.account_id, "decided_at": now}))
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise RuleBroken(Broken.ALREADY_DECIDED)
    db.session.refresh(run)


def placements_still_possible(run: Run, built: Built) -> tuple[Placement, ...]:
    """What of a draft's schedule still fits the problem as it stands now."""
    assert run.schedule is not None
    assert run.problem is not None
    wanted = read_schedule(unpacked(run.schedule)).meetings
    if not has_other_input(run, built):
        return wanted
    known = {(each["candidate"], each["slot"]) for each in unpacked(run.problem)["booked"]}
    since = [Placement(each.candidate, each.slot) for each in built.problem.booked if (each.candidate, each.slot) not in known]
    return keep_possible(built.problem, wanted, first=since)


def has_other_input(run: Run, built: Built) -> bool:
    """Whether people acted since the run read its input, so that nothing is proven for what publishing it would give."""
    return _hash_for(run, built) != run.input_hash


def _hash_for(run: Run, built: Built) -> str:
    """The hash of an input, asked for as this run asked: an organiser may have changed the settings meanwhile."""
    return input_hash(built.problem, floor_first=bool(run.figures.get("floor_first")))


def _apply(actor: Actor, run: Run, facts: Facts, built: Built, changes: list[Change], *, now: datetime) -> list[NightChange]:
    """Take every step and seat everybody anew; answers what there is to tell."""
    taken = [(change, _take_step(actor, run, facts, built, change, now=now)) for change in changes]
    for change, meeting in taken:
        slots = {"from_slot": change.from_slot, "to_slot": change.to_slot}
        db.session.add(RunChange(run_id=run.id, meeting=meeting, kind=change.kind, reason=change.reason or "", facts=slots))
    db.session.flush()
    seat_everybody(run.edition, now=now)
    return [
        NightChange(meeting, change.kind.value, change.reason or "")
        for change, meeting in taken
        if change.kind is not ChangeKind.UNCHANGED
    ]


def _take_step(actor: Actor, run: Run, facts: Facts, built: Built, change: Change, *, now: datetime) -> Meeting:
    match change:
        case Change(kind=ChangeKind.NEW, candidate=str(name), to_slot=int(position)):
            pair = built.pair_of[name]
            pool = facts.pool_for(pair)
            proposal = Proposal(*pair, facts.venue_of(pair[1]).id, pool.id if pool else None, facts.pairing.score(*pair))
            return propose_meeting(actor, run.edition, proposal, facts.slots[position], now=now, run=run, alone=False)
        case Change(kind=ChangeKind.MOVED, meeting=Meeting() as meeting, to_slot=int(position), reason=MoveReason() as why):
            slot = facts.slots[position]
            change_status(meeting, Action.MOVE, actor, now=now, slot=slot, reason=why, run=run, alone=False)
            return meeting
        case Change(kind=ChangeKind.LEFT_OUT, meeting=Meeting() as meeting, reason=MoveReason() as why):
            change_status(meeting, Action.LEAVE_OUT, actor, now=now, reason=why, run=run, alone=False)
            release([meeting.id])
            return meeting
        case Change(meeting=Meeting() as meeting):
            return meeting
    raise ValueError(change)


def _record(run: Run, facts: Facts, built: Built, placements: tuple[Placement, ...], counts: dict[str, int]) -> None:
    """What the published run says of itself, and the input as it is settled now."""
    adjusted = has_other_input(run, built)
    if adjusted:
        _rewrite_answer(run, built, placements)
        record_findings(run, find(facts, built, placements))
    run.figures = run.figures | {"changes": counts, "adjusted": adjusted}
    db.session.flush()
    run.settled_hash = _hash_for(run, build_problem(with_meetings_read_anew(facts)))


def _rewrite_answer(run: Run, built: Built, placements: tuple[Placement, ...]) -> None:
    """People acted between solving and publishing: what is published answers another input, for which nothing is proven.

    What was solved stays in the figures.
    """
    solved = {"value": run.value, "bound": run.bound, "input_hash": run.input_hash}
    of_this_input = {name: each for name, each in run.figures.items() if name not in ("greedy_value", "contributions", "floor")}
    run.figures = of_this_input | {"solved": solved}
    run.input_hash = _hash_for(run, built)
    run.rung = Rung.FEASIBLE if run.rung is Rung.PROVEN else run.rung
    name = read_schedule(unpacked(run.schedule or b"")).instance
    run.value, run.bound, run.status = value(built.problem, placements), None, Status.FEASIBLE.value
    answer = Schedule(name, placements, Status.FEASIBLE, run.value, seed=run.seed)
    run.problem, run.schedule = packed(plain_problem(built, name)), packed(schedule_as_data(answer))


@dataclass(frozen=True, slots=True)
class Findings:
    """What is found out about a schedule: its figures, and why each other interest was not met."""

    figures: dict[str, Any]
    unmet: list[Unmet]


def find(
    facts: Facts, built: Built, placements: Iterable[Placement], *, seconds: float = 0, workers: Helpers = nullcontext
) -> Findings:
    """What is found out about a schedule. Changes that would have helped are looked for only within these seconds."""
    placements = tuple(placements)
    figures = figures_of(facts, built, placements) | {"bottlenecks": []}
    if not seconds:
        return Findings(figures, explain_unmet(facts, built, placements))
    unmet = explain_unmet(facts, built, placements, seconds=(1 - BOTTLENECK_SHARE) * seconds, workers=workers)
    found = bottlenecks_of(facts, built, placements, seconds=BOTTLENECK_SHARE * seconds)
    return Findings(figures | {"bottlenecks": found}, unmet)


def record_findings(run: Run, findings: Findings) -> None:
    """Write a run's figures and its reason for every unmet interest. Runs in the caller's transaction."""
    run.figures = run.figures | findings.figures
    db.session.execute(delete(UnmetInterest).where(UnmetInterest.run_id == run.id))
    still_stated = set(db.session.scalars(select(Interest.id)))
    rows = [
        {
            "run_id": run.id,
            "interest_id": unmet.interest_id,
            "investor_id": unmet.investor_id,
            "project_id": unmet.project_id,
            "reason": unmet.reason.value,
            "facts": unmet.facts,
        }
        for unmet in findings.unmet
        if unmet.interest_id in still_stated
    ]
    if rows:
        db.session.execute(insert(UnmetInterest), rows)
