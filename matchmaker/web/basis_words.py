"""What of a programme item or a release is in its source, in the reader's language: the files tell it in English only."""

from flask import Flask
from flask_babel import gettext

from matchmaker.i18n import is_chinese
from matchmaker.models import Activity, ChainRelease
from matchmaker.phrases import N_
from matchmaker.web.labels import capital_first, label

_KNOWN = frozenset(
    {
        N_("Date and half-day reported; clock times and capacity illustrative."),
        N_("Item and date reported; clock times and capacity illustrative."),
        N_("Area reported; split into sub-sessions, clock times and capacity illustrative."),
        N_("Topic named by the organiser before the event; split into sub-sessions, clock times and capacity illustrative."),
        N_("The fourth area was not found in public sources."),
        N_("Item and date reported (before the conference); clock times and capacity illustrative."),
        N_("Date, stops and about 100 visitors reported; clock times illustrative."),
        N_("Item and date reported (make-up Sunday working day); clock times and capacity illustrative."),
        N_("District meetings were announced in general terms, this slot is invented."),
        N_("Policy and fund reported for the parent industry; plan and leaders illustrative."),
        N_(
            "Supplier cluster in the plan, policy and fund total reported; their use for this chain and the leaders illustrative."
        ),
        N_(
            "Engines and landing tests in the plan, policy and fund total reported; "
            "their use for this chain and the leaders illustrative."
        ),
        N_("Policy reported; plan, fund and leaders illustrative."),
        N_("Jiading target in the plan and policy reported; Lin-gang part, fund and leaders illustrative."),
        N_("The two parks reported; the rest of the plan, policy, fund and leaders illustrative."),
    }
)
"""The sentences of the files that come with this program."""

_CLEARER = {
    "To follow the main conference; day part, clock times and capacity illustrative.": N_(
        "To follow the main conference; morning or afternoon, clock times and capacity illustrative."
    ),
    "Only the track and the parks come from our files.": N_(
        "The track is reported, and the parks are those of its projects; plan, policy, fund and leaders illustrative."
    ),
}
"""Sentences of these files that mean little to a visitor, and what they mean."""


def init_app(app: Flask) -> None:
    app.jinja_env.filters["basis_words"] = basis_words


def basis_words(row: Activity | ChainRelease) -> str:
    """What of a row is in its source. Where its sentence is not known in Chinese, the reader gets the meaning of the code."""
    told = row.basis.partition(": ")[2]
    sentence = f"{capital_first(told)}."
    if sentence in _KNOWN or sentence in _CLEARER:
        return str(gettext(_CLEARER.get(sentence, sentence)))
    return label(row.basis_code, "basis") if is_chinese() or not told else sentence
