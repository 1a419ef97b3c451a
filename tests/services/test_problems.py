"""The problem of a night: what becomes a candidate, who is free when, and what people were told."""

import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from matchmaker.db import db
from matchmaker.domain.interest import Level
from matchmaker.domain.meeting import Status
from matchmaker.domain.roles import Vetting
from matchmaker.models import Account, Edition, Investor, Slot
from matchmaker.scheduling.check import violations
from matchmaker.scheduling.problem import Booking, Candidate, Participant, Pool, ProblemError, read_problem
from matchmaker.scheduling.schedule import Placement
from matchmaker.services.facts import Facts, read_facts
from matchmaker.services.problems import Built, build_problem, input_hash, plain_problem
from tests.builders import (
    NOW,
    SHANGHAI,
    get_chain,
    get_district,
    get_pool,
    get_project,
    make_activity,
    make_interest,
    make_investor,
    make_lead_absence,
    make_mark,
    make_meeting,
    make_pool,
    make_project,
    make_signup,
    save,
)

ALL = tuple(range(8))


def facts_at(edition: Edition, now: datetime = NOW) -> Facts:
    db.session.rollback()
    return read_facts(edition, now=now)


def built_at(edition: Edition, now: datetime = NOW) -> Built:
    return build_problem(facts_at(edition, now))


def candidates(edition: Edition, now: datetime = NOW) -> dict[str, Candidate]:
    return {each.id: each for each in built_at(edition, now).problem.candidates}


def participant(built: Built, name: str) -> Participant:
    return next(each for each in built.problem.participants if each.id == name)


def name_of(investor: Investor) -> str:
    return f"investor-{investor.id}"


def pair_name(investor: Investor, code: str) -> str:
    return f"{name_of(investor)}:{code}"


@pytest.fixture
def wanting(edition: Edition) -> Investor:
    """An investor that would like to meet Robot joints, and nobody else."""
    investor = make_investor(edition, min_meetings=1, max_meetings=3, max_per_day=2)
    make_interest(investor, get_project(edition, "PD-01"))
    return investor


@pytest.mark.any_database
def test_one_interest_makes_one_candidate(edition: Edition, wanting: Investor) -> None:
    built = built_at(edition)
    name = pair_name(wanting, "PD-01")

    assert built.problem.participants == (
        Participant(name_of(wanting), "investor", ALL, 1, 1, 3, 2, True),
        Participant("PD-01", "host", ALL, 1),
    )
    score = facts_at(edition).pairing.score(wanting.id, get_project(edition, "PD-01").id)
    assert built.problem.candidates == (Candidate(name, (name_of(wanting), "PD-01"), "PD", score.value),)
    assert (built.problem.booked, built.pair_of) == ((), {name: (wanting.id, get_project(edition, "PD-01").id)})
    assert [(venue.id, venue.tables) for venue in built.problem.venues] == [("LG", 2), ("MAIN", 2), ("PD", 2), ("XH", 1)]
    assert built.problem.slots[0].start == "2024-04-01T09:00"
    assert [slot.day for slot in built.problem.slots] == [0, 0, 0, 0, 1, 1, 1, 1]


def test_a_slot_for_which_no_answer_could_come_in_time_is_not_offered(edition: Edition, wanting: Investor) -> None:
    evening_before = datetime(2024, 3, 31, 18, tzinfo=SHANGHAI).astimezone(UTC)

    built = built_at(edition, evening_before)

    assert participant(built, name_of(wanting)).available == (4, 5, 6, 7)
    assert participant(built, "PD-01").available == (4, 5, 6, 7)


def test_availability_of_the_investor_and_absence_of_the_lead(edition: Edition) -> None:
    investor = make_investor(edition, available=edition.slots[2:5])
    make_interest(investor, get_project(edition, "PD-01"))
    make_lead_absence(get_project(edition, "PD-01"), edition.slots[3])

    built = built_at(edition)

    assert participant(built, name_of(investor)).available == (2, 3, 4)
    assert participant(built, "PD-01").available == (0, 1, 2, 4, 5, 6, 7)


