"""What a district offers: its hosts draft projects, change and translate them, publish and withdraw them, and see what counts."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload

from matchmaker.db import db, transaction
from matchmaker.domain.catalogue import ILLUSTRATIVE, OpportunityBasis, ProjectKind, Stage, check_sizes
from matchmaker.domain.languages import check_languages
from matchmaker.domain.meeting import LIVE
from matchmaker.domain.roles import Role
from matchmaker.domain.rules import Broken, RuleBroken
from matchmaker.domain.scoring import Reason, Weights, counted_facts, weights_from
from matchmaker.models import Chain, District, Edition, Meeting, Project, Slot
from matchmaker.services.actors import Actor, Missing
from matchmaker.services.diary import MeetingView, load_meetings, view_meetings
from matchmaker.services.languages import is_language
from matchmaker.services.meetings import lock_diary
from matchmaker.services.occupancy import give_back_leads, note_new_names
from matchmaker.services.resources import store_resources

PROJECT_TEXTS = ("title", "park", "summary")
"""What a project says in both languages."""
LONGEST = {"title": 200, "park": 200, "summary": 2000}
MOST_LEADS = 50
LARGEST_SIZE = 10_000_000


@dataclass(frozen=True, slots=True)
class Content:
    """What hosts say about a project. `chain` is a code; sizes in million yuan; an empty text is not translated yet."""

    title_en: str
    title_zh: str
    park_en: str
    park_zh: str
    summary_en: str
    summary_zh: str
    chain: str
    kind: ProjectKind
    stage: Stage
    size_min: int
    size_max: int
    languages: tuple[str, ...]
    leads: int = 1


@dataclass(frozen=True, slots=True)
class CountedFact:
    """A fact of a project that scoring uses, the most points it can bring, and whether it (or a part of it) is missing."""

    reason: Reason
    points: int
    missing: bool


# -- reading -------------------------------------------------------------------------------------------------------------


def get_project_for(actor: Actor, project_id: int) -> Project:
    """A project of the host's own district, a draft too. Raises Missing."""
    places = joinedload(Project.district).joinedload(District.venue)
    ours = (Project.id == project_id) & (Project.district_id == actor.district_id)
    project = db.session.scalars(select(Project).where(ours).options(places, joinedload(Project.chain))).one_or_none()
    if project is None or actor.role is not Role.HOST:
        raise Missing(f"project {project_id}")
    return project


def content_of(project: Project) -> Content:
    """What is stored about a project."""
    same = {each.name: getattr(project, each.name) for each in fields(Content)}
    words = {"kind": ProjectKind(project.kind), "stage": Stage(project.stage), "languages": tuple(project.languages)}
    return Content(**(same | words | {"chain": project.chain.code}))


def meetings_to_come(actor: Actor, project_id: int, *, now: datetime) -> list[MeetingView]:
    """The live meetings of a project that are not over, in time order. Raises Missing."""
    project = get_project_for(actor, project_id)
    edition = db.session.get_one(Edition, project.edition_id)
    return view_meetings(actor, load_meetings(edition, *_to_come(project, now), order=Meeting.slot_id))


def counted_of(project: Project, weights: Weights) -> list[CountedFact]:
    """What of a project counts for its scores, and what of that is missing."""
    missing = {
        Reason.SIZE_FITS: not project.size_max,
        Reason.LANGUAGE: not project.languages,
        Reason.SIMILAR_WORDS: not all(getattr(project, f"{name}_{code}") for name in PROJECT_TEXTS for code in ("en", "zh")),
    }
    return [CountedFact(reason, points, missing.get(reason, False)) for reason, points in counted_facts(weights).items()]


def weights_for(actor: Actor) -> Weights:
    """The organiser's weights in the edition of the host's district."""
    return weights_from(_own_edition(actor).weights)


def sketch_project(actor: Actor, content: Content, project_id: int | None = None) -> Project:
    """The project as it would be with this content: for a preview, outside of any transaction. Raises as `change_project`."""
    stored = get_project_for(actor, project_id) if project_id else None
    edition = _own_edition(actor)
    check_content(content)
    sketch = Project(edition_id=edition.id, code=stored.code if stored else "", edits=0)
    with db.session.no_autoflush:
        sketch.district = _own_district(actor)
        sketch.source_url = stored.source_url if stored else ILLUSTRATIVE
        _write(sketch, content, before=content_of(stored) if stored else None, bases=stored)
    return sketch


