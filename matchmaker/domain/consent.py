"""What a person can agree to; each is asked for by itself, and nothing is taken for granted."""

from enum import StrEnum


class Purpose(StrEnum):
    """What data may be used for."""

    MATCHING = "matching"
    """To pair the investor with districts and projects, and to write about it: without it there is no taking part."""
    CONTACT = "contact"
    """To show e-mail, phone and WeChat to a host once it has accepted."""
    ABROAD = "abroad"
    """To send data to the investor's own mail and calendar providers outside mainland China. It is on record, and the organiser
    sees the choice: nobody can tell from an address where its provider is, so mails come either way."""


NEEDED = frozenset({Purpose.MATCHING})
