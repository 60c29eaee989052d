"""allauth's forms with this house's words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm
from allauth.account.forms import ReauthenticateForm as PasswordAgainForm
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
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


@contextmanager
def _in_own_words(words: Any) -> Iterator[None]:
    """A code that does not fit is told with what to type instead; allauth's own sentence serves passkeys too."""
    try:
        yield
    except forms.ValidationError as error:
        if getattr(error, "code", "") != "incorrect_code":
            raise
        raise forms.ValidationError(words, code="incorrect_code") from error


class SetUpAppForm(ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("The six digits")

    def clean_code(self) -> str:
        with _in_own_words(
            _("This code is not right. Type the six digits that the app shows at this moment.")
        ):
            return str(super().clean_code())


class _CodeAsked(forms.Form):
    """Asks for a code of the app or a recovery code, and counts the tries."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("The six digits, or a recovery code")

    def clean_code(self) -> str:
        _count_try(self.user)  # type: ignore[attr-defined]
        words = _(
            "This code is not right. Type the six digits that the app shows at this moment, or a recovery code that you "
            "have not used yet."
        )
        with _in_own_words(words):
            return str(super().clean_code())  # type: ignore[misc]


class CodeForm(_CodeAsked, AuthenticateForm):
    pass


class CodeAgainForm(_CodeAsked, ReauthenticateForm):
    pass


class AddPasskeyForm(AddWebAuthnForm):
    name = forms.CharField(
        label=_("A name, to tell it from others"),
        required=False,
        max_length=60,
        help_text=_("Such as: my phone"),
    )
