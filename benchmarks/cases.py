"""The cases: which instances, which limits, which methods, and what our scheduler has to reach on each."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from benchmarks.disturb import disturbed, without_bookings
from benchmarks.instances import Recipe, instance_text
from benchmarks.methods import ALL, METHODS, OURS, QUICKLY_DONE, ROOT
from benchmarks.store import Step, Store, write_whole

B2B_FOLDER = ROOT.parent / "shared" / "benchmarks" / "b2b"
GROWTH_SIZES = (500, 1000, 2000, 4000)
GROWTH_GAP = 0.05
GROWTH_SHARE = 0.06

SIZES: dict[str, tuple[Recipe, str]] = {
    "night": (Recipe(investors=400, projects=165), "400 investors, 165 projects: the expected conference"),
    "scarce": (Recipe(investors=1000, projects=60), "1000 investors, 60 projects: tables and hosts run out"),
    "visits": (Recipe(investors=600, projects=90, visits=0.15), "600 investors, 90 projects, 15 % site visits of four slots"),
    "large": (Recipe(investors=5000, projects=300), "5000 investors, 300 projects: a national fair"),
    "tiny": (Recipe(investors=30, projects=8, days=3), "30 investors, 8 projects, three days: to see whether everything works"),
    "small": (Recipe(investors=150, projects=20), "150 investors, 20 projects: small enough for every method"),
    **{
        f"growth-{size}": (
            Recipe(investors=size, projects=round(GROWTH_SHARE * size)),
            f"{size} investors, {round(GROWTH_SHARE * size)} projects: how the time grows",
        )
        for size in GROWTH_SIZES
    },
}
NEXT, FRESH, B2B = "next-", "fresh-", "b2b:"


class UnknownCase(ValueError):
    """There is no such case; the message lists what there is."""


@dataclass(frozen=True)
class Group:
    """Some steps of a plan: a case with its seeds, its limit and its methods."""

    case: str
    seeds: tuple[int, ...]
    seconds: float
    methods: tuple[str, ...]
    stop_at_gap: float | None = None
    base_seconds: float | None = None
    """For a next night: the limit of the night before."""

    def steps(self) -> list[Step]:
        return [Step(self.case, seed, self.seconds, method) for seed in self.seeds for method in self.methods]

    @property
    def estimate(self) -> float:
        """Seconds that the steps take at most, roughly."""
        limits = sum(self.seconds for key in self.methods if METHODS[key].searches)
        return len(self.seeds) * (limits + sum(METHODS[key].start_up for key in self.methods))


def full_plan(b2b: Path) -> list[Group]:
    """`make bench`: what has to be reached first, each beside the others at the same limit; some five hours.

    A peer that searches is measured on one seed, ours and those that are done at once on all three.
    """
    one, three = (1,), (1, 2, 3)
    searching = tuple(key for key in ALL if key not in (OURS, *QUICKLY_DONE))
    plan = [Group(f"growth-{size}", three, 900, (OURS,), GROWTH_GAP) for size in GROWTH_SIZES]
    plan += [Group(f"{B2B}{path.stem}", one, 60, (OURS,)) for path in b2b_files(b2b)]
    for size, seconds in (("night", 60.0), ("scarce", 120.0), ("visits", 120.0)):
        plan += [Group(size, three, seconds, (OURS, *QUICKLY_DONE)), Group(size, one, seconds, searching)]
    for size, seconds in (("night", 60.0), ("scarce", 120.0)):
        plan.append(Group(f"{NEXT}{size}", three, 60, (OURS,), base_seconds=seconds))
        plan.append(Group(f"{FRESH}{size}", three, 60, (OURS,), base_seconds=seconds))
    plan += [Group("large", one, 900, (OURS, *QUICKLY_DONE)), Group("scarce", three, 600, (OURS, *QUICKLY_DONE))]
    plan += [
        Group(f"{NEXT}{size}", one, 60, ("greedy", "cpsat-hint"), base_seconds=60 * n)
        for n, size in ((1, "night"), (2, "scarce"))
    ]
    plan += [Group(f"{B2B}{path.stem}", one, 60, ("cpsat",)) for path in b2b_files(b2b)]
    return [*plan, Group("scarce", one, 600, searching), Group("large", one, 900, searching)]


def quick_plan(b2b: Path) -> list[Group]:
    """`make bench-quick`: one seed and short limits, under ten minutes."""
    one = (1,)
    plan = [
        Group("night", one, 15, ALL),
        Group("scarce", one, 20, ALL),
        Group("visits", one, 20, (OURS, *QUICKLY_DONE)),
        *(Group(f"{B2B}{path.stem}", one, 5, (OURS,)) for path in b2b_files(b2b)),
        Group(f"{NEXT}night", one, 10, (OURS,), base_seconds=15.0),
        Group(f"{FRESH}night", one, 10, (OURS,), base_seconds=15.0),
    ]
    return [*plan, *(Group(f"growth-{size}", one, 20, (OURS,), GROWTH_GAP) for size in GROWTH_SIZES[:2])]


def b2b_files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.json")) if folder.is_dir() else []


def size_of(case: str) -> str:
    """The size that a case is made of: `next-night` is made of night."""
    return case.removeprefix(NEXT).removeprefix(FRESH)


def words_of(case: str) -> str:
    if case.startswith(B2B):
        return "a real brokerage event: every meeting required, the fewest idle periods win"
    words = SIZES[size_of(case)][1]
    if case.startswith(NEXT):
        return f"{words}; the night after, with 2 % cancellations, 2 % new interests and a venue closed for a half-day"
    if case.startswith(FRESH):
        return f"{words}; the same next night, for people who were told nothing before"
    return words


def case_names(b2b: Path) -> list[str]:
    resolves = [f"{kind}{size}" for kind in (NEXT, FRESH) for size in ("tiny", "small", "night", "scarce")]
    return [*SIZES, *resolves, *(f"{B2B}{path.stem}" for path in b2b_files(b2b))]


def instance_of(store: Store, case: str, seed: int, b2b: Path, base: Step | None = None) -> Path:
    """The file of the case's instance, written where it is not there; `base` is the night before a next night.

    Raises UnknownCase, and FileNotFoundError where the night before has no schedule yet.
    """
    if case.startswith(B2B):
        path = b2b / f"{case.removeprefix(B2B)}.json"
        if not path.is_file():
            raise UnknownCase(f"there is no file {path}")
        return path
    if size_of(case) not in SIZES:
        raise UnknownCase(f"there is no case {case!r}; there are: {', '.join(case_names(b2b))}")
    if case.startswith((NEXT, FRESH)):
        return _next_night(store, case, seed, b2b, base)
    return _written(store.instance_path(case, seed), instance_text(recipe_of(case, seed)))


def recipe_of(case: str, seed: int) -> Recipe:
    recipe = SIZES[case][0]
    return Recipe(**{**recipe.__dict__, "seed": seed})


def _next_night(store: Store, case: str, seed: int, b2b: Path, base: Step | None) -> Path:
    if base is None:
        raise UnknownCase(f"{case} needs the limit of the night before")
    before = json.loads(instance_of(store, base.case, seed, b2b).read_text(encoding="utf-8"))
    schedule = json.loads(store.path(base, "schedule.json").read_text(encoding="utf-8"))
    data = disturbed(before, schedule, seed)
    if case.startswith(FRESH):
        data = without_bookings(data)
    return _written(store.instance_path(case, seed), json.dumps(data, separators=(",", ":")))


def _written(path: Path, text: str) -> Path:
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        write_whole(path, text)
    return path
