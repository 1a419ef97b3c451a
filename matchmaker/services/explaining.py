"""Why an interest was not met: the first reason that is true, and the one change that would have met it, where it is proven."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import Any

from matchmaker.domain.interest import Level, Offer, is_met
from matchmaker.domain.meeting import Status
from matchmaker.domain.reasons import WhyNot
from matchmaker.domain.roles import may_meet
from matchmaker.models import Interest
from matchmaker.scheduling.reasons import ScheduleIndex
from matchmaker.scheduling.schedule import Placement
from matchmaker.scheduling.whynot import explain
from matchmaker.services.changes import ToldChanges
from matchmaker.services.facts import Facts
from matchmaker.services.particulars import particulars_of
from matchmaker.services.problems import Built, investor_participant, lead_participant, projects_for
from matchmaker.services.suits import Pair, wish_of

Helpers = Callable[[], AbstractContextManager[Executor | None]]
FEW = 500
"""So many are explained here before others could have begun."""


@dataclass(frozen=True, slots=True)
class Unmet:
    """An interest that was not met, the project that came nearest, and the reason."""

    interest_id: int
    investor_id: int
    project_id: int | None
    reason: WhyNot
    facts: dict[str, Any]


def met_interests(facts: Facts, interests: Iterable[Interest], booked: Iterable[Pair]) -> list[Interest]:
    """The interests that at least one pair covers which is booked, or has met already."""
    offers: dict[int, list[Offer]] = {}
    for investor_id, project_id in facts.held_pairs.union(booked):
        offers.setdefault(investor_id, []).append(facts.pairing.offers[project_id])
    return [each for each in interests if is_met(wish_of(each), offers.get(each.investor_id, ()))]


def explain_unmet(
    facts: Facts, built: Built, placements: Iterable[Placement], *, seconds: float = 0, workers: Helpers = nullcontext
) -> list[Unmet]:
    """One reason for every stated interest that the schedule does not meet.

    Within these seconds a change is looked for that would have met it: the facts of those that were looked at have
    `change`, which is None where nothing is proven. Must-meets come first. Where there are many, `workers` help.
    """
    placements = tuple(placements)
    booked = [built.pair_of[each.candidate] for each in placements if each.candidate in built.pair_of]
    met = {each.id for each in met_interests(facts, facts.interests, booked)}
    night = _Night(facts, built, ScheduleIndex(built.problem, placements), built.candidate_of, {})
    unmet = [_with_particulars(night, _explain(night, each)) for each in facts.interests if each.id not in met]
    return _with_changes(night, unmet, placements, seconds, workers) if seconds else unmet


def _with_changes(
    night: "_Night", unmet: list[Unmet], placements: tuple[Placement, ...], seconds: float, workers: Helpers
) -> list[Unmet]:
    """The same reasons, with the change that is proven for the pair that came nearest."""
    musts = {each.id for each in night.facts.interests if each.level is Level.MUST_MEET}
    named = {each.interest_id: night.name_of(each) for each in unmet}
    first = sorted(unmet, key=lambda each: each.interest_id not in musts)
    wanted = list(dict.fromkeys(name for each in first if (name := named[each.interest_id])))
    with workers() if len(wanted) > FEW else nullcontext() as executor:
        found = explain(night.built.problem, placements, wanted, executor=executor, seconds=seconds)
    answers = {each.candidate: each for each in found}
    told = ToldChanges(night.facts, night.built)

    def with_change(each: Unmet) -> Unmet:
        answer = answers.get(named[each.interest_id] or "")
        if answer is None or not answer.looked:
            return each
        change = told.told(answer.change) if answer.change else None
        return replace(each, facts=each.facts | {"change": change and change | {"moves": len(answer.moved)}})

    return [with_change(each) for each in unmet]


@dataclass(frozen=True, slots=True)
class _Night:
    facts: Facts
    built: Built
    index: ScheduleIndex
    names: dict[Pair, str]
    chosen: dict[int, list[int]]

    def name_of(self, unmet: Unmet) -> str | None:
        """The candidate that came nearest, if the problem has it."""
        return None if unmet.project_id is None else self.names.get((unmet.investor_id, unmet.project_id))

    def chosen_by(self, investor_id: int) -> list[int]:
        if investor_id not in self.chosen:
            self.chosen[investor_id] = projects_for(self.facts, investor_id)
        return self.chosen[investor_id]


def _with_particulars(night: _Night, unmet: Unmet) -> Unmet:
    """The same reason, with what it rests on."""
    if unmet.project_id is None:
        return unmet
    pair = unmet.investor_id, unmet.project_id
    more = particulars_of(night.facts, night.built, night.index, pair, unmet.reason, name=night.name_of(unmet))
    return replace(unmet, facts=unmet.facts | more)


def _explain(night: _Night, interest: Interest) -> Unmet:
    facts = night.facts
    investor_id = interest.investor_id
    vetting = facts.investors[investor_id].vetting
    if not may_meet(vetting):
        return Unmet(interest.id, investor_id, None, WhyNot.NOT_YET_VETTED, {"vetting": vetting.value})
    wish = wish_of(interest)
    covered = facts.pairing.covered_projects(wish)
    return (
        _never_possible(facts, interest, covered)
        or _nearest(night, interest, covered)
        or Unmet(interest.id, investor_id, None, WhyNot.NOTHING_OFFERED, {})
    )


def _never_possible(facts: Facts, interest: Interest, covered: list[int]) -> Unmet | None:
    """What ends all the pairs that the interest covers: nothing is offered, or each was refused or has ended."""
    endings = [_ending(facts, (interest.investor_id, project_id)) for project_id in covered]
    if not covered or any(ending is None for ending in endings):
        return None if covered else Unmet(interest.id, interest.investor_id, None, WhyNot.NOTHING_OFFERED, {})
    order = list(WhyNot)
    reason, project_id = min(
        ((ending, project_id) for ending, project_id in zip(endings, covered, strict=True) if ending),
        key=lambda each: (order.index(each[0]), each[1]),
    )
    return Unmet(interest.id, interest.investor_id, project_id, reason, {})


def _ending(facts: Facts, pair: Pair) -> WhyNot | None:
    """Why a pair cannot be proposed any more; None where it can."""
    if not facts.projects[pair[1]].is_offered:
        return WhyNot.NOTHING_OFFERED
    if facts.pairing.is_refused(*pair):
        return WhyNot.NO_THANKS
    statuses = {meeting.status for meeting in facts.past.get(pair, ()) if not meeting.reopened}
    if Status.DECLINED in statuses:
        return WhyNot.DECLINED
    if Status.WITHDRAWN in statuses:
        return WhyNot.WITHDRAWN
    return None if facts.is_open(pair) or pair in facts.live_pairs else WhyNot.ENDED


def _nearest(night: _Night, interest: Interest, covered: list[int]) -> Unmet | None:
    """The reason of the candidate that came nearest: the one that was excluded last in the order of reasons."""
    chosen = [project_id for project_id in night.chosen_by(interest.investor_id) if project_id in covered]
    reasons = list(_reasons(night, interest.investor_id, chosen))
    if not reasons:
        return None
    order = list(WhyNot)
    reason, project_id, found = max(reasons, key=lambda each: (order.index(each[0]), -each[1]))
    return Unmet(interest.id, interest.investor_id, project_id, reason, found)


def _reasons(night: _Night, investor_id: int, projects: list[int]) -> Iterator[tuple[WhyNot, int, dict[str, Any]]]:
    for project_id in projects:
        pair = (investor_id, project_id)
        if pair in night.names:
            unmet = night.index.unmet_reason(night.names[pair])
            yield WhyNot(unmet.code.value), project_id, dict(unmet.facts)
        elif not night.facts.has_language_bridge(pair):
            yield _without_interpreter(night.facts, pair)


def _without_interpreter(facts: Facts, pair: Pair) -> tuple[WhyNot, int, dict[str, Any]]:
    """Why a pair is no candidate for which there is no interpreter at all: that comes after a time free for both."""
    investor, lead = investor_participant(facts, pair[0], [], set()), lead_participant(facts, pair[1], [], set())
    blocked = facts.blocked(pair[0], facts.venue_of(pair[1]).id)
    if set(investor.available).intersection(lead.available) - blocked:
        return WhyNot.NO_INTERPRETER, pair[1], {}
    return WhyNot.NO_COMMON_SLOT, pair[1], {"participants": [investor.id, lead.id]}
