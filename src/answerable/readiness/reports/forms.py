"""Forms of due reports. What they say is checked again by the services, under the lock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import uuid4

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy

from answerable.core.names import in_language
from answerable.readiness.reports import wording
from answerable.readiness.reports.fields import MOST_TEXT, MOST_WHY, Field
from answerable.readiness.reports.rules import CannotReport
from answerable.readiness.reports.services.reporting import MOST_WHY as MOST_WHY_OF_ALL
from answerable.ui.fields import TypedDateField


class Plain(forms.Form):
    use_required_attribute = False


@dataclass(frozen=True)
class Line:
    """A line of the form: the answer, where it comes from, the reason of a correction."""

    field: Field
    bound: BoundField
    why: BoundField | None
    counted: Any
    source: str
    hint: str


class FillForm(Plain):
    """One report. Every number that the system counts has its reason beside it, for when it is another one."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    seen_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any = None,
        *,
        asked: Iterable[Field],
        counted: Mapping[str, Any],
        kept: Mapping[str, Mapping[str, Any]],
        seen_version: int,
        is_correction: bool,
    ) -> None:
        super().__init__(data, initial={"key": uuid4(), "seen_version": seen_version})
        self.asked, self.counted = tuple(asked), dict(counted)
        for field in self.asked:
            self._add(field, kept.get(field.code, {}))
        if is_correction:
            self.fields["why"] = forms.CharField(
                label=gettext_lazy("Why it is corrected"),
                widget=forms.Textarea(attrs={"rows": 2}),
                max_length=MOST_WHY_OF_ALL,
                help_text=gettext_lazy("The version before stays; whoever reads the report sees both."),
            )

    def _add(self, field: Field, kept: Mapping[str, Any]) -> None:
        code, label = field.code, wording.label_of(field)
        counted = self.counted.get(code)
        # What was left as the system counted it then follows what it counts now.
        is_own = "value" in kept and kept["value"] != kept.get("computed")
        value = kept["value"] if is_own else counted
        # Emptiness and numbers are judged by the service, with a sentence at the field.
        if field.type == "choice":
            choices = [
                ("", "—"),
                *((one.code, in_language(one.label.zh, one.label.en)) for one in field.choices),
            ]
            made: forms.Field = forms.ChoiceField(label=label, choices=choices, required=False, initial=value)
        elif field.type == "text":
            made = forms.CharField(
                label=label,
                widget=forms.Textarea(attrs={"rows": 3}),
                required=False,
                max_length=MOST_TEXT,
                initial=value,
            )
        else:
            made = forms.CharField(
                label=label,
                required=False,
                max_length=16,
                widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
                initial="" if value is None else value,
            )
        self.fields[f"f_{code}"] = made
        if field.type == "number" and counted is not None:
            self.fields[f"shown_{code}"] = forms.CharField(
                widget=forms.HiddenInput, required=False, max_length=16, initial=counted
            )
            self.fields[f"why_{code}"] = forms.CharField(
                label=gettext_lazy("Why it is another number"),
                required=False,
                max_length=MOST_WHY,
                initial=kept.get("why", ""),
            )

    def lines(self) -> list[Line]:
        """The lines in their order, as the page shows them. What must be filled in is said so; a draft, and nil, may
        leave it out, so it is not the form that asks for it."""
        for field in self.asked:
            self.fields[f"f_{field.code}"].required = field.required
        return [
            Line(
                field,
                self[f"f_{field.code}"],
                self[f"why_{field.code}"] if f"why_{field.code}" in self.fields else None,
                self.counted.get(field.code),
                wording.source_label(field.source),
                wording.source_hint(field.source),
            )
            for field in self.asked
        ]

    def hidden(self) -> list[BoundField]:
        names = [name for name in self.fields if name.startswith("shown_")]
        return [self[name] for name in ("key", "seen_version", *names)]

    def given(self) -> dict[str, Any]:
        return {field.code: self.cleaned_data.get(f"f_{field.code}", "") for field in self.asked}

    def whys(self) -> dict[str, str]:
        return {field.code: self.cleaned_data.get(f"why_{field.code}", "") for field in self.asked}

    def shown(self) -> dict[str, Any]:
        """What the system had counted when the form was made."""
        found = {}
        for field in self.asked:
            said = self.cleaned_data.get(f"shown_{field.code}", "")
            if said.isascii() and said.isdigit() and len(said) < 18:
                found[field.code] = int(said)
        return found

    def mark(self, refusal: CannotReport) -> None:
        """A refusal at the lines that it is about."""
        for code, fault in refusal.faults.items():
            at = "why" if fault.code == "no_reason" else "f"
            name = f"{at}_{code}" if f"{at}_{code}" in self.fields else f"f_{code}"
            self.add_error(name, wording.refusal_words(fault))
        if not refusal.faults:
            self.add_error(None, wording.refusal_words(refusal))

    def see_again(self, version: int) -> None:
        """Sent once more, it stands against what is there now."""
        self.data = self.data.copy()  # type: ignore[attr-defined]
        self.data["seen_version"] = str(version)  # type: ignore[index]
        for code, counted in self.counted.items():
            if f"shown_{code}" in self.fields:
                self.data[f"shown_{code}"] = str(counted)  # type: ignore[index]


class BackForm(Plain):
    seen_version = forms.IntegerField(widget=forms.HiddenInput)
    why = forms.CharField(
        label=gettext_lazy("What is missing"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=MOST_WHY_OF_ALL,
        help_text=gettext_lazy("When it was due, and that it came in time, stays as it is."),
    )


class PickForm(Plain):
    """Which report, from when until when; nonsense falls back to the newest of the first kind."""

    kind = forms.TypedChoiceField(label=gettext_lazy("Report"), coerce=int, required=False)
    since = TypedDateField(label=gettext_lazy("From"), required=False, help_text="")
    until = TypedDateField(label=gettext_lazy("Until"), required=False, help_text="")

    def __init__(self, data: Any, *, kinds: Iterable[tuple[int, str]], initial: Mapping[str, Any]) -> None:
        super().__init__(data, initial=dict(initial))
        self.fields["kind"].choices = list(kinds)  # type: ignore[attr-defined]

    def days(self, first: date, last: date, most: int) -> tuple[date, date]:
        """The chosen days, in order and no more than `most`; the given ones where none are chosen."""
        cleaned = getattr(self, "cleaned_data", {})
        since, until = cleaned.get("since") or first, cleaned.get("until") or last
        if since > until:
            since, until = until, since
        if (until - since).days >= most:
            since = date.fromordinal(until.toordinal() - most + 1)
        return since, until


class StopForm(Plain):
    seen_version = forms.IntegerField(widget=forms.HiddenInput)
    why = forms.CharField(label=gettext_lazy("Why"), max_length=300, required=False)
