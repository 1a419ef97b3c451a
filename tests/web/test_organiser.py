"""The pages of an organiser about runs, meetings and settings."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from matchmaker.db import db
from matchmaker.domain.interest import Level
from matchmaker.domain.meeting import Action, Status
from matchmaker.domain.reasons import WhyNot
from matchmaker.domain.roles import Vetting
from matchmaker.domain.rules import Broken, RuleBroken
from matchmaker.models import Edition, Meeting, MeetingChange, Notice, Resource, ResourceKind, UnmetInterest
from matchmaker.services.notices import MOST_ATTEMPTS, add_notice
from matchmaker.services.settings import weights_of
from tests.builders import (
    NOW,
    get_district,
    get_project,
    make_interest,
    make_investor,
    make_lead_absence,
    make_mark,
    make_meeting,
    make_project,
    save,
)
from tests.helpers import error_at, sign_in
from tests.services.test_runs import make_draft, make_refused_run
from tests.web.test_investor import text_of


@pytest.fixture
def organiser(client, olga):
    return sign_in(client, olga)


@pytest.fixture
def draft(edition, ines):
    make_interest(ines.investor, get_project(edition, "PD-01"))
    make_interest(ines.investor, get_project(edition, "LG-01"), Level.MUST_MEET)
    return make_draft(edition, [(ines.investor, get_project(edition, "PD-01"), edition.slots[0])])


def page(client, address):
    response = client.get(address)
    assert response.status_code == 200
    return response.text


def test_overview_tells_what_waits(organiser, edition, draft):
    make_investor(edition, vetting=Vetting.APPLIED)

    text = page(organiser, "/organiser/")

    assert "Friday, 22 March 2024, 20:00" in text
    assert "A draft waits for your review" in text
    assert "One organisation waits for a decision" in text
    assert "flask nightly" in text


def test_overview_warns_of_proposals_past_their_deadline(organiser, edition, ines):
    make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0])
    assert "deadline" not in page(organiser, "/organiser/")
    edition.clock_at = NOW + timedelta(days=9)
    save(edition)

    text = page(organiser, "/organiser/")
    assert "One proposal is past its deadline" in text
    assert "No night has run yet." in text
    assert "What nobody answered lapses, and its time is free again, once a night runs:" in text

    make_refused_run(edition, [])
    assert "The last night was 9 days ago." in page(organiser, "/organiser/")
    assert "Expired" in page(organiser, "/organiser/meetings")


def test_overview_tells_mails_that_wait_from_those_that_were_given_up(organiser, ines):
    for number in range(3):
        add_notice(ines.id, "approved", {"number": number}, now=NOW)
    db.session.commit()
    text = page(organiser, "/organiser/")
    assert "3 mails wait to be sent:" in text
    assert "given up" not in text

    first = db.session.scalars(select(Notice).order_by(Notice.id)).first()
    first.attempts, first.failure = MOST_ATTEMPTS, "OSError: unreachable"
    db.session.commit()

    text = page(organiser, "/organiser/")
    assert "2 mails wait to be sent:" in text
    assert "One mail could not be sent and is given up" in text
    assert "tell the reader in another way" in text


def test_meeting_in_time_or_answered_is_not_marked_as_past_its_deadline(organiser, edition, ines):
    make_meeting(ines.investor, get_project(edition, "XH-01"), edition.slots[5])
    assert "Expired" not in page(organiser, "/organiser/meetings")
    for meeting in db.session.scalars(select(Meeting)):
        meeting.status = Status.DECLINED
    edition.clock_at = NOW + timedelta(days=9)
    db.session.commit()

    assert "Expired" not in page(organiser, "/organiser/meetings")
    assert "deadline" not in page(organiser, "/organiser/")


def test_overview_has_a_tile_for_every_status_that_occurs(organiser, edition, ines):
    make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], Status.WITHDRAWN)
    make_meeting(ines.investor, get_project(edition, "XH-01"), edition.slots[5], Status.LAPSED)

    text = page(organiser, "/organiser/")

    shown = [status for status in Status if f"/organiser/meetings?status={status.value}" in text]
    assert shown == [Status.PROPOSED, Status.COUNTERED, Status.ACCEPTED, Status.WITHDRAWN, Status.LAPSED, Status.HELD]


def test_draft_is_reviewed_and_published(organiser, draft):
    review = page(organiser, f"/organiser/runs/{draft.id}/review")
    assert "Ines Capital" in review
    assert "Robot joints" in review

    answer = organiser.post(f"/organiser/runs/{draft.id}/publish")

    text = page(organiser, answer.location)
    assert "Published: 1 new, 0 moved, 0 left out, 0 unchanged." in text
    assert db.session.scalars(select(Meeting.status)).all() == [Status.PROPOSED]
    assert "Mon 1 Apr, 09:00" in page(organiser, f"/organiser/runs/{draft.id}/changes?kind=new")
    again = organiser.post(f"/organiser/runs/{draft.id}/publish")
    assert "This was decided already." in page(organiser, again.location)


def test_no_proof_is_claimed_for_a_draft_that_people_answered_since(organiser, edition, draft):
    review, since = f"/organiser/runs/{draft.id}/review", "people have answered since, and nothing is proven"
    proof, as_solved = "At most 16.67% more value is possible", "This is told of the schedule as it was solved."
    before = page(organiser, review)
    assert (proof in before, since in before) == (True, False)

    _propose(edition, 1)

    after, run = page(organiser, review), page(organiser, f"/organiser/runs/{draft.id}")
    assert (proof in after, since in after) == (False, True)
    assert (proof in run, as_solved in run) == (True, True)
    organiser.post(f"/organiser/runs/{draft.id}/publish")
    assert as_solved not in page(organiser, f"/organiser/runs/{draft.id}")


def test_draft_is_discarded_and_nobody_hears_of_it(organiser, draft):
    answer = organiser.post(f"/organiser/runs/{draft.id}/discard")

    assert "The draft is discarded." in page(organiser, answer.location)
    assert db.session.scalars(select(Meeting)).all() == []
    assert db.session.scalars(select(Notice)).all() == []
    review = organiser.get(f"/organiser/runs/{draft.id}/review")
    assert (review.status_code, review.location) == (302, f"/organiser/runs/{draft.id}")


def test_run_tells_its_gap_in_words_with_what_the_value_means(organiser, draft):
    text = page(organiser, f"/organiser/runs/{draft.id}")

    assert "At most 16.67% more value is possible: the proven bound is 700, this schedule reaches 600." in text
    assert "has a price there instead of an end" in text
    assert "2,000 points for each meeting that an investor is short of its minimum" in text
    assert "1 of 2" in text
    assert "Pudong" in text


def test_the_command_that_exports_a_run_breaks_between_its_options_alone(organiser, draft):
    told = f"""flask schedule export {draft.id} <span class="nowrap">--instance problem.json</span> """

    assert told + '<span class="nowrap">--schedule schedule.json</span></code>' in page(organiser, f"/organiser/runs/{draft.id}")


def test_run_and_investor_tell_how_the_investor_is_served(organiser, draft, ines):
    investor = f"/organiser/investors/{ines.investor_id}"
    assert "in the latest published schedule" not in page(organiser, investor)

    organiser.post(f"/organiser/runs/{draft.id}/publish")

    assert f'<th scope="row"><a href="{investor}">Ines Capital</a></th>' in page(organiser, f"/organiser/runs/{draft.id}")
    assert "<dt>Interests met in the latest published schedule</dt><dd>1 of 2</dd>" in page(organiser, investor)


def test_interests_that_the_figures_leave_out_are_told(organiser, draft, edition):
    interest = make_interest(make_investor(edition, vetting=Vetting.WAITLISTED), get_project(edition, "PD-01"))
    about = {"run_id": draft.id, "interest_id": interest.id, "investor_id": interest.investor_id}
    save(UnmetInterest(**about, reason=WhyNot.NOT_YET_VETTED, facts={}))

    told = "The 1 interest of an organisation that is not approved is listed here too; the figures above leave it out."
    assert told in page(organiser, f"/organiser/runs/{draft.id}")


def test_a_run_tells_its_time_and_its_version_in_words(organiser, draft):
    draft.took_seconds, draft.version = 212, "source (ortools 9.15.6755)"
    draft.figures = draft.figures | {"seconds": {"greedy": 0.4, "search": 89.4, "check": 0.1}}
    save(draft)

    text = text_of(organiser.get(f"/organiser/runs/{draft.id}"))

    assert "search 89.4 s" in page(organiser, f"/organiser/runs/{draft.id}")
    assert "212 seconds in all, of which greedy start 0.4 s, search 89.4 s, check 0.1 s; the rest went to reading" in text
    assert "seed 1 · built from source · OR-Tools 9.15.6755" in text


def test_the_menu_shows_in_which_section_a_page_is(organiser, draft, ines):
    current = re.compile(r'<a href="(/organiser/[^"]+)" aria-current="(page|true)"')

    assert {
        address: current.findall(page(organiser, f"/organiser/{address}"))
        for address in (f"runs/{draft.id}/unmet", f"investors/{ines.investor_id}", "badges", "meetings/book", "meetings")
    } == {
        f"runs/{draft.id}/unmet": [("/organiser/runs", "true")],
        f"investors/{ines.investor_id}": [("/organiser/investors", "true")],
        "badges": [("/organiser/investors", "true"), ("/organiser/badges?of=investor", "true")],
        "meetings/book": [("/organiser/meetings", "true")],
        "meetings": [("/organiser/meetings", "page")],
    }


def test_every_unmet_interest_has_its_reason(organiser, edition, draft):
    text = page(organiser, f"/organiser/runs/{draft.id}/unmet?reason=would_cost_more&district=LG")

    assert "Chip park" in text
    assert "It was possible, but other meetings that count more would have been lost." in text
    assert '<td data-label="Nearest project, district"' in text
    assert f'<a class="together" href="/projects/{get_project(edition, "LG-01").code}">Chip park' in text
    assert "No such interest." in page(organiser, f"/organiser/runs/{draft.id}/unmet?district=XH")


@pytest.mark.parametrize(("as_high", "told"), [(13, "all of them score"), (12, "12 of them score")])
def test_what_is_in_the_way_of_an_interest_is_not_counted_twice(organiser, draft, as_high, told):
    row = db.session.scalars(select(UnmetInterest).where(UnmetInterest.run_id == draft.id)).first()
    row.reason, row.facts = "full", {"meetings": 13, "slots": 12, "weighing_as_much": as_high}
    db.session.commit()

    text = page(organiser, f"/organiser/runs/{draft.id}/unmet")

    assert f"13 other meetings hold the 12 slots that would suit both; {told} at least as high." in text


def test_refused_input_names_its_faults(organiser, edition):
    facts = [{"code": "no_projects"}, {"code": "contradiction", "cause": "A and B cannot both stay."}]
    run = make_refused_run(edition, facts)

    text = page(organiser, f"/organiser/runs/{run.id}")

    assert "The catalogue offers no project." in text
    assert "A and B cannot both stay." in text


@pytest.mark.any_database
def test_meetings_are_filtered(organiser, edition, ines):
    make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0])
    make_meeting(make_investor(edition, name="Other Fund"), get_project(edition, "XH-01"), edition.slots[5], Status.ACCEPTED)

    shown = {
        address: ["Ines Capital" in text, "Other Fund" in text]
        for address in (
            "",
            "?status=accepted",
            "?district=PD",
            "?day=2024-04-02",
            "?text=other",
            "?status=nonsense&day=no&page=9",
        )
        if (text := page(organiser, f"/organiser/meetings{address}"))
    }

    assert list(shown.values()) == [[True, True], [False, True], [True, False], [False, True], [False, True], [True, True]]


def test_meetings_of_a_slot_stand_by_the_names_of_their_investors(organiser, edition, ines):
    for investor, code in ((ines.investor, "PD-01"), (make_investor(edition, name="安达资本"), "XH-01")):
        make_meeting(investor, get_project(edition, code), edition.slots[0])

    text = page(organiser, "/organiser/meetings")

    assert text.index("安达资本") < text.index("Ines Capital")


def test_organiser_books_by_hand_and_both_sides_are_told(organiser, edition, ines, hao):
    project = get_project(edition, "PD-01")
    pair = f"investor={ines.investor_id}&project={project.id}"
    assert f'value="{edition.slots[2].id}"' in page(organiser, f"/organiser/meetings/book?{pair}")

    form = {"investor": ines.investor_id, "project": project.id, "slot": edition.slots[2].id}
    answer = organiser.post("/organiser/meetings/book", data=form)

    meeting = db.session.scalars(select(Meeting)).one()
    assert (meeting.status, meeting.slot_id) == (Status.PROPOSED, edition.slots[2].id)
    assert "Proposed. Both sides are told" in page(organiser, answer.location)
    assert {notice.account_id for notice in db.session.scalars(select(Notice))} == {ines.id, hao.id}
    again = organiser.post("/organiser/meetings/book", data=form)
    assert again.status_code == 200
    assert "They have a meeting already: Proposed, Mon 1 Apr, 13:30 (Shanghai time)." in again.text


def test_taken_slot_is_refused_beside_the_choice(organiser, edition, ines):
    project = get_project(edition, "PD-01")
    make_meeting(make_investor(edition), project, edition.slots[2])

    form = {"investor": ines.investor_id, "project": project.id, "slot": edition.slots[2].id}
    answer = organiser.post("/organiser/meetings/book", data=form)

    assert answer.status_code == 200
    assert "This time has just been taken" in answer.text
    text = text_of(answer)
    assert "Nothing was booked for Mon 1 Apr, 13:30 (Shanghai time). The project’s team is in another meeting:" in text
    assert f'value="{ines.investor_id}" selected' in answer.text
    assert f'value="{project.id}" selected' in answer.text


def test_a_choice_that_is_still_possible_stays_after_a_refusal(organiser, edition, ines, monkeypatch):
    project = get_project(edition, "PD-01")

    def too_late(*_, **__):
        raise RuleBroken(Broken.SLOT_TAKEN, "slot")

    monkeypatch.setattr("matchmaker.web.organiser_meetings.book_by_hand", too_late)
    form = {"investor": ines.investor_id, "project": project.id, "slot": edition.slots[2].id}
    answer = organiser.post("/organiser/meetings/book", data=form)

    assert f'value="{edition.slots[2].id}" required checked' in answer.text
    assert "It is free again: please try once more." in text_of(answer)


@pytest.mark.parametrize("by_host", [True, False])
def test_whose_mark_closes_a_pair_is_said_before_anybody_tries(organiser, edition, ines, by_host):
    project, pudong = get_project(edition, "PD-01"), get_district(edition, "PD")
    if by_host:
        make_mark(pudong, ines.investor, Level.NO_THANKS)
    else:
        make_interest(ines.investor, project, Level.NO_THANKS)

    answer = organiser.get(f"/organiser/meetings/book?investor={ines.investor_id}&project={project.id}")

    text = text_of(answer)
    assert ("The team of Pudong said “no thanks” to this investor." in text) is by_host
    assert ("The investor said “no thanks” to Robot joints." in text) is not by_host
    assert (f'href="/organiser/investors/{ines.investor_id}">To the investor' in answer.text) is not by_host
    assert 'name="slot"' not in answer.text


def test_a_pair_that_was_closed_meanwhile_keeps_what_was_chosen(organiser, edition, ines):
    project = get_project(edition, "PD-01")
    declined = make_meeting(ines.investor, project, edition.slots[0], Status.DECLINED)

    form = {"investor": ines.investor_id, "project": project.id, "slot": edition.slots[2].id}
    answer = organiser.post("/organiser/meetings/book", data=form)

    text = text_of(answer)
    assert "Nothing was booked for Mon 1 Apr, 13:30 (Shanghai time). The host declined their meeting of Mon 1 Apr, 09:00" in text
    assert f'href="/organiser/meetings/{declined.id}">To the meeting' in answer.text
    assert f'value="{project.id}" selected' in answer.text


def test_what_is_in_the_way_is_told_day_by_day_with_the_way_to_it(organiser, edition, ines):
    project = get_project(edition, "PD-01")
    meeting = make_meeting(make_investor(edition, name="Other Fund"), project, edition.slots[4])
    make_lead_absence(project, *edition.slots[:2])

    answer = organiser.get(f"/organiser/meetings/book?investor={ines.investor_id}&project={project.id}")

    text = text_of(answer)
    assert "Why not at the other times Mon 1 Apr 09:00–10:00" in text
    assert "09:00–10:00 : The project’s team is away; its district can change the hours." in text
    assert "The project’s team is in another meeting: Other Fund (09:00)" in text
    assert f'<a href="/organiser/meetings/{meeting.id}">Other Fund' in answer.text


def test_meetings_of_a_day_that_are_in_the_way_stand_in_one_line(organiser, edition, ines):
    project = get_project(edition, "PD-01")
    for name, position in (("Other Fund", 4), ("Third Fund", 6)):
        make_meeting(make_investor(edition, name=name), project, edition.slots[position])

    answer = organiser.get(f"/organiser/meetings/book?investor={ines.investor_id}&project={project.id}")

    assert "The project’s team is in other meetings: Other Fund (09:00) , Third Fund (13:30)" in text_of(answer)
    assert 'Other Fund (09:00)</a>,</span> <span class="together"><a' in answer.text


def test_an_offered_time_that_is_in_the_way_is_told_by_that_time(organiser, edition, ines):
    project = get_project(edition, "PD-01")
    first, offered = edition.slots[0], edition.slots[5]
    make_meeting(make_investor(edition, name="Other Fund"), project, first, Status.COUNTERED, offered=offered)

    text = text_of(organiser.get(f"/organiser/meetings/book?investor={ines.investor_id}&project={project.id}"))

    assert "Mon 1 Apr The project’s team is in another meeting: Other Fund (09:00)" in text
    assert "Tue 2 Apr The project’s team has other meetings or offers: Other Fund (09:30, offered)" in text


def test_a_meeting_whose_offered_time_is_in_the_way_too_is_named_with_both(organiser, edition, ines):
    project = get_project(edition, "PD-01")
    first, offered = edition.slots[0], edition.slots[2]
    make_meeting(make_investor(edition, name="Other Fund"), project, first, Status.COUNTERED, offered=offered)

    text = text_of(organiser.get(f"/organiser/meetings/book?investor={ines.investor_id}&project={project.id}"))

    assert "The project’s team has other meetings or offers: Other Fund (09:00) , Other Fund (13:30, offered)" in text
    assert "in other meetings" not in text


def test_without_any_time_the_reasons_stand_open(organiser, edition, ines):
    project = get_project(edition, "PD-01")
    make_lead_absence(project, *edition.slots)

    answer = organiser.get(f"/organiser/meetings/book?investor={ines.investor_id}&project={project.id}")

    assert "There is no time at which these two could meet." in text_of(answer)
    assert "What is in the way, day by day Mon 1 Apr, Tue 2 Apr 09:00–10:00, 13:30–14:30 : The project’s team is away" in text_of(
        answer
    )


def test_unknown_pair_is_not_there(organiser, edition, ines):
    assert organiser.get(f"/organiser/meetings/book?investor={ines.investor_id}&project=999").status_code == 404
    assert organiser.get("/organiser/meetings/999").status_code == 404
    assert organiser.get("/organiser/runs/999").status_code == 404


@pytest.mark.parametrize("field", ["investor", "project", "slot"])
def test_an_id_that_no_row_can_have_is_no_failure(organiser, edition, ines, field):
    form = {"investor": ines.investor_id, "project": get_project(edition, "PD-01").id, "slot": edition.slots[2].id}
    form[field] = "9" * 23

    assert organiser.get("/organiser/meetings/book", query_string=form).status_code == 200
    assert organiser.post("/organiser/meetings/book", data=form).status_code == 200
    assert db.session.scalars(select(Meeting)).all() == []


def test_organiser_cancels_with_a_reason_and_the_history_keeps_it(organiser, edition, ines):
    meeting = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], Status.ACCEPTED)
    refused = organiser.post(f"/organiser/meetings/{meeting.id}/cancel", data={"reason": "", "note": "A storm."})
    assert "Please choose a reason" in refused.text
    assert "A storm." in refused.text

    organiser.post(f"/organiser/meetings/{meeting.id}/cancel", data={"reason": "travel", "note": "A storm."})

    text = page(organiser, f"/organiser/meetings/{meeting.id}")
    assert "Travel is not possible" in text
    assert "<q>A storm.</q>" in text
    assert "Olga" in text


def test_counts_of_the_filter_have_chinese_brackets(organiser, edition, ines):
    make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0])
    organiser.post("/language", data={"language": "zh_Hans_CN"})

    text = page(organiser, "/organiser/meetings")

    assert "（1）</option>" in text
    assert "(1)" not in text


def test_missed_pair_is_opened_again_once(organiser, edition, ines):
    meeting = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], Status.MISSED)
    assert "Please say why" in organiser.post(f"/organiser/meetings/{meeting.id}/reopen", data={"note": ""}).text

    organiser.post(f"/organiser/meetings/{meeting.id}/reopen", data={"note": "The train was late."})

    last = db.session.scalars(select(MeetingChange).order_by(MeetingChange.id.desc())).first()
    assert (last.action, last.note) == (Action.REOPEN, "The train was late.")
    assert "Open this pair again" not in page(organiser, f"/organiser/meetings/{meeting.id}")


def test_effect_of_weights_is_shown_before_they_are_stored(organiser, edition, draft):
    changed = {"must_meet": 500, "same_chain": 120, "language": 30}
    weights = weights_of(edition) | changed
    query = "&".join(f"{name}={value}" for name, value in weights.items())

    text = page(organiser, f"/organiser/settings?{query}")

    assert "investors whose best candidate becomes another one" in text
    assert "Chip park" in text
    assert db.session.get_one(Edition, edition.id).weights == {}

    organiser.post("/organiser/settings/weights", data=weights)
    assert db.session.get_one(Edition, edition.id).weights == changed


def test_the_settings_say_what_similar_words_bring_besides(organiser, edition):
    text = page(organiser, "/organiser/settings")

    assert "A score never exceeds 1,000. Similar words in both descriptions bring up to 20 more; this is fixed." in text


def test_bad_settings_come_back_with_a_message_on_their_field(organiser, edition):
    weights = weights_of(edition)
    disordered = organiser.post("/organiser/settings/weights", data=weights | {"would_like": 900})
    outside = organiser.post("/organiser/settings/weights", data=weights | {"stage": "many"})
    nothing = organiser.post("/organiser/settings/weights", data=weights | {"would_like": 0})
    exceeding = organiser.post("/organiser/settings/weights", data=weights | {"must_meet": 600})
    prices = organiser.post("/organiser/settings/prices", data={"drop": -1})
    hours = organiser.post("/organiser/settings/answering", data={"hours": 1000})
    gap = organiser.post("/organiser/settings/aims", data={"gap_asked": "much"})

    assert error_at(disordered.text, "would_like").startswith("“Would like” brings 900 points here and “must meet” 300.")
    assert 'value="900"' in disordered.text
    assert error_at(outside.text, "stage") == "Please give a whole number from 0 to 1,000."
    assert error_at(gap.text, "gap_asked") == "Please give a number from 0 to 100, with one decimal at most."
    assert "whole number from 1 to 1,000" in nothing.text
    assert "a perfect pair could reach 1,300 points" in exceeding.text
    assert "whole number from 0 to 1,000,000" in prices.text
    assert "whole number from 1 to 240" in hours.text
    stored = db.session.get_one(Edition, edition.id)
    assert (stored.weights, stored.penalties["drop"], stored.answer_deadline_hours) == ({}, 1500, 48)


def test_prices_and_answering_are_stored(organiser, edition):
    prices = {"shortfall": 1, "drop": 2, "move": 3, "idle_slot": 4, "idle_period": 5}
    organiser.post("/organiser/settings/prices", data=prices)
    organiser.post("/organiser/settings/answering", data={"hours": 24, "publishes_at_once": "y"})

    stored = db.session.get_one(Edition, edition.id)
    assert (stored.penalties, stored.answer_deadline_hours, stored.publishes_at_once) == (prices, 24, True)


def test_others_do_not_enter(client, edition, ines, hao, draft):
    for account in (ines, hao):
        sign_in(client, account)
        for address in (
            "/organiser/",
            "/organiser/runs",
            f"/organiser/runs/{draft.id}/review",
            "/organiser/meetings",
            "/organiser/settings",
        ):
            assert client.get(address).status_code == 404
        assert client.post(f"/organiser/runs/{draft.id}/publish").status_code == 404


def test_thirty_meetings_take_as_many_queries_as_one(organiser, edition, count_queries):
    _propose(edition, 0)
    page(organiser, "/organiser/meetings")
    with count_queries() as few:
        page(organiser, "/organiser/meetings")
    for number in range(1, 30):
        _propose(edition, number)
    with count_queries() as many:
        page(organiser, "/organiser/meetings")
    assert many.count == few.count


def _propose(edition, number):
    """Each with an investor, a project and a table of its own."""
    district = get_project(edition, "PD-01").district
    if number > 1:
        save(Resource(kind=ResourceKind.TABLE, number=number + 1, venue_id=district.venue.id))
    make_meeting(make_investor(edition), make_project(district), edition.slots[number % 8])
