"""What an organiser sets before a night: weights of the score with their effect, prices, what it aims for, hours to answer."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from matchmaker.db import db, transaction
from matchmaker.domain.roles import Role
from matchmaker.domain.rules import Broken, RuleBroken
from matchmaker.domain.scoring import HIGHEST, Weights, weights_from
from matchmaker.models import Edition, Investor, Project, SettingChange
from matchmaker.scheduling.problem import Penalties
from matchmaker.services.actors import Actor
from matchmaker.services.facts import Facts, read_facts
from matchmaker.services.problems import candidate_pairs
from matchmaker.services.suits import Pair
from matchmaker.services.versions import require_version

BEST = 5
"""So many of an investor's best candidates are compared."""
EXAMPLES = 10
HIGHEST_PRICE = 1_000_000
MOST_HOURS = 240
WIDEST_GAP = 1000
"""In tenths of a per cent."""


@dataclass(frozen=True, slots=True)
class NewFirst:
    """An investor whose best candidate would be another one."""

    investor: Investor
    before: Project
    after: Project


@dataclass(frozen=True, slots=True)
class Effect:
    """What other weights would change among the pairs that the next night considers."""

    pairs: int
    average_before: float
    average_after: float
    entering: int
    leaving: int
    investors: int
    other_first: int
    """Investors whose best candidate changes."""
    other_best: int
    """Investors whose best five change, in content or order."""
    examples: tuple[NewFirst, ...]


def weights_of(edition: Edition) -> dict[str, int]:
    """The weights in force, by name."""
    return asdict(weights_from(edition.weights))


def aims_of(edition: Edition) -> dict[str, int]:
    return {"gap_asked": edition.gap_asked, "floor_first": int(edition.floor_first)}


def answering_of(edition: Edition) -> dict[str, int]:
    return {"hours": edition.answer_deadline_hours, "publishes_at_once": int(edition.publishes_at_once)}


def checked_weights(weights: Mapping[str, int]) -> Weights:
    """Raises RuleBroken on the first thing that is wrong: NUMBER_OUTSIDE, WEIGHTS_DISORDERED or WEIGHTS_EXCEED."""
    known = {field.name for field in fields(Weights)}
    for name in weights:
        if name not in known:
            raise RuleBroken(Broken.NUMBER_OUTSIDE, name, least=0, most=HIGHEST)
    checked = weights_from(weights)
    for fault in checked.faults():
        raise fault
    return checked


def set_weights(actor: Actor, edition_id: int, weights: Mapping[str, int], *, seen: str | None = None, now: datetime) -> None:
    """The next night scores with these; `seen` is the version that the page showed, here and below.

    Raises RuleBroken: NOT_ALLOWED, SOMEBODY_WAS_QUICKER, or as `checked_weights`.
    """
    _require_organiser(actor)
    values, usual = asdict(checked_weights(weights)), asdict(Weights())
    with transaction():
        edition = db.session.get_one(Edition, edition_id, with_for_update=True)
        _note(actor, edition, weights_of(edition), values, seen=seen, now=now)
        edition.weights = {name: value for name, value in values.items() if value != usual[name]}


def effect_of(edition: Edition, weights: Mapping[str, int], *, now: datetime) -> Effect:
    """What these weights would change, reckoned over the pairs that a night would consider now. Raises as `checked_weights`."""
    new = checked_weights(weights)
    before = read_facts(edition, now=now)
    after = replace(before, pairing=before.pairing.with_weights(new))
    live = {(meeting.investor_id, meeting.project_id) for meeting in before.live}
    old_pairs, new_pairs = candidate_pairs(before) | live, candidate_pairs(after) | live
    old_best, new_best = _ranked(before, old_pairs), _ranked(after, new_pairs)
    changed = [each for each in sorted(old_best) if _codes(old_best[each][:BEST]) != _codes(new_best.get(each, [])[:BEST])]
    first = [each for each in changed if new_best.get(each) and old_best[each][0] is not new_best[each][0]]
    return Effect(
        pairs=len(new_pairs),
        average_before=_average(before, old_pairs),
        average_after=_average(after, new_pairs),
        entering=len(new_pairs - old_pairs),
        leaving=len(old_pairs - new_pairs),
        investors=len(old_best),
        other_first=len(first),
        other_best=len(changed),
        examples=tuple(NewFirst(before.investors[each], old_best[each][0], new_best[each][0]) for each in first[:EXAMPLES]),
    )


