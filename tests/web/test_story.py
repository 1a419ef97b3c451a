"""The story of the first night in a real browser: from an application to the meeting in both diaries."""

import pytest
from sqlalchemy import select

from matchmaker.db import db
from matchmaker.domain.meeting import Status
from matchmaker.domain.roles import Role, Vetting
from matchmaker.models import Meeting, Project
from matchmaker.services.nightly import ExitCode, Wanted, run_night
from tests.builders import NOW, get_district, get_project, make_account, make_investor, make_lead_absence, make_project
from tests.helpers import sign_in

pytestmark = [
    pytest.mark.journey,
    # A browser that leaves a page drops what is still on its way; the test server then leaves the file to the collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture
def conference(edition):
    """Three projects in Pudong and one in Xuhui; one in each district has time on the first day only, so that a way is needed."""
    edition.publishes_at_once = True
    db.session.commit()
    make_project(get_district(edition, "PD"), title="Robot eyes", title_zh="机器人视觉")
    make_lead_absence(get_project(edition, "XH-01"), *edition.slots[4:])
    make_lead_absence(get_project(edition, "PD-01"), *edition.slots[4:])
    return edition


@pytest.fixture
def cast(conference):
    """Ines has applied; Hao and Olga are there. Their pages speak the language of their browsers."""
    investor = make_investor(conference, name="Ines Capital", vetting=Vetting.APPLIED, available=[])
    return {
        "ines": make_account(Role.INVESTOR, email="ines@example.org", name="Ines", investor=investor, language=""),
        "hao": make_account(Role.HOST, name="Hao", district=get_district(conference, "PD"), language=""),
        "olga": make_account(Role.ORGANISER, name="Olga", language=""),
    }


@pytest.fixture
def open_as(app, cast, open_page, live_server):
    """A page of one of the cast, signed in."""

    def make(name, **options):
        client = app.test_client()
        sign_in(client, cast[name])
        cookie = client.get_cookie("session")
        page = open_page(**options)
        page.context.add_cookies([{"name": "session", "value": cookie.value, "url": live_server}])
        return page

    return make


def follow(page, control):
    """Click, and wait for the page that comes."""
    with page.expect_navigation():
        control.click()


def press(page, action):
    """The button of the form that posts to this address."""
    follow(page, page.locator(f"form[method=post][action$='{action}'] button").first)


def meeting_of(code):
    db.session.rollback()
    return db.session.scalars(select(Meeting).join(Project, Project.id == Meeting.project_id).where(Project.code == code)).one()


def approve(page, investor_id):
    page.goto("/organiser/investors?state=applied")
    follow(page, page.locator(f"main a[href='/organiser/investors/{investor_id}']").first)
    page.locator("input[name=vetting][value=approved]").check()
    follow(page, page.locator("main form [type=submit]").first)


def state_interests_and_availability(page, days):
    for code in ("PD-01", "PD-02", "PD-03", "XH-01"):
        page.goto(f"/projects/{code}")
        chosen = page.locator(f"button[name=level][value={'must_meet' if code == 'PD-01' else 'would_like'}]")
        with page.expect_response(lambda answer: answer.request.method == "POST"):  # saved without a reload
            chosen.click()
        page.locator("button[name=level][aria-pressed=true]").wait_for()
    page.goto("/investor/availability")
    for half in (f"{days[0]}/morning", f"{days[0]}/afternoon", f"{days[1]}/morning"):
        follow(page, page.locator(f".stay-half button[name=fill][value='{half}']"))


def answer_three_proposals(page, accepted, declined, countered):
    """Accept, decline and offer another time in the inbox itself, without a reload, each time back at the next proposal."""
    page.goto("/host/")
    assert page.locator("[data-row]").count() == 3
    page.locator(f"form[action='/host/meetings/{accepted}/accept'] button").click()
    page.locator(f"#meeting-{accepted}").wait_for(state="detached")
    assert page.locator("#place").is_visible()
    card = page.locator(f"#meeting-{declined}")
    card.locator(f"#decline-{declined} > summary").click()
    card.locator("input[value=not_our_field]").check()
    card.locator(f"#note-{declined}").fill("我们做的是关节。")
    card.locator(f"#decline-{declined} button").click()
    card.wait_for(state="detached")
    page.locator(f"#meeting-{countered} a[data-offer]").click()
    page.locator(".slot-choice input").last.check()
    page.locator(f"#offer-{countered} button").click()
    page.locator(f"#meeting-{countered} .card-waiting").wait_for()


def downloaded_calendar(page):
    with page.expect_download() as download:
        page.locator("a[href$='diary.ics']").click()
    return download.value.path().read_text(encoding="utf-8")


def widths_that_scroll_sideways(page):
    """Of a phone, a tablet and a desk those on which the page is wider than the screen."""
    wider = []
    for width in (390, 768, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wider.append(width)
    return wider


@pytest.mark.parametrize(("language", "width"), [("zh-CN", 390)])
def test_story_of_the_first_night(conference, cast, open_as, language, width):
    investor_id = cast["ines"].investor_id
    days = sorted({slot.day for slot in conference.slots})
    olga, ines, hao = (open_as(name, language=language, width=width) for name in ("olga", "ines", "hao"))

    approve(olga, investor_id)
    state_interests_and_availability(ines, days)
    db.session.rollback()
    night = run_night(None, now=NOW, wanted=Wanted(seconds=2, workers=1), report=lambda phase, facts: None)
    assert (night.exit_code, night.figures["booked"]) == (ExitCode.DONE, 4)

    accepted, declined, countered = (meeting_of(code).id for code in ("PD-01", "PD-02", "PD-03"))
    answer_three_proposals(hao, accepted, declined, countered)
    ines.goto(f"/meetings/{countered}")
    press(ines, f"/meetings/{countered}/take")

    statuses = [meeting_of(code).status for code in ("PD-01", "PD-02", "PD-03", "XH-01")]
    assert statuses == [Status.ACCEPTED, Status.DECLINED, Status.ACCEPTED, Status.PROPOSED]
    ines.goto("/diary")
    assert ines.locator(".way").count() >= 1
    assert ines.evaluate("document.documentElement.lang") == ("en" if language == "en" else "zh-Hans")
    assert ines.get_by_text("Robot joints" if language == "en" else "机器人关节").first.is_visible()
    hao.goto("/host/diary?day=all")
    assert hao.locator("main").get_by_text("Ines Capital").count() == 2
    uid = meeting_of("PD-01").uid
    assert uid in downloaded_calendar(ines)
    assert uid in downloaded_calendar(hao)
    olga.goto(f"/organiser/meetings/{countered}")
    assert olga.locator("main table tbody tr").count() == 3
    for page in (olga, ines, hao):
        assert widths_that_scroll_sideways(page) == []
