"""Duty and incidents: how well lines were covered, how soon alarms were acknowledged, targets against what was done."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from answerable.figures import duty as kept
from answerable.figures.duty import Duty
from answerable.figures.duty import Measure as M
from answerable.figures.pages import around
from answerable.figures.scope import Scope, figures_view
from answerable.figures.tables import Number
from answerable.figures.wording import percent
from answerable.incidents.models import Incident, Review
from answerable.incidents.reviews.measuring import figures_of, measure
from answerable.incidents.reviews.rules import Figures, Tally, tally
from answerable.ui.htmx import page_or_part

#: More are looked at unit by unit or month by month.
MOST_INCIDENTS = 200


@require_safe
@figures_view
def duty(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Coverage, roll calls, and time to acknowledge. Of lines and bodies, never of one who stood."""
    found = kept.of_period(scope.authority.pk, scope.period)
    rows = [_line(line, found[line.pk]) for line in kept.lines_of(scope.unit_ids) if line.pk in found]
    context = around(scope, "duty") | {"rows": rows, "alarms": _alarms(found.get(None, Duty()))}
    return page_or_part(request, "figures/duty.html", "main", context)


def _line(line: Any, one: Duty) -> dict[str, Any]:
    missing = one.n[M.MISSING]
    calls = reverse("alerts:roll_calls")
    return {
        "name": line.name,
        "unit": line.unit.name,
        "covered": Number(percent(one.covered_share), reverse("duty:line_coverage", args=[line.pk])),
        "missing": Number(_hours(missing)),
        "calls": Number(f"{one.n[M.CALLS]:,}", calls if one.n[M.CALLS] else ""),
        "there": Number(
            percent(one.there_share),
            says=_("%(part)s of %(all)s") % {"part": one.n[M.THERE], "all": one.n[M.CALLED]}
            if one.n[M.CALLED]
            else "",
        ),
    }


def _hours(minutes: int) -> str:
    return _("%(hours)s h %(minutes)s min") % {"hours": f"{minutes // 60:,}", "minutes": minutes % 60}


def _alarms(one: Duty) -> list[tuple[str, Number]]:
    board, acknowledged = reverse("alerts:board"), one.n[M.ACKNOWLEDGED]
    half = one.half_within
    soon = "–"
    if acknowledged:
        soon = ngettext("%(n)s minute", "%(n)s minutes", half or 0) % {"n": half} if half else _("over a day")
    return [
        (_("Urgent alarms acknowledged"), Number(f"{acknowledged:,}", board if acknowledged else "")),
        (_("half of them within"), Number(soon)),
        (_("Urgent alarms that nobody acknowledged"), Number(f"{one.n[M.UNANSWERED]:,}")),
    ]


@require_safe
@figures_view
def incidents(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Each response of the period: what its plan wanted by when, and when it was done."""
    since, until = scope.instants()
    rows = Incident.objects.filter(
        unit__in=scope.unit_ids, is_drill=False, activated_at__gte=since, activated_at__lt=until
    ).select_related("authority", "unit", "place", "plan_version")
    found = list(rows.order_by("-activated_at")[:MOST_INCIDENTS])
    reviews = {one.incident_id: one for one in Review.objects.filter(incident__in=found)}
    shown, sums = [], []
    for incident in found:
        review = reviews.get(incident.pk)
        if review is not None:
            review.incident = incident
        figures = (
            figures_of(review, now=scope.now) if review is not None else measure(incident, now=scope.now)
        )
        parts = {part: tally(getattr(figures, part)) for part in ("tasks", "roles", "reports")}
        sums.append(parts)
        shown.append(_incident(incident, figures, parts))
    context = around(scope, "incidents") | {
        "rows": shown,
        "total": [_kept(_together(one[part] for one in sums)) for part in ("tasks", "roles", "reports")],
        "called": Incident.objects.filter(
            unit__in=scope.unit_ids, is_drill=False, reported_at__gte=since, reported_at__lt=until
        ).count(),
    }
    return page_or_part(request, "figures/incidents.html", "main", context)


def _incident(incident: Incident, figures: Figures, parts: dict[str, Tally]) -> dict[str, Any]:
    return {
        "code": incident.code,
        "name": incident.called,
        "unit": incident.unit.name,
        "url": reverse("incidents:show", args=[incident.pk]),
        "activated_at": incident.activated_at,
        "to_activation": _minutes(figures.to_activation_min),
        "lasted": _minutes(figures.lasted_min),
        "parts": [_kept(parts[part]) for part in ("tasks", "roles", "reports")],
    }


def _minutes(minutes: int | None) -> str:
    if minutes is None:
        return "–"
    return _hours(minutes) if minutes >= 60 else _("%(minutes)s min") % {"minutes": minutes}


def _together(tallies: Iterable[Tally]) -> Tally:
    found = list(tallies)
    return Tally(*(sum(getattr(one, name) for one in found) for name in ("in_time", "late", "not_done")))


def _kept(one: Tally) -> Number:
    """In time, of those that had a target."""
    if not one.with_target:
        return Number("–")
    return Number(
        percent(one.in_time / one.with_target),
        says=_("%(part)s of %(all)s") % {"part": one.in_time, "all": one.with_target},
    )
