"""The languages door: which language a reader gets, and how catalogue texts, days, times and money are written."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from functools import lru_cache, wraps
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.core import get_global
from babel.dates import format_date, format_time, get_timezone_location
from flask import Flask, g, has_request_context, request, session
from flask_babel import Babel, force_locale, get_locale, gettext, refresh
from flask_login import current_user
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from matchmaker.phones import phone_link, written_phone
from matchmaker.pinyin import syllables_of

LANGUAGES = {"en": "English", "zh_Hans_CN": "简体中文"}
DEFAULT_LANGUAGE = "en"
_CONFERENCE_ZONE = "Asia/Shanghai"
_NO_BREAK = "\u00a0"
_WORD_JOINER = "\u2060"
_HAN = re.compile("[\u4e00-\u9fff]")
_TOO_NEW = "America/Coyhaique"
"""A zone that Babel does not name yet."""

babel = Babel()


def init_app(app: Flask) -> None:
    translations = Path(__file__).resolve().parent / "translations"
    babel.init_app(
        app,
        default_locale=DEFAULT_LANGUAGE,
        default_translation_directories=str(translations),
        locale_selector=language_of_reader,
    )
    app.jinja_env.filters.update(
        local=local,
        day=day_words,
        short_day=short_day_words,
        person=person_words,
        aside=aside_words,
        sentences=sentences_words,
        unbroken=unbroken_words,
        clock=clock_words,
        own_time=own_time_words,
        money=money_words,
        phone=phone_words,
        phone_link=phone_link,
        size=size_words,
        city=city_words,
        search_words=search_words,
    )
    app.context_processor(lambda: {"languages": LANGUAGES, "language": language_of_reader(), "html_language": html_language()})


def word_anew(app: Flask) -> None:
    """Have our filters word a constant for each reader; Jinja would do it once, in the language of whoever comes first."""
    ours = {name: each for name, each in app.jinja_env.filters.items() if each.__module__.startswith("matchmaker.")}
    app.jinja_env.filters.update({name: _with_context(each) for name, each in ours.items()})


def _with_context(wording: Callable[..., Any]) -> Callable[..., Any]:
    @pass_context
    @wraps(wording)
    def worded(_context: Context, *values: Any, **named: Any) -> Any:
        return wording(*values, **named)

    return worded


def known_language(code: str | None) -> str | None:
    """Our code for a browser's or person's language tag; None where we do not speak it."""
    if not code:
        return None
    return "zh_Hans_CN" if code.lower().startswith("zh") else "en" if code.lower().startswith("en") else None


def language_of_reader() -> str:
    """Chosen in this session, else the account's, else what the browser asks for."""
    if not has_request_context():
        return DEFAULT_LANGUAGE
    if "language" not in g:
        own = current_user.language if current_user and current_user.is_authenticated else None
        asked = request.accept_languages.best_match(["en", "zh", "zh-CN", "zh-Hans", "zh-Hans-CN"])
        g.language = known_language(session.get("language")) or known_language(own) or known_language(asked) or DEFAULT_LANGUAGE
    return str(g.language)


def choose_language(code: str | None) -> bool:
    """Go on in this language, in this session; False, and nothing changes, where it is none of ours."""
    if code not in LANGUAGES:
        return False
    session["language"] = code
    g.pop("language", None)
    refresh()
    return True


def speak_to(language: str) -> None:
    """Answer this request in the language of the person it is meant for, unless the visitor chose another in this session."""
    g.language = known_language(session.get("language")) or known_language(language) or DEFAULT_LANGUAGE
    refresh()


def html_language() -> str:
    return "zh-Hans" if is_chinese() else "en"


def is_chinese() -> bool:
    locale = get_locale()
    return locale is not None and locale.language == "zh"


@contextmanager
def reading_in(language: str) -> Iterator[None]:
    """Word everything inside for a reader of this language, as mails are."""
    with force_locale(known_language(language) or DEFAULT_LANGUAGE):
        yield


def in_other_language(wording: Callable[..., str], *values: Any) -> str:
    """The same words for a reader of the other language, for paper that both read."""
    with reading_in(next(each for each in LANGUAGES if known_language(each) != known_language(str(get_locale())))):
        return wording(*values)


def local(thing: object, field: str = "name") -> str:
    """The text of a catalogue row in the reader's language, else in the other one: `project|local('title')`."""
    return _own_or_other(lambda name: getattr(thing, name), field)


def local_fact(facts: Mapping[str, Any], field: str) -> str:
    """The same of stored facts, where a row is told in a notice or in a sentence; empty where neither says it."""
    return _own_or_other(facts.get, field)


def _own_or_other(read: Callable[[str], Any], field: str) -> str:
    own, other = ("zh", "en") if is_chinese() else ("en", "zh")
    return str(read(f"{field}_{own}") or read(f"{field}_{other}") or "")


def day_words(day: date) -> str:
    """Monday, 1 April 2024 · 2024年4月1日星期一"""
    return format_date(day, "y年M月d日EEEE" if is_chinese() else "EEEE, d MMMM y", locale=get_locale())


def short_day_words(day: date) -> str:
    """Mon 1 Apr · 4月1日 周一"""
    return format_date(day, "M月d日 EEE" if is_chinese() else "EEE d MMM", locale=get_locale())


def day_in_sentence(day: date) -> str:
    """Mon 1 Apr · 4月1日（周一）"""
    return format_date(day, "M月d日（EEE）", locale=get_locale()) if is_chinese() else short_day_words(day)


def clock_words(moment: datetime, zone: str = _CONFERENCE_ZONE) -> str:
    """The time of day in a zone: 09:30"""
    return format_time(moment.astimezone(ZoneInfo(zone)), "HH:mm", locale=get_locale())


