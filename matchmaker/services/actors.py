"""Who acts: the role and what it answers for, free of sessions and requests."""

from dataclasses import dataclass

from matchmaker.domain.roles import Role
from matchmaker.models import Account


@dataclass(frozen=True, slots=True)
class Actor:
    """An account as seen by an action. The night has no account."""

    role: Role
    account_id: int | None
    investor_id: int | None
    district_id: int | None


NIGHT = Actor(Role.NIGHT, None, None, None)


def actor_of(account: Account) -> Actor:
    return Actor(account.role, account.id, account.investor_id, account.district_id)


class Missing(LookupError):
    """There is no such thing for this actor; it does not learn whether there is one for others."""
