"""The words and pages of changes that would have met an interest, and of repairs: both languages, few queries."""

import pytest
from sqlalchemy import delete

from matchmaker import i18n
from matchmaker.db import db
from matchmaker.domain.reasons import WhyNot
from matchmaker.models import Availability, Interest, Run, RunState, UnmetInterest
from matchmaker.phrase_tables import OWN_STEPS, PHRASES, STEPS, WOULD_HELP
from matchmaker.phrases import fault_words, phrase, step_words, would_help
from matchmaker.scheduling.changes import Easing
from tests.builders import NOW, get_district, get_project, make_interest, make_project, save
from tests.helpers import sign_in
from tests.services.test_runs import make_refused_run
from tests.web.test_investor import text_of

TUESDAY = {"day": "2024-04-02", "half": "afternoon"}
PUDONG = {"who_en": "Pudong centre", "who_zh": "浦东会场"}
HALF_DAY = {"kind": "investor_half_day", "who_en": "Ines Capital", "who_zh": "Ines Capital", **TUESDAY}
AFTERNOON = "the afternoon of Tue 2 Apr"
HELD = "this meeting could be held, and nobody would lose one."


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (HALF_DAY, f"With the afternoon of Tue 2 Apr as well, {HELD}"),
        (HALF_DAY | {"half": "morning", "moves": 0}, f"With the morning of Tue 2 Apr as well, {HELD}"),
        ({"kind": "meeting", "most": 11}, f"With a limit of 11 meetings in all, {HELD}"),
        ({"kind": "meeting_a_day", "most": 5}, f"With a limit of 5 meetings a day, {HELD}"),
        ({"kind": "table", **PUDONG, **TUESDAY}, f"With one more table at Pudong centre on the afternoon of Tue 2 Apr, {HELD}"),
        (
            {"kind": "interpreter", "language": "ja", **TUESDAY},
            f"With one more interpreter (Japanese) on {AFTERNOON}, {HELD}",
        ),
        (
            {"kind": "host_half_day", "who_en": "Chip park", "who_zh": "芯片园", **TUESDAY, "moves": 2},
            f"If the project’s team were there on {AFTERNOON} as well, {HELD} 2 other meetings would move to other times.",
        ),
        (
            {"kind": "nothing", "moves": 1},
            "It fits as things are, and nobody would lose a meeting. One other meeting would move to another time.",
        ),
        (
            None,
            "No single change was found with which it could be held and nobody would lose a meeting; that there is none is not "
            "proven.",
        ),
    ],
)
def test_each_change_has_its_sentence(app, change, words) -> None:
    with app.test_request_context(), i18n.reading_in("en"):
        assert would_help(change) == words


def test_each_kind_of_change_has_words_for_every_place() -> None:
    assert set(WOULD_HELP) == set(PHRASES[Easing]) == set(Easing)
    assert set(STEPS) == (set(Easing) - {Easing.NOTHING}) | {"stays", "may_move", "may_vanish", "not_required"}
    assert set(OWN_STEPS) == set(STEPS)


def test_a_cost_that_a_second_look_disproved_is_not_told(app) -> None:
    with app.test_request_context(), i18n.reading_in("en"):
        assert phrase(WhyNot.WOULD_COST_MORE, gain=-5, change={"kind": "nothing", "moves": 2}) == (
            "It was possible, but the night did not find how."
        )
        assert phrase(WhyNot.WOULD_COST_MORE, gain=-5, change=None) == (
            "It was possible, but other meetings that count more would have been lost."
        )


def test_a_repair_reads_as_its_steps(app) -> None:
    meeting = {
        "investor": "Ines Capital",
        "project_en": "Chip park",
        "project_zh": "芯片园",
        "starts_at": "2024-04-02T06:00:00+00:00",
    }
    steps = [{"kind": "table", **PUDONG, **TUESDAY}, {"kind": "may_move", **meeting}]
    with app.test_request_context(), i18n.reading_in("en"):
        assert fault_words({"code": "repair", "steps": steps}) == (
            "This would make it possible: one more table at Pudong centre on the afternoon of Tue 2 Apr; "
            "another time for the meeting of Ines Capital about Chip park, now Tue 2 Apr, 14:00 (Shanghai time)"
        )
        assert step_words({"kind": "something else"}) == "something else"


