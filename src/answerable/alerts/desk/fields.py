"""Fields of the alarms' forms: text made safe to keep, and how long something lasts, in minutes."""

from __future__ import annotations

from typing import Any

from django import forms

from answerable.core.sentences import sentence
from answerable.core.text import CannotKeep, clean, clean_line


class Line(forms.CharField):
    """Text of one line."""

    def clean(self, value: Any) -> str:
        try:
            return super().clean(clean_line(str(value or ""), limit=self.max_length or 200).text)
        except CannotKeep as refusal:
            raise forms.ValidationError(sentence(refusal)) from None


class Words(forms.CharField):
    """Text of several lines."""

    def __init__(self, *, limit: int = 4000, **kwargs: Any) -> None:
        self.limit = limit
        super().__init__(widget=forms.Textarea(attrs={"rows": 3}), **kwargs)

    def clean(self, value: Any) -> str:
        try:
            return super().clean(clean(str(value or ""), limit=self.limit).text)
        except CannotKeep as refusal:
            raise forms.ValidationError(sentence(refusal)) from None


def minutes_text(seconds: int) -> str:
    """Seconds as minutes are typed: 300 is "5", 90 is "1.5"."""
    return f"{seconds / 60:.2f}".rstrip("0").rstrip(".")


def seconds_of(text: str) -> int | None:
    """What was typed as minutes, in seconds; None where it is no number."""
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return None
    return round(value * 60) if abs(value) < 10**7 else None
