"""Who reported and who did not; what it sums up to, down to the entry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from answerable.core.text import safe_filename
from answerable.orgs.models import Unit
from answerable.orgs.queries import local_today
from answerable.orgs.standing import standing
from answerable.readiness.reports import grid, queries, sums, wording, workbook
from answerable.readiness.reports.access import Reader, kinds_for, report_view
from answerable.readiness.reports.fields import Field
from answerable.readiness.reports.forms import PickForm
from answerable.readiness.reports.models import DueReport, Kind
from answerable.readiness.reports.services.kinds import record_export
from answerable.readiness.reports.views.common import row_of
from answerable.record.actors import Actor, ActorKind
from answerable.ui.htmx import page_or_part

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Days shown where nobody chose, and at most; a table of a year of days is read by nobody.
DAYS = {Kind.Rhythm.DAILY: (14, 62), Kind.Rhythm.WEEKLY: (56, 400)}
OTHER_DAYS = (366, 1500)


@dataclass(frozen=True)
class Picked:
    """Which reports a page is about."""

    form: PickForm
    kind: Kind | None
    since: date | None = None
    until: date | None = None

    @property
    def address(self) -> str:
        if self.kind is None or self.since is None or self.until is None:
            return ""
        return f"kind={self.kind.pk}&since={self.since.isoformat()}&until={self.until.isoformat()}"


def pick(query: QueryDict, reader: Reader) -> Picked:
    kinds = list(kinds_for(reader))
    kinds.sort(key=lambda kind: (kind.stopped_at is not None, kind.authority_id, kind.pk))
    several = len({kind.authority_id for kind in kinds}) > 1
    choices = [(one.pk, f"{one.authority.name} · {one.name}" if several else one.name) for one in kinds]
    first = kinds[0] if kinds else None
    asked = PickForm(query, kinds=choices, initial={})
    asked.is_valid()
    wanted = asked.cleaned_data.get("kind")
    kind = next((one for one in kinds if one.pk == wanted), first)
    if kind is None:
        return Picked(asked, None)
    usual, most = DAYS.get(Kind.Rhythm(kind.rhythm), OTHER_DAYS)
    today = local_today(kind.authority, reader.now)
    since, until = asked.days(today - timedelta(days=usual - 1), today, most)
    shown = PickForm(
        None, kinds=choices, initial={"kind": kind.pk, "since": since.isoformat(), "until": until.isoformat()}
    )
    return Picked(shown, kind, since, until)


def _reports(reader: Reader, picked: Picked) -> list[DueReport]:
    if picked.kind is None or picked.since is None or picked.until is None:
        return []
    return queries.reports_of_kind(reader, picked.kind, picked.since, picked.until)


@require_safe
@report_view
def table(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Units by reports: in time, late, nil, missing; by word and shape, never sorted by them."""
    picked = pick(request.GET, reader)
    reports = _reports(reader, picked)
    shown = grid.grid_of(picked.kind, reports, reader.now) if picked.kind is not None else grid.Grid()
    context = {
        "picked": picked,
        "grid": shown,
        "counts": [(*wording.OUTCOMES[what], number) for what, number in shown.counts.items()],
        "rhythm": wording.rhythm_text(picked.kind) if picked.kind is not None else "",
    }
    return page_or_part(request, "due_reports/table.html", "main", context)


@require_safe
@report_view
def summed(request: HttpRequest, reader: Reader) -> HttpResponse:
    """The numbers of all units up the tree; each opens what it is made of."""
    picked = pick(request.GET, reader)
    reports = _reports(reader, picked)
    asked = grid.fields_of(reports)
    numbers = [one for one in asked if one.type == "number" and one.adds != "no"]
    told, versions = grid.told_of(reports)
    focus = _focus(request, reports)
    inside = [one for one in reports if focus is None or focus.pk in one.path]
    context: dict[str, Any] = {
        "picked": picked,
        "numbers": [(one, wording.label_of(one)) for one in numbers],
        "lines": _lines(told, numbers, focus, picked, reader),
        "focus": focus,
        "above": focus.parent if focus is not None and _stands_in(focus.parent, reports) else None,
        "entries": [
            (row_of(one, reader), [_value(one, field, versions) for field in numbers])
            for one in inside
            if focus is not None and one.unit_id == focus.pk
        ],
        "texts": _texts(inside, asked, versions),
    }
    return page_or_part(request, "due_reports/sum.html", "main", context)


