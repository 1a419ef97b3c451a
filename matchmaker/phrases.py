"""The words door: turns every code of the core into a sentence or a word in the reader's language.

The tables hold English, marked for the catalogues; `gettext` finds the translation when it is asked for.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from flask import Flask
from flask_babel import get_locale, gettext, ngettext

from matchmaker import i18n
from matchmaker.domain.calendar import Half
from matchmaker.domain.catalogue import Stage
from matchmaker.domain.meeting import EXPIRED, Action, Status
from matchmaker.domain.reasons import WhyNot
from matchmaker.domain.scoring import Reason
from matchmaker.phrase_rules import N_
from matchmaker.phrase_tables import (
    BY_SIGNAL,
    CLASH,
    ENDED,
    HALF_DAYS,
    IN_SEARCH_FOR_FLOOR,
    LEFT_OPEN,
    MORE_EXACT,
    NOT_PROVEN,
    NOT_SEEN,
    OUT_OF_MEMORY,
    OUTRANKED,
    OWN_STEPS,
    PHRASES,
    REJECTED,
    REPAIR,
    RUN_MESSAGES,
    RUNG_NAMES,
    STEPS,
    WOULD_HELP,
)
from matchmaker.phrase_tables_booking import BOOKING
from matchmaker.phrase_tables_people import ANSWER_UNTIL, NOT_ANSWERED, OFFER_EXPIRED, PEOPLE
from matchmaker.scheduling.changes import Easing

__all__ = [
    "ALL",
    "N_",
    "answer_words",
    "confidential_words",
    "country_name",
    "fault_words",
    "init_app",
    "investor_words",
    "language_name",
    "moment_words",
    "own_step_words",
    "phrase",
    "profile_words",
    "run_message",
    "rung_name",
    "status_words",
    "step_words",
    "words",
    "would_help",
]

_SHANGHAI = ZoneInfo("Asia/Shanghai")
ALL = PHRASES | PEOPLE | BOOKING
_KINDS = {kind.__name__: kind for kind in ALL}

# Babel's own names are those of Unicode; in Shanghai these are called differently.
_TERRITORIES = {
    "HK": N_("Hong Kong, China"),
    "MO": N_("Macao, China"),
    "TW": N_("Taiwan, China"),
    "FK": N_("Falkland Islands (Malvinas)"),
    "PS": N_("Palestine"),
}


def init_app(app: Flask) -> None:
    people = (answer_words, status_words, language_name, country_name, investor_words, moment_words, half_day_words)
    filters = (phrase, words, run_message, rung_name, fault_words, would_help, step_words, own_step_words, *people)
    app.jinja_env.filters.update({each.__name__: each for each in filters})


def phrase(code: StrEnum, **facts: Any) -> str:
    """The sentence or word for a code of the core, with its facts in it.

    A `Reason` takes its stored `fact`, and where that is the code of a chain or district also its `name`.
    """
    told = _told(code, facts)
    return str(gettext(_sentence(code, told)) % told)


def _sentence(code: StrEnum, told: Mapping[str, Any]) -> str:
    """The English sentence that says the most of what is known, and nothing that is not."""
    if code in OUTRANKED and told.get("meetings") and told["meetings"] == told.get("weighing_as_much"):
        return OUTRANKED[code]
    if code is WhyNot.WOULD_COST_MORE and told.get("gain", 0) > 0:
        return LEFT_OPEN
    if code is WhyNot.WOULD_COST_MORE and (told.get("change") or {}).get("kind") == Easing.NOTHING:
        return NOT_SEEN
    exact = next((text for (other, fact), text in MORE_EXACT.items() if other is code and fact in told), None)
    return exact or ALL[type(code)][code]


def words(code: str, kind: type[StrEnum] | str, **facts: Any) -> str:
    """The words for a code as it is stored: `'must_meet'|words('Reason')`. A code that is not known stays as it is."""
    known = _KINDS[kind] if isinstance(kind, str) else kind
    return phrase(known(code), **facts) if code in ALL[known] else code


def run_message(code: str) -> str:
    """What a run says about its end."""
    return str(gettext(RUN_MESSAGES[code])) if code in RUN_MESSAGES else code


def rung_name(rung: str) -> str:
    """The step of the ladder in one word."""
    return str(gettext(RUNG_NAMES[rung]))


def fault_words(fault: Any) -> str:
    """One cause of a run that was refused or failed."""
    if not isinstance(fault, Mapping):
        return str(fault)
    code = str(fault.get("code", ""))
    told = {
        "no_meeting_days": gettext("The edition has no day with meetings."),
        "no_projects": gettext("The catalogue offers no project."),
    }
    if code in told:
        return str(told[code])
    if code in ENDED:
        return _ending_words(code, fault)
    if code == "problem":
        return f"{fault.get('where', '')}: {fault.get('what', '')}"
    if code == "contradiction":
        return str(fault.get("cause", ""))
    if code == "repair":
        return str(gettext(REPAIR) % {"steps": _steps_words(fault.get("steps", ()))})
    if code == "clash":
        return str(gettext(CLASH) % {"meetings": _steps_words(fault.get("meetings", ()))})
    return words(code, "Rule", **{name: value for name, value in fault.items() if name != "code"})


def _steps_words(steps: Iterable[Mapping[str, Any]]) -> str:
    return ("；" if i18n.is_chinese() else "; ").join(step_words(step) for step in steps)


def _ending_words(code: str, fault: Mapping[str, Any]) -> str:
    """How the solver's process ended, and what of its answer was not believed."""
    rejected = [gettext(REJECTED[each]) for each in fault.get("rejected", ()) if each in REJECTED]
    told = [] if code == "done" and rejected else [gettext(ENDED[code])]
    number = fault.get("exit_code", 0)
    if code == "crashed" and number < 0:
        told.append(gettext(OUT_OF_MEMORY) if number == -9 else gettext(BY_SIGNAL) % {"number": -number})
    sentences = ("" if i18n.is_chinese() else " ").join([*told, *rejected])
    return str(gettext(IN_SEARCH_FOR_FLOOR) % {"what": sentences}) if fault.get("about") == "floor" else sentences


