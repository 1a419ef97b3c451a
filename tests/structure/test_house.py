"""The shape of the house: who imports whom, who may commit, who may enter, and how large things get."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from matchmaker.domain.roles import ACCOUNT_ROLES, Role
from matchmaker.web.access import access_of
from tests.helpers import ROOT

CODE = ROOT / "matchmaker"
MODULES = sorted(CODE.rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))

TOP_LEVEL = {
    ".ci",
    ".gitignore",
    "CHANGELOG.md",
    "LICENSE",
    "Makefile",
    "README.md",
    "benchmarks",
    "config.py",
    "docs",
    "matchmaker",
    "migrations",
    "pyproject.toml",
    "requirements-dev.in",
    "requirements-dev.txt",
    "requirements-scale.in",
    "requirements-scale.txt",
    "requirements.in",
    "requirements.txt",
    "templates",
    "tests",
    "wsgi.py",
}
LONGEST_FILE = 400
LONGEST_FUNCTION = 60

Function = ast.FunctionDef | ast.AsyncFunctionDef


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


# -- imports -----------------------------------------------------------------------------------------------------------


def test_imports_point_one_way():
    """The contracts are in pyproject.toml, under tool.importlinter."""
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_package_itself_is_empty():
    assert (CODE / "__init__.py").read_text() == ""


def test_domain_needs_the_standard_library_alone():
    foreign = {
        (name_of(path), module)
        for path in sorted((CODE / "domain").rglob("*.py"))
        for module in imports_of(path)
        if module.split(".")[0] not in sys.stdlib_module_names and not module.startswith("matchmaker.domain")
    }
    assert foreign == set()


def test_web_workers_load_no_solver_and_no_machine_learning():
    heavy = "{'ortools', 'sklearn', 'scipy', 'pandas'}"
    code = f"import sys, matchmaker.app; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_core_can_be_imported_without_flask():
    code = "import sys, matchmaker.domain.meeting, matchmaker.scheduling.check; print('flask' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


# -- transactions ------------------------------------------------------------------------------------------------------


def test_only_the_database_door_commits():
    commits = {
        name_of(path)
        for path in MODULES
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"
    }
    assert commits == {"matchmaker/db.py"}


def test_status_of_a_meeting_has_one_writer():
    """`services.meetings` alone updates meetings or sets their status."""
    writers = {
        name_of(path)
        for path in sorted((CODE / "services").rglob("*.py")) + sorted((CODE / "web").rglob("*.py"))
        for node in ast.walk(parsed(path))
        if _updates_meetings(node) or _sets_status_of_meeting(node)
    }
    assert writers <= {"matchmaker/services/meetings.py"}


def _updates_meetings(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "update"
        and any(isinstance(argument, ast.Name) and argument.id == "Meeting" for argument in node.args)
    )


def _sets_status_of_meeting(node: ast.AST) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else []
    return any(
        isinstance(target, ast.Attribute)
        and target.attr == "status"
        and isinstance(target.value, ast.Name)
        and target.value.id == "meeting"
        for target in targets
    )


# -- pages -------------------------------------------------------------------------------------------------------------


def test_every_route_is_public_on_purpose_or_names_its_roles(app):
    undecided = []
    for rule in app.url_map.iter_rules():
        access = access_of(app.view_functions[rule.endpoint])
        if access != "public" and not (access and access <= set(ACCOUNT_ROLES)):
            undecided.append((str(rule), rule.endpoint))
    assert undecided == []


def test_stranger_gets_nowhere_but_to_public_pages_and_the_sign_in(app, edition, client):
    """Every route without arguments, asked without a session: public ones answer, the others ask to sign in."""
    wrong = []
    for rule in app.url_map.iter_rules():
        if rule.arguments or "GET" not in (rule.methods or ()):
            continue
        answer = client.get(str(rule))
        is_public = access_of(app.view_functions[rule.endpoint]) == "public"
        if answer.status_code >= 500 or (not is_public and answer.status_code not in (302, 401)):
            wrong.append((str(rule), answer.status_code))
    assert wrong == []


def test_no_page_is_open_to_the_night(app):
    for view in app.view_functions.values():
        access = access_of(view)
        assert access is None or access == "public" or Role.NIGHT not in access


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_template_has_no_inline_style_or_script(path):
    """The content security policy forbids both; what is needed stands in static/."""
    source = path.read_text(encoding="utf-8")
    inline = re.findall(r"<style|\sstyle\s*=|\son[a-z]+\s*=|javascript:|<script(?![^>]*\ssrc=)", source, flags=re.IGNORECASE)
    assert inline == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_template_asks_no_other_host(path):
    source = path.read_text(encoding="utf-8")
    assert re.findall(r"<(?:script|link|img|iframe|source)[^>]+(?:src|href)\s*=\s*[\"'](?:https?:)?//", source) == []


# -- sizes -------------------------------------------------------------------------------------------------------------


def test_no_file_is_longer_than_a_reader_likes():
    lengths = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_no_function_is_longer_than_a_screen():
    long = {
        f"{name_of(path)}:{node.name}": (node.end_lineno or 0) - node.lineno + 1
        for path in [*MODULES, *TESTS]
        for node in ast.walk(parsed(path))
        if isinstance(node, Function) and (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION
    }
    assert long == {}


def test_every_module_says_what_it_is_for():
    silent = [name_of(path) for path in MODULES if path != CODE / "__init__.py" and not ast.get_docstring(parsed(path))]
    assert silent == []


# -- the repository ----------------------------------------------------------------------------------------------------


def tracked_files() -> list[str]:
    done = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.skip("the sources are not in a git repository here")
    return [name for name in done.stdout.splitlines() if (ROOT / name).exists()]


def test_top_level_is_the_users():
    found = {name.split("/")[0] for name in tracked_files()}
    assert found <= TOP_LEVEL


def test_continuous_integration_calls_make_test_and_nothing_else_of_its_own():
    script = (ROOT / ".ci/run").read_text(encoding="utf-8")
    commands = [line for line in script.splitlines() if line and not line.startswith("#")]
    assert commands == ["set -euo pipefail", 'cd "$(dirname "${BASH_SOURCE[0]}")/.."', "exec make test"]


def test_every_requirement_is_pinned_with_its_hash():
    for name in ("requirements.txt", "requirements-dev.txt", "requirements-scale.txt"):
        wanted = (ROOT / name).read_text(encoding="utf-8")
        pins = re.findall(r"^[a-z0-9][^\s=]*==\S+ \\$", wanted, flags=re.MULTILINE)
        assert len(pins) == len(re.findall(r"^[a-zA-Z0-9]", wanted, flags=re.MULTILINE)) > 10
        assert "http" not in wanted
