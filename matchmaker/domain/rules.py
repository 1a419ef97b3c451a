"""How a broken rule is told: by a code, the field it concerns and plain facts, never by prose."""

from enum import StrEnum


class Broken(StrEnum):
    """The rules that an action may break. `phrases.py` has the sentence for each."""

    NOT_ALLOWED = "not_allowed"
    NOT_POSSIBLE_NOW = "not_possible_now"
    SOMEBODY_WAS_QUICKER = "somebody_was_quicker"
    SLOT_TAKEN = "slot_taken"
    SLOT_NOT_FEASIBLE = "slot_not_feasible"
    SLOT_IN_THE_PAST = "slot_in_the_past"
    SLOT_UNKNOWN = "slot_unknown"
    STAY_CONTRADICTS = "stay_contradicts"
    DEADLINE_PASSED = "deadline_passed"
    REASON_NEEDED = "reason_needed"
    PAIR_CLOSED = "pair_closed"
    NOT_APPROVED = "not_approved"
    NOT_CONFIRMED = "not_confirmed"
    ALREADY_DECIDED = "already_decided"
    PROJECT_WITHDRAWN = "project_withdrawn"
    TARGET_UNKNOWN = "target_unknown"
    TOO_MANY_MUST_MEET = "too_many_must_meet"
    HOLDS_MEETING = "holds_meeting"
    ACTIVITY_FULL = "activity_full"
    ACTIVITY_CLASHES = "activity_clashes"
    ACTIVITY_OVER = "activity_over"
    LIMITS_CONTRADICT = "limits_contradict"
    TOO_LONG = "too_long"
    EMPTY = "empty"
    EMPTY_IN_BOTH = "empty_in_both"
    EMAIL_TAKEN = "email_taken"
    EMAIL_INVALID = "email_invalid"
    LANGUAGE_UNKNOWN = "language_unknown"
    ZONE_UNKNOWN = "zone_unknown"
    COUNTRY_UNKNOWN = "country_unknown"
    CHAIN_UNKNOWN = "chain_unknown"
    DISTRICT_UNKNOWN = "district_unknown"
    SIZE_CONTRADICTS = "size_contradicts"
    NO_EDITION = "no_edition"
    PASSWORD_SHORT = "password_short"
    PASSWORD_GUESSABLE = "password_guessable"
    PHONE_INVALID = "phone_invalid"
    WEBSITE_INVALID = "website_invalid"
    TOO_MANY = "too_many"
    NUMBER_OUTSIDE = "number_outside"
    WEIGHTS_DISORDERED = "weights_disordered"
    DRAFT_OUTDATED = "draft_outdated"
    MEETING_EXISTS = "meeting_exists"
    WEIGHTS_EXCEED = "weights_exceed"
    PROJECT_MEETS = "project_meets"
    TEAM_BOOKED = "team_booked"
    LEAD_MEETS = "lead_meets"
    DUE_BEFORE_MEETING = "due_before_meeting"
    OTHER_TIME_ASKED = "other_time_asked"
    COLLEAGUE_LEFT = "colleague_left"


class RuleBroken(Exception):
    """An action was refused; nothing was stored.

    `field` names the form field that the rule is about, where there is one; `facts` are plain values for the sentence.
    """

    def __init__(self, code: Broken, field: str | None = None, **facts: object) -> None:
        super().__init__(code.value, field, facts)
        self.code = code
        self.field = field
        self.facts = facts
