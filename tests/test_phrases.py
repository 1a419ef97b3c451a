"""Every code of the core has words, and facts show in them as people read them."""

from collections.abc import Iterator
from datetime import UTC, datetime
from enum import StrEnum

import pytest
from flask import Flask
from markupsafe import Markup

from matchmaker import i18n
from matchmaker.domain.catalogue import Stage
from matchmaker.domain.languages import SPOKEN
from matchmaker.domain.meeting import Action, Status
from matchmaker.domain.reasons import CancelReason, DeclineReason, MoveReason, WhyNot
from matchmaker.domain.roles import Vetting
from matchmaker.domain.rules import Broken
from matchmaker.domain.scoring import Reason
from matchmaker.phrase_tables import MORE_EXACT, RUN_MESSAGES
from matchmaker.phrases import ALL, country_name, language_name, moment_words, phrase, run_message, words

STARTS = datetime(2024, 4, 1, 1, 30, tzinfo=UTC)
NUMBERS = {
    Broken.LIMITS_CONTRADICT: {"least": 5, "most": 4, "daily": 2, "days": 2},
    Broken.SIZE_CONTRADICTS: {"low_million": 500, "high_million": 50},
    Broken.WEIGHTS_DISORDERED: {"would_like": 2, "must_meet": 1, "near_chain": 2, "same_chain": 1},
}
"""The facts of rules about two numbers."""


@pytest.fixture(autouse=True)
def _in_english(app: Flask) -> Iterator[None]:
    with i18n.reading_in("en"):
        yield


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_every_code_has_words(kind: type[StrEnum]) -> None:
    assert set(ALL[kind]) == set(kind)
    for code in kind:
        assert phrase(code)
        assert "%(" not in phrase(code)


@pytest.mark.parametrize(
    "kind", [Broken, Status, Action, Reason, WhyNot, DeclineReason, CancelReason, MoveReason, Vetting, Stage]
)
def test_the_codes_that_pages_show_are_among_them(kind: type[StrEnum]) -> None:
    assert kind in ALL


def test_the_same_word_in_two_tables_stays_apart() -> None:
    assert phrase(Status.DECLINED) == "Declined"
    assert phrase(WhyNot.DECLINED) == "The host declined."


def test_a_broken_rule_tells_its_facts() -> None:
    assert phrase(Broken.TOO_LONG, limit=200) == "This is too long: at most 200 are allowed."
    assert phrase(Broken.TOO_LONG, most=1000) == "This is too long: at most 1000 are allowed."
    assert phrase(Broken.TOO_LONG) == "This is too long: at most … are allowed."
    assert phrase(Broken.DEADLINE_PASSED, deadline=STARTS.isoformat()) == (
        "The time to answer ended on Mon 1 Apr, 09:30 (Shanghai time). "
        "The proposal lapses; a later night may propose the meeting again, unless it has lapsed three times."
    )
    assert phrase(Broken.HOLDS_MEETING, title_en="Robot joints", title_zh="机器人关节", starts_at=STARTS) == (
        "Your meeting “Robot joints” on Mon 1 Apr, 09:30 (Shanghai time) depends on this. "
        "Nothing was changed; please cancel or withdraw it first."
    )


@pytest.mark.parametrize(
    ("code", "facts", "told"),
    [
        (Broken.LIMITS_CONTRADICT, {"least": 12, "most": 10}, "You ask for at least 12 meetings, but for at most 10."),
        (
            Broken.LIMITS_CONTRADICT,
            {"least": 5, "most": 4, "daily": 2, "days": 2},
            "With at most 2 meetings a day on 2 days there are at most 4, and you ask for at least 5.",
        ),
        (
            Broken.SIZE_CONTRADICTS,
            {"low_million": 1200, "high_million": 50},
            "It begins at RMB 1.2 billion and ends at RMB 50 million.",
        ),
        (
            Broken.WEIGHTS_DISORDERED,
            {"would_like": 310, "must_meet": 300},
            "“Would like” brings 310 points here and “must meet” 300.",
        ),
        (
            Broken.WEIGHTS_DISORDERED,
            {"near_chain": 9, "same_chain": 8},
            "A neighbouring chain brings 9 points here and the same chain 8.",
        ),
    ],
)
def test_a_rule_about_two_numbers_names_both(code: Broken, facts: dict[str, int], told: str) -> None:
    assert phrase(code, **facts).startswith(told)


def test_every_more_exact_sentence_needs_only_facts_that_it_may_be_given() -> None:
    facts = {"title": "x", "starts_at": STARTS, "minutes": 5, "meetings": 2, "deadline": STARTS, "given": "x"}
    facts |= {"status": "accepted", "began_at": STARTS, "begins_at": STARTS}
    for code, _fact in MORE_EXACT:
        assert "…" not in phrase(code, **(facts | NUMBERS[code] if code in NUMBERS else facts))


