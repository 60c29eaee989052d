"""Drills: planned with a script, begun as an incident that is marked, met event by event, stopped at once.

Whoever leads a unit of the body plans and begins one. From the first call on it goes the way of every incident.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction

from answerable.alerts import steps as alarms
from answerable.alerts.models import Alert
from answerable.core.names import in_language
from answerable.core.refusals import Changed
from answerable.incidents import access, planned, steps
from answerable.incidents.act_kinds import DrillAct, IncidentAct
from answerable.incidents.drills import rules
from answerable.incidents.drills.queries import RUNS
from answerable.incidents.drills.rules import CannotDrill, Event
from answerable.incidents.models import (
    Drill,
    Incident,
    IncidentRole,
    Inject,
    LevelChange,
    Plan,
    PlanVersion,
    Sent,
)
from answerable.incidents.reports import steps as report_steps
from answerable.incidents.reports.planned import plan_file_of
from answerable.incidents.reviews.rules import personal_data_until
from answerable.incidents.rules import NotTheirs, require_of_nobody
from answerable.incidents.services.calls import Told, report_incident
from answerable.incidents.services.standing_down import RETENTION_DAYS
from answerable.orgs.models import Role
from answerable.orgs.queries import local_today, posts_of
from answerable.orgs.standing import standing
from answerable.record.actors import Actor
from answerable.record.append import append

LONGEST_PLACE, LONGEST_WHY = 300, 300


@dataclass(frozen=True)
class Wish:
    """A drill as it is planned. `call_*`: the first call as the script tells it."""

    plan_id: int
    kind: str
    planned_on: date
    pace: int = 1
    place_text: str = ""
    call_zh: str = ""
    call_en: str = ""
    events: tuple[Event, ...] = field(default=())


@transaction.atomic(durable=True)
def plan_drill(wish: Wish, *, by: Actor, now: datetime) -> Drill:
    """Plan a drill of a plan in use. Raises CannotDrill, NotTheirs."""
    plan = Plan.objects.select_for_update(of=("self",)).select_related("authority").get(pk=wish.plan_id)
    require_planner(by, plan.authority_id, now)
    if plan.retired_at is not None or not _in_use(plan.pk):
        raise CannotDrill("no_plan_in_use")
    rules.require_pace(wish.pace, is_table_top=wish.kind == Drill.Kind.TABLE_TOP)
    if wish.planned_on < local_today(plan.authority, now):
        raise CannotDrill("in_the_past")
    place = steps.cleaned(wish.place_text, most=LONGEST_PLACE)
    call_zh, call_en = (steps.cleaned(one, most=rules.LONGEST_TEXT) for one in (wish.call_zh, wish.call_en))
    if not place:
        raise CannotDrill("place_missing")
    if not call_zh and not call_en:
        raise CannotDrill("call_missing")
    events = _events(wish.events)
    require_of_nobody(call_zh, call_en, place)
    drill = Drill.objects.create(
        authority_id=plan.authority_id,
        plan=plan,
        kind=wish.kind,
        planned_on=wish.planned_on,
        pace=wish.pace,
        place_text=place,
        call_zh=call_zh,
        call_en=call_en,
        script=[one.as_record() for one in events],
        planned_by_id=by.staff,
    )
    body = {"plan": plan.pk, "kind": wish.kind, "pace": wish.pace, "planned_on": wish.planned_on.isoformat()}
    _act(drill, DrillAct.PLANNED, by=by, now=now, body=body | {"events": len(events)})
    return drill


def _events(events: Iterable[Event]) -> list[Event]:
    """Checked and in their order; no event is about people who come together (rights, rule 11)."""
    found = rules.in_order(events)
    for one in found:
        require_of_nobody(one.text_zh, one.text_en, one.expect_zh, one.expect_en)
    return found


def events_of(drill: Drill) -> list[Event]:
    return [Event(**one) for one in drill.script]


@transaction.atomic(durable=True)
def add_event(*, drill_id: int, event: Event, by: Actor, seen_version: int, now: datetime) -> Drill:
    """One more event, before the drill is begun."""
    drill = _lock(drill_id, by, now, seen_version)
    return _rewrite(drill, _events([*events_of(drill), event]), by=by, now=now)


@transaction.atomic(durable=True)
def drop_event(*, drill_id: int, position: int, by: Actor, seen_version: int, now: datetime) -> Drill:
    drill = _lock(drill_id, by, now, seen_version)
    events = events_of(drill)
    if not 0 <= position < len(events):
        raise CannotDrill("no_such_event")
    return _rewrite(drill, events[:position] + events[position + 1 :], by=by, now=now)


def _rewrite(drill: Drill, events: list[Event], *, by: Actor, now: datetime) -> Drill:
    drill.script = [one.as_record() for one in events]
    drill.version += 1
    drill.save(update_fields=["script", "version"])
    _act(drill, DrillAct.CHANGED, by=by, now=now, body={"events": len(events)})
    return drill


def begin_drill(*, drill_id: int, by: Actor, now: datetime) -> Incident:
    """The first call comes in: an incident that is marked as a drill, by the same door as every other.

    Cut short after the call, the next begin finds the call again by its submission and goes on. Raises CannotDrill.
    """
    told = _call_of(drill_id, by, now)
    incident = report_incident(told, by=by, now=now).incident
    return _begin(drill_id, incident, by=by, now=now)


@transaction.atomic(durable=True)
def _call_of(drill_id: int, by: Actor, now: datetime) -> Told:
    drill = _lock(drill_id, by, now)
    _require_free(drill)
    text = in_language(drill.call_zh, drill.call_en, "zh-hans" if drill.authority.name_zh else "en")
    return Told(
        authority=drill.authority,
        hazard=drill.plan.hazard,
        what=text,
        place_text=drill.place_text,
        submission=f"drill:{drill.matter}:{drill.version}".encode(),
        is_drill=True,
        pace=drill.pace,
    )


def _require_free(drill: Drill) -> None:
    """Raises CannotDrill where something real is under way, or another drill of the plan, or no plan is in use."""
    if not _in_use(drill.plan_id):
        raise CannotDrill("no_plan_in_use")
    real = Incident.objects.filter(
        authority=drill.authority_id, state=Incident.State.ACTIVE, is_drill=False
    ).first()
    if real is not None:
        raise CannotDrill("real_one", incident=real.code)
    others = Drill.objects.filter(plan=drill.plan_id, incident__state__in=RUNS, stopped_at=None)
    if others.exclude(pk=drill.pk).exists():
        raise CannotDrill("another_runs")


@transaction.atomic(durable=True)
def _begin(drill_id: int, incident: Incident, *, by: Actor, now: datetime) -> Incident:
    locked = steps.lock_incident(incident.pk)
    drill = _lock(drill_id, by, now)
    _require_free(drill)
    events = events_of(drill)
    times = rules.due_times(events, locked.reported_at, drill.pace)
    Inject.objects.bulk_create(
        Inject(
            incident=locked,
            position=position,
            due_at=due_at,
            text_zh=one.text_zh,
            text_en=one.text_en,
            expect_zh=one.expect_zh,
            expect_en=one.expect_en,
        )
        for position, (one, due_at) in enumerate(zip(events, times, strict=True), 1)
    )
    drill.incident, drill.begun_at = locked, locked.reported_at
    drill.version += 1
    drill.save(update_fields=["incident", "begun_at", "version"])
    _act(drill, DrillAct.BEGUN, by=by, now=now, body={"incident": str(locked.pk)})
    return locked


@transaction.atomic(durable=True)
def meet_event(*, drill_id: int, position: int, by: Actor, now: datetime) -> Inject:
    """What was expected after an event was done; a second time changes nothing. Whoever writes in the drill says so."""
    drill = Drill.objects.get(pk=drill_id)
    if drill.incident_id is None:
        raise CannotDrill("not_begun")
    incident = steps.lock_incident(drill.incident_id)
    access.require_writer(by, incident, now)
    inject = Inject.objects.select_for_update().filter(incident=incident, position=position).first()
    if inject is None:
        raise CannotDrill("no_such_event")
    if inject.told_at is None:
        raise CannotDrill("not_told")
    if inject.met_at is not None:
        return inject
    if incident.state not in RUNS:
        raise CannotDrill("over")
    done = steps.act(incident, IncidentAct.INJECT_MET, by=by, now=now, body={"position": position})
    inject.met_at = done.at
    inject.save(update_fields=["met_at"])
    return inject


@transaction.atomic(durable=True)
def stop_drill(*, drill_id: int, why: str, by: Actor, now: datetime) -> Drill:
    """Break it off at once: nobody is asked any more, no event is told, no report is owed. Raises CannotDrill.

    Nothing has to be closed first: the guard is for what is real. What was open stays as it was, for the result.
    """
    drill = Drill.objects.select_related("incident").get(pk=drill_id)
    if drill.incident_id is None:
        raise CannotDrill("not_begun")
    incident = steps.lock_incident(drill.incident_id)
    drill = Drill.objects.select_for_update(of=("self",)).select_related("authority", "plan").get(pk=drill_id)
    if not incident.is_drill:
        raise CannotDrill("not_a_drill")
    if drill.stopped_at is not None or incident.state not in RUNS:
        raise CannotDrill("over")
    access.require_writer(by, incident, now)
    why = steps.cleaned(why, most=LONGEST_WHY)
    if not why:
        raise CannotDrill("why_missing")
    was_active = incident.state == Incident.State.ACTIVE
    if was_active:
        LevelChange.objects.create(
            incident=incident,
            before=incident.response_level,
            after=None,
            grounds=why,
            at=now,
            by_id=by.staff,
            post_id=by.post_id,
        )
        IncidentRole.objects.filter(incident=incident, until_at=None).update(until_at=now)
    fields = {"stood_down_at": now} if was_active else {"closed_at": now}
    steps.changed(
        incident,
        state=Incident.State.STOOD_DOWN if was_active else Incident.State.DISMISSED,
        personal_data_until=personal_data_until(local_today(drill.authority, now), _retention(incident)),
        **fields,
    )
    # What was only sent out in the drill is free for what is real.
    Sent.objects.filter(incident=incident, back_at=None).update(back_at=now, back_by=by.staff)
    drill.stopped_at, drill.stopped_by_id, drill.stopped_why = now, by.staff, why
    drill.version += 1
    drill.save(update_fields=["stopped_at", "stopped_by", "stopped_why", "version"])
    steps.act(incident, IncidentAct.DRILL_STOPPED, by=by, now=now, why=why)
    _act(drill, DrillAct.STOPPED, by=by, now=now, body={"incident": str(incident.pk)}, why=why)
    report_steps.open_duties(incident, plan_file_of(incident), now)
    _end_alarms(incident, by=by, now=now)
    return drill


def _end_alarms(incident: Incident, *, by: Actor, now: datetime) -> None:
    """Nobody is called about a drill while something real is under way: in the same transaction."""
    roles = IncidentRole.objects.filter(incident=incident).exclude(alert=None)
    ids = [alert for alert in roles.values_list("alert", flat=True) if alert is not None]
    rows = Alert.objects.filter(pk__in=ids) | Alert.objects.filter(about=incident.pk)
    open_ = rows.exclude(state=Alert.State.RESOLVED).order_by("pk")
    for pk in list(open_.values_list("pk", flat=True)):
        alarms.resolve(alarms.lock_alert(pk), by=by, now=now)


def _retention(incident: Incident) -> int:
    version = incident.plan_version
    return planned.file_of(version).retention_days if version is not None else RETENTION_DAYS


# ---------------------------------------------------------------- who, and the row


def require_planner(by: Actor, authority_id: int, at: datetime) -> None:
    """Raises NotTheirs unless the actor leads a unit of the body."""
    staff = standing(fresh=True).staff.get(by.staff)
    posts = posts_of(staff, at) if staff is not None and staff.is_active else []
    if not any(post.role == Role.LEADER and post.unit.authority_id == authority_id for post in posts):
        raise NotTheirs("leads_not")


def _lock(drill_id: int, by: Actor, now: datetime, seen_version: int | None = None) -> Drill:
    """A drill that was not begun, locked."""
    rows = Drill.objects.select_for_update(of=("self",)).select_related("authority", "plan")
    drill = rows.get(pk=drill_id)
    require_planner(by, drill.authority_id, now)
    if drill.incident_id is not None:
        raise CannotDrill("begun_already")
    if seen_version is not None and drill.version != seen_version:
        raise Changed(version=drill.version)
    return drill


def _in_use(plan_id: int) -> bool:
    return PlanVersion.objects.filter(plan=plan_id, state=PlanVersion.State.IN_USE).exists()


def _act(
    drill: Drill, kind: DrillAct, *, by: Actor, now: datetime, body: dict[str, object], why: str = ""
) -> None:
    append(kind, matter=drill.matter, by=by, at=now, body=body, why=why)
