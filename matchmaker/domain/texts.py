"""What may stand in a text that somebody typed or pasted: nothing that nobody sees."""

import re
from unicodedata import category

_SPACES = "\x0b\x0c\x1c\x1d\x1e\x1f\x85"
_TURNS = [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]
_UNSEEN = {code: None for code in range(0xA0) if category(chr(code)) == "Cc" and chr(code) not in "\t\n\r"}
_UNSEEN |= dict.fromkeys(_TURNS) | {ord(each): " " for each in _SPACES}
_BREAKS = re.compile("[\t\n\r\u2028\u2029]+")


def visible(text: str) -> str:
    """The text without control characters and without marks that turn its direction; tabs and line breaks stay.

    A line break is one character, as it is where a browser counts: forms send two.
    """
    return text.translate(_UNSEEN).replace("\r\n", "\n").replace("\r", "\n")


def one_line(text: str) -> str:
    """A name, a title or the like: visible, in one line and without space around it."""
    return _BREAKS.sub(" ", visible(text)).strip()
