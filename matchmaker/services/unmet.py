"""What an investor reads of its interests that the last published run did not meet: which, and why."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from matchmaker.db import db
from matchmaker.domain.interest import Level, Offer, is_met
from matchmaker.domain.meeting import LIVE, Status
from matchmaker.domain.reasons import ENDED_FOR_GOOD, WhyNot
from matchmaker.models import Chain, Edition, Interest, Investor, Meeting, Project, Run, RunState, UnmetInterest
from matchmaker.services.actors import Actor
from matchmaker.services.suits import wish_of

STANDING = LIVE | {Status.HELD}
"""A meeting that takes its time, or took it."""


@dataclass(frozen=True, slots=True)
class Unmet:
    """An interest that the last published run did not meet, the project that came nearest, and why."""

    interest: Interest
    project: Project | None
    why: WhyNot
    facts: dict[str, object]
    own: tuple[Meeting, ...] = ()
    """The investor's own meetings that the reason is about, those that still stand."""
    ended: int = 0
    """How many of its own meetings that were in the way have ended since, where that leaves room for one more."""

    @property
    def change(self) -> dict[str, Any] | None:
        """The change that was proven to help; none where room has been left since, so that nothing need be changed."""
        found = self.facts.get("change")
        return found if isinstance(found, dict) and not self.ended else None


def last_published(edition: Edition) -> Run | None:
    """The run whose schedule the published diary comes from; None before the first one."""
    published = select(Run).where(Run.edition_id == edition.id, Run.state == RunState.PUBLISHED)
    return db.session.scalars(published.order_by(Run.published_at.desc(), Run.id.desc()).limit(1)).first()


def unmet_of(actor: Actor, edition: Edition) -> list[Unmet]:
    """The investor's interests that the last published run did not meet, each with the first reason that was true.

    One that has become a *no thanks* since is wanted no more; one that was booked by hand since is met.
    """
    run = last_published(edition)
    if run is None:
        return []
    query = (
        select(UnmetInterest)
        .join(Interest, Interest.id == UnmetInterest.interest_id)
        .where(UnmetInterest.run_id == run.id, UnmetInterest.investor_id == actor.investor_id)
        .where(Interest.level != Level.NO_THANKS)
        .options(
            joinedload(UnmetInterest.project).joinedload(Project.district),
            joinedload(UnmetInterest.interest).options(
                joinedload(Interest.project), joinedload(Interest.chain), joinedload(Interest.district)
            ),
        )
        .order_by(UnmetInterest.interest_id)
    )
    rows = list(db.session.scalars(query))
    wanted = {each.id for each in not_met_now(actor, [row.interest for row in rows])}
    meetings = _meetings_by_project(actor)
    investor = db.session.get_one(Investor, actor.investor_id)
    return [
        Unmet(
            row.interest,
            row.project,
            WhyNot(row.reason),
            dict(row.facts),
            own=_own_of(row, meetings),
            ended=_ended_of(row, meetings, investor),
        )
        for row in rows
        if row.interest_id in wanted
    ]


def _meetings_by_project(actor: Actor) -> dict[int, Meeting]:
    """The investor's latest meeting about each project, whatever became of it."""
    query = (
        select(Meeting)
        .where(Meeting.investor_id == actor.investor_id)
        .order_by(Meeting.id)
        .options(joinedload(Meeting.slot), joinedload(Meeting.project))
    )
    return {meeting.project_id: meeting for meeting in db.session.scalars(query)}


def _own_of(row: UnmetInterest, meetings: dict[int, Meeting]) -> tuple[Meeting, ...]:
    """How the pair itself ended; or what the run found in the way, if it still stands, in time order."""
    if row.reason in ENDED_FOR_GOOD:
        return (meetings[row.project_id],) if row.project_id in meetings else ()
    named = [meetings[each] for each in row.facts.get("own", ()) if each in meetings]
    return tuple(sorted((each for each in named if each.status in STANDING), key=lambda each: each.slot.position))


def _ended_of(row: UnmetInterest, meetings: dict[int, Meeting], investor: Investor) -> int:
    """How many meetings that the run found in the way stand no more; 0 where the limits are used up all the same."""
    if row.reason in ENDED_FOR_GOOD:
        return 0
    standing = [each for each in meetings.values() if each.status in STANDING]
    named = [meetings[each] for each in row.facts.get("own", ()) if each in meetings]
    ended = [each for each in named if each.status not in STANDING]
    a_day = Counter(each.slot.day for each in standing)
    has_room = len(standing) < investor.max_meetings and any(a_day[each.slot.day] < investor.max_per_day for each in ended)
    return len(ended) if has_room else 0


def not_met_now(actor: Actor, interests: Iterable[Interest]) -> list[Interest]:
    """Those of the investor's interests that no meeting of it meets, booked or held, as things stand now."""
    query = (
        select(Project)
        .join(Meeting, Meeting.project_id == Project.id)
        .where(Meeting.investor_id == actor.investor_id, Meeting.status.in_(STANDING))
        .options(
            joinedload(Project.district),
            joinedload(Project.chain).joinedload(Chain.parent).joinedload(Chain.parent).joinedload(Chain.parent),
        )
    )
    offers = [_offer_of(project) for project in db.session.scalars(query)]
    return [each for each in interests if not is_met(wish_of(each), offers)]


def _offer_of(project: Project) -> Offer:
    chains: list[str] = []
    chain: Chain | None = project.chain
    while chain is not None:
        chains.append(chain.code)
        chain = chain.parent
    return Offer(project.code, project.district.code, tuple(chains))
