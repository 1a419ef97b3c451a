"""Why an interest was not met: the first reason that is true, for every one of them."""

from collections.abc import Callable
from typing import Any

import pytest

from matchmaker.db import db
from matchmaker.domain.interest import Level
from matchmaker.domain.meeting import Status
from matchmaker.domain.reasons import WhyNot
from matchmaker.domain.roles import Vetting
from matchmaker.models import Edition, Interest, Investor
from matchmaker.scheduling.schedule import Placement
from matchmaker.services.explaining import Unmet, explain_unmet
from matchmaker.services.facts import read_facts
from matchmaker.services.problems import build_problem
from tests.builders import (
    NOW,
    get_chain,
    get_district,
    get_project,
    make_activity,
    make_chain,
    make_interest,
    make_investor,
    make_lead_absence,
    make_mark,
    make_meeting,
    make_project,
    make_signup,
    save,
)

TEAM_THERE = {
    "theirs": True,
    "attends": False,
    "team_there": [["2024-04-01", "morning"], ["2024-04-01", "afternoon"], ["2024-04-02", "morning"]],
}


def explained(edition: Edition, slots: dict[str, int] | None = None, *, seconds: float = 0) -> list[Unmet]:
    db.session.rollback()
    facts = read_facts(edition, now=NOW)
    placements = [Placement(name, slot) for name, slot in (slots or {}).items()]
    return explain_unmet(facts, build_problem(facts), placements, seconds=seconds)


def changes(edition: Edition, slots: dict[str, int] | None = None) -> list[Any]:
    """For each unmet interest the change that is proven, None for none; "not looked at" where nobody looked."""
    return [each.facts.get("change", "not looked at") for each in explained(edition, slots, seconds=60)]


def reasons(edition: Edition, slots: dict[str, int] | None = None) -> list[WhyNot]:
    return [each.reason for each in explained(edition, slots)]


def name(investor: Investor, code: str) -> str:
    return f"investor-{investor.id}:{code}"


@pytest.fixture
def wish(edition: Edition) -> Interest:
    return make_interest(make_investor(edition), get_project(edition, "PD-01"))


def test_a_met_interest_needs_no_reason(edition: Edition, wish: Interest) -> None:
    assert explained(edition, {name(wish.investor, "PD-01"): 0}) == []


def test_an_interest_that_was_met_earlier_needs_no_reason(edition: Edition, wish: Interest) -> None:
    make_meeting(wish.investor, get_project(edition, "PD-01"), edition.slots[0], Status.HELD)

    assert explained(edition) == []


def test_a_no_thanks_asks_for_nothing(edition: Edition) -> None:
    make_interest(make_investor(edition), get_project(edition, "PD-01"), Level.NO_THANKS)

    assert explained(edition) == []


@pytest.mark.parametrize("vetting", [Vetting.APPLIED, Vetting.WAITLISTED, Vetting.REFUSED])
def test_not_yet_vetted_comes_before_everything(vetting: Vetting, edition: Edition, wish: Interest) -> None:
    wish.investor.vetting = vetting
    make_mark(get_district(edition, "PD"), wish.investor, Level.NO_THANKS)
    save(wish)

    assert explained(edition) == [Unmet(wish.id, wish.investor_id, None, WhyNot.NOT_YET_VETTED, {"vetting": vetting.value})]


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (Status.DECLINED, WhyNot.DECLINED),
        (Status.WITHDRAWN, WhyNot.WITHDRAWN),
        (Status.MISSED, WhyNot.ENDED),
        (Status.LAPSED, WhyNot.WOULD_COST_MORE),
        (Status.PROPOSED, WhyNot.WOULD_COST_MORE),
    ],
)
def test_what_became_of_the_pair_before(status: Status, reason: WhyNot, edition: Edition, wish: Interest) -> None:
    """A proposal that is left out tonight is a candidate like any other."""
    make_meeting(wish.investor, get_project(edition, "PD-01"), edition.slots[0], status)

    assert [(each.reason, each.project_id) for each in explained(edition)] == [(reason, wish.project_id)]


