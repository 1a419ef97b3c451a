"""What every code of the core says, in English; `phrases.py` finds the translation and puts the facts in."""

from enum import StrEnum

from matchmaker.domain.calendar import Half
from matchmaker.domain.catalogue import (
    ActivityKind,
    Basis,
    DayKind,
    DistrictKind,
    OpportunityBasis,
    PartnerCategory,
    PolicyArea,
    ProjectKind,
    SessionMark,
    Stage,
)
from matchmaker.domain.interest import Level, Target
from matchmaker.domain.meeting import Action, Status
from matchmaker.domain.outcome import Appetite
from matchmaker.domain.reasons import CancelReason, DeclineReason, MoveReason, WhyNot
from matchmaker.domain.roles import Role, Vetting
from matchmaker.domain.rules import Broken
from matchmaker.domain.scoring import Reason
from matchmaker.models import ChangeKind, ResourceKind, Rung, RunState
from matchmaker.phrase_rules import N_, RULES
from matchmaker.scheduling.changes import Easing
from matchmaker.scheduling.check import Rule

PHRASES: dict[type[StrEnum], dict[StrEnum, str]] = {
    Broken: RULES,
    Status: {
        Status.PROPOSED: N_("Proposed"),
        Status.COUNTERED: N_("Another time offered"),
        Status.ACCEPTED: N_("Accepted"),
        Status.DECLINED: N_("Declined"),
        Status.WITHDRAWN: N_("Withdrawn"),
        Status.LAPSED: N_("Lapsed"),
        Status.SUPERSEDED: N_("Left out by a later schedule"),
        Status.CANCELLED: N_("Cancelled"),
        Status.HELD: N_("Held"),
        Status.MISSED: N_("Did not take place"),
    },
    Action: {
        Action.PROPOSE: N_("Propose"),
        Action.ACCEPT: N_("Accept"),
        Action.AGREE: N_("Yes, I want this meeting"),
        Action.DECLINE: N_("Decline"),
        Action.ASK: N_("Ask for another time"),
        Action.OFFER: N_("Offer another time"),
        Action.TAKE: N_("Take the offered time"),
        Action.KEEP: N_("Keep the original time"),
        Action.WITHDRAW: N_("Withdraw"),
        Action.LAPSE: N_("Let it lapse"),
        Action.LEAVE_OUT: N_("Leave out"),
        Action.MOVE: N_("Move"),
        Action.CANCEL: N_("Cancel the meeting"),
        Action.RECORD_HELD: N_("It took place"),
        Action.RECORD_MISSED: N_("It did not take place"),
        Action.REOPEN: N_("Allow another proposal"),
    },
    Reason: {
        Reason.MUST_MEET: N_("Interest: must meet"),
        Reason.WOULD_LIKE: N_("Interest: would like"),
        Reason.SAME_CHAIN: N_("Chain matches: %(name)s"),
        Reason.NEAR_CHAIN: N_("Neighbouring chain in %(name)s"),
        Reason.SIZE_FITS: N_("The sizes overlap; the project’s is %(size)s"),
        Reason.SIZE_NEAR: N_("The sizes are near; the project’s is %(size)s"),
        Reason.STAGE: N_("The stage fits: %(name)s"),
        Reason.LANGUAGE: N_("A common language: %(name)s"),
        Reason.DISTRICT: N_("District of interest: %(name)s"),
        Reason.BOTH_WANT_IT: N_("Both sides want it"),
        Reason.SIMILAR_WORDS: N_("Similar words in both descriptions"),
    },
    WhyNot: {
        WhyNot.NOT_YET_VETTED: N_("The organisation has not been approved yet."),
        WhyNot.NO_THANKS: N_("One side said “no thanks”."),
        WhyNot.DECLINED: N_("The host declined."),
        WhyNot.WITHDRAWN: N_("The investor withdrew."),
        WhyNot.ENDED: N_("The meeting has taken place or was missed, or three proposals lapsed."),
        WhyNot.NOTHING_OFFERED: N_("No project is offered here at present."),
        WhyNot.NO_COMMON_SLOT: N_("There is no time at which both sides are free."),
        WhyNot.FULL: N_("At all times that suit both, other meetings take up the project’s team or the district’s tables."),
        WhyNot.LIMITS: N_("The limit of meetings is used by other meetings."),
        WhyNot.UNREACHABLE: N_("It cannot be reached in time between the other meetings."),
        WhyNot.NO_INTERPRETER: N_("No interpreter is free at a time that suits both sides."),
        WhyNot.FELL_THROUGH: N_("Its meeting has ended since it was planned, or was not answered in time."),
        WhyNot.WOULD_COST_MORE: N_("It was possible, but other meetings that count more would have been lost."),
    },
    Easing: {
        Easing.NOTHING: N_("Others moved, nothing else changed"),
        Easing.INVESTOR_HALF_DAY: N_("Another half-day of the investor"),
        Easing.MEETING: N_("One more meeting allowed in all"),
        Easing.MEETING_A_DAY: N_("One more meeting allowed a day"),
        Easing.TABLE: N_("One more table"),
        Easing.INTERPRETER: N_("One more interpreter"),
        Easing.HOST_HALF_DAY: N_("Another half-day of the project’s team"),
    },
    DeclineReason: {
        DeclineReason.NOT_OUR_FIELD: N_("Not our field"),
        DeclineReason.SIZE_DOES_NOT_FIT: N_("The size of the investment does not fit"),
        DeclineReason.PROJECT_FILLED: N_("The project has found its partners"),
        DeclineReason.TEAM_NOT_AVAILABLE: N_("Our team is not available"),
        DeclineReason.OTHER: N_("Another reason"),
    },
    CancelReason: {
        CancelReason.PLANS_CHANGED: N_("Plans have changed"),
        CancelReason.ILLNESS: N_("Illness"),
        CancelReason.TRAVEL: N_("Travel is not possible"),
        CancelReason.PROJECT_WITHDRAWN: N_("The project was withdrawn"),
        CancelReason.OTHER: N_("Another reason"),
    },
    MoveReason: {
        MoveReason.NO_LONGER_WANTED: N_("One side no longer wants it"),
        MoveReason.PROJECT_WITHDRAWN: N_("The project was withdrawn"),
        MoveReason.NO_LONGER_POSSIBLE: N_("It is no longer possible at this time"),
        MoveReason.MAKES_ROOM: N_("It makes room for meetings that count more"),
        MoveReason.DONE_WITHOUT: N_("The schedule that was found does without it"),
        MoveReason.FOUND_ELSEWHERE: N_("The schedule that was found has it at another time"),
    },
    Vetting: {
        Vetting.APPLIED: N_("Waiting for a decision"),
        Vetting.APPROVED: N_("Approved"),
        Vetting.WAITLISTED: N_("On the waiting list"),
        Vetting.REFUSED: N_("Refused"),
    },
    Level: {
        Level.MUST_MEET: N_("Must meet"),
        Level.WOULD_LIKE: N_("Would like"),
        Level.NO_THANKS: N_("No thanks"),
    },
    Appetite: {Appetite.NONE: N_("No interest"), Appetite.SOME: N_("Some interest"), Appetite.STRONG: N_("Strong interest")},
    Target: {Target.PROJECT: N_("Project"), Target.CHAIN: N_("Chain"), Target.DISTRICT: N_("District")},
    Half: {Half.MORNING: N_("Morning"), Half.AFTERNOON: N_("Afternoon")},
    Role: {
        Role.INVESTOR: N_("Investor"),
        Role.HOST: N_("Host"),
        Role.ORGANISER: N_("Organiser"),
        Role.NIGHT: N_("Nightly run"),
    },
    RunState: {
        RunState.RUNNING: N_("Running"),
        RunState.DRAFT: N_("Draft, waiting for review"),
        RunState.PUBLISHED: N_("Published"),
        RunState.KEPT: N_("Kept the published schedule"),
        RunState.REFUSED: N_("Input refused"),
        RunState.INTERRUPTED: N_("Interrupted"),
        RunState.DISCARDED: N_("Discarded"),
    },
    Rung: {
        Rung.PROVEN: N_("Proven: no other schedule is better by more than the gap that was asked for."),
        Rung.FEASIBLE: N_("Feasible: it keeps every rule, but it is not proven to be as close to the best as was asked for."),
        Rung.REPAIRED: N_("Repaired without the solver: of what was published, everything that is still possible stays in place, and what became free was filled by score, the best pair first."),  # noqa: E501
        Rung.KEPT: N_("Kept: the published schedule stays exactly as it was."),
    },
    ChangeKind: {
        ChangeKind.NEW: N_("New"),
        ChangeKind.UNCHANGED: N_("Unchanged"),
        ChangeKind.MOVED: N_("Moved"),
        ChangeKind.LEFT_OUT: N_("Left out"),
    },
    ResourceKind: {
        ResourceKind.INVESTOR: N_("Investor"),
        ResourceKind.LEAD: N_("Project team"),
        ResourceKind.TABLE: N_("Table"),
        ResourceKind.INTERPRETER: N_("Interpreter"),
    },
    Rule: {
        Rule.UNKNOWN_CANDIDATE: N_("Candidate %(candidate)s is not part of the problem."),
        Rule.UNKNOWN_SLOT: N_("Candidate %(candidate)s is booked in slot %(slot)s, which does not exist."),
        Rule.BOOKED_TWICE: N_("Candidate %(candidate)s is booked %(times)s times."),
        Rule.SLOT_NOT_ALLOWED: N_("Candidate %(candidate)s may not take place in slot %(slot)s."),
        Rule.SLOTS_DO_NOT_FOLLOW_ON: N_("Candidate %(candidate)s does not fit into its half-day from slot %(slot)s on."),
        Rule.NOT_AVAILABLE: N_("Participant %(participant)s is not available in slot %(slot)s for %(candidate)s."),
        Rule.PARTICIPANT_FULL: N_("Participant %(participant)s has %(held)s meetings in slot %(slot)s, at most %(capacity)s."),
        Rule.VENUE_FULL: N_("Venue %(venue)s has %(held)s meetings in slot %(slot)s at %(tables)s tables."),
        Rule.POOL_FULL: N_("Pool %(pool)s has %(held)s meetings in slot %(slot)s; the most is %(capacity)s."),
        Rule.TOO_MANY_MEETINGS: N_("Participant %(participant)s has %(held)s meetings; the most is %(most)s."),
        Rule.TOO_MANY_ON_A_DAY: N_("Participant %(participant)s has %(held)s meetings on day %(day)s; the most is %(most)s."),
        Rule.TOO_FAR: N_("Participant %(participant)s has %(minutes)s minutes for a way of %(needed)s minutes (%(candidates)s)."),
        Rule.IDLE_UNEQUAL: N_("Idle periods differ by %(spread)s between participants; the most is %(most)s."),
        Rule.REQUIRED_MISSING: N_("Candidate %(candidate)s is required but not booked."),
        Rule.PIN_BROKEN: N_("Candidate %(candidate)s was pinned to slot %(slot)s and is not there."),
        Rule.NOT_AFTER: N_("Candidate %(candidate)s does not come after %(after)s."),
    },
    ProjectKind: {
        ProjectKind.GREENFIELD: N_("New plant"),
        ProjectKind.SUPPLY_CHAIN: N_("Supply chain"),
        ProjectKind.JOINT_LAB: N_("Joint laboratory"),
        ProjectKind.RESEARCH_CENTRE: N_("Research and development centre"),
        ProjectKind.REGIONAL_HQ: N_("Regional headquarters"),
        ProjectKind.EQUITY: N_("Equity"),
        ProjectKind.LAND: N_("Plot, building or lease"),
    },
    Stage: {
        Stage.SITE_READY: N_("Site ready"),
        Stage.PLANNING: N_("In planning"),
        Stage.CONSTRUCTION: N_("Under construction"),
        Stage.PILOT: N_("Pilot"),
        Stage.EXPANSION: N_("Expansion"),
        Stage.FUND_RAISING: N_("Raising funds"),
    },
    OpportunityBasis: {
        OpportunityBasis.REPORTED: N_("The source describes the plan and its size."),
        OpportunityBasis.ANCHORED: N_("The district, park or industry is in the source; the opportunity itself is invented."),
        OpportunityBasis.ILLUSTRATIVE: N_("Invented, without a source."),
        OpportunityBasis.HOST: N_("What its district says about it; nobody else was asked."),
    },
    Basis: {
        Basis.REPORTED: N_("Everything said here is in the source."),
        Basis.PARTLY_REPORTED: N_("Part of it is in a source; the rest is illustrative."),
        Basis.ILLUSTRATIVE: N_("Invented, or true in general terms only."),
    },
    DistrictKind: {
        DistrictKind.DISTRICT: N_("District"),
        DistrictKind.SUB_AREA: N_("Sub-area with hosts of its own"),
    },
    SessionMark: {
        SessionMark.CONFIRMED: N_("Special session: confirmed"),
        SessionMark.PROBABLE: N_("Special session: probable, not confirmed"),
        SessionMark.CANDIDATE: N_("Special session: candidate, not confirmed"),
    },
    ActivityKind: {
        ActivityKind.MAIN_CONFERENCE: N_("Main conference"),
        ActivityKind.PARTNER_RELEASE: N_("Release of partners"),
        ActivityKind.CHAIN_RELEASE: N_("Release of chains"),
        ActivityKind.POLICY_RELEASE: N_("Release of policies"),
        ActivityKind.SIGNING: N_("Signing"),
        ActivityKind.SPECIAL_SESSION: N_("Special session"),
        ActivityKind.DISTRICT_PROMOTION: N_("District promotion"),
        ActivityKind.SITE_VISIT: N_("Site visit"),
        ActivityKind.ROUNDTABLE: N_("Roundtable"),
        ActivityKind.MATCHMAKING: N_("Matchmaking"),
    },
    PartnerCategory: {
        PartnerCategory.MULTINATIONAL: N_("Companies"),
        PartnerCategory.CONSULTING_FIRM: N_("Consulting firms"),
        PartnerCategory.BUSINESS_ASSOCIATION: N_("Business associations"),
        PartnerCategory.FINANCIAL_INSTITUTION: N_("Financial institutions"),
    },
    PolicyArea: {
        PolicyArea.FUNDS: N_("Funds and rewards"),
        PolicyArea.CREDIT: N_("Credit"),
        PolicyArea.COSTS: N_("Lower costs for industry"),
        PolicyArea.LAND: N_("Land and space"),
        PolicyArea.SERVICE: N_("Services"),
        PolicyArea.TALENT: N_("Talent"),
    },
    DayKind: {
        DayKind.WORKING_DAY: N_("Working day"),
        DayKind.MAKEUP_WORKING_DAY: N_("Working Sunday"),
        DayKind.WEEKEND: N_("Weekend"),
        DayKind.PUBLIC_HOLIDAY: N_("Public holiday"),
    },
}  # fmt: skip

