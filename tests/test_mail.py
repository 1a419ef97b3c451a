"""Mails: worded in the reader's language, with links to the public address, sent by SMTP or as files."""

import smtplib
from email import message_from_bytes, policy
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, ClassVar

import pytest
from flask import Flask
from flask_security.confirmable import confirm_email_token_status
from flask_security.recoverable import reset_password_token_status

from matchmaker.db import db
from matchmaker.domain.meeting import STEPS
from matchmaker.domain.roles import Role
from matchmaker.mail import MOST_OF_A_KIND, deliver, word
from matchmaker.models import Account, Notice
from matchmaker.phrases import investor_words
from matchmaker.services.meeting_notices import meeting_facts
from matchmaker.services.notices import Delivered, deliver_notices
from matchmaker.services.visible import viewer_of, visible_investor
from tests import builders
from tests.builders import NOW

MEETING: dict[str, Any] = {
    "meeting": 1, "status": "proposed", "suggested": False, "investor": "Ines Capital",
    "project": "PD-01", "project_en": "Robot joints", "project_zh": "机器人关节",
    "district_en": "Pudong", "district_zh": "浦东新区", "venue_en": "Science Hall", "venue_zh": "科学会堂",
    "starts_at": "2024-04-01T01:00:00+00:00", "ends_at": "2024-04-01T01:30:00+00:00",
    "offered_at": "2024-04-02T05:30:00+00:00", "deadline_at": "2024-03-24T12:00:00+00:00",
    "reason": "", "note": "", "action": "propose",
}  # fmt: skip
PLAIN = (
    "approved",
    "waitlisted",
    "refused",
    "confirm_address",
    "reset_password",
    "password_changed",
    "address_known",
    "join_known",
)


def notice_to(account: Account, kind: str, facts: dict[str, Any]) -> Notice:
    notice = Notice(account=account, kind=kind, facts=facts, message_id=f"<{kind}@matchmaker>", created_at=NOW)
    builders.save(notice)
    return notice


@pytest.fixture
def chinese(edition: Any) -> Account:
    investor = builders.make_investor(edition, name="宁波投资")
    return builders.make_account(Role.INVESTOR, email="li@example.org", name="李宁", language="zh_Hans_CN", investor=investor)


def test_a_proposal_tells_everything_to_the_host(hao: Account) -> None:
    message = word(notice_to(hao, "meeting_propose", MEETING))

    assert message.recipient == "hao@example.org"
    assert message.subject == "A meeting is proposed: Robot joints"
    assert message.text == (
        "Dear Hao,\n\n"
        "A meeting has been proposed for one of your projects. The time is held for both sides.\n\n"
        "Project: Robot joints\nDistrict: Pudong\nInvestor: Ines Capital\nVenue: Science Hall\n"
        "Time: Monday, 1 April 2024, 09:00 to 09:30 (Shanghai time)\n\n"
        "Please accept it, decline it or offer another time before Sunday, 24 March 2024, 20:00 (Shanghai time);"
        " otherwise it lapses and the time is free again.\n\n"
        "Your page: http://127.0.0.1:8000/host/meetings/1\n\n"
        "--\nMatchmaker, http://127.0.0.1:8000/\nYou receive this message because you have an account there.\n"
    )


def test_mails_tell_the_readers_own_time_and_its_day(hao: Account) -> None:
    hao.timezone = "America/Los_Angeles"
    text = word(notice_to(hao, "meeting_propose", MEETING)).text

    assert "Time: Monday, 1 April 2024, 09:00 to 09:30 (Shanghai time; Sun 31 Mar, 18:00–18:30 in Los Angeles)\n" in text
    assert "before Sunday, 24 March 2024, 20:00 (Shanghai time; 05:00 in Los Angeles); otherwise" in text


def test_a_confidential_investor_has_no_name_in_the_mail(hao: Account) -> None:
    hidden = {"investor": None, "investor_country": "FR", "investor_chain_en": "Robots", "investor_chain_zh": "机器人"}
    text = word(notice_to(hao, "meeting_propose", MEETING | hidden)).text

    assert "Investor: Confidential investor · France · Robots\n" in text
    assert "Ines Capital" not in text


def test_pages_and_mails_call_a_confidential_investor_the_same(edition: Any, hao: Account) -> None:
    quiet = builders.make_investor(edition, name="Quiet Fund", country="FR", confidential=True)
    meeting = builders.make_meeting(quiet, builders.get_project(edition, "PD-01"), edition.slots[0])

    text = word(notice_to(hao, "meeting_propose", meeting_facts(meeting, Role.HOST))).text

    shown = investor_words(visible_investor(quiet, viewer_of(Role.HOST, meeting.status)))
    assert shown == "Confidential investor · France · Intelligent robots"
    assert f"Investor: {shown}\n" in text
    assert meeting_facts(meeting, Role.INVESTOR)["investor"] == "Quiet Fund"