# -- actions -------------------------------------------------------------------------------------------------------------


def draft_project(actor: Actor, content: Content) -> int:
    """Add a project that its own district alone sees; answers its id. Raises Missing, or RuleBroken as `check_content`."""
    check_content(content)
    with transaction():
        edition = _own_edition(actor)
        lock_diary(edition.id)
        project = Project(edition_id=edition.id, code=_new_code(actor), source_url=ILLUSTRATIVE, edits=1)
        project.district_id = actor.district_id  # type: ignore[assignment]  # a host has one
        _write(project, content, before=None, bases=None)
        db.session.add(project)
        db.session.flush()
        store_resources(db.session(), edition)
        return project.id


def change_project(actor: Actor, project_id: int, content: Content, *, seen: int, now: datetime) -> None:
    """Replace what is said about a project. `seen` is how often it had been changed when the page was opened.

    What is published stays complete. Raises Missing, or RuleBroken as `check_content` and `publish_project`,
    SOMEBODY_WAS_QUICKER, or TEAM_BOOKED where meetings need the team that would go.
    """
    check_content(content)
    with transaction():
        project = locked_project(actor, project_id)
        if project.edits != seen and content_of(project) == content:
            return  # somebody tapped twice
        if project.edits != seen:
            raise RuleBroken(Broken.SOMEBODY_WAS_QUICKER)
        if project.published_at is not None:
            _require_complete(content)
        fewer, titles = content.leads < project.leads, (project.title_en, project.title_zh)
        _write(project, content, before=content_of(project), bases=project)
        project.edits += 1
        if (project.title_en, project.title_zh) != titles:
            note_new_names([project], now=now)
        if fewer:
            give_back_leads(project, content.leads)
        db.session.flush()
        store_resources(db.session(), db.session.get_one(Edition, project.edition_id))


def publish_project(actor: Actor, project_id: int, *, now: datetime) -> None:
    """Offer a draft, or a project that was withdrawn, to everybody. Nothing happens where it is offered already.

    Raises Missing, or the first of `lacking_to_publish`.
    """
    with transaction():
        project = locked_project(actor, project_id)
        if project.is_offered:
            return
        _require_complete(content_of(project))
        project.published_at = project.published_at or now
        project.withdrawn_at = None
        project.edits += 1


def withdraw_project(actor: Actor, project_id: int, *, now: datetime) -> None:
    """Offer a project no longer; what was said and met stays. Nothing happens where it is not offered.

    Raises Missing, or RuleBroken(PROJECT_MEETS) while it has meetings to come.
    """
    with transaction():
        project = locked_project(actor, project_id)
        if not project.is_offered:
            return
        if db.session.scalar(select(func.count()).select_from(Meeting).where(*_to_come(project, now))):
            raise RuleBroken(Broken.PROJECT_MEETS)
        project.withdrawn_at = now
        project.edits += 1


# -- rules ---------------------------------------------------------------------------------------------------------------


def check_content(content: Content) -> None:
    """What holds for a draft already. Raises the first of `faults_of`."""
    for fault in faults_of(content):
        raise fault


def faults_of(content: Content) -> Iterator[RuleBroken]:
    """All that no draft may say, on its fields: EMPTY_IN_BOTH, TOO_LONG, SIZE_CONTRADICTS, LANGUAGE_UNKNOWN, TOO_MANY or
    NUMBER_OUTSIDE.
    """
    if not _says(content, "title"):
        yield RuleBroken(Broken.EMPTY_IN_BOTH, "title")
    for name, limit in LONGEST.items():
        for field in (f"{name}_en", f"{name}_zh"):
            if len(getattr(content, field)) > limit:
                yield RuleBroken(Broken.TOO_LONG, field, limit=limit)
    try:
        check_sizes(content.size_min, content.size_max, most=LARGEST_SIZE)
    except RuleBroken as broken:
        yield broken
    try:
        check_languages(content.languages, known=is_language)
    except RuleBroken as broken:
        yield broken
    if not 1 <= content.leads <= MOST_LEADS:
        yield RuleBroken(Broken.NUMBER_OUTSIDE, "leads", least=1, most=MOST_LEADS)


