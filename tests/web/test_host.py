"""The pages of a host, from the inbox to the record of a meeting."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from matchmaker.db import db
from matchmaker.domain.interest import Level
from matchmaker.domain.meeting import Status
from matchmaker.domain.roles import Role
from matchmaker.models import Delegate, HostMark, Meeting, Occupancy, Resource, ResourceKind
from matchmaker.services.editions import set_clock
from tests.builders import NOW, get_project, make_account, make_investor, make_meeting, make_project, save
from tests.helpers import sign_in


@pytest.fixture
def host(client, hao):
    return sign_in(client, hao)


@pytest.fixture
def proposed(edition, ines, hao):
    return make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0])


def status_of(meeting):
    db.session.refresh(meeting)
    return meeting.status


def page(client, address):
    response = client.get(address)
    assert response.status_code == 200
    return response.text


def test_host_accepts_a_proposal_and_finds_it_in_the_diary(host, proposed):
    assert "Inbox (1)" in page(host, "/host/")

    answer = host.post(f"/host/meetings/{proposed.id}/accept", data={"sequence": proposed.sequence, "after": ""})

    assert (answer.status_code, answer.location) == (303, "/host/#place")
    inbox = page(host, "/host/")
    assert "Accepted. The investor is told" in inbox
    assert "Nothing waits for an answer." in inbox
    assert "Ines Capital" in page(host, "/host/diary")
    assert status_of(proposed) is Status.ACCEPTED


def test_reader_comes_back_to_the_next_proposal_with_the_filters_kept(host, edition, ines, hao):
    first = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0])
    second = make_meeting(make_investor(edition), get_project(edition, "PD-01"), edition.slots[1])
    place = {"sequence": first.sequence, "after": second.id, "project": "PD-01", "waiting": "host"}

    answer = host.post(f"/host/meetings/{first.id}/accept", data=place)

    assert answer.location == "/host/?project=PD-01&waiting=host#place"
    text = page(host, answer.location.partition("#")[0])
    assert text.index('id="place"') < text.index(f'id="meeting-{second.id}"')


@pytest.mark.parametrize(
    ("status", "section", "words"),
    [
        (Status.PROPOSED, "/host/", "Inbox"),
        (Status.COUNTERED, "/host/", "Inbox"),
        (Status.ACCEPTED, "/host/diary", "Diary"),
        (Status.HELD, "/host/outcomes", "Outcomes"),
        (Status.MISSED, "/host/answered", "Answered"),
        (Status.DECLINED, "/host/answered", "Answered"),
    ],
)
def test_menu_and_breadcrumb_of_a_meeting_name_the_same_section(host, edition, ines, status, section, words):
    offered = edition.slots[5] if status is Status.COUNTERED else None
    meeting = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], status, offered=offered)

    text = page(host, f"/host/meetings/{meeting.id}")

    assert re.findall(r'<a href="([^"]*)" aria-current="true">(.*?)</a>', text) == [(section, words)]
    crumb = re.search(r'class="breadcrumbs"><a href="([^"?]*)[^"]*">(.*?)</a>', text)
    assert crumb.groups() == (section, words)


def test_what_an_investor_wrote_keeps_its_lines(host, edition, ines):
    ines.investor.about = "智能制造\nRobots & arms"
    meeting = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0])

    assert '<p class="as-typed">智能制造\nRobots &amp; arms</p>' in page(host, f"/host/meetings/{meeting.id}")


def test_host_declines_with_a_reason(host, proposed):
    answer = host.post(f"/host/meetings/{proposed.id}/decline", data={"reason": "not_our_field", "note": "We make arms."})

    assert answer.location == f"/host/meetings/{proposed.id}"
    assert status_of(proposed) is Status.DECLINED
    text = page(host, f"/host/meetings/{proposed.id}")
    assert "Not our field" in text
    assert "We make arms." in text


def test_decline_without_a_reason_keeps_what_was_typed(host, proposed):
    answer = host.post(f"/host/meetings/{proposed.id}/decline", data={"reason": "", "note": "We make arms."})

    assert "Please choose a reason" in answer.text
    assert "We make arms." in answer.text
    assert status_of(proposed) is Status.PROPOSED


def test_host_offers_a_slot_and_the_investor_takes_it(host, client, edition, proposed, ines, hao):
    slot = edition.slots[5]
    assert f'value="{slot.id}"' in page(host, f"/host/meetings/{proposed.id}/offer")

    host.post(f"/host/meetings/{proposed.id}/offer", data={"slot": slot.id, "sequence": proposed.sequence})
    assert status_of(proposed) is Status.COUNTERED
    assert "both times are held" in page(host, "/host/")

    sign_in(client, ines).post(f"/meetings/{proposed.id}/take", data={})
    assert status_of(proposed) is Status.ACCEPTED
    assert proposed.slot_id == slot.id
    assert 'Tuesday, 2 April 2024, <span class="number">09:30–10:00</span>' in page(
        sign_in(client, hao), f"/host/meetings/{proposed.id}"
    )


def test_slot_that_is_gone_is_refused_beside_the_choice(host, edition, proposed, ines):
    slot = edition.slots[5]
    make_meeting(make_investor(edition), get_project(edition, "PD-01"), slot)

    answer = host.post(f"/host/meetings/{proposed.id}/offer", data={"slot": slot.id})

    assert answer.status_code == 200
    assert "This time has just been taken" in answer.text
    assert status_of(proposed) is Status.PROPOSED


def test_unknown_slot_is_refused(host, proposed):
    answer = host.post(f"/host/meetings/{proposed.id}/offer", data={"slot": 99999})

    assert "The conference has no meetings at this time." in answer.text


def test_second_click_finds_its_wish_fulfilled(host, proposed):
    form = {"sequence": proposed.sequence}
    host.post(f"/host/meetings/{proposed.id}/accept", data=form)

    answer = host.post(f"/host/meetings/{proposed.id}/accept", data=form)

    assert "Accepted. The investor is told" in page(host, answer.location)


def test_button_of_an_old_page_is_refused_with_a_clear_message(host, client, proposed, ines, hao):
    form = {"sequence": proposed.sequence}
    sign_in(client, ines).post(f"/meetings/{proposed.id}/withdraw", data={})

    answer = sign_in(client, hao).post(f"/host/meetings/{proposed.id}/accept", data=form)

    assert "the meeting has changed meanwhile" in page(client, answer.location)
    assert status_of(proposed) is Status.WITHDRAWN


def test_late_answer_is_refused(host, edition, proposed):
    set_clock(edition.code, NOW + timedelta(days=3))

    answer = host.post(f"/host/meetings/{proposed.id}/accept", data={})

    assert "The time to answer ended" in page(host, answer.location)
    assert status_of(proposed) is Status.PROPOSED
    assert "lapses with the next night" in page(host, "/host/")


def test_host_marks_an_investor_on_the_page_of_a_meeting_and_undoes_it(host, proposed, ines):
    address = f"/host/meetings/{proposed.id}"
    assert '<p class="muted" data-none-given>You have not marked this investor.' in page(host, address)
    assert "interests.js" in page(host, address)
    mark = {"code": ines.investor_id, "next": f"{address}#mark"}
    assert f'name="next" value="{mark["next"]}"' in page(host, address)

    answer = host.post("/host/investors", data=mark | {"level": "no_thanks"})

    assert (answer.status_code, answer.location) == (303, f"{address}#mark")
    assert marks() == [(ines.investor_id, Level.NO_THANKS)]
    text = page(host, address)
    assert "Noted: no thanks. You will not be proposed to each other." in text
    assert '<p class="muted" data-none-given hidden>' in text
    assert status_of(proposed) is Status.PROPOSED
    undo = text.partition('class="flashes"')[2].partition("Undo")[0]
    host.post("/host/investors", data=dict(re.findall(r'name="(\w+)" value="([^"]*)"', undo)))
    assert marks() == []
    assert "Taken back." in page(host, address)


def test_too_many_must_meets_of_a_district_are_refused_with_a_message(host, edition, proposed, ines):
    edition.must_meet_limit = 0
    save(edition)
    address = f"/host/meetings/{proposed.id}"

    host.post("/host/investors", data={"code": ines.investor_id, "level": "must_meet", "next": address})

    assert "You may mark at most 0" in page(host, address)
    assert marks() == []


def marks():
    return db.session.execute(select(HostMark.investor_id, HostMark.level)).all()


def test_host_of_another_district_sees_nothing(client, edition, proposed):
    stranger = make_account(Role.HOST, district=get_project(edition, "XH-01").district)
    sign_in(client, stranger)

    answers = [client.get(f"/host/meetings/{proposed.id}{tail}").status_code for tail in ("", "/decline", "/offer", "/cancel")]
    posts = [
        client.post(f"/host/meetings/{proposed.id}/{step}", data={}).status_code
        for step in ("accept", "decline", "record", "mark")
    ]

    assert answers == [404] * 4
    assert posts == [404] * 4
    assert "Ines" not in page(client, "/host/")
    assert status_of(proposed) is Status.PROPOSED


def test_investor_and_visitor_do_not_enter(client, proposed, ines):
    assert client.get("/host/").status_code == 302
    assert sign_in(client, ines).get("/host/").status_code == 404


def test_confidential_investor_is_named_after_accepting_only(host, edition):
    quiet = make_investor(edition, name="Quiet Fund", country="CH", confidential=True, shares_contact=True, phone="+41 44 1")
    make_account(Role.INVESTOR, investor=quiet, email="quiet@example.org")
    save(Delegate(investor_id=quiet.id, name="Vera Still", title="Partner", language="en", role="optional"))
    meeting = make_meeting(quiet, get_project(edition, "PD-01"), edition.slots[0])

    before = page(host, "/host/") + page(host, f"/host/meetings/{meeting.id}")
    host.post(f"/host/meetings/{meeting.id}/accept", data={})
    after = page(host, f"/host/meetings/{meeting.id}")
    host.post(f"/host/meetings/{meeting.id}/cancel", data={"reason": "illness"})
    cancelled = page(host, f"/host/meetings/{meeting.id}") + page(host, "/host/answered")

    secrets = ("Quiet Fund", "Vera Still", "quiet@example.org", "+41 44 1")
    assert [secret in before for secret in secrets] == [False] * 4
    assert "· English · Optional" in after.partition("Vera Still, Partner")[2][:60]
    assert "Confidential investor · Switzerland · Intelligent robots" in before
    assert "Intelligent robots" in before
    assert [secret in after for secret in secrets] == [True] * 4
    assert [secret in cancelled for secret in secrets] == [False] * 4
    assert "stays confidential until you accept" in before
    assert "Names are shown once the meeting is accepted." in before
    assert "until you accept" not in cancelled
    assert "This investor stays confidential." in cancelled
    assert "Names are shown for accepted meetings only." in cancelled


def test_contact_stays_hidden_without_consent(host, edition, ines):
    meeting = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], Status.ACCEPTED)

    text = page(host, f"/host/meetings/{meeting.id}")

    assert "does not share its contact" in text
    assert "ines@example.org" not in text


def test_host_records_a_meeting_after_it_began(host, edition, ines):
    meeting = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], Status.ACCEPTED)
    assert "It took place" not in page(host, f"/host/meetings/{meeting.id}")
    set_clock(edition.code, meeting.slot.ends_at)
    assert "It took place" in page(host, f"/host/meetings/{meeting.id}")

    host.post(f"/host/meetings/{meeting.id}/record", data={"held": "yes"})

    assert status_of(meeting) is Status.HELD
    assert db.session.scalars(select(Occupancy)).all() == []


def test_suggestion_waits_for_the_investor_once_the_host_said_yes(host, edition, ines):
    meeting = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], suggested=True)

    host.post(f"/host/meetings/{meeting.id}/accept", data={"after": ""})

    assert status_of(meeting) is Status.PROPOSED
    text = page(host, "/host/")
    assert "waits for the yes of the investor" in text
    assert 'action="/host/meetings' not in text


def test_projects_are_listed_with_the_numbers_of_their_own_meetings(host, edition, proposed):
    text = page(host, "/host/projects")

    assert "Robot joints" in text
    assert "Model laboratory" not in text
    assert "/host/?project=PD-01" in text


@pytest.mark.parametrize("address", ["/host/", "/host/answered", "/host/diary", "/host/projects"])
def test_thirty_rows_take_as_many_queries_as_one(client, edition, hao, count_queries, address):
    status = Status.DECLINED if "answered" in address else Status.PROPOSED
    _one_meeting(edition, 0, status)
    sign_in(client, hao)
    client.get(address)
    with count_queries() as few:
        assert client.get(address).status_code == 200
    for number in range(1, 30):
        _one_meeting(edition, number, status)
    with count_queries() as many:
        assert client.get(address).status_code == 200
    assert many.count == few.count
    assert db.session.query(Meeting).count() == 30


def _one_meeting(edition, number, status):
    """Each with an investor, a project and a table of its own."""
    district = get_project(edition, "PD-01").district
    if number > 1:
        save(Resource(kind=ResourceKind.TABLE, number=number + 1, venue_id=district.venue.id))
    make_meeting(make_investor(edition), make_project(district), edition.slots[number % 8], status)


# -- diary ---------------------------------------------------------------------------------------------------------------


def test_diary_shows_what_expired_as_such_and_not_as_now(host, edition, proposed):
    edition.clock_at = edition.slots[0].starts_at
    db.session.commit()

    text = page(host, "/host/diary")

    assert "Your district did not answer in time; this proposal has expired." in text
    assert ">Now<" not in text
    assert ">Next<" not in text
    assert f"/host/meetings/{proposed.id}" in text


@pytest.mark.parametrize("status", [Status.HELD, Status.MISSED])
def test_diary_keeps_what_was_recorded(host, edition, ines, status):
    meeting = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], status)

    text = page(host, "/host/diary")

    assert f"/host/meetings/{meeting.id}" in text
    assert "Ines Capital" in text
    assert meeting.uid in page(host, "/diary.ics")


@pytest.mark.parametrize(("step", "status"), [("decline", Status.PROPOSED), ("cancel", Status.ACCEPTED)])
def test_beside_the_button_that_ends_a_meeting_a_link_leads_back(host, edition, ines, step, status):
    meeting = make_meeting(ines.investor, get_project(edition, "PD-02"), edition.slots[2], status)
    address = f"/host/meetings/{meeting.id}"

    assert f'href="{address}">Back</a>' in host.get(f"{address}/{step}").text
