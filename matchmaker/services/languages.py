"""Which codes are languages at all; those that people choose from are in `domain/languages.py`."""

import re

import pycountry


def is_language(code: str) -> bool:
    """Whether ISO 639-1 has the code."""
    return re.fullmatch(r"[a-z]{2}", code) is not None and pycountry.languages.get(alpha_2=code) is not None
