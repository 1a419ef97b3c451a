"""An investor as somebody else may see it: the one place that turns the table of visibility into values."""

from collections.abc import Iterable
from dataclasses import dataclass

from matchmaker.domain.meeting import Status
from matchmaker.domain.roles import Role
from matchmaker.domain.visibility import Field, Viewer, may_see
from matchmaker.models import Account, Chain, Delegate, Investor

AGREED = frozenset({Status.ACCEPTED, Status.HELD, Status.MISSED})
"""Both sides have said yes, and nobody took it back."""


@dataclass(frozen=True, slots=True)
class VisibleInvestor:
    """What one viewer sees of an investor. None: hidden from this viewer; an empty value: nothing is stored.

    `confidential` tells why the name may be hidden; `sees_plans` whether its interests elsewhere, its other meetings
    and its availability may be shown.
    """

    id: int
    confidential: bool
    sees_plans: bool
    name: str | None = None
    country: str | None = None
    chains: tuple[Chain, ...] | None = None
    size_min: int | None = None
    size_max: int | None = None
    stages: tuple[str, ...] | None = None
    languages: tuple[str, ...] | None = None
    about: str | None = None
    website: str | None = None
    delegates: tuple[Delegate, ...] | None = None
    emails: tuple[str, ...] | None = None
    phone: str | None = None
    wechat: str | None = None


def viewer_of(role: Role, status: Status | None) -> Viewer:
    """In whose eyes somebody of this role looks at the investor of a meeting in this status (None: of no meeting).

    The names that an acceptance opened close again when the meeting is cancelled.
    """
    match role:
        case Role.ORGANISER | Role.NIGHT:
            return Viewer.ORGANISER
        case Role.HOST:
            return Viewer.HOST_AFTER if status in AGREED else Viewer.HOST_BEFORE
        case _:
            return Viewer.OTHER_INVESTOR


def viewer_of_any(role: Role, statuses: Iterable[Status]) -> Viewer:
    """The same for somebody who has several meetings with the investor, or none: what one of them opens is known."""
    viewers = {viewer_of(role, status) for status in statuses}
    return Viewer.HOST_AFTER if Viewer.HOST_AFTER in viewers else viewer_of(role, None)


def visible_investor(investor: Investor, viewer: Viewer, *, referred: bool = False) -> VisibleInvestor:
    """Only what `viewer` may see; `referred`: the partner who looks referred this investor.

    Its own words about itself could name it, so they are shown only together with the name.
    """

    def sees(field: Field) -> bool:
        return may_see(field, viewer, confidential=investor.confidential, consented=investor.shares_contact, own=referred)

    named, profile, delegates, contact = (sees(f) for f in (Field.NAME, Field.PROFILE, Field.DELEGATES, Field.CONTACT))
    return VisibleInvestor(
        id=investor.id,
        confidential=investor.confidential,
        sees_plans=sees(Field.OTHER_PLANS),
        name=investor.name if named else None,
        country=investor.country if profile else None,
        chains=tuple(investor.chains) if profile else None,
        size_min=investor.size_min if profile else None,
        size_max=investor.size_max if profile else None,
        stages=tuple(investor.stages) if profile else None,
        languages=tuple(investor.languages) if profile else None,
        about=investor.about if named and profile else None,
        website=investor.website if named and profile else None,
        delegates=tuple(investor.delegates) if delegates else None,
        emails=tuple(_emails(investor.accounts)) if contact else None,
        phone=investor.phone if contact else None,
        wechat=investor.wechat if contact else None,
    )


def _emails(accounts: list[Account]) -> list[str]:
    return [account.email for account in accounts if account.active]
