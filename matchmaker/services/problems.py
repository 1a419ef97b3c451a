"""Builds the scheduling problem from the facts of an edition, and knows which candidate is which pair or meeting."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import date
from hashlib import sha256
from json import dumps
from typing import Any

from matchmaker.domain.interest import Level
from matchmaker.domain.meeting import PINNED
from matchmaker.domain.roles import may_meet
from matchmaker.models import Meeting
from matchmaker.models import Slot as ConferenceSlot
from matchmaker.scheduling.problem import (
    Booking,
    Candidate,
    Participant,
    Penalties,
    Pool,
    Problem,
    Slot,
    Venue,
    problem_as_data,
)
from matchmaker.services.editions import zone_of
from matchmaker.services.facts import Facts
from matchmaker.services.suits import Pair


@dataclass(frozen=True)
class Built:
    """A problem, and what its names stand for."""

    problem: Problem
    pair_of: dict[str, Pair]
    meeting_of: dict[str, Meeting]
    """Candidates that are live meetings already."""

    @property
    def candidate_of(self) -> dict[Pair, str]:
        return {pair: candidate for candidate, pair in self.pair_of.items()}


@dataclass(frozen=True)
class _Shared:
    """What all candidates are built from: slots held by name, and days with more pinned than the investor takes now."""

    held: dict[str, set[int]]
    crowded: dict[int, set[date]]


def build_problem(facts: Facts) -> Built:
    """The problem of a night: every open pair that somebody wants, and everything already booked.

    Raises ProblemError where the facts make no problem.
    """
    pairs = candidate_pairs(facts)
    live = {(meeting.investor_id, meeting.project_id): meeting for meeting in facts.live}
    wanted = sorted(pair for pair, meeting in live.items() if meeting.status in PINNED or _still_wanted(facts, meeting))
    pair_of = {_name(facts, pair): pair for pair in sorted({*pairs, *wanted})}
    meeting_of = {_name(facts, pair): live[pair] for pair in wanted}
    offers = {f"offer:{name}": meeting for name, meeting in meeting_of.items() if meeting.offered_slot}
    shared = _Shared(held_positions([*meeting_of.values()]), _crowded_days(facts, meeting_of.values()))
    candidates = (
        *(_candidate(facts, name, pair, meeting_of.get(name), shared) for name, pair in pair_of.items()),
        *(_offer(facts, name, meeting, shared) for name, meeting in offers.items()),
    )
    problem = Problem(
        name=f"{facts.edition.code}",
        slots=problem_slots(facts),
        venues=tuple(Venue(venue.code, venue.tables) for venue in facts.venues),
        travel_minutes=travel_matrix(facts),
        pools=tuple(_pools_in_use(facts, candidates)),
        participants=tuple(_participants(facts, pair_of.values(), [*meeting_of.values()], shared)),
        candidates=candidates,
        booked=(*_bookings(facts, meeting_of), *_offer_bookings(facts, offers)),
        penalties=Penalties(**facts.edition.penalties),
    )
    return Built(problem, pair_of, meeting_of)


def candidate_pairs(facts: Facts) -> set[Pair]:
    """Every pair that may be proposed: open, refused by nobody, and wanted by an approved investor or suggested to it."""
    return {
        (investor_id, project_id)
        for investor_id, investor in facts.investors.items()
        if may_meet(investor.vetting)
        for project_id in projects_for(facts, investor_id)
        if facts.is_open((investor_id, project_id)) and facts.has_language_bridge((investor_id, project_id))
    }


def projects_for(facts: Facts, investor_id: int) -> list[int]:
    """The projects that an investor's interests choose, in the order stated; without interests, its suggestions."""
    stated = [wish for wish in facts.pairing.wishes[investor_id] if wish.level is not Level.NO_THANKS]
    among = {each for each in offered_to(facts, investor_id) if _may_be_chosen(facts, (investor_id, each))}
    if not stated:
        return facts.pairing.suggested_projects(investor_id, among)
    chosen = [project for wish in stated for project in facts.pairing.chosen_projects(investor_id, wish, among)]
    return list(dict.fromkeys(chosen))


def _may_be_chosen(facts: Facts, pair: Pair) -> bool:
    """A live meeting is one of the five that an interest chooses, so that no night adds five more."""
    return facts.is_open(pair) or pair in facts.live_pairs


def offered_to(facts: Facts, investor_id: int) -> list[int]:
    """Projects that are offered and that neither side refused."""
    return [
        project_id
        for project_id, project in facts.projects.items()
        if project.is_offered and not facts.pairing.is_refused(investor_id, project_id)
    ]


def input_hash(problem: Problem, *, floor_first: bool = False) -> str:
    """The same for two problems that ask for the same work, whatever they are called; with the floor first it is another."""
    asked = {each.name: getattr(problem, each.name) for each in fields(problem) if each.name != "name"}
    if floor_first:
        asked["floor_first"] = True
    return sha256(dumps(asked, sort_keys=True, separators=(",", ":"), default=vars).encode()).hexdigest()


