"""Rounds and reports due: what was to be done and what was, by unit."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext, pgettext
from django.views.decorators.http import require_safe

from answerable.figures.behind.rounds import FINDINGS, REPORTS, ROUNDS
from answerable.figures.pages import around
from answerable.figures.scope import Scope, figures_view
from answerable.figures.tables import Number
from answerable.readiness.reports import queries as reports
from answerable.readiness.rounds import queries as rounds_queries
from answerable.ui.htmx import page_or_part


@require_safe
@figures_view
def rounds(request: HttpRequest, scope: Scope) -> HttpResponse:
    """By unit: rounds due and done, findings and whether they were mended; reports due, in time, late, missing."""
    found: dict[int, Counter[str]] = defaultdict(Counter)
    months = rounds_queries.months_of(
        scope.unit_ids, from_on=scope.period.first, until_on=scope.period.end, now=scope.now
    )
    for one in months:
        found[one.unit_id].update({name: getattr(one, name) for name in (*ROUNDS, *FINDINGS)})
    since, until = scope.instants()
    owed = reports.counts_by_month([scope.authority.pk], from_at=since, until_at=until, now=scope.now)
    for month in owed:
        found[month.unit_id].update({name: getattr(month, name.removeprefix("reports_")) for name in REPORTS})
    context = around(scope, "rounds") | {
        "parts": [
            _part(scope, found, "rounds-table", gettext("Rounds"), ROUNDS),
            _part(scope, found, "findings-table", gettext("Findings"), FINDINGS),
            _part(scope, found, "reports-table", pgettext("figures", "Reports due"), REPORTS),
        ],
    }
    return page_or_part(request, "figures/rounds.html", "main", context)


def _part(
    scope: Scope, found: dict[int, Counter[str]], key: str, title: str, names: dict[str, Any]
) -> dict[str, Any]:
    return {"key": key, "title": title, "heads": list(names.values()), "rows": _rows(scope, found, names)}


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
