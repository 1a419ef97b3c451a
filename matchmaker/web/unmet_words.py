"""What stands behind an unmet interest, as its investor reads it: its own side and the times, of nobody else anything."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from flask import Flask
from flask_babel import gettext as _
from flask_babel import ngettext

from matchmaker import i18n
from matchmaker.domain.calendar import Half
from matchmaker.domain.reasons import ENDED_FOR_GOOD, WhyNot
from matchmaker.domain.roles import Role
from matchmaker.models import Slot
from matchmaker.phrases import half_day_words, language_name
from matchmaker.services.unmet import Unmet


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update(own_unmet_detail=own_unmet_detail)


def own_unmet_detail(unmet: Unmet, slots: Mapping[int, Slot]) -> str:
    """The facts behind the reason in a sentence; empty where the reason says it all. Own meetings are listed after it."""
    facts: dict[str, Any] = unmet.facts
    match unmet.why:
        case WhyNot.NO_THANKS if facts.get("whose") and Role.INVESTOR in facts["whose"]:
            return str(_("It was your own “no thanks”; you can take it back on the page of your interests."))
        case WhyNot.NO_COMMON_SLOT if "ours" in facts:
            return _times_words(facts)
        case WhyNot.FULL if facts.get("days"):
            return _full_words(facts)
        case WhyNot.LIMITS | WhyNot.UNREACHABLE if facts.get("own"):
            return _own_words(unmet)
        case WhyNot.NO_INTERPRETER:
            return _interpreter_words(facts)
        case WhyNot.WOULD_COST_MORE if facts.get("slot") in slots:
            slot = slots[facts["slot"]]
            day, time = i18n.short_day_words(slot.day), i18n.clock_words(slot.starts_at)
            return str(_("Nearest: %(day)s, %(time)s.", day=day, time=time))
        case why if why in ENDED_FOR_GOOD and unmet.own:
            return str(_("This is how it ended:"))
        case _:
            return ""


def _times_words(facts: Mapping[str, Any]) -> str:
    if not facts["ours"]:
        return str(_("You have given no time that is still to come."))
    if not facts.get("theirs"):
        return str(_("The project’s team has no time left."))
    if facts.get("attends"):
        return str(_("At the times that would suit both you attend programme items, or are on the way to or from them."))
    if facts.get("team_there"):
        there = [half_day_words((date.fromisoformat(day), Half(half))) for day, half in facts["team_there"]]
        return str(_("The project’s team is there when you are not, for example: %(half_days)s.", half_days=_listed(there)))
    return ""


def _full_words(facts: Mapping[str, Any]) -> str:
    """Which times would have suited both, and what of the host's is taken then; by whom is nobody's to know."""
    count = int(facts.get("slots", 0))
    days = _listed(i18n.short_day_words(date.fromisoformat(day)) for day in facts["days"])
    match facts.get("what"):
        case "lead":
            return str(
                ngettext(
                    "%(num)s time would suit both (%(days)s); then the project’s team is in other meetings.",
                    "%(num)s times would suit both (%(days)s); at each of them the project’s team is in other meetings.",
                    count,
                    days=days,
                )
            )
        case "tables":
            return str(
                ngettext(
                    "%(num)s time would suit both (%(days)s); then every table of the district is taken.",
                    "%(num)s times would suit both (%(days)s); at each of them every table of the district is taken.",
                    count,
                    days=days,
                )
            )
        case _:
            return str(
                ngettext(
                    "%(num)s time would suit both (%(days)s); then the project’s team or every table of the district is taken.",
                    "%(num)s times would suit both (%(days)s); at each of them the project’s team or every table of the "
                    "district is taken.",
                    count,
                    days=days,
                )
            )


def _own_words(unmet: Unmet) -> str:
    """What the list of own meetings after it is: those in the way, or that they no longer are."""
    if not unmet.own:
        return str(_("The meetings of yours that were in the way have fallen through since; the next night tries again."))
    if unmet.ended and unmet.why is WhyNot.LIMITS:
        return str(
            ngettext(
                "Of the meetings that used up your limit, %(num)s has fallen through since. The next night tries this interest "
                "again; you need not change anything. These use it still:",
                "Of the meetings that used up your limit, %(num)s have fallen through since. The next night tries this interest "
                "again; you need not change anything. These use it still:",
                unmet.ended,
            )
        )
    if unmet.ended:
        return str(
            ngettext(
                "Of your meetings that were in the way, %(num)s has fallen through since. The next night tries this interest "
                "again; you need not change anything. These still stand:",
                "Of your meetings that were in the way, %(num)s have fallen through since. The next night tries this interest "
                "again; you need not change anything. These still stand:",
                unmet.ended,
            )
        )
    if unmet.why is WhyNot.LIMITS:
        return str(_("These meetings of yours use it:"))
    return str(_("These meetings of yours take the times that were left, or leave too little for the way:"))


def _interpreter_words(facts: Mapping[str, Any]) -> str:
    if "language" not in facts:
        return str(_("The conference has no interpreter between your languages and those of the project."))
    language, slots = language_name(str(facts["language"])), int(facts.get("slots", 0))
    if not slots:
        return ""
    return str(
        ngettext(
            "Interpreters for %(language)s: %(num)s time was left, and none of them is free then.",
            "Interpreters for %(language)s: %(num)s times were left, and none of them is free at any.",
            slots,
            language=language,
        )
    )


def _listed(words: Iterable[str]) -> str:
    return str(_(", ")).join(words)
