"""Who uses the product, and how far an investor has come."""

from enum import StrEnum


class Role(StrEnum):
    """Whose hand moves something. Accounts have the first three; the night works for nobody."""

    INVESTOR = "investor"
    HOST = "host"
    ORGANISER = "organiser"
    NIGHT = "night"


ACCOUNT_ROLES = (Role.INVESTOR, Role.HOST, Role.ORGANISER)


class DelegateRole(StrEnum):
    """Whether a delegate has to be at the meetings, or may be."""

    REQUIRED = "required"
    OPTIONAL = "optional"


class Vetting(StrEnum):
    """Where an investor stands before it may meet anybody."""

    APPLIED = "applied"
    APPROVED = "approved"
    WAITLISTED = "waitlisted"
    REFUSED = "refused"


def may_meet(vetting: Vetting) -> bool:
    """Only approved investors get meetings; the waitlisted see everything and get none."""
    return vetting is Vetting.APPROVED
