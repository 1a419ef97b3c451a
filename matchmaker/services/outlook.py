"""What an investor can still do about what was not met: changes of its own that are proven, and where none is, what else."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from matchmaker.db import db
from matchmaker.domain.calendar import Half
from matchmaker.domain.interest import Level
from matchmaker.domain.reasons import ENDED_FOR_GOOD, WhyNot
from matchmaker.domain.roles import Vetting, may_meet
from matchmaker.models import Edition, Interest, Investor, Project
from matchmaker.scheduling.changes import Easing
from matchmaker.services.actors import Actor
from matchmaker.services.editions import meetings_are_over
from matchmaker.services.investors import availability_of
from matchmaker.services.openings import openings_of
from matchmaker.services.stays import Gain, HalfDay, gains_by_hours, lacking_half_days
from matchmaker.services.suits import load_pairing, wish_of
from matchmaker.services.unmet import Unmet, last_published, not_met_now

Opening = tuple[dict[str, Any], int]
"""A change, and how many interests it would have met."""


MAY_STILL_STAND = frozenset({WhyNot.NO_THANKS, WhyNot.NOTHING_OFFERED})
"""Reasons that no night takes away: somebody has to change a mind."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What helps, or could. Where a change of its own is proven, the investor reads of nothing that is not."""

    openings: tuple[Opening, ...] = ()
    """The investor's own changes that are proven and still to be made."""
    made: int = 0
    """Proven changes that it has made since, so that the next night uses them."""
    by_others: int = 0
    """Interests for which a change is proven that is somebody else's to make."""
    freed: int = 0
    """Interests for which a meeting that was in the way has ended since: nothing need be changed."""
    tried_again: int = 0
    """Unmet interests that the next night tries by itself."""
    waits_for_vetting: bool = False
    """Nothing helps before the organisation is approved."""
    is_refused: bool = False
    """The organisation gets no meetings in this edition."""
    is_over: bool = False
    """No slot is still to come."""
    gains: tuple[Gain, ...] = ()
    """Half-days that bring more interests within reach, by the hours of the hosts."""
    lacks_half_days: bool = False
    """There are half-days to come that the investor has not given."""


@dataclass(frozen=True, slots=True)
class Blank:
    """Why there is nothing unmet to tell."""

    first_night_ahead: bool
    """No schedule has been published yet."""
    stated_since: int
    """Interests stated since the last schedule, which the next night tries."""


def outlook_of(actor: Actor, edition: Edition, unmet: list[Unmet], *, now: datetime) -> Outlook:
    """What the investor whose interests these are can do about them."""
    if not unmet:
        return Outlook()
    if meetings_are_over(edition, now=now):
        return Outlook(is_over=True)
    investor = db.session.get_one(Investor, actor.investor_id)
    if not may_meet(investor.vetting):
        refused = investor.vetting is Vetting.REFUSED
        return Outlook(waits_for_vetting=not refused, is_refused=refused)
    tried_again = _count_tried_again(actor, edition, unmet)
    available = availability_of(actor)
    lacking = lacking_half_days(edition, available, now=now)
    proven = openings_of(unmet)
    openings = tuple(each for each in proven if not _is_made(each[0], investor, lacking))
    freed = sum(bool(each.ended) for each in unmet)
    outlook = Outlook(openings, made=len(proven) - len(openings), freed=freed, tried_again=tried_again)
    if openings:
        return outlook
    helped = sum(bool(each.change) for each in unmet) if not proven else 0
    gains = tuple(gains_by_hours(actor, edition, available, now=now))
    return replace(outlook, by_others=helped, gains=gains, lacks_half_days=bool(lacking))


def _count_tried_again(actor: Actor, edition: Edition, unmet: list[Unmet]) -> int:
    """How many the next night tries by itself: not what has ended for good, nor what is still refused or not offered."""
    assert actor.investor_id is not None
    open_ones = [each for each in unmet if each.why not in ENDED_FOR_GOOD]
    asked = [each for each in open_ones if each.why in MAY_STILL_STAND]
    if not asked:
        return len(open_ones)
    pairing = load_pairing(edition, investor_ids=[actor.investor_id])
    offered = set(db.session.scalars(select(Project.id).where(Project.edition_id == edition.id, Project.is_offered)))
    possible = {each for each in offered if not pairing.is_refused(actor.investor_id, each)}
    stand = sum(possible.isdisjoint(pairing.covered_projects(wish_of(each.interest))) for each in asked)
    return len(open_ones) - stand


def blank_of(actor: Actor, edition: Edition, *, now: datetime) -> Blank:
    """Why an investor with interests reads of none that was not met."""
    run = last_published(edition)
    if run is None:
        return Blank(first_night_ahead=True, stated_since=0)
    since = (
        select(Interest)
        .where(Interest.investor_id == actor.investor_id, Interest.level != Level.NO_THANKS)
        .where(Interest.stated_at >= run.started_at)
        .options(joinedload(Interest.project), joinedload(Interest.chain), joinedload(Interest.district))
    )
    return Blank(first_night_ahead=False, stated_since=len(not_met_now(actor, db.session.scalars(since), now=now)))


def _is_made(change: dict[str, Any], investor: Investor, lacking: set[HalfDay]) -> bool:
    """Whether the investor has changed this already since the night that proved it."""
    match change["kind"]:
        case Easing.INVESTOR_HALF_DAY:
            return (date.fromisoformat(change["day"]), Half(change["half"])) not in lacking
        case Easing.MEETING:
            return investor.max_meetings >= int(change["most"])
        case Easing.MEETING_A_DAY:
            return investor.max_per_day >= int(change["most"])
        case _:
            return False
