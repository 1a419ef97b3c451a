"""What the page /style shows its parts with: made up, of one day in one district, and never stored."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from matchmaker.domain.catalogue import ILLUSTRATIVE
from matchmaker.domain.meeting import Action, Status
from matchmaker.domain.outcome import Appetite
from matchmaker.domain.reasons import DeclineReason
from matchmaker.domain.roles import Role
from matchmaker.domain.scoring import Reason
from matchmaker.models import (
    Account,
    Activity,
    Chain,
    ChainRelease,
    District,
    Edition,
    EditionDay,
    Meeting,
    MeetingChange,
    Outcome,
    Project,
    Slot,
    Venue,
)
from matchmaker.services.diary import DiaryDay, DiaryEntry, MeetingView, Way
from matchmaker.services.reasons import NamedReason
from matchmaker.services.visible import VisibleInvestor
from matchmaker.web.diary_map import DayMap, day_map

_ZONE = ZoneInfo("Asia/Shanghai")
_DAY = date(2024, 4, 7)
_PUBLISHED = datetime(2024, 4, 3, 10, tzinfo=UTC)
_DEADLINE = datetime(2024, 4, 5, 10, tzinfo=UTC)


@dataclass(frozen=True)
class Specimens:
    """`before` is a moment at which proposals can still be answered, `during` one within the first meeting of the day."""

    before: datetime
    during: datetime
    project: Project
    chain: Chain
    release: ChainRelease
    reasons: tuple[NamedReason, ...]
    day: DiaryDay
    map: DayMap
    ways: tuple[Way, ...]
    proposed: MeetingView
    suggested: MeetingView
    countered: MeetingView
    accepted: MeetingView
    held: MeetingView
    of_each_status: tuple[MeetingView, ...]
    hosted: MeetingView
    confidential: VisibleInvestor
    change: MeetingChange
    outcome: Outcome


def make_specimens() -> Specimens:
    """Rows that belong to no session, and views of them."""
    chain = _chain()
    project, hall = _project(chain, _district()), _venue(2, "Main hall", "主会场", 31.19, 121.30)
    reasons = _reasons(chain)
    views = {each: _view(project, reasons, each, hour=14 if each is Status.COUNTERED else 9) for each in Status}
    suggested = _view(project, reasons, Status.PROPOSED, hour=11, suggested=True)
    venue, activity = project.district.venue, _activity(hall)
    there, back = _way(venue, hall, spare=65), _way(hall, venue, spare=35)
    first, second = views[Status.ACCEPTED], views[Status.COUNTERED]
    entries = (
        DiaryEntry(first.starts_at, first.ends_at, venue, None, meeting=first),
        DiaryEntry(activity.starts_at, activity.ends_at, hall, there, activity=activity),
        DiaryEntry(second.starts_at, second.ends_at, venue, back, meeting=second),
    )
    return Specimens(
        before=_DEADLINE - timedelta(hours=5),
        during=first.starts_at + timedelta(minutes=10),
        project=project,
        chain=chain,
        release=_release(chain),
        reasons=reasons,
        day=DiaryDay(_DAY, EditionDay(day=_DAY, kind="makeup_working_day"), entries),
        map=day_map(entries, [venue, hall]),
        ways=tuple(_way(hall, venue, spare=spare) for spare in (40, 5, 0, -10)),
        proposed=views[Status.PROPOSED],
        suggested=suggested,
        countered=second,
        accepted=first,
        held=views[Status.HELD],
        of_each_status=(*views.values(), suggested),
        hosted=_view(
            project,
            reasons,
            Status.ACCEPTED,
            hour=9,
            investor=VisibleInvestor(1, False, True, name=_("Investor A"), country="DE"),
        ),
        confidential=VisibleInvestor(2, True, False, country="FR", chains=(chain,)),
        change=_change(first.meeting),
        outcome=_outcome(),
    )


# -- the catalogue -----------------------------------------------------------------------------------------------------


def _district() -> District:
    district = District(id=1, code="PD", name_en="Pudong New Area", name_zh="浦东新区")
    district.venue = _venue(1, "Zhangjiang Science Hall", "张江科学会堂", 31.20, 121.60)
    return district


def _venue(number: int, english: str, chinese: str, latitude: float, longitude: float) -> Venue:
    return Venue(id=number, code=str(number), name_en=english, name_zh=chinese, latitude=latitude, longitude=longitude, tables=8)


def _chain() -> Chain:
    names = {"name_en": "Intelligent robots", "name_zh": "智能机器人"}
    return Chain(id=1, code="FI-ROB", position=0, level=2, released=True, special_session="confirmed", **names)


def _project(chain: Chain, district: District) -> Project:
    project = Project(
        id=1, code="PD-01", kind="supply-chain", stage="planning", size_min=100, size_max=300, languages=["zh", "en"]
    )
    project.title_en, project.title_zh = "Robot joints", "机器人关节"
    project.park_en, project.park_zh = "Zhangjiang", "张江"
    project.summary_en, project.summary_zh = "A line for robot joints.", "机器人关节产线。"
    project.size_basis, project.opportunity_basis, project.source_url = ILLUSTRATIVE, ILLUSTRATIVE, ILLUSTRATIVE
    project.chain, project.district, project.published_at = chain, district, _PUBLISHED
    return project


def _release(chain: Chain) -> ChainRelease:
    texts = {
        "plan": ("Two parks by 2027.", "2027 年前建成两个园区。"),
        "policy": ("Rent is shared.", "分担租金。"),
        "fund": ("RMB 1 billion.", "10亿元。"),
    }
    told = {f"{name}_{code}": text for name, pair in texts.items() for code, text in zip(("en", "zh"), pair, strict=True)}
    lists = {"leaders_en": ["Company A"], "leaders_zh": ["甲公司"], "parks_en": ["Zhangjiang"], "parks_zh": ["张江"]}
    basis = "Policy reported; plan, fund and leaders illustrative."
    return ChainRelease(chain=chain, **told, **lists, basis=basis, basis_code="partly reported", source_url=None)


def _activity(hall: Venue) -> Activity:
    activity = Activity(
        id=1, code="A1", title_en="Release of key chains", title_zh="重点产业链发布", place_en="Main hall", place_zh="主会场"
    )
    activity.starts_at, activity.ends_at, activity.venue = _at(11, 30), _at(12, 30), hall
    return activity


# -- meetings ----------------------------------------------------------------------------------------------------------


def _at(hour: int, minute: int = 0) -> datetime:
    return datetime.combine(_DAY, time(hour, minute), tzinfo=_ZONE).astimezone(UTC)


def _slot(hour: int) -> Slot:
    return Slot(day=_DAY, position=hour, starts_at=_at(hour), ends_at=_at(hour, 30))


def _reasons(chain: Chain) -> tuple[NamedReason, ...]:
    return (
        NamedReason(Reason.MUST_MEET, 300, "project"),
        NamedReason(Reason.SAME_CHAIN, 260, chain.code, chain),
        NamedReason(Reason.LANGUAGE, 90, "en"),
    )


def _view(
    project: Project,
    reasons: tuple[NamedReason, ...],
    status: Status,
    *,
    hour: int,
    suggested: bool = False,
    investor: VisibleInvestor | None = None,
) -> MeetingView:
    meeting = Meeting(
        id=hour, sequence=0, status=status, suggested=suggested, published_at=_PUBLISHED, deadline_at=_DEADLINE, length=1
    )
    meeting.edition = Edition(timezone=str(_ZONE), answer_deadline_hours=48)
    meeting.slot, meeting.venue = _slot(hour), project.district.venue
    meeting.investor_agreed_at = None if suggested else _PUBLISHED
    meeting.host_agreed_at = None if status in (Status.PROPOSED, Status.COUNTERED) else _PUBLISHED
    return MeetingView(
        meeting=meeting,
        role=Role.HOST if investor else Role.INVESTOR,
        project=project,
        venue=project.district.venue,
        starts_at=meeting.slot.starts_at,
        ends_at=meeting.slot.ends_at,
        offered=(_at(16), _at(16, 30)) if status is Status.COUNTERED else None,
        status=status,
        investor=investor,
        reasons=reasons,
        table=3,
        interpreter=None,
        changed_at=_PUBLISHED,
    )


def _way(origin: Venue, destination: Venue, *, spare: int) -> Way:
    return Way(origin, destination, 55, spare, "estimate")


def _change(meeting: Meeting) -> MeetingChange:
    change = MeetingChange(action=Action.DECLINE, role=Role.HOST, at=_PUBLISHED, to_status=Status.DECLINED, note="")
    change.reason = DeclineReason.NOT_OUR_FIELD.value
    return change


def _outcome() -> Outcome:
    outcome = Outcome(
        id=1,
        side=Role.INVESTOR,
        appetite=Appetite.STRONG,
        amount=200,
        next_step=_("Site visit"),
        owner=_("Project team"),
        note="",
    )
    outcome.due_on, outcome.done, outcome.written_at = _DAY + timedelta(days=2), False, _at(18)
    outcome.account = Account(name=_("Delegate A"))
    return outcome
