"""The words door: turns every code of the core into a sentence or a word in the reader's language.

The tables hold English, marked for the catalogues; `gettext` finds the translation when it is asked for.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from flask import Flask
from flask_babel import get_locale, gettext

from matchmaker import i18n
from matchmaker.domain.catalogue import Stage
from matchmaker.domain.reasons import WhyNot
from matchmaker.domain.scoring import Reason
from matchmaker.phrase_tables import LEFT_OPEN, MORE_EXACT, N_, OUTRANKED, PHRASES, RUN_MESSAGES

__all__ = [
    "N_",
    "PHRASES",
    "confidential_words",
    "country_name",
    "fault_words",
    "init_app",
    "investor_words",
    "language_name",
    "moment_words",
    "phrase",
    "run_message",
    "words",
]

_SHANGHAI = ZoneInfo("Asia/Shanghai")
_KINDS = {kind.__name__: kind for kind in PHRASES}

# Babel's own names are those of Unicode; in Shanghai these are called differently.
_TERRITORIES = {
    "HK": N_("Hong Kong, China"),
    "MO": N_("Macao, China"),
    "TW": N_("Taiwan, China"),
}


def init_app(app: Flask) -> None:
    filters = (phrase, words, run_message, fault_words, language_name, country_name, investor_words, moment_words)
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
    exact = next((text for (other, fact), text in MORE_EXACT.items() if other is code and fact in told), None)
    return exact or PHRASES[type(code)][code]


def words(code: str, kind: type[StrEnum] | str, **facts: Any) -> str:
    """The words for a code as it is stored: `'must_meet'|words('Reason')`. A code that is not known stays as it is."""
    known = _KINDS[kind] if isinstance(kind, str) else kind
    return phrase(known(code), **facts) if code in PHRASES[known] else code


def run_message(code: str) -> str:
    """What a run says about its end."""
    return str(gettext(RUN_MESSAGES[code])) if code in RUN_MESSAGES else code


def fault_words(fault: Any) -> str:
    """One cause of a run that was refused or failed."""
    if not isinstance(fault, Mapping):
        return str(fault)
    code = str(fault.get("code", ""))
    told = {
        "no_meeting_days": gettext("The edition has no day with meetings."),
        "no_projects": gettext("The catalogue offers no project."),
        "time": gettext("The solver went over its time and was ended."),
        "memory": gettext("The solver needed more memory than it may have and was ended."),
        "crashed": gettext("The solver ended unexpectedly."),
        "done": gettext("The solver found nothing in the time it had."),
        "refused": gettext("The solver did not accept the problem."),
    }
    if code in told:
        return str(told[code])
    if code == "problem":
        return f"{fault.get('where', '')}: {fault.get('what', '')}"
    if code == "contradiction":
        return str(fault.get("cause", ""))
    return words(code, "Rule", **{name: value for name, value in fault.items() if name != "code"})


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


def confidential_words(country: str | None, chain: str | None) -> str:
    """Confidential investor (France · Intelligent robots)"""
    told = [each for each in (country_name(country) if country else None, chain) if each]
    if not told:
        return str(gettext("Confidential investor"))
    return str(gettext("Confidential investor (%(told)s)", told=" · ".join(told)))


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
    told = _Told({name: _fact_words(name, value) for name, value in facts.items()})
    for name in facts:
        if name.endswith("_en"):
            told[name[:-3]] = facts[name[:-3] + ("_zh" if i18n.is_chinese() else "_en")]
    if "most" in told:
        told.setdefault("limit", told["most"])
    if isinstance(code, Reason) and "fact" in facts:
        told |= _words_of_reason(code, str(facts["fact"]), facts.get("name"))
    return told


def _fact_words(name: str, value: Any) -> Any:
    if isinstance(value, str) and (name == "deadline" or name.endswith("_at")):
        value = datetime.fromisoformat(value)
    if isinstance(value, datetime):
        return moment_words(value)
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else value


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
