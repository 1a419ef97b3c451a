"""Why something was not done, moved, left out or declined: codes that pages turn into sentences."""

from enum import StrEnum


class WhyNot(StrEnum):
    """Why an interest was not met: the first of these that is true is shown."""

    NOT_YET_VETTED = "not_yet_vetted"
    NO_THANKS = "no_thanks"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"
    NOTHING_OFFERED = "nothing_offered"
    NO_COMMON_SLOT = "no_common_slot"
    FULL = "full"
    LIMITS = "limits"
    UNREACHABLE = "unreachable"
    NO_INTERPRETER = "no_interpreter"
    WOULD_COST_MORE = "would_cost_more"
    FELL_THROUGH = "fell_through"
    """It was planned, and ended since: no night tells it, and the next one tries again."""


ENDED_FOR_GOOD = frozenset({WhyNot.DECLINED, WhyNot.WITHDRAWN, WhyNot.ENDED})
"""What no later night tries again."""


class DeclineReason(StrEnum):
    """What a host can say when it declines."""

    NOT_OUR_FIELD = "not_our_field"
    SIZE_DOES_NOT_FIT = "size_does_not_fit"
    PROJECT_FILLED = "project_filled"
    TEAM_NOT_AVAILABLE = "team_not_available"
    OTHER = "other"


class CancelReason(StrEnum):
    """What anybody can say when a meeting is cancelled."""

    PLANS_CHANGED = "plans_changed"
    ILLNESS = "illness"
    TRAVEL = "travel"
    PROJECT_WITHDRAWN = "project_withdrawn"
    OTHER = "other"


class MoveReason(StrEnum):
    """Why publishing a run moved or left out a proposal."""

    NO_LONGER_WANTED = "no_longer_wanted"
    PROJECT_WITHDRAWN = "project_withdrawn"
    NO_LONGER_POSSIBLE = "no_longer_possible"
    MAKES_ROOM = "makes_room"
    DONE_WITHOUT = "done_without"
    """Left out, though nothing takes its time."""
    FOUND_ELSEWHERE = "found_elsewhere"
    """Moved, though nothing takes its time."""


class Closed(StrEnum):
    """Why a pair cannot be booked at all, the first first."""

    NOT_APPROVED = "not_approved"
    PROJECT_WITHDRAWN = "project_withdrawn"
    MEETING_EXISTS = "meeting_exists"
    INVESTOR_SAID_NO = "investor_said_no"
    HOST_SAID_NO = "host_said_no"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    HELD = "held"
    MISSED = "missed"
    NO_INTERPRETER = "no_interpreter"


class InTheWay(StrEnum):
    """Why an open pair cannot meet at a time."""

    TOO_SOON = "too_soon"
    INVESTOR_AWAY = "investor_away"
    TEAM_AWAY = "team_away"
    ATTENDS = "attends"
    INVESTOR_MEETS = "investor_meets"
    TEAM_MEETS = "team_meets"
    NO_TABLE = "no_table"
    NO_INTERPRETER = "no_interpreter"
    LIMIT_IN_ALL = "limit_in_all"
    LIMIT_A_DAY = "limit_a_day"
    TOO_FAR = "too_far"
    OTHER = "other"
