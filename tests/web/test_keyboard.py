"""Whole journeys by keyboard alone: every control is reached with Tab, and where one is can be seen."""

import pytest
from flask_security import hash_password
from sqlalchemy import select

from matchmaker.db import db
from matchmaker.domain.interest import Level
from matchmaker.domain.meeting import Status
from matchmaker.domain.roles import Role, Vetting
from matchmaker.models import Availability, Edition, Interest, Investor, Meeting
from tests.builders import get_project, make_account, make_investor, make_meeting

pytestmark = [
    pytest.mark.journey,
    # A browser that leaves a page drops what is still on its way; the test server then leaves the file to the collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

PASSWORD = "seven robots dance"
FARTHEST = 400
IS_SEEN = """() => {
  const style = getComputedStyle(document.activeElement);
  const around = document.activeElement.labels?.length ? [...document.activeElement.labels] : [];
  const drawn = (each) => each.outlineStyle !== 'none' && each.outlineWidth !== '0px' || each.boxShadow !== 'none';
  return drawn(style) || around.some((label) => drawn(getComputedStyle(label)));
}"""


class Keys:
    """A reader without a mouse."""

    def __init__(self, page) -> None:
        self.page = page

    def to(self, selector: str) -> "Keys":
        """Press Tab until the control is in focus, which has to be seen."""
        for _ in range(FARTHEST):
            if self.page.evaluate("(wanted) => document.activeElement.matches(wanted)", selector):
                assert self.page.evaluate(IS_SEEN), f"the focus on {selector} cannot be seen"
                return self
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{selector} is not reached by Tab on {self.page.url}")

    def write(self, selector: str, text: str) -> None:
        self.to(selector)
        self.page.keyboard.insert_text(text)

    def press(self, selector: str, key: str = "Enter") -> None:
        self.to(selector)
        self.page.keyboard.press(key)

    def follow(self, selector: str, key: str = "Enter") -> None:
        """Press it, and wait for the page that comes."""
        self.to(selector)
        with self.page.expect_navigation():
            self.page.keyboard.press(key)

    def sign_in(self, email: str) -> None:
        self.page.goto("/sign-in")
        self.write("[name=email]", email)
        self.write("[name=password]", PASSWORD)
        self.follow("main [type=submit]")


@pytest.fixture(params=["en", "zh-CN"])
def language(request):
    return request.param


@pytest.fixture
def keys(open_page, language):
    return Keys(open_page(width=390, language=language))


def fresh(kind, *conditions):
    db.session.rollback()
    return list(db.session.scalars(select(kind).where(*conditions)))


def test_an_investor_signs_up(edition: Edition, keys: Keys) -> None:
    keys.page.goto("/")
    keys.follow("a[href='/sign-up']")
    keys.write("#name", "Ines Capital")
    keys.to("#country")
    keys.page.keyboard.press("Home")
    keys.page.keyboard.press("ArrowDown")
    keys.write("#chains-search", "robot")
    keys.press("#chains-FI-ROB", "Space")
    keys.write("#person", "Ines")
    keys.write("#email", "ines@example.org")
    keys.write("#password", PASSWORD)
    keys.press("#agrees", "Space")
    keys.follow("#submit")

    [investor] = fresh(Investor)
    assert (investor.name, investor.vetting, len(investor.chains)) == ("Ines Capital", Vetting.APPLIED, 1)


def test_an_investor_states_an_interest_says_when_and_withdraws(edition: Edition, keys: Keys) -> None:
    investor = make_investor(edition, name="Ines Capital", available=[])
    make_account(Role.INVESTOR, email="ines@example.org", investor=investor, password=hash_password(PASSWORD), language="")
    meeting = make_meeting(investor, get_project(edition, "PD-02"), edition.slots[0])
    keys.sign_in("ines@example.org")

    keys.page.goto("/projects/PD-01")
    keys.press("button[name=level][value=must_meet]")
    keys.page.locator("button[name=level][value=must_meet][aria-pressed=true]").wait_for()
    keys.page.goto("/investor/availability")
    keys.follow("button[name=fill]")
    keys.page.goto("/diary")
    keys.follow(f"a[href='/meetings/{meeting.id}#withdraw']")
    keys.follow("#withdraw button")

    assert [each.level for each in fresh(Interest)] == [Level.MUST_MEET]
    assert len(fresh(Availability)) > 1
    assert fresh(Meeting)[0].status is Status.WITHDRAWN


def test_a_host_accepts_declines_and_offers_another_time(edition: Edition, keys: Keys) -> None:
    district = get_project(edition, "PD-01").district
    make_account(Role.HOST, email="hao@example.org", district=district, password=hash_password(PASSWORD), language="")
    first, second, third = (
        make_meeting(make_investor(edition, name=name), get_project(edition, code), edition.slots[at]).id
        for name, code, at in (("First Fund", "PD-01", 0), ("Second Fund", "PD-02", 1), ("Third Fund", "PD-01", 4))
    )
    keys.sign_in("hao@example.org")

    keys.press(f"form[action='/host/meetings/{first}/accept'] button")
    keys.page.locator(f"#meeting-{first}").wait_for(state="detached")
    keys.press(f"#decline-{second} > summary")
    keys.press(f"#decline-{second} input[type=radio]", "Space")
    keys.press(f"#decline-{second} button")
    keys.page.locator(f"#meeting-{second}").wait_for(state="detached")
    keys.press(f"#meeting-{third} a[data-offer]")
    keys.page.locator(f"#offer-{third}").wait_for()
    keys.press(f"#offer-{third} .slot-choice input", "Space")
    keys.press(f"#offer-{third} button")
    keys.page.locator(f"#meeting-{third} .card-waiting").wait_for()

    statuses = {each.id: each.status for each in fresh(Meeting)}
    assert statuses == {first: Status.ACCEPTED, second: Status.DECLINED, third: Status.COUNTERED}
