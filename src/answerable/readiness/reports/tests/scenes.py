"""A daily report of the town's offices, at ten on a Monday, and what makes it due."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from uuid import uuid4

from answerable.readiness.reports import making
from answerable.readiness.reports.fields import Field, Words
from answerable.readiness.reports.models import DueReport, Kind
from answerable.readiness.reports.rules import Rhythm
from answerable.readiness.reports.services import kinds, reporting
from answerable.readiness.reports.services.kinds import KindDraft
from tests.cast import MONDAY, Cast

#: Ten o'clock on Monday in Shanghai; a report until 17:00 is due at 18:00.
FIELDS = (
    Field(
        code="received",
        label=Words(zh="收到事项", en="Matters received"),
        source="cases_received",
        required=True,
    ),
    Field(code="open", label=Words(zh="在办事项", en="Matters open"), source="cases_open", adds="last"),
    Field(code="pumps", label=Words(zh="可用水泵", en="Pumps ready"), adds="last"),
    Field(code="notes", type="text", label=Words(zh="主要情况", en="What happened"), adds="no"),
)


def draft(cast: Cast, **more: Any) -> KindDraft:
    base: dict[str, Any] = {
        "name": Words(zh="每日报告", en="Daily report"),
        "fields": FIELDS,
        "rhythm": Rhythm.DAILY,
        "owing": [(cast.roads.pk, True), (cast.water.pk, False)],
        "cut": time(17),
        "due": time(18),
    }
    return KindDraft(**(base | more))


def asked(cast: Cast, now: datetime = MONDAY, **more: Any) -> Kind:
    """The mayor asks the roads and water offices for it."""
    return kinds.add_kind(body=cast.town, draft=draft(cast, **more), by=cast.actor(cast.mayor), now=now)


def opened(cast: Cast, now: datetime = MONDAY, **more: Any) -> dict[int, list[DueReport]]:
    """The same, with what is owed opened: by unit, the first due first."""
    kind = asked(cast, now, **more)
    making.make_due(now)
    return by_unit(kind)


def by_unit(kind: Kind) -> dict[int, list[DueReport]]:
    found: dict[int, list[DueReport]] = {}
    for one in DueReport.objects.filter(kind=kind).order_by("until_at"):
        found.setdefault(one.unit_id, []).append(one)
    return found


def at(hours: float) -> datetime:
    """So many hours after ten on Monday: 7 is the cut, 8 the last instant in time."""
    return MONDAY + timedelta(hours=hours)


def send(cast: Cast, report: DueReport, hours: float, **more: Any) -> Any:
    """As the roads office's clerk sends it, in its own numbers."""
    report.refresh_from_db()
    counted = reporting.counted_for(report)
    base: dict[str, Any] = {
        "key": uuid4(),
        "given": {code: str(value) for code, value in counted.items()} | {"pumps": "2", "notes": "dry"},
        "whys": {},
        "shown": counted,
        "by": cast.actor(cast.clerk),
        "seen_version": report.version,
        "now": at(hours),
    }
    return reporting.submit_report(report_id=report.pk, **(base | more))
