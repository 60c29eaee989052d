"""What is asked in the desk of publishing: how, which month again and why, how long held back, the report's texts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from answerable.figures.published import rules


class SettingsForm(forms.Form):
    counted_on = forms.IntegerField(
        label=_("Day of the next month on which a month is counted"),
        min_value=1,
        max_value=28,
        help_text=_("Late enough for people to have said whether it was solved."),
    )
    released_after_days = forms.IntegerField(
        label=_("Days until it goes out by itself"),
        min_value=0,
        max_value=31,
        help_text=_("So long you may look at it first, and let it out earlier."),
    )
    licence = forms.CharField(label=_("Licence"), max_length=80)
    licence_url = forms.URLField(label=_("Where the licence is read"), assume_scheme="https")
    seen_version = forms.IntegerField(widget=forms.HiddenInput)


class AgainForm(forms.Form):
    """A later edition of a month or year that is published; or the first one, where the worker could not make it."""

    period = forms.CharField(label=_("Month or year"), max_length=7, help_text=_("As 2026-03, or 2026."))
    why = forms.CharField(
        label=_("What was wrong"),
        required=False,  # whether it is wanted is the rule's to say
        max_length=rules.LONGEST_WHY,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Everybody reads it beside the figures."),
    )


class HoldForm(forms.Form):
    days = forms.IntegerField(label=_("For how many days"), min_value=1, max_value=rules.LONGEST_HOLD_DAYS)
    why = forms.CharField(
        label=_("Why"),
        max_length=rules.LONGEST_WHY,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Everybody reads it on the public page at once."),
    )


class YearForm(forms.Form):
    year = forms.ChoiceField(label=_("Year"))

    def __init__(self, *args: Any, years: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [(year, year) for year in years]  # type: ignore[attr-defined]


class SectionForm(forms.Form):
    zh = forms.CharField(
        label=_("In Chinese"),
        required=False,
        max_length=rules.LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    en = forms.CharField(
        label=_("In English"),
        required=False,
        max_length=rules.LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    seen_version = forms.IntegerField(widget=forms.HiddenInput)
