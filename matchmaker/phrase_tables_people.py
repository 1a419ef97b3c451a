"""What the codes about investors and their people say, in English; `phrases.py` finds the translation."""

from enum import StrEnum

from matchmaker.domain.completeness import Part
from matchmaker.domain.roles import DelegateRole, Role
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
        Part.ABROAD: N_("Agree that data may go to your mail and calendar providers outside mainland China"),
    },
}

_INVESTOR, _HOST = frozenset({Role.INVESTOR}), frozenset({Role.HOST})

ANSWER_UNTIL: dict[tuple[Role, frozenset[Role]], str] = {
    (Role.INVESTOR, _INVESTOR): N_("Please answer by %(day)s, %(time)s."),
    (Role.INVESTOR, _HOST): N_("The host has to answer by %(day)s, %(time)s."),
    (Role.INVESTOR, _INVESTOR | _HOST): N_("You and the host have to answer by %(day)s, %(time)s."),
    (Role.HOST, _INVESTOR): N_("The investor has to answer by %(day)s, %(time)s."),
    (Role.HOST, _HOST): N_("Please answer by %(day)s, %(time)s."),
    (Role.HOST, _INVESTOR | _HOST): N_("You and the investor have to answer by %(day)s, %(time)s."),
}
"""By who reads it and who is awaited."""

NOT_ANSWERED: dict[tuple[Role, frozenset[Role]], str] = {
    (Role.INVESTOR, _INVESTOR): N_("You did not answer in time; this proposal has expired."),
    (Role.INVESTOR, _HOST): N_("The host did not answer in time; this proposal has expired."),
    (Role.INVESTOR, _INVESTOR | _HOST): N_("Neither you nor the host answered in time; this proposal has expired."),
    (Role.HOST, _INVESTOR): N_("The investor did not answer in time; this proposal has expired."),
    (Role.HOST, _HOST): N_("Your district did not answer in time; this proposal has expired."),
    (Role.HOST, _INVESTOR | _HOST): N_("Neither you nor the investor answered in time; this proposal has expired."),
}
OFFER_EXPIRED = N_("The offered time could be taken until %(deadline)s. The first time can still be kept.")
