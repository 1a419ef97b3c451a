"""After a meeting, on the pages of hosts, investors and organisers: the form, the list of hosts, and who sees what."""

import html
from datetime import date, datetime

import pytest
from sqlalchemy import select

from matchmaker.db import db
from matchmaker.domain.meeting import Status
from matchmaker.domain.outcome import Appetite, Statement
from matchmaker.domain.roles import Role
from matchmaker.models import Outcome
from matchmaker.services.editions import set_clock
from tests.builders import (
    SHANGHAI,
    get_district,
    get_project,
    make_account,
    make_investor,
    make_meeting,
    make_outcome,
    make_project,
    save,
)
from tests.helpers import sign_in

AFTER = datetime(2024, 4, 3, 9, tzinfo=SHANGHAI)
FILLED = {
    "appetite": "strong",
    "amount": "300",
    "next_step": "Send the site plan",
    "owner": "Ms Lin",
    "due_on": "2024-04-15",
    "note": "They know our suppliers.",
    "seen": "0",
}
SAID = Statement(Appetite.STRONG, 300, "Send the site plan", "Ms Lin", date(2024, 4, 15), note="They know our suppliers.")


@pytest.fixture(autouse=True)
def _afterwards(edition):
    set_clock(edition.code, AFTER)


@pytest.fixture
def accepted(edition, ines, hao):
    return make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], Status.ACCEPTED)


@pytest.fixture
def held(edition, ines, hao):
    return make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], Status.HELD)


def page(client, address):
    response = client.get(address)
    assert response.status_code == 200
    return html.unescape(response.text)


def stored():
    db.session.expire_all()
    counts = select(Outcome).where(Outcome.replaced_at.is_(None)).order_by(Outcome.id)
    return [(each.side, each.statement) for each in db.session.scalars(counts)]


def address_of(role, meeting):
    return f"/host/meetings/{meeting.id}" if role is Role.HOST else f"/meetings/{meeting.id}"


@pytest.fixture(params=["hao", "ines"])
def side(request, client):
    """Both sides in turn: the role and a client of it."""
    account = request.getfixturevalue(request.param)
    return account.role, sign_in(client, account)


# -- the form ----------------------------------------------------------------------------------------------------------


def test_one_form_says_that_it_took_place_and_what_came_of_it(side, accepted):
    role, client = side
    address = address_of(role, accepted)
    assert "It took place" in page(client, address)

    answer = client.post(f"{address}/record", data=FILLED | {"held": "yes"})

    assert (answer.status_code, answer.location) == (303, address)
    assert stored() == [(role, SAID)]
    assert accepted.status is Status.HELD
    text = page(client, address)
    for words in ("Recorded.", "Strong interest", "RMB 300 million", "Send the site plan", "Ms Lin", "Mon 15 Apr", "Change this"):
        assert words in text


def test_to_say_that_it_took_place_is_enough_and_the_rest_can_follow(side, accepted):
    role, client = side
    address = address_of(role, accepted)

    client.post(f"{address}/record", data={"held": "yes", "seen": "0", "amount": "", "note": ""})
    assert (stored(), accepted.status) == ([], Status.HELD)

    client.post(f"{address}/record", data=FILLED)
    assert stored() == [(role, SAID)]


def test_a_meeting_that_did_not_take_place_has_no_outcome(side, accepted):
    role, client = side

    client.post(f"{address_of(role, accepted)}/record", data=FILLED | {"held": "no"})

    assert (stored(), accepted.status) == ([], Status.MISSED)
    assert "What came of the meeting" not in page(client, address_of(role, accepted))


def second_step(text):
    """What opens under “It did not take place”."""
    return text.partition('id="record_missed"')[2].partition("</details>")[0]


def test_that_it_did_not_take_place_is_asked_twice(side, accepted):
    role, client = side

    text = page(client, address_of(role, accepted))

    assert "<summary" in second_step(text)
    assert 'name="held" value="no"' in second_step(text)
    assert "Record that it did not take place" in second_step(text)
    assert text.count('name="held" value="no"') == 1


def test_organisers_are_asked_twice_as_well(client, accepted, olga):
    text = page(sign_in(client, olga), f"/organiser/meetings/{accepted.id}")

    assert 'name="held" value="no"' in second_step(text)
    assert "not proposed again, unless you open it" in second_step(text)
    assert text.count('name="held" value="no"') == 1


def test_the_list_of_an_investor_leads_to_the_second_step(client, accepted, ines):
    text = page(sign_in(client, ines), "/diary")

    assert f"/meetings/{accepted.id}#record_missed" in text
    assert f"/meetings/{accepted.id}/record_missed" not in text


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"appetite": ""}, "Please choose how strong the interest is."),
        ({"amount": "many"}, "Please give an amount in RMB, such as 300 million or 1.2 billion."),
        ({"amount": "50万"}, "The smallest unit is RMB 1 million; please round to whole ones."),
        ({"amount": "1000001"}, "Please give at most RMB 1000 billion."),
        ({"due_on": "soon"}, "Please give a date, such as 2024-04-15."),
        ({"due_on": "2024-03-31"}, "This date is before the meeting."),
        ({"next_step": "", "owner": ""}, "Please fill this in."),
    ],
)
def test_what_is_wrong_is_said_on_its_field_and_nothing_is_lost(side, accepted, change, told):
    role, client = side
    data = {name: value for name, value in (FILLED | change | {"held": "yes"}).items() if (name, value) != ("appetite", "")}

    answer = client.post(f"{address_of(role, accepted)}/record", data=data)

    text = html.unescape(answer.text)
    assert answer.status_code == 200
    assert told in text
    assert "They know our suppliers." in text
    assert (stored(), accepted.status) == ([], Status.ACCEPTED)


