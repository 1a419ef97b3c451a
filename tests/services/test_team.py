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
from matchmaker.services.diary import meeting_view_for
from matchmaker.services.facts import read_facts
from matchmaker.services.handing import choices_for, hand_over
from matchmaker.services.meetings import accept_meeting, keep_slot, offer_slot, take_offer
from matchmaker.services.problems import build_problem
from matchmaker.services.team import (
    absences_of,
    absences_of_colleague,
    get_colleague_for,
    leads_of,
    left_by,
    meetings_by_slot,
    set_absences,
    set_absences_of_colleague,
    set_spoken,
    team_of,
)
from matchmaker.services.versions import version_of
from tests.builders import (
    NOW,
    get_district,
    get_project,
    make_account,
    make_colleague_absence,
    make_edition,
    make_handover,
    make_investor,
    make_lead_absence,
    make_meeting,
)


def away(project_id: int) -> set[int]:
    db.session.rollback()
    return set(db.session.scalars(select(LeadAbsence.slot_id).where(LeadAbsence.project_id == project_id)))


def test_the_team_is_everybody_of_the_district_who_can_sign_in(hao: Account, edition: Edition) -> None:
    anna = make_account(Role.HOST, district=get_district(edition, "PD"), name="Anna")
    make_account(Role.HOST, district=get_district(edition, "PD"), name="Former", active=False)
    make_account(Role.HOST, district=get_district(edition, "XH"), name="Elsewhere")

    make_colleague_absence(anna, *edition.slots[:3])

    team = team_of(actor_of(hao), now=edition.slots[0].starts_at)

    assert [(each.account.id, each.away) for each in team] == [(anna.id, 2), (hao.id, 0)]


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
        lambda: team_of(actor_of(ines), now=NOW),
        lambda: leads_of(actor_of(ines), now=NOW),
    ):
        with pytest.raises(Missing):
            action()
        db.session.rollback()


# -- colleagues --------------------------------------------------------------------------------------------------------


@pytest.fixture
def bai(edition: Edition, hao: Account) -> Account:
    """Bai hosts for Pudong too."""
    return make_account(Role.HOST, email="bai@example.org", name="Bai", district=get_district(edition, "PD"))


@pytest.mark.any_database
def test_languages_of_a_colleague_are_replaced(hao: Account, bai: Account) -> None:
    assert bai.spoken == []

    set_spoken(actor_of(hao), bai.id, ["zh", "ja", "zh"])
    set_spoken(actor_of(bai), bai.id, ["ja", "en"])

    assert get_colleague_for(actor_of(hao), bai.id).spoken == ["ja", "en"]


@pytest.mark.parametrize(
    ("languages", "code"),
    [(["zh", "xx"], Broken.LANGUAGE_UNKNOWN), (["zh"] * 11, Broken.TOO_MANY), (["eo"], Broken.LANGUAGE_UNKNOWN)],
)
def test_languages_that_are_not_on_the_list_are_refused(hao: Account, bai: Account, languages: list[str], code: Broken) -> None:
    with pytest.raises(RuleBroken) as refused:
        set_spoken(actor_of(hao), bai.id, languages)

    assert (refused.value.code, refused.value.field) == (code, "languages")
    assert get_colleague_for(actor_of(hao), bai.id).spoken == []


@pytest.mark.any_database
def test_hours_of_a_colleague_are_replaced_and_what_has_begun_stays(hao: Account, bai: Account, edition: Edition) -> None:
    ids, now = [slot.id for slot in edition.slots], edition.slots[1].starts_at
    make_colleague_absence(bai, edition.slots[0], edition.slots[2])

    set_absences_of_colleague(actor_of(hao), bai.id, [ids[1], ids[3]], now=now)

    assert absences_of_colleague(actor_of(hao), bai.id) == {ids[0], ids[3]}
    other = make_edition(code="SGIPC-2025", year=2025).slots[0].id
    with pytest.raises(RuleBroken) as refused:
        set_absences_of_colleague(actor_of(hao), bai.id, [other], now=now)
    assert refused.value.code is Broken.SLOT_UNKNOWN


def test_the_night_asks_neither_languages_nor_hours_of_colleagues(hao: Account, ines: Account, edition: Edition) -> None:
    ids = [slot.id for slot in edition.slots]
    before = read_facts(edition, now=NOW)

    set_spoken(actor_of(hao), hao.id, ["ja"])
    set_absences_of_colleague(actor_of(hao), hao.id, ids, now=NOW)

    after = read_facts(edition, now=NOW)
    assert build_problem(after) == build_problem(before)