def _name(facts: Facts, pair: Pair) -> str:
    return f"{investor_name(pair[0])}:{facts.projects[pair[1]].code}"


def investor_name(investor_id: int) -> str:
    return f"investor-{investor_id}"


def pool_name(language: str) -> str:
    return f"interpreter-{language}"


def _pools_in_use(facts: Facts, candidates: Iterable[Candidate]) -> Iterable[Pool]:
    needed = {candidate.pool for candidate in candidates}
    return (Pool(pool_name(pool.language), pool.capacity) for pool in facts.pools if pool_name(pool.language) in needed)


def _still_wanted(facts: Facts, meeting: Meeting) -> bool:
    """Whether an unanswered proposal may stay: nobody refused it meanwhile, and it is asked for or was suggested."""
    investor_id, project_id = meeting.investor_id, meeting.project_id
    if not facts.projects[project_id].is_offered or not may_meet(facts.investors[investor_id].vetting):
        return False
    if facts.pairing.is_refused(investor_id, project_id):
        return False
    return meeting.suggested or facts.pairing.wish_level(investor_id, project_id) is not None


def held_positions(meetings: Iterable[Meeting]) -> dict[str, set[int]]:
    """The slots that live meetings hold, by investor and project: both by their names in the problem."""
    held: dict[str, set[int]] = defaultdict(set)
    for meeting in meetings:
        stretches = _positions_of([meeting])
        held[investor_name(meeting.investor_id)] |= stretches
        held[meeting.project.code] |= stretches
    return held


def travel_matrix(facts: Facts) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(facts.minutes_between(a.id, b.id) for b in facts.venues) for a in facts.venues)


def problem_slots(facts: Facts) -> tuple[Slot, ...]:
    zone = zone_of(facts.edition)
    days = {day: number for number, day in enumerate(sorted({slot.day for slot in facts.slots}))}
    return tuple(
        Slot(days[slot.day], *(moment.astimezone(zone).strftime("%Y-%m-%dT%H:%M") for moment in (slot.starts_at, slot.ends_at)))
        for slot in facts.slots
    )


def _participants(facts: Facts, pairs: Iterable[Pair], meetings: list[Meeting], shared: _Shared) -> Iterable[Participant]:
    pairs = list(pairs)
    of_investor, of_project = defaultdict(list), defaultdict(list)
    for meeting in meetings:
        if meeting.status in PINNED:
            of_investor[meeting.investor_id].append(meeting)
            of_project[meeting.project_id].append(meeting)
    for investor_id in sorted({pair[0] for pair in pairs}):
        mine = of_investor[investor_id]
        plain = investor_participant(facts, investor_id, mine, shared.held[investor_name(investor_id)])
        yield _with_room_for(plain, mine)
        if investor_id in shared.crowded:
            yield _other_days(facts, plain, shared.crowded[investor_id])
    for project_id in sorted({pair[1] for pair in pairs}, key=lambda each: facts.projects[each].code):
        yield lead_participant(facts, project_id, of_project[project_id], shared.held[facts.projects[project_id].code])


def investor_participant(facts: Facts, investor_id: int, pinned: list[Meeting], held: set[int]) -> Participant:
    """An investor with its own limits. Meetings it has had count; an offered slot is no meeting of its own."""
    investor, had = facts.investors[investor_id], facts.held_by[investor_id]
    offers = sum(meeting.offered_slot is not None for meeting in pinned)
    available = facts.available.get(investor_id, set()) & (facts.proposable | held) | _positions_of(pinned)
    return Participant(
        id=investor_name(investor_id),
        kind="investor",
        available=tuple(sorted(available)),
        min_meetings=max(0, investor.min_meetings - had) + offers,
        max_meetings=max(0, investor.max_meetings - had) + offers,
        max_per_day=investor.max_per_day,
        compact=True,
    )


def _with_room_for(investor: Participant, pinned: list[Meeting]) -> Participant:
    """Limits never forbid what is pinned already."""
    most, most_today = investor.max_meetings or 0, investor.max_per_day or 0
    stretches = sum(len(_firsts_of(meeting)) for meeting in pinned)
    return replace(investor, max_meetings=max(most, stretches), max_per_day=max([most_today, *_pinned_per_day(pinned).values()]))


def _other_days(facts: Facts, investor: Participant, crowded: set[date]) -> Participant:
    """Where more is pinned on a day than an investor takes now: its limit for the other days, and no more on this one."""
    open_slots = {slot.position for slot in facts.slots if slot.day not in crowded}
    return replace(
        investor,
        id=_other_days_name(investor.id),
        kind="limit",
        available=tuple(sorted(open_slots.intersection(investor.available))),
        min_meetings=0,
        max_meetings=None,
        compact=False,
    )


