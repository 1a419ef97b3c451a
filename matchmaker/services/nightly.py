"""The nightly run: read, solve in a child process, check, store, compare, publish; safe to kill at any moment."""

import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from enum import IntEnum, StrEnum
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from sqlalchemy import Select, delete, select, update

from matchmaker.db import db, end_reading, transaction
from matchmaker.domain.roles import may_meet
from matchmaker.models import ChangeKind, Edition, Project, Run, Rung, RunState
from matchmaker.scheduling.check import violations
from matchmaker.scheduling.pools import helping_workers
from matchmaker.scheduling.problem import Problem, ProblemError
from matchmaker.scheduling.schedule import Placement, Schedule, read_schedule, schedule_as_data
from matchmaker.services.actors import NIGHT
from matchmaker.services.editions import get_edition, set_clock
from matchmaker.services.facts import Facts, read_facts
from matchmaker.services.figures import figures_of
from matchmaker.services.floors import find_floor, had_before
from matchmaker.services.ladder import Asked, Children, Contradictory, Settled, climb
from matchmaker.services.lapsing import lapse_and_tell
from matchmaker.services.problems import Built, build_problem, input_hash, plain_problem
from matchmaker.services.publishing import Change, compare_with_published, find, publish_run, record_findings
from matchmaker.services.repairs import clash_of, repairs_of
from matchmaker.services.run_files import packed, unpacked
from matchmaker.services.similarity import compare_words, store_similarity
from matchmaker.services.solving import GIB, Answer, is_number, solve_in_child
from matchmaker.services.suits import Pair

EXPLAINING_SECONDS = 120.0
"""The most that a night spends on what would have met the interests that it did not meet."""


class Phase(StrEnum):
    """The steps of a night, in order."""

    READ = "read"
    BUILD = "build"
    SOLVE = "solve"
    STORE = "store"
    COMPARE = "compare"
    PUBLISH = "publish"
    DONE = "done"


class ExitCode(IntEnum):
    DONE = 0
    ANOTHER_IS_RUNNING = 3
    KEPT = 4
    INPUT_REFUSED = 5


class Message(StrEnum):
    """What a run says happened."""

    PUBLISHED = "published"
    DRAFTED = "drafted"
    UNCHANGED = "unchanged"
    SOLVER_FAILED = "solver_failed"
    INPUT_REFUSED = "input_refused"
    INTERRUPTED = "interrupted"
    REHEARSED = "rehearsed"


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a night is to be done. `seconds` limits the solver; `memory` is in bytes."""

    seconds: float = 90
    seed: int = 1
    workers: int = 2
    memory: int = 4 * GIB
    cluster: str | None = None
    """The address of a cluster that searches; the workers here take over where it is lost."""
    dry_run: bool = False
    review: bool = False
    moves_clock: bool = False
    """Whether the edition's clock is to stand at the night's time from now on."""


@dataclass(frozen=True, slots=True)
class Night:
    """What a night came to. `changes` counts new, moved, left out and unchanged proposals."""

    exit_code: ExitCode
    message: Message
    run_id: int | None
    rung: Rung | None = None
    value: int | None = None
    bound: int | None = None
    figures: dict[str, Any] = field(default_factory=dict)
    facts: list[Any] = field(default_factory=list)


Report = Callable[[Phase, dict[str, Any]], None]
"""Hears each phase as it begins, and within the solver's phase its meetings, value, bound and seconds."""


class InputRefused(Exception):
    """The input makes no problem; `faults` are plain facts with a code."""

    def __init__(self, faults: list[dict[str, Any]]) -> None:
        super().__init__(faults)
        self.faults = faults


def run_night(edition_code: str | None, *, now: datetime, wanted: Wanted, report: Report) -> Night:
    """Do one night. The caller holds the lock `nightly`. Raises RuleBroken(NO_EDITION)."""
    edition = get_edition(edition_code)
    began = time.monotonic()
    if wanted.dry_run:
        return _rehearse(edition, now=now, wanted=wanted, report=report)
    if wanted.moves_clock:
        set_clock(edition.code, now)
    run_id = _begin(edition, now=now, wanted=wanted)
    try:
        report(Phase.READ, {})
        store_similarity(edition, compare_words(edition))
        night = _work(edition, run_id, now=now, wanted=wanted, report=report)
    except InputRefused as refused:
        night = Night(ExitCode.INPUT_REFUSED, Message.INPUT_REFUSED, run_id, facts=refused.faults)
        _finish(run_id, RunState.REFUSED, night)
    _note_time(night.run_id or run_id, time.monotonic() - began)
    report(Phase.DONE, {})
    return night