MORE_EXACT: dict[tuple[StrEnum, str], str] = {
    (Broken.HOLDS_MEETING, "title"): N_("Your meeting “%(title)s” on %(starts_at)s depends on this. Nothing was changed; please cancel or withdraw it first."),  # noqa: E501
    (Broken.HOLDS_MEETING, "meetings"): N_("Live meetings of this organisation: %(meetings)s. Nothing was changed; please cancel them first."),  # noqa: E501
    (Broken.ACTIVITY_CLASHES, "title"): N_("This is too close to “%(title)s” on %(starts_at)s; the way there takes %(minutes)s minutes."),  # noqa: E501
    (Broken.ACTIVITY_OVER, "title"): N_("“%(title)s” is over, so nobody can sign up for it any more. The programme shows what is still to come."),  # noqa: E501
    (Broken.DEADLINE_PASSED, "deadline"): N_("The time to answer ended on %(deadline)s. The proposal lapses; a later night may propose the meeting again, unless it has lapsed three times."),  # noqa: E501
    (Broken.NOT_POSSIBLE_NOW, "began_at"): N_("The meeting began on %(began_at)s, so it can no longer be cancelled. You can record whether it took place."),  # noqa: E501
    (Broken.NOT_POSSIBLE_NOW, "begins_at"): N_("The meeting begins on %(begins_at)s. Whether it took place can be recorded from then on."),  # noqa: E501
    (Broken.NOT_POSSIBLE_NOW, "starts_at"): N_("This is no longer possible: the meeting has changed meanwhile. Nothing was changed. It stands like this now: %(status)s, %(starts_at)s."),  # noqa: E501
    (Broken.NOT_POSSIBLE_NOW, "status"): N_("This is no longer possible: the meeting has changed meanwhile. Nothing was changed. It stands like this now: %(status)s."),  # noqa: E501
    (Broken.TARGET_UNKNOWN, "given"): N_("This edition has no project, chain or district with the code %(given)s."),
    (WhyNot.FULL, "meetings"): N_("At all times that suit both, the project’s team or the district’s tables are taken by meetings that were agreed earlier or fit together better."),  # noqa: E501
    (Broken.LIMITS_CONTRADICT, "daily"): N_("With at most %(daily)s meetings a day on %(days)s days there are at most %(most)s, and you ask for at least %(least)s."),  # noqa: E501
    (Broken.LIMITS_CONTRADICT, "most"): N_("You ask for at least %(least)s meetings, but for at most %(most)s. Please lower the one or raise the other."),  # noqa: E501
    (Broken.SIZE_CONTRADICTS, "low_million"): N_("It begins at %(low_million)s and ends at %(high_million)s. Please give the smaller amount first."),  # noqa: E501
    (Broken.WEIGHTS_DISORDERED, "would_like"): N_("“Would like” brings %(would_like)s points here and “must meet” %(must_meet)s. The weaker interest cannot bring more than the stronger one."),  # noqa: E501
    (Broken.WEIGHTS_DISORDERED, "near_chain"): N_("A neighbouring chain brings %(near_chain)s points here and the same chain %(same_chain)s. The weaker reason cannot bring more than the stronger one."),  # noqa: E501
}  # fmt: skip
"""Better sentences where a certain fact is known."""

