"""The board: what nobody has yet, what somebody has, what is over. And raising an alarm by hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.db.models import Case, IntegerField, Q, Value, When
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from answerable.alerts.access import Watcher, visible_alerts, watcher_view, without_kept
from answerable.alerts.alarm_words import headline_of
from answerable.alerts.around import context_of
from answerable.alerts.desk import wording
from answerable.alerts.desk.calls import people_to_call
from answerable.alerts.desk.fields import Line
from answerable.alerts.models import Alert, Asked
from answerable.alerts.refusals import CannotAnswer
from answerable.alerts.services import acknowledge, raise_alert
from answerable.alerts.services.calls import calls_to_make
from answerable.orgs.kept_out import KINDS, NEVER_A_DANGER, names_a_gathering, sorts_people_by
from answerable.orgs.models import Unit
from answerable.orgs.standing import standing
from answerable.ui import flash
from answerable.ui.htmx import go, page_or_part
from answerable.ui.paging import page_number, page_of
from answerable.ui.parts import Tab

MOST_OPEN = 200
MOST_OVER = 1000


@dataclass(frozen=True)
class Row:
    alert: Alert
    line: str
    stands: str
    comes_next: str
    url: str


def rows_of(alerts: Sequence[Alert]) -> list[Row]:
    asked: dict[UUID, list[Asked]] = defaultdict(list)
    here = Q()
    for alert in alerts:
        if alert.state == Alert.State.OPEN:
            here |= Q(alert=alert, step=alert.step, round=alert.round)
    if here:
        for row in Asked.objects.filter(here).order_by("pk"):
            asked[row.alert_id].append(row)
    return [
        Row(
            alert,
            headline_of(alert),
            wording.stands(alert, asked[alert.pk]),
            wording.comes_next(alert),
            reverse("alerts:alarm", args=[alert.pk]),
        )
        for alert in alerts
    ]


_FIRST = Case(
    When(state=Alert.State.OPEN, then=Value(0)),
    When(state=Alert.State.UNANSWERED, then=Value(1)),
    default=Value(2),
    output_field=IntegerField(),
)


@watcher_view
@require_safe
def board(request: HttpRequest, watcher: Watcher) -> HttpResponse:
    """What is open, whose turn it is, and what comes next; what waits to be called by hand. What is not urgent, and
    what is over, have a list of their own."""
    which = request.GET.get("list", "")
    every = visible_alerts(watcher).select_related("authority", "answered_by")
    still = every.exclude(state=Alert.State.RESOLVED).annotate(first=_FIRST).order_by("first", "-opened_at")
    calm = without_kept(watcher, still.filter(is_urgent=False)[:MOST_OPEN])
    if which == "over":
        found = without_kept(
            watcher, every.filter(state=Alert.State.RESOLVED).order_by("-ended_at")[:MOST_OVER]
        )
    else:
        found = calm if which == "calm" else without_kept(watcher, still.filter(is_urgent=True)[:MOST_OPEN])
    page = page_of(found, page_number(request.GET.get("page")))
    waiting = [] if which == "over" else calls_to_make([alert.pk for alert in found])
    calls = [call for call in waiting if call.next_try_at is None or call.next_try_at <= watcher.at]
    context = {
        "rows": rows_of(page.rows),
        "page": page,
        "is_over": which == "over",
        "is_calm": which == "calm",
        "calm_count": len(calm),
        "mine": len(_asking_me(watcher, calm)) if which == "calm" else 0,
        "calls": people_to_call(calls),
        "tabs": _tabs(which, len(calm)),
        "leads": bool(watcher.led),
    }
    return page_or_part(request, "alerts/board.html", "main", context)


def _tabs(which: str, calm: int) -> list[Tab]:
    here = reverse("alerts:board")
    count = f"{calm}+" if calm >= MOST_OPEN else str(calm)
    return [
        Tab(pgettext("alarms", "Open"), here, is_current=which not in ("calm", "over")),
        Tab(_("Not urgent"), here + "?list=calm", is_current=which == "calm", count=count),
        Tab(_("Over"), here + "?list=over", is_current=which == "over"),
    ]


def _asking_me(watcher: Watcher, alerts: Sequence[Alert]) -> list[UUID]:
    """Which of these wait for the watcher's own word."""
    rows = Asked.objects.filter(
        alert__in=[alert.pk for alert in alerts if alert.state == Alert.State.OPEN],
        staff=watcher.staff,
        is_told_only=False,
    )
    waiting = rows.filter(answer=Asked.Answer.NONE)
    return list(dict.fromkeys(waiting.order_by("alert__opened_at").values_list("alert", flat=True)))


