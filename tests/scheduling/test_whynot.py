"""What would have brought a meeting in: one change that helps and one that does not, and every claim tried out in full."""

import itertools
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from matchmaker.scheduling import whynot
from matchmaker.scheduling.changes import NOTHING, Change, Easing, change_as_data, changed, half_days, kept_free
from matchmaker.scheduling.check import Rule, value, violations
from matchmaker.scheduling.exchange import Exchange, opened
from matchmaker.scheduling.greedy import greedy_by_gain, greedy_by_weight
from matchmaker.scheduling.plan import plan_of
from matchmaker.scheduling.problem import Booking, Candidate, Participant, Penalties, Pool, Problem, Venue
from matchmaker.scheduling.reasons import Reason
from matchmaker.scheduling.schedule import Placement
from matchmaker.scheduling.whynot import WhyNot, explain, gain_as_checked
from tests.scheduling.builders import (
    build_problem,
    build_slots,
    conference,
    hana,
    hao,
    held,
    ines,
    is_tiny,
    meeting,
    random_problem,
)

WIDE = (Venue("east", None), Venue("west", None))
TWO_HALVES = build_slots(1, 4, lunch_after=2)


def told(problem: Problem, meetings: list[Placement], candidate: str = "m") -> WhyNot:
    (answer,) = explain(problem, meetings, [candidate])
    return answer


def change_of(problem: Problem, meetings: list[Placement], candidate: str = "m") -> Change | None:
    return told(problem, meetings, candidate).change


# -- each change, where it helps and where it does not --------------------------------------------------------------------


def test_another_half_day_of_the_investor_helps_where_the_host_is_free_then() -> None:
    problem = build_problem(slots=TWO_HALVES, participants=(ines(available=(0, 1)), hao(available=(2, 3)), hana()))
    assert told(problem, []) == WhyNot(
        "m",
        whynot.Unmet(Reason.NO_COMMON_SLOT, {"participants": ["ines", "hao"]}),
        Change(Easing.INVESTOR_HALF_DAY, "ines", (2, 3)),
        slot=2,
        gain=100,
    )


def test_another_half_day_of_the_investor_does_not_help_where_it_is_not_worth_the_waiting() -> None:
    problem = build_problem(
        (meeting(weight=1, slots=(3,)), meeting("other", ("ines", "hana"))),
        slots=TWO_HALVES,
        participants=(ines(available=(0, 1), compact=True), hao(), hana(available=(0,))),
        venues=WIDE,
        penalties=Penalties(idle_slot=9),
    )
    assert change_of(problem, held(other=0)) is None


@pytest.mark.parametrize(("limit", "kind"), [("max_meetings", Easing.MEETING), ("max_per_day", Easing.MEETING_A_DAY)])
def test_one_more_meeting_allowed_helps_where_there_is_time_for_it(limit: str, kind: Easing) -> None:
    problem = build_problem(
        (meeting(), meeting("other", ("ines", "hana"))), venues=WIDE, participants=(ines(**{limit: 1}), hao(), hana())
    )
    assert change_of(problem, held(other=0)) == Change(kind, "ines", most=2)


@pytest.mark.parametrize("limit", ["max_meetings", "max_per_day"])
def test_one_more_meeting_allowed_does_not_help_without_time_for_it(limit: str) -> None:
    problem = build_problem(
        (meeting(), meeting("other", ("ines", "hana"))),
        venues=WIDE,
        slots=build_slots(1, 1),
        participants=(ines(available=(0,), **{limit: 1}), hao(available=(0,)), hana(available=(0,))),
    )
    assert change_of(problem, held(other=0)) is None


def test_a_limit_of_the_host_is_nobody_else_s_to_change() -> None:
    problem = build_problem(
        (meeting(), meeting("other", ("hao",))), venues=WIDE, participants=(ines(), hao(max_meetings=1), hana())
    )
    assert change_of(problem, held(other=0)) is None


def test_one_more_table_helps_where_tables_are_all_that_is_missing() -> None:
    problem = build_problem(
        (meeting(), *(meeting(f"x{s}", ("hana",), required=True) for s in range(4))),
        participants=(ines(available=(2,)), hao(), hana()),
    )
    assert change_of(problem, held(x0=0, x1=1, x2=2, x3=3)) == Change(Easing.TABLE, "east", (0, 1, 2, 3))


def test_one_more_table_does_not_help_where_the_host_is_taken_too() -> None:
    problem = build_problem(
        (meeting(), meeting("other", ("hao",))), participants=(ines(available=(2,)), hao(available=(2,)), hana())
    )
    assert change_of(problem, held(other=2)) is None


