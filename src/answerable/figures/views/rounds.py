"""Rounds and reports due: what was to be done, what was, and the rows behind each number, by the doors of their rooms."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_safe

from answerable.figures.pages import around
from answerable.figures.scope import Scope, figures_view
from answerable.figures.tables import Number
from answerable.readiness.reports import queries as reports
from answerable.readiness.reports.access import Reader as ReportReader
from answerable.readiness.reports.access import reports_for
from answerable.readiness.reports.models import DueReport
from answerable.readiness.reports.rules import Outcome
from answerable.readiness.reports.rules import State as ReportState
from answerable.readiness.rounds import queries as rounds_queries
from answerable.readiness.rounds.access import RoundReader, findings_for, rounds_for
from answerable.readiness.rounds.models import Finding, Round
from answerable.ui.htmx import page_or_part

#: A list shows the newest; a month of a unit seldom has more.
SHOWN = 200

ROUNDS: dict[str, str | Promise] = {
    "due": gettext_lazy("Rounds due"),
    "done": gettext_lazy("Rounds done"),
    "late": gettext_lazy("Rounds late or missed"),
    "found": gettext_lazy("Findings"),
    "mended": gettext_lazy("Findings mended and checked"),
    "open": gettext_lazy("Findings open"),
}
REPORTS: dict[str, str | Promise] = {
    "reports_due": gettext_lazy("Reports due in these months"),
    "reports_in_time": pgettext_lazy("figures", "Reports in time"),
    "reports_late": gettext_lazy("Reports late"),
    "reports_missing": gettext_lazy("Reports missing"),
}


@require_safe
@figures_view
def rounds(request: HttpRequest, scope: Scope) -> HttpResponse:
    """By unit: rounds due and done, findings and whether they were mended; reports due, in time, late, missing."""
    found: dict[int, Counter[str]] = defaultdict(Counter)
    months = rounds_queries.months_of(
        scope.unit_ids, from_on=scope.period.first, until_on=scope.period.end, now=scope.now
    )
    for one in months:
        found[one.unit_id].update({name: getattr(one, name) for name in ROUNDS})
    since, until = scope.instants()
    owed = reports.counts_by_month([scope.authority.pk], from_at=since, until_at=until, now=scope.now)
    for month in owed:
        found[month.unit_id].update({name: getattr(month, name.removeprefix("reports_")) for name in REPORTS})
    context = around(scope, "rounds") | {
        "parts": [
            {"key": "rounds-table", "heads": list(ROUNDS.values()), "rows": _rows(scope, found, ROUNDS)},
            {"key": "reports-table", "heads": list(REPORTS.values()), "rows": _rows(scope, found, REPORTS)},
        ],
    }
    return page_or_part(request, "figures/rounds.html", "main", context)


def _rows(scope: Scope, found: dict[int, Counter[str]], names: dict[str, Any]) -> list[dict[str, Any]]:
    address, rows = reverse("figures:things"), []
    for unit in scope.units:
        counts = found.get(unit.pk)
        if counts is None or not any(counts[name] for name in names):
            continue
        numbers = [
            (
                title,
                Number(
                    f"{counts[name]:,}",
                    address + scope.address(list=name, of=unit.pk) if counts[name] else "",
                ),
            )
            for name, title in names.items()
        ]
        rows.append({"name": unit.name, "numbers": numbers})
    return rows


@dataclass(frozen=True)
class Thing:
    """A row behind a number: what it is, when it was due or found, and its own page."""

    name: str
    about: str
    at: datetime
    state: str
    url: str


@require_safe
@figures_view
def things(request: HttpRequest, scope: Scope) -> HttpResponse:
    """The rounds, findings or reports behind a number, the newest first, as far as the reader may read them."""
    name = request.GET.get("list", "")
    unit = next((one for one in scope.units if str(one.pk) == request.GET.get("of", "")), None)
    if name not in (ROUNDS | REPORTS) or unit is None:
        raise Http404
    since, until = scope.instants()
    if name in REPORTS:
        rows = list(_reports(scope, name, unit.pk, since, until))
    elif name in ("found", "mended", "open"):
        rows = list(_findings(scope, name, unit.pk, since, until))
    else:
        rows = list(_rounds(scope, name, unit.pk))
    context = around(scope, "things") | {
        "title": (ROUNDS | REPORTS)[name],
        "unit": unit,
        "rows": rows[:SHOWN],
        "has_more": len(rows) > SHOWN,
        "shown": SHOWN,
        "back_url": reverse("figures:rounds") + scope.address(),
    }
    return page_or_part(request, "figures/things.html", "main", context)


def _rounds(scope: Scope, name: str, unit: int) -> Iterator[Thing]:
    reader = RoundReader(scope.reader.staff, scope.reader.posts, scope.now)
    rows = rounds_for(reader).filter(
        unit=unit, due_on__gte=scope.period.first, due_on__lt=scope.period.end, due_at__lte=scope.now
    )
    rows = rows.annotate(was_done_at=Coalesce("happened_at", "done_at"))
    late = (
        Q(state=Round.State.MISSED)
        | Q(state=Round.State.DONE, was_done_at__gt=F("due_at"))
        | Q(state=Round.State.DUE, due_at__lt=scope.now)
    )
    wanted = {"due": ~Q(state=Round.State.DROPPED), "done": Q(state=Round.State.DONE), "late": late}[name]
    for one in rows.filter(wanted).order_by("-due_at", "pk")[: SHOWN + 1]:
        yield Thing(
            one.plan.template.name,
            str(one.place or one.item or ""),
            one.due_at,
            one.get_state_display(),
            reverse("rounds:round", args=[one.pk]),
        )


def _findings(scope: Scope, name: str, unit: int, since: datetime, until: datetime) -> Iterator[Thing]:
    reader = RoundReader(scope.reader.staff, scope.reader.posts, scope.now)
    rows = findings_for(reader).filter(unit=unit, found_at__gte=since, found_at__lt=min(until, scope.now))
    closed = Q(state=Finding.State.CLOSED)
    wanted = {"found": Q(), "mended": closed, "open": ~closed}[name]
    for one in rows.filter(wanted).order_by("-found_at", "pk")[: SHOWN + 1]:
        yield Thing(
            one.name,
            str(one.place or one.item or ""),
            one.found_at,
            one.get_state_display(),
            reverse("rounds:finding", args=[one.pk]),
        )


_OUTCOMES = {Outcome.IN_TIME: "in_time", Outcome.NIL: "in_time", Outcome.LATE: "late"}


def _reports(scope: Scope, name: str, unit: int, since: datetime, until: datetime) -> Iterator[Thing]:
    reader = ReportReader(scope.reader.staff, scope.reader.posts, scope.now)
    rows = reports_for(reader).filter(unit=unit, due_at__gte=since, due_at__lt=min(until, scope.now))
    rows = rows.exclude(state=ReportState.DROPPED).select_related("kind").order_by("-due_at", "pk")
    wanted = name.removeprefix("reports_")
    for one in rows.iterator(chunk_size=500):
        outcome = _OUTCOMES.get(reports.outcome_of(one, scope.now), "missing")
        if wanted in ("due", outcome):
            yield _report(one)


def _report(one: DueReport) -> Thing:
    return Thing(one.kind.name, "", one.due_at, "", reverse("due_reports:report", args=[one.pk]))
