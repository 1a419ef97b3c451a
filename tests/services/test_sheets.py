"""The sheets of a day: which meetings stand on them, at which table, and what is said of the guests."""

from datetime import date, timedelta

import pytest

from matchmaker.db import db
from matchmaker.domain.meeting import Status
from matchmaker.domain.roles import Role
from matchmaker.models import Account, Edition, Meeting
from matchmaker.services.actors import Missing, actor_of
from matchmaker.services.sheets import DaySheets, sheets_of
from tests.builders import DAYS, NOW, get_district, get_pool, get_project, make_account, make_investor, make_meeting

FIRST, SECOND = DAYS


def told(found: DaySheets) -> list[tuple[int | None, list[Meeting]]]:
    return [(sheet.table, [row.view.meeting for row in sheet.rows]) for sheet in found.sheets]


def test_each_table_has_its_meetings_in_order_of_time(edition: Edition, hao: Account) -> None:
    late = make_meeting(make_investor(edition), get_project(edition, "PD-01"), edition.slots[2])
    early = make_meeting(make_investor(edition), get_project(edition, "PD-01"), edition.slots[0], Status.ACCEPTED)
    beside = make_meeting(make_investor(edition), get_project(edition, "PD-02"), edition.slots[0])
    make_meeting(make_investor(edition), get_project(edition, "PD-01"), edition.slots[1], Status.CANCELLED)
    make_meeting(make_investor(edition), get_project(edition, "PD-01"), edition.slots[4])

    found = sheets_of(actor_of(hao), edition, FIRST, now=NOW)

    assert told(found) == [(1, [early, late]), (2, [beside])]
    assert (found.days, found.free_tables) == (DAYS, ())


def test_the_next_day_with_meetings_is_chosen_unless_another_is_asked_for(edition: Edition, hao: Account) -> None:
    meeting = make_meeting(make_investor(edition), get_project(edition, "PD-01"), edition.slots[4], Status.ACCEPTED)
    hosts = actor_of(hao)

    chosen, asked = sheets_of(hosts, edition, now=NOW), sheets_of(hosts, edition, FIRST, now=NOW)
    long_after = sheets_of(hosts, edition, now=NOW + timedelta(days=60))

    assert (chosen.day, told(chosen), chosen.free_tables) == (SECOND, [(1, [meeting])], (2,))
    assert (asked.day, asked.days, asked.sheets) == (FIRST, (SECOND,), ())
    assert long_after.day == SECOND


def test_a_district_without_meetings_has_no_day(edition: Edition, hao: Account) -> None:
    assert sheets_of(actor_of(hao), edition, now=NOW) == DaySheets((), None, (), (1, 2))


def test_the_common_language_is_told_or_none(edition: Edition, hao: Account) -> None:
    make_meeting(make_investor(edition, languages=("de", "en")), get_project(edition, "PD-01"), edition.slots[0])
    pool = get_pool(edition, "ja")
    make_meeting(make_investor(edition, languages=("ja",)), get_project(edition, "PD-01"), edition.slots[1], pool=pool)

    sheet = sheets_of(actor_of(hao), edition, FIRST, now=NOW).sheets[0]

    assert [(row.language, row.view.interpreter) for row in sheet.rows] == [("en", None), (None, "ja")]


@pytest.mark.parametrize(("status", "name"), [(Status.PROPOSED, None), (Status.ACCEPTED, "Quiet Fund")])
def test_a_confidential_guest_is_named_once_accepted(edition: Edition, hao: Account, status: Status, name: str | None) -> None:
    quiet = make_investor(edition, name="Quiet Fund", confidential=True)
    make_meeting(quiet, get_project(edition, "PD-01"), edition.slots[0], status)

    view = sheets_of(actor_of(hao), edition, FIRST, now=NOW).sheets[0].rows[0].view

    assert view.investor is not None
    assert (view.investor.name, view.investor.delegates is None) == (name, name is None)


def test_sheets_are_for_the_own_district_alone(edition: Edition, ines: Account, hao: Account) -> None:
    make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], Status.ACCEPTED)
    stranger = make_account(Role.HOST, district=get_district(edition, "XH"))
    db.session.rollback()

    assert sheets_of(actor_of(stranger), edition, date(2024, 4, 1), now=NOW).sheets == ()
    with pytest.raises(Missing):
        sheets_of(actor_of(ines), edition, now=NOW)


def test_what_nobody_answered_in_time_is_on_no_sheet(edition: Edition, hao: Account) -> None:
    make_meeting(make_investor(edition), get_project(edition, "PD-01"), edition.slots[0])
    stands = make_meeting(make_investor(edition), get_project(edition, "PD-02"), edition.slots[0], Status.ACCEPTED)

    assert told(sheets_of(actor_of(hao), edition, FIRST, now=edition.slots[0].starts_at)) == [(2, [stands])]
