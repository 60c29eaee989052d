"""From a month's or a year's counts to the tables that may be shown: under no lock, so that nobody waits for it.

Counting is the database's and takes seconds, laying out may take minutes. So both are done before anything is locked,
and what was counted names all that it rests on: whoever writes it down counts again, and sees whether it still holds.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from answerable.figures import counting
from answerable.figures.published import counts, laying, pressing, rules, tables
from answerable.figures.published.attacking import IsOver, Release, never
from answerable.figures.published.laying import Month, Tables, Told, to_nobody
from answerable.figures.published.models import Edition, Publishing
from answerable.figures.published.rules import CannotPublish
from answerable.figures.published.suppression import LEAST
from answerable.figures.published.yearly import year_table
from answerable.orgs.models import Authority
from answerable.orgs.queries import local_today


@dataclass(frozen=True)
class Counted:
    """What a period came to. `months`: of a year, those that it is the sum of; `said`: what the edition says beside its
    tables; `rests_on`: the editions that it was counted from and held against, and how the body publishes."""

    period: str
    tables: Tables
    months: Sequence[Month]
    released: Sequence[Edition]
    said: dict[str, Any]
    rests_on: tuple[str, ...]

    @property
    def last(self) -> Edition | None:
        return self.released[0] if self.released else None

    @property
    def digest(self) -> str:
        """The same for the same counts on the same ground."""
        whole = [self.period, laying.counted(self.tables), self.said, self.rests_on]
        return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()


def require_countable(body: Authority, setting: Publishing, period: str, now: datetime) -> None:
    """Whether it can be counted now. Raises CannotPublish: no_such_period, not_over, months_missing, counting_runs."""
    if rules.is_month(period):
        today = local_today(body, now)
        if period not in rules.countable(setting.first_month, today, setting.counted_on):
            raise CannotPublish("not_over")
    elif rules.is_year(period):
        _months(body, setting, period)
    else:
        raise CannotPublish("no_such_period")
    if counting.waiting() > counting.BATCH:
        raise CannotPublish("counting_runs")


def count(body: Authority, setting: Publishing, period: str, now: datetime) -> Counted:
    """Raises CannotPublish as `require_countable` does."""
    require_countable(body, setting, period, now)
    counted = _of_month if rules.is_month(period) else _of_year
    return counted(body, setting, period, now)


def content_of(
    body: Authority, counted: Counted, why: str, *, told: Told = to_nobody, is_over: IsOver = never
) -> dict[str, Any]:
    """Everything that an edition of these counts shows, held against every edition that is out: whoever kept an old one
    lays it beside a new one too. Raises CannotPublish, pressing.Ending, pressing.FellOver."""
    last = counted.last
    before = tables.read_shown(last.content) if last else None
    shown = pressing.laid_out(
        counted.period, counted.tables, counted.months, before, told=told, is_over=is_over
    )
    content = counted.said | {
        "tables": tables.as_content(body, counted.tables, shown),
        "edition": (last.number if last else 0) + 1,
        "why": why.strip()[: rules.LONGEST_WHY],
    }
    for earlier in counted.released:
        rules.require_apart(earlier.content, content, is_last=earlier == last)
    return content


def released(body: Authority, period: str) -> QuerySet[Edition]:
    """Every edition that is out, the newest first."""
    rows = Edition.objects.filter(authority=body, period=period, state=Edition.State.RELEASED)
    return rows.order_by("-number")


def newest(body: Authority, period: str) -> Edition | None:
    return released(body, period).first()


def _head(body: Authority, setting: Publishing, period: str, now: datetime) -> dict[str, Any]:
    return {
        "format": tables.FORMAT,
        "body": {"code": body.code, "name_zh": body.name_zh, "name_en": body.name_en, "pack": body.pack},
        "period": period,
        "counted_on": local_today(body, now).isoformat(),
        "least": LEAST,
        "licence": {"name": setting.licence, "url": setting.licence_url},
    }


def _of_month(body: Authority, setting: Publishing, period: str, now: datetime) -> Counted:
    span = counts.Month(*rules.span_of(period, body.zone))
    out = list(released(body, period))
    return Counted(
        period,
        counts.tables_of(body, span),
        (),
        out,
        _head(body, setting, period, now) | {"median_days": counts.median_days(body, span)},
        tuple(str(one.pk) for one in out),
    )


def _months(body: Authority, setting: Publishing, year: str) -> list[Edition]:
    """The newest edition of each month of a year. Raises CannotPublish("months_missing")."""
    wanted = rules.months_from(max(setting.first_month, f"{year}-01"), f"{year}-12")
    months = [newest(body, month) for month in wanted]
    found = [one for one in months if one is not None]
    if not wanted or len(found) < len(months):
        raise CannotPublish("months_missing")
    return found


def _of_year(body: Authority, setting: Publishing, period: str, now: datetime) -> Counted:
    """The months added up, as they were counted and published; conduct by the whole body."""
    months = _months(body, setting, period)
    parts = [
        (month.period, laying.read_counted(month.counted), tables.read_shown(month.content))
        for month in months
    ]
    whole = {
        name: year_table([Release(month, inner[name], shown[name]) for month, inner, shown in parts], table)
        for name, table in parts[-1][1].items()
    }
    span = counts.Month(*rules.span_of(period, body.zone))
    out = list(released(body, period))
    said = {
        "months": [month.period for month in months],
        "conduct": counts.conduct_counts(body, span),
        "extra": counts.extra_counts(body, span),
    }
    return Counted(
        period,
        whole,
        parts,
        out,
        _head(body, setting, period, now) | said,
        tuple(str(one.pk) for one in (*months, *out)),
    )
