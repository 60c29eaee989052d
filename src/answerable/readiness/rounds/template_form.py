"""The form that writes a template: heads, and a part for each question. What it says is read as the file is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from django import forms
from django.utils.translation import gettext_lazy

from answerable.orgs.models import Authority
from answerable.readiness.rounds.forms import Plain, hazard_choices, subjects_of_body
from answerable.readiness.rounds.models import Finding
from answerable.readiness.rounds.template import schema
from answerable.readiness.rounds.template.schema import Question, RoundFile
from answerable.readiness.rounds.template.writing import text_of_values

KINDS = {
    "yes_no": gettext_lazy("yes or no"),
    "measure": gettext_lazy("a measure"),
    "choice": gettext_lazy("a choice"),
    "photograph": gettext_lazy("a photograph"),
    "note": gettext_lazy("words"),
}
LOOKS_AT = {
    "place": gettext_lazy("a place"),
    "item": gettext_lazy("a vehicle or equipment"),
    "contacts": gettext_lazy("contact lists, from the desk"),
    "matters": gettext_lazy("open matters, from the desk"),
}
assert set(KINDS) == set(get_args(schema.Kind))
assert set(LOOKS_AT) == set(get_args(schema.LooksAt))


def _line(label: Any, most: int = 300, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, **{"required": False} | more)


class HeadForm(Plain):
    seen = forms.IntegerField(widget=forms.HiddenInput)
    name_zh = _line(gettext_lazy("Name in Chinese"), 120, required=True)
    name_en = _line(gettext_lazy("Name in English"), 120, required=True)
    purpose_zh = forms.CharField(
        label=gettext_lazy("What it is for, in Chinese"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    purpose_en = forms.CharField(
        label=gettext_lazy("What it is for, in English"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    heed_zh = _line(gettext_lazy("What whoever goes must heed, in Chinese"))
    heed_en = _line(gettext_lazy("What whoever goes must heed, in English"))
    minutes = forms.IntegerField(label=gettext_lazy("About how many minutes it takes"), required=False)
    note = _line(gettext_lazy("What was changed, and why"))


class QuestionForm(Plain):
    """One question; a form that is left empty is none."""

    code = _line(
        gettext_lazy("Code"), 40, help_text=gettext_lazy("a-z, 0-9, - and _; it stays when words change.")
    )
    ask_zh = _line(gettext_lazy("Question in Chinese"))
    ask_en = _line(gettext_lazy("Question in English"))
    hint_zh = _line(gettext_lazy("Hint in Chinese"))
    hint_en = _line(gettext_lazy("Hint in English"))
    kind = forms.ChoiceField(label=gettext_lazy("Answered with"), choices=list(KINDS.items()))
    wrong = forms.ChoiceField(
        label=gettext_lazy("Which answer is a finding"),
        required=False,
        choices=[("", "—"), ("yes", gettext_lazy("yes")), ("no", gettext_lazy("no"))],
    )
    unit_zh = _line(gettext_lazy("Unit of the measure in Chinese"), 20)
    unit_en = _line(gettext_lazy("Unit of the measure in English"), 20)
    least = forms.FloatField(label=gettext_lazy("At least"), required=False)
    most = forms.FloatField(label=gettext_lazy("At most"), required=False)
    choices = forms.CharField(
        label=gettext_lazy("Choices"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy(
            "One a line: code | Chinese | English. A “!” at the end of the line makes it a finding."
        ),
    )
    is_needed = forms.BooleanField(label=gettext_lazy("It must be answered"), required=False)
    finds_zh = _line(gettext_lazy("What is found, in Chinese"), 120)
    finds_en = _line(gettext_lazy("What is found, in English"), 120)
    severity = forms.ChoiceField(
        label=gettext_lazy("How grave"), choices=Finding.Severity.choices, required=False
    )
    becomes = forms.ChoiceField(
        label=gettext_lazy("What becomes of it"), choices=Finding.Becomes.choices, required=False
    )
    within_days = forms.IntegerField(label=gettext_lazy("Mended within so many days"), required=False)
    check_days = forms.IntegerField(
        label=gettext_lazy("Then looked at by somebody else within so many days"), required=False
    )
    hazard = forms.ChoiceField(label=gettext_lazy("Danger of the incident"), required=False)
    subject = forms.ChoiceField(label=gettext_lazy("Subject of the case"), required=False)
    place = forms.IntegerField(label=gettext_lazy("Place in the order"), required=False)
    drop = forms.BooleanField(label=gettext_lazy("Leave this question out"), required=False)

    def __init__(self, *args: Any, body: Authority, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["hazard"].choices = [("", "—"), *hazard_choices()]  # type: ignore[attr-defined]
        known = subjects_of_body(body)
        # A code that ships and that this body has not yet stays in the file until another one is chosen.
        given = str(self.initial.get("subject") or "")
        if given and given not in {code for code, _name in known}:
            known = [*known, (given, given)]
        self.fields["subject"].choices = [("", "—"), *known]  # type: ignore[attr-defined]

    @property
    def is_blank(self) -> bool:
        given = self.cleaned_data
        return not any(given.get(name) for name in ("code", "ask_zh", "ask_en"))

    def values(self) -> dict[str, Any]:
        """The question as the file says it."""
        given = self.cleaned_data
        kind = given["kind"]
        found: dict[str, Any] = {
            "code": given["code"],
            "ask": _both(given, "ask"),
            "hint": _both(given, "hint"),
            "kind": kind,
            "wrong": given["wrong"],
            "unit": _both(given, "unit"),
            "least": _number(given["least"]),
            "most": _number(given["most"]),
            "choices": _choices(given["choices"]),
            "finds": self._finds(),
        }
        if not given["is_needed"] and kind not in ("photograph", "note"):
            found["needed"] = False
        return {name: one for name, one in found.items() if one not in (None, "", {}, [])}

    def _finds(self) -> dict[str, Any] | None:
        given = self.cleaned_data
        names = _both(given, "finds")
        if not names:
            return None
        becomes = given["becomes"] or "repair"
        found = {"names": names, "severity": given["severity"] or "minor", "becomes": becomes}
        if given["within_days"] is not None:
            found["within_days"] = given["within_days"]
        if given["check_days"] is not None:
            found["check_days"] = given["check_days"]
        if becomes == "incident" and given["hazard"]:
            found["hazard"] = given["hazard"]
        if becomes == "case" and given["subject"]:
            found["subject"] = given["subject"]
        return found


QuestionForms = forms.formset_factory(QuestionForm, extra=1, max_num=schema.MOST_QUESTIONS, absolute_max=80)


def _both(given: Mapping[str, Any], name: str) -> dict[str, str] | None:
    """Both languages; one alone stays, and reading the file says what is missing."""
    zh, en = given[f"{name}_zh"].strip(), given[f"{name}_en"].strip()
    if not zh and not en:
        return None
    return {tongue: words for tongue, words in (("zh", zh), ("en", en)) if words}


def _number(value: float | None) -> float | int | None:
    return int(value) if value is not None and value.is_integer() else value


def _choices(text: str) -> list[dict[str, Any]]:
    found = []
    for line in text.splitlines():
        if not line.strip():
            continue
        wrong = line.rstrip().endswith(("!", "！"))
        parts = [part.strip() for part in line.rstrip().rstrip("!！").replace("｜", "|").split("|")]
        code, zh, en = (*parts, "", "", "")[:3]
        choice: dict[str, Any] = {"code": code, "names": {"zh": zh, "en": en}}
        found.append(choice | {"wrong": True} if wrong else choice)
    return found


# ---------------------------------------------------------------- to and from a file


def head_initial(file: RoundFile, seen: int) -> dict[str, Any]:
    return {
        "seen": seen,
        "name_zh": file.names.zh,
        "name_en": file.names.en,
        "purpose_zh": file.purpose.zh,
        "purpose_en": file.purpose.en,
        "heed_zh": file.heed.zh if file.heed else "",
        "heed_en": file.heed.en if file.heed else "",
        "minutes": file.minutes,
    }


def questions_initial(file: RoundFile) -> list[dict[str, Any]]:
    return [_question_initial(one, place) for place, one in enumerate(file.questions, 1)]


def _question_initial(one: Question, place: int) -> dict[str, Any]:
    found: dict[str, Any] = {
        "code": one.code,
        "ask_zh": one.ask.zh,
        "ask_en": one.ask.en,
        "hint_zh": one.hint.zh if one.hint else "",
        "hint_en": one.hint.en if one.hint else "",
        "kind": one.kind,
        "wrong": one.wrong or "",
        "unit_zh": one.unit.zh if one.unit else "",
        "unit_en": one.unit.en if one.unit else "",
        "least": one.least,
        "most": one.most,
        "choices": "\n".join(
            f"{c.code} | {c.names.zh} | {c.names.en}{' !' if c.wrong else ''}" for c in one.choices
        ),
        "is_needed": one.needed,
        "place": place,
    }
    if one.finds is not None:
        finds = one.finds
        found |= {
            "finds_zh": finds.names.zh,
            "finds_en": finds.names.en,
            "severity": finds.severity,
            "becomes": finds.becomes,
            "within_days": finds.within_days,
            "check_days": finds.check_days,
            "hazard": finds.hazard or "",
            "subject": finds.subject or "",
        }
    return found


def text_of_forms(before: RoundFile, head: HeadForm, questions: Any) -> str:
    """The file that the forms say; what looks at what, and its topic, stay as they were."""
    given = head.cleaned_data
    kept = [
        one for one in questions if one.cleaned_data and not one.is_blank and not one.cleaned_data["drop"]
    ]
    kept.sort(key=lambda one: one.cleaned_data["place"] or schema.MOST_QUESTIONS + 1)
    return text_of_values(
        {
            "format": before.format,
            "code": before.code,
            "names": _both(given, "name"),
            "purpose": _both(given, "purpose"),
            "looks_at": before.looks_at,
            "topic": before.topic,
            "minutes": given["minutes"],
            "heed": _both(given, "heed"),
            "questions": [one.values() for one in kept],
        }
    )