def test_three_lapses_end_a_pair(edition: Edition, wish: Interest) -> None:
    for _ in range(3):
        make_meeting(wish.investor, get_project(edition, "PD-01"), edition.slots[0], Status.LAPSED)

    assert reasons(edition) == [WhyNot.ENDED]


def test_no_thanks_of_the_host_and_nothing_offered(edition: Edition, wish: Interest) -> None:
    make_mark(get_district(edition, "PD"), wish.investor, Level.NO_THANKS)
    make_interest(wish.investor, make_chain(edition, "EMPTY"))
    gone = get_project(edition, "LG-01")
    gone.withdrawn_at = NOW
    save(gone)
    make_interest(wish.investor, gone)

    assert reasons(edition) == [WhyNot.NO_THANKS, WhyNot.NOTHING_OFFERED, WhyNot.NOTHING_OFFERED]


def test_no_common_slot(edition: Edition) -> None:
    make_interest(make_investor(edition, available=()), get_project(edition, "PD-01"))

    assert reasons(edition) == [WhyNot.NO_COMMON_SLOT]


def test_the_lead_is_taken_by_others(edition: Edition) -> None:
    first, second = (make_investor(edition, available=edition.slots[:1]) for _ in range(2))
    for investor in (first, second):
        make_interest(investor, get_project(edition, "PD-01"))

    unmet = explained(edition, {name(first, "PD-01"): 0})

    assert [(each.investor_id, each.reason, each.facts["what"]) for each in unmet] == [(second.id, WhyNot.FULL, "lead")]


def test_the_tables_are_taken_by_others(edition: Edition) -> None:
    xuhui = get_project(edition, "XH-01").district
    first, second = (make_investor(edition, available=edition.slots[:1]) for _ in range(2))
    make_interest(first, make_project(xuhui))
    make_interest(second, get_project(edition, "XH-01"))

    unmet = explained(edition, {name(first, "XH-02"): 0})

    assert [(each.investor_id, each.reason, each.facts["what"]) for each in unmet] == [(second.id, WhyNot.FULL, "tables")]


def test_limits_distance_and_interpreters(edition: Edition) -> None:
    limited = make_investor(edition, max_meetings=1)
    far = make_investor(edition, available=edition.slots[:2])
    japanese, other = (make_investor(edition, languages=["ja"], available=edition.slots[7:]) for _ in range(2))
    silent = make_investor(edition, languages=["tr"])
    asked = {
        limited: ("PD-01", "LG-01"),
        far: ("PD-02", "LG-01"),
        japanese: ("PD-02",),
        other: ("XH-01",),
        silent: ("XH-01",),
    }
    for investor, codes in asked.items():
        for code in codes:
            make_interest(investor, get_project(edition, code))

    unmet = explained(edition, {name(limited, "PD-01"): 4, name(far, "PD-02"): 0, name(japanese, "PD-02"): 7})

    assert [(each.investor_id, each.reason) for each in unmet] == [
        (limited.id, WhyNot.LIMITS),
        (far.id, WhyNot.UNREACHABLE),
        (other.id, WhyNot.NO_INTERPRETER),
        (silent.id, WhyNot.NO_INTERPRETER),
    ]


def test_of_several_candidates_the_nearest_is_named(edition: Edition) -> None:
    """The chain has two projects: one lead is taken, with the other it would only have cost more."""
    investor, rival = make_investor(edition, available=edition.slots[:1]), make_investor(edition, available=edition.slots[:1])
    make_interest(investor, get_chain(edition.id, "FI-ROB"))
    make_interest(rival, get_project(edition, "PD-01"))

    (unmet,) = explained(edition, {name(rival, "PD-01"): 0})

    assert (unmet.reason, unmet.project_id) == (WhyNot.WOULD_COST_MORE, get_project(edition, "PD-02").id)


