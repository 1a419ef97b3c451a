"""What an investor says about itself: profile, limits, when it is in town, and programme items it attends."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

import pycountry
from sqlalchemy import delete, func, select
from sqlalchemy.orm import contains_eager, selectinload

from matchmaker.db import db, transaction
from matchmaker.domain.calendar import Half, too_close
from matchmaker.domain.catalogue import Stage, check_sizes
from matchmaker.domain.consent import NEEDED, Purpose
from matchmaker.domain.languages import check_languages
from matchmaker.domain.rules import Broken, RuleBroken
from matchmaker.domain.texts import one_line, visible
from matchmaker.models import (
    Activity,
    ActivitySignup,
    Availability,
    Chain,
    Edition,
    Investor,
    Meeting,
    Occupancy,
    Resource,
    Slot,
)
from matchmaker.services.actors import Actor, Missing
from matchmaker.services.consents import agreed_by, record_consents
from matchmaker.services.contacts import checked_phone, checked_website
from matchmaker.services.interests import lock_investor
from matchmaker.services.languages import is_language
from matchmaker.services.meetings import lock_diary
from matchmaker.services.travel import ways_between
from matchmaker.services.versions import require_version

_LONGEST = {"name": 200, "website": 300, "about": 4000, "phone": 40, "wechat": 60}
_MOST_CHAINS = 20
LARGEST_SIZE = 1_000_000
"""A million million yuan: beyond it somebody mistook the unit."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What an investor tells about itself. Sizes in million yuan; `chains` are codes."""

    name: str
    country: str
    languages: tuple[str, ...]
    chains: tuple[str, ...] = ()
    website: str = ""
    about: str = ""
    size_min: int | None = None
    size_max: int | None = None
    stages: tuple[Stage, ...] = ()
    confidential: bool = False
    shares_contact: bool = False
    sends_abroad: bool = False
    phone: str = ""
    wechat: str = ""

    @property
    def agreed_to(self) -> frozenset[Purpose]:
        """What it may choose about its data."""
        return frozenset({Purpose.CONTACT} if self.shares_contact else ()) | ({Purpose.ABROAD} if self.sends_abroad else set())


@dataclass(frozen=True, slots=True)
class Limits:
    """How many meetings an investor wants at least, takes at most, and takes at most on a day."""

    min_meetings: int
    max_meetings: int
    max_per_day: int


def get_investor(actor: Actor) -> Investor:
    """The investor that the actor answers for, with what its pages show. Raises Missing."""
    query = (
        select(Investor)
        .where(Investor.id == actor.investor_id)
        .options(selectinload(Investor.chains), selectinload(Investor.delegates), selectinload(Investor.decisions))
    )
    investor = db.session.scalars(query).one_or_none()
    if investor is None:
        raise Missing(f"investor {actor.investor_id}")
    return investor


def profile_of(investor: Investor) -> Profile:
    """What is stored about an investor."""
    same = ("name", "country", "website", "about", "size_min", "size_max", "confidential", "shares_contact", "phone", "wechat")
    return Profile(
        **{name: getattr(investor, name) for name in same},
        languages=tuple(investor.languages),
        chains=tuple(chain.code for chain in investor.chains),
        stages=tuple(Stage(code) for code in investor.stages),
        sends_abroad=Purpose.ABROAD in agreed_by(investor.id),
    )


def change_profile(actor: Actor, profile: Profile, *, seen: str | None = None, now: datetime) -> None:
    """Replace what an investor tells about itself. `seen` is the version of its profile that the page showed.

    Raises RuleBroken as `check_profile` and `write_profile` do, or SOMEBODY_WAS_QUICKER.
    """
    check_profile(profile)
    with transaction():
        investor = lock_investor(actor)
        before = profile_of(investor)
        write_profile(investor, profile)
        about = frozenset(Purpose) - NEEDED
        record_consents(investor.id, profile.agreed_to, about=about, by=actor.account_id, now=now)
        require_version(seen, before, profile_of(investor))


