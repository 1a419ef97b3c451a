"""A field for a phone number, that takes what people write and shows what is stored in international form."""

from typing import Any

from wtforms import TelField
from wtforms.validators import ValidationError

from matchmaker.domain.rules import Broken
from matchmaker.i18n import phone_words
from matchmaker.phones import HOME, LONGEST, PhoneUnclear, parse_phone
from matchmaker.phrases import phrase


class PhoneField(TelField):
    """May be left empty. `region` names the field with the country that a number without +… is from."""

    def __init__(self, label: Any, *, region: str, **settings: Any) -> None:
        told = {"render_kw": {"autocomplete": "tel", "maxlength": LONGEST}}
        super().__init__(label, **(told | settings))
        self.region = region

    def pre_validate(self, form: Any) -> None:
        """From here on `data` is the number as it is stored."""
        typed = (self.data or "").strip()
        try:
            self.data = parse_phone(typed, form[self.region].data or HOME) if typed else ""
        except PhoneUnclear:
            raise ValidationError(phrase(Broken.PHONE_INVALID)) from None

    def _value(self) -> str:
        """What was typed, as it was typed."""
        return str(self.raw_data[0]) if self.raw_data else phone_words(self.data or "")

    def words(self) -> str:
        """The number as it is told."""
        return phone_words(self.data or "")