def test_without_an_interpreter_the_time_is_asked_first(edition: Edition) -> None:
    """Nobody translates Turkish; but who is never in town lacks a time before it lacks an interpreter."""
    never, sometime = (make_investor(edition, languages=["tr"], available=slots) for slots in ((), edition.slots[:1]))
    for investor in (never, sometime):
        make_interest(investor, get_project(edition, "XH-01"))

    assert [(each.investor_id, each.reason, each.facts) for each in explained(edition)] == [
        (never.id, WhyNot.NO_COMMON_SLOT, {"participants": [f"investor-{never.id}", "XH-01"], "ours": False} | TEAM_THERE),
        (sometime.id, WhyNot.NO_INTERPRETER, {}),
    ]


# -- what stands behind a reason ---------------------------------------------------------------------------------------


def particulars(edition: Edition, slots: dict[str, int] | None = None) -> list[tuple[WhyNot, dict[str, Any]]]:
    """Reason and facts of each unmet interest, but for those that the scheduler itself tells."""
    told = {
        "participants",
        "participant",
        "hosts",
        "venue",
        "what",
        "slots",
        "meetings",
        "weighing_as_much",
        "limit",
        "most",
        "pool",
    }
    return [
        (each.reason, {name: fact for name, fact in each.facts.items() if name not in told}) for each in explained(edition, slots)
    ]


@pytest.mark.parametrize(
    ("investor_says", "host_says", "whose"),
    [
        (Level.WOULD_LIKE, Level.NO_THANKS, ["host"]),
        (Level.NO_THANKS, Level.WOULD_LIKE, ["investor"]),
        (Level.NO_THANKS, Level.NO_THANKS, ["investor", "host"]),
    ],
)
def test_whose_no_thanks_it_was(
    investor_says: Level, host_says: Level, whose: list[str], edition: Edition, wish: Interest
) -> None:
    make_interest(wish.investor, get_district(edition, "PD"), investor_says)
    make_mark(get_district(edition, "PD"), wish.investor, host_says)

    assert (WhyNot.NO_THANKS, {"whose": whose}) in particulars(edition)


def test_when_the_team_is_there_and_the_investor_is_not(edition: Edition) -> None:
    make_interest(make_investor(edition, available=edition.slots[:2]), get_project(edition, "PD-01"))
    make_lead_absence(get_project(edition, "PD-01"), *edition.slots[:4])

    there = [["2024-04-02", "morning"], ["2024-04-02", "afternoon"]]
    assert particulars(edition) == [
        (WhyNot.NO_COMMON_SLOT, {"ours": True, "theirs": True, "attends": False, "team_there": there})
    ]


def test_a_time_of_the_team_at_which_the_investor_attends_something_is_not_named(edition: Edition) -> None:
    investor, venue = make_investor(edition, available=edition.slots[:2]), get_district(edition, "PD").venue
    make_interest(investor, get_project(edition, "PD-01"))
    make_signup(investor, make_activity(edition, venue=venue, starts_at=edition.slots[4].starts_at))
    make_lead_absence(get_project(edition, "PD-01"), *edition.slots[:4], edition.slots[5])

    ((_, found),) = particulars(edition)
    assert found["team_there"] == [["2024-04-02", "afternoon"]]


def test_what_is_attended_can_take_all_common_times(edition: Edition) -> None:
    investor = make_investor(edition, available=edition.slots[:2])
    make_interest(investor, get_project(edition, "PD-01"))
    venue = get_district(edition, "PD").venue
    make_signup(investor, make_activity(edition, venue=venue, starts_at=edition.slots[0].starts_at))
    make_lead_absence(get_project(edition, "PD-01"), *edition.slots[2:])

    assert particulars(edition) == [(WhyNot.NO_COMMON_SLOT, {"ours": True, "theirs": True, "attends": True, "team_there": []})]


