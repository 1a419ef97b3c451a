"""How similar the words of investors and projects are: computed in the night, stored as 0 to 20 points per pair.

TF-IDF (Salton and Buckley, 1988) over runs of one to three Han characters and over Latin words, cosine similarity.
"""

import re
from collections.abc import Sequence

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import selectinload

from matchmaker.db import db, transaction
from matchmaker.domain.scoring import MOST_SIMILAR
from matchmaker.models import Edition, Investor, Project, Similarity
from matchmaker.services.suits import Pair

_LATIN = re.compile(r"[a-z0-9][a-z0-9+.-]*[a-z0-9]|[a-z0-9]")
_HAN = re.compile(r"[\u4e00-\u9fff]+")
LEAST = 0.05
"""Below this cosine two texts have hardly more than filler words in common."""


def words_of(text: str) -> list[str]:
    """Latin words of three letters and more, and every run of one to three Han characters."""
    text = text.lower()
    latin = [word for word in _LATIN.findall(text) if len(word) > 2]
    han = [run[i : i + n] for run in _HAN.findall(text) for n in (1, 2, 3) for i in range(len(run) - n + 1)]
    return latin + han


def similar_points(investors: Sequence[str], projects: Sequence[str]) -> dict[tuple[int, int], int]:
    """Points from 1 to 20 by (position of investor, position of project); pairs with none are left out."""
    from sklearn.feature_extraction.text import TfidfVectorizer  # heavy, and of the night alone

    if not any(words_of(text) for text in (*investors, *projects)):
        return {}
    vectoriser = TfidfVectorizer(analyzer=words_of, sublinear_tf=True)
    vectors = vectoriser.fit_transform([*investors, *projects])
    cosines = (vectors[: len(investors)] @ vectors[len(investors) :].T).tocoo()
    points = {
        (int(row), int(column)): min(MOST_SIMILAR, round(MOST_SIMILAR * float(cosine)))
        for row, column, cosine in zip(cosines.row, cosines.col, cosines.data, strict=True)
        if cosine >= LEAST
    }
    return {pair: value for pair, value in points.items() if value}


def compare_words(edition: Edition) -> dict[Pair, int]:
    """The points of every pair of the edition that has any."""
    investors = list(
        db.session.scalars(
            select(Investor).where(Investor.edition_id == edition.id).order_by(Investor.id).options(selectinload(Investor.chains))
        )
    )
    projects = list(
        db.session.scalars(
            select(Project)
            .where(Project.edition_id == edition.id, Project.published_at.is_not(None))
            .order_by(Project.id)
            .options(selectinload(Project.chain))
        )
    )
    points = similar_points([_investor_text(each) for each in investors], [_project_text(each) for each in projects])
    return {(investors[i].id, projects[p].id): value for (i, p), value in points.items()}


def store_similarity(edition: Edition, points: dict[Pair, int]) -> None:
    """Replace the stored points of the edition where they differ."""
    with transaction():
        ours = select(Investor.id).where(Investor.edition_id == edition.id)
        stored = select(Similarity).where(Similarity.investor_id.in_(ours))
        if points == {(row.investor_id, row.project_id): row.points for row in db.session.scalars(stored)}:
            return
        db.session.execute(delete(Similarity).where(Similarity.investor_id.in_(ours)))
        rows = [{"investor_id": pair[0], "project_id": pair[1], "points": value} for pair, value in sorted(points.items())]
        if rows:
            db.session.execute(insert(Similarity), rows)


def _investor_text(investor: Investor) -> str:
    names = [f"{chain.name_en} {chain.name_zh}" for chain in investor.chains]
    return " ".join([investor.about, *names])


def _project_text(project: Project) -> str:
    return " ".join(
        [
            project.title_en,
            project.title_zh,
            project.summary_en,
            project.summary_zh,
            project.park_en,
            project.park_zh,
            project.chain.name_en,
            project.chain.name_zh,
        ]
    )
