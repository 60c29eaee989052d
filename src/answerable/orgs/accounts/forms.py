"""allauth's forms with this house's words."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm
from allauth.account.forms import ReauthenticateForm as PasswordAgainForm
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _

from answerable.core import clock, limits
from answerable.orgs.models import Staff

#: Tries at a code of one account in 15 minutes, from wherever they come: six digits are soon guessed through.
TRIES_AT_CODE = 10
WINDOW_S = 900


def _count_try(user: Staff) -> None:
    """Count a try at a code; allauth's own limits are off. Raises ValidationError that says when to try again."""
    verdict = limits.allow(f"code of {user.pk}", "0.0.0.0", TRIES_AT_CODE, WINDOW_S, clock.now())  # noqa: S104
    if not verdict:
        raise forms.ValidationError(verdict.sentence(), code="too_many_tries")


class _NoResetByMail(forms.Form):
    """No link to allauth's way to a new password, which this house has closed: the administrator gives a code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("password", "oldpassword"):
            if name in self.fields:
                self.fields[name].help_text = ""


class SignInForm(_NoResetByMail, LoginForm):
    pass


class NewPasswordForm(_NoResetByMail, ChangePasswordForm):
    pass


class PasswordOnceMoreForm(_NoResetByMail, PasswordAgainForm):
    pass


class CodeForm(AuthenticateForm):
    def clean_code(self) -> str:
        _count_try(self.user)
        return str(super().clean_code())


class CodeAgainForm(ReauthenticateForm):
    def clean_code(self) -> str:
        _count_try(self.user)
        return str(super().clean_code())


class AddPasskeyForm(AddWebAuthnForm):
    name = forms.CharField(
        label=_("A name, to tell it from others"),
        required=False,
        max_length=60,
        help_text=_("Such as: my phone"),
    )
