"""The forms around an account: signing up as an investor, and what a person changes about itself."""

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any

import pycountry
from flask import request
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (  # type: ignore[attr-defined]  # SelectChoice is newer than the stubs
    BooleanField,
    EmailField,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    SubmitField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from matchmaker import i18n
from matchmaker.domain.catalogue import Stage
from matchmaker.domain.languages import SPOKEN
from matchmaker.domain.passwords import check_password
from matchmaker.domain.rules import RuleBroken
from matchmaker.models import Chain
from matchmaker.phrases import country_name, language_name, phrase
from matchmaker.services.accounts import Application
from matchmaker.services.contacts import checked_email, checked_website
from matchmaker.services.investors import LARGEST_SIZE, Profile, check_wanted_chains, check_wanted_sizes
from matchmaker.services.names import name_order
from matchmaker.services.zones import zones_by_country
from matchmaker.web.money_field import MoneyField
from matchmaker.web.phone_field import PhoneField
from matchmaker.web.security_forms import ABOUT_PASSWORDS

PAGE_LANGUAGES = [SelectChoice(*each) for each in i18n.LANGUAGES.items()]


class MultiCheckboxField(SelectMultipleField):
    """Several out of a list, each with its own box."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def show_broken(form: FlaskForm, broken: RuleBroken) -> None:
    """Put a broken rule on the field that it names, or above the form."""
    sentence = phrase(broken.code, **broken.facts)
    if broken.field and broken.field in form:
        form[broken.field].errors = [*form[broken.field].errors, sentence]
    else:
        form.form_errors.append(sentence)


def obey(rule: Callable[[], object]) -> None:
    """Ask a rule already while the form is checked, so that everything that is wrong is said at once."""
    try:
        rule()
    except RuleBroken as broken:
        raise ValidationError(phrase(broken.code, **broken.facts)) from broken


@lru_cache(maxsize=4)
def _countries(language: str) -> list[SelectChoice]:
    """All countries and regions by name, Chinese ones in the order of their Latin spelling."""
    named = [(country.alpha_2, country_name(country.alpha_2)) for country in pycountry.countries]
    return [SelectChoice(*pair) for pair in sorted(named, key=lambda pair: name_order(pair[1]))]


@lru_cache(maxsize=4)
def _zones(language: str, first: datetime, last: datetime) -> list[tuple[str, str]]:
    """All time zones, by country or region and city, each with what its clocks show at two moments."""
    found = zones_by_country().items()
    places = [(zone, f"{country_name(country)} · {i18n.city_words(zone)}") for country, zones in found for zone in zones]
    in_order = sorted(places, key=lambda place: name_order(place[1]))
    return [(zone, place + i18n.aside_words(i18n.offsets_words(zone, first, last))) for zone, place in in_order]


def zone_choices(moments: tuple[datetime, datetime]) -> list[tuple[str, str]]:
    """`moments`: for which the zones tell what their clocks show."""
    return [("", _("None: the times of Shanghai alone")), *_zones(str(get_locale()), *moments)]


def country_choices() -> list[SelectChoice]:
    return [SelectChoice("", ""), *_countries(str(get_locale().language))]


def language_choices() -> list[SelectChoice]:
    return [SelectChoice(code, language_name(code)) for code in SPOKEN]


class OrganisationForm(FlaskForm):
    """About an organisation and what it looks for: part of signing up, and its profile later."""

    name = StringField(_l("Name of the organisation"), [DataRequired()], render_kw={"autocomplete": "organization"})
    country = SelectField(_l("Country or region"), [InputRequired()])
    website = StringField(_l("Website"), render_kw={"inputmode": "url", "autocomplete": "url"})
    about = TextAreaField(
        _l("About the organisation"),
        description=_l(
            "What it does and what it looks for in Shanghai. "
            "The more specific the text, the easier it is to find suitable projects."
        ),
    )
    chains = MultiCheckboxField(_l("Industrial chains"), description=_l("Up to 20. A branch covers everything below it."))
    size_min = MoneyField(_l("Investment from (RMB million)"), most=LARGEST_SIZE)
    size_max = MoneyField(_l("Investment to (RMB million)"), most=LARGEST_SIZE)
    stages = MultiCheckboxField(_l("Stages of projects"))
    preferred = SelectField(_l("Preferred language in meetings"), [InputRequired()])
    languages = MultiCheckboxField(_l("Other languages that your delegates speak"))
    confidential = BooleanField(
        _l("Keep our name confidential until a host accepts"),
        description=_l("Before that, hosts see “Confidential investor” with country, chains and size."),
    )
    phone = PhoneField(
        _l("Phone"),
        region="country",
        description=_l("Such as +49\u00a030\u00a01234567. Without a country code it is a number of your country or region."),
    )
    wechat = StringField(_l("WeChat"))
    shares_contact = BooleanField(
        _l("Hosts may see e-mail, phone and WeChat once they have accepted a meeting"),
        description=_l(
            "If you do not agree, hosts do not see these; they still see the names of your delegates then. "
            "You can change this at any time."
        ),
    )
    sends_abroad = BooleanField(
        _l("Data about us and our meetings may go to our mail and calendar providers outside mainland China"),
        description=_l(
            "Your choice and its date are kept on record, and the organiser sees it. It switches nothing on or off: "
            "mails come to your address, and the calendar is there for you to fetch, either way. You can change it at any time."
        ),
    )

    def __init__(self, chains: list[Chain], **options: Any) -> None:
        super().__init__(**options)
        self.country.choices = country_choices()
        self.preferred.choices = self.languages.choices = language_choices()
        self.stages.choices = [SelectChoice(stage.value, phrase(stage)) for stage in Stage]
        self.chains.choices = [SelectChoice(chain.code, i18n.local(chain)) for chain in chains]

    def validate(self, extra_validators: Any = None) -> bool:
        """Its two sizes together as well, which says nothing of a field that is wrong by itself."""
        valid = super().validate(extra_validators)
        if self.size_min.errors or self.size_max.errors:
            return False
        try:
            check_wanted_sizes(self.size_min.data, self.size_max.data)
        except RuleBroken as broken:
            show_broken(self, broken)
            return False
        return bool(valid)

    def validate_chains(self, field: MultiCheckboxField) -> None:
        obey(lambda: check_wanted_chains(field.data or ()))

    def validate_website(self, field: StringField) -> None:
        obey(lambda: checked_website(field.data or ""))

    def profile(self) -> Profile:
        return Profile(
            name=self.name.data or "",
            country=self.country.data,
            languages=tuple(dict.fromkeys([self.preferred.data, *(self.languages.data or ())])),
            chains=tuple(self.chains.data or ()),
            website=self.website.data or "",
            about=self.about.data or "",
            size_min=self.size_min.data,
            size_max=self.size_max.data,
            stages=tuple(Stage(code) for code in self.stages.data or ()),
            confidential=self.confidential.data,
            shares_contact=self.shares_contact.data,
            sends_abroad=self.sends_abroad.data,
            phone=self.phone.data or "",
            wechat=self.wechat.data or "",
        )


class SignUpForm(OrganisationForm):
    """The organisation, and the person who signs in."""

    person = StringField(_l("Your name"), [DataRequired()], render_kw={"autocomplete": "name"})
    title = StringField(_l("Your position"), render_kw={"autocomplete": "organization-title"})
    email = EmailField(_l("Your e-mail address"), [DataRequired()], render_kw={"autocomplete": "email"})
    password = PasswordField(
        _l("Password"), [InputRequired()], render_kw={"autocomplete": "new-password"}, description=ABOUT_PASSWORDS
    )
    language = RadioField(_l("Language of pages and mails"), [InputRequired()], choices=PAGE_LANGUAGES)
    agrees = BooleanField(
        _l("The organiser may use our data to find meetings for us and to write to us about them"),
        [InputRequired(_l("Please tick this: without it we cannot take your application."))],
        description=_l("Without this we cannot take your application."),
    )
    submit = SubmitField(_l("Sign up"))

    def __init__(self, chains: list[Chain], **options: Any) -> None:
        super().__init__(chains, **options)
        if request.method == "GET":
            self.language.data = i18n.language_of_reader()
            self.preferred.data = "zh" if i18n.is_chinese() else "en"

    def validate_email(self, field: EmailField) -> None:
        obey(lambda: checked_email(field.data or ""))

    def validate_password(self, field: PasswordField) -> None:
        obey(lambda: check_password(field.data or "", email=self.email.data or ""))

    def application(self) -> Application:
        return Application(
            profile=self.profile(),
            person=self.person.data or "",
            title=self.title.data or "",
            email=self.email.data or "",
            password=self.password.data or "",
            language=self.language.data,
            agrees=self.agrees.data,
        )
