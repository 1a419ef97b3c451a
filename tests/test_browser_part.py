"""`-m journey` finds every test with a browser, and what they cost stands at the end of a run."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser_part import told_of
from tests.helpers import ROOT

TRIES = """
import pytest

@pytest.mark.journey
@pytest.mark.parametrize("number", range(4))
def test_journey(number): pass
def test_other(): pass
"""


def run_pytest(*words: str, folder: Path = ROOT) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *words],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_whoever_asks_for_a_browser_is_chosen_with_the_journeys() -> None:
    """By the one fixture or another, with the mark or without."""
    files = ("tests/web/test_calendar_browser.py", "tests/web/test_investor_diary.py")
    told = run_pytest("--collect-only", "-m", "journey", *files)

    assert set(re.findall(r"::(\w+)", told)) == {
        "test_a_button_copies_the_address_and_says_so",
        "test_without_scripts_the_address_stands_there_to_be_copied_by_hand",
        "test_each_day_is_printed_on_one_page",
    }


def test_a_run_ends_with_what_its_journeys_took_on_each_worker(tmp_path: Path) -> None:
    for name, text in (("test_tries.py", TRIES), ("pytest.ini", "[pytest]\nmarkers = journey")):
        (tmp_path / name).write_text(text, encoding="utf-8")

    told = run_pytest("-p", "tests.browser_part", "-n", "2", folder=tmp_path)

    assert "browser part: 0 s of tests on 2 workers (0 s, 0 s)" in told


def test_seconds_are_summed_for_each_worker_and_for_all() -> None:
    def report(worker: str, seconds: float, **keywords: int) -> pytest.TestReport:
        given = {"duration": seconds, "worker_id": worker}
        return pytest.TestReport("", ("", 1, ""), keywords, "passed", None, "call", **given)

    reports = [report("gw1", 5.2, journey=1), report("gw0", 60, journey=1), report("gw1", 7.1, journey=1), report("gw0", 99)]

    assert told_of(reports) == "browser part: 72 s of tests on 2 workers (60 s, 12 s)"
    assert told_of(reports[:1]) == "browser part: 5 s of tests on 1 worker (5 s)"
    assert told_of(reports[-1:]) == ""
