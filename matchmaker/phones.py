"""Phone numbers as people type them, kept in one form: 138 0013 8000 · 021-1234 5678 转 12 · +49 30 1234567 ext. 9."""

import re
from unicodedata import normalize

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, ValidationResult

LONGEST = 40
HOME = "CN"
"""Where a number without + is from, when nothing else is known."""
_EXTENSION = re.compile(r"\s*(?:转|轉|分机号?|分機號?)\s*:?\s*(?=[0-9])")


class PhoneUnclear(ValueError):
    """No number that anybody could dial from abroad."""


def parse_phone(text: str, region: str = HOME) -> str:
    """The number as it is stored: E.164, and behind it the extension as a link tells it: +862112345678;ext=12.

    Without +… it is one of `region`. Raises PhoneUnclear.
    """
    number = _read(
        _EXTENSION.sub(" ext. ", normalize("NFKC", text)), region if region in phonenumbers.SUPPORTED_REGIONS else HOME
    )
    if number is None:
        raise PhoneUnclear(text)
    stored = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    stored += f";ext={number.extension}" if number.extension else ""
    if len(stored) > LONGEST:
        raise PhoneUnclear(text)
    return stored


def written_phone(stored: str) -> tuple[str, str]:
    """A stored number as people read it, and its extension: ('+86 21 1234 5678', '12'). What is none stays as it is."""
    number = _read(stored, None)
    if number is None:
        return stored, ""
    extension, number.extension = number.extension or "", None
    return phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL), extension


def phone_link(stored: str) -> str:
    """The address that dials a stored number; empty where it is none."""
    return f"tel:{parse_phone(stored)}" if _read(stored, None) is not None else ""


def _read(text: str, region: str | None) -> PhoneNumber | None:
    """The number, where it is complete: as long as a number of its country can be, its area code included."""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    possible = phonenumbers.is_possible_number_with_reason(number)
    return number if possible == ValidationResult.IS_POSSIBLE else None
