"""Name badges: who has one, in which order, and what stands on it."""

import pytest

from matchmaker.db import db
from matchmaker.domain.meeting import Status
from matchmaker.domain.roles import DelegateRole, Role, Vetting
from matchmaker.models import Account, Delegate, Edition, Investor
from matchmaker.services.actors import Missing, actor_of
from matchmaker.services.badges import BADGES_ON_PAGE, Badge, BadgeFilters, badges_of
from tests.builders import get_district, get_project, make_account, make_investor, make_meeting, save
from tests.helpers import counting_queries

HOSTS = BadgeFilters(of=Role.HOST)


def make_delegate(investor: Investor, name: str, **fields: object) -> Delegate:
    delegate = Delegate(investor=investor, name=name, **{"language": "en", **fields})
    save(delegate)
    return delegate


def names(olga: Account, edition: Edition, **filters: object) -> list[str]:
    return [badge.name for badge in badges_of(actor_of(olga), edition, filters=BadgeFilters(**filters)).items]  # type: ignore[arg-type]


def test_a_badge_tells_name_organisation_position_and_country(edition: Edition, olga: Account) -> None:
    make_delegate(make_investor(edition, name="申城资本", country="CN"), "李雷", title="总经理")
    make_delegate(make_investor(edition, name="Zeta AG"), "Ines Martin", title="Partner", role=DelegateRole.OPTIONAL)

    assert badges_of(actor_of(olga), edition).items == [
        Badge("李雷", "Lei LI", Role.INVESTOR, ("申城资本",), "总经理", "CN"),
        Badge("Ines Martin", "", Role.INVESTOR, ("Zeta AG",), "Partner", "DE"),
    ]


def test_a_host_has_its_district_on_the_badge(edition: Edition, olga: Account) -> None:
    pudong = get_district(edition, "PD")
    make_account(Role.HOST, name="韩梅梅", district=pudong)
    make_account(Role.HOST, name="Gone", district=pudong, active=False)

    assert badges_of(actor_of(olga), edition, filters=HOSTS).items == [
        Badge("韩梅梅", "Meimei HAN", Role.HOST, (pudong.name_zh, pudong.name_en))
    ]


def test_a_confidential_investor_is_not_told_on_a_badge(edition: Edition, olga: Account) -> None:
    quiet = make_investor(edition, name="Quiet Fund", country="CH", confidential=True)
    make_delegate(quiet, "Vera Still", title="Director")
    make_delegate(quiet, "Zoe Still", title="Head of QUIET FUND Asia")

    assert badges_of(actor_of(olga), edition).items == [
        Badge("Vera Still", "", Role.INVESTOR, (), "Director", confidential=True),
        Badge("Zoe Still", "", Role.INVESTOR, (), "", confidential=True),
    ]


@pytest.mark.parametrize(("country", "latin"), [("CN", "Dawen CHEN"), ("DE", "Dawen CHEN"), ("JP", ""), ("HK", "")])
def test_pinyin_is_made_only_where_names_are_spelt_so(edition: Edition, olga: Account, country: str, latin: str) -> None:
    make_delegate(make_investor(edition, country=country), "陈大文")

    [badge] = badges_of(actor_of(olga), edition).items

    assert badge.latin == latin


def test_only_delegates_of_approved_investors_have_one(edition: Edition, olga: Account) -> None:
    for vetting in Vetting:
        make_delegate(make_investor(edition, vetting=vetting), f"Of {vetting.value}")

    assert names(olga, edition) == ["Of approved"]


def test_badges_stand_by_organisation_and_name_as_a_chinese_reader_looks_them_up(edition: Edition, olga: Account) -> None:
    for organisation, people in {"Bosch": ["Zoe", "白雪"], "安华": ["王芳", "李雷"], "Cora": ["Ada"]}.items():
        investor = make_investor(edition, name=organisation)
        for name in people:
            make_delegate(investor, name)

    assert names(olga, edition) == ["李雷", "王芳", "白雪", "Zoe", "Ada"]


def test_badges_are_found_by_person_organisation_and_meeting(edition: Edition, olga: Account) -> None:
    pudong, xuhui = (get_district(edition, code) for code in ("PD", "XH"))
    for district, name in ((pudong, "Hao"), (xuhui, "Xia")):
        make_account(Role.HOST, name=name, district=district)
    meets, waits = (make_investor(edition, name=name) for name in ("Meeting AG", "Waiting_SA"))
    make_delegate(meets, "Ada")
    make_delegate(waits, "Bob")
    make_meeting(meets, get_project(edition, "PD-01"), edition.slots[0], Status.ACCEPTED)
    make_meeting(waits, get_project(edition, "XH-01"), edition.slots[0], Status.PROPOSED)

    assert names(olga, edition, text=" bob ") == names(olga, edition, text="g_s") == ["Bob"]
    assert names(olga, edition, text="meeting a") == names(olga, edition, met=True) == ["Ada"]
    assert names(olga, edition, of=Role.HOST, text=xuhui.name_zh) == names(olga, edition, of=Role.HOST, text="xia") == ["Xia"]
    assert names(olga, edition, of=Role.HOST, met=True) == ["Hao"]
    assert names(olga, edition, text="nobody") == []


def test_badges_are_cut_into_pages_of_whole_sheets(edition: Edition, olga: Account) -> None:
    investor = make_investor(edition)
    save(*(Delegate(investor=investor, name=f"Delegate {number:03d}", language="en") for number in range(BADGES_ON_PAGE + 1)))

    first, second = (badges_of(actor_of(olga), edition, page=number) for number in (1, 2))

    assert (len(first.items), [badge.name for badge in second.items]) == (BADGES_ON_PAGE, [f"Delegate {BADGES_ON_PAGE:03d}"])
    assert (first.count, first.total) == (2, BADGES_ON_PAGE + 1)


def test_three_organisations_cost_as_many_queries_as_one(edition: Edition, olga: Account) -> None:
    def cost(filters: BadgeFilters) -> int:
        actor = actor_of(olga)
        with counting_queries(db.engine) as queries:
            badges_of(actor, edition, filters=filters)
        return queries.count

    make_delegate(make_investor(edition), "Ada")
    make_account(Role.HOST, district=get_district(edition, "PD"))
    few = [cost(BadgeFilters()), cost(HOSTS)]
    for code in ("XH", "LG"):
        make_delegate(make_investor(edition), "Bob")
        make_account(Role.HOST, district=get_district(edition, code))

    assert [cost(BadgeFilters()), cost(HOSTS)] == few


def test_badges_are_for_organisers_alone(edition: Edition, ines: Account, hao: Account) -> None:
    for account in (ines, hao):
        with pytest.raises(Missing):
            badges_of(actor_of(account), edition)
