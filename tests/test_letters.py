"""Letters: a file for each kind of notice and language, alike in all but their words; what is filled in stays text."""

import ast
import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from jinja2 import Environment, nodes

from matchmaker.db import db
from matchmaker.domain.meeting import STEPS, CalendarMethod
from matchmaker.domain.roles import Role
from matchmaker.mail import Message, word
from matchmaker.models import Account, Notice
from matchmaker.services.answers import FRESH_LINK
from matchmaker.services.colleagues import KNOWN
from matchmaker.services.notices import DIGESTS
from matchmaker.services.vetting import DECISIONS
from tests import builders
from tests.helpers import ROOT
from tests.test_mail import MEETING
from tests.test_translations import HAN, has_narrow_punctuation, touches_latin
from tests.web.test_chinese_pages import ALLOWED, latin_words

LETTERS = ROOT / "templates" / "notices"
LANGUAGES = ("en", "zh")
KINDS = sorted(path.stem for path in (LETTERS / "en").iterdir())
NUMBERS = {"asked", "waiting", "more"}
ON_THE_WAY = {
    "KNOWN": {KNOWN},
    "FRESH_LINK": {FRESH_LINK},
    "kind": set(DIGESTS),
    "vetting.value": {vetting.value for vetting in DECISIONS},
    "f'meeting_{step.action}'": {f"meeting_{step.action}" for step in STEPS if step.tells},
}
"""The kinds that the code does not call by name where it writes them."""


def written_kinds() -> set[str]:
    """What the code puts into the outbox: the second argument of each `add_notice`, or what is given to a Notice."""
    written: set[str] = set()
    sources = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "matchmaker").rglob("*.py"))]
    for source in [each for each in sources if "add_notice(" in each or "Notice(" in each]:
        for node in ast.walk(ast.parse(source)):
            match node:
                case ast.Call(func=ast.Name("add_notice"), args=[_, ast.Constant(str(kind)), *_]):
                    written.add(kind)
                case ast.Call(func=ast.Name("add_notice"), args=[_, kind, *_]):
                    written |= ON_THE_WAY[ast.unparse(kind)]
                case ast.Call(func=ast.Name("Notice"), keywords=given):
                    written |= {each.value.value for each in given if each.arg == "kind" and isinstance(each.value, ast.Constant)}
    return written


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_that_the_code_writes_has_its_letter_and_there_is_no_other(language: str) -> None:
    assert {path.name for path in (LETTERS / language).iterdir()} == {f"{kind}.txt" for kind in written_kinds()}


# -- the same letter in both languages ---------------------------------------------------------------------------------


def parsed(source: str) -> nodes.Template:
    return Environment(trim_blocks=True, lstrip_blocks=True).parse(source)


def letter(language: str, kind: str) -> nodes.Template:
    return parsed((LETTERS / language / f"{kind}.txt").read_text(encoding="utf-8"))


def names(node: nodes.Node) -> set[str]:
    """What an expression says beside words: its variables, and what it asks of them."""
    said = [node, *node.find_all((nodes.Name, nodes.Getattr))]
    variables = {each.name for each in said if isinstance(each, nodes.Name)}
    return variables | {f".{each.attr}" for each in said if isinstance(each, nodes.Getattr)}


def outline(body: Iterable[nodes.Node]) -> list[str]:
    """A letter without its words: conditions and loops, and of each paragraph what is filled in, in any order."""
    lines: list[str] = []
    filled: set[str] | None = None

    def end_paragraph() -> None:
        nonlocal filled
        if filled is not None:
            lines.append(f"paragraph with {' '.join(sorted(filled)) or 'words alone'}")
        filled = None

    for node in body:
        if isinstance(node, nodes.Output):
            for part in node.nodes:
                if isinstance(part, nodes.TemplateData):
                    for number, text in enumerate(re.split(r"\n\s*\n", part.data)):
                        if number:
                            end_paragraph()
                        if text.strip():
                            filled = filled or set()
                else:
                    filled = (filled or set()) | names(part)
        else:
            end_paragraph()
            lines += outline_of_block(node)
    end_paragraph()
    return lines


