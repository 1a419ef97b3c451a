"""Similar words: points from 1 to 20 for pairs whose texts have something in common, stored in the night."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from matchmaker.db import db
from matchmaker.models import Edition, Similarity
from matchmaker.services.similarity import compare_words, similar_points, store_similarity, words_of
from tests.builders import get_district, get_project, make_investor, make_project


def test_words_are_latin_words_and_runs_of_han_characters() -> None:
    assert words_of("An AI lab, 机器人!") == ["lab", "机", "器", "人", "机器", "器人", "机器人"]


@given(st.text())
def test_any_text_has_words(text: str) -> None:
    assert all(words_of(text))


def test_the_same_text_has_all_points_and_a_stranger_none() -> None:
    points = similar_points(["robot joints 机器人关节", "wine"], ["robot joints 机器人关节", "robot hands", "氢能"])

    assert points[0, 0] == 20
    assert 0 < points[0, 1] < 20
    assert set(points) == {(0, 0), (0, 1)}


@pytest.mark.parametrize(("investors", "projects"), [([], []), ([""], ["", " !"]), ([], ["robot"]), (["robot"], [])])
def test_nothing_to_compare(investors: list[str], projects: list[str]) -> None:
    assert similar_points(investors, projects) == {}


@pytest.mark.any_database
def test_points_are_stored_and_replaced_where_they_differ(edition: Edition) -> None:
    investor = make_investor(edition, about="We build robot hands for laboratories.", chains=())
    project = make_project(get_district(edition, "PD"), title="Robot hands", summary_en="Robot hands.")
    first = compare_words(edition)

    store_similarity(edition, first)
    investor.about = "Wine."
    db.session.commit()
    second = compare_words(edition)
    store_similarity(edition, second)
    stored = {(row.investor_id, row.project_id): row.points for row in db.session.scalars(select(Similarity))}

    assert first[investor.id, project.id] > first.get((investor.id, get_project(edition, "LG-01").id), 0)
    assert second == stored == {}


def test_the_same_words_give_the_same_points(edition: Edition) -> None:
    for _ in range(3):
        make_investor(edition, about="Robots and chips 机器人")

    assert compare_words(edition) == compare_words(edition)
    store_similarity(edition, compare_words(edition))
    assert {row.points for row in db.session.scalars(select(Similarity))} <= set(range(1, 21))
