"""Ways to reach somebody, as typed by people: checked, and written in one form."""

from urllib.parse import urlsplit

import email_validator

from matchmaker.domain.rules import Broken, RuleBroken
from matchmaker.phones import HOME, PhoneUnclear, parse_phone

_LONGEST_EMAIL = 254


def checked_email(typed: str, field: str = "email") -> str:
    """The address in lower case, so that nobody has two accounts by a capital letter. Raises RuleBroken(EMAIL_INVALID)."""
    if not typed.strip():
        raise RuleBroken(Broken.EMPTY, field)
    if len(typed) > _LONGEST_EMAIL:
        raise RuleBroken(Broken.TOO_LONG, field, limit=_LONGEST_EMAIL)
    try:
        return email_validator.validate_email(typed.strip(), check_deliverability=False).normalized.lower()
    except email_validator.EmailNotValidError:
        raise RuleBroken(Broken.EMAIL_INVALID, field) from None


def checked_phone(typed: str, country: str, field: str = "phone") -> str:
    """The number as it is stored; without +… it is one of `country`, or a Chinese one. Empty stays empty.

    Raises RuleBroken(PHONE_INVALID).
    """
    if not typed.strip():
        return ""
    try:
        return parse_phone(typed, country or HOME)
    except PhoneUnclear:
        raise RuleBroken(Broken.PHONE_INVALID, field) from None


def checked_website(typed: str, field: str = "website") -> str:
    """The address with its scheme: only http and https can become a link. Empty stays empty.

    Raises RuleBroken(WEBSITE_INVALID).
    """
    if not typed.strip():
        return ""
    address = typed.strip() if "://" in typed else f"https://{typed.strip()}"
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        raise RuleBroken(Broken.WEBSITE_INVALID, field) from None
    plain = not any(character.isspace() or ord(character) < 32 for character in address)
    if parts.scheme not in ("http", "https") or parts.username is not None or "." not in host.strip(".") or not plain:
        raise RuleBroken(Broken.WEBSITE_INVALID, field)
    return address
