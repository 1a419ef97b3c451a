"""The link in a host's mail: who opens it, what it shows, when it ends, and that only its buttons change anything."""

import logging
import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from matchmaker.answer_links import ANSWER_WITHIN, answer_link, read_key
from matchmaker.db import db
from matchmaker.domain.meeting import Status
from matchmaker.domain.roles import Role
from matchmaker.mail import word
from matchmaker.models import Delegate, Meeting, MeetingChange, Notice
from matchmaker.services.editions import set_clock
from matchmaker.services.meeting_notices import meeting_facts
from tests.builders import NOW, get_project, make_account, make_investor, make_meeting, save
from tests.helpers import sign_in
from tests.web.test_investor import text_of


@pytest.fixture
def proposed(edition, ines, hao):
    return make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0])


def link_to(account, meeting):
    """The path of the link as a mail about the meeting would carry it now."""
    notice = Notice(
        id=7,
        account=account,
        kind="meeting_propose",
        facts=meeting_facts(meeting, account.role),
        message_id="<7@x>",
        created_at=NOW,
    )
    found = re.search(r"http://127\.0\.0\.1:8000(/answer/\S+)", word(notice).text)
    db.session.rollback()
    return found.group(1) if found else None


@pytest.fixture
def link(hao, proposed):
    return link_to(hao, proposed)


def status_of(meeting):
    db.session.refresh(meeting)
    return meeting.status


def everything():
    """Whatever a look could have changed."""
    db.session.expire_all()
    meetings = [(each.status, each.sequence, each.host_agreed_at) for each in db.session.scalars(select(Meeting))]
    return meetings, db.session.query(MeetingChange).count(), db.session.query(Notice).count()


def test_link_names_meeting_and_time_and_has_two_buttons_without_a_sign_in(client, link):
    text = client.get(link).text

    assert "Ines Capital" in text
    assert "Robot joints" in text
    assert 'Mon 1 Apr, <span class="number">09:00–09:30</span>' in text
    assert f'action="{link}/accept"' in text
    assert f'action="{link}/decline"' in text


def test_hundred_looks_of_scanners_change_nothing(client, link, proposed):
    before = everything()

    codes = {client.get(link).status_code for _ in range(100)} | {client.head(link).status_code for _ in range(5)}
    shut = {
        client.open(link + step, method=method).status_code
        for step in ("/accept", "/decline", "/fresh")
        for method in ("GET", "HEAD")
    }

    assert (codes, shut) == ({200}, {405})
    assert everything() == before


def test_host_accepts_by_the_link_and_a_second_tap_shows_the_state(client, link, proposed, hao):
    answer = client.post(f"{link}/accept")

    assert (answer.status_code, answer.location) == (303, link)
    assert status_of(proposed) is Status.ACCEPTED
    assert proposed.changes[-1].account_id == hao.id
    after = everything()
    assert client.post(f"{link}/accept").status_code == 303
    text = client.get(link).text
    assert "The meeting is accepted" in text
    assert "Nothing was changed" not in text
    assert "/accept" not in text
    assert everything() == after


def test_host_declines_by_the_link_with_a_reason(client, link, proposed):
    assert "Please choose a reason" in client.post(f"{link}/decline", data={"note": "We make arms."}).text
    assert status_of(proposed) is Status.PROPOSED

    client.post(f"{link}/decline", data={"reason": "not_our_field", "note": "We make arms."})

    assert status_of(proposed) is Status.DECLINED
    assert "The proposal is declined." in client.get(link).text
    client.post(f"{link}/accept")
    assert "Nothing was changed" in client.get(link).text
    assert status_of(proposed) is Status.DECLINED


def test_page_shows_no_more_than_before_accepting(client, edition, hao):
    quiet = make_investor(edition, name="Quiet Fund", country="CH", confidential=True, shares_contact=True, phone="+41 44 1")
    save(Delegate(investor_id=quiet.id, name="Vera Still", title="Partner", language="en"))
    meeting = make_meeting(quiet, get_project(edition, "PD-01"), edition.slots[0])
    link = link_to(hao, meeting)

    before = client.get(link).text
    client.post(f"{link}/accept")
    after = client.get(link).text

    assert status_of(meeting) is Status.ACCEPTED
    assert "Confidential investor · Switzerland · Intelligent robots" in before
    assert [secret in before + after for secret in ("Quiet Fund", "Vera Still", "+41 44 1")] == [False] * 3


