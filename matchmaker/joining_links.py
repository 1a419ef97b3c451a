"""Links in mails by which a colleague joins an investor: what they hold, how they are signed, when they end."""

from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256

from flask import current_app, url_for
from itsdangerous import BadData, SignatureExpired, URLSafeTimedSerializer

from matchmaker.models import Joining

JOIN_WITHIN = timedelta(days=7)
"""In real time; a link ends earlier when it is used or taken back."""
_PURPOSE = "join an investor"


@dataclass(frozen=True, slots=True)
class JoiningKey:
    """What a link holds. `holder` stands for the address and the moment in which it was asked."""

    joining_id: int
    holder: str
    expired: bool = False

    def fits(self, joining: Joining | None) -> bool:
        """Whether the link still belongs to this: what was taken back and asked anew has another one."""
        return joining is not None and joining.id == self.joining_id and self.holder == _holder(joining)


def joining_link(joining: Joining) -> str:
    """The address where a colleague joins."""
    return url_for("joining.show", token=_serializer().dumps([joining.id, _holder(joining)]), _external=True)


def read_joining_key(token: str) -> JoiningKey | None:
    """What is signed in a link, expired ones marked as such; None for anything that was not signed here for this purpose."""
    try:
        return JoiningKey(*_serializer().loads(token, max_age=int(JOIN_WITHIN.total_seconds())))
    except SignatureExpired:
        return replace(JoiningKey(*_serializer().loads(token)), expired=True)
    except BadData:
        return None


def _serializer() -> URLSafeTimedSerializer:
    secret = str(current_app.config["SECRET_KEY"])
    return URLSafeTimedSerializer(secret, salt=_PURPOSE, signer_kwargs={"key_derivation": "hmac", "digest_method": sha256})


def _holder(joining: Joining) -> str:
    return sha256(f"{joining.email} {joining.asked_at.isoformat()}".encode()).hexdigest()[:16]
