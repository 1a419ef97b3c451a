"""What pages are made of: the macros of templates/parts/, so that no page styles itself and nothing is made twice."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import pytest
from jinja2 import Environment, nodes

from tests.helpers import ROOT

TEMPLATES = ROOT / "templates"
OTHER_MEDIA = ("papers", "notices")
"""Papers and mails have a look of their own."""

# -- the look of a page ------------------------------------------------------------------------------------------------

PAGES = [
    path for path in sorted(TEMPLATES.rglob("*.html")) if path.relative_to(TEMPLATES).parts[0] not in ("parts", *OTHER_MEDIA)
]
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


# -- macros that several pages use -------------------------------------------------------------------------------------

Macro = tuple[str, str]
"""The template that defines it, and its name."""
EXTENSIONS = ("jinja2.ext.do", "jinja2.ext.i18n")


@dataclass(frozen=True)
class Sheet:
    """What one template imports, includes, defines and names; `is_page`: it fills the layout."""

    imports: dict[str, Macro]
    includes: frozenset[str]
    macros: dict[str, frozenset[str]]
    body: frozenset[str]
    is_page: bool


def names_in(*trees: nodes.Node) -> frozenset[str]:
    return frozenset(name.name for tree in trees for name in tree.find_all(nodes.Name) if name.ctx == "load")


def sheet_of(source: str) -> Sheet:
    tree = Environment(extensions=EXTENSIONS).parse(source)
    macros = {macro.name: names_in(*macro.body) for macro in tree.find_all(nodes.Macro)}
    imports = {
        name if isinstance(name, str) else name[1]: (each.template.value, name if isinstance(name, str) else name[0])
        for each in tree.find_all(nodes.FromImport)
        if isinstance(each.template, nodes.Const)
        for name in each.names
    }
    included = (each.template.value for each in tree.find_all(nodes.Include) if isinstance(each.template, nodes.Const))
    body = names_in(*(each for each in tree.body if not isinstance(each, nodes.Macro)))
    return Sheet(imports, frozenset(included), macros, body, next(tree.find_all(nodes.Extends), None) is not None)


def macros_used_by(page: str, sheets: Mapping[str, Sheet]) -> set[Macro]:
    """All that the page calls, by itself, in what it includes, and through other macros."""
    found: set[Macro] = set()
    to_read = [(page, name) for name in sheets[page].body] + [(page, each) for each in sheets[page].includes]
    seen = set(to_read)
    while to_read:
        file, name = to_read.pop()
        sheet, more = sheets[file], set()
        if name in sheet.macros:
            found.add((file, name))
            more = {(file, inner) for inner in sheet.macros[name]}
        elif name in sheet.imports:
            more = {sheet.imports[name]}
        elif name in sheets:
            more = {(name, inner) for inner in sheets[name].body | sheets[name].includes}
        to_read += more - seen
        seen |= more
    return found


def shared_outside_parts(sheets: Mapping[str, Sheet]) -> dict[Macro, list[str]]:
    """The macros that two or more pages use and that are no parts, with these pages."""
    users: dict[Macro, list[str]] = defaultdict(list)
    for page in sorted(name for name, sheet in sheets.items() if sheet.is_page):
        for macro in macros_used_by(page, sheets):
            users[macro].append(page)
    return {macro: pages for macro, pages in users.items() if len(pages) > 1 and not macro[0].startswith("parts/")}


def test_what_two_pages_use_is_a_part():
    """So it stands on the page /style: see tests/web/test_style.py."""
    paths = [path for path in sorted(TEMPLATES.rglob("*.html")) if path.relative_to(TEMPLATES).parts[0] not in OTHER_MEDIA]
    sheets = {str(path.relative_to(TEMPLATES)): sheet_of(path.read_text(encoding="utf-8")) for path in paths}

    used = {macro for name, sheet in sheets.items() if sheet.is_page for macro in macros_used_by(name, sheets)}
    assert len(used) > 100
    assert shared_outside_parts(sheets) == {}


def test_a_macro_that_two_pages_share_is_found_through_includes_and_other_macros():
    sources = {
        "one.html": "{% extends 'layout.html' %}{% block content %}{% include 'shown.html' %}{% endblock %}",
        "two.html": "{% extends 'layout.html' %}{% from 'own_parts.html' import row %}{% block title %}{{ row() }}{% endblock %}",
        "shown.html": "{% from 'own_parts.html' import mark as sign %}{{ sign(2) }}",
        "own_parts.html": "{% macro mark(it) %}{{ it }}{% endmacro %}{% macro row(it) %}{{ mark(it) }}{% endmacro %}",
    }
    sheets = {name: sheet_of(source) for name, source in sources.items()}

    assert shared_outside_parts(sheets) == {("own_parts.html", "mark"): ["one.html", "two.html"]}
