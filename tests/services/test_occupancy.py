"""What meetings hold: rows that the database keeps unique, taken, given back and seated anew."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from matchmaker.db import db, transaction
from matchmaker.domain.meeting import Status
from matchmaker.domain.rules import Broken, RuleBroken
from matchmaker.models import Account, Edition, Meeting, Occupancy, Resource, ResourceKind
from matchmaker.services.doctor import diagnose
from matchmaker.services.occupancy import occupy, release, seat_everybody, slots_from
from tests.builders import NOW, get_pool, get_project, make_district, make_investor, make_meeting, make_project, make_travel


def numbers(meeting: Meeting) -> dict[tuple[str, int], int]:
    """The number of each kind of resource that the meeting holds, by kind and slot."""
    rows = db.session.scalars(select(Occupancy).where(Occupancy.meeting_id == meeting.id))
    return {(row.resource.kind.value, row.slot.position): row.resource.number for row in rows}


def count() -> int:
    return db.session.scalar(select(func.count()).select_from(Occupancy)) or 0


@pytest.mark.any_database
def test_the_first_free_table_is_taken_and_a_third_meeting_at_two_tables_is_refused(edition: Edition) -> None:
    first, second, third = (make_investor(edition) for _ in range(3))
    extra = make_project(get_project(edition, "PD-01").district)
    here = edition.slots[0]
    meetings = [
        make_meeting(first, get_project(edition, "PD-01"), here),
        make_meeting(second, get_project(edition, "PD-02"), here),
    ]
    with transaction():
        release([meeting.id for meeting in meetings])
        for meeting in meetings:
            occupy(meeting, slots_from(meeting.slot, meeting.length))
    assert [numbers(meeting)["table", 0] for meeting in meetings] == [1, 2]

    late = make_meeting(third, extra, edition.slots[1])
    before = count()
    with pytest.raises(RuleBroken) as broken, transaction():
        occupy(late, [here])

    assert (broken.value.code, count()) == (Broken.SLOT_TAKEN, before)


@pytest.mark.any_database
def test_the_database_refuses_a_second_row(edition: Edition, ines: Account) -> None:
    make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0])
    row = db.session.scalars(select(Occupancy)).first()
    db.session.add(Occupancy(resource_id=row.resource_id, slot_id=row.slot_id, meeting_id=row.meeting_id))

    with pytest.raises(IntegrityError, match="occupancy"):
        db.session.flush()


def test_a_venue_without_tables_has_nothing_to_take(edition: Edition, ines: Account) -> None:
    district = make_district(edition, "CM", tables=0)
    for venue in (get_project(edition, "PD-01").district.venue, get_project(edition, "XH-01").district.venue):
        make_travel(district.venue, venue, 60)
    project = make_project(district)
    meeting = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0])

    def sit_down() -> None:
        release([meeting.id])
        meeting.project_id, meeting.venue_id = project.id, district.venue.id
        occupy(meeting, [edition.slots[0]])

    with pytest.raises(RuleBroken) as broken, transaction():
        sit_down()

    assert (broken.value.code, broken.value.facts) == (Broken.SLOT_TAKEN, {"what": "table"})


def test_slots_of_a_meeting_follow_on(edition: Edition) -> None:
    assert [slot.position for slot in slots_from(edition.slots[0], 2)] == [0, 1]
    for first, length in ((1, 2), (3, 2), (7, 2)):  # lunch, the night, the end
        with pytest.raises(RuleBroken) as broken:
            slots_from(edition.slots[first], length)
        assert broken.value.code is Broken.SLOT_NOT_FEASIBLE


@pytest.mark.any_database
def test_seating_everybody_keeps_what_each_has_where_that_fits(edition: Edition) -> None:
    investors = [make_investor(edition, languages=["ja"]), *(make_investor(edition) for _ in range(2))]
    meetings = [
        make_meeting(
            investors[0], get_project(edition, "PD-01"), edition.slots[0], Status.ACCEPTED, pool=get_pool(edition, "ja")
        ),
        make_meeting(investors[1], get_project(edition, "PD-02"), edition.slots[0], Status.COUNTERED, offered=edition.slots[2]),
        make_meeting(investors[2], get_project(edition, "LG-01"), edition.slots[4], length=2),
        make_meeting(investors[2], get_project(edition, "PD-01"), edition.slots[1], Status.DECLINED),
    ]
    before = [numbers(meeting) for meeting in meetings]

    with transaction():
        seat_everybody(edition, now=NOW)

    assert [numbers(meeting) for meeting in meetings] == before
    assert before[3] == {}
    assert [meeting.place_changes for meeting in meetings] == [0, 0, 0, 0]
    assert before[1] == {("investor", 0): 1, ("lead", 0): 1, ("table", 0): 2, ("investor", 2): 1, ("lead", 2): 1, ("table", 2): 1}
    assert diagnose() == []


def test_seating_reassigns_a_table_where_that_makes_room(edition: Edition) -> None:
    """Two short meetings at two tables one after the other move to one table, so that a long one finds the other free."""
    extra = [make_project(get_project(edition, "PD-01").district) for _ in range(2)]
    investors = [make_investor(edition) for _ in range(3)]
    one = make_meeting(investors[0], extra[0], edition.slots[0])
    two = make_meeting(investors[1], extra[1], edition.slots[1])
    three = make_meeting(investors[2], get_project(edition, "PD-01"), edition.slots[4], length=2)
    tables = db.session.scalars(
        select(Resource).where(Resource.kind == ResourceKind.TABLE, Resource.venue_id == three.venue_id).order_by(Resource.number)
    ).all()
    with transaction():
        three.slot_id = edition.slots[0].id
        row = db.session.scalars(
            select(Occupancy).where(Occupancy.meeting_id == two.id, Occupancy.resource_id == tables[0].id)
        ).one()
        row.resource_id = tables[1].id
        seat_everybody(edition, now=NOW)

    assert numbers(one)["table", 0] == numbers(two)["table", 1] != numbers(three)["table", 0]
    assert [(each.place_changes, each.place_changed_at) for each in (one, two, three)] == [(0, None), (1, NOW), (0, None)]


def test_more_meetings_at_once_than_tables_are_refused_as_a_whole(edition: Edition) -> None:
    first, second = make_investor(edition), make_investor(edition)
    xuhui = get_project(edition, "XH-01").district
    make_meeting(first, get_project(edition, "XH-01"), edition.slots[0])
    other = make_meeting(second, make_project(xuhui), edition.slots[1])
    before = count()

    def seat_at_one_table() -> None:
        other.slot_id = edition.slots[0].id
        seat_everybody(edition, now=NOW)

    with pytest.raises(RuleBroken) as broken, transaction():
        seat_at_one_table()

    assert (broken.value.code, broken.value.facts, count()) == (Broken.SLOT_TAKEN, {"what": "table"}, before)
