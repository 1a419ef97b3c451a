"""The demonstration cohort: investors, hosts and an organiser that are plainly invented, stored in one transaction."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from matchmaker.db import db, transaction
from matchmaker.domain.roles import Vetting
from matchmaker.domain.rules import Broken, RuleBroken
from matchmaker.models import Account, Activity, Chain, District, Edition, Project
from matchmaker.services.cohort import Conference, OfferedProject, ProgrammeItem, invent_absences, invent_cohort
from matchmaker.services.demo_rows import (
    ORGANISER,
    Login,
    Place,
    check_addresses_free,
    host_address,
    store_absences,
    store_hosts,
    store_investors,
    store_marks,
    store_organiser,
    store_wishes,
)

INVESTORS = 400


@dataclass(frozen=True, slots=True)
class Demo:
    """What `create_demo` did. `logins`: an investor, a host and the organiser, then the other hosts."""

    created: bool
    counts: Mapping[str, int] = field(default_factory=dict)
    logins: Sequence[Login] = ()


def create_demo(
    edition: Edition, *, seed: int, now: datetime, hash_password: Callable[[str], str], investors: int = INVESTORS
) -> Demo:
    """Store the cohort of an edition; where there is a demonstration already, change nothing and say so.

    The same catalogue and seed give the same cohort; passwords are random. Raises RuleBroken: NOT_POSSIBLE_NOW where the
    edition has no projects or no slots, EMAIL_TAKEN where somebody else has one of the addresses.
    """
    edition_id = edition.id
    with transaction():
        if db.session.scalars(select(Account.id).where(Account.demo)).first() is not None:
            return Demo(created=False)
        place = _read_place(db.session.get_one(Edition, edition_id), now=now, hash_password=hash_password)
        conference = _conference_of(place)
        if not conference.projects or not conference.slots:
            raise RuleBroken(Broken.NOT_POSSIBLE_NOW)
        cohort = invent_cohort(conference, count=investors, seed=seed)
        check_addresses_free([ORGANISER, *map(host_address, place.districts), *(invented.email for invented in cohort)])
        absences = invent_absences(conference, seed=seed)
        guide = _district_with_most_projects(place)
        organiser, organiser_login = store_organiser(place)
        host_logins = store_hosts(place, english=guide)
        rows, investor_login = store_investors(place, cohort, organiser=organiser)
        store_wishes(place, cohort, rows)
        marks = store_marks(place, rows, random.Random(seed))
        store_absences(place, absences)
    host_logins.sort(key=lambda login: login.email != host_address(guide))
    counts = {
        "investors": len(cohort),
        "not_approved": sum(invented.vetting is not Vetting.APPROVED for invented in cohort),
        "hosts": len(host_logins),
        "organisers": 1,
        "interests": sum(len(invented.wishes) for invented in cohort),
        "availability": sum(len(invented.slots) for invented in cohort),
        "signups": sum(len(invented.programme) for invented in cohort),
        "marks": marks,
        "absences": sum(map(len, absences.values())),
    }
    return Demo(True, counts, [investor_login, host_logins[0], organiser_login, *host_logins[1:]])


def _read_place(edition: Edition, *, now: datetime, hash_password: Callable[[str], str]) -> Place:
    chains = db.session.scalars(select(Chain).where(Chain.edition_id == edition.id).order_by(Chain.position))
    offered = select(Project).where(Project.edition_id == edition.id, Project.is_offered)
    districts = db.session.scalars(select(District).where(District.edition_id == edition.id).order_by(District.id))
    activities = db.session.scalars(select(Activity).where(Activity.edition_id == edition.id))
    return Place(
        edition=edition,
        chains={chain.code: chain for chain in chains},
        projects={project.code: project for project in db.session.scalars(offered.order_by(Project.code))},
        districts={district.code: district for district in districts},
        activities={activity.code: activity.id for activity in activities},
        now=now,
        hash_password=hash_password,
    )


def _conference_of(place: Place) -> Conference:
    edition = place.edition
    by_id = {chain.id: chain for chain in place.chains.values()}
    districts = {district.id: district.code for district in place.districts.values()}
    projects = tuple(
        OfferedProject(project.code, districts[project.district_id], _chains_above(by_id, project.chain_id), project.stage)
        for project in place.projects.values()
    )
    return Conference(
        chains=_chains_by_popularity(place.chains, projects),
        projects=projects,
        slots={slot.id: (slot.day, slot.half) for slot in edition.slots},
        programme=_programme_of(edition),
        must_meet_limit=edition.must_meet_limit,
        max_meetings=edition.default_max_meetings,
        max_per_day=edition.default_max_per_day,
    )


def _chains_above(by_id: Mapping[int, Chain], chain_id: int | None) -> tuple[str, ...]:
    """The chain and all above it, nearest first."""
    codes = []
    while chain_id is not None:
        codes.append(by_id[chain_id].code)
        chain_id = by_id[chain_id].parent_id
    return tuple(codes)


def _chains_by_popularity(chains: Mapping[str, Chain], projects: Sequence[OfferedProject]) -> tuple[str, ...]:
    """Chains with projects: those of the special session, the other released ones, then the rest by their projects."""
    offered: dict[str, int] = {}
    for project in projects:
        for code in project.chains:
            offered[code] = offered.get(code, 0) + 1
    popular = [chain for chain in chains.values() if (chain.released or chain.special_session) and chain.code in offered]
    popular.sort(key=lambda chain: (chain.special_session is None, -offered[chain.code], chain.position))
    first = [chain.code for chain in popular]
    rest = {project.chains[0] for project in projects} - set(first)
    return (*first, *sorted(rest, key=lambda code: (-offered[code], code)))


def _programme_of(edition: Edition) -> tuple[ProgrammeItem, ...]:
    """What anybody may attend; parts of an item go with it."""
    zone = ZoneInfo(edition.timezone)
    query = select(Activity).where(Activity.edition_id == edition.id, Activity.in_window, Activity.parent_id.is_(None))
    activities = db.session.scalars(query.order_by(Activity.code))
    return tuple(ProgrammeItem(each.code, each.starts_at.astimezone(zone).date(), each.capacity) for each in activities)


def _district_with_most_projects(place: Place) -> str:
    ids = [project.district_id for project in place.projects.values()]
    return max(place.districts, key=lambda code: ids.count(place.districts[code].id))
