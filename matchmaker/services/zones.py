"""Time zones that people can read their times in beside Shanghai's, from the list of the IANA database by country."""

from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

SUMMER_AND_WINTER = (datetime(2024, 1, 15, tzinfo=UTC), datetime(2024, 7, 15, tzinfo=UTC))


@cache
def zones_by_country() -> dict[str, tuple[str, ...]]:
    """The zones of each country or region, by its code of two letters."""
    found: dict[str, list[str]] = {}
    for line in (files("tzdata.zoneinfo") / "zone.tab").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            country, _, zone = line.split("\t")[:3]
            found.setdefault(country, []).append(zone)
    return {country: tuple(zones) for country, zones in found.items()}


def is_zone(name: str) -> bool:
    return any(name in zones for zones in zones_by_country().values())


def usual_zone(country: str) -> str | None:
    """The zone of a country whose clocks all show the same, in summer and winter; None where they do not, or it is unknown."""
    zones = zones_by_country().get(country, ())
    clocks = {tuple(day.astimezone(ZoneInfo(zone)).utcoffset() for day in SUMMER_AND_WINTER) for zone in zones}
    return zones[0] if len(clocks) == 1 else None
