"""Which version of a record somebody looked at."""

from dataclasses import dataclass

import pytest

from matchmaker.domain.rules import Broken, RuleBroken
from matchmaker.services.versions import require_version, version_of


@dataclass(frozen=True)
class Said:
    name: str
    number: int


def test_the_same_content_is_the_same_version_whatever_its_order() -> None:
    assert version_of(Said("Ines", 1)) == version_of(Said("Ines", 1)) != version_of(Said("Ines", 2))
    assert version_of({"a": 1, "b": 2}) == version_of({"b": 2, "a": 1})
    assert version_of({3, 1, 2}) == version_of({1, 2, 3})


def test_what_was_stored_meanwhile_is_not_written_over() -> None:
    seen, stored = version_of(Said("Ines", 1)), Said("Ines", 2)

    with pytest.raises(RuleBroken) as refused:
        require_version(seen, stored, Said("Ines", 3))

    assert refused.value.code is Broken.SOMEBODY_WAS_QUICKER


def test_the_version_in_view_a_second_tap_and_an_action_without_a_page_are_no_conflict() -> None:
    stored = Said("Ines", 2)

    require_version(version_of(stored), stored, Said("Ines", 3))
    require_version(version_of(Said("Ines", 1)), stored, stored)
    require_version(None, stored, Said("Ines", 3))
