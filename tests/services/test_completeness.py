"""What is stored of an investor, as far as its completeness asks."""

from collections.abc import Callable
from typing import Any

import pytest

from matchmaker.db import db
from matchmaker.domain.completeness import Part
from matchmaker.domain.consent import Purpose
from matchmaker.domain.roles import Role
from matchmaker.models import Account, Delegate, Edition
from matchmaker.services.actors import Missing, actor_of
from matchmaker.services.completeness import completeness_of
from matchmaker.services.consents import record_consents
from tests.builders import NOW, get_chain, get_project, make_account, make_interest, make_investor, save


@pytest.fixture
def newcomer(edition: Edition) -> Account:
    investor = make_investor(edition, chains=(), available=(), size_min=None, size_max=None, stages=[])
    return make_account(Role.INVESTOR, investor=investor)


def test_a_newcomer_misses_all_but_its_language(newcomer: Account) -> None:
    found = completeness_of(actor_of(newcomer))

    assert found.done == (Part.LANGUAGES,)
    assert found.counted == 8


def test_what_is_told_is_not_missing_any_more(ines: Account, edition: Edition) -> None:
    make_interest(ines.investor, get_project(edition, "PD-01"))
    ines.investor.about = "Robots, mostly."
    save(Delegate(investor_id=ines.investor_id, name="Zoé Martin", language="fr"))
    record_consents(ines.investor_id, {Purpose.CONTACT}, by=ines.id, now=NOW)
    db.session.commit()

    found = completeness_of(actor_of(ines))

    assert (found.missing, found.would_help) == ((), (Part.ABROAD,))


def test_what_others_told_counts_for_nobody_else(newcomer: Account, ines: Account, edition: Edition) -> None:
    make_interest(ines.investor, get_chain(edition.id, "IC"))
    save(Delegate(investor_id=ines.investor_id, name="Zoé Martin", language="fr"))

    assert completeness_of(actor_of(newcomer)).done == (Part.LANGUAGES,)


def test_only_investors_have_a_profile(hao: Account) -> None:
    with pytest.raises(Missing):
        completeness_of(actor_of(hao))


def test_much_costs_as_many_queries_as_little(ines: Account, edition: Edition, count_queries: Callable[[], Any]) -> None:
    actor = actor_of(ines)
    with count_queries() as few:
        completeness_of(actor)
    save(*(Delegate(investor_id=ines.investor_id, name=f"Delegate {number}", language="en") for number in range(20)))
    with count_queries() as many:
        completeness_of(actor)

    assert few.count == many.count == 2
