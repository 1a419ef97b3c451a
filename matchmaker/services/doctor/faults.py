"""What can be wrong with what is stored, each with the sentence that tells it to whoever runs the installation."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Wrong(StrEnum):
    """One invariant each. `SENTENCES` says what is wrong where it does not hold."""

    HELD_TOO_LITTLE = "held_too_little"
    HELD_TOO_MUCH = "held_too_much"
    HELD_AFTER_THE_END = "held_after_the_end"
    TAKEN_TWICE = "taken_twice"
    OVER_CAPACITY = "over_capacity"
    RESOURCES_MISCOUNTED = "resources_miscounted"
    SLOTS_APART = "slots_apart"
    ELSEWHERE = "elsewhere"
    EDITIONS_MIXED = "editions_mixed"
    NO_HISTORY = "no_history"
    HISTORY_GAP = "history_gap"
    HISTORY_ENDS_ELSEWHERE = "history_ends_elsewhere"
    STEP_UNKNOWN = "step_unknown"
    STEP_WITHOUT_REASON = "step_without_reason"
    SEQUENCE_BEHIND = "sequence_behind"
    AGREED_BY_NOBODY = "agreed_by_nobody"
    DEADLINE_LATE = "deadline_late"
    OUTCOME_WITHOUT_MEETING = "outcome_without_meeting"
    NOT_LAPSED = "not_lapsed"
    PAIR_TWICE = "pair_twice"
    CLOSED_PAIR_PROPOSED = "closed_pair_proposed"
    NOT_VETTED = "not_vetted"
    NOT_AVAILABLE = "not_available"
    LEAD_AWAY = "lead_away"
    TOO_FAR = "too_far"
    ATTENDS_ELSEWHERE = "attends_elsewhere"
    TOO_MANY_MEETINGS = "too_many_meetings"
    TOO_MANY_MUST_MEET = "too_many_must_meet"
    RUN_NOT_APPLIED = "run_not_applied"
    RUN_NOT_SCHEDULED = "run_not_scheduled"
    RUN_MISREPORTED = "run_misreported"
    NOT_TOLD = "not_told"
    UNMET_UNEXPLAINED = "unmet_unexplained"
    MET_EXPLAINED_AWAY = "met_explained_away"


SENTENCES: Mapping[Wrong, str] = {
    Wrong.HELD_TOO_LITTLE: "meeting {meeting} is {status} and has no {kind} in slot {slot}",
    Wrong.HELD_TOO_MUCH: "meeting {meeting} has resource {resource} ({kind}) in slot {slot}, which it should not have",
    Wrong.HELD_AFTER_THE_END: "meeting {meeting} is {status} and still holds {rows} rows of occupancy",
    Wrong.TAKEN_TWICE: "resource {resource} ({kind}) is in slot {slot} for the meetings {meetings}",
    Wrong.OVER_CAPACITY: "in slot {slot} the {kind} {owner} has {meetings} meetings at once, and room for {capacity}",
    Wrong.RESOURCES_MISCOUNTED: "the {kind} {owner} has the numbers {numbers}, and should have 1 to {capacity}",
    Wrong.SLOTS_APART: "meeting {meeting} takes {length} slots from slot {slot} on, which do not follow on",
    Wrong.ELSEWHERE: "meeting {meeting} is at venue {venue}, which is not the one of its project's district",
    Wrong.EDITIONS_MIXED: "meeting {meeting} refers to things of different editions",
    Wrong.NO_HISTORY: "meeting {meeting} has no history",
    Wrong.HISTORY_GAP: "step {change} of meeting {meeting} begins at {begins}, and the one before ended at {ended}",
    Wrong.HISTORY_ENDS_ELSEWHERE: "meeting {meeting} is {stored}, and its history ends at {told}",
    Wrong.STEP_UNKNOWN: "step {change} of meeting {meeting} ({action} by {role}, {begins} to {ends}) is not allowed",
    Wrong.STEP_WITHOUT_REASON: "step {change} of meeting {meeting} ({action}) gives no reason",
    Wrong.SEQUENCE_BEHIND: "meeting {meeting} has sequence {sequence} after {changes} changes",
    Wrong.AGREED_BY_NOBODY: "meeting {meeting} is {status} without the {side}'s yes",
    Wrong.OUTCOME_WITHOUT_MEETING: "outcome {outcome} is of meeting {meeting}, which is {status} and not held",
    Wrong.DEADLINE_LATE: "meeting {meeting} may be answered until {deadline}, later than {latest}",
    Wrong.NOT_LAPSED: "meeting {meeting} was to lapse at {deadline}, and run {run} after that left it {status}",
    Wrong.PAIR_TWICE: "investor {investor} and project {project} have several live meetings: {meetings}",
    Wrong.CLOSED_PAIR_PROPOSED: "meeting {meeting} was proposed although the pair was closed by {meetings}",
    Wrong.NOT_VETTED: "meeting {meeting} is {status}, and its investor {investor} is {vetting}",
    Wrong.NOT_AVAILABLE: "meeting {meeting} is in slot {slot}, when investor {investor} is not available",
    Wrong.LEAD_AWAY: "meeting {meeting} is in slot {slot}, when the lead of project {project} is away",
    Wrong.TOO_FAR: "investor {investor} has {gap} minutes between meetings {meetings}, and the way takes {minutes}",
    Wrong.ATTENDS_ELSEWHERE: "investor {investor} cannot be at programme item {activity} and in meeting {meeting}",
    Wrong.TOO_MANY_MEETINGS: "investor {investor} has {meetings} meetings {on}, and takes {most}",
    Wrong.TOO_MANY_MUST_MEET: "{who} {id} says must meet {stated} times, and {most} are allowed",
    Wrong.RUN_NOT_APPLIED: "run {run} put meeting {meeting} into slot {slot}, and the history of the meeting does not say so",
    Wrong.RUN_NOT_SCHEDULED: "run {run} put meeting {meeting} into slot {slot}, which is not in its schedule",
    Wrong.RUN_MISREPORTED: "run {run} reports {what} as {reported}, and it is {found}",
    Wrong.NOT_TOLD: "account {account} was not told of {action} of meeting {meeting}",
    Wrong.UNMET_UNEXPLAINED: "run {run} gives no reason why interest {interest} was not met",
    Wrong.MET_EXPLAINED_AWAY: "run {run} says why interest {interest} was not met, and meeting {meeting} meets it",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One invariant that does not hold, and the rows it is about, by their ids.

    `is_warning`: a person may have caused it by changing limits or absences after the fact; the next night sees to it.
    """

    code: Wrong
    facts: Mapping[str, Any] = field(default_factory=dict)
    is_warning: bool = False

    def __str__(self) -> str:
        return SENTENCES[self.code].format(**self.facts)
