"""Calendar files: the diary of whoever is signed in, one meeting, and the subscription under a secret address."""

from flask import Blueprint, Flask, current_app, flash, make_response, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from matchmaker.domain.roles import Role
from matchmaker.i18n import local, reading_in
from matchmaker.ics import CONTENT_TYPE, calendar_file
from matchmaker.models import Edition
from matchmaker.services.actors import Missing, actor_of
from matchmaker.services.calendars import calendar_edition, calendar_owner, calendar_token_of, renew_calendar_token
from matchmaker.services.diary import MeetingView, diary_of, meeting_view_for, meetings_ever_of
from matchmaker.services.editions import now_in
from matchmaker.services.investors import activities_of
from matchmaker.web.access import public, requires
from matchmaker.web.origin import is_from_this_machine
from matchmaker.web.reader import back_to, reader

bp = Blueprint("calendar", __name__)


def init_app(app: Flask) -> None:
    app.register_blueprint(bp)


@bp.get("/calendar")
@requires(Role.INVESTOR, Role.HOST)
def subscription() -> str:
    """The address for the reader's own calendar, and how to use it."""
    address = _address(calendar_token_of(reader()))
    subscribe = address.replace(address.partition(":")[0], "webcal", 1)
    return render_template("investor/calendar.html", address=address, subscribe_address=subscribe)


@bp.post("/calendar/renew")
@requires(Role.INVESTOR, Role.HOST)
def renew() -> Response:
    """Give the calendar a new address."""
    renew_calendar_token(reader())
    flash(_("Your calendar has a new address. The old one no longer works; please subscribe again."), "success")
    return back_to("calendar.subscription")


@bp.get("/diary.ics")
@requires(Role.INVESTOR, Role.HOST)
def download() -> Response:
    """The diary as it stands now, without what has ended or expired."""
    edition = calendar_edition(current_user)
    now = now_in(edition)
    diary = diary_of(reader(), edition, now=now)
    signups = activities_of(reader())
    return _file(calendar_file(_name(edition), diary.meetings, signups, url_of=_url_of, now=now), "diary.ics")


@bp.get("/meetings/<int:meeting_id>.ics")
@requires(Role.INVESTOR, Role.HOST)
def one_meeting(meeting_id: int) -> Response:
    """One meeting of the reader as a calendar file; from what has expired it leads back."""
    view = meeting_view_for(reader(), meeting_id)
    edition = view.meeting.edition
    now = now_in(edition)
    if view.has_expired(now):
        flash(_("This proposal has expired; there is nothing to enter in a calendar."), "info")
        return back_to(_endpoint(view), meeting_id=meeting_id)
    return _file(calendar_file(_name(edition), [view], url_of=_url_of, now=now), f"meeting-{meeting_id}.ics")


@bp.get("/calendar/<token>.ics")
@public
def feed(token: str) -> Response | tuple[str, int]:
    """What a calendar program fetches: public on purpose, the address is the secret. Ended meetings are struck out.

    Whoever has the demonstration's passwords knows its addresses too, so those answer on the machine that serves only.
    """
    try:
        account = calendar_owner(token)
        if account.demo and not is_from_this_machine():
            raise Missing("calendar")
        edition = calendar_edition(account)
    except Missing:
        return render_template("errors/calendar.html", here="/"), 404
    actor = actor_of(account)
    with reading_in(account.language):
        meetings, signups = meetings_ever_of(actor, edition), activities_of(actor)
        content = calendar_file(_name(edition), meetings, signups, url_of=_url_of, now=now_in(edition))
    answer = _file(content, "diary.ics")
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer


def _name(edition: Edition) -> str:
    return local(edition)


def _address(token: str) -> str:
    return _outside(url_for("calendar.feed", token=token))


def _url_of(view: MeetingView) -> str:
    return _outside(url_for(_endpoint(view), meeting_id=view.meeting.id))


def _endpoint(view: MeetingView) -> str:
    return "host.meeting" if view.role is Role.HOST else "meetings.show"


def _outside(path: str) -> str:
    """Addresses in calendars outlive this request: they begin where people reach the site, not with what was asked."""
    return str(current_app.config["PUBLIC_URL"]).rstrip("/") + path


def _file(content: bytes, name: str) -> Response:
    response = make_response(content)
    response.headers["Content-Type"] = CONTENT_TYPE
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-cache"
    return response
