"""The life of a meeting: every step it can take, who may take it, and what follows for the pair.

The table `STEPS` guards the actions, draws the buttons and picks the notices.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from matchmaker.domain.roles import Role


class Status(StrEnum):
    PROPOSED = "proposed"
    COUNTERED = "countered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"
    HELD = "held"
    MISSED = "missed"


LIVE = frozenset({Status.PROPOSED, Status.COUNTERED, Status.ACCEPTED})
"""A live meeting holds its slots; a pair has at most one."""

UNANSWERED = frozenset({Status.PROPOSED, Status.COUNTERED})
"""What lapses at its deadline."""


EXPIRED = "expired"
"""Where a proposal stands that nobody answered in time, as sentences are told it; no status."""


def has_expired(status: Status, deadline: datetime, now: datetime) -> bool:
    """Whether nobody answered in time: it lapses with the next night, and takes place no more whether that has run or not."""
    return status in UNANSWERED and now >= deadline


PINNED = frozenset({Status.COUNTERED, Status.ACCEPTED})
"""What a night may neither move nor leave out."""


class Action(StrEnum):
    PROPOSE = "propose"
    ACCEPT = "accept"
    AGREE = "agree"
    DECLINE = "decline"
    ASK = "ask"
    OFFER = "offer"
    TAKE = "take"
    KEEP = "keep"
    WITHDRAW = "withdraw"
    LAPSE = "lapse"
    LEAVE_OUT = "leave_out"
    MOVE = "move"
    CANCEL = "cancel"
    RECORD_HELD = "record_held"
    RECORD_MISSED = "record_missed"
    REOPEN = "reopen"


class Holds(StrEnum):
    """What a step does to the occupancy rows of the meeting."""

    FIRST = "first"  # takes the slot of the meeting, and that alone
    BOTH = "both"  # keeps the slot and takes the offered one as well
    AS_BEFORE = "as_before"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the life of a meeting. `sources` empty: the meeting does not exist yet.

    It tells the other side; an investor who says yes last is told as well, because the mail is the entry in its calendar.
    Hosts, who answer many at once, have their calendar's subscription for that.
    """

    action: Action
    sources: frozenset[Status]
    by: frozenset[Role]
    target: Status
    holds: Holds
    tells: frozenset[Role] = frozenset()
    needs_reason: bool = False


_ALL_HANDS = frozenset({Role.INVESTOR, Role.HOST, Role.ORGANISER})
_PUBLISHING = frozenset({Role.ORGANISER, Role.NIGHT})
_BOTH_SIDES = frozenset({Role.INVESTOR, Role.HOST})
_HOST = frozenset({Role.HOST})
_INVESTOR = frozenset({Role.INVESTOR})
_NOBODY_YET: frozenset[Status] = frozenset()
_UNANSWERED = frozenset({Status.PROPOSED})
_OFFERED = frozenset({Status.COUNTERED})
_AGREED = frozenset({Status.ACCEPTED})

STEPS: tuple[Step, ...] = (
    Step(Action.PROPOSE, _NOBODY_YET, _PUBLISHING, Status.PROPOSED, Holds.FIRST, _BOTH_SIDES),
    Step(Action.ACCEPT, _UNANSWERED, _HOST, Status.ACCEPTED, Holds.AS_BEFORE, _INVESTOR),
    Step(Action.AGREE, _UNANSWERED, _INVESTOR, Status.ACCEPTED, Holds.AS_BEFORE, _BOTH_SIDES),
    Step(Action.DECLINE, _UNANSWERED, _HOST, Status.DECLINED, Holds.NOTHING, _INVESTOR, needs_reason=True),
    Step(Action.ASK, _UNANSWERED, _INVESTOR, Status.PROPOSED, Holds.AS_BEFORE, _HOST),
    Step(Action.OFFER, _UNANSWERED, _HOST, Status.COUNTERED, Holds.BOTH, _INVESTOR),
    Step(Action.TAKE, _OFFERED, _INVESTOR, Status.ACCEPTED, Holds.FIRST, _BOTH_SIDES),
    Step(Action.KEEP, _OFFERED, _INVESTOR, Status.PROPOSED, Holds.FIRST, _HOST),
    Step(Action.WITHDRAW, _UNANSWERED | _OFFERED, _INVESTOR, Status.WITHDRAWN, Holds.NOTHING, _HOST),
    Step(Action.LAPSE, _UNANSWERED | _OFFERED, frozenset({Role.NIGHT}), Status.LAPSED, Holds.NOTHING, _BOTH_SIDES),
    Step(Action.LEAVE_OUT, _UNANSWERED, _PUBLISHING, Status.SUPERSEDED, Holds.NOTHING, _BOTH_SIDES, needs_reason=True),
    Step(Action.MOVE, _UNANSWERED, _PUBLISHING, Status.PROPOSED, Holds.FIRST, _BOTH_SIDES, needs_reason=True),
    Step(Action.CANCEL, _AGREED, _ALL_HANDS, Status.CANCELLED, Holds.NOTHING, _BOTH_SIDES, needs_reason=True),
    Step(Action.RECORD_HELD, _AGREED, _ALL_HANDS, Status.HELD, Holds.NOTHING),
    Step(Action.RECORD_MISSED, _AGREED, _ALL_HANDS, Status.MISSED, Holds.NOTHING),
    Step(Action.REOPEN, frozenset({Status.MISSED}), frozenset({Role.ORGANISER}), Status.MISSED, Holds.NOTHING, needs_reason=True),
)

