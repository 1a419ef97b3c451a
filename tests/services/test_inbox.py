"""What waits for a host, in which order, and how much it costs to ask."""

from datetime import timedelta

import pytest

from matchmaker.domain.meeting import Action, Status
from matchmaker.domain.roles import Role
from matchmaker.models import MeetingChange, Resource, ResourceKind
from matchmaker.services.actors import Missing, actor_of
from matchmaker.services.asking import ask_for_another_time
from matchmaker.services.inbox import (
    Counts,
    Filters,
    Waiting,
    answered_of,
    count_waiting,
    days_of,
    history_for,
    projects_of,
    proposals_of,
)
from matchmaker.services.meetings import accept_meeting
from tests.builders import NOW, get_project, make_account, make_investor, make_meeting, make_project, save


def ids(page):
    return [each.view.meeting.id for each in page.items]


@pytest.mark.any_database
def test_nearest_deadline_comes_first(edition, hao, ines):
    robots, hands = get_project(edition, "PD-01"), get_project(edition, "PD-02")
    later = make_meeting(ines.investor, robots, edition.slots[0])
    sooner = make_meeting(make_investor(edition), hands, edition.slots[1], published_at=NOW - timedelta(hours=5))
    offered = make_meeting(make_investor(edition), hands, edition.slots[6], Status.COUNTERED, offered=edition.slots[5])

    assert ids(proposals_of(actor_of(hao))) == [sooner.id, later.id, offered.id]


def test_only_unanswered_proposals_of_the_own_district_are_shown(edition, hao, ines):
    make_meeting(ines.investor, get_project(edition, "XH-01"), edition.slots[0])
    make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[6], Status.ACCEPTED)
    make_meeting(make_investor(edition), get_project(edition, "PD-01"), edition.slots[5], Status.LAPSED)

    assert ids(proposals_of(actor_of(hao))) == []


@pytest.mark.any_database
def test_proposals_are_filtered_by_project_and_by_whom_they_wait_for(edition, hao, ines):
    robots, hands = get_project(edition, "PD-01"), get_project(edition, "PD-02")
    ours = make_meeting(ines.investor, robots, edition.slots[0])
    offered = make_meeting(make_investor(edition), hands, edition.slots[1], Status.COUNTERED, offered=edition.slots[2])
    agreed = make_meeting(make_investor(edition), robots, edition.slots[4], suggested=True, host_agreed_at=NOW)
    actor = actor_of(hao)

    assert ids(proposals_of(actor, filters=Filters(project="PD-02"))) == [offered.id]
    assert ids(proposals_of(actor, filters=Filters(waiting=Waiting.HOST))) == [ours.id]
    assert ids(proposals_of(actor, filters=Filters(waiting=Waiting.INVESTOR))) == [offered.id, agreed.id]
    assert [each.waits_for for each in proposals_of(actor).items] == [Waiting.HOST, Waiting.INVESTOR, Waiting.INVESTOR]
    assert count_waiting(actor) == Counts(host=1, asks=0, investor=2, nobody=0)


@pytest.mark.any_database
def test_what_can_be_answered_comes_first_and_what_is_too_late_last(edition, hao, ines):
    robots, hands = get_project(edition, "PD-01"), get_project(edition, "PD-02")
    late = make_meeting(ines.investor, robots, edition.slots[0], published_at=NOW - timedelta(hours=48))
    offered = make_meeting(
        make_investor(edition),
        hands,
        edition.slots[1],
        Status.COUNTERED,
        offered=edition.slots[2],
        published_at=NOW - timedelta(hours=9),
    )
    later = make_meeting(make_investor(edition), robots, edition.slots[4])
    sooner = make_meeting(make_investor(edition), robots, edition.slots[5], published_at=NOW - timedelta(hours=5))
    actor = actor_of(hao)

    assert ids(proposals_of(actor, now=NOW)) == [sooner.id, later.id, offered.id, late.id]
    assert count_waiting(actor, now=NOW) == Counts(host=2, asks=0, investor=1, nobody=1)
    assert [ids(proposals_of(actor, now=NOW, late=each)) for each in (True, False)] == [
        [late.id],
        [sooner.id, later.id, offered.id],
    ]


