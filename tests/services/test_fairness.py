"""The floor in a night: what is reported of it, and that it goes first where the organiser chose so."""

import pytest

from matchmaker.db import db
from matchmaker.domain.interest import Level
from matchmaker.domain.meeting import Status
from matchmaker.domain.roles import Vetting
from matchmaker.models import Account, Edition, Investor, Run
from matchmaker.scheduling.floor import guests_of, level_of, meetings_of_guests
from matchmaker.scheduling.problem import Participant, Penalties, Venue, read_problem
from matchmaker.scheduling.schedule import read_schedule
from matchmaker.services.actors import actor_of
from matchmaker.services.doctor import diagnose
from matchmaker.services.facts import read_facts
from matchmaker.services.floors import filled_up, find_floor, floor_figures, floor_problem, had_before
from matchmaker.services.nightly import Message
from matchmaker.services.problems import build_problem
from matchmaker.services.publishing import publish_run
from matchmaker.services.run_files import exported_run
from matchmaker.services.settings import set_aims
from matchmaker.services.solving import GIB
from tests.builders import NOW, get_chain, get_project, make_interest, make_investor, make_meeting, save
from tests.scheduling.builders import build_problem as small_problem
from tests.scheduling.builders import hana, hao, held, meeting
from tests.services.nights import diary, do_night


@pytest.fixture
def scarce(edition: Edition) -> Edition:
    """One project with two slots left; the keen want it much, the shy less; and the keen could go elsewhere at a loss."""
    edition.publishes_at_once = True
    edition.penalties = {"shortfall": 0, "drop": 0, "move": 0, "idle_slot": 0, "idle_period": 0}
    save(edition)
    return edition


def investors_for(edition: Edition) -> tuple[Investor, Investor, Investor]:
    """Two keen investors with one slot each in the morning, and a shy one who shares one of them."""
    slots = edition.slots
    ann = make_investor(edition, available=slots[:1], min_meetings=0)
    bob = make_investor(edition, available=slots[:2], min_meetings=0)
    return ann, bob, make_investor(edition, available=slots[1:2], min_meetings=0)


# The project PD-01 has one team. Ann can only at nine, Cid only at half past nine, Bob at both and weighs most.


def _competing(edition: Edition) -> list[Investor]:
    robots = get_project(edition, "PD-01")
    robots.leads = 1
    save(robots)
    ann, bob, cid = investors_for(edition)
    for each, level in ((ann, Level.WOULD_LIKE), (bob, Level.MUST_MEET), (cid, Level.WOULD_LIKE)):
        make_interest(each, robots, level)
    make_interest(bob, get_project(edition, "PD-02"), Level.WOULD_LIKE)
    return [ann, bob, cid]


def _meetings_by_investor(run: Run) -> dict[int, int]:
    return {each["investor"]: each["meetings"] for each in run.figures["by_investor"]}


def test_without_the_floor_first_the_sum_counts(scarce: Edition) -> None:
    _, bob, _ = _competing(scarce)

    run = db.session.get_one(Run, do_night().run_id)

    assert sorted(_meetings_by_investor(run).values()) == [0, 1, 2]
    assert _meetings_by_investor(run)[bob.id] == 2
    assert run.figures["floor"] == {
        "smallest": 0,
        "possible": 1,
        "most": 1,
        "counted": 3,
        "uncounted": 0,
        "held_down": 0,
        "level": None,
        "level_most": None,
        "reached": 0,
    }


def test_the_floor_first_raises_the_smallest_number(scarce: Edition) -> None:
    scarce.floor_first = True
    save(scarce)
    ann, bob, cid = _competing(scarce)

    run = db.session.get_one(Run, do_night().run_id)

    assert _meetings_by_investor(run) == {ann.id: 1, bob.id: 1, cid.id: 1}
    assert run.figures["floor"] == {
        "smallest": 1,
        "possible": 1,
        "most": 1,
        "counted": 3,
        "uncounted": 0,
        "held_down": 2,
        "level": 1,
        "level_most": 1,
        "reached": 1,
    }
    problem, schedule = (read(each) for read, each in zip((read_problem, read_schedule), exported_run(run.id), strict=True))
    assert run.value == schedule.objective
    assert [each.min_meetings for each in problem.participants if each.kind == "investor"] == [1, 1, 1]
    assert diagnose() == []


