"""Webhooks of a key: made, tested, exchanged, stopped, ended; and the log of what was sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from answerable.api.desk import wording
from answerable.api.desk.access import hook_for, key_for, message_for
from answerable.api.desk.forms import HookForm
from answerable.api.desk.keys import page as key_page
from answerable.api.hooks import services
from answerable.api.hooks.rules import CannotHook
from answerable.api.models import Hook, HookMessage, HookTry
from answerable.core.sentences import sentence
from answerable.orgs.access import Visitor, admin_view
from answerable.ui import flash
from answerable.ui.htmx import go
from answerable.ui.paging import page_number, page_of


@require_POST
@admin_view
def make(request: HttpRequest, visitor: Visitor, client_id: UUID) -> HttpResponse:
    """Where the address leads is looked at before anything is kept."""
    row = key_for(visitor, client_id)
    form = HookForm(request.POST, scopes=row.scopes)
    if not form.is_valid():
        return key_page(request, visitor, row, hook_form=form)
    url = form.cleaned_data["url"].strip()
    try:
        host = services.check_address(url)
        hook, secret = services.make_hook(
            client_id=row.pk,
            url=url,
            host=host,
            kinds=form.cleaned_data["kinds"],
            by=visitor.actor,
            now=visitor.now,
        )
    except CannotHook as refused:
        form.add_error("url" if refused.code in ("address", "https", "private") else None, sentence(refused))
        return key_page(request, visitor, row, hook_form=form)
    return _secret(request, hook, secret)


def _secret(request: HttpRequest, hook: Hook, secret: str) -> HttpResponse:
    response = render(
        request,
        "api/keys/hook_secret.html",
        {"hook": hook, "secret": secret, "overlaps": hook.old_until is not None},
    )
    response["Cache-Control"] = "no-store"
    return response


@require_GET
@admin_view
def show(request: HttpRequest, visitor: Visitor, hook_id: UUID) -> HttpResponse:
    """How it stands, and its log: response code and time of each try, ids and states of what was told."""
    hook = hook_for(visitor, hook_id)
    page = page_of(
        HookMessage.objects.filter(hook=hook).order_by("-pk"), page_number(request.GET.get("page"))
    )
    tries: dict[int, list[str]] = {}
    for one in HookTry.objects.filter(message__in=[row.pk for row in page.rows]).order_by("-pk"):
        tries.setdefault(one.message_id, []).append(wording.try_words(one))
    rows = [_row(row, tries.get(row.pk, [])) for row in page.rows]
    look, word = wording.hook_state(hook)
    context = {
        "hook": hook,
        "look": look,
        "word": word,
        "why": hook.get_stopped_why_display() if hook.stopped_at else "",
        "events": wording.event_words(hook.kinds),
        "overlaps": hook.old_until is not None and hook.old_until > visitor.now,
        "rows": rows,
        "page": page,
    }
    return render(request, "api/keys/hook.html", context)


def _row(row: HookMessage, tries: list[str]) -> dict[str, Any]:
    look, word = wording.message_state(row)
    data = row.body.get("data", {})
    return {
        "message": row,
        "name": f"msg_{row.name}",
        "event": wording.event_word(row.kind),
        "about": data.get("code") or data.get("identifier") or data.get("line") or "",
        "look": look,
        "word": word,
        "tries": tries,
        "can_again": row.state != HookMessage.State.QUEUED,
    }


_DONE: dict[str, tuple[Callable[..., Any], Callable[[], str]]] = {
    "test": (services.ping_hook, lambda: _("A test is on its way. It stands in the log below.")),
    "stop": (services.stop_hook, lambda: _("Stopped. What happens from now on is not told.")),
    "resume": (services.resume_hook, lambda: _("Started again. What waited goes out first.")),
    "end": (services.end_hook, lambda: _("Ended. Its address and secrets are destroyed.")),
}


@require_POST
@admin_view
def act(request: HttpRequest, visitor: Visitor, hook_id: UUID, what: str) -> HttpResponse:
    """`what`: rotate, test, stop, resume, end."""
    hook = hook_for(visitor, hook_id)
    who: dict[str, Any] = {"hook_id": hook.pk, "by": visitor.actor, "now": visitor.now}
    if what == "rotate":
        return _rotated(request, hook, who)
    if what not in _DONE:
        raise Http404
    doing, said = _DONE[what]
    more = {"key": get_random_string(20)} if what == "test" else {}
    try:
        doing(**who, **more)
    except CannotHook as refused:
        flash.warn(request, sentence(refused))
        what = "end" if refused.code == "gone" else what
    else:
        flash.done(request, said())
    if what == "end":
        return go(request, reverse("api_keys:show", args=[hook.client_id]))
    return go(request, reverse("api_keys:hook", args=[hook.pk]))


def _rotated(request: HttpRequest, hook: Hook, who: dict[str, Any]) -> HttpResponse:
    try:
        secret = services.rotate_secret(**who)
    except CannotHook as refused:
        flash.warn(request, sentence(refused))
        return go(request, reverse("api_keys:show", args=[hook.client_id]))
    return _secret(request, hook, secret)


@require_POST
@admin_view
def again(request: HttpRequest, visitor: Visitor, message_id: int) -> HttpResponse:
    row = message_for(visitor, message_id)
    try:
        services.send_again(message_id=row.pk, by=visitor.actor, now=visitor.now)
    except CannotHook as refused:
        flash.warn(request, sentence(refused))
    else:
        flash.done(request, _("It is sent again, under its own id."))
    return go(request, reverse("api_keys:hook", args=[row.hook_id]))
