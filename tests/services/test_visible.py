"""The table *Who sees what* of the product, field by field, through the one function that makes a view of an investor."""

import pytest
from flask.testing import FlaskClient

from matchmaker.db import db
from matchmaker.domain.meeting import Status
from matchmaker.domain.roles import Role
from matchmaker.domain.visibility import Viewer
from matchmaker.models import Account, Delegate, Edition, Investor
from matchmaker.services.actors import actor_of
from matchmaker.services.diary import meetings_ever_of
from matchmaker.services.visible import VisibleInvestor, viewer_of, visible_investor
from tests.builders import get_project, make_meeting, save
from tests.helpers import sign_in

NAME = {"name"}
PROFILE = {"country", "chains", "size_min", "size_max", "stages", "languages"}
WORDS = {"about", "website"}
DELEGATES = {"delegates"}
CONTACT = {"emails", "phone", "wechat"}
PLANS = {"sees_plans"}
ALL = NAME | PROFILE | WORDS | DELEGATES | CONTACT | PLANS

SEEN = [
    # viewer, confidential, consented, referred, what is seen
    (Viewer.OTHER_INVESTOR, False, True, False, set()),
    (Viewer.OTHER_INVESTOR, True, True, False, set()),
    (Viewer.HOST_BEFORE, False, True, False, NAME | PROFILE | WORDS),
    (Viewer.HOST_BEFORE, True, True, False, PROFILE),
    (Viewer.HOST_AFTER, False, True, False, NAME | PROFILE | WORDS | DELEGATES | CONTACT),
    (Viewer.HOST_AFTER, False, False, False, NAME | PROFILE | WORDS | DELEGATES),
    (Viewer.HOST_AFTER, True, True, False, NAME | PROFILE | WORDS | DELEGATES | CONTACT),
    (Viewer.HOST_AFTER, True, False, False, NAME | PROFILE | WORDS | DELEGATES),
    (Viewer.ORGANISER, True, False, False, ALL),
    (Viewer.ORGANISER, False, False, False, ALL),
    (Viewer.PARTNER, False, True, False, set()),
    (Viewer.PARTNER, False, True, True, NAME),
    (Viewer.PARTNER, True, True, True, NAME),
]


@pytest.fixture
def investor(ines: Account) -> Investor:
    """Ines Capital with something in every field."""
    found = db.session.get_one(Investor, ines.investor_id)
    found.phone, found.wechat = "+33 1 23 45 67 89", "ines-wechat"
    found.about, found.website = "A family of funds.", "https://ines.example.org"
    save(Delegate(investor_id=found.id, name="Zoé Martin", title="Partner", language="fr"))
    return found


def shown(view: VisibleInvestor) -> set[str]:
    """The names of the fields that this view shows."""
    fields = set(VisibleInvestor.__slots__) - {"id", "confidential", "sees_plans"}
    return {name for name in fields if getattr(view, name) is not None} | ({"sees_plans"} if view.sees_plans else set())


@pytest.mark.parametrize(("viewer", "confidential", "consented", "referred", "expected"), SEEN)
def test_a_viewer_sees_exactly_what_the_table_allows(
    investor: Investor, viewer: Viewer, confidential: bool, consented: bool, referred: bool, expected: set[str]
) -> None:
    investor.confidential, investor.shares_contact = confidential, consented

    assert shown(visible_investor(investor, viewer, referred=referred)) == expected


def test_the_view_holds_the_stored_values(investor: Investor) -> None:
    view = visible_investor(investor, Viewer.ORGANISER)

    assert view == VisibleInvestor(
        id=investor.id,
        confidential=False,
        sees_plans=True,
        name="Ines Capital",
        country="FR",
        chains=tuple(investor.chains),
        size_min=100,
        size_max=400,
        stages=("pilot",),
        languages=("en",),
        about="A family of funds.",
        website="https://ines.example.org",
        delegates=tuple(investor.delegates),
        emails=("ines@example.org",),
        phone="+33 1 23 45 67 89",
        wechat="ines-wechat",
    )


def test_a_closed_account_is_no_contact(investor: Investor, ines: Account) -> None:
    ines.active = False
    db.session.commit()

    assert visible_investor(investor, Viewer.ORGANISER).emails == ()


