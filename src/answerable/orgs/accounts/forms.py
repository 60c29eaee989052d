"""allauth's forms with this house's words."""

from __future__ import annotations

from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _


class AddPasskeyForm(AddWebAuthnForm):
    name = forms.CharField(
        label=_("A name, to tell it from others"),
        required=False,
        max_length=60,
        help_text=_("Such as: my phone"),
    )
