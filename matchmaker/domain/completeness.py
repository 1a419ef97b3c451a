"""How complete an investor's profile is: what it should tell, and what it may agree to besides."""

from dataclasses import dataclass
from enum import StrEnum

from matchmaker.domain.consent import Purpose


class Part(StrEnum):
    """Something that an investor tells about itself, in the order in which it is asked for."""

    INTERESTS = "interests"
    AVAILABILITY = "availability"
    CHAINS = "chains"
    SIZE = "size"
    STAGES = "stages"
    ABOUT = "about"
    LANGUAGES = "languages"
    DELEGATES = "delegates"
    CONTACT = "contact"
    ABROAD = "abroad"


VOLUNTARY = {Part.CONTACT: Purpose.CONTACT, Part.ABROAD: Purpose.ABROAD}
"""Consents help, but whoever withholds one lacks nothing: they are named and never counted."""


@dataclass(frozen=True, slots=True)
class ProfileFacts:
    """What is stored of an investor, as far as completeness asks: how many of each, and whether there is any."""

    interests: int
    slots: int
    chains: int
    has_sizes: bool
    stages: int
    has_about: bool
    languages: int
    delegates: int
    agreed: frozenset[Purpose]


@dataclass(frozen=True, slots=True)
class Completeness:
    """What is there, what is missing, and which consents would help."""

    done: tuple[Part, ...]
    missing: tuple[Part, ...]
    would_help: tuple[Part, ...]

    @property
    def counted(self) -> int:
        return len(self.done) + len(self.missing)


def completeness(facts: ProfileFacts) -> Completeness:
    """Every part counts the same; consents count nothing."""
    told = {
        Part.INTERESTS: facts.interests > 0,
        Part.AVAILABILITY: facts.slots > 0,
        Part.CHAINS: facts.chains > 0,
        Part.SIZE: facts.has_sizes,
        Part.STAGES: facts.stages > 0,
        Part.ABOUT: facts.has_about,
        Part.LANGUAGES: facts.languages > 0,
        Part.DELEGATES: facts.delegates > 0,
    }
    return Completeness(
        done=tuple(part for part, is_told in told.items() if is_told),
        missing=tuple(part for part, is_told in told.items() if not is_told),
        would_help=tuple(part for part, purpose in VOLUNTARY.items() if purpose not in facts.agreed),
    )
