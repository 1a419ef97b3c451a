"""Booking by hand, before anybody tries: who can be booked, what closes a pair, and what is in the way at which time."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import set_committed_value

from matchmaker.db import db
from matchmaker.domain.interest import Level, covers
from matchmaker.domain.meeting import LIVE, PastMeeting, closing
from matchmaker.domain.reasons import Closed, InTheWay
from matchmaker.domain.roles import Vetting, may_meet
from matchmaker.domain.rules import Broken, RuleBroken
from matchmaker.models import District, Edition, Interest, Investor, Meeting, Project, Slot
from matchmaker.scheduling.check import Rule, Violation
from matchmaker.services.actors import Missing
from matchmaker.services.names import name_order
from matchmaker.services.problems import investor_name
from matchmaker.services.slots import ASKED, Surroundings
from matchmaker.services.suits import wish_of

_REFUSED_AS = {
    Closed.NOT_APPROVED: (Broken.NOT_APPROVED, "investor"),
    Closed.PROJECT_WITHDRAWN: (Broken.PROJECT_WITHDRAWN, "project"),
    Closed.MEETING_EXISTS: (Broken.MEETING_EXISTS, "project"),
    Closed.NO_INTERPRETER: (Broken.SLOT_TAKEN, "slot"),
}
_PLAIN = {
    Rule.VENUE_FULL: InTheWay.NO_TABLE,
    Rule.POOL_FULL: InTheWay.NO_INTERPRETER,
    Rule.TOO_MANY_MEETINGS: InTheWay.LIMIT_IN_ALL,
    Rule.TOO_MANY_ON_A_DAY: InTheWay.LIMIT_A_DAY,
}

MEETS = frozenset({InTheWay.INVESTOR_MEETS, InTheWay.TEAM_MEETS})
"""A side is in another meeting at the time itself."""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One thing that closes a pair, or is in its way at a time, with its facts.

    `meeting`: the one that it is about; `slot`: of what that holds, the one that is in the way.
    """

    code: Closed | InTheWay
    meeting: Meeting | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    slot: Slot | None = None

    @property
    def is_offered(self) -> bool:
        """Whether it is about a time that the meeting holds because it was offered instead of its own."""
        return self.meeting is not None and self.slot is not None and self.slot.id == self.meeting.offered_slot_id

    @property
    def held(self) -> tuple[int | None, int | None]:
        """Which slot of which meeting it is about."""
        return self.meeting.id if self.meeting else None, self.slot.id if self.slot else None

    @property
    def key(self) -> str:
        """The same for what is told alike."""
        return repr((self.code, self.held, sorted(self.facts.items())))


Timed = tuple[Obstacle, tuple[tuple[Slot, Slot], ...]]
"""What is in the way, and when: stretches of consecutive slots of a day, each by its first and its last."""


@dataclass(frozen=True, slots=True)
class DaysInTheWay:
    """What is in the way on some days in a row, on each the same and at the same hours; the times are those of the first."""

    days: tuple[date, ...]
    obstacles: tuple[Timed, ...]

    @property
    def lines(self) -> list[tuple[Timed, ...]]:
        """What is told in one line: the meetings of a side together, everything else by itself."""
        together = groupby(self.obstacles, key=lambda each: each[0].code if each[0].code in MEETS else each[0].key)
        return [tuple(found) for _, found in together]


@dataclass(frozen=True, slots=True)
class Bookable:
    """A pair, what closes it, and where nothing does: the slots in which it could meet, and why it could not in the others."""

    investor: Investor
    project: Project
    score: int
    closed: tuple[Obstacle, ...] = ()
    slots: tuple[Slot, ...] = ()
    in_the_way: tuple[tuple[Slot, tuple[Obstacle, ...]], ...] = ()

    @property
    def by_day(self) -> list[DaysInTheWay]:
        days = groupby(self.in_the_way, key=lambda each: each[0].day)
        told = [(day, tuple(_with_times(list(of_day)))) for day, of_day in days]
        alike = [list(found) for _, found in groupby(told, key=lambda each: [_hours(timed) for timed in each[1]])]
        return [DaysInTheWay(tuple(day for day, _ in found), found[0][1]) for found in alike]

    def obstacles_at(self, slot_id: int | None) -> tuple[Slot, tuple[Obstacle, ...]] | None:
        """A slot that is not possible, with what is in the way."""
        return next((each for each in self.in_the_way if each[0].id == slot_id), None)