def outline_of_block(node: nodes.Node) -> list[str]:
    match node:
        case nodes.If():
            begins = [f"if {node.test!r}", *outline(node.body)]
            others = [line for each in node.elif_ for line in outline_of_block(each)]
            return [*begins, *others, "else", *outline(node.else_), "end"]
        case nodes.For():
            over = " ".join(sorted(names(node.iter)))
            return [f"for {node.target!r} in {over} if {node.test!r}", *outline(node.body), "end"]
        case nodes.Include(template=nodes.Const(value=str(name))):
            return [f"include {name.rpartition('/')[2]}"]
    raise AssertionError(f"letters are plain: {node!r}")


@pytest.mark.parametrize("kind", KINDS)
def test_a_letter_says_the_same_in_both_languages(kind: str) -> None:
    """As far as a test can tell: the same paragraphs under the same conditions, with the same things filled in."""
    english, chinese = (outline(letter(language, kind).body) for language in LANGUAGES)
    assert english == chinese


def test_a_line_that_one_language_lacks_is_seen() -> None:
    def outline_of(source: str) -> list[str]:
        return outline(parsed(source).body)

    whole = "A {{ a.b }}\n\n{% if c %}\nOne\n\nTwo\n{% elif d %}\nThree {{ e }}\n{% endif %}\n"
    assert outline_of(whole) == outline_of(whole.replace("A {{ a.b }}", "{{ a.b }} 甲").replace("Three {{ e }}", "{{ e }}"))
    for less in ("\n\nTwo", "{{ a.b }}", " {{ e }}", "{% elif d %}\nThree {{ e }}\n"):
        assert outline_of(whole) != outline_of(whole.replace(less, ""))
    assert outline_of(whole) != outline_of(whole.replace("if c", "if not c"))


# -- words -------------------------------------------------------------------------------------------------------------


def texts(node: nodes.Node) -> Iterator[str]:
    """The words of a letter, with 1 for each number and 甲 for whatever else is filled in."""
    for output in node.find_all(nodes.Output):
        yield "".join(part.data if isinstance(part, nodes.TemplateData) else stand_in(part) for part in output.nodes)
    for each in node.find_all(nodes.Const):
        if isinstance(each.value, str) and "/" not in each.value:
            yield each.value


def stand_in(node: nodes.Node) -> str:
    return "1" if isinstance(node, nodes.Getattr) and node.attr in NUMBERS else "甲"


@pytest.mark.parametrize("kind", KINDS)
def test_a_chinese_letter_is_written_in_chinese(kind: str) -> None:
    for text in texts(letter("zh", kind)):
        assert set(latin_words(text)) <= ALLOWED.keys()
        assert not touches_latin(text), text
        assert not has_narrow_punctuation(text), text
        assert not re.search(r"你|\w  \w", text), text


@pytest.mark.parametrize("kind", KINDS)
def test_an_english_letter_has_no_chinese_word(kind: str) -> None:
    assert not HAN.search((LETTERS / "en" / f"{kind}.txt").read_text(encoding="utf-8"))


def looks_of(kind: str, reader: Account) -> Iterator[Message]:
    """A mail in the ways it can look."""
    meeting = MEETING | {"investor": "宁波投资", "by": "白河", "sequence": 1, "action": "cancel"}
    changes = [meeting | {"kind": each} for each in ("new", "moved", "left_out", "lapsed")]
    looks: list[dict[str, Any]] = [
        {"reason": "illness", "note": "谢谢。", "suggested": True, "changes": changes, "waiting": 9},
        {"status": "accepted", "changes": changes[3:], "waiting": 1},
        {"status": "cancelled", "changes": changes[:1] * 30},
    ]
    if kind.startswith("meeting_"):
        entry = {"uid": "1@matchmaker", "sequence": 1, "at": "2024-03-01T00:00:00+00:00"}
        looks += [{"status": "accepted", "calendar": entry | {"method": method}} for method in CalendarMethod]
    for look in looks:
        yield word(Notice(id=7, account=reader, kind=kind, facts=meeting | look, message_id="<7@x>"))
        db.session.rollback()


