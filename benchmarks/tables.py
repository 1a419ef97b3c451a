"""The tables of the page: every method on every instance, next nights, real events and growth."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from benchmarks.cases import B2B, NEXT
from benchmarks.growth import Size
from benchmarks.methods import METHODS, OURS
from benchmarks.store import Outcome, gap_of
from benchmarks.targets import Target, lost_to_fresh, moved_share

NOTHING = "–"
COLUMNS = ("method", "value", "bound", "gap", "to the best bound", "closes", "meetings", "broken rules", "seconds", "memory")


def markdown(columns: Sequence[str], rows: Iterable[Sequence[str]], left: int = 1) -> str:
    """A table; the first columns stand left, the others right."""
    lines = [
        "| " + " | ".join(columns) + " |",
        "|" + "|".join(" --- " if k < left else " ---: " for k in range(len(columns))) + "|",
    ]
    return "\n".join([*lines, *("| " + " | ".join(_cell(each) for each in row) + " |" for row in rows)])


def _cell(words: str) -> str:
    return words.replace("|", "\\|").replace("\n", " ")


def target_table(targets: Sequence[Target]) -> str:
    rows = [(t.case, t.limit, t.at_least, t.aim, t.measured, t.verdict) for t in targets]
    return markdown(("case", "limit", "at least", "aim", "measured", "verdict"), rows, left=6)


def comparison(outcomes: Sequence[Outcome], best_bound: int | None, greedy: int | None) -> str:
    """All methods on one instance, the best value first."""
    order = sorted(outcomes, key=lambda o: (o.value is None, -(o.value or 0), o.method))
    return markdown(COLUMNS, [_row(o, best_bound, greedy) for o in order])


def _row(outcome: Outcome, best_bound: int | None, greedy: int | None) -> tuple[str, ...]:
    title = METHODS[outcome.method].title
    if outcome.skipped:
        return (f"{title}: skipped, {outcome.skipped}", *[NOTHING] * (len(COLUMNS) - 1))
    if outcome.note:
        title += f" ({outcome.note})"
    value = outcome.value
    return (
        f"**{title}**" if outcome.method == OURS else title,
        _number(value) if value is not None else "no schedule" if METHODS[outcome.method].schedules else NOTHING,
        _number(outcome.bound),
        percent(outcome.gap),
        percent(None if value is None or best_bound is None else gap_of(value, best_bound)),
        percent(closed_share(value, best_bound, greedy), digits=1),
        _number(outcome.meetings),
        _number(outcome.violations),
        f"{outcome.took:.1f}",
        f"{outcome.peak_mib:,} MiB",
    )


def closed_share(value: int | None, best_bound: int | None, greedy: int | None) -> float | None:
    """The share of the way from greedy by weight to the best proven bound that a value has gone; below zero where it is worse."""
    if value is None or best_bound is None or greedy is None or best_bound <= greedy:
        return None
    return (value - greedy) / (best_bound - greedy)


def _number(number: int | None) -> str:
    return NOTHING if number is None else f"{number:,}"


def percent(share: float | None, digits: int = 2) -> str:
    return NOTHING if share is None else f"{100 * share:.{digits}f} %"


def next_night_table(outcomes: Sequence[Outcome]) -> str:
    """The next nights: how many old bookings stayed, and what that costs."""
    ours = [o for o in outcomes if o.method == OURS]
    rows = []
    for o in sorted(
        (o for o in outcomes if o.case.startswith(NEXT)), key=lambda o: (o.case, o.seed, o.seconds, o.method != OURS)
    ):
        moved = moved_share(o)
        possible, unmoved = o.amounts.get("possible"), o.amounts.get("unmoved")
        rows.append(
            (
                f"{o.case.removeprefix(NEXT)}, seed {o.seed}",
                METHODS[o.method].title,
                f"{o.seconds:g} s",
                NOTHING if moved is None else f"{unmoved:,} of {possible:,}",
                percent(None if moved is None else 1 - moved),
                _number(o.value),
                percent(o.gap),
                percent(lost_to_fresh(o, ours)),
            )
        )
    columns = (
        "next night of",
        "method",
        "limit",
        "still where they were",
        "share",
        "value",
        "gap",
        "below a night without bookings",
    )
    return markdown(columns, rows, left=2)


def b2b_table(outcomes: Sequence[Outcome], published: Mapping[str, int], impossible: str) -> str:
    rows = []
    for o in sorted((o for o in outcomes if o.case.startswith(B2B)), key=lambda o: (o.case, o.method != OURS)):
        name = o.case.removeprefix(B2B)
        known = "no schedule" if name == impossible else _number(published.get(name))
        found = "no schedule exists" if o.status == "infeasible" else _number(o.value) if o.value is not None else "no schedule"
        words = o.skipped or o.note
        title = METHODS[o.method].title + (f" ({words})" if words else "")
        rows.append((name, title, known, found, _number(o.bound), _number(o.violations), f"{o.took:.1f}"))
    return markdown(("event", "method", "published", "value", "bound", "broken rules", "seconds"), rows, left=2)


def growth_table(sizes: Sequence[Size]) -> str:
    def told(time: float | None, limit: float) -> str:
        return f"not within {limit:g} s" if time is None else f"{time:.1f} s"

    rows = [
        (
            f"{size.investors:,}",
            "; ".join(told(time, size.limit) for time in size.seconds),
            told(size.typical, size.limit),
            told(size.typical_wait, size.limit),
        )
        for size in sizes
    ]
    return markdown(("investors", "each seed", "median", "median with start-up"), rows)