def lacking_to_publish(content: Content) -> Iterator[RuleBroken]:
    """All that has to be said before: a title, a park and a summary in one language at least (EMPTY_IN_BOTH, on `title`, `park`
    or `summary`), a size, and a language of the team (EMPTY).
    """
    for name in PROJECT_TEXTS:
        if not _says(content, name):
            yield RuleBroken(Broken.EMPTY_IN_BOTH, name)
    if not content.size_max:
        yield RuleBroken(Broken.EMPTY, "size_max")
    if not content.languages:
        yield RuleBroken(Broken.EMPTY, "languages")


def _require_complete(content: Content) -> None:
    for lacking in lacking_to_publish(content):
        raise lacking


def _says(content: Content, name: str) -> bool:
    return any(getattr(content, f"{name}_{code}").strip() for code in ("en", "zh"))


# -- writing -------------------------------------------------------------------------------------------------------------


def locked_project(actor: Actor, project_id: int) -> Project:
    """The project, read anew once no night can publish and no colleague can change it meanwhile."""
    lock_diary(get_project_for(actor, project_id).edition_id)
    db.session.expire_all()
    return get_project_for(actor, project_id)


def _write(project: Project, content: Content, *, before: Content | None, bases: Project | None) -> None:
    """Put the content on a project. What hosts say in other words than a file did is no longer in its source, nor is another
    size; each by itself.
    """
    chain = _find_chain(project.edition_id, content.chain)
    told, sized = _retold(before, content), before is None or _sizes(before) != _sizes(content)
    size_basis = OpportunityBasis.HOST.value if sized or bases is None else bases.size_basis
    basis = OpportunityBasis.HOST.value if told or bases is None else bases.opportunity_basis
    for name in PROJECT_TEXTS:
        for code in ("en", "zh"):
            setattr(project, f"{name}_{code}", " ".join(getattr(content, f"{name}_{code}").split()))
    project.chain, project.kind, project.stage = chain, content.kind.value, content.stage.value
    project.size_min, project.size_max, project.leads = content.size_min, content.size_max, content.leads
    project.languages = list(dict.fromkeys(content.languages))
    project.size_basis, project.opportunity_basis = size_basis, basis


def _retold(before: Content | None, content: Content) -> bool:
    """Whether something is said in other words; to translate what was missing is not that."""
    names = [f"{name}_{code}" for name in PROJECT_TEXTS for code in ("en", "zh")]
    return before is None or any(getattr(before, each) not in ("", getattr(content, each).strip()) for each in names)


def _sizes(content: Content) -> tuple[int, int]:
    return content.size_min, content.size_max


def _find_chain(edition_id: int, code: str) -> Chain:
    chain = db.session.scalars(select(Chain).where(Chain.edition_id == edition_id, Chain.code == code)).one_or_none()
    if chain is None:
        raise RuleBroken(Broken.CHAIN_UNKNOWN, "chain", given=code[:40])
    return chain


def _new_code(actor: Actor) -> str:
    """PD-H01: no file numbers its projects like this, so that a later one cannot mean another project."""
    district = _own_district(actor)
    codes = set(db.session.scalars(select(Project.code).where(Project.district_id == district.id)))
    return next(code for number in range(1, len(codes) + 2) if (code := f"{district.code}-H{number:02d}") not in codes)


def _own_district(actor: Actor) -> District:
    district = db.session.get(District, actor.district_id) if actor.role is Role.HOST else None
    if district is None:
        raise Missing(f"a district of {actor.role}")
    return district


def _own_edition(actor: Actor) -> Edition:
    return db.session.get_one(Edition, _own_district(actor).edition_id)


def _to_come(project: Project, now: datetime) -> tuple[ColumnElement[bool], ...]:
    coming: Any = select(Slot.id).where(Slot.ends_at > now)
    held = Meeting.slot_id.in_(coming) | Meeting.offered_slot_id.in_(coming)
    return Meeting.project_id == project.id, Meeting.status.in_(LIVE), held
