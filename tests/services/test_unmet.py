"""What an investor reads of interests that were not met, and what it can still do about them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from matchmaker.db import db
from matchmaker.domain.calendar import Half
from matchmaker.domain.interest import Level
from matchmaker.domain.meeting import Status
from matchmaker.domain.reasons import WhyNot
from matchmaker.domain.roles import Role, Vetting
from matchmaker.models import Account, Edition, Interest, Run, RunState, UnmetInterest
from matchmaker.services.actors import actor_of
from matchmaker.services.outlook import Blank, Outlook, blank_of, outlook_of
from matchmaker.services.stays import Gain
from matchmaker.services.unmet import unmet_of
from tests.builders import (
    DAYS,
    NOW,
    get_chain,
    get_district,
    get_project,
    make_account,
    make_availability,
    make_interest,
    make_investor,
    make_lead_absence,
    make_mark,
    make_meeting,
    save,
)


def make_run(edition: Edition, state: RunState, hours: int = 0) -> Run:
    at = NOW + timedelta(hours=hours)
    published = at if state is RunState.PUBLISHED else None
    run = Run(edition_id=edition.id, state=state, phase="publish", started_at=at, published_at=published, seed=1, version="1")
    save(run)
    return run


def leave_unmet(run: Run, interest: Interest, why: WhyNot = WhyNot.FULL, **facts: Any) -> None:
    about = {"interest_id": interest.id, "investor_id": interest.investor_id, "project_id": interest.project_id}
    save(UnmetInterest(run_id=run.id, **about, reason=why, facts=facts))


@pytest.mark.any_database
def test_what_was_not_met_comes_from_the_last_published_run(ines: Account, sam: Account, edition: Edition) -> None:
    interest = make_interest(ines.investor, get_chain(edition.id, "FI"), Level.MUST_MEET)
    others = make_interest(sam.investor, get_project(edition, "PD-01"))
    project = get_project(edition, "PD-02")
    reasons = ((RunState.PUBLISHED, 0, WhyNot.FULL), (RunState.PUBLISHED, 1, WhyNot.LIMITS), (RunState.DRAFT, 2, WhyNot.FULL))
    for state, hours, why in reasons:
        run = make_run(edition, state, hours)
        both = ((interest, ines.investor_id), (others, sam.investor_id))
        save(
            *(
                UnmetInterest(run_id=run.id, interest_id=each.id, investor_id=owner, project_id=project.id, reason=why)
                for each, owner in both
            )
        )

    found = unmet_of(actor_of(ines), edition, now=NOW)

    assert [(each.interest, each.project, each.why, each.facts) for each in found] == [(interest, project, WhyNot.LIMITS, {})]


def test_what_is_wanted_no_more_is_not_unmet(ines: Account, edition: Edition) -> None:
    interest = make_interest(ines.investor, get_project(edition, "PD-01"))
    run = make_run(edition, RunState.PUBLISHED, 0)
    save(UnmetInterest(run_id=run.id, interest_id=interest.id, investor_id=ines.investor_id, reason=WhyNot.FULL))
    before = len(unmet_of(actor_of(ines), edition, now=NOW))

    interest.level = Level.NO_THANKS
    save(interest)

    assert (before, unmet_of(actor_of(ines), edition, now=NOW)) == (1, [])


def test_before_the_first_night_nothing_is_unmet(ines: Account, edition: Edition) -> None:
    make_interest(ines.investor, get_project(edition, "PD-01"))

    assert unmet_of(actor_of(ines), edition, now=NOW) == []


def test_what_was_booked_since_is_met(ines: Account, edition: Edition) -> None:
    """By hand, after the night: the interest in the chain is met by a project below it."""
    interest = make_interest(ines.investor, get_chain(edition.id, "IC"))
    leave_unmet(make_run(edition, RunState.PUBLISHED), interest)
    before = len(unmet_of(actor_of(ines), edition, now=NOW))

    make_meeting(ines.investor, get_project(edition, "LG-01"), edition.slots[0])

    assert (before, unmet_of(actor_of(ines), edition, now=NOW)) == (1, [])


def test_what_ended_meets_nothing(ines: Account, edition: Edition) -> None:
    interest = make_interest(ines.investor, get_project(edition, "LG-01"))
    leave_unmet(make_run(edition, RunState.PUBLISHED), interest)
    make_meeting(ines.investor, get_project(edition, "LG-01"), edition.slots[0], Status.DECLINED)

    assert [each.interest for each in unmet_of(actor_of(ines), edition, now=NOW)] == [interest]


@pytest.mark.parametrize(
    ("limits", "others", "ended"),
    [
        ({"max_meetings": 2, "max_per_day": 2}, (), 1),
        ({"max_meetings": 1, "max_per_day": 1}, ("XH-01",), 0),
        ({"max_meetings": 5, "max_per_day": 1}, ("XH-01",), 0),
        ({"max_meetings": 5, "max_per_day": 2}, ("XH-01",), 1),
    ],
)
def test_what_ended_since_leaves_room_unless_the_limits_are_used_up_again(
    edition: Edition, limits: dict[str, int], others: tuple[str, ...], ended: int
) -> None:
    account = make_account(Role.INVESTOR, investor=make_investor(edition, **limits))
    gone = get_project(edition, "PD-02")
    change = {"kind": "meeting", "most": 3}
    own = [gone.id]
    leave_unmet(
        make_run(edition, RunState.PUBLISHED),
        make_interest(account.investor, get_project(edition, "LG-01")),
        WhyNot.LIMITS,
        own=own,
        change=change,
    )
    make_meeting(account.investor, gone, edition.slots[0], Status.DECLINED)
    for code in others:
        make_meeting(account.investor, get_project(edition, code), edition.slots[2])

    (found,) = unmet_of(actor_of(account), edition, now=NOW)

    assert (found.ended, found.change) == (ended, None if ended else change)


# -- what can still be done --------------------------------------------------------------------------------------------

HALF_DAY = {"kind": "investor_half_day", "who_en": "Ines", "who_zh": "Ines", "day": DAYS[1].isoformat(), "half": "afternoon"}
TABLE = {"kind": "table", "who_en": "Pudong centre", "who_zh": "浦东", "day": DAYS[1].isoformat(), "half": "morning"}


def outlook(account: Account, edition: Edition, *, now: Any = NOW) -> Outlook:
    actor = actor_of(account)
    return outlook_of(actor, edition, unmet_of(actor, edition, now=now), now=now)


@pytest.fixture
def run(edition: Edition) -> Run:
    return make_run(edition, RunState.PUBLISHED)


@pytest.fixture
def early(edition: Edition) -> Account:
    """In town on the first day only, with two interests whose hosts are there on the second."""
    account = make_account(Role.INVESTOR, investor=make_investor(edition, available=edition.slots[:4]))
    for code in ("PD-01", "PD-02"):
        make_interest(account.investor, get_project(edition, code))
        make_lead_absence(get_project(edition, code), *edition.slots[:4])
    make_lead_absence(get_project(edition, "PD-02"), *edition.slots[4:6])
    return account


def stated(account: Account) -> list[Interest]:
    return list(db.session.scalars(select(Interest).where(Interest.investor_id == account.investor_id).order_by(Interest.id)))


def test_where_a_change_is_proven_only_that_is_told(early: Account, edition: Edition, run: Run) -> None:
    one, other = stated(early)
    leave_unmet(run, one, change=HALF_DAY)
    leave_unmet(run, other, change=None)

    assert outlook(early, edition) == Outlook(openings=((HALF_DAY, 1),), tried_again=2)


def test_where_none_is_proven_the_hours_of_the_hosts_tell_what_half_days_bring(
    early: Account, edition: Edition, run: Run
) -> None:
    one, other = stated(early)
    leave_unmet(run, one, change=None)
    leave_unmet(run, other)

    gains = (Gain((DAYS[1], Half.AFTERNOON), 2, proven=False), Gain((DAYS[1], Half.MORNING), 1, proven=False))
    assert outlook(early, edition) == Outlook(tried_again=2, gains=gains, lacks_half_days=True)


def test_what_others_could_change_is_counted(early: Account, edition: Edition, run: Run) -> None:
    one, other = stated(early)
    leave_unmet(run, one, change=TABLE)
    leave_unmet(run, other, WhyNot.DECLINED)

    found = outlook(early, edition)

    assert (found.openings, found.by_others, found.tried_again) == ((), 1, 1)


def test_what_was_proven_and_is_made_by_now_is_not_asked_for_again(early: Account, edition: Edition, run: Run) -> None:
    one, other = stated(early)
    leave_unmet(run, one, change=HALF_DAY)
    leave_unmet(run, other, change={"kind": "meeting", "most": 11})
    before = outlook(early, edition)
    make_availability(early.investor, edition.slots[6:8])
    early.investor.max_meetings = 11
    db.session.commit()

    after = outlook(early, edition)

    assert (len(before.openings), before.made) == (2, 0)
    assert (after.openings, after.made, after.by_others) == ((), 2, 0)


def test_who_gave_all_its_time_is_asked_for_no_more(ines: Account, edition: Edition, run: Run) -> None:
    leave_unmet(run, make_interest(ines.investor, get_project(edition, "PD-01")), change=None)

    assert outlook(ines, edition) == Outlook(tried_again=1)


@pytest.mark.parametrize("vetting", [Vetting.APPLIED, Vetting.WAITLISTED])
def test_before_approval_and_after_the_last_day_nothing_helps(
    ines: Account, edition: Edition, run: Run, vetting: Vetting
) -> None:
    """As the organisation stands now, whatever the night found."""
    leave_unmet(run, make_interest(ines.investor, get_project(edition, "PD-01")), WhyNot.FULL)
    ines.investor.vetting = vetting
    db.session.commit()

    assert outlook(ines, edition) == Outlook(waits_for_vetting=True)
    assert outlook(ines, edition, now=edition.slots[-2].starts_at) == Outlook(waits_for_vetting=True)
    assert outlook(ines, edition, now=edition.slots[-1].starts_at) == Outlook(is_over=True)


def test_what_was_decided_since_the_night_is_known(ines: Account, edition: Edition, run: Run) -> None:
    leave_unmet(run, make_interest(ines.investor, get_project(edition, "PD-01")), WhyNot.NOT_YET_VETTED)

    approved = outlook(ines, edition)
    ines.investor.vetting = Vetting.REFUSED
    db.session.commit()

    assert approved == Outlook(tried_again=1)
    assert outlook(ines, edition) == Outlook(is_refused=True)


def test_a_no_thanks_that_still_stands_is_not_tried_again(ines: Account, edition: Edition, run: Run) -> None:
    leave_unmet(run, make_interest(ines.investor, get_project(edition, "PD-01")), WhyNot.NO_THANKS)
    mark = make_mark(get_district(edition, "PD"), ines.investor, Level.NO_THANKS)
    standing = outlook(ines, edition)
    db.session.delete(mark)
    db.session.commit()

    assert (standing.tried_again, outlook(ines, edition).tried_again) == (0, 1)


def test_what_is_still_not_offered_is_not_tried_again(ines: Account, edition: Edition, run: Run) -> None:
    project = get_project(edition, "PD-01")
    leave_unmet(run, make_interest(ines.investor, project), WhyNot.NOTHING_OFFERED)
    leave_unmet(run, make_interest(ines.investor, get_district(edition, "XH")), WhyNot.NOTHING_OFFERED)
    project.withdrawn_at = NOW
    db.session.commit()
    standing = outlook(ines, edition)
    project.withdrawn_at = None
    db.session.commit()

    assert (standing.tried_again, outlook(ines, edition).tried_again) == (1, 2)


# -- what ended since the night ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "why"),
    [
        (Status.DECLINED, WhyNot.DECLINED),
        (Status.WITHDRAWN, WhyNot.WITHDRAWN),
        (Status.LAPSED, WhyNot.FELL_THROUGH),
        (Status.CANCELLED, WhyNot.FELL_THROUGH),
    ],
)
def test_what_the_night_booked_and_ended_since_is_told_with_how(
    ines: Account, edition: Edition, run: Run, status: Status, why: WhyNot
) -> None:
    interest = make_interest(ines.investor, get_project(edition, "PD-01"))
    meeting = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], status)

    (found,) = unmet_of(actor_of(ines), edition, now=NOW)

    assert (found.interest, found.project, found.why, found.own) == (interest, meeting.project, why, (meeting,))
    assert outlook(ines, edition).tried_again == (why is WhyNot.FELL_THROUGH)


def test_of_a_chain_another_project_is_tried_though_one_declined(ines: Account, edition: Edition, run: Run) -> None:
    make_interest(ines.investor, get_chain(edition.id, "IC"))
    make_meeting(ines.investor, get_project(edition, "LG-01"), edition.slots[0], Status.DECLINED)

    assert [each.why for each in unmet_of(actor_of(ines), edition, now=NOW)] == [WhyNot.FELL_THROUGH]


def test_a_decline_since_the_night_counts_more_than_its_reason(ines: Account, edition: Edition, run: Run) -> None:
    leave_unmet(run, make_interest(ines.investor, get_project(edition, "PD-01")), WhyNot.FULL)
    meeting = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0], Status.DECLINED)

    (found,) = unmet_of(actor_of(ines), edition, now=NOW)

    assert (found.why, found.own) == (WhyNot.DECLINED, (meeting,))


def test_what_expired_meets_nothing_and_is_in_the_way_of_nothing(ines: Account, edition: Edition, run: Run) -> None:
    interest = make_interest(ines.investor, get_project(edition, "PD-01"))
    meeting = make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[4])
    leave_unmet(run, make_interest(ines.investor, get_project(edition, "LG-01")), WhyNot.LIMITS, own=[meeting.project_id])

    before = unmet_of(actor_of(ines), edition, now=NOW)
    after = unmet_of(actor_of(ines), edition, now=meeting.deadline_at)

    assert [each.own for each in before] == [(meeting,)]
    assert [(each.why, each.own) for each in after] == [(WhyNot.FELL_THROUGH, (meeting,)), (WhyNot.LIMITS, ())]
    assert after[0].interest == interest


def test_of_several_meetings_about_a_project_the_latest_tells(ines: Account, edition: Edition, run: Run) -> None:
    project = get_project(edition, "PD-01")
    leave_unmet(run, make_interest(ines.investor, project), WhyNot.ENDED)
    lapsed = [make_meeting(ines.investor, project, edition.slots[each], Status.LAPSED) for each in range(3)]

    (found,) = unmet_of(actor_of(ines), edition, now=NOW)

    assert found.own == (lapsed[-1],)


def test_a_wider_limit_a_day_is_no_longer_asked_for(ines: Account, edition: Edition, run: Run) -> None:
    leave_unmet(run, make_interest(ines.investor, get_project(edition, "PD-01")), change={"kind": "meeting_a_day", "most": 6})
    asked = outlook(ines, edition)
    ines.investor.max_per_day = 6
    db.session.commit()

    assert (len(asked.openings), asked.made) == (1, 0)
    assert (outlook(ines, edition).openings, outlook(ines, edition).made) == ((), 1)


def test_what_was_stated_while_the_night_read_is_tried_by_the_next(ines: Account, edition: Edition, run: Run) -> None:
    """In the very moment of its beginning, or after; what was stated before, the night has read."""
    at = [run.started_at + timedelta(seconds=each) for each in (-1, 0, 1)]
    for code, moment in zip(("PD-01", "PD-02", "LG-01"), at, strict=True):
        make_interest(ines.investor, get_project(edition, code)).stated_at = moment
    db.session.commit()

    assert blank_of(actor_of(ines), edition, now=NOW) == Blank(False, 2)


def test_where_nothing_is_unmet_nothing_is_to_be_done(ines: Account, edition: Edition, run: Run) -> None:
    assert outlook(ines, edition) == Outlook()


def test_why_nothing_is_unmet(ines: Account, edition: Edition) -> None:
    """Before the first night; afterwards with what was stated since and is not met already."""
    actor = actor_of(ines)
    for code in ("PD-01", "PD-02", "LG-01"):
        make_interest(ines.investor, get_project(edition, code))
    before = blank_of(actor, edition, now=NOW)
    make_run(edition, RunState.PUBLISHED)
    met, since, refused = stated(ines)
    make_meeting(ines.investor, get_project(edition, "PD-01"), edition.slots[0])
    met.stated_at = since.stated_at = refused.stated_at = NOW
    refused.level = Level.NO_THANKS
    db.session.commit()

    assert (before, blank_of(actor, edition, now=NOW)) == (Blank(True, 0), Blank(False, 1))


def test_an_outlook_costs_the_same_however_much_is_unmet(
    early: Account, edition: Edition, run: Run, count_queries: Callable[[], Any]
) -> None:
    counts = []
    for each in stated(early):
        leave_unmet(run, each, change=None)
        with count_queries() as queries:
            outlook(early, edition)
        counts.append(queries.count)

    assert counts[0] == counts[1]
