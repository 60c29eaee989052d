"""The table of who reported and who did not: units by reports, in the order of the organisation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from answerable.orgs.models import Unit
from answerable.orgs.standing import standing
from answerable.readiness.reports import fields, wording
from answerable.readiness.reports.models import DueReport, Kind, Version
from answerable.readiness.reports.queries import newest_versions, outcome_of
from answerable.readiness.reports.rules import Outcome, Rhythm
from answerable.readiness.reports.sums import Told
from answerable.ui.templatetags.ui import day_text


@dataclass(frozen=True)
class Column:
    """One report of all units: the end of what it covers, or the incident it follows."""

    key: tuple[datetime, UUID | None]
    title: str
    short: str


@dataclass(frozen=True)
class Cell:
    report: DueReport | None
    look: str = ""
    word: str = ""


@dataclass(frozen=True)
class Line:
    unit: Unit
    depth: int
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Grid:
    columns: Sequence[Column] = ()
    lines: Sequence[Line] = ()
    counts: dict[Outcome, int] = field(default_factory=dict)


def grid_of(kind: Kind, reports: Iterable[DueReport], now: datetime) -> Grid:
    """The newest column first; a unit without a report in a column owed none there."""
    rows = list(reports)
    counts: dict[Outcome, int] = {}
    columns: dict[tuple[datetime, UUID | None], Column] = {}
    by_unit: dict[int, dict[tuple[datetime, UUID | None], DueReport]] = {}
    paths: dict[int, list[int]] = {}
    for one in rows:
        what = outcome_of(one, now)
        counts[what] = counts.get(what, 0) + 1
        key = (one.until_at, one.incident_id)
        columns.setdefault(key, Column(key, _title(one), _short(kind, one)))
        by_unit.setdefault(one.unit_id, {})[key] = one
        paths[one.unit_id] = one.path
    order = sorted(columns, key=lambda key: (key[0], str(key[1])), reverse=True)
    units = standing().units
    top = min((len(path) for path in paths.values()), default=1)
    lines = [
        Line(
            units[pk],
            len(paths[pk]) - top,
            [_cell(by_unit[pk].get(key), now) for key in order],
        )
        for pk in sorted(by_unit, key=lambda pk: paths[pk])
        if pk in units
    ]
    return Grid([columns[key] for key in order], lines, counts)


def _cell(report: DueReport | None, now: datetime) -> Cell:
    return Cell(None) if report is None else Cell(report, *wording.word_of(report, now))


def _title(report: DueReport) -> str:
    if report.incident is not None:
        return f"{report.incident.code} · {report.incident.called}"
    return wording.span_text(report)


def _short(kind: Kind, report: DueReport) -> str:
    if report.incident is not None:
        return report.incident.code
    local = timezone.localtime(report.until_at)
    if report.rhythm == Rhythm.MONTHLY:
        return f"{local:%Y-%m}"
    text = f"{local:%m-%d}"
    return f"{text} {local:%H:%M}" if report.rhythm == Rhythm.TWICE_DAILY else text


# ---------------------------------------------------------------- sums


def told_of(reports: Iterable[DueReport]) -> tuple[list[Told], dict[UUID, Version]]:
    """The reports as `sums` takes them, with the version of each that counts."""
    rows = list(reports)
    versions = newest_versions(one.pk for one in rows)
    told = [
        Told(
            unit_id=one.unit_id,
            path=tuple(one.path),
            until_at=one.until_at,
            values={code: answer.get("value") for code, answer in versions[one.pk].answers.items()}
            if one.pk in versions and one.state in ("sent", "taken")
            else None,
        )
        for one in rows
    ]
    return told, versions


def fields_of(reports: Iterable[DueReport]) -> list[fields.Field]:
    """Everything that was asked in these reports, in the newest order; what is asked no more comes last."""
    found: dict[str, fields.Field] = {}
    for one in sorted(reports, key=lambda one: one.until_at, reverse=True):
        for asked in fields.read(one.fields):
            found.setdefault(asked.code, asked)
    return list(found.values())


def day_of(report: DueReport) -> str:
    return day_text(timezone.localtime(report.until_at).date())
