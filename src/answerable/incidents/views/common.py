"""What the incident pages share: carry out a form, show one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django import forms as django_forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from answerable.core.refusals import Changed, Refusal
from answerable.incidents import wording
from answerable.incidents.models import Incident


def attempt(form: django_forms.Form, do: Callable[[], Any]) -> bool:
    """Carry out what a valid form asks; a refusal is said at the form, with what was typed still in it."""
    try:
        do()
    except Changed as refusal:
        # Sent once more, it stands against what is there now.
        form.data = cast(Any, form.data).copy()
        cast(Any, form.data)["seen_version"] = str(refusal.facts["version"])
        form.add_error(None, wording.refusal_words(refusal))
        return False
    except Refusal as refusal:
        form.add_error(None, wording.refusal_words(refusal))
        return False
    return True


def form_page(
    request: HttpRequest,
    form: django_forms.Form,
    *,
    incident: Incident | None = None,
    title: Any,
    back: str,
    button: Any,
    hint: Any = "",
    about: str = "",
    template: str = "incidents/form.html",
    **more: Any,
) -> HttpResponse:
    context = {
        "form": form,
        "incident": incident,
        "title": title,
        "back": back,
        "button": button,
        "hint": hint,
        "about": about,
        **more,
    }
    return render(request, template, context, status=422 if form.errors else 200)
