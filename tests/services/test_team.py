"""The team of a district: who is in it, when its leads are away, and the meetings that are in the way of that."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from matchmaker.db import db
from matchmaker.domain.meeting import Status
from matchmaker.domain.roles import Role
from matchmaker.domain.rules import Broken, RuleBroken
from matchmaker.models import Account, Edition, LeadAbsence
from matchmaker.services.actors import Missing, actor_of
from matchmaker.services.facts import read_facts
from matchmaker.services.team import absences_of, leads_of, meetings_by_slot, set_absences, team_of
from tests.builders import NOW, get_district, get_project, make_account, make_edition, make_lead_absence, make_meeting


def away(project_id: int) -> set[int]:
    db.session.rollback()
    return set(db.session.scalars(select(LeadAbsence.slot_id).where(LeadAbsence.project_id == project_id)))


def test_the_team_is_everybody_of_the_district_who_can_sign_in(hao: Account, edition: Edition) -> None:
    anna = make_account(Role.HOST, district=get_district(edition, "PD"), name="Anna")
    make_account(Role.HOST, district=get_district(edition, "PD"), name="Former", active=False)
    make_account(Role.HOST, district=get_district(edition, "XH"), name="Elsewhere")

    assert [each.id for each in team_of(actor_of(hao))] == [anna.id, hao.id]


def test_each_project_tells_how_long_its_lead_is_away(hao: Account, edition: Edition) -> None:
    make_lead_absence(get_project(edition, "PD-02"), *edition.slots[:3])
    make_lead_absence(get_project(edition, "XH-01"), edition.slots[0])
    later = edition.slots[0].starts_at

    def told(now: object) -> list[tuple[str, int]]:
        return [(each.project.code, each.away) for each in leads_of(actor_of(hao), now=now)]  # type: ignore[arg-type]

    assert told(NOW) == [("PD-01", 0), ("PD-02", 3)]
    assert told(later) == [("PD-01", 0), ("PD-02", 2)]


@pytest.mark.any_database
def test_absences_are_replaced_and_the_night_reads_them(hao: Account, edition: Edition) -> None:
    project_id, slots = get_project(edition, "PD-01").id, [slot.id for slot in edition.slots]

    set_absences(actor_of(hao), project_id, slots[:3], now=NOW)
    set_absences(actor_of(hao), project_id, slots[2:4], now=NOW)

    assert away(project_id) == absences_of(actor_of(hao), project_id) == set(slots[2:4])
    assert read_facts(edition, now=NOW).absent[project_id] == {2, 3}


@pytest.mark.any_database
@pytest.mark.parametrize("status", [Status.PROPOSED, Status.ACCEPTED])
def test_a_live_meeting_is_in_the_way_and_named(hao: Account, ines: Account, edition: Edition, status: Status) -> None:
    project, slots = get_project(edition, "PD-01"), list(edition.slots)
    meeting = make_meeting(ines.investor, project, slots[1], status)
    project_id, ids, meeting_id = project.id, [slot.id for slot in slots], meeting.id

    with pytest.raises(RuleBroken) as refused:
        set_absences(actor_of(hao), project_id, ids[:3], now=NOW)

    assert (refused.value.code, refused.value.field) == (Broken.LEAD_MEETS, "slots")
    assert refused.value.facts == {"meetings": [meeting_id]}
    assert away(project_id) == set()
    assert {slot: [view.meeting.id for view in views] for slot, views in meetings_by_slot(actor_of(hao), project_id).items()} == {
        ids[1]: [meeting_id]
    }
    set_absences(actor_of(hao), project_id, [ids[0], ids[2]], now=NOW)
    assert away(project_id) == {ids[0], ids[2]}


def test_an_offered_slot_is_in_the_way_as_well_and_an_ended_meeting_is_not(hao: Account, ines: Account, edition: Edition) -> None:
    robots, hands = get_project(edition, "PD-01"), get_project(edition, "PD-02")
    make_meeting(ines.investor, robots, edition.slots[0], Status.COUNTERED, offered=edition.slots[5])
    make_meeting(ines.investor, hands, edition.slots[2], Status.DECLINED)
    ids, slots = (robots.id, hands.id), [slot.id for slot in edition.slots]

    with pytest.raises(RuleBroken) as refused:
        set_absences(actor_of(hao), ids[0], [slots[5]], now=NOW)
    set_absences(actor_of(hao), ids[1], [slots[2]], now=NOW)

    assert refused.value.code is Broken.LEAD_MEETS
    assert away(ids[1]) == {slots[2]}


def test_what_has_begun_stays_as_it_was(hao: Account, edition: Edition) -> None:
    project = get_project(edition, "PD-01")
    make_lead_absence(project, edition.slots[0])
    project_id, ids, now = project.id, [slot.id for slot in edition.slots], edition.slots[1].starts_at + timedelta(minutes=1)

    set_absences(actor_of(hao), project_id, [ids[1], ids[4]], now=now)

    assert away(project_id) == {ids[0], ids[4]}


def test_slots_of_another_edition_are_unknown(hao: Account, edition: Edition) -> None:
    other = make_edition(code="SGIPC-2025", year=2025)
    foreign, project_id = other.slots[0].id, get_project(edition, "PD-01").id

    with pytest.raises(RuleBroken) as refused:
        set_absences(actor_of(hao), project_id, [foreign], now=NOW)

    assert (refused.value.code, away(project_id)) == (Broken.SLOT_UNKNOWN, set())


def test_hours_of_another_district_are_missing(hao: Account, ines: Account, edition: Edition) -> None:
    foreign = get_project(edition, "XH-01").id

    for action in (
        lambda: absences_of(actor_of(hao), foreign),
        lambda: meetings_by_slot(actor_of(hao), foreign),
        lambda: set_absences(actor_of(hao), foreign, [], now=NOW),
        lambda: team_of(actor_of(ines)),
        lambda: leads_of(actor_of(ines), now=NOW),
    ):
        with pytest.raises(Missing):
            action()
        db.session.rollback()
