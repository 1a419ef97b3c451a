"""How evenly a night serves people: figures that an organiser can defend."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class InvestorFigures:
    """Meetings of one investor, and how many of its stated interests (no *no thanks*) are met."""

    investor: int
    meetings: int
    interests: int
    met: int

    @property
    def share(self) -> float | None:
        return self.met / self.interests if self.interests else None


@dataclass(frozen=True, slots=True)
class DistrictFigures:
    """Interests received and met by one district; meetings out of the slots that its tables offer."""

    district: str
    interests: int
    met: int
    meetings: int
    slots_offered: int

    @property
    def share(self) -> float | None:
        return self.met / self.interests if self.interests else None

    @property
    def use(self) -> float | None:
        return self.meetings / self.slots_offered if self.slots_offered else None


@dataclass(frozen=True, slots=True)
class Fairness:
    """Smallest, median and largest number of meetings, investors without any, and shares of interests met."""

    fewest: int
    median: float
    most: int
    without_meeting: int
    lowest_share: float | None
    median_share: float | None


def _median(values: Sequence[float]) -> float:
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def fairness(figures: Sequence[InvestorFigures]) -> Fairness:
    """The figures over all approved investors; all zero where there is none."""
    if not figures:
        return Fairness(0, 0, 0, 0, None, None)
    meetings = [each.meetings for each in figures]
    shares = [each.share for each in figures if each.share is not None]
    return Fairness(
        fewest=min(meetings),
        median=_median(meetings),
        most=max(meetings),
        without_meeting=meetings.count(0),
        lowest_share=min(shares, default=None),
        median_share=_median(shares) if shares else None,
    )
