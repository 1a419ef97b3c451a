import re
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select
from werkzeug.test import TestResponse

from matchmaker.db import db
from matchmaker.domain.interest import Level
from matchmaker.domain.meeting import Status
from matchmaker.domain.reasons import CancelReason, WhyNot
from matchmaker.domain.roles import Role, Vetting
from matchmaker.models import (
    Account,
    ActivitySignup,
    Availability,
    Delegate,
    Edition,
    Interest,
    Investor,
    Meeting,
    Run,
    RunState,
    UnmetInterest,
)
from matchmaker.services.actors import actor_of
from matchmaker.services.catalogue import load_catalogue
from matchmaker.services.completeness import completeness_of
from matchmaker.services.meetings import reopen_pair
from tests.builders import (
    NOW,
    get_district,
    get_project,
    make_account,
    make_activity,
    make_chain,
    make_interest,
    make_investor,
    make_lead_absence,
    make_meeting,
    make_project,
    make_signup,
    save,
)
from tests.helpers import ROOT, error_at, sign_in

PAGES = (
    "/investor/",
    "/diary",
    "/investor/unmet",
    "/investor/interests",
    "/investor/availability",
    "/investor/profile",
    "/investor/delegates",
    "/calendar",
)


def text_of(response: TestResponse) -> str:
    """What a reader sees of the content: no tags, one space between words."""
    main = response.text.partition('<main id="content"')[2].partition("</main>")[0]
    main = re.sub(r"<svg.*?</svg>", "", main, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", "<" + main)).split())


def follow(client: FlaskClient, path: str, **data: str) -> str:
    """What a reader sees after a form that leads on to another page."""
    answer = client.post(path, data=data)
    assert answer.status_code == 303
    return text_of(client.get(answer.location))


def stored_interests() -> list[tuple[str, Level]]:
    query = select(Interest).order_by(Interest.id)
    things = [(each.project or each.chain or each.district, each.level) for each in db.session.scalars(query)]
    return [(thing.code, level) for thing, level in things if thing]


# -- pages -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES)
def test_every_page_opens_for_an_investor_with_nothing_yet(client: FlaskClient, edition: Edition, path: str) -> None:
    investor = make_investor(edition, vetting=Vetting.APPLIED, available=(), chains=(), size_min=None, size_max=None)
    account = make_account(Role.INVESTOR, investor=investor, confirmed_at=None)

    assert sign_in(client, account).get(path).status_code == 200


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["en", "zh_Hans_CN"])
def test_every_page_opens_with_everything_there_is(
    client: FlaskClient, ines: Account, edition: Edition, path: str, language: str
) -> None:
    fill_diary(ines, edition)
    ines.language = language
    db.session.commit()

    assert sign_in(client, ines).get(path).status_code == 200


@pytest.mark.parametrize("path", [each for each in PAGES if each != "/calendar"])
def test_investor_pages_are_for_investors(client: FlaskClient, hao: Account, olga: Account, path: str) -> None:
    assert client.get(path).status_code == 302
    for account in (hao, olga):
        assert sign_in(client, account).get(path).status_code == 404


def fill_diary(ines: Account, edition: Edition) -> list[Meeting]:
    """Four meetings in different states, a programme item, interests and an unmet one of which nothing is booked."""
    slots, investor = edition.slots, ines.investor
    meetings = [
        make_meeting(investor, get_project(edition, "PD-01"), slots[0], Status.ACCEPTED),
        make_meeting(investor, get_project(edition, "XH-01"), slots[2], Status.COUNTERED, offered=slots[3]),
        make_meeting(investor, get_project(edition, "LG-01"), slots[4], suggested=True),
        make_meeting(investor, get_project(edition, "PD-02"), slots[6], Status.WITHDRAWN),
    ]
    activity = make_activity(edition, venue=get_district(edition, "PD").venue, starts_at=slots[7].starts_at)
    make_signup(investor, activity)
    make_interest(investor, get_project(edition, "PD-01"), Level.MUST_MEET)
    make_interest(investor, get_district(edition, "XH"))
    unmet = make_interest(investor, make_chain(edition, "BIO", name="Biomedicine"))
    nearest = make_project(get_district(edition, "LG"), chain="BIO", title="Vaccine park")
    run = Run(
        edition_id=edition.id,
        state=RunState.PUBLISHED,
        phase="publish",
        started_at=NOW,
        published_at=NOW,
        seed=1,
        version="test",
    )
    save(run)
    save(
        UnmetInterest(
            run_id=run.id,
            interest_id=unmet.id,
            investor_id=investor.id,
            project_id=nearest.id,
            reason=WhyNot.FULL,
        )
    )
    return meetings


