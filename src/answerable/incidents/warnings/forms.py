"""The warning's form: both languages side by side, CAP's values in plain words, the map where there is one."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from answerable.alerts.desk.fields import Line, Words
from answerable.incidents.warnings import rules, wording
from answerable.incidents.warnings.rules import (
    AREA,
    HEADLINE,
    HOURS,
    LANGUAGES,
    TEXT,
    CannotWarn,
    Draft,
    Kind,
)

_LABELS = {
    ("headline", "zh"): gettext_lazy("Headline, in Chinese"),
    ("headline", "en"): gettext_lazy("Headline, in English"),
    ("description", "zh"): gettext_lazy("What happened, in Chinese"),
    ("description", "en"): gettext_lazy("What happened, in English"),
    ("instruction", "zh"): gettext_lazy("What to do, in Chinese"),
    ("instruction", "en"): gettext_lazy("What to do, in English"),
    ("area", "zh"): gettext_lazy("Where, in Chinese"),
    ("area", "en"): gettext_lazy("Where, in English"),
}
PARTS = ("headline", "description", "instruction", "area")


class WarningForm(forms.Form):
    """`kind`: what is to be sent. An end (all clear, taking back) keeps the values of the warning that it ends."""

    use_required_attribute = False

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    shown = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, kind: Kind, draft: Draft, seen: str, has_place: bool) -> None:
        super().__init__(data, initial={"seen": seen}, auto_id="warning-%s")
        self.kind, self.first = kind, draft
        for part in PARTS:
            for language in LANGUAGES:
                name = f"{part}_{language}"
                self.fields[name] = self._text(part, language)
                self.initial[name] = getattr(draft.words(language), part)
        if kind in rules.WARNING:
            self._values(draft, has_place)

    def _text(self, part: str, language: str) -> forms.Field:
        label = _LABELS[part, language]
        must = part != "instruction" or self.kind in rules.WARNING
        if part in ("headline", "area"):
            limit = HEADLINE if part == "headline" else AREA
            made: forms.Field = Line(label=label, max_length=limit, required=must)
        else:
            made = Words(label=label, limit=TEXT, required=must)
        made.widget.attrs["lang"] = wording.DJANGO[language]
        return made

    def _values(self, draft: Draft, has_place: bool) -> None:
        self.fields["responses"] = forms.MultipleChoiceField(
            label=_("What people should do"),
            choices=[(code, text) for code, text in wording.RESPONSES.items() if code != "None"],
            widget=forms.CheckboxSelectMultiple,
        )
        for name, label, choices in (
            ("urgency", _("How urgent"), wording.URGENCIES),
            ("severity", _("How grave"), wording.SEVERITIES),
            ("certainty", _("How certain"), wording.CERTAINTIES),
        ):
            self.fields[name] = forms.ChoiceField(label=label, choices=list(choices.items()))
            self.initial[name] = getattr(draft, name)
        self.fields["hours"] = forms.TypedChoiceField(
            label=_("How long it holds"),
            choices=[(n, ngettext("%(count)s hour", "%(count)s hours", n) % {"count": n}) for n in HOURS],
            coerce=int,
            help_text=_(
                "Longer than that is renewed by an update. The page takes it down by itself when it is over."
            ),
        )
        if has_place:
            self.fields["radius_km"] = forms.FloatField(
                label=_("Circle around the place, in km"), min_value=0, max_value=500, required=False
            )
        self.fields["polygon"] = forms.CharField(
            label=_("Area on the map"),
            required=False,
            max_length=4000,
            widget=forms.Textarea(attrs={"rows": 2}),
            help_text=_(
                "Latitude,longitude of each corner with gaps between; the first one again at the end."
            ),
        )
        self.initial.update(
            responses=list(draft.responses),
            hours=draft.hours,
            radius_km=draft.radius_km,
            polygon=" ".join(f"{a},{b}" for a, b in draft.polygon),
        )

    def renew(self, **hidden: str) -> None:
        """Set hidden fields of a form that is shown again: what was typed stays as it is."""
        data: Any = self.data.copy()  # type: ignore[attr-defined]
        for name, value in hidden.items():
            data[name] = value
        self.data = data

    def clean_polygon(self) -> tuple[tuple[float, float], ...]:
        try:
            return rules.polygon_of(self.cleaned_data["polygon"])
        except CannotWarn as refusal:
            raise forms.ValidationError(wording.refusal_words(refusal)) from None

    def draft(self) -> Draft:
        """What was typed, as a draft."""
        data = self.cleaned_data
        words = {
            language: rules.Words(**{part: data[f"{part}_{language}"] for part in PARTS})
            for language in LANGUAGES
        }
        if self.kind not in rules.WARNING:
            before = self.first
            return Draft(
                words["zh"],
                words["en"],
                before.responses,
                before.urgency,
                before.severity,
                before.certainty,
                before.hours,
                before.radius_km,
                before.polygon,
            )
        return Draft(
            words["zh"],
            words["en"],
            tuple(data["responses"]),
            data["urgency"],
            data["severity"],
            data["certainty"],
            data["hours"],
            data.get("radius_km"),
            data["polygon"],
        )

    def pairs(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The texts, Chinese and English side by side."""
        return [(self[f"{part}_zh"], self[f"{part}_en"]) for part in PARTS]

    def values(self) -> list[forms.BoundField]:
        names = ("responses", "urgency", "severity", "certainty", "hours", "radius_km", "polygon")
        return [self[name] for name in names if name in self.fields]


def digest_of(draft: Draft) -> str:
    """Which text a preview showed: what is sent is what was read."""
    return hashlib.sha256(json.dumps(draft.as_record(), sort_keys=True).encode()).hexdigest()[:32]
