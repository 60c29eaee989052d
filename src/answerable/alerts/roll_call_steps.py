"""Calling a roll as a step: inside the caller's transaction, which holds the line's row."""

from __future__ import annotations

from datetime import datetime, timedelta

from answerable.alerts import steps
from answerable.alerts.act_kinds import AlertAct
from answerable.alerts.around import context_of
from answerable.alerts.ladders import ladder_for
from answerable.alerts.models import RollCall, RollCallPlan
from answerable.duty.models import Line
from answerable.record.actors import Actor
from answerable.record.append import append


def call_line(
    line: Line, minutes: int, *, key: str, by: Actor, now: datetime, plan: RollCallPlan | None = None
) -> RollCall:
    """Ask everyone on duty on a locked line; whoever answers within so many minutes is there. Once for a `key`."""
    answer_by = now + timedelta(minutes=minutes)
    rule = ladder_for(line.authority_id, "roll_call")
    targets = rule["steps"][0]["targets"] if rule["code"] == "roll_call" else [{"follows": "on_duty"}]
    alert = steps.open_alert(
        "roll_call",
        authority_id=line.authority_id,
        key=key,
        now=now,
        by=by,
        facts={"line_zh": line.name_zh, "line_en": line.name_en, "answer_by": answer_by.isoformat()},
        context={**context_of(line.unit), "line": line.pk},
        link="/desk/alerts/",
        ladder={
            **{name: rule[name] for name in ("rule", "version") if name in rule},
            "code": "roll_call",
            "mode": "all",
            "repeat_after_s": minutes * 60,
            "rounds": 1,
            "steps": [{"after_s": 0, "targets": targets}],
        },
    )
    made = RollCall.objects.create(
        line=line, plan=plan, alert=alert, called_at=now, answer_by=answer_by, called_by=by.post_id
    )
    body = {"line": line.pk, "answer_by": answer_by.isoformat(), "planned": plan is not None}
    append(AlertAct.ROLL_CALLED, matter=alert.pk, by=by, at=now, body=body)
    return made
