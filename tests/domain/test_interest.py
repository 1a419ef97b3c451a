import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.domain.interest import (
    PROJECTS_PER_WISH,
    Level,
    Offer,
    Target,
    Wish,
    best_offers,
    chosen_offers,
    covers,
    is_met,
    is_refused,
    level_of,
)

RANDOMLY = settings(deadline=None, derandomize=True)

ROBOT = Offer("PD-01", "PD", ("HE-ROB-HUM", "HE-ROB", "HE", "K6"))
CHIP = Offer("LG-01", "LG", ("IC-DES", "IC", "L3"))


def wish(target: Target, code: str, level: Level = Level.WOULD_LIKE) -> Wish:
    return Wish(target, code, level)


@pytest.mark.parametrize(
    ("target", "code", "expected"),
    [
        (Target.PROJECT, "PD-01", True),
        (Target.PROJECT, "PD", False),
        (Target.CHAIN, "HE-ROB-HUM", True),
        (Target.CHAIN, "HE", True),
        (Target.CHAIN, "K6", True),
        (Target.CHAIN, "IC", False),
        (Target.CHAIN, "PD", False),
        (Target.DISTRICT, "PD", True),
        (Target.DISTRICT, "LG", False),
    ],
)
def test_an_interest_covers_the_project_its_chain_and_all_above_and_its_district(
    target: Target, code: str, expected: bool
) -> None:
    assert covers(wish(target, code), ROBOT) is expected


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ((), None),
        ((Level.WOULD_LIKE,), Level.WOULD_LIKE),
        ((Level.WOULD_LIKE, Level.MUST_MEET), Level.MUST_MEET),
        ((Level.MUST_MEET, Level.NO_THANKS, Level.WOULD_LIKE), Level.NO_THANKS),
    ],
)
def test_the_strongest_level_counts_and_one_no_thanks_outweighs_everything(
    levels: tuple[Level, ...], expected: Level | None
) -> None:
    targets = ((Target.PROJECT, "PD-01"), (Target.CHAIN, "HE"), (Target.DISTRICT, "PD"))
    wishes = [wish(target, code, level) for (target, code), level in zip(targets, levels, strict=False)]

    assert level_of(wishes, ROBOT) is expected


def test_what_is_wished_about_something_else_does_not_count() -> None:
    assert level_of([wish(Target.CHAIN, "IC", Level.NO_THANKS)], ROBOT) is None


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ((None, None), False),
        ((Level.MUST_MEET, Level.WOULD_LIKE), False),
        ((Level.NO_THANKS, Level.MUST_MEET), True),
        ((None, Level.NO_THANKS), True),
    ],
)
def test_one_no_thanks_from_either_side_ends_the_pair(levels: tuple[Level | None, ...], expected: bool) -> None:
    assert is_refused(*levels) is expected


def test_a_chain_makes_its_five_best_projects_candidates() -> None:
    offers = [Offer(f"PD-{number:02d}", "PD", ("HE", "K6")) for number in range(1, 8)] + [CHIP]
    scores = {offer.project: number * 10 for number, offer in enumerate(offers)}

    chosen = chosen_offers(wish(Target.CHAIN, "K6"), offers, lambda offer: scores[offer.project])

    assert [offer.project for offer in chosen] == ["PD-07", "PD-06", "PD-05", "PD-04", "PD-03"]


def test_a_project_makes_itself_a_candidate() -> None:
    assert chosen_offers(wish(Target.PROJECT, "LG-01"), [ROBOT, CHIP], lambda offer: 0) == [CHIP]


def test_among_equals_the_code_decides() -> None:
    assert best_offers([CHIP, ROBOT], lambda offer: 5) == [CHIP, ROBOT]
    assert best_offers([ROBOT, CHIP], lambda offer: 5) == [CHIP, ROBOT]


@RANDOMLY
@given(st.dictionaries(st.text("ABC123", min_size=1, max_size=4), st.integers(0, 1000), max_size=12), st.randoms())
def test_the_choice_does_not_depend_on_the_order_of_the_offers(scores: dict[str, int], random: object) -> None:
    offers = [Offer(code, "PD", ("HE",)) for code in scores]
    shuffled = list(offers)
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    best = best_offers(offers, lambda offer: scores[offer.project])

    assert best == best_offers(shuffled, lambda offer: scores[offer.project])
    assert len(best) == min(PROJECTS_PER_WISH, len(offers))
    left_out = set(scores) - {offer.project for offer in best}
    assert all(scores[offer.project] >= scores[code] for offer in best for code in left_out)


def test_an_interest_is_met_by_one_meeting_that_it_covers() -> None:
    assert is_met(wish(Target.CHAIN, "K6"), [CHIP, ROBOT])
    assert not is_met(wish(Target.CHAIN, "K6"), [CHIP])
    assert not is_met(wish(Target.DISTRICT, "PD"), [])
