"""How long a password is at least, in this house's words: Django's Chinese lacks the sentence."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.core.exceptions import ValidationError
from django.utils.translation import ngettext


class LengthValidator(MinimumLengthValidator):
    def validate(self, password: str, user: Any = None) -> None:
        if len(password) < self.min_length:
            raise ValidationError(
                ngettext(
                    "This password is too short: it takes at least %(count)s character. Several words make a good one.",
                    "This password is too short: it takes at least %(count)s characters. Several words make a good one.",
                    self.min_length,
                )
                % {"count": self.min_length},
                code="password_too_short",
            )
