"""What the public pages read: trees, filters, hidden policies, and the same number of queries for short and long lists."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from matchmaker.db import db
from matchmaker.models import Edition, Partner, Policy
from matchmaker.services import browse
from matchmaker.services.actors import Missing
from matchmaker.services.browse import ProjectFilter
from tests.builders import NOW, get_chain, get_district, get_project, make_activity, make_chain, make_district, make_project, save

FIRST_DAY = datetime(2024, 4, 1, 1, tzinfo=UTC)


def found(edition: Edition, **wanted: Any) -> list[str]:
    return [project.code for project in browse.find_projects(edition, ProjectFilter(**wanted)).projects]


def make_policy(edition: Edition, code: str, published_on: date | None = None) -> Policy:
    texts = {"title_en": code, "title_zh": code, "summary_en": code, "summary_zh": code}
    policy = Policy(
        edition_id=edition.id,
        code=code,
        area="land",
        year=2024,
        published_on=published_on,
        source_url="illustrative",
        **texts,
    )
    save(policy)
    return policy


# -- projects ------------------------------------------------------------------------------------------------------------


def test_without_a_filter_every_project_is_found_by_district(edition: Edition) -> None:
    assert found(edition) == ["PD-01", "PD-02", "XH-01", "LG-01"]


def test_a_chain_finds_everything_below_it(edition: Edition) -> None:
    assert found(edition, chain="F5") == ["PD-01", "PD-02", "XH-01"]
    assert found(edition, chain="AI-LLM") == ["XH-01"]
    assert found(edition, chain="NO-SUCH") == []


def test_filters_narrow_each_other(edition: Edition) -> None:
    assert found(edition, district="PD") == ["PD-01", "PD-02"]
    assert found(edition, district="PD", text="hands") == ["PD-02"]
    assert found(edition, district="XH", text="hands") == []
    assert found(edition, kind="land") == []
    assert found(edition, kind="joint lab", chain="IC") == ["LG-01"]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("joints", ["PD-01"]),
        ("JOINTS", ["PD-01"]),
        ("关节", ["PD-01"]),
        ("手", ["PD-02"]),
        ("robot 手", ["PD-02"]),
        ("Xuhui", ["XH-01"]),
        ("徐汇", ["XH-01"]),
        ("Chip design", ["LG-01"]),
        ("PD-02", ["PD-02"]),
        ("%", []),
        ("_", []),
        ("  ", ["PD-01", "PD-02", "XH-01", "LG-01"]),
    ],
)
def test_words_are_found_in_both_languages(edition: Edition, text: str, codes: list[str]) -> None:
    assert found(edition, text=text) == codes


def test_sizes_find_what_overlaps(edition: Edition) -> None:
    small = get_project(edition, "PD-01")
    small.size_min, small.size_max = 10, 50
    save(small)

    assert found(edition, size_to=50) == ["PD-01"]
    assert found(edition, size_from=51) == ["PD-02", "XH-01", "LG-01"]
    assert found(edition, size_from=50, size_to=100) == ["PD-01", "PD-02", "XH-01", "LG-01"]
    assert found(edition, size_from=501) == []


def test_a_withdrawn_project_is_not_found_but_still_has_its_page(edition: Edition) -> None:
    project = get_project(edition, "PD-01")
    project.withdrawn_at = NOW
    save(project)

    assert found(edition, district="PD") == ["PD-02"]
    assert browse.get_project(edition, "PD-01")[0] == project


def test_a_long_list_comes_in_pages_of_24(edition: Edition) -> None:
    pudong = get_district(edition, "PD")
    for _ in range(23):
        make_project(pudong)

    first = browse.find_projects(edition, ProjectFilter())
    beyond = browse.find_projects(edition, ProjectFilter(), page=9)

    assert (len(first.projects), first.number, first.count, first.total) == (24, 1, 2, 27)
    assert (len(beyond.projects), beyond.number) == (3, 2)


# -- chains and districts ------------------------------------------------------------------------------------------------


def test_the_tree_counts_what_lies_below(edition: Edition) -> None:
    groups = browse.chain_tree(edition)

    assert [(group.chain.code, group.projects) for group in groups] == [("F5", 3), ("L3", 1)]
    assert [(branch.chain.code, branch.projects) for branch in groups[0].branches[0].branches] == [("FI-ROB", 2), ("AI-LLM", 1)]


def test_a_chain_has_its_way_and_its_near_ones(edition: Edition) -> None:
    page = browse.chain_page(edition, "FI-ROB")

    assert [chain.code for chain in page.path] == ["F5", "FI", "FI-ROB"]
    assert [branch.chain.code for branch in page.near] == ["AI-LLM"]
    assert [project.code for project in page.projects] == ["PD-01", "PD-02"]
    assert page.release is None


def test_a_branch_has_the_projects_of_everything_below(edition: Edition) -> None:
    assert [project.code for project in browse.chain_page(edition, "F5").projects] == ["PD-01", "PD-02", "XH-01"]


def test_a_district_has_its_projects_and_the_ways_from_it(edition: Edition) -> None:
    page = browse.district_page(edition, "PD")

    assert [project.code for project in page.projects] == ["PD-01", "PD-02"]
    assert [(district.code, minutes) for district, minutes in page.ways] == [("XH", 45), ("LG", 70)]


@pytest.mark.parametrize("read", [browse.chain_page, browse.district_page, browse.get_project])
def test_an_unknown_code_is_missing(edition: Edition, read: Callable[..., Any]) -> None:
    with pytest.raises(Missing):
        read(edition, "NO-SUCH")


# -- programme, partners, policies ---------------------------------------------------------------------------------------


def test_parts_stand_below_the_item_they_belong_to(edition: Edition) -> None:
    venue = get_district(edition, "PD").venue
    whole = make_activity(edition, venue=venue, starts_at=FIRST_DAY, minutes=120)
    part = make_activity(edition, venue=venue, starts_at=FIRST_DAY, minutes=30, parent_id=whole.id)
    late = make_activity(edition, venue=venue, starts_at=datetime(2024, 4, 1, 17, tzinfo=UTC))

    days = browse.programme(edition)

    assert [(day.day, [item.activity for item in day.items]) for day in days] == [
        (date(2024, 4, 1), [whole]),
        (date(2024, 4, 2), [late]),
    ]
    assert [item.activity for item in days[0].items[0].parts] == [part]


def test_a_policy_is_shown_once_it_is_published(edition: Edition) -> None:
    known = make_policy(edition, "POL-01")
    later = make_policy(edition, "POL-02", date(2024, 4, 1))
    make_policy(edition, "POL-03", date(2024, 4, 3))

    assert browse.policies(edition, datetime(2024, 3, 31, 15, tzinfo=UTC)) == {"land": [known]}
    assert browse.policies(edition, datetime(2024, 3, 31, 17, tzinfo=UTC)) == {"land": [known, later]}


def test_what_came_after_the_last_day_is_never_shown(edition: Edition) -> None:
    assert edition.end_date == date(2024, 4, 2)
    make_policy(edition, "POL-03", date(2024, 4, 3))

    assert browse.policies(edition, datetime(2026, 1, 1, tzinfo=UTC)) == {}


def test_partners_come_by_category(edition: Edition) -> None:
    bank, firm = (
        Partner(edition_id=edition.id, code=code, name_en=code, name_zh=code, category=category, source_url="illustrative")
        for code, category in (("PAR-01", "financial_institution"), ("PAR-02", "consulting_firm"))
    )
    save(bank, firm)

    assert list(browse.partners(edition).items()) == [("consulting_firm", [firm]), ("financial_institution", [bank])]


# -- the first page ------------------------------------------------------------------------------------------------------


def test_each_day_of_the_overview_tells_what_begins_on_it(edition: Edition) -> None:
    venue, friday = get_district(edition, "PD").venue, datetime(2024, 3, 29, 1, tzinfo=UTC)
    main = make_activity(edition, venue=venue, starts_at=friday, kind="main_conference")
    make_activity(edition, venue=venue, starts_at=friday, kind="special_session", parent_id=main.id)
    session = make_activity(edition, venue=venue, starts_at=datetime(2024, 3, 29, 6, tzinfo=UTC), kind="special_session")
    make_activity(edition, venue=venue, starts_at=FIRST_DAY)

    seen = browse.overview(edition, NOW)

    assert [(each.calendar.day.day, each.items, [item.code for item in each.highlights]) for each in seen.days] == [
        (29, 2, [main.code, session.code]),
        (30, 0, []),
        (31, 0, []),
        (1, 1, []),
        (2, 0, []),
    ]
    assert seen.main_conference == main


def test_areas_of_the_special_session_are_told_by_how_sure_they_are(edition: Edition) -> None:
    get_chain(edition.id, "FI-ROB").special_session = "confirmed"
    get_chain(edition.id, "IC").special_session = "candidate"
    db.session.commit()

    seen = browse.overview(edition, NOW)

    assert [(each.chain.code, each.projects) for each in seen.confirmed] == [("FI-ROB", 2)]
    assert [(each.chain.code, each.projects) for each in seen.unconfirmed] == [("IC", 1)]
    assert [each.chain.code for each in seen.released] == ["FI-ROB", "AI-LLM"]
    assert seen.main_conference is None


# -- queries -------------------------------------------------------------------------------------------------------------

READS = {
    "overview": lambda edition: browse.overview(edition, NOW),
    "districts": browse.districts,
    "district": lambda edition: browse.district_page(edition, "PD"),
    "chains": browse.chain_tree,
    "chain": lambda edition: browse.chain_page(edition, "FI-ROB"),
    "releases": browse.releases,
    "projects": lambda edition: browse.find_projects(edition, ProjectFilter(chain="F5")),
    "project": lambda edition: browse.get_project(edition, "PD-01"),
    "programme": browse.programme,
    "partners": browse.partners,
    "policies": lambda edition: browse.policies(edition, NOW),
    "travel": browse.travel_table,
}


@pytest.mark.parametrize("name", READS)
def test_a_long_list_costs_as_many_queries_as_a_short_one(edition: Edition, count_queries: Callable[[], Any], name: str) -> None:
    with count_queries() as few:
        read_everything(READS[name](edition))
    fill(edition)
    with count_queries() as many:
        read_everything(READS[name](edition))

    assert few.count == many.count


def fill(edition: Edition) -> None:
    pudong, robots = get_district(edition, "PD"), get_chain(edition.id, "FI-ROB")
    for number in range(20):
        make_project(pudong)
        make_chain(edition, f"FI-ROB-{number}", parent=robots)
        make_activity(edition, venue=pudong.venue, starts_at=FIRST_DAY, district_id=pudong.id, chain_id=robots.id)
        make_policy(edition, f"POL-{number}")
    for number in range(5):
        make_district(edition, f"Z{number}", parent_id=pudong.id)


def read_everything(answer: Any) -> str:
    """Touch what a page would show, so that lazy loading would be counted."""
    seen = []
    todo = [answer]
    while todo:
        thing = todo.pop()
        if isinstance(thing, dict):
            todo += thing.values()
        elif isinstance(thing, list | tuple):
            todo += thing
        elif hasattr(thing, "__dataclass_fields__"):
            todo += [getattr(thing, name) for name in thing.__dataclass_fields__]
        else:
            seen += [getattr(getattr(thing, name, None), "code", "") for name in ("district", "chain", "venue")]
    return " ".join(seen)
