"""What a profile should tell, and that consents are never counted."""

from dataclasses import replace

import pytest

from matchmaker.domain.completeness import VOLUNTARY, Part, ProfileFacts, completeness
from matchmaker.domain.consent import Purpose

NOTHING = ProfileFacts(
    interests=0,
    slots=0,
    chains=0,
    has_sizes=False,
    stages=0,
    has_about=False,
    languages=0,
    delegates=0,
    agreed=frozenset(),
)
EVERYTHING = ProfileFacts(3, 2, 1, True, 1, True, 1, 1, frozenset(Purpose))
COUNTED = tuple(part for part in Part if part not in VOLUNTARY)


def test_whoever_told_nothing_misses_everything() -> None:
    found = completeness(NOTHING)

    assert (found.done, found.missing, found.would_help) == ((), COUNTED, (Part.CONTACT, Part.ABROAD))
    assert found.counted == len(COUNTED)


def test_whoever_told_everything_misses_nothing() -> None:
    found = completeness(EVERYTHING)

    assert (found.done, found.missing, found.would_help) == (COUNTED, (), ())


@pytest.mark.parametrize(
    ("fact", "part"),
    [
        ({"interests": 1}, Part.INTERESTS),
        ({"slots": 1}, Part.AVAILABILITY),
        ({"chains": 1}, Part.CHAINS),
        ({"has_sizes": True}, Part.SIZE),
        ({"stages": 1}, Part.STAGES),
        ({"has_about": True}, Part.ABOUT),
        ({"languages": 1}, Part.LANGUAGES),
        ({"delegates": 1}, Part.DELEGATES),
    ],
)
def test_each_fact_completes_its_own_part(fact: dict[str, int], part: Part) -> None:
    assert completeness(replace(NOTHING, **fact)).done == (part,)


def test_a_consent_is_named_and_never_counted() -> None:
    with_contact, without = (completeness(replace(EVERYTHING, agreed=agreed)) for agreed in ({Purpose.CONTACT}, ()))

    assert (with_contact.would_help, without.would_help) == ((Part.ABROAD,), (Part.CONTACT, Part.ABROAD))
    assert with_contact.missing == without.missing == ()
