"""Where one more meeting could be put: asked of the checker, with the diary as it stands around one pair."""

from datetime import datetime

from sqlalchemy import select

from matchmaker.db import db
from matchmaker.domain.rules import Broken, RuleBroken
from matchmaker.models import Activity, Edition, InterpreterPool, Investor, Meeting, Project, Slot, Venue
from matchmaker.scheduling.check import Rule, Violation, violations
from matchmaker.scheduling.problem import Candidate, Participant, Pool, Problem
from matchmaker.scheduling.problem import Venue as PlaceWithTables
from matchmaker.scheduling.schedule import Placement
from matchmaker.services.facts import read_facts
from matchmaker.services.problems import (
    held_positions,
    investor_name,
    investor_participant,
    lead_participant,
    pool_name,
    problem_slots,
    travel_matrix,
)
from matchmaker.services.suits import Pair

ASKED = "asked"
"""The name of the meeting in question; the others are called by their ids."""

KEPT_BY_THE_DATABASE = frozenset({Rule.PARTICIPANT_FULL, Rule.VENUE_FULL, Rule.POOL_FULL})
"""Rules that the unique constraint on occupancy keeps; an action that writes leaves them to it."""


class Surroundings:
    """One pair and every live meeting that could be in its way, but for the meeting that is itself in question."""

    def __init__(self, pair: Pair, *, now: datetime, meeting: Meeting | None = None) -> None:
        investor, project = db.session.get_one(Investor, pair[0]), db.session.get_one(Project, pair[1])
        edition = db.session.get_one(Edition, investor.edition_id)
        venue = db.session.scalars(select(Venue).where(Venue.district_id == project.district_id)).one()
        near = (Meeting.investor_id == pair[0]) | (Meeting.project_id == pair[1]) | (Meeting.venue_id == venue.id)
        self.facts = read_facts(edition, now=now, live=near | Meeting.pool_id.is_not(None), pair=pair)
        self.pair, self.venue, self.now = pair, venue, now
        self.pool = meeting.pool if meeting else self.facts.pool_for(pair)
        self.length = meeting.length if meeting else 1
        self.others = [each for each in self.facts.live if meeting is None or each.id != meeting.id]
        self.problem = self._problem()
        self.held = [
            (Placement(name, slot.position), each.length, self._is_theirs(each))
            for each in self.others
            for name, slot in _held_by(each)
        ]
        self.before = {_key(each) for each in violations(self.problem, [placement for placement, _, _ in self.held])}

    def held_at(self, investor_id: int | None, position: int) -> tuple[Meeting | None, Slot | None]:
        """The meeting in which the investor, or for None the project's team, is at this time, and which slot of it that is."""
        return next(
            (
                (each, slot)
                for each in self.others
                if (each.project_id == self.pair[1] if investor_id is None else each.investor_id == investor_id)
                for _, slot in _held_by(each)
                if 0 <= position - slot.position < each.length
            ),
            (None, None),
        )

    def held_named(self, name: str) -> tuple[Meeting, Slot]:
        """A meeting by its name in the problem, and which slot of it that is."""
        return next((each, slot) for each in self.others for held, slot in _held_by(each) if held == name)

    def faults_at(self, slot: Slot) -> list[Violation]:
        """What a meeting of the pair from this slot on would break that is not broken already."""
        found = violations(self.problem, [*self._around(slot), Placement(ASKED, slot.position)])
        return [each for each in found if _key(each) not in self.before]

    def feasible_slots(self) -> list[Slot]:
        """All first slots from which the pair could meet, in time order."""
        possible = [slot for slot in self.facts.slots if slot.position in self.facts.proposable and not self.is_blocked(slot)]
        return [slot for slot in possible if not self.faults_at(slot)]

    def attended_at(self, slot: Slot) -> list[Activity]:
        """The programme items of the investor that are too close to a meeting of the pair from this slot on."""
        return [
            each
            for each in self.facts.attended.get(self.pair[0], ())
            if not self.facts.blocked_by(each, self.venue.id).isdisjoint(self._stretch(slot))
        ]

    def _stretch(self, slot: Slot) -> range:
        return range(slot.position, slot.position + self.length)

    def is_blocked(self, slot: Slot) -> bool:
        """Whether something attended keeps the investor from a meeting of the pair from this slot on."""
        return not self.facts.blocked(self.pair[0], self.venue.id).isdisjoint(self._stretch(slot))

    def require_feasible(self, slot: Slot) -> None:
        """Refuse a slot that travel, limits or availability forbid; a double booking is the database's to refuse.

        Raises RuleBroken: SLOT_IN_THE_PAST, ACTIVITY_CLASHES, SLOT_NOT_FEASIBLE (with the rule that is broken).
        """
        if slot.position not in self.facts.proposable:
            raise RuleBroken(Broken.SLOT_IN_THE_PAST, "slot")
        if self.is_blocked(slot):
            raise RuleBroken(Broken.ACTIVITY_CLASHES, "slot")
        faults = [each for each in self.faults_at(slot) if each.rule not in KEPT_BY_THE_DATABASE]
        if faults:
            raise RuleBroken(Broken.SLOT_NOT_FEASIBLE, "slot", rule=faults[0].rule.value)

    def _around(self, slot: Slot) -> list[Placement]:
        """What could be in the way: every meeting of the two themselves, and of all others those at the same time."""
        first, behind = slot.position, slot.position + self.length
        return [
            placement
            for placement, length, is_theirs in self.held
            if is_theirs or (placement.slot < behind and first < placement.slot + length)
        ]

    def _is_theirs(self, meeting: Meeting) -> bool:
        return meeting.investor_id == self.pair[0] or meeting.project_id == self.pair[1]

    def _problem(self) -> Problem:
        facts, (investor_id, project_id) = self.facts, self.pair
        held = held_positions(self.others)
        mine = [each for each in self.others if each.investor_id == investor_id]
        leads = [each for each in self.others if each.project_id == project_id]
        project = facts.projects[project_id]
        everybody = [
            investor_participant(facts, investor_id, mine, held[investor_name(investor_id)]),
            lead_participant(facts, project_id, leads, held[project.code]),
            *(self._crowd(venue) for venue in facts.venues),
        ]
        return Problem(
            name="around one pair",
            slots=problem_slots(facts),
            venues=tuple(PlaceWithTables(venue.code, venue.tables) for venue in facts.venues),
            travel_minutes=travel_matrix(facts),
            pools=tuple(Pool(pool_name(pool.language), pool.capacity) for pool in facts.pools),
            participants=tuple(everybody),
            candidates=(self._asked(project), *(self._other(each, name) for each in self.others for name, _ in _held_by(each))),
        )

    def _crowd(self, venue: Venue) -> Participant:
        """Everybody else at a venue: they take tables and interpreters, and are never in two places."""
        every = tuple(slot.position for slot in self.facts.slots)
        return Participant(id=_crowd_name(venue.code), kind="others", available=every, capacity=1 + 2 * len(self.others))

    def _asked(self, project: Project) -> Candidate:
        return Candidate(
            id=ASKED,
            participants=(investor_name(self.pair[0]), project.code),
            venue=self.venue.code,
            weight=0,
            length=self.length,
            pool=_pool(self.pool),
        )

    def _other(self, meeting: Meeting, name: str) -> Candidate:
        venue = next(each for each in self.facts.venues if each.id == meeting.venue_id)
        known = [investor_name(self.pair[0])] if meeting.investor_id == self.pair[0] else []
        known += [meeting.project.code] if meeting.project_id == self.pair[1] else []
        return Candidate(
            id=name,
            participants=tuple(known) or (_crowd_name(venue.code),),
            venue=venue.code,
            weight=0,
            length=meeting.length,
            pool=_pool(meeting.pool),
        )


def _held_by(meeting: Meeting) -> list[tuple[str, Slot]]:
    """What a live meeting holds, each stretch under a name of its own: its slot, and one that is offered."""
    held = [(f"meeting-{meeting.id}", meeting.slot)]
    return held + ([(f"offer-{meeting.id}", meeting.offered_slot)] if meeting.offered_slot else [])


def _pool(pool: InterpreterPool | None) -> str | None:
    return pool_name(pool.language) if pool else None


def _crowd_name(venue_code: str) -> str:
    return f"others-{venue_code}"


def _key(violation: Violation) -> tuple[str, str]:
    return violation.rule.value, repr(sorted(violation.facts.items()))
