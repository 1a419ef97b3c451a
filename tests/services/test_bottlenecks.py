"""What would have met more interests of a whole night: only what a checked schedule shows."""

from typing import Any

from matchmaker.db import db
from matchmaker.models import Edition
from matchmaker.scheduling.schedule import Placement
from matchmaker.services.bottlenecks import bottlenecks_of
from matchmaker.services.facts import read_facts
from matchmaker.services.problems import build_problem
from tests.builders import NOW, get_project, make_interest, make_investor, make_lead_absence, make_project


def bottlenecks(edition: Edition, slots: dict[str, int]) -> list[dict[str, Any]]:
    db.session.rollback()
    facts = read_facts(edition, now=NOW)
    return bottlenecks_of(facts, build_problem(facts), [Placement(name, slot) for name, slot in slots.items()], seconds=60)


def test_a_table_that_many_wait_for_is_named_with_how_many(edition: Edition) -> None:
    """Xuhui has one table, and three teams that are there on the first morning only."""
    xuhui = get_project(edition, "XH-01").district
    names = []
    for _ in range(4):
        investor, project = make_investor(edition, available=edition.slots[:2]), make_project(xuhui)
        make_interest(investor, project)
        make_lead_absence(project, *edition.slots[2:])
        names.append(f"investor-{investor.id}:{project.code}")

    first, *_ = bottlenecks(edition, {names[0]: 0, names[1]: 1})

    assert first == {
        "change": {
            "kind": "table",
            "who_en": xuhui.venue.name_en,
            "who_zh": xuhui.venue.name_zh,
            "day": "2024-04-01",
            "half": "morning",
        },
        "interests": 2,
    }


def test_what_fits_without_any_change_is_no_praise_for_one(edition: Edition) -> None:
    make_interest(make_investor(edition), get_project(edition, "PD-01"))

    assert bottlenecks(edition, {}) == []
