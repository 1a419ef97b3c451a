"""The instance writer gives the same bytes for the same recipe, and those of the shared tool."""

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.instances import Recipe, instance_text
from benchmarks.methods import ROOT

TOOL = ROOT.parent / "shared" / "tools" / "make_instance.py"
KNOWN = [
    (Recipe(investors=20, projects=8), "544cd9d3408153d98c5caeab5c2dd39c1249112f76bb41b03a0292a2407e80b7"),
    (Recipe(investors=50, projects=12, visits=0.15, seed=3), "82f7010a6959d1b9683ca4b942032bc80b5da07e4989ec54523ff36d7aba6539"),
    (Recipe(investors=40, projects=10, days=3, seed=2), "a77cc78619de4787389c6a57b4d170c47d4a8db9e8aa53519b229218f6dc3904"),
]


@pytest.mark.parametrize(("recipe", "digest"), KNOWN, ids=lambda each: getattr(each, "name", ""))
def test_a_recipe_always_gives_the_same_bytes(recipe: Recipe, digest: str) -> None:
    assert hashlib.sha256(instance_text(recipe).encode()).hexdigest() == digest


@pytest.mark.parametrize("recipe", [each for each, _ in KNOWN], ids=lambda each: each.name)
def test_the_shared_tool_writes_the_same(recipe: Recipe) -> None:
    if not TOOL.exists():
        pytest.skip("the shared tool is not here")
    words = [
        word for name in ("investors", "projects", "days", "visits", "seed") for word in (f"--{name}", str(getattr(recipe, name)))
    ]
    told = subprocess.run([sys.executable, str(TOOL), *words], capture_output=True, text=True, encoding="utf-8", check=True)
    assert told.stdout == instance_text(recipe)


def test_the_travel_table_is_that_of_the_shared_data() -> None:
    ours = ROOT / "matchmaker" / "data" / "shanghai-2024" / "travel_minutes.csv"
    theirs = ROOT.parent / "shared" / "data" / "shanghai-2024" / "travel_minutes.csv"
    if not theirs.exists():
        pytest.skip("the shared data is not here")
    assert Path(ours).read_bytes() == theirs.read_bytes()


@pytest.mark.parametrize("name", ["investors", "projects", "chains", "days", "slot_minutes", "candidates"])
def test_a_conference_without_anything_of_a_kind_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=name.replace("_", " ")):
        Recipe(**{name: 0})
