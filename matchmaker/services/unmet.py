"""What an investor reads of its interests that are not met, by the last published run or since: which, and why."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from matchmaker.db import db
from matchmaker.domain.interest import Level, Offer, covers, is_met
from matchmaker.domain.meeting import LIVE, Status
from matchmaker.domain.reasons import ENDED_FOR_GOOD, WhyNot
from matchmaker.models import Chain, Edition, Interest, Investor, Meeting, Project, Run, RunState, UnmetInterest
from matchmaker.services.actors import Actor
from matchmaker.services.suits import wish_of

STANDING = LIVE | {Status.HELD}
"""A meeting that takes its time, or took it."""

ENDINGS = {Status.DECLINED: WhyNot.DECLINED, Status.WITHDRAWN: WhyNot.WITHDRAWN}
"""Endings of a meeting since the last run that close its pair."""


@dataclass(frozen=True, slots=True)
class Unmet:
    """An interest that is not met, the project that came nearest, and why."""

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


def unmet_of(actor: Actor, edition: Edition, *, now: datetime) -> list[Unmet]:
    """The investor's interests that are not met: each that the last published run left so, with the first reason that was
    true, and each whose meeting has ended since, with how.

    One that has become a *no thanks* since is wanted no more; one that was booked by hand since is met.
    """
    run = last_published(edition)
    if run is None:
        return []
    rows = {row.interest_id: row for row in db.session.scalars(_rows_of(run, actor))}
    meetings, investor = _meetings_of(actor), db.session.get_one(Investor, actor.investor_id)
    wanted = _not_met(db.session.scalars(_interests_of(actor)), meetings, now=now)
    found = [_unmet(interest, rows.get(interest.id), meetings, investor, now=now) for interest in wanted]
    return [each for each in found if each is not None]


def _rows_of(run: Run, actor: Actor) -> Select[UnmetInterest]:
    mine = select(UnmetInterest).where(UnmetInterest.run_id == run.id, UnmetInterest.investor_id == actor.investor_id)
    return mine.options(joinedload(UnmetInterest.project).joinedload(Project.district))


def _interests_of(actor: Actor) -> Select[Interest]:
    stated = select(Interest).where(Interest.investor_id == actor.investor_id, Interest.level != Level.NO_THANKS)
    targets = joinedload(Interest.project), joinedload(Interest.chain), joinedload(Interest.district)
    return stated.order_by(Interest.id).options(*targets)


def _meetings_of(actor: Actor) -> list[Meeting]:
    """All meetings of the investor, whatever became of them, the latest last."""
    project = joinedload(Meeting.project)
    query = (
        select(Meeting)
        .where(Meeting.investor_id == actor.investor_id)
        .order_by(Meeting.id)
        .options(
            joinedload(Meeting.slot),
            project.joinedload(Project.district),
            project.joinedload(Project.chain).joinedload(Chain.parent).joinedload(Chain.parent).joinedload(Chain.parent),
        )
    )
    return list(db.session.scalars(query))


def _unmet(
    interest: Interest, row: UnmetInterest | None, meetings: list[Meeting], investor: Investor, *, now: datetime
) -> Unmet | None:
    """Why an interest is not met: how its pair ended for good; else what the run told; else how its last meeting ended."""
    wish = wish_of(interest)
    covered = [each for each in meetings if covers(wish, _offer_of(each.project))]
    ended = ENDINGS.get(covered[-1].status) if covered and interest.project else None
    if covered and (ended is not None or row is None):
        last = covered[-1]
        return Unmet(interest, last.project, ended or WhyNot.FELL_THROUGH, {}, own=(last,))
    if row is None:
        return None
    latest = {meeting.project_id: meeting for meeting in meetings}
    own, ended_since = _own_of(row, latest, now=now), _ended_of(row, latest, investor, now=now)
    return Unmet(interest, row.project, WhyNot(row.reason), dict(row.facts), own=own, ended=ended_since)


def _own_of(row: UnmetInterest, latest: dict[int, Meeting], *, now: datetime) -> tuple[Meeting, ...]:
    """How the pair itself ended; or what the run found in the way, if it still stands, in time order.

    `latest`: by project the investor's last meeting about it.
    """
    if row.reason in ENDED_FOR_GOOD:
        return (latest[row.project_id],) if row.project_id in latest else ()
    standing = (each for each in _in_the_way(row, latest) if _stands(each, now))
    return tuple(sorted(standing, key=lambda each: each.slot.position))


def _ended_of(row: UnmetInterest, latest: dict[int, Meeting], investor: Investor, *, now: datetime) -> int:
    """How many meetings that the run found in the way stand no more; 0 where the limits are used up all the same."""
    if row.reason in ENDED_FOR_GOOD:
        return 0
    standing = [each for each in latest.values() if _stands(each, now)]
    ended = [each for each in _in_the_way(row, latest) if not _stands(each, now)]
    a_day = Counter(each.slot.day for each in standing)
    has_room = len(standing) < investor.max_meetings and any(a_day[each.slot.day] < investor.max_per_day for each in ended)
    return len(ended) if has_room else 0


def _in_the_way(row: UnmetInterest, latest: dict[int, Meeting]) -> list[Meeting]:
    return [latest[each] for each in row.facts.get("own", ()) if each in latest]


def not_met_now(actor: Actor, interests: Iterable[Interest], *, now: datetime) -> list[Interest]:
    """Those of the investor's interests that no meeting of it meets, booked or held, as things stand now."""
    return _not_met(interests, _meetings_of(actor), now=now)


def _not_met(interests: Iterable[Interest], meetings: list[Meeting], *, now: datetime) -> list[Interest]:
    offers = [_offer_of(each.project) for each in meetings if _stands(each, now)]
    return [each for each in interests if not is_met(wish_of(each), offers)]


def _stands(meeting: Meeting, now: datetime) -> bool:
    """Whether it takes its time, or took it; a proposal that nobody answered in time does so no more."""
    return meeting.status in STANDING and not meeting.has_expired(now)


def _offer_of(project: Project) -> Offer:
    chains: list[str] = []
    chain: Chain | None = project.chain
    while chain is not None:
        chains.append(chain.code)
        chain = chain.parent
    return Offer(project.code, project.district.code, tuple(chains))
