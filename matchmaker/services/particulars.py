"""What stands behind a reason exactly: the days and times of both sides, and what of the investor's own is in the way.

Nothing of another investor is among it, so that all of it may be told to the investor.
"""

from collections.abc import Iterable
from typing import Any

from matchmaker.domain.interest import Level
from matchmaker.domain.reasons import WhyNot
from matchmaker.domain.roles import Role
from matchmaker.scheduling.bits import in_a_row, mask_of, slots_in
from matchmaker.scheduling.reasons import ScheduleIndex
from matchmaker.services.facts import Facts
from matchmaker.services.problems import Built, investor_name, investor_participant, lead_participant
from matchmaker.services.suits import Pair

MOST_HALF_DAYS = 3


def particulars_of(
    facts: Facts, built: Built, index: ScheduleIndex, pair: Pair, why: WhyNot, *, name: str | None
) -> dict[str, Any]:
    """More facts about why a pair, the candidate `name` if it is one, is not booked; none where the reason says it all."""
    match why:
        case WhyNot.NO_THANKS:
            return {"whose": whose_no_thanks(facts, pair)}
        case WhyNot.NO_COMMON_SLOT:
            return _times_of_both(facts, pair)
        case WhyNot.FULL if name:
            starts = built.problem.start_masks[built.problem.candidate_index[name]]
            return {"days": _days(facts, slots_in(starts))}
        case WhyNot.LIMITS | WhyNot.UNREACHABLE if name:
            candidate = built.problem.candidate_index[name]
            found = _in_the_way(index, candidate, investor_name(pair[0]), why)
            named = (built.problem.candidates[each].id.removeprefix("offer:") for each in found)
            return {"own": list(dict.fromkeys(built.pair_of[each][1] for each in named))}
        case WhyNot.NO_INTERPRETER if pool := facts.pool_for(pair):
            return {"language": pool.language}
        case _:
            return {}


def whose_no_thanks(facts: Facts, pair: Pair) -> list[str]:
    """Which of the two sides, or both, said *no thanks* to the other."""
    said = {
        Role.INVESTOR: facts.pairing.wish_level(*pair),
        Role.HOST: facts.pairing.mark_level(*pair),
    }
    return [role.value for role, level in said.items() if level is Level.NO_THANKS]


def _times_of_both(facts: Facts, pair: Pair) -> dict[str, Any]:
    """Whether each side has times at all, whether what the investor attends takes the common ones, when the team is there."""
    investor = set(investor_participant(facts, pair[0], [], set()).available)
    team = set(lead_participant(facts, pair[1], [], set()).available)
    blocked = facts.blocked(pair[0], facts.venue_of(pair[1]).id)
    common = investor & team
    there = sorted(team - investor - blocked)
    half_days = dict.fromkeys((facts.slots[each].day.isoformat(), facts.slots[each].half.value) for each in there)
    return {
        "ours": bool(investor),
        "theirs": bool(team),
        "attends": bool(common) and common <= blocked,
        "team_there": [list(each) for each in list(half_days)[:MOST_HALF_DAYS]],
    }


def _days(facts: Facts, positions: Iterable[int]) -> list[str]:
    return list(dict.fromkeys(facts.slots[each].day.isoformat() for each in positions))


def _in_the_way(index: ScheduleIndex, candidate: int, investor: str, why: WhyNot) -> list[int]:
    """The investor's booked candidates that use its limit, or that take or surround the times that were left, in time order."""
    problem, plan = index.problem, index.plan
    who = next(each for each in problem.parties_of[candidate] if problem.participants[each].id == investor)
    mine = sorted(plan.meetings_of[who].items(), key=lambda each: each[1])
    left = _left_by_hosts(index, candidate, who)
    if why is WhyNot.LIMITS and not plan.has_meetings_left(who):
        return [each for each, _ in mine]
    if why is WhyNot.LIMITS:
        days = {problem.day_of[each] for each in slots_in(left)}
        return [each for each, (first, _, _) in mine if problem.day_of[first] in days]
    there = problem.venue_of[candidate]

    def takes(first: int, last: int, where: int) -> int:
        away = plan.travel.too_close(where, there, first, last) if where != there else 0
        return away | mask_of(range(first, last + 1))

    return [each for each, stretch in mine if left & takes(*stretch)]


def _left_by_hosts(index: ScheduleIndex, candidate: int, investor: int) -> int:
    """The first slots in which the team and a table are free, whatever the investor does."""
    problem, plan = index.problem, index.plan
    taken = plan.venue_closed[problem.venue_of[candidate]]
    for who in problem.parties_of[candidate]:
        if who != investor and problem.participants[who].kind == "host":
            taken |= plan.closed[who]
    return problem.start_masks[candidate] & in_a_row(~taken, problem.candidates[candidate].length)