def _focus(request: HttpRequest, reports: list[DueReport]) -> Unit | None:
    said = request.GET.get("unit", "")
    if not said:
        return None
    unit = standing().units.get(int(said)) if said.isascii() and said.isdigit() and len(said) < 18 else None
    if unit is None or not _stands_in(unit, reports):
        raise Http404
    return unit


def _stands_in(unit: Unit | None, reports: list[DueReport]) -> bool:
    return unit is not None and any(unit.pk in one.path for one in reports)


def _lines(
    told: list[sums.Told], numbers: list[Field], focus: Unit | None, picked: Picked, reader: Reader
) -> list[dict[str, Any]]:
    """The unit itself and those directly below it; from the top, everything that the reader reads whole."""
    totals = sums.totals(told, numbers)
    paths: dict[int, tuple[int, ...]] = {}
    for one in sorted(told, key=lambda one: one.until_at):
        for depth, pk in enumerate(one.path, 1):
            paths[pk] = one.path[:depth]
    units, own, leaves = standing().units, set(reader.unit_ids), {one.unit_id for one in told}

    def is_shown(pk: int) -> bool:
        # A unit above the reader's would show a part for the whole.
        whole = pk in leaves or own.intersection(paths[pk]) or units[pk].authority_id in reader.below_body_ids
        depth = 1 if focus is None else len(paths[focus.pk]) + 1
        return bool(whole) and (focus is None or (focus.pk in paths[pk] and len(paths[pk]) <= depth))

    rows = [pk for pk in sorted(paths, key=lambda pk: paths[pk]) if pk in units and is_shown(pk)]
    top = min((len(paths[pk]) for pk in rows), default=1)
    return [
        {
            "unit": units[pk],
            "depth": len(paths[pk]) - top,
            "is_focus": focus is not None and pk == focus.pk,
            "owed": totals[pk].owed,
            "came": totals[pk].came,
            "address": f"{picked.address}&unit={pk}",
            "numbers": [
                (wording.label_of(one), sums.shown(totals[pk].numbers.get(one.code))) for one in numbers
            ],
        }
        for pk in rows
    ]


def _value(report: DueReport, field: Field, versions: dict[Any, Any]) -> str:
    version = versions.get(report.pk)
    return wording.value_text(field, version.answers.get(field.code, {}).get("value")) if version else ""


def _texts(reports: list[DueReport], asked: list[Field], versions: dict[Any, Any]) -> list[dict[str, Any]]:
    """What was written, by line of the report, the newest first."""
    found = []
    newest = sorted(reports, key=lambda one: one.until_at, reverse=True)
    for field in asked:
        if field.type == "number":
            continue
        rows = [(one, _value(one, field, versions)) for one in newest if one.pk in versions]
        said = [(one, text) for one, text in rows if text not in ("", "—")]
        if said:
            found.append(
                {"label": wording.label_of(field), "rows": said[:100], "is_text": field.type == "text"}
            )
    return found


@require_POST
@report_view
def export(request: HttpRequest, reader: Reader) -> HttpResponse:
    """The table as XLSX; the act comes before the first byte."""
    picked = pick(QueryDict(request.POST.get("address", "")[:300]), reader)
    if picked.kind is None:
        raise Http404
    reports = _reports(reader, picked)
    post = reader.posts[0]
    by = Actor(ActorKind.STAFF, staff_id=reader.staff.pk, post_id=post.pk, unit_id=post.unit_id)
    record_export(kind=picked.kind, by=by, rows=len(reports), about=picked.address, now=reader.now)
    name = safe_filename(f"{_('reports')}-{picked.kind.name}-{picked.since}-{picked.until}.xlsx")
    return HttpResponse(
        workbook.xlsx_of(reports, reader),
        content_type=XLSX,
        headers={
            "Content-Disposition": f"attachment; filename=\"reports.xlsx\"; filename*=UTF-8''{quote(name)}",
            "Cache-Control": "no-store",
        },
    )
