"""Duty and incidents: how well lines were covered, how soon alarms were acknowledged, targets against what was done."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from answerable.duty.models import Line
from answerable.figures import duty as kept
from answerable.figures.behind import responses
from answerable.figures.behind.responses import PARTS, Response
from answerable.figures.duty import Duty
from answerable.figures.duty import Measure as M
from answerable.figures.pages import around
from answerable.figures.scope import Scope, figures_view
from answerable.figures.tables import Number
from answerable.figures.wording import hours_text, minutes_text, percent
from answerable.incidents.reviews.rules import Outcome, Tally
from answerable.ui.htmx import page_or_part


@require_safe
@figures_view
def duty(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Coverage, roll calls, and time to acknowledge. Of lines and bodies, never of one who stood."""
    found = kept.of_period(scope.authority.pk, scope.period)
    rows = [_line(scope, line, found[line.pk]) for line in kept.lines_of(scope.unit_ids) if line.pk in found]
    context = around(scope, "duty") | {"rows": rows, "alarms": _alarms(scope, found.get(None, Duty()))}
    return page_or_part(request, "figures/duty.html", "main", context)


def _line(scope: Scope, line: Line, one: Duty) -> dict[str, Any]:
    needed, missing, called = one.n[M.NEEDED], one.n[M.MISSING], one.n[M.CALLED]

    def opens(name: str, n: int) -> str:
        return reverse("figures:things") + scope.address(list=name, line=line.pk) if n else ""

    covered = _("%(part)s of %(all)s") % {"part": hours_text(needed - missing), "all": hours_text(needed)}
    there = _("%(part)s of %(all)s") % {"part": f"{one.n[M.THERE]:,}", "all": f"{called:,}"}
    gaps = one.n[M.GAPS]
    return {
        "name": line.name,
        "unit": line.unit.name,
        "covered": Number(percent(one.covered_share), opens("days", needed), covered if needed else ""),
        "gaps": Number(f"{gaps:,}", opens("gaps", gaps), hours_text(missing) if missing else ""),
        "calls": Number(f"{one.n[M.CALLS]:,}", opens("calls", one.n[M.CALLS])),
        "there": Number(percent(one.there_share), opens("calls", called), there if called else ""),
    }


def _alarms(scope: Scope, one: Duty) -> list[tuple[str, Number]]:
    acknowledged, unanswered = one.n[M.ACKNOWLEDGED], one.n[M.UNANSWERED]
    half = one.half_within
    soon = "–"
    if acknowledged:
        soon = ngettext("%(n)s minute", "%(n)s minutes", half or 0) % {"n": half} if half else _("over a day")

    def opens(name: str, n: int) -> str:
        return reverse("figures:things") + scope.address(list=name) if n else ""

    return [
        (
            _("Urgent alarms acknowledged"),
            Number(f"{acknowledged:,}", opens("acknowledged", acknowledged)),
        ),
        (_("half of them within"), Number(soon, opens("acknowledged", acknowledged))),
        (
            _("Urgent alarms that nobody acknowledged"),
            Number(f"{unanswered:,}", opens("unanswered", unanswered)),
        ),
    ]


@require_safe
@figures_view
def incidents(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Each response of the period: what its plan wanted by when, and when it was done."""
    found = responses.responses(scope)
    began, called = responses.began(scope).count(), responses.called(scope).count()
    context = around(scope, "incidents") | {
        "rows": [_incident(scope, one) for one in found],
        "total": [_kept(scope, part, responses.together(one.parts[part] for one in found)) for part in PARTS],
        "began": Number(f"{began:,}", _opens(scope, "began") if began else ""),
        "called": Number(f"{called:,}", _opens(scope, "called") if called else ""),
        "more": responses.too_many(began),
    }
    return page_or_part(request, "figures/incidents.html", "main", context)


def _opens(scope: Scope, name: str, **more: object) -> str:
    return reverse("figures:things") + scope.address(list=name, **more)


def _incident(scope: Scope, one: Response) -> dict[str, Any]:
    incident, figures = one.incident, one.figures
    url = reverse("incidents:show", args=[incident.pk])
    return {
        "code": incident.code,
        "name": incident.called,
        "unit": incident.unit.name,
        "url": url,
        "activated_at": incident.activated_at,
        "to_activation": _minutes(figures.to_activation_min),
        "lasted": _minutes(figures.lasted_min),
        "parts": [_kept(scope, part, one.parts[part], response=incident.pk) for part in PARTS],
    }


def _minutes(minutes: int | None) -> str:
    return "–" if minutes is None else minutes_text(minutes)


def _kept(scope: Scope, part: str, one: Tally, **more: object) -> Number:
    """In time, of those that had a target: each opens its own."""
    if not one.with_target:
        return Number("–")
    share = percent(one.in_time / one.with_target)
    says = _("%(part)s of %(all)s") % {"part": f"{one.in_time:,}", "all": f"{one.with_target:,}"}
    outcome = Outcome.IN_TIME if one.in_time else None
    return Number(share, _opens(scope, part, outcome=outcome, **more), says)
