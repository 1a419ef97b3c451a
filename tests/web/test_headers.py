"""What every answer tells the browser: above all, what it may keep."""

import pytest
from flask.testing import FlaskClient

from matchmaker.domain.roles import Role
from matchmaker.models import Account, Edition
from tests.helpers import sign_in

CATALOGUE = ["/", "/projects", "/projects/PD-01", "/chains", "/districts", "/programme", "/travel"]


@pytest.mark.parametrize("path", CATALOGUE)
def test_a_visitors_browser_may_keep_the_catalogue(client: FlaskClient, edition: Edition, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code == 200
    assert not answer.cache_control.no_store


@pytest.mark.parametrize("role", [Role.INVESTOR, Role.HOST, Role.ORGANISER])
def test_no_browser_keeps_a_page_of_somebody_who_has_signed_in(
    client: FlaskClient, ines: Account, hao: Account, olga: Account, role: Role
) -> None:
    own = {
        Role.INVESTOR: (ines, ["/diary", "/investor/profile", "/calendar"]),
        Role.HOST: (hao, ["/host/", "/host/diary"]),
        Role.ORGANISER: (olga, ["/organiser/", "/organiser/investors"]),
    }
    account, paths = own[role]
    sign_in(client, account)

    for path in [*paths, "/account", "/projects", "/no-such-page"]:
        answer = client.get(path, follow_redirects=True)
        assert (path, answer.headers["Cache-Control"]) == (path, "no-store")
    assert client.post("/account", data={"name": ""}).headers["Cache-Control"] == "no-store"


def test_a_browser_may_keep_style_sheets_whoever_reads(client: FlaskClient, ines: Account) -> None:
    assert not sign_in(client, ines).get("/static/site.css", buffered=True).cache_control.no_store


def test_no_cache_between_keeps_a_calendar_and_every_look_asks_anew(client: FlaskClient, ines: Account) -> None:
    sign_in(client, ines)

    for path in (f"/calendar/{ines.calendar_token}.ics", "/diary.ics"):
        assert (path, client.get(path).headers["Cache-Control"]) == (path, "private, no-cache")
