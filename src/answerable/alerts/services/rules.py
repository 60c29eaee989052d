"""Escalation rules: kept, retired. Each change is an act of the body's own record; alarms under way keep their ladder."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from answerable.alerts.act_kinds import AlertAct
from answerable.alerts.defaults import DEFAULTS
from answerable.alerts.ladders import frozen
from answerable.alerts.models import EscalationRule, EscalationStep, StepTarget
from answerable.alerts.refusals import CannotKeepRule
from answerable.alerts.rule_checks import RuleDraft, RuleFault, faults
from answerable.core.refusals import Changed
from answerable.duty.models import LineRole
from answerable.orgs.models import Authority
from answerable.orgs.standing import standing
from answerable.record.actors import Actor
from answerable.record.append import append
from answerable.record.matters import matter_of


@transaction.atomic(durable=True)
def keep_rule(
    *, authority: Authority, draft: RuleDraft, by: Actor, now: datetime, seen_version: int
) -> EscalationRule:
    """Make the body's rule for a code, or a new version of it. `seen_version` 0: there was none.

    Raises CannotKeepRule with every fault, Changed where somebody changed it meanwhile.
    """
    return _keep(authority, draft, by=by, now=now, seen_version=seen_version)


@transaction.atomic(durable=True)
def make_default_rules(*, authority: Authority, by: Actor, now: datetime) -> list[str]:
    """Give a body the rules it lacks; returns their codes. Its own are left as they are."""
    have = set(
        EscalationRule.objects.filter(authority=authority, retired_at=None).values_list("code", flat=True)
    )
    missing = [draft for draft in DEFAULTS if draft.code not in have]
    for draft in missing:
        _keep(authority, draft, by=by, now=now, seen_version=0)
    return [draft.code for draft in missing]


@transaction.atomic(durable=True)
def retire_rule(*, authority: Authority, code: str, by: Actor, now: datetime, seen_version: int) -> None:
    """Use a rule no more: its alarms take the one that a body begins with. Raises Changed."""
    rule = _locked(authority, code)
    if rule is None or rule.version != seen_version:
        raise Changed(shown=seen_version, now=rule.version if rule else 0)
    rule.retired_at = now
    rule.save(update_fields=["retired_at"])
    body = {"rule": rule.pk, "code": code, "version": rule.version}
    append(AlertAct.RULE_RETIRED, matter=matter_of("authority", authority.pk), by=by, at=now, body=body)


def _locked(authority: Authority, code: str) -> EscalationRule | None:
    rows = EscalationRule.objects.select_for_update().filter(authority=authority, code=code, retired_at=None)
    return rows.first()


def _keep(
    authority: Authority, draft: RuleDraft, *, by: Actor, now: datetime, seen_version: int
) -> EscalationRule:
    found = [*faults(draft), *_foreign(authority, draft)]
    if found:
        raise CannotKeepRule("faults", faults=found)
    # One at a time for a body: two who make its first rule for a code queue up here.
    Authority.objects.select_for_update().get(pk=authority.pk)
    rule = _locked(authority, draft.code)
    if (rule.version if rule else 0) != seen_version:
        raise Changed(shown=seen_version, now=rule.version if rule else 0)
    before = frozen(rule) if rule is not None else None
    values: dict[str, Any] = {
        "name_zh": draft.name_zh.strip(),
        "name_en": draft.name_en.strip(),
        "mode": draft.mode,
        "repeat_after_s": draft.repeat_after_s,
        "rounds": draft.rounds,
    }
    if rule is None:
        rule = EscalationRule.objects.create(authority=authority, code=draft.code, **values)
    else:
        for name, value in values.items():
            setattr(rule, name, value)
        rule.version += 1
        rule.save()
        rule.steps.all().delete()
    _write_steps(rule, draft)
    rule = EscalationRule.objects.prefetch_related("steps__targets__line_role").get(pk=rule.pk)
    body: dict[str, Any] = {"to": frozen(rule)} | ({"from": before} if before else {})
    append(AlertAct.RULE_KEPT, matter=matter_of("authority", authority.pk), by=by, at=now, body=body)
    return rule


def _write_steps(rule: EscalationRule, draft: RuleDraft) -> None:
    steps = EscalationStep.objects.bulk_create(
        [
            EscalationStep(rule=rule, position=place, after_s=one.after_s)
            for place, one in enumerate(draft.steps)
        ]
    )
    StepTarget.objects.bulk_create(
        [
            StepTarget(
                step=step,
                post_id=target.get("post"),
                unit_id=target.get("unit"),
                staff_id=target.get("staff"),
                line_role_id=target.get("line_role"),
                follows=target.get("follows", ""),
                is_told_only=bool(target.get("told")),
            )
            for step, one in zip(steps, draft.steps, strict=True)
            for target in one.targets
        ]
    )


def _foreign(authority: Authority, draft: RuleDraft) -> list[RuleFault]:
    """Steps that name a post, unit, person or duty of another body (but for the bodies above)."""
    bodies = _body_and_above(authority)
    roles = set(LineRole.objects.filter(line__authority__in=bodies).values_list("pk", flat=True))
    found = standing()
    units = {pk for pk, unit in found.units.items() if unit.authority_id in bodies}
    posts = {pk for pk, post in found.posts.items() if post.unit_id in units}
    staff = {pk for pk, held in found.by_staff.items() if any(one.post_id in posts for one in held)}
    known = {"post": posts, "unit": units, "staff": staff, "line_role": roles}
    return [
        RuleFault("foreign", number)
        for number, step in enumerate(draft.steps, 1)
        for target in step.targets
        if any(name in target and target[name] not in ids for name, ids in known.items())
    ]


def _body_and_above(authority: Authority) -> set[int]:
    found: set[int] = set()
    here: Authority | None = standing().authorities.get(authority.pk)
    while here is not None and here.pk not in found:
        found.add(here.pk)
        here = here.above
    return found
