"""Looks at duty and raises what needs somebody: a role that nobody fills, while there is still time; a shift that was
not handed over. What is put right meanwhile ends by itself.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.db import connection, transaction

from answerable.alerts import steps
from answerable.alerts.around import context_of
from answerable.alerts.models import Alert
from answerable.duty import queries as duty
from answerable.duty.coverage import Gap
from answerable.duty.models import Line, LineRole, Shift
from answerable.record.actors import Actor

log = logging.getLogger(__name__)
#: A gap so near overrides quiet hours; one that is farther is an alarm for the day's hours; beyond, it is only shown.
URGENT_WITHIN = timedelta(hours=24)
SEEN_WITHIN = timedelta(hours=72)
#: Called over by hand while the gap is still there: raised again so much later.
AGAIN_AFTER = timedelta(hours=6)
#: Workers that look at the same instant: one does.
_LOCK = 7_409_201


def watch(now: datetime) -> int:
    """Raise and end alarms about duty; one worker at a time. Returns how many changed."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
            (is_mine,) = cursor.fetchone()
        return sum(_apart(look, now) for look in (_watch_gaps, _watch_hand_overs)) if is_mine else 0


def _apart(look: Callable[[datetime], int], now: datetime) -> int:
    """One of the two that fails holds up the other no more than a turn."""
    try:
        with transaction.atomic():
            return look(now)
    except Exception:
        if connection.connection is None or connection.connection.closed:
            raise
        log.exception("duty could not be looked at", extra={"work": look.__name__})
        return 0


def _standing(code: str) -> list[Alert]:
    rows = Alert.objects.select_for_update().filter(code=code).exclude(state=Alert.State.RESOLVED)
    return list(rows.order_by("pk"))


# ---------------------------------------------------------------- nobody on duty


def _watch_gaps(now: datetime) -> int:
    known = _standing("uncovered")
    ahead = duty.gaps_ahead(now)
    lines = {line.pk: line for line in Line.objects.filter(pk__in=ahead).select_related("unit__authority")}
    # A line that is being set up has nobody yet: until its first roster, coverage and `check` say so, and nobody is woken.
    begun = set(Shift.objects.filter(line__in=ahead).values_list("line", flat=True).distinct())
    near = [
        gap for pk, gaps in ahead.items() if pk in begun for gap in gaps if gap.from_at <= now + SEEN_WITHIN
    ]
    changed = 0
    for alert in known:
        if not any(_is_about(alert, gap) for gaps in ahead.values() for gap in gaps):
            changed += steps.resolve(alert, by=Actor.system(), now=now)
    ended = Alert.objects.filter(code="uncovered", state=Alert.State.RESOLVED, ended_at__gt=now - AGAIN_AFTER)
    recent = [*known, *ended]
    roles = {role.pk: role for role in LineRole.objects.filter(pk__in={gap.role_id for gap in near})}
    for gap in near:
        same = [alert for alert in recent if _is_about(alert, gap)]
        is_urgent = gap.from_at <= now + URGENT_WITHIN
        if not same:
            _raise_gap(gap, lines[gap.line_id], roles[gap.role_id], is_urgent, now)
            changed += 1
        for alert in same:
            if is_urgent and not alert.is_urgent and alert.state == Alert.State.OPEN:
                Alert.objects.filter(pk=alert.pk).update(is_urgent=True)
    return changed


def _is_about(alert: Alert, gap: Gap) -> bool:
    """Whether an alarm is about this gap: the same role of the line, at times that meet."""
    if (alert.context.get("line"), alert.context.get("role")) != (gap.line_id, gap.role_id):
        return False
    from_at = datetime.fromisoformat(alert.facts["from_at"])
    until_at = datetime.fromisoformat(alert.facts["until_at"])
    return gap.from_at < until_at and from_at < gap.until_at


def _raise_gap(gap: Gap, line: Line, role: LineRole, is_urgent: bool, now: datetime) -> None:
    steps.open_alert(
        "uncovered",
        authority_id=line.authority_id,
        key=f"uncovered:{gap.line_id}:{gap.role_id}:{gap.from_at.isoformat()}:{now.isoformat()}",
        now=now,
        by=Actor.system(),
        facts={
            **_names(line),
            "role_zh": role.name_zh,
            "role_en": role.name_en,
            "from_at": gap.from_at.isoformat(),
            "until_at": gap.until_at.isoformat(),
            "missing": gap.missing,
        },
        context={**context_of(line.unit), "line": line.pk, "role": role.pk},
        link="/desk/duty/",
        is_urgent=is_urgent,
    )


def _names(line: Line) -> dict[str, str]:
    return {"line_zh": line.name_zh, "line_en": line.name_en}


# ---------------------------------------------------------------- not handed over


def _watch_hand_overs(now: datetime) -> int:
    waiting = {one.shift_id: one for one in duty.unsigned_hand_overs(now)}
    changed = 0
    for alert in _standing("unsigned_hand_over"):
        if alert.context.get("shift") not in waiting:
            changed += steps.resolve(alert, by=Actor.system(), now=now)
    lines = {
        line.pk: line
        for line in Line.objects.filter(pk__in={one.line_id for one in waiting.values()}).select_related(
            "unit__authority"
        )
    }
    raised = _raised(f"hand_over:{shift}" for shift in waiting)
    for shift, one in waiting.items():
        if f"hand_over:{shift}" in raised:
            continue
        line = lines[one.line_id]
        steps.open_alert(
            "unsigned_hand_over",
            authority_id=one.authority_id,
            key=f"hand_over:{shift}",
            now=now,
            by=Actor.system(),
            facts={**_names(line), "until_at": one.ended_at.isoformat()},
            context={**context_of(line.unit), "line": line.pk, "shift": shift},
            link="/desk/duty/",
        )
        changed += 1
    return changed


def _raised(keys: Iterable[str]) -> set[str]:
    return set(Alert.objects.filter(key__in=list(keys)).values_list("key", flat=True))
