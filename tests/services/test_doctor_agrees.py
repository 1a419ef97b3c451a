"""Whatever people do through the actions, in any order, the doctor has nothing to say."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from matchmaker.db import db
from matchmaker.domain.reasons import CancelReason, DeclineReason
from matchmaker.domain.roles import Role
from matchmaker.domain.rules import RuleBroken
from matchmaker.models import Edition, Investor, Meeting, Project
from matchmaker.services import meetings
from matchmaker.services.actors import Actor, Missing, actor_of
from matchmaker.services.asking import ask_for_another_time
from matchmaker.services.doctor import diagnose
from matchmaker.services.outcomes import record_meeting
from tests.builders import NOW, get_district, make_account, make_investor
from tests.services.nights import lapse


class People:
    """Everybody of the small edition, acting at random; what the rules forbid is tried as well."""

    def __init__(self, edition: Edition, organiser: Actor, seed: int) -> None:
        self.edition, self.organiser = edition, organiser
        self.rng = random.Random(seed)
        self.now: datetime = NOW
        self.done: Counter[str] = Counter()
        self.slots = [slot.id for slot in edition.slots]

    def act(self) -> None:
        [action] = self.rng.choices([self._book, self._answer, self._pass_time], weights=(6, 20, 1))
        try:
            self.done[action()] += 1
        except (RuleBroken, Missing):
            self.done["refused"] += 1

    def _book(self) -> str:
        pair = (self.rng.choice(self._ids(Investor)), self.rng.choice(self._ids(Project)))
        meetings.book_by_hand(self.organiser, *pair, self.rng.choice(self.slots), now=self.now)
        return "book"

    def _answer(self) -> str:
        ids = self._ids(Meeting)
        meeting = db.session.get_one(Meeting, self.rng.choice(ids)) if ids else None
        if meeting is None:
            return "nothing to answer"
        investor = Actor(Role.INVESTOR, None, meeting.investor_id, None)
        host = Actor(Role.HOST, None, None, meeting.project.district_id)
        name, step = self.rng.choice(self._steps(meeting.id, investor, host))
        step()
        return name

    def _steps(self, meeting_id: int, investor: Actor, host: Actor) -> list[tuple[str, Callable[[], object]]]:
        now, slot = self.now, self.rng.choice(self.slots)
        either = self.rng.choice((investor, host))
        return [
            ("accept", lambda: meetings.accept_meeting(host, meeting_id, now=now)),
            ("agree", lambda: meetings.agree_to_meeting(investor, meeting_id, now=now)),
            ("ask", lambda: ask_for_another_time(investor, meeting_id, now=now)),
            ("offer", lambda: meetings.offer_slot(host, meeting_id, slot, now=now)),
            ("take", lambda: meetings.take_offer(investor, meeting_id, now=now)),
            ("keep", lambda: meetings.keep_slot(investor, meeting_id, now=now)),
            ("decline", lambda: meetings.decline_meeting(host, meeting_id, DeclineReason.OTHER, now=now)),
            ("withdraw", lambda: meetings.withdraw_meeting(investor, meeting_id, now=now)),
            ("cancel", lambda: meetings.cancel_meeting(either, meeting_id, CancelReason.ILLNESS, now=now)),
            ("record", lambda: record_meeting(host, meeting_id, self.rng.random() < 0.5, now=now)),
            ("reopen", lambda: meetings.reopen_pair(self.organiser, meeting_id, "They missed the train.", now=now)),
        ]

    def _pass_time(self) -> str:
        self.now += timedelta(hours=self.rng.randint(1, 24))
        lapse(self.edition, now=self.now)
        return "time"

    def _ids(self, kind: type) -> list[int]:
        return list(db.session.scalars(select(kind.id).order_by(kind.id)))


@pytest.mark.any_database
@pytest.mark.parametrize("seed", range(3))
def test_any_order_of_actions_leaves_a_sound_edition(edition, ines, hao, olga, sam, seed):
    make_account(Role.HOST, district=get_district(edition, "XH"))
    for languages in (["ja"], ["de"], ["zh"]):
        make_investor(edition, languages=languages)
    people = People(edition, actor_of(olga), seed)

    for _ in range(150):
        people.act()

    assert [str(fault) for fault in diagnose()] == []
    assert {"book", "accept", "offer", "time"} <= set(people.done), people.done
