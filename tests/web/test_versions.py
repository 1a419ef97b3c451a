"""Two people change the same: nothing is stored over what one has not seen, and both versions stand side by side."""

import re
from datetime import datetime

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from matchmaker.db import db
from matchmaker.domain.meeting import Status
from matchmaker.domain.roles import DelegateRole, Role, Vetting
from matchmaker.models import Account, Delegate, Edition, Investor, Outcome
from matchmaker.services.accounts import change_own_account
from matchmaker.services.actors import actor_of
from matchmaker.services.delegates import add_delegate, change_delegate, remove_delegate
from matchmaker.services.editions import set_clock
from matchmaker.services.investors import Limits, availability_of, change_limits, set_availability
from matchmaker.services.settings import set_aims, set_answering, set_prices, set_weights, weights_of
from matchmaker.services.team import absences_of, set_absences
from matchmaker.services.vetting import decide_vetting
from tests.builders import NOW, SHANGHAI, get_project, make_account, make_investor, make_meeting, make_outcome
from tests.helpers import sign_in
from tests.web.test_investor import text_of

PROFILE = {
    "name": "Ines Capital",
    "country": "FR",
    "website": "",
    "about": "Robots, mostly.",
    "chains": ["FI-ROB"],
    "size_min": "",
    "size_max": "",
    "preferred": "en",
    "phone": "",
    "wechat": "",
}


def field_of(page: str, name: str, form: str = "") -> str:
    """The value of a hidden field, as the form with this id or address carries it."""
    found = re.search(rf'<input[^>]*name="{re.escape(name)}"[^>]*value="([^"]*)"', page[page.index(form) :])
    assert found, name
    return found[1]


def shows_both(answer: TestResponse, *rows: str) -> None:
    told = text_of(answer)
    assert answer.status_code == 409
    assert "<title>Changed meanwhile: " in answer.text
    assert "This was changed meanwhile By somebody else, or in another window of yours." in told
    assert "Keep mine Keep what is stored" in told
    for row in rows:
        assert row in told


def fresh(kind: type, row_id: int) -> object:
    db.session.rollback()
    return db.session.get_one(kind, row_id)


# -- an investor's colleagues ------------------------------------------------------------------------------------------


@pytest.fixture
def zoe(ines: Account) -> Account:
    """Zoé signs in for the same investor."""
    return make_account(Role.INVESTOR, email="zoe@example.org", name="Zoé", investor=ines.investor)


def test_two_colleagues_who_change_the_profile_see_both_versions(client: FlaskClient, ines: Account, zoe: Account) -> None:
    investor_id = ines.investor_id
    opened = sign_in(client, ines).get("/investor/profile").text
    mine = PROFILE | {"seen": field_of(opened, "seen", 'id="profile-form"')}
    assert client.post("/investor/profile", data=mine | {"about": "Joints of robots.", "confidential": "y"}).status_code == 303

    answer = sign_in(client, zoe).post("/investor/profile", data=mine | {"country": "DE", "stages": ["pilot"]})

    shows_both(
        answer,
        "Country or region Yours Germany Stored now France",
        "About the organisation Yours Robots, mostly. Stored now Joints of robots.",
        "Stages of projects Yours Pilot Stored now –",
        "Keep our name confidential until a host accepts Yours no Stored now yes",
    )
    assert fresh(Investor, investor_id).about == "Joints of robots."  # type: ignore[attr-defined]
    again = mine | {"country": "DE", "seen": field_of(answer.text, "seen", 'id="profile-form"')}
    assert client.post("/investor/profile", data=again).status_code == 303
    assert (fresh(Investor, investor_id).country, fresh(Investor, investor_id).about) == ("DE", "Robots, mostly.")  # type: ignore[attr-defined]


def test_a_second_tap_on_the_same_profile_is_no_conflict(client: FlaskClient, ines: Account) -> None:
    opened = sign_in(client, ines).get("/investor/profile").text
    mine = PROFILE | {"website": "ines.example", "seen": field_of(opened, "seen", 'id="profile-form"')}

    assert [client.post("/investor/profile", data=mine).status_code for _ in range(2)] == [303, 303]