def test_home_tells_what_is_missing(client: FlaskClient, edition: Edition) -> None:
    investor = make_investor(edition, vetting=Vetting.WAITLISTED, available=())
    account = make_account(Role.INVESTOR, investor=investor)

    text = text_of(sign_in(client, account).get("/investor/"))

    assert "Your organisation is on the waiting list" in text
    assert "An organiser still has to approve your organisation We write to you. still to do" in text
    assert "State interests Without them we can only suggest projects from your profile. still to do" in text
    assert "You have stated" not in text
    assert "Say when you are in town Without it there can be no meeting. still to do" in text
    assert "Your e-mail address is confirmed done" in text


@pytest.mark.parametrize("path", ["/investor/", "/investor/profile"])
def test_what_the_profile_misses_leads_to_where_it_is_added(client: FlaskClient, edition: Edition, path: str) -> None:
    investor = make_investor(edition, chains=(), stages=[], size_min=None, size_max=None)
    page = sign_in(client, make_account(Role.INVESTOR, investor=investor)).get(path)

    text = text_of(page)
    assert "2 of 8 complete" in text
    assert re.search(r'<meter min="0" max="8" value="2"', page.text)
    missing = {
        "Name the industrial chains that you look for": "/investor/profile#chains",
        "Give the size of your investments": "/investor/profile#size_min",
        "Choose the stages of projects": "/investor/profile#stages",
        "Say what your organisation does and looks for": "/investor/profile#about",
        "Name who comes to the meetings": "/investor/delegates",
        "Let hosts see how to reach you once they have accepted": "/investor/profile#shares_contact",
    }
    assert [f'<a href="{url}">{words}</a>' in page.text for words, url in missing.items()] == [True] * 6
    profile = client.get("/investor/profile").text
    anchors = [url.partition("#")[2] for url in missing.values() if "#" in url]
    assert [f'id="{anchor}"' in profile for anchor in anchors] == [True] * 5


def test_what_the_profile_misses_is_told_in_chinese(client: FlaskClient, ines: Account) -> None:
    page = sign_in(client, ines).get("/investor/profile", headers={"Accept-Language": "zh-CN"})

    assert '<a href="/investor/profile#about">' in page.text
    assert '<meter min="0" max="8"' in page.text


def test_home_shows_what_waits_for_an_answer(client: FlaskClient, ines: Account, edition: Edition) -> None:
    fill_diary(ines, edition)

    text = text_of(sign_in(client, ines).get("/investor/"))

    waiting = text.partition("Waiting for your answer")[2].partition("Coming next")[0]
    assert [title for title in ("Robot joints", "Model laboratory", "Chip park") if title in waiting] == [
        "Model laboratory",
        "Chip park",
    ]


# -- availability ------------------------------------------------------------------------------------------------------


def stored_slots(account: Account) -> set[int]:
    return set(db.session.scalars(select(Availability.slot_id).where(Availability.investor_id == account.investor_id)))


def test_availability_is_stored_by_slot_and_half_day(client: FlaskClient, ines: Account, edition: Edition) -> None:
    slots = [slot.id for slot in edition.slots]
    ticked = [str(slots[0]), str(slots[6])]
    sign_in(client, ines)

    response = client.post("/investor/availability", data={"slots": ticked, "fill": "2024-04-01/afternoon"})
    filled = stored_slots(ines)
    client.post("/investor/availability", data={"slots": [str(each) for each in filled], "clear": "2024-04-01/afternoon"})

    assert response.status_code == 303
    assert filled == {slots[0], slots[2], slots[3], slots[6]}
    assert stored_slots(ines) == {slots[0], slots[6]}


