"""What one more table, interpreter or half-day brings a night: counted in schedules that hold."""

from dataclasses import replace

from matchmaker.scheduling.changes import Change, Easing, changed, kept_free
from matchmaker.scheduling.check import value, violations
from matchmaker.scheduling.gains import best_changes
from matchmaker.scheduling.greedy import greedy_by_weight
from matchmaker.scheduling.problem import Pool, Problem, Venue
from tests.scheduling.builders import build_problem, build_slots, conference, hana, hao, held, ines, meeting


def one_table(free: int = 4) -> Problem:
    """Four hosts' meetings at one table; it has so many slots."""
    return build_problem(
        (meeting("a", ("ines",)), meeting("b", ("hao",)), meeting("c", ("hana",))),
        slots=build_slots(1, free),
        participants=tuple(each(available=(0,)) for each in (ines, hao, hana)),
    )


def test_a_table_more_brings_the_meetings_that_waited_for_it() -> None:
    problem = one_table(1)
    (gain,) = best_changes(problem, held(a=0), seconds=60)
    assert (gain.change, gain.value) == (Change(Easing.TABLE, "east", (0,)), 100)
    assert gain.more == ("b",)
    assert {each.candidate for each in gain.meetings} == {"a", "b"}


def test_what_fits_anyhow_is_no_change_s_merit() -> None:
    assert best_changes(build_problem(), [], seconds=60) == []


def test_of_a_schedule_that_breaks_a_rule_nothing_is_told() -> None:
    assert best_changes(one_table(1), held(a=0, b=0), seconds=60) == []


def test_without_time_nothing_is_told() -> None:
    assert best_changes(one_table(1), held(a=0), seconds=0) == []


def test_every_gain_is_shown_by_a_schedule_that_loses_nothing() -> None:
    problem = conference(investors=40)
    problem = replace(
        problem,
        venues=tuple(Venue(each.id, 1) for each in problem.venues),
        pools=(Pool("p", 1),),
        candidates=tuple(replace(c, pool="p") if k % 3 == 0 else c for k, c in enumerate(problem.candidates)),
    )
    meetings = greedy_by_weight(problem).meetings()
    gains = best_changes(problem, meetings, seconds=60)
    assert {(each.change.kind, each.change.who) for each in gains} == {(Easing.TABLE, f"v{k}") for k in range(4)}
    assert [len(each.more) for each in gains] == sorted((len(each.more) for each in gains), reverse=True)
    for gain in gains:
        then, now = changed(problem, gain.change), [*gain.meetings, *kept_free(problem, gain.change)]
        assert violations(then, now) == []
        assert value(then, now) - value(problem, meetings) == gain.value >= 0
        assert {each.candidate for each in meetings} | set(gain.more) <= {each.candidate for each in gain.meetings}