def test_names_follow_the_language(app) -> None:
    with app.test_request_context(), i18n.reading_in("zh_Hans_CN"):
        told = would_help({"kind": "table", **PUDONG, **TUESDAY})
        assert "浦东会场" in told
        assert "4月2日（周二）下午" in told


@pytest.fixture
def run(edition) -> Run:
    run = Run(
        edition_id=edition.id, state=RunState.PUBLISHED, phase="publish", started_at=NOW, published_at=NOW, seed=1, version="test"
    )
    run.figures = {"bottlenecks": [{"change": {"kind": "table", **PUDONG, **TUESDAY}, "interests": 23}]}
    save(run)
    return run


def unmet(run: Run, interest: Interest, **facts) -> None:
    about = {"run_id": run.id, "interest_id": interest.id, "investor_id": interest.investor_id, "project_id": interest.project_id}
    save(UnmetInterest(**about, reason=WhyNot.NO_COMMON_SLOT, facts=facts))


def test_an_investor_reads_what_would_have_helped(client, ines, edition, run) -> None:
    tuesday_afternoon = [each.id for each in edition.slots[6:]]
    db.session.execute(delete(Availability).where(Availability.slot_id.in_(tuesday_afternoon)))
    db.session.commit()
    for code in ("PD-01", "PD-02"):
        unmet(run, make_interest(ines.investor, get_project(edition, code)), change=HALF_DAY | {"moves": 1})
    unmet(run, make_interest(ines.investor, get_project(edition, "LG-01")), change=None)

    text = text_of(sign_in(client, ines).get("/investor/unmet"))

    assert text.count(f"With the afternoon of Tue 2 Apr as well, {HELD} One other meeting would move to another time.") == 2
    assert "What would help most With the afternoon of Tue 2 Apr as well, 2 interests could be met, each for itself." in text
    assert "No single change" not in text


def test_an_organiser_reads_what_would_have_met_the_most(client, olga, ines, edition, run) -> None:
    unmet(run, make_interest(ines.investor, get_project(edition, "PD-01")), change=HALF_DAY | {"moves": 0})
    unmet(run, make_interest(ines.investor, get_project(edition, "LG-01")), change=None)
    unmet(run, make_interest(ines.investor, get_project(edition, "XH-01")))

    text = text_of(sign_in(client, olga).get(f"/organiser/runs/{run.id}/unmet"))

    assert "With one more table at Pudong centre on the afternoon of Tue 2 Apr: 23 more interests met" in text
    assert "One change for one interest Another half-day of the investor: one interest The cheapest change" in text
    assert text.count("No single change was found") == 1


@pytest.mark.parametrize("reader", ["investor", "organiser"])
def test_thirty_unmet_interests_cost_as_many_queries_as_one(client, ines, olga, edition, run, reader, count_queries) -> None:
    sign_in(client, ines if reader == "investor" else olga)
    address = "/investor/unmet" if reader == "investor" else f"/organiser/runs/{run.id}/unmet"
    counts = []
    for number in (1, 29):
        for _ in range(number):
            unmet(run, make_interest(ines.investor, make_project(get_district(edition, "PD"))), change=HALF_DAY | {"moves": 0})
        with count_queries() as queries:
            client.get(address)
        counts.append(queries.count)

    assert counts[0] == counts[1]


def test_a_refused_run_lists_its_repairs(client, olga, edition) -> None:
    steps = [{"kind": "table", **PUDONG, **TUESDAY}]
    run = make_refused_run(edition, [{"code": "contradiction", "cause": "A and B"}, {"code": "repair", "steps": steps}])

    text = text_of(sign_in(client, olga).get(f"/organiser/runs/{run.id}"))

    assert "A and B This would make it possible: one more table at Pudong centre on the afternoon of Tue 2 Apr" in text
