"""The inbox of a host: answering in the list, several at once, handing to a colleague, filters that stay."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from matchmaker.db import db
from matchmaker.domain.meeting import Status
from matchmaker.domain.roles import Role
from matchmaker.models import Account, Handover, Meeting, MeetingChange, Notice
from matchmaker.services.actors import actor_of
from matchmaker.services.asking import ask_for_another_time
from matchmaker.services.editions import set_clock
from tests.builders import NOW, get_project, make_account, make_colleague_absence, make_handover, make_investor, make_meeting
from tests.helpers import sign_in
from tests.web.test_investor import text_of


@pytest.fixture
def bai(edition):
    """Bai hosts for Pudong too."""
    return make_account(Role.HOST, email="bai@example.org", name="Bai", district=get_project(edition, "PD-01").district)


@pytest.fixture
def host(client, hao):
    return sign_in(client, hao)


@pytest.fixture
def first(edition, ines, hao):
    return make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0])


@pytest.fixture
def second(edition, first):
    return make_meeting(make_investor(edition, name="Second Fund"), get_project(edition, "PD-02"), edition.slots[1])


def inbox(host, query=""):
    answer = host.get(f"/host/{query}")
    assert answer.status_code == 200
    return answer.text


def ticked(*meetings):
    return [f"{each.id}-{each.sequence}" for each in meetings]


def statuses(*meetings):
    db.session.expire_all()
    return [each.status for each in meetings]


def test_title_begins_with_the_number_of_pending_proposals(host, first, second):
    assert re.search(r"<title>(.*) · Matchmaker</title>", inbox(host)).group(1) == "(2) Inbox"
    host.post(f"/host/meetings/{first.id}/accept", data={"after": ""})
    assert "<title>(1) Inbox · Matchmaker</title>" in inbox(host)
    host.post(f"/host/meetings/{second.id}/accept", data={"after": ""})
    assert "<title>Inbox · Matchmaker</title>" in inbox(host)


def test_time_left_is_told_in_words_that_stay_together(host, edition, first):
    assert "2 days left" in inbox(host)
    set_clock(edition.code, first.deadline_at - timedelta(days=1, hours=3, minutes=5))
    assert "1 day 3 hours left" in inbox(host)
    set_clock(edition.code, first.deadline_at - timedelta(minutes=61))
    assert "1 hour 1 minute left" in inbox(host)
    set_clock(edition.code, first.deadline_at - timedelta(seconds=20))
    assert "1 minute left" in inbox(host)


def test_decline_without_a_reason_comes_back_into_its_row_with_what_was_typed(host, first, second):
    answer = host.post(f"/host/meetings/{first.id}/decline", data={"note": "We make arms.", "after": second.id, "text": "Robot"})

    assert answer.status_code == 200
    assert f'id="decline-{first.id}" open' in answer.text
    assert "Please choose a reason" in answer.text
    assert "We make arms." in answer.text
    assert 'name="text" type="search" maxlength="100" value="Robot"' in answer.text
    assert statuses(first, second) == [Status.PROPOSED] * 2


def test_other_times_stand_in_the_row_that_asks_for_them(host, edition, first):
    text = inbox(host, f"?offer={first.id}")
    assert f'name="slot" value="{edition.slots[5].id}"' in text

    answer = host.post(
        f"/host/meetings/{first.id}/offer", data={"slot": edition.slots[5].id, "sequence": first.sequence, "after": ""}
    )

    assert answer.location == "/host/#place"
    assert statuses(first) == [Status.COUNTERED]


def test_slot_that_is_gone_is_told_in_the_row(host, edition, first):
    make_meeting(make_investor(edition), get_project(edition, "PD-01"), edition.slots[5])

    answer = host.post(f"/host/meetings/{first.id}/offer", data={"slot": edition.slots[5].id, "after": ""})

    assert "This time has just been taken" in answer.text
    assert f'id="offer-{first.id}"' in answer.text
    assert statuses(first) == [Status.PROPOSED]


def test_other_times_of_a_proposal_that_is_not_in_the_list_have_a_page_of_their_own(host, edition, first, second):
    answer = host.get(f"/host/?offer={first.id}&project=PD-02&after=")

    assert answer.location == f"/host/meetings/{first.id}/offer?after=&project=PD-02"
    shown = host.get(answer.location)
    assert "<h1>Offer another time</h1>" in shown.text
    assert 'name="project" value="PD-02"' in shown.text
    host.post(f"/host/meetings/{first.id}/accept", data={})
    assert host.get(f"/host/?offer={first.id}").location == f"/host/meetings/{first.id}/offer"


def test_what_is_wrong_is_told_where_the_row_is_not_in_the_list(host, bai, first, second):
    elsewhere = {"after": "", "project": "PD-02"}

    declined = host.post(f"/host/meetings/{first.id}/decline", data={"note": "We make arms.", **elsewhere})
    offered = host.post(f"/host/meetings/{first.id}/offer", data={"slot": "x", **elsewhere})
    handed = host.post(f"/host/meetings/{first.id}/hand", data=elsewhere)

    assert "<h1>Decline a proposal</h1>" in declined.text
    assert "We make arms." in declined.text
    assert "<h1>Offer another time</h1>" in offered.text
    assert handed.location == "/host/?project=PD-02#place"
    assert "Please choose a colleague." in inbox(host, "?project=PD-02")
    assert statuses(first, second) == [Status.PROPOSED] * 2


@pytest.mark.usefixtures("first")
def test_no_line_of_a_profile_begins_with_its_dot(host):
    text = inbox(host)

    assert 'Intelligent robots&nbsp;<span class="muted">·</span>\n' in text
    assert re.search(r'\s<span class="muted">·</span>', text) is None


def test_other_times_of_another_district_are_missing(host, edition, ines):
    foreign = make_meeting(ines.investor, get_project(edition, "XH-01"), edition.slots[0])

    assert host.get(f"/host/?offer={foreign.id}").status_code == 404


# -- several at once -------------------------------------------------------------------------------------------------------


def test_several_are_accepted_and_those_that_cannot_be_are_named(host, client, edition, first, second, ines, hao):
    sent = ticked(first, second)
    sign_in(client, ines).post(f"/meetings/{first.id}/withdraw", data={})

    answer = sign_in(client, hao).post("/host/several", data={"step": "accept", "chosen": sent, "waiting": "host", "after": ""})

    assert (answer.status_code, answer.location) == (303, "/host/?waiting=host#place")
    text = inbox(client, "?waiting=host")
    assert "One proposal is accepted" in text
    assert "One proposal could not be answered" in text
    assert re.search(r"Ines Capital.*Robot joints</a>: This is no longer possible", text)
    assert statuses(first, second) == [Status.WITHDRAWN, Status.ACCEPTED]


def test_what_was_answered_before_is_named_and_not_counted(host, first, second):
    stale = ticked(first, second)
    host.post("/host/several", data={"step": "accept", "chosen": ticked(first), "after": ""})
    inbox(host)

    host.post("/host/several", data={"step": "accept", "chosen": stale, "after": ""})

    page = inbox(host)
    assert "One proposal is accepted, and its investor is told." in page
    assert re.search(r"1 proposal had your answer already; nothing of it was changed:.*Ines Capital", page, re.DOTALL)


def test_several_are_declined_with_one_reason(host, first, second):
    data = {"step": "decline", "reason": "project_filled", "note": "Full.", "chosen": ticked(first, second), "after": ""}

    host.post("/host/several", data=data)

    assert "2 proposals are declined" in inbox(host)
    assert statuses(first, second) == [Status.DECLINED] * 2
    given = db.session.execute(select(MeetingChange.reason, MeetingChange.note).where(MeetingChange.action == "decline")).all()
    assert given == [("project_filled", "Full.")] * 2


def test_several_without_a_reason_keep_their_ticks(host, first, second):
    text = host.post("/host/several", data={"step": "decline", "chosen": ticked(second), "after": ""}).text

    assert "Please choose a reason" in text
    assert f'id="chosen-{second.id}" checked' in text
    assert f'id="chosen-{first.id}" checked' not in text
    assert statuses(first, second) == [Status.PROPOSED] * 2


def test_second_click_on_several_does_nothing_twice(host, first, second):
    data = {"step": "accept", "chosen": ticked(first, second), "after": ""}
    host.post("/host/several", data=data)
    told = db.session.query(Notice).count()

    host.post("/host/several", data=data)

    assert "2 proposals had your answer already; nothing of them was changed:" in inbox(host)
    assert db.session.query(Notice).count() == told
    assert db.session.query(MeetingChange).where(MeetingChange.action == "accept").count() == 2


def test_one_of_another_district_stops_all(host, edition, first, sam):
    foreign = make_meeting(sam.investor, get_project(edition, "XH-01"), edition.slots[0])

    answer = host.post("/host/several", data={"step": "accept", "chosen": ticked(first, foreign), "after": ""})

    assert answer.status_code == 404
    assert statuses(first, foreign) == [Status.PROPOSED] * 2


def test_nothing_ticked_is_told_and_nonsense_is_refused(host, first, second):
    host.post("/host/several", data={"step": "accept", "after": ""})
    assert "Please tick the proposals" in inbox(host)
    assert host.post("/host/several", data={"chosen": "x-1"}).status_code == 400
    assert host.post("/host/several", data={"chosen": "1"}).status_code == 400


# -- a colleague -----------------------------------------------------------------------------------------------------------


def test_host_hands_a_proposal_to_a_colleague_who_gets_a_mail(host, client, first, hao, bai):
    data = {"colleague": bai.id, "note": "You know them.", "seen": 0, "after": ""}

    answer = host.post(f"/host/meetings/{first.id}/hand", data=data)
    host.post(f"/host/meetings/{first.id}/hand", data=data)

    assert answer.location == "/host/#place"
    assert "Handed to Bai" in inbox(host)
    rows = db.session.scalars(select(Handover)).all()
    assert [(each.meeting_id, each.by_account_id, each.to_account_id, each.note) for each in rows] == [
        (first.id, hao.id, bai.id, "You know them.")
    ]
    notices = db.session.scalars(select(Notice).where(Notice.kind == "meeting_hand")).all()
    assert [(each.account_id, each.facts["by"]) for each in notices] == [(bai.id, "Hao")]
    assert "Handed to you" in inbox(sign_in(client, bai))
    assert statuses(first) == [Status.PROPOSED]


def test_second_tab_learns_that_it_was_handed_on_and_keeps_what_was_typed(host, first, bai):
    third = make_account(Role.HOST, name="Chen", district=first.project.district)
    asked = {"seen": 0, "after": "", "note": "You know them."}
    host.post(f"/host/meetings/{first.id}/hand", data=asked | {"colleague": bai.id})

    answer = host.post(f"/host/meetings/{first.id}/hand", data=asked | {"colleague": third.id, "note": "Please, Chen."})

    assert answer.status_code == 409
    assert (
        "Colleague Yours Chen Stored now Bai A word to your colleague Yours Please, Chen. Stored now You know them."
        in text_of(answer)
    )
    handover = db.session.query(Handover).one()
    assert f'name="seen" value="{handover.id}"' in answer.text
    assert "Please, Chen.</textarea>" in answer.text


def test_only_colleagues_of_the_district_can_be_asked(host, edition, first, bai):
    stranger = make_account(Role.HOST, district=get_project(edition, "XH-01").district)
    closed = make_account(Role.HOST, district=get_project(edition, "XH-01").district, active=False)
    investor = db.session.scalars(select(Account).where(Account.role == Role.INVESTOR)).one()

    answers = [
        host.post(f"/host/meetings/{first.id}/hand", data={"colleague": each.id, "seen": 0}).status_code
        for each in (stranger, closed, investor)
    ]

    assert answers == [404] * 3
    assert "Please choose a colleague." in host.post(f"/host/meetings/{first.id}/hand", data={"after": ""}).text
    assert db.session.query(Handover).count() == 0


def test_who_has_left_meanwhile_is_told_as_such_and_the_word_is_kept(host, first, bai):
    make_account(Role.HOST, name="Chen", district=first.project.district)
    bai.active = False
    db.session.commit()

    answer = host.post(
        f"/host/meetings/{first.id}/hand", data={"colleague": bai.id, "note": "You know them.", "seen": 0, "after": ""}
    )

    assert answer.status_code == 200
    assert "This colleague has left your team. Nothing was changed; please choose another one." in text_of(answer)
    assert "You know them.</textarea>" in answer.text
    assert db.session.query(Handover).count() == 0


def test_where_nobody_else_is_left_the_list_says_that_the_colleague_has_left(host, first, bai):
    bai.active = False
    db.session.commit()

    answer = host.post(f"/host/meetings/{first.id}/hand", data={"colleague": bai.id, "seen": 0, "after": ""})

    assert answer.location == "/host/#place"
    assert "This colleague has left your team." in inbox(host)


def test_what_was_handed_to_somebody_who_has_left_says_so(host, first, hao, bai):
    make_handover(first, hao, bai)
    bai.active = False
    db.session.commit()

    assert "Handed to Bai, who has left your team" in inbox(host)


def test_another_word_to_the_same_colleague_is_handed_over_anew_and_the_same_once(host, first, bai):
    seen = 0
    for note in ("Please.", "Please.", "It is urgent."):
        host.post(f"/host/meetings/{first.id}/hand", data={"colleague": bai.id, "note": note, "seen": seen, "after": ""})
        seen = max(each.id for each in db.session.query(Handover))

    assert [each.note for each in db.session.query(Handover).order_by(Handover.id)] == ["Please.", "It is urgent."]


def test_what_is_answered_is_not_handed_on(host, first, bai):
    host.post(f"/host/meetings/{first.id}/accept", data={"after": ""})
    host.post(f"/host/meetings/{first.id}/hand", data={"colleague": bai.id, "seen": 0, "after": ""})

    assert "the meeting has changed meanwhile" in inbox(host)
    assert db.session.query(Handover).count() == 0


def test_meeting_of_another_district_is_not_handed_on(host, edition, ines, bai):
    foreign = make_meeting(ines.investor, get_project(edition, "XH-01"), edition.slots[0])

    assert host.post(f"/host/meetings/{foreign.id}/hand", data={"colleague": bai.id}).status_code == 404


def test_whoever_hands_over_reads_what_each_colleague_speaks_and_shares(host, edition, first, bai):
    bai.spoken = ["zh", "en"]
    make_account(Role.HOST, name="Chen", district=first.project.district, spoken=["zh"])
    dong = make_account(Role.HOST, name="Dong", district=first.project.district, spoken=["en"])
    make_colleague_absence(dong, edition.slots[0])
    make_account(Role.HOST, name="Emma", district=first.project.district)

    offered = re.findall(r"<option value=.\d+.>([^<]*)</option>", inbox(host))

    assert offered == [
        "Bai · Chinese, English · in common: English",
        "Chen · Chinese · no common language",
        "Emma · languages not said",
        "Dong · English · in common: English · away then",
    ]


def test_host_alone_is_offered_no_colleague(host, first):
    assert "Hand to a colleague" not in inbox(host)


# -- filters ---------------------------------------------------------------------------------------------------------------


def test_filters_stay_after_an_answer(host, first, second):
    place = {"after": "", "project": "PD-01", "chain": "FI-ROB", "waiting": "host", "day": "2024-04-01", "text": "joint"}

    answer = host.post(f"/host/meetings/{first.id}/accept", data=place)

    assert answer.location == "/host/?project=PD-01&chain=FI-ROB&waiting=host&day=2024-04-01&text=joint#place"
    assert "Nothing matches this choice." in inbox(host, answer.location.partition("/host/")[2].partition("#")[0])


def test_nonsense_in_the_address_is_left_out(host, first):
    assert "Ines Capital" in inbox(host, "?day=yesterday&waiting=godot&page=x&offer=y")


def test_late_proposals_come_last_and_are_not_counted(host, edition, first, second):
    set_clock(edition.code, NOW + timedelta(days=3))
    late = inbox(host)

    assert "<title>Inbox" in late
    assert 'name="chosen"' not in late


def test_late_proposals_are_told_once_on_top_and_folded_below_what_can_be_answered(host, edition, first, second):
    make_meeting(
        make_investor(edition, name="Late Fund"),
        get_project(edition, "PD-01"),
        edition.slots[6],
        Status.COUNTERED,
        offered=edition.slots[5],
        published_at=NOW - timedelta(days=3),
    )

    text = inbox(host)

    assert "<title>(2) Inbox" in text
    assert "You answered 1 proposal, but its investor did not in time: it lapses with the next night." in text
    assert "was not answered in time" not in text
    assert "You answered, the investor did not in time; the proposal lapses with the next night." in text
    assert text.index("You answered 1 proposal") < text.index("Second Fund") < text.index('id="late">')
    assert text.index('id="late">') < text.index("Late Fund")
    assert "of your answers wait" not in text
    assert 'id="late" open>' in inbox(host, "?waiting=nobody")


def test_the_filter_counts_of_a_project_what_the_list_shows(host, edition, first, second):
    late = make_meeting(make_investor(edition, name="Late Fund"), get_project(edition, "PD-01"), edition.slots[6])
    late.deadline_at = NOW - timedelta(hours=1)
    db.session.commit()

    options = dict(re.findall(r'<option value="(PD-[0-9]+)">([^<]*)</option>', inbox(host, "?text=Fund")))

    assert options["PD-01"] == "Robot joints (1)"


def test_inbox_of_late_proposals_alone_says_that_nothing_waits(host, edition, first, second):
    set_clock(edition.code, NOW + timedelta(days=3))

    text = inbox(host)

    assert "2 proposals were not answered in time: they lapse with the next night." in text
    assert text.index("Nothing waits for an answer.") < text.index('id="late">') < text.index("Second Fund")


def test_pages_of_late_proposals_are_inside_their_fold(host, edition, first, monkeypatch):
    monkeypatch.setattr("matchmaker.services.inbox.PROPOSALS_PER_PAGE", 2)
    for slot in edition.slots[3:6]:
        make_meeting(make_investor(edition), get_project(edition, "PD-01"), slot, published_at=NOW - timedelta(days=3))

    text, second_page = inbox(host), inbox(host, "?late=2")

    assert text.index("Ines Capital") < text.index('id="late">') < text.index("Page 1 of 2")
    assert text.index("Page 1 of 2") < text.index("</details>", text.index('id="late">'))
    assert 'href="/host/?late=2#late"' in text
    assert all(each in second_page for each in ("Ines Capital", 'id="late" open>', "Page 2 of 2"))


def test_answers_that_wait_for_investors_are_a_link_to_them(host, edition, first, second):
    host.post(f"/host/meetings/{first.id}/offer", data={"slot": edition.slots[5].id, "after": ""})

    assert '<a href="/host/?waiting=investor">One of your answers waits for its investor.</a>' in inbox(host)
    text = inbox(host, "?waiting=investor")
    assert 'href="/host/?waiting=investor" aria-current="true">Waiting for the investor (1)</a>' in text
    assert ("Ines Capital" in text, "Second Fund" in text) == (True, False)


def test_requests_for_another_time_are_counted_and_shown_alone(host, edition, ines, first, second):
    assert "Asks for another time (" not in inbox(host)
    ask_for_another_time(actor_of(ines), first.id, "Afternoons, please", now=NOW)

    assert '<a class="chip" href="/host/?asks=1">Asks for another time (1)</a>' in inbox(host)
    text = inbox(host, "?asks=1")
    assert ("Ines Capital" in text, "Second Fund" in text) == (True, False)
    assert 'name="asks" value="1" checked' in text
    answer = host.post(f"/host/meetings/{first.id}/accept", data={"after": "", "asks": "1"})
    assert answer.location == "/host/?asks=1#place"


@pytest.mark.settings(WTF_CSRF_ENABLED=True)
@pytest.mark.parametrize("address", ["several", "meetings/{}/hand", "meetings/{}/accept", "meetings/{}/decline"])
def test_forged_forms_are_refused(client, first, hao, address):
    answer = sign_in(client, hao).post(f"/host/{address.format(first.id)}", data={"chosen": ticked(first)})

    assert answer.status_code == 400
    assert statuses(first) == [Status.PROPOSED]


def test_a_yes_to_many_leaves_out_who_asks_for_another_time_and_says_what_waits(host, edition, ines, first, second):
    ask_for_another_time(actor_of(ines), first.id, "Afternoons, please", now=NOW)
    suggested = make_meeting(make_investor(edition), get_project(edition, "PD-01"), edition.slots[4], suggested=True)
    chosen = [f"{each.id}-{each.sequence}" for each in (first, second, suggested)]

    host.post("/host/several", data={"step": "accept", "chosen": chosen, "after": ""})
    page = inbox(host)

    assert "One proposal is accepted, and its investor is told. Your yes to one suggestion is noted" in page
    assert "The investor asks for another time. Please answer this one by itself." in page
    assert [db.session.get(Meeting, each.id).status for each in (first, second, suggested)] == [
        Status.PROPOSED, Status.ACCEPTED, Status.PROPOSED,
    ]  # fmt: skip


def test_what_came_too_late_among_several_is_told_with_its_deadline_and_has_not_lapsed_yet(host, first, second):
    second.deadline_at = NOW - timedelta(hours=1)
    db.session.commit()

    host.post("/host/several", data={"step": "accept", "chosen": ticked(first, second), "after": ""})

    assert statuses(first, second) == [Status.ACCEPTED, Status.PROPOSED]
    told = text_of(host.get("/host/"))
    assert "One proposal is accepted" in told
    assert "The time to answer ended on Fri 22 Mar, 19:00 (Shanghai time). The proposal lapses;" in told


def test_what_could_not_be_answered_costs_no_query_for_each(host, edition, ines, first, count_queries):
    meetings = [make_meeting(make_investor(edition), get_project(edition, "PD-02"), slot) for slot in edition.slots[3:7]]
    stale = [f"{each.id}-99" for each in meetings]
    counts = []
    for chosen in (stale[:1], stale):
        host.post("/host/several", data={"step": "accept", "chosen": chosen, "after": ""})
        with count_queries() as queries:
            page = inbox(host)
        assert page.count("the meeting has changed meanwhile") == len(chosen)
        counts.append(queries.count)

    assert counts[0] == counts[1]
