"""Phone numbers as people type them, kept in one form: 138 0013 8000 · 021-12345678-12 · +49 30 1234567 ext. 9."""

import re
from unicodedata import normalize

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, ValidationResult

LONGEST = 40
HOME = "CN"
"""Where a number without + is from, when nothing else is known."""
_CHINA = 86
_EXTENSION = re.compile(r"\s*(?:转|轉|分机号?|分機號?)\s*:?\s*(?=[0-9])")
_BEHIND_A_DASH = re.compile(r"\s*[-‐‑–—]\s*(?=[0-9]{1,6}\s*$)")


class PhoneUnclear(ValueError):
    """No number that anybody could dial from abroad."""


def parse_phone(text: str, region: str = HOME) -> str:
    """The number as it is stored: E.164, and behind it the extension as a link tells it: +862112345678;ext=12.

    Without +… it is one of `region`. Raises PhoneUnclear.
    """
    number = _typed(normalize("NFKC", text), region if region in phonenumbers.SUPPORTED_REGIONS else HOME)
    if number is None:
        raise PhoneUnclear(text)
    stored = _stored(number)
    if len(stored) > LONGEST:
        raise PhoneUnclear(text)
    return stored


def written_phone(stored: str) -> tuple[str, str]:
    """A stored number as people read it, and its extension: ('+86 21 1234 5678', '12'). What is none stays as it is."""
    number = _known(stored)
    if number is None:
        return stored, ""
    extension, number.extension = number.extension or "", None
    return phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL), extension


def phone_link(stored: str) -> str:
    """The address that dials a stored number; empty where it is none."""
    number = _known(stored)
    return f"tel:{_stored(number)}" if number is not None else ""


def _stored(number: PhoneNumber) -> str:
    extension = f";ext={number.extension}" if number.extension else ""
    return phonenumbers.format_number(number, PhoneNumberFormat.E164) + extension


def _typed(text: str, region: str) -> PhoneNumber | None:
    """The number, where somebody has such a one: as its country gives them out, area code included.

    In China the digits behind a last dash are an extension; elsewhere they are where the number is none with them.
    """
    whole = _valid(_EXTENSION.sub(" ext. ", text), region)
    parted = _valid(_BEHIND_A_DASH.sub(" ext. ", text), region)
    if parted is not None and (whole is None or parted.country_code == _CHINA):
        return parted
    return whole


def _valid(text: str, region: str) -> PhoneNumber | None:
    number = _read(text, region)
    return number if number is not None and phonenumbers.is_valid_number(number) else None


def _known(stored: str) -> PhoneNumber | None:
    """A stored number, one too that was taken when a right length was enough."""
    number = _read(stored, None)
    is_long_enough = number is not None and phonenumbers.is_possible_number_with_reason(number) == ValidationResult.IS_POSSIBLE
    return number if is_long_enough else None


def _read(text: str, region: str | None) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