def check_profile(profile: Profile) -> None:
    """Raises RuleBroken on the field: EMPTY, TOO_LONG, TOO_MANY, COUNTRY_UNKNOWN, LANGUAGE_UNKNOWN, SIZE_CONTRADICTS,
    PHONE_INVALID or WEBSITE_INVALID.
    """
    check_texts({name: getattr(profile, name) for name in _LONGEST}, _LONGEST, needed="name")
    if pycountry.countries.get(alpha_2=profile.country) is None:
        raise RuleBroken(Broken.COUNTRY_UNKNOWN, "country", given=profile.country[:20])
    check_spoken(profile.languages)
    check_wanted_sizes(profile.size_min, profile.size_max)
    check_wanted_chains(profile.chains)
    checked_website(profile.website)
    checked_phone(profile.phone, profile.country)


def check_wanted_sizes(low: int | None, high: int | None) -> None:
    """None at all, or both ends in order. Raises RuleBroken(SIZE_CONTRADICTS)."""
    if (low, high) != (None, None):
        check_sizes(low, high, most=LARGEST_SIZE)


def check_wanted_chains(codes: Collection[str]) -> None:
    """Raises RuleBroken(TOO_MANY)."""
    if len(codes) > _MOST_CHAINS:
        raise RuleBroken(Broken.TOO_MANY, "chains", limit=_MOST_CHAINS)


def write_profile(investor: Investor, profile: Profile) -> None:
    """Put a checked profile on an investor, in the caller's transaction. Raises RuleBroken(CHAIN_UNKNOWN)."""
    investor.chains = _find_chains(investor.edition_id, profile.chains)
    investor.name, investor.about, investor.wechat = (
        one_line(profile.name),
        visible(profile.about).strip(),
        one_line(profile.wechat),
    )
    investor.website = checked_website(profile.website)
    investor.country = profile.country
    investor.phone = checked_phone(profile.phone, profile.country)
    investor.languages = list(dict.fromkeys(profile.languages))
    investor.stages = [stage.value for stage in dict.fromkeys(profile.stages)]
    investor.size_min, investor.size_max = profile.size_min, profile.size_max
    investor.confidential, investor.shares_contact = profile.confidential, profile.shares_contact


def limits_of(investor: Investor) -> Limits:
    return Limits(investor.min_meetings, investor.max_meetings, investor.max_per_day)


def change_limits(actor: Actor, limits: Limits, *, seen: str | None = None) -> None:
    """Set how many meetings an investor wants. `seen` is the version of its limits that the page showed.

    Raises RuleBroken: NUMBER_OUTSIDE or LIMITS_CONTRADICT on the field that is wrong, SOMEBODY_WAS_QUICKER.
    """
    with transaction():
        investor = lock_investor(actor)
        require_version(seen, limits_of(investor), limits)
        for broken in broken_limits(limits, investor.edition):
            raise broken
        investor.min_meetings = limits.min_meetings
        investor.max_meetings = limits.max_meetings
        investor.max_per_day = limits.max_per_day


def availability_of(actor: Actor) -> set[int]:
    """The ids of the slots in which an investor said it can meet."""
    return set(db.session.scalars(select(Availability.slot_id).where(Availability.investor_id == actor.investor_id)))


def held_slots_of(actor: Actor) -> dict[int, Meeting]:
    """By slot id: the live meeting of an investor that holds the slot."""
    return {slot.id: meeting for slot, meeting in _held_slots(actor)}


def set_availability(
    actor: Actor,
    slot_ids: Collection[int],
    halves: Iterable[tuple[date, Half]] = (),
    *,
    seen: str | None = None,
    now: datetime,
) -> None:
    """Replace when an investor is in town by these slots and all slots of these half-days.

    What has begun stays as it was; `seen` is the version that the page showed. Raises RuleBroken with SLOT_UNKNOWN,
    SOMEBODY_WAS_QUICKER, or HOLDS_MEETING naming the live meeting in a slot that would be given up; then nothing is stored.
    """
    with transaction():
        investor = _lock_diary_of(actor)
        slots = list(db.session.scalars(select(Slot).where(Slot.edition_id == investor.edition_id)))
        wanted = _wanted_slots(slots, set(slot_ids), set(halves))
        before = availability_of(actor)
        changeable = {slot.id for slot in slots if slot.starts_at > now}
        require_version(seen, before, wanted & changeable | before - changeable)
        removed = (before - wanted) & changeable
        _check_not_held(actor, removed)
        db.session.execute(delete(Availability).where(Availability.investor_id == investor.id, Availability.slot_id.in_(removed)))
        added = (wanted - before) & changeable
        db.session.add_all(Availability(investor_id=investor.id, slot_id=slot_id) for slot_id in sorted(added))


