"""What keeps a pair from being booked by hand in words, with the times that it concerns."""

from typing import Any

from flask import Flask
from flask_babel import gettext
from flask_babel import gettext as _

from matchmaker import i18n
from matchmaker.models import Slot
from matchmaker.phrase_tables_booking import IN_OTHER_MEETINGS, MEETINGS_OR_OFFERS
from matchmaker.phrases import language_name, phrase
from matchmaker.services.booking import Obstacle, Timed


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update(obstacle_words=obstacle_words, line_words=line_words, stretch_words=stretch_words)


def obstacle_words(obstacle: Obstacle) -> str:
    """A sentence; where a meeting is in the way, its link comes after it."""
    if obstacle.is_offered and obstacle.code in MEETINGS_OR_OFFERS:
        return str(gettext(MEETINGS_OR_OFFERS[obstacle.code]))
    return phrase(obstacle.code, **{name: _in_words(name, fact) for name, fact in obstacle.facts.items()})


def line_words(line: tuple[Timed, ...]) -> str:
    """The same for what stands in one line; where meetings are in the way, their links come after it."""
    first = line[0][0]
    if len(line) == 1:
        return obstacle_words(first)
    told = MEETINGS_OR_OFFERS if any(each.is_offered for each, _ in line) else IN_OTHER_MEETINGS
    return str(gettext(told[first.code]))


def stretch_words(stretches: tuple[tuple[Slot, Slot], ...]) -> str:
    """09:00–10:30, 14:00–14:30"""
    return str(_(", ")).join(f"{i18n.clock_words(first.starts_at)}–{i18n.clock_words(last.ends_at)}" for first, last in stretches)


def _in_words(name: str, fact: Any) -> Any:
    if name == "language":
        return language_name(fact)
    return [language_name(each) for each in fact] if name in ("ours", "theirs") else fact
