"""The forms of Flask-Security in our words; what they check stays theirs."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_security import ChangePasswordForm as _ChangePasswordForm
from flask_security import LoginForm as _LoginForm
from flask_security import ResetPasswordForm as _ResetPasswordForm
from flask_security import current_user
from flask_security.forms import EmailValidation, EqualToLocalize, email_required, password_required
from flask_security.proxies import _security
from flask_security.utils import get_message
from wtforms import EmailField, PasswordField, SubmitField, ValidationError

from matchmaker.domain.passwords import SHORTEST
from matchmaker.web.origin import is_from_this_machine

ABOUT_PASSWORDS = _l("At least %(limit)s characters. A sentence that only you know is a good password.", limit=SHORTEST)


def _new_password(label: Any, *validators: Any, **options: Any) -> PasswordField:
    return PasswordField(
        label, validators=[*validators, password_required], render_kw={"autocomplete": "new-password"}, **options
    )


def _check_new_password(field: PasswordField, account: Any) -> None:
    """Already in the first round, with whatever else is wrong; Flask-Security would look at it when all the rest is right."""
    told, _plain = _security.password_util.validate(field.data or "", False, user=account)
    if told:
        raise ValidationError(told[0])


class LoginForm(_LoginForm):
    email = EmailField(
        _l("E-mail address"),
        validators=[email_required, EmailValidation(verify=False)],
        render_kw={"autocomplete": "username"},
    )
    password = PasswordField(_l("Password"), validators=[password_required], render_kw={"autocomplete": "current-password"})
    remember = None  # type: ignore[assignment]  # people sign in at shared desks
    submit = SubmitField(_l("Sign in"))

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.password.description = ""  # there it would put a link of its own

    def validate(self, **options: Any) -> bool:
        """Who knows the password learns why it does not open: unlike errors of a field, those of the form are shown."""
        valid = bool(super().validate(**options))
        account: Any = self.user
        if self.user_authenticated and not valid:
            self.form_errors.extend(self.email.errors)
            self.email.errors = []
        if valid and account.demo and not is_from_this_machine():
            self.form_errors.append(_("Demonstration accounts sign in on the machine that serves this site, not from elsewhere."))
            return False
        return valid

    def ask_for_what_is_empty(self) -> None:
        """Flask-Security says the same of all that is wrong, so that nothing tells of accounts; an empty field tells nothing."""
        empty = [field for field in (self.email, self.password) if self.form_errors and not (field.data or "").strip()]
        for field in empty:
            told = "EMAIL_NOT_PROVIDED" if field is self.email else "PASSWORD_NOT_PROVIDED"
            field.errors = [get_message(told)[0]]
        if empty:
            self.form_errors.clear()


class ResetPasswordForm(_ResetPasswordForm):
    password = _new_password(_l("New password"), description=ABOUT_PASSWORDS)
    password_confirm = _new_password(_l("New password again"), EqualToLocalize("password", message="RETYPE_PASSWORD_MISMATCH"))
    submit = SubmitField(_l("Set the new password"))

    def validate_password(self, field: PasswordField) -> None:
        _check_new_password(field, self.user)


class ChangePasswordForm(_ChangePasswordForm):
    password = PasswordField(
        _l("Present password"), validators=[password_required], render_kw={"autocomplete": "current-password"}
    )
    new_password = _new_password(_l("New password"), description=ABOUT_PASSWORDS)
    new_password_confirm = _new_password(
        _l("New password again"), EqualToLocalize("new_password", message="RETYPE_PASSWORD_MISMATCH")
    )
    submit = SubmitField(_l("Set the new password"))

    def validate_new_password(self, field: PasswordField) -> None:
        _check_new_password(field, current_user)
