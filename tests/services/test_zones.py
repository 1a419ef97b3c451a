"""The zones that people read their own times in."""

import pytest

from matchmaker.services.zones import is_zone, usual_zone


@pytest.mark.parametrize(
    ("country", "zone"),
    [("FR", "Europe/Paris"), ("DE", "Europe/Berlin"), ("JP", "Asia/Tokyo"), ("CN", None), ("US", None), ("ZZ", None)],
)
def test_a_country_whose_clocks_agree_has_a_usual_zone(country: str, zone: str | None) -> None:
    assert usual_zone(country) == zone


def test_only_zones_of_the_list_are_zones() -> None:
    assert is_zone("America/New_York")
    assert not any(is_zone(name) for name in ("", "Etc/GMT+1", "../etc/passwd", "Europe"))
