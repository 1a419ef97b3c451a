"""A test that is skipped is not green: under `make test`, which sets up all that tests need, it fails.

Only what lies outside this repository may be wanting there. Whoever calls pytest without make, or with `SKIPS=allowed`, is told
of skipped tests at the end and no more.
"""

import os
from collections.abc import Generator

import pytest

OUTSIDE = {
    "the shared checker is not here",
    "the shared tool is not here",
    "the shared data is not here",
    "the sources are not in a git repository here",
    "Timefold or Java is not here",
}


def refuse(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Where nothing may be skipped and something was, its report becomes that of a failure."""
    if os.environ.get("SKIPS") != "none" or not report.skipped or hasattr(report, "wasxfail"):
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    if reason.removeprefix("Skipped: ") not in OUTSIDE:
        report.outcome = "failed"
        report.longrepr = f"{reason}\nNothing may be skipped here; with SKIPS=allowed it may."


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    refuse(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    refuse(report)
    return report
