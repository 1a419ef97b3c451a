"""What one more table, interpreter or half-day of a team would bring a whole night, in interests met."""

from collections.abc import Iterable
from typing import Any

from matchmaker.scheduling.gains import Gain, best_changes
from matchmaker.scheduling.schedule import Placement
from matchmaker.services.changes import ToldChanges
from matchmaker.services.explaining import met_interests
from matchmaker.services.facts import Facts
from matchmaker.services.problems import Built


def bottlenecks_of(facts: Facts, built: Built, placements: Iterable[Placement], *, seconds: float) -> list[dict[str, Any]]:
    """The changes that would have met the most interests more, the best first, each with how many.

    Counted in a checked schedule that is worth no less and loses no meeting, against what the same effort brings in
    without the change.
    """
    told = ToldChanges(facts, built)
    found = []
    for gain in best_changes(built.problem, placements, seconds=seconds):
        change, more = told.told(gain.change), _interests_more(facts, built, gain)
        if change is not None and more:
            found.append({"change": change, "interests": more})
    return sorted(found, key=lambda each: -each["interests"])


def _interests_more(facts: Facts, built: Built, gain: Gain) -> int:
    """The interests that the schedule meets and would not meet without the candidates that the change brought in."""
    more = set(gain.more)
    after = {each.candidate for each in gain.meetings if each.candidate in built.pair_of}

    def met(names: set[str]) -> int:
        return len(met_interests(facts, facts.interests, [built.pair_of[name] for name in names]))

    return met(after) - met(after - more)