@watcher_view
@require_POST
def have_calm(request: HttpRequest, watcher: Watcher) -> HttpResponse:
    """ "I have them": every alarm that is not urgent and asks the watcher. Each is an answer of its own."""
    every = visible_alerts(watcher).filter(is_urgent=False, state=Alert.State.OPEN).order_by("-opened_at")
    count = 0
    bodies: dict[UUID, int] = dict(every.values_list("pk", "authority_id"))
    for alert_id in _asking_me(watcher, without_kept(watcher, every[:MOST_OPEN])):
        try:
            acknowledge(alert_id=alert_id, by=watcher.actor_in(bodies[alert_id]), now=watcher.at)
        except CannotAnswer:
            continue  # somebody else was quicker; the list says who
        count += 1
    if count:
        text = ngettext("You have it. %(count)s alarm.", "You have them. %(count)s alarms.", count)
        flash.done(request, text % {"count": count})
    else:
        flash.warn(request, _("Nothing that is not urgent waits for you."))
    return go(request, reverse("alerts:board") + "?list=calm")


class RaiseForm(forms.Form):
    """An alarm by hand."""

    use_required_attribute = False

    key = forms.UUIDField(widget=forms.HiddenInput)
    text = Line(
        label=gettext_lazy("What has happened, and where?"),
        max_length=200,
        help_text=gettext_lazy("One sentence. No names of people who bring matters."),
    )
    unit = forms.ChoiceField(label=gettext_lazy("With which unit does it rest?"))
    is_urgent = forms.BooleanField(
        label=gettext_lazy("Urgent: life, health or property is in danger. Quiet hours do not count."),
        required=False,
    )
    is_drill = forms.BooleanField(label=gettext_lazy("This is a drill."), required=False)

    def __init__(self, data: Any = None, *, watcher: Watcher) -> None:
        super().__init__(data, initial={"key": uuid4(), "is_urgent": True}, auto_id="alarm-%s")
        bodies = {body.pk for body in watcher.bodies}
        units = [u for u in standing().units.values() if u.authority_id in bodies and u.closed_on is None]
        units.sort(key=lambda unit: (unit.authority_id, unit.path))
        self.fields["unit"].choices = [(unit.pk, _unit_words(unit, len(bodies) > 1)) for unit in units]  # type: ignore[attr-defined]
        self.initial["unit"] = watcher.posts[0].unit_id

    def clean_text(self) -> str:
        text = str(self.cleaned_data["text"])
        if names_a_gathering(text):
            raise forms.ValidationError(
                _(
                    "A gathering, and people who bring a matter, are no emergency. "
                    "If somebody is in danger, say from what: fire, water, an injury."
                )
            )
        what = sorts_people_by(text, among=NEVER_A_DANGER)
        if what:
            raise forms.ValidationError(
                _("An alarm is about a danger, never about people by %(what)s. Say what the danger is.")
                % {"what": _(KINDS[what])}
            )
        return text


def _unit_words(unit: Unit, with_body: bool) -> str:
    return f"{unit.authority.name}: {unit.name}" if with_body else unit.name


@watcher_view
@require_http_methods(["GET", "HEAD", "POST"])
def raise_by_hand(request: HttpRequest, watcher: Watcher) -> HttpResponse:
    """Raise an alarm; the same form sent twice raises one."""
    form = RaiseForm(request.POST if request.method == "POST" else None, watcher=watcher)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        unit = standing().units[int(data["unit"])]
        alert = raise_alert(
            "manual",
            authority_id=unit.authority_id,
            key=f"manual:{watcher.staff.pk}:{data['key']}",
            now=watcher.at,
            by=watcher.actor_in(unit.authority_id),
            facts={"text": data["text"], "unit_zh": unit.name_zh, "unit_en": unit.name_en},
            context=context_of(unit),
            is_urgent=data["is_urgent"],
            is_drill=data["is_drill"],
        )
        flash.done(request, _("The alarm is raised."))
        return go(request, reverse("alerts:alarm", args=[alert.pk]))
    status = 422 if form.errors else 200
    return page_or_part(request, "alerts/raise.html", "main", {"form": form}, status=status)
