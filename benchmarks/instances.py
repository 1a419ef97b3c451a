"""Writes synthetic conferences in the format matchmaker-instance/1; the same recipe always gives the same bytes.

The shape follows the conference: sixteen district venues with real travel times, ten working days, projects of one
industrial chain and one district each, investors who are in town for a few days and whose interests crowd on the
popular chains. Only the standard library is used, and nothing of the scheduler.
"""

from __future__ import annotations

import csv
import json
import math
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any

FORMAT = "matchmaker-instance/1"
TRAVEL_TABLE = Path(__file__).resolve().parent.parent / "matchmaker" / "data" / "shanghai-2024" / "travel_minutes.csv"

FIRST_DAY = date(2024, 4, 1)
HOLIDAYS = {date(2024, 4, 4), date(2024, 4, 5)}
MAKE_UP_DAYS = {date(2024, 4, 7)}
OPENING_HOURS = ((time(9), time(12)), (time(13, 30), time(17, 30)))
VISIT_LENGTH = 4
PENALTIES = {"shortfall": 2000, "drop": 1500, "move": 400, "idle_slot": 5, "idle_period": 0}

Project = tuple[str, int, int, int]
"""Name, place of its venue in the list of codes, chain, and the size of its ticket (1 to 5)."""


@dataclass(frozen=True)
class Recipe:
    """What a conference is made of; raises ValueError where something is not at least one."""

    investors: int = 1000
    projects: int = 160
    chains: int = 24
    days: int = 10
    slot_minutes: int = 30
    candidates: int = 20
    table_ratio: float = 0.7
    visits: float = 0.0
    seed: int = 1

    def __post_init__(self) -> None:
        for name in ("investors", "projects", "chains", "days", "slot_minutes", "candidates"):
            if getattr(self, name) < 1:
                raise ValueError(f"a conference needs at least one of: {name.replace('_', ' ')}")

    @property
    def name(self) -> str:
        return f"synthetic-i{self.investors}-p{self.projects}-d{self.days}-s{self.seed}"


def instance_text(recipe: Recipe, travel_table: Path = TRAVEL_TABLE) -> str:
    """The file of a recipe, as text."""
    return json.dumps(build_instance(recipe, travel_table), separators=(",", ":"))