def test_giving_up_a_held_slot_names_the_meeting_and_keeps_what_was_ticked(
    client: FlaskClient, ines: Account, edition: Edition
) -> None:
    make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0])
    before = stored_slots(ines)

    response = sign_in(client, ines).post("/investor/availability", data={"slots": [str(edition.slots[5].id)]})

    assert response.status_code == 200
    assert "Robot joints" in text_of(response)
    assert f'value="{edition.slots[5].id}" checked' in response.text
    assert stored_slots(ines) == before


def test_clearing_a_half_day_keeps_what_a_meeting_holds(client: FlaskClient, ines: Account, edition: Edition) -> None:
    slots = [slot.id for slot in edition.slots]
    make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0])
    form = {"slots": [str(each) for each in slots], "clear": "2024-04-01/morning"}

    response = sign_in(client, ines).post("/investor/availability", data=form)

    assert response.status_code == 303
    assert stored_slots(ines) == set(slots) - {slots[1]}


def test_slots_that_do_not_exist_are_told_and_nothing_is_stored(client: FlaskClient, ines: Account) -> None:
    before = stored_slots(ines)

    for form in ({"slots": "999999"}, {"fill": "2024-04-04/morning"}):
        assert "The conference has no meetings at this time." in text_of(
            sign_in(client, ines).post("/investor/availability", data=form)
        )
    assert stored_slots(ines) == before


@pytest.mark.parametrize("form", [{"slots": ["²"]}, {"slots": ["x"]}, {"slots": "9" * 5000}, {"fill": "someday"}])
def test_a_broken_form_is_a_bad_request_and_clears_nothing(client: FlaskClient, ines: Account, form: dict[str, str]) -> None:
    before = stored_slots(ines)

    assert sign_in(client, ines).post("/investor/availability", data=form).status_code == 400
    assert stored_slots(ines) == before


def test_the_grid_names_holidays_and_programme_items(client: FlaskClient, ines: Account, edition: Edition) -> None:
    activity = make_activity(edition, venue=get_district(edition, "PD").venue, starts_at=edition.slots[2].starts_at)
    make_signup(ines.investor, activity)

    page = sign_in(client, ines).get("/investor/availability")

    assert "Saturday, 30 March 2024 Weekend No meetings on this day." in text_of(page)
    slots = re.findall(r'<label class="slot\b.*?</label>', page.text, flags=re.DOTALL)
    clashes = {re.sub(r"<[^>]+>|\s+", " ", slot).strip() for slot in slots if "slot-clash" in slot}
    assert len(slots) == 8
    assert {" ".join(clash.split()) for clash in clashes} == {f"13:30 {activity.title_en}", f"14:00 {activity.title_en}"}


@pytest.mark.parametrize(
    ("language", "days"),
    [
        ("en", ("Friday, 5 April 2024 Qingming holiday No meetings on this day.", "Sunday, 7 April 2024 Working Sunday")),
        ("zh_Hans_CN", ("清明节假期", "周日调休上班")),
    ],
)
def test_the_grid_of_the_real_catalogue_names_its_holidays(
    app: Flask, client: FlaskClient, language: str, days: tuple[str, str]
) -> None:
    load_catalogue(ROOT / "matchmaker" / "data" / "shanghai-2024")
    edition = db.session.scalars(select(Edition)).one()
    investor = make_investor(edition, chains=())
    account = make_account(Role.INVESTOR, investor=investor, language=language)

    text = text_of(sign_in(client, account).get("/investor/availability"))

    assert all(day in text for day in days)
    assert text.count("Qingming holiday" if language == "en" else "清明节假期") == 3


# -- profile and delegates ---------------------------------------------------------------------------------------------

PROFILE = {
    "name": "Ines Capital SA",
    "country": "FR",
    "chains": ["FI-ROB"],
    "size_min": "100",
    "size_max": "900",
    "stages": ["pilot"],
    "preferred": "fr",
    "languages": ["en"],
}


def test_investor_changes_its_profile(client: FlaskClient, ines: Account) -> None:
    response = sign_in(client, ines).post("/investor/profile", data=PROFILE)

    investor = db.session.get_one(Investor, ines.investor_id)
    assert response.status_code == 303
    assert (investor.name, investor.languages, investor.size_max) == ("Ines Capital SA", ["fr", "en"], 900)


