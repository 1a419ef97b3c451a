"""What an organiser is told of a night: how good it is, what it changed, what it did not meet, and its drafts."""

from dataclasses import asdict

import pytest

from matchmaker.db import db
from matchmaker.domain.fairness import InvestorFigures
from matchmaker.domain.interest import Level
from matchmaker.domain.meeting import Status
from matchmaker.domain.reasons import WhyNot
from matchmaker.domain.roles import Vetting
from matchmaker.domain.rules import Broken, RuleBroken
from matchmaker.models import ChangeKind, Meeting, Run, RunState
from matchmaker.scheduling.problem import problem_as_data
from matchmaker.scheduling.schedule import Placement, Schedule, schedule_as_data
from matchmaker.services.actors import Missing, actor_of
from matchmaker.services.facts import read_facts
from matchmaker.services.meetings import accept_meeting
from matchmaker.services.problems import build_problem, input_hash
from matchmaker.services.publishing import find, record_findings
from matchmaker.services.run_files import packed
from matchmaker.services.runs import (
    Quality,
    UnmetFilters,
    changes_of,
    compare_draft,
    count_changes,
    count_unmet,
    discard_draft,
    get_run,
    latest_run,
    least_served,
    prices_of,
    publish_draft,
    runs_of,
    served_last,
    unmet_of_run,
)
from tests.builders import NOW, get_project, make_interest, make_investor, make_meeting, save


def make_refused_run(edition, facts):
    """A night whose input was refused for these reasons."""
    run = Run(
        edition_id=edition.id,
        state=RunState.REFUSED,
        phase="done",
        message="input_refused",
        started_at=NOW,
        seed=1,
        version="test",
        facts=facts,
    )
    save(run)
    return run


def make_draft(edition, placed):
    """A draft that books the given pairs, as (investor, project, slot), and whatever is pinned."""
    facts = read_facts(edition, now=NOW)
    built = build_problem(facts)
    meetings = [Placement(built.candidate_of[investor.id, project.id], slot.position) for investor, project, slot in placed]
    schedule = Schedule("draft", tuple(meetings), objective=600 * len(meetings), bound=700.0 * len(meetings))
    run = Run(
        edition_id=edition.id,
        state=RunState.DRAFT,
        phase="store",
        message="drafted",
        started_at=NOW,
        seed=1,
        version="test",
        input_hash=input_hash(built.problem),
        problem=packed(problem_as_data(built.problem)),
        schedule=packed(schedule_as_data(schedule)),
        value=schedule.objective,
        bound=int(schedule.bound),
        figures={},
    )
    save(run)
    record_findings(run, find(facts, built, meetings))
    db.session.commit()
    return run


@pytest.fixture
def robots(edition):
    return get_project(edition, "PD-01")


@pytest.fixture
def draft(edition, ines, robots):
    """A draft that books Ines with the robots, and leaves her wish for chips unmet."""
    make_interest(ines.investor, robots)
    make_interest(ines.investor, get_project(edition, "LG-01"), Level.MUST_MEET)
    return make_draft(edition, [(ines.investor, robots, edition.slots[0])])


@pytest.mark.parametrize(
    ("quality", "more", "is_best"),
    [
        (Quality(1000, 1013, None), 1.3, False),
        (Quality(1000, 1013.0001, None), 1.31, False),
        (Quality(1000, 1000, 900), 0.0, True),
        (Quality(1000, None, None), None, False),
        (Quality(-50, 100, None), None, False),
    ],
)
def test_gap_is_told_as_the_most_that_is_possible_rounded_up(quality, more, is_best):
    assert (quality.more, quality.is_best) == (more, is_best)


def test_gap_by_the_bound_and_the_lead_on_greed_are_told():
    assert (Quality(900, 1000, 850).gap, Quality(900, 1000, 850).above_greedy) == (10.0, 50)


def test_draft_is_compared_with_the_diary_as_it_stands(edition, draft, ines, robots):
    comparison = compare_draft(draft, now=NOW)

    assert comparison.counts == {ChangeKind.NEW: 1, ChangeKind.UNCHANGED: 0, ChangeKind.MOVED: 0, ChangeKind.LEFT_OUT: 0}
    assert [(row.kind, row.investor, row.project, row.meeting_id, row.to_slot) for row in comparison.rows.items] == [
        (ChangeKind.NEW, ines.investor, robots, None, edition.slots[0])
    ]


def test_comparison_names_moves_and_why(edition, ines, robots):
    make_interest(ines.investor, robots)
    meeting = make_meeting(ines.investor, robots, edition.slots[1])
    draft = make_draft(edition, [(ines.investor, robots, edition.slots[0])])

    row = compare_draft(draft, kind=ChangeKind.MOVED, now=NOW).rows.items[0]

    assert (row.meeting_id, row.from_slot, row.to_slot, row.reason) == (
        meeting.id,
        edition.slots[1],
        edition.slots[0],
        "found_elsewhere",
    )


def test_what_people_did_meanwhile_is_part_of_the_comparison(edition, ines, hao, robots):
    make_interest(ines.investor, robots)
    meeting = make_meeting(ines.investor, robots, edition.slots[5])
    draft = make_draft(edition, [(ines.investor, robots, edition.slots[0])])
    accept_meeting(actor_of(hao), meeting.id, now=NOW)

    comparison = compare_draft(db.session.get_one(Run, draft.id), now=NOW)

    assert comparison.counts == {ChangeKind.NEW: 0, ChangeKind.UNCHANGED: 1, ChangeKind.MOVED: 0, ChangeKind.LEFT_OUT: 0}
    assert comparison.has_other_input


