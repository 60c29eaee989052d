"""Roll calls: call now, plan, see who was there. And who could be reached at all."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from answerable.alerts import readiness
from answerable.alerts.access import LEADS, Watcher, leading_view, lines_of
from answerable.alerts.desk import wording
from answerable.alerts.models import RollCall, RollCallPlan
from answerable.alerts.refusals import CannotCall
from answerable.alerts.rollcalls import answers
from answerable.alerts.services.rollcalls import call_roll, end_plan, plan_roll_calls
from answerable.orgs.standing import standing
from answerable.ui import flash
from answerable.ui.fields import CheckCards
from answerable.ui.htmx import go, page_or_part
from answerable.ui.templatetags.ui import moment

MOST_CALLS = 30
WEEKDAYS = (
    gettext_lazy("Monday"),
    gettext_lazy("Tuesday"),
    gettext_lazy("Wednesday"),
    gettext_lazy("Thursday"),
    gettext_lazy("Friday"),
    gettext_lazy("Saturday"),
    gettext_lazy("Sunday"),
)


class CallForm(forms.Form):
    use_required_attribute = False

    line = forms.ChoiceField(label=gettext_lazy("Which line?"))
    answer_within_min = forms.IntegerField(
        label=gettext_lazy("Minutes to answer"), min_value=1, max_value=240, initial=10
    )

    def __init__(self, data: Any = None, *, watcher: Watcher, prefix: str) -> None:
        super().__init__(data, prefix=prefix, auto_id=f"{prefix}-%s")
        self.lines = {line.pk: line for line in lines_of(watcher)}
        self.fields["line"].choices = [(pk, line.name) for pk, line in self.lines.items()]  # type: ignore[attr-defined]


class PlanForm(CallForm):
    at = forms.TimeField(
        label=gettext_lazy("From which time?"),
        help_text=gettext_lazy("Local time, for example 21:30."),
        widget=forms.TimeInput(attrs={"inputmode": "numeric", "size": 5}, format="%H:%M"),
    )
    spread_min = forms.IntegerField(
        label=gettext_lazy("By surprise, within how many minutes after it?"),
        help_text=gettext_lazy("0 is at that very time."),
        min_value=0,
        max_value=1440,
        initial=0,
    )
    days = forms.MultipleChoiceField(
        label=gettext_lazy("On which days?"),
        choices=list(enumerate(WEEKDAYS)),
        widget=CheckCards,
        initial=list(range(7)),
    )

    @property
    def weekdays(self) -> int:
        return sum(1 << int(day) for day in self.cleaned_data["days"])


@leading_view
@require_http_methods(["GET", "HEAD", "POST"])
def listed(request: HttpRequest, watcher: Watcher) -> HttpResponse:
    """Call now, plan, and what came of the last calls."""
    is_plan = request.POST.get("do") == "plan"
    data = request.POST if request.method == "POST" else None
    call_form = CallForm(None if is_plan else data, watcher=watcher, prefix="call")
    plan_form = PlanForm(data if is_plan else None, watcher=watcher, prefix="plan")
    form = plan_form if is_plan else call_form
    if request.method == "POST" and form.is_valid():
        try:
            return _carry_out(request, watcher, form)
        except CannotCall as refusal:
            form.add_error(None, wording.cannot_call(refusal))
    lines = list(call_form.lines)
    calls = RollCall.objects.filter(line__in=lines).select_related("line", "alert").order_by("-called_at")
    plans = RollCallPlan.objects.filter(line__in=lines, ended_at=None).select_related("line").order_by("pk")
    context = {
        "call_form": call_form,
        "plan_form": plan_form,
        "lines": lines,
        "calls": calls[:MOST_CALLS],
        "plans": [{"plan": plan, "days": _days(plan.weekdays)} for plan in plans],
    }
    status = 422 if form.errors else 200
    return page_or_part(request, "alerts/roll_calls.html", "main", context, status=status)


def _carry_out(request: HttpRequest, watcher: Watcher, form: CallForm) -> HttpResponse:
    data = form.cleaned_data
    line = form.lines[int(data["line"])]
    by = watcher.actor_in(line.authority_id, LEADS)
    minutes = data["answer_within_min"]
    if isinstance(form, PlanForm):
        plan_roll_calls(
            line=line,
            weekdays=form.weekdays,
            at=data["at"],
            spread_min=data["spread_min"],
            answer_within_min=minutes,
            by=by,
            now=watcher.at,
        )
        flash.done(request, _("Planned. Those on duty are not told of it before."))
        return go(request, reverse("alerts:roll_calls"))
    call = call_roll(line=line, answer_within_min=minutes, by=by, now=watcher.at)
    flash.done(request, _("Called. Who answers shows here as it comes."))
    return go(request, reverse("alerts:roll_call", args=[call.pk]))


def _days(weekdays: int) -> str:
    if weekdays == 127:
        return _("every day")
    return _(", ").join(str(day) for n, day in enumerate(WEEKDAYS) if weekdays & 1 << n)


@leading_view
@require_safe
def result(request: HttpRequest, watcher: Watcher, call_id: int) -> HttpResponse:
    """Who was asked by one call, and who answered in time."""
    rows = RollCall.objects.select_related("line", "alert").filter(line__in=lines_of(watcher))
    call = get_object_or_404(rows, pk=call_id)
    people = standing().staff
    heard = [(people[one.staff], one) for one in answers(call) if one.staff in people]
    heard.sort(key=lambda pair: (pair[1].at is not None, pair[0].name))
    facts = [(_("Called"), moment(call.called_at)), (_("An answer counts until"), moment(call.answer_by))]
    context = {"call": call, "heard": heard, "facts": facts}
    return page_or_part(request, "alerts/roll_call.html", "main", context)


@leading_view
@require_POST
def end(request: HttpRequest, watcher: Watcher, plan_id: int) -> HttpResponse:
    """Call by a plan no more."""
    plan = get_object_or_404(RollCallPlan, pk=plan_id, line__in=lines_of(watcher))
    end_plan(plan_id=plan.pk, by=watcher.actor_in(plan.line.authority_id, LEADS), now=watcher.at)
    flash.done(request, _("The plan has ended."))
    return go(request, reverse("alerts:roll_calls"))


_LACKS = {
    readiness.NO_WAY: lambda: _("no way to reach them is known"),
    readiness.FAILING: lambda: _("messages by this way fail"),
    readiness.UNPROVEN: lambda: _("no way was ever shown to work"),
    readiness.STALE: lambda: _("not shown to work for 90 days"),
}


@leading_view
@require_safe
def ready(request: HttpRequest, watcher: Watcher) -> HttpResponse:
    """Who stands in a ladder or is on duty and could not be reached, or nobody knows."""
    bodies = []
    for body in watcher.led:
        people = readiness.people_of(body, watcher.at)
        bodies.append(
            {
                "body": body,
                "count": len(people),
                "rows": [
                    {
                        "lack": lack,
                        "what": _LACKS[lack.code](),
                        "way": _way(lack),
                        "tone": "late" if lack.code in (readiness.NO_WAY, readiness.FAILING) else "soon",
                    }
                    for lack in readiness.lacks(people, watcher.at)
                ],
                "missed": [{"call": one.call, "said": _said(one)} for one in readiness.missed_calls([body])],
            }
        )
    return page_or_part(request, "alerts/readiness.html", "main", {"bodies": bodies})


def _said(one: readiness.Missed) -> str:
    facts = {"line": one.call.line.name, "names": wording.names(staff.pk for staff in one.missing)}
    if one.missing:
        return _("%(line)s: at the last roll call these did not answer in time: %(names)s.") % facts
    return _("%(line)s: at the last roll call nobody was on duty.") % facts


def _way(lack: readiness.Lack) -> str:
    if lack.contact is None:
        return ""
    name = wording.way(lack.contact.way)
    return f"{name} ({lack.contact.label})" if lack.contact.label else name
