"""The worker puts rounds on the list as they come near, and passes over what nobody could have done any more.

Each plan by itself under its own lock, any number of workers: `made_until` of a target says up to when its rounds are
there, so that doing it again makes nothing twice, and a week's downtime leaves one late round and no heap.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import Q

from answerable.alerts.telling import tell_post
from answerable.readiness.rounds import late, rhythm, steps
from answerable.readiness.rounds.act_kinds import RoundAct
from answerable.readiness.rounds.asked import asking_between
from answerable.readiness.rounds.models import Round, RoundPlan, Target, TemplateVersion
from answerable.readiness.rounds.rhythm import Due, ToMake, rhythm_of
from answerable.readiness.rounds.template.reading import kept_template
from answerable.record.actors import Actor

log = logging.getLogger(__name__)
SYSTEM = Actor.system()
#: A readiness period may begin at any time, so a plan is looked at this often whatever its own rhythm.
AT_LEAST = timedelta(hours=1)
A_MONTH = timedelta(days=31)


def make_due(now: datetime, limit: int = 200) -> int:
    """Put every round on the list that has come near. Returns how many plans were looked at."""
    rows = RoundPlan.objects.filter(stopped_at=None, look_at__lte=now).order_by("look_at", "pk")
    plans = list(rows.values_list("pk", flat=True)[:limit])
    for pk in plans:
        _apart(pk, now)
    return len(plans)


def _apart(plan_id: int, now: datetime) -> None:
    """One that fails holds up no other."""
    try:
        make_for(plan_id=plan_id, now=now)
    except Exception:
        if connection.connection is None or connection.connection.closed:
            raise
        log.exception("the rounds of a plan could not be put on the list", extra={"plan": plan_id})
        RoundPlan.objects.filter(pk=plan_id).update(look_at=now + AT_LEAST)


@transaction.atomic(durable=True)
def make_for(*, plan_id: int, now: datetime) -> int:
    """The same for one plan. Returns how many rounds were put on the list."""
    rows = RoundPlan.objects.select_for_update(of=("self",), skip_locked=True)
    plan = rows.select_related("authority", "unit").filter(pk=plan_id, stopped_at=None).first()
    if plan is None or plan.look_at is None or plan.look_at > now:
        return 0
    version = TemplateVersion.objects.filter(template=plan.template_id, state="in_use").first()
    made, passed_over = _of_targets(plan, version, now) if version is not None else ([], 0)
    _put(plan, made, passed_over, now)
    plan.look_at = now + AT_LEAST
    plan.save(update_fields=["look_at"])
    return len(made)


def _of_targets(plan: RoundPlan, version: TemplateVersion, now: datetime) -> tuple[list[Round], int]:
    """The rounds that are to be made, and how many are passed over; each target notes up to when it has its rounds."""
    made: list[Round] = []
    passed_over = 0
    there, topic = _there(plan, now), kept_template(version.text).topic
    targets = Target.objects.filter(plan=plan, ended_at=None).select_related("place", "item")
    for target in targets.order_by("position", "pk"):
        if _is_gone(target):
            continue
        todo = _ahead(plan, target, topic, now)
        new = [due for due in todo.rounds if (target.pk, due.at) not in there]
        made += [_row(plan, target, version, due, now) for due in new]
        passed_over += todo.passed_over
        if new:
            target.made_until = max(target.made_until, new[-1].at)
            target.save(update_fields=["made_until"])
    return made, passed_over


def _there(plan: RoundPlan, now: datetime) -> set[tuple[int, datetime]]:
    """What is on the list already, of what is ahead."""
    rows = Round.objects.filter(plan=plan, due_at__gt=now).exclude(state=Round.State.DROPPED)
    return set(rows.values_list("target", "due_at"))


def _is_gone(target: Target) -> bool:
    """A place that is closed, a thing that is given away: nobody is sent there. `check` names it."""
    thing = target.place or target.item
    return thing is not None and thing.closed_on is not None


def _ahead(plan: RoundPlan, target: Target, topic: str | None, now: datetime) -> ToMake:
    zone = plan.authority.zone
    normal = rhythm_of(plan.rhythm)
    faster = rhythm_of(plan.faster) if plan.faster else None
    # A little further than the hours that a round is open, so that it is there before the next look.
    until = now + timedelta(hours=plan.open_hours) + AT_LEAST
    here = ZoneInfo(zone)
    # What is ahead is asked anew each time: a period that was announced since may want more rounds before the next one.
    after = max(min(target.made_until, now), now - rhythm.FURTHEST)
    # Of what was slept through only the last round is made, so a month of periods is enough to know it by.
    known_from = max(after, now - A_MONTH)
    asking = asking_between(
        plan.authority_id,
        target.place,
        topic,
        normal=normal,
        faster=faster,
        from_on=known_from.astimezone(here).date(),
        until_on=until.astimezone(here).date(),
        zone=zone,
    )
    dues = rhythm.due_between(
        asking,
        normal=normal,
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
        after=after,
        until=until,
        zone=zone,
    )
    return rhythm.to_make(dues, now)


def _row(plan: RoundPlan, target: Target, version: TemplateVersion, due: Due, now: datetime) -> Round:
    return Round(
        plan=plan,
        target=target,
        authority=plan.authority,
        unit=plan.unit,
        post_id=plan.post_id,
        place=target.place,
        item=target.item,
        template_version=version,
        due_at=due.at,
        due_on=due.on,
        opens_at=due.at - timedelta(hours=plan.open_hours),
        in_period=due.in_period,
        made_at=now,
    )


def _put(plan: RoundPlan, made: list[Round], passed_over: int, now: datetime) -> None:
    if not made and not passed_over:
        return
    # A change of the plan took some of these off the list before they came near: they are on it again.
    again = Q()
    for one in made:
        again |= Q(target=one.target_id, due_at=one.due_at)
    dropped = Round.objects.filter(again, state=Round.State.DROPPED) if made else Round.objects.none()
    for row in dropped.select_for_update():
        steps.changed(row, state=Round.State.DUE, post_id=plan.post_id, unit=plan.unit)
    Round.objects.bulk_create(made, ignore_conflicts=True)
    steps.act(
        RoundAct.MADE,
        plan.matter,
        by=SYSTEM,
        now=now,
        body={
            "due": sorted({one.due_at.isoformat() for one in made}),
            "targets": sorted({one.target_id for one in made}),
            "passed_over": passed_over,
        },
    )
    here = ZoneInfo(plan.authority.zone)
    for due_at in sorted({one.due_at for one in made if one.due_at > now}):
        local = due_at.astimezone(here)
        tell_post(
            plan.post_id,
            "round_due",
            key=f"round_due:{plan.pk}:{due_at.isoformat()}",
            at=now,
            facts={
                "step_zh": plan.name_in("zh"),
                "step_en": plan.name_in("en"),
                "due": local.date().isoformat(),
                "clock": f"{local:%H:%M}",
                "count": sum(one.due_at == due_at for one in made),
            },
        )


# ---------------------------------------------------------------- late


def watch_late(now: datetime, limit: int = 200) -> int:
    """Rounds whose last instant has passed: an alarm a plan and instant, and the older one at that target is missed."""
    rows = Round.objects.filter(state=Round.State.DUE, late_at=None, due_at__lt=now)
    plans = list(rows.order_by("plan").values_list("plan", flat=True).distinct()[:limit])
    return sum(_late(plan_id, now) for plan_id in plans)


@transaction.atomic(durable=True)
def _late(plan_id: int, now: datetime) -> int:
    plan = steps.lock_plan(plan_id)
    rows = Round.objects.select_for_update(of=("self",), skip_locked=True)
    found = list(
        rows.filter(plan=plan, state=Round.State.DUE, late_at=None, due_at__lt=now).order_by("due_at", "pk")
    )
    if not found:
        return 0
    missed: list[str] = []
    for row in found:
        row.late_at = now
        row.save(update_fields=["late_at"])
        older = Round.objects.filter(target=row.target_id, state=Round.State.DUE, due_at__lt=row.due_at)
        missed += [str(pk) for pk in older.values_list("pk", flat=True)]
        older.update(state=Round.State.MISSED)
    body = {"rounds": [str(row.pk) for row in found]}
    steps.act(RoundAct.LATE, plan.matter, by=SYSTEM, now=now, body=body)
    if missed:
        steps.act(RoundAct.MISSED, plan.matter, by=SYSTEM, now=now, body={"rounds": missed})
    newest = max(row.due_at for row in found)
    late.raise_round(plan, newest, sum(row.due_at == newest for row in found), now=now)
    late.end_where_done(plan, by=SYSTEM, now=now)
    return len(found)
