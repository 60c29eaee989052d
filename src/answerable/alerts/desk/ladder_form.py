"""The form of an escalation rule: its whole draft is in the fields, so that steps are added and moved without a script."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from answerable.alerts.desk import wording
from answerable.alerts.desk.fields import minutes_text, seconds_of
from answerable.alerts.ladders import target_of
from answerable.alerts.models import EscalationRule, StepTarget
from answerable.alerts.rule_checks import MOST_STEPS, RuleDraft, StepDraft
from answerable.duty.models import LineRole
from answerable.orgs.models import Authority
from answerable.orgs.standing import standing

Target = Mapping[str, Any]
MOST_TARGETS = 20


def key_of(target: Target) -> str:
    """A target as the value of a field: `post/12`, `follows/leader`, `line_role/3/7`."""
    for name in ("follows", "post", "unit", "staff"):
        if target.get(name):
            return f"{name}/{target[name]}"
    return f"line_role/{target.get('line', 0)}/{target.get('line_role', 0)}"


def target_from(key: str, *, told: bool = False) -> dict[str, Any] | None:
    """Back again; None for what no page offered."""
    name, _slash, rest = key.partition("/")
    mark: dict[str, Any] = {"told": True} if told else {}
    if name == "follows" and rest in StepTarget.Follows.values and rest:
        return mark | {"follows": rest}
    parts = rest.split("/")
    if not all(part.isdecimal() and len(part) < 19 for part in parts):
        return None
    if name in ("post", "unit", "staff") and len(parts) == 1:
        return mark | {name: int(parts[0])}
    if name == "line_role" and len(parts) == 2:
        return mark | {"line": int(parts[0]), "line_role": int(parts[1])}
    return None


def draft_of(rule: EscalationRule) -> RuleDraft:
    steps = tuple(
        StepDraft(step.after_s, tuple(target_of(one) for one in step.targets.all()))
        for step in rule.steps.all()
    )
    return RuleDraft(
        rule.code, rule.name_zh, rule.name_en, rule.mode, rule.repeat_after_s, rule.rounds, steps
    )


def draft_from(data: QueryDict, code: str) -> RuleDraft:
    """What was typed; what is no number becomes one that is refused with a sentence."""
    count = min(_number(data.get("steps", "0")), MOST_STEPS + 1)
    steps = []
    for n in range(max(count, 0)):
        told = set(data.getlist(f"told-{n}"))
        targets = [target_from(key, told=key in told) for key in data.getlist(f"target-{n}")[:MOST_TARGETS]]
        seconds = seconds_of(data.get(f"after-{n}", ""))
        steps.append(StepDraft(-1 if seconds is None else seconds, tuple(t for t in targets if t)))
    repeat = seconds_of(data.get("repeat", ""))
    return RuleDraft(
        code,
        data.get("name_zh", "")[:200],
        data.get("name_en", "")[:200],
        "all" if data.get("mode") == "all" else "one",
        -1 if repeat is None else repeat,
        _number(data.get("rounds", "")),
        tuple(steps),
    )


def _number(text: str) -> int:
    return int(text) if text.strip().isdecimal() and len(text) < 9 else -1


def changed(draft: RuleDraft, do: str, data: QueryDict) -> RuleDraft:
    """The draft after one of the buttons that save nothing: add, remove, up, down, ask, drop."""
    what, _colon, rest = do.partition(":")
    steps = list(draft.steps)
    if what == "add":
        return replace(draft, steps=(*steps, StepDraft(300 if steps else 0)))
    place, _dot, nth = rest.partition(".")
    n, t = _number(place), _number(nth)
    if not 0 <= n < len(steps):
        return draft
    if what == "remove":
        del steps[n]
    elif what == "up" and n > 0:
        steps[n - 1], steps[n] = _swapped(steps[n - 1], steps[n])
    elif what == "down" and n + 1 < len(steps):
        steps[n], steps[n + 1] = _swapped(steps[n], steps[n + 1])
    elif what == "ask":
        wanted = target_from(data.get(f"ask-{n}", ""))
        if wanted is not None and key_of(wanted) not in [key_of(one) for one in steps[n].targets]:
            steps[n] = replace(steps[n], targets=(*steps[n].targets, wanted))
    elif what == "drop" and 0 <= t < len(steps[n].targets):
        kept = [one for place_, one in enumerate(steps[n].targets) if place_ != t]
        steps[n] = replace(steps[n], targets=tuple(kept))
    return replace(draft, steps=tuple(steps))


def _swapped(upper: StepDraft, lower: StepDraft) -> tuple[StepDraft, StepDraft]:
    """Whom they ask changes places; when they come stays."""
    return replace(upper, targets=lower.targets), replace(lower, targets=upper.targets)


@dataclass(frozen=True)
class Choice:
    value: str
    label: str


def choices(body: Authority) -> list[tuple[str, list[Choice]]]:
    """Whom a step of this body's rules may ask, in groups."""
    found = standing()
    units = [u for u in found.units.values() if u.authority_id == body.pk and u.closed_on is None]
    units.sort(key=lambda unit: unit.path)
    posts = [p for unit in units for p in found.posts_in.get(unit.pk, ()) if p.closed_on is None]
    roles = LineRole.objects.filter(line__authority=body, line__closed_on=None).select_related("line")
    post_ids = {post.pk for post in posts}
    people = sorted(
        {a.staff for p in post_ids for a in found.by_post.get(p, ()) if a.staff.is_active},
        key=lambda one: one.name,
    )
    groups = [
        (
            _("From what the alarm is about"),
            [Choice(f"follows/{v}", str(label)) for v, label in StepTarget.Follows.choices if v],
        ),
        (
            _("Those on duty"),
            [
                Choice(f"line_role/{role.line_id}/{role.pk}", f"{role.line.name}: {role.name}")
                for role in roles.order_by("line_id", "position", "pk")
            ],
        ),
        (_("Posts"), [Choice(f"post/{post.pk}", f"{post.name}, {post.unit.name}") for post in posts]),
        (
            _("Heads of units"),
            [Choice(f"unit/{unit.pk}", _("head of %(unit)s") % {"unit": unit.name}) for unit in units],
        ),
        (_("Persons"), [Choice(f"staff/{one.pk}", one.name) for one in people]),
    ]
    return [(title, rows) for title, rows in groups if rows]


def labels(body: Authority, draft: RuleDraft) -> dict[str, str]:
    """What each target of the draft is called."""
    known = {choice.value: choice.label for _title, rows in choices(body) for choice in rows}
    found = standing()
    for step in draft.steps:
        for target in step.targets:
            key = key_of(target)
            if key in known:
                continue
            post, unit = found.posts.get(target.get("post", 0)), found.units.get(target.get("unit", 0))
            staff = found.staff.get(target.get("staff", 0))
            known[key] = (
                f"{post.name}, {post.unit.name}"
                if post
                else _("head of %(unit)s") % {"unit": unit.name}
                if unit
                else staff.name
                if staff
                else _("somebody who is not there any more")
            )
    return known


def shown_steps(body: Authority, draft: RuleDraft) -> list[dict[str, Any]]:
    """The draft's steps as the page shows them."""
    known = labels(body, draft)
    return [
        {
            "n": n,
            "number": n + 1,
            "after": minutes_text(step.after_s) if step.after_s >= 0 else "",
            "later": wording.later(step.after_s),
            "targets": [
                {"key": key_of(one), "label": known[key_of(one)], "told": bool(one.get("told"))}
                for one in step.targets
            ],
            "is_first": n == 0,
            "is_last": n + 1 == len(draft.steps),
        }
        for n, step in enumerate(draft.steps)
    ]