def _crowded_days(facts: Facts, meetings: Iterable[Meeting]) -> dict[int, set[date]]:
    """For each investor the days on which more is pinned than it takes now."""
    pinned: dict[int, list[Meeting]] = defaultdict(list)
    for meeting in meetings:
        if meeting.status in PINNED:
            pinned[meeting.investor_id].append(meeting)
    found = {
        investor_id: {day for day, held in _pinned_per_day(mine).items() if held > facts.investors[investor_id].max_per_day}
        for investor_id, mine in pinned.items()
    }
    return {investor_id: days for investor_id, days in found.items() if days}


def _pinned_per_day(pinned: Iterable[Meeting]) -> Counter[date]:
    return Counter(slot.day for meeting in pinned for slot in _firsts_of(meeting))


def _firsts_of(meeting: Meeting) -> list[ConferenceSlot]:
    """The first slots of what a live meeting holds: its own, and an offered one."""
    return [meeting.slot] + ([meeting.offered_slot] if meeting.offered_slot else [])


def _other_days_name(investor: str) -> str:
    return f"{investor}:other-days"


def lead_participant(facts: Facts, project_id: int, pinned: list[Meeting], held: set[int]) -> Participant:
    project = facts.projects[project_id]
    every = {slot.position for slot in facts.slots}
    available = (every - facts.absent.get(project_id, set())) & (facts.proposable | held) | _positions_of(pinned)
    return Participant(id=project.code, kind="host", available=tuple(sorted(available)), capacity=project.leads)


def _positions_of(pinned: Iterable[Meeting]) -> set[int]:
    return {
        position
        for meeting in pinned
        for first in _firsts_of(meeting)
        for position in range(first.position, first.position + meeting.length)
    }


def _candidate(facts: Facts, name: str, pair: Pair, meeting: Meeting | None, shared: _Shared) -> Candidate:
    venue = facts.venue_of(pair[1])
    pool = meeting.pool if meeting else facts.pool_for(pair)
    return Candidate(
        id=name,
        participants=_parties(facts, pair, [meeting.slot.day] if meeting and meeting.status in PINNED else [], shared),
        venue=venue.code,
        weight=max(1, facts.pairing.score(*pair).value),
        length=meeting.length if meeting else 1,
        slots=_allowed_slots(facts, pair, venue.id, meeting, shared),
        pool=pool_name(pool.language) if pool else None,
    )


def _allowed_slots(facts: Facts, pair: Pair, venue_id: int, meeting: Meeting | None, shared: _Shared) -> tuple[int, ...] | None:
    """The first slots in which nothing attended is in the way and an answer could come in time; None: all of them.

    A meeting may keep its own slot however late it is, and a pinned one whatever is in the way.
    """
    held = shared.held[investor_name(pair[0])] | shared.held[facts.projects[pair[1]].code]
    blocked, late = facts.blocked(pair[0], venue_id), held - facts.proposable
    own = meeting.slot.position if meeting else None
    length = meeting.length if meeting else 1
    pinned = meeting is not None and meeting.status in PINNED

    if not blocked and not late:
        return None
    closed = {taken - ahead for taken in blocked | late for ahead in range(length)}
    if own is not None and (pinned or blocked.isdisjoint(range(own, own + length))):
        closed.discard(own)
    return tuple(first for first in range(len(facts.slots)) if first not in closed)


def _parties(facts: Facts, pair: Pair, pinned_on: Iterable[date], shared: _Shared) -> tuple[str, ...]:
    """Investor and project; and the investor's limit for other days, where one day has more than it allows now."""
    investor = investor_name(pair[0])
    crowded = shared.crowded.get(pair[0], set())
    limited = bool(crowded) and crowded.isdisjoint(pinned_on)
    return (investor, facts.projects[pair[1]].code, *([_other_days_name(investor)] if limited else []))


def _offer(facts: Facts, name: str, meeting: Meeting, shared: _Shared) -> Candidate:
    """A slot that a host offers instead is held as well: a meeting that weighs nothing, and pinned."""
    assert meeting.offered_slot is not None
    return Candidate(
        id=name,
        participants=_parties(facts, (meeting.investor_id, meeting.project_id), [meeting.offered_slot.day], shared),
        venue=facts.venue_of(meeting.project_id).code,
        weight=0,
        length=meeting.length,
        pool=pool_name(meeting.pool.language) if meeting.pool else None,
    )


def _bookings(facts: Facts, meeting_of: dict[str, Meeting]) -> list[Booking]:
    return [Booking(name, meeting.slot.position, meeting.status in PINNED) for name, meeting in meeting_of.items()]


def _offer_bookings(facts: Facts, offers: dict[str, Meeting]) -> list[Booking]:
    return [Booking(name, meeting.offered_slot.position, pinned=True) for name, meeting in offers.items() if meeting.offered_slot]


def plain_problem(built: Built, name: str) -> dict[str, Any]:
    """The problem as it is exchanged, under a name of its own."""
    return problem_as_data(built.problem) | {"name": name}
