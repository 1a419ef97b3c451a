"""What is stored: typed classes, with the constraints that the database keeps beside the columns."""

from matchmaker.models.account import Account
from matchmaker.models.base import Base
from matchmaker.models.catalogue import Activity, Chain, ChainRelease, Partner, Policy, Project
from matchmaker.models.edition import Edition, EditionDay, SettingChange, Slot
from matchmaker.models.handover import Handover
from matchmaker.models.interest import HostMark, Interest, Similarity
from matchmaker.models.investor import (
    ActivitySignup,
    Availability,
    Consent,
    Delegate,
    Investor,
    InvestorChain,
    LeadAbsence,
    VettingDecision,
)
from matchmaker.models.joining import Joining
from matchmaker.models.meeting import Meeting, MeetingChange, Occupancy, Resource, ResourceKind
from matchmaker.models.notice import Notice
from matchmaker.models.outcome import Outcome
from matchmaker.models.place import District, InterpreterPool, TravelTime, Venue
from matchmaker.models.run import ChangeKind, Run, RunChange, Rung, RunState, UnmetInterest
from matchmaker.models.team import ColleagueAbsence

__all__ = [
    "Account",
    "Activity",
    "ActivitySignup",
    "Availability",
    "Base",
    "Chain",
    "ChainRelease",
    "ChangeKind",
    "ColleagueAbsence",
    "Consent",
    "Delegate",
    "District",
    "Edition",
    "EditionDay",
    "Handover",
    "HostMark",
    "Interest",
    "InterpreterPool",
    "Investor",
    "InvestorChain",
    "Joining",
    "LeadAbsence",
    "Meeting",
    "MeetingChange",
    "Notice",
    "Occupancy",
    "Outcome",
    "Partner",
    "Policy",
    "Project",
    "Resource",
    "ResourceKind",
    "Run",
    "RunChange",
    "RunState",
    "Rung",
    "SettingChange",
    "Similarity",
    "Slot",
    "TravelTime",
    "UnmetInterest",
    "Venue",
    "VettingDecision",
]
