"""The investors that a host finds to be marked: who is on the list, in which order, and what it tells of them."""

import pytest

from matchmaker.db import db
from matchmaker.domain.interest import Level
from matchmaker.domain.meeting import Status
from matchmaker.domain.roles import Role, Vetting
from matchmaker.domain.scoring import Reason
from matchmaker.models import Account, Delegate, Edition
from matchmaker.phrases import profile_words
from matchmaker.services.actors import Actor, Missing, actor_of
from matchmaker.services.marks import UNMARKED, InvestorFilters, InvestorRow, investors_for
from tests.builders import (
    NOW,
    get_chain,
    get_district,
    get_project,
    make_account,
    make_interest,
    make_investor,
    make_mark,
    make_meeting,
    save,
)


def rows(actor: Actor, **filters: str) -> list[InvestorRow]:
    db.session.rollback()
    return list(investors_for(actor, filters=InvestorFilters(**filters), words_of=profile_words).items)


def names(actor: Actor, **filters: str) -> list[str | None]:
    return [row.investor.name for row in rows(actor, **filters)]


def test_approved_investors_are_listed_with_the_project_that_suits_them_best(edition: Edition, hao: Account) -> None:
    weaker = make_investor(edition, name="Weaker", chains=("IC",))
    wanting = make_investor(edition, name="Wanting")
    make_interest(wanting, get_project(edition, "PD-02"), Level.MUST_MEET)

    found = rows(actor_of(hao))

    assert [(row.investor.name, row.project.code) for row in found] == [("Wanting", "PD-02"), (weaker.name, "PD-01")]
    assert [each.reason for each in found[0].reasons] == [Reason.MUST_MEET, Reason.SAME_CHAIN, Reason.SIZE_FITS]
    assert found[0].score > found[1].score > 0


@pytest.mark.parametrize("vetting", [Vetting.APPLIED, Vetting.WAITLISTED, Vetting.REFUSED])
def test_who_is_not_approved_is_not_listed(edition: Edition, hao: Account, vetting: Vetting) -> None:
    make_investor(edition, vetting=vetting)

    assert rows(actor_of(hao)) == []


def test_whom_nothing_speaks_for_is_not_listed(edition: Edition, hao: Account) -> None:
    make_investor(edition, chains=(), languages=("de",), stages=[], size_min=None, size_max=None)

    assert rows(actor_of(hao)) == []


def test_withdrawn_projects_suit_nobody(edition: Edition, hao: Account) -> None:
    make_investor(edition)
    for code in ("PD-01", "PD-02"):
        get_project(edition, code).withdrawn_at = NOW
    db.session.commit()

    assert rows(actor_of(hao)) == []


@pytest.mark.parametrize("target", ["project", "chain", "district"])
def test_an_investor_that_says_no_thanks_looks_as_though_it_had_said_nothing(
    edition: Edition, hao: Account, ines: Account, sam: Account, target: str
) -> None:
    things = {
        "project": get_project(edition, "PD-01"),
        "chain": get_chain(edition.id, "FI-ROB"),
        "district": get_district(edition, "PD"),
    }
    make_interest(ines.investor, things[target], Level.NO_THANKS)

    refusing, silent = rows(actor_of(hao))

    assert {refusing.investor.name, silent.investor.name} == {"Ines Capital", "Sam Holdings"}
    assert (refusing.score, refusing.project, refusing.reasons) == (silent.score, silent.project, silent.reasons)


def test_a_mark_is_told_and_moves_nobody(edition: Edition, hao: Account) -> None:
    wanting, other = make_investor(edition, name="Wanting"), make_investor(edition, name="Other")
    for investor in (wanting, other):
        make_interest(investor, get_project(edition, "PD-01"))
    before = [(row.investor.name, row.score) for row in rows(actor_of(hao))]
    make_mark(get_district(edition, "PD"), other, Level.MUST_MEET)

    after = rows(actor_of(hao))

    assert [(row.investor.name, row.score) for row in after] == before
    assert [row.mark for row in after] == [None, Level.MUST_MEET]


def test_the_meeting_of_the_project_that_suits_best_is_told_and_the_others_are_counted(
    edition: Edition, hao: Account, ines: Account
) -> None:
    best, other = get_project(edition, "PD-01"), get_project(edition, "PD-02")
    make_interest(ines.investor, best, Level.MUST_MEET)
    shown = make_meeting(ines.investor, best, edition.slots[0])
    make_meeting(ines.investor, other, edition.slots[1], status=Status.ACCEPTED)

    (row,) = rows(actor_of(hao))

    assert row.meeting is not None
    assert (row.project.code, row.meeting.id, row.more) == ("PD-01", shown.id, 1)


