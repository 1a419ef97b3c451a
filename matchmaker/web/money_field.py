"""A field for an amount of money, in whole million yuan, that takes what people write in either language.

What a number alone means depends on the page: 万元 for Chinese readers, RMB million for others. The unit of the page goes with
the form, so that a number keeps its value when the answer is read, or shown again, in the other language.
"""

import re
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from wtforms import Field
from wtforms.validators import Optional, ValidationError
from wtforms.widgets import TextInput

from matchmaker.i18n import is_chinese, money_words
from matchmaker.money import LONGEST, MoneyTooFine, MoneyUnclear, Unit, parse_money, typed_money, with_unit


def unit_of_page() -> Unit:
    """What a number alone means to this reader."""
    return Unit.WAN if is_chinese() else Unit.MILLION


class _MoneyInput(TextInput):
    """The text, and hidden beside it the unit of the page; letters and 亿 have to be typed, so the keyboard is the usual one."""

    def __call__(self, field: Any, **attributes: Any) -> Markup:
        attributes |= {"data-unit": unit_of_page().value, "maxlength": LONGEST, "autocomplete": "off"}
        return super().__call__(field, **attributes) + _hidden(field.unit_name, unit_of_page())


def _hidden(name: str, value: str) -> Markup:
    return Markup('<input type="hidden" name="{}" value="{}">').format(name, value)


class MoneyField(Field):
    """Whole million yuan; may be left empty."""

    widget = _MoneyInput()

    def __init__(self, label: Any, *, most: int, description: Any = None, **settings: Any) -> None:
        described = description or _l("Such as 300, 300 million or 1.2 billion.")
        super().__init__(label, [Optional(), self._is_within], description=described, **settings)
        self.most = most
        self.unit = unit_of_page()

    @property
    def unit_name(self) -> str:
        return f"{self.name}_unit"

    def process(self, formdata: Any, *rest: Any, **named: Any) -> None:
        told = formdata.getlist(self.unit_name) if formdata else []
        self.unit = Unit(told[0]) if told and told[0] in set(Unit) else unit_of_page()
        super().process(formdata, *rest, **named)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        self.data = None
        if not valuelist or not valuelist[0].strip():
            return
        try:
            self.data = parse_money(valuelist[0], self.unit)
        except MoneyTooFine:
            raise ValueError(
                _("The smallest unit is %(smallest)s; please round to whole ones.", smallest=money_words(1))
            ) from None
        except MoneyUnclear:
            raise ValueError(_("Please give an amount in RMB, such as 300 million or 1.2 billion.")) from None

    @staticmethod
    def _is_within(_form: object, field: "MoneyField") -> None:
        if field.data is not None and field.data > field.most:
            raise ValidationError(_("Please give at most %(amount)s.", amount=money_words(field.most)))

    def _value(self) -> str:
        """What was typed, as it was typed; where it came from a page of another unit, with that unit."""
        if self.raw_data:
            text = str(self.raw_data[0])
            return text if self.unit is unit_of_page() else with_unit(text, self.unit)
        return "" if self.data is None else typed_money(self.data, unit_of_page())

    def hidden(self) -> Markup:
        """The same for a page that hands the form on."""
        return _hidden(self.name, self._value()) + _hidden(self.unit_name, unit_of_page())

    @property
    def subject(self) -> str:
        """The label without the unit of the page, for where amounts are told with theirs."""
        return re.sub(r"\s*[(（][^()（）]*[)）]$", "", str(self.label.text))

    def words(self) -> str | None:
        """The amount as it is told."""
        return None if self.data is None else money_words(self.data)
