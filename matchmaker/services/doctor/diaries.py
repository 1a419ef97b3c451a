"""What each person's days must allow: presence, the way between places, programme items, limits and must-meets."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import combinations

from matchmaker.services.doctor.faults import Fault, Wrong
from matchmaker.services.doctor.rows import Rows, Stretch


def only_the_approved_meet(rows: Rows) -> Iterator[Fault]:
    for meeting in rows.holding():
        investor = rows.investors[meeting.investor_id]
        if investor.vetting != "approved":
            facts = {"meeting": meeting.id, "status": meeting.status.value, "investor": investor.id}
            yield Fault(Wrong.NOT_VETTED, facts | {"vetting": investor.vetting.value})


def people_are_there(rows: Rows) -> Iterator[Fault]:
    """Availability cannot be taken back from under a live meeting. A lead's absence can be entered later: a warning."""
    for meeting in rows.holding():
        for stretch in rows.stretches(meeting):
            for slot in stretch.slots:
                facts = {"meeting": meeting.id, "slot": slot.id}
                if slot.id not in rows.available.get(meeting.investor_id, ()):
                    yield Fault(Wrong.NOT_AVAILABLE, facts | {"investor": meeting.investor_id})
                if slot.id in rows.absent.get(meeting.project_id, ()):
                    yield Fault(Wrong.LEAD_AWAY, facts | {"project": meeting.project_id}, is_warning=True)


def nobody_is_too_far_away(rows: Rows) -> Iterator[Fault]:
    """Between two meetings of a day at different places, offered ones included, there is time for the way."""
    for investor_id, stretches in _stretches_by_investor(rows).items():
        for one, other in combinations(stretches, 2):
            earlier, later = sorted((one, other), key=lambda stretch: (_start(stretch), _end(stretch)))
            minutes = _minutes(rows, earlier.meeting.venue_id, later.meeting.venue_id)
            gap = (_start(later) - _end(earlier)) // timedelta(minutes=1)
            apart = earlier.meeting.venue_id != later.meeting.venue_id
            if one.day == other.day and apart and gap < minutes:
                meetings = [earlier.meeting.id, later.meeting.id]
                yield Fault(Wrong.TOO_FAR, {"investor": investor_id, "meetings": meetings, "gap": gap, "minutes": minutes})


def _stretches_by_investor(rows: Rows) -> dict[int, list[Stretch]]:
    found: dict[int, list[Stretch]] = defaultdict(list)
    for meeting in rows.holding():
        found[meeting.investor_id] += rows.stretches(meeting)
    return found


def _start(stretch: Stretch) -> datetime:
    start: datetime = stretch.slots[0].starts_at
    return start


def _end(stretch: Stretch) -> datetime:
    end: datetime = stretch.slots[-1].ends_at
    return end


def _minutes(rows: Rows, one: int, other: int) -> int:
    return 0 if one == other else rows.minutes[one, other]


def nobody_is_in_two_places(rows: Rows) -> Iterator[Fault]:
    """A programme item that somebody attends leaves time for the way to and from its meetings."""
    stretches = _stretches_by_investor(rows)
    for signup in rows.signups:
        activity = rows.activities[signup.activity_id]
        for stretch in stretches.get(signup.investor_id, []):
            way = timedelta(minutes=_minutes(rows, activity.venue_id, stretch.meeting.venue_id))
            if activity.starts_at - way < _end(stretch) and _start(stretch) < activity.ends_at + way:
                facts = {"investor": signup.investor_id, "activity": activity.id, "meeting": stretch.meeting.id}
                yield Fault(Wrong.ATTENDS_ELSEWHERE, facts)


def limits_are_kept(rows: Rows) -> Iterator[Fault]:
    """An investor may lower its limits below what it already has, so this is a warning."""
    total: Counter[int] = Counter()
    by_day: Counter[tuple[int, object]] = Counter()
    for meeting in rows.holding():
        total[meeting.investor_id] += 1
        by_day[meeting.investor_id, rows.slots[meeting.slot_id].day] += 1
    for investor_id, meetings in total.items():
        most = rows.investors[investor_id].max_meetings
        if meetings > most:
            facts = {"investor": investor_id, "meetings": meetings, "most": most, "on": "in all"}
            yield Fault(Wrong.TOO_MANY_MEETINGS, facts, is_warning=True)
    for (investor_id, day), meetings in by_day.items():
        most = rows.investors[investor_id].max_per_day
        if meetings > most:
            facts = {"investor": investor_id, "meetings": meetings, "most": most, "on": f"on {day}"}
            yield Fault(Wrong.TOO_MANY_MEETINGS, facts, is_warning=True)


def must_meets_are_few(rows: Rows) -> Iterator[Fault]:
    stated = Counter(("investor", each.investor_id) for each in rows.interests if each.level == "must_meet")
    stated += Counter(("district", each.district_id) for each in rows.marks if each.level == "must_meet")
    for (who, owner_id), times in stated.items():
        owner = rows.investors[owner_id] if who == "investor" else rows.districts[owner_id]
        most = rows.editions[owner.edition_id].must_meet_limit
        if times > most:
            yield Fault(Wrong.TOO_MANY_MUST_MEET, {"who": who, "id": owner_id, "stated": times, "most": most})


CHECKS = (
    only_the_approved_meet,
    people_are_there,
    nobody_is_too_far_away,
    nobody_is_in_two_places,
    limits_are_kept,
    must_meets_are_few,
)