def test_limits_that_a_colleague_changed_are_shown_beside_mine(client: FlaskClient, ines: Account, zoe: Account) -> None:
    investor_id = ines.investor_id
    opened = sign_in(client, ines).get("/investor/profile").text
    mine = {"min_meetings": "1", "max_meetings": "6", "max_per_day": "3", "seen": field_of(opened, "seen", 'id="limits-form"')}
    change_limits(actor_of(zoe), Limits(1, 4, 3))

    answer = client.post("/investor/limits", data=mine)

    shows_both(answer, "At most Yours 6 Stored now 4")
    assert fresh(Investor, investor_id).max_meetings == 4  # type: ignore[attr-defined]
    assert 'name="max_meetings" required type="number" value="6"' in answer.text
    assert (
        client.post("/investor/limits", data=mine | {"seen": field_of(answer.text, "seen", 'id="limits-form"')}).status_code
        == 303
    )


def test_what_was_saved_in_another_window_of_the_own_account_is_shown_beside_mine(client: FlaskClient, ines: Account) -> None:
    """Saving an old page would bring the former language back as well."""
    account_id = ines.id
    seen = field_of(sign_in(client, ines).get("/account").text, "seen", 'id="account-form"')
    mine = {"name": "Inès", "language": "en", "timezone": "", "seen": seen}
    change_own_account(account_id, "Ines", language="zh_Hans_CN")
    with client.session_transaction() as session:
        session["language"] = "en"

    answer = client.post("/account", data=mine)

    shows_both(answer, "Your name Yours Inès Stored now Ines", "Language of pages and mails Yours English Stored now 简体中文")
    assert fresh(Account, account_id).name == "Ines"  # type: ignore[attr-defined]
    again = mine | {"seen": field_of(answer.text, "seen", 'id="account-form"')}
    assert [client.post("/account", data=again).status_code for _ in range(2)] == [303, 303]
    assert fresh(Account, account_id).name == "Inès"  # type: ignore[attr-defined]


def test_a_delegate_that_a_colleague_corrected_is_shown_beside_mine(client: FlaskClient, ines: Account, zoe: Account) -> None:
    delegate_id = add_delegate(actor_of(ines), "Max Weber", "", "en")
    address, prefix = f"/investor/delegates/{delegate_id}", f"delegate-{delegate_id}-"
    seen = field_of(sign_in(client, ines).get("/investor/delegates").text, f"{prefix}seen")
    filled = {"name": "Max", "title": "Partner", "language": "en", "role": "optional", "seen": seen}
    mine = {prefix + name: value for name, value in filled.items()}
    change_delegate(actor_of(zoe), delegate_id, "Max Weber", "Director", "en", DelegateRole.REQUIRED)

    changed, removed = client.post(address, data=mine), client.post(address, data=mine | {"remove": "1"})

    for answer in (changed, removed):
        shows_both(answer, "Name Yours Max Stored now Max Weber", "Position Yours Partner Stored now Director")
    assert fresh(Delegate, delegate_id).title == "Director"  # type: ignore[attr-defined]
    assert client.post(address, data=mine | {f"{prefix}seen": field_of(changed.text, f"{prefix}seen")}).status_code == 303
    assert fresh(Delegate, delegate_id).title == "Partner"  # type: ignore[attr-defined]


def test_a_delegate_that_a_colleague_took_off_can_be_added_again(client: FlaskClient, ines: Account, zoe: Account) -> None:
    delegate_id = add_delegate(actor_of(ines), "Max Weber", "", "en")
    address, prefix = f"/investor/delegates/{delegate_id}", f"delegate-{delegate_id}-"
    seen = field_of(sign_in(client, ines).get("/investor/delegates").text, f"{prefix}seen")
    mine = {f"{prefix}name": "Max Weber", f"{prefix}title": "Partner", f"{prefix}language": "fr", f"{prefix}seen": seen}
    remove_delegate(actor_of(zoe), delegate_id)

    changed, removed = client.post(address, data=mine), client.post(address, data=mine | {"remove": "1"})

    assert changed.status_code == 409
    assert "Somebody else took this delegate off the list meanwhile." in text_of(changed)
    assert 'name="delegate-title" type="text" value="Partner"' in changed.text
    assert removed.status_code == 303
    assert "somebody else took it off" in text_of(client.get(removed.location))


def test_hours_in_town_that_a_colleague_changed_are_shown_beside_mine(
    client: FlaskClient, ines: Account, zoe: Account, edition: Edition
) -> None:
    slots = [slot.id for slot in edition.slots]
    seen = field_of(sign_in(client, ines).get("/investor/availability").text, "seen")
    set_availability(actor_of(zoe), slots[:2], now=NOW)

    answer = client.post("/investor/availability", data={"slots": slots[1:4], "seen": seen})

    shows_both(answer, "Mon 1 Apr, morning Yours 09:30 Stored now 09:00, 09:30")
    assert availability_of(actor_of(ines)) == set(slots[:2])
    again = {"slots": slots[1:4], "seen": field_of(answer.text, "seen")}
    assert [client.post("/investor/availability", data=again).status_code for _ in range(2)] == [303, 303]
    assert availability_of(actor_of(ines)) == set(slots[1:4])


