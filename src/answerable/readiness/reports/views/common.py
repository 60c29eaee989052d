"""What the pages share: carry out, say a refusal at its form, a report as a list shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.urls import reverse

from answerable.core.refusals import Changed, NotYours, Refusal
from answerable.readiness.reports import wording
from answerable.readiness.reports.access import Reader
from answerable.readiness.reports.models import DueReport


@dataclass(frozen=True)
class Row:
    """A report as a list shows it."""

    report: DueReport
    look: str
    word: str
    left: str
    url: str


def row_of(report: DueReport, reader: Reader) -> Row:
    look, word = wording.word_of(report, reader.now)
    left = wording.left_text(report.due_at, reader.now) if report.state in ("open", "back") else ""
    return Row(report, look, word, left, reverse("due_reports:report", args=[report.pk]))


def rows_of(reports: Iterable[DueReport], reader: Reader) -> list[Row]:
    return [row_of(one, reader) for one in reports]


def attempt(form: Form | None, do: Callable[[], Any]) -> str:
    """Carry it out; "" or the refusal's sentence, which stands at the form too. Raises PermissionDenied."""
    try:
        do()
    except NotYours as refusal:
        raise PermissionDenied(wording.refusal_words(refusal)) from refusal
    except Refusal as refusal:
        said = wording.refusal_words(refusal)
        if form is not None:
            if isinstance(refusal, Changed):
                form.data = form.data.copy()  # type: ignore[attr-defined]
                form.data["seen_version"] = str(refusal.facts["version"])  # type: ignore[index]
            form.add_error(None, said)
        return said
    return ""