def investors_to_book(edition: Edition) -> list[Investor]:
    """The approved organisations by name, Chinese ones by their Latin spelling."""
    approved = (Investor.edition_id == edition.id, Investor.vetting == Vetting.APPROVED)
    found = db.session.scalars(select(Investor).where(*approved).order_by(Investor.id))
    return sorted(found, key=lambda investor: name_order(investor.name))


def projects_to_book(edition: Edition) -> list[Project]:
    """The projects that are offered, by district and code."""
    offered = select(Project).where(Project.edition_id == edition.id, Project.is_offered)
    by_district = offered.join(District, District.id == Project.district_id).order_by(District.code, Project.code)
    return list(db.session.scalars(by_district.options(joinedload(Project.district))))


def bookable(edition: Edition, investor_id: int, project_id: int, *, now: datetime) -> Bookable:
    """Whether, when and why not a pair could be booked by hand. Raises Missing."""
    investor, project = db.session.get(Investor, investor_id), db.session.get(Project, project_id)
    if (
        investor is None
        or project is None
        or project.published_at is None
        or {investor.edition_id, project.edition_id} != {edition.id}
    ):
        raise Missing((investor_id, project_id))
    around = Surroundings((investor_id, project_id), now=now)
    score = around.facts.pairing.score(investor_id, project_id).value
    closed = what_closes(around)
    if closed:
        return Bookable(investor, project, score, closed)
    _load_names(around)
    told = [(slot, tuple(in_the_way_at(around, slot))) for slot in around.facts.slots]
    free = tuple(slot for slot, obstacles in told if not obstacles)
    return Bookable(investor, project, score, slots=free, in_the_way=tuple(each for each in told if each[1]))


def require_open(around: Surroundings) -> None:
    """Refuse a pair that may not be proposed, with the first that closes it; `book_by_hand` says with which codes."""
    for first in what_closes(around):
        code, place = _REFUSED_AS.get(Closed(first.code), (Broken.PAIR_CLOSED, "project"))
        raise RuleBroken(code, place)


# -- the pair ----------------------------------------------------------------------------------------------------------


def what_closes(around: Surroundings) -> tuple[Obstacle, ...]:
    """Everything that keeps the pair from being proposed; nothing where it may be."""
    order = list(Closed)
    found = [*_standing(around), *_marks(around), *_meetings(around)]
    if not around.facts.has_language_bridge(around.pair):
        investor, project = around.facts.investors[around.pair[0]], around.facts.projects[around.pair[1]]
        found.append(Obstacle(Closed.NO_INTERPRETER, None, {"ours": investor.languages, "theirs": project.languages}))
    return tuple(sorted(found, key=lambda each: order.index(Closed(each.code))))


def _standing(around: Surroundings) -> Iterator[Obstacle]:
    investor, project = around.facts.investors[around.pair[0]], around.facts.projects[around.pair[1]]
    if not may_meet(investor.vetting):
        yield Obstacle(Closed.NOT_APPROVED)
    if not project.is_offered:
        yield Obstacle(Closed.PROJECT_WITHDRAWN, None, _named(project.district))


def _marks(around: Surroundings) -> Iterator[Obstacle]:
    """Each *no thanks* of the investor that covers the project, and that of the district."""
    investor_id, project_id = around.pair
    query = (
        select(Interest)
        .where(Interest.investor_id == investor_id, Interest.level == Level.NO_THANKS)
        .order_by(Interest.id)
        .options(joinedload(Interest.project), joinedload(Interest.chain), joinedload(Interest.district))
    )
    pairing = around.facts.pairing
    for interest in db.session.scalars(query):
        if covers(wish_of(interest), pairing.offers[project_id]):
            yield Obstacle(Closed.INVESTOR_SAID_NO, None, _named(interest.thing))
    if pairing.mark_level(investor_id, project_id) is Level.NO_THANKS:
        yield Obstacle(Closed.HOST_SAID_NO, None, _named(around.facts.projects[project_id].district))


def _meetings(around: Surroundings) -> Iterator[Obstacle]:
    """The meetings of the pair that close it; of proposals that lapsed the last one speaks for all."""
    investor_id, project_id = around.pair
    query = select(Meeting).where(Meeting.investor_id == investor_id, Meeting.project_id == project_id).order_by(Meeting.id)
    meetings = list(db.session.scalars(query.options(joinedload(Meeting.slot))))
    found: dict[Closed, Meeting] = {}
    for place in closing([PastMeeting(each.status, each.reopened_at is not None) for each in meetings]):
        meeting = meetings[place]
        found[Closed.MEETING_EXISTS if meeting.status in LIVE else Closed(meeting.status.value)] = meeting
    for code, meeting in found.items():
        yield Obstacle(code, meeting, {"status": meeting.standing(around.now), "starts_at": meeting.slot.starts_at})


