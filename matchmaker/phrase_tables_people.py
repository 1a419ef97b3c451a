"""What the codes about investors and their people say, in English; `phrases.py` finds the translation."""

from enum import StrEnum

from matchmaker.domain.completeness import Part
from matchmaker.domain.roles import DelegateRole
from matchmaker.phrase_rules import N_

PEOPLE: dict[type[StrEnum], dict[StrEnum, str]] = {
    DelegateRole: {
        DelegateRole.REQUIRED: N_("Required"),
        DelegateRole.OPTIONAL: N_("Optional"),
    },
    Part: {
        Part.INTERESTS: N_("State interests"),
        Part.AVAILABILITY: N_("Say when you are in town"),
        Part.CHAINS: N_("Name the industrial chains that you look for"),
        Part.SIZE: N_("Give the size of your investments"),
        Part.STAGES: N_("Choose the stages of projects"),
        Part.ABOUT: N_("Say what your organisation does and looks for"),
        Part.LANGUAGES: N_("Name the languages that your delegates speak"),
        Part.DELEGATES: N_("Name who comes to the meetings"),
        Part.CONTACT: N_("Let hosts see how to reach you once they have accepted"),
        Part.ABROAD: N_("Let meetings go to your mail and calendar providers outside mainland China"),
    },
}
