"""The page of all components: for organisers, in both languages, with colours that can be read."""

import re
from collections.abc import Iterable

import pytest

from matchmaker.web.style import READABLE, contrast, token_pairs
from tests.helpers import ROOT, sign_in


def test_organiser_sees_every_component_in_both_languages(client, edition, olga):
    text = sign_in(client, olga).get("/style").text

    for english, chinese in (
        ("Your session has ended", "您的登录已过期"),
        ("Please fill this in.", "请填写此项。"),
        ("Send a fresh link", "发送新链接"),
        ("Please look at this again. Nothing was stored yet.", "请再次核对。尚未保存任何内容。"),
        ("This is not open to you", "此页面未对您开放"),
    ):
        assert english in text
        assert chinese in text
    assert text.count('class="versions"') == text.count("Keep what is stored") + text.count("保留已保存的版本") == 2


@pytest.mark.parametrize(
    ("address", "sheet"),
    [
        ("/style", 'media="screen and (prefers-color-scheme: dark)"'),
        ("/style?scheme=dark", 'media="screen"'),
        ("/style?scheme=light", None),
        ("/style?scheme=purple", 'media="screen and (prefers-color-scheme: dark)"'),
    ],
)
def test_scheme_is_the_readers_or_the_one_asked_for(client, edition, olga, address, sheet):
    text = sign_in(client, olga).get(address).text

    found = re.findall(r'dark\.css[^"]*" (media="[^"]+")', text)
    assert found == ([sheet] if sheet else [])


def test_nobody_else_sees_it(client, edition, ines, hao):
    assert client.get("/style").status_code == 302
    assert sign_in(client, ines).get("/style").status_code == 404
    assert sign_in(client, hao).get("/style").status_code == 404


def test_contrast_is_reckoned_as_the_guidelines_do():
    assert round(contrast("#000", "#ffffff"), 2) == 21.0
    assert round(contrast("#777777", "#fff"), 2) == 4.48


def test_every_text_stands_out_from_its_ground():
    weak = [
        (text, ground, scheme) for text, ground, inks in token_pairs() for scheme, ink in inks.items() if ink.contrast < READABLE
    ]

    assert weak == []


def test_both_style_sheets_name_the_same_colours():
    names = [
        set(re.findall(r"^  --([a-z-]+): #", (ROOT / "matchmaker/static" / sheet).read_text(encoding="utf-8"), re.MULTILINE))
        for sheet in ("site.css", "dark.css")
    ]

    assert {name for name in names[0] if not name.startswith("bs-")} == {name for name in names[1] if not name.startswith("bs-")}


MACRO = re.compile(r"\{% macro (\w+)\(")


def parts() -> dict[str, str]:
    """The text of every macro of templates/parts, by its name."""
    found = {}
    for file in sorted((ROOT / "templates" / "parts").glob("*.html")):
        names_and_texts = MACRO.split(file.read_text(encoding="utf-8"))[1:]
        found |= dict(zip(names_and_texts[::2], names_and_texts[1::2], strict=True))
    return found


def used_by(text: str, names: Iterable[str]) -> set[str]:
    return {name for name in names if re.search(rf"(?<!macro )\b{name}\b[(,)]", text)}


def test_no_part_is_left_out():
    known = parts()
    sheets = ("style.html", "style_parts.html", "style_meetings.html", "style_work.html")
    page = "".join((ROOT / "templates" / "organiser" / name).read_text(encoding="utf-8") for name in sheets)
    page = re.sub(r"\{% from .*? %\}", "", page) + (ROOT / "templates" / "layout.html").read_text(encoding="utf-8")
    shown, more = set(), used_by(page, known)
    while more:
        shown |= more
        more = {inner for name in more for inner in used_by(known[name], known)} - shown

    assert len(known) > 50
    assert sorted(known.keys() - shown) == []


def test_the_names_of_the_two_languages_differ(client, edition, olga):
    text = sign_in(client, olga).get("/style").text
    names = re.findall(r'\bid="([^"]+)"', text)
    asked = {
        name for group in re.findall(r'\b(?:for|aria-labelledby|aria-describedby)="([^"]+)"', text) for name in group.split()
    }

    assert len(names) == len(set(names)) > 50
    assert asked <= set(names)
