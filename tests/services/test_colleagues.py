"""Asking a colleague to join an investor: who gets which mail, what nobody learns, and what comes of it."""

from collections.abc import Callable
from typing import Any

import pytest
from flask_security import verify_password
from sqlalchemy import select

from matchmaker.db import db
from matchmaker.domain.roles import Role
from matchmaker.domain.rules import Broken, RuleBroken
from matchmaker.models import Account, Joining, Notice
from matchmaker.services.accounts import join_investor, sign_up_investor
from matchmaker.services.actors import Missing, actor_of
from matchmaker.services.colleagues import (
    MOST_WAITING,
    ask_to_join,
    colleagues_of,
    send_fresh_joining_link,
    take_back_joining,
)
from matchmaker.services.notices import Delivered, deliver_notices
from tests.builders import NOW, make_account, make_joining
from tests.services.test_accounts import make_application

PASSWORD = "seven robots dance"


def outbox() -> list[tuple[int | None, int | None, str]]:
    """Whom each notice is for: by account, by joining, and its kind."""
    query = select(Notice).order_by(Notice.id)
    return [(each.account_id, each.joining_id, each.kind) for each in db.session.scalars(query)]


def waiting(account: Account) -> list[str]:
    return [joining.email for joining in colleagues_of(actor_of(account)).waiting]


def refusal(act: Callable[..., Any], *arguments: Any, **named: Any) -> tuple[Broken, str | None]:
    with pytest.raises(RuleBroken) as caught:
        act(*arguments, **named)
    return caught.value.code, caught.value.field


def joined(joining: Joining) -> Account:
    return join_investor(joining.id, " Zoé ", PASSWORD, now=NOW)


def test_a_colleague_is_asked_by_mail_in_the_language_chosen(ines: Account) -> None:
    ask_to_join(actor_of(ines), " Zoe@Example.org ", "zh_Hans_CN", now=NOW)

    joining = db.session.scalars(select(Joining)).one()
    assert (joining.email, joining.language, joining.asked_by_id, joining.asked_at) == (
        "zoe@example.org",
        "zh_Hans_CN",
        ines.id,
        NOW,
    )
    assert outbox() == [(None, joining.id, "join")]
    assert db.session.scalars(select(Notice.facts)).one() == {"by": "Ines", "investor": "Ines Capital"}
    assert waiting(ines) == ["zoe@example.org"]


def test_who_joins_signs_in_for_the_same_investor_with_a_confirmed_address(ines: Account) -> None:
    account = joined(make_joining(ines, "zoe@example.org", language="zh_Hans_CN"))

    assert (account.role, account.investor_id, account.name, account.language) == (
        Role.INVESTOR,
        ines.investor_id,
        "Zoé",
        "zh_Hans_CN",
    )
    assert (account.email, account.confirmed_at, account.active) == ("zoe@example.org", NOW, True)
    assert verify_password(PASSWORD, account.password)
    found = colleagues_of(actor_of(ines))
    assert ([each.name for each in found.accounts], found.waiting) == (["Ines", "Zoé"], [])
    assert actor_of(account).investor_id == actor_of(ines).investor_id


def test_whose_account_is_closed_signs_in_no_more(ines: Account) -> None:
    make_account(Role.INVESTOR, investor=ines.investor, active=False)

    assert [account.id for account in colleagues_of(actor_of(ines)).accounts] == [ines.id]


def test_nobody_joins_twice(ines: Account) -> None:
    joining = make_joining(ines)
    joined(joining)

    assert refusal(joined, joining) == (Broken.SOMEBODY_WAS_QUICKER, None)
    assert refusal(ask_to_join, actor_of(ines), joining.email, "en", now=NOW) == (Broken.EMAIL_TAKEN, "email")
    assert refusal(send_fresh_joining_link, joining.id, now=NOW) == (Broken.SOMEBODY_WAS_QUICKER, None)
    assert refusal(take_back_joining, actor_of(ines), joining.id) == (Broken.SOMEBODY_WAS_QUICKER, None)


@pytest.mark.parametrize(
    ("name", "password", "expected"),
    [
        (" ", PASSWORD, (Broken.EMPTY, "name")),
        ("x" * 121, PASSWORD, (Broken.TOO_LONG, "name")),
        ("Zoé", "short", (Broken.PASSWORD_SHORT, "password")),
        ("Zoé", "colleague@example.org", (Broken.PASSWORD_GUESSABLE, "password")),
    ],
)
def test_a_wrong_name_or_password_makes_no_account(ines: Account, name: str, password: str, expected: Any) -> None:
    joining = make_joining(ines)

    assert refusal(join_investor, joining.id, name, password, now=NOW) == expected
    assert waiting(ines) == ["colleague@example.org"]


@pytest.mark.parametrize(
    ("email", "language", "expected"),
    [
        (" ", "en", (Broken.EMPTY, "email")),
        ("zoe at home", "en", (Broken.EMAIL_INVALID, "email")),
        ("zoe@example.org", "fr", (Broken.LANGUAGE_UNKNOWN, "language")),
        ("INES@example.org", "en", (Broken.EMAIL_TAKEN, "email")),
    ],
)
def test_a_wrong_address_is_refused(ines: Account, email: str, language: str, expected: Any) -> None:
    assert refusal(ask_to_join, actor_of(ines), email, language, now=NOW) == expected
    assert (outbox(), waiting(ines)) == ([], [])


