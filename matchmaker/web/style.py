"""The page /style: the common parts of all pages, in both languages, and how well its colours can be read."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms import (  # type: ignore[attr-defined]  # SelectChoice is newer than the stubs
    BooleanField,
    EmailField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Regexp

from matchmaker.domain.reasons import CancelReason, DeclineReason
from matchmaker.domain.roles import Role
from matchmaker.i18n import LANGUAGES, html_language, reading_in
from matchmaker.web.access import requires
from matchmaker.web.account_forms import MultiCheckboxField
from matchmaker.web.meeting_steps import ReasonForm, SlotForm, by_half_day, time_left
from matchmaker.web.outcome_forms import form_of
from matchmaker.web.specimens import make_specimens
from matchmaker.web.work_specimens import make_work_specimens

blueprint = Blueprint("style", __name__, url_prefix="/style")

_STATIC = Path(__file__).resolve().parent.parent / "static"
_SHEETS = {"light": "site.css", "dark": "dark.css"}
READABLE = 4.5
"""How much text has to stand out from its ground (WCAG 2.2 AA)."""
_PAIRS = (
    ("ink", "paper"),
    ("ink", "wash"),
    ("muted", "paper"),
    ("muted", "wash"),
    ("blue", "paper"),
    ("ink", "blue-wash"),
    ("blue", "blue-wash"),
    ("red", "paper"),
    ("red", "red-wash"),
    ("green", "paper"),
    ("green", "green-wash"),
    ("amber", "paper"),
    ("amber", "amber-wash"),
)

_KINDS = [SelectChoice("", _l("Please choose")), SelectChoice("project", _l("Project"))]
_LEVELS = [SelectChoice("must_meet", _l("must meet")), SelectChoice("would_like", _l("would like"))]


class SpecimenForm(FlaskForm):
    """A field of each kind; it is shown and never sent."""

    class Meta:
        csrf = False

    name = StringField(_l("Name"), validators=[InputRequired(_l("Please fill this in."))])
    email = EmailField(
        _l("E-mail address"),
        validators=[Regexp(r".+@.+\..+", message=_l("This is not a complete e-mail address, such as name@example.org."))],
        description=_l("We send a link there."),
    )
    kind = SelectField(_l("Kind"), choices=_KINDS, validators=[InputRequired(_l("Please choose one."))])
    level = RadioField(_l("Level"), choices=_LEVELS, default="would_like")
    note = TextAreaField(_l("Message to the host"), validators=[Length(max=1000)])
    agrees = BooleanField(_l("Share our contact data with hosts"), validators=[InputRequired(_l("Please tick this to go on."))])


class ChainForm(FlaskForm):
    """The choice of chains; it is shown and never sent."""

    class Meta:
        csrf = False

    chains = MultiCheckboxField(_l("Industrial chains"), description=_l("Up to 20. A branch covers everything below it."))


@dataclass(frozen=True, slots=True)
class Ink:
    """One colour of text on one ground, as a scheme has it."""

    text: str
    ground: str
    contrast: float


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)


@blueprint.get("")
@requires(Role.ORGANISER)
def show() -> str:
    """`scheme` is light or dark; without it, as the reader's device has it."""
    asked = request.args.get("scheme", "")
    scheme = asked if asked in _SHEETS else ""
    specimens = [_specimens_in(language) for language in LANGUAGES]
    return render_template("organiser/style.html", scheme=scheme, specimens=specimens, tokens=token_pairs(), readable=READABLE)


def _specimens_in(language: str) -> tuple[str, str, Markup]:
    """The language's tag and name, and all components worded in it."""
    with reading_in(language):
        form = SpecimenForm(formdata=None, prefix=f"{language}-")
        wrong = SpecimenForm(MultiDict({f"{language}-wrong-email": "ines"}), prefix=f"{language}-wrong-")
        wrong.validate()
        of = make_specimens()
        work = make_work_specimens(of)
        more: dict[str, Any] = {
            "of": of,
            "work": work,
            "chain_form": ChainForm(formdata=None, data={"chains": [of.chain.code]}),
            "reason_form": ReasonForm(DeclineReason, formdata=None),
            "slot_form": SlotForm(formdata=None),
            "free": by_half_day([slot for _half, slots in work.days[0].halves for slot in slots]),
            "time_left": time_left(of.proposed.meeting.deadline_at, of.before),
            "outcome_form": form_of(of.outcome),
            "cancel_reasons": list(CancelReason),
            "page_address": lambda _number: url_for("style.show"),
        }
        parts = render_template("organiser/style_parts.html", form=form, wrong=wrong, prefix=language, **more)
        return html_language(), LANGUAGES[language], Markup(own_names(parts, language))


def own_names(html: str, prefix: str) -> str:
    """The same with names of its own for its elements, so that it may stand on one page with its like."""
    names = re.findall(r'\bid="([^"]+)"', html)

    def renamed(found: re.Match[str]) -> str:
        told = " ".join(f"{prefix}-{each}" if each in names else each for each in found[2].split())
        return f'{found[1]}"{told}"'

    html = re.sub(r'(\b(?:id|for|form|aria-labelledby|aria-describedby|aria-controls)=)"([^"]+)"', renamed, html)
    return re.sub(r'href="#([^"]+)"', lambda found: f'href="#{prefix}-{found[1]}"' if found[1] in names else found[0], html)


@cache
def token_pairs() -> list[tuple[str, str, dict[str, Ink]]]:
    """For each pair of tokens that meet as text and ground: their colours and contrast in both schemes."""
    return [(text, ground, {scheme: _ink(scheme, text, ground) for scheme in _SHEETS}) for text, ground in _PAIRS]


def _ink(scheme: str, text: str, ground: str) -> Ink:
    colours = _tokens(scheme)
    return Ink(colours[text], colours[ground], contrast(colours[text], colours[ground]))


@cache
def _tokens(scheme: str) -> dict[str, str]:
    """The colours in the `:root` block that a style sheet begins with."""
    block = re.search(r":root \{(.*?)\}", (_STATIC / _SHEETS[scheme]).read_text(encoding="utf-8"), re.DOTALL)
    found: list[Any] = re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6});", block.group(1)) if block else []
    return dict(found)


def contrast(one: str, other: str) -> float:
    """How much two colours differ in lightness, from 1 to 21, as WCAG reckons it."""
    lighter, darker = sorted((_lightness(one), _lightness(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _lightness(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = digits if len(digits) == 6 else "".join(digit * 2 for digit in digits)
    red, green, blue = (int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4))

    def linear(share: float) -> float:
        return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)

    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
