"""What an organiser sees of the nights: how good a run is, what it changed and why, what was not met, and its drafts."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select, update
from sqlalchemy.orm import joinedload, selectinload

from matchmaker.db import db, transaction
from matchmaker.domain.fairness import InvestorFigures
from matchmaker.domain.reasons import WhyNot
from matchmaker.domain.roles import Role
from matchmaker.domain.rules import Broken, RuleBroken
from matchmaker.models import (
    ChangeKind,
    District,
    Edition,
    Interest,
    Investor,
    Meeting,
    Project,
    Run,
    RunChange,
    RunState,
    Slot,
    UnmetInterest,
)
from matchmaker.scheduling.problem import ProblemError
from matchmaker.services.actors import Actor, Missing
from matchmaker.services.facts import Facts, read_facts
from matchmaker.services.names import name_order
from matchmaker.services.pages import Page, one_page, page_among
from matchmaker.services.problems import Built, build_problem
from matchmaker.services.publishing import (
    Change,
    compare_with_published,
    has_other_input,
    placements_still_possible,
    publish_run,
)
from matchmaker.services.run_files import unpacked
from matchmaker.services.suits import Pair

CHANGED = (ChangeKind.NEW, ChangeKind.MOVED, ChangeKind.LEFT_OUT)


@dataclass(frozen=True, slots=True)
class Quality:
    """How good a schedule is: its value, and a bound that no schedule for the same input can exceed."""

    value: int
    bound: int | None
    greedy_value: int | None

    @property
    def is_best(self) -> bool:
        return self.bound is not None and self.value >= self.bound

    @property
    def missing(self) -> int | None:
        """The most points that another schedule could have more."""
        return None if self.bound is None else max(0, self.bound - self.value)

    @property
    def more(self) -> float | None:
        """The most that another schedule could be worth more, in per cent of this value, rounded up to hundredths."""
        if self.missing is None or self.value <= 0:
            return None
        return math.ceil(10_000 * self.missing / self.value) / 100

    @property
    def gap(self) -> float | None:
        """(bound - value) / |bound| in per cent, as solvers state it."""
        return None if self.missing is None or self.bound is None else 100 * self.missing / max(1, abs(self.bound))

    @property
    def above_greedy(self) -> int | None:
        return None if self.greedy_value is None else self.value - self.greedy_value


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """What a run does to one meeting. `meeting_id` is None for a proposal of a draft, which is none yet."""

    kind: ChangeKind
    investor: Investor
    project: Project
    meeting_id: int | None
    from_slot: Slot | None
    to_slot: Slot | None
    reason: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What publishing a draft now would do. With other input than was solved, its bound says nothing about that."""

    counts: dict[ChangeKind, int]
    rows: Page[ChangeRow]
    has_other_input: bool


@dataclass(frozen=True, slots=True)
class UnmetFilters:
    """Which unmet interests are asked for; `district` is a code, `text` is sought in investors' names."""

    reason: WhyNot | None = None
    district: str = ""
    text: str = ""


def runs_of(edition: Edition, *, page: int = 1) -> Page[Run]:
    """The runs of the edition, the latest first."""
    query = select(Run.id).where(Run.edition_id == edition.id).order_by(Run.id.desc())

    def load(ids: Sequence[int]) -> list[Run]:
        return list(db.session.scalars(select(Run).where(Run.id.in_(ids)).order_by(Run.id.desc())))

    return one_page(query, page, load)


def latest_run(edition: Edition, *states: RunState) -> Run | None:
    """The latest run, or the latest in one of these states."""
    query = select(Run).where(Run.edition_id == edition.id).order_by(Run.id.desc()).limit(1)
    return db.session.scalar(query.where(Run.state.in_(states)) if states else query)


def get_run(edition: Edition, run_id: int) -> Run:
    """One run of the edition. Raises Missing."""
    run = db.session.get(Run, run_id)
    if run is None or run.edition_id != edition.id:
        raise Missing(f"run {run_id}")
    return run


def quality_of(run: Run) -> Quality | None:
    """None for a run that has no schedule."""
    return None if run.value is None else Quality(run.value, run.bound, run.figures.get("greedy_value"))


def prices_of(run: Run) -> dict[str, int]:
    """The prices that the run's value was reckoned with, as its stored problem has them."""
    return {} if run.problem is None else dict(unpacked(run.problem).get("penalties", {}))


def district_names(edition: Edition) -> dict[str, District]:
    """The districts by code, as the figures of a run name them."""
    query = select(District).where(District.edition_id == edition.id).order_by(District.code)
    return {each.code: each for each in db.session.scalars(query)}