def test_choices_tell_the_common_language_and_who_is_away_then(hao: Account, bai: Account, edition: Edition) -> None:
    chen = make_account(Role.HOST, name="Chen", district=get_district(edition, "PD"), spoken=["zh"])
    dong = make_account(Role.HOST, name="Dong", district=get_district(edition, "PD"), spoken=["ja", "fr", "en"])
    make_account(Role.HOST, name="Elsewhere", district=get_district(edition, "XH"), spoken=["fr"])
    investor = make_investor(edition, languages=("fr", "en"))
    first = make_meeting(investor, get_project(edition, "PD-01"), edition.slots[0])
    second = make_meeting(investor, get_project(edition, "PD-02"), edition.slots[1])
    make_colleague_absence(dong, edition.slots[1])
    views = [meeting_view_for(actor_of(hao), each.id) for each in (first, second)]

    found = choices_for(actor_of(hao), views)

    told = {key: [(each.account.id, each.language, each.away) for each in choices] for key, choices in found.items()}
    others = [(bai.id, None, False), (chen.id, None, False)]
    assert told == {first.id: [(dong.id, "fr", False), *others], second.id: [*others, (dong.id, "fr", True)]}


def test_what_was_handed_to_a_colleague_who_is_away_is_named_until_somebody_else_has_it(
    hao: Account, bai: Account, edition: Edition
) -> None:
    chen = make_account(Role.HOST, name="Chen", district=get_district(edition, "PD"))
    projects, slots = [get_project(edition, code) for code in ("PD-01", "PD-02")], edition.slots
    long = make_meeting(make_investor(edition), projects[0], slots[0], length=2)
    late = make_meeting(make_investor(edition), projects[0], slots[4])
    given = make_meeting(make_investor(edition), projects[1], slots[1])
    agreed = make_meeting(make_investor(edition), projects[1], slots[2], Status.ACCEPTED)
    for meeting in (long, late, given, agreed):
        make_handover(meeting, hao, bai)
    make_handover(given, hao, chen)
    make_colleague_absence(bai, *slots[1:4])
    host = actor_of(hao)

    left = left_by(host, bai.id, now=NOW)

    assert [(each.view.meeting.id, [choice.account.id for choice in each.choices]) for each in left] == [
        (long.id, [chen.id, bai.id]),
        (agreed.id, [chen.id, bai.id]),
    ]
    assert left[0].handover is not None
    assert [each.view.meeting.id for each in left_by(host, bai.id, now=long.deadline_at)] == [agreed.id]
    hand_over(host, long.id, chen.id, seen=left[0].handover.id, now=NOW)
    assert [each.view.meeting.id for each in left_by(host, bai.id, now=NOW)] == [agreed.id]
    assert left_by(host, bai.id, now=agreed.slot.starts_at) == []


def test_what_was_agreed_at_a_time_that_a_colleague_offered_is_named_as_well(
    hao: Account, bai: Account, ines: Account, edition: Edition
) -> None:
    """Unless somebody else of the team gave the last yes."""
    bais = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0])
    haos = make_meeting(ines.investor, get_project(edition, "PD-02"), edition.slots[2])
    offer_slot(actor_of(bai), bais.id, edition.slots[5].id, now=NOW)
    take_offer(actor_of(ines), bais.id, now=NOW)
    offer_slot(actor_of(bai), haos.id, edition.slots[7].id, now=NOW)
    keep_slot(actor_of(ines), haos.id, now=NOW)
    accept_meeting(actor_of(hao), haos.id, now=NOW)
    make_colleague_absence(bai, *edition.slots)

    left = left_by(actor_of(hao), bai.id, now=NOW)

    assert haos.status is Status.ACCEPTED
    assert [(each.view.meeting.id, each.view.starts_at) for each in left] == [(bais.id, edition.slots[5].starts_at)]


def test_colleagues_of_another_district_are_missing(hao: Account, ines: Account, edition: Edition) -> None:
    stranger = make_account(Role.HOST, district=get_district(edition, "XH")).id
    former = make_account(Role.HOST, district=get_district(edition, "PD"), active=False).id
    host, slot_id = actor_of(hao), edition.slots[0].id

    for account_id in (stranger, former, ines.id):
        for action in (
            lambda: get_colleague_for(host, account_id),  # noqa: B023  called at once
            lambda: set_spoken(host, account_id, ["zh"]),  # noqa: B023
            lambda: absences_of_colleague(host, account_id),  # noqa: B023
            lambda: set_absences_of_colleague(host, account_id, [slot_id], now=NOW),  # noqa: B023
            lambda: left_by(host, account_id, now=NOW),  # noqa: B023
            lambda: get_colleague_for(actor_of(ines), account_id),  # noqa: B023
        ):
            with pytest.raises(Missing):
                action()
            db.session.rollback()


def test_languages_that_somebody_changed_meanwhile_are_not_written_over(hao: Account) -> None:
    seen = version_of([])
    set_spoken(actor_of(hao), hao.id, ["de"], seen=seen)
    set_spoken(actor_of(hao), hao.id, ["de"], seen=seen)  # a second tap

    with pytest.raises(RuleBroken) as refused:
        set_spoken(actor_of(hao), hao.id, ["fr"], seen=seen)

    assert (refused.value.code, hao.spoken) == (Broken.SOMEBODY_WAS_QUICKER, ["de"])
