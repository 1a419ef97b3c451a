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
from jinja2 import Environment
from markupsafe import Markup

from matchmaker import i18n
from matchmaker.answer_links import answer_link
from matchmaker.domain.meeting import Action, CalendarMethod, Status
from matchmaker.domain.reasons import CancelReason, DeclineReason, MoveReason
from matchmaker.domain.roles import ACCOUNT_ROLES, Role
from matchmaker.ics import Entry, Person, invitation_file
from matchmaker.joining_links import joining_link
from matchmaker.models import Account, Notice
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
_BLANK_LINES = re.compile(r"\n\s*\n")


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
    # Each has its own compiled templates: the same letter escapes what is filled in on a page, and does not in a text.
    layout: dict[str, Any] = {"trim_blocks": True, "lstrip_blocks": True, "finalize": _in_one_paragraph, "bytecode_cache": None}
    app.extensions["letters"] = {
        "txt": app.jinja_env.overlay(autoescape=False, **layout),
        "html": app.jinja_env.overlay(autoescape=True, **layout),
    }


def _in_one_paragraph(filled_in: Any) -> Any:
    """Without its blank lines, so that nothing that is filled in begins a paragraph of its own."""
    if not isinstance(filled_in, str):
        return filled_in
    line_break = Markup("\n") if isinstance(filled_in, Markup) else "\n"
    return line_break.join(line for line in filled_in.splitlines() if line.strip())


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
    """The letter of a notice in the language of its reader, with addresses that begin with PUBLIC_URL.

    Text and page are made from one file, templates/notices/LANGUAGE/KIND.txt: its first paragraph is the subject.
    """
    reader = notice.reader
    with current_app.test_request_context(base_url=current_app.config["PUBLIC_URL"]), i18n.reading_in(reader.language):
        facts, link, page = _readable(notice), _link(notice), _page(notice)
        calendar = _calendar_part(notice, facts, page)
        told: dict[str, Any] = {
            "account": notice.account,
            "for_investor": notice.account is not None and notice.account.role is Role.INVESTOR,
            "facts": facts,
            "link": link,
            "page": None if link else page,
            "site": url_for_site(),
            "language": i18n.html_language(),
            "calendar": calendar and calendar.method,
        }
        letter = f"notices/{_spoken()}/{notice.kind}.txt"
        subject, text = _worded(letter, told, "txt")
        _, paragraphs = _worded(letter, told, "html")
        told |= {"subject": " ".join(subject.split()), "paragraphs": paragraphs}
        html = _letters("html").get_template("notices/parts/page.html").render(told)
    name = f"{notice.id:06d}-{notice.kind}-{_NOT_IN_FILE_NAMES.sub('_', reader.email)}"
    return Message(reader.email, told["subject"], "\n\n".join(text) + "\n", _dressed(html), calendar, notice.message_id, name)


def _letters(form: str) -> Environment:
    letters: Environment = current_app.extensions["letters"][form]
    return letters


def _worded(letter: str, told: dict[str, Any], form: str) -> tuple[str, list[str]]:
    """The subject of a letter and all paragraphs of its mail, made of the pieces of this form: txt or html."""
    told = vars(_letters(form).get_template(f"notices/parts/pieces.{form}").module) | told
    subject, *message = _paragraphs(letter, told, form)
    return subject, _paragraphs("notices/parts/letter.txt", told | {"message": message}, form)


def _paragraphs(template: str, told: dict[str, Any], form: str) -> list[str]:
    """Without what pages add to every template: a mail has no menu and nobody is signed in."""
    written = _letters(form).get_template(template).render(told)
    return [(Markup if form == "html" else str)(each.strip()) for each in _BLANK_LINES.split(written.strip())]


def url_for_site() -> str:
    return str(current_app.config["PUBLIC_URL"]).rstrip("/") + "/"


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
        investor=facts["investor"],
        place=facts["venue"],
        lines=lines,
        url=url,
    )
    method = CalendarMethod(told["method"])
    organiser, attendee = Person(named or "Matchmaker", address), Person(account.name, account.email)
    return CalendarPart(method, invitation_file(entry, method, organiser=organiser, attendee=attendee))


def _link(notice: Notice) -> str | None:
    """What the letter asks its reader to press. Tokens are made now, so that the outbox never holds a key to an account."""
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
        case _:
            return None


def _page(notice: Notice) -> str:
    """Where the reader goes from a letter that asks for nothing else."""
    account = notice.account
    if notice.kind.startswith("meeting_") and account is not None and account.role in _MEETING_PAGES:
        return url_for(_MEETING_PAGES[account.role], meeting_id=notice.facts["meeting"], _external=True)
    return url_for("accounts.home", _external=True)