def activities_of(actor: Actor) -> list[ActivitySignup]:
    """The programme items that an investor attends, in time order."""
    query = (
        select(ActivitySignup)
        .join(ActivitySignup.activity)
        .where(ActivitySignup.investor_id == actor.investor_id)
        .options(contains_eager(ActivitySignup.activity).joinedload(Activity.venue))
        .order_by(Activity.starts_at, Activity.code)
    )
    return list(db.session.scalars(query))


def places_taken(edition_id: int) -> dict[int, int]:
    """How many investors attend each programme item of the edition; those that nobody attends are left out."""
    query = (
        select(ActivitySignup.activity_id, func.count())
        .join(ActivitySignup.activity)
        .where(Activity.edition_id == edition_id)
        .group_by(ActivitySignup.activity_id)
    )
    return dict(db.session.execute(query).all())


def attend_activity(actor: Actor, activity_id: int, *, now: datetime) -> None:
    """Sign an investor up for a programme item; its time and the way there and back are then blocked.

    Raises Missing, or RuleBroken with ACTIVITY_OVER, ACTIVITY_CLASHES or ACTIVITY_FULL.
    """
    with transaction():
        investor = _lock_diary_of(actor)
        activity = db.session.get(Activity, activity_id, with_for_update=True)
        if activity is None or activity.edition_id != investor.edition_id:
            raise Missing(f"activity {activity_id}")
        if _signup(investor, activity_id) is not None:
            return
        if activity.ends_at <= now:
            raise RuleBroken(Broken.ACTIVITY_OVER, title_en=activity.title_en, title_zh=activity.title_zh)
        _check_free_for(actor, activity)
        taken = select(func.count()).select_from(ActivitySignup).where(ActivitySignup.activity_id == activity.id)
        if (db.session.scalar(taken) or 0) >= activity.capacity:
            raise RuleBroken(Broken.ACTIVITY_FULL, capacity=activity.capacity)
        db.session.add(ActivitySignup(investor_id=investor.id, activity_id=activity.id, signed_up_at=now))


def leave_activity(actor: Actor, activity_id: int) -> None:
    """Take back the sign-up for a programme item; nothing happens where there is none."""
    with transaction():
        signup = _signup(lock_investor(actor), activity_id)
        if signup is not None:
            db.session.delete(signup)


def _lock_diary_of(actor: Actor) -> Investor:
    """Lock the edition's diary before the investor: all actions on meetings keep this order, so none waits in a circle."""
    edition_id = db.session.scalar(select(Investor.edition_id).where(Investor.id == actor.investor_id))
    if edition_id is not None:
        lock_diary(edition_id)
    return lock_investor(actor)


def _signup(investor: Investor, activity_id: int) -> ActivitySignup | None:
    mine = (ActivitySignup.investor_id == investor.id, ActivitySignup.activity_id == activity_id)
    return db.session.scalars(select(ActivitySignup).where(*mine)).one_or_none()


def _check_free_for(actor: Actor, activity: Activity) -> None:
    """Nothing else that the investor attends, and no live meeting, may be too close, the way between them included."""
    attended = [each.activity for each in activities_of(actor) if not _belong_together(each.activity, activity)]
    times = [(each.starts_at, each.ends_at, each.venue_id, each.title_en, each.title_zh) for each in attended]
    for slot, meeting in _held_slots(actor):
        titles = meeting.project.title_en, meeting.project.title_zh
        times.append((slot.starts_at, slot.ends_at, meeting.venue_id, *titles))
    ways = ways_between({activity.venue_id, *(venue_id for _, _, venue_id, _, _ in times)})
    for starts_at, ends_at, venue_id, title_en, title_zh in times:
        minutes = ways[activity.venue_id, venue_id].minutes
        if too_close(activity.starts_at, activity.ends_at, starts_at, ends_at, travel_minutes=minutes):
            facts = {"title_en": title_en, "title_zh": title_zh, "starts_at": starts_at, "minutes": minutes}
            raise RuleBroken(Broken.ACTIVITY_CLASHES, None, **facts)


