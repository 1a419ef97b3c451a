"""The tests that use a real browser: `-m journey` is all of them, and what they took is told at the end of a run."""

from collections import defaultdict
from collections.abc import Iterable

import pytest

FIXTURE = "browser"
"""Every other fixture with a browser asks for this one."""


def mark_journeys(items: Iterable[pytest.Item]) -> None:
    """The marks that stand at a test stay."""
    for item in items:
        if FIXTURE in getattr(item, "fixturenames", ()) and not item.get_closest_marker("journey"):
            item.add_marker("journey")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = (report for category in terminalreporter.stats.values() for report in category)
    line = told_of(report for report in reports if isinstance(report, pytest.TestReport))
    if line:
        terminalreporter.write_line(line)


def told_of(reports: Iterable[pytest.TestReport]) -> str:
    """How long the tests with a browser took, their setting up and clearing away included; empty where there was none."""
    seconds: defaultdict[str, float] = defaultdict(float)
    for report in reports:
        if "journey" in report.keywords:
            seconds[getattr(report, "worker_id", "main")] += report.duration
    if not seconds:
        return ""
    workers = f"{len(seconds)} worker{'s' if len(seconds) > 1 else ''}"
    shares = ", ".join(f"{spent:.0f} s" for _, spent in sorted(seconds.items()))
    return f"browser part: {sum(seconds.values()):.0f} s of tests on {workers} ({shares})"
