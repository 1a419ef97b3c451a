from datetime import date

import pytest

from matchmaker.domain.calendar import Half
from matchmaker.domain.interest import Level
from matchmaker.domain.reasons import WhyNot
from matchmaker.domain.roles import Role
from matchmaker.domain.rules import Broken, RuleBroken
from matchmaker.models import Account, Edition, Investor, Run, RunState, UnmetInterest
from matchmaker.services.actors import actor_of
from matchmaker.services.stays import Gain, gains_of, slots_of_stay, stay_of
from tests.builders import (
    DAYS,
    NOW,
    get_district,
    get_project,
    make_account,
    make_activity,
    make_interest,
    make_investor,
    make_lead_absence,
    make_signup,
    save,
)

FIRST, SECOND = DAYS
MORNINGS = [(day, Half.MORNING) for day in DAYS]


@pytest.fixture
def early(edition: Edition) -> Investor:
    """In town on the first morning only."""
    return make_investor(edition, available=edition.slots[:2])


@pytest.fixture
def account(early: Investor) -> Account:
    return make_account(Role.INVESTOR, investor=early)


def test_a_stay_is_everything_from_arrival_to_departure(edition: Edition) -> None:
    slots = edition.slots

    assert slots_of_stay(slots, (FIRST, Half.AFTERNOON), (SECOND, Half.MORNING)) == {each.id for each in slots[2:6]}
    assert slots_of_stay(slots, (FIRST, Half.MORNING), (FIRST, Half.MORNING)) == {each.id for each in slots[:2]}


def test_nobody_leaves_before_it_arrives(edition: Edition) -> None:
    with pytest.raises(RuleBroken) as broken:
        slots_of_stay(edition.slots, (FIRST, Half.AFTERNOON), (FIRST, Half.MORNING))

    assert broken.value.code is Broken.STAY_CONTRADICTS


def test_a_stay_is_read_from_the_chosen_slots(edition: Edition) -> None:
    chosen = {edition.slots[3].id, edition.slots[4].id}

    assert stay_of(edition.slots, chosen) == ((FIRST, Half.AFTERNOON), (SECOND, Half.MORNING))
    assert stay_of(edition.slots, set()) is None


def test_a_half_day_brings_the_interests_whose_hosts_are_there(edition: Edition, early: Investor, account: Account) -> None:
    for code in ("PD-01", "XH-01"):
        make_interest(early, get_project(edition, code))
        make_lead_absence(get_project(edition, code), *edition.slots[:4])
    make_lead_absence(get_project(edition, "XH-01"), *edition.slots[4:6])

    assert gains_of(actor_of(account), edition, now=NOW) == [
        Gain((SECOND, Half.AFTERNOON), 2, proven=False),
        Gain((SECOND, Half.MORNING), 1, proven=False),
    ]


def test_what_is_within_reach_refused_or_in_the_way_of_the_programme_brings_nothing(
    edition: Edition, early: Investor, account: Account
) -> None:
    make_interest(early, get_project(edition, "PD-01"))
    make_interest(early, get_project(edition, "LG-01"), Level.NO_THANKS)
    make_interest(early, get_project(edition, "XH-01"))
    make_lead_absence(get_project(edition, "XH-01"), *edition.slots[:4], *edition.slots[6:])
    activity = make_activity(edition, venue=get_district(edition, "XH").venue, starts_at=edition.slots[4].starts_at)
    make_signup(early, activity)

    assert gains_of(actor_of(account), edition, now=NOW) == []


def test_what_a_run_has_proven_goes_first(edition: Edition, early: Investor, account: Account) -> None:
    interest = make_interest(early, get_project(edition, "PD-01"))
    make_lead_absence(get_project(edition, "PD-01"), *edition.slots[:4])
    run = Run(
        edition_id=edition.id, state=RunState.PUBLISHED, phase="publish", started_at=NOW, published_at=NOW, seed=1, version="test"
    )
    save(run)
    change = {"kind": "investor_half_day", "who_en": "", "who_zh": "", "day": date.isoformat(FIRST), "half": "afternoon"}
    save(
        UnmetInterest(
            run_id=run.id,
            interest_id=interest.id,
            investor_id=early.id,
            project_id=interest.project_id,
            reason=WhyNot.NO_COMMON_SLOT,
            facts={"change": change},
        )
    )

    assert gains_of(actor_of(account), edition, now=NOW) == [Gain((FIRST, Half.AFTERNOON), 1, proven=True)]
