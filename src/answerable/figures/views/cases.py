"""Cases by unit and leader, and how they flow and age."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from answerable.figures import charts, queries, tables
from answerable.figures.charts import Label, Series, Tone, value
from answerable.figures.lists import DATELESS
from answerable.figures.pages import around
from answerable.figures.periods import Period, month_after
from answerable.figures.queries import Sums
from answerable.figures.scope import Scope, figures_view
from answerable.figures.tables import Number
from answerable.figures.tallies import IN, OUT
from answerable.figures.tallies import Measure as M
from answerable.figures.wording import (
    COLUMNS,
    SORTED_BY_NOTHING,
    TITLES,
    age_text,
    days_text,
    month_text,
    percent,
)
from answerable.orgs.standing import standing
from answerable.ui.htmx import page_or_part


@require_safe
@figures_view
def home(request: HttpRequest, scope: Scope) -> HttpResponse:
    """How many, how soon, and how it ended: by unit and leader, beside the period before."""
    sums = queries.of_period(scope.unit_ids, scope.period)
    queries.add_now(sums, scope.unit_ids, scope.now, scope.calendar)
    everything = queries.total(sums)
    before = queries.total(queries.of_period(scope.unit_ids, scope.period.before()))
    lines, without = tables.folded(tables.lines(scope, sums))
    if not lines:
        lines, without = without, []
    context = around(scope, "home") | {
        "headline": _headline(scope, everything, before),
        "lines": lines,
        "without": without,
        "sum_cells": tables.cells(scope, everything) if len(scope.units) > 1 else [],
        "heads": [(key, head) for key, (head, _formula) in COLUMNS.items()],
        "formulas": [(key, head, formula) for key, (head, formula) in COLUMNS.items()],
        "sorted_by_nothing": SORTED_BY_NOTHING,
        "is_empty": everything.is_empty,
        "conduct": _conduct(scope),
    }
    return page_or_part(request, "figures/home.html", "main", context)


def _headline(scope: Scope, now: Sums, before: Sums) -> list[dict[str, Any]]:
    """The few numbers that a leader asks for first, each beside the same of the period before."""
    cells = {cell.key: cell for cell in tables.cells(scope, now)}

    then = scope.period.before().query()

    def earlier(name: str, text: str = "") -> Number:
        href = reverse("figures:list") + scope.address(list=name, **then) if before[name] else ""
        return Number(text or f"{before[name]:,}", href)

    half = before.half_within(M.ELAPSED)
    own = earlier(M.ELAPSED, "–" if half is None else days_text(half))
    rows: list[tuple[str, str, tables.Cell, Number | None]] = [
        ("received", pgettext("figures", "received"), cells["received"], earlier(M.RECEIVED)),
        ("answered", _("answered"), cells["answered"], earlier(M.ANSWERED)),
        (
            "in_time",
            _("of these in time"),
            cells["in_time"],
            earlier(M.IN_TIME, percent(before.in_time_share)),
        ),
        ("own", _("the person's own time, half within"), cells["own"], own),
        ("open", _("open now"), cells["open"], None),
        ("late_now", _("of these late"), cells["late_now"], None),
    ]
    return [{"key": key, "name": name, "cell": cell, "before": one} for key, name, cell, one in rows]


def _conduct(scope: Scope) -> list[dict[str, Any]]:
    """Accusations by the unit where they lie, as far as this reader may read them."""
    found = queries.of_conduct(scope.unit_ids, scope.reader, *scope.instants())
    units, address = standing().units, reverse("figures:list")
    rows = []
    for unit in scope.units:
        counts = found.get(unit.pk)
        if not counts:
            continue
        numbers = [
            (
                TITLES[name],
                Number(
                    f"{counts[name]:,}",
                    address + scope.address(list=name, of=unit.pk, conduct=1) if counts[name] else "",
                ),
            )
            for name in (*queries.OF_CONDUCT, M.OPEN)
        ]
        rows.append({"name": units[unit.pk].name, "numbers": numbers})
    return rows


Months = dict[date, Counter[str]]
#: A shorter period is drawn with the months before it, so that there is a course to see.
SHOWN_MONTHS = 12


@require_safe
@figures_view
def flow(request: HttpRequest, scope: Scope) -> HttpResponse:
    """What came in and what went out, month by month; and how old the open cases are."""
    shown = scope.period
    if shown.months < SHOWN_MONTHS:
        shown = Period(month_after(shown.end, -SHOWN_MONTHS), shown.end)
    months = queries.by_month(scope.unit_ids, shown, (*IN, *OUT, M.IN_TIME, M.LATE))
    context = around(scope, "flow") | {
        "came_in": _came_in_chart(scope, months),
        "answered": _answered_chart(scope, months),
        "ages": _age_chart(scope),
        "ways": _ways(scope),
        "shown_from": month_text(shown.first),
    }
    return page_or_part(request, "figures/flow.html", "main", context)


def _month_labels(months: Months) -> list[Label]:
    return [Label(month_text(month), month_text(month, short=True)) for month in months]


def _in_month(scope: Scope, month: date, **more: object) -> str:
    return scope.address(**{"from": f"{month:%Y-%m}", "to": f"{month:%Y-%m}", **more})


def _came_in_chart(scope: Scope, months: Months) -> charts.Chart:
    came = {month: sum(sums[one] for one in IN) for month, sums in months.items()}
    address = reverse("figures:flow")
    numbers = [
        value(n, href=address + _in_month(scope, month) + "#ways" if n else "") for month, n in came.items()
    ]
    return charts.columns(
        name="came-in",
        title=_("Came in, month by month"),
        says=_("%(n)s came in in these months.") % {"n": f"{sum(came.values()):,}"},
        head=_("Month"),
        labels=_month_labels(months),
        series=Series(_("came in"), numbers, Tone.SECOND),
        note=_("“Came in”: registered, handed in, opened again, or come up for a review."),
    )


def _answered_chart(scope: Scope, months: Months) -> charts.Chart:
    """What was answered, by whether the unit's own date was kept: parts of one whole."""
    address = reverse("figures:list")

    def numbers(name: str) -> list[charts.Value]:
        return [
            value(sums[name], href=address + _in_month(scope, month, list=name) if sums[name] else "")
            for month, sums in months.items()
        ]

    left = {month: sums[M.ANSWERED] - sums[M.IN_TIME] - sums[M.LATE] for month, sums in months.items()}
    dateless = [
        value(n, href=address + _in_month(scope, month, list=DATELESS) if n else "")
        for month, n in left.items()
    ]
    answered = sum(sums[M.ANSWERED] for sums in months.values())
    late = sum(sums[M.LATE] for sums in months.values())
    return charts.stacked(
        name="answered",
        title=_("Answered, month by month"),
        says=_("%(n)s were answered in these months, %(late)s of them late.")
        % {"n": f"{answered:,}", "late": f"{late:,}"},
        head=_("Month"),
        labels=_month_labels(months),
        series=[
            Series(pgettext("figures", "in time"), numbers(M.IN_TIME), Tone.MAIN),
            Series(pgettext("figures", "late"), numbers(M.LATE), Tone.LATE),
            Series(_("without a date"), dateless, Tone.REST),
        ],
        note=_("In time by the unit's own date, as on the page of cases."),
    )