def has_published_run(edition: Edition) -> bool:
    return db.session.scalars(_published(edition)).first() is not None


def _rehearse(edition: Edition, *, now: datetime, wanted: Wanted, report: Report) -> Night:
    """The same work with nothing stored: what would be booked and changed."""
    try:
        report(Phase.READ, {})
        facts, built = _problem(edition, now=now, report=report, similarity=compare_words(edition))
    except InputRefused as refused:
        return Night(ExitCode.INPUT_REFUSED, Message.INPUT_REFUSED, None, facts=refused.faults)
    settled = _solve(facts, built, wanted, report)
    schedule, faults = settled.schedule, settled.faults
    if schedule is None:
        return Night(ExitCode.KEPT, Message.SOLVER_FAILED, None, Rung.KEPT, facts=faults)
    report(Phase.COMPARE, {})
    changes = compare_with_published(facts, built, schedule.meetings)
    figures = figures_of(facts, built, schedule.meetings) | _floor_as_data(settled) | {"changes": _counts(changes)}
    return Night(ExitCode.DONE, Message.REHEARSED, None, settled.rung, *_value_and_bound(schedule), figures, faults)


def _work(edition: Edition, run_id: int, *, now: datetime, wanted: Wanted, report: Report) -> Night:
    facts, built = _problem(edition, now=now, report=report)
    asked = input_hash(built.problem, floor_first=edition.floor_first)
    if _is_settled(edition, asked):
        return _keep(edition, run_id, built, asked)
    publishes = edition.publishes_at_once and not wanted.review
    draft_id = _draft_left_behind(edition, run_id, asked) if publishes else None
    if draft_id is None:
        settled = _solve(facts, built, wanted, report)
        if settled.schedule is None:
            night = Night(ExitCode.KEPT, Message.SOLVER_FAILED, run_id, Rung.KEPT, facts=settled.faults)
            _finish(run_id, RunState.KEPT, night, asked=asked, built=built)
            return night
        report(Phase.STORE, {})
        _store_draft(run_id, facts, replace(built, problem=settled.problem), asked, settled, wanted)
    report(Phase.COMPARE, {})
    _note_changes(draft_id or run_id, facts, built)
    return _publish_or_leave(draft_id or run_id, now=now, wanted=wanted, report=report)


def _problem(
    edition: Edition, *, now: datetime, report: Report, similarity: dict[Pair, int] | None = None
) -> tuple[Facts, Built]:
    """Read and build. Raises InputRefused: nothing to offer, no slots, faults of the problem, contradictory pins."""
    report(Phase.BUILD, {})
    if not edition.slots:
        raise InputRefused([{"code": "no_meeting_days"}])
    offered = select(Project.id).where(Project.edition_id == edition.id, Project.is_offered).limit(1)
    if db.session.scalar(offered) is None:
        raise InputRefused([{"code": "no_projects"}])
    facts = read_facts(edition, now=now)
    if similarity is not None:
        facts = replace(facts, pairing=facts.pairing.with_similarity(similarity))
    try:
        built = build_problem(facts)
    except ProblemError as error:
        raise InputRefused([{"code": "problem", "where": each.where, "what": each.what} for each in error.faults]) from error
    pins = [Placement(each.candidate, each.slot) for each in built.problem.booked if each.pinned]
    broken = violations(built.problem, pins)
    if broken:
        rules = ({"code": each.rule.value, **each.facts} for each in broken)
        raise InputRefused([*rules, *clash_of(facts, built), *repairs_of(facts, built)])
    return facts, built