def would_help(change: Mapping[str, Any] | None) -> str:
    """The one change that would have met an interest; None: none is proven."""
    if change is None:
        return str(gettext(NOT_PROVEN))
    sentence = gettext(WOULD_HELP[Easing(change["kind"])]) % _told_of_change(change)
    moves = change.get("moves", 0)
    if not moves:
        return str(sentence)
    moved = ngettext("One other meeting would move to another time.", "%(num)s other meetings would move to other times.", moves)
    return f"{sentence}{'' if i18n.is_chinese() else ' '}{moved}"


def step_words(step: Mapping[str, Any]) -> str:
    """One change, or one promise given up, as organisers read it in a list."""
    kind = str(step["kind"])
    return str(gettext(STEPS[kind]) % _told_of_change(step)) if kind in STEPS else kind


def own_step_words(step: Mapping[str, Any]) -> str:
    """One change as the investor reads it whom it would help, at the head of a sentence."""
    kind = str(step["kind"])
    told = str(gettext(OWN_STEPS[kind]) % _told_of_change(step)) if kind in OWN_STEPS else kind
    return told[:1].upper() + told[1:]


def language_name(code: str) -> str:
    """German · 德语"""
    return str(_locale().languages.get(code, code))


def country_name(code: str) -> str:
    """Germany · 德国"""
    return str(gettext(_TERRITORIES[code]) if code in _TERRITORIES else _locale().territories.get(code, code))


def investor_words(investor: Any) -> str:
    """The name of a visible investor, or what stands in its place for a viewer who may not see it."""
    if investor.name is not None:
        return str(investor.name)
    chain = next(iter(investor.chains or ()), None)
    return confidential_words(investor.country, i18n.local(chain) if chain else None)


def status_words(meeting: Any, now: datetime) -> str:
    """Where a meeting stands, as every page words it: what nobody answered in time has expired, lapsed by a night or not."""
    return _standing_words(EXPIRED if meeting.has_expired(now) else meeting.status.value)


def _standing_words(code: str) -> str:
    return str(gettext("Expired")) if code == EXPIRED else words(code, Status)