def test_one_more_interpreter_helps_in_the_half_day_that_is_named_and_in_no_other() -> None:
    problem = build_problem(
        (meeting(pool="interpreter"), *(meeting(f"x{s}", ("hana",), "west", pool="interpreter") for s in range(4))),
        slots=TWO_HALVES,
        participants=(ines(available=(1,)), hao(), hana()),
    )
    meetings = held(x0=0, x1=1, x2=2, x3=3)
    change = change_of(problem, meetings)
    assert change == Change(Easing.INTERPRETER, "interpreter", (0, 1))
    assert violations(changed(problem, change), [*meetings, Placement("m", 1)]) == []
    assert [
        each.rule for each in violations(changed(problem, replace(change, slots=(2, 3))), [*meetings, Placement("m", 1)])
    ] == [Rule.POOL_FULL]


def test_another_half_day_of_the_host_is_the_last_that_is_thought_of() -> None:
    problem = build_problem(slots=TWO_HALVES, participants=(ines(available=(3,)), hao(available=(0, 1)), hana()))
    assert change_of(problem, []) == Change(Easing.INVESTOR_HALF_DAY, "ines", (0, 1))
    bound = replace(problem, candidates=(meeting(slots=(2, 3)),))
    assert change_of(bound, []) == Change(Easing.HOST_HALF_DAY, "hao", (2, 3))


def test_where_neither_side_has_time_no_single_change_is_named() -> None:
    problem = build_problem(slots=TWO_HALVES, participants=(ines(available=()), hao(available=()), hana()))
    assert change_of(problem, []) is None


# -- others move, none is lost --------------------------------------------------------------------------------------------


def test_others_may_move_and_then_nothing_has_to_change() -> None:
    problem = build_problem(
        (meeting(), meeting("other", ("hao",), weight=500)), participants=(ines(available=(0,)), hao(), hana())
    )
    answer = told(problem, held(other=0))
    assert (answer.change, answer.slot, answer.moved, answer.gain) == (NOTHING, 0, (Placement("other", 1),), 100)


def test_what_people_have_accepted_does_not_move() -> None:
    problem = build_problem(
        (meeting(slots=(0,)), meeting("other", ("hao",), weight=500)),
        booked=(Booking("other", 0, pinned=True),),
    )
    assert change_of(problem, held(other=0)) is None


def test_moving_what_people_know_of_has_its_price() -> None:
    problem = build_problem(
        (meeting(slots=(0,)), meeting("other", ("hao",), weight=500)),
        booked=(Booking("other", 0),),
        penalties=Penalties(move=101),
    )
    assert change_of(problem, held(other=0)) is None
    cheap = replace(problem, penalties=Penalties(move=100))
    assert (change_of(cheap, held(other=0)), told(cheap, held(other=0)).gain) == (NOTHING, 0)


def chain(length: int) -> Problem:
    """Each guest can only have the slot of the next; the last can have the one that is free."""
    guests = [Participant(f"g{k}", "investor", (k, k + 1)) for k in range(length)]
    return Problem(
        "chain",
        build_slots(1, length + 1),
        (Venue("east", None),),
        ((0,),),
        (Participant("ines", "investor", (0,)), Participant("hao", "host", tuple(range(length + 1))), *guests),
        (meeting(), *(meeting(f"x{k}", (f"g{k}", "hao")) for k in range(length))),
    )


@pytest.mark.parametrize(("length", "helps"), [(1, True), (2, True), (3, True), (4, False)])
def test_three_others_may_move_and_no_more(length: int, helps: bool) -> None:
    answer = told(chain(length), held(**{f"x{k}": k for k in range(length)}))
    assert (answer.change == NOTHING) is helps
    assert len(answer.moved) == (length if helps else 0)


def test_a_schedule_that_breaks_a_rule_proves_nothing() -> None:
    problem = build_problem((meeting(), meeting("x", ("hao",)), meeting("y", ("hao",))))
    assert change_of(problem, held(x=0, y=0)) is None


def test_a_booked_candidate_has_no_reason() -> None:
    with pytest.raises(ValueError, match="is booked"):
        explain(build_problem(), held(m=0), ["m"])


def test_time_that_is_up_leaves_the_reasons() -> None:
    problem = build_problem(slots=TWO_HALVES, participants=(ines(available=(0, 1)), hao(available=(2, 3)), hana()))
    (answer,) = explain(problem, [], ["m"], seconds=0)
    assert (answer.reason.code, answer.change, answer.looked) == (Reason.NO_COMMON_SLOT, None, False)