def _keep(edition: Edition, run_id: int, built: Built, asked: str) -> Night:
    """Nothing is asked that the last published run does not answer: this run says how good that still is."""
    last = db.session.scalars(_published(edition)).first()
    assert last is not None  # it settled this input
    changes = {kind.value: 0 for kind in ChangeKind} | {ChangeKind.UNCHANGED.value: len(built.meeting_of)}
    figures = last.figures | {"kept_from": last.id, "changes": changes}
    night = Night(ExitCode.KEPT, Message.UNCHANGED, run_id, Rung.KEPT, last.value, last.bound, figures)
    _finish(run_id, RunState.KEPT, night, asked=asked, built=built)
    return night


def _published(edition: Edition) -> Select[Run]:
    ours = (Run.edition_id == edition.id) & (Run.state == RunState.PUBLISHED)
    return select(Run).where(ours).order_by(Run.id.desc()).limit(1)


def _is_settled(edition: Edition, asked: str) -> bool:
    """Whether the diary already is the answer to this input: the last published run left it as it is."""
    last = db.session.scalars(_published(edition)).first()
    return last is not None and last.settled_hash == asked


def _draft_left_behind(edition: Edition, run_id: int, asked: str) -> int | None:
    """A draft for the same input that nobody published, such as a killed night leaves; this run gives way to it."""
    query = (
        select(Run.id)
        .where(Run.edition_id == edition.id, Run.state == RunState.DRAFT, Run.input_hash == asked)
        .order_by(Run.id.desc())
        .limit(1)
    )
    draft_id = db.session.scalar(query)
    if draft_id is not None:
        with transaction():
            db.session.execute(delete(Run).where(Run.id == run_id))
    return draft_id


def _solve(facts: Facts, built: Built, wanted: Wanted, report: Report) -> Settled:
    """Solve and check. Raises InputRefused where what is pinned or required cannot hold together."""
    asked = Asked(
        gap=facts.edition.gap_asked,
        floor_first=facts.edition.floor_first,
        seconds=wanted.seconds,
        seed=wanted.seed,
        approved=sum(may_meet(each.vetting) for each in facts.investors.values()),
        had=had_before(facts, built),
    )

    def solve(problem: Problem, seconds: float) -> Answer:
        report(Phase.SOLVE, {})
        return solve_in_child(
            problem,
            seconds=seconds,
            seed=wanted.seed,
            workers=wanted.workers,
            cluster=wanted.cluster,
            memory_limit=wanted.memory,
            on_progress=lambda progress: report(Phase.SOLVE, progress),
        )

    report(Phase.SOLVE, {})
    end_reading()
    children = Children(solve, partial(find_floor, seed=wanted.seed, memory_limit=wanted.memory))
    try:
        return climb(built.problem, asked, children)
    except Contradictory as error:
        causes = [{"code": "contradiction", "cause": cause} for cause in error.causes]
        raise InputRefused([*causes, *repairs_of(facts, built, memory_limit=wanted.memory)]) from error


def _begin(edition: Edition, *, now: datetime, wanted: Wanted) -> int:
    """A row for this run. Nights that are still called running were killed, since this one holds the lock."""
    with transaction():
        killed = update(Run).where(Run.edition_id == edition.id, Run.state == RunState.RUNNING)
        db.session.execute(killed.values(state=RunState.INTERRUPTED, message=Message.INTERRUPTED.value))
        run = Run(
            edition_id=edition.id,
            state=RunState.RUNNING,
            phase=Phase.READ.value,
            started_at=now,
            seed=wanted.seed,
            version=_version(),
        )
        db.session.add(run)
        db.session.flush()
        return run.id


def _version() -> str:
    solver = version("ortools")
    try:
        return f"{version('matchmaker')} (ortools {solver})"
    except PackageNotFoundError:
        return f"source (ortools {solver})"


def _note_changes(run_id: int, facts: Facts, built: Built) -> None:
    """What publishing the draft would change, as things stood when its input was read."""
    run = db.session.get_one(Run, run_id)
    assert run.schedule is not None  # a draft has one
    counts = _counts(compare_with_published(facts, built, read_schedule(unpacked(run.schedule)).meetings))
    with transaction():
        run = db.session.get_one(Run, run_id)
        run.phase, run.figures = Phase.COMPARE.value, run.figures | {"changes": counts}