# -- a district's team -------------------------------------------------------------------------------------------------


def test_hours_of_a_project_that_a_colleague_changed_are_shown_beside_mine(
    client: FlaskClient, hao: Account, edition: Edition
) -> None:
    project_id, slots = get_project(edition, "PD-01").id, [slot.id for slot in edition.slots]
    bai = make_account(Role.HOST, district=hao.district)
    address = f"/host/team/projects/{project_id}"
    seen = field_of(sign_in(client, hao).get(address).text, "seen")
    set_absences(actor_of(bai), project_id, slots[:2], now=NOW)

    answer = client.post(address, data={"slots": slots[1:3], "seen": seen})

    shows_both(answer, "Mon 1 Apr, morning Yours 09:30 Stored now 09:00, 09:30")
    assert absences_of(actor_of(hao), project_id) == set(slots[:2])
    again = {"slots": slots[1:3], "seen": field_of(answer.text, "seen")}
    assert [client.post(address, data=again).status_code for _ in range(2)] == [303, 303]
    assert absences_of(actor_of(hao), project_id) == set(slots[1:3])


@pytest.mark.parametrize("role", [Role.HOST, Role.INVESTOR])
def test_what_a_colleague_said_of_a_meeting_is_shown_beside_mine(
    client: FlaskClient, edition: Edition, ines: Account, hao: Account, role: Role
) -> None:
    set_clock(edition.code, datetime(2024, 4, 3, 9, tzinfo=SHANGHAI))
    meeting = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], Status.HELD)
    me = hao if role is Role.HOST else ines
    colleague = make_account(role, district=hao.district) if role is Role.HOST else make_account(role, investor=ines.investor)
    make_outcome(meeting, colleague, note="They know our suppliers.")
    address = f"/host/meetings/{meeting.id}" if role is Role.HOST else f"/meetings/{meeting.id}"

    mine = {"appetite": "none", "note": "Nothing came of it.", "seen": "0"}
    answer = sign_in(client, me).post(f"{address}/record", data=mine)

    shows_both(answer, "Note Yours Nothing came of it. Stored now They know our suppliers.")
    assert [each.note for each in db.session.query(Outcome)] == ["They know our suppliers."]
    again = mine | {"seen": field_of(answer.text, "seen", 'id="outcome-form"')}
    assert client.post(f"{address}/record", data=again).status_code == 303
    assert [each.note for each in db.session.query(Outcome).filter_by(replaced_at=None)] == ["Nothing came of it."]


@pytest.mark.parametrize(
    ("language", "rows"),
    [
        (
            "en",
            (
                "Intended amount Yours RMB 20 million Stored now RMB 300 million",
                "By when Yours Tue 2 Apr Stored now Mon 15 Apr",
            ),
        ),
        ("zh_Hans_CN", ("意向金额 您的版本 2000万元", "4月2日 周二", "4月15日 周一")),
    ],
)
def test_amounts_and_dates_stand_side_by_side_as_pages_tell_them(
    client: FlaskClient, edition: Edition, ines: Account, language: str, rows: tuple[str, ...]
) -> None:
    set_clock(edition.code, datetime(2024, 4, 3, 9, tzinfo=SHANGHAI))
    meeting = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], Status.HELD)
    make_outcome(meeting, ines)
    mine = {
        "appetite": "some",
        "amount": "20",
        "amount_unit": "million",
        "next_step": "Call",
        "due_on": "2024-04-02",
        "seen": "0",
    }
    sign_in(client, ines)
    with client.session_transaction() as session:
        session["language"] = language

    told = text_of(client.post(f"/meetings/{meeting.id}/record", data=mine))

    assert [row for row in rows if row not in told] == []


@pytest.mark.parametrize(
    ("language", "row"), [("en", "Tue 2 Apr, morning Yours – Stored"), ("zh_Hans_CN", "4月2日 周二 上午 您的版本")]
)
def test_a_half_day_is_called_as_the_grid_calls_it(
    client: FlaskClient, ines: Account, edition: Edition, language: str, row: str
) -> None:
    sign_in(client, ines)
    with client.session_transaction() as session:
        session["language"] = language
    slots = [slot.id for slot in edition.slots if str(slot.day) != "2024-04-02" or slot.half.value != "morning"]

    assert row in text_of(client.post("/investor/availability", data={"slots": slots, "seen": "older"}))