def _age_chart(scope: Scope) -> charts.Chart:
    address = reverse("figures:list")
    found = queries.ages(scope.unit_ids, scope.today)
    labels = [Label(age_text(start, end)) for start, end, _n in found]
    numbers = [
        value(n, href=address + scope.address(list="open", age=start) if n else "")
        for start, _end, n in found
    ]
    old = sum(n for start, _end, n in found if start >= 90)
    return charts.rows(
        name="ages",
        title=_("How old the open cases are"),
        says=_("Of %(all)s open cases, %(old)s were first received 90 days ago or earlier.")
        % {"all": f"{sum(n for *_rest, n in found):,}", "old": f"{old:,}"},
        head=_("Since first receipt"),
        labels=labels,
        series=Series(_("open cases"), numbers),
        note=_("Counted from the day of first receipt through every unit, pauses included."),
    )


def _ways(scope: Scope) -> list[dict[str, Any]]:
    """By which ways cases came in and went out in the period, by unit."""
    sums = queries.of_period(scope.unit_ids, scope.period)
    address, rows = reverse("figures:list"), []
    for unit in scope.units:
        own = queries.total({key: one for key, one in sums.items() if key[0] == unit.pk})
        if not own.came_in and not own.went_out:
            continue
        numbers = [
            (
                TITLES[name],
                Number(f"{own[name]:,}", address + scope.address(list=name, of=unit.pk) if own[name] else ""),
            )
            for name in (*IN, *OUT, M.HANDED_LATE)
        ]
        rows.append({"name": unit.name, "numbers": numbers})
    return rows