@pytest.mark.parametrize("wrong", [{"name": ""}, {"country": "XX"}, {"size_min": "9999"}, {"size_min": "many"}])
def test_a_wrong_profile_comes_back_as_typed(client: FlaskClient, ines: Account, wrong: dict[str, str]) -> None:
    response = sign_in(client, ines).post("/investor/profile", data=PROFILE | {"wechat": "ines-typed"} | wrong)

    assert response.status_code == 200
    assert "Nothing was stored yet" in text_of(response)
    assert "ines-typed" in response.text
    assert db.session.get_one(Investor, ines.investor_id).name == "Ines Capital"


def test_the_profile_page_shows_what_is_stored(client: FlaskClient, ines: Account, edition: Edition) -> None:
    ines.investor.languages = ["fr", "ja"]
    db.session.commit()

    page = sign_in(client, ines).get("/investor/profile").text

    ticked = re.findall(r'<input[^>]*\bvalue="([^"]*)"[^>]*checked|<input[^>]*checked[^>]*\bvalue="([^"]*)"', page)
    assert {one or other for one, other in ticked} == {"FI-ROB", "pilot", "ja"}
    assert re.search(r'<option selected value="fr">', page)


def test_limits_are_stored_or_refused_on_their_field(client: FlaskClient, ines: Account) -> None:
    sign_in(client, ines)

    stored = client.post("/investor/limits", data={"min_meetings": "1", "max_meetings": "4", "max_per_day": "2"})
    refused = client.post("/investor/limits", data={"min_meetings": "5", "max_meetings": "4", "max_per_day": "2"})

    assert (stored.status_code, refused.status_code) == (303, 200)
    assert error_at(refused.text, "min_meetings") == (
        "You ask for at least 5 meetings, but for at most 4. Please lower the one or raise the other."
    )
    assert re.search(r'id="min_meetings"[^>]*value="5"', refused.text)
    assert db.session.get_one(Investor, ines.investor_id).min_meetings == 1


@pytest.mark.parametrize("path", ["/", "/profile"])
def test_everything_that_the_bar_of_completeness_misses_is_listed_beside_it(
    client: FlaskClient, ines: Account, path: str
) -> None:
    found = completeness_of(actor_of(ines))

    page = sign_in(client, ines).get(f"/investor{path}")

    listed = page.text.partition("Still missing:")[2].partition("</ul>")[0]
    assert found.missing
    assert listed.count("<li") == len(found.missing)
    assert f"{len(found.done)} of {found.counted} complete" in text_of(page)


def test_every_limit_that_is_wrong_is_told_at_once(client: FlaskClient, ines: Account) -> None:
    wrong = {"min_meetings": "99", "max_meetings": "98", "max_per_day": "97"}

    page = sign_in(client, ines).post("/investor/limits", data=wrong).text

    assert [bool(error_at(page, field)) for field in wrong] == [True] * 3


def test_delegates_are_added_changed_and_removed(client: FlaskClient, ines: Account) -> None:
    sign_in(client, ines)

    follow(client, "/investor/delegates", **{"delegate-name": "Zoé", "delegate-language": "fr"})
    delegate_id = db.session.scalars(select(Delegate.id)).one()
    prefix = f"delegate-{delegate_id}-"
    changed = {f"{prefix}name": "Zoé Martin", f"{prefix}title": "Partner", f"{prefix}language": "fr", f"{prefix}role": "optional"}
    required = text_of(client.get("/investor/delegates"))
    text = follow(client, f"/investor/delegates/{delegate_id}", **changed)
    follow(client, f"/investor/delegates/{delegate_id}", remove="1")

    assert "Zoé French · Required" in required
    assert "Zoé Martin, Partner French · Optional" in text
    assert db.session.scalars(select(Delegate)).all() == []


def test_delegates_of_others_are_not_there(client: FlaskClient, ines: Account, sam: Account) -> None:
    delegate = Delegate(investor_id=sam.investor_id, name="Sue", language="en")
    save(delegate)

    assert sign_in(client, ines).post(f"/investor/delegates/{delegate.id}", data={"remove": "1"}).status_code == 404


# -- programme ---------------------------------------------------------------------------------------------------------