def least_served(run: Run, *, most: int = 20) -> list[tuple[Investor, InvestorFigures]]:
    """The investors whom a schedule serves worst: the fewest meetings, then the smallest share of their interests met."""

    def served(figures: InvestorFigures) -> tuple[int, float, int]:
        return figures.meetings, 1 if figures.share is None else figures.share, figures.investor

    worst = sorted(_investor_figures(run), key=served)[:most]
    query = select(Investor).where(Investor.id.in_([each.investor for each in worst]))
    investors = {each.id: each for each in db.session.scalars(query)}
    return [(investors[each.investor], each) for each in worst if each.investor in investors]


def served_last(edition: Edition, investor_id: int) -> tuple[Run, InvestorFigures] | None:
    """How the latest published run serves an investor; None where it does not concern it."""
    run = latest_run(edition, RunState.PUBLISHED)
    figures = [] if run is None else _investor_figures(run)
    return next(((run, each) for each in figures if run and each.investor == investor_id), None)


def _investor_figures(run: Run) -> list[InvestorFigures]:
    return [InvestorFigures(**each) for each in run.figures.get("by_investor", ())]


def count_changes(run: Run) -> dict[ChangeKind, int]:
    query = select(RunChange.kind, func.count()).where(RunChange.run_id == run.id).group_by(RunChange.kind)
    return dict.fromkeys(ChangeKind, 0) | dict(db.session.execute(query).all())


def changes_of(run: Run, *, kind: ChangeKind | None = None, page: int = 1) -> Page[ChangeRow]:
    """What publishing the run did to meetings, by investors' names: without a kind, everything but what stayed as it was."""
    query = (
        select(RunChange.id, Investor.name)
        .join(Meeting, Meeting.id == RunChange.meeting_id)
        .join(Investor, Investor.id == Meeting.investor_id)
        .where(RunChange.run_id == run.id, RunChange.kind.in_([kind] if kind else CHANGED))
    )
    rows = sorted((name_order(name), change_id) for change_id, name in db.session.execute(query))

    def load(ids: Sequence[int]) -> list[ChangeRow]:
        slots = {slot.position: slot for slot in run.edition.slots}
        found = {each.id: each for each in db.session.scalars(_changes(ids))}
        return [_row_of(found[each], slots) for each in ids]

    return page_among([change_id for _name, change_id in rows], page, load)


def _changes(ids: Sequence[int]) -> Select[Any]:
    meeting = joinedload(RunChange.meeting)
    return (
        select(RunChange)
        .where(RunChange.id.in_(ids))
        .options(meeting.joinedload(Meeting.investor), meeting.joinedload(Meeting.project).joinedload(Project.district))
    )


def _row_of(change: RunChange, slots: dict[int, Slot]) -> ChangeRow:
    def slot_at(name: str) -> Slot | None:
        position = change.facts.get(name)
        return None if position is None else slots.get(position)

    meeting = change.meeting
    return ChangeRow(
        kind=change.kind,
        investor=meeting.investor,
        project=meeting.project,
        meeting_id=meeting.id,
        from_slot=slot_at("from_slot"),
        to_slot=slot_at("to_slot"),
        reason=change.reason,
    )


def compare_draft(run: Run, *, kind: ChangeKind | None = None, page: int = 1, now: datetime) -> Comparison:
    """What publishing this draft now would do to the diary, reckoned as publishing itself does it.

    Raises RuleBroken: ALREADY_DECIDED where it is no draft any more, DRAFT_OUTDATED where the data no longer fit together.
    """
    if run.state is not RunState.DRAFT:
        raise RuleBroken(Broken.ALREADY_DECIDED)
    facts = read_facts(run.edition, now=now)
    try:
        built = build_problem(facts)
    except ProblemError as error:
        raise RuleBroken(Broken.DRAFT_OUTDATED) from error
    changes = compare_with_published(facts, built, placements_still_possible(run, built))
    counts = {each: sum(change.kind is each for change in changes) for each in ChangeKind}
    shown = [change for change in changes if (change.kind is kind if kind else change.kind in CHANGED)]
    by_name = sorted(shown, key=lambda change: name_order(facts.investors[_pair_of(change, built)[0]].name))
    return Comparison(counts, _page_of(by_name, page, facts, built), has_other_input(run, built))