def test_yes_to_a_suggestion_is_shown_as_waiting(client, edition, ines, hao):
    meeting = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], suggested=True)
    link = link_to(hao, meeting)

    client.post(f"{link}/accept")

    assert "it waits for the yes of the investor" in client.get(link).text
    assert status_of(meeting) is Status.PROPOSED


def test_link_dies_when_the_meeting_changes_and_a_fresh_one_comes_by_mail(client, link, proposed, hao):
    proposed.sequence += 1
    db.session.commit()

    assert "The proposal has changed since the mail" in client.get(link).text
    client.post(f"{link}/accept")
    assert "Nothing was changed" in client.get(link).text
    assert status_of(proposed) is Status.PROPOSED

    for _ in range(2):
        assert client.post(f"{link}/fresh").location == link
    assert "A fresh link is on its way" in client.get(link).text
    notice = db.session.scalars(select(Notice).where(Notice.kind == "meeting_link")).one()
    assert notice.account_id == hao.id
    fresh = re.search(r"http://127\.0\.0\.1:8000(/answer/\S+)", word(notice).text).group(1)
    client.post(f"{fresh}/accept")
    assert status_of(proposed) is Status.ACCEPTED


def test_expired_link_tells_nothing_and_brings_a_fresh_one(client, hao, proposed):
    with time_machine.travel(NOW, tick=False):
        old = link_to(hao, proposed)
    with time_machine.travel(NOW + ANSWER_WITHIN + timedelta(minutes=1), tick=False):
        text = client.get(old).text
        client.post(f"{old}/accept")
        client.post(f"{old}/fresh")

    assert "This link has expired" in text
    assert "Ines Capital" not in text
    assert status_of(proposed) is Status.PROPOSED
    assert db.session.query(Notice).where(Notice.kind == "meeting_link").count() == 1


def test_no_fresh_link_for_what_is_answered(client, link, proposed):
    client.post(f"{link}/accept")
    client.post(f"{link}/fresh")

    assert "no longer possible" in client.get(link).text
    assert db.session.query(Notice).where(Notice.kind == "meeting_link").count() == 0


@pytest.mark.parametrize(
    "spoil", [lambda token: token[:-2], lambda token: "x" + token, lambda _: "nothing", lambda token: token.upper()]
)
def test_tampered_link_leads_to_the_sign_in(client, link, proposed, spoil):
    bad = "/answer/" + spoil(link.rpartition("/")[2])

    for answer in (client.get(bad), client.post(f"{bad}/accept"), client.post(f"{bad}/fresh")):
        assert answer.status_code == 404
        assert "This link does not work" in answer.text
        assert 'href="/host/"' in answer.text
    assert status_of(proposed) is Status.PROPOSED


@pytest.mark.parametrize("change", [{"fs_uniquifier": "other"}, {"email": "new@example.org"}, {"active": False}])
def test_new_password_new_address_or_closed_account_takes_the_link_away(client, link, hao, proposed, change):
    for name, value in change.items():
        setattr(hao, name, value)
    db.session.commit()

    assert client.get(link).status_code == 404
    assert client.post(f"{link}/accept").status_code == 404
    assert status_of(proposed) is Status.PROPOSED


def test_token_of_another_purpose_is_no_answer(app, client, hao):
    from flask_security.confirmable import generate_confirmation_token

    with app.test_request_context():
        token = generate_confirmation_token(hao)

    assert client.get(f"/answer/{token}").status_code == 404
    assert read_key(token) is None


def test_only_hosts_are_asked_and_only_about_proposals(app, edition, ines, hao, proposed):
    stranger = make_account(Role.HOST, district=get_project(edition, "XH-01").district)
    facts = meeting_facts(proposed, Role.HOST)

    with app.test_request_context():
        assert answer_link(ines, facts) is None
        assert answer_link(hao, facts | {"status": "accepted"}) is None
        foreign = answer_link(stranger, facts)
    assert app.test_client().get(foreign).status_code == 404


def test_late_answer_is_refused(client, edition, link, proposed):
    set_clock(edition.code, NOW + timedelta(days=3))

    client.post(f"{link}/accept")

    text = client.get(link).text
    assert "The time to answer" in text
    assert status_of(proposed) is Status.PROPOSED