def _belong_together(one: Activity, other: Activity) -> bool:
    """A part of a programme item takes place during it."""
    return one.id == other.parent_id or other.id == one.parent_id


def _held_slots(actor: Actor) -> list[tuple[Slot, Meeting]]:
    query = (
        select(Slot, Meeting)
        .join(Occupancy, Occupancy.slot_id == Slot.id)
        .join(Occupancy.resource)
        .join(Meeting, Meeting.id == Occupancy.meeting_id)
        .where(Resource.investor_id == actor.investor_id)
        .options(selectinload(Meeting.project))
        .order_by(Slot.position)
    )
    return [(slot, meeting) for slot, meeting in db.session.execute(query)]


def _wanted_slots(slots: list[Slot], slot_ids: set[int], halves: set[tuple[date, Half]]) -> set[int]:
    if not slot_ids <= {slot.id for slot in slots} or not halves <= {(slot.day, slot.half) for slot in slots}:
        raise RuleBroken(Broken.SLOT_UNKNOWN, "slots")
    return slot_ids | {slot.id for slot in slots if (slot.day, slot.half) in halves}


def _check_not_held(actor: Actor, removed: set[int]) -> None:
    for slot, meeting in _held_slots(actor):
        if slot.id in removed:
            title = {"title_en": meeting.project.title_en, "title_zh": meeting.project.title_zh}
            raise RuleBroken(Broken.HOLDS_MEETING, "slots", meeting=meeting.id, starts_at=slot.starts_at, **title)


def check_texts(texts: dict[str, str], longest: dict[str, int], *, needed: str) -> None:
    for name, text in texts.items():
        if name == needed and not one_line(text):
            raise RuleBroken(Broken.EMPTY, name)
        if len(text) > longest[name]:
            raise RuleBroken(Broken.TOO_LONG, name, limit=longest[name])


def check_spoken(codes: Collection[str], field: str = "languages") -> None:
    if not codes:
        raise RuleBroken(Broken.EMPTY, field)
    check_languages(codes, field, known=is_language)


def broken_limits(limits: Limits, edition: Edition) -> Iterator[RuleBroken]:
    """What is wrong with limits, field by field: no more than the edition has slots, on a day and in all, its defaults always
    fit; and the least is reachable.
    """
    slots_by_day = Counter(slot.day for slot in edition.slots)
    ranges = {
        "max_per_day": (1, max([*slots_by_day.values(), edition.default_max_per_day])),
        "max_meetings": (1, max(len(edition.slots), edition.default_max_meetings)),
        "min_meetings": (0, max(len(edition.slots), edition.default_max_meetings)),
    }
    outside = {field for field, (least, most) in ranges.items() if not least <= getattr(limits, field) <= most}
    for field, (least, most) in ranges.items():
        if field in outside:
            yield RuleBroken(Broken.NUMBER_OUTSIDE, field, least=least, most=most)
    days = len(slots_by_day) or 1
    if outside.isdisjoint({"min_meetings", "max_meetings"}) and limits.min_meetings > limits.max_meetings:
        numbers = {"least": limits.min_meetings, "most": limits.max_meetings}
        yield RuleBroken(Broken.LIMITS_CONTRADICT, "min_meetings", **numbers)
    elif outside.isdisjoint({"min_meetings", "max_per_day"}) and limits.min_meetings > limits.max_per_day * days:
        numbers = {"least": limits.min_meetings, "most": limits.max_per_day * days}
        yield RuleBroken(Broken.LIMITS_CONTRADICT, "min_meetings", daily=limits.max_per_day, days=days, **numbers)


def _find_chains(edition_id: int, codes: Collection[str]) -> list[Chain]:
    chains = list(db.session.scalars(select(Chain).where(Chain.edition_id == edition_id, Chain.code.in_(codes))))
    unknown = set(codes) - {chain.code for chain in chains}
    if unknown:
        raise RuleBroken(Broken.CHAIN_UNKNOWN, "chains", given=min(unknown)[:40])
    return sorted(chains, key=lambda chain: chain.position)
