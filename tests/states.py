"""States of pages that a plain visit does not bring: the one list for tests of all states, beside `tests.pages`.

Each is one request in the world of `tests.world`: a form that is sent, or a page that is opened at a bad moment. None of
them changes what is stored, so they can be brought about in any order.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from unittest.mock import patch

from flask import Flask, abort, current_app, g, session, url_for
from flask.testing import FlaskClient
from flask_security.confirmable import generate_confirmation_token
from flask_security.recoverable import generate_reset_password_token
from flask_wtf.csrf import generate_csrf
from itsdangerous import TimestampSigner
from playwright.sync_api import Page as Tab
from playwright.sync_api import Response
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from matchmaker.db import db
from matchmaker.domain.meeting import Status
from matchmaker.domain.roles import Role
from matchmaker.domain.scoring import Weights
from matchmaker.models import Account, Investor, Meeting
from matchmaker.web.access import public
from tests import pages
from tests.builders import NOW
from tests.hands import PASSWORD
from tests.pages import READERS, cookie_for
from tests.sent_forms import left_as_shown
from tests.world import INVENTED, UNTRANSLATED

_SECRET = "of this session"
OURS = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}
"""What a browser says of a form that one of our own pages sent."""


@dataclass(frozen=True)
class State:
    """`sent` is what its reader filled in before the form was sent, None where a page is only opened; whatever else the form
    holds goes along as the page showed it. `scene` sets the moment and clears it afterwards.
    """

    name: str
    status: int
    address: Callable[[], str]
    reader: Role | None = None
    sent: Mapping[str, str] | None = None
    scene: Callable[[], AbstractContextManager[object]] = nullcontext
    stands_at: Callable[[], str] | None = None
    """The page with the form, where that is not at `address`."""
    is_stale: bool = False
    """The form was open for too long: its token is no longer good."""
    has_own_look: bool = True
    """No other state of this list is built of the same parts."""
    in_both_languages: bool = False

    def __str__(self) -> str:
        return self.name


# -- scenes ------------------------------------------------------------------------------------------------------------


@contextmanager
def too_late() -> Iterator[None]:
    """The deadline of the proposal that the host's pages are about is over."""
    meeting = db.session.get_one(Meeting, pages._hosted_meeting(Status.PROPOSED)())
    deadline = meeting.deadline_at
    meeting.deadline_at = NOW - timedelta(hours=1)
    db.session.commit()
    yield
    meeting.deadline_at = deadline
    db.session.commit()


def answering(code: int) -> Callable[[], AbstractContextManager[object]]:
    """The start page answers with this error, whatever brought it."""

    def refuse() -> str:
        abort(code)

    return lambda: patch.dict(current_app.view_functions, {"public.landing": public(refuse)})


# -- addresses ---------------------------------------------------------------------------------------------------------


def _at(endpoint: str, **about: Callable[[], object]) -> Callable[[], str]:
    return lambda: url_for(endpoint, **{name: find() for name, find in about.items()})


def _long_ago(find: Callable[[], str]) -> Callable[[], str]:
    """A key out of a mail of long ago."""

    def find_then() -> str:
        with patch.object(TimestampSigner, "get_timestamp", return_value=0):
            return find()

    return find_then


def _own_held_meeting() -> int:
    return pages._own_meeting(Status.HELD)()


def _proposal() -> int:
    return pages._hosted_meeting(Status.PROPOSED)()


# -- the states --------------------------------------------------------------------------------------------------------

_LIMITS = {"min_meetings": "3", "max_meetings": "7", "max_per_day": "4"}
_PROFILE = {"about": INVENTED[Investor.about], "country": "DE", "size_min": "80 million", "seen": "older"}
_APPLICANT = {"name": INVENTED[Investor.name], "country": "DE", "person": INVENTED[Account.name]}
_JOINING = {"name": INVENTED[Account.name], "password": "x"}
_PROJECT = {"title_zh": UNTRANSLATED, "summary_zh": UNTRANSLATED, "park_zh": UNTRANSLATED, "chain": "FI-ROB"}
_PASSWORDS = {"password": PASSWORD, "new_password": "x", "new_password_confirm": "x"}

