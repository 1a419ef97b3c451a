"""Writes docs/benchmarks.md and its pictures from the results that were kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.cases import B2B, FRESH, NEXT, Group, words_of
from benchmarks.figures import Picture, draw_case, draw_growth
from benchmarks.growth import exponent, sizes_of
from benchmarks.machine import machine_lines
from benchmarks.methods import METHODS, OURS
from benchmarks.soundness import best_bounds, faults_of
from benchmarks.steps import MEMORY_SHARE
from benchmarks.store import Outcome, Step, Store, write_whole
from benchmarks.tables import b2b_table, closed_share, comparison, growth_table, next_night_table, percent, target_table
from benchmarks.targets import B2B_IMPOSSIBLE, B2B_OPTIMA, targets

HEAD = "<!-- Made by `make bench`; what is changed by hand is lost. -->\n# Benchmarks"
RECIPE = """Everything on this page is made by one command, on the machine it runs on, without the network:

- `make bench` does the whole of it; `make bench-quick` a small part in under ten minutes. Both go on where they were interrupted.
- `.venv/bin/python -m benchmarks run --case scarce --seed 2 --seconds 120 --methods ours,greedy` does one case.
- `.venv/bin/python -m benchmarks report` writes this page again from what was kept.
- `.venv/bin/python -m benchmarks instance scarce --seed 2 > scarce.json` writes an instance,
  `.venv/bin/python -m benchmarks check scarce.json schedule.json` checks a schedule for it."""
TARGET_WORDS = """\
Where there are several seeds the figure is that of the worst; growth is by medians of three. A bound says that nothing better
exists, not that somebody could reach it: so a gap is the most that a plan can be away from the best one."""
METHOD_WORDS = f"""\
Every method runs in a process of its own, one after the other, with two workers where it can use them, the same instance and the
same limit. A point is a unit of weight of a wish that is met; missing minimums, dropped and moved meetings and waiting take
points away. What a method says of itself is not believed: each schedule is checked by `benchmarks/checker.py`, which shares no
code with any of them, and by the shared checker where it is found. *Gap* is (bound − value) ÷ max(1, |bound|) with the method's
own proven bound, *to the best bound* the same with the lowest bound that anybody proved. *Closes* is the share of the way from
greedy by weight to that bound. Seconds are by the clock, with start-up; memory is the peak of all its processes together,
and who takes more than {MEMORY_SHARE:.0%} of the machine's is stopped.
Each peer's source and model stand at the top of its module in `benchmarks/peers/`: the vendors' rules work on marks, which are
read there from the weights and prices of our instances."""


@dataclass(frozen=True)
class Page:
    """The text, the pictures, and what is wrong (nothing, if all is well)."""

    text: str
    pictures: tuple[Picture, ...]
    faults: tuple[str, ...]


def write_page(page: Page, docs: Path) -> None:
    """Write the page and its pictures; pictures of an earlier page that are not on this one go."""
    images = docs / "images"
    images.mkdir(parents=True, exist_ok=True)
    names = {f"{picture.name}.svg" for picture in page.pictures}
    for old in images.glob("bench-*.svg"):
        if old.name not in names:
            old.unlink()
    for picture in page.pictures:
        write_whole(images / f"{picture.name}.svg", picture.svg)
    write_whole(docs / "benchmarks.md", page.text)


def outcomes_of(store: Store, plan: Sequence[Group]) -> list[Outcome]:
    """What was kept of a plan."""
    return [outcome for step in _steps_of(plan) if (outcome := store.get(step)) is not None]


def missing_of(store: Store, plan: Sequence[Group]) -> list[Step]:
    """What of a plan was not measured yet."""
    return [step for step in _steps_of(plan) if store.get(step) is None]


def _steps_of(plan: Sequence[Group]) -> list[Step]:
    return list(dict.fromkeys(step for group in plan for step in group.steps()))


def build_page(outcomes: Sequence[Outcome], *, quick: bool = False, b2b_found: bool = True, missing: Sequence[Step] = ()) -> Page:
    """The whole page; `missing` is what the plan has and is still to come. Raises ValueError where there is nothing to report."""
    if not outcomes:
        raise ValueError("there are no results yet; `make bench-quick` makes some")
    faults = faults_of(outcomes)
    bounds = best_bounds(outcomes)
    pictures: list[Picture] = []
    parts = [HEAD, *_opening(outcomes, bounds)]
    if quick:
        parts.append("These are the figures of a quick run: one seed, short limits. `make bench` measures the whole.")
    if faults:
        parts.append("**Something is wrong:**\n\n" + "\n".join(f"- {fault}" for fault in faults))
    parts += ["## What has to be reached", target_table(targets(outcomes)), TARGET_WORDS, "## Against the others", METHOD_WORDS]
    parts += _cases(outcomes, bounds, pictures)
    parts += _next_nights(outcomes)
    parts += _events(outcomes, b2b_found)
    parts += _growth(outcomes, pictures)
    parts += _left_out(outcomes, missing)
    parts += [
        "## How to repeat it",
        RECIPE,
        "## The machine that wrote this page",
        "\n".join(f"- {line}" for line in machine_lines()),
    ]
    return Page("\n\n".join(parts) + "\n", tuple(pictures), tuple(faults))


def _beside(outcome: Outcome, outcomes: Sequence[Outcome]) -> list[Outcome]:
    """What the others made of the same instance in the same time."""
    same = (o for o in outcomes if (o.fingerprint, o.seconds) == (outcome.fingerprint, outcome.seconds))
    return [o for o in same if o.method != outcome.method]


def _opening(outcomes: Sequence[Outcome], bounds: dict[str, int]) -> list[str]:
    """Three sentences that anyone can understand."""
    first = (
        "A conference has more wishes for meetings than hours, tables and people, so somebody has to choose which meetings take "
        "place, and when. On this page our scheduler and others, from the simple rules that other products describe to general "
        "solvers, plan the same conferences in the same time, and a separate program checks every plan."
    )
    case = next((name for name in ("scarce", "night", "visits", "small", "tiny") if any(o.case == name for o in outcomes)), None)
    compared = [o for o in outcomes if o.case == case and o.value is not None]
    if not compared:
        return [f"{first} Nothing was compared yet."]
    ours = [o for o in compared if o.method == OURS]
    shown = max(ours, key=lambda o: (len(_beside(o, compared)), -o.seed, o.seconds)) if ours else compared[0]
    others = _beside(shown, compared)
    same = [shown, *others]
    bound, greedy = bounds.get(shown.fingerprint), next((o.value for o in same if o.method == "greedy"), None)
    if not ours or not others or bound is None or shown.value is None:
        return [f"{first} Nothing of ours was compared with others yet."]
    best = max(others, key=lambda o: o.value or 0)
    share = closed_share(shown.value, bound, greedy)
    closes = "" if share is None else f", which closes {percent(share, 0)} of the distance from planning greedily"
    second = (
        f"With {words_of(shown.case).split(':')[0]}, and {shown.seconds:g} seconds, ours is worth {shown.value:,} points where "
        f"it is proven that no plan can be worth more than {bound:,}{closes}; the best of the others, "
        f"{METHODS[best.method].title}, is worth {best.value:,}."
    )
    return [f"{first} {second}"]


def _cases(outcomes: Sequence[Outcome], bounds: dict[str, int], pictures: list[Picture]) -> list[str]:
    plain = [o for o in outcomes if not o.case.startswith((NEXT, FRESH, B2B, "growth-"))]
    parts = []
    for case, seconds in dict.fromkeys((o.case, o.seconds) for o in plain):
        parts.append(f"### {case.capitalize()}, {seconds:g} s\n\n{words_of(case)}.")
        here = [o for o in plain if (o.case, o.seconds) == (case, seconds)]
        for seed in sorted({o.seed for o in here}):
            same = [o for o in here if o.seed == seed]
            bound = min((b for o in same if (b := bounds.get(o.fingerprint)) is not None), default=None)
            greedy = next((o.value for o in same if o.method == "greedy"), None)
            parts.append(
                f"Seed {seed}; the best proven bound is {bound:,}."
                if bound is not None
                else f"Seed {seed}; nobody proved a bound."
            )
            parts.append(comparison(same, bound, greedy))
            if seed == min(o.seed for o in here):
                drawn = draw_case(case, f"{case}, seed {seed}, {seconds:g} s", same, bound)
                pictures += drawn
                parts += [_shown(picture) for picture in drawn]
    return parts


def _shown(picture: Picture) -> str:
    text = picture.text.replace("[", "(").replace("]", ")")
    return f"![{text}](images/{picture.name}.svg)"


def _next_nights(outcomes: Sequence[Outcome]) -> list[str]:
    if not any(o.case.startswith(NEXT) for o in outcomes):
        return []
    words = (
        "A night is solved; then 2 % of its meetings are cancelled, 2 % new interests come in, and one venue is closed for a "
        "half-day. The next night knows what people were told, and pays for every meeting that it drops or moves. Old bookings "
        "count as still possible where their candidate, slot, participants and table are as they were. The *gap* is to "
        "the bound: no solve of the same night with the same prices, a fresh one neither, can be worth more. The last column "
        "is harder: it compares with a solve for people who were told nothing and whom nobody has to disappoint, less the "
        "price that cannot be avoided (a move for each old booking that is no longer possible)."
    )
    return ["## Night after night", words, next_night_table(outcomes)]


def _events(outcomes: Sequence[Outcome], b2b_found: bool) -> list[str]:
    words = (
        "Seven events of the business-to-business meeting scheduling problem by Bofill, Coll, Garcia, Giráldez-Cru, Pesant, Suy "
        'and Villaret ("Constraint Solving Approaches to the Business-to-Business Meeting Scheduling Problem", JAIR 74, 2022). '
        "The files are measured where they lie and are not part of the repository."
    )
    if any(o.case.startswith(B2B) for o in outcomes):
        return ["## Real events", words, b2b_table(outcomes, B2B_OPTIMA, B2B_IMPOSSIBLE)]
    skipped = "They were not measured." if b2b_found else "Skipped: the folder is not here (`--b2b FOLDER` names another one)."
    return ["## Real events", words, skipped]


def _growth(outcomes: Sequence[Outcome], pictures: list[Picture]) -> list[str]:
    sizes = sizes_of(outcomes)
    if not sizes:
        return []
    slope = exponent([(size.investors, size.typical) for size in sizes])
    waiting = exponent([(size.investors, size.typical_wait) for size in sizes])
    words = (
        "Projects are 6 % of the investors, so that twice the investors have about three times as many candidates. Measured is "
        "the time, by the scheduler's own clock, until it has a schedule that it has itself proven to be within 5 % of the best; "
        "and the same with starting the processes and loading what is compiled, which hardly depends on the size."
    )
    parts = ["## Growth", words, growth_table(sizes)]
    if slope is not None:
        with_start = f" With start-up it is {waiting:.2f}." if waiting is not None else ""
        parts.append(
            f"The line that fits the logarithms of size and time best has a slope of {slope:.2f}: the exponent.{with_start}"
        )
    picture = draw_growth([(size.investors, size.typical) for size in sizes if size.typical is not None], slope)
    if picture is not None:
        pictures.append(picture)
        parts.append(_shown(picture))
    return parts


def _steps(steps: Sequence[Step]) -> str:
    """Steps by case, seed and limit, with the methods of each."""
    methods: dict[str, list[str]] = {}
    for step in steps:
        where = f"{step.case}, seed {step.seed}, {step.seconds:g} s"
        methods.setdefault(where, []).append(METHODS[step.method].title)
    return "; ".join(f"{where} ({' · '.join(titles)})" for where, titles in methods.items())


def _left_out(outcomes: Sequence[Outcome], missing: Sequence[Step]) -> list[str]:
    """A line for everything that was skipped, and one each that names results of earlier versions and what is still to come."""
    lines = sorted({f"{METHODS[o.method].title} was skipped: {o.skipped}." for o in outcomes if o.skipped})
    old = [o for o in outcomes if o.version != METHODS[o.method].version()]
    if old:
        lines.append(f"Of an earlier version of the code are: {_steps([o.step for o in old])}.")
    if missing:
        lines.append(f"Not measured yet; `make bench` goes on with them: {_steps(missing)}.")
    return ["## Left out", "\n".join(f"- {line}" for line in lines)] if lines else []
