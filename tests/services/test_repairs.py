"""Ways out of contradictory pins, with the names of people and places; whatever the child says is doubted."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from matchmaker.db import db
from matchmaker.domain.meeting import Status
from matchmaker.models import Edition
from matchmaker.services import repairs
from matchmaker.services.facts import read_facts
from matchmaker.services.problems import build_problem
from matchmaker.services.repairs import repairs_of
from matchmaker.services.solving import Ended, Left
from tests.builders import NOW, get_project, make_investor, make_meeting, save


def found(edition: Edition) -> list[dict[str, Any]]:
    db.session.rollback()
    facts = read_facts(edition, now=NOW)
    return repairs_of(facts, build_problem(facts), seconds=10)


@pytest.fixture
def crowded(edition: Edition) -> Edition:
    """Two accepted meetings at once in Pudong, which has lost one of its two tables since."""
    for code in ("PD-01", "PD-02"):
        make_meeting(make_investor(edition), get_project(edition, code), edition.slots[0], Status.ACCEPTED)
    venue = get_project(edition, "PD-01").district.venue
    venue.tables = 1
    save(venue)
    return edition


def test_a_table_is_the_cheapest_way_out_and_has_its_name(crowded: Edition) -> None:
    venue = get_project(crowded, "PD-01").district.venue
    first, *others = found(crowded)
    table = {"kind": "table", "who_en": venue.name_en, "who_zh": venue.name_zh, "day": "2024-04-01", "half": "morning"}
    assert first == {"code": "repair", "steps": [table]}
    assert {step["kind"] for each in others for step in each["steps"]} == {"may_move", "may_vanish"}


def test_what_is_given_up_is_named_by_its_two_sides_and_its_time(crowded: Edition) -> None:
    project = get_project(crowded, "PD-01")
    steps = [step for each in found(crowded) for step in each["steps"] if step.get("project_en") == project.title_en]
    assert steps
    for step in steps:
        assert (step["project_zh"], step["starts_at"]) == (project.title_zh, "2024-04-01T01:00:00+00:00")
        assert step["investor"]


@pytest.mark.parametrize(
    "answer",
    [
        None,
        "half an ans",
        "[]",
        json.dumps({"repairs": [[{"kind": "table", "who": "nowhere", "slot": 0}]]}),
        json.dumps({"repairs": [[{"kind": "table", "who": "XH", "slot": 1}]]}),
        json.dumps({"repairs": [[{"who": "XH"}], 7]}),
        json.dumps({"repairs": [[{"kind": "may_move", "candidate": "nobody", "slot": 0}]]}),
    ],
)
def test_an_answer_that_makes_no_sense_is_no_repair(
    edition: Edition, answer: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def ended(*_question: Any, **_limits: Any) -> Iterator[Left]:
        out = tmp_path / "answer.json"
        if answer is not None:
            out.write_text(answer, encoding="utf-8")
        yield Left(out, Ended.CRASHED, {})

    monkeypatch.setattr(repairs, "ended_child", ended)
    assert found(edition) == []
