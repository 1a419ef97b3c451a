"""`make screenshots`: every page as its reader sees it, in both languages, on a phone and on a desk, from the demonstration.

    python -m tests.screenshots [part of a page's name …]

It works on a copy of the database, in which hosts have answered a few proposals, and leaves pictures and an index.html to
leaf through in screenshots/.
"""

import logging
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Iterable
from datetime import datetime
from html import escape
from pathlib import Path

from flask import Flask
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import select

from matchmaker.app import create_app
from matchmaker.db import db
from matchmaker.domain.meeting import Status
from matchmaker.domain.reasons import DeclineReason
from matchmaker.domain.roles import Role
from matchmaker.models import Account, Edition, Meeting, Project, Run, RunState
from matchmaker.scheduling.check import value
from matchmaker.services.actors import actor_of
from matchmaker.services.editions import now_in
from matchmaker.services.facts import read_facts
from matchmaker.services.figures import figures_of
from matchmaker.services.meetings import accept_meeting, decline_meeting, free_slots, offer_slot
from matchmaker.services.problems import build_problem
from matchmaker.services.publishing import placements_still_possible
from tests.browser import ARGUMENTS, CHROMIUM, serving, visiting
from tests.helpers import ROOT, make_app
from tests.pages import LANGUAGES, PAGES, READERS, Page, cookie_for

FOLDER = ROOT / "screenshots"
WIDTHS = (390, 1280)
MOST_ANSWERS = 9
PATIENCE = 60_000
LIE_STILL = """() => {
  for (const each of document.querySelectorAll(".sticky-actions, .actions-stay, .several")) each.style.position = "static";
}"""
"""On a picture of a whole page, what sticks to the foot of the screen would lie across it."""
SQLITE = "sqlite:///"


def copy_of_the_demonstration(folder: Path) -> str:
    """The address of a copy of what `make demo` left. Raises SystemExit where there is nothing to copy."""
    url = str(create_app().config["SQLALCHEMY_DATABASE_URI"])
    source = Path(url.removeprefix(SQLITE))
    if not url.startswith(SQLITE) or not source.exists():
        raise SystemExit("There is no demonstration here to take pictures of. Make it with: make demo SERVE=0")
    with sqlite3.connect(source) as stored, sqlite3.connect(folder / "copy.sqlite") as copied:
        stored.backup(copied)
    return f"{SQLITE}{folder / 'copy.sqlite'}"


# -- a little later than the first night -------------------------------------------------------------------------------


def answer_some_proposals() -> None:
    """Hosts answer some of what the readers of these pictures see, and the next night leaves a draft."""
    edition = db.session.scalars(select(Edition).order_by(Edition.id.desc())).first()
    published = db.session.scalars(select(Run).where(Run.state == RunState.PUBLISHED).order_by(Run.id.desc())).first()
    if edition is None or published is None:
        raise SystemExit("The demonstration has had no night yet. Make it anew with: make demo SERVE=0")
    investor, host = READERS[Role.INVESTOR](), READERS[Role.HOST]()
    proposals = select(Meeting).join(Project).where(Meeting.status == Status.PROPOSED).order_by(Meeting.slot_id, Meeting.id)
    for own in (Meeting.investor_id == investor.investor_id, Project.district_id == host.district_id):
        seen = [meeting.id for meeting in db.session.scalars(proposals.where(own).limit(MOST_ANSWERS))]
        for number, meeting_id in enumerate(seen):
            answer(meeting_id, number, now_in(edition))
    draft = draft_like(published)
    db.session.add(draft)
    db.session.flush()
    count_anew(draft, now_in(edition))
    db.session.commit()


def answer(meeting_id: int, number: int, now: datetime) -> None:
    """Accept one of three, offer another time for one of three that has a free one, decline the sixth, leave the rest open."""
    meeting = db.session.get_one(Meeting, meeting_id)
    host = db.session.scalars(select(Account).where(Account.district_id == meeting.project.district_id)).first()
    if host is None:
        return
    if number % 3 == 0:
        accept_meeting(actor_of(host), meeting_id, now=now)
    elif number % 3 == 1:
        for slot in free_slots(meeting, now=now)[:1]:
            offer_slot(actor_of(host), meeting_id, slot.id, now=now)
    elif number == 5:
        decline_meeting(actor_of(host), meeting_id, DeclineReason.NOT_OUR_FIELD, now=now)