def _readable(notice: Notice) -> dict[str, Any]:
    """The facts as the letter needs them: those of meetings in words, all others as they are."""
    account = notice.account
    if account is not None and notice.kind.startswith("meeting_"):
        return _meeting_words(notice.facts, account)
    if account is not None and "changes" in notice.facts:
        return _digest_words(notice.facts, account, follows=notice.kind == "publication")
    return dict(notice.facts)


def _digest_words(facts: dict[str, Any], account: Account, *, follows: bool) -> dict[str, Any]:
    """What a night did to its reader, by kind and in the order of the diary, with what the letter asks about it.

    `follows`: the reader was told earlier what lapsed in this night. `asked`: how many proposals of it wait for a host,
    `waiting`: all that do, older ones too; both 0 where the digest is an investor's.
    """
    changes = sorted(facts["changes"], key=lambda change: str(change["starts_at"]))
    parts: dict[str, Any] = {}
    for kind in ("new", "moved", "left_out", "lapsed"):
        of_kind = [change for change in changes if change["kind"] == kind]
        shown = [_change_words(change, account) for change in of_kind[:MOST_OF_A_KIND]]
        parts[kind] = {"shown": shown, "more": len(of_kind) - len(shown)} if of_kind else None
    published = any(change["kind"] != "lapsed" for change in changes)
    proposed = sum(change["kind"] in _TO_ANSWER for change in changes)
    asked, waiting = (0, 0) if account.role is Role.INVESTOR else (proposed, max(proposed, facts.get("waiting", 0)))
    counts = {"proposed": proposed, "asked": asked, "waiting": waiting, "earlier": waiting > asked}
    return parts | counts | {"published": published, "published_later": published and follows}


def _change_words(change: dict[str, Any], account: Account) -> dict[str, Any]:
    """`asks`: it is up to this reader to answer."""
    asks = change["kind"] in _TO_ANSWER and (account.role is not Role.INVESTOR or change["suggested"])
    return _meeting_words(change, account) | {"asks": asks}


def _meeting_words(facts: dict[str, Any], account: Account) -> dict[str, Any]:
    """The facts of a meeting for its reader: names in its language, times in Shanghai and at its place, reasons in words."""
    zone = account.timezone or str(_SHANGHAI)
    names = {thing: i18n.local_fact(facts, thing) for thing in ("project", "district", "venue")}
    times = {name: _moment_words(facts.get(f"{name}_at"), zone) for name in ("offered", "deadline")}
    investor = facts.get("investor") or confidential_words(
        facts.get("investor_country"), i18n.local_fact(facts, "investor_chain")
    )
    said = {
        "investor": None if account.role is Role.INVESTOR else investor,
        "time": _time_words(facts["starts_at"], facts["ends_at"], zone),
        "reason": _reason_words(facts),
        "open": facts.get("status") == Status.PROPOSED,
        "answer": answer_link(account, facts),
        **{f"by_{role.value}": facts.get("taken_by") == role for role in ACCOUNT_ROLES},
    }
    return facts | names | times | said


def _spoken() -> str:
    """The language of the reader, as facts and folders of letters are called by it."""
    return "zh" if i18n.is_chinese() else "en"


def _time_words(written: str, until: str, zone: str) -> str:
    """Conference time first, then the reader's own, in one pair of brackets."""
    start, end = (datetime.fromisoformat(each).astimezone(_SHANGHAI) for each in (written, until))
    told = {"day": i18n.day_words(start.date()), "start": i18n.clock_words(start), "end": i18n.clock_words(end)}
    own = i18n.in_own_zone(start, end, zone)
    if own:
        return str(gettext("Time: %(day)s, %(start)s to %(end)s (Shanghai time; %(own)s)", own=own, **told))
    return str(gettext("Time: %(day)s, %(start)s to %(end)s (Shanghai time)", **told))


def _moment_words(written: str | None, zone: str) -> str:
    if written is None:
        return ""
    at = datetime.fromisoformat(written).astimezone(_SHANGHAI)
    told = {"day": i18n.day_words(at.date()), "time": i18n.clock_words(at)}
    own = i18n.in_own_zone(at, zone=zone)
    if own:
        return str(gettext("%(day)s, %(time)s (Shanghai time; %(own)s)", own=own, **told))
    return str(gettext("%(day)s, %(time)s (Shanghai time)", **told))


def _reason_words(facts: dict[str, Any]) -> str:
    """A decline and a cancellation have reasons of their own, and so has what a night moves or leaves out."""
    code, action = facts.get("reason"), facts.get("action")
    kind = _REASONS.get(Action(action)) if action else MoveReason
    if not code or kind is None or code not in {member.value for member in kind}:
        return ""
    return phrase(kind(code))