OUTRANKED: dict[StrEnum, str] = {
    WhyNot.FULL: N_("At all times that suit both, the project’s team or the district’s tables are full with pairs that score at least as high."),  # noqa: E501
    WhyNot.LIMITS: N_("The limit of meetings is used by meetings that score at least as high."),
}  # fmt: skip
"""Better sentences where every meeting that is in the way weighs at least as much."""

LEFT_OPEN = N_("A time became free too late for this night. The next one will try it.")
"""For a place that was free after all: people made room between solving and publishing."""

RUN_MESSAGES = {
    "published": N_("The new schedule is published."),
    "drafted": N_("The new schedule is a draft; nobody sees it until an organiser publishes it."),
    "unchanged": N_("Nothing has changed since the published schedule, so it stays."),
    "solver_failed": N_("Nothing usable came from the solver, and nothing can be gained without it. The schedule stays."),
    "input_refused": N_("The data contradict themselves, so no schedule was sought. The published one stays as it was."),
    "rehearsed": N_("This was a rehearsal: nothing was stored and nothing published."),
    "interrupted": N_("The run was interrupted. The published schedule stays as it was; start the run again."),
}

RUNG_NAMES: dict[str, str] = {
    Rung.PROVEN: N_("Proven"),
    Rung.FEASIBLE: N_("Feasible"),
    Rung.REPAIRED: N_("Repaired"),
    Rung.KEPT: N_("Kept"),
}
"""The steps of the ladder in one word."""

