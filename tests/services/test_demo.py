"""The demonstration cohort: seeded, plainly invented, crowded on the popular chains, and stored once."""

from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import func, select

from matchmaker.db import db
from matchmaker.domain.interest import Level, Target
from matchmaker.domain.roles import Role, Vetting
from matchmaker.domain.rules import Broken, RuleBroken
from matchmaker.models import (
    Account,
    ActivitySignup,
    Availability,
    Edition,
    Interest,
    Investor,
    LeadAbsence,
    Resource,
    ResourceKind,
    VettingDecision,
)
from matchmaker.services.catalogue import load_catalogue
from matchmaker.services.demo import Demo, create_demo
from matchmaker.services.editions import get_edition
from tests.builders import NOW, make_account, make_edition, make_empty_edition
from tests.helpers import ROOT


def hash_plainly(password: str) -> str:
    return f"hashed {password}"


def create(edition: Edition, seed: int = 1, **options: int) -> Demo:
    return create_demo(edition, seed=seed, now=NOW, hash_password=hash_plainly, **options)


def count(kind: type) -> int:
    return db.session.scalar(select(func.count()).select_from(kind)) or 0


def everything_said() -> list[tuple]:
    """What the cohort says, without what is random in every installation."""
    rows = select(Investor.name, Investor.languages, Investor.vetting, Interest.target, Interest.level, Interest.project_id)
    return [tuple(map(str, row)) for row in db.session.execute(rows.outerjoin(Interest).order_by(Investor.id, Interest.id))]


@pytest.fixture
def shanghai(app) -> Edition:
    load_catalogue(Path(ROOT / "matchmaker/data/shanghai-2024"))
    return get_edition()


def test_everybody_is_described_in_both_languages_and_says_that_it_is_invented(shanghai):
    create(shanghai)

    for investor in db.session.scalars(select(Investor)):
        chinese, english = investor.about.split("\n")
        said, fields = chinese.removesuffix("。").split("关注领域：")
        assert said == "虚构的投资机构，仅用于演示。"
        assert set(fields.split("；")) == {each.name_zh for each in investor.chains}
        said, fields = english.removesuffix(".").split("Fields of interest: ")
        assert said == "An invented investor, for demonstration only. "
        assert set(fields.split("; ")) == {each.name_en for each in investor.chains}


def test_cohort_has_the_shape_of_the_conference(shanghai):
    demo = create(shanghai)

    assert demo.created
    assert {name: demo.counts[name] for name in ("investors", "not_approved", "hosts", "organisers")} == {
        "investors": 400,
        "not_approved": 10,
        "hosts": 17,
        "organisers": 1,
    }
    vettings = Counter(db.session.scalars(select(Investor.vetting)))
    assert vettings == {Vetting.APPROVED: 390, Vetting.APPLIED: 4, Vetting.WAITLISTED: 3, Vetting.REFUSED: 3}
    assert count(VettingDecision) == 396
    assert db.session.scalar(select(func.count()).where(Resource.kind == ResourceKind.INVESTOR)) == 400
    assert (count(Account), count(Interest), count(Availability), count(ActivitySignup), count(LeadAbsence)) == (
        418,
        demo.counts["interests"],
        demo.counts["availability"],
        demo.counts["signups"],
        demo.counts["absences"],
    )


def test_a_quarter_speaks_neither_english_nor_chinese(shanghai):
    create(shanghai)

    languages = db.session.scalars(select(Investor.languages)).all()
    share = sum(not {"en", "zh"} & set(each) for each in languages) / len(languages)
    assert 0.2 < share < 0.3


def test_interests_crowd_on_the_first_chains(shanghai):
    create(shanghai)

    wanted = Counter(db.session.scalars(select(Interest.project_id).where(Interest.target == Target.PROJECT)))
    most = sum(number for _, number in wanted.most_common(33))  # a fifth of the projects
    assert most > sum(wanted.values()) / 2


def test_nobody_breaks_the_rules_of_interests(shanghai):
    create(shanghai)

    per_investor = Counter(db.session.scalars(select(Interest.investor_id)))
    must_meet = Counter(db.session.scalars(select(Interest.investor_id).where(Interest.level == Level.MUST_MEET)))
    assert (min(per_investor.values()), max(per_investor.values()), len(per_investor)) == (3, 9, 385)
    assert max(must_meet.values()) == 3


def test_stays_are_one_to_five_days(shanghai):
    create(shanghai)

    days = {}
    rows = select(Availability.investor_id, Availability.slot_id)
    day_of = {slot.id: slot.day for slot in shanghai.slots}
    for investor_id, slot_id in db.session.execute(rows):
        days.setdefault(investor_id, set()).add(day_of[slot_id])
    assert Counter(len(each) for each in days.values()).keys() == {1, 2, 3, 4, 5}
    assert len(days) == 400


def test_printed_logins_are_an_investor_a_host_and_the_organiser(shanghai):
    demo = create(shanghai)

    assert [login.role for login in demo.logins[:3]] == [Role.INVESTOR, Role.HOST, Role.ORGANISER]
    assert [login.email for login in demo.logins[:3]] == [
        "investor001@example.org",
        "host-pd@example.org",
        "organiser@example.org",
    ]
    stored = dict(db.session.execute(select(Account.email, Account.password).where(Account.password.is_not(None))).all())
    assert stored == {login.email: hash_plainly(login.password) for login in demo.logins}
    assert all(db.session.scalars(select(Account.demo)))
    assert all(db.session.scalars(select(Account.confirmed_at)))


def test_second_call_changes_nothing(edition):
    first = create(edition, investors=20)
    said = everything_said()

    assert first.created
    assert create(edition, seed=2, investors=20) == Demo(created=False)
    assert everything_said() == said
    assert count(Investor) == 20


def test_same_seed_gives_the_same_cohort_with_other_passwords(app):
    edition = make_edition()
    first = create(edition, investors=12)
    said = everything_said()
    db.session.remove()
    db.drop_all()
    db.create_all()

    second = create(make_edition(), investors=12)

    assert everything_said() == said
    assert [login.email for login in second.logins] == [login.email for login in first.logins]
    assert {login.password for login in first.logins}.isdisjoint(login.password for login in second.logins)


def test_edition_without_projects_gets_no_cohort(app):
    edition = make_empty_edition()

    with pytest.raises(RuleBroken) as refused:
        create(edition)
    assert (refused.value.code, count(Account)) == (Broken.NOT_POSSIBLE_NOW, 0)


def test_edition_without_meeting_days_gets_no_cohort(app):
    edition = make_edition(meeting_days=())

    with pytest.raises(RuleBroken) as refused:
        create(edition)
    assert (refused.value.code, count(Account)) == (Broken.NOT_POSSIBLE_NOW, 0)


def test_address_that_somebody_has_is_left_alone(edition):
    make_account(Role.ORGANISER, email="Organiser@example.org")

    with pytest.raises(RuleBroken) as refused:
        create(edition, investors=5)
    assert (refused.value.code, count(Account)) == (Broken.EMAIL_TAKEN, 1)
