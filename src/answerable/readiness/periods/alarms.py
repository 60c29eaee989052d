"""Whom a period tells, and what of it raises an alarm. All of it calm: nothing here is an emergency yet.

Heads of the units it concerns read of it; when it begins, its leader is asked to say that they have it and the others
are told; two days before, its leader is asked where something that it demands is missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import translation

from answerable.alerts import steps as alarms
from answerable.alerts.around import context_of
from answerable.alerts.ladders import ladder_for
from answerable.alerts.models import Alert
from answerable.alerts.telling import tell_posts
from answerable.orgs.queries import head_of
from answerable.readiness.periods import queries, wording
from answerable.readiness.periods.models import Period
from answerable.record.actors import Actor

SYSTEM = Actor.system()
BEGUN, MISSING = "period_begun", "period_missing"


def facts_of(period: Period) -> dict[str, Any]:
    """What its sentences need: name, place and hours; nobody's name."""
    found: dict[str, Any] = {
        "from_at": period.from_at.isoformat(),
        "until_at": period.until_at.isoformat(),
        "due": period.until_at.astimezone(ZoneInfo(period.authority.zone)).date().isoformat(),
    }
    for tongue in ("zh", "en"):
        with translation.override("zh-hans" if tongue == "zh" else "en"):
            found[f"step_{tongue}"] = period.name_in(tongue) or wording.kind_text(period.kind)
            found[f"unit_{tongue}"] = wording.where_text(period)
    return found


def link_of(period: Period) -> str:
    return f"/desk/periods/{period.pk}"


def posts_concerned(period: Period) -> list[int]:
    """The heads of the units that it concerns, its own first."""
    units = [period.unit, *queries.units_concerned(period)]
    heads = [head.pk for unit in units if (head := head_of(unit)) is not None]
    return list(dict.fromkeys(heads))


def tell(period: Period, code: str, *, now: datetime) -> None:
    """A notice before the heads of the units it concerns, once for each version of the period."""
    tell_posts(
        posts_concerned(period),
        code,
        key=f"{code}:{period.pk}:{period.version}",
        at=now,
        facts=facts_of(period),
    )


def raise_begun(period: Period, *, now: datetime) -> None:
    """It runs: its leader says that they have it, the others hear it."""
    leader = context_of(period.unit).get("leader_post")
    told = [{"post": pk, "told": True} for pk in posts_concerned(period) if pk != leader]
    ladder = _with(ladder_for(period.authority_id, BEGUN), told)
    _open(period, BEGUN, f"{BEGUN}:{period.pk}", now=now, ladder=ladder)


def _with(ladder: Mapping[str, Any], told: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    first, *rest = ladder["steps"]
    return {**ladder, "steps": [{**first, "targets": [*first["targets"], *told]}, *rest]}


def missing_key(period: Period) -> str:
    """One alarm for each beginning that it was given."""
    return f"{MISSING}:{period.pk}:{period.from_at.isoformat()}"


def raise_missing(period: Period, missing: int, *, now: datetime) -> None:
    """It begins soon, or runs, and something that it demands is missing."""
    _open(period, MISSING, missing_key(period), now=now, facts={"missing": missing})


def _open(
    period: Period,
    code: str,
    key: str,
    *,
    now: datetime,
    facts: Mapping[str, Any] | None = None,
    ladder: Mapping[str, Any] | None = None,
) -> None:
    alarms.open_alert(
        code,
        authority_id=period.authority_id,
        key=key,
        now=now,
        by=SYSTEM,
        facts={**facts_of(period), **(facts or {})},
        context=context_of(period.unit),
        link=link_of(period),
        is_urgent=False,
        ladder=ladder,
    )


def end_missing(period: Period, *, by: Actor, now: datetime) -> int:
    """Nothing is missing any more. Returns how many alarms ended."""
    return _end(Alert.objects.filter(key=missing_key(period)), by=by, now=now)


def end_all(period: Period, *, by: Actor, now: datetime) -> int:
    """It is over: nobody is asked about it any more."""
    return _end(Alert.objects.filter(key__startswith=f"{MISSING}:{period.pk}:"), by=by, now=now) + _end(
        Alert.objects.filter(key=f"{BEGUN}:{period.pk}"), by=by, now=now
    )


def _end(rows: Any, *, by: Actor, now: datetime) -> int:
    open_ = rows.exclude(state=Alert.State.RESOLVED).order_by("pk")
    return sum(
        alarms.resolve(alarms.lock_alert(pk), by=by, now=now)
        for pk in list(open_.values_list("pk", flat=True))
    )