def test_an_attended_programme_item_blocks_its_slots_and_the_way(edition: Edition, wanting: Investor) -> None:
    make_interest(wanting, get_project(edition, "LG-01"))
    pudong = get_district(edition, "PD").venue
    forum = make_activity(edition, venue=pudong, starts_at=edition.slots[1].starts_at, minutes=180)  # 09:30 to 12:30
    make_signup(wanting, forum)

    found = candidates(edition)

    assert found[pair_name(wanting, "PD-01")].slots == (0, 2, 3, 4, 5, 6, 7)
    assert found[pair_name(wanting, "LG-01")].slots == (3, 4, 5, 6, 7)  # seventy minutes there and back


def test_no_thanks_of_either_side_ends_the_pair(edition: Edition, wanting: Investor) -> None:
    other = make_investor(edition)
    for each in (wanting, other):
        make_interest(each, get_chain(edition.id, "FI-ROB"))
    make_interest(other, get_project(edition, "PD-02"), Level.NO_THANKS)
    marked = make_investor(edition)
    make_interest(marked, get_chain(edition.id, "FI"))
    make_mark(get_district(edition, "PD"), marked, Level.NO_THANKS)

    assert set(candidates(edition)) == {
        pair_name(wanting, "PD-01"),
        pair_name(wanting, "PD-02"),
        pair_name(other, "PD-01"),
        pair_name(marked, "XH-01"),
    }


@pytest.mark.parametrize(
    ("status", "open_again"),
    [
        (Status.DECLINED, False),
        (Status.WITHDRAWN, False),
        (Status.HELD, False),
        (Status.MISSED, False),
        (Status.LAPSED, True),
        (Status.SUPERSEDED, True),
        (Status.CANCELLED, True),
    ],
)
def test_closed_pairs_do_not_come_back(status: Status, open_again: bool, edition: Edition, wanting: Investor) -> None:
    make_meeting(wanting, get_project(edition, "PD-01"), edition.slots[0], status)

    assert set(candidates(edition)) == ({pair_name(wanting, "PD-01")} if open_again else set())


def test_the_third_lapse_closes_and_a_reopened_miss_opens(edition: Edition, wanting: Investor) -> None:
    other = make_investor(edition)
    make_interest(other, get_project(edition, "PD-01"))
    make_meeting(other, get_project(edition, "PD-01"), edition.slots[0], Status.MISSED, reopened_at=NOW)
    for _ in range(3):
        make_meeting(wanting, get_project(edition, "PD-01"), edition.slots[0], Status.LAPSED)

    assert set(candidates(edition)) == {pair_name(other, "PD-01")}


@pytest.mark.parametrize("vetting", [Vetting.APPLIED, Vetting.WAITLISTED, Vetting.REFUSED])
def test_only_approved_investors_get_meetings(vetting: Vetting, edition: Edition, wanting: Investor) -> None:
    wanting.vetting = vetting
    save(wanting)

    assert candidates(edition) == {}


def test_a_withdrawn_project_is_no_candidate_and_its_proposal_is_not_booked(edition: Edition, wanting: Investor) -> None:
    project = get_project(edition, "PD-01")
    accepted = make_investor(edition)
    make_meeting(wanting, project, edition.slots[0])
    make_meeting(accepted, project, edition.slots[1], Status.ACCEPTED)
    project.withdrawn_at = NOW
    save(project)

    built = built_at(edition)

    assert built.problem.booked == (Booking(pair_name(accepted, "PD-01"), 1, pinned=True),)
    assert set(built.pair_of) == {pair_name(accepted, "PD-01"), *suggestions(built, accepted)}


def suggestions(built: Built, investor: Investor) -> set[str]:
    return {each for each in built.pair_of if each.startswith(f"{name_of(investor)}:")}


def test_an_investor_without_interests_gets_its_five_best_projects_and_never_five_more(edition: Edition) -> None:
    investor = make_investor(edition)
    pudong = get_district(edition, "PD")
    for _ in range(4):
        make_project(pudong)
    before = set(candidates(edition))

    for position, name in enumerate(sorted(before)[:3]):
        make_meeting(investor, get_project(edition, name.split(":")[1]), edition.slots[position], suggested=True)

    assert len(before) == 5
    assert set(candidates(edition)) == before


