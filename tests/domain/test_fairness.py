"""Figures of fairness, from plain counts."""

import pytest

from matchmaker.domain.fairness import DistrictFigures, Fairness, InvestorFigures, fairness


def test_nobody_is_served_evenly() -> None:
    assert fairness([]) == Fairness(0, 0, 0, 0, None, None)


def test_figures_of_one_investor() -> None:
    assert fairness([InvestorFigures(1, meetings=3, interests=4, met=3)]) == Fairness(3, 3, 3, 0, 0.75, 0.75)


def test_investors_without_interests_count_for_meetings_and_not_for_shares() -> None:
    figures = [
        InvestorFigures(1, meetings=4, interests=4, met=4),
        InvestorFigures(2, meetings=0, interests=2, met=0),
        InvestorFigures(3, meetings=1, interests=0, met=0),
        InvestorFigures(4, meetings=2, interests=2, met=1),
    ]

    assert fairness(figures) == Fairness(fewest=0, median=1.5, most=4, without_meeting=1, lowest_share=0.0, median_share=0.5)


@pytest.mark.parametrize(
    ("district", "share", "use"),
    [
        (DistrictFigures("PD", interests=4, met=1, meetings=3, slots_offered=12), 0.25, 0.25),
        (DistrictFigures("XH", interests=0, met=0, meetings=0, slots_offered=0), None, None),
    ],
)
def test_shares_of_a_district(district: DistrictFigures, share: float | None, use: float | None) -> None:
    assert (district.share, district.use) == (share, use)
