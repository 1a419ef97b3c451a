"""The mail door: words a notice in its reader's language and sends it, by SMTP or as a file into a local folder."""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from pathlib import Path
from smtplib import SMTPException
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, current_app, url_for
from flask_babel import gettext
from flask_mailman import EmailMessage, EmailMultiAlternatives, Mail
from flask_mailman.backends.base import BaseEmailBackend
from flask_security.confirmable import generate_confirmation_token
from flask_security.recoverable import generate_reset_password_token

from matchmaker import i18n
from matchmaker.domain.meeting import Action, CalendarMethod, Status
from matchmaker.domain.reasons import CancelReason, DeclineReason, MoveReason
from matchmaker.domain.roles import Role
from matchmaker.ics import Entry, Person, invitation_file
from matchmaker.joining_links import joining_link
from matchmaker.models import Notice
from matchmaker.phrases import confidential_words, phrase

_NOT_IN_FILE_NAMES = re.compile(r"[^\w.@+-]")
_SHANGHAI = ZoneInfo("Asia/Shanghai")
_MEETING_PAGES = {Role.INVESTOR: "meetings.show", Role.HOST: "host.meeting"}
_TO_ANSWER = ("new", "moved")
_REASONS = {
    Action.DECLINE: DeclineReason,
    Action.CANCEL: CancelReason,
    Action.MOVE: MoveReason,
    Action.LEAVE_OUT: MoveReason,
}


MOST_OF_A_KIND = 20
"""A digest tells so many changes of a kind and counts the rest: the whole day is on the reader's page."""

LOOKS = {
    "letter": "margin:0 auto;padding:16px;max-width:560px;font:16px/1.5 -apple-system,'Segoe UI',Roboto,'PingFang SC',"
    "'Microsoft YaHei','Noto Sans CJK SC',sans-serif",
    "brand": "margin:0 0 24px;padding:8px 16px;background:#0b3d91;color:#ffffff;font-weight:bold",
    "subject": "margin:0 0 16px;font-size:22px;line-height:1.3",
    "title": "margin:24px 0 8px;font-size:18px",
    "details": "margin:0 0 16px;padding:0 0 0 16px;border-left:4px solid #0b3d91;list-style:none",
    "detail": "margin:0 0 4px",
    "strong": "font-weight:bold",
    "words": "white-space:pre-line",
    "action": "margin:24px 0 8px",
    "button": "display:inline-block;padding:12px 24px;border-radius:4px;background:#0b3d91;color:#ffffff;font-weight:bold;"
    "text-decoration:none",
    "address": "margin:0 0 16px;font-size:13px;overflow-wrap:anywhere",
    "quiet": "margin:32px 0 0;padding:16px 0 0;border-top:1px solid #8a94a6;font-size:13px",
}
"""What the classes in templates/notices look like. Mail programs know no style sheets, only attributes."""
_CLASSES = re.compile(r'class="([a-z ]+)"')


@dataclass(frozen=True, slots=True)
class CalendarPart:
    """What a mail asks of its reader's calendar."""

    method: CalendarMethod
    content: bytes

    @property
    def name(self) -> str:
        return "invitation.ics" if self.method is CalendarMethod.REQUEST else "cancellation.ics"


@dataclass(frozen=True, slots=True)
class Message:
    """One worded mail: the same words as text and as HTML."""

    recipient: str
    subject: str
    text: str
    html: str
    calendar: CalendarPart | None
    message_id: str
    name: str
    """What its file is called where mails are files: sorts by time and says what it is."""


class FolderBackend(BaseEmailBackend):
    """Sends nothing: each mail becomes an .eml file, which every mail program opens. A duplicate replaces its first copy."""

    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        folder = Path(current_app.config["MAIL_FOLDER"])
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for message in messages:
            path = folder / f"{message.name}.eml"
            unfinished = path.with_suffix(".part")
            unfinished.write_bytes(message.message().as_bytes())
            unfinished.replace(path)
        return len(messages)


