"""What pages are made of: the macros of templates/parts/, so that no page styles itself and nothing is made twice."""

import re

import pytest

from tests.helpers import ROOT

TEMPLATES = ROOT / "templates"
PAGES = [
    path
    for path in sorted(TEMPLATES.rglob("*.html"))
    if path.relative_to(TEMPLATES).parts[0] not in ("parts", "papers", "notices")
]
"""Papers and mails have a look of their own."""

PART_CLASS = re.compile(r"""\bclass_?=["'][^"']*(?<![\w-])((?:card-plain|empty)[\w-]*|notice|state)(?![\w-])""")


def test_no_page_styles_a_card_a_state_or_a_notice_itself():
    """The macros of templates/parts/ do."""
    styled = {str(path.relative_to(TEMPLATES)): PART_CLASS.findall(path.read_text(encoding="utf-8")) for path in PAGES}

    assert {name: classes for name, classes in styled.items() if classes} == {}


@pytest.mark.parametrize(
    ("markup", "found"),
    [
        ('<li><article class="card-plain card-primary">', ["card-plain"]),
        ('<div class="lead empty-title">', ["empty-title"]),
        ('<div class="notice notice-info">', ["notice"]),
        ("<p class='state state-plain'>", ["state"]),
        ('<p class="notice-line">', []),
        ('<h2 class="card-title">', []),
    ],
)
def test_a_part_that_is_written_by_hand_is_found(markup, found):
    assert PART_CLASS.findall(markup) == found
