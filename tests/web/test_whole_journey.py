"""From the sign-up to the diary in a real browser: with scripts and without, on a phone and on a desk, in both languages."""

import re

import pytest
from flask_security import hash_password
from sqlalchemy import select

from matchmaker.db import db
from matchmaker.domain.meeting import Status
from matchmaker.domain.roles import Role, Vetting
from matchmaker.mail import word
from matchmaker.models import Account, Edition, Investor, Meeting, Notice, Project
from matchmaker.services.actors import actor_of
from matchmaker.services.nightly import ExitCode, Wanted, run_night
from matchmaker.services.vetting import decide_vetting
from tests.builders import NOW, get_district, get_project, make_account, make_project

pytestmark = [
    pytest.mark.journey,
    # A browser that leaves a page drops what is still on its way; the test server then leaves the file to the collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

PASSWORD = "seven robots dance"
VIEWS = [(390, "en", True), (1280, "zh-CN", True), (390, "zh-CN", False), (1280, "en", False)]


@pytest.fixture
def hao(edition: Edition) -> Account:
    edition.publishes_at_once = True
    db.session.commit()
    district = get_district(edition, "PD")
    make_project(district, title="Robot eyes", title_zh="机器人视觉")
    make_project(district, title="Robot skin", title_zh="机器人皮肤")
    password = hash_password(PASSWORD)
    return make_account(Role.HOST, email="hao@example.org", name="Hao", district=district, language="", password=password)


def mailed_link() -> str:
    """The path of the link in the mail that asks to confirm the address."""
    db.session.rollback()
    notice = db.session.scalars(select(Notice).where(Notice.kind == "confirm_address")).one()
    found = re.search(r"https?://[^/\s]+(/\S+)", word(notice).text)
    assert found is not None
    return found[1]


def follow(page, selector: str) -> None:
    """Click, and wait for the page that comes."""
    with page.expect_navigation():
        page.locator(selector).first.click()


def sign_up(page, *, scripts: bool) -> None:
    page.goto("/")
    follow(page, "main a[href='/sign-up'], a[href='/sign-up']")
    page.fill("#name", "Ines Capital")
    page.select_option("#country", "FR")
    if scripts:
        page.fill("#chains-search", "robot")
    else:
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")
    page.check("#chains-FI-ROB")
    page.fill("#person", "Ines")
    page.fill("#email", "ines@example.org")
    page.fill("#password", PASSWORD)
    page.check("#agrees")
    follow(page, "#submit")


def sign_in(page, email: str) -> None:
    page.goto("/sign-in")
    page.fill("[name=email]", email)
    page.fill("[name=password]", PASSWORD)
    follow(page, "main form [type=submit]")


def state(page, code: str, level: str, *, scripts: bool) -> None:
    page.goto(f"/projects/{code}")
    button = f"button[name=level][value={level}]"
    if scripts:
        page.locator(button).click()
        page.locator(f"{button}[aria-pressed=true]").wait_for()
    else:
        follow(page, button)


def night() -> None:
    db.session.rollback()
    assert (
        run_night(None, now=NOW, wanted=Wanted(seconds=1, workers=1), report=lambda phase, facts: None).exit_code is ExitCode.DONE
    )


def meetings() -> dict[str, tuple[Status, int]]:
    """By project: how its meeting stands, and its number."""
    db.session.rollback()
    rows = db.session.execute(select(Project.code, Meeting).join(Meeting, Meeting.project_id == Project.id).order_by(Meeting.id))
    return {code: (meeting.status, meeting.id) for code, meeting in rows}


@pytest.mark.parametrize(("width", "language", "scripts"), VIEWS)
def test_from_the_sign_up_to_the_diary(edition: Edition, hao: Account, open_page, width, language, scripts) -> None:
    olga = make_account(Role.ORGANISER, name="Olga")
    page = open_page(width=width, language=language, scripts=scripts)

    # 1. She signs up, confirms her address by the button behind the link, and is approved.
    sign_up(page, scripts=scripts)
    page.goto(mailed_link())
    follow(page, "main form [type=submit]")
    db.session.rollback()
    investor = db.session.scalars(select(Investor)).one()
    decide_vetting(actor_of(olga), investor.id, Vetting.APPROVED, "", now=NOW)

    # 2. She states what she seeks and when she is in town.
    sign_in(page, "ines@example.org")
    for code, level in (("PD-01", "must_meet"), ("PD-02", "would_like"), ("PD-03", "would_like")):
        state(page, code, level, scripts=scripts)
    page.goto("/investor/availability")
    for half in ("morning", "afternoon"):
        follow(page, f"button[name=fill][value='{edition.slots[0].day}/{half}']")
    night()

    # 3. The host accepts one, declines one; the next night fills the gap with what is still open.
    found = meetings()
    assert {status for status, _ in found.values()} == {Status.PROPOSED}
    host = open_page(width=width, language=language, scripts=scripts)
    sign_in(host, "hao@example.org")
    accepted, declined = found["PD-01"][1], found["PD-02"][1]
    host.locator(f"#meeting-{accepted} form[action$='/accept'] button").click()
    host.locator(f"#meeting-{accepted}").wait_for(state="detached")
    host.click(f"#decline-{declined} > summary")
    host.check(f"#reason-{declined}-not_our_field")
    host.click(f"#decline-{declined} button")
    host.locator(f"#meeting-{declined}").wait_for(state="detached")
    state(page, "PD-04", "would_like", scripts=scripts)
    night()

    # 4. Her diary tells what is agreed, what waits, and why the declined one is not there.
    after = {code: status for code, (status, _) in meetings().items()}
    assert (after["PD-01"], after["PD-02"], after["PD-04"]) == (Status.ACCEPTED, Status.DECLINED, Status.PROPOSED)
    page.goto("/diary")
    chinese = language == "zh-CN"
    assert page.evaluate("document.documentElement.lang") == ("zh-Hans" if chinese else "en")
    told = page.locator("main").inner_text()
    for project in ("PD-01", "PD-04"):
        assert getattr(get_project(edition, project), "title_zh" if chinese else "title_en") in told
    assert ("接待方已婉拒" if chinese else "The host declined") in told
    assert page.evaluate("document.documentElement.scrollWidth") <= width