@pytest.mark.any_database
def test_an_answer_of_the_host_that_came_to_nothing_waits_for_nobody(edition, hao, ines):
    robots = get_project(edition, "PD-01")
    old = {"published_at": NOW - timedelta(hours=48)}
    make_meeting(ines.investor, robots, edition.slots[0], Status.COUNTERED, offered=edition.slots[2], **old)
    late = make_meeting(make_investor(edition), robots, edition.slots[4], suggested=True, host_agreed_at=NOW, **old)
    fresh = make_meeting(make_investor(edition), robots, edition.slots[5])
    actor = actor_of(hao)

    found = proposals_of(actor, filters=Filters(waiting=Waiting.NOBODY), now=NOW)

    assert count_waiting(actor, now=NOW) == Counts(host=1, asks=0, investor=0, nobody=2, unheard=2)
    assert (late.id in ids(found), len(ids(found))) == (True, 2)
    assert ids(proposals_of(actor, filters=Filters(waiting=Waiting.HOST), now=NOW)) == [fresh.id]
    assert ids(proposals_of(actor, now=NOW))[0] == fresh.id


@pytest.mark.any_database
def test_who_asks_for_another_time_is_found_and_comes_first_among_those_of_its_deadline(edition, hao, ines):
    robots = get_project(edition, "PD-01")
    asking = make_meeting(ines.investor, robots, edition.slots[5])
    other = make_meeting(make_investor(edition), robots, edition.slots[0])
    hour_before = make_meeting(make_investor(edition), robots, edition.slots[4], published_at=NOW - timedelta(hours=1))
    actor = actor_of(hao)
    assert ids(proposals_of(actor, now=NOW)) == [hour_before.id, other.id, asking.id]

    ask_for_another_time(actor_of(ines), asking.id, now=NOW)

    assert ids(proposals_of(actor, now=NOW)) == [hour_before.id, asking.id, other.id]
    assert ids(proposals_of(actor, filters=Filters(asks=True), now=NOW)) == [asking.id]
    assert count_waiting(actor, now=NOW) == Counts(host=3, asks=1, investor=0, nobody=0)
    late = asking.deadline_at
    assert ids(proposals_of(actor, filters=Filters(asks=True), now=late)) == []
    assert count_waiting(actor, now=late).asks == 0


@pytest.mark.any_database
def test_a_request_is_none_any_more_once_the_host_has_answered(edition, hao, ines):
    asking = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], suggested=True)
    ask_for_another_time(actor_of(ines), asking.id, now=NOW)

    accept_meeting(actor_of(hao), asking.id, now=NOW)

    assert count_waiting(actor_of(hao), now=NOW) == Counts(host=0, asks=0, investor=1, nobody=0)


@pytest.mark.any_database
def test_proposals_are_filtered_by_chain_day_and_text(edition, hao, ines):
    robots, hands = get_project(edition, "PD-01"), get_project(edition, "PD-02")
    first = make_meeting(ines.investor, robots, edition.slots[0])
    second = make_meeting(make_investor(edition, name="100%_Fund"), hands, edition.slots[5])
    actor = actor_of(hao)

    def found(**wanted):
        return ids(proposals_of(actor, filters=Filters(**wanted)))

    assert found(chain=robots.chain.code) == [each.id for each in (first, second) if each.project.chain_id == robots.chain_id]
    assert found(day=edition.slots[5].day) == [second.id]
    assert found(text="INES cap") == [first.id]
    assert found(text=robots.title_zh) == [first.id]
    assert found(text="%_f") == [second.id]
    assert found(text="%") == [second.id]
    assert found(text="nobody") == []
    assert days_of(actor) == [edition.slots[0].day, edition.slots[5].day]


def test_search_does_not_find_a_name_that_the_list_hides(edition, hao):
    make_meeting(make_investor(edition, name="Quiet Fund", confidential=True), get_project(edition, "PD-01"), edition.slots[0])

    assert ids(proposals_of(actor_of(hao), filters=Filters(text="Quiet"))) == []


def test_confidential_name_is_hidden_and_the_profile_is_shown(edition, hao):
    quiet = make_investor(edition, name="Quiet Fund", country="CH", confidential=True)
    make_meeting(quiet, get_project(edition, "PD-01"), edition.slots[0])

    seen = proposals_of(actor_of(hao)).items[0].view.investor

    assert (seen.name, seen.country, [chain.code for chain in seen.chains]) == (None, "CH", ["FI-ROB"])
    assert (seen.delegates, seen.emails) == (None, None)