def answer_words(view: Any, now: datetime, *, own_time: bool = False, names_zone: bool = False) -> str:
    """Who has to answer a proposal and until when, as an investor or a host reads it; or who did not in time.

    `own_time`: with the time of the reader's own zone in brackets. `names_zone`: says that it is Shanghai time, for what is read
    among times of another zone.
    """
    reader, deadline = (view.role, view.awaited), view.meeting.deadline_at
    if not view.has_expired(now):
        day = i18n.short_day_words(deadline.astimezone(_SHANGHAI).date())
        aside = i18n.aside_words(gettext("Shanghai time")) if names_zone else i18n.own_time_words(deadline) if own_time else ""
        time = f"{i18n.clock_words(deadline)}{aside}"
        return str(gettext(ANSWER_UNTIL[reader], day=day, time=time))
    if any(step.action is Action.KEEP for step in view.steps(now)):
        return str(gettext(OFFER_EXPIRED, deadline=moment_words(deadline)))
    return str(gettext(NOT_ANSWERED[reader]))


def profile_words(investor: Any) -> str:
    """What lists tell of a visible investor, in each of our languages, to be searched."""
    told: list[str] = []
    for language in i18n.LANGUAGES:
        with i18n.reading_in(language):
            told += [investor_words(investor), country_name(investor.country or "")]
            told += [i18n.local(chain) for chain in investor.chains or ()]
            told += [language_name(each) for each in investor.languages or ()]
    return " ".join(told)


def confidential_words(country: str | None, chain: str | None) -> str:
    """Confidential investor · France · Intelligent robots"""
    told = [each for each in (country_name(country) if country else None, chain) if each]
    if not told:
        return str(gettext("Confidential investor"))
    return str(gettext("Confidential investor · %(told)s", told=" · ".join(told)))


def moment_words(moment: datetime) -> str:
    """Mon 1 Apr, 09:30 (Shanghai time) · 4月1日 周一 09:30（上海时间）"""
    day = moment.astimezone(_SHANGHAI).date()
    return str(gettext("%(day)s, %(time)s (Shanghai time)", day=i18n.short_day_words(day), time=i18n.clock_words(moment)))


def _locale() -> Locale:
    return get_locale() or Locale.parse(i18n.DEFAULT_LANGUAGE)


class _Told(dict[str, Any]):
    """Facts of a sentence; one that is missing shows as dots and hides nothing else."""

    def __missing__(self, key: str) -> str:
        return "…"


def _told(code: StrEnum, facts: Mapping[str, Any]) -> _Told:
    """Facts as they read in a sentence: texts in the reader's language, moments in conference time, codes as words."""
    told = _plain_facts(facts)
    if "most" in told:
        told.setdefault("limit", told["most"])
    if isinstance(code, Reason) and "fact" in facts:
        told |= _words_of_reason(code, str(facts["fact"]), facts.get("name"))
    return told


def _plain_facts(facts: Mapping[str, Any]) -> _Told:
    told = _Told({name: _fact_words(name, value) for name, value in facts.items()})
    for name in facts:
        if name.endswith("_en"):
            told[name[:-3]] = i18n.local_fact(facts, name[:-3])
    return told


def _told_of_change(change: Mapping[str, Any]) -> _Told:
    told = _plain_facts(change)
    if "language" in change:
        told["who"] = language_name(str(change["language"]))
    if "day" in change and "half" in change:
        told["half_day"] = half_day_words((date.fromisoformat(str(change["day"])), Half(change["half"])))
    return told


def half_day_words(half_day: tuple[date, Half]) -> str:
    """the morning of Mon 1 Apr · 4月1日（周一）上午"""
    return str(gettext(HALF_DAYS[half_day[1]]) % {"day": i18n.day_in_sentence(half_day[0])})


def _fact_words(name: str, value: Any) -> Any:
    if isinstance(value, str) and (name == "deadline" or name.endswith("_at")):
        value = datetime.fromisoformat(value)
    if name.endswith("_million"):
        return i18n.money_words(value)
    if name == "status" and value in {EXPIRED, *ALL[Status]}:
        return _standing_words(value)
    if isinstance(value, datetime):
        return moment_words(value)
    return str(gettext(", ")).join(map(str, value)) if isinstance(value, list | tuple) else value


def _words_of_reason(code: Reason, fact: str, name: str | None) -> dict[str, str]:
    match code:
        case Reason.SIZE_FITS | Reason.SIZE_NEAR:
            low, _, high = fact.partition("-")
            return {"size": i18n.size_words(int(low), int(high))}
        case Reason.STAGE:
            return {"name": words(fact, Stage)}
        case Reason.LANGUAGE:
            return {"name": language_name(fact)}
        case _:
            return {"name": name or fact}