STATES: tuple[State, ...] = (
    # a form that is wrong
    State(
        "sign-up-wrong",
        200,
        _at("accounts.sign_up"),
        sent=_APPLICANT | {"website": "nowhere", "phone": "1", "email": "x", "password": "x"},
    ),
    State(
        "sign-in-wrong",
        200,
        _at("security.login"),
        sent={"email": "ines@example.org", "password": "is not it"},
        has_own_look=False,
    ),
    State("sign-in-empty", 200, _at("security.login"), sent={"email": "", "password": ""}, has_own_look=False),
    State("fresh-link-wrong", 200, _at("security.forgot_password"), sent={"email": "x"}, has_own_look=False),
    State("join-wrong", 200, _at("joining.join", token=pages._joining_token), sent=_JOINING, has_own_look=False),
    State(
        "profile-wrong",
        200,
        _at("investor_profile.save"),
        Role.INVESTOR,
        {"country": "XX", "chains": "none", "stages": "none", "size_min": "much", "size_max": "-1", "languages": "none"},
    ),
    State(
        "limits-wrong",
        200,
        _at("investor_profile.save_limits"),
        Role.INVESTOR,
        {"max_meetings": "x"},
        has_own_look=False,
        stands_at=_at("investor_profile.show"),
    ),
    State(
        "stay-wrong",
        200,
        _at("investor.availability"),
        Role.INVESTOR,
        {"stay": "1", "arrival": "2024-04-02/morning", "departure": "2024-04-01/morning"},
        has_own_look=False,
    ),
    State("delegate-wrong", 200, _at("investor_profile.add"), Role.INVESTOR, {"delegate-role": "none"}, has_own_look=False),
    State("colleague-wrong", 200, _at("investor_colleagues.ask"), Role.INVESTOR, {"email": "x"}, has_own_look=False),
    State("account-wrong", 200, _at("accounts.account"), Role.HOST, {"timezone": "Europe/Nowhere"}, has_own_look=False),
    State(
        "account-conflict",
        409,
        _at("accounts.account"),
        Role.HOST,
        {"name": INVENTED[Account.name], "seen": "another"},
        has_own_look=False,
    ),
    State("password-wrong", 200, _at("security.change_password"), Role.HOST, _PASSWORDS, has_own_look=False),
    State("project-wrong", 200, _at("host_projects.new"), Role.HOST, _PROJECT | {"size_min": "much"}),
    State("decline-wrong", 200, _at("host.decline", meeting_id=_proposal), Role.HOST, {"reason": ""}, has_own_look=False),
    State("offer-wrong", 200, _at("host.offer", meeting_id=_proposal), Role.HOST, {"slot": ""}, has_own_look=False),
    State(
        "answer-wrong",
        200,
        _at("answers.decline", token=pages._answer_token),
        sent={"reason": ""},
        has_own_look=False,
        stands_at=_at("answers.show", token=pages._answer_token),
    ),
    State(
        "outcome-wrong",
        200,
        _at("meetings.record", meeting_id=_own_held_meeting),
        Role.INVESTOR,
        {"amount": "x", "due_on": "x"},
        stands_at=_at("meetings.show", meeting_id=_own_held_meeting),
    ),
    State(
        "weights-wrong",
        200,
        lambda: url_for("organiser_settings.settings", **asdict(Weights()) | {"must_meet": "x"}),
        Role.ORGANISER,
        has_own_look=False,
    ),
    State(
        "aims-wrong",
        200,
        _at("organiser_settings.save_aims"),
        Role.ORGANISER,
        {"gap_asked": "x"},
        has_own_look=False,
        stands_at=_at("organiser_settings.settings"),
    ),
    # two people changed the same
    State("profile-conflict", 409, _at("investor_profile.save"), Role.INVESTOR, _PROFILE),
    State(
        "availability-conflict",
        409,
        _at("investor.change_availability"),
        Role.INVESTOR,
        {"clear": "2024-04-09/morning", "seen": "older"},
        has_own_look=False,
    ),
    State(
        "outcome-conflict",
        409,
        _at("meetings.record", meeting_id=_own_held_meeting),
        Role.INVESTOR,
        {"appetite": "none", "note": "", "seen": "0"},
        has_own_look=False,
        stands_at=_at("meetings.show", meeting_id=_own_held_meeting),
    ),
    State(
        "prices-conflict",
        409,
        _at("organiser_settings.save_prices"),
        Role.ORGANISER,
        dict.fromkeys(("shortfall", "drop", "move", "idle_slot", "idle_period"), "7") | {"seen": "older"},
        has_own_look=False,
        stands_at=_at("organiser_settings.settings"),
    ),
    # a form that could not be taken
    State("session-ended", 401, _at("investor_profile.save_limits"), sent=_LIMITS, stands_at=_at("investor_profile.show")),
    State(
        "form-kept",
        400,
        _at("investor_profile.save_limits"),
        Role.INVESTOR,
        _LIMITS,
        is_stale=True,
        has_own_look=False,
        stands_at=_at("investor_profile.show"),
    ),
    State("form-too-old", 400, _at("security.login"), sent={"password": "x"}, is_stale=True, has_own_look=False),
    # a link that is too old
    State("confirmation-expired", 200, _at("security.confirm_email", token=_long_ago(lambda: _confirmation()))),
    State("password-link-expired", 200, _at("security.reset_password", token=_long_ago(lambda: _reset())), has_own_look=False),
    State("answer-link-expired", 200, _at("answers.show", token=_long_ago(pages._answer_token))),
    State("joining-expired", 200, _at("joining.show", token=_long_ago(pages._joining_token)), has_own_look=False),
    State("calendar-replaced", 404, _at("calendar.feed", token=lambda: "replaced"), has_own_look=False),
    # after the deadline
    State("too-late", 200, _at("host.meeting", meeting_id=_proposal), Role.HOST, scene=too_late),
    State("too-late-to-offer", 200, _at("host.offer", meeting_id=_proposal), Role.HOST, scene=too_late, has_own_look=False),
    State("too-late-by-mail", 200, _at("answers.show", token=pages._answer_token), scene=too_late, has_own_look=False),
    # errors
    State("400", 400, _at("public.choose_language"), sent={"language": "none"}, has_own_look=False),
    State("403", 403, _at("public.landing"), Role.HOST, scene=answering(403)),
    State("404", 404, _at("host.meeting", meeting_id=lambda: 999_999), Role.HOST, has_own_look=False),
    State("405", 405, _at("investor_profile.save_limits"), Role.INVESTOR, has_own_look=False),
    State("413", 413, _at("public.landing"), scene=answering(413), has_own_look=False),
    State("429", 429, _at("public.landing"), scene=answering(429), has_own_look=False),
    State("500", 500, _at("public.landing"), scene=answering(500), in_both_languages=True),
)


