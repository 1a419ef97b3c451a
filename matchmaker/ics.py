"""The calendar door: a meeting or a whole diary as an iCalendar file, in the reader's language and within its sight.

The same diary always gives the same bytes, so a calendar that asks again sees no change where there is none.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from icalendar import Calendar, Event, vCalAddress, vDuration

from matchmaker.domain.meeting import CalendarMethod, Status
from matchmaker.domain.texts import one_line
from matchmaker.i18n import local, person_words, phone_words
from matchmaker.models import ActivitySignup
from matchmaker.phrases import answer_words, investor_words, moment_words, status_words
from matchmaker.services.diary import MeetingView
from matchmaker.services.visible import VisibleInvestor

CONTENT_TYPE = "text/calendar; charset=utf-8; method=PUBLISH"
_ASK_AGAIN = timedelta(hours=1)
_CERTAINTY = {
    Status.PROPOSED: "TENTATIVE",
    Status.COUNTERED: "TENTATIVE",
    Status.ACCEPTED: "CONFIRMED",
    Status.HELD: "CONFIRMED",
    Status.MISSED: "CONFIRMED",
}
"""All other statuses are ended meetings, which a calendar that knows them must strike out."""

UrlOf = Callable[[MeetingView], str]


def calendar_file(
    name: str, meetings: Iterable[MeetingView], signups: Iterable[ActivitySignup] = (), *, url_of: UrlOf, now: datetime
) -> bytes:
    """These meetings and programme items as one calendar, to be downloaded or subscribed to; without what has expired."""
    calendar = _calendar("PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", _ASK_AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(_ASK_AGAIN))  # the library does not know that it is a duration
    standing = [meeting for meeting in meetings if not meeting.has_expired(now)]
    for meeting in sorted(standing, key=lambda each: (each.starts_at, each.meeting.uid)):
        calendar.add_component(_meeting_event(meeting, url_of(meeting), now))
    for signup in signups:
        calendar.add_component(_activity_event(signup))
    return bytes(calendar.to_ical())


@dataclass(frozen=True, slots=True)
class Entry:
    """A meeting in a calendar: in a file, a subscription or a mail always under the same `uid`."""

    uid: str
    sequence: int
    changed_at: datetime
    starts_at: datetime
    ends_at: datetime
    status: Status
    project: str
    investor: str | None
    """What the reader may call it; None for the investor itself."""
    place: str
    lines: Sequence[str]
    url: str


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    address: str


def invitation_file(entry: Entry, method: CalendarMethod, *, organiser: Person, attendee: Person) -> bytes:
    """What a mail asks of its reader's calendar: to enter or change the meeting, or to strike it out (RFC 5546).

    Each copy names its own reader alone, so that nobody learns an address from it. Both sides have agreed already: no
    answer is asked for, and none would be read.
    """
    calendar = _calendar(method.value)
    event = _event(entry)
    event.add("organizer", _address(organiser))
    event.add("attendee", _address(attendee, ROLE="REQ-PARTICIPANT", PARTSTAT="ACCEPTED", RSVP="FALSE"))
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _address(person: Person, **parameters: str) -> vCalAddress:
    address = vCalAddress(f"mailto:{person.address}")
    address.params.update({"CN": one_line(person.name), **parameters})
    return address


def _calendar(method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//Matchmaker//Diary//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    return calendar


def _event(entry: Entry) -> Event:
    certainty = _CERTAINTY.get(entry.status, "CANCELLED")
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.changed_at)
    event.add("last-modified", entry.changed_at)
    event.add("dtstart", entry.starts_at)
    event.add("dtend", entry.ends_at)
    event.add("status", certainty)
    event.add("transp", "TRANSPARENT" if certainty == "CANCELLED" else "OPAQUE")
    event.add("summary", _summary(entry))
    event.add("location", entry.place)
    event.add("description", "\n".join(entry.lines))
    event.add("url", entry.url)
    return event


def _meeting_event(view: MeetingView, url: str, now: datetime) -> Event:
    return _event(
        Entry(
            uid=view.meeting.uid,
            sequence=view.meeting.calendar_sequence,
            changed_at=view.changed_at,
            starts_at=view.starts_at,
            ends_at=view.ends_at,
            status=view.status,
            project=local(view.project, "title"),
            investor=investor_words(view.investor) if view.investor is not None else None,
            place=_location(view),
            lines=_description(view, now),
            url=url,
        )
    )


def _summary(entry: Entry) -> str:
    title = entry.project
    if entry.investor is not None:
        title = _("%(investor)s: %(project)s", investor=entry.investor, project=title)
    if _CERTAINTY.get(entry.status) == "TENTATIVE":
        return str(_("%(title)s (not yet confirmed)", title=title))
    return title


def _location(view: MeetingView) -> str:
    if view.table is None:
        return local(view.venue)
    return str(_("%(venue)s, table %(number)s (may change)", venue=local(view.venue), number=view.table))


def _description(view: MeetingView, now: datetime) -> list[str]:
    """Its times name their zone: a calendar shows those of the event itself in the zone of the device."""
    lines = [
        status_words(view, now),
        _("Project: %(title)s", title=local(view.project, "title")),
        _("District: %(name)s", name=local(view.project.district)),
    ]
    if view.offered:
        lines.append(_("Another time is offered: %(moment)s", moment=moment_words(view.offered[0])))
    if view.awaited:
        lines.append(answer_words(view, now, names_zone=True))
    if view.interpreter:
        lines.append(_("An interpreter is booked."))
    if view.investor is not None:
        lines += _about(view.investor)
    return lines


def _about(investor: VisibleInvestor) -> list[str]:
    """What a host's or organiser's entry says about the investor: only what is visible at all."""
    lines = [_("Investor: %(name)s", name=investor_words(investor))]
    for delegate in investor.delegates or ():
        lines.append(_("Delegate: %(name)s", name=person_words(delegate.name, delegate.title)))
    contacts: Sequence[str] = [*(investor.emails or ()), phone_words(investor.phone or ""), investor.wechat or ""]
    lines += [_("Contact: %(contact)s", contact=contact) for contact in contacts if contact]
    return lines


def _activity_event(signup: ActivitySignup) -> Event:
    activity = signup.activity
    changed_at = max(signup.signed_up_at, activity.changed_at or signup.signed_up_at)
    event = Event()
    event.add("uid", f"activity-{activity.id}-investor-{signup.investor_id}@matchmaker")
    event.add("sequence", activity.sequence)
    event.add("dtstamp", changed_at)
    event.add("last-modified", changed_at)
    event.add("dtstart", activity.starts_at)
    event.add("dtend", activity.ends_at)
    event.add("status", "CONFIRMED")
    event.add("transp", "OPAQUE")
    event.add("summary", local(activity, "title"))
    event.add("location", local(activity, "place"))
    return event
