"""The demonstration cohort as plain data: plainly invented investors whose wishes crowd on the popular chains.

The same catalogue and seed always give the same cohort. Nothing here touches the database.
"""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from matchmaker.domain.calendar import Half
from matchmaker.domain.interest import Level, Target
from matchmaker.domain.roles import Vetting


@dataclass(frozen=True, slots=True)
class Country:
    """Where investors come from, how many of a hundred, and what is spoken there first."""

    code: str
    name: str
    share: int
    languages: tuple[str, ...]
    timezone: str


COUNTRIES = (
    Country("DE", "Germany", 11, ("de",), "Europe/Berlin"),
    Country("US", "United States", 11, ("en",), "America/New_York"),
    Country("JP", "Japan", 11, ("ja",), "Asia/Tokyo"),
    Country("CN", "China", 10, ("zh",), "Asia/Shanghai"),
    Country("FR", "France", 8, ("fr",), "Europe/Paris"),
    Country("KR", "South Korea", 8, ("ko",), "Asia/Seoul"),
    Country("SG", "Singapore", 7, ("en", "zh"), "Asia/Singapore"),
    Country("GB", "United Kingdom", 7, ("en",), "Europe/London"),
    Country("CH", "Switzerland", 5, ("de", "fr"), "Europe/Zurich"),
    Country("IT", "Italy", 4, ("it",), "Europe/Rome"),
    Country("NL", "Netherlands", 4, ("nl",), "Europe/Amsterdam"),
    Country("SE", "Sweden", 3, ("sv",), "Europe/Stockholm"),
    Country("IL", "Israel", 3, ("he",), "Asia/Jerusalem"),
    Country("NO", "Norway", 2, ("no",), "Europe/Oslo"),
    Country("AE", "United Arab Emirates", 2, ("ar",), "Asia/Dubai"),
    Country("BR", "Brazil", 2, ("pt",), "America/Sao_Paulo"),
    Country("IN", "India", 2, ("en", "hi"), "Asia/Kolkata"),
)
SIZES = ((10, 50), (50, 200), (100, 500), (300, 1000), (500, 3000))
TITLES = ("Managing director", "Investment director", "Head of Asia", "Technology scout", "Chief financial officer")
NOT_APPROVED = (Vetting.APPLIED,) * 4 + (Vetting.WAITLISTED,) * 3 + (Vetting.REFUSED,) * 3
WITHOUT_INTERESTS = 15
SHARE_WITHOUT_ENGLISH = 0.36
"""Of those whose own language is neither English nor Chinese; they are some seven of ten, so a quarter of all."""
ZIPF = 1.0
CROWDED_CHAINS = 6
"""Leads of projects in so many of the first chains are in demand elsewhere too: they are there for two to four days."""


@dataclass(frozen=True, slots=True)
class OfferedProject:
    code: str
    district: str
    chains: tuple[str, ...]
    stage: str


@dataclass(frozen=True, slots=True)
class ProgrammeItem:
    code: str
    day: date
    capacity: int


@dataclass(frozen=True, slots=True)
class Conference:
    """What the cohort chooses from. `chains`: those with projects, the popular ones first; `slots`: day and half by id."""

    chains: tuple[str, ...]
    projects: tuple[OfferedProject, ...]
    slots: dict[int, tuple[date, Half]]
    programme: tuple[ProgrammeItem, ...]
    must_meet_limit: int
    max_meetings: int
    max_per_day: int

    @property
    def days(self) -> list[date]:
        return sorted({day for day, _ in self.slots.values()})


@dataclass(frozen=True, slots=True)
class InventedWish:
    target: Target
    code: str
    level: Level


@dataclass(frozen=True, slots=True)
class InventedInvestor:
    number: int
    country: Country
    languages: tuple[str, ...]
    chains: tuple[str, ...]
    sizes: tuple[int, int]
    stages: tuple[str, ...]
    titles: tuple[str, ...]
    confidential: bool
    shares_contact: bool
    vetting: Vetting
    max_meetings: int
    max_per_day: int
    slots: tuple[int, ...]
    wishes: tuple[InventedWish, ...]
    programme: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"Investor {self.number:03d}"

    @property
    def email(self) -> str:
        return f"investor{self.number:03d}@example.org"


