"""The one list of pages is complete, and every page of it answers."""

from tests.pages import NOT_PAGES, PAGES, endpoints_with_pages
from tests.screenshots import DURING, LOOK_ELSE, chosen


def test_every_address_that_answers_a_get_is_a_page_of_the_list_or_says_why_not(app):
    listed = {page.endpoint for page in PAGES}

    assert listed & set(NOT_PAGES) == set()
    assert endpoints_with_pages(app) == listed | set(NOT_PAGES)


def test_pages_have_names_of_their_own():
    names = [str(page) for page in PAGES]

    assert sorted(set(names)) == sorted(names)


def test_a_picture_of_a_day_of_meetings_is_chosen_by_its_own_name():
    assert {str(page) for page in DURING} == {f"{name}-during" for name in LOOK_ELSE}
    assert [str(page) for page in chosen(DURING, ["host-diary"])] == ["host-diary-during"]
    assert chosen(PAGES, ["during"]) == []
    assert chosen(DURING, ["during"]) == list(DURING)
    assert chosen(PAGES, []) == list(PAGES)