def init_app(app: Flask) -> None:
    app.config["MAIL_BACKEND"] = "smtp" if app.config["MAIL_SERVER"] else FolderBackend
    app.config.setdefault("MAIL_TIMEOUT", 30)
    Mail().init_app(app)


def deliver(notice: Notice) -> None:
    """Word a notice and send it. Raises what the mail server or the disk raises."""
    send(word(notice))


def send(message: Message) -> None:
    headers = {"Message-ID": message.message_id, "Auto-Submitted": "auto-generated"}
    mail = EmailMultiAlternatives(message.subject, message.text, to=[message.recipient], headers=headers)
    mail.attach_alternative(message.html, "text/html")
    if message.calendar:
        # Twice the same: programs that know invitations read the alternative, all others show the file.
        mail.attach_alternative(message.calendar.content.decode(), f"text/calendar; method={message.calendar.method}")
        mail.attach(message.calendar.name, message.calendar.content, "application/ics")
    mail.name = message.name
    connection = current_app.extensions["mailman"].get_connection()
    try:
        connection.open()
        connection.send_messages([mail])
    finally:
        with suppress(SMTPException):  # what the server took is sent, whatever it answers to our goodbye
            connection.close()


def word(notice: Notice) -> Message:
    """The text of a notice in the language of its reader, with addresses that begin with PUBLIC_URL."""
    reader = notice.reader
    with current_app.test_request_context(base_url=current_app.config["PUBLIC_URL"]), i18n.reading_in(reader.language):
        facts, link = _readable(notice), _link(notice)
        calendar = _calendar_part(notice, facts, link or "")
        told: dict[str, Any] = {
            "account": notice.account,
            "facts": facts,
            "link": link,
            "site": url_for_site(),
            "language": i18n.html_language(),
        }
        told["calendar"] = calendar and calendar.method
        told["subject"] = " ".join(_render(f"notices/{notice.kind}.subject.txt", told).split())
        text, html = (_render(f"notices/{notice.kind}.{end}", told) for end in ("txt", "html"))
    name = f"{notice.id:06d}-{notice.kind}-{_NOT_IN_FILE_NAMES.sub('_', reader.email)}"
    return Message(reader.email, told["subject"], _tidy(text), _dressed(html), calendar, notice.message_id, name)


def _render(template: str, told: dict[str, Any]) -> str:
    """Without what pages add to every template: a mail has no menu and nobody is signed in."""
    return current_app.jinja_env.get_template(template).render(told)


def url_for_site() -> str:
    return str(current_app.config["PUBLIC_URL"]).rstrip("/") + "/"


def _tidy(text: str) -> str:
    """No blank lines beyond one, which conditions in a template leave behind."""
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def _dressed(html: str) -> str:
    """Its classes as style attributes, and no blank lines. Values are escaped, so no class comes from outside."""
    styled = _CLASSES.sub(lambda found: f'style="{";".join(LOOKS[name] for name in found[1].split())}"', html)
    return "\n".join(line.rstrip() for line in styled.splitlines() if line.strip()) + "\n"


def _calendar_part(notice: Notice, facts: dict[str, Any], url: str) -> CalendarPart | None:
    """The meeting for the reader's calendar, as it stood when the notice was written; None where its calendar is not asked."""
    told = notice.facts.get("calendar")
    account = notice.account
    if told is None or account is None:
        return None
    named, address = parseaddr(current_app.config["MAIL_DEFAULT_SENDER"])
    status = Status(facts["status"])
    lines = [
        phrase(status),
        gettext("Project: %(title)s", title=facts["project"]),
        gettext("District: %(name)s", name=facts["district"]),
    ]
    entry = Entry(
        uid=told["uid"],
        sequence=told["sequence"],
        changed_at=datetime.fromisoformat(told["at"]),
        starts_at=datetime.fromisoformat(notice.facts["starts_at"]),
        ends_at=datetime.fromisoformat(notice.facts["ends_at"]),
        status=status,
        project=facts["project"],
        investor=None if account.role is Role.INVESTOR else facts["investor"],
        place=facts["venue"],
        lines=lines,
        url=url,
    )
    method = CalendarMethod(told["method"])
    organiser, attendee = Person(named or "Matchmaker", address), Person(account.name, account.email)
    return CalendarPart(method, invitation_file(entry, method, organiser=organiser, attendee=attendee))