def test_what_is_said_can_be_changed_and_its_step_be_done(side, held, request):
    role, client = side
    account = request.getfixturevalue("hao" if role is Role.HOST else "ines")
    before = make_outcome(held, account)
    text = page(client, address_of(role, held))
    assert 'value="Send the site plan"' in text
    assert f'name="seen" value="{before.id}"' in text

    client.post(f"{address_of(role, held)}/record", data=FILLED | {"seen": before.id, "done": "y"})

    [(_, said)] = stored()
    assert (said.done, said.appetite, said.is_open) == (True, Appetite.STRONG, False)
    assert "Done" in page(client, address_of(role, held))


def test_before_the_meeting_begins_nobody_is_asked(side, accepted, edition):
    role, client = side
    set_clock(edition.code, datetime(2024, 4, 1, 8, 59, tzinfo=SHANGHAI))

    assert "What came of the meeting" not in page(client, address_of(role, accepted))
    answer = client.post(f"{address_of(role, accepted)}/record", data=FILLED | {"held": "yes"})

    assert "can be recorded from then on" in answer.text
    assert (stored(), accepted.status) == ([], Status.ACCEPTED)


# -- who sees what -----------------------------------------------------------------------------------------------------


def test_each_side_reads_its_own_words_and_the_organiser_both(client, held, ines, hao, olga):
    make_outcome(held, hao, note="First thoughts", replaced_at=AFTER)
    make_outcome(held, hao, note="The host's words")
    make_outcome(held, ines, note="The investor's words")

    def reads(account, address):
        text = page(sign_in(client, account), address)
        return [words in text for words in ("The host's words", "The investor's words", "First thoughts")]

    assert reads(hao, f"/host/meetings/{held.id}") == [True, False, False]
    assert reads(ines, f"/meetings/{held.id}") == [False, True, False]
    assert reads(olga, f"/organiser/meetings/{held.id}") == [True, True, True]
    assert "One earlier version" in page(client, f"/organiser/meetings/{held.id}")
    assert "appetite" not in page(client, f"/organiser/meetings/{held.id}")


def test_strangers_find_no_form(client, held, sam, edition):
    host = make_account(Role.HOST, district=get_district(edition, "XH"))

    answers = [sign_in(client, who).post(f"{address_of(who.role, held)}/record", data=FILLED).status_code for who in (sam, host)]

    assert answers == [404, 404]
    assert sign_in(client, sam).get("/host/outcomes").status_code == 404
    assert stored() == []


# -- lists -------------------------------------------------------------------------------------------------------------


def test_list_of_hosts_has_what_is_to_record_what_is_overdue_and_all_on_demand(client, edition, hao, accepted):
    investors = [make_investor(edition, name=name) for name in ("Late Ltd", "Soon SA", "Done AG")]
    project = get_project(edition, "PD-02")
    late, soon, done = (make_meeting(each, project, edition.slots[2], Status.HELD) for each in investors)
    make_outcome(late, hao, due_on=date(2024, 4, 2), amount=1200)
    make_outcome(soon, hao, due_on=date(2024, 4, 3))
    make_outcome(done, hao, due_on=date(2024, 4, 2), done=True)
    sign_in(client, hao)

    text = page(client, "/host/outcomes")
    assert text.index("Ines Capital") < text.index("To record") < text.index("Late Ltd") < text.index("Soon SA")
    assert (text.count("To record"), text.count("Overdue")) == (1, 1)
    assert "RMB 1.2 billion" in text
    assert "Done AG" not in text
    assert "Done AG" in page(client, "/host/outcomes?show=all")


def test_list_without_rows_leads_on(client, hao):
    sign_in(client, hao)

    for address in ("/host/outcomes", "/host/outcomes?show=all"):
        assert "No meeting is over yet." in page(client, address)


def test_list_is_cut_into_pages(client, edition, hao):
    project = make_project(get_district(edition, "PD"))
    for _ in range(31):
        make_meeting(make_investor(edition), project, edition.slots[0], Status.HELD)
    sign_in(client, hao)

    assert "/host/outcomes?show=all&page=2" in page(client, "/host/outcomes?show=all")
    assert page(client, "/host/outcomes?page=2").count("To record") == 1


def test_diary_of_an_investor_leads_to_what_it_has_said_and_has_to_say(client, edition, ines, held):
    other = make_meeting(ines.investor, get_project(edition, "PD-02"), edition.slots[1], Status.HELD)
    make_outcome(held, ines, next_step="Visit the plant", due_on=date(2024, 4, 2))

    text = page(sign_in(client, ines), "/diary")

    assert f"/meetings/{held.id}#outcome" in text
    assert f"/meetings/{other.id}#outcome" in text
    assert "Visit the plant" in text
    assert (text.count("To record"), text.count("Overdue")) == (1, 1)


def test_chinese_reader_gets_money_and_dates_its_own_way(side, held, request):
    role, client = side
    account = request.getfixturevalue("hao" if role is Role.HOST else "ines")
    account.language = "zh_Hans_CN"
    save(account)
    make_outcome(held, account, amount=300)
    sign_in(client, account)

    text = page(client, address_of(role, held))

    assert "3亿元" in text
    assert "4月15日 周一" in text
    assert "RMB" not in text
