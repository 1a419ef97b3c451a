"""Weights, their effect before a night uses them, and prices."""

import pytest

from matchmaker.db import db
from matchmaker.domain.interest import Level
from matchmaker.domain.rules import Broken, RuleBroken
from matchmaker.models import Edition
from matchmaker.services.actors import actor_of
from matchmaker.services.settings import (
    changes_of_settings,
    effect_of,
    set_aims,
    set_answering,
    set_prices,
    set_weights,
    weights_of,
)
from tests.builders import NOW, get_chain, get_project, make_interest, make_project

USUAL = {
    "must_meet": 300,
    "would_like": 150,
    "same_chain": 260,
    "near_chain": 120,
    "size_fits": 120,
    "stage": 50,
    "language": 90,
    "district": 60,
    "both_want_it": 100,
}


@pytest.mark.any_database
def test_only_what_differs_from_the_usual_is_stored(edition, olga):
    set_weights(actor_of(olga), edition.id, USUAL | {"stage": 40}, now=NOW)

    stored = db.session.get_one(Edition, edition.id)
    assert stored.weights == {"stage": 40}
    assert weights_of(stored) == USUAL | {"stage": 40}


@pytest.mark.parametrize(
    ("changed", "code", "field"),
    [
        ({"stage": -1}, Broken.NUMBER_OUTSIDE, "stage"),
        ({"stage": 1001}, Broken.NUMBER_OUTSIDE, "stage"),
        ({"stage": 1.5}, Broken.NUMBER_OUTSIDE, "stage"),
        ({"luck": 10}, Broken.NUMBER_OUTSIDE, "luck"),
        ({"would_like": 0}, Broken.NUMBER_OUTSIDE, "would_like"),
        ({"would_like": 400}, Broken.WEIGHTS_DISORDERED, "would_like"),
        ({"near_chain": 300}, Broken.WEIGHTS_DISORDERED, "near_chain"),
        ({"stage": 60}, Broken.WEIGHTS_EXCEED, None),
    ],
)
def test_bad_weights_are_refused_on_their_field(edition, olga, changed, code, field):
    with pytest.raises(RuleBroken) as refused:
        set_weights(actor_of(olga), edition.id, USUAL | changed, now=NOW)

    assert (refused.value.code, refused.value.field) == (code, field)
    assert weights_of(edition) == USUAL


def test_nobody_else_sets_anything(edition, ines, hao):
    for account in (ines, hao):
        actor = actor_of(account)
        for act in (
            lambda actor=actor: set_weights(actor, edition.id, USUAL, now=NOW),
            lambda actor=actor: set_prices(actor, edition.id, {"drop": 1}, now=NOW),
            lambda actor=actor: set_answering(actor, edition.id, hours=2, publishes_at_once=True, now=NOW),
            lambda actor=actor: set_aims(actor, edition.id, gap_asked=5, floor_first=True, now=NOW),
        ):
            with pytest.raises(RuleBroken) as refused:
                act()
            assert refused.value.code is Broken.NOT_ALLOWED


def test_effect_of_the_weights_in_force_is_none(edition, ines):
    make_interest(ines.investor, get_project(edition, "PD-01"))

    effect = effect_of(edition, USUAL, now=NOW)

    assert (effect.pairs, effect.entering, effect.leaving, effect.other_first, effect.other_best) == (1, 0, 0, 0, 0)
    assert effect.average_before == effect.average_after
    assert effect.examples == ()


def test_effect_names_the_investor_whose_best_candidate_changes(edition, ines):
    make_interest(ines.investor, get_project(edition, "PD-01"), Level.WOULD_LIKE)
    make_interest(ines.investor, get_project(edition, "LG-01"), Level.MUST_MEET)

    effect = effect_of(edition, USUAL | {"must_meet": 500, "same_chain": 120, "language": 30}, now=NOW)

    assert (effect.investors, effect.other_first, effect.other_best, effect.pairs) == (1, 1, 1, 2)
    assert [(each.investor.name, each.before.code, each.after.code) for each in effect.examples] == [
        ("Ines Capital", "PD-01", "LG-01")
    ]
    assert weights_of(edition) == USUAL


def test_effect_counts_candidates_that_enter_and_leave(edition, ines):
    district = get_project(edition, "PD-01").district
    for number in range(6):
        _project(district, number)
    make_interest(ines.investor, get_chain(edition.id, "FI-ROB"))

    effect = effect_of(edition, USUAL | {"stage": 120, "size_fits": 50}, now=NOW)

    assert (effect.pairs, effect.entering, effect.leaving) == (5, 3, 3)


def _project(district, number):
    """Three fit by stage alone, three by size alone."""
    fits = {"stage": "pilot", "size_min": 3000, "size_max": 4000} if number % 2 else {"stage": "planning"}
    make_project(district, **fits)


def test_prices_are_set_and_checked(edition, olga):
    set_prices(actor_of(olga), edition.id, {"move": 700}, now=NOW)

    assert db.session.get_one(Edition, edition.id).penalties["move"] == 700
    for wrong in ({"move": -1}, {"move": 1_000_001}, {"mood": 3}):
        with pytest.raises(RuleBroken) as refused:
            set_prices(actor_of(olga), edition.id, wrong, now=NOW)
        assert refused.value.code is Broken.NUMBER_OUTSIDE


def test_hours_to_answer_and_publishing_are_set_and_checked(edition, olga):
    set_answering(actor_of(olga), edition.id, hours=24, publishes_at_once=True, now=NOW)

    stored = db.session.get_one(Edition, edition.id)
    assert (stored.answer_deadline_hours, stored.publishes_at_once) == (24, True)
    for hours in (0, 241):
        with pytest.raises(RuleBroken) as refused:
            set_answering(actor_of(olga), edition.id, hours=hours, publishes_at_once=True, now=NOW)
        assert (refused.value.code, refused.value.field) == (Broken.NUMBER_OUTSIDE, "hours")


def test_aims_are_set_and_checked(edition, olga):
    assert (edition.gap_asked, edition.floor_first) == (15, False)

    set_aims(actor_of(olga), edition.id, gap_asked=5, floor_first=True, now=NOW)

    stored = db.session.get_one(Edition, edition.id)
    assert (stored.gap_asked, stored.floor_first) == (5, True)
    for gap in (-1, 1001):
        with pytest.raises(RuleBroken) as refused:
            set_aims(actor_of(olga), edition.id, gap_asked=gap, floor_first=True, now=NOW)
        assert (refused.value.code, refused.value.field) == (Broken.NUMBER_OUTSIDE, "gap_asked")
    traces = [(each.setting, each.before, each.after) for each in changes_of_settings(edition)]
    assert traces == [("floor_first", 0, 1), ("gap_asked", 15, 5)]


def test_what_was_set_leaves_a_trace(edition, olga):
    set_weights(actor_of(olga), edition.id, USUAL | {"stage": 30}, now=NOW)
    set_answering(actor_of(olga), edition.id, hours=edition.answer_deadline_hours, publishes_at_once=True, now=NOW)

    traces = [(each.account_id, each.setting, each.before, each.after) for each in changes_of_settings(edition)]

    assert traces == [(olga.id, "publishes_at_once", 0, 1), (olga.id, "stage", 50, 30)]
