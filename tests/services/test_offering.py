"""Projects as their hosts work on them: drafts, both languages, publishing, withdrawing, and who sees what of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from matchmaker.db import db
from matchmaker.domain.catalogue import ProjectKind, Stage
from matchmaker.domain.interest import Level, Target
from matchmaker.domain.meeting import Status
from matchmaker.domain.roles import Role
from matchmaker.domain.rules import Broken, RuleBroken
from matchmaker.domain.scoring import Reason, Weights
from matchmaker.models import Account, Edition, Occupancy, Project, Resource
from matchmaker.services import browse
from matchmaker.services.actors import Missing, actor_of
from matchmaker.services.browse import ProjectFilter
from matchmaker.services.doctor import diagnose
from matchmaker.services.facts import read_facts
from matchmaker.services.inbox import projects_of
from matchmaker.services.interests import express_interest
from matchmaker.services.meetings import book_by_hand
from matchmaker.services.offering import (
    Content,
    CountedFact,
    change_project,
    content_of,
    counted_of,
    draft_project,
    get_project_for,
    meetings_to_come,
    publish_project,
    sketch_project,
    withdraw_project,
)
from matchmaker.services.problems import build_problem
from matchmaker.services.similarity import compare_words
from tests.builders import (
    NOW,
    get_district,
    get_project,
    make_account,
    make_interest,
    make_investor,
    make_meeting,
    make_project,
)

CONTENT = Content(
    title_en="Robot skin",
    title_zh="机器人皮肤",
    park_en="Zhangjiang",
    park_zh="张江",
    summary_en="A line for skin that feels.",
    summary_zh="电子皮肤生产线。",
    chain="FI-ROB",
    kind=ProjectKind.GREENFIELD,
    stage=Stage.PLANNING,
    size_min=100,
    size_max=300,
    languages=("zh", "en"),
    leads=2,
)
EMPTY = {"title_zh": "", "park_en": "", "park_zh": "", "summary_en": "", "summary_zh": ""}


def refusal(action: Callable[..., Any], *arguments: Any, **named: Any) -> tuple[Broken, str | None]:
    with pytest.raises(RuleBroken) as refused:
        action(*arguments, **named)
    db.session.rollback()
    return refused.value.code, refused.value.field


def stored(project_id: int) -> Project:
    db.session.rollback()
    return db.session.get_one(Project, project_id)


# -- drafts --------------------------------------------------------------------------------------------------------------


@pytest.mark.any_database
def test_a_draft_is_stored_with_a_number_of_its_own_and_its_leads(hao: Account, edition: Edition) -> None:
    first = draft_project(actor_of(hao), CONTENT)
    second = draft_project(actor_of(hao), replace(CONTENT, title_en="Robot ears", title_zh=""))

    assert content_of(stored(first)) == CONTENT
    assert [stored(each).code for each in (first, second)] == ["PD-H01", "PD-H02"]
    assert (stored(first).published_at, stored(first).opportunity_basis, stored(first).size_basis) == (None, "host", "host")
    leads = select(Resource.number).where(Resource.project_id == first).order_by(Resource.number)
    assert list(db.session.scalars(leads)) == [1, 2]
    assert diagnose() == []


def test_a_draft_is_seen_by_its_own_district_alone(hao: Account, ines: Account, olga: Account, edition: Edition) -> None:
    colleague = make_account(Role.HOST, district=get_district(edition, "PD"))
    other = make_account(Role.HOST, district=get_district(edition, "XH"))
    before = len(browse.find_projects(edition, ProjectFilter()).projects)
    draft = draft_project(actor_of(hao), CONTENT)
    code = stored(draft).code

    assert get_project_for(actor_of(colleague), draft).code == code
    assert code in {row.project.code for row in projects_of(actor_of(colleague))}
    for stranger in (other, ines, olga):
        with pytest.raises(Missing):
            get_project_for(actor_of(stranger), draft)
    with pytest.raises(Missing):
        browse.get_project(edition, code)
    assert len(browse.find_projects(edition, ProjectFilter()).projects) == before
    asked = (actor_of(ines), Target.PROJECT, code, Level.WOULD_LIKE)
    assert refusal(express_interest, *asked, now=NOW) == (Broken.TARGET_UNKNOWN, "code")
    with pytest.raises(Missing):
        book_by_hand(actor_of(olga), ines.investor_id, draft, edition.slots[0].id, now=NOW)


@pytest.mark.any_database
def test_no_night_knows_a_draft_until_it_is_published(hao: Account, edition: Edition) -> None:
    investor = make_investor(edition)
    make_interest(investor, get_district(edition, "PD"))
    draft = draft_project(actor_of(hao), CONTENT)

    def candidates() -> set[int]:
        return {project_id for _, project_id in build_problem(read_facts(edition, now=NOW)).pair_of.values()}

    hidden = (draft in candidates(), draft in {project_id for _, project_id in compare_words(edition)})
    publish_project(actor_of(hao), draft, now=NOW)

    assert hidden == (False, False)
    assert draft in candidates()
    assert stored(draft).published_at == NOW


# -- changing ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "code", "field"),
    [
        ({"title_en": " ", "title_zh": ""}, Broken.EMPTY_IN_BOTH, "title"),
        ({"title_zh": "字" * 201}, Broken.TOO_LONG, "title_zh"),
        ({"park_en": "x" * 201}, Broken.TOO_LONG, "park_en"),
        ({"summary_en": "x" * 2001}, Broken.TOO_LONG, "summary_en"),
        ({"chain": "NONE"}, Broken.CHAIN_UNKNOWN, "chain"),
        ({"size_min": 400}, Broken.SIZE_CONTRADICTS, "size_max"),
        ({"size_min": -1}, Broken.SIZE_CONTRADICTS, "size_max"),
        ({"size_max": 10**9}, Broken.SIZE_CONTRADICTS, "size_max"),
        ({"languages": ("klingon",)}, Broken.LANGUAGE_UNKNOWN, "languages"),
        ({"languages": ("zh",) * 11}, Broken.TOO_MANY, "languages"),
        ({"leads": 0}, Broken.NUMBER_OUTSIDE, "leads"),
        ({"leads": 51}, Broken.NUMBER_OUTSIDE, "leads"),
    ],
)
def test_what_is_wrong_is_refused_on_its_field_and_nothing_is_stored(
    hao: Account, edition: Edition, wrong: dict[str, Any], code: Broken, field: str
) -> None:
    project = get_project(edition, "PD-01")
    before, project_id = content_of(project), project.id

    assert refusal(draft_project, actor_of(hao), replace(CONTENT, **wrong)) == (code, field)
    assert refusal(change_project, actor_of(hao), project_id, replace(CONTENT, **wrong), seen=0, now=NOW) == (code, field)
    assert content_of(stored(project_id)) == before


@pytest.mark.parametrize(
    ("lacking", "code", "field"),
    [
        ({"park_en": "", "park_zh": ""}, Broken.EMPTY_IN_BOTH, "park"),
        ({"summary_en": " ", "summary_zh": ""}, Broken.EMPTY_IN_BOTH, "summary"),
        ({"size_min": 0, "size_max": 0}, Broken.EMPTY, "size_max"),
        ({"languages": ()}, Broken.EMPTY, "languages"),
    ],
)
def test_a_draft_may_lack_what_a_published_project_needs(
    hao: Account, edition: Edition, lacking: dict[str, Any], code: Broken, field: str
) -> None:
    draft = draft_project(actor_of(hao), replace(CONTENT, **lacking))

    assert refusal(publish_project, actor_of(hao), draft, now=NOW) == (code, field)
    change_project(actor_of(hao), draft, CONTENT, seen=1, now=NOW)
    publish_project(actor_of(hao), draft, now=NOW)
    assert refusal(change_project, actor_of(hao), draft, replace(CONTENT, **lacking), seen=3, now=NOW) == (code, field)


@pytest.mark.parametrize("other", ["_zh", "_en"])
def test_one_language_is_enough_to_publish(hao: Account, other: str) -> None:
    one = {name: "" for name in (*EMPTY, "title_en") if name.endswith(other)}
    draft = draft_project(actor_of(hao), replace(CONTENT, **one))

    publish_project(actor_of(hao), draft, now=NOW)

    assert stored(draft).is_offered


def test_a_change_that_a_colleague_made_meanwhile_is_not_overwritten(hao: Account, edition: Edition) -> None:
    project_id = get_project(edition, "PD-01").id
    change_project(actor_of(hao), project_id, CONTENT, seen=0, now=NOW)

    asked = (actor_of(hao), project_id, replace(CONTENT, title_en="Mine"))
    assert refusal(change_project, *asked, seen=0, now=NOW) == (Broken.SOMEBODY_WAS_QUICKER, None)
    change_project(*asked, seen=1, now=NOW)
    assert (stored(project_id).title_en, stored(project_id).edits) == ("Mine", 2)


def test_other_words_are_told_by_the_district_and_a_translation_is_not(hao: Account, edition: Edition) -> None:
    reported = {"opportunity_basis": "reported", "size_basis": "reported ceiling"}
    translated, retold = (make_project(get_district(edition, "PD"), title_zh="", **reported) for _ in range(2))
    ids = translated.id, retold.id

    change_project(actor_of(hao), ids[0], replace(content_of(translated), title_zh="机器人"), seen=0, now=NOW)
    change_project(actor_of(hao), ids[1], replace(content_of(retold), title_en="Another", size_max=900), seen=0, now=NOW)

    assert [(each.opportunity_basis, each.size_basis) for each in map(stored, ids)] == [
        ("reported", "reported ceiling"),
        ("host", "host"),
    ]


def test_another_size_alone_leaves_the_plan_in_its_source(hao: Account, edition: Edition) -> None:
    project = make_project(get_district(edition, "PD"), opportunity_basis="reported", size_basis="reported ceiling")
    content, project_id = replace(content_of(project), size_max=900), project.id

    sketch = sketch_project(actor_of(hao), content, project_id)
    assert (sketch.opportunity_basis, sketch.size_basis) == ("reported", "host")
    db.session.rollback()
    change_project(actor_of(hao), project_id, content, seen=0, now=NOW)

    assert (stored(project_id).opportunity_basis, stored(project_id).size_basis) == ("reported", "host")


def test_a_project_of_another_district_is_missing(hao: Account, edition: Edition) -> None:
    foreign = get_project(edition, "XH-01").id
    actor = actor_of(hao)

    for action in (
        lambda: get_project_for(actor, foreign),
        lambda: change_project(actor, foreign, CONTENT, seen=0, now=NOW),
        lambda: sketch_project(actor, CONTENT, foreign),
        lambda: publish_project(actor, foreign, now=NOW),
        lambda: withdraw_project(actor, foreign, now=NOW),
        lambda: meetings_to_come(actor, foreign, now=NOW),
    ):
        with pytest.raises(Missing):
            action()
        db.session.rollback()


def test_investors_draft_nothing(ines: Account) -> None:
    with pytest.raises(Missing):
        draft_project(actor_of(ines), CONTENT)


# -- the team ------------------------------------------------------------------------------------------------------------


@pytest.mark.any_database
def test_a_smaller_team_keeps_its_meetings_and_gets_them_renumbered(hao: Account, edition: Edition) -> None:
    project = make_project(get_district(edition, "PD"), leads=2)
    slot = edition.slots[0]
    gone = make_meeting(make_investor(edition), project, slot)
    make_meeting(make_investor(edition), project, slot)
    db.session.execute(db.delete(Occupancy).where(Occupancy.meeting_id == gone.id))
    gone.status = Status.DECLINED
    db.session.commit()
    project_id = project.id

    change_project(actor_of(hao), project_id, replace(content_of(project), leads=1), seen=0, now=NOW)

    leads = select(Resource.number).where(Resource.project_id == project_id)
    held = select(Resource.number).join(Occupancy, Occupancy.resource_id == Resource.id).where(Resource.project_id == project_id)
    assert (list(db.session.scalars(leads)), list(db.session.scalars(held))) == ([1], [1])


def test_a_team_that_meets_twice_at_once_stays_as_large(hao: Account, edition: Edition) -> None:
    project = make_project(get_district(edition, "PD"), leads=2)
    for _ in range(2):
        make_meeting(make_investor(edition), project, edition.slots[0])
    project_id, smaller = project.id, replace(content_of(project), leads=1)

    assert refusal(change_project, actor_of(hao), project_id, smaller, seen=0, now=NOW) == (Broken.TEAM_BOOKED, "leads")
    assert stored(project_id).leads == 2


# -- withdrawing ---------------------------------------------------------------------------------------------------------


@pytest.mark.any_database
def test_a_project_is_withdrawn_and_published_again(hao: Account, edition: Edition) -> None:
    project_id = get_project(edition, "PD-01").id
    published_at = stored(project_id).published_at

    withdraw_project(actor_of(hao), project_id, now=NOW)
    withdraw_project(actor_of(hao), project_id, now=NOW + timedelta(hours=1))
    withdrawn = stored(project_id).withdrawn_at, stored(project_id).is_offered
    publish_project(actor_of(hao), project_id, now=NOW)

    assert withdrawn == (NOW, False)
    assert (stored(project_id).is_offered, stored(project_id).published_at) == (True, published_at)


@pytest.mark.parametrize("status", [Status.PROPOSED, Status.ACCEPTED])
def test_meetings_to_come_are_in_the_way_of_withdrawing(hao: Account, ines: Account, edition: Edition, status: Status) -> None:
    project = get_project(edition, "PD-01")
    meeting = make_meeting(ines.investor, project, edition.slots[0], status)
    project_id, over = project.id, meeting.slot.ends_at

    assert refusal(withdraw_project, actor_of(hao), project_id, now=NOW) == (Broken.PROJECT_MEETS, None)
    assert [view.meeting.id for view in meetings_to_come(actor_of(hao), project_id, now=NOW)] == [meeting.id]
    assert stored(project_id).is_offered
    withdraw_project(actor_of(hao), project_id, now=over)
    assert not stored(project_id).is_offered


def test_ended_meetings_are_in_nobodys_way(hao: Account, ines: Account, edition: Edition) -> None:
    project = get_project(edition, "PD-01")
    make_meeting(ines.investor, project, edition.slots[0], Status.DECLINED)

    withdraw_project(actor_of(hao), project.id, now=NOW)

    assert not stored(project.id).is_offered


# -- what counts and what will be seen -----------------------------------------------------------------------------------


def test_what_counts_is_told_with_its_points_and_what_is_missing(hao: Account, edition: Edition) -> None:
    lacking = replace(CONTENT, summary_zh="", size_min=0, size_max=0, languages=())
    draft = stored(draft_project(actor_of(hao), lacking))

    assert counted_of(draft, Weights(same_chain=200)) == [
        CountedFact(Reason.SAME_CHAIN, 200, missing=False),
        CountedFact(Reason.NEAR_CHAIN, 120, missing=False),
        CountedFact(Reason.SIZE_FITS, 120, missing=True),
        CountedFact(Reason.LANGUAGE, 90, missing=True),
        CountedFact(Reason.DISTRICT, 60, missing=False),
        CountedFact(Reason.STAGE, 50, missing=False),
        CountedFact(Reason.SIMILAR_WORDS, 20, missing=True),
    ]
    assert not any(each.missing for each in counted_of(get_project(edition, "PD-01"), Weights()))


def test_a_sketch_shows_what_is_not_stored(hao: Account, edition: Edition) -> None:
    project = get_project(edition, "PD-01")
    before = content_of(project)

    sketch = sketch_project(actor_of(hao), CONTENT, project.id)

    assert (content_of(sketch), sketch.code, sketch.district.venue.code) == (CONTENT, "PD-01", "PD")
    assert list(db.session.new) == list(db.session.dirty) == []
    assert content_of(stored(project.id)) == before


def test_another_title_grows_in_the_calendars_of_its_meetings(ines: Account, hao: Account, edition: Edition) -> None:
    """Nothing else that hosts say about a project stands there."""
    project = get_project(edition, "PD-01")
    here = make_meeting(ines.investor, project, edition.slots[0], Status.ACCEPTED)
    elsewhere = make_meeting(ines.investor, get_project(edition, "LG-01"), edition.slots[4])
    later, steps = NOW + timedelta(hours=3), here.sequence

    change_project(actor_of(hao), project.id, replace(content_of(project), park_en="Another park"), seen=0, now=NOW)
    first = here.calendar_sequence
    change_project(actor_of(hao), project.id, replace(content_of(project), title_zh="另一个标题"), seen=1, now=later)

    assert (first, here.calendar_sequence, here.sequence, here.place_changed_at) == (steps, steps + 1, steps, later)
    assert (elsewhere.place_changes, elsewhere.place_changed_at) == (0, None)
