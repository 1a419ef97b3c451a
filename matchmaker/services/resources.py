"""The numbered resources of an edition: leads of projects, tables of venues, interpreters of pools."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from matchmaker.domain.rules import Broken, RuleBroken
from matchmaker.models import Edition, InterpreterPool, Occupancy, Project, Resource, ResourceKind, Venue

_OWNERS: dict[ResourceKind, tuple[Any, Any, Any, InstrumentedAttribute[int | None]]] = {
    ResourceKind.LEAD: (Project, Project.code, Project.leads, Resource.project_id),
    ResourceKind.TABLE: (Venue, Venue.code, Venue.tables, Resource.venue_id),
    ResourceKind.INTERPRETER: (InterpreterPool, InterpreterPool.language, InterpreterPool.capacity, Resource.pool_id),
}


def store_resources(session: Session, edition: Edition) -> None:
    """Let every project, venue and pool have the resources 1 to its capacity. Runs in the caller's transaction.

    Raises RuleBroken(HOLDS_MEETING) where a meeting occupies one that would go; `held` names each owner as (kind, code).
    """
    held = [(kind, code) for kind in _OWNERS for code in _store_kind(session, edition, kind)]
    if held:
        raise RuleBroken(Broken.HOLDS_MEETING, held=held)


def _store_kind(session: Session, edition: Edition, kind: ResourceKind) -> Iterator[str]:
    """Add and remove resources of one kind; gives the codes of the owners whose surplus is occupied."""
    model, code, capacity, owner = _OWNERS[kind]
    there: dict[int | None, dict[int, Resource]] = defaultdict(dict)
    query = select(Resource, owner).join(model, owner == model.id).where(model.edition_id == edition.id)
    for resource, owner_id in session.execute(query):
        there[owner_id][resource.number] = resource
    occupied = set(session.scalars(select(Occupancy.resource_id).join(Resource).where(Resource.kind == kind).distinct()))
    owners = select(model.id, code, capacity).where(model.edition_id == edition.id).order_by(model.id)
    for owner_id, owner_code, wanted in session.execute(owners):
        surplus = [resource for number, resource in there[owner_id].items() if number > wanted]
        if any(resource.id in occupied for resource in surplus):
            yield owner_code
            continue
        for resource in surplus:
            session.delete(resource)
        missing = [number for number in range(1, wanted + 1) if number not in there[owner_id]]
        session.add_all(Resource(kind=kind, number=number, **{owner.key: owner_id}) for number in missing)
    session.flush()
