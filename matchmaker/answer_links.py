"""Links in mails by which a host answers a proposal without signing in: what they hold, how they are signed, when they end."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

from flask import current_app, url_for
from itsdangerous import BadData, SignatureExpired, URLSafeTimedSerializer

from matchmaker.domain.meeting import Status
from matchmaker.domain.roles import Role
from matchmaker.models import Account

ANSWER_WITHIN = timedelta(days=7)
"""In real time; a link ends earlier with every change of its meeting."""
_PURPOSE = "answer a proposal"


@dataclass(frozen=True, slots=True)
class Key:
    """What a link holds. `sequence` is that of the meeting when it was told about, `holder` stands for the address."""

    account_id: int
    meeting_id: int
    sequence: int
    holder: str
    expired: bool = False

    def fits(self, account: Account | None) -> bool:
        """Whether the link still belongs to this account: a new password or address takes it away."""
        return account is not None and account.id == self.account_id and self.holder == _holder(account)


def answer_link(account: Account, meeting: Mapping[str, Any]) -> str | None:
    """The address where the reader of a mail answers the meeting that its facts tell about; None: it is not asked to."""
    if account.role is not Role.HOST or meeting.get("status") != Status.PROPOSED or "sequence" not in meeting:
        return None
    token = _serializer().dumps([account.id, meeting["meeting"], meeting["sequence"], _holder(account)])
    return url_for("answers.show", token=token, _external=True)


def read_key(token: str) -> Key | None:
    """What is signed in a link, expired ones marked as such; None for anything that was not signed here for this purpose."""
    try:
        return Key(*_serializer().loads(token, max_age=int(ANSWER_WITHIN.total_seconds())))
    except SignatureExpired:
        return replace(Key(*_serializer().loads(token)), expired=True)
    except BadData:
        return None


def _serializer() -> URLSafeTimedSerializer:
    secret = str(current_app.config["SECRET_KEY"])
    return URLSafeTimedSerializer(secret, salt=_PURPOSE, signer_kwargs={"key_derivation": "hmac", "digest_method": sha256})


def _holder(account: Account) -> str:
    return sha256(f"{account.fs_uniquifier} {account.email}".encode()).hexdigest()[:16]
