"""What opens an account or a diary stands in some addresses, and in no line of a log."""

import logging
from urllib.request import urlopen

import pytest
from flask import Flask

from matchmaker.models import Account
from matchmaker.services.actors import actor_of
from matchmaker.services.calendars import calendar_token_of


def test_the_key_of_a_calendar_is_left_out_of_the_lines_of_a_running_server(
    ines: Account, live_server: str, caplog: pytest.LogCaptureFixture
) -> None:
    key = calendar_token_of(actor_of(ines))
    caplog.set_level(logging.INFO, logger="werkzeug")

    with urlopen(f"{live_server}/calendar/{key}.ics") as answer:
        assert answer.status == 200

    assert key not in caplog.text
    assert '"GET /calendar/… HTTP/1.1" 200' in caplog.text


@pytest.mark.parametrize("logger", ["werkzeug", "gunicorn.access", "gunicorn.error"])
@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("/calendar/Ab3_-x.ics", "/calendar/…"),
        ("/answer/Wy.J4.Il0/accept", "/answer/…/accept"),
        ("/confirm/Wy.J4.Il0?next=/", "/confirm/…?next=/"),
        ("/join/Wy.J4.Il0", "/join/…"),
        ("/new-password/Wy.J4.Il0/fresh", "/new-password/…/fresh"),
        ("/calendar/renew", "/calendar/renew"),
        ("/new-password", "/new-password"),
        ("/diary.ics", "/diary.ics"),
    ],
)
def test_only_the_key_of_an_address_is_left_out(
    app: Flask, caplog: pytest.LogCaptureFixture, logger: str, address: str, told: str
) -> None:
    """Gunicorn hands the parts of a line over as a mapping, and tells the page before too."""
    parts = {"r": f"GET {address} HTTP/1.1", "f": f"https://matchmaker.example{address}"}

    logging.getLogger(logger).warning('"%(r)s" "%(f)s"', parts)

    assert caplog.messages == [f'"GET {told} HTTP/1.1" "https://matchmaker.example{told}"']
