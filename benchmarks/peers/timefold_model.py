"""The meetings as Timefold sees them: what may change, and the rules as constraint streams.

The annotations are read when the classes are made, so that this module leaves them as they are; importing it needs the
package `timefold`, making the classes needs Java.
"""

# A held meeting has a start; the rules see held ones only.
# mypy: disable-error-code="union-attr"

from dataclasses import dataclass, field
from typing import Annotated

from timefold.solver.domain import (
    PlanningEntityCollectionProperty,
    PlanningId,
    PlanningScore,
    PlanningVariable,
    ValueRangeProvider,
    planning_entity,
    planning_solution,
)
from timefold.solver.score import (
    Constraint,
    ConstraintCollectors,
    ConstraintFactory,
    HardSoftScore,
    Joiners,
    constraint_provider,
)


@dataclass(frozen=True)
class Start:
    """A first slot for meetings of one length: the day, the minutes at which they begin and end, and their slots."""

    number: int
    day: int
    begins: int
    ends: int
    slots: list[int]

    def __hash__(self) -> int:
        return self.number


@dataclass(frozen=True)
class Place:
    """A venue: its tables, and the minutes to each other one."""

    number: int
    tables: int
    ways: list[int]

    def __hash__(self) -> int:
        return self.number


@dataclass(frozen=True)
class Pool:
    """What serves so many meetings in each slot."""

    number: int
    serves: list[int]

    def __hash__(self) -> int:
        return self.number


@dataclass(frozen=True)
class Someone:
    """A participant and its limits; `idle_price` is zero for those whose idle time does not count."""

    number: int
    capacity: int
    most: int
    daily: int
    least: int
    shortfall_price: int
    idle_price: int

    def __hash__(self) -> int:
        return self.number


@planning_entity
@dataclass
class Meeting:
    """A candidate, held from `start` on; not held where that is nothing."""

    number: Annotated[int, PlanningId]
    weight: int
    drop_price: int
    move_price: int
    told: int
    party: Someone
    other: Someone
    place: Place
    pool: Pool | None
    starts: Annotated[list[Start], ValueRangeProvider(id="starts")]
    start: Annotated[Start | None, PlanningVariable(value_range_provider_refs=["starts"], allows_unassigned=True)] = field(
        default=None
    )


@planning_solution
@dataclass
class Diary:
    """All candidates."""

    meetings: Annotated[list[Meeting], PlanningEntityCollectionProperty]
    score: Annotated[HardSoftScore | None, PlanningScore] = field(default=None)


def clash(one: Meeting, two: Meeting, capacity: int) -> bool:
    """Whether one participant cannot be in both meetings of a day."""
    first, second = (one, two) if one.start.begins <= two.start.begins else (two, one)
    time = second.start.begins - first.start.ends
    if one.place.number == two.place.number:
        return time < 0 and capacity == 1
    return time < first.place.ways[second.place.number]


def idle_slots(meetings: list[Meeting]) -> int:
    """Slots between the first and the last meeting of a day without one."""
    first, last, busy = 1000000, -1, 0
    for meeting in meetings:
        slots = meeting.start.slots
        first = min(first, slots[0])
        last = max(last, slots[-1])
        busy += len(slots)
    return last - first + 1 - busy


@constraint_provider
def rules(factory: ConstraintFactory) -> list[Constraint]:
    hard, soft = HardSoftScore.ONE_HARD, HardSoftScore.ONE_SOFT
    by_day = Joiners.equal(lambda meeting: meeting.start.day)
    in_slots = factory.for_each(Meeting).expand(lambda meeting: meeting.start.slots)
    return [
        factory.for_each_unique_pair(Meeting, Joiners.equal(lambda meeting: meeting.party), by_day)
        .filter(lambda one, two: clash(one, two, one.party.capacity))
        .penalize(hard)
        .as_constraint("the party can be in both"),
        factory.for_each_unique_pair(Meeting, Joiners.equal(lambda meeting: meeting.other), by_day)
        .filter(lambda one, two: clash(one, two, one.other.capacity))
        .penalize(hard)
        .as_constraint("the other side can be in both"),
        in_slots.flatten_last(lambda slots: slots)
        .filter(lambda meeting, slot: meeting.other.capacity > 1)
        .group_by(lambda meeting, slot: meeting.other, lambda meeting, slot: slot, ConstraintCollectors.count_bi())
        .filter(lambda other, slot, count: count > other.capacity)
        .penalize(hard, lambda other, slot, count: count - other.capacity)
        .as_constraint("not more at once than the other side can"),
        in_slots.flatten_last(lambda slots: slots)
        .group_by(lambda meeting, slot: meeting.place, lambda meeting, slot: slot, ConstraintCollectors.count_bi())
        .filter(lambda place, slot, count: count > place.tables)
        .penalize(hard, lambda place, slot, count: count - place.tables)
        .as_constraint("tables suffice"),
        factory.for_each(Meeting)
        .filter(lambda meeting: meeting.pool is not None)
        .expand(lambda meeting: meeting.start.slots)
        .flatten_last(lambda slots: slots)
        .group_by(lambda meeting, slot: meeting.pool, lambda meeting, slot: slot, ConstraintCollectors.count_bi())
        .filter(lambda pool, slot, count: count > pool.serves[slot])
        .penalize(hard, lambda pool, slot, count: count - pool.serves[slot])
        .as_constraint("pools suffice"),
        factory.for_each(Meeting)
        .group_by(lambda meeting: meeting.party, ConstraintCollectors.count())
        .filter(lambda party, count: count > party.most)
        .penalize(hard, lambda party, count: count - party.most)
        .as_constraint("not more than wanted"),
        factory.for_each(Meeting)
        .group_by(lambda meeting: meeting.party, lambda meeting: meeting.start.day, ConstraintCollectors.count())
        .filter(lambda party, day, count: count > party.daily)
        .penalize(hard, lambda party, day, count: count - party.daily)
        .as_constraint("not more than wanted on a day"),
        factory.for_each(Meeting).reward(soft, lambda meeting: worth(meeting)).as_constraint("what meetings are worth"),
        factory.for_each(Meeting)
        .group_by(lambda meeting: meeting.party, ConstraintCollectors.count())
        .reward(soft, lambda party, count: party.shortfall_price * min(count, party.least))
        .as_constraint("shortfall made good"),
        factory.for_each(Meeting)
        .filter(lambda meeting: meeting.party.idle_price > 0)
        .group_by(lambda meeting: meeting.party, lambda meeting: meeting.start.day, ConstraintCollectors.to_list())
        .penalize(soft, lambda party, day, meetings: party.idle_price * max(0, idle_slots(meetings)))
        .as_constraint("idle slots"),
    ]


def worth(meeting: Meeting) -> int:
    """The weight, and for what people were told the drop that is avoided, less the move."""
    if meeting.told < 0:
        return meeting.weight
    moved = meeting.move_price if meeting.start.slots[0] != meeting.told else 0
    return meeting.weight + meeting.drop_price - moved
