"""One alarm: how it stands, what came of it so far, and what one can do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from answerable.alerts import services
from answerable.alerts.access import Watcher, alert_for, watcher_view
from answerable.alerts.alarm_words import cannot_answer, headline_of
from answerable.alerts.desk import wording
from answerable.alerts.desk.calls import calls_of
from answerable.alerts.desk.fields import Words
from answerable.alerts.desk.timeline import timeline
from answerable.alerts.models import Alert, Asked, Delivery
from answerable.alerts.refusals import CannotAnswer
from answerable.alerts.services.calls import Came, confirm_call
from answerable.alerts.steps import is_past
from answerable.ui import flash
from answerable.ui.htmx import go, page_or_part

#: What was typed and is too long is given back to be shortened; far more than this nobody typed.
MOST_TYPED = 20_000


class NoteForm(forms.Form):
    use_required_attribute = False
    text = Words(label=gettext_lazy("Note"), limit=4000, required=False)


@watcher_view
@require_safe
def show(request: HttpRequest, watcher: Watcher, alert_id: UUID) -> HttpResponse:
    return _page(request, watcher, alert_for(watcher, alert_id))


def _page(
    request: HttpRequest, watcher: Watcher, alert: Alert, *, refused: str = "", text: str = ""
) -> HttpResponse:
    here = list(Asked.objects.filter(alert=alert, step=alert.step, round=alert.round).order_by("pk"))
    mine = list(Asked.objects.filter(alert=alert, staff=watcher.staff).order_by("pk"))
    is_open = alert.state in (Alert.State.OPEN, Alert.State.UNANSWERED) and not is_past(alert)
    has_it = alert.state == Alert.State.ACKNOWLEDGED and alert.answered_by_id == watcher.staff.pk
    said_so = any(row.answer == Asked.Answer.HAVE_IT for row in mine)
    may_pass = has_it or any(
        row.round == alert.round and not row.is_told_only and row.answer != Asked.Answer.PASSED
        for row in mine
    )
    context: dict[str, Any] = {
        "alert": alert,
        "line": headline_of(alert),
        "stands": wording.stands(alert, here),
        "comes_next": wording.comes_next(alert),
        "entries": timeline(alert),
        "can_take": is_open and not said_so,
        "can_pass": may_pass and alert.state in (Alert.State.OPEN, Alert.State.ACKNOWLEDGED),
        "can_resolve": alert.state != Alert.State.RESOLVED,
        "calls": calls_of(alert.pk, watcher.at),
        "came": [(came.value, _CAME[came]()) for came in Came],
        "form": NoteForm(initial={"text": text}, auto_id="note-%s"),
        "refused": refused,
    }
    return page_or_part(request, "alerts/alarm.html", "main", context, status=409 if refused else 200)


_CAME = {
    Came.HAS_IT: lambda: _("Reached: has it"),
    Came.PASSES: lambda: _("Reached: passes it on"),
    Came.NOT_REACHED: lambda: _("Not reached"),
}


def _do(
    request: HttpRequest, watcher: Watcher, alert: Alert, doing: Callable[[], Any], said: str
) -> HttpResponse:
    try:
        doing()
    except CannotAnswer as refusal:
        again = alert_for(watcher, alert.pk)
        typed = str(request.POST.get("text", ""))[:4000]
        return _page(
            request, watcher, again, refused=cannot_answer(refusal, alert.authority.zone), text=typed
        )
    flash.done(request, said)
    return go(request, reverse("alerts:alarm", args=[alert.pk]))


@watcher_view
@require_POST
def answer(request: HttpRequest, watcher: Watcher, alert_id: UUID, what: str) -> HttpResponse:
    """ "I have it", "Pass to the next", a note, or "It is over"."""
    alert = alert_for(watcher, alert_id)
    by = watcher.actor_in(alert.authority_id)
    form = NoteForm(request.POST)
    if not form.is_valid():
        typed = str(request.POST.get("text", ""))[:MOST_TYPED]
        why = str(form.errors["text"][0])
        return _page(request, watcher, alert, refused=why, text=typed)
    text = form.cleaned_data["text"]
    doings: dict[str, tuple[Callable[[], Any], str]] = {
        "have": (
            lambda: services.acknowledge(alert_id=alert.pk, by=by, now=watcher.at),
            _("You have it. Nobody else is asked any more."),
        ),
        "pass": (
            lambda: services.decline(alert_id=alert.pk, by=by, now=watcher.at),
            _("Passed on. The next are asked."),
        ),
        "note": (
            lambda: services.note(alert_id=alert.pk, text=text, by=by, now=watcher.at),
            _("Noted."),
        ),
        "over": (
            lambda: services.resolve(alert_id=alert.pk, text=text, by=by, now=watcher.at),
            _("The alarm is over."),
        ),
    }
    if what not in doings:
        raise Http404
    return _do(request, watcher, alert, *doings[what])


@watcher_view
@require_POST
def called(request: HttpRequest, watcher: Watcher, alert_id: UUID, delivery_id: UUID) -> HttpResponse:
    """What came of a call by hand."""
    alert = alert_for(watcher, alert_id)
    get_object_or_404(Delivery, pk=delivery_id, asked__alert=alert, kind="landline")
    came = request.POST.get("came", "")
    if came not in list(Came):
        raise Http404
    by = watcher.actor_in(alert.authority_id)
    return _do(
        request,
        watcher,
        alert,
        lambda: confirm_call(delivery_id=delivery_id, came=Came(came), by=by, now=watcher.at),
        _("Written down."),
    )