def invent_cohort(conference: Conference, *, count: int, seed: int) -> list[InventedInvestor]:
    """`count` investors. The first is the one to look around with: it speaks English and stays as long as it can."""
    rng = random.Random(seed)
    cohort = [_invent_guide(conference, rng)]
    outsiders = _sample(rng, range(2, count + 1), len(NOT_APPROVED))
    vettings = dict(zip(outsiders, NOT_APPROVED, strict=False))
    silent = set(_sample(rng, [number for number in range(2, count + 1) if number not in vettings], WITHOUT_INTERESTS))
    places = {item.code: item.capacity for item in conference.programme}
    for number in range(2, count + 1):
        vetting = vettings.get(number, Vetting.APPROVED)
        cohort.append(_invent_investor(number, conference, rng, vetting=vetting, silent=number in silent, places=places))
    return cohort


def _sample(rng: random.Random, things: Iterable[int], count: int) -> list[int]:
    things = list(things)
    return rng.sample(things, k=min(count, len(things)))


def _invent_guide(conference: Conference, rng: random.Random) -> InventedInvestor:
    chains = conference.chains[:4]
    return InventedInvestor(
        number=1,
        country=next(country for country in COUNTRIES if country.code == "GB"),
        languages=("en",),
        chains=chains,
        sizes=(100, 1000),
        stages=tuple(sorted({project.stage for project in conference.projects})[:3]),
        titles=TITLES[:2],
        confidential=False,
        shares_contact=True,
        vetting=Vetting.APPROVED,
        max_meetings=conference.max_meetings,
        max_per_day=conference.max_per_day,
        slots=tuple(slot for slot, (day, _) in conference.slots.items() if day in conference.days[:5]),
        wishes=tuple(_invent_wishes(conference, rng, chains, count=9)),
        programme=(),
    )


def _invent_investor(
    number: int, conference: Conference, rng: random.Random, *, vetting: Vetting, silent: bool, places: dict[str, int]
) -> InventedInvestor:
    country = rng.choices(COUNTRIES, weights=[each.share for each in COUNTRIES])[0]
    chains = _popular_chains(conference, rng, rng.choices((1, 2, 3, 4), weights=(25, 35, 25, 15))[0])
    stages = sorted({project.stage for project in conference.projects})
    slots = _invent_stay(conference, rng)
    wishes = [] if silent else _invent_wishes(conference, rng, chains, count=rng.randint(3, 9))
    return InventedInvestor(
        number=number,
        country=country,
        languages=_invent_languages(country, rng),
        chains=chains,
        sizes=rng.choice(SIZES),
        stages=tuple(rng.sample(stages, k=min(len(stages), rng.randint(1, 3)))),
        titles=tuple(rng.sample(TITLES, k=rng.randint(1, 3))),
        confidential=rng.random() < 0.1,
        shares_contact=rng.random() < 0.85,
        vetting=vetting,
        max_meetings=min(conference.max_meetings, rng.choice((4, 6, 8, 10))),
        max_per_day=min(conference.max_per_day, rng.choice((3, 4, 5))),
        slots=slots,
        wishes=tuple(wishes),
        programme=tuple(_invent_programme(conference, rng, places)),
    )


def _invent_languages(country: Country, rng: random.Random) -> tuple[str, ...]:
    """The country's own first, mostly English too; those without either need interpreters for most projects."""
    if "en" in country.languages or "zh" in country.languages:
        chinese_only = country.languages == ("zh",) and rng.random() < 0.5
        return country.languages if chinese_only or "en" in country.languages else (*country.languages, "en")
    return country.languages if rng.random() < SHARE_WITHOUT_ENGLISH else ("en", *country.languages)