def test_a_decline_gives_its_reason_in_words(ines: Account) -> None:
    facts = MEETING | {"action": "decline", "status": "declined", "reason": "not_our_field", "note": "We build ships."}
    text = word(notice_to(ines, "meeting_decline", facts)).text

    assert "Reason: Not our field\nNote: We build ships.\n" in text


@pytest.mark.parametrize(
    ("language", "taken_by", "said"),
    [
        ("en", "investor", "The investor has cancelled"),
        ("en", "host", "The host has cancelled"),
        ("en", "organiser", "The organiser has cancelled"),
        ("zh_Hans_CN", "investor", "由投资方取消"),
        ("zh_Hans_CN", "host", "由接待方取消"),
        ("zh_Hans_CN", "organiser", "由主办方取消"),
    ],
)
def test_a_cancellation_says_who_cancelled(ines: Account, language: str, taken_by: str, said: str) -> None:
    ines.language = language
    facts = MEETING | {"status": "cancelled", "action": "cancel", "taken_by": taken_by, "reason": "illness"}

    assert said in word(notice_to(ines, "meeting_cancel", facts)).text


def test_the_night_is_told_in_one_mail(ines: Account) -> None:
    changes = [
        MEETING | {"kind": "new"},
        MEETING | {"kind": "left_out", "reason": "makes_room", "project_en": "Chip park", "action": "leave_out"},
    ]
    text = word(notice_to(ines, "night", {"changes": changes})).text

    assert text.index("New\n") < text.index("Robot joints") < text.index("Left out\n") < text.index("Chip park")
    assert "Reason: It makes room for meetings that count more" in text


@pytest.mark.parametrize("reader", ["ines", "hao"])
def test_a_chinese_letter_does_not_call_the_new_time_unchanged(request: pytest.FixtureRequest, edition: Any, reader: str) -> None:
    account = request.getfixturevalue(reader)
    account.language = "zh_Hans_CN"

    text = word(notice_to(account, "meeting_take", MEETING | {"action": "take", "status": "accepted"})).text

    assert "会面已按此时间确定，不再变动。" in text
    assert "时间不变" not in text


def test_a_night_that_only_lets_lapse_says_so(ines: Account) -> None:
    message = word(notice_to(ines, "night", {"changes": [MEETING | {"kind": "lapsed", "status": "lapsed"}]}))

    assert message.text == (
        "Dear Ines,\n\n"
        "Some proposals were not answered in time and have lapsed. Everything that was agreed stays as it is.\n\n"
        "Lapsed, not answered in time\n\n"
        "Project: Robot joints\nDistrict: Pudong\nVenue: Science Hall\n"
        "Time: Monday, 1 April 2024, 09:00 to 09:30 (Shanghai time)\n\n"
        "Their times are free again, and a later schedule may propose these meetings anew, "
        "but none that has lapsed three times.\n\n"
        "Your page: http://127.0.0.1:8000/home\n\n"
        "--\nMatchmaker, http://127.0.0.1:8000/\nYou receive this message because you have an account there.\n"
    )
    assert message.calendar is None


@pytest.mark.parametrize(
    ("kinds", "waiting", "subject"),
    [
        (["new"], 1, "One proposal waits for your answer"),
        (["new", "new", "left_out"], 2, "2 proposals wait for your answer"),
        (["new", "new"], 322, "2 new proposals; 322 wait for your answer"),
        (["new"], 3, "1 new proposal; 3 wait for your answer"),
        (["new", "moved"], 3, "2 proposals are new or moved; 3 wait for your answer"),
        (["lapsed"], 3, "Your schedule has changed"),
    ],
)
def test_a_digest_says_how_many_are_new_and_how_many_wait_in_all(
    hao: Account, kinds: list[str], waiting: int, subject: str
) -> None:
    facts = {"changes": [MEETING | {"kind": kind} for kind in kinds], "waiting": waiting}

    message = word(notice_to(hao, "night", facts))

    asked = sum(kind in ("new", "moved") for kind in kinds)
    assert message.subject == subject
    in_all = f"With the earlier ones, {waiting} proposals wait for your answer in your inbox."
    assert (in_all in message.text, in_all in message.html) == (waiting > asked, waiting > asked)


