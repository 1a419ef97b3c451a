"""Money as people type it, in either language: 300 million, 1.2bn, RMB 300 million · 5000万, 3.5亿元, 3亿5000万."""

import re
from enum import StrEnum
from fractions import Fraction
from unicodedata import normalize

LONGEST = 40


class Unit(StrEnum):
    """What a number alone means on a page. Written behind the number it makes an amount that reads the same on every page."""

    MILLION = "million"
    WAN = "万"


class MoneyUnclear(ValueError):
    """No amount that we understand."""


class MoneyTooFine(ValueError):
    """An amount that is no whole number of million yuan."""


_MILLION_YUAN = 1_000_000
_YUAN = {
    Unit.MILLION: 10**6,
    Unit.WAN: 10**4,
    **dict.fromkeys(("k", "thousand"), 10**3),
    **dict.fromkeys(("m", "mn", "mln", "mio"), 10**6),
    **dict.fromkeys(("b", "bn", "billion"), 10**9),
    **dict.fromkeys(("tn", "trillion", "万亿"), 10**12),
    **{"百万": 10**6, "千万": 10**7, "亿": 10**8, "十亿": 10**9, "百亿": 10**10, "千亿": 10**11},
}
"""How many yuan each unit is."""
_CURRENCY = r"(?:rmb|cny|renminbi|yuan|¥|人民币)"
_NUMBER = r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?"
_PART = rf"({_NUMBER}) ?({'|'.join(sorted(_YUAN, key=len, reverse=True))})(?![a-z]) ?"
_AMOUNT = re.compile(
    rf"(?P<before>{_CURRENCY} ?)?(?:(?P<parts>(?:{_PART})+)|(?P<bare>{_NUMBER}) ?)(?P<after>元?人民币|元|{_CURRENCY})?"
)
_TODAY = str.maketrans("萬億圓圆", "万亿元元")


def parse_money(text: str, unit: Unit) -> int:
    """The amount in million yuan; a number without anything beside it is one of `unit`.

    Full-width characters and thousands separators are fine. Raises MoneyUnclear or MoneyTooFine.
    """
    written = _AMOUNT.fullmatch(_plain(text)) if len(text) <= LONGEST else None
    if written is None:
        raise MoneyUnclear(text)
    if written["parts"]:
        yuan = _sum(written["parts"])
    else:
        in_yuan = written["before"] or written["after"]  # with a currency it is meant as it stands: ¥300 are three hundred
        yuan = _number(written["bare"]) * (1 if in_yuan else _YUAN[unit])
    if yuan % _MILLION_YUAN:
        raise MoneyTooFine(text)
    return int(yuan // _MILLION_YUAN)


def _sum(parts: str) -> Fraction:
    """3亿5000万 is both together; each part is less than one of the unit before it."""
    total, room = Fraction(0), None
    for number, unit in re.findall(_PART, parts):
        value = _number(number) * _YUAN[unit]
        if room is not None and value >= room:
            raise MoneyUnclear(parts)
        total, room = total + value, _YUAN[unit]
    return total


def typed_money(million: int, unit: Unit) -> str:
    """An amount in million yuan as it stands in a field of this unit, to be parsed again: 1,200 · 120,000"""
    return f"{million * _MILLION_YUAN // _YUAN[unit]:,}"


def with_unit(text: str, unit: Unit) -> str:
    """What was typed under one unit, so that it reads the same under another: 50 → 50万"""
    is_bare = re.fullmatch(_NUMBER, _plain(text))
    return f"{text.strip()}{unit if unit is Unit.WAN else f' {unit}'}" if is_bare else text


def _plain(text: str) -> str:
    return " ".join(normalize("NFKC", text).casefold().translate(_TODAY).split())


def _number(text: str) -> Fraction:
    return Fraction(text.replace(",", ""))
