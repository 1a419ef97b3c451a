"""Which changes would have met how many interests: counted over a run, and over the interests of one investor."""

from collections import Counter
from collections.abc import Iterable
from json import dumps, loads
from typing import Any

from sqlalchemy import func, select

from matchmaker.db import db
from matchmaker.models import Run, UnmetInterest
from matchmaker.scheduling.changes import Easing
from matchmaker.services.unmet import Unmet

OWN = (Easing.INVESTOR_HALF_DAY, Easing.MEETING, Easing.MEETING_A_DAY)
"""What an investor can change by itself."""
MOST_TOLD = 5


def count_helps(run: Run) -> dict[Easing, int]:
    """For how many interests of the run each kind of change is the cheapest that is proven, in the order of the kinds."""
    kind = UnmetInterest.facts["change"]["kind"].as_string()
    found: dict[str, int] = dict(
        db.session.execute(select(kind, func.count()).where(UnmetInterest.run_id == run.id).group_by(kind)).all()
    )
    return {each: found[each.value] for each in Easing if each.value in found}


def openings_of(unmet: Iterable[Unmet]) -> list[tuple[dict[str, Any], int]]:
    """The changes that are the investor's own to make, each with the number of interests it would have met, most first."""
    changes = [change for each in unmet if (change := each.change) and change["kind"] in OWN]
    counts = Counter(
        dumps({name: fact for name, fact in change.items() if name != "moves"}, sort_keys=True) for change in changes
    )
    return [(loads(change), count) for change, count in counts.most_common(MOST_TOLD)]
