"""What a page costs: as many queries for thirty rows as for one, and the first page little to carry."""

from collections.abc import Mapping
from unittest.mock import patch

import pytest

from matchmaker.db import db
from matchmaker.web import paper
from tests.helpers import counting_queries
from tests.pages import ALSO_OPENED, PAGES, READERS, Page, cookie_for
from tests.world import world_on

pytestmark = pytest.mark.xdist_group("pages")
MOST_QUERIES = 50
OPENED = (*PAGES, *ALSO_OPENED)
Costs = Mapping[str, list[str]]


def costs_of_all_pages(app) -> dict[str, list[str]]:
    """For each page the statements that one look at it sends to the database."""
    costs = {}
    for page in OPENED:
        client = app.test_client()
        reader = READERS[page.reader]() if page.reader else None
        client.set_cookie("session", cookie_for(app, reader, language="en", more=page.session))
        with app.test_request_context():
            address = page.address()
        with counting_queries(db.engine) as queries, patch.object(paper, "_laid_out", return_value=b"%PDF"):
            answer = client.get(address)
        assert answer.status_code == (404 if page.is_missing else 200), page
        costs[str(page)] = queries.statements
    return costs


@pytest.fixture(scope="module")
def costs(sqlite_templates, tmp_path_factory) -> dict[int, Costs]:
    found = {}
    for rows in (1, 30):
        with world_on(sqlite_templates / "empty", tmp_path_factory.mktemp("world"), rows=rows) as app:
            found[rows] = costs_of_all_pages(app)
    return found


@pytest.mark.parametrize("page", OPENED, ids=str)
def test_thirty_rows_cost_as_many_queries_as_one(costs: dict[int, Costs], page: Page):
    few, many = (costs[rows][str(page)] for rows in (1, 30))

    assert len(many) == len(few), "\n".join(sorted(set(many), key=many.count)[-3:])
    assert len(few) <= MOST_QUERIES
