"""Timefold, a local search over constraint streams, in Python on Java.

Source: Timefold Solver 1.24 (Apache licence), in the way of its quickstarts: a planning entity for every candidate, whose
first slot may stay unassigned, hard constraints for the rules and soft ones for the objective (`timefold_model`).

It begins with greedy by weight (in a next night: with what people were told, filled up) rather than with its own
construction, which needs most of the time for so many entities; then comes its default local search, on one thread, since
more need another licence. It searches for the whole limit: what its Python package needs before and after, to turn the
instance into Java objects and back, is shown in the seconds and not taken off. Only schedules without a hard violation count.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from typing import Any

from benchmarks.peers.greedy import start_plan
from benchmarks.peers.problem import UNLIMITED, Problem
from benchmarks.peers.telling import Teller, Unsupported

LOCAL_SEARCH = '<solver xmlns="https://timefold.ai/xsd/solver"><localSearch/></solver>'


def prepare(problem: Problem) -> None:
    """Start Java and let it translate the constraints."""
    _must_be_supported(problem)
    if shutil.which("java") is None:
        raise Unsupported("there is no Java on the path")
    try:
        _factory(seed=1, seconds=1.0)
    except ImportError as error:
        raise Unsupported(f"it is not installed here ({error}); benchmarks/requirements.txt names it") from error


def run(problem: Problem, teller: Teller, workers: int) -> None:
    from benchmarks.peers import timefold_model as model

    plan = start_plan(problem)
    teller.found(plan.slot_of)
    diary = _diary(problem, plan.slot_of, model)
    solver = _factory(teller.seed, teller.seconds).build_solver()
    constant = problem.price_of_nothing - problem.price["shortfall"] * sum(person.least for person in problem.people)
    _listen(solver, teller, plan.slot_of, constant)
    answer = solver.solve(diary)
    if answer.score.hard_score == 0:
        teller.found({meeting.number: meeting.start.slots[0] for meeting in answer.meetings if meeting.start is not None})
    teller.end()


def _factory(seed: int, seconds: float) -> Any:
    from timefold.solver import SolverFactory, config

    from benchmarks.peers import timefold_model as model

    return SolverFactory.create(
        config.SolverConfig(
            solution_class=model.Diary,
            entity_class_list=[model.Meeting],
            environment_mode=config.EnvironmentMode.NO_ASSERT,
            random_seed=seed,
            score_director_factory_config=config.ScoreDirectorFactoryConfig(constraint_provider_function=model.rules),
            termination_config=config.TerminationConfig(spent_limit=config.Duration(milliseconds=int(1000 * seconds))),
            xml_source_text=LOCAL_SEARCH,
        )
    )


def _must_be_supported(problem: Problem) -> None:
    """Raises Unsupported where the instance asks for what the model does not have."""
    limited = [
        p for p, person in enumerate(problem.people) if person.most < UNLIMITED or person.daily < UNLIMITED or person.least
    ]
    lacking = {
        "idle periods": problem.price["idle_period"] or problem.idle_spread is not None,
        "required or pinned meetings": problem.pinned or any(it.required for it in problem.candidates),
        "meetings after others": any(it.after for it in problem.candidates),
        "meetings of other than two": any(len(it.people) != 2 for it in problem.candidates),
        "limits of a host": any(problem.party(c) != p for p in limited for c in problem.candidates_of[p]),
    }
    for what, is_there in lacking.items():
        if is_there:
            raise Unsupported(f"its model has no {what}")


def _diary(problem: Problem, placed: Mapping[int, int], model: Any) -> Any:
    """The instance as the classes of the model; starts, places, pools and people are shared."""
    starts: dict[tuple[int, int], Any] = {}
    for it in problem.candidates:
        for first in it.starts:
            if (first, it.length) not in starts:
                slots = list(it.covers(first))
                begins, ends = problem.begins[first], problem.ends[slots[-1]]
                starts[first, it.length] = model.Start(len(starts), problem.day[first], begins, ends, slots)
    places = [model.Place(v, tables, [int(minutes) for minutes in problem.travel[v]]) for v, tables in enumerate(problem.tables)]
    pools = [model.Pool(q, list(serves)) for q, serves in enumerate(problem.serves)]
    price = problem.price
    people = [
        model.Someone(p, it.capacity, it.most, it.daily, it.least, price["shortfall"], price["idle_slot"] if it.compact else 0)
        for p, it in enumerate(problem.people)
    ]
    meetings = []
    for c, it in enumerate(problem.candidates):
        told = problem.told.get(c, [-1])[0]
        ways = [starts[first, it.length] for first in it.starts]
        pool = pools[it.pool] if it.pool >= 0 else None
        start = starts[placed[c], it.length] if c in placed else None
        party, other = people[problem.party(c)], people[problem.other(c)]
        meetings.append(
            model.Meeting(c, it.weight, price["drop"], price["move"], told, party, other, places[it.venue], pool, ways, start)
        )
    return model.Diary(meetings)


def _listen(solver: Any, teller: Teller, placed: Mapping[int, int], constant: int) -> None:
    """Tell each better score. The listener of the Python package turns every best schedule into Python objects, which takes
    longer than finding it; this one asks Java for the score alone."""
    from jpype import JImplements, JOverride

    def told(self: object, event: Any) -> None:
        score = event.getNewBestScore()
        if score.hardScore() == 0:
            teller.found(placed, int(score.softScore()) + constant)

    listener = JImplements("ai.timefold.solver.core.api.solver.event.SolverEventListener")(
        type("Listener", (), {"bestSolutionChanged": JOverride(told)})
    )
    solver._delegate.addEventListener(listener())
