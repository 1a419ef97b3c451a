"""The figures of a night, over a schedule written by hand."""

from matchmaker.db import db
from matchmaker.domain.interest import Level
from matchmaker.domain.meeting import Status
from matchmaker.domain.roles import Vetting
from matchmaker.models import Edition
from matchmaker.scheduling.schedule import Placement
from matchmaker.services.facts import read_facts
from matchmaker.services.figures import figures_of
from matchmaker.services.problems import build_problem
from tests.builders import NOW, get_chain, get_district, get_project, make_interest, make_investor, make_meeting


def test_what_was_met_and_how_evenly(edition: Edition) -> None:
    keen, shy, waiting, met = (make_investor(edition) for _ in range(4))
    make_interest(keen, get_project(edition, "PD-01"), Level.MUST_MEET)
    make_interest(keen, get_chain(edition.id, "FI-ROB"))
    make_interest(keen, get_project(edition, "LG-01"), Level.MUST_MEET)
    make_interest(keen, get_project(edition, "XH-01"), Level.NO_THANKS)
    make_interest(waiting, get_district(edition, "PD"))
    make_interest(met, get_district(edition, "XH"))
    make_meeting(met, get_project(edition, "XH-01"), edition.slots[0], Status.HELD)
    waiting.vetting = Vetting.WAITLISTED
    db.session.commit()
    facts = read_facts(edition, now=NOW)
    built = build_problem(facts)

    figures = figures_of(facts, built, [Placement(f"investor-{keen.id}:PD-01", 0), Placement(f"investor-{shy.id}:PD-02", 0)])

    assert figures == {
        "booked": 2,
        "candidates": 7,
        "investors": 3,
        "interests": {"stated": 4, "met": 3},
        "must_meet": {"stated": 2, "met": 1},
        "fairness": {
            "fewest": 1,
            "median": 1,
            "most": 1,
            "without_meeting": 0,
            "lowest_share": 2 / 3,
            "median_share": (2 / 3 + 1) / 2,
        },
        "by_investor": [
            {"investor": keen.id, "meetings": 1, "interests": 3, "met": 2},
            {"investor": shy.id, "meetings": 1, "interests": 0, "met": 0},
            {"investor": met.id, "meetings": 1, "interests": 1, "met": 1},
        ],
        "districts": [
            {"district": "LG", "interests": 1, "met": 0, "meetings": 0, "slots_offered": 16},
            {"district": "PD", "interests": 1, "met": 1, "meetings": 2, "slots_offered": 16},
            {"district": "XH", "interests": 1, "met": 1, "meetings": 1, "slots_offered": 8},
        ],
    }


def test_an_empty_night_has_figures_too(edition: Edition) -> None:
    facts = read_facts(edition, now=NOW)

    figures = figures_of(facts, build_problem(facts), [])

    assert (figures["booked"], figures["interests"], figures["fairness"]["median_share"]) == (0, {"stated": 0, "met": 0}, None)