@pytest.mark.parametrize("status", [None, *Status])
@pytest.mark.parametrize("role", list(Role))
def test_how_somebody_looks_follows_from_role_and_status(role: Role, status: Status | None) -> None:
    accepted = status in (Status.ACCEPTED, Status.HELD, Status.MISSED)
    host = Viewer.HOST_AFTER if accepted else Viewer.HOST_BEFORE
    expected = {
        Role.INVESTOR: Viewer.OTHER_INVESTOR,
        Role.HOST: host,
        Role.ORGANISER: Viewer.ORGANISER,
        Role.NIGHT: Viewer.ORGANISER,
    }

    assert viewer_of(role, status) is expected[role]


# -- on pages and in calendars -----------------------------------------------------------------------------------------

SECRETS = {
    "name": "Ines Capital",
    "words": "A family of funds.",
    "delegates": "Zoé Martin",
    "email": "ines@example.org",
    "phone": "+33 1 23 45 67 89",
    "wechat": "ines-wechat",
}
BEFORE = {"name", "words"}
AFTER = {"name", "words", "delegates"}
CONTACTS = {"email", "phone", "wechat"}

ON_PAGES = [
    # status, confidential, consented, what may be read on a host's pages
    (Status.PROPOSED, False, True, BEFORE),
    (Status.PROPOSED, True, True, set()),
    (Status.DECLINED, True, True, set()),
    (Status.CANCELLED, True, True, set()),
    (Status.ACCEPTED, True, False, AFTER),
    (Status.ACCEPTED, True, True, AFTER | CONTACTS),
    (Status.HELD, True, True, AFTER | CONTACTS),
]


def told(text: str) -> set[str]:
    unfolded = text.replace("\r\n ", "")
    return {name for name, secret in SECRETS.items() if secret in unfolded}


@pytest.mark.parametrize(("status", "confidential", "consented", "allowed"), ON_PAGES)
def test_a_hosts_pages_and_calendar_tell_no_more_than_the_table(
    client: FlaskClient,
    edition: Edition,
    investor: Investor,
    hao: Account,
    status: Status,
    confidential: bool,
    consented: bool,
    allowed: set[str],
) -> None:
    investor.confidential, investor.shares_contact = confidential, consented
    db.session.commit()
    meeting = make_meeting(investor, get_project(edition, "PD-01"), edition.slots[0], status)
    paths = ["/host/", "/host/diary", "/host/answered", f"/host/meetings/{meeting.id}", "/diary.ics"]
    paths += [f"/meetings/{meeting.id}.ics", f"/calendar/{hao.calendar_token}.ics"]
    sign_in(client, hao)

    told_by = {path: told(client.get(path).text) for path in paths}

    assert {path: secrets - allowed for path, secrets in told_by.items()} == {path: set() for path in paths}
    assert "name" not in allowed or "name" in told_by[f"/calendar/{hao.calendar_token}.ics"]


def test_another_districts_host_sees_nothing_of_a_meeting(
    client: FlaskClient, edition: Edition, investor: Investor, hao: Account
) -> None:
    meeting = make_meeting(investor, get_project(edition, "XH-01"), edition.slots[0], Status.ACCEPTED)
    sign_in(client, hao)

    assert client.get(f"/host/meetings/{meeting.id}").status_code == 404
    assert client.get(f"/meetings/{meeting.id}.ics").status_code == 404
    for path in ("/host/", "/host/diary", "/diary.ics", f"/calendar/{hao.calendar_token}.ics"):
        assert told(client.get(path).text) == set()


def test_another_investor_sees_nothing(client: FlaskClient, edition: Edition, investor: Investor, sam: Account) -> None:
    make_meeting(investor, get_project(edition, "PD-01"), edition.slots[0], Status.ACCEPTED)
    sign_in(client, sam)

    for path in ("/investor/", "/diary", "/diary.ics", "/projects/PD-01", "/districts/PD", "/investor/unmet"):
        assert told(client.get(path).text) == set()


def test_the_investor_itself_is_not_told_about_itself_as_the_other_side(
    edition: Edition, investor: Investor, ines: Account
) -> None:
    make_meeting(investor, get_project(edition, "PD-01"), edition.slots[0], Status.ACCEPTED)

    assert [view.investor for view in meetings_ever_of(actor_of(ines), edition)] == [None]
