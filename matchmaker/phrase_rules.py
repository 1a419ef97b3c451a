"""What every broken rule says, in English; `phrase_tables.py` has all other codes."""

from enum import StrEnum

from matchmaker.domain.rules import Broken


def N_(english: str) -> str:
    """Marks a text for the catalogues."""
    return english


RULES: dict[StrEnum, str] = {
    Broken.NOT_ALLOWED: N_("This is not yours to change. Nothing was changed."),
    Broken.NOT_POSSIBLE_NOW: N_("This is no longer possible: the meeting has changed meanwhile. Nothing was changed."),
    Broken.SOMEBODY_WAS_QUICKER: N_(
        "This was changed a moment ago, by somebody else or in another window of yours. "
        "Nothing of yours was stored; please look at it again."
    ),
    Broken.SLOT_TAKEN: N_("This time has just been taken. Nothing was changed; please choose another time."),
    Broken.SLOT_NOT_FEASIBLE: N_("This time does not fit: somebody would be elsewhere or could not arrive in time."),
    Broken.SLOT_IN_THE_PAST: N_("This time is too close or has passed. Please choose a later one."),
    Broken.STAY_CONTRADICTS: N_(
        "You cannot leave before you arrive. Please choose a later last half-day or an earlier first one."
    ),
    Broken.SLOT_UNKNOWN: N_("The conference has no meetings at this time."),
    Broken.DEADLINE_PASSED: N_("The time to answer has passed. The proposal has lapsed."),
    Broken.REASON_NEEDED: N_("Please give a reason; the other side will read it."),
    Broken.PAIR_CLOSED: N_("These two will not be proposed again in this edition."),
    Broken.NOT_APPROVED: N_("This organisation has not been approved for meetings."),
    Broken.NOT_CONFIRMED: N_("Nobody of this organisation has confirmed an e-mail address yet, so it cannot be approved."),
    Broken.ALREADY_DECIDED: N_("This was decided already. Nothing was changed."),
    Broken.PROJECT_WITHDRAWN: N_("This project has been withdrawn."),
    Broken.TARGET_UNKNOWN: N_("There is no such project, chain, district or organisation in this edition."),
    Broken.TOO_MANY_MUST_MEET: N_("You may mark at most %(limit)s as “must meet”. Please lower another one first."),
    Broken.HOLDS_MEETING: N_("A meeting depends on this. Nothing was changed; please cancel the meeting first."),
    Broken.ACTIVITY_FULL: N_("All %(capacity)s places of this programme item are taken."),
    Broken.ACTIVITY_CLASHES: N_("This is too close to something else in your diary."),
    Broken.ACTIVITY_OVER: N_("This programme item is over."),
    Broken.LIMITS_CONTRADICT: N_("These limits contradict each other."),
    Broken.TOO_LONG: N_("This is too long: at most %(limit)s are allowed."),
    Broken.EMPTY: N_("Please fill this in."),
    Broken.EMPTY_IN_BOTH: N_("Please fill this in, in English or in Chinese: one of the two is enough."),
    Broken.EMAIL_TAKEN: N_("There is an account with this e-mail address already."),
    Broken.EMAIL_INVALID: N_("This is not a complete e-mail address, such as name@example.org."),
    Broken.LANGUAGE_UNKNOWN: N_("This language is not on the list."),
    Broken.ZONE_UNKNOWN: N_("This time zone is not on the list."),
    Broken.COUNTRY_UNKNOWN: N_("This country or region is not on the list."),
    Broken.CHAIN_UNKNOWN: N_("This industrial chain is not part of this edition."),
    Broken.DISTRICT_UNKNOWN: N_("This district is not part of this edition."),
    Broken.SIZE_CONTRADICTS: N_("Please give both sizes, the smaller one first."),
    Broken.NO_EDITION: N_("There is no such edition of the conference yet. Load a catalogue first."),
    Broken.PASSWORD_SHORT: N_("Please use at least %(limit)s characters. A sentence that only you know is a good password."),
    Broken.PASSWORD_GUESSABLE: N_("This password is easy to guess. Please use a less regular one without your address."),
    Broken.PHONE_INVALID: N_("This is not a complete phone number with its area code, such as +86\u00a021\u00a01234\u00a05678."),
    Broken.WEBSITE_INVALID: N_("This is not a web address, such as www.example.org."),
    Broken.TOO_MANY: N_("Please choose at most %(limit)s."),
    Broken.NUMBER_OUTSIDE: N_("Please give a whole number from %(least)s to %(most)s."),
    Broken.WEIGHTS_DISORDERED: N_("The weaker of two reasons cannot bring more points than the stronger one."),
    Broken.DRAFT_OUTDATED: N_("The data have changed so much that this draft can no longer be used. Please start another night."),
    Broken.MEETING_EXISTS: N_("These two have a meeting already. Nothing was changed."),
    Broken.WEIGHTS_EXCEED: N_(
        "With these weights a perfect pair could reach %(points)s points, and a score ends at "
        "%(most)s. Please lower some of them."
    ),
    Broken.PROJECT_MEETS: N_(
        "This project still has meetings to come. Nothing was changed; please decline or cancel them first."
    ),
    Broken.TEAM_BOOKED: N_(
        "On %(starts_at)s the team has more meetings at once than that. Nothing was changed; please "
        "offer another time for one of them first."
    ),
    Broken.LEAD_MEETS: N_(
        "The team has meetings in these hours. Nothing was changed; please offer another time or cancel first."
    ),
    Broken.OTHER_TIME_ASKED: N_("The investor asks for another time. Please answer this one by itself."),
    Broken.COLLEAGUE_LEFT: N_("This colleague has left your team. Nothing was changed; please choose another one."),
    Broken.DUE_BEFORE_MEETING: N_("This date is before the meeting. Please choose the day of the meeting or a later one."),
}
