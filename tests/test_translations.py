"""Every text of pages, mails and reasons is in both catalogues: none missing, none fuzzy, none left over."""

import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po
from flask import Flask

from matchmaker.i18n import reading_in

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ["en", "zh_Hans_CN"]
KEYWORDS = DEFAULT_KEYWORDS | {"_l": None, "lazy_gettext": None, "lazy_ngettext": (1, 2)}
PLACEHOLDER = re.compile(r"%\((\w+)\)[a-z]|%%")
HAN = re.compile(r"[\u4e00-\u9fff]")
OUR_NAME = "Matchmaker"
NUMBERS = {"all", "count", "id", "least", "limit", "minutes", "most", "num", "number", "of", "points", "score", "value"}
TOGETHER = re.compile(r"\d{1,2}:\d\d|\d{4}-\d\d-\d\d|\d+月(\d+日)?|\d+年|[\d.,]+[万亿]元")
TOUCHING = re.compile(r"[\u4e00-\u9fff][A-Za-z0-9]|[A-Za-z0-9%][\u4e00-\u9fff]")
NARROW = re.compile(r"[\u4e00-\u9fff][,.:;!?()\"']|[,.:;!?()\"'][\u4e00-\u9fff]")


def test_a_constant_in_a_template_is_worded_anew_for_each_reader(app: Flask) -> None:
    template = app.jinja_env.from_string("{{ 'must_meet'|words('Level') }}")
    with app.test_request_context():
        for language, told in (("en", "Must meet"), ("zh_Hans_CN", "必须见"), ("en", "Must meet")):
            with reading_in(language):
                assert template.render() == told


@pytest.fixture(scope="module")
def texts() -> set[str | tuple[str, ...]]:
    """What the code and the templates say now, as `make translations` would collect it."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["babel"]["mappings"]
    methods = [(each["pattern"], each["method"]) for each in settings]
    options = {
        each["pattern"]: {key: value for key, value in each.items() if key not in ("pattern", "method")} for each in settings
    }
    found = extract_from_dir(ROOT, methods, options, keywords=KEYWORDS, directory_filter=lambda folder: "/." not in str(folder))
    return {message if isinstance(message, str) else tuple(message) for _, _, message, *_ in found}


def catalogue(language: str) -> Catalog:
    path = ROOT / "matchmaker" / "translations" / language / "LC_MESSAGES" / "messages.po"
    with path.open(encoding="utf-8") as file:
        return read_po(file, locale=language)


def messages(language: str) -> list[Message]:
    return [message for message in catalogue(language) if message.id]


def strings(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_has_exactly_the_texts_of_the_code(language: str, texts: set[str | tuple[str, ...]]) -> None:
    assert len(texts) > 900
    assert {message.id for message in messages(language)} == texts


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_missing_or_fuzzy(language: str) -> None:
    wanting = [message.id for message in messages(language) if message.fuzzy or not all(strings(message))]

    assert wanting == []


def placeholders(text: str) -> Counter[str]:
    return Counter(match.group(0) for match in PLACEHOLDER.finditer(text))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_keeps_its_placeholders(language: str) -> None:
    """The singular of a plural may leave out its number."""
    differing = [
        message.id
        for message in messages(language)
        for string in strings(message)
        if placeholders(string) not in [placeholders(text) for text in (message.id if message.pluralizable else (message.id,))]
    ]

    assert differing == []


def test_the_chinese_texts_are_chinese() -> None:
    def has_words(text: str) -> bool:
        return bool(re.search(r"[A-Za-z]", PLACEHOLDER.sub("", text).replace(OUR_NAME, "")))

    latin = [
        message.id
        for message in messages("zh_Hans_CN")
        for string in strings(message)
        if not HAN.search(string) and has_words(str(message.id))
    ]

    assert latin == []


def chinese() -> list[str]:
    """Every Chinese text, with 1 for each number and 甲 for whatever else is filled in."""

    def filled_in(match: re.Match[str]) -> str:
        return "%" if match.group(1) is None else "1" if match.group(1) in NUMBERS else "甲"

    return [PLACEHOLDER.sub(filled_in, string) for message in messages("zh_Hans_CN") for string in strings(message)]


def touches_latin(text: str) -> bool:
    """But not in dates, times and money; docs/vocabulary.md has the rule."""
    return bool(TOUCHING.search(TOGETHER.sub("，", text)))


def has_narrow_punctuation(text: str) -> bool:
    return bool(NARROW.search(text))


def test_latin_words_and_numbers_stand_apart_from_chinese() -> None:
    assert [text for text in chinese() if touches_latin(text)] == []


def test_chinese_punctuation_is_as_wide_as_its_characters() -> None:
    assert [text for text in chinese() if has_narrow_punctuation(text)] == []