ENDED = {
    "time": N_("The solver went over its time and was ended."),
    "memory": N_("The solver needed more memory than it may have and was ended."),
    "crashed": N_("The solver ended unexpectedly."),
    "done": N_("The solver found nothing in the time it had."),
    "refused": N_("The solver did not accept the problem."),
    "unreachable": N_("The cluster could not be used."),
}
"""How the solver's process ended, where it did not end as it should or came to nothing."""

REJECTED = {
    "unreadable": N_("What it left behind could not be read and was not used."),
    "other_instance": N_("Its answer belongs to another problem and was not used."),
    "violations": N_("Its schedule broke a rule and was not used."),
    "false_value": N_("It gave a wrong value for its schedule; the value was reckoned anew."),
    "false_bound": N_("Its bound contradicts its own schedule, so the bound was not used."),
    "false_proof": N_("It claimed a proof that does not hold; the claim was not used."),
    "below_yesterday": N_("Its schedule was worth less than what is still possible of the published one and was not used."),
    "floor": N_("What it said does not hold and was not used."),
}
"""What of the solver's answer was not believed."""

OUT_OF_MEMORY = N_("The system ended it (signal 9): most often the machine has no memory left.")
BY_SIGNAL = N_("It was ended by signal %(number)s.")
IN_SEARCH_FOR_FLOOR = N_("While it was sought whether everybody could have more meetings: %(what)s")