def test_on_which_days_everything_is_taken(edition: Edition) -> None:
    slots = [edition.slots[0], edition.slots[4]]
    rivals = [make_investor(edition, available=slots) for _ in range(2)]
    for investor in (*rivals, make_investor(edition, available=slots)):
        make_interest(investor, get_project(edition, "PD-01"))

    taken = {name(rivals[0], "PD-01"): 0, name(rivals[1], "PD-01"): 4}
    assert particulars(edition, taken) == [(WhyNot.FULL, {"days": ["2024-04-01", "2024-04-02"]})]


def test_which_own_meetings_use_a_limit(edition: Edition) -> None:
    """All of them where it is that of all meetings; those of the day alone where it is that of a day."""
    one, two = make_investor(edition, max_meetings=2), make_investor(edition, max_per_day=1, available=edition.slots[:5])
    for code in ("PD-01", "PD-02", "LG-01"):
        make_interest(one, get_project(edition, code))
    for code in ("PD-02", "XH-01", "LG-01"):
        make_interest(two, get_project(edition, code))
    make_lead_absence(get_project(edition, "LG-01"), *edition.slots[4:])
    booked = {name(one, "PD-01"): 0, name(one, "PD-02"): 4, name(two, "PD-02"): 1, name(two, "XH-01"): 4}

    ids = {code: get_project(edition, code).id for code in ("PD-01", "PD-02")}
    assert particulars(edition, booked) == [
        (WhyNot.LIMITS, {"own": [ids["PD-01"], ids["PD-02"]]}),
        (WhyNot.LIMITS, {"own": [ids["PD-02"]]}),
    ]


def test_which_own_meetings_take_the_times_or_are_too_far(edition: Edition) -> None:
    """The one in Xuhui is on the other day and in nobody's way."""
    far = make_investor(edition, available=[*edition.slots[:2], edition.slots[4]])
    for code in ("PD-02", "XH-01", "LG-01"):
        make_interest(far, get_project(edition, code))
    make_lead_absence(get_project(edition, "LG-01"), *edition.slots[2:])

    booked = {name(far, "PD-02"): 0, name(far, "XH-01"): 4}
    assert particulars(edition, booked) == [(WhyNot.UNREACHABLE, {"own": [get_project(edition, "PD-02").id]})]


def test_a_meeting_from_which_the_way_is_too_long_takes_a_time_as_well(edition: Edition) -> None:
    """The host in Lingang is there at half past nine alone, when the meeting in Pudong is just over."""
    far = make_investor(edition, available=[*edition.slots[:2], edition.slots[4]])
    for code in ("PD-02", "XH-01", "LG-01"):
        make_interest(far, get_project(edition, code))
    make_lead_absence(get_project(edition, "LG-01"), edition.slots[0], *edition.slots[2:])

    booked = {name(far, "PD-02"): 0, name(far, "XH-01"): 4}
    assert particulars(edition, booked) == [(WhyNot.UNREACHABLE, {"own": [get_project(edition, "PD-02").id]})]


def test_at_a_time_without_a_table_no_own_meeting_is_in_the_way(edition: Edition) -> None:
    one, rival = make_investor(edition, available=[edition.slots[0], edition.slots[4]]), make_investor(edition)
    wanted = make_project(get_district(edition, "XH"))
    for thing in (get_project(edition, "PD-01"), get_project(edition, "PD-02"), wanted):
        make_interest(one, thing)
    make_interest(rival, get_project(edition, "XH-01"))

    booked = {name(one, "PD-01"): 0, name(one, "PD-02"): 4, name(rival, "XH-01"): 4}
    assert particulars(edition, booked) == [(WhyNot.UNREACHABLE, {"own": [get_project(edition, "PD-01").id]})]


def test_which_language_has_no_interpreter(edition: Edition) -> None:
    first, second = (make_investor(edition, languages=["ja"], available=edition.slots[:1]) for _ in range(2))
    make_interest(first, get_project(edition, "PD-01"))
    make_interest(second, get_project(edition, "PD-02"))

    assert particulars(edition, {name(first, "PD-01"): 0}) == [(WhyNot.NO_INTERPRETER, {"language": "ja"})]


