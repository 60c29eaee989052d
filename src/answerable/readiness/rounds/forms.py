"""Forms of rounds. What they say is checked again by the services, under the lock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from answerable.incidents.hazards import HAZARDS
from answerable.incidents.plans.forms import FileForm
from answerable.incidents.plans.forms import UploadForm as PlanUpload
from answerable.orgs.models import Authority
from answerable.orgs.standing import standing
from answerable.readiness.rounds.models import Finding
from answerable.readiness.rounds.rules import LONGEST_NOTE, Given
from answerable.readiness.rounds.template.schema import Question, RoundFile
from answerable.readiness.rounds.wording import language, limits_text
from answerable.ui.fields import RadioCards, TypedDateField

__all__ = ["FileForm", "UploadForm"]


class UploadForm(PlanUpload):
    """A file to begin a template with."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["upload"].label = _("A template's file (YAML)")


class Plain(forms.Form):
    use_required_attribute = False


def posts_of_body(body: Authority) -> list[tuple[int, str]]:
    """Open posts of a body, by unit."""
    rows = [
        (post.unit.path, post.pk, f"{post.unit.name} · {post.name}")
        for post in standing().posts.values()
        if post.unit.authority_id == body.pk and post.closed_on is None and post.unit.closed_on is None
    ]
    return [(pk, name) for _path, pk, name in sorted(rows)]


def subjects_of_body(body: Authority) -> list[tuple[str, str]]:
    rows = [
        (one.path, one.code, one.name)
        for one in standing().subjects.values()
        if one.authority_id == body.pk and one.closed_on is None
    ]
    return [(code, name) for _path, code, name in sorted(rows)]


def hazard_choices() -> list[tuple[str, str]]:
    return [(code, _(name)) for code, name in HAZARDS.items()]


# ---------------------------------------------------------------- one round


class RoundForm(Plain):
    """The questions of one round, as its version of the template asks them."""

    def __init__(
        self,
        data: Any = None,
        *,
        file: RoundFile,
        body: Authority,
        answers: Mapping[str, Given] | None = None,
    ) -> None:
        super().__init__(data, initial=_initial(answers or {}))
        self.file = file
        self._subjects = subjects_of_body(body)
        for question in file.questions:
            if question.kind != "photograph":
                self._add(question)

    def _add(self, question: Question) -> None:
        code, tongue = question.code, language()
        hint = question.hint.in_language(tongue) if question.hint else limits_text(question)
        self.fields[f"a-{code}"] = _answer_field(question, question.ask.in_language(tongue), hint)
        if self.file.is_desk_review or question.kind == "note":
            return
        self.fields[f"n-{code}"] = forms.CharField(
            label=_("What is seen of it"),
            required=False,
            max_length=LONGEST_NOTE,
            help_text=_("Of the place or thing, nothing about persons."),
        )
        if not question.can_find:
            return
        self.fields[f"b-{code}"] = forms.ChoiceField(
            label=_("If it is wrong, it becomes"),
            required=False,
            choices=[("", _("what the template says")), *Finding.Becomes.choices],
        )
        self.fields[f"s-{code}"] = forms.ChoiceField(
            label=_("Subject of the case"), required=False, choices=[("", "—"), *self._subjects]
        )
        self.fields[f"h-{code}"] = forms.ChoiceField(
            label=_("Danger of the incident"), required=False, choices=[("", "—"), *hazard_choices()]
        )

    def rows(self) -> list[dict[str, Any]]:
        """Each question with its fields, for the page."""
        found = []
        for question in self.file.questions:
            code = question.code
            more = [self[f"{part}-{code}"] for part in "nbsh" if f"{part}-{code}" in self.fields]
            found.append(
                {
                    "question": question,
                    "ask": question.ask.in_language(language()),
                    "field": self[f"a-{code}"] if f"a-{code}" in self.fields else None,
                    "more": more,
                    "open": any(bound.value() for bound in more),
                }
            )
        return found

    def given(self) -> dict[str, Given]:
        """What was answered; questions left open are left out."""
        found = {}
        for question in self.file.questions:
            words = {
                name: str(self.cleaned_data.get(f"{part}-{question.code}") or "")
                for part, name in zip("anbsh", ("value", "note", "becomes", "subject", "hazard"), strict=True)
            }
            if any(words.values()):
                found[question.code] = Given(**words)
        return found


def _initial(answers: Mapping[str, Given]) -> dict[str, str]:
    parts = {"a": "value", "n": "note", "b": "becomes", "s": "subject", "h": "hazard"}
    return {f"{p}-{code}": getattr(one, name) for code, one in answers.items() for p, name in parts.items()}


