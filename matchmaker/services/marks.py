"""The investors that suit a district, as its host may see them, with what its team says about them."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from matchmaker.db import db
from matchmaker.domain.interest import Level
from matchmaker.domain.meeting import LIVE
from matchmaker.domain.roles import Vetting
from matchmaker.domain.scoring import Score
from matchmaker.models import Chain, District, Edition, Investor, Meeting, Project
from matchmaker.services.actors import Actor
from matchmaker.services.inbox import district_of
from matchmaker.services.interests import chain_and_below, marks_of
from matchmaker.services.pages import Page, page_among
from matchmaker.services.reasons import NamedReason, name_reasons
from matchmaker.services.suits import load_pairing
from matchmaker.services.visible import AGREED, VisibleInvestor, viewer_of_any, visible_investor

UNMARKED = "unmarked"
MOST_REASONS = 3
"""So many reasons stand beside an investor."""


@dataclass(frozen=True, slots=True)
class InvestorFilters:
    """Which investors are asked for: with a chain (by code, all below it too), with a mark or UNMARKED, with all words."""

    chain: str = ""
    mark: str = ""
    text: str = ""

    def __bool__(self) -> bool:
        return any((self.chain, self.mark, self.text))


@dataclass(frozen=True, slots=True)
class InvestorRow:
    """An investor with the project of the district that suits it best, and why.

    `meeting` is what came of it so far, of that project first; `more`: how many others with the district are open or agreed.
    """

    investor: VisibleInvestor
    project: Project
    score: int
    reasons: tuple[NamedReason, ...]
    mark: Level | None
    meeting: Meeting | None
    more: int


@dataclass(frozen=True, slots=True)
class _Suiting:
    """What is known of an investor before its row is made."""

    investor: VisibleInvestor
    project_id: int
    score: Score


def investors_for(
    actor: Actor, *, filters: InvestorFilters | None = None, page: int = 1, words_of: Callable[[VisibleInvestor], str]
) -> Page[InvestorRow]:
    """Approved investors of the edition whom something speaks for, the best score first; of a host's district.

    Words are sought in `words_of` what is visible of an investor, so that a search finds nothing that the list hides. What
    an investor refuses changes nothing here. Raises Missing.
    """
    district, filters = district_of(actor), filters or InvestorFilters()
    edition = db.session.get_one(Edition, district.edition_id)
    met, marks = _meetings_with(district), marks_of(actor)
    found = [
        each
        for each in _suiting(actor, edition, district, met)
        if _has_mark(filters, marks.get(each.investor.id)) and _has_words(filters, each.investor, words_of)
    ]
    if filters.chain:
        wanted = _chains(edition, filters.chain)
        found = [each for each in found if wanted & {chain.id for chain in each.investor.chains or ()}]
    found.sort(key=lambda each: (-each.score.value, each.investor.id))

    def load(rows: Sequence[_Suiting]) -> list[InvestorRow]:
        named = name_reasons(edition.id, [each.score.reasons[:MOST_REASONS] for each in rows])
        projects = _projects([each.project_id for each in rows])

        def row(each: _Suiting, reasons: tuple[NamedReason, ...]) -> InvestorRow:
            meetings = met.get(each.investor.id, [])
            shown = _most_telling(meetings, each.project_id)
            return InvestorRow(
                investor=each.investor,
                project=projects[each.project_id],
                score=each.score.value,
                reasons=reasons,
                mark=marks.get(each.investor.id),
                meeting=shown,
                more=sum(meeting is not shown and meeting.status in (*AGREED, *LIVE) for meeting in meetings),
            )

        return [row(*each) for each in zip(rows, named, strict=True)]

    return page_among(found, page, load)


def _suiting(actor: Actor, edition: Edition, district: District, met: dict[int, list[Meeting]]) -> Iterator[_Suiting]:
    approved = (
        select(Investor)
        .where(Investor.edition_id == edition.id, Investor.vetting == Vetting.APPROVED)
        .options(selectinload(Investor.chains), selectinload(Investor.delegates), selectinload(Investor.accounts))
    )
    investors = list(db.session.scalars(approved))
    offered = select(Project.id).where(Project.district_id == district.id, Project.is_offered).order_by(Project.code)
    projects = list(db.session.scalars(offered))
    pairing = load_pairing(edition, investor_ids=[each.id for each in investors], project_ids=projects).as_told_to_hosts()
    for investor in investors:
        scores = {project_id: pairing.score(investor.id, project_id) for project_id in projects}
        best = max(projects, key=lambda project_id: scores[project_id].value, default=None)
        if best is not None and scores[best].value:
            statuses = [meeting.status for meeting in met.get(investor.id, ())]
            yield _Suiting(visible_investor(investor, viewer_of_any(actor.role, statuses)), best, scores[best])


def _meetings_with(district: District) -> dict[int, list[Meeting]]:
    """The meetings of the district, ended ones too, by investor."""
    ours = select(Project.id).where(Project.district_id == district.id)
    query = (
        select(Meeting)
        .where(Meeting.project_id.in_(ours))
        .order_by(Meeting.id)
        .options(joinedload(Meeting.slot), joinedload(Meeting.project))
    )
    met: dict[int, list[Meeting]] = defaultdict(list)
    for meeting in db.session.scalars(query):
        met[meeting.investor_id].append(meeting)
    return met


def _most_telling(meetings: Sequence[Meeting], project_id: int) -> Meeting | None:
    """That of this project first; then what was agreed before what is open, and that before what has ended; the latest."""

    def telling(each: Meeting) -> tuple[bool, bool, bool, int]:
        return each.project_id == project_id, each.status in AGREED, each.status in LIVE, each.id

    return max(meetings, key=telling, default=None)


def _has_mark(filters: InvestorFilters, mark: Level | None) -> bool:
    return not filters.mark or filters.mark == (mark or UNMARKED)


def _has_words(filters: InvestorFilters, investor: VisibleInvestor, words_of: Callable[[VisibleInvestor], str]) -> bool:
    if not filters.text:
        return True
    told = words_of(investor).casefold()
    return all(word in told for word in filters.text.casefold().split())


def _chains(edition: Edition, code: str) -> set[int]:
    """The chain of this code and everything below it; nothing where there is none."""
    chain_id = db.session.scalars(select(Chain.id).where(Chain.edition_id == edition.id, Chain.code == code)).one_or_none()
    return set(chain_and_below(chain_id)) if chain_id is not None else set()


def _projects(ids: Sequence[int]) -> dict[int, Project]:
    return {each.id: each for each in db.session.scalars(select(Project).where(Project.id.in_(ids)))}
