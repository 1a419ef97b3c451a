"""The figures of a night, as plain facts for its record: what was met, how good it is, and how fair."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from matchmaker.domain.fairness import DistrictFigures, InvestorFigures, fairness
from matchmaker.domain.interest import Level, Target
from matchmaker.domain.roles import may_meet
from matchmaker.models import Interest
from matchmaker.scheduling.schedule import Placement
from matchmaker.services.explaining import met_interests
from matchmaker.services.facts import Facts
from matchmaker.services.problems import Built
from matchmaker.services.suits import Pair


def figures_of(facts: Facts, built: Built, placements: Iterable[Placement]) -> dict[str, Any]:
    """Counts over the approved investors: meetings, interests and must-meets stated and met, fairness by side and investor."""
    booked = [built.pair_of[each.candidate] for each in placements if each.candidate in built.pair_of]
    approved = {investor_id for investor_id, each in facts.investors.items() if may_meet(each.vetting)}
    interests = [each for each in facts.interests if each.investor_id in approved]
    met = met_interests(facts, interests, booked)
    must = [each for each in interests if each.level is Level.MUST_MEET]
    must_met = [each for each in met if each.level is Level.MUST_MEET]
    by_investor = _investor_figures(facts, approved, interests, met, booked)
    return {
        "booked": len(booked),
        "candidates": len(built.pair_of),
        "investors": len(approved),
        "interests": {"stated": len(interests), "met": len(met)},
        "must_meet": {"stated": len(must), "met": len(must_met)},
        "fairness": asdict(fairness(by_investor)),
        "by_investor": [asdict(each) for each in by_investor],
        "districts": [asdict(each) for each in _district_figures(facts, interests, met, booked)],
    }


def _investor_figures(
    facts: Facts, approved: set[int], interests: list[Interest], met: list[Interest], booked: list[Pair]
) -> list[InvestorFigures]:
    meetings = Counter(investor_id for investor_id, _ in booked) + facts.held_by
    stated = Counter(each.investor_id for each in interests)
    fulfilled = Counter(each.investor_id for each in met)
    return [InvestorFigures(each, meetings[each], stated[each], fulfilled[each]) for each in sorted(approved)]


def _district_figures(facts: Facts, interests: list[Interest], met: list[Interest], booked: list[Pair]) -> list[DistrictFigures]:
    """Interests in a district or in one of its projects count as received by it; those in chains by nobody alone."""
    district_of = facts.pairing.district_of
    meetings = Counter(district_of[project_id] for _, project_id in facts.held_pairs.union(booked))
    received = Counter(filter(None, (_receiver(facts, each) for each in interests)))
    fulfilled = Counter(filter(None, (_receiver(facts, each) for each in met)))
    return [
        DistrictFigures(
            district=venue.code,
            interests=received[venue.district_id],
            met=fulfilled[venue.district_id],
            meetings=meetings[venue.district_id],
            slots_offered=venue.tables * len(facts.slots),
        )
        for venue in facts.venues
        if venue.district_id is not None
    ]


def _receiver(facts: Facts, interest: Interest) -> int | None:
    if interest.target is Target.DISTRICT:
        return interest.district_id
    return facts.pairing.district_of[interest.project_id] if interest.project_id is not None else None
