"""The facts of a run in words: what stood in the way of an interest exactly."""

import re
from collections.abc import Mapping

from flask_babel import gettext as _

from matchmaker import i18n
from matchmaker.domain.reasons import WhyNot
from matchmaker.domain.roles import Role
from matchmaker.models import Slot, UnmetInterest
from matchmaker.phrases import words

_VERSION = re.compile(r"(?P<own>.+) \(ortools (?P<solver>.+)\)")


def version_words(version: str) -> str:
    """What a night worked with: our version and the solver's. What has another form stays as it is."""
    found = _VERSION.fullmatch(version)
    if found is None:
        return version
    own = _("built from source") if found["own"] == "source" else f"Matchmaker {found['own']}"
    return f"{own} · OR-Tools {found['solver']}"


def unmet_detail(unmet: UnmetInterest, slots: Mapping[int, Slot]) -> str:
    """The facts behind the reason of an unmet interest; empty where the reason says it all."""
    facts = unmet.facts
    match unmet.reason:
        case WhyNot.NO_THANKS if facts.get("whose"):
            return str(_("Said by: %(sides)s.", sides=_(", ").join(words(each, Role) for each in facts["whose"])))
        case WhyNot.FULL if facts.get("meetings") and facts["meetings"] == facts.get("weighing_as_much"):
            return str(
                _(
                    "%(meetings)s other meetings hold the %(slots)s slots that would suit both; "
                    "all of them score at least as high.",
                    **{name: facts.get(name, "…") for name in ("meetings", "slots")},
                )
            )
        case WhyNot.FULL if "meetings" in facts:
            return str(
                _(
                    "%(meetings)s other meetings hold the %(slots)s slots that would suit both; "
                    "%(weighing_as_much)s of them score at least as high.",
                    **{name: facts.get(name, "…") for name in ("meetings", "slots", "weighing_as_much")},
                )
            )
        case WhyNot.LIMITS if facts.get("limit") == "max_meetings":
            return str(_("The limit is %(most)s meetings in all.", most=facts.get("most", "…")))
        case WhyNot.LIMITS if facts.get("limit") == "max_per_day":
            return str(_("The limit is %(most)s meetings a day.", most=facts.get("most", "…")))
        case WhyNot.UNREACHABLE | WhyNot.NO_INTERPRETER if "slots" in facts:
            return str(_("This concerns each of the %(slots)s slots that were left.", slots=facts["slots"]))
        case WhyNot.WOULD_COST_MORE if facts.get("slot") in slots:
            return _cost(slots[facts["slot"]], int(facts.get("gain", 0)))
        case _:
            return ""


def _cost(slot: Slot, gain: int) -> str:
    day, time = i18n.short_day_words(slot.day), i18n.clock_words(slot.starts_at)
    if gain > 0:
        return str(_("Nearest: %(day)s, %(time)s.", day=day, time=time))
    return str(_("Nearest: %(day)s, %(time)s, at a loss of %(points)s points overall.", day=day, time=time, points=-gain))