def test_somebody_else_at_this_browser_answers_for_whom_the_link_was_sent_to(client, link, proposed, hao, ines):
    sign_in(client, ines).post(f"{link}/accept")

    assert [(each.role, each.account_id) for each in proposed.changes[-1:]] == [(Role.HOST, hao.id)]


def test_page_speaks_the_language_of_the_account(client, link, hao):
    hao.language = "zh_Hans_CN"
    db.session.commit()

    assert '<html lang="zh-Hans">' in client.get(link).text
    client.post("/language", data={"language": "en", "next": link})


# -- a key stays a key -----------------------------------------------------------------------------------------------------


def test_address_goes_to_no_other_page_and_no_cache(client, link):
    answer = client.get(link)

    assert {name: answer.headers[name] for name in ("Referrer-Policy", "Cache-Control", "X-Robots-Tag")} == {
        "Referrer-Policy": "strict-origin",
        "Cache-Control": "no-store",
        "X-Robots-Tag": "noindex, nofollow",
    }
    assert re.findall(r'(?:href|src)="https?:', answer.text) == []
    token = link.rpartition("/")[2]
    assert [found for found in re.findall(r'(?:href|src)="([^"]*)"', answer.text) if token in found] == []


def test_no_other_page_holds_the_token(client, hao, link, proposed):
    sign_in(client, hao)
    client.get(link)
    client.post(f"{link}/accept")
    token = link.rpartition("/")[2]

    pages = [
        client.get(address).text for address in ("/", "/host/", "/host/answered", f"/host/meetings/{proposed.id}", "/sign-in")
    ]

    assert [token in page for page in pages] == [False] * 5
    assert token not in str([notice.facts for notice in db.session.scalars(select(Notice))])


def test_no_log_holds_the_token(app, client, link, caplog, monkeypatch):
    token = link.rpartition("/")[2]
    for name in ("werkzeug", "gunicorn.access"):
        logging.getLogger(name).error('127.0.0.1 "%s %s HTTP/1.1" 200 "%s"', "GET", link, f"https://x.example{link}/accept")

    def fail(*_anything, **_named):
        raise OSError("the disk is full")

    monkeypatch.setattr("matchmaker.web.host_answers.read_key", fail)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    assert client.get(link).status_code == 500

    assert "/answer/…" in caplog.text
    assert token not in caplog.text


@pytest.mark.settings(WTF_CSRF_ENABLED=True)
def test_forms_need_their_token_and_work_over_https_without_the_address(client, link, proposed):
    assert client.post(f"{link}/accept").status_code == 400
    assert client.post(f"{link}/fresh").status_code == 400
    secure = {"base_url": "https://match.example.org", "headers": {"Referer": "https://match.example.org/"}}
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(link, **secure).text).group(1)

    answer = client.post(f"{link}/accept", data={"csrf_token": token}, **secure)

    assert answer.status_code == 303
    assert status_of(proposed) is Status.ACCEPTED


@pytest.mark.settings(WTF_CSRF_ENABLED=True)
def test_page_that_was_open_for_too_long_costs_one_tap_and_no_sign_in(client, link):
    """A browser tells no more of where the form stood than the site."""
    ours = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html", "Referer": "http://localhost/"}
    said = {"csrf_token": "of yesterday", "reason": "other", "note": "A pity"}

    declined = client.post(f"{link}/decline", data=said, headers=ours)
    accepted = client.post(f"{link}/accept", data={"csrf_token": "of yesterday"}, headers=ours)

    assert "please send it again" in text_of(declined)
    assert "sign in in a new tab" not in text_of(declined)
    assert 'name="note" value="A pity"' in declined.text
    assert "Please open the page again" in text_of(accepted)
    assert f'href="{link}">Open the page again' in accepted.text


@pytest.mark.settings(RATELIMIT_ENABLED=True)
def test_fresh_links_are_limited_and_looking_is_not(client, link, proposed):
    proposed.sequence += 1
    db.session.commit()

    codes = [client.post(f"{link}/fresh").status_code for _ in range(4)]

    assert codes == [303, 303, 303, 429]
    assert {client.get(link).status_code for _ in range(100)} == {200}


@pytest.mark.settings(RATELIMIT_ENABLED=True)
def test_answers_by_one_link_are_limited(client, link):
    codes = [client.post(f"{link}/accept").status_code for _ in range(31)]

    assert codes == [303] * 30 + [429]