# -- the half-days and the changed problem --------------------------------------------------------------------------------


def test_half_days_are_parted_by_the_longest_break_or_by_noon() -> None:
    assert half_days(build_slots(2, 4, lunch_after=1)) == ((0,), (1, 2, 3), (4,), (5, 6, 7))
    assert half_days(build_slots(1, 8)) == ((0, 1, 2, 3, 4, 5), (6, 7))
    assert half_days(()) == ()


def test_a_further_table_is_there_in_its_half_day_and_closed_in_the_others() -> None:
    problem = build_problem((meeting(), meeting("other", ("hana",))), slots=TWO_HALVES)
    change = Change(Easing.TABLE, "east", (2, 3))
    then = changed(problem, change)
    assert violations(then, [*held(m=2, other=2), *kept_free(problem, change)]) == []
    assert [each.rule for each in violations(then, [*held(m=1, other=1), *kept_free(problem, change)])] == [Rule.VENUE_FULL]
    assert value(then, [*held(m=2), *kept_free(problem, change)]) == value(problem, held(m=2))


def test_a_change_names_its_half_day_by_the_first_slot() -> None:
    assert change_as_data(Change(Easing.TABLE, "east", (2, 3))) == {"kind": "table", "who": "east", "slot": 2}
    assert change_as_data(Change(Easing.MEETING, "ines", most=5)) == {"kind": "meeting", "who": "ines", "most": 5}
    assert change_as_data(NOTHING) == {"kind": "nothing", "who": ""}


def every_change(problem: Problem) -> list[Change]:
    halves = half_days(problem.slots)
    shared = [(Easing.TABLE, each.id) for each in problem.venues] + [(Easing.INTERPRETER, each.id) for each in problem.pools]
    people = [(kind, p.id) for p in problem.participants for kind in (Easing.INVESTOR_HALF_DAY, Easing.MEETING)]
    days = [(Easing.MEETING_A_DAY, p.id) for p in problem.participants]
    return [NOTHING, *(Change(kind, who, half) for kind, who in shared + people + days for half in halves)]


@pytest.mark.parametrize("seed", range(0, 200, 5))
def test_the_masks_of_an_opened_plan_are_those_of_the_changed_problem(seed: int) -> None:
    """Whatever the change opens on the plan is what a plan of the changed problem has; afterwards all is as before."""
    problem = random_problem(seed)
    start = greedy_by_weight(problem)
    if violations(problem, start.meetings()):
        return
    exchange = Exchange(plan_of(problem, start.meetings()))
    plain = [exchange.plan.open_starts(c) for c in range(len(problem.candidates)) if c not in start.slot_of]
    for change in every_change(problem):
        then = plan_of(changed(problem, change), [*start.meetings(), *kept_free(problem, change)])
        left = [c for c in range(len(problem.candidates)) if c not in start.slot_of]
        with opened(exchange.plan, change):
            assert [exchange.plan.open_starts(c) for c in left] == [then.open_starts(c) for c in left]
        assert [exchange.plan.open_starts(c) for c in left] == plain


# -- every claim, tried out -----------------------------------------------------------------------------------------------


def all_schedules(problem: Problem) -> list[list[Placement]]:
    every = [
        [None, *(s for s in range(len(problem.slots)) if problem.start_masks[c] >> s & 1)] for c in range(len(problem.candidates))
    ]
    names = [each.id for each in problem.candidates]
    return [[Placement(n, s) for n, s in zip(names, slots, strict=True) if s is not None] for slots in itertools.product(*every)]


def best_with(problem: Problem, change: Change, wanted: set[str]) -> int | None:
    """The best value of a schedule of the changed problem that holds all of these."""
    then, kept = changed(problem, change), kept_free(problem, change)
    plain = replace(then, candidates=then.candidates[: len(problem.candidates)], booked=problem.booked)
    worths = [
        value(then, [*meetings, *kept])
        for meetings in all_schedules(plain)
        if wanted <= {each.candidate for each in meetings} and not violations(then, [*meetings, *kept])
    ]
    return max(worths, default=None)


