"""The forms around an account say what is wrong in the reader's words."""

import re

import pytest
from flask.testing import FlaskClient

from matchmaker.models import Edition
from tests.web.test_account import FILLED


def error_of(page: str, field: str) -> str:
    """What stands under a field."""
    [error] = re.findall(rf'<div class="field-error" id="{field}-error">(.*?)</div>', page, re.DOTALL)
    return re.sub(r"<svg.*?</svg>|<[^>]+>", "", error, flags=re.DOTALL).strip()


@pytest.mark.parametrize("field", ["chains", "stages", "languages"])
@pytest.mark.parametrize(("language", "told"), [("en", "Please choose from the list."), ("zh-CN", "请从列表中选择。")])
def test_what_no_box_of_ours_sends_is_refused_in_the_readers_words(
    client: FlaskClient, edition: Edition, language: str, told: str, field: str
) -> None:
    page = client.post("/sign-up", data=FILLED | {field: ["no-such"]}, headers={"Accept-Language": language}).text

    assert error_of(page, field) == told