def test_investor_signs_up_for_the_programme_and_leaves(client: FlaskClient, ines: Account, edition: Edition) -> None:
    activity = make_activity(edition, venue=get_district(edition, "PD").venue, starts_at=edition.slots[0].starts_at)
    sign_in(client, ines)

    offered = text_of(client.get("/programme"))
    text = follow(client, f"/programme/{activity.id}/attend", next="/programme")
    signed_up = db.session.scalars(select(ActivitySignup.activity_id)).all()
    follow(client, f"/programme/{activity.id}/leave", next="/programme")

    assert "100 places left" in offered
    assert "You attend" in text
    assert signed_up == [activity.id]
    assert db.session.scalars(select(ActivitySignup)).all() == []


def test_a_clash_is_told_with_what_it_clashes_with(client: FlaskClient, ines: Account, edition: Edition) -> None:
    make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0])
    activity = make_activity(edition, venue=get_district(edition, "XH").venue, starts_at=edition.slots[1].starts_at)

    text = follow(sign_in(client, ines), f"/programme/{activity.id}/attend")

    assert "This is too close to “Robot joints”" in text


# -- meetings ----------------------------------------------------------------------------------------------------------


def test_somebody_elses_meeting_is_not_there(client: FlaskClient, ines: Account, sam: Account, edition: Edition) -> None:
    meeting = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], Status.ACCEPTED)

    assert sign_in(client, ines).get(f"/meetings/{meeting.id}").status_code == 200
    sign_in(client, sam)
    assert client.get(f"/meetings/{meeting.id}").status_code == 404
    assert client.get(f"/meetings/{meeting.id}.ics").status_code == 404
    for action in ("cancel", "withdraw", "take", "agree"):
        assert client.post(f"/meetings/{meeting.id}/{action}", data={"reason": "illness"}).status_code == 404
    assert db.session.get_one(Meeting, meeting.id).status is Status.ACCEPTED


@pytest.mark.parametrize("number", [0, 2**31, 2**63, 10**30])
def test_numbers_that_nothing_has_are_not_there(client: FlaskClient, ines: Account, number: int) -> None:
    sign_in(client, ines)

    statuses = [
        client.get(f"/meetings/{number}").status_code,
        client.get(f"/meetings/{number}.ics").status_code,
        client.post(f"/meetings/{number}/withdraw").status_code,
        client.post(f"/programme/{number}/attend").status_code,
        client.post(f"/investor/delegates/{number}").status_code,
    ]

    assert statuses == [404] * 5


@pytest.mark.parametrize("action", ["accept", "decline", "offer", "lapse", "move", "reopen", "nonsense"])
def test_an_investor_has_only_its_own_steps(client: FlaskClient, ines: Account, edition: Edition, action: str) -> None:
    meeting = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0])

    assert sign_in(client, ines).post(f"/meetings/{meeting.id}/{action}").status_code == 404


def test_investor_takes_the_offered_time_even_with_a_double_click(client: FlaskClient, ines: Account, edition: Edition) -> None:
    meeting = make_meeting(
        ines.investor, get_project(edition, "PD-01"), edition.slots[0], Status.COUNTERED, offered=edition.slots[5]
    )
    sign_in(client, ines)

    texts = [follow(client, f"/meetings/{meeting.id}/take", sequence=str(meeting.sequence)) for _ in range(2)]

    stored = db.session.get_one(Meeting, meeting.id)
    assert (stored.status, stored.slot_id) == (Status.ACCEPTED, edition.slots[5].id)
    for text in texts:
        assert "The meeting is moved to the offered time and accepted." in text


def test_a_button_of_an_old_page_does_nothing(client: FlaskClient, ines: Account, edition: Edition) -> None:
    meeting = make_meeting(
        ines.investor, get_project(edition, "PD-01"), edition.slots[0], Status.COUNTERED, offered=edition.slots[5]
    )

    text = follow(sign_in(client, ines), f"/meetings/{meeting.id}/take", sequence=str(meeting.sequence - 1))

    assert "the meeting has changed meanwhile" in text
    assert db.session.get_one(Meeting, meeting.id).status is Status.COUNTERED


