"""Vetting: who may decide what, what follows, and that of two organisers one wins."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select

from matchmaker.db import db
from matchmaker.domain.meeting import Status
from matchmaker.domain.roles import Role, Vetting
from matchmaker.domain.rules import Broken, RuleBroken
from matchmaker.models import Account, Edition, Investor, Notice, Resource, VettingDecision
from matchmaker.services.actors import Missing, actor_of
from matchmaker.services.vetting import applications, count_applications, decide_vetting, get_application
from tests import builders
from tests.builders import NOW


@pytest.fixture
def applicant(edition: Edition) -> Account:
    """Ada has applied and confirmed her address."""
    investor = builders.make_investor(edition, name="Ada Ventures", vetting=Vetting.APPLIED)
    return builders.make_account(Role.INVESTOR, email="ada@example.org", name="Ada", investor=investor)


def told() -> list[tuple[int, str, dict[str, Any]]]:
    query = select(Notice).order_by(Notice.id)
    return [(notice.account_id, notice.kind, notice.facts) for notice in db.session.scalars(query)]


def decisions() -> list[tuple[Vetting, str, int | None]]:
    query = select(VettingDecision).order_by(VettingDecision.id)
    return [(each.vetting, each.reason, each.decided_by_id) for each in db.session.scalars(query)]


@pytest.mark.parametrize("vetting", [Vetting.APPROVED, Vetting.WAITLISTED, Vetting.REFUSED])
def test_a_decision_is_stored_recorded_and_told(applicant: Account, olga: Account, vetting: Vetting) -> None:
    decide_vetting(actor_of(olga), applicant.investor_id, vetting, " Welcome ", now=NOW)

    assert applicant.investor.vetting is vetting
    assert decisions() == [(vetting, "Welcome", olga.id)]
    assert told() == [(applicant.id, vetting.value, {"investor": "Ada Ventures", "reason": "Welcome"})]


def test_approving_makes_the_missing_resource(applicant: Account, olga: Account) -> None:
    db.session.execute(delete(Resource).where(Resource.investor_id == applicant.investor_id))
    db.session.commit()
    decide_vetting(actor_of(olga), applicant.investor_id, Vetting.APPROVED, "", now=NOW)

    found = db.session.scalars(select(Resource).where(Resource.investor_id == applicant.investor_id)).all()
    assert [each.number for each in found] == [1]


@pytest.mark.parametrize(
    ("vetting", "reason", "code"),
    [
        (Vetting.APPLIED, "", Broken.NOT_POSSIBLE_NOW),
        (Vetting.REFUSED, "  ", Broken.REASON_NEEDED),
        (Vetting.REFUSED, "x" * 2001, Broken.TOO_LONG),
    ],
)
def test_a_decision_that_is_not_complete_changes_nothing(
    applicant: Account, olga: Account, vetting: Vetting, reason: str, code: Broken
) -> None:
    with pytest.raises(RuleBroken) as caught:
        decide_vetting(actor_of(olga), applicant.investor_id, vetting, reason, now=NOW)

    assert caught.value.code is code
    assert (applicant.investor.vetting, decisions(), told()) == (Vetting.APPLIED, [], [])


@pytest.mark.parametrize("who", ["applicant", "hao"])
def test_only_organisers_decide(request: pytest.FixtureRequest, applicant: Account, who: str) -> None:
    with pytest.raises(RuleBroken) as caught:
        decide_vetting(actor_of(request.getfixturevalue(who)), applicant.investor_id, Vetting.APPROVED, "", now=NOW)

    assert caught.value.code is Broken.NOT_ALLOWED


def test_approval_needs_a_confirmed_address_unless_it_is_demonstration_data(edition: Edition, olga: Account) -> None:
    stranger = builders.make_investor(edition, vetting=Vetting.APPLIED)
    builders.make_account(Role.INVESTOR, investor=stranger, confirmed_at=None)
    shown = builders.make_investor(edition, vetting=Vetting.APPLIED, demo=True)
    with pytest.raises(RuleBroken) as caught:
        decide_vetting(actor_of(olga), stranger.id, Vetting.APPROVED, "", now=NOW)
    assert caught.value.code is Broken.NOT_CONFIRMED

    decide_vetting(actor_of(olga), stranger.id, Vetting.REFUSED, "No answer.", now=NOW)
    decide_vetting(actor_of(olga), shown.id, Vetting.APPROVED, "", now=NOW)
    assert (stranger.vetting, shown.vetting) == (Vetting.REFUSED, Vetting.APPROVED)
    assert told() == []


def test_an_approval_with_live_meetings_is_not_taken_back(edition: Edition, ines: Account, olga: Account) -> None:
    meeting = builders.make_meeting(ines.investor, builders.get_project(edition, "PD-01"), edition.slots[0])
    with pytest.raises(RuleBroken) as caught:
        decide_vetting(actor_of(olga), ines.investor_id, Vetting.WAITLISTED, "", now=NOW)
    assert (caught.value.code, caught.value.facts) == (Broken.HOLDS_MEETING, {"meetings": 1})
    assert meeting.status is Status.PROPOSED

    decide_vetting(actor_of(olga), builders.make_investor(edition).id, Vetting.WAITLISTED, "", now=NOW)


def test_a_decision_on_what_was_not_seen_is_refused(applicant: Account, olga: Account) -> None:
    decide_vetting(actor_of(olga), applicant.investor_id, Vetting.APPROVED, "", seen=Vetting.APPLIED, now=NOW)
    for vetting, seen, code in [
        (Vetting.REFUSED, Vetting.APPLIED, Broken.SOMEBODY_WAS_QUICKER),
        (Vetting.APPROVED, Vetting.APPROVED, Broken.ALREADY_DECIDED),
    ]:
        with pytest.raises(RuleBroken) as caught:
            decide_vetting(actor_of(olga), applicant.investor_id, vetting, "Why", seen=seen, now=NOW)
        assert caught.value.code is code

    assert decisions() == [(Vetting.APPROVED, "", olga.id)]


@pytest.mark.any_database
def test_of_two_organisers_at_once_one_wins(app: Flask, applicant: Account, olga: Account) -> None:
    actor, investor_id = actor_of(olga), applicant.investor_id
    db.session.rollback()
    outcomes: list[str] = []
    start = threading.Barrier(2)

    def decide(vetting: Vetting) -> None:
        with app.app_context():
            start.wait()
            try:
                decide_vetting(actor, investor_id, vetting, "Why", seen=Vetting.APPLIED, now=NOW)
                outcomes.append(vetting.value)
            except RuleBroken as broken:
                outcomes.append(broken.code.value)

    threads = [threading.Thread(target=decide, args=(vetting,)) for vetting in (Vetting.APPROVED, Vetting.REFUSED)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) in (["approved", "somebody_was_quicker"], ["refused", "somebody_was_quicker"])
    assert [each[0].value for each in decisions()] == [db.session.get_one(Investor, investor_id).vetting.value]


def test_applications_are_filtered_searched_and_counted(edition: Edition, applicant: Account, ines: Account) -> None:
    assert count_applications(edition) == {
        Vetting.APPLIED: 1, Vetting.APPROVED: 1, Vetting.WAITLISTED: 0, Vetting.REFUSED: 0
    }  # fmt: skip
    assert [each.name for each in applications(edition, Vetting.APPLIED).items] == ["Ada Ventures"]
    assert [each.name for each in applications(edition, text="ines@").items] == ["Ines Capital"]
    assert [each.name for each in applications(edition, text="%").items] == []
    page = applications(edition, page=99)
    assert (page.number, page.count, page.total) == (1, 1, 2)


def test_who_waits_comes_first_and_then_the_names(edition: Edition, applicant: Account, ines: Account) -> None:
    for name in ("博远资本", "Aurum"):
        builders.make_investor(edition, name=name)

    assert [each.name for each in applications(edition).items] == ["Ada Ventures", "Aurum", "博远资本", "Ines Capital"]


def test_the_list_costs_the_same_for_one_and_for_three(
    edition: Edition, ines: Account, count_queries: Callable[..., Any]
) -> None:
    def look() -> list[tuple[int, int]]:
        return [(len(each.accounts), len(each.chains)) for each in applications(edition).items]

    with count_queries() as before:
        assert look() == [(1, 1)]
    builders.make_investor(edition)
    builders.make_investor(edition)
    with count_queries() as after:
        assert sorted(look()) == [(0, 1), (0, 1), (1, 1)]

    assert after.count == before.count


def test_there_is_no_application_of_another_edition(edition: Edition, ines: Account) -> None:
    other = builders.make_empty_edition(code="SGIPC-2025", year=2025)
    with pytest.raises(Missing):
        get_application(other, ines.investor_id)
