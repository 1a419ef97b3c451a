from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.domain.interest import Level
from matchmaker.domain.rules import Broken
from matchmaker.domain.scoring import (
    HIGHEST,
    MOST_SIMILAR,
    Opening,
    Reason,
    Score,
    Scored,
    Seeker,
    Weights,
    common_language,
    score,
    weights_from,
)

RANDOMLY = settings(deadline=None, derandomize=True)

NOBODY = Seeker(frozenset(), frozenset(), frozenset(), frozenset(), ())
ROBOTS = Opening("PD", ("HE-ROB-HUM", "HE-ROB", "HE", "K6"), "pilot", ("zh", "en"), 50, 200)
FITTING = Seeker(
    chains=frozenset({"HE-ROB"}),
    near=frozenset({"HE"}),
    districts=frozenset({"PD"}),
    stages=frozenset({"pilot"}),
    languages=("de", "en"),
    size_min=100,
    size_max=400,
)

CHAINS = ["HE-ROB-HUM", "HE-ROB", "HE", "K6", "IC", "L3"]
seekers = st.builds(
    Seeker,
    chains=st.frozensets(st.sampled_from(CHAINS), max_size=3),
    near=st.frozensets(st.sampled_from(CHAINS), max_size=3),
    districts=st.frozensets(st.sampled_from(["PD", "XH"]), max_size=2),
    stages=st.frozensets(st.sampled_from(["pilot", "planning"]), max_size=2),
    languages=st.lists(st.sampled_from(["zh", "en", "de"]), max_size=3, unique=True).map(tuple),
)
sizes = st.tuples(st.integers(0, 5000), st.integers(0, 5000)).map(sorted)
sized_seekers = st.builds(lambda seeker, size: replace(seeker, size_min=size[0], size_max=size[1]), seekers, sizes) | seekers
openings = st.builds(
    lambda district, depth, stage, languages, size: Opening(district, tuple(CHAINS[depth:4]), stage, languages, *size),
    st.sampled_from(["PD", "XH"]),
    st.integers(0, 3),
    st.sampled_from(["pilot", "planning"]),
    st.lists(st.sampled_from(["zh", "en"]), min_size=1, max_size=2, unique=True).map(tuple),
    sizes,
)
levels = st.none() | st.sampled_from(Level)
similarities = st.integers(0, MOST_SIMILAR)


def test_everything_that_two_sides_share_is_a_reason_with_its_fact() -> None:
    found = score(FITTING, ROBOTS, wish=Level.MUST_MEET, mark=Level.WOULD_LIKE, similarity=7)

    assert found == Score(
        987,
        (
            Scored(Reason.MUST_MEET, 300, "must_meet"),
            Scored(Reason.SAME_CHAIN, 260, "HE-ROB"),
            Scored(Reason.SIZE_FITS, 120, "50-200"),
            Scored(Reason.BOTH_WANT_IT, 100, "would_like"),
            Scored(Reason.LANGUAGE, 90, "en"),
            Scored(Reason.DISTRICT, 60, "PD"),
            Scored(Reason.STAGE, 50, "pilot"),
            Scored(Reason.SIMILAR_WORDS, 7, "7"),
        ),
        suggested=False,
    )


def test_nothing_in_common_scores_nothing() -> None:
    assert score(NOBODY, ROBOTS) == Score(0, (), suggested=True)