HALF_DAYS = {Half.MORNING: N_("the morning of %(day)s"), Half.AFTERNOON: N_("the afternoon of %(day)s")}
"""A half-day within a sentence."""

WOULD_HELP = {
    Easing.NOTHING: N_("It fits as things are, and nobody would lose a meeting."),
    Easing.INVESTOR_HALF_DAY: N_("With %(half_day)s as well, this meeting could be held, and nobody would lose one."),
    Easing.MEETING: N_("With a limit of %(most)s meetings in all, this meeting could be held, and nobody would lose one."),
    Easing.MEETING_A_DAY: N_("With a limit of %(most)s meetings a day, this meeting could be held, and nobody would lose one."),
    Easing.TABLE: N_("With one more table at %(who)s on %(half_day)s, this meeting could be held, and nobody would lose one."),
    Easing.INTERPRETER: N_("With one more interpreter (%(who)s) on %(half_day)s, this meeting could be held, and nobody would lose one."),  # noqa: E501
    Easing.HOST_HALF_DAY: N_("If the project’s team were there on %(half_day)s as well, this meeting could be held, and nobody would lose one."),  # noqa: E501
}  # fmt: skip
"""What would have met an interest: each was proven by a whole schedule that was checked."""

NOT_PROVEN = N_(
    "No single change was found with which it could be held and nobody would lose a meeting; that there is none is not proven."
)