def test_an_interest_in_a_chain_chooses_its_five_best_and_never_five_more(edition: Edition) -> None:
    investor = make_investor(edition)
    make_interest(investor, get_chain(edition.id, "FI-ROB"))
    for _ in range(5):
        make_project(get_district(edition, "PD"))
    before = set(candidates(edition))
    first, second, *_ = sorted(before)

    make_meeting(investor, get_project(edition, first.split(":")[1]), edition.slots[0])
    proposed = set(candidates(edition))
    make_meeting(investor, get_project(edition, second.split(":")[1]), edition.slots[1], Status.DECLINED)
    declined = set(candidates(edition))

    assert (len(before), proposed) == (5, before)
    assert (len(declined), second in declined) == (5, False)


def test_a_suggestion_weighs_less_than_any_stated_interest(edition: Edition) -> None:
    shy, keen = (
        make_investor(edition),
        make_investor(edition, chains=(), stages=[], size_min=None, size_max=None, languages=["de"]),
    )
    make_interest(keen, get_project(edition, "LG-01"))

    found = candidates(edition)

    assert found[pair_name(keen, "LG-01")].weight > max(found[name].weight for name in found if name.startswith(name_of(shy)))


def test_language_pools(edition: Edition) -> None:
    make_pool(edition, "fr", capacity=3)
    speakers = {"ja": make_investor(edition, languages=["ja"]), "both": make_investor(edition, languages=["ja", "de"])}
    speakers["common"] = make_investor(edition, languages=["ja", "en"])
    speakers["nobody"] = make_investor(edition, languages=["tr"])
    for investor in speakers.values():
        make_interest(investor, get_project(edition, "PD-01"))

    built = built_at(edition)

    pools = {each.participants[0]: each.pool for each in built.problem.candidates}
    assert pools == {
        name_of(speakers["ja"]): "interpreter-ja",
        name_of(speakers["both"]): "interpreter-de",  # the larger pool
        name_of(speakers["common"]): None,
    }
    assert built.problem.pools == (Pool("interpreter-de", 2), Pool("interpreter-ja", 1))


def test_an_interpreter_is_paired_with_the_language_of_the_edition(edition: Edition) -> None:
    german = make_investor(edition, languages=["de"])
    project = make_project(get_district(edition, "PD"), languages=["en"])
    make_interest(german, project)

    assert candidates(edition) == {}


@pytest.mark.any_database
def test_accepted_meetings_and_offers_are_pinned_and_proposals_may_move(edition: Edition, wanting: Investor) -> None:
    japanese = make_investor(edition, languages=["ja"])
    make_interest(japanese, get_project(edition, "PD-02"))
    make_interest(wanting, get_project(edition, "LG-01"))
    make_interest(wanting, get_project(edition, "PD-02"))
    slots, ja = edition.slots, get_pool(edition, "ja")
    make_meeting(wanting, get_project(edition, "PD-01"), slots[0], Status.ACCEPTED)
    make_meeting(wanting, get_project(edition, "LG-01"), slots[7])
    make_meeting(japanese, get_project(edition, "PD-02"), slots[1], Status.COUNTERED, offered=slots[4], pool=ja)

    built = built_at(edition)

    countered = pair_name(japanese, "PD-02")
    assert sorted(built.problem.booked, key=lambda each: each.slot) == [
        Booking(pair_name(wanting, "PD-01"), 0, pinned=True),
        Booking(countered, 1, pinned=True),
        Booking(f"offer:{countered}", 4, pinned=True),
        Booking(pair_name(wanting, "LG-01"), 7),
    ]
    offer = next(each for each in built.problem.candidates if each.id == f"offer:{countered}")
    assert offer == Candidate(offer.id, (name_of(japanese), "PD-02"), "PD", 0, pool="interpreter-ja")
    assert pins_hold(built)


def pins_hold(built: Built) -> bool:
    pins = [Placement(each.candidate, each.slot) for each in built.problem.booked if each.pinned]
    return violations(built.problem, pins) == []