def _answer_field(question: Question, label: str, hint: str) -> forms.Field:
    common: dict[str, Any] = {
        "label": label,
        "help_text": hint,
        "required": question.is_needed,
        "error_messages": {"required": _("Not answered yet.")},
    }
    if question.kind in ("yes_no", "choice"):
        options = [(one.code, one.names.in_language(language())) for one in question.choices]
        choices = options or [("yes", _("yes")), ("no", _("no"))]
        return forms.ChoiceField(choices=choices, widget=RadioCards(), **common)
    if question.kind == "measure":
        unit = question.unit.in_language(language()) if question.unit else ""
        common["label"] = _("%(ask)s (%(unit)s)") % {"ask": label, "unit": unit} if unit else label
        box = forms.TextInput(attrs={"inputmode": "decimal", "size": 10, "class": "input-short"})
        return forms.CharField(max_length=40, widget=box, **common)
    return forms.CharField(max_length=LONGEST_NOTE, widget=forms.Textarea(attrs={"rows": 2}), **common)


# ---------------------------------------------------------------- a finding


class MendForm(Plain):
    seen_version = forms.IntegerField(widget=forms.HiddenInput)
    what = forms.CharField(
        label=gettext_lazy("What was done"), max_length=LONGEST_NOTE, widget=forms.Textarea(attrs={"rows": 2})
    )


class CheckForm(Plain):
    seen_version = forms.IntegerField(widget=forms.HiddenInput)
    is_mended = forms.ChoiceField(
        label=gettext_lazy("Somebody else looks: is it mended?"),
        choices=[("yes", gettext_lazy("Yes, it is mended")), ("no", gettext_lazy("No, not yet"))],
        widget=RadioCards(),
    )
    note = forms.CharField(
        label=gettext_lazy("What was seen"),
        max_length=LONGEST_NOTE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class GiveForm(Plain):
    seen_version = forms.IntegerField(widget=forms.HiddenInput)
    post = forms.TypedChoiceField(label=gettext_lazy("Which post mends it"), coerce=int)
    due_on = TypedDateField(
        label=gettext_lazy("By which day"),
        required=False,
        help_text=gettext_lazy(
            "The day stays where it is, whoever mends it, unless you change it and say why."
        ),
    )
    why = forms.CharField(
        label=gettext_lazy("Why another day"),
        required=False,
        max_length=LONGEST_NOTE,
        help_text=gettext_lazy("It stands in the record. Nothing about persons."),
    )

    def __init__(self, data: Any = None, *, body: Authority, **more: Any) -> None:
        super().__init__(data, **more)
        self.fields["post"].choices = posts_of_body(body)  # type: ignore[attr-defined]


class RaiseForm(Plain):
    becomes = forms.ChoiceField(
        label=gettext_lazy("It becomes"),
        choices=[("case", gettext_lazy("a case")), ("incident", gettext_lazy("an incident"))],
        widget=RadioCards(),
    )
    subject = forms.ChoiceField(label=gettext_lazy("Subject of the case"), required=False)
    hazard = forms.ChoiceField(label=gettext_lazy("Danger of the incident"), required=False)

    def __init__(self, data: Any = None, *, body: Authority) -> None:
        super().__init__(data)
        self.fields["subject"].choices = [("", "—"), *subjects_of_body(body)]  # type: ignore[attr-defined]
        self.fields["hazard"].choices = [("", "—"), *hazard_choices()]  # type: ignore[attr-defined]

    @property
    def wanted(self) -> str:
        return str(self.cleaned_data["subject" if self.cleaned_data["becomes"] == "case" else "hazard"] or "")


class FindingFilter(Plain):
    """What of the findings is shown; empty does not filter."""

    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    unit = forms.TypedChoiceField(label=gettext_lazy("Unit"), required=False, coerce=int, empty_value=None)
    severity = forms.ChoiceField(label=gettext_lazy("How grave"), required=False)
    template = forms.TypedChoiceField(
        label=gettext_lazy("Template"), required=False, coerce=int, empty_value=None
    )
    repeated = forms.BooleanField(label=gettext_lazy("Only what was found before"), required=False)

    def __init__(self, data: Any, *, units: Iterable[Any], templates: Iterable[Any]) -> None:
        super().__init__(data)
        everything = ("", _("all"))
        shown = {
            "state": [
                ("", _("not over yet")),
                ("late", _("late")),
                *Finding.State.choices,
                ("all", _("all")),
            ],
            "unit": [everything, *((unit.pk, unit.name) for unit in units)],
            "severity": [everything, *Finding.Severity.choices],
            "template": [everything, *((one.pk, one.name) for one in templates)],
        }
        for name, choices in shown.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]