def test_investor_keeps_its_time_says_yes_to_a_suggestion_and_withdraws(
    client: FlaskClient, ines: Account, edition: Edition
) -> None:
    offer, suggestion = fill_diary(ines, edition)[1:3]
    sign_in(client, ines)

    follow(client, f"/meetings/{offer.id}/keep")
    follow(client, f"/meetings/{suggestion.id}/agree")
    agreed = db.session.get_one(Meeting, suggestion.id).investor_agreed_at
    follow(client, f"/meetings/{suggestion.id}/withdraw", note="Sorry")

    assert db.session.get_one(Meeting, offer.id).status is Status.PROPOSED
    assert agreed == NOW
    assert db.session.get_one(Meeting, suggestion.id).status is Status.WITHDRAWN


def test_cancelling_needs_a_reason(client: FlaskClient, ines: Account, edition: Edition) -> None:
    meeting = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], Status.ACCEPTED)
    sign_in(client, ines)

    without = follow(client, f"/meetings/{meeting.id}/cancel")
    still = db.session.get_one(Meeting, meeting.id).status
    follow(client, f"/meetings/{meeting.id}/cancel", reason="illness", note="Fever")

    assert "Please give a reason" in without
    assert still is Status.ACCEPTED
    stored = db.session.get_one(Meeting, meeting.id)
    assert stored.status is Status.CANCELLED
    assert (stored.changes[-1].reason, stored.changes[-1].note) == (CancelReason.ILLNESS, "Fever")


def test_the_meeting_page_tells_the_history(client: FlaskClient, ines: Account, edition: Edition) -> None:
    meeting = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], Status.DECLINED)

    text = text_of(sign_in(client, ines).get(f"/meetings/{meeting.id}"))

    assert "Nightly run proposed it" in text
    assert "Host declined (Not our field)" in text
    assert "What you can do" not in text


def test_after_the_meeting_its_outcome_is_asked(client: FlaskClient, ines: Account, edition: Edition) -> None:
    meeting = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], Status.ACCEPTED)
    edition.clock_at = edition.slots[0].starts_at + timedelta(minutes=20)
    db.session.commit()

    text = text_of(sign_in(client, ines).get("/diary"))
    follow(client, f"/meetings/{meeting.id}/record_held")

    assert "Now" in text
    assert "It took place" in text
    assert db.session.get_one(Meeting, meeting.id).status is Status.HELD


# -- diary -------------------------------------------------------------------------------------------------------------


def test_the_diary_shows_days_legs_and_actions(client: FlaskClient, ines: Account, edition: Edition) -> None:
    fill_diary(ines, edition)

    text = text_of(sign_in(client, ines).get("/diary"))

    assert "Monday, 1 April 2024" in text
    assert "45 min from Pudong centre · 195 min to spare · estimate (illustrative)" in text
    assert "Offered instead: Mon 1 Apr, 14:00–14:30" in text
    assert "Take Mon 1 Apr, 14:00" in text
    assert "Keep 13:30" in text
    assert "Yes, I want this meeting" in text
    assert "Robot hands" not in text.partition("No longer in your diary")[0]


def test_an_offer_is_answered_by_buttons_that_name_the_times(client: FlaskClient, ines: Account, edition: Edition) -> None:
    slots = edition.slots
    meeting = make_meeting(ines.investor, get_project(edition, "XH-01"), slots[2], Status.COUNTERED, offered=slots[0])
    sign_in(client, ines)

    text, home = text_of(client.get(f"/meetings/{meeting.id}")), text_of(client.get("/investor/"))

    notice, _, rest = text.partition("First time")
    assert re.search(r"Both times are held for you until .*\. Take Mon 1 Apr, 09:00 Keep 13:30", notice)
    assert "Take Mon" not in rest
    assert "1 open proposal " in home


def test_the_readers_own_time_of_a_deadline_stands_within_its_sentence(
    client: FlaskClient, ines: Account, edition: Edition
) -> None:
    meeting = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[4])
    ines.timezone = "Europe/London"
    db.session.commit()
    sign_in(client, ines)

    for path in ("/diary", f"/meetings/{meeting.id}"):
        assert re.search(r"20:00 \(12:00 in London\)\.", text_of(client.get(path)))