def test_an_offer_is_no_meeting_of_its_own_for_the_limits(edition: Edition) -> None:
    investor = make_investor(edition, min_meetings=1, max_meetings=1, max_per_day=1)
    make_interest(investor, get_project(edition, "PD-01"))
    make_meeting(investor, get_project(edition, "PD-01"), edition.slots[0], Status.COUNTERED, offered=edition.slots[1])

    built = built_at(edition)

    me = participant(built, name_of(investor))
    assert (me.min_meetings, me.max_meetings, me.max_per_day) == (2, 2, 2)
    assert pins_hold(built)


def test_pins_hold_whatever_people_changed_since(edition: Edition, wanting: Investor) -> None:
    """Availability taken back, the lead absent, the deadline of all slots over, a programme item beside it."""
    project = get_project(edition, "PD-01")
    make_meeting(wanting, project, edition.slots[0], Status.ACCEPTED)
    make_lead_absence(project, edition.slots[0])
    make_signup(wanting, make_activity(edition, venue=get_district(edition, "PD").venue, starts_at=edition.slots[0].starts_at))
    db.session.execute(db.metadata.tables["availability"].delete())
    db.session.commit()

    built = built_at(edition, datetime(2024, 4, 5, tzinfo=UTC))

    assert built.problem.booked == (Booking(pair_name(wanting, "PD-01"), 0, pinned=True),)
    assert pins_hold(built)
    assert participant(built, name_of(wanting)).available == (0,)


def test_limits_lowered_below_what_is_accepted_pin_it_and_allow_no_more(edition: Edition) -> None:
    investor = make_investor(edition, max_meetings=5, max_per_day=5)
    projects = [
        get_project(edition, "PD-01"),
        get_project(edition, "PD-02"),
        *(make_project(get_district(edition, "PD")) for _ in "abc"),
    ]
    for project in projects:
        make_interest(investor, project)
    for project, slot in zip(projects, edition.slots[:2], strict=False):
        make_meeting(investor, project, slot, Status.ACCEPTED)
    investor.min_meetings, investor.max_meetings, investor.max_per_day = 0, 4, 1
    save(investor)

    built = built_at(edition)
    names = [pair_name(investor, project.code) for project in projects]
    pins = [Placement(names[0], 0), Placement(names[1], 1)]

    def broken(*more: Placement) -> set[str]:
        return {each.rule.value for each in violations(built.problem, [*pins, *more])}

    assert broken() == set()
    assert broken(Placement(names[2], 4)) == set()
    assert broken(Placement(names[2], 3)) != set()  # a day that has too many already
    assert broken(Placement(names[2], 4), Placement(names[3], 5)) == {"too_many_on_a_day"}


def test_meetings_that_were_held_count_for_the_limits(edition: Edition) -> None:
    investor = make_investor(edition, min_meetings=2, max_meetings=2)
    make_interest(investor, get_district(edition, "PD"))
    make_meeting(investor, get_project(edition, "PD-01"), edition.slots[0], Status.HELD)

    me = participant(built_at(edition), name_of(investor))

    assert (me.min_meetings, me.max_meetings) == (1, 1)


def test_a_proposal_whose_interest_was_taken_back_is_not_booked_any_more(edition: Edition, wanting: Investor) -> None:
    make_meeting(wanting, get_project(edition, "PD-02"), edition.slots[0])
    suggested = make_investor(edition)
    make_interest(suggested, get_project(edition, "XH-01"))
    make_meeting(suggested, get_project(edition, "LG-01"), edition.slots[0], suggested=True)

    built = built_at(edition)

    assert built.problem.booked == (Booking(pair_name(suggested, "LG-01"), 0),)


def test_an_accepted_meeting_stays_where_it_is_and_nothing_else_goes_there_late(edition: Edition, wanting: Investor) -> None:
    make_interest(wanting, get_project(edition, "PD-02"))
    make_meeting(wanting, get_project(edition, "PD-01"), edition.slots[0], Status.ACCEPTED)

    found = candidates(edition, datetime(2024, 3, 31, 20, tzinfo=SHANGHAI).astimezone(UTC))

    assert found[pair_name(wanting, "PD-01")].slots == ALL
    assert found[pair_name(wanting, "PD-02")].slots == ALL[1:]


