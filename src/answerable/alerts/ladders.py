"""The ladder of an alarm: the body's rule as it stands, else one that needs no setting up."""

from __future__ import annotations

from typing import Any

from answerable.alerts.defaults import DEFAULTS
from answerable.alerts.models import EscalationRule, StepTarget

#: For what nobody foresaw: whoever is on duty and answers, then the leader, then the level above.
FALLBACK: dict[str, Any] = {
    "code": "",
    "mode": "one",
    "repeat_after_s": 600,
    "rounds": 0,
    "steps": [
        {"after_s": 0, "targets": [{"follows": "on_duty"}, {"follows": "owner"}]},
        {"after_s": 300, "targets": [{"follows": "leader"}]},
        {"after_s": 600, "targets": [{"follows": "above"}]},
    ],
}


def ladder_for(authority_id: int, code: str) -> dict[str, Any]:
    """The rule in use for a code as JSON. Where the body has none: the one it would begin with, so that a late case
    of an office that has set nothing up asks the level above and wakes nobody on duty; else its rule for alarms by hand.
    """
    rules = EscalationRule.objects.filter(
        authority=authority_id, code__in=[code, "manual"], retired_at=None
    ).prefetch_related("steps__targets__line_role")
    by_code = {rule.code: rule for rule in rules}
    rule = by_code.get(code)
    if rule is None and (ladder := _begun_with(code)):
        return ladder
    rule = rule or by_code.get("manual")
    ladder = frozen(rule) if rule is not None else FALLBACK
    return ladder if ladder["steps"] else FALLBACK


def _begun_with(code: str) -> dict[str, Any] | None:
    draft = next((one for one in DEFAULTS if one.code == code and code != "manual"), None)
    if draft is None:
        return None
    return {
        "code": code,
        "mode": draft.mode,
        "repeat_after_s": draft.repeat_after_s,
        "rounds": draft.rounds,
        "steps": [
            {"after_s": step.after_s, "targets": [dict(target) for target in step.targets]}
            for step in draft.steps
        ],
    }


def frozen(rule: EscalationRule) -> dict[str, Any]:
    """A rule as it is kept with each alarm that it raises."""
    return {
        "rule": rule.pk,
        "version": rule.version,
        "code": rule.code,
        "mode": rule.mode,
        "repeat_after_s": rule.repeat_after_s,
        "rounds": rule.rounds,
        "steps": [
            {"after_s": step.after_s, "targets": [target_of(one) for one in step.targets.all()]}
            for step in rule.steps.all()
        ],
    }


def target_of(row: StepTarget) -> dict[str, Any]:
    """One target as JSON: the one thing it names, and whether they are only told."""
    target: dict[str, Any] = {"told": True} if row.is_told_only else {}
    if row.follows:
        return target | {"follows": row.follows}
    if row.line_role_id is not None and row.line_role is not None:
        return target | {"line_role": row.line_role_id, "line": row.line_role.line_id}
    named = {"post": row.post_id, "unit": row.unit_id, "staff": row.staff_id}
    return target | {name: pk for name, pk in named.items() if pk is not None}