def test_an_ended_meeting_is_not_counted_beside_the_one_that_is_told(edition: Edition, hao: Account, ines: Account) -> None:
    make_interest(ines.investor, get_project(edition, "PD-01"), Level.MUST_MEET)
    make_meeting(ines.investor, get_project(edition, "PD-02"), edition.slots[0], status=Status.LAPSED)
    told = make_meeting(ines.investor, get_project(edition, "PD-02"), edition.slots[1], status=Status.ACCEPTED)

    (row,) = rows(actor_of(hao))

    assert row.meeting is not None
    assert (row.meeting.id, row.more) == (told.id, 0)


def test_marks_of_another_district_are_not_told(edition: Edition, hao: Account, ines: Account) -> None:
    make_mark(get_district(edition, "XH"), ines.investor, Level.NO_THANKS)

    assert [row.mark for row in rows(actor_of(hao))] == [None]
    assert names(actor_of(hao), mark=UNMARKED) == ["Ines Capital"]


def test_the_list_is_filtered_by_mark_chain_and_words(edition: Edition, hao: Account, ines: Account, sam: Account) -> None:
    chips = make_investor(edition, name="Chip Partners", chains=("IC-DES",), country="JP", languages=("ja", "en"))
    make_mark(get_district(edition, "PD"), sam.investor, Level.WOULD_LIKE)
    hosts = actor_of(hao)

    assert names(hosts, mark="would_like") == ["Sam Holdings"]
    assert set(names(hosts, mark=UNMARKED)) == {"Ines Capital", chips.name}
    assert set(names(hosts, chain="FI")) == {"Ines Capital", "Sam Holdings"}
    assert names(hosts, chain="IC", text="japan") == ["Chip Partners"]
    assert names(hosts, chain="NONE") == []
    assert [names(hosts, text=text) for text in ("chip partners", "日本", "japanese", "chip ines")] == [
        ["Chip Partners"],
        ["Chip Partners"],
        ["Chip Partners"],
        [],
    ]


def test_a_confidential_investor_is_named_and_found_by_name_after_accepting_only(edition: Edition, hao: Account) -> None:
    quiet = make_investor(edition, name="Quiet Fund", country="CH", confidential=True, about="We are Quiet Fund.")
    save(Delegate(investor_id=quiet.id, name="Vera Still", title="Partner", language="en"))
    make_meeting(quiet, get_project(edition, "XH-01"), edition.slots[0], Status.ACCEPTED)
    meeting = make_meeting(quiet, get_project(edition, "PD-01"), edition.slots[1])
    hosts = actor_of(hao)

    before = rows(hosts)[0]
    found_before = names(hosts, text="quiet"), names(hosts, text="switzerland")
    meeting.status, meeting.host_agreed_at = Status.ACCEPTED, NOW
    db.session.commit()
    after = rows(hosts)[0]

    assert (before.investor.name, before.investor.country, before.investor.delegates) == (None, "CH", None)
    assert before.investor.about is None
    assert before.meeting == after.meeting == meeting
    assert found_before == ([], [None])
    assert after.investor.name == "Quiet Fund"
    assert names(hosts, text="quiet") == ["Quiet Fund"]


def test_what_another_district_accepted_opens_nothing(edition: Edition, ines: Account) -> None:
    quiet = make_investor(edition, name="Quiet Fund", confidential=True)
    make_meeting(quiet, get_project(edition, "PD-01"), edition.slots[0], Status.ACCEPTED)
    stranger = make_account(Role.HOST, district=get_district(edition, "XH"))

    quiet_row = next(row for row in rows(actor_of(stranger)) if row.investor.id == quiet.id)

    assert (quiet_row.investor.name, quiet_row.investor.delegates, quiet_row.meeting) == (None, None, None)


def test_the_list_is_paged(edition: Edition, hao: Account) -> None:
    for _number in range(31):
        make_investor(edition)

    first, last = (investors_for(actor_of(hao), page=page, words_of=profile_words) for page in (1, 9))

    assert [(len(page.items), page.number, page.count, page.total) for page in (first, last)] == [(30, 1, 2, 31), (1, 2, 2, 31)]


def test_only_hosts_have_such_a_list(edition: Edition, ines: Account, olga: Account) -> None:
    for account in (ines, olga):
        with pytest.raises(Missing):
            rows(actor_of(account))


def test_a_draft_of_the_district_suits_nobody_yet(edition: Edition, hao: Account) -> None:
    make_investor(edition)
    for code in ("PD-01", "PD-02"):
        get_project(edition, code).published_at = None
    db.session.commit()

    assert rows(actor_of(hao)) == []