def test_what_is_overdue_counts_as_lapsed(edition: Edition, wanting: Investor) -> None:
    meeting = make_meeting(wanting, get_project(edition, "PD-01"), edition.slots[4])

    assert built_at(edition, meeting.deadline_at - timedelta(seconds=1)).problem.booked == (
        Booking(pair_name(wanting, "PD-01"), 4),
    )
    assert built_at(edition, meeting.deadline_at).problem.booked == ()


def crowded(edition: Edition) -> list[Investor]:
    chosen: list[tuple[Any, ...]] = [("FI-ROB", "PD"), ("AI-LLM", "XH"), ("FI", "LG")]
    found = []
    for chain, district in chosen:
        investor = make_investor(edition, languages=["de"])
        make_interest(investor, get_chain(edition.id, chain), Level.MUST_MEET)
        make_interest(investor, get_district(edition, district))
        found.append(investor)
    make_meeting(found[0], get_project(edition, "PD-01"), edition.slots[0], pool=get_pool(edition, "de"))
    make_meeting(found[1], get_project(edition, "XH-01"), edition.slots[0], Status.ACCEPTED, pool=get_pool(edition, "de"))
    return found


@pytest.mark.any_database
def test_the_same_facts_give_the_same_hash_in_whatever_order_they_are_read(edition: Edition) -> None:
    crowded(edition)
    facts = facts_at(edition)
    asked = input_hash(build_problem(facts).problem)

    def shuffled(things: Iterable[Any]) -> Any:
        mixed = list(things)
        random.Random(1).shuffle(mixed)
        return mixed

    mixed = replace(
        facts,
        investors=dict(shuffled(facts.investors.items())),
        projects=dict(shuffled(facts.projects.items())),
        live=shuffled(facts.live),
        past=dict(shuffled(facts.past.items())),
        available=dict(shuffled(facts.available.items())),
    )
    assert input_hash(build_problem(mixed).problem) == asked
    assert input_hash(replace(build_problem(facts).problem, name="another")) == asked
    assert input_hash(build_problem(facts_at(edition, NOW + timedelta(hours=1))).problem) == asked


def change_availability(edition: Edition, slots: list[Slot]) -> None:
    db.session.execute(
        db.metadata.tables["availability"].delete().where(db.metadata.tables["availability"].c.slot_id == slots[5].id)
    )
    db.session.commit()


def change_weights(edition: Edition, slots: list[Slot]) -> None:
    edition.weights = {"must_meet": 290}
    save(edition)


def change_tables(edition: Edition, slots: list[Slot]) -> None:
    get_district(edition, "XH").venue.tables = 2
    db.session.commit()


@pytest.mark.parametrize("change", [change_availability, change_weights, change_tables])
def test_another_input_has_another_hash(change: Any, edition: Edition) -> None:
    crowded(edition)
    before = input_hash(built_at(edition).problem)

    change(edition, edition.slots)

    assert input_hash(built_at(edition).problem) != before


def test_the_exchanged_problem_is_read_back_as_it_was(edition: Edition, ines: Account) -> None:
    crowded(edition)
    problem = built_at(edition).problem

    assert read_problem(plain_problem(built_at(edition), "night")) == replace(problem, name="night")


def test_faults_of_the_input_are_told(edition: Edition, wanting: Investor) -> None:
    edition.penalties = edition.penalties | {"drop": -1}
    save(edition)

    with pytest.raises(ProblemError, match=r"penalties\.drop"):
        built_at(edition)


@pytest.mark.parametrize("number", [1, 3])
def test_reading_costs_the_same_for_one_and_for_three(number: int, edition: Edition, count_queries: Any) -> None:
    for n in range(number):
        investor = make_investor(edition, languages=["de"])
        make_interest(investor, get_chain(edition.id, "FI-ROB"))
        make_interest(investor, get_project(edition, "XH-01"))
        make_interest(investor, get_district(edition, "LG"))
        make_meeting(investor, get_project(edition, "LG-01"), edition.slots[n], pool=get_pool(edition, "de"))
    db.session.expire_all()
    edition_id = edition.id

    with count_queries() as queries:
        build_problem(read_facts(db.session.get_one(Edition, edition_id), now=NOW))

    assert queries.count <= 28