def test_what_waits_is_never_less_than_what_the_digest_asks(hao: Account) -> None:
    """A number that was counted before another night added to its mail."""
    facts = {"changes": [MEETING | {"kind": "new"}, MEETING | {"kind": "new"}], "waiting": 1}

    assert word(notice_to(hao, "night", facts)).subject == "2 proposals wait for your answer"


@pytest.mark.parametrize("kinds", [("left_out",), ("left_out", "lapsed")])
def test_a_digest_of_what_was_left_out_calls_none_of_it_the_readers(hao: Account, kinds: tuple[str, ...]) -> None:
    text = word(notice_to(hao, "night", {"changes": [MEETING | {"kind": kind} for kind in kinds]})).text

    assert "these proposals no longer stand:" in text
    assert "are yours" not in text


@pytest.mark.parametrize("language", ["en", "zh_Hans_CN"])
@pytest.mark.parametrize("kind", ["approved", "waitlisted", "refused"])
def test_an_organisers_words_keep_their_lines(ines: Account, kind: str, language: str) -> None:
    ines.language = language
    message = word(notice_to(ines, kind, {"investor": "Ines Capital", "reason": "One <line>.\n\nAnother."}))

    assert "One <line>.\nAnother." in message.text
    assert 'style="white-space:pre-line"' in message.html.split("One &lt;line&gt;.\nAnother.")[0].rsplit("<p", 1)[1]


@pytest.mark.parametrize(
    ("kind", "reader", "status", "subject"),
    [
        ("accept", Role.INVESTOR, "proposed", "Would you like to meet about Robot joints? The host says yes"),
        ("accept", Role.INVESTOR, "accepted", "The host accepts: Robot joints"),
        ("agree", Role.HOST, "proposed", "Would you like to meet about Robot joints? The investor says yes"),
        ("agree", Role.HOST, "accepted", "The investor says yes: Robot joints"),
        ("agree", Role.INVESTOR, "proposed", "You say yes: Robot joints"),
    ],
)
def test_a_yes_that_needs_the_readers_own_asks_in_its_subject(
    ines: Account, hao: Account, kind: str, reader: Role, status: str, subject: str
) -> None:
    facts = MEETING | {"action": kind, "status": status, "suggested": True}

    assert word(notice_to(ines if reader is Role.INVESTOR else hao, f"meeting_{kind}", facts)).subject == subject


@pytest.mark.parametrize(
    ("who", "kinds", "subject"),
    [
        ("ines", ("new", "lapsed"), "The new schedule is published"),
        ("ines", ("lapsed",), "Your schedule has changed"),
        ("hao", ("left_out",), "The new schedule is published"),
        ("hao", ("new", "moved"), "2 proposals wait for your answer"),
    ],
)
def test_a_publication_that_follows_a_digest_has_a_subject_of_its_own(
    ines: Account, hao: Account, who: str, kinds: tuple[str, ...], subject: str
) -> None:
    facts = {"changes": [MEETING | {"kind": kind} for kind in kinds]}
    reader = {"ines": ines, "hao": hao}[who]

    night, publication = word(notice_to(reader, "night", facts)), word(notice_to(reader, "publication", facts))

    assert publication.subject == subject
    assert (publication.text.count("Robot joints"), publication.html.count("Robot joints")) == (len(kinds),) * 2
    assert publication.text.splitlines()[2:] == night.text.splitlines()[2:]


def test_a_very_long_digest_tells_the_first_of_each_kind_and_counts_the_rest(hao: Account) -> None:
    starts = [f"2024-04-{day:02}T0{hour}:00:00+00:00" for day in range(1, 12) for hour in (1, 2)]
    changes = [MEETING | {"kind": kind, "starts_at": start} for kind in ("new", "lapsed") for start in reversed(starts)]

    message = word(notice_to(hao, "night", {"changes": changes}))

    assert message.text.count("Project: Robot joints") == message.html.count("Project: Robot joints") == 2 * MOST_OF_A_KIND
    assert message.text.count("And 2 more; all of them are on your page.") == 2
    assert "Time: Monday, 1 April 2024, 09:00" in message.text
    assert "Thursday, 11 April" not in message.text


