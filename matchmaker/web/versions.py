"""Two people changed the same: what one filled in beside what the other stored meanwhile, and nothing of either is lost."""

from collections.abc import Callable, Iterable, Set
from datetime import date, datetime
from itertools import groupby
from typing import Any

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, SelectField, SelectMultipleField

from matchmaker.domain.rules import Broken, RuleBroken
from matchmaker.i18n import clock_words, short_day_words
from matchmaker.models import Slot
from matchmaker.services.versions import version_of
from matchmaker.web.account_forms import show_broken
from matchmaker.web.labels import half_day_head
from matchmaker.web.money_field import MoneyField
from matchmaker.web.phone_field import PhoneField

Difference = tuple[str, object, object]
"""What it is about, what the reader filled in, and what is stored now."""

CONFLICT = 409
_NOT_SAID = frozenset({"HiddenField", "CSRFTokenField", "SubmitField"})


class VersionedForm(FlaskForm):
    """A form about what others may change as well. `seen` is the version of it that the page showed."""

    seen = HiddenField()

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.differing: list[Difference] = []

    @property
    def version(self) -> str | None:
        """None: no page showed any."""
        return self.seen.data or None


class ShownForm(VersionedForm):
    """A form that also carries a short word for what each field held when the page showed it.

    What its reader did not touch is no version of its own: there it takes over what somebody else stored.
    """

    shown = HiddenField()

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        if self.shown.raw_data is None:  # nothing was sent: this is what the page shows
            self.shown.data = " ".join(f"{name}:{_word(field)}" for name, field in self._fields.items() if _is_said(field))

    def untouched(self) -> set[str]:
        """The names of the fields that hold what the page showed."""
        told = set((self.shown.data or "").split())
        return {name for name, field in self._fields.items() if _is_said(field) and f"{name}:{_word(field)}" in told}


def show_refused(form: VersionedForm, broken: RuleBroken, stored: Callable[[], VersionedForm]) -> int:
    """Put a broken rule on its field, or both versions above the form; answers the status of the page.

    `stored` makes the form of what is stored now. What is filled in stays; sending it once more replaces what is shown.
    """
    if broken.code is Broken.SOMEBODY_WAS_QUICKER:
        compare(form, stored())
    if form.differing:
        return CONFLICT
    show_broken(form, broken)
    return 200


def compare(form: VersionedForm, stored: VersionedForm) -> None:
    """Note field by field where the two differ, in the words that the reader chose from."""
    if isinstance(form, ShownForm) and isinstance(stored, ShownForm):
        for name in form.untouched():
            form[name].data, form[name].raw_data = stored[name].data, None
        form.shown.data = stored.shown.data
    form.seen.data = stored.seen.data
    pairs = [(mine, stored[name]) for name, mine in form._fields.items() if _is_said(mine)]
    form.differing = [(_about(mine), said_in(mine), said_in(other)) for mine, other in pairs if _plain(mine) != _plain(other)]


def _about(field: Field) -> str:
    return field.subject if isinstance(field, MoneyField) else field.label.text


def differing_slots(slots: Iterable[Slot], mine: Set[int], stored: Set[int], *, now: datetime) -> list[Difference]:
    """The half-days to come in which the ticked slots differ, with the beginnings of these slots."""
    rows: list[Difference] = []
    for (day, half), found in groupby(slots, key=lambda slot: (slot.day, slot.half)):
        starts = {slot.id: clock_words(slot.starts_at) for slot in found if slot.starts_at > now}
        told = [_(", ").join(starts[each] for each in starts if each in chosen) for chosen in (mine, stored)]
        if told[0] != told[1]:
            rows.append((half_day_head(day, half), *told))
    return rows


def _is_said(field: Field) -> bool:
    return field.type not in _NOT_SAID


def _word(field: Field) -> str:
    """A short word for what a field holds."""
    held = _plain(field)
    return version_of(held if isinstance(held, frozenset) else str(held))[:8]


def _plain(field: Field) -> object:
    """What a field holds, whatever its line ends and its order of ticks; nothing said is an empty text."""
    if isinstance(field.data, list):
        return frozenset(field.data)
    if isinstance(field.data, str):
        return "\n".join(line.rstrip() for line in field.data.strip().splitlines())
    return "" if field.data is None else field.data


def said_in(field: Field) -> object:
    """What a field holds, in the words that its reader chose from."""
    choices: Any = field.iter_choices() if isinstance(field, SelectField | SelectMultipleField) else ()
    words = {str(each.value): str(each.label).strip() for each in choices}
    if isinstance(field, SelectMultipleField):
        return _(", ").join(words.get(str(each), each) for each in field.data or ())
    if isinstance(field, MoneyField | PhoneField):
        return field.words()
    if isinstance(field.data, bool):
        return _("yes") if field.data else _("no")
    if isinstance(field.data, date):
        return short_day_words(field.data)
    return words.get(str(field.data), field.data)
