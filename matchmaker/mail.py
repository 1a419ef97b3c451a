"""The mail door: words a notice in its reader's language and sends it, by SMTP or as a file into a local folder."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, current_app, url_for
from flask_mailman import EmailMessage, Mail
from flask_mailman.backends.base import BaseEmailBackend
from flask_security.confirmable import generate_confirmation_token
from flask_security.recoverable import generate_reset_password_token

from matchmaker import i18n
from matchmaker.domain.meeting import Action, Status
from matchmaker.domain.reasons import CancelReason, DeclineReason, MoveReason
from matchmaker.domain.roles import Role
from matchmaker.models import Notice
from matchmaker.phrases import confidential_words, phrase

_NOT_IN_FILE_NAMES = re.compile(r"[^\w.@+-]")
_SHANGHAI = ZoneInfo("Asia/Shanghai")
_MEETING_PAGES = {Role.INVESTOR: "meetings.show", Role.HOST: "host.meeting"}
_REASONS = {
    Action.DECLINE: DeclineReason,
    Action.CANCEL: CancelReason,
    Action.MOVE: MoveReason,
    Action.LEAVE_OUT: MoveReason,
}


@dataclass(frozen=True, slots=True)
class Message:
    """One worded mail."""

    recipient: str
    subject: str
    text: str
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
    mail = EmailMessage(message.subject, message.text, to=[message.recipient], headers={"Message-ID": message.message_id})
    mail.name = message.name
    mail.send()


def word(notice: Notice) -> Message:
    """The text of a notice in the language of its reader, with addresses that begin with PUBLIC_URL."""
    account = notice.account
    with current_app.test_request_context(base_url=current_app.config["PUBLIC_URL"]), i18n.reading_in(account.language):
        told = {"account": account, "facts": _readable(notice), "link": _link(notice), "site": url_for_site()}
        subject, text = (_render(f"notices/{notice.kind}{end}.txt", told) for end in (".subject", ""))
    name = f"{notice.id:06d}-{notice.kind}-{_NOT_IN_FILE_NAMES.sub('_', account.email)}"
    return Message(account.email, " ".join(subject.split()), _tidy(text), notice.message_id, name)


def _render(template: str, told: dict[str, Any]) -> str:
    """Without what pages add to every template: a mail has no menu and nobody is signed in."""
    return current_app.jinja_env.get_template(template).render(told)


def url_for_site() -> str:
    return str(current_app.config["PUBLIC_URL"]).rstrip("/") + "/"


def _tidy(text: str) -> str:
    """No blank lines beyond one, which conditions in a template leave behind."""
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def _link(notice: Notice) -> str | None:
    """Where the reader goes from here. Tokens are made now, so that the outbox never holds a key to an account."""
    match notice.kind:
        case "confirm_address":
            token = generate_confirmation_token(notice.account)  # type: ignore[no-untyped-call]
            return url_for("security.confirm_email", token=token, _external=True)
        case "reset_password":
            token = generate_reset_password_token(notice.account)  # type: ignore[no-untyped-call]
            return url_for("security.reset_password", token=token, _external=True)
        case "address_known" | "password_changed":
            return url_for("security.forgot_password", _external=True)
        case kind if kind.startswith("meeting_") and notice.account.role in _MEETING_PAGES:
            page = _MEETING_PAGES[notice.account.role]
            return url_for(page, meeting_id=notice.facts["meeting"], _external=True)
        case _:
            return url_for("accounts.home", _external=True)


def _readable(notice: Notice) -> dict[str, Any]:
    """The facts as the text needs them: those of meetings in words, all others as they are."""
    if notice.kind.startswith("meeting_"):
        return meeting_words(notice.facts)
    if "changes" in notice.facts:
        return notice.facts | {"changes": [meeting_words(change) for change in notice.facts["changes"]]}
    return dict(notice.facts)


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