def _store_draft(run_id: int, facts: Facts, built: Built, asked: str, settled: Settled, wanted: Wanted) -> None:
    """Store problem, answer, figures and reasons; a draft that nobody published gives way."""
    schedule = settled.schedule
    assert schedule is not None  # the caller saw it
    workers = partial(helping_workers, wanted.workers, wanted.cluster)
    findings = find(facts, built, schedule.meetings, seconds=EXPLAINING_SECONDS, workers=workers)
    with transaction():
        run = db.session.get_one(Run, run_id)
        older = update(Run).where(Run.edition_id == run.edition_id, Run.state == RunState.DRAFT)
        db.session.execute(older.values(state=RunState.DISCARDED))
        name = f"{facts.edition.code}-run-{run_id}"
        run.state, run.phase, run.message = RunState.DRAFT, Phase.STORE.value, Message.DRAFTED.value
        run.input_hash, run.rung, run.facts = asked, settled.rung, settled.faults
        run.problem = packed(plain_problem(built, name))
        run.schedule = packed(schedule_as_data(replace(schedule, instance=name)))
        run.value, run.bound = _value_and_bound(schedule)
        run.status = schedule.status.value if schedule.status else None
        asked_for = {"gap_asked": facts.edition.gap_asked, "floor_first": facts.edition.floor_first}
        run.figures = _solver_figures(settled.answer) | _floor_as_data(settled) | asked_for
        record_findings(run, findings)


def _solver_figures(answer: Answer) -> dict[str, Any]:
    """What the solver says of itself, as far as it is of the right kind: nobody checks it."""
    greedy, seconds, contributions = (answer.facts.get(name) for name in ("greedy_value", "seconds", "contributions"))
    spent = seconds.items() if isinstance(seconds, dict) else ()
    return {
        "greedy_value": greedy if type(greedy) is int else None,
        "seconds": {phase: each for phase, each in spent if is_number(each)},
        "contributions": contributions if isinstance(contributions, dict) else {},
        "solver": {
            "ended": answer.ended.value,
            "rejected": [each.value for each in answer.rejected],
            "memory": answer.facts.get("most_memory"),
        },
    }


def _floor_as_data(settled: Settled) -> dict[str, Any]:
    return {"floor": asdict(settled.floor)} if settled.floor else {}


def _value_and_bound(schedule: Schedule) -> tuple[int | None, int | None]:
    """A bound that is no whole number is rounded down: values are whole."""
    return schedule.objective, math.floor(schedule.bound + 1e-6) if schedule.bound is not None else None


def _publish_or_leave(run_id: int, *, now: datetime, wanted: Wanted, report: Report) -> Night:
    run = db.session.get_one(Run, run_id)
    if wanted.review or not run.edition.publishes_at_once:
        with transaction():
            lapse_and_tell(run, now=now)
        run = db.session.get_one(Run, run_id)
        return _night_of(run, Message.DRAFTED)
    report(Phase.PUBLISH, {})
    publish_run(NIGHT, run_id, now=now)
    run = db.session.get_one(Run, run_id)
    return _night_of(run, Message.PUBLISHED)


def _night_of(run: Run, message: Message) -> Night:
    return Night(ExitCode.DONE, message, run.id, run.rung, run.value, run.bound, run.figures, run.facts)


def _finish(run_id: int, state: RunState, night: Night, *, asked: str | None = None, built: Built | None = None) -> None:
    """A run that changed nothing: what it was asked, how good what stays is, and why it stays."""
    with transaction():
        run = db.session.get_one(Run, run_id)
        run.state, run.phase, run.message = state, Phase.DONE.value, night.message.value
        run.input_hash, run.rung, run.facts, run.figures = asked, night.rung, night.facts, night.figures
        run.value, run.bound = night.value, night.bound
        if built is not None:
            run.problem = packed(plain_problem(built, f"{built.problem.name}-run-{run_id}"))


def _note_time(run_id: int, seconds: float) -> None:
    with transaction():
        db.session.execute(update(Run).where(Run.id == run_id).values(took_seconds=round(seconds, 1)))


def _counts(changes: list[Change]) -> dict[str, int]:
    return {kind.value: sum(change.kind is kind for change in changes) for kind in ChangeKind}
