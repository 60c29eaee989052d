"""The answers read back, a row each, with the way to change it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext, pgettext

from answerable.cases.portal import flow
from answerable.cases.portal.asking import Question
from answerable.cases.portal.draft import Draft
from answerable.cases.portal.office import Office
from answerable.cases.portal.questions import QUESTIONS

#: A longer text is shown by its beginning; the whole stands on its own page.
SHOWN = 1500
#: Shown apart, or nothing that is sent.
SILENT = ("help", "files", "check")


@dataclass(frozen=True)
class Row:
    """What was asked, what was answered, where to change it."""

    what: str
    text: str
    url: str
    more: int = 0


def rows(draft: Draft, office: Office) -> list[Row]:
    """Every answer on the path, in its order. Empty optional answers are said to be empty."""
    found: list[Row] = []
    for step in flow.path(draft.answers, office.setting):
        if step not in SILENT:
            found += _rows_of(QUESTIONS[step](draft=draft, office=office))
        if step == "files":
            names = "\n".join(file.name for file in draft.files) or pgettext("files", "None")
            found.append(Row(gettext("Files"), names, reverse("portal:files")))
    return found


def _rows_of(question: Question) -> list[Row]:
    url = reverse("portal:question", args=[question.step])
    found = []
    for bound in question:
        if bound.name == "find":
            continue
        text = _text(question, bound.field, question.initial.get(bound.name))
        shown, more = text[:SHOWN], max(0, len(text) - SHOWN)
        found.append(
            Row(
                str(bound.label),
                shown or pgettext("an answer", "Nothing"),
                f"{url}#{bound.id_for_label}",
                more,
            )
        )
    return found


def _text(question: Question, field: forms.Field, value: Any) -> str:
    if isinstance(field, forms.ChoiceField):
        words = dict(field.choices)  # type: ignore[arg-type]
        if question.step == "subject" and value:
            return question.office.subjects.full_name(int(value))
        chosen = value if isinstance(value, list) else [value]
        return "\n".join(str(words[str(one)]).lstrip("— ") for one in chosen if str(one) in words)
    return str(value or "")
