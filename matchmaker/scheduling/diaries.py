"""Whole diaries: the days of those whose meetings are all to be held, in a form that proves idle time well.

Where every meeting of a participant is held, its slots in use are known in number. A day is then one block of
meetings, empty, or broken into several; one Boolean says which. The implied constraints (slots in use, an even
number of people in every slot) are those of Bofill et al., "Constraint Solving Approaches to the
Business-to-Business Meeting Scheduling Problem", JAIR 74, 2022.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ortools.sat.python import cp_model

from matchmaker.scheduling.bits import slots_in

if TYPE_CHECKING:
    from matchmaker.scheduling.part import Part
    from matchmaker.scheduling.rules import Model

Busy = Mapping[int, cp_model.IntVar]


def has_whole_diary(part: Part, who: int) -> bool:
    """Whether all meetings of a participant are held, one at a time, and none of them stands outside the part."""
    room = part.rooms[who]
    mine = [choice for choice in part.choices if who in choice.parties]
    return room.single and not room.busy and all(c.candidate in part.needed and c.parties.count(who) == 1 for c in mine)


def periods_in_whole_diary(model: Model, who: int) -> cp_model.LinearExpr | int:
    """The idle periods of a participant with a whole diary."""
    busy, days = model.busy(who), _days(model.part, model.busy(who))
    total = sum(choice.length for choice in model.choices_of[who])
    model.cp.add(sum(busy.values()) == total)
    allowed = [sum(1 << s for f in c.worth for s in c.covering(f)) for c in model.choices_of[who]]
    if len(days) == 1:
        return _periods_on_a_day(model, busy, days[0], range(total, total + 1), allowed, may_be_empty=False)
    return sum(_periods_on_a_day(model, busy, day, range(1, total + 1), [], may_be_empty=True) for day in days)


def _days(part: Part, busy: Busy) -> list[int]:
    """The slots that may be used, as a mask for each day that has any."""
    found: dict[int, int] = {}
    for slot in busy:
        found[part.calendar.day_of[slot]] = found.get(part.calendar.day_of[slot], 0) | 1 << slot
    return [found[day] for day in sorted(found)]


def _periods_on_a_day(
    model: Model, busy: Busy, day: int, lengths: range, touching: list[int], *, may_be_empty: bool
) -> cp_model.LinearExpr | int:
    """The idle periods of one day, whose meetings are one block, none, or broken.

    `lengths` are those that a block may have, `touching` the masks that it has to have a slot of.
    """
    slots = list(slots_in(day))
    now = sum(1 << s for s in slots if model.now(busy[s]))
    blocks = {}
    for first in slots:
        for length in lengths:
            block = (1 << length) - 1 << first
            if block & ~day:
                break
            if all(block & mask for mask in touching):
                blocks[block] = model.bool(hint=now == block)
    broken = model.bool(hint=now and now not in blocks)
    empty = [model.bool(hint=not now)] if may_be_empty else []
    model.cp.add_exactly_one([*blocks.values(), *empty, broken])
    apart = {s: model.bool(hint=now >> s & 1 and now not in blocks) for s in slots}
    for s in slots:
        model.cp.add_implication(apart[s], broken)
        model.cp.add_exactly_one([literal for block, literal in blocks.items() if block >> s & 1] + [apart[s], ~busy[s]])
    runs = sum(_begins(model, apart, s) for s in slots)
    most = len(slots) // 2 + 1
    idle = max(0, (now & ~(now << 1)).bit_count() - 1)
    periods = model.whole(0, most, hint=idle)
    model.cp.add(periods == runs - broken)
    model.cp.add(periods >= broken)
    model.cp.add(periods <= most * broken)
    return periods


def _begins(model: Model, busy: Busy, slot: int) -> cp_model.IntVar:
    """Whether a run of meetings begins in the slot."""
    before = busy.get(slot - 1)
    if before is None or model.part.calendar.day_of[slot - 1] != model.part.calendar.day_of[slot]:
        return busy[slot]
    found = model.bool(hint=model.now(busy[slot]) > model.now(before))
    model.cp.add_bool_or([found, ~busy[slot], before])
    model.cp.add_implication(found, busy[slot])
    model.cp.add_implication(found, ~before)
    return found


def an_even_number_of_people_in_every_slot(model: Model) -> None:
    """Where all meetings have two parties: those busy are twice the meetings held, at most twice the tables."""
    part = model.part
    rooms = part.rooms.values()
    pairs = all(len(set(choice.parties)) == len(choice.parties) == 2 for choice in part.choices)
    if not pairs or not all(room.single and not room.busy for room in rooms):
        return
    people: dict[int, list[cp_model.IntVar]] = {}
    for who in model.choices_of:
        for slot, literal in model.busy(who).items():
            people.setdefault(slot, []).append(literal)
    venues = {choice.venue for choice in part.choices}
    for slot, literals in sorted(people.items()):
        most = len(literals) // 2
        if venues <= part.tables.keys():
            most = min(most, sum(max(0, part.tables[venue][slot]) for venue in venues))
        held = model.whole(0, most, hint=sum(model.now(each) for each in literals) // 2)
        model.cp.add(sum(literals) == 2 * held)