def _confirmation() -> str:
    return generate_confirmation_token(pages._newcomer())


def _reset() -> str:
    return generate_reset_password_token(pages._investor())


# -- bringing one about ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Request:
    """What has to be asked for, and the session cookie of who asks."""

    address: str
    came_from: str
    cookie: str
    sent: MultiDict[str, str] | None = field(default=None, repr=False)


@contextmanager
def asking_for(app: Flask, state: State, language: str) -> Iterator[Request]:
    """The request that brings this state about, while its scene is set."""
    with state.scene():
        reader = READERS[state.reader]() if state.reader else None
        cookie = cookie_for(app, reader, language=language, more={"csrf_token": _SECRET}.items())
        with app.test_request_context():
            address = state.address()
            came_from = (state.stands_at or state.address)()
            session["csrf_token"] = _SECRET
            token = "of yesterday" if state.is_stale else generate_csrf()
            g.pop("csrf_token", None)
        db.session.rollback()
        request = Request(address, came_from, cookie)
        yield (
            request if state.sent is None else replace(request, sent=_sent_by(app, request, {**state.sent, "csrf_token": token}))
        )


def _sent_by(app: Flask, request: Request, filled: Mapping[str, str]) -> MultiDict[str, str]:
    """All that the form sends, with what its reader filled in in the place of what the page showed."""
    client = app.test_client()
    client.set_cookie("session", request.cookie)
    sent = left_as_shown(client.get(request.came_from).text, request.came_from, request.address)
    for name, value in filled.items():
        sent[name] = value
    return sent


def bring_about(app: Flask, state: State, language: str, client: FlaskClient | None = None) -> TestResponse:
    """The answer that a browser would get. Protection against forged forms has to be on."""
    client = client or app.test_client()
    with asking_for(app, state, language) as request:
        client.set_cookie("session", request.cookie)
        if request.sent is None:
            return client.get(request.address)
        return client.post(request.address, data=request.sent, headers=OURS | {"Referer": f"http://localhost{request.came_from}"})


SEND = """([address, sent]) => {
  const form = document.createElement("form");
  Object.assign(form, { method: "post", action: address });
  for (const [name, value] of sent) {
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
  document.body.append(form);
  form.submit();
}"""


def show(app: Flask, state: State, language: str, tab: Tab) -> Response | None:
    """The same in a real browser; answers what the server said."""
    with asking_for(app, state, language) as request:
        tab.context.add_cookies([{"name": "session", "value": request.cookie, "url": app.config["PUBLIC_URL"]}])
        if request.sent is None:
            return tab.goto(request.address)
        tab.goto("/robots.txt")
        with tab.expect_navigation() as answer:
            tab.evaluate(SEND, [request.address, list(request.sent.items(multi=True))])
        return answer.value
