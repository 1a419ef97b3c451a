"""The languages that investors and hosts can say they speak, by ISO 639-1 code."""

SPOKEN = (
    "zh", "en", "ja", "ko", "de", "fr", "it", "es", "pt", "nl", "sv", "no", "da", "fi",
    "he", "ar", "ru", "tr", "th", "vi", "id", "ms", "hi", "pl", "cs",
)  # fmt: skip