# -- the change that would have met it ---------------------------------------------------------------------------------


def test_a_half_day_more_is_named_by_its_day(edition: Edition) -> None:
    """Ines is in town on the first morning only, when the team is not there."""
    investor = make_investor(edition, available=edition.slots[:2])
    make_interest(investor, get_project(edition, "PD-01"))
    make_lead_absence(get_project(edition, "PD-01"), *edition.slots[:2])

    assert changes(edition) == [
        {
            "kind": "investor_half_day",
            "who_en": investor.name,
            "who_zh": investor.name,
            "day": "2024-04-01",
            "half": "afternoon",
            "moves": 0,
        }
    ]


def test_a_limit_is_named_as_the_investor_states_it(edition: Edition) -> None:
    """A meeting that was held counts in the limit, though the problem of tonight no longer knows it."""
    investor = make_investor(edition, max_meetings=2)
    make_meeting(investor, get_project(edition, "LG-01"), edition.slots[0], Status.HELD)
    for code in ("PD-01", "PD-02"):
        make_interest(investor, get_project(edition, code))

    (change,) = changes(edition, {name(investor, "PD-01"): 4})

    assert (change["kind"], change["most"], change["moves"]) == ("meeting", 3, 0)


def test_a_table_is_named_by_its_venue(edition: Edition) -> None:
    xuhui = get_project(edition, "XH-01").district
    first, second = (make_investor(edition, available=edition.slots[:2]) for _ in range(2))
    make_interest(first, make_project(xuhui))
    make_interest(first, make_project(xuhui))
    make_interest(second, get_project(edition, "XH-01"))
    make_lead_absence(get_project(edition, "XH-01"), *edition.slots[2:])

    (change,) = changes(edition, {name(first, "XH-02"): 0, name(first, "XH-03"): 1})

    assert change["kind"] == "table"
    assert (change["who_en"], change["day"], change["half"]) == (xuhui.venue.name_en, "2024-04-01", "morning")


def test_an_interpreter_is_named_by_the_language(edition: Edition) -> None:
    first, second = (make_investor(edition, languages=["ja"], available=edition.slots[:1]) for _ in range(2))
    make_interest(first, get_project(edition, "PD-01"))
    make_interest(second, get_project(edition, "PD-02"))
    make_lead_absence(get_project(edition, "PD-02"), *edition.slots[1:])

    (change,) = changes(edition, {name(first, "PD-01"): 0})

    assert (change["kind"], change["language"], change["day"], change["half"]) == ("interpreter", "ja", "2024-04-01", "morning")


def test_what_no_single_change_meets_is_told_as_not_proven(edition: Edition) -> None:
    """Neither side has any time."""
    make_interest(make_investor(edition, available=()), get_project(edition, "PD-01"))
    make_lead_absence(get_project(edition, "PD-01"), *edition.slots)

    assert changes(edition) == [None]


def test_where_it_ended_for_good_nobody_looks_for_a_change(edition: Edition, wish: Interest) -> None:
    make_meeting(wish.investor, get_project(edition, "PD-01"), edition.slots[0], Status.DECLINED)

    assert changes(edition) == ["not looked at"]


def test_without_time_for_it_nobody_looks_for_a_change(edition: Edition, wish: Interest) -> None:
    assert [each.facts.get("change", "not looked at") for each in explained(edition)] == ["not looked at"]


def test_thirty_explained_interests_cost_as_many_queries_as_one(edition: Edition, count_queries: Callable[[], Any]) -> None:
    counts = []
    for number in (1, 29):
        for _ in range(number):
            project = make_project(get_district(edition, "PD"))
            make_interest(make_investor(edition, available=edition.slots[:1]), project)
            make_lead_absence(project, edition.slots[0])
        with count_queries() as queries:
            explained(edition, seconds=60)
        counts.append(queries.count)

    assert counts[0] == counts[1]