def test_a_draft_whose_input_is_as_it_was_keeps_its_proof(draft):
    assert not compare_draft(draft, now=NOW).has_other_input


@pytest.mark.any_database
def test_organiser_publishes_a_draft_and_its_changes_are_kept(edition, draft, olga, robots):
    counts = publish_draft(actor_of(olga), draft.id, now=NOW)

    assert counts == {"new": 1, "unchanged": 0, "moved": 0, "left_out": 0}
    run = get_run(edition, draft.id)
    assert (run.state, latest_run(edition, RunState.DRAFT), count_changes(run)[ChangeKind.NEW]) == (RunState.PUBLISHED, None, 1)
    assert [(row.project.code, row.to_slot.position) for row in changes_of(run).items] == [("PD-01", 0)]
    assert db.session.query(Meeting).one().status is Status.PROPOSED


def test_a_draft_is_decided_once(edition, draft, olga):
    discard_draft(actor_of(olga), draft.id, now=NOW)

    assert get_run(edition, draft.id).state is RunState.DISCARDED
    for act in (publish_draft, discard_draft):
        with pytest.raises(RuleBroken) as refused:
            act(actor_of(olga), draft.id, now=NOW)
        assert refused.value.code is Broken.ALREADY_DECIDED
    with pytest.raises(RuleBroken):
        compare_draft(get_run(edition, draft.id), now=NOW)
    assert db.session.query(Meeting).count() == 0


def test_only_organisers_decide_about_drafts(draft, hao, ines, olga):
    for account in (hao, ines):
        for act in (publish_draft, discard_draft):
            with pytest.raises(RuleBroken) as refused:
                act(actor_of(account), draft.id, now=NOW)
            assert refused.value.code is Broken.NOT_ALLOWED
    with pytest.raises(Missing):
        publish_draft(actor_of(olga), 99, now=NOW)
    assert db.session.get_one(Run, draft.id).state is RunState.DRAFT


@pytest.mark.any_database
def test_unmet_interests_are_told_with_their_reason_and_filtered(edition, ines, robots):
    make_interest(ines.investor, robots)
    make_interest(ines.investor, get_project(edition, "LG-01"), Level.MUST_MEET)
    waiting = make_investor(edition, name="Waiting Fund", vetting=Vetting.WAITLISTED)
    make_interest(waiting, robots)
    run = make_draft(edition, [(ines.investor, robots, edition.slots[0])])

    everything = unmet_of_run(run)

    assert [(row.investor.name, row.reason) for row in everything.items] == [
        ("Ines Capital", WhyNot.WOULD_COST_MORE),
        ("Waiting Fund", WhyNot.NOT_YET_VETTED),
    ]
    assert count_unmet(run) == {WhyNot.NOT_YET_VETTED: 1, WhyNot.WOULD_COST_MORE: 1}
    for filters, names in (
        (UnmetFilters(reason=WhyNot.NOT_YET_VETTED), ["Waiting Fund"]),
        (UnmetFilters(district="LG"), ["Ines Capital"]),
        (UnmetFilters(district="PD"), ["Waiting Fund"]),
        (UnmetFilters(text="ines"), ["Ines Capital"]),
        (UnmetFilters(text="%"), []),
    ):
        assert [row.investor.name for row in unmet_of_run(run, filters=filters).items] == names


def test_unmet_interests_stand_in_the_order_of_names_as_they_are_looked_up(edition, robots):
    for name in ("Ines Capital", "张江资本", "北京资本"):
        make_interest(make_investor(edition, name=name), robots)

    found = unmet_of_run(make_draft(edition, []))

    assert [row.investor.name for row in found.items] == ["北京资本", "Ines Capital", "张江资本"]


def test_run_keeps_the_prices_it_reckoned_with(edition, draft):
    edition.penalties = edition.penalties | {"move": 9}
    db.session.commit()

    assert prices_of(get_run(edition, draft.id))["move"] == 400


def test_lists_take_as_many_queries_for_thirty_rows_as_for_one(edition, ines, robots, count_queries):
    make_interest(make_investor(edition), robots)
    run = make_draft(edition, [])
    with count_queries() as few:
        assert len(unmet_of_run(run).items) == 1
    for _ in range(29):
        make_interest(make_investor(edition), robots)
    run = make_draft(edition, [])
    with count_queries() as many:
        assert len(unmet_of_run(run).items) == 30
    assert many.count == few.count
    assert [each.id for each in runs_of(edition).items] == [run.id, run.id - 1]


def test_who_is_served_worst_comes_first(edition):
    """By meetings, then by the share of interests met; nobody who stated none lacks anything."""
    told = {make_investor(edition, name=name): figures for name, figures in SERVED.items()}
    by_investor = [asdict(InvestorFigures(investor.id, *counts)) for investor, counts in told.items()]
    run = make_draft(edition, [])
    run.state, run.published_at, run.figures = RunState.PUBLISHED, NOW, run.figures | {"by_investor": by_investor}
    save(run)

    worst = least_served(run, most=3)

    assert [investor.name for investor, _ in worst] == ["None", "Half", "Content"]
    half = worst[1]
    assert served_last(edition, half[0].id) == (run, half[1])
    assert served_last(edition, make_investor(edition).id) is None


SERVED = {"Content": (1, 0, 0), "Half": (1, 2, 1), "None": (0, 2, 0), "Busy": (5, 5, 1)}
"""For each investor: meetings, interests and those of them that are met."""