def city_words(zone: str) -> str:
    """The city that a time zone is named after: London · 伦敦"""
    if zone == _TOO_NEW:
        return str(gettext("Coyhaique"))
    locale = get_locale() or Locale.parse(DEFAULT_LANGUAGE)
    former = (old for old, new in get_global("zone_aliases").items() if new == zone)
    named = (
        locale.time_zones.get(name, {}).get("city") for name in (zone, *former)
    )  # Unicode keeps the names of its first lists
    return next(filter(None, named), None) or get_timezone_location(zone, locale=locale, return_city=True).rpartition("/")[2]


def offset_words(zone: str, moment: datetime) -> str:
    """How far the clocks of a zone are from universal time at a moment: UTC+8, UTC−3:30"""
    minutes = int((moment.astimezone(ZoneInfo(zone)).utcoffset() or timedelta()).total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'−' if minutes < 0 else '+'}{hours}{f':{rest:02}' if rest else ''}" if minutes else "UTC"


def offsets_words(zone: str, first: datetime, last: datetime) -> str:
    """The same at two moments, once where the clocks do not change in between: UTC+8, UTC+0/+1"""
    before, after = offset_words(zone, first), offset_words(zone, last)
    if before == after:
        return before
    return "/".join((before if before != "UTC" else "UTC+0", after.removeprefix("UTC") or "+0"))


def person_words(name: str, title: str | None) -> str:
    """Lei LI, General Manager · 李雷 总经理; where both are Latin, a comma stands between: Lei LI，CFO"""
    if not title:
        return name
    if not is_chinese():
        return f"{name}, {title}"
    return f"{name} {title}" if _HAN.search(name + title) else f"{name}，{title}"


def aside_words(told: object) -> str:
    """Said in brackets right after something else, with the space that stands before them: ' (France)' · '（法国）'"""
    form = "（{}）" if is_chinese() else " ({})"
    return Markup(form).format(told) if isinstance(told, Markup) else form.format(told)


def sentences_words(told: Iterable[object]) -> Markup:
    """Sentences, and what belongs to them, one after another; Chinese puts no space after its full stops and colons."""
    return Markup("" if is_chinese() else " ").join(escape(each) for each in told if each)


def unbroken_words(told: object) -> str:
    """A text in which no line ends between a number and its unit, as in RMB 50 million, 1亿元 and 3000万平方米."""
    text = re.sub(r"(?<=\bRMB) (?=\d)|(?<=\d) (?=(?:million|billion|trillion|percent)\b)", _NO_BREAK, str(told))
    text = re.sub("(?<=[0-9])(?=[万亿元])|(?<=[万亿])(?=元|平方)|(?<=平)(?=方[米公])|(?<=平方)(?=米|公里)", _WORD_JOINER, text)
    return Markup(text) if hasattr(told, "__html__") else text


def own_time_words(start: datetime, end: datetime | None = None, zone: str | None = None) -> str:
    """The same time in the zone of the reader (or another), with its day where that differs; empty where the clocks agree.

    With the space that stands before brackets, as in `aside_words`: ' (03:00–03:30 in Paris)' · '（巴黎时间 03:00–03:30）'
    """
    told = in_own_zone(start, end, zone)
    return aside_words(told) if told else ""


def in_own_zone(start: datetime, end: datetime | None = None, zone: str | None = None) -> str:
    """The same without brackets, for a sentence that has its own."""
    own = current_user.timezone if current_user and current_user.is_authenticated else None
    zone = zone or own or _CONFERENCE_ZONE
    if clock_words(start, zone) == clock_words(start):
        return ""
    there, here = (start.astimezone(ZoneInfo(each)).date() for each in (zone, _CONFERENCE_ZONE))
    told = {"day": short_day_words(there), "time": clock_words(start, zone), "zone": city_words(zone)}
    if end is None and there == here:
        return str(gettext("%(time)s in %(zone)s", **told))
    if end is None:
        return str(gettext("%(day)s, %(time)s in %(zone)s", **told))
    told |= {"start": told["time"], "end": clock_words(end, zone)}
    if there == here:
        return str(gettext("%(start)s–%(end)s in %(zone)s", **told))
    return str(gettext("%(day)s, %(start)s–%(end)s in %(zone)s", **told))


def money_words(million: int) -> str:
    """An amount given in million yuan: RMB 300 million, RMB 1.2 billion · 3亿元, 12亿元, 5000万元"""
    if is_chinese():
        return f"{million / 100:g}亿元" if million >= 100 else f"{million * 100}万元"
    return f"RMB {million / 1000:g} billion" if million >= 1000 else f"RMB {million} million"


def size_words(low: int, high: int) -> str:
    """RMB 50 million to RMB 1 billion; where it begins at nothing: up to RMB 50 million · 5000万元以内; both the same: once"""
    if low == high:
        return money_words(low)
    if low == 0:
        return str(gettext("up to %(high)s", high=money_words(high)))
    return str(gettext("%(low)s to %(high)s", low=money_words(low), high=money_words(high)))


def phone_words(stored: str) -> str:
    """+86 21 1234 5678 ext. 12 · +86 21 1234 5678 转 12; what is no number stays as it is stored."""
    number, extension = written_phone(stored)
    return str(gettext("%(number)s ext. %(extension)s", number=number, extension=extension)) if extension else number


def search_words(thing: object) -> str:
    """What a catalogue row can be found by: both names, the Chinese one also in pinyin and by its first letters."""
    return _search_words(str(getattr(thing, "name_en", "")), str(getattr(thing, "name_zh", "")))


@lru_cache(maxsize=1024)
def _search_words(english: str, chinese: str) -> str:
    syllables = syllables_of(chinese)
    letters = "".join(syllable[:1] for syllable in syllables)
    return " ".join((english, chinese, "".join(syllables), letters)).lower()
