"""A project written in one language only shows its title to readers of the other: in mails, calendars, sentences, papers."""

import io

import icalendar
import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select

from matchmaker import i18n
from matchmaker.db import db
from matchmaker.domain.interest import Level
from matchmaker.domain.meeting import Status
from matchmaker.domain.reasons import InTheWay
from matchmaker.domain.rules import Broken, RuleBroken
from matchmaker.mail import word
from matchmaker.models import Account, Edition, Notice, Project
from matchmaker.phrases import phrase
from matchmaker.services.actors import actor_of
from matchmaker.services.booking import bookable
from matchmaker.services.investors import set_availability
from matchmaker.services.meetings import accept_meeting
from tests.builders import NOW, get_project, make_interest, make_meeting, save
from tests.helpers import sign_in
from tests.test_mail import MEETING, notice_to
from tests.web.test_diary_paper import needs_pango

TITLES = [("en", "", "深海电机"), ("zh_Hans_CN", "Deep sea motors", "")]
"""A reader, and the title that is not in its language."""
written_in_one = pytest.mark.parametrize(("language", "title_en", "title_zh"), TITLES, ids=["chinese", "english"])


def name_project(edition: Edition, title_en: str, title_zh: str) -> tuple[Project, str]:
    project = get_project(edition, "PD-01")
    project.title_en, project.title_zh = title_en, title_zh
    save(project)
    return project, title_en or title_zh


@written_in_one
def test_mails_and_invitations_name_it(
    ines: Account, hao: Account, edition: Edition, language: str, title_en: str, title_zh: str
) -> None:
    project, title = name_project(edition, title_en, title_zh)
    ines.language = language
    meeting = make_meeting(ines.investor, project, edition.slots[0])
    accept_meeting(actor_of(hao), meeting.id, now=NOW)
    (notice,) = db.session.scalars(select(Notice).where(Notice.kind == "meeting_accept", Notice.account_id == ines.id))

    message = word(notice)

    assert message.calendar is not None
    (event,) = icalendar.Calendar.from_ical(message.calendar.content).walk("VEVENT")
    assert title in message.subject
    assert title in message.text.split("\n\n", 1)[1]
    assert title in message.html.split("</h1>")[1]
    assert title in str(event["SUMMARY"])
    assert title in str(event["DESCRIPTION"])


@written_in_one
def test_the_digest_of_a_night_names_it(ines: Account, edition: Edition, language: str, title_en: str, title_zh: str) -> None:
    ines.language = language
    change = MEETING | {"kind": "new", "project_en": title_en, "project_zh": title_zh}

    assert (title_en or title_zh) in word(notice_to(ines, "night", {"changes": [change]})).text


@written_in_one
def test_a_confidential_investors_chain_is_named(hao: Account, language: str, title_en: str, title_zh: str) -> None:
    hao.language = language
    hidden = {"investor": None, "investor_country": None, "investor_chain_en": title_en, "investor_chain_zh": title_zh}

    assert (title_en or title_zh) in word(notice_to(hao, "meeting_propose", MEETING | hidden)).text


@written_in_one
def test_sentences_name_it(ines: Account, edition: Edition, language: str, title_en: str, title_zh: str) -> None:
    """What closes a pair by hand, and the meeting that is in the way of an availability."""
    project, title = name_project(edition, title_en, title_zh)
    make_interest(ines.investor, project, Level.NO_THANKS)
    make_meeting(ines.investor, project, edition.slots[0], Status.ACCEPTED)
    closed = bookable(edition, ines.investor_id or 0, project.id, now=NOW).closed
    with pytest.raises(RuleBroken) as broken:
        set_availability(actor_of(ines), set(), now=NOW)

    with i18n.reading_in(language):
        said = [phrase(each.code, **each.facts) for each in closed]
        held = phrase(broken.value.code, **broken.value.facts)
        attends = phrase(InTheWay.ATTENDS, what_en=title_en, what_zh=title_zh)

    assert any(title in each for each in said)
    assert broken.value.code is Broken.HOLDS_MEETING
    assert title in held
    assert title in attends


@needs_pango
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@written_in_one
def test_the_paper_of_a_day_names_it_once(
    client: FlaskClient, ines: Account, edition: Edition, language: str, title_en: str, title_zh: str
) -> None:
    project, title = name_project(edition, title_en, title_zh)
    make_meeting(ines.investor, project, edition.slots[0], Status.ACCEPTED)
    ines.language = language
    db.session.commit()

    answer = sign_in(client, ines).get("/diary.pdf")

    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages)
    assert "".join(text.split()).count("".join(title.split())) == 1