def test_an_address_with_an_account_is_asked_like_any_other_and_only_its_owner_learns(ines: Account, sam: Account) -> None:
    ask_to_join(actor_of(ines), sam.email, "en", now=NOW)
    ask_to_join(actor_of(ines), "nobody@example.org", "en", now=NOW)

    known, unknown = colleagues_of(actor_of(ines)).waiting
    assert [(each.email, each.language, each.account_id) for each in (known, unknown)] == [
        (sam.email, "en", None),
        ("nobody@example.org", "en", None),
    ]
    assert outbox() == [(sam.id, None, "join_known"), (None, unknown.id, "join")]


def test_who_signed_up_meanwhile_does_not_change_sides(ines: Account) -> None:
    joining = make_joining(ines, "zoe@example.org")
    zoe = sign_up_investor(make_application(email="zoe@example.org", person="Zoé"), edition=ines.investor.edition, now=NOW)

    assert zoe is not None  # to be asked keeps nobody from signing up
    assert refusal(joined, joining) == (Broken.EMAIL_TAKEN, None)
    assert zoe.investor_id != ines.investor_id


def test_asked_again_the_colleague_gets_another_mail_once_the_last_has_left(ines: Account) -> None:
    actor = actor_of(ines)
    for language in ("en", "zh_Hans_CN"):
        ask_to_join(actor, "zoe@example.org", language, now=NOW)
    before = len(outbox())
    deliver_notices(lambda notice: None, now=NOW)
    ask_to_join(actor, "zoe@example.org", "zh_Hans_CN", now=NOW)

    assert (before, len(outbox())) == (1, 2)
    assert db.session.scalars(select(Joining.language)).one() == "zh_Hans_CN"


def test_a_fresh_link_goes_to_the_address_that_was_asked(ines: Account) -> None:
    joining = make_joining(ines)
    for _ in range(2):
        send_fresh_joining_link(joining.id, now=NOW)

    assert outbox() == [(None, joining.id, "join")]
    with pytest.raises(Missing):
        send_fresh_joining_link(joining.id + 1, now=NOW)


def test_taken_back_the_address_and_its_mails_are_forgotten(ines: Account) -> None:
    ask_to_join(actor_of(ines), "zoe@example.org", "en", now=NOW)
    joining_id = db.session.scalars(select(Joining.id)).one()

    for _ in range(2):
        take_back_joining(actor_of(ines), joining_id)

    assert (waiting(ines), outbox()) == ([], [])
    with pytest.raises(Missing):
        join_investor(joining_id, "Zoé", PASSWORD, now=NOW)


def test_what_is_taken_back_while_a_delivery_looks_is_not_sent(ines: Account, sam: Account) -> None:
    for email in ("first@example.org", "second@example.org"):
        ask_to_join(actor_of(ines), email, "en", now=NOW)
    second = db.session.scalars(select(Joining.id).order_by(Joining.id.desc()).limit(1)).one()
    actor, sent = actor_of(ines), []

    def deliver(notice: Notice) -> None:
        sent.append(notice.reader.email)
        take_back_joining(actor, second)

    assert deliver_notices(deliver, now=NOW) == Delivered(1, 0)
    assert sent == ["first@example.org"]


def test_others_neither_see_nor_take_back_what_an_investor_asked(ines: Account, sam: Account, hao: Account) -> None:
    joining = make_joining(ines)

    take_back_joining(actor_of(sam), joining.id)

    assert (waiting(ines), waiting(sam)) == ([joining.email], [])
    assert refusal(take_back_joining, actor_of(hao), joining.id) == (Broken.NOT_ALLOWED, None)
    assert refusal(ask_to_join, actor_of(hao), "zoe@example.org", "en", now=NOW) == (Broken.NOT_ALLOWED, None)


def test_so_many_can_be_asked_and_a_colleague_who_joined_makes_room(ines: Account) -> None:
    joinings = [make_joining(ines, f"colleague{number}@example.org") for number in range(MOST_WAITING)]
    refused = refusal(ask_to_join, actor_of(ines), "zoe@example.org", "en", now=NOW)
    joined(joinings[0])

    ask_to_join(actor_of(ines), "zoe@example.org", "en", now=NOW)

    assert refused == (Broken.TOO_MANY, "email")
    assert len(waiting(ines)) == MOST_WAITING


def test_a_long_list_costs_as_many_queries_as_a_short_one(ines: Account, count_queries: Callable[[], Any]) -> None:
    actor = actor_of(ines)

    def look() -> Any:
        with count_queries() as queries:
            [joining.asked_by.name for joining in colleagues_of(actor).waiting]
        return queries.count

    make_joining(ines)
    few = look()
    for number in range(9):
        colleague = make_account(Role.INVESTOR, investor=ines.investor)
        make_joining(colleague, f"colleague{number}@example.org")

    assert look() == few
