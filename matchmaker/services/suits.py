"""How well investors and projects suit each other: stored facts put before the one scoring function.

The catalogue page and the night ask the same `Pairing`.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from matchmaker.db import db
from matchmaker.domain.interest import Level, Offer, Target, Wish, best_offers, chosen_offers, covers, is_refused, level_of
from matchmaker.domain.scoring import Opening, Score, Seeker, Weights, common_language, score, weights_from
from matchmaker.models import Chain, District, Edition, HostMark, Interest, Investor, Project, Similarity

Pair = tuple[int, int]
"""An investor's id and a project's id."""


@dataclass(frozen=True)
class Pairing:
    """What scoring needs to know about some investors and projects of one edition, by their ids."""

    seekers: dict[int, Seeker]
    openings: dict[int, Opening]
    offers: dict[int, Offer]
    wishes: dict[int, list[Wish]]
    marks: dict[tuple[int, int], Level]
    """By district id and investor id."""
    district_of: dict[int, int]
    similarity: dict[Pair, int]
    weights: Weights
    _scores: dict[tuple[int, int, Level | None], Score] = field(default_factory=dict, repr=False, compare=False)
    _covered: dict[tuple[Target, str], list[int]] = field(default_factory=dict, repr=False, compare=False)

    def with_weights(self, weights: Weights) -> "Pairing":
        """The same people and projects, scored with other weights."""
        return replace(self, weights=weights, _scores={})

    def with_similarity(self, similarity: dict[Pair, int]) -> "Pairing":
        """The same people and projects, with the points of similar words computed anew."""
        return replace(self, similarity=similarity, _scores={})

    def as_told_to_hosts(self) -> "Pairing":
        """The same without what investors refuse, which no host is told, and without marks, which hosts make while they look.

        A *no thanks* then scores like something about which nothing is stated.
        """
        seekers = {each: replace(seeker, refused=frozenset()) for each, seeker in self.seekers.items()}
        return replace(self, seekers=seekers, marks={}, _scores={})

    def wish_level(self, investor_id: int, project_id: int) -> Level | None:
        return level_of(self.wishes.get(investor_id, ()), self.offers[project_id])

    def mark_level(self, investor_id: int, project_id: int) -> Level | None:
        return self.marks.get((self.district_of[project_id], investor_id))

    def is_refused(self, investor_id: int, project_id: int) -> bool:
        """One *no thanks* from either side ends the pair."""
        told = Level.NO_THANKS if project_id in self._unwanted[investor_id] else None
        return is_refused(told, self.mark_level(investor_id, project_id))

    @cached_property
    def _unwanted(self) -> dict[int, set[int]]:
        """For each investor the projects that its *no thanks* cover."""
        noes = {who: [wish for wish in wishes if wish.level is Level.NO_THANKS] for who, wishes in self.wishes.items()}
        return {who: {project for wish in mine for project in self.covered_projects(wish)} for who, mine in noes.items()}

    def covered_projects(self, wish: Wish) -> list[int]:
        """The projects that an interest covers, in the order of their codes."""
        target = wish.target, wish.code
        if target not in self._covered:
            self._covered[target] = [project_id for project_id, offer in self.offers.items() if covers(wish, offer)]
        return self._covered[target]

    def score(self, investor_id: int, project_id: int) -> Score:
        return self.score_if(investor_id, project_id, self.wish_level(investor_id, project_id))

    def score_if(self, investor_id: int, project_id: int, level: Level | None) -> Score:
        """The score that the pair would have if the investor stated `level` about the project."""
        asked = investor_id, project_id, level
        if asked not in self._scores:
            self._scores[asked] = score(
                self.seekers[investor_id],
                self.openings[project_id],
                wish=level,
                mark=self.mark_level(investor_id, project_id),
                similarity=self.similarity.get((investor_id, project_id), 0),
                weights=self.weights,
            )
        return self._scores[asked]

    def needs_interpreter(self, investor_id: int, project_id: int) -> bool:
        ours, theirs = self.seekers[investor_id].languages, self.openings[project_id].languages
        return common_language(ours, theirs) is None

    def chosen_projects(self, investor_id: int, wish: Wish, among: Collection[int]) -> list[int]:
        """The projects that an interest makes candidates, best first."""
        covered = [self.offers[project_id] for project_id in self.covered_projects(wish) if project_id in among]
        chosen = chosen_offers(wish, covered, lambda offer: self.score(investor_id, self._project_of[offer.project]).value)
        return [self._project_of[offer.project] for offer in chosen]

    def suggested_projects(self, investor_id: int, among: Collection[int]) -> list[int]:
        """Up to five projects that suit an investor who states no interest, best first; none that nothing speaks for."""
        points = {project_id: self.score_if(investor_id, project_id, None).value for project_id in among}
        offers = [self.offers[project_id] for project_id, value in points.items() if value]
        best = best_offers(offers, lambda offer: points[self._project_of[offer.project]])
        return [self._project_of[offer.project] for offer in best]

    @cached_property
    def _project_of(self) -> dict[str, int]:
        return {offer.project: project_id for project_id, offer in self.offers.items()}


def is_refused_pair(edition: Edition, pair: Pair) -> bool:
    """Whether one side says *no thanks* to the other by now."""
    return load_pairing(edition, investor_ids={pair[0]}, project_ids={pair[1]}).is_refused(*pair)


@dataclass(frozen=True, slots=True)
class Sides:
    """A pairing, and the rows that it was read from."""

    pairing: Pairing
    investors: list[Investor]
    projects: list[Project]
    interests: list[Interest]


def load_pairing(
    edition: Edition, *, investor_ids: Collection[int] | None = None, project_ids: Collection[int] | None = None
) -> Pairing:
    """Read what scoring needs, for all investors and projects of the edition or for some; eleven queries at most."""
    return load_sides(edition, investor_ids=investor_ids, project_ids=project_ids).pairing


def load_sides(edition: Edition, *, investor_ids: Collection[int] | None, project_ids: Collection[int] | None) -> Sides:
    """The same with the rows, for who needs them as well."""
    chains = chain_paths(edition)
    districts = {
        district.id: district.code for district in db.session.scalars(select(District).where(District.edition_id == edition.id))
    }
    projects = _projects(edition, project_ids)
    investors = _investors(edition, investor_ids)
    interests = _interests(investors)
    said: dict[int, list[Interest]] = defaultdict(list)
    for interest in interests:
        said[interest.investor_id].append(interest)
    pairing = Pairing(
        seekers={each.id: _seeker(each, said[each.id], chains, districts) for each in investors},
        openings={each.id: _opening(each, chains, districts) for each in projects},
        offers={each.id: Offer(each.code, districts[each.district_id], tuple(chains[each.chain_id])) for each in projects},
        wishes={each.id: [wish_of(interest) for interest in said[each.id]] for each in investors},
        marks=_marks(investors),
        district_of={each.id: each.district_id for each in projects},
        similarity=_similarity(investor_ids, project_ids),
        weights=weights_from(edition.weights),
    )
    return Sides(pairing, investors, projects, interests)


def wish_of(interest: Interest) -> Wish:
    """The stored interest as plain data; its target must be loaded."""
    return Wish(interest.target, interest.thing.code, interest.level)


def chain_paths(edition: Edition) -> dict[int, list[str]]:
    """For each chain by id: its code and the codes above it, nearest first."""
    chains = {chain.id: chain for chain in db.session.scalars(select(Chain).where(Chain.edition_id == edition.id))}
    paths: dict[int, list[str]] = {}
    for chain in sorted(chains.values(), key=lambda each: each.level):
        paths[chain.id] = [chain.code, *(paths[chain.parent_id] if chain.parent_id else [])]
    return paths


def _projects(edition: Edition, ids: Collection[int] | None) -> list[Project]:
    query = select(Project).where(Project.edition_id == edition.id, Project.published_at.is_not(None)).order_by(Project.code)
    return list(db.session.scalars(query if ids is None else query.where(Project.id.in_(ids))))


def _investors(edition: Edition, ids: Collection[int] | None) -> list[Investor]:
    query = select(Investor).where(Investor.edition_id == edition.id).order_by(Investor.id).options(selectinload(Investor.chains))
    return list(db.session.scalars(query if ids is None else query.where(Investor.id.in_(ids))))


def _interests(investors: list[Investor]) -> list[Interest]:
    query = (
        select(Interest)
        .where(Interest.investor_id.in_([investor.id for investor in investors]))
        .order_by(Interest.id)
        .options(selectinload(Interest.project), selectinload(Interest.chain), selectinload(Interest.district))
    )
    return list(db.session.scalars(query))


def _marks(investors: list[Investor]) -> dict[tuple[int, int], Level]:
    query = select(HostMark).where(HostMark.investor_id.in_([investor.id for investor in investors]))
    return {(mark.district_id, mark.investor_id): mark.level for mark in db.session.scalars(query)}


def _similarity(investor_ids: Collection[int] | None, project_ids: Collection[int] | None) -> dict[Pair, int]:
    query = select(Similarity.investor_id, Similarity.project_id, Similarity.points)
    if investor_ids is not None:
        query = query.where(Similarity.investor_id.in_(investor_ids))
    if project_ids is not None:
        query = query.where(Similarity.project_id.in_(project_ids))
    return {(investor_id, project_id): points for investor_id, project_id, points in db.session.execute(query)}


def _seeker(investor: Investor, interests: list[Interest], paths: dict[int, list[str]], districts: dict[int, str]) -> Seeker:
    """The chains of its profile and of its interests count alike; districts only where it stated one.

    A *no thanks* to a project teaches what to suggest less of, to this investor alone.
    """
    wanted = [interest for interest in interests if interest.level is not Level.NO_THANKS]
    chain_ids = {chain.id for chain in investor.chains} | {each.chain_id for each in wanted if each.chain_id is not None}
    above = (paths[chain_id][1:] for chain_id in chain_ids)
    return Seeker(
        chains=frozenset(paths[chain_id][0] for chain_id in chain_ids),
        near=frozenset(path[0] for path in above if len(path) > 1),
        districts=frozenset(districts[each.district_id] for each in wanted if each.district_id is not None),
        stages=frozenset(investor.stages),
        languages=tuple(investor.languages),
        size_min=investor.size_min,
        size_max=investor.size_max,
        refused=frozenset(
            paths[each.project.chain_id][0] for each in interests if each.project and each.level is Level.NO_THANKS
        ),
    )


def _opening(project: Project, paths: dict[int, list[str]], districts: dict[int, str]) -> Opening:
    return Opening(
        district=districts[project.district_id],
        chains=tuple(paths[project.chain_id]),
        stage=project.stage,
        languages=tuple(project.languages),
        size_min=project.size_min,
        size_max=project.size_max,
    )