def _link(notice: Notice) -> str | None:
    """Where the reader goes from here. Tokens are made now, so that the outbox never holds a key to an account."""
    account = notice.account
    match notice.kind:
        case "join" if notice.joining is not None:
            return joining_link(notice.joining)
        case "confirm_address":
            token = generate_confirmation_token(notice.account)  # type: ignore[no-untyped-call]
            return url_for("security.confirm_email", token=token, _external=True)
        case "reset_password":
            token = generate_reset_password_token(notice.account)  # type: ignore[no-untyped-call]
            return url_for("security.reset_password", token=token, _external=True)
        case "address_known" | "password_changed":
            return url_for("security.forgot_password", _external=True)
        case kind if kind.startswith("meeting_") and account is not None and account.role in _MEETING_PAGES:
            page = _MEETING_PAGES[account.role]
            return url_for(page, meeting_id=notice.facts["meeting"], _external=True)
        case _:
            return url_for("accounts.home", _external=True)


def _readable(notice: Notice) -> dict[str, Any]:
    """The facts as the text needs them: those of meetings in words, all others as they are."""
    if notice.kind.startswith("meeting_"):
        return meeting_words(notice.facts)
    if "changes" in notice.facts:
        return _digest_words(notice.facts["changes"], notice.facts.get("waiting", 0))
    return dict(notice.facts)


def _digest_words(changes: list[dict[str, Any]], waiting: int) -> dict[str, Any]:
    """What a night did to its reader, by kind and in the order of the diary, with what the text asks about it.

    `waiting`: how many proposals wait for a host, older ones too; 0 where the digest is an investor's or nothing waits.
    """
    told = sorted(changes, key=lambda change: str(change["starts_at"]))
    parts: dict[str, Any] = {}
    for kind in ("new", "moved", "left_out", "lapsed"):
        of_kind = [meeting_words(change) | {"to_answer": kind in _TO_ANSWER} for change in told if change["kind"] == kind]
        more = max(0, len(of_kind) - MOST_OF_A_KIND)
        parts[kind] = {"shown": of_kind[:MOST_OF_A_KIND], "more": more} if of_kind else None
    published = any(change["kind"] != "lapsed" for change in changes)
    asked = sum(change["kind"] in _TO_ANSWER for change in changes)
    return parts | {"published": published, "to_answer": asked, "waiting": max(asked, waiting)}


def meeting_words(facts: dict[str, Any]) -> dict[str, Any]:
    """The facts of a meeting with names in the reader's language, times in Shanghai and reasons in words."""
    spoken = "zh" if i18n.is_chinese() else "en"
    names = {thing: facts[f"{thing}_{spoken}"] for thing in ("project", "district", "venue")}
    times = {name: _moment(facts.get(f"{name}_at")) for name in ("starts", "ends", "offered", "deadline")}
    investor = facts.get("investor") or confidential_words(facts.get("investor_country"), facts.get(f"investor_chain_{spoken}"))
    said = {"investor": investor, "reason": _reason_words(facts), "open": facts.get("status") == Status.PROPOSED}
    return facts | names | times | said


def _moment(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written).astimezone(_SHANGHAI) if written else None


def _reason_words(facts: dict[str, Any]) -> str:
    """A decline and a cancellation have reasons of their own, and so has what a night moves or leaves out."""
    code, action = facts.get("reason"), facts.get("action")
    kind = _REASONS.get(Action(action)) if action else MoveReason
    if not code or kind is None or code not in {member.value for member in kind}:
        return ""
    return phrase(kind(code))
