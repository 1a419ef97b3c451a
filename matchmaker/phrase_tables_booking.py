"""What keeps a pair from being booked by hand, and what an organiser can do about it, in English."""

from enum import StrEnum

from matchmaker.domain.reasons import Closed, InTheWay
from matchmaker.phrase_rules import N_

BOOKING: dict[type[StrEnum], dict[StrEnum, str]] = {
    Closed: {
        Closed.NOT_APPROVED: N_("This organisation has not been approved for meetings. You can decide about it on its page."),
        Closed.PROJECT_WITHDRAWN: N_("This project has been withdrawn by its district (%(what)s)."),
        Closed.MEETING_EXISTS: N_("They have a meeting already: %(status)s, %(starts_at)s."),
        Closed.INVESTOR_SAID_NO: N_("The investor said “no thanks” to %(what)s. If both should meet, please ask it to take that back among its interests."),  # noqa: E501
        Closed.HOST_SAID_NO: N_("The team of %(what)s said “no thanks” to this investor. If both should meet, please ask the team to take its mark back."),  # noqa: E501
        Closed.DECLINED: N_("The host declined their meeting of %(starts_at)s; they are not proposed again in this edition."),
        Closed.WITHDRAWN: N_("The investor withdrew their meeting of %(starts_at)s; they are not proposed again in this edition."),  # noqa: E501
        Closed.LAPSED: N_("Three proposals lapsed unanswered, the last one for %(starts_at)s; they are not proposed again in this edition."),  # noqa: E501
        Closed.HELD: N_("They have met already, %(starts_at)s."),
        Closed.MISSED: N_("Their meeting of %(starts_at)s did not take place. On its page you can allow another proposal."),
        Closed.NO_INTERPRETER: N_("They share no language, and the conference has no interpreters between %(ours)s and %(theirs)s."),  # noqa: E501
    },
    InTheWay: {
        InTheWay.TOO_SOON: N_("Over, or too soon for an answer to come in time."),
        InTheWay.INVESTOR_AWAY: N_("The investor has not given this time; it can do so under its availability."),
        InTheWay.TEAM_AWAY: N_("The project’s team is away; its district can change the hours."),
        InTheWay.ATTENDS: N_("The investor attends “%(what)s”, or is on the way there or back."),
        InTheWay.INVESTOR_MEETS: N_("The investor is in another meeting:"),
        InTheWay.TEAM_MEETS: N_("The project’s team is in another meeting:"),
        InTheWay.NO_TABLE: N_("All %(tables)s tables of the district are taken."),
        InTheWay.NO_INTERPRETER: N_("No interpreter for %(language)s is free."),
        InTheWay.LIMIT_IN_ALL: N_("The investor takes at most %(most)s meetings; it can change that in its profile."),
        InTheWay.LIMIT_A_DAY: N_("The investor takes at most %(most)s meetings a day; it can change that in its profile."),
        InTheWay.TOO_FAR: N_("The way takes %(needed)s minutes, more than there is between this and another meeting of the investor:"),  # noqa: E501
        InTheWay.OTHER: N_("It does not fit into the half-day."),
    },
}  # fmt: skip

IN_OTHER_MEETINGS: dict[StrEnum, str] = {
    InTheWay.INVESTOR_MEETS: N_("The investor is in other meetings:"),
    InTheWay.TEAM_MEETS: N_("The project’s team is in other meetings:"),
}
"""For several meetings of a day."""

MEETINGS_OR_OFFERS: dict[StrEnum, str] = {
    InTheWay.INVESTOR_MEETS: N_("The investor has other meetings or offers:"),
    InTheWay.TEAM_MEETS: N_("The project’s team has other meetings or offers:"),
}
"""Where a time is among them that is only offered."""