_STEP_OF = {step.action: step for step in STEPS}


def step_for(action: Action) -> Step:
    return _STEP_OF[action]


def may_take(step: Step, status: Status | None, role: Role) -> bool:
    """Whether `role` may take this step from `status` (None: there is no meeting yet)."""
    fits = status in step.sources if status is not None else not step.sources
    return fits and role in step.by


def steps_open_to(role: Role, status: Status) -> tuple[Step, ...]:
    """The steps that `role` may take from `status`: these are the buttons of a page."""
    return tuple(step for step in STEPS if may_take(step, status, role))


def status_after(step: Step, *, investor_agreed: bool, host_agreed: bool) -> Status:
    """Where the step leads, given who has agreed once it is taken.

    A suggestion, which nobody asked for, needs the yes of both sides; until then it stays proposed.
    """
    if step.action in (Action.ACCEPT, Action.AGREE) and not (investor_agreed and host_agreed):
        return Status.PROPOSED
    return step.target


class CalendarMethod(StrEnum):
    """What a mail asks of its reader's calendar, in the words of RFC 5546."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


_TOOK_PLACE_OR_NOT = frozenset({Status.HELD, Status.MISSED})


def calendar_method(status: Status, *, was_agreed: bool) -> CalendarMethod | None:
    """What a mail about a meeting in this status asks of its reader's calendar; None: nothing.

    What both sides have agreed is entered. It stays in step with the meeting from then on, until it is struck out.
    """
    if status is Status.ACCEPTED or (was_agreed and status in LIVE):
        return CalendarMethod.REQUEST
    if was_agreed and status not in _TOOK_PLACE_OR_NOT:
        return CalendarMethod.CANCEL
    return None


LAPSES_THAT_CLOSE = 3
_CLOSING = frozenset({Status.DECLINED, Status.WITHDRAWN, Status.HELD, Status.MISSED})


@dataclass(frozen=True, slots=True)
class PastMeeting:
    """What of an earlier meeting of the pair decides whether the pair is open."""

    status: Status
    reopened: bool = False


def is_open(meetings: Iterable[PastMeeting]) -> bool:
    """Whether the pair may be proposed: no live meeting, no closing end, and not lapsed too often."""
    return not closing(list(meetings))


def closing(meetings: Sequence[PastMeeting]) -> list[int]:
    """Which of a pair's meetings keep it closed, by their positions: one that is alive, a closing end, too many lapses."""
    lapsed = [place for place, meeting in enumerate(meetings) if meeting.status is Status.LAPSED]
    closed = [
        place
        for place, meeting in enumerate(meetings)
        if meeting.status in LIVE or (meeting.status in _CLOSING and not meeting.reopened)
    ]
    return sorted([*closed, *(lapsed if len(lapsed) >= LAPSES_THAT_CLOSE else ())])


LATEST_ANSWER = time(18)
"""On the day before a meeting its proposal lapses at this hour, in conference time."""


def answer_deadline(published: datetime, slot_start: datetime, *, hours: int, zone: ZoneInfo) -> datetime:
    """When an unanswered proposal lapses: `hours` after publishing, at the latest 18:00 the day before (UTC)."""
    day_before = slot_start.astimezone(zone).date() - timedelta(days=1)
    latest = datetime.combine(day_before, LATEST_ANSWER, tzinfo=zone)
    return min(published + timedelta(hours=hours), latest).astimezone(published.tzinfo)


def may_still_be_proposed(slot_start: datetime, now: datetime, *, hours: int, zone: ZoneInfo) -> bool:
    """A slot can be promised only while there is time left to answer for it."""
    return answer_deadline(now, slot_start, hours=hours, zone=zone) > now