def test_the_readers_own_zone_stands_beside_conference_time(client: FlaskClient, ines: Account, edition: Edition) -> None:
    make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0])
    ines.timezone = "Europe/Paris"
    db.session.commit()

    assert "09:00–09:30 (03:00–03:30 in Paris)" in text_of(sign_in(client, ines).get("/diary"))


def test_the_readers_own_day_is_told_where_it_is_another(client: FlaskClient, ines: Account, edition: Edition) -> None:
    slots = edition.slots
    meeting = make_meeting(ines.investor, get_project(edition, "XH-01"), slots[2], Status.COUNTERED, offered=slots[0])
    ines.timezone = "America/Los_Angeles"
    db.session.commit()
    sign_in(client, ines)

    diary, page = text_of(client.get("/diary")), text_of(client.get(f"/meetings/{meeting.id}"))

    assert "09:00–09:30 (Sun 31 Mar, 18:00–18:30 in Los Angeles)" in diary
    assert "09:00–09:30 (Sun 31 Mar, 18:00–18:30 in Los Angeles) Both times are held for you until" in page
    assert re.search(r"held for you until \w+ \d+ \w+ ?, \d\d:\d\d \((\w+ \d+ \w+, )?\d\d:\d\d in Los Angeles\)\.", page)


def test_unmet_interests_come_with_reason_and_advice(client: FlaskClient, ines: Account, edition: Edition) -> None:
    fill_diary(ines, edition)

    text = text_of(sign_in(client, ines).get("/investor/unmet"))

    assert "Biomedicine Chain · Would like At all times that suit both, other meetings take up the project’s team" in text
    assert "This came nearest: Vaccine park (Lin-gang)" in text
    assert "You have said when you can meet; you can widen that. Change your availability" in text


def test_where_nothing_is_proven_the_page_says_so_and_what_is_left_to_do(
    client: FlaskClient, ines: Account, edition: Edition
) -> None:
    fill_diary(ines, edition)
    make_lead_absence(get_project(edition, "LG-02"), *edition.slots[:4])
    db.session.execute(delete(Availability).where(Availability.slot_id.in_([each.id for each in edition.slots[4:]])))
    db.session.commit()
    sign_in(client, ines)

    for path in ("/investor/unmet", "/diary"):
        page = client.get(path)
        text = text_of(page)
        assert "What you can still do No single change is proven to help" in text
        assert "With the morning of Tue 2 Apr, 1 more of your interests becomes reachable." in text
        assert '<a href="/investor/availability#gains">Give more half-days</a>' in page.text
        assert "Mark more of what suits you" in text
        assert "The next night tries 1 of these interests again by itself." in text
        assert "What would help most" not in text
        assert 'href="/investor/unmet"' not in page.text.partition('<main id="content"')[2]


def test_where_something_is_proven_the_diary_leads_to_it(client: FlaskClient, ines: Account, edition: Edition) -> None:
    fill_diary(ines, edition)
    db.session.scalars(select(UnmetInterest)).one().facts = {"change": {"kind": "meeting", "most": 11}}
    db.session.commit()

    page = sign_in(client, ines).get("/diary")

    assert '<a href="/investor/unmet">What would help most</a>' in page.text
    assert "What you can still do" not in page.text
    text = text_of(client.get("/investor/unmet"))
    assert "What would help most With a limit of 11 meetings in all, 1 interest could be met." in text


def test_nothing_unmet_is_told_as_it_is(client: FlaskClient, ines: Account, edition: Edition) -> None:
    """Before the first night nobody claims that all is met."""
    make_interest(ines.investor, get_project(edition, "PD-01"))
    sign_in(client, ines)
    before = [text_of(client.get(path)) for path in ("/investor/unmet", "/diary")]
    make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0])
    run = {"state": RunState.PUBLISHED, "phase": "publish", "started_at": NOW, "published_at": NOW}
    save(Run(edition_id=edition.id, seed=1, version="test", **run))
    after = [text_of(client.get(path)) for path in ("/investor/unmet", "/diary")]

    for text in before:
        assert "No schedule has been published yet. The first night plans meetings" in text
    for text in after:
        assert "The last schedule left none of your interests unmet." in text