def build_instance(recipe: Recipe, travel_table: Path = TRAVEL_TABLE) -> dict[str, Any]:
    """The conference as plain data. The order of the draws is part of the recipe: it decides the bytes."""
    rng = Random(recipe.seed)
    codes, travel = read_travel(travel_table)
    slots, by_day = _grid(recipe)
    popularity = [1 / (1 + chain) ** 0.8 for chain in range(recipe.chains)]
    hosts, projects = _draw_projects(rng, recipe, len(codes), popularity, by_day)
    investors, candidates = _draw_investors(rng, recipe, codes, projects, popularity, by_day)
    tables = dict.fromkeys(codes, 0)
    for _, venue, _, _ in projects:
        tables[codes[venue]] += 1
    return {
        "format": FORMAT,
        "name": recipe.name,
        "slots": slots,
        "venues": [{"id": code, "tables": max(1, math.ceil(tables[code] * recipe.table_ratio))} for code in codes],
        "travel_minutes": travel,
        "pools": [{"id": "interpreter", "capacity": max(1, recipe.investors // 12)}],
        "participants": hosts + investors,
        "candidates": candidates,
        "booked": [],
        "penalties": dict(PENALTIES),
    }


def read_travel(path: Path) -> tuple[list[str], list[list[int]]]:
    """The codes of the venues in alphabetical order, and whole minutes from each to each."""
    with path.open(encoding="utf-8", newline="") as file:
        minutes = {(row["from_code"], row["to_code"]): math.ceil(float(row["minutes"])) for row in csv.DictReader(file)}
    codes = sorted({here for here, _ in minutes})
    return codes, [[0 if here == there else minutes[here, there] for there in codes] for here in codes]


def working_days(count: int) -> list[date]:
    """The first working days of April 2024, holidays and make-up days as they were."""
    days: list[date] = []
    day = FIRST_DAY
    while len(days) < count:
        if (day.weekday() < 5 and day not in HOLIDAYS) or day in MAKE_UP_DAYS:
            days.append(day)
        day += timedelta(days=1)
    return days


def _grid(recipe: Recipe) -> tuple[list[dict[str, Any]], list[list[int]]]:
    """The slots, and the places of each day's slots in that list."""
    slots = []
    length = timedelta(minutes=recipe.slot_minutes)
    for index, day in enumerate(working_days(recipe.days)):
        for opening, closing in OPENING_HOURS:
            start = datetime.combine(day, opening)
            while start + length <= datetime.combine(day, closing):
                end = start + length
                slots.append(
                    {"day": index, "start": start.isoformat(timespec="minutes"), "end": end.isoformat(timespec="minutes")}
                )
                start = end
    return slots, [[s for s, slot in enumerate(slots) if slot["day"] == day] for day in range(recipe.days)]


def _draw_projects(
    rng: Random, recipe: Recipe, venues: int, popularity: list[float], by_day: list[list[int]]
) -> tuple[list[dict[str, Any]], list[Project]]:
    """The hosts, and what their projects are about: each district is strong in some chains."""
    strength = {venue: rng.sample(range(recipe.chains), k=min(6, recipe.chains)) for venue in range(venues)}
    hosts: list[dict[str, Any]] = []
    projects: list[Project] = []
    for number in range(recipe.projects):
        venue = rng.randrange(venues)
        chain = rng.choices(strength[venue], weights=[popularity[each] for each in strength[venue]])[0]
        open_days = sorted(rng.sample(range(recipe.days), k=rng.randint(max(1, recipe.days // 2), recipe.days)))
        available: list[int] = []
        for each in open_days:
            half, day = rng.random(), by_day[each]
            middle = len(day) // 2
            available += day if half < 0.7 else day[:middle] if half < 0.85 else day[middle:]
        capacity = rng.choices((1, 2, 3), weights=(80, 15, 5))[0]
        name = f"P{number:04d}"
        hosts.append({"id": name, "kind": "host", "capacity": capacity, "available": available})
        projects.append((name, venue, chain, rng.randint(1, 5)))
    return hosts, projects


def _draw_investors(
    rng: Random, recipe: Recipe, codes: list[str], projects: list[Project], popularity: list[float], by_day: list[list[int]]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    investors, candidates = [], []
    for number in range(recipe.investors):
        name = f"I{number:05d}"
        stay = rng.choices((1, 2, 3, 4, 5, recipe.days), weights=(6, 20, 28, 20, 14, 12))[0]
        first = rng.randrange(max(1, recipe.days - stay + 1))
        available: list[int] = []
        for day in range(first, min(recipe.days, first + stay)):
            available += [slot for slot in by_day[day] if rng.random() > 0.08]
        likes: dict[int, float] = {}
        for rank in range(rng.randint(1, 4)):
            likes.setdefault(rng.choices(range(recipe.chains), weights=popularity)[0], 1.0 - 0.2 * rank)
        ticket = rng.randint(1, 5)
        maximum = rng.choice((4, 6, 8, 10))
        investors.append(
            {
                "id": name,
                "kind": "investor",
                "capacity": 1,
                "compact": True,
                "available": available,
                "min_meetings": min(2, maximum),
                "max_meetings": maximum,
                "max_per_day": rng.choice((3, 4, 5)),
            }
        )
        candidates += _draw_candidates(rng, recipe, name, codes, projects, likes, ticket)
    return investors, candidates


def _draw_candidates(
    rng: Random, recipe: Recipe, investor: str, codes: list[str], projects: list[Project], likes: dict[int, float], ticket: int
) -> list[dict[str, Any]]:
    """The best projects for one investor; one investor in four needs an interpreter."""
    scored = []
    for project, venue, chain, size in projects:
        fit = likes.get(chain, 0.0)
        if fit == 0.0 and rng.random() > 0.02:
            continue
        score = 0.65 * max(fit, 0.15) + 0.2 * (1 - abs(size - ticket) / 4) + 0.15 * rng.random()
        scored.append((score, project, venue))
    scored.sort(reverse=True)
    foreign = rng.random() < 0.25
    found = []
    for score, project, venue in scored[: recipe.candidates]:
        candidate: dict[str, Any] = {
            "id": f"{investor}-{project}",
            "participants": [investor, project],
            "venue": codes[venue],
            "weight": max(1, round(1000 * score)),
        }
        if rng.random() < recipe.visits:
            candidate["length"] = VISIT_LENGTH
        if foreign:
            candidate["pool"] = "interpreter"
        found.append(candidate)
    return found