def draft_like(run: Run) -> Run:
    names = ("edition_id", "phase", "started_at", "seed", "version", "input_hash", "problem", "schedule", "value", "bound")
    more = ("status", "rung", "figures", "took_seconds")
    return Run(state=RunState.DRAFT, message="drafted", **{name: getattr(run, name) for name in (*names, *more)})


def count_anew(draft: Run, now: datetime) -> None:
    """Its figures are those of what of it still fits, as publishing it would change the diary."""
    facts = read_facts(draft.edition, now=now)
    built = build_problem(facts)
    placements = placements_still_possible(draft, built)
    draft.figures = draft.figures | figures_of(facts, built, placements)
    draft.value = value(built.problem, placements)


# -- the pictures ------------------------------------------------------------------------------------------------------


def take_pictures(app: Flask, address: str, browser: Browser, pages: Iterable[Page]) -> list[str]:
    """One file for each page, language and width; answers the names of the pages that could be opened."""
    taken = []
    for page in pages:
        try:
            with app.test_request_context():
                where = page.address()
        except LookupError:
            sys.stdout.write(f"{page}: nothing to show\n")
            continue
        for language in LANGUAGES:
            take_picture(app, address + where, browser, page, language)
        taken.append(str(page))
        sys.stdout.write(f"{page}\n")
        sys.stdout.flush()
    return taken


def take_picture(app: Flask, where: str, browser: Browser, page: Page, language: str) -> None:
    reader = READERS[page.reader]() if page.reader else None
    value = cookie_for(app, reader, language=language, more=page.session)
    host = app.config["PUBLIC_URL"]
    with visiting(browser, host, viewport={"width": WIDTHS[0], "height": 844}) as shown:
        shown.set_default_timeout(PATIENCE)
        shown.context.add_cookies([{"name": "session", "value": value, "url": host}])
        for width in WIDTHS:
            shown.set_viewport_size({"width": width, "height": 844 if width < 600 else 800})
            shown.goto(where)
            shown.evaluate(LIE_STILL)
            shown.screenshot(path=FOLDER / picture_of(str(page), language, width), full_page=True)


def picture_of(name: str, language: str, width: int) -> str:
    return f"{name}.{language[:2]}.{width}.png"


def write_index(names: Iterable[str]) -> None:
    parts = [
        "<!doctype html><html lang='en'><meta charset='utf-8'><title>Every page</title>",
        "<style>body{font:16px sans-serif}figure{display:inline-block;margin:0 1rem 1rem 0;vertical-align:top}",
        "img{border:1px solid #999;max-height:80vh}</style><h1>Every page</h1>",
    ]
    for name in names:
        parts.append(f"<h2>{escape(name)}</h2>")
        for language in LANGUAGES:
            for width in WIDTHS:
                file = picture_of(name, language, width)
                parts.append(
                    f"<figure><a href='{file}'><img loading='lazy' src='{file}' alt=''></a><br>{language}, {width} px</figure>"
                )
    (FOLDER / "index.html").write_text("\n".join(parts), encoding="utf-8")


def main(wanted: list[str]) -> None:
    FOLDER.mkdir(exist_ok=True)
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    if not CHROMIUM.exists():
        raise SystemExit(f"There is no {CHROMIUM} to take pictures with.")
    pages = [page for page in PAGES if not wanted or any(word in str(page) for word in wanted)]
    folder = Path(tempfile.mkdtemp(prefix="matchmaker-screenshots-"))
    try:
        app = make_app(copy_of_the_demonstration(folder), folder)
        with app.app_context(), sync_playwright() as playwright:
            answer_some_proposals()
            browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
            with serving(app) as address:
                taken = take_pictures(app, address, browser, pages)
            browser.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if not wanted:
        write_index(taken)
    sys.stdout.write(f"{len(taken)} pages: {FOLDER / 'index.html'}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