def test_advice_says_what_is_so_and_promises_nothing(client: FlaskClient, ines: Account, edition: Edition) -> None:
    fill_diary(ines, edition)
    db.session.scalars(select(UnmetInterest)).one().reason = WhyNot.LIMITS
    ines.investor.max_meetings, ines.investor.max_per_day = 10, 4
    db.session.commit()

    text = text_of(sign_in(client, ines).get("/investor/unmet"))

    assert "The limit of meetings is used by other meetings." in text
    assert "Your limits: 10 meetings, at most 4 a day. Change your limits" in text


def test_why_a_pair_was_opened_again_is_not_for_the_investor(
    client: FlaskClient, ines: Account, olga: Account, edition: Edition
) -> None:
    missed = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], Status.MISSED)
    reopen_pair(actor_of(olga), missed.id, "They complained about us.", now=NOW)

    text = text_of(sign_in(client, ines).get(f"/meetings/{missed.id}"))

    assert "recorded that it did not take place" in text
    assert "They complained" not in text
    assert "allowed another proposal" not in text


@pytest.mark.parametrize("path", ["/diary", "/investor/", "/investor/interests"])
def test_three_meetings_cost_as_many_queries_as_one(
    client: FlaskClient, ines: Account, edition: Edition, path: str, count_queries
) -> None:
    sign_in(client, ines)
    counts = []
    for code, slot in (("PD-01", 0), ("XH-01", 2), ("LG-01", 4)):
        make_meeting(ines.investor, get_project(edition, code), edition.slots[slot], Status.ACCEPTED)
        make_interest(ines.investor, get_project(edition, code))
        if code == "XH-01":
            continue
        with count_queries() as queries:
            client.get(path)
        counts.append(queries.count)

    assert counts[0] == counts[1]


# -- calendar ----------------------------------------------------------------------------------------------------------


def test_the_subscription_needs_no_sign_in_and_ends_when_renewed(client: FlaskClient, ines: Account, edition: Edition) -> None:
    meeting = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0])
    old = f"/calendar/{ines.calendar_token}.ics"

    served = client.get(old)
    sign_in(client, ines).post("/calendar/renew")
    page = client.get("/calendar")

    assert served.content_type == "text/calendar; charset=utf-8; method=PUBLISH"
    assert meeting.uid in served.text
    assert client.get(old).status_code == 404
    renewed = db.session.get_one(Account, ines.id).calendar_token
    assert f"http://127.0.0.1:8000/calendar/{renewed}.ics" in page.text
    assert client.get(f"/calendar/{renewed}.ics").status_code == 200


def test_calendars_of_closed_accounts_and_organisers_are_not_there(client: FlaskClient, ines: Account, olga: Account) -> None:
    ines.active = False
    db.session.commit()

    for token in (ines.calendar_token, olga.calendar_token, "guessed", "%00"):
        assert client.get(f"/calendar/{token}.ics").status_code == 404


def test_a_demonstration_calendar_answers_on_this_machine_only(client: FlaskClient, ines: Account, edition: Edition) -> None:
    address = f"/calendar/{ines.calendar_token}.ics"
    elsewhere = {"REMOTE_ADDR": "203.0.113.7"}
    before = client.get(address, environ_base=elsewhere).status_code
    ines.demo = True
    db.session.commit()

    after = [client.get(address, environ_base=origin).status_code for origin in ({}, elsewhere)]

    assert (before, after) == (200, [200, 404])


def test_a_host_subscribes_to_the_diary_of_its_district(
    client: FlaskClient, ines: Account, hao: Account, edition: Edition
) -> None:
    meeting = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0])
    sign_in(client, hao)

    page = client.get("/calendar").text
    served = client.get(f"/calendar/{hao.calendar_token}.ics").text.replace("\r\n ", "")

    assert f"http://127.0.0.1:8000/calendar/{hao.calendar_token}.ics" in page
    assert f"http://127.0.0.1:8000/host/meetings/{meeting.id}" in served


def test_the_download_holds_the_live_diary_only(client: FlaskClient, ines: Account, edition: Edition) -> None:
    meetings = fill_diary(ines, edition)

    text = sign_in(client, ines).get("/diary.ics").text

    assert [meeting.uid in text for meeting in meetings] == [True, True, True, False]
    assert text.count("BEGIN:VEVENT") == 4
