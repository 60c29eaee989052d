"""Keys: which systems have one, a new one, exchanged, taken back. The secret is on one answer, and nowhere else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from answerable.api import clients
from answerable.api.desk import wording
from answerable.api.desk.access import key_for, keys_of
from answerable.api.desk.forms import HookForm, KeyForm, RotateForm
from answerable.api.models import ApiClient, Hook
from answerable.api.scopes import CannotIssue, Scope
from answerable.core.sentences import sentence
from answerable.orgs.access import Visitor, admin_view
from answerable.orgs.models import Authority
from answerable.ui import flash
from answerable.ui.htmx import go

#: At which field of the form a refusal is said.
_FIELDS = {
    "unnamed": "name",
    "named": "name",
    "no_scope": "scopes",
    "acts_auditor": "post",
    "unit_missing": "unit",
    "unit_elsewhere": "unit",
    "post_missing": "post",
    "post_elsewhere": "post",
    "expired": "until",
}


@require_GET
@admin_view
def listed(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    rows = [_row(row, visitor) for row in keys_of(visitor)]
    return render(request, "api/keys/list.html", {"rows": rows, "many": len(visitor.runs) > 1})


def _row(row: ApiClient, visitor: Visitor) -> dict[str, Any]:
    look, word = wording.key_state(row, visitor.now)
    last_day = wording.last_day(row)
    return {"key": row, "look": look, "word": word, "scopes": wording.scope_words(row), "last_day": last_day}


def _body(visitor: Visitor, code: str) -> Authority:
    """The body that was named, else one's own, else the first that is run."""
    inside = [body for body in visitor.runs if not body.is_outside] or visitor.runs
    named = next((body for body in inside if body.code == code), None)
    return named or next((body for body in inside if body.pk == visitor.home.pk), inside[0])


@require_http_methods(["GET", "POST"])
@admin_view
def new(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    body = _body(visitor, request.GET.get("body", ""))
    form = KeyForm(request.POST or None, body=body, now=visitor.now)
    if request.method == "POST" and form.is_valid():
        try:
            row, secret = clients.issue_key(by=visitor.actor, now=visitor.now, **form.typed())
        except CannotIssue as refused:
            form.add_error(_FIELDS.get(refused.code), sentence(refused))
        else:
            return _secret(request, row, secret)
    bodies = [one for one in visitor.runs if not one.is_outside]
    context = {"form": form, "body": body, "bodies": bodies if len(bodies) > 1 else []}
    return render(request, "api/keys/new.html", context, status=422 if form.errors else 200)


def _secret(request: HttpRequest, row: ApiClient, secret: str) -> HttpResponse:
    context = {
        "key": row,
        "secret": secret,
        "sent_by_open311": Scope.OPEN311_WRITE in row.scopes,
        "sent_as_bearer": set(row.scopes) != {Scope.OPEN311_WRITE},
    }
    response = render(request, "api/keys/secret.html", context)
    response["Cache-Control"] = "no-store"
    return response


@require_GET
@admin_view
def show(request: HttpRequest, visitor: Visitor, client_id: UUID) -> HttpResponse:
    return page(request, visitor, key_for(visitor, client_id))


def page(
    request: HttpRequest,
    visitor: Visitor,
    row: ApiClient,
    *,
    hook_form: HookForm | None = None,
) -> HttpResponse:
    """One key with its webhooks; with a form that was refused."""
    look, word = wording.key_state(row, visitor.now)
    hooks = [
        {"hook": hook, "state": wording.hook_state(hook), "events": wording.event_words(hook.kinds)}
        for hook in Hook.objects.filter(client=row, ended_at=None).order_by("made_at", "pk")
    ]
    context = {
        "key": row,
        "look": look,
        "word": word,
        "is_live": look != "closed",
        "why_stopped": wording.why_stopped(row),
        "scopes": wording.scope_words(row),
        "last_day": wording.last_day(row),
        "overlaps": row.old_until is not None and row.old_until > visitor.now,
        "hooks": hooks,
        "rotate_form": RotateForm(),
        "hook_form": hook_form or HookForm(scopes=row.scopes),
        "is_open": hook_form is not None,
    }
    return render(request, "api/keys/key.html", context, status=422 if hook_form else 200)


@require_POST
@admin_view
def rotate(request: HttpRequest, visitor: Visitor, client_id: UUID) -> HttpResponse:
    row, form = key_for(visitor, client_id), RotateForm(request.POST)
    if not form.is_valid():
        flash.warn(request, _("Say for how long the secret in use goes on working. Nothing was changed."))
        return go(request, reverse("api_keys:show", args=[row.pk]))
    overlap = timedelta(days=int(form.cleaned_data["overlap"]))
    try:
        secret = clients.rotate_key(client_id=row.pk, overlap=overlap, by=visitor.actor, now=visitor.now)
    except CannotIssue as refused:
        flash.warn(request, sentence(refused))
        return go(request, reverse("api_keys:show", args=[row.pk]))
    return _secret(request, row, secret)


@require_POST
@admin_view
def revoke(request: HttpRequest, visitor: Visitor, client_id: UUID) -> HttpResponse:
    row = key_for(visitor, client_id)
    clients.revoke_key(client_id=row.pk, by=visitor.actor, now=visitor.now)
    flash.done(request, _("Taken back. The key opens nothing any more; what came in with it stays."))
    return go(request, reverse("api_keys:list"))
