"""Makes surprise roll calls when they come, and keeps what came of them. Each once, any number of workers.

Only what was made or passed over is written down: the next ones follow from the key file alone, and stand nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from answerable.alerts.models import RollCall
from answerable.alerts.roll_call_steps import call_line
from answerable.duty import queries as duty
from answerable.duty.models import Line
from answerable.parties import keys
from answerable.readiness.periods import rules, steps, surprise
from answerable.readiness.periods.act_kinds import PeriodAct
from answerable.readiness.periods.models import Demand, SurpriseCall
from answerable.readiness.periods.surprise import PassedOver, Wish
from answerable.record.actors import Actor

PURPOSE = "surprise roll calls"
#: After a downtime, so many days are looked back over, to say which calls were missed.
LOOKED_BACK = 3


def due(now: datetime) -> list[tuple[UUID, date, datetime]]:
    """Every call whose minute has come in the last days and that is not written down: demand, local day, instant."""
    rows = Demand.objects.filter(
        kind=Demand.Kind.ROLL_CALLS,
        period__state__in=rules.STANDS,
        period__from_at__lte=now,
        period__until_at__gt=now - timedelta(days=1),
    ).select_related("period", "line__authority")
    key = keys.derived(PURPOSE)
    found = [(row.pk, on, at) for row in _strictest(list(rows)) for on, at in _days(row, now, key)]
    known = set(
        SurpriseCall.objects.filter(demand__in=[pk for pk, _on, _at in found]).values_list("demand", "on")
    )
    return [one for one in found if (one[0], one[1]) not in known]


def _days(row: Demand, now: datetime, key: bytes) -> Iterator[tuple[date, datetime]]:
    wish = wish_of(row)
    today = now.astimezone(ZoneInfo(wish.zone)).date()
    for back in range(LOOKED_BACK + 1):
        on = today - timedelta(days=back)
        at = surprise.instant_on(wish, on, key)
        if at is not None and at <= now and row.period.from_at <= at < row.period.until_at:
            yield on, at


def wish_of(row: Demand) -> Wish:
    assert row.line is not None
    assert row.between_from is not None
    assert row.between_until is not None
    zone = row.line.authority.zone
    return Wish(str(row.pk), row.count or 0, row.between_from, row.between_until, zone)


def _strictest(rows: list[Demand]) -> list[Demand]:
    """Of several periods that call one line, the one that calls it most often: they are not added up."""
    best: dict[int | None, Demand] = {}
    for row in sorted(rows, key=lambda one: (-(one.count or 0), one.pk)):
        best.setdefault(row.line_id, row)
    return list(best.values())


@transaction.atomic(durable=True)
def call(*, demand_id: UUID, on: date, at: datetime, now: datetime) -> bool:
    """Make one call, or write down why it is passed over. Returns False where another worker was quicker."""
    demand = Demand.objects.select_related("period", "line__authority", "line__unit__authority").get(
        pk=demand_id
    )
    line = demand.line
    assert line is not None
    # Whoever calls this line's roll, for whatever reason, queues up here.
    Line.objects.select_for_update().get(pk=line.pk)
    try:
        with transaction.atomic():
            row = SurpriseCall.objects.create(demand=demand, on=on, at=now)
    except IntegrityError:
        return False
    over = _passed_over(line, at, now)
    if over:
        row.passed_over = over
    else:
        key = f"surprise_call:{demand.pk}:{on.isoformat()}"
        row.roll_call = call_line(line, demand.answer_within_min or 0, key=key, by=Actor.system(), now=now)
    row.save(update_fields=["passed_over", "roll_call"])
    body = {"demand": str(demand.pk), "line": line.pk, "passed_over": row.passed_over}
    steps.act(demand.period, PeriodAct.SURPRISE_CALLED, by=Actor.system(), now=now, body=body)
    return True


def _passed_over(line: Line, at: datetime, now: datetime) -> str:
    if now >= at + surprise.STILL_CALLED:
        return PassedOver.MISSED
    if RollCall.objects.filter(line=line, called_at__gt=now - surprise.PEACE, called_at__lte=now).exists():
        return PassedOver.LATELY
    if not duty.on_duty(line.pk, now):
        return PassedOver.NOBODY
    return ""


def keep_results(limit: int = 200) -> int:
    """What came of calls that are summed up, kept with the period: the alarm itself expires."""
    rows = SurpriseCall.objects.filter(asked=None, roll_call__closed_at__isnull=False).select_related(
        "roll_call"
    )
    kept = 0
    for row in rows.order_by("pk")[:limit]:
        result = row.roll_call.result if row.roll_call is not None else {}
        kept += SurpriseCall.objects.filter(pk=row.pk, asked=None).update(
            asked=result.get("asked", 0), in_time=result.get("in_time", 0)
        )
    return kept
