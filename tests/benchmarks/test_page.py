"""The page: its tables, its verdicts, its pictures, and that it says loudly what is wrong."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks.__main__ import main
from benchmarks.growth import Size, exponent, time_to_gap
from benchmarks.page import build_page, write_page
from benchmarks.soundness import faults_of
from benchmarks.store import Outcome, Point, Step, Store
from benchmarks.tables import closed_share, comparison
from benchmarks.targets import Target, targets
from tests.benchmarks.builders import outcome


def _row(outcomes: list[Outcome], case: str) -> Target:
    return next(row for row in targets(outcomes) if row.case.startswith(case))


def test_sound_outcomes_have_no_faults() -> None:
    assert faults_of([outcome(), outcome("greedy", 900, None), outcome("flow", None, 1000)]) == []


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (
            outcome("flow", None, 949),
            "Min-cost flow (bound only) on scarce, seed 1, 120 s says that nothing is above 949, and Matchmaker",
        ),
        (
            outcome("cpsat", None, None, status="infeasible"),
            "CP-SAT, one model on scarce, seed 1, 120 s says that no schedule exists",
        ),
        (outcome("greedy", checkers_agree=False), "the two checkers disagree about Greedy by weight"),
        (outcome(violations=1, words=["hao is away"]), "Matchmaker on scarce, seed 1, 120 s: hao is away"),
    ],
)
def test_what_must_never_be_is_a_fault(wrong: Outcome, words: str) -> None:
    faults = faults_of([outcome(), wrong])
    assert len(faults) == 1
    assert faults[0].startswith(words)


def test_bounds_on_another_instance_say_nothing() -> None:
    assert faults_of([outcome(), outcome("flow", None, 10, fingerprint="f2")]) == []


def test_the_share_that_is_closed() -> None:
    assert closed_share(950, 1000, 900) == 0.5
    assert closed_share(850, 1000, 900) == -0.5
    assert closed_share(950, 900, 900) is None


def test_the_comparison_shows_the_best_first_whoever_it_is() -> None:
    table = comparison([outcome(), outcome("greedy", 900, None), outcome("timefold", 960, None)], 1000, 900)
    assert table.splitlines()[2:] == [
        "| Timefold | 960 | – | – | 4.00 % | 60.0 % | 12 | 0 | 121.0 | 300 MiB |",
        "| **Matchmaker** | 950 | 1,000 | 5.00 % | 5.00 % | 50.0 % | 12 | 0 | 121.0 | 300 MiB |",
        "| Greedy by weight | 900 | – | – | 10.00 % | 0.0 % | 12 | 0 | 121.0 | 300 MiB |",
    ]


def test_a_gap_is_held_against_what_was_asked_for() -> None:
    runs = [outcome(value=value, seed=seed) for seed, value in ((1, 955), (2, 960), (3, 990))]
    assert _row(runs, "scarce: gap") == Target(
        "scarce: gap to its own proven bound", "120 s", "5.0 %", "3.0 %", "**4.50 %** (the worst of seeds 1, 2, 3)", "reached"
    )
    assert _row([outcome(value=930)], "scarce: gap").verdict == "not reached"
    assert _row([outcome(value=980)], "scarce: gap").verdict == "aim reached"
    assert _row([outcome(value=980, seconds=30)], "scarce: gap").measured == "**2.00 %** (seed 1, at 30 s)"
    assert _row([outcome(value=None)], "scarce: gap").verdict == "not measured"
    assert _row([*runs, outcome(value=None, seed=4)], "scarce: gap").verdict == "not measured"


def test_next_nights_are_held_against_what_stayed_and_a_fresh_solve() -> None:
    amounts = {"told": 210, "possible": 200, "unmoved": 197, "unavoidable": 40}
    night = outcome(value=992, case="next-night", seconds=60, amounts=amounts)
    fresh = outcome(value=1000, case="fresh-night", seconds=60, fingerprint="f2")
    rows = [_row([night, fresh], f"re-solve of night: {what}") for what in ("old", "value")]
    assert [(row.measured, row.verdict) for row in rows] == [
        ("**98.50 %** (seed 1)", "reached"),
        ("at most **0.80 %** below, proven by the bound (seed 1)", "reached"),
    ]


def test_real_events_are_reached_when_all_are_proven_in_time() -> None:
    optima = {"tic-12.original": 0, "tic-13.original": 0, "tic-13crafb.original": 0, "forumt-14.original": -5}
    optima |= {"forum-13.original": 0, "tic-12.prec15": 0}
    runs = [outcome(case=f"b2b:{name}", value=best, bound=best, took=4.0) for name, best in optima.items()]
    impossible = outcome(case="b2b:tic-12crafc.forb0003", value=None, bound=None, status="infeasible", took=7.0)
    assert _row([*runs, impossible], "the seven").verdict == "reached"
    impossible.took = 4.0
    assert _row([*runs, impossible], "the seven").verdict == "aim reached"
    assert _row(runs, "the seven").verdict == "not reached"


def test_the_exponent_is_the_slope_of_the_logarithms() -> None:
    times = [(n, n**1.5 / 1000) for n in (500, 1000, 2000, 4000)]
    assert exponent(times) == pytest.approx(1.5)
    assert exponent([*times, (8000, None)]) == pytest.approx(1.5)
    assert exponent(times[:1]) is None
    assert Size(500, (1.0, None, 3.0), 900).typical == 3.0
    assert Size(500, (1.0, None, None), 900).typical is None
    assert Size(500, (1.0,), 900, waited=(4.0, 5.0, 6.0)).typical_wait == 5.0


def test_the_time_to_a_gap_is_by_its_own_clock() -> None:
    points = [Point(1.0, 0.5, 900, None), Point(3.0, 2.0, 900, 1000), Point(5.0, 4.0, 960, 1000)]
    assert time_to_gap(outcome(trajectory=points)) == 4.0
    assert time_to_gap(outcome(trajectory=points), own_clock=False) == 5.0
    assert time_to_gap(outcome(trajectory=points[:2])) is None


def _outcomes() -> list[Outcome]:
    growth = [outcome(case=f"growth-{n}", seconds=900, fingerprint=f"g{n}", value=960) for n in (500, 1000)]
    skipped = outcome("timefold", None, None, skipped="there is no Java on the path", trajectory=[])
    return [outcome(), outcome("greedy", 900, None), outcome("flow", None, 1000), skipped, *growth]


def test_the_page_says_what_was_measured_and_what_was_left_out() -> None:
    page = build_page(_outcomes(), b2b_found=False)
    assert page.faults == ()
    assert "ours is worth 950 points where it is proven that no plan can be worth more than 1,000" in page.text
    assert "closes 50 % of the distance" in page.text
    assert "| scarce: gap to its own proven bound | 120 s | 5.0 % | 3.0 % | **5.00 %** (seed 1) | reached |" in page.text
    assert "Skipped: the folder is not here" in page.text
    assert "- Timefold was skipped: there is no Java on the path." in page.text
    assert [picture.name for picture in page.pictures] == ["bench-scarce-120s-value", "bench-scarce-120s-gap", "bench-growth"]


def test_pictures_are_whole_and_say_what_they_show() -> None:
    for picture in build_page(_outcomes()).pictures:
        root = ElementTree.fromstring(picture.svg)
        names = [element.tag.split("}")[1] for element in root.iter()]
        assert root.get("role") == "img"
        assert names[:3] == ["svg", "title", "desc"]
        assert names.count("polyline") >= 2
        assert "prefers-color-scheme: dark" in picture.svg
        assert picture.text in build_page(_outcomes()).text


def test_the_page_says_loudly_what_is_wrong(tmp_path: Path) -> None:
    page = build_page([outcome(), outcome("flow", None, 949)])
    assert "**Something is wrong:**" in page.text
    write_page(page, tmp_path)
    (tmp_path / "images" / "bench-old.svg").write_text("old")
    write_page(page, tmp_path)
    files = sorted(path.name for path in tmp_path.rglob("*") if path.is_file())
    assert files == ["bench-scarce-120s-gap.svg", "bench-scarce-120s-value.svg", "benchmarks.md"]


def test_the_report_command_fails_where_something_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store, words = (
        Store(tmp_path / "results"),
        ["report", "--results", str(tmp_path / "results"), "--docs", str(tmp_path / "docs")],
    )
    assert main(words) == 2
    assert "there are no results yet" in capsys.readouterr().err
    store.keep(outcome())
    assert main(words) == 0
    store.keep(outcome("flow", None, 949))
    assert main(words) == 1
    assert "WRONG: Min-cost flow" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["run", "--case", "huge"], "there is no case 'huge'"),
        (["run", "--case", "tiny", "--methods", "best"], "there is no method 'best'"),
        (["run", "--case", "next-tiny", "--methods", "ours", "--seconds", "0"], "above zero"),
        (["instance", "huge"], "there is no size 'huge'"),
        (["check", "none.json", "none.json"], "none.json"),
    ],
)
def test_bad_words_are_answered_with_a_line(words: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    try:
        code = main(words)
    except SystemExit as end:
        code = int(str(end.code))
    assert code == 2
    assert told in capsys.readouterr().err


def test_what_the_plan_has_and_nobody_measured_is_named() -> None:
    missing = [Step("large", 1, 900, "cpsat"), Step("large", 1, 900, "highs")]
    words = (
        "Not measured yet; `make bench` goes on with them: large, seed 1, 900 s (CP-SAT, one model · HiGHS, time-indexed model)."
    )
    assert f"- {words}" in build_page(_outcomes(), b2b_found=False, missing=missing).text
    assert "Not measured yet" not in build_page(_outcomes(), b2b_found=False).text