class Words(HTMLParser):
    """What a reader sees of a page, without its head."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen = ""
        self.feed(html.partition("</head>")[2])

    def handle_data(self, data: str) -> None:
        self.seen += f" {data}"


def words(text: str) -> str:
    return " ".join(text.split())


def assert_text_and_html_say_the_same(account: Account, kind: str, facts: dict[str, Any]) -> None:
    message = word(Notice(id=7, account=account, kind=kind, facts=facts, message_id="<7@x>"))
    db.session.rollback()
    shown = words(Words(message.html).seen)
    lines = [line for line in message.text.splitlines() if line not in ("", "--") and "127.0.0.1" not in line]
    assert [line for line in lines if words(line) not in shown] == []
    answers = message.text.count("http://127.0.0.1:8000/answer/")
    assert message.html.count("<a ") == message.text.count("http://127.0.0.1:8000/") - 1 == 1 + answers
    assert "class=" not in message.html
    assert message.subject in shown


def test_text_and_html_of_every_kind_say_the_same_and_have_one_link(ines: Account, hao: Account, chinese: Account) -> None:
    ines.timezone = "America/Los_Angeles"
    db.session.commit()
    readers = {Role.INVESTOR: (ines, chinese), Role.HOST: (hao,)}
    for step in STEPS:
        for reader in [each for role in step.tells for each in readers[role]]:
            for more in ({}, {"status": "accepted"}, {"suggested": True}, {"reason": "illness", "note": "A <b> & a line."}):
                facts = MEETING | {"action": step.action.value} | more
                assert_text_and_html_say_the_same(reader, f"meeting_{step.action}", facts)
    for reader in (ines, hao, chinese):
        changes = [MEETING | {"kind": kind, "suggested": True} for kind in ("new", "moved", "left_out", "lapsed")]
        for more in ({}, {"waiting": 322}):
            assert_text_and_html_say_the_same(reader, "night", {"changes": changes, **more})
        for kind in PLAIN:
            assert_text_and_html_say_the_same(reader, kind, {"investor": "Ines Capital", "reason": "Why", "by": "Olga"})


@pytest.mark.parametrize(("language", "greeting"), [("en", "Good day,\n\n"), ("zh_Hans_CN", "")])
def test_who_is_asked_to_join_is_told_by_whom_with_one_link(ines: Account, language: str, greeting: str) -> None:
    joining = builders.make_joining(ines, "zoe@example.org", language=language)
    facts = {"by": "Ines", "investor": "Ines <Capital>"}
    builders.save(Notice(joining=joining, kind="join", facts=facts, message_id="<join@x>", created_at=NOW))

    message = word(db.session.query(Notice).one())

    assert message.recipient == "zoe@example.org"
    assert ("Ines" in message.subject, "Ines <Capital>" in message.subject) == (True, True)
    assert message.text.startswith(greeting)
    assert "You receive this message because you have an account there." not in message.text + message.html
    assert message.text.count("http://127.0.0.1:8000/join/") == 1
    assert message.html.count("<a ") == 1
    assert "Ines &lt;Capital&gt;" in message.html
    assert f'<html lang="{"en" if language == "en" else "zh-Hans"}">' in message.html
    shown = words(Words(message.html).seen)
    lines = [line for line in message.text.splitlines() if line not in ("", "--") and "127.0.0.1" not in line]
    assert [line for line in lines if words(line) not in shown] == []


def test_what_people_write_stays_text_in_html(ines: Account) -> None:
    facts = MEETING | {"action": "decline", "project_en": '"><script>x</script>', "note": 'class="button" <img src=x>'}

    html = word(notice_to(ines, "meeting_decline", facts)).html

    assert "<script" not in html
    assert "<img" not in html
    assert "class=&#34;button&#34; &lt;img src=x&gt;" in html


def test_html_is_in_the_language_of_its_reader(chinese: Account, hao: Account) -> None:
    assert '<html lang="zh-Hans">' in word(notice_to(chinese, "approved", {"investor": "宁波投资", "reason": ""})).html
    assert '<html lang="en">' in word(notice_to(hao, "meeting_propose", MEETING)).html


@pytest.mark.parametrize("kind", ["meeting_hand", "meeting_link"])
def test_what_one_host_is_asked_alone_brings_a_link_that_answers(hao: Account, kind: str) -> None:
    message = word(notice_to(hao, kind, MEETING | {"sequence": 1, "by": "Bai", "note": "You know them."}))

    assert "Robot joints" in message.subject
    assert "Answer without signing in: http://127.0.0.1:8000/answer/" in message.text
    assert ("Bai asks you to answer" in message.text, "You know them." in message.text) == (kind == "meeting_hand",) * 2


def test_the_night_asks_hosts_with_a_link_for_each_proposal(hao: Account, ines: Account) -> None:
    changes = [
        MEETING | {"kind": kind, "sequence": 0, "status": status}
        for kind, status in (("new", "proposed"), ("moved", "proposed"), ("left_out", "superseded"))
    ]

    to_host, to_investor = (
        word(Notice(id=7, account=reader, kind="night", facts={"changes": changes}, message_id="<7@x>")).text
        for reader in (hao, ines)
    )
    db.session.rollback()

    assert (to_host.count("/answer/"), to_investor.count("/answer/")) == (2, 0)


def test_every_step_that_tells_somebody_has_a_text(ines: Account, hao: Account, chinese: Account) -> None:
    for step in STEPS:
        for role in step.tells:
            for reader in {Role.INVESTOR: (ines, chinese), Role.HOST: (hao,)}[role]:
                for more in ({}, {"status": "accepted"}, {"suggested": True}):
                    facts = MEETING | {"action": step.action.value} | more
                    message = word(Notice(id=7, account=reader, kind=f"meeting_{step.action}", facts=facts, message_id="<7@x>"))
                    db.session.rollback()
                    title = "机器人关节" if reader is chinese else "Robot joints"
                    assert title in message.subject
                    assert title in message.text
                    assert "\n\n\n" not in message.text
                    assert "{" not in message.text


@pytest.mark.parametrize("kind", PLAIN)
def test_every_other_kind_has_a_text_without_line_break_in_its_subject(ines: Account, kind: str) -> None:
    message = word(notice_to(ines, kind, {"investor": "Ines\nCapital", "reason": "Why", "by": "Olga"}))

    assert message.subject
    assert "\n" not in message.subject
    assert message.text.startswith("Dear Ines,\n\n")


@pytest.mark.settings(PUBLIC_URL="https://match.example.org/sgipc")
def test_links_begin_with_the_public_address_and_their_tokens_work(app: Flask, ines: Account) -> None:
    confirm = word(notice_to(ines, "confirm_address", {})).text
    reset = word(notice_to(ines, "reset_password", {})).text
    link = next(line for line in confirm.splitlines() if "/confirm/" in line)
    other = next(line for line in reset.splitlines() if "/new-password/" in line)

    assert link.startswith("https://match.example.org/sgipc/confirm/")
    assert other.startswith("https://match.example.org/sgipc/new-password/")
    assert confirm_email_token_status(link.rsplit("/", 1)[1])[2].id == ines.id
    assert reset_password_token_status(other.rsplit("/", 1)[1])[2].id == ines.id
    assert "token" not in str([notice.facts for notice in db.session.query(Notice)])


def test_without_a_server_each_mail_is_one_readable_file(app: Flask, chinese: Account) -> None:
    notice_to(chinese, "meeting_propose", MEETING)
    notice_to(chinese, "approved", {"investor": "宁波投资", "reason": ""})

    assert deliver_notices(deliver, now=NOW) == Delivered(2, 0)

    folder = Path(app.config["MAIL_FOLDER"])
    assert sorted(path.name for path in folder.iterdir()) == [
        "000001-meeting_propose-li@example.org.eml",
        "000002-approved-li@example.org.eml",
    ]
    message = message_from_bytes((folder / "000001-meeting_propose-li@example.org.eml").read_bytes(), policy=policy.default)
    assert message["To"] == "li@example.org"
    assert message["From"] == "matchmaker@example.org"
    assert message["Message-ID"] == "<meeting_propose@matchmaker>"
    assert "机器人关节" in message["Subject"]
    assert [part.get_content_type() for part in message.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    for kind in ("plain", "html"):
        body = message.get_body((kind,))
        assert body is not None
        assert "科学会堂" in body.get_content()


class Server:
    """Stands for a mail server: keeps what it is given."""

    received: ClassVar[list[tuple[list[str], Any]]] = []

    def __init__(self, host: str, port: int, **_options: Any) -> None:
        self.address = (host, port)

    def sendmail(self, _sender: str, recipients: list[str], content: bytes, **_options: Any) -> None:
        self.received.append((recipients, message_from_bytes(content, policy=policy.default)))

    def quit(self) -> None:
        pass


@pytest.mark.settings(MAIL_SERVER="mail.example.org")
def test_with_a_server_mails_go_there(app: Flask, ines: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtplib, "SMTP", Server)
    notice_to(ines, "approved", {"investor": "Ines Capital", "reason": ""})

    assert deliver_notices(deliver, now=NOW) == Delivered(1, 0)

    ((recipients, message),) = Server.received
    assert recipients == ["ines@example.org"]
    assert message["Subject"] == "Your organisation is approved"
    assert message["Message-ID"] == "<approved@matchmaker>"
    assert not Path(app.config["MAIL_FOLDER"]).exists()
