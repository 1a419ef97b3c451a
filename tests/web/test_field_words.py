"""What WTForms says of a field is worded by us, in both languages."""

from pathlib import Path

import pytest
import wtforms
from babel.support import Translations
from flask import Flask
from flask.testing import FlaskClient
from wtforms.i18n import messages_path

from matchmaker.models import Account, Edition
from matchmaker.web.field_words import _OURS
from tests.helpers import sign_in
from tests.states import STATES, State, bring_about
from tests.web.test_account import FILLED
from tests.web.test_account_forms import error_of
from tests.world import world_on

WRONG = [state for state in STATES if str(state).endswith("-wrong")]


@pytest.fixture(scope="module")
def site(sqlite_templates, tmp_path_factory):
    with world_on(sqlite_templates / "empty", tmp_path_factory.mktemp("words"), rows=1, WTF_CSRF_ENABLED=True) as app:
        yield app


@pytest.fixture(scope="module")
def theirs() -> dict[str, str]:
    """What the library says in English, with its Chinese."""
    catalogue = Translations.load(messages_path(), ["zh_Hans_CN", "zh"], domain="wtforms")._catalog  # type: ignore[attr-defined]
    pairs = ((key[0] if isinstance(key, tuple) else key, told) for key, told in catalogue.items())
    return {english: chinese for english, chinese in pairs if english}


def test_the_library_still_says_what_is_worded_by_us() -> None:
    """Else a new version of it says something else, and nobody notices."""
    source = "".join(path.read_text(encoding="utf-8") for path in Path(wtforms.__file__).parent.rglob("*.py"))

    assert [told for told in _OURS if f'"{told}"' not in source] == []


@pytest.mark.parametrize("language", ["en", "zh_Hans_CN"])
@pytest.mark.parametrize("state", WRONG, ids=str)
def test_no_form_says_the_words_of_the_library(site: Flask, theirs: dict[str, str], state: State, language: str) -> None:
    page = bring_about(site, state, language).text

    assert [told for pair in theirs.items() for told in pair if "%(" not in told and told and told in page] == []


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("name", "", "Please do not leave this out."),
        ("country", "", "Please do not leave this out."),
        ("country", "XX", "Please choose from the list."),
        ("chains", "NO-SUCH", "Please choose from the list."),
    ],
)
def test_what_is_missing_is_said_shortly(client: FlaskClient, edition: Edition, field: str, value: str, told: str) -> None:
    page = client.post("/sign-up", data=FILLED | {field: value}).text

    assert error_of(page, field) == told


def test_what_is_too_long_is_said_with_how_long_it_may_be(client: FlaskClient, edition: Edition, hao: Account) -> None:
    page = sign_in(client, hao).get("/projects", query_string={"q": "x" * 201}).text

    assert error_of(page, "q") == "Please use at most 200 characters."