@pytest.mark.parametrize(
    ("why", "facts", "told"),
    [
        (
            WhyNot.FULL,
            {"meetings": 3, "weighing_as_much": 3},
            "At all times that suit both, the project’s team or the district’s tables are full with pairs that score at least as "
            "high.",
        ),
        (
            WhyNot.FULL,
            {"meetings": 3, "weighing_as_much": 2},
            "At all times that suit both, the project’s team or the district’s tables are taken by meetings that were agreed "
            "earlier or fit together better.",
        ),
        (WhyNot.FULL, {}, "At all times that suit both, other meetings take up the project’s team or the district’s tables."),
        (
            WhyNot.LIMITS,
            {"meetings": 2, "weighing_as_much": 2},
            "The limit of meetings is used by meetings that score at least as high.",
        ),
        (WhyNot.LIMITS, {"meetings": 2, "weighing_as_much": 1}, "The limit of meetings is used by other meetings."),
        (WhyNot.LIMITS, {"meetings": 0, "weighing_as_much": 0}, "The limit of meetings is used by other meetings."),
    ],
)
def test_others_are_called_better_only_where_all_of_them_are(why: WhyNot, facts: dict[str, int], told: str) -> None:
    assert phrase(why, **facts) == told


@pytest.mark.parametrize(
    ("reason", "facts", "told"),
    [
        (Reason.SIZE_FITS, {"fact": "300-1200"}, "The sizes overlap; the project’s is RMB 300 million to RMB 1.2 billion"),
        (Reason.STAGE, {"fact": "pilot"}, "The stage fits: Pilot"),
        (Reason.LANGUAGE, {"fact": "de"}, "A common language: German"),
        (Reason.SAME_CHAIN, {"fact": "FI-ROB", "name": "Intelligent robots"}, "Chain matches: Intelligent robots"),
        (Reason.SAME_CHAIN, {"fact": "FI-ROB"}, "Chain matches: FI-ROB"),
        (Reason.DISTRICT, {"fact": "PD", "name": "Pudong"}, "District of interest: Pudong"),
        (Reason.MUST_MEET, {"fact": "must_meet"}, "Interest: must meet"),
    ],
)
def test_a_reason_tells_its_fact(reason: Reason, facts: dict[str, str], told: str) -> None:
    assert phrase(reason, **facts) == told


def test_stored_codes_become_words_too() -> None:
    assert words("not_our_field", "DeclineReason") == "Not our field"
    assert words("pilot", Stage) == "Pilot"
    assert words("never heard of", "Stage") == "never heard of"
    assert words("", "MoveReason") == ""
    assert {run_message(code) for code in RUN_MESSAGES} == set(RUN_MESSAGES.values())


def test_moments_are_told_in_shanghai() -> None:
    assert moment_words(datetime(2024, 3, 31, 17, tzinfo=UTC)) == "Mon 1 Apr, 01:00 (Shanghai time)"


def test_languages_and_countries_have_names_in_both_languages() -> None:
    assert [language_name(code) for code in ("de", "zh")] == ["German", "Chinese"]
    assert [country_name(code) for code in ("DE", "TW", "HK")] == ["Germany", "Taiwan, China", "Hong Kong, China"]
    assert [country_name(code) for code in ("FK", "PS")] == ["Falkland Islands (Malvinas)", "Palestine"]
    assert all(language_name(code) != code for code in SPOKEN)
    with i18n.reading_in("zh_Hans_CN"):
        assert (language_name("de"), country_name("DE")) == ("德语", "德国")


def test_a_place_that_was_free_after_all_is_told_so(app: Flask) -> None:
    with app.test_request_context():
        assert (
            phrase(WhyNot.WOULD_COST_MORE, slot=3, gain=542)
            == "A time became free too late for this night. The next one will try it."
        )
        assert "would have been lost" in phrase(WhyNot.WOULD_COST_MORE, slot=3, gain=-5)


def test_what_is_said_in_brackets_has_the_brackets_of_the_language():
    assert i18n.aside_words("France") == " (France)"
    assert i18n.aside_words(Markup("R&amp;D")) == Markup(" (R&amp;D)")
    with i18n.reading_in("zh_Hans_CN"):
        assert i18n.aside_words(55) == "（55）"


def test_a_name_and_its_post_are_told_apart_in_either_script():
    assert i18n.person_words("Lei LI", "CFO") == "Lei LI, CFO"
    with i18n.reading_in("zh_Hans_CN"):
        told = [i18n.person_words("李雷", "总经理"), i18n.person_words("Lei LI", "总经理"), i18n.person_words("Lei LI", "CFO")]
    assert told == ["李雷 总经理", "Lei LI 总经理", "Lei LI，CFO"]


def test_sentences_follow_each_other_as_the_language_has_it():
    assert i18n.sentences_words(["One.", None, "", "Two."]) == "One. Two."
    with i18n.reading_in("zh_Hans_CN"):
        assert i18n.sentences_words(["一。", "二。"]) == "一。二。"


def test_a_size_that_begins_at_nothing_is_told_by_its_end():
    assert i18n.size_words(0, 50) == "up to RMB 50 million"
    assert i18n.size_words(50, 1200) == "RMB 50 million to RMB 1.2 billion"
    assert i18n.size_words(0, 0) == "RMB 0 million"


def test_a_size_that_is_one_amount_is_told_once():
    assert i18n.size_words(50, 50) == "RMB 50 million"
    with i18n.reading_in("zh_Hans_CN"):
        assert i18n.size_words(50, 50) == "5000万元"
