"""Every screen has its states: nothing to list, an expired link, after the deadline, an error with its reference, at work."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_security.confirmable import generate_confirmation_token
from flask_security.recoverable import generate_reset_password_token
from sqlalchemy import inspect, select
from werkzeug.exceptions import HTTPException, default_exceptions

from matchmaker.db import db
from matchmaker.domain.meeting import Status
from matchmaker.domain.reasons import DeclineReason
from matchmaker.domain.roles import Role
from matchmaker.models import Account, Edition, Meeting, Notice, Run, RunState
from matchmaker.services.actors import actor_of
from matchmaker.services.asking import ask_for_another_time
from matchmaker.services.calendars import calendar_token_of, renew_calendar_token
from matchmaker.services.editions import set_clock
from matchmaker.services.meetings import accept_meeting
from matchmaker.web.errors import show_error
from tests.builders import NOW, get_project, make_account, make_district, make_investor, make_meeting, save
from tests.helpers import sign_in
from tests.services.test_runs import make_draft
from tests.web.test_host_answers import link_to
from tests.web.test_investor import text_of

EMPTY = re.compile(r'<div class="empty">(.*?)</div>', re.DOTALL)


def next_steps(page: str) -> list[str]:
    """Where a page that has nothing to list leads."""
    return [target for block in EMPTY.findall(page) for target in re.findall(r'href="([^"]+)"', block)]


# -- nothing to list ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "path", "leads_to"),
    [
        (Role.INVESTOR, "/investor/", "/investor/interests"),
        (Role.INVESTOR, "/diary", "/investor/interests"),
        (Role.INVESTOR, "/investor/interests", "/projects"),
        (Role.INVESTOR, "/investor/unmet", "/investor/interests"),
        (Role.INVESTOR, "/investor/delegates", "#add"),
        (Role.HOST, "/host/", "/host/diary"),
        (Role.HOST, "/host/answered", "/host/"),
        (Role.HOST, "/host/diary", "/host/"),
        (Role.HOST, "/host/outcomes", "/host/diary"),
        (Role.HOST, "/host/outcomes?show=all", "/host/diary"),
        (Role.HOST, "/host/investors", "/host/projects"),
        (Role.HOST, "/host/sheets", "/host/"),
        (Role.ORGANISER, "/organiser/investors", "/sign-up"),
        (Role.ORGANISER, "/organiser/investors?text=nobody", "/organiser/investors"),
        (Role.ORGANISER, "/organiser/meetings", "/organiser/meetings/book"),
        (Role.ORGANISER, "/organiser/runs", "/organiser/settings"),
        (Role.ORGANISER, "/projects?q=nothing+says+this", "/projects"),
    ],
)
def test_a_list_without_rows_says_what_to_do_next(
    client: FlaskClient, edition: Edition, hao: Account, olga: Account, role: Role, path: str, leads_to: str
) -> None:
    readers = {Role.HOST: hao, Role.ORGANISER: olga}
    if role is Role.INVESTOR:
        readers[role] = make_account(Role.INVESTOR, investor=make_investor(edition, chains=()))

    answer = sign_in(client, readers[role]).get(path)

    assert answer.status_code == 200
    assert leads_to in next_steps(answer.text)


@pytest.mark.parametrize(
    "path", ["/programme", "/partners", "/policies", "/releases", "/districts", "/travel", "/host/projects", "/host/team"]
)
def test_a_catalogue_without_rows_says_what_to_do_next(
    app: Flask, client: FlaskClient, edition: Edition, hao: Account, path: str
) -> None:
    if path.startswith("/host"):
        empty_district = make_district(edition, "EM")
        hao = make_account(Role.HOST, district=empty_district)
    else:
        same = {each.key: getattr(edition, each.key) for each in inspect(Edition).column_attrs if each.key != "id"}
        save(Edition(**(same | {"code": "bare"})))
        app.config["EDITION"] = "bare"
    db.session.commit()

    answer = sign_in(client, hao).get(path)

    assert answer.status_code == 200
    assert next_steps(answer.text)


@pytest.mark.parametrize("page", ["changes", "unmet"])
def test_a_run_that_changed_nothing_leads_back_to_it(client: FlaskClient, edition: Edition, olga: Account, page: str) -> None:
    run = make_draft(edition, [])
    run.state, run.published_at = RunState.PUBLISHED, NOW
    db.session.commit()

    assert f"/organiser/runs/{run.id}" in next_steps(sign_in(client, olga).get(f"/organiser/runs/{run.id}/{page}").text)


# -- expired links -----------------------------------------------------------------------------------------------------


def sent() -> list[tuple[str, int]]:
    db.session.rollback()
    return [(notice.kind, notice.account_id) for notice in db.session.scalars(select(Notice).order_by(Notice.id))]


def test_an_expired_link_to_confirm_brings_a_fresh_one_in_one_tap(app: Flask, client: FlaskClient, edition: Edition) -> None:
    account = make_account(Role.INVESTOR, investor=make_investor(edition), confirmed_at=None, email="ines@example.org")
    token, account_id = generate_confirmation_token(account), account.id
    app.config["SECURITY_CONFIRM_EMAIL_WITHIN"] *= -1

    page = client.get(f"/confirm/{token}")
    answer = client.post(f"/confirm/{token}/fresh")

    assert "This link has expired; it was valid for two days." in text_of(page)
    assert f'action="/confirm/{token}/fresh"' in page.text
    assert "ines@example.org" not in page.text
    assert (answer.status_code, answer.location) == (303, f"/confirm/{token}")
    assert "A fresh link is on its way" in text_of(client.get(answer.location))
    assert sent() == [("confirm_address", account_id)]


def test_an_expired_link_to_choose_a_password_brings_a_fresh_one_in_one_tap(
    app: Flask, client: FlaskClient, olga: Account
) -> None:
    token, account_id = generate_reset_password_token(olga), olga.id
    app.config["SECURITY_RESET_PASSWORD_WITHIN"] *= -1

    page = client.get(f"/new-password/{token}")
    answer = client.post(f"/new-password/{token}/fresh")

    assert "This link has expired; it was valid for one hour." in text_of(page)
    assert "Your present password still works." in text_of(page)
    assert (answer.status_code, answer.location) == (303, f"/new-password/{token}")
    assert "A fresh link is on its way" in text_of(client.get(answer.location))
    assert sent() == [("reset_password", account_id)]


def test_a_link_to_choose_a_password_that_another_password_ended_leads_to_where_one_asks(
    app: Flask, client: FlaskClient, olga: Account
) -> None:
    token = generate_reset_password_token(olga)
    olga.fs_uniquifier = "another"
    db.session.commit()
    app.config["SECURITY_RESET_PASSWORD_WITHIN"] *= -1

    opened, told = client.get(f"/new-password/{token}"), text_of(client.get("/new-password"))
    pressed, asked = client.post(f"/new-password/{token}/fresh"), text_of(client.get("/new-password"))

    assert [answer.location for answer in (opened, pressed)] == ["/new-password", "/new-password"]
    assert "This link has expired; it was valid for one hour. Please ask for a fresh one" in told
    assert "This link no longer works: a newer mail or a new password has replaced it." in asked
    assert sent() == []


@pytest.mark.parametrize("path", ["confirm", "new-password"])
@pytest.mark.parametrize("token", ["nonsense", "WyJ4Il0.aaa.bbb"])
def test_a_link_that_is_not_from_here_brings_nothing(client: FlaskClient, olga: Account, path: str, token: str) -> None:
    assert client.post(f"/{path}/{token}/fresh").status_code == 404
    assert sent() == []


def test_a_link_of_one_purpose_brings_no_link_of_another(client: FlaskClient, olga: Account) -> None:
    assert client.post(f"/confirm/{generate_reset_password_token(olga)}/fresh").status_code == 404
    assert client.post(f"/new-password/{generate_confirmation_token(olga)}/fresh").status_code == 404
    assert sent() == []


@pytest.mark.settings(RATELIMIT_ENABLED=True)
def test_fresh_links_are_limited(client: FlaskClient, olga: Account) -> None:
    token = generate_reset_password_token(olga)

    assert [client.post(f"/new-password/{token}/fresh").status_code for _ in range(4)] == [303, 303, 303, 429]


@pytest.mark.parametrize(("language", "told"), [("en", "does not work any more"), ("zh_Hans_CN", "")])
def test_a_calendar_address_that_was_replaced_says_so_and_leads_to_the_present_one(
    client: FlaskClient, ines: Account, language: str, told: str
) -> None:
    old = calendar_token_of(actor_of(ines))
    renew_calendar_token(actor_of(ines))
    with client.session_transaction() as session:
        session["language"] = language

    answer = client.get(f"/calendar/{old}.ics")

    assert answer.status_code == 404
    assert told in text_of(answer)
    assert 'href="/calendar"' in answer.text


# -- after the deadline, and on a page that is out of date -------------------------------------------------------------


@pytest.fixture
def late(edition: Edition, ines: Account, hao: Account) -> int:
    """A proposal whose time to answer is over."""
    meeting = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[-1])
    set_clock(edition.code, meeting.deadline_at + timedelta(minutes=1))
    return meeting.id


@pytest.mark.parametrize("path", ["/host/meetings/{}", "/host/meetings/{}/offer"])
def test_a_host_who_comes_too_late_reads_why_and_what_can_follow(client: FlaskClient, hao: Account, late: int, path: str) -> None:
    told = text_of(sign_in(client, hao).get(path.format(late)))

    assert "It is too late for this The time to answer ended on" in told
    assert "a later night may propose the meeting again" in told


def test_the_link_of_a_mail_that_comes_too_late_says_why_and_what_can_follow(
    client: FlaskClient, hao: Account, late: int
) -> None:
    link = link_to(hao, db.session.get_one(Meeting, late))

    told = text_of(client.get(link))

    assert "It is too late for this The time to answer ended on" in told
    assert "a later night may propose the meeting again" in told
    assert "No answer is needed" not in told


def test_an_answer_that_comes_too_late_says_why_and_what_can_follow(client: FlaskClient, hao: Account, late: int) -> None:
    answer = sign_in(client, hao).post(f"/host/meetings/{late}/accept")

    assert "a later night may propose the meeting again" in text_of(client.get(answer.location))


@pytest.mark.parametrize(
    ("reader", "path"),
    [(None, "/sign-up"), ("ines", "/investor/interests"), ("ines", "/investor/availability"), ("hao", "/host/")],
)
def test_who_comes_after_the_last_meeting_day_reads_that_nothing_more_is_planned(
    client: FlaskClient, edition: Edition, ines: Account, hao: Account, reader: str | None, path: str
) -> None:
    told_over = "The last meeting day is over, so no further meeting is planned."
    last = edition.slots[-1].starts_at
    if reader:
        sign_in(client, {"ines": ines, "hao": hao}[reader])

    set_clock(edition.code, last - timedelta(minutes=1))
    before = text_of(client.get(path))
    set_clock(edition.code, last)
    after = text_of(client.get(path))

    assert told_over not in before
    assert told_over in after
    assert not any(each in after for each in ("New proposals come", "planned from this every night", "no meeting can be planned"))


def test_an_investor_whose_host_came_too_late_reads_it(client: FlaskClient, ines: Account, late: int) -> None:
    told = text_of(sign_in(client, ines).get(f"/meetings/{late}"))

    assert "It is too late for this The time to answer ended on" in told


@pytest.mark.parametrize("role", [Role.HOST, Role.INVESTOR, Role.ORGANISER])
def test_a_meeting_that_has_begun_is_recorded_and_no_longer_cancelled(
    client: FlaskClient, edition: Edition, ines: Account, hao: Account, olga: Account, role: Role
) -> None:
    meeting = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], Status.ACCEPTED)
    set_clock(edition.code, meeting.slot.starts_at)
    reader = {Role.HOST: hao, Role.INVESTOR: ines, Role.ORGANISER: olga}[role]
    start = {Role.HOST: "/host", Role.INVESTOR: "", Role.ORGANISER: "/organiser"}[role]
    sign_in(client, reader)

    answer = client.post(f"{start}/meetings/{meeting.id}/cancel", data={"reason": "illness"})

    told = text_of(client.get(answer.location))
    assert "The meeting began on Mon 1 Apr, 09:00 (Shanghai time), so it can no longer be cancelled." in told
    if role is Role.HOST:
        assert "can no longer be cancelled" in text_of(client.get(f"/host/meetings/{meeting.id}/cancel"))


def test_a_message_whose_step_comes_too_late_stays_written(
    client: FlaskClient, edition: Edition, ines: Account, hao: Account
) -> None:
    meeting = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], Status.PROPOSED)
    address, written = f"/meetings/{meeting.id}", {"note": "We land late, <sorry>", "sequence": meeting.sequence}
    ask_for_another_time(actor_of(ines), meeting.id, now=NOW)  # in another tab
    sign_in(client, ines)

    asked = client.post(f"{address}/ask", data=written)
    withdrawn = client.post(f"{address}/withdraw", data=written)
    accept_meeting(actor_of(hao), meeting.id, now=NOW)
    accepted = client.post(f"{address}/withdraw", data=written)
    unreasoned = client.post(f"{address}/cancel", data={"note": "We land late, <sorry>"})

    for answer, name in ((withdrawn, "withdraw"), (accepted, "cancel"), (unreasoned, "cancel")):
        assert f'id="{name}-note" name="note" rows="2" maxlength="1000">We land late, &lt;sorry&gt;</textarea>' in answer.text
    assert "Your message was not sent We land late, <sorry>" in text_of(asked)
    assert "It stands like this now: Accepted" in text_of(accepted)
    assert "Please give a reason" in text_of(unreasoned)
    assert [each.status_code for each in (asked, withdrawn, accepted, unreasoned)] == [409, 409, 409, 200]


def test_a_second_click_is_the_first_one_over_again_whatever_else_the_form_says(
    client: FlaskClient, edition: Edition, ines: Account
) -> None:
    meeting = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], Status.ACCEPTED)
    set_clock(edition.code, meeting.slot.ends_at)
    sent = {"held": "no", "note": "Nobody came.", "sequence": meeting.sequence}
    sign_in(client, ines)

    told = [text_of(client.get(client.post(f"/meetings/{meeting.id}/record", data=sent).location)) for _ in range(2)]

    assert ["Recorded: the meeting did not take place." in each for each in told] == [True, True]


def test_a_meeting_that_has_not_begun_is_recorded_later(client: FlaskClient, edition: Edition, ines: Account) -> None:
    meeting = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], Status.ACCEPTED)

    answer = sign_in(client, ines).post(f"/meetings/{meeting.id}/record", data={"held": "no"})

    assert "can be recorded from then on" in text_of(client.get(answer.location))


def test_a_button_on_a_page_that_is_out_of_date_tells_how_the_meeting_stands(
    client: FlaskClient, edition: Edition, ines: Account, hao: Account
) -> None:
    meeting = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], Status.PROPOSED)
    old = meeting.sequence
    sign_in(client, ines).post(f"/meetings/{meeting.id}/withdraw", data={"sequence": old})
    sign_in(client, hao)

    def told(path: str, filled: dict[str, object]) -> str:
        answer = client.post(path, data=filled)
        return text_of(client.get(answer.location) if answer.status_code == 303 else answer)

    reason = next(iter(DeclineReason)).value
    for action, filled in (("accept", {}), ("decline", {"reason": reason}), ("offer", {"slot": edition.slots[2].id})):
        said = told(f"/host/meetings/{meeting.id}/{action}", filled | {"sequence": old})
        assert "It stands like this now: Withdrawn, Mon 1 Apr, 09:00 (Shanghai time)." in said, action
    several = told("/host/several", {"chosen": f"{meeting.id}-{old}", "step": "accept"})
    assert "It stands like this now: Withdrawn" in several
    for page in ("decline", "offer", "cancel"):
        shown = text_of(client.get(f"/host/meetings/{meeting.id}/{page}"))
        assert "The meeting stands like this now: Withdrawn." in shown, page


def test_hours_that_have_begun_say_that_they_stay(client: FlaskClient, edition: Edition, ines: Account, hao: Account) -> None:
    set_clock(edition.code, edition.slots[1].starts_at)
    told = "What has begun can no longer be changed"

    assert told in text_of(sign_in(client, ines).get("/investor/availability"))
    assert told in text_of(sign_in(client, hao).get(f"/host/team/projects/{get_project(edition, 'PD-01').id}"))


# -- errors ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [400, 403, 404, 405, 413, 429])
@pytest.mark.parametrize(("language", "words"), [("en", "please quote this reference: "), ("zh-CN", "")])
def test_every_error_has_a_reference_that_the_log_has_too(
    app: Flask, edition: Edition, caplog: pytest.LogCaptureFixture, code: int, language: str, words: str
) -> None:
    error: HTTPException = default_exceptions[code]()
    with app.test_request_context("/answer/a-key-of-somebody", headers={"Accept-Language": language}):
        page, status = show_error(error)  # type: ignore[misc]  # a page and its status

    [reference] = re.findall(r"\b[0-9a-f]{8}\b", str(page))
    assert status == code
    assert f"{words}{reference}" in str(page)
    assert f"reference {reference}: {code} at " in caplog.text
    assert "a-key-of-somebody" not in caplog.text


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "There is no such page here It may have been moved, or it is not open to you. The menu above leads on."),
        ("zh_Hans_CN", "页面不存在 该页面可能已移走，或您无权查看。您可从上方菜单前往其他页面。"),
    ],
    ids=["en", "zh"],
)
@pytest.mark.parametrize(
    ("path", "role"), [("/investor/", Role.HOST), ("/host/", Role.ORGANISER), ("/organiser/", Role.INVESTOR)]
)
def test_a_reader_of_another_role_is_told_that_the_page_may_not_be_open_to_them(
    client: FlaskClient, ines: Account, hao: Account, olga: Account, path: str, role: Role, language: str, sentence: str
) -> None:
    reader = {Role.INVESTOR: ines, Role.HOST: hao, Role.ORGANISER: olga}[role]
    reader.language = language
    db.session.commit()

    answer = sign_in(client, reader).get(path)

    assert answer.status_code == 404
    assert sentence in text_of(answer)


def test_an_error_is_in_no_section_of_the_menu(client: FlaskClient, hao: Account) -> None:
    answer = sign_in(client, hao).get("/host/meetings/999999")

    assert answer.status_code == 404
    assert "aria-current" not in answer.text


# -- at work -----------------------------------------------------------------------------------------------------------


def test_a_night_under_way_says_so_on_its_page(client: FlaskClient, edition: Edition, olga: Account) -> None:
    run = Run(edition_id=edition.id, state=RunState.RUNNING, phase="solve", started_at=NOW, seed=1, version="test", figures={})
    save(run)

    page = sign_in(client, olga).get(f"/organiser/runs/{run.id}")

    assert 'role="status"' in page.text
    assert "This night is under way." in text_of(page)
    assert f'href="/organiser/runs/{run.id}">See how far it is' in page.text
