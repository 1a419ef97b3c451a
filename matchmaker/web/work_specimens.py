"""What the page /style shows the parts of hosts', investors' and organisers' work with: made up, and never stored."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from flask_babel import gettext as _

from matchmaker.domain.calendar import Half
from matchmaker.domain.completeness import Completeness, Part
from matchmaker.domain.interest import Level, Target
from matchmaker.domain.meeting import Status
from matchmaker.domain.reasons import MoveReason, WhyNot
from matchmaker.domain.roles import Vetting
from matchmaker.models import (
    Account,
    Chain,
    ChangeKind,
    Handover,
    Interest,
    Investor,
    Project,
    Run,
    Rung,
    RunState,
    Slot,
    VettingDecision,
)
from matchmaker.services.diary import MeetingView
from matchmaker.services.handing import Choice, Handing
from matchmaker.services.outlook import Blank, Outlook
from matchmaker.services.runs import ChangeRow, Quality
from matchmaker.services.unmet import Unmet
from matchmaker.web.investor_parts import AvailabilityDay
from matchmaker.web.meeting_steps import by_half_day
from matchmaker.web.specimens import Specimens


@dataclass(frozen=True)
class WorkSpecimens:
    """`asked` is a proposal whose investor asks for another time; `held` are the meetings of a slot, by its id."""

    asked: MeetingView
    draft: Project
    chains: tuple[Chain, ...]
    investors: tuple[Investor, ...]
    found: Completeness
    handover: Handover
    handing: Handing
    days: tuple[AvailabilityDay, ...]
    held: Mapping[int, tuple[MeetingView, ...]]
    unmet: tuple[Unmet, ...]
    outlook: Outlook
    blank: Blank
    runs: tuple[Run, ...]
    qualities: tuple[Quality, ...]
    changes: tuple[ChangeRow, ...]
    counts: Mapping[ChangeKind, int]


def make_work_specimens(of: Specimens) -> WorkSpecimens:
    """Rows that belong to no session, about the project and the day of the others."""
    asked, slots = _asked(of), _slots(of)
    colleague = Account(id=1, name=_("Project team"), spoken=["en", "zh"], active=True)
    return WorkSpecimens(
        asked=asked,
        draft=_draft(of),
        chains=(Chain(id=2, code="FI", position=0, level=0, name_en="Future industries", name_zh="未来产业"), of.chain),
        investors=tuple(_investor(vetting) for vetting in Vetting),
        found=Completeness((Part.INTERESTS, Part.AVAILABILITY), (Part.CHAINS, Part.DELEGATES), (Part.CONTACT,)),
        handover=Handover(id=1, to_account_id=colleague.id, to_account=colleague, note=""),
        handing=Handing(asked, None, [Choice(colleague, "en", away=False)]),
        days=(
            AvailabilityDay(of.day.day, of.day.calendar, tuple((half, tuple(found)) for half, found in by_half_day(slots)[0][1])),
        ),
        held={slots[0].id: (asked,)},
        unmet=_unmet(of),
        outlook=Outlook(openings=((_half_day(of), 2),), tried_again=1),
        blank=Blank(first_night_ahead=True, stated_since=0),
        runs=(
            Run(id=1, state=RunState.PUBLISHED, rung=Rung.PROVEN),
            Run(id=2, state=RunState.DRAFT, rung=Rung.REPAIRED),
            Run(id=3, state=RunState.REFUSED, rung=None),
        ),
        qualities=tuple(Quality(value, bound, None) for value, bound in ((12000, 12000), (12000, 12060), (0, 60), (12000, None))),
        changes=_changes(of, slots),
        counts={ChangeKind.NEW: 1, ChangeKind.MOVED: 1, ChangeKind.LEFT_OUT: 1},
    )


def _asked(of: Specimens) -> MeetingView:
    investor = of.hosted.investor
    told = investor and replace(investor, chains=(of.chain,), size_min=100, size_max=300, languages=("en", "de"))
    return replace(of.hosted, meeting=of.proposed.meeting, status=Status.PROPOSED, investor=told, asked="")


def _draft(of: Specimens) -> Project:
    """The project before it is offered, not translated yet."""
    return Project(title_zh=of.project.title_zh, park_zh=of.project.park_zh, summary_zh=of.project.summary_zh)


def _investor(vetting: Vetting) -> Investor:
    return Investor(id=1, name=_("Investor A"), vetting=vetting, decisions=[VettingDecision(vetting=vetting, reason="")])


def _slots(of: Specimens) -> list[Slot]:
    """Three in the morning and two in the afternoon of the day."""
    first = of.accepted.starts_at
    begins = [first + timedelta(minutes=minutes) for minutes in (0, 30, 60, 300, 330)]
    return [
        Slot(
            id=number,
            position=number,
            day=of.day.day,
            half=Half.MORNING if number < 3 else Half.AFTERNOON,
            starts_at=start,
            ends_at=start + timedelta(minutes=30),
        )
        for number, start in enumerate(begins)
    ]


def _half_day(of: Specimens) -> dict[str, object]:
    """A change as it is stored."""
    return {"kind": "investor_half_day", "day": of.day.day.isoformat(), "half": Half.MORNING}


def _unmet(of: Specimens) -> tuple[Unmet, ...]:
    project = Interest(target=Target.PROJECT, level=Level.MUST_MEET, project=of.project)
    chain = Interest(target=Target.CHAIN, level=Level.WOULD_LIKE, chain=of.chain)
    return (
        Unmet(project, of.project, WhyNot.NO_COMMON_SLOT, {"ours": 3, "theirs": 2, "change": _half_day(of)}),
        Unmet(chain, None, WhyNot.NOTHING_OFFERED, {}),
    )


def _changes(of: Specimens, slots: list[Slot]) -> tuple[ChangeRow, ...]:
    rows = (
        (ChangeKind.NEW, None, slots[0], ""),
        (ChangeKind.MOVED, slots[0], slots[3], MoveReason.MAKES_ROOM),
        (ChangeKind.LEFT_OUT, slots[1], None, MoveReason.NO_LONGER_WANTED),
    )
    investor = _investor(Vetting.APPROVED)
    return tuple(ChangeRow(kind, investor, of.project, None, before, after, reason) for kind, before, after, reason in rows)
