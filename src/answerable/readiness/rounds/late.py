"""The alarm of rounds and findings that are late: calm, to the leader, then to the level above. Expects a transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from answerable.alerts import steps as alarms
from answerable.alerts.around import context_of
from answerable.alerts.models import Alert
from answerable.readiness.rounds.models import Finding, Round, RoundPlan
from answerable.record.actors import Actor

SYSTEM = Actor.system()


def key_of_round(plan_id: int, due_at: datetime) -> str:
    return f"round_late:{plan_id}:{due_at.isoformat()}"


def raise_round(plan: RoundPlan, due_at: datetime, missing: int, *, now: datetime) -> None:
    """Once for each due instant of a plan, however many places it has."""
    alarms.open_alert(
        "round_late",
        authority_id=plan.authority_id,
        key=key_of_round(plan.pk, due_at),
        now=now,
        by=SYSTEM,
        facts={
            "step_zh": plan.name_in("zh"),
            "step_en": plan.name_in("en"),
            "unit_zh": plan.unit.name_in("zh"),
            "unit_en": plan.unit.name_in("en"),
            "until_at": due_at.isoformat(),
            "missing": missing,
        },
        context=context_of(plan.unit) | {"owner_post": plan.post_id},
        link=f"/desk/rounds/plans/{plan.pk}",
        is_urgent=False,
    )


def end_where_done(plan: RoundPlan, *, by: Actor, now: datetime) -> None:
    """The alarms of due instants at which nothing is late any more."""
    prefix = f"round_late:{plan.pk}:"
    open_ = Alert.objects.filter(key__startswith=prefix).exclude(state=Alert.State.RESOLVED)
    if not open_.exists():
        return
    late = Round.objects.filter(plan=plan, state=Round.State.DUE, due_at__lte=now)
    keep = {key_of_round(plan.pk, at) for at in late.values_list("due_at", flat=True)}
    _resolve([pk for pk, key in open_.order_by("pk").values_list("pk", "key") if key not in keep], by, now)


def key_of_finding(finding: Finding) -> str:
    """One for each day that it had: sent back by a check, or with another day, it may be late again."""
    return f"finding_late:{finding.pk}:{finding.sent_back}:{finding.state}:{finding.due_on}"


def raise_finding(finding: Finding, code: str, facts: dict[str, Any], *, now: datetime) -> None:
    alarms.open_alert(
        code,
        authority_id=finding.authority_id,
        key=key_of_finding(finding),
        now=now,
        by=SYSTEM,
        facts=facts,
        context=context_of(finding.unit) | {"owner_post": finding.post_id},
        link=f"/desk/rounds/findings/{finding.pk}",
        is_urgent=False,
    )


def end_finding(finding: Finding, *, by: Actor, now: datetime) -> None:
    rows = Alert.objects.filter(key__startswith=f"finding_late:{finding.pk}:")
    ids = rows.exclude(state=Alert.State.RESOLVED).order_by("pk").values_list("pk", flat=True)
    _resolve(list(ids), by, now)


def _resolve(ids: list[Any], by: Actor, now: datetime) -> None:
    for pk in ids:
        alarms.resolve(alarms.lock_alert(pk), by=by, now=now)
