"""Who may see what of an investor: the table of the product, as data.

A page or a calendar entry asks here, field by field; nothing else decides.
"""

from enum import StrEnum


class Viewer(StrEnum):
    """In whose eyes. A host's view depends on whether this meeting of its district is accepted."""

    OTHER_INVESTOR = "other_investor"
    HOST_BEFORE = "host_before"
    HOST_AFTER = "host_after"
    ORGANISER = "organiser"
    PARTNER = "partner"


class Field(StrEnum):
    NAME = "name"
    PROFILE = "profile"  # country, chains, investment band, languages, reasons of the match
    DELEGATES = "delegates"
    CONTACT = "contact"
    OTHER_PLANS = "other_plans"  # interests elsewhere, other meetings, availability as such
    OWN_NOTES = "own_notes"


class Sight(StrEnum):
    YES = "yes"
    NO = "no"
    UNLESS_CONFIDENTIAL = "unless_confidential"
    WITH_CONSENT = "with_consent"
    OWN = "own"
    REFERRED = "referred"


_N, _Y = Sight.NO, Sight.YES

TABLE: dict[Field, dict[Viewer, Sight]] = {
    Field.NAME: {
        Viewer.OTHER_INVESTOR: _N,
        Viewer.HOST_BEFORE: Sight.UNLESS_CONFIDENTIAL,
        Viewer.HOST_AFTER: _Y,
        Viewer.ORGANISER: _Y,
        Viewer.PARTNER: Sight.REFERRED,
    },
    Field.PROFILE: dict(zip(Viewer, (_N, _Y, _Y, _Y, _N), strict=True)),
    Field.DELEGATES: dict(zip(Viewer, (_N, _N, _Y, _Y, _N), strict=True)),
    Field.CONTACT: dict(zip(Viewer, (_N, _N, Sight.WITH_CONSENT, _Y, _N), strict=True)),
    Field.OTHER_PLANS: dict(zip(Viewer, (_N, _N, _N, _Y, _N), strict=True)),
    Field.OWN_NOTES: dict(zip(Viewer, (_N, Sight.OWN, Sight.OWN, _Y, _N), strict=True)),
}


def may_see(field: Field, viewer: Viewer, *, confidential: bool = False, consented: bool = False, own: bool = False) -> bool:
    """Whether `viewer` sees `field`; `own`: wrote it (notes) or referred the investor (partner)."""
    match TABLE[field][viewer]:
        case Sight.YES:
            return True
        case Sight.UNLESS_CONFIDENTIAL:
            return not confidential
        case Sight.WITH_CONSENT:
            return consented
        case Sight.OWN | Sight.REFERRED:
            return own
        case _:
            return False