def _popular_chains(conference: Conference, rng: random.Random, count: int) -> tuple[str, ...]:
    """Different chains, the first of the conference's list most often (Zipf's law)."""
    left = list(conference.chains)
    chosen: list[str] = []
    while left and len(chosen) < count:
        weights = [1 / (1 + conference.chains.index(chain)) ** ZIPF for chain in left]
        chain = rng.choices(left, weights=weights)[0]
        left.remove(chain)
        chosen.append(chain)
    return tuple(chosen)


def _invent_stay(conference: Conference, rng: random.Random) -> tuple[int, ...]:
    """One to five meeting days in a row; now and then a half-day or a slot in between is taken."""
    days = conference.days
    length = min(len(days), rng.choices((1, 2, 3, 4, 5), weights=(8, 24, 30, 22, 16))[0])
    first = rng.randrange(len(days) - length + 1)
    stay = set(days[first : first + length])
    busy = {(day, half) for day in sorted(stay) for half in Half if rng.random() < 0.08}
    slots = tuple(slot for slot, where in conference.slots.items() if where[0] in stay and where not in busy)
    return tuple(slot for slot in slots if rng.random() > 0.06) or slots


def _invent_wishes(conference: Conference, rng: random.Random, chains: Sequence[str], *, count: int) -> list[InventedWish]:
    """Mostly projects of the chains it looks at, then a chain or a district as a whole; at most three *must meet*."""
    fitting = [project for project in conference.projects if set(project.chains) & set(chains)]
    others = [project for project in conference.projects if project not in fitting]
    wanted: dict[tuple[Target, str], None] = {}
    for _ in range(10 * count):
        if len(wanted) == count:
            break
        kind = rng.choices((Target.PROJECT, Target.CHAIN, Target.DISTRICT), weights=(70, 18, 12))[0]
        if kind is Target.CHAIN:
            wanted[kind, rng.choice(chains)] = None
        elif kind is Target.DISTRICT:
            wanted[kind, rng.choice(fitting or others).district] = None
        else:
            among = fitting if fitting and (rng.random() < 0.85 or not others) else others
            wanted[kind, rng.choice(among).code] = None
    levels = _invent_levels(rng, list(wanted), conference)
    return [InventedWish(target, code, level) for (target, code), level in zip(wanted, levels, strict=True)]


def _invent_levels(rng: random.Random, targets: Sequence[tuple[Target, str]], conference: Conference) -> list[Level]:
    """The first few projects it thought of are those it must meet; *no thanks* is said about single projects only."""
    left = rng.choice((0, 1, 1, 2, 2, conference.must_meet_limit, conference.must_meet_limit))
    levels = []
    for place, (target, _) in enumerate(targets):
        if target is Target.PROJECT and left > 0:
            left -= 1
            levels.append(Level.MUST_MEET)
        else:
            refused = target is Target.PROJECT and place > 2 and rng.random() < 0.08
            levels.append(Level.NO_THANKS if refused else Level.WOULD_LIKE)
    return levels


def _invent_programme(conference: Conference, rng: random.Random, places: dict[str, int]) -> list[str]:
    """Every third investor attends one or two programme items, on different days, as long as there are places."""
    if rng.random() > 0.3:
        return []
    attended: dict[date, str] = {}
    for item in rng.sample(conference.programme, k=min(2, len(conference.programme))):
        if item.day not in attended and places[item.code] > 0:
            places[item.code] -= 1
            attended[item.day] = item.code
    return sorted(attended.values())


def invent_absences(conference: Conference, *, seed: int) -> dict[str, tuple[int, ...]]:
    """By project code: the slots in which its lead is away; a third of those outside the crowded chains always is there."""
    rng = random.Random(seed)
    crowded = set(conference.chains[:CROWDED_CHAINS])
    absences: dict[str, tuple[int, ...]] = {}
    for project in conference.projects:
        days = conference.days
        away = len(days) - rng.randint(2, 4) if crowded & set(project.chains) else rng.choice((0, 1, 3))
        gone = set(rng.sample(days, k=max(0, min(away, len(days) - 1))))
        if gone:
            absences[project.code] = tuple(slot for slot, (day, _) in conference.slots.items() if day in gone)
    return absences
