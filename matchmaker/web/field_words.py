"""What WTForms says of a field, worded by us: short, polite, and in our catalogues like everything else."""

from flask import Flask, request
from flask_babel import gettext

from matchmaker.phrases import N_

_CHOOSE = N_("Please choose from the list.")
_NUMBER = N_("Please give a number.")
_WHOLE = N_("Please give a whole number.")
_DATE = N_("Please give a date, such as 2024-04-15.")
_AT_MOST = N_("Please use at most %(max)d characters.")

_OURS = {
    "This field is required.": N_("Please do not leave this out."),
    "Not a valid choice.": _CHOOSE,
    "Invalid Choice: could not coerce.": _CHOOSE,
    "Invalid choice(s): one or more data inputs could not be coerced.": _CHOOSE,
    "'%(value)s' is not a valid choice for this field.": _CHOOSE,
    "'%(value)s' are not valid choices for this field.": _CHOOSE,
    "Not a valid integer value.": _WHOLE,
    "Not a valid decimal value.": _NUMBER,
    "Not a valid float value.": _NUMBER,
    "Not a valid date value.": _DATE,
    "Number must be at least %(min)s.": N_("Please give a number from %(min)s upwards."),
    "Number must be at most %(max)s.": N_("Please give a number up to %(max)s."),
    "Number must be between %(min)s and %(max)s.": N_("Please give a number from %(min)s to %(max)s."),
    "Field cannot be longer than %(max)d character.": _AT_MOST,
    "Field cannot be longer than %(max)d characters.": _AT_MOST,
    "Invalid input.": N_("This was not understood. Please look at it again."),
}


class Words:
    """Where Flask-WTF looks for the words of its library; asked anew for each reader, also within one request."""

    def ugettext(self, told: str) -> str:
        ours = _OURS.get(told)
        return gettext(ours) if ours else told

    def ungettext(self, one: str, many: str, number: int) -> str:
        return self.ugettext(one if number == 1 else many)


_words = Words()


def init_app(app: Flask) -> None:
    app.before_request(_use_ours)


def _use_ours() -> None:
    """Flask-WTF would load those of WTForms into this place of the request."""
    request.wtforms_translations = _words  # type: ignore[attr-defined]