def test_without_a_stated_interest_it_is_a_suggestion_below_would_like() -> None:
    found = score(FITTING, ROBOTS)

    assert (found.value, found.suggested) == (580 * 149 // 1000, True)
    assert sum(scored.points for scored in found.reasons) == 580


def test_a_near_chain_shares_the_branch_above() -> None:
    seeker = replace(NOBODY, chains=frozenset({"HE-MED"}), near=frozenset({"HE"}))

    assert score(seeker, ROBOTS).reasons == (Scored(Reason.NEAR_CHAIN, 120, "HE"),)


@pytest.mark.parametrize("size", [(200, 400), (10, 50), (60, 70), (1, 9999)])
def test_sizes_that_overlap_fit(size: tuple[int, int]) -> None:
    seeker = replace(NOBODY, size_min=size[0], size_max=size[1])

    assert score(seeker, ROBOTS).reasons == (Scored(Reason.SIZE_FITS, 120, "50-200"),)


@pytest.mark.parametrize(("size", "points"), [((201, 400), 59), ((400, 900), 40), ((600, 900), 20), ((1, 25), 40)])
def test_a_size_counts_less_the_further_it_lies_apart(size: tuple[int, int], points: int) -> None:
    seeker = replace(NOBODY, size_min=size[0], size_max=size[1])

    assert score(seeker, ROBOTS).reasons == (Scored(Reason.SIZE_NEAR, points, "50-200"),)


@pytest.mark.parametrize("size", [(799, 900), (9000, 9999), (1, 12)])
def test_a_size_beyond_a_factor_of_four_counts_nothing(size: tuple[int, int]) -> None:
    assert score(replace(NOBODY, size_min=size[0], size_max=size[1]), ROBOTS).reasons == ()


@pytest.mark.parametrize("mark", [None, Level.NO_THANKS])
def test_both_sides_must_want_it_for_that_reason(mark: Level | None) -> None:
    reasons = {scored.reason for scored in score(FITTING, ROBOTS, wish=Level.MUST_MEET, mark=mark).reasons}

    assert Reason.BOTH_WANT_IT not in reasons


def test_the_first_of_our_languages_that_they_speak_is_the_common_one() -> None:
    assert common_language(("de", "en", "zh"), ("zh", "en")) == "en"
    assert common_language(("de",), ("zh", "en")) is None
    assert common_language((), ("zh",)) is None


def test_the_organisers_weights_count() -> None:
    found = score(FITTING, ROBOTS, wish=Level.WOULD_LIKE, weights=weights_from({"same_chain": 10, "near_chain": 0}))

    assert Scored(Reason.SAME_CHAIN, 10, "HE-ROB") in found.reasons


def test_an_unknown_weight_is_refused() -> None:
    with pytest.raises(TypeError):
        weights_from({"charm": 10})


@pytest.mark.parametrize(
    ("changed", "faults"),
    [
        ({}, []),
        ({"stage": -1}, [(Broken.NUMBER_OUTSIDE, "stage")]),
        ({"stage": 1001}, [(Broken.NUMBER_OUTSIDE, "stage")]),
        ({"stage": 1.5}, [(Broken.NUMBER_OUTSIDE, "stage")]),
        ({"stage": True}, [(Broken.NUMBER_OUTSIDE, "stage")]),
        ({"would_like": 0}, [(Broken.NUMBER_OUTSIDE, "would_like")]),
        ({"would_like": 1}, []),
        ({"would_like": 301}, [(Broken.WEIGHTS_DISORDERED, "would_like")]),
        ({"near_chain": 261}, [(Broken.WEIGHTS_DISORDERED, "near_chain")]),
        ({"stage": 51}, [(Broken.WEIGHTS_EXCEED, None)]),
        ({"stage": 51, "language": 89}, []),
    ],
)
def test_weights_tell_their_faults(changed: dict[str, int], faults: list[tuple[Broken, str | None]]) -> None:
    assert [(fault.code, fault.field) for fault in Weights(**changed).faults()] == faults


def test_the_lightest_interest_still_stands_above_the_best_suggestion() -> None:
    weights = weights_from({"would_like": 1})

    assert score(FITTING, ROBOTS, similarity=MOST_SIMILAR, weights=weights).value == 0
    assert score(NOBODY, ROBOTS, wish=Level.WOULD_LIKE, weights=weights).value == 1


def test_a_refused_chain_brings_a_suggestion_half_of_its_points_and_a_stated_interest_all() -> None:
    taught = replace(FITTING, refused=frozenset({"HE-ROB-HUM"}))
    other_chain = replace(FITTING, refused=frozenset({"HE-ROB"}))

    assert [each for each in score(taught, ROBOTS).reasons if each.reason is Reason.SAME_CHAIN] == [
        Scored(Reason.SAME_CHAIN, 130, "HE-ROB")
    ]
    assert score(other_chain, ROBOTS) == score(FITTING, ROBOTS)
    for wish in (Level.WOULD_LIKE, Level.MUST_MEET):
        assert score(taught, ROBOTS, wish=wish) == score(FITTING, ROBOTS, wish=wish)


@RANDOMLY
@given(sized_seekers, openings, levels, levels, similarities)
def test_a_score_is_a_whole_number_from_0_to_1000_that_its_reasons_explain(
    seeker: Seeker, opening: Opening, wish: Level | None, mark: Level | None, similarity: int
) -> None:
    found = score(seeker, opening, wish=wish, mark=mark, similarity=similarity)

    assert type(found.value) is int
    assert 0 <= found.value <= HIGHEST
    assert [scored.points for scored in found.reasons] == sorted((scored.points for scored in found.reasons), reverse=True)
    assert all(scored.points > 0 and scored.fact for scored in found.reasons)
    assert len({scored.reason for scored in found.reasons}) == len(found.reasons)
    total = min(HIGHEST, sum(scored.points for scored in found.reasons))
    assert found.value == (total * 149 // 1000 if found.suggested else total)


@RANDOMLY
@given(sized_seekers, openings, sized_seekers, openings, levels, similarities, similarities)
def test_any_suggestion_stays_below_any_stated_interest(
    one: Seeker, its: Opening, other: Seeker, theirs: Opening, mark: Level | None, first: int, second: int
) -> None:
    suggestion = score(one, its, mark=mark, similarity=first)
    stated = score(other, theirs, wish=Level.WOULD_LIKE, similarity=second)

    assert suggestion.value < stated.value


@RANDOMLY
@given(sized_seekers, openings, levels, similarities)
def test_must_meet_never_scores_below_would_like(seeker: Seeker, opening: Opening, mark: Level | None, similarity: int) -> None:
    must, would, none = (
        score(seeker, opening, wish=wish, mark=mark, similarity=similarity).value
        for wish in (Level.MUST_MEET, Level.WOULD_LIKE, None)
    )

    assert must >= would > none


@RANDOMLY
@given(sized_seekers, openings, st.sampled_from([Level.WOULD_LIKE, Level.MUST_MEET, None]), similarities)
def test_more_in_common_never_lowers_the_score(seeker: Seeker, opening: Opening, wish: Level | None, similarity: int) -> None:
    before = score(seeker, opening, wish=wish, similarity=similarity).value
    closer = [
        replace(seeker, chains=seeker.chains | {opening.chains[0]}),
        replace(seeker, near=seeker.near | {opening.chains[0]}),
        replace(seeker, districts=seeker.districts | {opening.district}),
        replace(seeker, stages=seeker.stages | {opening.stage}),
        replace(seeker, languages=(*seeker.languages, opening.languages[0])),
        replace(seeker, size_min=opening.size_min, size_max=opening.size_max),
    ]

    assert all(score(each, opening, wish=wish, similarity=similarity).value >= before for each in closer)
    assert score(seeker, opening, wish=wish, similarity=MOST_SIMILAR).value >= before
    assert score(seeker, opening, wish=wish, mark=Level.WOULD_LIKE, similarity=similarity).value >= before


@RANDOMLY
@given(sized_seekers, openings)
def test_the_same_question_has_the_same_answer(seeker: Seeker, opening: Opening) -> None:
    assert score(seeker, opening, wish=Level.MUST_MEET) == score(seeker, opening, wish=Level.MUST_MEET)


def test_the_default_weights_have_no_faults_and_reach_exactly_the_highest_score() -> None:
    assert Weights().faults() == []
    assert Weights().most_possible == HIGHEST
