"""The form in which a kind of report is set up: who owes it, when, and its lines."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import time
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from answerable.core.text import clean_line
from answerable.duty.forms import WEEKDAYS, TypedTimeField
from answerable.orgs.models import Unit
from answerable.readiness.reports import sources
from answerable.readiness.reports.fields import MOST_FIELDS, MOST_LABEL, Choice, Field, Words, read
from answerable.readiness.reports.forms import Plain
from answerable.readiness.reports.models import Kind
from answerable.readiness.reports.rules import Rhythm
from answerable.readiness.reports.services.kinds import MOST_NAME, MOST_PURPOSE, KindDraft
from answerable.ui.fields import RadioCards

EMPTY_LINES = 3
TYPES = [
    ("number", pgettext_lazy("a line of a report", "number")),
    ("text", pgettext_lazy("a line of a report", "text")),
    ("choice", pgettext_lazy("a line of a report", "choice")),
]
ADDS = [
    ("sum", _("adds up over time")),
    ("last", _("the newest counts")),
    ("no", _("is not added up")),
]


class KindForm(Plain):
    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name_zh = forms.CharField(label=_("Name in Chinese"), required=False, max_length=MOST_NAME)
    name_en = forms.CharField(label=_("Name in English"), required=False, max_length=MOST_NAME)
    purpose_zh = forms.CharField(
        label=_("What it is for, in Chinese"), required=False, max_length=MOST_PURPOSE
    )
    purpose_en = forms.CharField(
        label=_("What it is for, in English"), required=False, max_length=MOST_PURPOSE
    )
    rhythm = forms.ChoiceField(
        label=pgettext_lazy("due reports", "How often"), choices=Kind.Rhythm.choices, widget=RadioCards()
    )
    cut = TypedTimeField(
        label=_("What it covers ends at"),
        required=False,
        help_text=_(
            "Time of day, such as 8:00. Figures are counted up to then; it can be sent from then on."
        ),
    )
    due = TypedTimeField(
        label=_("Due at the latest"), required=False, help_text=_("Time of the same day, such as 8:30.")
    )
    weekday = forms.TypedChoiceField(
        label=_("Weekly: on"),
        coerce=int,
        required=False,
        empty_value=None,
        choices=[("", "—"), *WEEKDAYS],
    )
    month_day = forms.IntegerField(label=_("Monthly: on day"), required=False, min_value=1, max_value=28)
    after = forms.ChoiceField(
        label=_("After an event: when"), required=False, choices=[("", "—"), *Kind.After.choices]
    )
    hours_after = forms.IntegerField(
        label=_("After an event: within hours"), required=False, min_value=1, max_value=720
    )
    follows_periods = forms.BooleanField(
        label=_("More often while a readiness period asks for it"), required=False
    )
    remind_min = forms.IntegerField(
        label=_("Remind so many minutes before"), min_value=5, max_value=2880, initial=60
    )
    with_below = forms.TypedMultipleChoiceField(
        label=_("These units, with all below them"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    alone = forms.TypedMultipleChoiceField(
        label=_("These units alone"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Any = None, *, units: Iterable[Unit], kind: Kind | None = None) -> None:
        super().__init__(data, initial=_initial(kind) if kind is not None else {"rhythm": "daily"})
        choices = [(one.pk, "　" * (len(one.path or [1]) - 1) + one.name) for one in units]
        for name in ("with_below", "alone"):
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def draft(self, lines: Iterable[Field]) -> KindDraft:
        said = self.cleaned_data
        return KindDraft(
            name=_words(said, "name"),
            purpose=_words(said, "purpose"),
            fields=tuple(lines),
            rhythm=Rhythm(said["rhythm"]),
            owing=[
                *((pk, True) for pk in said["with_below"]),
                *((pk, False) for pk in said["alone"]),
            ],
            cut=said["cut"],
            due=said["due"],
            weekday=said["weekday"],
            month_day=said["month_day"],
            after=said["after"],
            hours_after=said["hours_after"],
            follows_periods=said["follows_periods"],
            remind_min=said["remind_min"],
        )


def _words(said: dict[str, Any], name: str) -> Words:
    return Words(zh=clean_line(said[f"{name}_zh"]).text, en=clean_line(said[f"{name}_en"]).text)


def _initial(kind: Kind) -> dict[str, Any]:
    owing = list(kind.owing.all())
    columns = (
        "name_zh", "name_en", "purpose_zh", "purpose_en", "rhythm", "weekday", "month_day", "after",
        "hours_after", "follows_periods", "remind_min",
    )  # fmt: skip
    return {name: getattr(kind, name) for name in columns} | {
        "seen_version": kind.version,
        "cut": _clock(kind.cut),
        "due": _clock(kind.due),
        "with_below": [one.unit_id for one in owing if one.with_below],
        "alone": [one.unit_id for one in owing if not one.with_below],
    }


def _clock(at: time | None) -> str:
    return f"{at:%H:%M}" if at is not None else ""


class LineForm(Plain):
    """One line of the report; one without a name is left out."""

    code = forms.CharField(widget=forms.HiddenInput, required=False, max_length=20)
    label_zh = forms.CharField(label=_("What is asked, in Chinese"), required=False, max_length=MOST_LABEL)
    label_en = forms.CharField(label=_("What is asked, in English"), required=False, max_length=MOST_LABEL)
    type = forms.ChoiceField(label=_("Kind of answer"), choices=TYPES, initial="number")
    source = forms.ChoiceField(label=_("Filled in from"), required=False)
    adds = forms.ChoiceField(label=_("In sums"), choices=ADDS, initial="sum")
    required = forms.BooleanField(label=_("It must be filled in"), required=False)
    choices = forms.CharField(
        label=_("Answers to choose from"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One a line, in both languages: 正常 | in order"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(code, gettext(one.label)) for code, one in sources.known().items()]
        self.fields["source"].choices = [("", gettext("nothing")), *known]  # type: ignore[attr-defined]

    def field(self) -> Field | None:
        said = self.cleaned_data
        if not said or not (said["label_zh"].strip() or said["label_en"].strip()):
            return None
        return Field(
            code=said["code"],
            type=said["type"],
            label=Words(zh=clean_line(said["label_zh"]).text, en=clean_line(said["label_en"]).text),
            required=said["required"],
            source=said["source"],
            adds=said["adds"] if said["type"] == "number" else "no",
            choices=tuple(_choices(said["choices"])) if said["type"] == "choice" else (),
        )


def _choices(text: str) -> Iterable[Choice]:
    for number, line in enumerate((one for one in text.splitlines() if one.strip()), 1):
        zh, bar, en = line.replace("｜", "|").partition("|")
        yield Choice(code=f"c{number}", label=Words(zh=zh.strip(), en=en.strip() if bar else zh.strip()))


Lines = formset_factory(LineForm, extra=EMPTY_LINES, max_num=MOST_FIELDS, validate_max=True)


def lines_form(data: Any, kind: Kind | None) -> BaseFormSet[LineForm]:
    """The lines of a kind, and a few empty ones."""
    initial = [
        {
            "code": one.code,
            "label_zh": one.label.zh,
            "label_en": one.label.en,
            "type": one.type,
            "source": one.source,
            "adds": one.adds,
            "required": one.required,
            "choices": "\n".join(f"{choice.label.zh} | {choice.label.en}" for choice in one.choices),
        }
        for one in (read(kind.fields) if kind is not None else ())
    ]
    return Lines(data, initial=initial, prefix="line")


def fields_of(lines: BaseFormSet[LineForm]) -> list[Field]:
    """The lines that say something, each with a code of its own: new ones get the next number."""
    found = [one for form in lines.forms if (one := form.field()) is not None]
    taken = {one.code for one in found if one.code}
    number = 0
    made: list[Field] = []
    for one in found:
        if not one.code or one.code in {earlier.code for earlier in made}:
            while f"l{number}" in taken or not number:
                number += 1
            one = one.model_copy(update={"code": f"l{number}"})
            taken.add(one.code)
        made.append(one)
    return made
