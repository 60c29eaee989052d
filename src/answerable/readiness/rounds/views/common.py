"""What the pages of rounds share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpResponse

from answerable.core.refusals import NotYours, Refusal
from answerable.readiness.rounds import wording


def attempt(form: Form | None, do: Callable[[], Any]) -> str:
    """Carry it out; "" or the refusal's sentence, which stands at the form too. Raises PermissionDenied."""
    try:
        do()
    except NotYours as refusal:
        raise PermissionDenied(wording.refusal_words(refusal)) from refusal
    except Refusal as refusal:
        said = wording.refusal_words(refusal)
        if form is not None:
            form.add_error(None, said)
        return said
    return ""


def pdf_response(pdf: bytes, name: str) -> HttpResponse:
    """Shown in the browser's own reader, and saved under `name`."""
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"'}
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)