def test_choosing_the_floor_is_another_input_and_settles_like_one(scarce: Edition, olga: Account) -> None:
    _competing(scarce)
    assert do_night().message is Message.PUBLISHED
    assert do_night().message is Message.UNCHANGED

    set_aims(actor_of(olga), scarce.id, gap_asked=15, floor_first=True, now=NOW)

    assert do_night().message is Message.PUBLISHED
    assert do_night().message is Message.UNCHANGED
    assert len(diary()) == 3


def test_a_draft_is_published_as_it_was_asked_for(scarce: Edition, olga: Account) -> None:
    """The choice is taken back between solving and publishing: the draft stays what it was, and the next night is new."""
    _competing(scarce)
    set_aims(actor_of(olga), scarce.id, gap_asked=15, floor_first=True, now=NOW)
    draft = do_night(review=True)
    set_aims(actor_of(olga), scarce.id, gap_asked=15, floor_first=False, now=NOW)

    publish_run(actor_of(olga), draft.run_id or 0, now=NOW)

    run = db.session.get_one(Run, draft.run_id)
    assert (run.figures["adjusted"], run.value, run.figures["floor"]["reached"]) == (False, draft.value, 1)
    assert do_night().message is Message.PUBLISHED


def test_who_cannot_meet_at_all_is_counted_apart_and_meetings_that_were_held_count(edition: Edition) -> None:
    keen, absent, met = make_investor(edition), make_investor(edition, available=()), make_investor(edition)
    for each in (keen, absent, met):
        make_interest(each, get_chain(edition.id, "FI-ROB"))
    make_meeting(met, get_project(edition, "PD-01"), edition.slots[0], Status.HELD)
    make_investor(edition, vetting=Vetting.WAITLISTED)
    facts = read_facts(edition, now=NOW)
    built = build_problem(facts)
    guests = guests_of(built.problem, had_before(facts, built))

    counts = meetings_of_guests(built.problem, guests, [])
    figures = floor_figures(built.problem, guests, [], approved=3, floor=None, level=None)

    assert sorted(counts.values()) == [0, 1]
    assert (figures.smallest, figures.most, figures.counted, figures.uncounted) == (0, 2, 2, 1)


def test_an_offered_slot_is_no_meeting_of_its_own(edition: Edition) -> None:
    investor = make_investor(edition)
    project = get_project(edition, "PD-01")
    make_meeting(investor, project, edition.slots[0], Status.COUNTERED, offered=edition.slots[1])
    facts = read_facts(edition, now=NOW)
    built = build_problem(facts)
    guests = guests_of(built.problem, had_before(facts, built))
    pinned = held(**{booking.candidate: booking.slot for booking in built.problem.booked})

    assert len(pinned) == 2
    assert list(meetings_of_guests(built.problem, guests, pinned).values()) == [1]


# -- files only --------------------------------------------------------------------------------------------------------


def two_guests() -> object:
    people = (Participant("ann", "investor", (0,)), Participant("bob", "investor", (0, 1)), hao(available=(0, 1)), hana())
    candidates = [meeting("ann-hao", ("ann", "hao"), weight=10), meeting("bob-hao", ("bob", "hao"), weight=500)]
    return small_problem(candidates, participants=people, venues=(Venue("east", 2), Venue("west", 2)), penalties=Penalties())


def test_a_child_finds_the_floor_and_its_answer_is_checked() -> None:
    problem = two_guests()

    found = find_floor(problem, had={}, seconds=3, seed=1, memory_limit=4 * GIB)  # type: ignore[arg-type]

    assert found.floor is not None
    assert (found.floor.reached, found.floor.proven_most, found.went_wrong) == (1, 1, False)
    guests = guests_of(problem)  # type: ignore[arg-type]
    assert level_of(guests, meetings_of_guests(problem, guests, found.floor.meetings)) == 1  # type: ignore[arg-type]


def test_a_meeting_that_lacks_to_the_floor_costs_more_than_any_other_brings() -> None:
    problem = two_guests()
    guests = guests_of(problem)  # type: ignore[arg-type]

    assert floor_problem(problem, guests, 1).penalties.shortfall == 1001  # type: ignore[arg-type]
    assert floor_problem(problem, guests, 1, dearer=20).penalties.shortfall == 20_020  # type: ignore[arg-type]


def test_filling_up_takes_nobodys_meeting_away() -> None:
    problem = two_guests()

    filled = filled_up(problem, held(**{"ann-hao": 0}))  # type: ignore[arg-type]

    assert set(held(**{"ann-hao": 0, "bob-hao": 1})) == set(filled)