def test_every_claim_about_a_tiny_problem_is_true() -> None:
    """Claims of 300 random problems, against all schedules there are."""
    claims = 0
    for seed in range(300):
        problem = random_problem(seed)
        for start in (greedy_by_weight(problem), greedy_by_gain(problem)):
            meetings = list(start.meetings())
            if not is_tiny(problem, 500) or violations(problem, meetings):
                continue
            booked, old = {each.candidate for each in meetings}, value(problem, meetings)
            wanted = [each.id for each in problem.candidates if each.id not in booked]
            for answer in explain(problem, meetings, wanted):
                if answer.change is not None:
                    claims += 1
                    best = best_with(problem, answer.change, {answer.candidate, *booked})
                    assert best is not None
                    assert best >= old + answer.gain >= old
                    assert len(answer.moved) <= whynot.MOST_MOVES
    assert claims > 50


def unmet_of(problem: Problem) -> tuple[list[Placement], list[str]]:
    meetings = list(greedy_by_weight(problem).meetings())
    booked = {each.candidate for each in meetings}
    return meetings, [each.id for each in problem.candidates if each.id not in booked]


def crowded(seed: int) -> Problem:
    """A conference with few tables and interpreters, so that every kind of change comes up."""
    problem = conference(seed=seed)
    people = [
        replace(p, max_meetings=2 + k % 3) if p.kind == "investor" else replace(p, available=p.available[: 6 + k % 7])
        for k, p in enumerate(problem.participants)
    ]
    return replace(
        problem,
        venues=tuple(replace(each, tables=1) for each in problem.venues),
        pools=(Pool("p", 2),),
        participants=tuple(people),
        candidates=tuple(replace(c, pool="p") if k % 2 else c for k, c in enumerate(problem.candidates)),
    )


def test_the_claims_about_a_conference_hold_for_the_whole_schedule() -> None:
    """What is proven around the meetings that moved is true of all: checked in full."""
    kinds = set()
    for seed in (1, 2, 3):
        problem = crowded(seed)
        meetings, wanted = unmet_of(problem)
        for answer in explain(problem, meetings, wanted):
            if answer.change is None or answer.slot is None:
                continue
            moved = {each.candidate: each.slot for each in answer.moved}
            after = [Placement(each.candidate, moved.get(each.candidate, each.slot)) for each in meetings]
            after += [Placement(answer.candidate, answer.slot), *kept_free(problem, answer.change)]
            then = changed(problem, answer.change)
            assert violations(then, after) == []
            assert value(then, after) - value(problem, meetings) == answer.gain >= 0
            kinds.add(answer.change.kind)
    assert kinds >= {Easing.NOTHING, Easing.INVESTOR_HALF_DAY, Easing.MEETING, Easing.TABLE}


def test_the_part_that_decides_says_the_same_as_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every trial of a search, the ones that break a rule too, is judged alike by the part and by the whole schedule."""
    judged = []

    def judge(problem: Problem, part: Problem, change: Change, before: dict[int, int], after: dict[int, int]) -> int | None:
        gain = gain_as_checked(problem, part, change, before, after)
        whole = {**start, **after}
        assert gain == gain_as_checked(problem, problem, change, start, whole)
        judged.append(gain)
        return gain

    problem = crowded(4)
    meetings, wanted = unmet_of(problem)
    start = {problem.candidate_index[each.candidate]: each.slot for each in meetings}
    monkeypatch.setattr(whynot, "gain_as_checked", judge)
    explain(problem, meetings, wanted)
    assert None in judged
    assert any(judged)


def test_an_order_or_a_shared_idle_time_is_asked_of_the_whole() -> None:
    problem = build_problem(
        (meeting("first", ("hana",)), meeting("second", ("hao",), after=("first",)), meeting(after=("second",))),
        venues=WIDE,
        participants=(ines(available=(1,)), hao(), hana()),
    )
    assert change_of(problem, held(first=0, second=1)) == Change(Easing.INVESTOR_HALF_DAY, "ines", (0, 1, 2, 3))
    assert change_of(problem, held(first=0)) is None


def test_answers_are_the_same_with_any_executor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whynot, "CHUNK", 7)
    problem = crowded(5)
    meetings, wanted = unmet_of(problem)
    with ThreadPoolExecutor(3) as executor:
        assert explain(problem, meetings, wanted, executor=executor) == explain(problem, meetings, wanted)


def test_candidates_may_be_of_any_shape() -> None:
    """One party alone, and one that needs two of another at once."""
    problem = build_problem(
        (Candidate("m", ("ines", "ines"), "east", 10, slots=(0,)), Candidate("n", ("hao",), "east", 10)),
        participants=(ines(capacity=2), hao(available=(0,)), hana()),
    )
    assert change_of(problem, held(n=0)) == Change(Easing.TABLE, "east", (0, 1, 2, 3))