# -- organisers --------------------------------------------------------------------------------------------------------


@pytest.fixture
def otto() -> Account:
    """Otto organises too."""
    return make_account(Role.ORGANISER, email="otto@example.org", name="Otto")


def test_prices_aims_and_answers_that_another_organiser_set_are_shown_beside_mine(
    client: FlaskClient, edition: Edition, olga: Account, otto: Account
) -> None:
    opened, edition_id, prices = sign_in(client, olga).get("/organiser/settings").text, edition.id, dict(edition.penalties)
    set_prices(actor_of(otto), edition_id, prices | {"drop": 77}, now=NOW)
    set_aims(actor_of(otto), edition_id, gap_asked=25, floor_first=True, now=NOW)
    set_answering(actor_of(otto), edition_id, hours=24, publishes_at_once=False, now=NOW)
    forms = {
        "prices": (prices | {"drop": 78}, "A proposal that people know of and that is left out Yours 78 Stored now 77"),
        "aims": ({"gap_asked": "1.5"}, "The floor first Yours no Stored now yes"),
        "answering": ({"hours": "12"}, "Hours to answer a proposal Yours 12 Stored now 24"),
    }

    for name, (mine, row) in forms.items():
        answer = client.post(f"/organiser/settings/{name}", data=mine | {"seen": field_of(opened, "seen", f'id="{name}-form"')})
        shows_both(answer, row)
        again = mine | {"seen": field_of(answer.text, "seen", f'id="{name}-form"')}
        assert client.post(f"/organiser/settings/{name}", data=again).status_code == 303


def test_a_nought_is_a_version_too(client: FlaskClient, edition: Edition, olga: Account, otto: Account) -> None:
    prices = dict(edition.penalties)
    set_prices(actor_of(otto), edition.id, prices | {"drop": 0, "move": 9}, now=NOW)

    answer = sign_in(client, olga).post("/organiser/settings/prices", data=prices | {"drop": 8, "move": 0, "seen": "older"})

    shows_both(answer, "left out Yours 8 Stored now 0", "moved Yours 0 Stored now 9")


def test_weights_that_another_organiser_set_are_shown_beside_mine(
    client: FlaskClient, edition: Edition, olga: Account, otto: Account
) -> None:
    seen = field_of(sign_in(client, olga).get("/organiser/settings").text, "seen", 'action="/organiser/settings#effect"')
    weights = weights_of(edition)
    looked = client.get("/organiser/settings", query_string=weights | {"stage": 41, "seen": seen}).text
    set_weights(actor_of(otto), edition.id, weights | {"stage": 42}, now=NOW)

    answer = client.post(
        "/organiser/settings/weights", data=weights | {"stage": 41, "seen": field_of(looked, "seen", 'id="weights-form"')}
    )

    shows_both(answer, "Stage fits Yours 41 Stored now 42")
    again = weights | {"stage": 41, "seen": field_of(answer.text, "seen", 'id="weights-form"')}
    assert client.post("/organiser/settings/weights", data=again).status_code == 303
    db.session.rollback()
    assert weights_of(edition)["stage"] == 41


def test_two_organisers_who_decide_about_an_investor_see_both_decisions(
    client: FlaskClient, edition: Edition, olga: Account, otto: Account
) -> None:
    applicant = make_investor(edition, vetting=Vetting.APPLIED)
    make_account(Role.INVESTOR, investor=applicant)
    investor_id = applicant.id
    decide_vetting(actor_of(otto), investor_id, Vetting.WAITLISTED, "The hall is full.", now=NOW)
    mine = {"vetting": "refused", "reason": "No plan.", "seen": "applied"}

    answer = sign_in(client, olga).post(f"/organiser/investors/{investor_id}", data=mine)
    same = client.post(f"/organiser/investors/{investor_id}", data=mine | {"vetting": "waitlisted"})

    shows_both(answer, "Reason Yours No plan. Stored now The hall is full.")
    assert fresh(Investor, investor_id).vetting is Vetting.WAITLISTED  # type: ignore[attr-defined]
    assert "decided the same meanwhile" in text_of(client.get(same.location))
    again = mine | {"seen": field_of(answer.text, "seen")}
    assert client.post(f"/organiser/investors/{investor_id}", data=again).status_code == 303