NOT_SEEN = N_("It was possible, but the night did not find how.")
"""Instead of a cost that a second look disproved."""

CLASH = N_("These agreed meetings cannot all stay: %(meetings)s")

REPAIR = N_("This would make it possible: %(steps)s")

STEPS = {
    Easing.INVESTOR_HALF_DAY: N_("%(who)s also there on %(half_day)s"),
    Easing.MEETING: N_("a limit of %(most)s meetings in all for %(who)s"),
    Easing.MEETING_A_DAY: N_("a limit of %(most)s meetings a day for %(who)s"),
    Easing.TABLE: N_("one more table at %(who)s on %(half_day)s"),
    Easing.INTERPRETER: N_("one more interpreter (%(who)s) on %(half_day)s"),
    Easing.HOST_HALF_DAY: N_("the team of “%(who)s” also there on %(half_day)s"),
    "stays": N_("that of %(investor)s about %(project)s, %(starts_at)s"),
    "may_move": N_("another time for the meeting of %(investor)s about %(project)s, now %(starts_at)s"),
    "may_vanish": N_("giving up the meeting of %(investor)s about %(project)s, now %(starts_at)s"),
    "not_required": N_("doing without the meeting of %(investor)s about %(project)s"),
}
"""Changes and concessions as organisers read them in a list."""

OWN_STEPS = STEPS | {
    Easing.INVESTOR_HALF_DAY: N_("with %(half_day)s as well"),
    Easing.MEETING: N_("with a limit of %(most)s meetings in all"),
    Easing.MEETING_A_DAY: N_("with a limit of %(most)s meetings a day"),
}
"""The beginning of a sentence about them, as the investor reads it whose limits and half-days are meant."""
