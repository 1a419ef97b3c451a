"""The languages that investors and hosts can say they speak, by ISO 639-1 code, and how many at most."""

from collections.abc import Callable, Collection

from matchmaker.domain.rules import Broken, RuleBroken

SPOKEN = (
    "zh", "en", "ja", "ko", "de", "fr", "it", "es", "pt", "nl", "sv", "no", "da", "fi",
    "he", "ar", "ru", "tr", "th", "vi", "id", "ms", "hi", "pl", "cs",
)  # fmt: skip
MOST_LANGUAGES = 10


def is_spoken(code: str) -> bool:
    return code in SPOKEN


def check_languages(codes: Collection[str], field: str = "languages", *, known: Callable[[str], bool] = is_spoken) -> None:
    """What somebody may be said to speak. Files of a catalogue `know` more languages than people choose from.

    Raises RuleBroken on the field: TOO_MANY or LANGUAGE_UNKNOWN.
    """
    if len(codes) > MOST_LANGUAGES:
        raise RuleBroken(Broken.TOO_MANY, field, limit=MOST_LANGUAGES)
    for code in codes:
        if not known(code):
            raise RuleBroken(Broken.LANGUAGE_UNKNOWN, field, given=code[:20])