def _ranked(facts: Facts, pairs: set[Pair]) -> dict[int, list[Project]]:
    """By investor: its candidates, the best first."""
    found: dict[int, list[tuple[int, str, Project]]] = defaultdict(list)
    for investor_id, project_id in pairs:
        project = facts.projects[project_id]
        found[investor_id].append((-facts.pairing.score(investor_id, project_id).value, project.code, project))
    return {investor_id: [each[2] for each in sorted(rows, key=lambda row: row[:2])] for investor_id, rows in found.items()}


def _codes(projects: list[Project]) -> list[str]:
    return [project.code for project in projects]


def _average(facts: Facts, pairs: set[Pair]) -> float:
    return sum(facts.pairing.score(*pair).value for pair in pairs) / len(pairs) if pairs else 0.0


def set_prices(actor: Actor, edition_id: int, prices: Mapping[str, int], *, seen: str | None = None, now: datetime) -> None:
    """What the next night takes off for each unit of trouble.

    Raises RuleBroken: NOT_ALLOWED, NUMBER_OUTSIDE, SOMEBODY_WAS_QUICKER.
    """
    _require_organiser(actor)
    known = {field.name for field in fields(Penalties)}
    for name, value in prices.items():
        if name not in known or type(value) is not int or not 0 <= value <= HIGHEST_PRICE:
            raise RuleBroken(Broken.NUMBER_OUTSIDE, name, least=0, most=HIGHEST_PRICE)
    with transaction():
        edition = db.session.get_one(Edition, edition_id, with_for_update=True)
        _note(actor, edition, edition.penalties, edition.penalties | dict(prices), seen=seen, now=now)
        edition.penalties = edition.penalties | dict(prices)


def set_aims(actor: Actor, edition_id: int, *, gap_asked: int, floor_first: bool, seen: str | None = None, now: datetime) -> None:
    """How close to the best a night's schedule has to be proven, in tenths of a per cent, and whether the floor goes first.

    Raises RuleBroken: NOT_ALLOWED, NUMBER_OUTSIDE, SOMEBODY_WAS_QUICKER.
    """
    _require_organiser(actor)
    if not 0 <= gap_asked <= WIDEST_GAP:
        raise RuleBroken(Broken.NUMBER_OUTSIDE, "gap_asked", least=0, most=WIDEST_GAP // 10)
    with transaction():
        edition = db.session.get_one(Edition, edition_id, with_for_update=True)
        after = {"gap_asked": gap_asked, "floor_first": int(floor_first)}
        _note(actor, edition, aims_of(edition), after, seen=seen, now=now)
        edition.gap_asked, edition.floor_first = gap_asked, floor_first


def set_answering(
    actor: Actor, edition_id: int, *, hours: int, publishes_at_once: bool, seen: str | None = None, now: datetime
) -> None:
    """How long proposals of later runs stay open, and whether a night publishes by itself.

    Raises RuleBroken: NOT_ALLOWED, NUMBER_OUTSIDE, SOMEBODY_WAS_QUICKER.
    """
    _require_organiser(actor)
    if not 1 <= hours <= MOST_HOURS:
        raise RuleBroken(Broken.NUMBER_OUTSIDE, "hours", least=1, most=MOST_HOURS)
    with transaction():
        edition = db.session.get_one(Edition, edition_id, with_for_update=True)
        after = {"hours": hours, "publishes_at_once": int(publishes_at_once)}
        _note(actor, edition, answering_of(edition), after, seen=seen, now=now)
        edition.answer_deadline_hours = hours
        edition.publishes_at_once = publishes_at_once


def changes_of_settings(edition: Edition) -> list[SettingChange]:
    """Everything that was set anew in this edition, the latest first."""
    query = select(SettingChange).where(SettingChange.edition_id == edition.id).order_by(SettingChange.id.desc())
    return list(db.session.scalars(query.options(joinedload(SettingChange.account))))


def _note(
    actor: Actor, edition: Edition, before: Mapping[str, int], after: Mapping[str, int], *, seen: str | None, now: datetime
) -> None:
    """Leave a trace of what differs. Runs in the caller's transaction. Raises RuleBroken(SOMEBODY_WAS_QUICKER)."""
    require_version(seen, before, after)
    for name, value in after.items():
        if before.get(name, 0) != value:
            change = SettingChange(edition_id=edition.id, account_id=actor.account_id, at=now)
            change.setting, change.before, change.after = name, before.get(name, 0), value
            db.session.add(change)


def _require_organiser(actor: Actor) -> None:
    if actor.role is not Role.ORGANISER:
        raise RuleBroken(Broken.NOT_ALLOWED)
