"""The shape of the benchmark: what it may import, and how large things get."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.methods import METHODS, ROOT

FOLDER = ROOT / "benchmarks"
MODULES = sorted(FOLDER.rglob("*.py"))


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def test_nothing_of_the_product_is_imported() -> None:
    assert [path.name for path in MODULES if any(name.split(".")[0] == "matchmaker" for name in _imports(path))] == []


@pytest.mark.parametrize("name", ["checker.py", "instances.py"])
def test_what_judges_and_what_is_judged_need_the_standard_library_alone(name: str) -> None:
    imports = set(_imports(FOLDER / name))
    assert {module.split(".")[0] for module in imports} & {"benchmarks", "ortools", "numpy", "psutil", "rich"} == set()


def test_modules_are_of_a_size_to_be_read_and_say_what_they_are_for() -> None:
    for path in MODULES:
        text = path.read_text(encoding="utf-8")
        tree = ast.parse(text)
        assert len(text.splitlines()) <= 400, path.name
        assert ast.get_docstring(tree), path.name
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                assert (node.end_lineno or 0) - node.lineno < 60, f"{path.name}: {node.name}"


def test_every_method_names_files_that_there_are() -> None:
    assert [name for method in METHODS.values() for name in method.files if not (ROOT / name).exists()] == []


def test_what_a_peer_needs_is_pinned_with_its_hash_and_no_part_of_the_product() -> None:
    wanted = (FOLDER / "requirements.txt").read_text(encoding="utf-8")
    pins = re.findall(r"^([a-z0-9]+)==\S+ \\$", wanted, flags=re.MULTILINE)
    assert pins == ["jpype1", "packaging", "timefold"]
    assert len(re.findall(r"^[a-zA-Z0-9]", wanted, flags=re.MULTILINE)) == 3
    assert "http" not in wanted
    for name in ("requirements.txt", "requirements-dev.txt"):
        assert "timefold" not in (ROOT / name).read_text(encoding="utf-8")
