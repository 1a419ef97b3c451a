"""Why a candidate is not booked: one case for each reason, and all of them quickly."""

import pytest

from matchmaker.scheduling.greedy import greedy_by_weight
from matchmaker.scheduling.problem import Penalties, Pool, Problem, Venue
from matchmaker.scheduling.reasons import Reason, ScheduleIndex, Unmet, unmet_reason
from matchmaker.scheduling.schedule import Placement
from tests.scheduling.builders import build_problem, build_slots, conference, hana, hao, held, ines, meeting

WIDE = (Venue("east", None), Venue("west", None))


def _reason(problem: Problem, meetings: list[Placement], candidate: str = "m") -> Unmet:
    return unmet_reason(problem, meetings, candidate)


def test_no_common_slot() -> None:
    problem = build_problem(participants=(ines(available=(0,)), hao(available=(1, 2)), hana()))
    assert _reason(problem, []) == Unmet(Reason.NO_COMMON_SLOT, {"participants": ["ines", "hao"]})


def test_the_lead_is_taken_by_better_pairs() -> None:
    problem = build_problem(
        (meeting(), meeting("better", ("hao",), weight=500), meeting("worse", ("hao",), weight=5)),
        venues=WIDE,
        participants=(ines(available=(0, 1)), hao(), hana()),
    )
    unmet = _reason(problem, held(better=0, worse=1))
    assert unmet.code is Reason.FULL
    assert unmet.facts == {"what": "lead", "hosts": ["hao"], "venue": "east", "slots": 2, "meetings": 2, "weighing_as_much": 1}


def test_the_tables_are_taken_by_better_pairs() -> None:
    problem = build_problem(
        (meeting(), meeting("better", ("hana",), weight=500)), participants=(ines(available=(2,)), hao(), hana())
    )
    unmet = _reason(problem, held(better=2))
    assert unmet.code is Reason.FULL
    assert unmet.facts == {"what": "tables", "hosts": ["hao"], "venue": "east", "slots": 1, "meetings": 1, "weighing_as_much": 1}


@pytest.mark.parametrize("limit", ["max_meetings", "max_per_day"])
def test_the_limits_are_used(limit: str) -> None:
    problem = build_problem(
        (meeting(), meeting("other", ("ines", "hana"))), venues=WIDE, participants=(ines(**{limit: 1}), hao(), hana())
    )
    used = {"meetings": 1, "weighing_as_much": 1}
    assert _reason(problem, held(other=0)) == Unmet(Reason.LIMITS, {"participant": "ines", "limit": limit, "most": 1} | used)


@pytest.mark.parametrize(("limit", "meetings"), [("max_meetings", 2), ("max_per_day", 1)])
def test_the_limits_tell_how_much_their_own_meetings_weigh(limit: str, meetings: int) -> None:
    """Ines is free for this one on the first day only; a limit of a day is used by the meetings of that day."""
    problem = build_problem(
        (meeting(), meeting("lighter", ("ines", "hana"), weight=5), meeting("later", ("ines", "hana"), weight=500)),
        venues=WIDE,
        participants=(ines(**{limit: 2 if limit == "max_meetings" else 1}), hao(available=(0, 1)), hana()),
        slots=build_slots(2, 2),
    )
    unmet = _reason(problem, held(lighter=0, later=2))
    heavier = meetings - 1
    assert (unmet.facts["meetings"], unmet.facts["weighing_as_much"]) == (meetings, heavier)


def test_it_cannot_be_reached_between_other_meetings() -> None:
    problem = build_problem(
        (meeting(), meeting("other", ("ines", "hana"), "west")), participants=(ines(available=(0, 1, 2)), hao(), hana())
    )
    assert _reason(problem, held(other=1)) == Unmet(Reason.UNREACHABLE, {"participant": "ines", "slots": 3})


def test_no_interpreter() -> None:
    problem = build_problem([meeting(pool="interpreter")], pools=(Pool("interpreter", 0),))
    assert _reason(problem, []) == Unmet(Reason.NO_INTERPRETER, {"pool": "interpreter", "slots": 4})


def test_it_waits_for_another_that_is_not_booked() -> None:
    problem = build_problem((meeting("first"), meeting(after=("first",))))
    assert _reason(problem, []) == Unmet(Reason.NOT_AFTER, {"after": ["first"]})


def test_it_would_fit_and_cost_more() -> None:
    problem = build_problem(
        (meeting(weight=1), meeting("other", ("ines", "hana"))),
        participants=(ines(compact=True, available=(0, 3)), hao(), hana()),
        penalties=Penalties(idle_slot=9),
    )
    assert _reason(problem, held(other=0)) == Unmet(Reason.WOULD_COST_MORE, {"slot": 3, "gain": -17})


def test_a_booked_candidate_has_no_reason() -> None:
    with pytest.raises(ValueError, match="is booked"):
        _reason(build_problem(), held(m=0))


def test_every_candidate_left_out_of_a_conference_has_its_reason() -> None:
    problem = conference()
    meetings = greedy_by_weight(problem).meetings()
    reasons = dict(ScheduleIndex(problem, meetings).unmet_reasons())
    assert len(reasons) == len(problem.candidates) - len(meetings)
    assert all(reason == unmet_reason(problem, meetings, name) for name, reason in list(reasons.items())[:5])