def _named(thing: Any) -> dict[str, str]:
    name = "title" if isinstance(thing, Project) else "name"
    return {"what_en": getattr(thing, f"{name}_en"), "what_zh": getattr(thing, f"{name}_zh")}


# -- the times ---------------------------------------------------------------------------------------------------------


def in_the_way_at(around: Surroundings, slot: Slot) -> list[Obstacle]:
    """Everything that keeps the pair from meeting from this slot on; nothing where it could."""
    if slot.position not in around.facts.proposable:
        return [Obstacle(InTheWay.TOO_SOON)]
    faults = [_obstacle(around, slot, fault) for fault in around.faults_at(slot)]
    attended = [
        Obstacle(InTheWay.ATTENDS, None, {"what_en": each.title_en, "what_zh": each.title_zh})
        for each in around.attended_at(slot)
    ]
    order = list(InTheWay)
    found = {each.key: each for each in sorted([*attended, *faults], key=lambda each: order.index(InTheWay(each.code)))}
    met = {each.held for each in found.values() if each.code in MEETS}
    return [each for each in found.values() if each.code is not InTheWay.TOO_FAR or each.held not in met]


def _obstacle(around: Surroundings, slot: Slot, fault: Violation) -> Obstacle:
    """A broken rule of the checker as an organiser can act on it."""
    facts, ours = fault.facts, fault.facts.get("participant") == investor_name(around.pair[0])
    match fault.rule:
        case Rule.NOT_AVAILABLE:
            return Obstacle(InTheWay.INVESTOR_AWAY if ours else InTheWay.TEAM_AWAY)
        case Rule.PARTICIPANT_FULL:
            code = InTheWay.INVESTOR_MEETS if ours else InTheWay.TEAM_MEETS
            meeting, held = around.held_at(around.pair[0] if ours else None, int(facts["slot"]))
            return Obstacle(code, meeting, slot=held)
        case Rule.TOO_FAR:
            other = next(each for each in facts["candidates"] if each != ASKED)
            meeting, held = around.held_named(other)
            return Obstacle(InTheWay.TOO_FAR, meeting, {"needed": facts["needed"]}, held)
        case Rule.POOL_FULL if around.pool:
            return Obstacle(InTheWay.NO_INTERPRETER, None, {"language": around.pool.language})
        case rule if rule in _PLAIN:
            return Obstacle(_PLAIN[rule], None, {name: facts[name] for name in ("most", "tables") if name in facts})
        case _:
            return Obstacle(InTheWay.OTHER)


def _hours(timed: Timed) -> tuple[str, list[tuple[time, time]]]:
    """The same for what is told alike about two days."""
    obstacle, stretches = timed
    return obstacle.key, [(first.starts_at.time(), last.ends_at.time()) for first, last in stretches]


def _with_times(of_day: list[tuple[Slot, tuple[Obstacle, ...]]]) -> Iterator[Timed]:
    """Each obstacle of a day once, with its slots, those that follow on another joined."""
    slots: dict[str, list[Slot]] = defaultdict(list)
    named: dict[str, Obstacle] = {}
    for slot, obstacles in of_day:
        for each in obstacles:
            named[each.key] = each
            slots[each.key].append(slot)
    order = list(InTheWay)
    for key, obstacle in sorted(named.items(), key=lambda each: order.index(InTheWay(each[1].code))):
        yield obstacle, tuple(_stretches(slots[key]))


def _stretches(slots: list[Slot]) -> Iterator[tuple[Slot, Slot]]:
    first = last = slots[0]
    for slot in slots[1:]:
        if slot.starts_at != last.ends_at:
            yield first, last
            first = slot
        last = slot
    yield first, last


def _load_names(around: Surroundings) -> None:
    """The investors of the meetings that could be named, in one look."""
    theirs = [each for each in around.others if each.project_id == around.pair[1]]
    query = select(Investor).where(Investor.id.in_({each.investor_id for each in theirs}))
    investors = {each.id: each for each in db.session.scalars(query)}
    for meeting in theirs:
        set_committed_value(meeting, "investor", investors[meeting.investor_id])
