"""Form fields as this house wants them: dates typed, choices with a hint of their own."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from answerable.core import days

_DAY = re.compile(r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$|^(\d{4})(\d{2})(\d{2})$")


class TypedDateInput(forms.DateInput):
    """A text box with the number keys up; no calendar to scroll."""

    input_type = "text"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs={"inputmode": "numeric", "size": 10, **(attrs or {})}, format="%Y-%m-%d")


class TypedDateField(forms.DateField):
    """A day as typed: 2026-03-09, 2026/3/9, 2026.3.9, 20260309 or 2026年3月9日, full-width digits too.

    Days outside the years that this house keeps (core/days.py) get a sentence.
    """

    widget = TypedDateInput
    default_error_messages = {
        "invalid": _("This is not a day of the calendar. Type year, month, day, for example 2026-03-09."),
        "far": _("Type a day between the years %(first)s and %(last)s."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("Year, month, day, for example 2026-03-09."))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> date | None:
        if not isinstance(value, str):
            return super().to_python(value)
        day = self._typed(value)
        if day is not None and not days.is_kept(day):
            years = {"first": days.FIRST_YEAR, "last": days.LAST_YEAR}
            raise forms.ValidationError(self.error_messages["far"], code="far", params=years)
        return day

    def _typed(self, value: str) -> date | None:
        typed = re.sub(r"\s", "", unicodedata.normalize("NFKC", value))
        if not typed:
            return None
        match = _DAY.match(typed)
        if not match:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        year, month, day = (int(part) for part in match.groups() if part is not None)
        try:
            return date(year, month, day)
        except ValueError:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from None


class RadioCards(forms.RadioSelect):
    """One question, one card an answer. `hints` maps a choice's value to a line under it."""

    def __init__(self, attrs: dict[str, Any] | None = None, hints: Mapping[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.hints = dict(hints or {})


class CheckCards(forms.CheckboxSelectMultiple):
    """The same where several answers may be chosen."""

    def __init__(self, attrs: dict[str, Any] | None = None, hints: Mapping[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.hints = dict(hints or {})