@pytest.mark.any_database
def test_answered_meetings_begin_with_the_latest_change(edition, hao, ines):
    robots = get_project(edition, "PD-01")
    declined = make_meeting(ines.investor, robots, edition.slots[0], Status.DECLINED)
    held = make_meeting(make_investor(edition), robots, edition.slots[1], Status.HELD)

    rows = answered_of(actor_of(hao)).items

    assert [(row.view.meeting.id, row.last.action) for row in rows] == [
        (held.id, Action.RECORD_HELD),
        (declined.id, Action.DECLINE),
    ]


def test_why_an_organiser_opened_a_pair_again_stays_with_organisers(edition, hao, ines, olga):
    missed = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], Status.MISSED)
    save(
        MeetingChange(
            meeting_id=missed.id,
            action=Action.REOPEN,
            role=Role.ORGANISER,
            at=NOW,
            from_status=Status.MISSED,
            to_status=Status.MISSED,
            to_slot_id=missed.slot_id,
            note="They called us.",
        )
    )

    told = [[change.action for change in history_for(actor_of(each), missed.id)] for each in (hao, ines, olga)]

    everything = [Action.PROPOSE, Action.ACCEPT, Action.RECORD_MISSED, Action.REOPEN]
    assert told == [everything[:3], everything[:3], everything]


def test_projects_are_counted_by_the_status_of_their_own_meetings(edition, hao, ines):
    make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0])
    make_meeting(ines.investor, get_project(edition, "XH-01"), edition.slots[6])

    rows = projects_of(actor_of(hao))

    assert [(row.project.code, row.counts) for row in rows] == [("PD-01", {Status.PROPOSED: 1}), ("PD-02", {})]


@pytest.mark.any_database
def test_what_came_too_late_is_counted_by_itself(edition, hao, ines):
    make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[6])
    late = make_meeting(make_investor(edition), get_project(edition, "PD-01"), edition.slots[0])
    late.deadline_at = NOW
    save(late)

    rows = projects_of(actor_of(hao), now=NOW)

    assert [(row.unanswered, row.late, row.listed) for row in rows] == [(1, 1, 2), (0, 0, 0)]


@pytest.mark.any_database
def test_what_waits_for_the_investor_is_listed_but_not_counted_as_unanswered(edition, hao, ines, sam):
    project = get_project(edition, "PD-01")
    make_meeting(ines.investor, project, edition.slots[6])
    make_meeting(sam.investor, project, edition.slots[0], status=Status.COUNTERED, offered=edition.slots[1])
    agreed = make_meeting(make_investor(edition), project, edition.slots[2])
    agreed.host_agreed_at = NOW
    save(agreed)

    rows = projects_of(actor_of(hao), now=NOW)

    assert [(row.unanswered, row.listed) for row in rows] == [(1, 3), (0, 0)]


@pytest.mark.any_database
def test_of_proposals_with_one_deadline_the_earlier_meeting_comes_first(edition, hao, ines, sam):
    later = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[1])
    earlier = make_meeting(sam.investor, get_project(edition, "PD-02"), edition.slots[0])
    later.deadline_at = earlier.deadline_at
    save(later)

    assert [each.id for each in proposals_of(actor_of(hao)).items] == [earlier.id, later.id]


def test_others_have_no_inbox(edition, ines, olga, hao):
    meeting = make_meeting(ines.investor, get_project(edition, "XH-01"), edition.slots[0])
    for account in (ines, olga):
        with pytest.raises(Missing):
            proposals_of(actor_of(account))
    with pytest.raises(Missing):
        history_for(actor_of(hao), meeting.id)


def test_thirty_proposals_take_as_many_queries_as_one(edition, hao, count_queries):
    actor = actor_of(hao)
    _propose(edition, 0)
    with count_queries() as few:
        assert len(proposals_of(actor).items) == 1
    for number in range(1, 30):
        _propose(edition, number)
    with count_queries() as many:
        assert len(proposals_of(actor).items) == 30
    assert many.count == few.count


def _propose(edition, number):
    """Each with an investor, a project and a table of its own."""
    district = get_project(edition, "PD-01").district
    if number > 1:
        save(Resource(kind=ResourceKind.TABLE, number=number + 1, venue_id=district.venue.id))
    investor = make_investor(edition)
    make_account(Role.INVESTOR, investor=investor)
    make_meeting(investor, make_project(district), edition.slots[number % 8])
