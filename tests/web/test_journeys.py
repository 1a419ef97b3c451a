"""The journeys in a real browser: by taps and by keyboard alone, with scripts and without, on a phone and on a desk, in both
languages. `make test` goes them in two views that hold each of these once; `make journeys` sets JOURNEYS=whole and goes them in
all sixteen.
"""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest
from flask_security import hash_password
from playwright.sync_api import Page
from sqlalchemy import select

from matchmaker.db import db
from matchmaker.domain.interest import Level
from matchmaker.domain.meeting import Status
from matchmaker.domain.roles import Role, Vetting
from matchmaker.mail import word
from matchmaker.models import Account, Edition, Interest, Investor, Meeting, Notice, Project
from matchmaker.services.actors import actor_of
from matchmaker.services.meetings import book_by_hand
from matchmaker.services.nightly import ExitCode, Wanted, run_night
from matchmaker.services.vetting import decide_vetting
from tests.builders import NOW, get_district, get_project, make_account, make_interest, make_investor, make_meeting
from tests.hands import PASSWORD, Hand, Keys, Taps

pytestmark = [
    pytest.mark.journey,
    # A browser that leaves a page drops what is still on its way; the test server then leaves the file to the collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@dataclass(frozen=True)
class View:
    width: int
    language: str
    scripts: bool
    hand: type[Hand]

    def __str__(self) -> str:
        return f"{self.width}-{self.language[:2]}-{'scripts' if self.scripts else 'plain'}-{self.hand.__name__.lower()}"

    @property
    def is_chinese(self) -> bool:
        return self.language == "zh-CN"


VIEWS = [View(390, "zh-CN", True, Taps), View(1280, "en", False, Keys)]
ALL_VIEWS = [View(*each) for each in product((390, 1280), ("en", "zh-CN"), (True, False), (Taps, Keys))]
READING = 0.25
"""Seconds for a word, or for a Chinese character and a half, read slowly."""
WORDS = """(main) => {
  const seen = [...main.querySelectorAll('h1, h2, p, label, legend, summary')].filter((each) => each.checkVisibility());
  const text = seen.map((each) => each.innerText).join(' ');
  const characters = text.match(/[\\u4e00-\\u9fff]/g) ?? [];
  return characters.length / 1.5 + (text.match(/[A-Za-z0-9]+/g) ?? []).length;
}"""
NewHand = Callable[[], Hand]


@pytest.fixture(params=ALL_VIEWS if os.environ.get("JOURNEYS") == "whole" else VIEWS, ids=str)
def view(request: pytest.FixtureRequest) -> View:
    chosen: View = request.param
    return chosen


@pytest.fixture
def new_hand(open_page: Callable[..., Page], view: View) -> NewHand:
    """Somebody who comes with a browser of this kind."""
    return lambda: view.hand(open_page(width=view.width, language=view.language, scripts=view.scripts), scripts=view.scripts)


def make_reader(role: Role, name: str, **fields: Any) -> Account:
    """An account that can sign in and reads in the language of its browser."""
    email = f"{name.lower()}@example.org"
    return make_account(role, email=email, name=name, password=hash_password(PASSWORD), language="", **fields)


@pytest.fixture
def investor(edition: Edition) -> Investor:
    investor = make_investor(edition, name="Ines Capital", country="FR")
    make_reader(Role.INVESTOR, "Ines", investor=investor)
    return investor


@pytest.fixture
def host(edition: Edition) -> Account:
    return make_reader(Role.HOST, "Hao", district=get_district(edition, "PD"))


def night(edition: Edition) -> None:
    db.session.rollback()
    edition.publishes_at_once = True
    db.session.commit()
    done = run_night(None, now=NOW, wanted=Wanted(seconds=1, workers=1), report=lambda phase, facts: None)
    assert done.exit_code is ExitCode.DONE


def mailed_link(kind: str, account: Account | None = None, meeting: int | None = None) -> str:
    """The path of the link in the only mail of this kind: to this account, about this meeting."""
    db.session.rollback()
    notices = db.session.scalars(select(Notice).where(Notice.kind == kind))
    [mail] = [each for each in notices if account in (None, each.account) and meeting in (None, each.facts.get("meeting"))]
    found = re.search(r"https?://[^/\s]+(/(?:confirm|answer)\S+)", word(mail).text)
    assert found is not None
    return found[1]


def meetings(investor: Investor) -> dict[str, tuple[Status, int]]:
    """How the meetings of an investor stand and which slot each has, by project."""
    db.session.rollback()
    query = select(Project.code, Meeting).join(Meeting, Meeting.project_id == Project.id)
    rows = db.session.execute(query.where(Meeting.investor_id == investor.id).order_by(Meeting.id))
    return {code: (meeting.status, meeting.slot_id) for code, meeting in rows}


def meeting_of(investor: Investor, code: str) -> int:
    db.session.rollback()
    query = select(Meeting.id).join(Project, Project.id == Meeting.project_id)
    return db.session.scalars(query.where(Meeting.investor_id == investor.id, Project.code == code)).one()


def title(edition: Edition, code: str, view: View) -> str:
    project = get_project(edition, code)
    return project.title_zh if view.is_chinese else project.title_en


def state(hand: Hand, code: str, level: Level) -> None:
    hand.open(f"/projects/{code}")
    button = f"button[name=level][value={level.value}]"
    hand.answer(button, f"{button}[aria-pressed=true]")


def fill_in_sign_up(hand: Hand) -> None:
    """Each of the required fields, and a chain."""
    hand.write("#name", "Ines Capital")
    hand.choose_first("#country")
    if hand.scripts:
        hand.write("#chains-search", "robot")
    else:
        hand.press("details:has(#chains-FI-ROB) > summary")
    hand.tick("#chains-FI-ROB")
    hand.write("#person", "Ines")
    hand.write("#email", "ines@example.org")
    hand.write("#password", PASSWORD)
    hand.tick("#agrees")


def test_from_the_sign_up_to_the_diary(edition: Edition, host: Account, view: View, new_hand: NewHand) -> None:
    olga = make_account(Role.ORGANISER, name="Olga")
    hand = new_hand()

    # 1. She signs up, confirms her address by the button behind the link, and is approved.
    hand.open("/")
    hand.follow("a[href='/sign-up']")
    fill_in_sign_up(hand)
    hand.follow("#submit")
    hand.open(mailed_link("confirm_address"))
    hand.follow("main form [type=submit]")
    db.session.rollback()
    investor = db.session.scalars(select(Investor)).one()
    decide_vetting(actor_of(olga), investor.id, Vetting.APPROVED, "", now=NOW)

    # 2. She states what she seeks, each with one press, undoes one, and says when she is in town.
    hand.sign_in("ines@example.org")
    for code, level in (("PD-01", Level.MUST_MEET), ("PD-02", Level.WOULD_LIKE), ("LG-01", Level.WOULD_LIKE)):
        with hand.within(1):
            state(hand, code, level)
    pressed = "button[name=level][value=would_like][aria-pressed=true]"
    hand.answer(".saved-line button" if view.scripts else ".flashes button", f"main:not(:has({pressed}))")
    hand.open("/investor/availability")
    with hand.within(2):
        for half in ("morning", "afternoon"):
            hand.follow(f".stay-day button[name=fill][value='{edition.slots[0].day}/{half}']")
    db.session.rollback()
    assert {each.level for each in db.session.scalars(select(Interest))} == {Level.MUST_MEET, Level.WOULD_LIKE}

    # 3. After the night her diary tells what is proposed, when and where.
    night(edition)
    hand.follow("nav a[href='/diary']")
    assert {code: status for code, (status, _) in meetings(investor).items()} == dict.fromkeys(
        ("PD-01", "PD-02"), Status.PROPOSED
    )
    assert hand.page.evaluate("document.documentElement.lang") == ("zh-Hans" if view.is_chinese else "en")
    for code in ("PD-01", "PD-02"):
        assert title(edition, code, view) in hand.text()

    # 4. She leaves one of them again, in three presses.
    meeting = meeting_of(investor, "PD-02")
    with hand.within(3):
        hand.follow(f"a[href='/meetings/{meeting}#withdraw']")
        hand.follow("#withdraw button")
    assert meetings(investor)["PD-02"][0] is Status.WITHDRAWN


def test_from_the_inbox_to_what_is_accepted(
    edition: Edition, host: Account, investor: Investor, view: View, new_hand: NewHand
) -> None:
    others = [make_investor(edition, name=f"{name} Fund") for name in ("Second", "Third")]
    first = make_meeting(investor, get_project(edition, "PD-01"), edition.slots[0]).id
    second, third = (
        make_meeting(other, get_project(edition, code), edition.slots[at]).id
        for other, code, at in zip(others, ("PD-02", "PD-01"), (1, 4), strict=True)
    )
    hand = new_hand()

    # 1. Hao accepts the first with one press, and is told so where he goes on; then the other two at once.
    hand.sign_in("hao@example.org")
    with hand.within(1):
        hand.answer(f"form[action='/host/meetings/{first}/accept'] button", f"#inbox:not(:has(#meeting-{first})) #place")
    assert re.search(r"[(（]2[)）]", hand.page.title())
    with hand.within(3):
        hand.tick(f"#chosen-{second}")
        hand.tick(f"#chosen-{third}")
        hand.answer("#several button[value=accept]", "#inbox:not(:has(.proposals)) #place")
    assert not re.search(r"[(（]", hand.page.title())

    # 2. The three stand in his diary with their names, the last on its second day, and in that of Ines.
    hand.follow("nav a[href='/host/diary']")
    for name, stands in (("Ines Capital", True), ("Second Fund", True), ("Third Fund", False)):
        assert (name in hand.text()) is stands
    with hand.within(1):
        hand.follow(f"a.chip[href='/host/diary?day={edition.slots[4].day}']")
    assert "Third Fund" in hand.text()
    ines = new_hand()
    ines.sign_in("ines@example.org")
    ines.follow("nav a[href='/diary']")
    assert ("已接受" if view.is_chinese else "accepted") in ines.text().lower()
    assert meetings(investor) == {"PD-01": (Status.ACCEPTED, edition.slots[0].id)}


def test_link_in_the_mail(edition: Edition, host: Account, investor: Investor, view: View, new_hand: NewHand) -> None:
    olga = actor_of(make_account(Role.ORGANISER, name="Olga"))
    host.language = "zh_Hans_CN" if view.is_chinese else "en"  # a mail and its page speak the language of the account
    for code in ("PD-01", "PD-02"):
        make_interest(investor, get_project(edition, code))
    accepted = book_by_hand(olga, investor.id, get_project(edition, "PD-01").id, edition.slots[0].id, now=NOW)
    link = mailed_link("meeting_propose", host, accepted)
    hand, again = new_hand(), new_hand()
    again.open(link)

    # 1. The page names project and time; one press answers, without signing in.
    hand.open(link)
    assert title(edition, "PD-01", view) in hand.text()
    assert "09:00" in hand.text()
    assert meetings(investor)["PD-01"][0] is Status.PROPOSED
    with hand.within(1):
        hand.follow("form[action$='/accept'] button")
    said = "会面已接受" if view.is_chinese else "The meeting is accepted"
    assert said in hand.text()
    assert meetings(investor)["PD-01"][0] is Status.ACCEPTED

    # 2. A second press, on the page of before, tells how it stands, and so does the link itself.
    again.follow("form[action$='/accept'] button")
    assert said in again.text()
    assert again.page.locator("main [role=alert]").count() == 0
    hand.open(link)
    assert said in hand.text()
    assert hand.page.locator("main form").count() == 0

    # 3. Another is declined by its link, with a reason.
    declined = book_by_hand(olga, investor.id, get_project(edition, "PD-02").id, edition.slots[1].id, now=NOW)
    hand.open(mailed_link("meeting_propose", host, declined))
    hand.press("#decline > summary")
    hand.choose("#reason-answer-not_our_field")
    hand.follow("form[action$='/decline'] button")
    assert {code: status for code, (status, _) in meetings(investor).items()} == {
        "PD-01": Status.ACCEPTED,
        "PD-02": Status.DECLINED,
    }


def test_decline_and_refill(edition: Edition, host: Account, view: View, new_hand: NewHand) -> None:
    """Ines and Sam both want the only time of one lead. What Ines is denied goes to Sam, and Ines gets another meeting then."""
    slot = edition.slots[0]
    ines, sam = (make_investor(edition, name=name, available=[slot]) for name in ("Ines Capital", "Sam Holdings"))
    make_reader(Role.INVESTOR, "Ines", investor=ines)
    make_interest(ines, get_project(edition, "PD-01"), Level.MUST_MEET)
    make_interest(sam, get_project(edition, "PD-01"))
    make_meeting(ines, get_project(edition, "PD-01"), slot)

    # 1. Hao declines, with a reason and a word.
    hand = new_hand()
    hand.sign_in("hao@example.org")
    declined = meeting_of(ines, "PD-01")
    hand.press(f"#decline-{declined} > summary")
    hand.choose(f"#reason-{declined}-project_filled")
    hand.write(f"#note-{declined}", "Next year, gladly.")
    hand.answer(f"#decline-{declined} button", f"#inbox:not(:has(#meeting-{declined})) #place")

    # 2. Ines looks for something else.
    reader = new_hand()
    reader.sign_in("ines@example.org")
    state(reader, "PD-02", Level.WOULD_LIKE)
    night(edition)

    # 3. The next night gives the time to Sam, and to Ines another project; she sees both, the reason too.
    assert meetings(ines) == {"PD-01": (Status.DECLINED, slot.id), "PD-02": (Status.PROPOSED, slot.id)}
    assert meetings(sam) == {"PD-01": (Status.PROPOSED, slot.id)}
    reader.follow("nav a[href='/diary']")
    assert title(edition, "PD-02", view) in reader.page.locator(".diary-day").inner_text()
    unmet = reader.page.locator("section[aria-labelledby=unmet]").inner_text()
    assert title(edition, "PD-01", view) in unmet
    assert ("接待方已婉拒" if view.is_chinese else "The host declined") in unmet
    hand.open("/host/")
    assert hand.page.locator("[data-row]").count() == 2


def test_change_of_time(edition: Edition, host: Account, investor: Investor, view: View, new_hand: NewHand) -> None:
    meeting = make_meeting(investor, get_project(edition, "PD-01"), edition.slots[0]).id
    ines, hao = new_hand(), new_hand()

    # 1. Ines asks for another time: three presses, one of them into the field for a word.
    ines.sign_in("ines@example.org")
    ines.follow("nav a[href='/diary']")
    with ines.within(3):
        ines.follow(f"a[href='/meetings/{meeting}#ask']")
        ines.write("#ask-note", "Afternoons suit us.")
        ines.follow("#ask button")
    assert ines.page.locator("#ask").count() == 0

    # 2. Hao reads it beside the proposal, and offers an afternoon.
    hao.sign_in("hao@example.org")
    row = f"#meeting-{meeting}"
    assert "Afternoons suit us." in hao.page.locator(row).inner_text()
    hao.answer(f"{row} a[data-offer]", f"#offer-{meeting}")
    hao.choose(f".slot-choice input[value='{edition.slots[2].id}']")
    hao.answer(f"#offer-{meeting} button", f"{row} .card-waiting")

    # 3. Ines takes it in the diary, with one press.
    ines.follow("nav a[href='/diary']")
    assert "13:30" in ines.text()
    with ines.within(1):
        ines.follow(f"form[action='/meetings/{meeting}/take'] button")
    assert meetings(investor) == {"PD-01": (Status.ACCEPTED, edition.slots[2].id)}
    hao.follow("nav a[href='/host/diary']")
    assert "13:30" in hao.text()


def test_the_two_views_differ_in_everything_and_all_of_them_hold_every_combination() -> None:
    phone, desk = VIEWS
    assert all(getattr(phone, name) != getattr(desk, name) for name in ("width", "language", "scripts", "hand"))
    assert len(set(ALL_VIEWS)) == 16
    assert set(VIEWS) < set(ALL_VIEWS)


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_signing_up_on_a_phone_takes_less_than_three_minutes(
    edition: Edition, open_page: Callable[..., Page], language: str
) -> None:
    hand = Taps(open_page(width=390, language=language))

    hand.open("/")
    hand.follow("a[href='/sign-up']")
    read = hand.page.locator("main").evaluate(WORDS)
    fill_in_sign_up(hand)
    hand.follow("#submit")

    assert hand.seconds() + read * READING < 180, (hand.seconds(), read)