def test_a_mail_to_a_chinese_reader_has_no_latin_word(edition: Any) -> None:
    chinese = {"language": "zh_Hans_CN", "name": "李宁", "timezone": "Europe/Paris"}
    investor, district = builders.make_investor(edition, name="宁波投资"), builders.get_project(edition, "PD-01").district
    li = builders.make_account(Role.INVESTOR, email="li@example.org", investor=investor, **chinese)
    bai = builders.make_account(Role.HOST, email="bai@example.org", district=district, **chinese)

    for kind in sorted(set(KINDS) - {"join"}):  # who is asked to join has no account
        for message in [*looks_of(kind, li), *looks_of(kind, bai)]:
            for text in (message.subject, message.text, message.html):
                assert set(latin_words(text)) <= ALLOWED.keys(), kind


# -- what is filled in -------------------------------------------------------------------------------------------------


class Shape(HTMLParser):
    """The tags and the links of a page, and its paragraphs."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, str | None]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs).get("href")))


MISCHIEF = (
    "<script>x</script>",
    "</p><h2>x</h2><a href='http://x'>x</a>",
    "# x",
    "## x\n=====",
    "[a](http://x) <http://x>",
    "a\n\n# x\n\n[a](http://x)",
    "a\r\n\r\n<b>b</b>\r\n \r\n--\r\nc",
    "\n\na\n\n",
    "a\u2028\u2028b\x85\x85c\x0b\x0cd\r\re",
    "{{ 7 * 7 }} {% if x %} %(name)s",
    "&lt;b&gt; &#60;b&#62;",
)


def shape(message: Message) -> tuple[list[tuple[str, str | None]], int]:
    """What of a mail must not depend on names, titles and notes: tags and links, and the number of paragraphs of its text."""
    tags = [(tag, link and re.sub(r"/(answer|join)/.*", "", link)) for tag, link in Shape(message.html).tags]
    return tags, message.text.count("\n\n")


@pytest.mark.parametrize("written", MISCHIEF)
def test_what_is_filled_in_makes_no_markup_no_heading_no_link_and_no_paragraph(
    edition: Any, ines: Account, hao: Account, written: str
) -> None:
    def mails(told: str) -> list[Message]:
        hao.name = ines.name = told
        names = {"investor": told, "by": told, "note": told}
        titles = dict.fromkeys(("project_en", "district_en", "venue_en"), told)
        meeting = MEETING | names | titles | {"action": "decline", "sequence": 1, "reason": "not_our_field"}
        night = {"changes": [meeting | {"kind": kind, "note": told} for kind in ("new", "left_out")], "waiting": 3}
        sent = [("meeting_decline", ines, meeting), ("meeting_hand", hao, meeting), ("night", hao, night)]
        sent += [(kind, ines, {"investor": told, "by": told, "reason": told}) for kind in ("refused", "approved", "join_known")]
        joining = builders.make_joining(ines, "zoe@example.org", language="en")
        notices = [Notice(id=7, account=to, kind=kind, facts=facts, message_id="<7@x>") for kind, to, facts in sent]
        notices.append(Notice(id=7, joining=joining, kind="join", facts={"investor": told, "by": told}, message_id="<7@x>"))
        messages = [word(notice) for notice in notices]
        db.session.rollback()
        db.session.delete(joining)
        db.session.commit()
        return messages

    for plain, changed in zip(mails("x"), mails(written), strict=True):
        assert shape(changed) == shape(plain)
        assert "\n" not in changed.subject
        assert "49" not in changed.subject


def test_a_note_keeps_its_lines_and_stays_one_paragraph(hao: Account) -> None:
    facts = MEETING | {"action": "ask", "note": "We land late.\r\n\r\n  Gate <7>\nSee you"}
    message = word(Notice(id=7, account=hao, kind="meeting_ask", facts=facts, message_id="<7@x>"))
    db.session.rollback()

    assert "\nNote: We land late.\n  Gate <7>\nSee you\n\nPlease offer another time" in message.text
    assert ">Note: We land late.\n  Gate &lt;7&gt;\nSee you</p>" in message.html
