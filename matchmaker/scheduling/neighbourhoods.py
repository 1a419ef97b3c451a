"""Which candidates to set free together, so that solving them anew may gain."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from random import Random

from matchmaker.scheduling.plan import Plan
from matchmaker.scheduling.problem import Problem

Neighbourhood = Callable[[Plan, Random, int], list[int]]

BRANCHES = 3


def movers(problem: Problem) -> list[int]:
    """Those whose days are made anew: the investors, or everybody where there is one kind only."""
    people = problem.participants
    investors = [who for who, person in enumerate(people) if person.kind == "investor"]
    found = investors if 0 < len(investors) < len(people) else range(len(people))
    return [who for who in found if problem.candidates_of[who]]


def anybody(plan: Plan, rng: Random, size: int) -> list[int]:
    """All candidates of people drawn at random."""
    people = movers(plan.problem)
    rng.shuffle(people)
    return _candidates_of(plan.problem, people, size)


def people_who_compete(plan: Plan, rng: Random, size: int) -> list[int]:
    """All candidates of people who would like to meet the same others."""
    people = movers(plan.problem)
    if not people:
        return []
    start = _somebody_wanting(plan, rng, people)
    return _candidates_of(plan.problem, _nearest(plan.problem, rng, start, set(people), size), size)


def those_who_are_wanted(plan: Plan, rng: Random, size: int) -> list[int]:
    """All candidates of a few hosts who are wanted by the same people, or sit at one venue."""
    problem = plan.problem
    inside = set(movers(problem))
    hosts = [w for w in range(len(problem.participants)) if w not in inside and problem.candidates_of[w]]
    if not hosts:
        return anybody(plan, rng, size)
    start = rng.choice(hosts)
    return _candidates_of(problem, _nearest(problem, rng, start, set(hosts), size), size)


def venues_on_a_day(plan: Plan, rng: Random, size: int) -> list[int]:
    """What is held on one day at a venue and the nearest others, with what is left out there."""
    problem = plan.problem
    if not problem.candidates:
        return []
    day = rng.choice(sorted(problem.day_masks))
    home = problem.venue_of[rng.randrange(len(problem.candidates))]
    near = sorted(range(len(problem.venues)), key=lambda venue: problem.travel(home, venue))
    nearness = {venue: k for k, venue in enumerate(near)}
    held, left = [], []
    for c, masks in enumerate(problem.start_masks):
        slot = plan.slot_of.get(c)
        if slot is not None and problem.day_of[slot] == day:
            held.append(c)
        elif slot is None and masks & problem.day_masks[day]:
            left.append(c)
    rng.shuffle(left)
    held.sort(key=lambda c: nearness[problem.venue_of[c]])
    left.sort(key=lambda c: nearness[problem.venue_of[c]])
    return held[: size // 2] + left[: size - size // 2]


NEIGHBOURHOODS: tuple[Neighbourhood, ...] = (
    people_who_compete,
    those_who_are_wanted,
    venues_on_a_day,
    anybody,
)


def _candidates_of(problem: Problem, people: Iterable[int], size: int) -> list[int]:
    """The candidates of these people, of at least the first and as many more as fit the size."""
    found: dict[int, None] = {}
    for who in people:
        if found and len(found) + len(problem.candidates_of[who]) > size:
            break
        found |= dict.fromkeys(problem.candidates_of[who])
    return list(found)


def _somebody_wanting(plan: Plan, rng: Random, people: Sequence[int]) -> int:
    """Of a few people drawn at random the one with most weight left out."""

    def left_out(who: int) -> int:
        candidates = plan.problem.candidates_of[who]
        return sum(plan.problem.candidates[c].weight for c in candidates if c not in plan.slot_of)

    return max(rng.sample(people, min(3, len(people))), key=left_out)


def _nearest(problem: Problem, rng: Random, start: int, inside: Collection[int], size: int) -> list[int]:
    """People from one on, over those whom they both would meet, until their candidates are many."""
    found, waiting, candidates = {start: None}, [start], 0
    while waiting and candidates < size:
        who = waiting.pop(0)
        candidates += len(problem.candidates_of[who])
        for other in _drawn(rng, _met_by(problem, who)):
            for rival in _drawn(rng, [w for w in _met_by(problem, other) if w in inside and w not in found]):
                found[rival] = None
                waiting.append(rival)
    return list(found)


def _met_by(problem: Problem, who: int) -> list[int]:
    others = (o for c in problem.candidates_of[who] for o in problem.parties_of[c] if o != who)
    return list(dict.fromkeys(others))


def _drawn(rng: Random, people: Sequence[int]) -> list[int]:
    return rng.sample(people, min(BRANCHES, len(people)))