def _page_of(changes: list[Change], number: int, facts: Facts, built: Built, per_page: int = 30) -> Page[ChangeRow]:
    count = max(1, -(-len(changes) // per_page))
    number = min(max(1, number), count)
    part = changes[(number - 1) * per_page : number * per_page]
    return Page([_planned(each, facts, built) for each in part], number, count, len(changes))


def _pair_of(change: Change, built: Built) -> Pair:
    if change.meeting is not None:
        return change.meeting.investor_id, change.meeting.project_id
    assert change.candidate is not None  # a change is about a candidate or a meeting
    return built.pair_of[change.candidate]


def _planned(change: Change, facts: Facts, built: Built) -> ChangeRow:
    pair = _pair_of(change, built)
    return ChangeRow(
        kind=change.kind,
        investor=facts.investors[pair[0]],
        project=facts.projects[pair[1]],
        meeting_id=change.meeting.id if change.meeting else None,
        from_slot=None if change.from_slot is None else facts.slots[change.from_slot],
        to_slot=None if change.to_slot is None else facts.slots[change.to_slot],
        reason=change.reason or "",
    )


def count_unmet(run: Run) -> dict[WhyNot, int]:
    """How many interests were not met, by reason, in the order of the reasons."""
    query = select(UnmetInterest.reason, func.count()).where(UnmetInterest.run_id == run.id).group_by(UnmetInterest.reason)
    found = dict(db.session.execute(query).all())
    return {reason: found[reason.value] for reason in WhyNot if reason.value in found}


def unmet_of_run(run: Run, *, filters: UnmetFilters | None = None, page: int = 1) -> Page[UnmetInterest]:
    """Every interest that the run did not meet, with its reason and the project that came nearest."""
    filters = filters or UnmetFilters()
    query = (
        select(UnmetInterest.interest_id, Investor.name)
        .join(Interest, Interest.id == UnmetInterest.interest_id)
        .join(Investor, Investor.id == UnmetInterest.investor_id)
        .where(UnmetInterest.run_id == run.id)
    )
    if filters.reason is not None:
        query = query.where(UnmetInterest.reason == filters.reason.value)
    if filters.text.strip():
        query = query.where(Investor.name.icontains(filters.text.strip()[:100], autoescape=True))
    if filters.district:
        query = query.where(_concerns_district(run.edition_id, filters.district))
    rows = sorted((name_order(name), interest_id) for interest_id, name in db.session.execute(query))
    return page_among([interest_id for _name, interest_id in rows], page, lambda ids: _unmet(run, ids))


def _concerns_district(edition_id: int, code: str) -> Any:
    """The interest points at the district or one of its projects, or a project of it came nearest."""
    district = select(District.id).where(District.edition_id == edition_id, District.code == code)
    projects = select(Project.id).where(Project.district_id.in_(district))
    return or_(Interest.district_id.in_(district), Interest.project_id.in_(projects), UnmetInterest.project_id.in_(projects))


def _unmet(run: Run, ids: Sequence[int]) -> list[UnmetInterest]:
    interest = selectinload(UnmetInterest.interest)
    query = (
        select(UnmetInterest)
        .where(UnmetInterest.run_id == run.id, UnmetInterest.interest_id.in_(ids))
        .options(
            joinedload(UnmetInterest.investor),
            joinedload(UnmetInterest.project).joinedload(Project.district),
            interest.joinedload(Interest.project),
            interest.joinedload(Interest.chain),
            interest.joinedload(Interest.district),
        )
    )
    found = {each.interest_id: each for each in db.session.scalars(query)}
    return [found[each] for each in ids]


def publish_draft(actor: Actor, run_id: int, *, now: datetime) -> dict[str, int]:
    """An organiser publishes a draft. Raises Missing, RuleBroken: NOT_ALLOWED, ALREADY_DECIDED, DRAFT_OUTDATED."""
    if db.session.get(Run, run_id) is None:
        raise Missing(f"run {run_id}")
    try:
        return publish_run(actor, run_id, now=now)
    except ProblemError as error:
        raise RuleBroken(Broken.DRAFT_OUTDATED) from error


def discard_draft(actor: Actor, run_id: int, *, now: datetime) -> None:
    """An organiser decides against a draft; its record stays. Raises Missing, RuleBroken: NOT_ALLOWED, ALREADY_DECIDED."""
    if actor.role is not Role.ORGANISER:
        raise RuleBroken(Broken.NOT_ALLOWED)
    with transaction():
        run = db.session.get(Run, run_id)
        if run is None:
            raise Missing(f"run {run_id}")
        drafts = update(Run).where(Run.id == run_id, Run.state == RunState.DRAFT)
        done = db.session.execute(drafts.values(state=RunState.DISCARDED, decided_by_id=actor.account_id, decided_at=now))
        if done.rowcount != 1:  # type: ignore[attr-defined]
            raise RuleBroken(Broken.ALREADY_DECIDED)
