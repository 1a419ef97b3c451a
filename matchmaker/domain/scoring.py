"""How well a project suits an investor: whole numbers, each point with its reason and the stored fact.

The same function scores the page an investor looks at and the night that follows.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum

from matchmaker.domain.interest import Level
from matchmaker.domain.rules import Broken, RuleBroken

HIGHEST = 1000
MOST_SIMILAR = 20


class Reason(StrEnum):
    MUST_MEET = "must_meet"
    WOULD_LIKE = "would_like"
    SAME_CHAIN = "same_chain"
    NEAR_CHAIN = "near_chain"
    SIZE_FITS = "size_fits"
    SIZE_NEAR = "size_near"
    STAGE = "stage"
    LANGUAGE = "language"
    DISTRICT = "district"
    BOTH_WANT_IT = "both_want_it"
    SIMILAR_WORDS = "similar_words"


@dataclass(frozen=True, slots=True)
class Weights:
    """The most points that each reason can bring. The organiser sets them; together they stay within 1000."""

    must_meet: int = 300
    would_like: int = 150
    same_chain: int = 260
    near_chain: int = 120
    size_fits: int = 120
    stage: int = 50
    language: int = 90
    district: int = 60
    both_want_it: int = 100

    @property
    def most_possible(self) -> int:
        """What a perfect pair reaches: its level is the stronger one, and so is what its chains share."""
        values: dict[str, int] = asdict(self)
        return sum(values.values()) - self.would_like - self.near_chain + MOST_SIMILAR

    def faults(self) -> list[RuleBroken]:
        """What is wrong with these weights, each with its field: a number outside, the wrong order, too much together.

        A stated interest brings at least a point, so that a suggestion stays below it; and no pair may reach more than
        the highest score, where the best ones could no longer be told apart.
        """
        least = {"would_like": 1}
        values: dict[str, object] = asdict(self)
        outside = [name for name, value in values.items() if not _is_within(value, least.get(name, 0))]
        if outside:
            return [RuleBroken(Broken.NUMBER_OUTSIDE, name, least=least.get(name, 0), most=HIGHEST) for name in outside]
        orders = [("would_like", "must_meet"), ("near_chain", "same_chain")]
        wrong = [{name: values[name] for name in pair} for pair in orders if getattr(self, pair[0]) > getattr(self, pair[1])]
        if wrong:
            return [RuleBroken(Broken.WEIGHTS_DISORDERED, next(iter(pair)), **pair) for pair in wrong]
        if self.most_possible > HIGHEST:
            return [RuleBroken(Broken.WEIGHTS_EXCEED, points=self.most_possible, most=HIGHEST)]
        return []


def _is_within(value: object, least: int) -> bool:
    return type(value) is int and least <= value <= HIGHEST


@dataclass(frozen=True, slots=True)
class Seeker:
    """What of an investor counts. Sizes in million yuan; None: not said.

    `near`: the industries next above its chains, whose other chains are near ones. `refused`: the chains of projects that
    it said *no thanks* to; they bring a suggestion half of the points.
    """

    chains: frozenset[str]
    near: frozenset[str]
    districts: frozenset[str]
    stages: frozenset[str]
    languages: tuple[str, ...]
    size_min: int | None = None
    size_max: int | None = None
    refused: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Opening:
    """What of a project counts. `chains`: its chain and all above it, nearest first. Sizes in million yuan."""

    district: str
    chains: tuple[str, ...]
    stage: str
    languages: tuple[str, ...]
    size_min: int
    size_max: int


@dataclass(frozen=True, slots=True)
class Scored:
    """One reason: its code, its points and the stored fact behind it."""

    reason: Reason
    points: int
    fact: str


@dataclass(frozen=True, slots=True)
class Score:
    value: int
    reasons: tuple[Scored, ...]
    suggested: bool


def score(
    seeker: Seeker,
    opening: Opening,
    *,
    wish: Level | None = None,
    mark: Level | None = None,
    similarity: int = 0,
    weights: Weights | None = None,
) -> Score:
    """Score a pair from 0 to 1000, reasons in order of their points.

    `wish` is what the investor states about the project, `mark` what the host states about the investor. Where the
    investor states nothing it is a suggestion, and scaled to stay below anything that is stated.
    """
    weights = weights or Weights()
    suggested = wish not in (Level.MUST_MEET, Level.WOULD_LIKE)
    reasons = [
        *_stated(wish, weights),
        *_chain(seeker, opening, weights, halved=suggested and opening.chains[0] in seeker.refused),
        *_size(seeker, opening, weights),
        *_stage(seeker, opening, weights),
        *_language(seeker, opening, weights),
        *_district(seeker, opening, weights),
        *_both(wish, mark, weights),
        *_words(similarity),
    ]
    reasons.sort(key=lambda scored: (-scored.points, scored.reason))
    total = min(HIGHEST, sum(scored.points for scored in reasons))
    if suggested:
        total = total * (weights.would_like - 1) // HIGHEST
    return Score(total, tuple(reasons), suggested)


def counted_facts(weights: Weights) -> dict[Reason, int]:
    """What of a project counts, whoever looks at it, each with the most points that it can bring."""
    return {
        Reason.SAME_CHAIN: weights.same_chain,
        Reason.NEAR_CHAIN: weights.near_chain,
        Reason.SIZE_FITS: weights.size_fits,
        Reason.LANGUAGE: weights.language,
        Reason.DISTRICT: weights.district,
        Reason.STAGE: weights.stage,
        Reason.SIMILAR_WORDS: MOST_SIMILAR,
    }


def _stated(wish: Level | None, weights: Weights) -> list[Scored]:
    if wish is Level.MUST_MEET:
        return [Scored(Reason.MUST_MEET, weights.must_meet, wish)]
    if wish is Level.WOULD_LIKE:
        return [Scored(Reason.WOULD_LIKE, weights.would_like, wish)]
    return []


def _chain(seeker: Seeker, opening: Opening, weights: Weights, *, halved: bool) -> list[Scored]:
    """Same: the investor named the project's chain or a branch above it. Near: they share the branch next above."""
    part = 2 if halved else 1
    for code in opening.chains:
        if code in seeker.chains:
            return [Scored(Reason.SAME_CHAIN, weights.same_chain // part, code)]
    for code in opening.chains:
        if code in seeker.near:
            return [Scored(Reason.NEAR_CHAIN, weights.near_chain // part, code)]
    return []


def _size(seeker: Seeker, opening: Opening, weights: Weights) -> list[Scored]:
    """Full points where the ranges overlap, fewer the further they lie apart, none beyond a factor of four."""
    if seeker.size_min is None or seeker.size_max is None:
        return []
    fact = f"{opening.size_min}-{opening.size_max}"
    if seeker.size_min <= opening.size_max and opening.size_min <= seeker.size_max:
        return [Scored(Reason.SIZE_FITS, weights.size_fits, fact)]
    low, high = sorted([(seeker.size_min, seeker.size_max), (opening.size_min, opening.size_max)])
    apart = high[0] / max(1, low[1])
    points = int(weights.size_fits * (4 - apart) / 6)
    return [Scored(Reason.SIZE_NEAR, points, fact)] if points > 0 else []


def _stage(seeker: Seeker, opening: Opening, weights: Weights) -> list[Scored]:
    return [Scored(Reason.STAGE, weights.stage, opening.stage)] if opening.stage in seeker.stages else []


def _language(seeker: Seeker, opening: Opening, weights: Weights) -> list[Scored]:
    common = common_language(seeker.languages, opening.languages)
    return [Scored(Reason.LANGUAGE, weights.language, common)] if common else []


def _district(seeker: Seeker, opening: Opening, weights: Weights) -> list[Scored]:
    return [Scored(Reason.DISTRICT, weights.district, opening.district)] if opening.district in seeker.districts else []


def _both(wish: Level | None, mark: Level | None, weights: Weights) -> list[Scored]:
    wanted = (Level.MUST_MEET, Level.WOULD_LIKE)
    if wish in wanted and mark in wanted:
        return [Scored(Reason.BOTH_WANT_IT, weights.both_want_it, str(mark))]
    return []


def _words(similarity: int) -> list[Scored]:
    points = max(0, min(MOST_SIMILAR, similarity))
    return [Scored(Reason.SIMILAR_WORDS, points, str(points))] if points else []


def common_language(ours: tuple[str, ...], theirs: tuple[str, ...]) -> str | None:
    """The first of our languages that the other side speaks too; none: the meeting needs an interpreter."""
    return next((language for language in ours if language in theirs), None)


def weights_from(stored: Mapping[str, int]) -> Weights:
    """The organiser's weights over the defaults. Raises TypeError for an unknown name."""
    return Weights(**stored)
