"""The two commands of the README, as far as they can be tested without a fresh machine."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.helpers import ROOT

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def make(*words: str) -> subprocess.CompletedProcess[str]:
    if shutil.which("make") is None:
        pytest.skip("there is no make here")
    return subprocess.run(["make", *words], cwd=ROOT, capture_output=True, text=True, check=False)


def test_help_is_the_default_and_lists_every_described_target():
    described = re.findall(r"^([a-z0-9-]+):.*## ", MAKEFILE, flags=re.MULTILINE)
    told = make().stdout

    assert [line.split()[1] for line in told.splitlines()] == described
    assert {"demo", "test", "check", "lock", "help"} <= set(described)


TARGETS = [
    "demo",
    "serve",
    "cluster",
    "test",
    "check",
    "a11y",
    "screenshots",
    "bench",
    "bench-quick",
    "lock",
    "translations",
    "clean",
]


@pytest.mark.parametrize("target", TARGETS)
def test_target_can_be_planned(target):
    done = make("--dry-run", target)
    assert done.returncode == 0, done.stderr


def test_demo_does_its_steps_in_order():
    plan = make("--dry-run", "demo", "SERVE=0").stdout
    steps = ["db upgrade", "catalogue load", "wsgi demo", "nightly --first", "notices deliver"]
    places = [plan.index(step) for step in steps]
    assert places == sorted(places)


def test_nothing_is_skipped_under_make_unless_it_is_asked_for():
    chosen = re.search(r"^export SKIPS \?= \$\(shell (.*)\)$", MAKEFILE, flags=re.MULTILINE)[1].replace("$$", "$")
    said = subprocess.run(["sh", "-c", chosen], capture_output=True, text=True, check=True).stdout.strip()
    can_be_had = Path("/usr/bin/chromium").exists() or (os.getuid() == 0 and shutil.which("apt-get") is not None)
    assert said == ("none" if can_be_had else "allowed")


def test_every_target_that_is_no_file_is_called_phony():
    phony = set(re.search(r"^\.PHONY: (.*)$", MAKEFILE, flags=re.MULTILINE)[1].split())
    targets = set(re.findall(r"^([a-z0-9-]+):", MAKEFILE, flags=re.MULTILINE))
    assert targets == phony


def test_makefile_names_no_registry_and_no_shell_of_its_own():
    assert "http" not in MAKEFILE.replace("http://127.0.0.1", "")
    assert "SHELL" not in MAKEFILE
    assert "[[" not in MAKEFILE
