"""Call the roll of those on duty, plan it, sum it up."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, time
from functools import partial

from django.db import connection, transaction
from django.db.models import Q

from answerable.alerts import rollcalls, steps
from answerable.alerts.act_kinds import AlertAct
from answerable.alerts.models import Alert, RollCall, RollCallPlan
from answerable.alerts.refusals import CannotCall
from answerable.alerts.roll_call_steps import call_line
from answerable.duty import queries as duty
from answerable.duty.models import Line
from answerable.record.actors import Actor
from answerable.record.append import append

log = logging.getLogger(__name__)
SHORTEST_MIN, LONGEST_MIN = 1, 240


@transaction.atomic(durable=True)
def call_roll(*, line: Line, answer_within_min: int, by: Actor, now: datetime) -> RollCall:
    """Call everyone on duty on a line now. Raises CannotCall: nobody is, minutes, or one is under way."""
    if not SHORTEST_MIN <= answer_within_min <= LONGEST_MIN:
        raise CannotCall("minutes")
    Line.objects.select_for_update().get(pk=line.pk)
    if RollCall.objects.filter(line=line, closed_at=None).exists():
        raise CannotCall("called_already")
    if not duty.on_duty(line.pk, now):
        raise CannotCall("nobody_on_duty")
    key = f"roll_call:{line.pk}:{now.isoformat()}"
    return call_line(line, answer_within_min, key=key, by=by, now=now)


def call_planned(now: datetime) -> int:
    """Make the calls that plans want now; each once, whoever asks. One that fails holds up no other."""
    due = list(rollcalls.due_plans(now))
    return sum(_one(partial(_call_planned, plan, key, now)) for plan, key in due)


def _one(do: Callable[[], bool]) -> bool:
    try:
        return do()
    except Exception:
        if connection.connection is None or connection.connection.closed:
            raise
        log.exception("a roll call failed, the others go on")
        return False


@transaction.atomic(durable=True)
def _call_planned(plan: RollCallPlan, key: str, now: datetime) -> bool:
    Line.objects.select_for_update().get(pk=plan.line_id)
    if Alert.objects.filter(key=key).exists():
        return False
    call_line(plan.line, plan.answer_within_min, key=key, by=Actor.system(), now=now, plan=plan)
    return True


def close_due(now: datetime) -> int:
    """Sum up the calls that everyone has answered, and those whose time is over."""
    waiting = RollCall.objects.filter(closed_at=None)
    over = waiting.filter(Q(answer_by__lte=now) | ~Q(alert__state=Alert.State.OPEN))
    waiting_pks = list(over.order_by("pk").values_list("pk", flat=True)[:200])
    return sum(_one(partial(_close, pk, now)) for pk in waiting_pks)


@transaction.atomic(durable=True)
def _close(pk: int, now: datetime) -> bool:
    alert = steps.lock_alert(RollCall.objects.values_list("alert_id", flat=True).get(pk=pk))
    call = RollCall.objects.select_for_update().get(pk=pk)
    if call.closed_at is not None:
        return False
    heard = rollcalls.answers(call)
    there = sum(one.at is not None for one in heard)
    call.result = {"asked": len(heard), "in_time": there, "missing": len(heard) - there}
    call.closed_at = now
    call.save(update_fields=["result", "closed_at"])
    append(AlertAct.ROLL_CALL_CLOSED, matter=alert.pk, by=Actor.system(), at=now, body=call.result)
    if alert.state == Alert.State.ACKNOWLEDGED:
        steps.resolve(alert, by=Actor.system(), now=now)
    return True


@transaction.atomic(durable=True)
def plan_roll_calls(
    *,
    line: Line,
    weekdays: int,
    at: time,
    spread_min: int,
    answer_within_min: int,
    by: Actor,
    now: datetime,
) -> RollCallPlan:
    """Call a line's roll on days of the week from now on. Raises CannotCall (`minutes`, `days`)."""
    if not SHORTEST_MIN <= answer_within_min <= LONGEST_MIN or not 0 <= spread_min <= 1440:
        raise CannotCall("minutes")
    if not 1 <= weekdays <= 127:
        raise CannotCall("days")
    plan = RollCallPlan.objects.create(
        line=line, weekdays=weekdays, at=at, spread_min=spread_min, answer_within_min=answer_within_min
    )
    body = {"plan": plan.pk, "weekdays": weekdays, "at": at.isoformat("minutes"), "spread_min": spread_min}
    append(
        AlertAct.ROLL_CALL_PLANNED,
        matter=line.matter,
        by=by,
        at=now,
        body=body | {"answer_within_min": answer_within_min},
    )
    return plan


@transaction.atomic(durable=True)
def end_plan(*, plan_id: int, by: Actor, now: datetime) -> RollCallPlan:
    """Call by this plan no more. Ending it twice changes nothing."""
    plan = RollCallPlan.objects.select_for_update(of=("self",)).select_related("line").get(pk=plan_id)
    if plan.ended_at is None:
        plan.ended_at = now
        plan.save(update_fields=["ended_at"])
        append(AlertAct.ROLL_CALL_UNPLANNED, matter=plan.line.matter, by=by, at=now, body={"plan": plan.pk})
    return plan
